package functional

import (
	"math"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// A ReluOption is an option of [Relu]: [Inplace].
type ReluOption interface{ reluOption() }

func (Inplace) reluOption() {}

// Relu returns max(input, 0), Python's F.relu.
func Relu(input *torch.Tensor, opts ...ReluOption) *torch.Tensor {
	for _, o := range opts {
		if o.(Inplace) {
			return input.Relu_()
		}
	}
	return torch.Relu(input)
}

// Tanh returns the hyperbolic tangent, Python's F.tanh.
func Tanh(input *torch.Tensor) *torch.Tensor { return torch.Tanh(input) }

// Sigmoid returns 1/(1+exp(-input)), Python's F.sigmoid.
func Sigmoid(input *torch.Tensor) *torch.Tensor { return torch.Sigmoid(input) }

// ImplicitDim has [Softmax] and [LogSoftmax] choose the dimension, with a
// warning, as Python's dim=None: 0 for inputs of 0, 1 or 3 dimensions, else 1.
const ImplicitDim int64 = math.MinInt64

// A SoftmaxOption is an option of [Softmax] and [LogSoftmax]: a [torch.DType],
// to which input is converted first.
type SoftmaxOption interface{ SoftmaxOption(option.Marker) }

// Softmax returns exp(input) over its sum along dim, Python's F.softmax.
func Softmax(input *torch.Tensor, dim int64, opts ...SoftmaxOption) *torch.Tensor {
	if dim == ImplicitDim {
		dim = implicitDim("softmax", input)
	}
	if len(opts) > 0 {
		return torch.Softmax(input, dim, opts[len(opts)-1].(torch.DType))
	}
	return torch.Softmax(input, dim)
}

// LogSoftmax returns the logarithm of [Softmax], computed more exactly.
// Python's F.log_softmax.
func LogSoftmax(input *torch.Tensor, dim int64, opts ...SoftmaxOption) *torch.Tensor {
	if dim == ImplicitDim {
		dim = implicitDim("log_softmax", input)
	}
	if len(opts) > 0 {
		return torch.LogSoftmax(input, dim, opts[len(opts)-1].(torch.DType))
	}
	return torch.LogSoftmax(input, dim)
}

func implicitDim(name string, input *torch.Tensor) int64 {
	torch.Warn("Implicit dimension choice for %s has been deprecated. Change the call to include dim=X as an argument.", name)
	switch input.Dim() {
	case 0, 1, 3:
		return 0
	}
	return 1
}

// Softmin returns [Softmax] of -input, Python's F.softmin.
func Softmin(input *torch.Tensor, dim int64, opts ...SoftmaxOption) *torch.Tensor {
	if dim == ImplicitDim {
		dim = implicitDim("softmin", input)
	}
	return Softmax(input.Neg(), dim, opts...)
}
