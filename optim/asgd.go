package optim

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// ASGD is averaged stochastic gradient descent, Python's torch.optim.ASGD. With g
// the gradient, plus weight decay times the parameter p, and t the number of the
// step, a step computes
//
//	p = p*(1 - lambd*eta) - eta*g
//	a = p                           (from step t0 on: a + mu*(p - a))
//	eta = lr / (1 + lambd*lr*t)^alpha
//	mu = 1 / max(1, t - t0)
//
// Its state for each parameter is "step", t; "eta"; "mu"; and "ax", a.
type ASGD struct{ Base }

// NewASGD returns an optimizer of parameters, or of groups of them. Options:
// [LR] (1e-2), [Lambd], [Alpha] (0.75), [T0], [WeightDecay], [Foreach],
// [Maximize], [Differentiable], [Capturable].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewASGD[P Params[ASGDOption]](params P, opts ...ASGDOption) *ASGD {
	a := &ASGD{}
	defaults := withOptions(newValues(
		setting{"lr", 1e-2},
		setting{"lambd", 1e-4},
		setting{"alpha", 0.75},
		setting{"t0", 1e6},
		setting{"weight_decay", int64(0)},
		setting{"foreach", nil},
		setting{"maximize", false},
		setting{"differentiable", false},
		setting{"capturable", false},
	), opts)
	checkTensorLR(&defaults)
	checkNotNegative(&defaults, "lr", invalidLR)
	checkNotNegative(&defaults, "lambd", "Invalid lambd value: %s")
	checkNotNegative(&defaults, "alpha", "Invalid alpha value: %s")
	checkNotNegative(&defaults, "weight_decay", invalidWeightDecay)
	a.init(a, "ASGD", defaults, a.updateGroup)
	a.missing = missingSettings
	a.scalars = []string{"step", "eta", "mu"}
	addGroups(&a.Base, groupsOf[ASGDOption](params))
	return a
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (a *ASGD) AddParamGroup(group ASGDGroup) { addGroup(&a.Base, group) }

// asgdStep is a step for one group.
type asgdStep struct {
	rule
	lambd, t0, alpha float64
}

func (a *ASGD) updateGroup(g *ParamGroup) {
	s := asgdStep{rule: ruleOf(&a.Base, g), lambd: g.float("lambd"), t0: g.float("t0"), alpha: g.float("alpha")}
	s.states, s.numbers = []string{"ax", "mu", "eta"}, 2
	s.newState = func(p, _ *torch.Tensor, state map[string]any) {
		for name, value := range map[string]float64{"step": 0, "eta": s.lr.Float(), "mu": 1} {
			state[name] = torch.Keep(torch.Full(nil, value, stepDtype(), p.Device()))
		}
		state["ax"] = zerosLike(p)
	}
	s.checked = [2]string{"params, mus, etas, and state_steps", "params, mus, etas, and state_steps"}
	s.each, s.all = s.updateEach, s.updateAll
	s.run(&a.Base, g)
}

func (s *asgdStep) updateEach(t list) {
	param, grad, ax, mu, eta, step := t[0], t[1], t[2], t[3], t[4], number{Tensor: t[5]}
	if s.capturable {
		param.Mul_(torch.Rsub(eta.Mul(s.lambd), 1))
		param.Addcmul_(grad, eta, torch.Value(-1))
	} else {
		rate := eta.Item()
		param.Mul_(num(1).Sub(num(s.lambd).Mul(num(rate))).Value)
		param.Add_(grad, torch.Alpha(-rate))
		step = num(step.Float())
	}
	if s.capturable || mu.Item() != 1 {
		ax.Add_(param.Sub(ax).Mul_(mu))
	} else {
		ax.Copy_(param)
	}
	eta.Copy_(asTensor(s.rate(step)))
	mu.Copy_(asTensor(s.weight(step)))
}

// rate returns the learning rate after a step.
func (s *asgdStep) rate(step number) number {
	return s.lr.Div(num(1).Add(num(s.lambd).Mul(s.lr).Mul(step)).Pow(s.alpha))
}

// weight returns the weight of the parameters in their average after a step.
func (s *asgdStep) weight(step number) number {
	after := step.Sub(num(s.t0))
	if after.Tensor != nil {
		return num(1).Div(number{Tensor: torch.Maximum(after.Tensor, torch.OnesLike(after.Tensor))})
	}
	return num(1).Div(num(max(1, after.Value)))
}

// asTensor is Python's torch.as_tensor.
func asTensor(n number) *torch.Tensor {
	if n.Tensor != nil {
		return n.Tensor
	}
	return torch.Full(nil, n.Value)
}

func (s *asgdStep) updateAll(l []list) {
	params, grads, axs, mus, etas, steps := l[0], l[1], l[2], l[3], l[4], l[5]
	directions := torch.ForeachAdd(grads, params, torch.Alpha(s.lambd))
	torch.ForeachAddcmul_(params, directions, etas, -1)
	free(directions)
	distances := torch.ForeachSub(params, axs)
	torch.ForeachAddcmul_(axs, distances, mus, 1)
	free(distances)
	if s.capturable {
		s.ratesOnDevice(mus, etas, steps)
		return
	}
	newEtas, newMus := make(list, len(steps)), make(list, len(steps))
	for i, step := range steps {
		newEtas[i] = asTensor(s.rate(number{Tensor: step})).To(params[0].Device())
		newMus[i] = torch.Full(nil, s.weight(num(step.Item())).Value, params[0].Device())
	}
	torch.ForeachCopy_(etas, newEtas)
	torch.ForeachCopy_(mus, newMus)
}

// ratesOnDevice sets the learning rates and the weights by operators over lists.
func (s *asgdStep) ratesOnDevice(mus, etas, steps list) {
	newMus := torch.ForeachSub(steps, s.t0)
	torch.ForeachMaximum_(newMus, 1.0)
	torch.ForeachReciprocal_(newMus)
	torch.ForeachCopy_(mus, newMus)
	newEtas := torch.ForeachMul(steps, s.lambd)
	torch.ForeachMul_(newEtas, s.lr.Any())
	torch.ForeachAdd_(newEtas, 1)
	torch.ForeachPow_(newEtas, s.alpha)
	torch.ForeachReciprocal_(newEtas)
	torch.ForeachMul_(newEtas, s.lr.Any())
	torch.ForeachCopy_(etas, newEtas)
}
