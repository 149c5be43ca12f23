package optim

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// RMSprop is Python's torch.optim.RMSprop. With g the gradient, plus weight decay
// times the parameter p, a step computes
//
//	v = alpha*v + (1-alpha)*g*g
//	a = alpha*a + (1-alpha)*g          (with Centered; otherwise a = 0)
//	b = momentum*b + g / (sqrt(v - a*a) + eps)
//	p = p - lr*b
//
// Its state for each parameter is "step"; "square_avg", v; with [Momentum]
// "momentum_buffer", b; and with [Centered] "grad_avg", a.
type RMSprop struct{ Base }

// NewRMSprop returns an optimizer of parameters, or of groups of them. Options:
// [LR] (1e-2), [Alpha] (0.99), [Eps], [WeightDecay], [Momentum], [Centered],
// [Capturable], [Foreach], [Maximize], [Differentiable].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewRMSprop[P Params[RMSpropOption]](params P, opts ...RMSpropOption) *RMSprop {
	r := &RMSprop{}
	defaults := withOptions(newValues(
		setting{"lr", 1e-2},
		setting{"momentum", int64(0)},
		setting{"alpha", 0.99},
		setting{"eps", 1e-8},
		setting{"centered", false},
		setting{"weight_decay", int64(0)},
		setting{"capturable", false},
		setting{"foreach", nil},
		setting{"maximize", false},
		setting{"differentiable", false},
	), opts)
	checkTensorLR(&defaults)
	checkNotNegative(&defaults, "lr", invalidLR)
	checkNotNegative(&defaults, "eps", invalidEps)
	checkNotNegative(&defaults, "momentum", "Invalid momentum value: %s")
	checkNotNegative(&defaults, "weight_decay", invalidWeightDecay)
	checkNotNegative(&defaults, "alpha", "Invalid alpha value: %s")
	r.init(r, "RMSprop", defaults, r.updateGroup)
	r.missing = append([]setting{{"momentum", int64(0)}, {"centered", false}}, missingSettings...)
	addGroups(&r.Base, groupsOf[RMSpropOption](params))
	return r
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (r *RMSprop) AddParamGroup(group RMSpropGroup) { addGroup(&r.Base, group) }

// rmspropStep is a step for one group.
type rmspropStep struct {
	rule
	alpha, eps, momentum float64
	buffer, average      int // the places of these states, or 0
}

func (r *RMSprop) updateGroup(g *ParamGroup) {
	s := rmspropStep{rule: ruleOf(&r.Base, g), alpha: g.float("alpha"), eps: g.float("eps"), momentum: g.float("momentum")}
	s.states = []string{"square_avg"}
	if s.momentum > 0 {
		s.states, s.buffer = append(s.states, "momentum_buffer"), 2+len(s.states)
	}
	if g.flag("centered") {
		s.states, s.average = append(s.states, "grad_avg"), 2+len(s.states)
	}
	s.newState = func(p, _ *torch.Tensor, state map[string]any) {
		for _, name := range s.states {
			state[name] = zerosLike(p)
		}
	}
	s.checkedXLA = true
	s.each, s.all, s.late = s.updateEach, s.updateAll, true
	s.run(&r.Base, g)
}

func (s *rmspropStep) updateEach(t list) {
	param, grad, squareAvg := t[0], t[1], t[2]
	squareAvg.Mul_(s.alpha).Addcmul_(grad, grad, torch.Value(1-s.alpha))
	var deviation *torch.Tensor
	if s.average > 0 {
		gradAvg := t[s.average]
		gradAvg.Lerp_(grad, 1-s.alpha)
		deviation = squareAvg.Addcmul(gradAvg, gradAvg, torch.Value(-1)).Sqrt_()
	} else {
		deviation = squareAvg.Sqrt()
	}
	if s.differentiable {
		deviation = deviation.Add(s.eps)
	} else {
		deviation.Add_(s.eps)
	}
	if s.buffer == 0 {
		param.Addcdiv_(grad, deviation, torch.Value(-s.lr.Float()))
		return
	}
	buffer := t[s.buffer]
	buffer.Mul_(s.momentum).Addcdiv_(grad, deviation)
	param.Add_(buffer, torch.Alpha(-s.lr.Float()))
}

func (s *rmspropStep) updateAll(l []list) {
	params, grads, squareAvgs := l[0], l[1], l[2]
	torch.ForeachMul_(squareAvgs, s.alpha)
	torch.ForeachAddcmul_(squareAvgs, grads, grads, 1-s.alpha)
	var deviations list
	if s.average > 0 {
		gradAvgs := l[s.average]
		torch.ForeachLerp_(gradAvgs, grads, 1-s.alpha)
		deviations = torch.ForeachAddcmul(squareAvgs, gradAvgs, gradAvgs, -1)
		torch.ForeachSqrt_(deviations)
	} else {
		deviations = torch.ForeachSqrt(squareAvgs)
	}
	torch.ForeachAdd_(deviations, s.eps)
	// A CUDA graph would hold the number that a tensor had when it was
	// captured, so that it must multiply.
	onDevice := s.capturable && s.lr.Tensor != nil
	switch {
	case s.buffer > 0:
		buffers := l[s.buffer]
		torch.ForeachMul_(buffers, s.momentum)
		torch.ForeachAddcdiv_(buffers, grads, deviations, 1)
		if onDevice {
			torch.ForeachAdd_(params, torch.ForeachMul(buffers, s.lr.Tensor.Neg()))
		} else {
			torch.ForeachAdd_(params, buffers, torch.Alpha(-s.lr.Float()))
		}
	case onDevice:
		torch.ForeachDiv_(deviations, s.lr.Tensor.Neg())
		torch.ForeachAddcdiv_(params, grads, deviations, 1)
	default:
		torch.ForeachAddcdiv_(params, grads, deviations, -s.lr.Float())
	}
	free(deviations)
}
