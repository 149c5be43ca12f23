package functional

import (
	"math"

	"github.com/wangkuiyi/gotorch/torch"
)

// Threshold returns input where it is greater than threshold, and value
// elsewhere. Python's F.threshold.
func Threshold(input *torch.Tensor, threshold, value any, opts ...InplaceOption) *torch.Tensor {
	if readInplace(opts).inplace {
		return torch.Threshold_(input, threshold, value)
	}
	return torch.Threshold(input, threshold, value)
}

// Relu returns max(input, 0), Python's F.relu.
func Relu(input *torch.Tensor, opts ...InplaceOption) *torch.Tensor {
	if readInplace(opts).inplace {
		return torch.Relu_(input)
	}
	return torch.Relu(input)
}

// Relu6 returns min(max(input, 0), 6), Python's F.relu6.
func Relu6(input *torch.Tensor, opts ...InplaceOption) *torch.Tensor {
	if readInplace(opts).inplace {
		return torch.Relu6_(input)
	}
	return torch.Relu6(input)
}

// Selu returns scale * (max(0, x) + min(0, alpha * (exp(x) - 1))) of each element
// x, where alpha is 1.6732... and scale 1.0507... Python's F.selu.
func Selu(input *torch.Tensor, opts ...InplaceOption) *torch.Tensor {
	if readInplace(opts).inplace {
		return torch.Selu_(input)
	}
	return torch.Selu(input)
}

// Silu returns x * sigmoid(x) of each element x, Python's F.silu.
func Silu(input *torch.Tensor, opts ...InplaceOption) *torch.Tensor {
	if readInplace(opts).inplace {
		return torch.Silu_(input)
	}
	return torch.Silu(input)
}

// Mish returns x * tanh(softplus(x)) of each element x, Python's F.mish.
func Mish(input *torch.Tensor, opts ...InplaceOption) *torch.Tensor {
	if readInplace(opts).inplace {
		return torch.Mish_(input)
	}
	return torch.Mish(input)
}

// Hardswish returns x * min(max(x + 3, 0), 6) / 6 of each element x, Python's
// F.hardswish.
func Hardswish(input *torch.Tensor, opts ...InplaceOption) *torch.Tensor {
	if readInplace(opts).inplace {
		return torch.Hardswish_(input)
	}
	return torch.Hardswish(input)
}

// Hardsigmoid returns min(max(x + 3, 0), 6) / 6 of each element x, Python's
// F.hardsigmoid.
func Hardsigmoid(input *torch.Tensor, opts ...InplaceOption) *torch.Tensor {
	if readInplace(opts).inplace {
		return torch.Hardsigmoid_(input)
	}
	return torch.Hardsigmoid(input)
}

// Tanh returns the hyperbolic tangent, Python's F.tanh.
func Tanh(input *torch.Tensor) *torch.Tensor { return torch.Tanh(input) }

// Sigmoid returns 1/(1+exp(-input)), Python's F.sigmoid.
func Sigmoid(input *torch.Tensor) *torch.Tensor { return torch.Sigmoid(input) }

// Tanhshrink returns input - tanh(input), Python's F.tanhshrink.
func Tanhshrink(input *torch.Tensor) *torch.Tensor { return input.Sub(input.Tanh()) }

// Softsign returns input / (1 + |input|), Python's F.softsign.
func Softsign(input *torch.Tensor) *torch.Tensor { return input.Div(input.Abs().Add(1)) }

// Glu returns a * sigmoid(b), where a and b are the halves of input along a
// dimension, the last one unless [Dim] says otherwise. Python's F.glu.
func Glu(input *torch.Tensor, opts ...GluOption) *torch.Tensor {
	if input.Dim() == 0 {
		raise("RuntimeError", "glu does not support scalars because halving size must be even")
	}
	return torch.Glu(input, torch.Dim(readGlu(opts).dim))
}

// Hardtanh limits the elements to the range from [MinVal] to [MaxVal], Python's
// F.hardtanh.
func Hardtanh(input *torch.Tensor, opts ...HardtanhOption) *torch.Tensor {
	a := readHardtanh(opts)
	if a.minVal > a.maxVal {
		raise("ValueError", "min_val cannot be greater than max_val")
	}
	if a.inplace {
		return torch.Hardtanh_(input, torch.MinVal(a.minVal), torch.MaxVal(a.maxVal))
	}
	return torch.Hardtanh(input, torch.MinVal(a.minVal), torch.MaxVal(a.maxVal))
}

