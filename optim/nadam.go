package optim

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// NAdam is Adam with Nesterov momentum, Python's torch.optim.NAdam. With g the
// gradient, plus weight decay times the parameter p, and t the number of the
// step, a step computes
//
//	mu(t) = beta1 * (1 - 0.96^(t*momentum_decay)/2)
//	m = beta1*m + (1-beta1)*g
//	v = beta2*v + (1-beta2)*g*g
//	M = mu(t)*M
//	d = mu(t+1)*m/(1-mu(t+1)*M) + (1-mu(t))*g/(1-M)
//	p = p - lr * d / (sqrt(v/(1-beta2^t)) + eps)
//
// Its state for each parameter is "step", t; "mu_product", M; "exp_avg", m; and
// "exp_avg_sq", v.
type NAdam struct{ Base }

// NewNAdam returns an optimizer of parameters, or of groups of them. Options:
// [LR] (2e-3), [Betas], [Eps], [WeightDecay], [MomentumDecay],
// [DecoupledWeightDecay], [Foreach], [Maximize], [Capturable], [Differentiable].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewNAdam[P Params[NAdamOption]](params P, opts ...NAdamOption) *NAdam {
	n := &NAdam{}
	defaults := withOptions(newValues(
		setting{"lr", 2e-3},
		setting{"betas", [2]float64{0.9, 0.999}},
		setting{"eps", 1e-8},
		setting{"weight_decay", int64(0)},
		setting{"momentum_decay", 4e-3},
		setting{"decoupled_weight_decay", false},
		setting{"maximize", false},
		setting{"foreach", nil},
		setting{"capturable", false},
		setting{"differentiable", false},
	), opts)
	checkTensorLR(&defaults)
	checkNotNegative(&defaults, "lr", invalidLR)
	checkNotNegative(&defaults, "eps", invalidEps)
	checkBetas(&defaults)
	checkNotNegative(&defaults, "weight_decay", invalidWeightDecay)
	checkNotNegative(&defaults, "momentum_decay", "Invalid momentum_decay value: %s")
	n.init(n, "NAdam", defaults, n.updateGroup)
	n.missing = append(missingSettings[:len(missingSettings):len(missingSettings)], setting{"decoupled_weight_decay", false})
	n.scalars = []string{"step", "mu_product"}
	addGroups(&n.Base, groupsOf[NAdamOption](params))
	return n
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (n *NAdam) AddParamGroup(group NAdamGroup) { addGroup(&n.Base, group) }

// nadamStep is a step for one group.
type nadamStep struct {
	rule
	beta1, beta2, eps, momentumDecay float64
}

func (n *NAdam) updateGroup(g *ParamGroup) {
	s := nadamStep{rule: ruleOf(&n.Base, g), eps: g.float("eps"), momentumDecay: g.float("momentum_decay")}
	s.beta1, s.beta2 = g.pair("betas")
	s.states, s.numbers = []string{"exp_avg", "exp_avg_sq", "mu_product"}, 1
	s.newState = func(p, grad *torch.Tensor, state map[string]any) {
		state["mu_product"] = newNumber(g, p, 1)
		newMoments(p, grad, state)
	}
	s.checked = [2]string{"params, mu_products and state_steps", "params, mu_products, and state_steps"}
	s.each, s.all = s.updateEach, s.updateAll
	s.run(&n.Base, g)
}

// mu returns the momentum of a step.
func (s *nadamStep) mu(step number) number {
	decayed := power(0.96, step.Mul(num(s.momentumDecay)))
	return num(s.beta1).Mul(num(1).Sub(num(0.5).Mul(decayed)))
}

func (s *nadamStep) updateEach(t list) {
	param, grad, expAvg, expAvgSq, muProduct := t[0], t[1], t[2], t[3], t[4]
	step := number{Tensor: t[5]}
	if !s.capturable {
		step = num(t[5].Item())
	}
	mu, next := s.mu(step), s.mu(step.Add(num(1)))
	muProduct.Mul_(mu.Any())
	expAvg.Lerp_(grad, 1-s.beta1)
	expAvgSq.Mul_(s.beta2).Addcmul_(grad, grad, torch.Value(1-s.beta2))
	denominator := expAvgSq.Div(num(1).Sub(power(s.beta2, step)).Any()).Sqrt()
	product := number{Tensor: muProduct}
	onDevice := s.differentiable || s.capturable
	if onDevice {
		denominator = denominator.Add(s.eps)
	} else {
		denominator.Add_(s.eps)
		product = num(muProduct.Item())
	}
	ofGrad := s.lr.Neg().Mul(num(1).Sub(mu)).Div(num(1).Sub(product))
	ofAvg := s.lr.Neg().Mul(next).Div(num(1).Sub(product.Mul(next)))
	if onDevice {
		param.Addcdiv_(grad.Mul(ofGrad.Any()), denominator)
		param.Addcdiv_(expAvg.Mul(ofAvg.Any()), denominator)
		return
	}
	param.Addcdiv_(grad, denominator, torch.Value(ofGrad.Float()))
	param.Addcdiv_(expAvg, denominator, torch.Value(ofAvg.Float()))
}

