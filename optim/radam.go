package optim

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// RAdam is rectified Adam, Python's torch.optim.RAdam: its first steps, whose
// running average of squares would vary too much, do without that average. With
// g the gradient, plus weight decay times the parameter p, and t the number of
// the step, a step computes
//
//	m = beta1*m + (1-beta1)*g
//	v = beta2*v + (1-beta2)*g*g
//	n = 2/(1-beta2) - 1;  r = n - 2*t*beta2^t/(1-beta2^t)
//	a = sqrt((r-4)*(r-2)*n / ((n-4)*(n-2)*r)) * sqrt(1-beta2^t)/(sqrt(v)+eps)    (1 while r <= 5)
//	p = p - lr * m/(1-beta1^t) * a
//
// Its state for each parameter is "step", t; "exp_avg", m; and "exp_avg_sq", v.
type RAdam struct{ Base }

// NewRAdam returns an optimizer of parameters, or of groups of them. Options:
// [LR], [Betas], [Eps], [WeightDecay], [DecoupledWeightDecay], [Foreach],
// [Maximize], [Capturable], [Differentiable].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewRAdam[P Params[RAdamOption]](params P, opts ...RAdamOption) *RAdam {
	r := &RAdam{}
	defaults := withOptions(newValues(
		setting{"lr", 1e-3},
		setting{"betas", [2]float64{0.9, 0.999}},
		setting{"eps", 1e-8},
		setting{"weight_decay", int64(0)},
		setting{"maximize", false},
		setting{"foreach", nil},
		setting{"capturable", false},
		setting{"decoupled_weight_decay", false},
		setting{"differentiable", false},
	), opts)
	checkTensorLR(&defaults)
	checkNotNegative(&defaults, "lr", invalidLR)
	checkNotNegative(&defaults, "eps", invalidEps)
	checkBetas(&defaults)
	checkNotNegative(&defaults, "weight_decay", invalidWeightDecay)
	r.init(r, "RAdam", defaults, r.updateGroup)
	r.missing = append(missingSettings[:len(missingSettings):len(missingSettings)], setting{"decoupled_weight_decay", false})
	addGroups(&r.Base, groupsOf[RAdamOption](params))
	return r
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (r *RAdam) AddParamGroup(group RAdamGroup) { addGroup(&r.Base, group) }

// radamStep is a step for one group.
type radamStep struct {
	rule
	beta1, beta2, eps, rhoInf float64
}

func (r *RAdam) updateGroup(g *ParamGroup) {
	s := radamStep{rule: ruleOf(&r.Base, g), eps: g.float("eps")}
	s.beta1, s.beta2 = g.pair("betas")
	s.rhoInf = 2/(1-s.beta2) - 1
	s.states = []string{"exp_avg", "exp_avg_sq"}
	s.newState = newMoments
	s.each, s.all = s.updateEach, s.updateAll
	s.run(&r.Base, g)
}

// newMoments makes the state of Adam's kin.
func newMoments(p, _ *torch.Tensor, state map[string]any) {
	state["exp_avg"], state["exp_avg_sq"] = zerosLike(p), zerosLike(p)
}

// rectification returns the factor for a rho above 5.
func (s *radamStep) rectification(rho number) number {
	top := rho.Sub(num(4)).Mul(rho.Sub(num(2))).Mul(num(s.rhoInf))
	bottom := num(float64((s.rhoInf - 4) * (s.rhoInf - 2))).Mul(rho)
	return top.Div(bottom).Pow(0.5)
}

// rho returns the length of the average's memory after a step.
func (s *radamStep) rho(step, decayed, correction2 number) number {
	return num(s.rhoInf).Sub(num(2).Mul(step).Mul(decayed).Div(correction2))
}

func (s *radamStep) updateEach(t list) {
	param, grad, expAvg, expAvgSq := t[0], t[1], t[2], t[3]
	step := number{Tensor: t[4]}
	if !s.capturable {
		step = num(t[4].Item())
	}
	expAvg.Lerp_(grad, 1-s.beta1)
	expAvgSq.Mul_(s.beta2).Addcmul_(grad, grad, torch.Value(1-s.beta2))
	decayed := power(s.beta2, step)
	correction2 := num(1).Sub(decayed)
	corrected := expAvg.Div(num(1).Sub(power(s.beta1, step)).Any())
	rho := s.rho(step, decayed, correction2)
	update := corrected.Mul(s.lr.Any())
	switch {
	case s.capturable:
		factor := s.rectification(rho).Tensor.Mul(s.adaptive(expAvgSq, correction2))
		update = update.Mul(torch.Where(rho.Tensor.Gt(5.0), factor, 1.0))
	case rho.Value > 5:
		update = update.Mul(s.adaptive(expAvgSq, correction2)).Mul(s.rectification(rho).Value)
	}
	param.Add_(update, torch.Alpha(-1.0))
}

