package optim

import (
	"reflect"

	"github.com/wangkuiyi/gotorch/torch"
)

// A Number is an integer or a float. Which of them it is shows only when an
// optimizer is printed, as in Python.
type Number interface {
	~int | ~int32 | ~int64 | ~float32 | ~float64
}

// LR is the learning rate, Python's lr=: a number, or a tensor of one element.
// Its default is 1e-3; 2e-3 for [Adamax] and [NAdam]; 1e-2 for [Adafactor],
// [Adagrad], [ASGD], [RMSprop] and [Rprop]; 1 for [Adadelta] and [LBFGS].
func LR[T Number | *torch.Tensor](lr T) AnyOption { return setting{"lr", normalize(lr)} }

// WeightDecay is the factor of the L2 penalty, Python's weight_decay=. Its
// default is 0; 1e-2 for [AdamW]; 0.1 for [Muon].
func WeightDecay[T Number](weightDecay T) WeightDecayOption {
	return setting{"weight_decay", normalize(weightDecay)}
}

// Maximize has the objective maximized rather than minimized, Python's
// maximize=.
func Maximize(on bool) MaximizeOption { return setting{"maximize", on} }

// Foreach says whether each operation runs over all parameters at once, with
// operators over lists, rather than the whole step for one parameter after the
// other. Not given, it does for parameters on CUDA, except for [Adafactor]. It
// needs memory for intermediates as large as the parameters. Python's foreach=.
func Foreach(on bool) ForeachOption { return setting{"foreach", on} }

// Differentiable records the step for differentiation, through [torch.Backward],
// Python's differentiable=. The parameters are then no leaves.
func Differentiable(on bool) DifferentiableOption { return setting{"differentiable", on} }

// Fused runs the whole step in one kernel, Python's fused=. It needs parameters
// of floating-point dtype.
func Fused(on bool) FusedOption { return setting{"fused", on} }

// Capturable lets a step be captured in a CUDA graph, Python's capturable=.
func Capturable(on bool) CapturableOption { return setting{"capturable", on} }

// Momentum is the momentum factor, Python's momentum=. Its default is 0, and
// 0.95 for [Muon].
func Momentum[T Number](momentum T) interface {
	SGDOption
	RMSpropOption
	MuonOption
} {
	return setting{"momentum", normalize(momentum)}
}

// Dampening dampens the momentum, Python's dampening=. Its default is 0.
func Dampening[T Number](dampening T) SGDOption { return setting{"dampening", normalize(dampening)} }

// Nesterov turns on Nesterov momentum, which for [SGD] needs [Momentum] and no
// [Dampening], Python's nesterov=. Its default is true for [Muon].
func Nesterov(on bool) interface {
	SGDOption
	MuonOption
} {
	return setting{"nesterov", on}
}

// Betas are the coefficients of the running averages of the gradient and of its
// square, Python's betas=. Their defaults are 0.9 and 0.999.
func Betas(beta1, beta2 float64) BetasOption { return setting{"betas", [2]float64{beta1, beta2}} }

// TensorBetas are [Betas] that are tensors of one element. With [Foreach] they need
// [Capturable].
func TensorBetas(beta1, beta2 *torch.Tensor) interface {
	AdamOption
	AdamWOption
} {
	return setting{"betas", [2]any{beta1, beta2}}
}

// Amsgrad turns on the AMSGrad variant, from the paper On the Convergence of
// Adam and Beyond, Python's amsgrad=.
func Amsgrad(on bool) interface {
	AdamOption
	AdamWOption
} {
	return setting{"amsgrad", on}
}

// DecoupledWeightDecay has the weight decay applied to the parameters rather
// than to the gradients, which makes Adam [AdamW], Python's
// decoupled_weight_decay=.
func DecoupledWeightDecay(on bool) interface {
	AdamOption
	NAdamOption
	RAdamOption
} {
	return setting{"decoupled_weight_decay", on}
}

// Eps is added to the denominator for numerical stability, Python's eps=. Its
// default is 1e-8; 1e-6 for [Adadelta]; 1e-10 for [Adagrad]; 1e-7 for [Muon].
func Eps[T Number](eps T) EpsOption { return setting{"eps", normalize(eps)} }

// Rho is the coefficient of the running average of squared gradients, Python's
// rho=. Its default is 0.9.
func Rho[T Number](rho T) AdadeltaOption { return setting{"rho", normalize(rho)} }

// MomentumDecay is the decay of the momentum, Python's momentum_decay=. Its
// default is 4e-3.
func MomentumDecay[T Number](decay T) NAdamOption {
	return setting{"momentum_decay", normalize(decay)}
}

// LRDecay is the decay of the learning rate, Python's lr_decay=. Its default is
// 0.
func LRDecay[T Number](decay T) AdagradOption { return setting{"lr_decay", normalize(decay)} }

// InitialAccumulatorValue is the first value of the sum of squared gradients,
// Python's initial_accumulator_value=. Its default is 0.
func InitialAccumulatorValue[T Number](value T) AdagradOption {
	return setting{"initial_accumulator_value", normalize(value)}
}

// Alpha is the smoothing constant of [RMSprop], by default 0.99, and the power
// of [ASGD]'s learning rate, by default 0.75. Python's alpha=.
func Alpha[T Number](alpha T) interface {
	RMSpropOption
	ASGDOption
} {
	return setting{"alpha", normalize(alpha)}
}

