package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// MaxPoolNd is what MaxPool layers have in common; they embed it.
type MaxPoolNd struct {
	Module
	KernelSize, Stride, Padding, Dilation []int64 // one number, or one for each dimension
	ReturnIndices, CeilMode               bool
}

// A MaxPoolOption is an option of [NewMaxPool1d] and its like: [Stride],
// [Padding], [Dilation], [ReturnIndices], [CeilMode].
type MaxPoolOption interface{ maxPoolOption() }

func (StrideOption) maxPoolOption()   {}
func (PaddingOption) maxPoolOption()  {}
func (DilationOption) maxPoolOption() {}
func (ReturnIndices) maxPoolOption()  {}
func (CeilMode) maxPoolOption()       {}

func newMaxPool(name string, size []int64, opts []MaxPoolOption) MaxPoolNd {
	l := MaxPoolNd{KernelSize: size, Stride: size, Padding: []int64{0}, Dilation: []int64{1}}
	for _, o := range opts {
		switch o := o.(type) {
		case StrideOption:
			l.Stride = o.sizes
		case PaddingOption:
			if o.name != "" {
				raise("TypeError", "%s(): argument 'padding' (position 4) must be tuple of ints, not str", name)
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

// ExtraRepr returns the arguments.
func (l *MaxPoolNd) ExtraRepr() string {
	return fmt.Sprintf("kernel_size=%s, stride=%s, padding=%s, dilation=%s, ceil_mode=%s", pytext.IntOrTuple(l.KernelSize),
		pytext.IntOrTuple(l.Stride), pytext.IntOrTuple(l.Padding), pytext.IntOrTuple(l.Dilation), pytext.Bool(l.CeilMode))
}

// withIndices runs a forward pass that returns indices, too, with the hooks.
func (m *Module) withIndices(forward func(*torch.Tensor) (output, indices *torch.Tensor), input *torch.Tensor) (output, indices *torch.Tensor) {
	if !m.hooked() {
		return forward(input)
	}
	outputs := m.runOwn(func(in []*torch.Tensor) []*torch.Tensor {
		output, indices := forward(in[0])
		return []*torch.Tensor{output, indices}
	}, input)
	return outputs[0], outputs[1]
}

// MaxPool1d takes the largest element at each place of a kernel that moves over
// sequences, Python's nn.MaxPool1d.
//
// Input of shape (N, C, L) or (C, L) gives output of the same but L', where L' is
// (L + 2*padding - dilation*(kernel-1) - 1)/stride + 1, rounded down or, with
// CeilMode, up.
//
// A kernel that does not fit panics with a RuntimeError.
type MaxPool1d struct{ MaxPoolNd }

// NewMaxPool1d returns a new [MaxPool1d] layer. The stride is the kernel's size
// unless given. The defaults are [Padding] 0, [Dilation] 1, [ReturnIndices]
// false and [CeilMode] false.
func NewMaxPool1d[S Size1](kernelSize S, opts ...MaxPoolOption) *MaxPool1d {
	l := &MaxPool1d{newMaxPool("max_pool1d", sizesOf1(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward returns the largest elements of input, of shape
// (N, C, L) or (C, L). A layer with ReturnIndices has
// [MaxPool1d.ForwardWithIndices], too.
func (l *MaxPool1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *MaxPool1d) forward(input *torch.Tensor) *torch.Tensor {
	return torch.MaxPool1d(input, l.KernelSize, torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.Dilation(l.Dilation...), torch.CeilMode(l.CeilMode))
}

// ForwardWithIndices returns the largest elements and where they are: their
// indices in the flattened sequence. It is what Python's forward does with
// return_indices=True.
func (l *MaxPool1d) ForwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return l.withIndices(l.forwardWithIndices, input)
}

func (l *MaxPool1d) forwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return torch.MaxPool1dWithIndices(input, l.KernelSize, torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.Dilation(l.Dilation...), torch.CeilMode(l.CeilMode))
}

// MaxPool2d is [MaxPool1d] over images, Python's nn.MaxPool2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape but for
// the sizes, each of which is (size + 2*padding - dilation*(kernel-1) -
// 1)/stride + 1, rounded down or, with [CeilMode], up. A kernel that does not
// fit panics with a RuntimeError.
type MaxPool2d struct{ MaxPoolNd }

// NewMaxPool2d returns a new [MaxPool2d] layer. The stride is the kernel's size
// unless given. The defaults are [Padding] 0, [Dilation] 1, [ReturnIndices]
// false and [CeilMode] false.
func NewMaxPool2d[S Size2](kernelSize S, opts ...MaxPoolOption) *MaxPool2d {
	l := &MaxPool2d{newMaxPool("max_pool2d", sizesOf2(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward returns the largest elements of input, of shape
// (N, C, H, W) or (C, H, W). A layer with ReturnIndices has
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
	return l.withIndices(l.forwardWithIndices, input)
}

func (l *MaxPool2d) forwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return torch.MaxPool2dWithIndices(input, l.KernelSize, torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.Dilation(l.Dilation...), torch.CeilMode(l.CeilMode))
}

// MaxPool3d is [MaxPool1d] over volumes, Python's nn.MaxPool3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape but
// for the sizes, each of which is (size + 2*padding - dilation*(kernel-1) -
// 1)/stride + 1, rounded down or, with [CeilMode], up. A kernel that does not
// fit panics with a RuntimeError.
type MaxPool3d struct{ MaxPoolNd }

// NewMaxPool3d returns a new [MaxPool3d] layer. The stride is the kernel's size
// unless given. The defaults are [Padding] 0, [Dilation] 1, [ReturnIndices]
// false and [CeilMode] false.
func NewMaxPool3d[S Size3](kernelSize S, opts ...MaxPoolOption) *MaxPool3d {
	l := &MaxPool3d{newMaxPool("max_pool3d", sizesOf3(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward returns the largest elements of input, of shape
// (N, C, D, H, W) or (C, D, H, W). A layer with ReturnIndices has
// [MaxPool3d.ForwardWithIndices], too.
func (l *MaxPool3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *MaxPool3d) forward(input *torch.Tensor) *torch.Tensor {
	return torch.MaxPool3d(input, l.KernelSize, torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.Dilation(l.Dilation...), torch.CeilMode(l.CeilMode))
}

// ForwardWithIndices returns the largest elements and where they are: their
// indices in the flattened volume. It is what Python's forward does with
// return_indices=True.
func (l *MaxPool3d) ForwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return l.withIndices(l.forwardWithIndices, input)
}

func (l *MaxPool3d) forwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return torch.MaxPool3dWithIndices(input, l.KernelSize, torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.Dilation(l.Dilation...), torch.CeilMode(l.CeilMode))
}
