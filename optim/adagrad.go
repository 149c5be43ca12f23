package optim

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// Adagrad is Python's torch.optim.Adagrad. With g the gradient, plus weight decay
// times the parameter p, and t the number of the step, a step computes
//
//	s = s + g*g
//	p = p - lr/(1 + (t-1)*lr_decay) * g / (sqrt(s) + eps)
//
// Gradients may be sparse; then only the elements that they have change.
//
// Its state for each parameter is "step", t; and "sum", s. It is there before
// the first step.
type Adagrad struct{ Base }

// NewAdagrad returns an optimizer of parameters, or of groups of them. Options:
// [LR] (1e-2), [LRDecay], [WeightDecay], [InitialAccumulatorValue], [Eps]
// (1e-10), [Foreach], [Maximize], [Differentiable], [Fused].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewAdagrad[P Params[AdagradOption]](params P, opts ...AdagradOption) *Adagrad {
	a := &Adagrad{}
	defaults := withOptions(newValues(
		setting{"lr", 1e-2},
		setting{"lr_decay", int64(0)},
		setting{"eps", 1e-10},
		setting{"weight_decay", int64(0)},
		setting{"initial_accumulator_value", int64(0)},
		setting{"foreach", nil},
		setting{"maximize", false},
		setting{"differentiable", false},
		setting{"fused", nil},
	), opts)
	checkTensorLR(&defaults)
	checkNotNegative(&defaults, "lr", invalidLR)
	checkNotNegative(&defaults, "lr_decay", "Invalid lr_decay value: %s")
	checkNotNegative(&defaults, "weight_decay", invalidWeightDecay)
	checkNotNegative(&defaults, "initial_accumulator_value", "Invalid initial_accumulator_value value: %s")
	checkNotNegative(&defaults, "eps", invalidEps)
	a.init(a, "Adagrad", defaults, a.updateGroup)
	a.missing = []setting{{"foreach", nil}, {"maximize", false}, {"differentiable", false}, {"fused", nil}}
	addGroups(&a.Base, groupsOf[AdagradOption](params))
	checkFusedOptions(&defaults)
	for _, g := range a.groups {
		for _, p := range g.Params {
			state := a.stateOf(p)
			state["step"] = newStep(g, p, torch.Device{})
			a.newSum(p, state)
		}
	}
	return a
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (a *Adagrad) AddParamGroup(group AdagradGroup) { addGroup(&a.Base, group) }

func (a *Adagrad) newSum(p *torch.Tensor, state map[string]any) {
	var first any = a.defaults.float("initial_accumulator_value")
	if p.IsComplex() {
		first = complex(first.(float64), first.(float64))
	}
	torch.NoGrad(func() { state["sum"] = torch.Keep(torch.FullLike(p, first, torch.PreserveFormat)) })
}

// adagradStep is a step for one group.
type adagradStep struct {
	rule
	lrDecay, eps float64
}

func (a *Adagrad) updateGroup(g *ParamGroup) {
	s := adagradStep{rule: ruleOf(&a.Base, g), lrDecay: g.float("lr_decay"), eps: g.float("eps")}
	s.states, s.sparse = []string{"sum"}, true
	s.newState = func(p, _ *torch.Tensor, state map[string]any) { a.newSum(p, state) }
	if g.flag("fused") {
		s.runFused(&a.Base, g)
		return
	}
	a.scaling.refuse(expectedNoScale)
	s.each, s.all, s.late = s.updateEach, s.updateAll, true
	s.run(&a.Base, g)
}

// rate returns the learning rate of a step.
func (s *adagradStep) rate(step *torch.Tensor) number {
	return s.lr.Div(num(1).Add(num(step.Item() - 1).Mul(num(s.lrDecay))))
}

func (s *adagradStep) updateEach(t list) {
	param, grad, sum, rate := t[0], t[1], t[2], s.rate(t[3]).Neg()
	if grad.IsSparse() {
		s.updateSparse(param, grad.Coalesce(), sum, rate)
		return
	}
	sum.Addcmul_(grad, grad, torch.Value(1))
	root := sum.Sqrt()
	if s.differentiable {
		root = root.Add(s.eps)
	} else {
		root.Add_(s.eps)
	}
	param.Addcdiv_(grad, root, torch.Value(rate.Float()))
}

func (s *adagradStep) updateAll(l []list) {
	params, grads, sums, steps := l[0], l[1], l[2], l[3]
	rates := make([]number, len(steps))
	for i, step := range steps {
		rates[i] = s.lr.Neg().Div(num(1).Add(num(step.Item() - 1).Mul(num(s.lrDecay))))
	}
	torch.ForeachAddcmul_(sums, grads, grads, 1)
	roots := torch.ForeachSqrt(sums)
	torch.ForeachAdd_(roots, s.eps)
	numerators := torch.ForeachMul(grads, operands(rates))
	torch.ForeachAddcdiv_(params, numerators, roots, 1)
	free(numerators)
	free(roots)
}

// runFused does the step with fused operators.
func (s *adagradStep) runFused(o *Base, g *ParamGroup) {
	lists, complex := s.lists(o, g)
	if len(lists[0]) == 0 {
		return
	}
	for _, p := range lists[0] {
		checkFused(p)
	}
	if complex || anySparse(lists[1]) {
		panic(torch.NewError("RuntimeError", "`fused` does not support sparse grad or complex param"))
	}
	if s.differentiable {
		panic(torch.NewError("RuntimeError", "adagrad with fused=True does not support differentiable=True"))
	}
	for _, l := range groupByDeviceAndDtype(lists) {
		device := l[0][0].Device()
		scaling := o.scaling.on(device)
		torch.ForeachAdd_(l[3], 1)
		torch.FusedAdagrad_(l[0], l[1], l[2], l[3], torch.FusedAdagradArguments{
			LR: lrOn(s.lr, device), LRDecay: s.lrDecay, WeightDecay: s.weightDecay, Eps: s.eps, Maximize: s.maximize,
			GradScale: scaling.scale, FoundInf: scaling.found,
		})
		scaling.uncount(l[3])
	}
}
