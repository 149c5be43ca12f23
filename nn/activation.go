package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// ReLU computes max(x, 0), Python's nn.ReLU.
//
// Input of any shape gives output of that shape.
type ReLU struct {
	Module
	Inplace bool
}

// A ReLUOption is an option of [NewReLU]: [Inplace].
type ReLUOption interface{ reluOption() }

func (Inplace) reluOption() {}

// NewReLU returns a new [ReLU] layer. The default of [Inplace] is false.
func NewReLU(opts ...ReLUOption) *ReLU {
	l := &ReLU{}
	l.Init(l)
	for _, o := range opts {
		l.Inplace = bool(o.(Inplace))
	}
	return l
}

// Forward returns max(input, 0), in the shape of input.
func (l *ReLU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ReLU) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return input.Relu_()
	}
	return torch.Relu(input)
}

// ExtraRepr says whether the layer works in place.
func (l *ReLU) ExtraRepr() string {
	if l.Inplace {
		return "inplace=True"
	}
	return ""
}

// Sigmoid computes 1/(1+exp(-x)), Python's nn.Sigmoid.
//
// Input of any shape gives output of that shape.
type Sigmoid struct{ Module }

// NewSigmoid returns a new [Sigmoid] layer.
func NewSigmoid() *Sigmoid {
	l := &Sigmoid{}
	l.Init(l)
	return l
}

// Forward returns 1/(1+exp(-input)), in the shape of input.
func (l *Sigmoid) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1((*torch.Tensor).Sigmoid, input)
	}
	return torch.Sigmoid(input)
}

// Tanh computes the hyperbolic tangent, Python's nn.Tanh.
//
// Input of any shape gives output of that shape.
type Tanh struct{ Module }

// NewTanh returns a new [Tanh] layer.
func NewTanh() *Tanh {
	l := &Tanh{}
	l.Init(l)
	return l
}

// Forward returns the hyperbolic tangent of input, in its shape.
func (l *Tanh) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1((*torch.Tensor).Tanh, input)
	}
	return torch.Tanh(input)
}

// A SoftmaxOption is an option of [NewSoftmax] and [NewLogSoftmax]: [Dim].
type SoftmaxOption interface{ softmaxOption() }

func (Dim) softmaxOption() {}

// softmaxDim returns the dimension, functional.ImplicitDim if it is not given.
func softmaxDim(opts []SoftmaxOption) int64 {
	dim := functional.ImplicitDim
	for _, o := range opts {
		dim = int64(o.(Dim))
	}
	return dim
}

func softmaxRepr(dim int64) string {
	if dim == functional.ImplicitDim {
		return "dim=None"
	}
	return fmt.Sprintf("dim=%d", dim)
}

// Softmax computes exp(x) over its sum along a dimension, Python's nn.Softmax.
//
// Input of any shape gives output of that shape. A dimension that it does not
// have panics with an IndexError.
type Softmax struct {
	Module
	Dim int64 // functional.ImplicitDim for Python's None
}

// NewSoftmax returns a new [Softmax] layer. Without [Dim] it chooses the
// dimension by the input's, with a warning, which is deprecated.
func NewSoftmax(opts ...SoftmaxOption) *Softmax {
	l := &Softmax{Dim: softmaxDim(opts)}
	l.Init(l)
	return l
}

// Forward returns exp(input) over its sum along Dim, in the shape of input.
func (l *Softmax) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Softmax) forward(input *torch.Tensor) *torch.Tensor { return functional.Softmax(input, l.Dim) }

// ExtraRepr returns the dimension.
func (l *Softmax) ExtraRepr() string { return softmaxRepr(l.Dim) }

// LogSoftmax computes the logarithm of [Softmax], Python's nn.LogSoftmax.
//
// Input of any shape gives output of that shape. A dimension that it does not
// have panics with an IndexError.
type LogSoftmax struct {
	Module
	Dim int64 // functional.ImplicitDim for Python's None
}

// NewLogSoftmax returns a new [LogSoftmax] layer. Without [Dim] it chooses the
// dimension by the input's, with a warning, which is deprecated.
func NewLogSoftmax(opts ...SoftmaxOption) *LogSoftmax {
	l := &LogSoftmax{Dim: softmaxDim(opts)}
	l.Init(l)
	return l
}

// Forward returns the logarithm of exp(input) over its sum along Dim, in the
// shape of input.
func (l *LogSoftmax) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *LogSoftmax) forward(input *torch.Tensor) *torch.Tensor {
	return functional.LogSoftmax(input, l.Dim)
}

// ExtraRepr returns the dimension.
func (l *LogSoftmax) ExtraRepr() string { return softmaxRepr(l.Dim) }
