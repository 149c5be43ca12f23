// Package ninit initializes tensors, Python's torch.nn.init. (A package named
// init cannot be imported in Go.)
//
// All functions write to the tensor without recording it for differentiation,
// and return it.
package ninit

import (
	"math"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }

// Uniform_ fills t with numbers uniform in [a, b). Python's defaults are 0
// and 1. The one option is a *[torch.Generator]. Python's nn.init.uniform_.
func Uniform_(t *torch.Tensor, a, b float64, opts ...torch.UniformInplaceOption) *torch.Tensor {
	torch.NoGrad(func() { t.Uniform_(a, b, opts...) })
	return t
}

// Normal_ fills t with numbers of a normal distribution. Python's defaults are
// 0 and 1. The one option is a *[torch.Generator]. Python's nn.init.normal_.
func Normal_(t *torch.Tensor, mean, std float64, opts ...torch.NormalInplaceOption) *torch.Tensor {
	torch.NoGrad(func() { t.Normal_(mean, std, opts...) })
	return t
}

// Constant_ fills t with one value. Python's nn.init.constant_.
func Constant_(t *torch.Tensor, value float64) *torch.Tensor {
	torch.NoGrad(func() { t.Fill_(value) })
	return t
}

// Ones_ fills t with 1. Python's nn.init.ones_.
func Ones_(t *torch.Tensor) *torch.Tensor { return Constant_(t, 1) }

// Zeros_ fills t with 0. Python's nn.init.zeros_.
func Zeros_(t *torch.Tensor) *torch.Tensor {
	torch.NoGrad(func() { t.Zero_() })
	return t
}

// CalculateGain returns by what a nonlinearity's input must be scaled to keep
// the variance: 1 for "linear", "sigmoid", "conv2d" and other convolutions, 5/3
// for "tanh", sqrt(2) for "relu", 3/4 for "selu". For "leaky_relu" it depends on
// the negative slope, 0.01 unless given. Others panic with a ValueError.
// Python's nn.init.calculate_gain.
func CalculateGain(nonlinearity string, negativeSlope ...float64) float64 {
	switch nonlinearity {
	case "linear", "sigmoid", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d":
		return 1
	case "tanh":
		return 5.0 / 3
	case "relu":
		return math.Sqrt(2)
	case "leaky_relu":
		slope := 0.01
		if len(negativeSlope) > 0 {
			slope = negativeSlope[0]
		}
		square := float64(slope * slope) // the conversion forbids a fused multiply-add, which rounds otherwise
		return math.Sqrt(2 / (1 + square))
	case "selu":
		return 3.0 / 4
	}
	raise("ValueError", "Unsupported nonlinearity %s", nonlinearity)
	panic("unreachable")
}

