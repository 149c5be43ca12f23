package nn

import (
	"strings"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// InputSize stands for the input's size in the output size of adaptive pools, as
// Python's None.
const InputSize = functional.InputSize

// outputSizeRepr writes the output size of an adaptive pool.
func outputSizeRepr(size []int64) string {
	text := pytext.IntOrTuple(size)
	return "output_size=" + strings.ReplaceAll(text, pytext.IntOrTuple([]int64{InputSize}), "None")
}

// An AdaptiveMaxPoolOption is an option of [NewAdaptiveMaxPool1d] and its like:
// [ReturnIndices].
type AdaptiveMaxPoolOption interface{ adaptiveMaxPoolOption() }

func (ReturnIndices) adaptiveMaxPoolOption() {}

// AdaptiveAvgPool1d averages sequences down, or up, to a size of the output,
// Python's nn.AdaptiveAvgPool1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape but for the
// sizes, which are OutputSize. Other dimensions panic with a RuntimeError.
type AdaptiveAvgPool1d struct {
	Module
	OutputSize []int64 // one number, or one for each dimension; may be InputSize
}

// NewAdaptiveAvgPool1d returns a new [AdaptiveAvgPool1d] layer.
func NewAdaptiveAvgPool1d[S Size1](outputSize S) *AdaptiveAvgPool1d {
	l := &AdaptiveAvgPool1d{OutputSize: sizesOf1(outputSize)}
	l.Init(l)
	return l
}

// Forward returns the averages of input, of shape (N, C, L) or (C, L).
func (l *AdaptiveAvgPool1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AdaptiveAvgPool1d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.AdaptiveAvgPool1d(input, l.OutputSize)
}

// ExtraRepr returns the size of the output.
func (l *AdaptiveAvgPool1d) ExtraRepr() string { return outputSizeRepr(l.OutputSize) }

// AdaptiveMaxPool1d takes the largest elements of as many parts of sequences as
// the output has places, Python's nn.AdaptiveMaxPool1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape but for the
// sizes, which are OutputSize. Other dimensions panic with a RuntimeError.
type AdaptiveMaxPool1d struct {
	Module
	OutputSize    []int64 // one number, or one for each dimension; may be InputSize
	ReturnIndices bool
}

// NewAdaptiveMaxPool1d returns a new [AdaptiveMaxPool1d] layer. The default of
// [ReturnIndices] is false.
func NewAdaptiveMaxPool1d[S Size1](outputSize S, opts ...AdaptiveMaxPoolOption) *AdaptiveMaxPool1d {
	l := &AdaptiveMaxPool1d{OutputSize: sizesOf1(outputSize)}
	for _, o := range opts {
		l.ReturnIndices = bool(o.(ReturnIndices))
	}
	l.Init(l)
	return l
}

// Forward returns the largest elements of input, of shape
// (N, C, L) or (C, L). [AdaptiveMaxPool1d.ForwardWithIndices] also
// returns where they are.
func (l *AdaptiveMaxPool1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AdaptiveMaxPool1d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.AdaptiveMaxPool1d(input, l.OutputSize)
}

// ForwardWithIndices returns the largest elements and where they are, as Python's
// forward does with return_indices=True.
func (l *AdaptiveMaxPool1d) ForwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return l.withIndices(l.forwardWithIndices, input)
}

func (l *AdaptiveMaxPool1d) forwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return functional.AdaptiveMaxPool1dWithIndices(input, l.OutputSize)
}

// ExtraRepr returns the size of the output.
func (l *AdaptiveMaxPool1d) ExtraRepr() string { return outputSizeRepr(l.OutputSize) }

// AdaptiveAvgPool2d is [AdaptiveAvgPool1d] over images, Python's
// nn.AdaptiveAvgPool2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape but for
// the sizes, which are OutputSize. Other dimensions panic with a RuntimeError.
type AdaptiveAvgPool2d struct {
	Module
	OutputSize []int64 // one number, or one for each dimension; may be InputSize
}

// NewAdaptiveAvgPool2d returns a new [AdaptiveAvgPool2d] layer.
func NewAdaptiveAvgPool2d[S Size2](outputSize S) *AdaptiveAvgPool2d {
	l := &AdaptiveAvgPool2d{OutputSize: sizesOf2(outputSize)}
	l.Init(l)
	return l
}

// Forward returns the averages of input, of shape (N, C, H, W) or (C, H, W).
func (l *AdaptiveAvgPool2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AdaptiveAvgPool2d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.AdaptiveAvgPool2d(input, l.OutputSize)
}

// ExtraRepr returns the size of the output.
func (l *AdaptiveAvgPool2d) ExtraRepr() string { return outputSizeRepr(l.OutputSize) }