// adaptive returns the factors that depend on the average of squares.
func (s *radamStep) adaptive(expAvgSq *torch.Tensor, correction2 number) *torch.Tensor {
	root := expAvgSq.Sqrt()
	if s.differentiable {
		root = root.Add(s.eps)
	} else {
		root.Add_(s.eps)
	}
	return divide(correction2.Pow(0.5).Any(), root)
}

// power returns base to an exponent.
func power(base float64, exponent number) number { return powerOf(num(base), exponent) }

// powerOf is power where the base may be a tensor, too.
func powerOf(base, exponent number) number {
	if exponent.Tensor != nil {
		return number{Tensor: torch.Pow(base.Any(), exponent.Tensor)}
	}
	return base.Pow(exponent.Value)
}

func (s *radamStep) updateAll(l []list) {
	params, grads, expAvgs, expAvgSqs, steps := l[0], l[1], l[2], l[3], l[4]
	torch.ForeachLerp_(expAvgs, grads, 1-s.beta1)
	torch.ForeachMul_(expAvgSqs, s.beta2)
	torch.ForeachAddcmul_(expAvgSqs, grads, grads, 1-s.beta2)
	var adaptive, plain any
	if s.capturable {
		adaptive, plain = s.sizesOnDevice(steps)
	} else {
		adaptive, plain = s.sizes(steps)
	}
	factors := torch.ForeachSqrt(expAvgSqs)
	torch.ForeachAdd_(factors, s.eps)
	torch.ForeachDiv_(factors, adaptive)
	torch.ForeachReciprocal_(factors)
	torch.ForeachAdd_(factors, plain)
	torch.ForeachAddcmul_(params, expAvgs, factors, 1)
	free(factors)
}

// sizes returns the negative sizes of the steps, for parameters with and
// without the average of squares; where one is not zero, the other is.
func (s *radamStep) sizes(steps list) (adaptive, plain any) {
	adaptives, plains := make([]number, len(steps)), make([]number, len(steps))
	for i, step := range steps {
		t := num(step.Item())
		decayed := power(s.beta2, t)
		rho := s.rho(t, decayed, num(1).Sub(decayed))
		rect, unrect := num(0), num(1)
		if rho.Value > 5 {
			rect, unrect = s.rectification(rho), num(0)
			if !(rect.Value > 0) {
				unrect = num(1)
			}
		}
		correction1 := num(1).Sub(power(s.beta1, t))
		root := num(1).Sub(decayed).Pow(0.5)
		plains[i] = s.lr.Mul(unrect).Div(correction1).Mul(num(-1))
		adaptives[i] = root.Mul(s.lr.Mul(rect).Div(correction1)).Mul(num(-1))
	}
	return operands(adaptives), operands(plains)
}

// sizesOnDevice is sizes with tensors, so that a CUDA graph can hold them.
func (s *radamStep) sizesOnDevice(steps list) (adaptive, plain list) {
	corrections := s.correctionsOnDevice(s.beta2, steps)
	rhos := torch.ForeachPow(s.beta2, steps)
	torch.ForeachMul_(rhos, steps)
	torch.ForeachMul_(rhos, 2)
	torch.ForeachDiv_(rhos, corrections)
	torch.ForeachNeg_(rhos)
	torch.ForeachAdd_(rhos, s.rhoInf)

	rects := torch.ForeachSub(rhos, 4)
	torch.ForeachMul_(rects, torch.ForeachSub(rhos, 2))
	torch.ForeachMul_(rects, s.rhoInf)
	torch.ForeachDiv_(rects, torch.ForeachMul(rhos, float64((s.rhoInf-4)*(s.rhoInf-2))))
	torch.ForeachSqrt_(rects)
	for i, rho := range rhos {
		rects[i] = torch.Where(rho.Gt(5.0), rects[i], 0.0)
		plain = append(plain, torch.Where(rects[i].Gt(0), 0.0, 1.0))
	}
	corrections1 := s.correctionsOnDevice(s.beta1, steps)
	torch.ForeachMul_(plain, s.lr.Any())
	torch.ForeachDiv_(plain, corrections1)
	torch.ForeachNeg_(plain)

	adaptive = s.correctionsOnDevice(s.beta2, steps)
	torch.ForeachSqrt_(adaptive)
	torch.ForeachMul_(adaptive, s.lr.Any())
	torch.ForeachMul_(adaptive, rects)
	torch.ForeachNeg_(adaptive)
	torch.ForeachDiv_(adaptive, corrections1)
	return adaptive, plain
}

// correctionsOnDevice returns 1 - beta^step.
func (s *radamStep) correctionsOnDevice(beta float64, steps list) list {
	corrections := torch.ForeachPow(beta, steps)
	torch.ForeachNeg_(corrections)
	torch.ForeachAdd_(corrections, 1)
	return corrections
}
