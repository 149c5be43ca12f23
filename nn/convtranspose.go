package nn

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// An OutputPaddingOption is the option that [OutputPadding] returns.
type OutputPaddingOption struct{ sizes []int64 }

// OutputPadding is added to one side of a transposed convolution's output: one
// number for all dimensions, or one for each. Its default is 0.
func OutputPadding(sizes ...int64) OutputPaddingOption { return OutputPaddingOption{sizes} }

// A ConvTransposeOption is an option of [NewConvTranspose1d] and its like:
// [Stride], [Padding], [OutputPadding], [Groups], [Bias], [Dilation],
// [PaddingMode], a [torch.DType], a [torch.Device].
type ConvTransposeOption interface{ ConvTransposeOption(option.Marker) }

// ConvTransposeOption makes Stride an option of transposed convolutions.
func (StrideOption) ConvTransposeOption(option.Marker) {}

// ConvTransposeOption makes Padding an option of transposed convolutions.
func (PaddingOption) ConvTransposeOption(option.Marker) {}

// ConvTransposeOption makes OutputPadding an option of transposed convolutions.
func (OutputPaddingOption) ConvTransposeOption(option.Marker) {}

// ConvTransposeOption makes Groups an option of transposed convolutions.
func (Groups) ConvTransposeOption(option.Marker) {}

// ConvTransposeOption makes Bias an option of transposed convolutions.
func (Bias) ConvTransposeOption(option.Marker) {}

// ConvTransposeOption makes Dilation an option of transposed convolutions.
func (DilationOption) ConvTransposeOption(option.Marker) {}

// ConvTransposeOption makes PaddingMode an option of transposed convolutions.
func (PaddingMode) ConvTransposeOption(option.Marker) {}

// ConvTransposeNd is what all transposed convolutions have in common; they embed
// it.
type ConvTransposeNd struct{ ConvNd }

// setUp makes the convolution after Init.
func (c *ConvTransposeNd) setUp(n int, in, out int64, kernel []int64, opts []ConvTransposeOption) {
	a := readConv(opts)
	c.checkPadding(a)
	c.set(n, in, out, kernel, a)
	c.check()
	c.makeParameters(a, []int64{in, out / c.Groups})
}

// setUpLazily is setUp for a convolution whose input channels are not known.
func (c *ConvTransposeNd) setUpLazily(n int, out int64, kernel []int64, opts []ConvTransposeOption) {
	a := readConv(opts)
	c.checkPadding(a)
	c.ConvNd.setUpLazily(n, out, kernel, a)
}

func (c *ConvTransposeNd) checkPadding(a convArguments) {
	if a.paddingMode != "zeros" {
		raise("ValueError", `Only "zeros" padding mode is supported for %s`, c.name())
	}
	if name := a.padding.name; name != "" {
		raise("TypeError", "padding of %s must be integers, got %s", c.name(), pytext.String(name))
	}
}

// outputPadding returns what must be added for an output of the size that is
// asked for; nil asks for none.
func (c *ConvTransposeNd) outputPadding(input *torch.Tensor, size []int64) []int64 {
	if size == nil {
		return c.OutputPadding
	}
	n := len(c.KernelSize)
	others := 1
	if int(input.Dim()) == n+2 {
		others = 2
	}
	if len(size) == others+n {
		size = size[others:]
	}
	if len(size) != n {
		raise("ValueError", "ConvTranspose%dD: for %dD input, output_size must have %[1]d or %[3]d elements (got %[4]d)",
			n, input.Dim(), others+n, len(size))
	}
	least, most, padding := make([]int64, n), make([]int64, n), make([]int64, n)
	for d := range n {
		least[d] = (input.Size(int64(d+others))-1)*c.Stride[d] - 2*c.Padding[d] + c.Dilation[d]*(c.KernelSize[d]-1) + 1
		most[d] = least[d] + c.Stride[d] - 1
		padding[d] = size[d] - least[d]
	}
	for d := range n {
		if size[d] < least[d] || size[d] > most[d] {
			raise("ValueError", "requested an output size of %s, but valid sizes range from %s to %s (for an input of %s)",
				pytext.List(size), pytext.List(least), pytext.List(most), pytext.Size(input.Shape()[2:]))
		}
	}
	return padding
}

// forwardSize runs a transposed convolution, with hooks.
func (c *ConvTransposeNd) forwardSize(input *torch.Tensor, size []int64,
	convolve func(input *torch.Tensor, outputPadding []int64) *torch.Tensor) *torch.Tensor {
	forward := func(input *torch.Tensor) *torch.Tensor { return convolve(input, c.outputPadding(input, size)) }
	if c.hooked() {
		return c.call1(forward, input)
	}
	return forward(input)
}

// ConvTranspose1d is the gradient of [Conv1d] with respect to its input, as a
// layer over sequences: it enlarges them. Python's nn.ConvTranspose1d.
//
// Each dimension of the output has the size
// (size-1)*stride - 2*padding + dilation*(kernel-1) + outputPadding + 1.
//
// Input of shape (N, C, L) or (C, L), C being InChannels, gives output with
// OutChannels. Other dimensions and channels panic with a RuntimeError.
type ConvTranspose1d struct{ ConvTransposeNd }