// AdaptiveMaxPool2d is [AdaptiveMaxPool1d] over images, Python's
// nn.AdaptiveMaxPool2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape but for
// the sizes, which are OutputSize. Other dimensions panic with a RuntimeError.
type AdaptiveMaxPool2d struct {
	Module
	OutputSize    []int64 // one number, or one for each dimension; may be InputSize
	ReturnIndices bool
}

// NewAdaptiveMaxPool2d returns a new [AdaptiveMaxPool2d] layer. The default of
// [ReturnIndices] is false.
func NewAdaptiveMaxPool2d[S Size2](outputSize S, opts ...AdaptiveMaxPoolOption) *AdaptiveMaxPool2d {
	l := &AdaptiveMaxPool2d{OutputSize: sizesOf2(outputSize)}
	for _, o := range opts {
		l.ReturnIndices = bool(o.(ReturnIndices))
	}
	l.Init(l)
	return l
}

// Forward returns the largest elements of input, of shape
// (N, C, H, W) or (C, H, W). [AdaptiveMaxPool2d.ForwardWithIndices] also
// returns where they are.
func (l *AdaptiveMaxPool2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AdaptiveMaxPool2d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.AdaptiveMaxPool2d(input, l.OutputSize)
}

// ForwardWithIndices returns the largest elements and where they are, as Python's
// forward does with return_indices=True.
func (l *AdaptiveMaxPool2d) ForwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return l.withIndices(l.forwardWithIndices, input)
}

func (l *AdaptiveMaxPool2d) forwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return functional.AdaptiveMaxPool2dWithIndices(input, l.OutputSize)
}

// ExtraRepr returns the size of the output.
func (l *AdaptiveMaxPool2d) ExtraRepr() string { return outputSizeRepr(l.OutputSize) }

// AdaptiveAvgPool3d is [AdaptiveAvgPool1d] over volumes, Python's
// nn.AdaptiveAvgPool3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape but
// for the sizes, which are OutputSize. Other dimensions panic with a
// RuntimeError.
type AdaptiveAvgPool3d struct {
	Module
	OutputSize []int64 // one number, or one for each dimension; may be InputSize
}

// NewAdaptiveAvgPool3d returns a new [AdaptiveAvgPool3d] layer.
func NewAdaptiveAvgPool3d[S Size3](outputSize S) *AdaptiveAvgPool3d {
	l := &AdaptiveAvgPool3d{OutputSize: sizesOf3(outputSize)}
	l.Init(l)
	return l
}

// Forward returns the averages of input, of shape (N, C, D, H, W) or (C, D, H, W).
func (l *AdaptiveAvgPool3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AdaptiveAvgPool3d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.AdaptiveAvgPool3d(input, l.OutputSize)
}

// ExtraRepr returns the size of the output.
func (l *AdaptiveAvgPool3d) ExtraRepr() string { return outputSizeRepr(l.OutputSize) }

// AdaptiveMaxPool3d is [AdaptiveMaxPool1d] over volumes, Python's
// nn.AdaptiveMaxPool3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape but
// for the sizes, which are OutputSize. Other dimensions panic with a
// RuntimeError.
type AdaptiveMaxPool3d struct {
	Module
	OutputSize    []int64 // one number, or one for each dimension; may be InputSize
	ReturnIndices bool
}

// NewAdaptiveMaxPool3d returns a new [AdaptiveMaxPool3d] layer. The default of
// [ReturnIndices] is false.
func NewAdaptiveMaxPool3d[S Size3](outputSize S, opts ...AdaptiveMaxPoolOption) *AdaptiveMaxPool3d {
	l := &AdaptiveMaxPool3d{OutputSize: sizesOf3(outputSize)}
	for _, o := range opts {
		l.ReturnIndices = bool(o.(ReturnIndices))
	}
	l.Init(l)
	return l
}

// Forward returns the largest elements of input, of shape
// (N, C, D, H, W) or (C, D, H, W). [AdaptiveMaxPool3d.ForwardWithIndices] also
// returns where they are.
func (l *AdaptiveMaxPool3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AdaptiveMaxPool3d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.AdaptiveMaxPool3d(input, l.OutputSize)
}

// ForwardWithIndices returns the largest elements and where they are, as Python's
// forward does with return_indices=True.
func (l *AdaptiveMaxPool3d) ForwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return l.withIndices(l.forwardWithIndices, input)
}

func (l *AdaptiveMaxPool3d) forwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return functional.AdaptiveMaxPool3dWithIndices(input, l.OutputSize)
}

// ExtraRepr returns the size of the output.
func (l *AdaptiveMaxPool3d) ExtraRepr() string { return outputSizeRepr(l.OutputSize) }