// Centered has the gradient normalized by an estimate of its variance, Python's
// centered=.
func Centered(on bool) RMSpropOption { return setting{"centered", on} }

// Lambd is the decay term, Python's lambd=. Its default is 1e-4.
func Lambd[T Number](lambd T) ASGDOption { return setting{"lambd", normalize(lambd)} }

// T0 is the step at which averaging starts, Python's t0=. Its default is 1e6.
func T0[T Number](t0 T) ASGDOption { return setting{"t0", normalize(t0)} }

// Etas are the factors by which step sizes shrink and grow, Python's etas=.
// Their defaults are 0.5 and 1.2.
func Etas(minus, plus float64) RpropOption { return setting{"etas", [2]float64{minus, plus}} }

// StepSizes are the least and the largest step size, Python's step_sizes=. Their
// defaults are 1e-6 and 50.
func StepSizes(least, largest float64) RpropOption {
	return setting{"step_sizes", [2]float64{least, largest}}
}

// Beta2Decay is the exponent of the decay of the second moment, Python's
// beta2_decay=. Its default is -0.8.
func Beta2Decay[T Number](decay T) AdafactorOption {
	return setting{"beta2_decay", normalize(decay)}
}

// Epsilons are added to the denominator, and the least scale of an update,
// Python's eps= of [Adafactor]. Their defaults are None, which is the parameter
// dtype's resolution, and 1e-3; nil stands for None.
func Epsilons(epsilon1 any, epsilon2 float64) AdafactorOption {
	return setting{"eps", [2]any{normalize(epsilon1), epsilon2}}
}

// D is the threshold at which updates are clipped, Python's d=. Its default is 1.
func D[T Number](d T) AdafactorOption { return setting{"d", normalize(d)} }

// NsCoefficients are those of the Newton-Schulz polynomial, Python's
// ns_coefficients=. Their defaults are 3.4445, -4.775 and 2.0315.
func NsCoefficients(a, b, c float64) MuonOption {
	return setting{"ns_coefficients", [3]float64{a, b, c}}
}

// NsSteps is the number of Newton-Schulz iterations, Python's ns_steps=. Its
// default is 5.
func NsSteps(steps int) MuonOption { return setting{"ns_steps", normalize(steps)} }

// AdjustLrFn names how the learning rate depends on a parameter's shape: "original",
// "match_rms_adamw" or "spectral_unclamped". Python's adjust_lr_fn=. Its default
// is None, which is "original".
func AdjustLrFn(name string) MuonOption { return setting{"adjust_lr_fn", name} }

// MaxIter is the most iterations of a step, Python's max_iter=. Its default is
// 20.
func MaxIter(n int) LBFGSOption { return setting{"max_iter", normalize(n)} }

// MaxEval is the most evaluations of the closure in a step, Python's max_eval=.
// Its default is MaxIter * 1.25.
func MaxEval(n int) LBFGSOption { return setting{"max_eval", normalize(n)} }

// ToleranceGrad ends a step when no gradient is above it, Python's
// tolerance_grad=. Its default is 1e-7.
func ToleranceGrad[T Number](tolerance T) LBFGSOption {
	return setting{"tolerance_grad", normalize(tolerance)}
}

// ToleranceChange ends a step when neither loss nor parameters change by more,
// Python's tolerance_change=. Its default is 1e-9.
func ToleranceChange[T Number](tolerance T) LBFGSOption {
	return setting{"tolerance_change", normalize(tolerance)}
}

// HistorySize is how many updates are remembered, Python's history_size=. Its
// default is 100.
func HistorySize(n int) LBFGSOption { return setting{"history_size", normalize(n)} }

// LineSearchFn names the line search: "strong_wolfe". Python's line_search_fn=.
// Its default is None: the learning rate is the length of a step.
func LineSearchFn(name string) LBFGSOption { return setting{"line_search_fn", name} }

// normalize turns numbers of all types into int64 and float64, pairs of floats
// into [2]float64, other pairs into [2]any, and triples of floats into
// [3]float64; what else there is stays as it is.
func normalize(value any) any {
	switch v := value.(type) {
	case nil, bool, string, int64, float64, [2]float64, [2]any, [3]float64, *torch.Tensor:
		return v
	}
	v := reflect.ValueOf(value)
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return int64(v.Uint())
	case v.CanFloat():
		return v.Float()
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		return normalizeTuple(value, v)
	}
	return value
}

func normalizeTuple(value any, v reflect.Value) any {
	if v.Len() != 2 && v.Len() != 3 {
		return value
	}
	elements := make([]any, v.Len())
	floats := make([]float64, 0, v.Len())
	for i := range elements {
		elements[i] = normalize(v.Index(i).Interface())
		if f, ok := elements[i].(float64); ok {
			floats = append(floats, f)
		}
	}
	switch {
	case len(floats) == 2 && len(elements) == 2:
		return [2]float64(floats)
	case len(floats) == 3:
		return [3]float64(floats)
	case len(elements) == 2 && isOption(elements[0]) && isOption(elements[1]):
		return [2]any(elements)
	}
	return value
}

// isOption reports whether a value may be one of a pair.
func isOption(value any) bool {
	switch value.(type) {
	case nil, int64, float64, *torch.Tensor:
		return true
	}
	return false
}
