package nn

import (
	"fmt"
	"slices"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// ConvNd is what all convolutions have in common; they embed it.
type ConvNd struct {
	Module
	InChannels, OutChannels      int64
	KernelSize, Stride, Dilation []int64 // one for each dimension
	Padding                      []int64 // likewise, or nil if NamedPadding is set
	NamedPadding                 string  // "same", "valid", or ""
	OutputPadding                []int64 // of transposed convolutions
	Groups                       int64
	PaddingMode                  string        // "zeros", "reflect", "replicate" or "circular"
	Weight                       *torch.Tensor // (OutChannels, InChannels/Groups, KernelSize...), transposed (InChannels, OutChannels/Groups, ...)
	Bias                         *torch.Tensor // (OutChannels), or nil

	edges []int64 // the padding as functional.Pad takes it
}

// A ConvOption is an option of [NewConv1d], [NewConv2d] and [NewConv3d]: [Stride], [Padding], [Dilation],
// [Groups], [Bias], [PaddingMode], a [torch.DType], a [torch.Device].
type ConvOption interface{ ConvOption(option.Marker) }

// ConvOption makes the stride an option of convolutions.
func (StrideOption) ConvOption(option.Marker) {}

// ConvOption makes the padding an option of convolutions.
func (PaddingOption) ConvOption(option.Marker) {}

// ConvOption makes the dilation an option of convolutions.
func (DilationOption) ConvOption(option.Marker) {}

// ConvOption makes Groups an option of convolutions.
func (Groups) ConvOption(option.Marker) {}

// ConvOption makes Bias an option of convolutions.
func (Bias) ConvOption(option.Marker) {}

// ConvOption makes PaddingMode an option of convolutions.
func (PaddingMode) ConvOption(option.Marker) {}

// setUp makes the convolution after Init: its kernel has one number or one for
// each of n dimensions.
func (c *ConvNd) setUp(n int, in, out int64, kernel []int64, opts []ConvOption) {
	a := readConv(opts)
	c.set(n, in, out, kernel, a)
	c.check()
	c.makeParameters(a, []int64{out, in / c.Groups})
}

// convArguments are the options of a convolution.
type convArguments struct {
	stride, dilation, outputPadding []int64
	padding                         PaddingOption
	groups                          int64
	paddingMode                     string
	bias                            Bias
	f                               factory
}

func newConvArguments() convArguments {
	return convArguments{stride: []int64{1}, dilation: []int64{1}, outputPadding: []int64{0},
		padding: PaddingOption{sizes: []int64{0}}, groups: 1, paddingMode: "zeros", bias: true}
}

func readConv[O any](opts []O) convArguments {
	a := newConvArguments()
	for _, o := range opts {
		a.read(o)
	}
	return a
}

func (a *convArguments) read(o any) {
	switch o := o.(type) {
	case StrideOption:
		a.stride = o.sizes
	case PaddingOption:
		a.padding = o
	case DilationOption:
		a.dilation = o.sizes
	case OutputPaddingOption:
		a.outputPadding = o.sizes
	case Groups:
		a.groups = int64(o)
	case PaddingMode:
		a.paddingMode = string(o)
	case Bias:
		a.bias = o
	case torch.DType:
		a.f.dtype = o
	case torch.Device:
		a.f.device = o
	}
}

// set stores the arguments, one number for each of n dimensions.
func (c *ConvNd) set(n int, in, out int64, kernel []int64, a convArguments) {
	c.InChannels, c.OutChannels, c.KernelSize = in, out, repeated(kernel, n)
	c.Stride, c.Dilation, c.OutputPadding = repeated(a.stride, n), repeated(a.dilation, n), repeated(a.outputPadding, n)
	c.Padding, c.NamedPadding = repeated(a.padding.sizes, n), a.padding.name
	c.Groups, c.PaddingMode = a.groups, a.paddingMode
	c.edges = c.paddingEdges()
}

// makeParameters makes the weight, whose channels have the given sizes, and the
// bias.
func (c *ConvNd) makeParameters(a convArguments, channels []int64) {
	c.Weight = a.f.parameter(append(channels, c.KernelSize...)...)
	if a.bias {
		c.Bias = a.f.parameter(c.OutChannels)
	}
	c.ResetParameters()
}

// check panics with a ValueError unless the arguments fit together.
func (c *ConvNd) check() {
	switch {
	case c.Groups <= 0:
		raise("ValueError", "groups must be a positive integer")
	case c.InChannels%c.Groups != 0:
		raise("ValueError", "in_channels must be divisible by groups")
	case c.OutChannels%c.Groups != 0:
		raise("ValueError", "out_channels must be divisible by groups")
	case c.NamedPadding != "" && c.NamedPadding != "same" && c.NamedPadding != "valid":
		raise("ValueError", "Invalid padding string %s, should be one of {'same', 'valid'}", pytext.String(c.NamedPadding))
	case c.NamedPadding == "same" && slices.ContainsFunc(c.Stride, func(s int64) bool { return s != 1 }):
		raise("ValueError", "padding='same' is not supported for strided convolutions")
	case !slices.Contains([]string{"zeros", "reflect", "replicate", "circular"}, c.PaddingMode):
		raise("ValueError", "padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode='%s'",
			c.PaddingMode)
	}
}

// paddingEdges returns the padding at both ends of each dimension, from the
// last one on.
func (c *ConvNd) paddingEdges() []int64 {
	var edges []int64
	for i := len(c.KernelSize) - 1; i >= 0; i-- {
		switch {
		case c.NamedPadding == "same":
			total := c.Dilation[i] * (c.KernelSize[i] - 1)
			edges = append(edges, total/2, total-total/2)
		case c.NamedPadding == "valid":
			edges = append(edges, 0, 0)
		case i < len(c.Padding):
			edges = append(edges, c.Padding[i], c.Padding[i])
		}
	}
	return edges
}

// ResetParameters draws the parameters anew.
func (c *ConvNd) ResetParameters() { resetWeightAndBias(c.Weight, c.Bias) }

// ExtraRepr returns the arguments that differ from their defaults.
func (c *ConvNd) ExtraRepr() string {
	s := fmt.Sprintf("%d, %d, kernel_size=%s, stride=%s", c.InChannels, c.OutChannels,
		pytext.Tuple(c.KernelSize), pytext.Tuple(c.Stride))
	if c.NamedPadding != "" {
		s += ", padding=" + c.NamedPadding
	} else if differs(c.Padding, 0) {
		s += ", padding=" + pytext.Tuple(c.Padding)
	}
	if differs(c.Dilation, 1) {
		s += ", dilation=" + pytext.Tuple(c.Dilation)
	}
	if differs(c.OutputPadding, 0) {
		s += ", output_padding=" + pytext.Tuple(c.OutputPadding)
	}
	if c.Groups != 1 {
		s += fmt.Sprintf(", groups=%d", c.Groups)
	}
	if c.Bias == nil {
		s += ", bias=False"
	}
	if c.PaddingMode != "zeros" {
		s += ", padding_mode=" + c.PaddingMode
	}
	return s
}

func differs(sizes []int64, standard int64) bool {
	return slices.ContainsFunc(sizes, func(n int64) bool { return n != standard })
}

// convolution is torch.Conv1d and its like.
type convolution func(input *torch.Tensor, padding torch.PaddingArg) *torch.Tensor

// pad runs a convolution with the padding that it has, or of an input that was
// padded before.
func (c *ConvNd) pad(input *torch.Tensor, convolve convolution) *torch.Tensor {
	switch {
	case c.PaddingMode != "zeros":
		padded := functional.Pad(input, c.edges, functional.Mode(c.PaddingMode))
		defer padded.Close()
		return convolve(padded, torch.Padding(0))
	case c.NamedPadding != "":
		return convolve(input, torch.Padding(c.NamedPadding))
	}
	return convolve(input, torch.Padding(c.Padding))
}

// Conv1d convolves sequences with kernels, Python's nn.Conv1d.
//
// Input of shape (N, InChannels, L) or (InChannels, L) gives output of shape
// (N, OutChannels, L') or (OutChannels, L'), where L' is (L + 2*padding -
// dilation*(kernel-1) - 1)/stride + 1, rounded down.
//
// Other dimensions and channels, and a kernel larger than the padded input,
// panic with a RuntimeError.
type Conv1d struct{ ConvNd }

// NewConv1d returns a new [Conv1d] layer:
//
//	nn.NewConv1d(16, 33, 3, nn.Stride(2))
//
// The defaults are [Stride] 1, [Padding] 0, [Dilation] 1, [Groups] 1, [Bias]
// true and [PaddingMode] "zeros".
func NewConv1d[S Size1](inChannels, outChannels int64, kernelSize S, opts ...ConvOption) *Conv1d {
	l := &Conv1d{}
	l.Init(l)
	l.setUp(1, inChannels, outChannels, sizesOf1(kernelSize), opts)
	return l
}

// Forward returns the convolution of input.
func (l *Conv1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Conv1d) forward(input *torch.Tensor) *torch.Tensor { return l.pad(input, l.convolve) }

func (l *Conv1d) convolve(input *torch.Tensor, padding torch.PaddingArg) *torch.Tensor {
	return torch.Conv1d(input, l.Weight, torch.Bias(l.Bias), torch.Stride(l.Stride...), padding,
		torch.Dilation(l.Dilation...), torch.Groups(l.Groups))
}

// Conv2d convolves images with kernels, Python's nn.Conv2d.
//
// Input of shape (N, InChannels, H, W) or (InChannels, H, W) gives output of
// shape (N, OutChannels, H', W') or (OutChannels, H', W'), where H' is (H +
// 2*padding - dilation*(kernel-1) - 1)/stride + 1, rounded down, and W'
// likewise.
//
// Weight and Bias start uniform in ±1/sqrt(fanIn), fanIn being InChannels/Groups
// times the size of the kernel.
//
// Other dimensions and channels, and a kernel larger than the padded input,
// panic with a RuntimeError.
type Conv2d struct{ ConvNd }

// NewConv2d returns a new [Conv2d] layer:
//
//	nn.NewConv2d(16, 33, 3, nn.Stride(2))
//	nn.NewConv2d(16, 33, [2]int{3, 5}, nn.Stride(2, 1), nn.Padding(4, 2))
//	nn.NewConv2d(16, 33, 3, nn.Padding("same"))
//
// The defaults are [Stride] 1, [Padding] 0, [Dilation] 1, [Groups] 1, [Bias]
// true and [PaddingMode] "zeros".
func NewConv2d[S Size2](inChannels, outChannels int64, kernelSize S, opts ...ConvOption) *Conv2d {
	l := &Conv2d{}
	l.Init(l)
	l.setUp(2, inChannels, outChannels, sizesOf2(kernelSize), opts)
	return l
}

// Forward returns the convolution of input.
func (l *Conv2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Conv2d) forward(input *torch.Tensor) *torch.Tensor { return l.pad(input, l.convolve) }

func (l *Conv2d) convolve(input *torch.Tensor, padding torch.PaddingArg) *torch.Tensor {
	return torch.Conv2d(input, l.Weight, torch.Bias(l.Bias), torch.Stride(l.Stride...), padding,
		torch.Dilation(l.Dilation...), torch.Groups(l.Groups))
}

// Conv3d convolves volumes with kernels, Python's nn.Conv3d.
//
// Input of shape (N, InChannels, D, H, W) or (InChannels, D, H, W) gives
// output of shape (N, OutChannels, D', H', W') or (OutChannels, D', H', W'),
// each size as for [Conv2d].
//
// Other dimensions and channels, and a kernel larger than the padded input,
// panic with a RuntimeError.
type Conv3d struct{ ConvNd }

// NewConv3d returns a new [Conv3d] layer:
//
//	nn.NewConv3d(16, 33, [3]int{3, 5, 2}, nn.Stride(2, 1, 1))
//
// The defaults are [Stride] 1, [Padding] 0, [Dilation] 1, [Groups] 1, [Bias]
// true and [PaddingMode] "zeros".
func NewConv3d[S Size3](inChannels, outChannels int64, kernelSize S, opts ...ConvOption) *Conv3d {
	l := &Conv3d{}
	l.Init(l)
	l.setUp(3, inChannels, outChannels, sizesOf3(kernelSize), opts)
	return l
}

// Forward returns the convolution of input.
func (l *Conv3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Conv3d) forward(input *torch.Tensor) *torch.Tensor { return l.pad(input, l.convolve) }

func (l *Conv3d) convolve(input *torch.Tensor, padding torch.PaddingArg) *torch.Tensor {
	return torch.Conv3d(input, l.Weight, torch.Bias(l.Bias), torch.Stride(l.Stride...), padding,
		torch.Dilation(l.Dilation...), torch.Groups(l.Groups))
}