// NewConvTranspose1d returns a new [ConvTranspose1d] layer. The defaults are
// [Stride] 1, [Padding] 0, [OutputPadding] 0, [Groups] 1, [Bias] true,
// [Dilation] 1 and [PaddingMode] "zeros".
func NewConvTranspose1d[S Size1](inChannels, outChannels int64, kernelSize S, opts ...ConvTransposeOption) *ConvTranspose1d {
	l := &ConvTranspose1d{}
	l.Init(l)
	l.setUp(1, inChannels, outChannels, sizesOf1(kernelSize), opts)
	return l
}

// Forward returns the transposed convolution of input, of shape
// (N, InChannels, L) or (InChannels, L).
func (l *ConvTranspose1d) Forward(input *torch.Tensor) *torch.Tensor {
	return l.forwardSize(input, nil, l.convolve)
}

// ForwardOutputSize is Forward with the size of the output, where the stride
// leaves a choice: Python's output_size=. It gives the last dimension, or
// all.
func (l *ConvTranspose1d) ForwardOutputSize(input *torch.Tensor, size ...int64) *torch.Tensor {
	return l.forwardSize(input, size, l.convolve)
}

func (l *ConvTranspose1d) convolve(input *torch.Tensor, outputPadding []int64) *torch.Tensor {
	return torch.ConvTranspose1d(input, l.Weight, torch.Bias(l.Bias), torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.OutputPadding(outputPadding...), torch.Groups(l.Groups), torch.Dilation(l.Dilation...))
}

// ConvTranspose2d is the gradient of [Conv2d] with respect to its input, as a
// layer over images: it enlarges them. Python's nn.ConvTranspose2d.
//
// Input of shape (N, C, H, W) or (C, H, W), C being InChannels, gives output
// with OutChannels. Other dimensions and channels panic with a RuntimeError.
type ConvTranspose2d struct{ ConvTransposeNd }

// NewConvTranspose2d returns a new [ConvTranspose2d] layer. The defaults are
// [Stride] 1, [Padding] 0, [OutputPadding] 0, [Groups] 1, [Bias] true,
// [Dilation] 1 and [PaddingMode] "zeros".
func NewConvTranspose2d[S Size2](inChannels, outChannels int64, kernelSize S, opts ...ConvTransposeOption) *ConvTranspose2d {
	l := &ConvTranspose2d{}
	l.Init(l)
	l.setUp(2, inChannels, outChannels, sizesOf2(kernelSize), opts)
	return l
}

// Forward returns the transposed convolution of input, of shape
// (N, InChannels, H, W) or (InChannels, H, W).
func (l *ConvTranspose2d) Forward(input *torch.Tensor) *torch.Tensor {
	return l.forwardSize(input, nil, l.convolve)
}

// ForwardOutputSize is Forward with the size of the output, where the stride
// leaves a choice: Python's output_size=. It gives the last 2 dimensions, or
// all.
func (l *ConvTranspose2d) ForwardOutputSize(input *torch.Tensor, size ...int64) *torch.Tensor {
	return l.forwardSize(input, size, l.convolve)
}

func (l *ConvTranspose2d) convolve(input *torch.Tensor, outputPadding []int64) *torch.Tensor {
	return torch.ConvTranspose2d(input, l.Weight, torch.Bias(l.Bias), torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.OutputPadding(outputPadding...), torch.Groups(l.Groups), torch.Dilation(l.Dilation...))
}

// ConvTranspose3d is the gradient of [Conv3d] with respect to its input, as a
// layer over volumes: it enlarges them. Python's nn.ConvTranspose3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W), C being InChannels, gives
// output with OutChannels. Other dimensions and channels panic with a
// RuntimeError.
type ConvTranspose3d struct{ ConvTransposeNd }

// NewConvTranspose3d returns a new [ConvTranspose3d] layer. The defaults are
// [Stride] 1, [Padding] 0, [OutputPadding] 0, [Groups] 1, [Bias] true,
// [Dilation] 1 and [PaddingMode] "zeros".
func NewConvTranspose3d[S Size3](inChannels, outChannels int64, kernelSize S, opts ...ConvTransposeOption) *ConvTranspose3d {
	l := &ConvTranspose3d{}
	l.Init(l)
	l.setUp(3, inChannels, outChannels, sizesOf3(kernelSize), opts)
	return l
}

// Forward returns the transposed convolution of input, of shape
// (N, InChannels, D, H, W) or (InChannels, D, H, W).
func (l *ConvTranspose3d) Forward(input *torch.Tensor) *torch.Tensor {
	return l.forwardSize(input, nil, l.convolve)
}

// ForwardOutputSize is Forward with the size of the output, where the stride
// leaves a choice: Python's output_size=. It gives the last 3 dimensions, or
// all.
func (l *ConvTranspose3d) ForwardOutputSize(input *torch.Tensor, size ...int64) *torch.Tensor {
	return l.forwardSize(input, size, l.convolve)
}

func (l *ConvTranspose3d) convolve(input *torch.Tensor, outputPadding []int64) *torch.Tensor {
	return torch.ConvTranspose3d(input, l.Weight, torch.Bias(l.Bias), torch.Stride(l.Stride...), torch.Padding(l.Padding),
		torch.OutputPadding(outputPadding...), torch.Groups(l.Groups), torch.Dilation(l.Dilation...))
}
