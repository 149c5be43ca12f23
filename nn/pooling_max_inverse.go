package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// MaxUnpoolNd is what MaxUnpool layers have in common; they embed it.
type MaxUnpoolNd struct {
	Module
	KernelSize, Stride, Padding []int64 // one number for each dimension
}

// A MaxUnpoolOption is an option of [NewMaxUnpool1d] and its like: [Stride],
// [Padding].
type MaxUnpoolOption interface{ maxUnpoolOption() }

func (StrideOption) maxUnpoolOption()  {}
func (PaddingOption) maxUnpoolOption() {}

func newMaxUnpool(n int, size []int64, opts []MaxUnpoolOption) MaxUnpoolNd {
	stride, padding := size, []int64{0}
	for _, o := range opts {
		switch o := o.(type) {
		case StrideOption:
			stride = o.sizes
		case PaddingOption:
			padding = o.sizes
		}
	}
	return MaxUnpoolNd{KernelSize: repeated(size, n), Stride: repeated(stride, n), Padding: repeated(padding, n)}
}

// ExtraRepr returns the arguments.
func (l *MaxUnpoolNd) ExtraRepr() string {
	return fmt.Sprintf("kernel_size=%s, stride=%s, padding=%s", pytext.Tuple(l.KernelSize), pytext.Tuple(l.Stride), pytext.Tuple(l.Padding))
}

// MaxUnpool1d puts elements back where [MaxPool1d] took them from, among zeros,
// Python's nn.MaxUnpool1d.
//
// Input and indices have the same shape, (N, C, L) or (C, L); the output has it
// but for the sizes, each (size-1)*stride - 2*padding + kernel unless given.
// Indices of another shape panic with a RuntimeError.
type MaxUnpool1d struct{ MaxUnpoolNd }

// NewMaxUnpool1d returns a new [MaxUnpool1d] layer. The stride is the kernel's
// size unless given. The default of [Padding] is 0.
func NewMaxUnpool1d[S Size1](kernelSize S, opts ...MaxUnpoolOption) *MaxUnpool1d {
	l := &MaxUnpool1d{newMaxUnpool(1, sizesOf1(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward returns the elements of input at the indices that
// [MaxPool1d.ForwardWithIndices] gave, of shape (N, C, L) or (C, L).
func (l *MaxUnpool1d) Forward(input, indices *torch.Tensor) *torch.Tensor {
	return l.ForwardOutputSize(input, indices)
}

// ForwardOutputSize is Forward with the size of the output, where the kernel
// leaves a choice: Python's output_size=.
func (l *MaxUnpool1d) ForwardOutputSize(input, indices *torch.Tensor, size ...int64) *torch.Tensor {
	forward := func(input, indices *torch.Tensor) *torch.Tensor {
		opts := []functional.MaxUnpoolOption{functional.Stride(l.Stride...), functional.Padding(l.Padding...)}
		if size != nil {
			opts = append(opts, functional.OutputSize(size...))
		}
		return functional.MaxUnpool1d(input, indices, [1]int64(l.KernelSize), opts...)
	}
	if l.hooked() {
		return l.call2(forward, input, indices)
	}
	return forward(input, indices)
}

// MaxUnpool2d is [MaxUnpool1d] over images, Python's nn.MaxUnpool2d.
//
// Input and indices have the same shape, (N, C, H, W) or (C, H, W); the output
// has it but for the sizes, each (size-1)*stride - 2*padding + kernel unless
// given. Indices of another shape panic with a RuntimeError.
type MaxUnpool2d struct{ MaxUnpoolNd }

// NewMaxUnpool2d returns a new [MaxUnpool2d] layer. The stride is the kernel's
// size unless given. The default of [Padding] is 0.
func NewMaxUnpool2d[S Size2](kernelSize S, opts ...MaxUnpoolOption) *MaxUnpool2d {
	l := &MaxUnpool2d{newMaxUnpool(2, sizesOf2(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward returns the elements of input at the indices that
// [MaxPool2d.ForwardWithIndices] gave, of shape (N, C, H, W) or (C, H, W).
func (l *MaxUnpool2d) Forward(input, indices *torch.Tensor) *torch.Tensor {
	return l.ForwardOutputSize(input, indices)
}

// ForwardOutputSize is Forward with the size of the output, where the kernel
// leaves a choice: Python's output_size=.
func (l *MaxUnpool2d) ForwardOutputSize(input, indices *torch.Tensor, size ...int64) *torch.Tensor {
	forward := func(input, indices *torch.Tensor) *torch.Tensor {
		opts := []functional.MaxUnpoolOption{functional.Stride(l.Stride...), functional.Padding(l.Padding...)}
		if size != nil {
			opts = append(opts, functional.OutputSize(size...))
		}
		return functional.MaxUnpool2d(input, indices, [2]int64(l.KernelSize), opts...)
	}
	if l.hooked() {
		return l.call2(forward, input, indices)
	}
	return forward(input, indices)
}

// MaxUnpool3d is [MaxUnpool1d] over volumes, Python's nn.MaxUnpool3d.
//
// Input and indices have the same shape, (N, C, D, H, W) or (C, D, H, W); the
// output has it but for the sizes, each (size-1)*stride - 2*padding + kernel
// unless given. Indices of another shape panic with a RuntimeError.
type MaxUnpool3d struct{ MaxUnpoolNd }

// NewMaxUnpool3d returns a new [MaxUnpool3d] layer. The stride is the kernel's
// size unless given. The default of [Padding] is 0.
func NewMaxUnpool3d[S Size3](kernelSize S, opts ...MaxUnpoolOption) *MaxUnpool3d {
	l := &MaxUnpool3d{newMaxUnpool(3, sizesOf3(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward returns the elements of input at the indices that
// [MaxPool3d.ForwardWithIndices] gave, of shape (N, C, D, H, W) or (C, D, H, W).
func (l *MaxUnpool3d) Forward(input, indices *torch.Tensor) *torch.Tensor {
	return l.ForwardOutputSize(input, indices)
}

// ForwardOutputSize is Forward with the size of the output, where the kernel
// leaves a choice: Python's output_size=.
func (l *MaxUnpool3d) ForwardOutputSize(input, indices *torch.Tensor, size ...int64) *torch.Tensor {
	forward := func(input, indices *torch.Tensor) *torch.Tensor {
		opts := []functional.MaxUnpoolOption{functional.Stride(l.Stride...), functional.Padding(l.Padding...)}
		if size != nil {
			opts = append(opts, functional.OutputSize(size...))
		}
		return functional.MaxUnpool3d(input, indices, [3]int64(l.KernelSize), opts...)
	}
	if l.hooked() {
		return l.call2(forward, input, indices)
	}
	return forward(input, indices)
}
