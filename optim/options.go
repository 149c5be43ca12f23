package optim

import (
	"reflect"

	"github.com/wangkuiyi/gotorch/torch"
)

// An Option is a keyword argument of an optimizer. Which optimizers take it is
// in the type of its constructor: [Nesterov] returns an [SGDOption].
type Option interface{ option() setting }

type (
	// SGDOption is an option of [NewSGD].
	SGDOption interface {
		Option
		forSGD()
	}
	// AdamOption is an option of [NewAdam].
	AdamOption interface {
		Option
		forAdam()
	}
	// AdamWOption is an option of [NewAdamW].
	AdamWOption interface {
		Option
		forAdamW()
	}
	// AdadeltaOption is an option of [NewAdadelta].
	AdadeltaOption interface {
		Option
		forAdadelta()
	}
	// AnyOption is an option of every optimizer.
	AnyOption interface {
		SGDOption
		AdamOption
		AdamWOption
		AdadeltaOption
	}
)

// A setting is a named value. It has the marker methods of all optimizers; the
// interface that a constructor returns it as is what restricts its use.
type setting struct {
	name  string
	value any
}

func (s setting) option() setting { return s }
func (setting) forSGD()           {}
func (setting) forAdam()          {}
func (setting) forAdamW()         {}
func (setting) forAdadelta()      {}

// A Number is an integer or a float. Which of them it is shows only when an
// optimizer is printed, as in Python.
type Number interface {
	~int | ~int32 | ~int64 | ~float32 | ~float64
}

// LR is the learning rate, Python's lr=: a number, or a tensor of one element.
// Its default is 1e-3, and 1 for [Adadelta].
func LR[T Number | *torch.Tensor](lr T) AnyOption { return setting{"lr", normalize(lr)} }

// WeightDecay is the factor of the L2 penalty, Python's weight_decay=. Its
// default is 0, and 1e-2 for [AdamW].
func WeightDecay[T Number](weightDecay T) AnyOption {
	return setting{"weight_decay", normalize(weightDecay)}
}

// Maximize has the objective maximized rather than minimized, Python's
// maximize=.
func Maximize(on bool) AnyOption { return setting{"maximize", on} }

// Foreach says whether each operation runs over all parameters at once, with
// operators over lists, rather than the whole step for one parameter after the
// other. Not given, it does for parameters on CUDA. It needs memory for
// intermediates as large as the parameters. Python's foreach=.
func Foreach(on bool) AnyOption { return setting{"foreach", on} }

// Differentiable records the step for differentiation, through [torch.Backward],
// Python's differentiable=. The parameters are then no leaves.
func Differentiable(on bool) AnyOption { return setting{"differentiable", on} }

// Fused runs the whole step in one kernel, Python's fused=. It needs parameters
// of floating-point dtype.
func Fused(on bool) interface {
	SGDOption
	AdamOption
	AdamWOption
} {
	return setting{"fused", on}
}

// Momentum is the momentum factor, Python's momentum=. Its default is 0.
func Momentum[T Number](momentum T) SGDOption { return setting{"momentum", normalize(momentum)} }

// Dampening dampens the momentum, Python's dampening=. Its default is 0.
func Dampening[T Number](dampening T) SGDOption { return setting{"dampening", normalize(dampening)} }

// Nesterov turns on Nesterov momentum, which needs [Momentum] and no
// [Dampening], Python's nesterov=.
func Nesterov(on bool) SGDOption { return setting{"nesterov", on} }

// Betas are the coefficients of the running averages of the gradient and of its
// square, Python's betas=. Their defaults are 0.9 and 0.999.
func Betas(beta1, beta2 float64) interface {
	AdamOption
	AdamWOption
} {
	return setting{"betas", [2]float64{beta1, beta2}}
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
func DecoupledWeightDecay(on bool) AdamOption { return setting{"decoupled_weight_decay", on} }

// Eps is added to the denominator for numerical stability, Python's eps=. Its
// default is 1e-8, and 1e-6 for [Adadelta].
func Eps[T Number](eps T) interface {
	AdamOption
	AdamWOption
	AdadeltaOption
} {
	return setting{"eps", normalize(eps)}
}

// Capturable lets a step be captured in a CUDA graph, Python's capturable=.
func Capturable(on bool) interface {
	AdamOption
	AdamWOption
	AdadeltaOption
} {
	return setting{"capturable", on}
}

// Rho is the coefficient of the running average of squared gradients, Python's
// rho=. Its default is 0.9.
func Rho[T Number](rho T) AdadeltaOption { return setting{"rho", normalize(rho)} }

// normalize turns numbers of all types into int64 and float64, and pairs of
// numbers into [2]float64; what else there is stays as it is.
func normalize(value any) any {
	switch v := value.(type) {
	case nil, bool, string, int64, float64, [2]float64, *torch.Tensor:
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
	case (v.Kind() == reflect.Slice || v.Kind() == reflect.Array) && v.Len() == 2:
		first, ok1 := normalize(v.Index(0).Interface()).(float64)
		second, ok2 := normalize(v.Index(1).Interface()).(float64)
		if ok1 && ok2 {
			return [2]float64{first, second}
		}
	}
	return value
}
