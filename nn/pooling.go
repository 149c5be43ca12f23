package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// MaxPool2d takes the largest element at each place of a kernel that moves over
// images, Python's nn.MaxPool2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of shape (N, C, H', W')
// or (C, H', W'), where H' is (H + 2*padding - dilation*(kernel-1) - 1)/stride +
// 1, rounded down or, with CeilMode, up, and W' likewise.
type MaxPool2d struct {
	Module
	KernelSize, Stride, Padding, Dilation []int64 // one number, or height and width
	ReturnIndices, CeilMode               bool
}

// A MaxPool2dOption is an option of [NewMaxPool2d]: [Stride], [Padding],
// [Dilation], [ReturnIndices], [CeilMode].
type MaxPool2dOption interface{ maxPool2dOption() }

func (StrideOption) maxPool2dOption()   {}
func (PaddingOption) maxPool2dOption()  {}
func (DilationOption) maxPool2dOption() {}
func (ReturnIndices) maxPool2dOption()  {}
func (CeilMode) maxPool2dOption()       {}

// NewMaxPool2d returns a new [MaxPool2d] layer. The stride is the kernel's size
// unless given.
func NewMaxPool2d[S Size2](kernelSize S, opts ...MaxPool2dOption) *MaxPool2d {
	size := sizesOf(kernelSize)
	l := &MaxPool2d{KernelSize: size, Stride: size, Padding: []int64{0}, Dilation: []int64{1}}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case StrideOption:
			l.Stride = o.sizes
		case PaddingOption:
			if o.name != "" {
				raise("TypeError", "max_pool2d(): argument 'padding' (position 4) must be tuple of ints, not str")
			}
			l.Padding = o.sizes
		case DilationOption:
			l.Dilation = o.sizes
		case ReturnIndices:
			l.ReturnIndices = bool(o)
		case CeilMode:
			l.CeilMode = bool(o)
		}
	}
	return l
}

// Forward returns the largest elements. A layer with ReturnIndices has
// [MaxPool2d.ForwardWithIndices], too.
func (l *MaxPool2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *MaxPool2d) forward(input *torch.Tensor) *torch.Tensor {
	return torch.MaxPool2d(input, l.KernelSize, torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.Dilation(l.Dilation...), torch.CeilMode(l.CeilMode))
}

// ForwardWithIndices returns the largest elements and where they are: their
// indices in the flattened image. It is what Python's forward does with
// return_indices=True.
func (l *MaxPool2d) ForwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	if !l.hooked() || !l.runsOwnHooks() {
		return l.withIndices(input)
	}
	outputs := l.run(func(in []*torch.Tensor) []*torch.Tensor {
		output, indices := l.withIndices(in[0])
		return []*torch.Tensor{output, indices}
	}, input)
	return outputs[0], outputs[1]
}

func (l *MaxPool2d) withIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return torch.MaxPool2dWithIndices(input, l.KernelSize, torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.Dilation(l.Dilation...), torch.CeilMode(l.CeilMode))
}

// ExtraRepr returns the arguments.
func (l *MaxPool2d) ExtraRepr() string {
	return fmt.Sprintf("kernel_size=%s, stride=%s, padding=%s, dilation=%s, ceil_mode=%s", pytext.IntOrTuple(l.KernelSize),
		pytext.IntOrTuple(l.Stride), pytext.IntOrTuple(l.Padding), pytext.IntOrTuple(l.Dilation), pytext.Bool(l.CeilMode))
}
