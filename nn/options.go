package nn

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// Options of several layers. Each is a type or a function with the name of
// Python's keyword argument.

// Bias says whether the layer has a bias. Its default is true.
type Bias bool

// Persistent says whether a buffer is part of state dictionaries. Its default is
// true.
type Persistent bool

// Inplace has the layer write its output into its input. Its default is false.
type Inplace bool

// Dim is the dimension that a layer works on.
type Dim int64

// P is the probability of an element, or a channel, to be set to zero. Its
// default is 0.5.
type P float64

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

// PaddingMode is what padding consists of: "zeros", the default, "reflect",
// "replicate" or "circular".
type PaddingMode string

// ReturnIndices has pooling return where the largest elements are, too. Its
// default is false.
type ReturnIndices bool

// CeilMode rounds the size of the output up rather than down. Its default is
// false.
type CeilMode bool

// StartDim is the first dimension to flatten. Its default is 1.
type StartDim int64

// EndDim is the last dimension to flatten. Its default is -1.
type EndDim int64

// Reduction says what a loss does with the losses of its elements: "mean",
// "sum" or "none". Its default is "mean".
type Reduction string

// A WeightOption is the option that [Weight] returns.
type WeightOption struct{ tensor *torch.Tensor }

// Weight is the weight of each class, of shape (C). nil, the default, weights
// all alike.
func Weight(t *torch.Tensor) WeightOption { return WeightOption{t} }

// IgnoreIndex is a target that does not count. Its default is -100.
type IgnoreIndex int64

// LabelSmoothing mixes the target with the uniform distribution: 0 takes none of
// it, the default, and 1 nothing else.
type LabelSmoothing float64

// A Size1 is the size of a one-dimensional kernel.
type Size1 interface {
	int | int64 | [1]int | [1]int64
}

// A Size3 is the size of a three-dimensional kernel: a number, or depth, height
// and width as in [3]int{3, 5, 2}.
type Size3 interface {
	int | int64 | [3]int | [3]int64
}

func sizesOf1[T Size1](size T) []int64 {
	switch size := any(size).(type) {
	case int:
		return []int64{int64(size)}
	case int64:
		return []int64{size}
	case [1]int:
		return []int64{int64(size[0])}
	case [1]int64:
		return size[:]
	}
	panic("unreachable")
}

func sizesOf3[T Size3](size T) []int64 {
	switch size := any(size).(type) {
	case int:
		return []int64{int64(size)}
	case int64:
		return []int64{size}
	case [3]int:
		return []int64{int64(size[0]), int64(size[1]), int64(size[2])}
	case [3]int64:
		return size[:]
	}
	panic("unreachable")
}

// A Size2 is the size of a two-dimensional kernel: a number, or height and
// width as in [2]int{3, 5}.
type Size2 interface {
	int | int64 | [2]int | [2]int64
}

// sizesOf2 returns one number, or two.
func sizesOf2[T Size2](size T) []int64 {
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

// repeated returns n numbers for one, and more as they are: Python's _ntuple.
func repeated(sizes []int64, n int) []int64 {
	if len(sizes) != 1 {
		return sizes
	}
	all := make([]int64, n)
	for i := range all {
		all[i] = sizes[0]
	}
	return all
}