// Elu returns max(0, x) + min(0, alpha * (exp(x) - 1)) of each element x,
// Python's F.elu.
func Elu(input *torch.Tensor, opts ...EluOption) *torch.Tensor {
	a := readElu(opts)
	if a.inplace {
		return torch.Elu_(input, a.alpha)
	}
	return torch.Elu(input, a.alpha)
}

// Celu returns max(0, x) + min(0, alpha * (exp(x/alpha) - 1)) of each element x,
// Python's F.celu.
func Celu(input *torch.Tensor, opts ...EluOption) *torch.Tensor {
	a := readElu(opts)
	if a.inplace {
		return torch.Celu_(input, a.alpha)
	}
	return torch.Celu(input, a.alpha)
}

// LeakyRelu returns input where it is positive, and input times [NegativeSlope]
// elsewhere. Python's F.leaky_relu.
func LeakyRelu(input *torch.Tensor, opts ...LeakyReluOption) *torch.Tensor {
	a := readLeakyRelu(opts)
	if a.inplace {
		return torch.LeakyRelu_(input, a.negativeSlope)
	}
	return torch.LeakyRelu(input, a.negativeSlope)
}

// Rrelu is [LeakyRelu] with slopes that are drawn from [Lower] to [Upper] for
// each element while training, and their mean otherwise. Python's F.rrelu.
func Rrelu(input *torch.Tensor, opts ...RreluOption) *torch.Tensor {
	a := readRrelu(opts)
	if a.inplace {
		return torch.Rrelu_(input, a.lower, a.upper, torch.Training(a.training))
	}
	return torch.Rrelu(input, a.lower, a.upper, torch.Training(a.training))
}

// ImplicitDim has [Softmax], [LogSoftmax] and [Softmin] choose the dimension,
// with a warning, as Python's dim=None: 0 for inputs of 0, 1 or 3 dimensions,
// else 1.
const ImplicitDim int64 = math.MinInt64

// Softmax returns exp(input) over its sum along dim, Python's F.softmax. With a
// dtype as an option, input is converted to it first.
func Softmax(input *torch.Tensor, dim int64, opts ...SoftmaxOption) *torch.Tensor {
	dim = softmaxDim("softmax", input, dim)
	if dtype := readSoftmax(opts).dtype; dtype != 0 {
		return torch.Softmax(input, dim, dtype)
	}
	return torch.Softmax(input, dim)
}

// Softmin is [Softmax] of -input, Python's F.softmin.
func Softmin(input *torch.Tensor, dim int64, opts ...SoftmaxOption) *torch.Tensor {
	return Softmax(input.Neg(), softmaxDim("softmin", input, dim), opts...)
}

// LogSoftmax returns the logarithm of [Softmax], computed more exactly.
// Python's F.log_softmax.
func LogSoftmax(input *torch.Tensor, dim int64, opts ...SoftmaxOption) *torch.Tensor {
	dim = softmaxDim("log_softmax", input, dim)
	if dtype := readSoftmax(opts).dtype; dtype != 0 {
		return torch.LogSoftmax(input, dim, dtype)
	}
	return torch.LogSoftmax(input, dim)
}

func softmaxDim(name string, input *torch.Tensor, dim int64) int64 {
	if dim != ImplicitDim {
		return dim
	}
	torch.Warn("Implicit dimension choice for %s has been deprecated. Change the call to include dim=X as an argument.", name)
	switch input.Dim() {
	case 0, 1, 3:
		return 0
	}
	return 1
}

// GumbelSoftmax draws from the Gumbel-softmax distribution along [Dim], the last
// one by default, with the temperature [Tau]. With [Hard] the results are
// one-hot, but have the gradients of the soft ones. Python's F.gumbel_softmax.
func GumbelSoftmax(logits *torch.Tensor, opts ...GumbelSoftmaxOption) *torch.Tensor {
	a := readGumbelSoftmax(opts)
	if a.eps != 1e-10 {
		torch.Warn("`eps` parameter is deprecated and has no effect.")
	}
	gumbels := torch.EmptyLike(logits, torch.ContiguousFormat).Exponential_().Log().Neg()
	soft := logits.Add(gumbels).Div(a.tau).Softmax(a.dim)
	if !a.hard {
		return soft
	}
	_, index := soft.MaxDim(a.dim, torch.Keepdim(true))
	hard := torch.ZerosLike(logits, torch.ContiguousFormat).Scatter_(a.dim, index, 1.0)
	return hard.Sub(soft.Detach()).Add(soft)
}