// CalculateFanInAndFanOut returns how many inputs each output of a weight has,
// and how many outputs each input. Dimension 0 is the outputs, dimension 1 the
// inputs, others are the kernel. Fewer than two dimensions panic.
func CalculateFanInAndFanOut(t *torch.Tensor) (fanIn, fanOut int64) {
	shape := t.Shape()
	if len(shape) < 2 {
		raise("ValueError", "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
	}
	kernel := int64(1)
	for _, size := range shape[2:] {
		kernel *= size
	}
	return shape[1] * kernel, shape[0] * kernel
}

// A GainOption is an option of [XavierUniform_] and [XavierNormal_]: [Gain], a
// *[torch.Generator].
type GainOption interface{ GainOption(option.Marker) }

// Gain is what the standard deviation is multiplied by, such as a result of
// [CalculateGain]. Its default is 1.
type Gain float64

// GainOption makes Gain an option.
func (Gain) GainOption(option.Marker) {}

// xavier returns the standard deviation for a weight.
func xavier(t *torch.Tensor, opts []GainOption) (std float64, random *torch.Generator) {
	gain := Gain(1)
	for _, o := range opts {
		switch o := o.(type) {
		case Gain:
			gain = o
		case *torch.Generator:
			random = o
		}
	}
	fanIn, fanOut := CalculateFanInAndFanOut(t)
	return float64(gain) * math.Sqrt(2/float64(fanIn+fanOut)), random
}

// XavierUniform_ fills a weight with numbers uniform in ±gain*sqrt(6/(fanIn +
// fanOut)), after Glorot and Bengio (2010). Python's nn.init.xavier_uniform_.
func XavierUniform_(t *torch.Tensor, opts ...GainOption) *torch.Tensor {
	std, random := xavier(t, opts)
	a := math.Sqrt(3) * std
	return Uniform_(t, -a, a, random)
}

// XavierNormal_ fills a weight with normal numbers of standard deviation
// gain*sqrt(2/(fanIn + fanOut)). Python's nn.init.xavier_normal_.
func XavierNormal_(t *torch.Tensor, opts ...GainOption) *torch.Tensor {
	std, random := xavier(t, opts)
	return Normal_(t, 0, std, random)
}

// A KaimingOption is an option of [KaimingUniform_] and [KaimingNormal_]: [A],
// [Mode], [Nonlinearity], a *[torch.Generator].
type KaimingOption interface{ KaimingOption(option.Marker) }

// A is the negative slope of the leaky ReLU after the layer. Its default is 0.
type A float64

// Mode says what keeps its variance: "fan_in", the default, in the forward
// pass, or "fan_out", in the backward pass.
type Mode string

// Nonlinearity is the name of the function after the layer; see
// [CalculateGain]. Its default is "leaky_relu".
type Nonlinearity string

// KaimingOption makes A an option.
func (A) KaimingOption(option.Marker) {}

// KaimingOption makes Mode an option.
func (Mode) KaimingOption(option.Marker) {}

// KaimingOption makes Nonlinearity an option.
func (Nonlinearity) KaimingOption(option.Marker) {}

// kaiming returns the standard deviation for a weight, or false if the weight
// has no elements.
func kaiming(t *torch.Tensor, opts []KaimingOption) (std float64, random *torch.Generator, ok bool) {
	a, mode, nonlinearity := A(0), Mode("fan_in"), Nonlinearity("leaky_relu")
	for _, o := range opts {
		switch o := o.(type) {
		case A:
			a = o
		case Mode:
			mode = o
		case Nonlinearity:
			nonlinearity = o
		case *torch.Generator:
			random = o
		}
	}
	if slices.Contains(t.Shape(), 0) {
		torch.Warn("Initializing zero-element tensors is a no-op")
		return 0, nil, false
	}
	fan := fanOf(t, strings.ToLower(string(mode)))
	return CalculateGain(string(nonlinearity), float64(a)) / math.Sqrt(float64(fan)), random, true
}

func fanOf(t *torch.Tensor, mode string) int64 {
	if mode != "fan_in" && mode != "fan_out" {
		raise("ValueError", "Mode %s not supported, please use one of ['fan_in', 'fan_out']", mode)
	}
	fanIn, fanOut := CalculateFanInAndFanOut(t)
	if mode == "fan_in" {
		return fanIn
	}
	return fanOut
}

// KaimingUniform_ fills a weight with numbers uniform in ±gain*sqrt(3/fan),
// after He et al. (2015). A weight without elements stays as it is, with a
// warning. Python's nn.init.kaiming_uniform_.
func KaimingUniform_(t *torch.Tensor, opts ...KaimingOption) *torch.Tensor {
	std, random, ok := kaiming(t, opts)
	if !ok {
		return t
	}
	bound := math.Sqrt(3) * std
	return Uniform_(t, -bound, bound, random)
}

// KaimingNormal_ fills a weight with normal numbers of standard deviation
// gain/sqrt(fan). A weight without elements stays as it is, with a warning.
// Python's nn.init.kaiming_normal_.
func KaimingNormal_(t *torch.Tensor, opts ...KaimingOption) *torch.Tensor {
	std, random, ok := kaiming(t, opts)
	if !ok {
		return t
	}
	return Normal_(t, 0, std, random)
}