func (s *nadamStep) updateAll(l []list) {
	grads, expAvgs, expAvgSqs := l[1], l[2], l[3]
	torch.ForeachLerp_(expAvgs, grads, 1-s.beta1)
	torch.ForeachMul_(expAvgSqs, s.beta2)
	torch.ForeachAddcmul_(expAvgSqs, grads, grads, 1-s.beta2)
	denominators := torch.ForeachSqrt(expAvgSqs)
	if s.capturable {
		s.descendOnDevice(l, denominators)
	} else {
		s.descend(l, denominators)
	}
	free(denominators)
}

// descend moves the parameters, by factors that it computes in Go.
func (s *nadamStep) descend(l []list, denominators list) {
	params, grads, expAvgs, muProducts, steps := l[0], l[1], l[2], l[4], l[5]
	roots, mus, nexts := make([]float64, len(steps)), make([]float64, len(steps)), make([]float64, len(steps))
	for i, step := range steps {
		t := num(step.Item())
		roots[i] = csrc.Pow(1-csrc.Pow(s.beta2, t.Value), 0.5)
		mus[i], nexts[i] = s.mu(t).Value, s.mu(t.Add(num(1))).Value
	}
	torch.ForeachMul_(muProducts, mus)
	torch.ForeachDiv_(denominators, roots)
	torch.ForeachAdd_(denominators, s.eps)
	lr := num(s.lr.Float())
	ofGrads, ofAvgs := make([]float64, len(steps)), make([]float64, len(steps))
	for i, muProduct := range muProducts {
		product, mu, next := num(muProduct.Item()), num(mus[i]), num(nexts[i])
		ofGrads[i] = lr.Mul(num(1).Sub(mu)).Div(num(1).Sub(product)).Value * -1
		ofAvgs[i] = lr.Mul(next).Div(num(1).Sub(product.Mul(next))).Value * -1
	}
	torch.ForeachAddcdiv_(params, grads, denominators, ofGrads)
	torch.ForeachAddcdiv_(params, expAvgs, denominators, ofAvgs)
}

// descendOnDevice is descend with factors that are tensors, so that a CUDA graph
// can hold them.
func (s *nadamStep) descendOnDevice(l []list, denominators list) {
	params, grads, expAvgs, muProducts, steps := l[0], l[1], l[2], l[4], l[5]
	exponents := torch.ForeachMul(steps, s.momentumDecay)
	mus := s.musOnDevice(exponents)
	torch.ForeachAdd_(exponents, s.momentumDecay)
	nexts := s.musOnDevice(exponents)
	roots := torch.ForeachPow(s.beta2, steps)
	torch.ForeachSub_(roots, 1.0)
	torch.ForeachNeg_(roots)
	torch.ForeachSqrt_(roots)
	torch.ForeachMul_(muProducts, mus)
	torch.ForeachDiv_(denominators, roots)
	torch.ForeachAdd_(denominators, s.eps)

	torch.ForeachSub_(mus, 1.0)
	torch.ForeachMul_(mus, s.lr.Any())
	divisors := torch.ForeachSub(muProducts, 1.0)
	torch.ForeachNeg_(divisors)
	torch.ForeachDiv_(mus, divisors)

	divisors = torch.ForeachMul(muProducts, nexts)
	torch.ForeachMul_(nexts, s.lr.Any())
	torch.ForeachSub_(divisors, 1.0)
	torch.ForeachDiv_(nexts, divisors)

	numerators := torch.ForeachMul(mus, grads)
	torch.ForeachAddcmul_(numerators, nexts, expAvgs, 1)
	torch.ForeachAddcdiv_(params, numerators, denominators, 1)
}

// musOnDevice returns the momentums for exponents, which are steps times their
// decay.
func (s *nadamStep) musOnDevice(exponents list) list {
	mus := torch.ForeachPow(0.96, exponents)
	torch.ForeachMul_(mus, -0.5)
	torch.ForeachAdd_(mus, 1.0)
	torch.ForeachMul_(mus, s.beta1)
	return mus
}
