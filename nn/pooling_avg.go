package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// AvgPoolNd is what AvgPool layers have in common; they embed it.
type AvgPoolNd struct {
	Module
	KernelSize, Stride, Padding []int64 // one number, or one for each dimension
	CeilMode, CountIncludePad   bool
	DivisorOverride             *int64 // nil: the number of elements
}

// CountIncludePad says whether padding counts in averages. Its default is true.
type CountIncludePad bool

// DivisorOverride is what averages divide by, in place of the number of
// elements.
type DivisorOverride int64

// An AvgPool1dOption is an option of [NewAvgPool1d]: [Stride], [Padding],
// [CeilMode], [CountIncludePad].
type AvgPool1dOption interface{ avgPool1dOption() }

// An AvgPoolOption is an option of [NewAvgPool2d] and [NewAvgPool3d]: [Stride],
// [Padding], [CeilMode], [CountIncludePad], [DivisorOverride].
type AvgPoolOption interface{ avgPoolOption() }

func (StrideOption) avgPool1dOption()    {}
func (PaddingOption) avgPool1dOption()   {}
func (CeilMode) avgPool1dOption()        {}
func (CountIncludePad) avgPool1dOption() {}

func (StrideOption) avgPoolOption()    {}
func (PaddingOption) avgPoolOption()   {}
func (CeilMode) avgPoolOption()        {}
func (CountIncludePad) avgPoolOption() {}
func (DivisorOverride) avgPoolOption() {}

func newAvgPool(size []int64) AvgPoolNd {
	return AvgPoolNd{KernelSize: size, Stride: size, Padding: []int64{0}, CountIncludePad: true}
}

func (l *AvgPoolNd) read(o any) {
	switch o := o.(type) {
	case StrideOption:
		l.Stride = o.sizes
	case PaddingOption:
		l.Padding = o.sizes
	case CeilMode:
		l.CeilMode = bool(o)
	case CountIncludePad:
		l.CountIncludePad = bool(o)
	case DivisorOverride:
		l.DivisorOverride = (*int64)(&o)
	}
}

// AvgPool1d averages the elements at each place of a kernel that moves over
// sequences, Python's nn.AvgPool1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape but for the
// sizes, each of which is (size + 2*padding - kernel)/stride + 1, rounded down
// or, with [CeilMode], up. A kernel that does not fit panics with a
// RuntimeError.
type AvgPool1d struct{ AvgPoolNd }

// NewAvgPool1d returns a new [AvgPool1d] layer. The stride is the kernel's size
// unless given. The defaults are [Padding] 0, [CeilMode] false and
// [CountIncludePad] true.
func NewAvgPool1d[S Size1](kernelSize S, opts ...AvgPool1dOption) *AvgPool1d {
	l := &AvgPool1d{newAvgPool(sizesOf1(kernelSize))}
	for _, o := range opts {
		l.read(o)
	}
	l.Init(l)
	return l
}

// Forward returns the averages of input, of shape (N, C, L) or (C, L).
func (l *AvgPool1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AvgPool1d) forward(input *torch.Tensor) *torch.Tensor {
	return torch.AvgPool1d(input, l.KernelSize, torch.Stride(l.Stride...), torch.Padding(l.Padding...),
		torch.CeilMode(l.CeilMode), torch.CountIncludePad(l.CountIncludePad))
}

// ExtraRepr returns the arguments.
func (l *AvgPool1d) ExtraRepr() string {
	return fmt.Sprintf("kernel_size=%s, stride=%s, padding=%s", pytext.Tuple(l.KernelSize), pytext.Tuple(l.Stride), pytext.Tuple(l.Padding))
}

func (l *AvgPoolNd) repr() string {
	return fmt.Sprintf("kernel_size=%s, stride=%s, padding=%s", pytext.IntOrTuple(l.KernelSize), pytext.IntOrTuple(l.Stride),
		pytext.IntOrTuple(l.Padding))
}

// AvgPool2d is [AvgPool1d] over images, Python's nn.AvgPool2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape but for
// the sizes, each of which is (size + 2*padding - kernel)/stride + 1, rounded
// down or, with [CeilMode], up. A kernel that does not fit panics with a
// RuntimeError.
type AvgPool2d struct{ AvgPoolNd }

// NewAvgPool2d returns a new [AvgPool2d] layer. The stride is the kernel's size
// unless given. The defaults are [Padding] 0, [CeilMode] false and
// [CountIncludePad] true.
func NewAvgPool2d[S Size2](kernelSize S, opts ...AvgPoolOption) *AvgPool2d {
	l := &AvgPool2d{newAvgPool(sizesOf2(kernelSize))}
	for _, o := range opts {
		l.read(o)
	}
	l.Init(l)
	return l
}

// Forward returns the averages of input, of shape (N, C, H, W) or (C, H, W).
func (l *AvgPool2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AvgPool2d) forward(input *torch.Tensor) *torch.Tensor {
	opts := []torch.AvgPool2dOption{torch.Stride(l.Stride...), torch.Padding(l.Padding...), torch.CeilMode(l.CeilMode),
		torch.CountIncludePad(l.CountIncludePad)}
	if l.DivisorOverride != nil {
		opts = append(opts, torch.DivisorOverride(*l.DivisorOverride))
	}
	return torch.AvgPool2d(input, l.KernelSize, opts...)
}

// ExtraRepr returns the arguments.
func (l *AvgPool2d) ExtraRepr() string { return l.repr() }

// AvgPool3d is [AvgPool1d] over volumes, Python's nn.AvgPool3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape but
// for the sizes, each of which is (size + 2*padding - kernel)/stride + 1,
// rounded down or, with [CeilMode], up. A kernel that does not fit panics with
// a RuntimeError.
type AvgPool3d struct{ AvgPoolNd }

// NewAvgPool3d returns a new [AvgPool3d] layer. The stride is the kernel's size
// unless given. The defaults are [Padding] 0, [CeilMode] false and
// [CountIncludePad] true.
func NewAvgPool3d[S Size3](kernelSize S, opts ...AvgPoolOption) *AvgPool3d {
	l := &AvgPool3d{newAvgPool(sizesOf3(kernelSize))}
	for _, o := range opts {
		l.read(o)
	}
	l.Init(l)
	return l
}

// Forward returns the averages of input, of shape (N, C, D, H, W) or (C, D, H, W).
func (l *AvgPool3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AvgPool3d) forward(input *torch.Tensor) *torch.Tensor {
	opts := []torch.AvgPool3dOption{torch.Stride(l.Stride...), torch.Padding(l.Padding...), torch.CeilMode(l.CeilMode),
		torch.CountIncludePad(l.CountIncludePad)}
	if l.DivisorOverride != nil {
		opts = append(opts, torch.DivisorOverride(*l.DivisorOverride))
	}
	return torch.AvgPool3d(input, l.KernelSize, opts...)
}

// ExtraRepr returns the arguments.
func (l *AvgPool3d) ExtraRepr() string { return l.repr() }
