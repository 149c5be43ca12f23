package optim

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// Adamax is Adam with the infinity norm, Python's torch.optim.Adamax. With g the
// gradient, plus weight decay times the parameter p, and t the number of the
// step, a step computes
//
//	m = beta1*m + (1-beta1)*g
//	u = max(beta2*u, |g| + eps)
//	p = p - lr/(1-beta1^t) * m/u
//
// Its state for each parameter is "step", t; "exp_avg", m; and "exp_inf", u.
type Adamax struct{ Base }

// NewAdamax returns an optimizer of parameters, or of groups of them. Options:
// [LR] (2e-3), [Betas], [Eps], [WeightDecay], [Foreach], [Maximize],
// [Differentiable], [Capturable].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewAdamax[P Params[AdamaxOption]](params P, opts ...AdamaxOption) *Adamax {
	a := &Adamax{}
	defaults := withOptions(newValues(
		setting{"lr", 2e-3},
		setting{"betas", [2]float64{0.9, 0.999}},
		setting{"eps", 1e-8},
		setting{"weight_decay", int64(0)},
		setting{"foreach", nil},
		setting{"maximize", false},
		setting{"differentiable", false},
		setting{"capturable", false},
	), opts)
	checkTensorLR(&defaults)
	checkNotNegative(&defaults, "lr", invalidLR)
	checkNotNegative(&defaults, "eps", invalidEps)
	checkBetas(&defaults)
	checkNotNegative(&defaults, "weight_decay", invalidWeightDecay)
	a.init(a, "Adamax", defaults, a.updateGroup)
	a.missing = missingSettings
	addGroups(&a.Base, groupsOf[AdamaxOption](params))
	return a
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (a *Adamax) AddParamGroup(group AdamaxGroup) { addGroup(&a.Base, group) }

// adamaxStep is a step for one group.
type adamaxStep struct {
	rule
	beta1, beta2, eps float64
}

func (a *Adamax) updateGroup(g *ParamGroup) {
	s := adamaxStep{rule: ruleOf(&a.Base, g), eps: g.float("eps")}
	s.beta1, s.beta2 = g.pair("betas")
	s.states = []string{"exp_avg", "exp_inf"}
	s.newState = func(p, _ *torch.Tensor, state map[string]any) {
		state["exp_avg"], state["exp_inf"] = zerosLike(p), zerosLike(p)
	}
	s.each, s.all, s.late = s.updateEach, s.updateAll, true
	s.run(&a.Base, g)
}

func (s *adamaxStep) updateEach(t list) {
	param, grad, expAvg, expInf, step := t[0], t[1], t[2], t[3], t[4]
	expAvg.Lerp_(grad, 1-s.beta1)
	expInf.Mul_(s.beta2)
	bound := grad.Abs().Add_(s.eps)
	if s.differentiable {
		bound = torch.Cat([]*torch.Tensor{expInf.Unsqueeze(0), bound.Unsqueeze_(0)})
		expInf.Copy_(torch.Amax(bound, torch.Dim(0)))
	} else {
		torch.ForeachMaximum_(list{expInf}, list{bound})
	}
	if s.capturable {
		correction := torch.Pow(s.beta1, step).Sub(1)
		correction.Div_(s.lr.Any())
		param.Addcdiv_(expAvg, expInf.Mul(correction))
		return
	}
	rate := s.lr.Div(num(1 - csrc.Pow(s.beta1, step.Item())))
	param.Addcdiv_(expAvg, expInf, torch.Value(rate.Neg().Float()))
}

func (s *adamaxStep) updateAll(l []list) {
	params, grads, expAvgs, expInfs, steps := l[0], l[1], l[2], l[3], l[4]
	torch.ForeachLerp_(expAvgs, grads, 1-s.beta1)
	torch.ForeachMul_(expInfs, s.beta2)
	bounds := torch.ForeachAbs(grads)
	torch.ForeachAdd_(bounds, s.eps)
	torch.ForeachMaximum_(expInfs, bounds)
	free(bounds)
	if s.capturable {
		corrections := torch.ForeachPow(s.beta1, steps)
		torch.ForeachSub_(corrections, 1)
		torch.ForeachDiv_(corrections, s.lr.Any())
		torch.ForeachAddcdiv_(params, expAvgs, torch.ForeachMul(expInfs, corrections), 1)
		return
	}
	sizes := make([]float64, len(steps))
	for i, step := range steps {
		sizes[i] = s.lr.Float() / (1 - csrc.Pow(s.beta1, step.Item())) * -1
	}
	torch.ForeachAddcdiv_(params, expAvgs, expInfs, sizes)
}
