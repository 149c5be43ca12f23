package functional

import "github.com/wangkuiyi/gotorch/torch"

// Options of several functions. Each is a type or a function with the name of
// Python's keyword argument.

// Inplace has the function write its output into its input. Its default is
// false.
type Inplace bool

// A BiasOption is the option that [Bias] returns.
type BiasOption struct{ tensor *torch.Tensor }

// Bias is what is added to each output channel, of shape (out); nil is none.
func Bias(t *torch.Tensor) BiasOption { return BiasOption{t} }

// A StrideOption is the option that [Stride] returns.
type StrideOption struct{ sizes []int64 }

// Stride is the distance from one place of the kernel to the next: one number
// for all dimensions, or one for each. Its default is 1, or the kernel's size
// in pooling.
func Stride(sizes ...int64) StrideOption { return StrideOption{sizes} }

// A DilationOption is the option that [Dilation] returns.
type DilationOption struct{ sizes []int64 }

// Dilation is the distance between the kernel's elements: one number for all
// dimensions, or one for each. Its default is 1.
func Dilation(sizes ...int64) DilationOption { return DilationOption{sizes} }

// A PaddingOption is the option that [Padding] returns.
type PaddingOption struct {
	sizes []int64
	name  string
}

// Padding is added on both sides of the input: one number for all dimensions,
// or one for each; in convolutions it may be "same", which keeps the size, or
// "valid", which is none. Its default is 0.
func Padding[T int | int64 | string](padding ...T) PaddingOption {
	var o PaddingOption
	for _, p := range padding {
		switch p := any(p).(type) {
		case int:
			o.sizes = append(o.sizes, int64(p))
		case int64:
			o.sizes = append(o.sizes, p)
		case string:
			o.name = p
		}
	}
	return o
}

// Groups splits the channels into groups that have nothing to do with each
// other. Its default is 1.
type Groups int64

// CeilMode rounds the size of the output up rather than down. Its default is
// false.
type CeilMode bool

// P is the probability of an element, or a channel, to be set to zero. Its
// default is 0.5.
type P float64

// Training says whether dropout has any effect. Its default is true.
type Training bool

// A Size2 is the size of a two-dimensional kernel: a number, or height and
// width as in [2]int{3, 5}.
type Size2 interface {
	int | int64 | [2]int | [2]int64
}

// sizesOf returns one number, or two.
func sizesOf[T Size2](size T) []int64 {
	switch size := any(size).(type) {
	case int:
		return []int64{int64(size)}
	case int64:
		return []int64{size}
	case [2]int:
		return []int64{int64(size[0]), int64(size[1])}
	case [2]int64:
		return size[:]
	}
	panic("unreachable")
}
