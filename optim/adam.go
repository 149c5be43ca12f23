package optim

import (
	"slices"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// Adam is Python's torch.optim.Adam. With g the gradient, plus weight decay
// times the parameter p, and t the number of the step, a step computes
//
//	m = beta1*m + (1-beta1)*g
//	v = beta2*v + (1-beta2)*g*g
//	p = p - lr * m/(1-beta1^t) / (sqrt(v/(1-beta2^t)) + eps)
//
// With [Amsgrad] the largest v so far takes the place of v in the last line.
//
// Its state for each parameter is "step", t; "exp_avg", m; "exp_avg_sq", v;
// and "max_exp_avg_sq".
type Adam struct{ Base }

// AdamW is Adam with decoupled weight decay: the parameter is multiplied by
// 1 - lr*weight_decay, and the gradient left as it is. Python's
// torch.optim.AdamW.
type AdamW struct{ Base }

// NewAdam returns an optimizer of parameters, or of groups of them. Options:
// [LR], [Betas], [Eps], [WeightDecay], [Amsgrad], [Foreach], [Maximize],
// [Capturable], [Differentiable], [Fused], [DecoupledWeightDecay].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewAdam[P Params[AdamOption]](params P, opts ...AdamOption) *Adam {
	a := &Adam{}
	defaults := withOptions(adamDefaults(int64(0), false), opts)
	initAdam(&a.Base, a, "Adam", defaults)
	addGroups(&a.Base, groupsOf[AdamOption](params))
	checkFusedOptions(&defaults)
	return a
}

// NewAdamW returns an optimizer of parameters, or of groups of them. Options:
// [LR], [Betas], [Eps], [WeightDecay] (1e-2), [Amsgrad], [Foreach], [Maximize],
// [Capturable], [Differentiable], [Fused].
func NewAdamW[P Params[AdamWOption]](params P, opts ...AdamWOption) *AdamW {
	a := &AdamW{}
	defaults := withOptions(adamDefaults(1e-2, true), opts)
	initAdam(&a.Base, a, "AdamW", defaults)
	a.amend = func(g *ParamGroup) { g.set("decoupled_weight_decay", true) }
	addGroups(&a.Base, groupsOf[AdamWOption](params))
	checkFusedOptions(&defaults)
	return a
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (a *Adam) AddParamGroup(group AdamGroup) { addGroup(&a.Base, group) }

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (a *AdamW) AddParamGroup(group AdamWGroup) { addGroup(&a.Base, group) }

func adamDefaults(weightDecay any, decoupled bool) values {
	return newValues(
		setting{"lr", 1e-3},
		setting{"betas", [2]float64{0.9, 0.999}},
		setting{"eps", 1e-8},
		setting{"weight_decay", weightDecay},
		setting{"amsgrad", false},
		setting{"maximize", false},
		setting{"foreach", nil},
		setting{"capturable", false},
		setting{"differentiable", false},
		setting{"fused", nil},
		setting{"decoupled_weight_decay", decoupled},
	)
}

func initAdam(o *Base, self Optimizer, name string, defaults values) {
	checkAdam(&defaults)
	o.init(self, name, defaults, func(g *ParamGroup) { updateAdam(o, g) })
	o.missing = []setting{
		{"amsgrad", false}, {"maximize", false}, {"foreach", nil}, {"capturable", false}, {"differentiable", false},
		{"decoupled_weight_decay", false}, {"fused", nil},
	}
}

func checkAdam(defaults *values) {
	if _, ok := defaults.byName["lr"].(*torch.Tensor); ok && defaults.flag("foreach") && !defaults.flag("capturable") {
		panic(torch.NewError("ValueError", "lr as a Tensor is not supported for capturable=False and foreach=True"))
	}
	checkTensorLR(defaults)
	checkNotNegative(defaults, "lr", invalidLR)
	checkNotNegative(defaults, "eps", invalidEps)
	checkBetas(defaults)
	checkNotNegative(defaults, "weight_decay", invalidWeightDecay)
	checkTensorBetas(defaults)
}

// The lists of Adam.
const (
	adamParams = iota
	adamGrads
	adamExpAvgs
	adamExpAvgSqs
	adamMaxExpAvgSqs
	adamSteps
	adamLists
)

// adamStep is a step for one group.
type adamStep struct {
	lr, beta1, beta2                    number
	eps, weightDecay                    float64
	decoupled, amsgrad, maximize        bool
	capturable, differentiable, complex bool
}

func updateAdam(o *Base, g *ParamGroup) {
	betas := g.betas()
	step := adamStep{
		lr: g.lr(), beta1: betas[0], beta2: betas[1], eps: g.float("eps"), weightDecay: g.float("weight_decay"),
		decoupled: g.flag("decoupled_weight_decay"), amsgrad: g.flag("amsgrad"), maximize: g.flag("maximize"),
		capturable: g.flag("capturable"), differentiable: g.flag("differentiable"),
	}
	lists := step.lists(o, g)
	all := useForeach(g, lists[adamParams], step.differentiable)
	if all && g.isNone("foreach") && step.lr.Tensor != nil && !step.capturable {
		all = false
	}
	if !g.flag("fused") {
		o.scaling.refuse(expectedNoScale)
		if all {
			step.checkTensors()
		}
	}
	switch {
	case len(lists[adamParams]) == 0:
	case g.flag("fused"):
		step.runFused(lists, o.scaling)
	case all && step.differentiable:
		panic(torch.NewError("AssertionError", "_foreach ops don't support autograd"))
	default:
		if step.capturable {
			checkCapturable("params and state_steps", lists[adamParams], lists[adamSteps], !all)
		}
		if step.capturable || step.differentiable || step.tensorBetas() {
			apply(all, lists, step.run)
		} else {
			applyTogether(all, lists, step.run)
		}
	}
}

// lists gathers what the step works on, and makes the state of parameters that
// have none.
func (h *adamStep) lists(o *Base, g *ParamGroup) []list {
	lists := make([]list, adamLists)
	lists[adamParams], lists[adamGrads] = o.gather(g)
	for i, p := range lists[adamParams] {
		if lists[adamGrads][i].IsSparse() {
			panic(torch.NewError("RuntimeError", "Adam does not support sparse gradients, please consider SparseAdam instead"))
		}
		state := o.stateOf(p)
		if len(state) == 0 {
			begin(state, func() { h.newState(g, p, state) })
		}
		h.complex = h.complex || p.IsComplex()
		step := tensorOf(state, "step")
		if h.differentiable && step.RequiresGrad() {
			panic(torch.NewError("RuntimeError", "`requires_grad` is not supported for `step` in differentiable mode"))
		}
		lists[adamSteps] = append(lists[adamSteps], step)
		lists[adamExpAvgs] = append(lists[adamExpAvgs], tensorOf(state, "exp_avg"))
		lists[adamExpAvgSqs] = append(lists[adamExpAvgSqs], tensorOf(state, "exp_avg_sq"))
		if h.amsgrad {
			lists[adamMaxExpAvgSqs] = append(lists[adamMaxExpAvgSqs], tensorOf(state, "max_exp_avg_sq"))
		}
		if g.flag("foreach") && h.lr.Tensor != nil && !h.capturable {
			panic(torch.NewError("RuntimeError", "lr as a Tensor is not supported for capturable=False and foreach=True"))
		}
	}
	return lists
}

func (h *adamStep) newState(g *ParamGroup, p *torch.Tensor, state map[string]any) {
	if g.flag("fused") {
		checkFused(p)
	}
	state["step"] = newStep(g, p, torch.CPU)
	state["exp_avg"] = zerosLike(p)
	state["exp_avg_sq"] = zerosLike(p)
	if h.amsgrad {
		state["max_exp_avg_sq"] = zerosLike(p)
	}
}

func zerosLike(p *torch.Tensor) *torch.Tensor {
	return torch.Keep(torch.ZerosLike(p, torch.PreserveFormat))
}

// tensorOf returns a tensor of a parameter's state.
func tensorOf(state map[string]any, name string) *torch.Tensor {
	t, ok := state[name].(*torch.Tensor)
	if !ok {
		panic(torch.NewError("KeyError", "'%s'", name))
	}
	return t
}

// run does the step for parallel lists.
func (h *adamStep) run(k kernels, lists []list) {
	if h.complex {
		lists = viewAsReal(lists, adamSteps)
	}
	params, expAvgs, expAvgSqs := lists[adamParams], lists[adamExpAvgs], lists[adamExpAvgSqs]
	g := gradients{kernels: k, tensors: lists[adamGrads]}
	if h.maximize {
		g.negate()
	}
	k.increment(lists[adamSteps])
	if h.weightDecay != 0 {
		if h.decoupled {
			k.mul_(params, decay(h.lr, h.weightDecay).Float())
		} else {
			g.add(params, h.weightDecay)
		}
	}
	h.average(k, expAvgs, expAvgSqs, g.tensors)
	g.free()
	if h.amsgrad {
		h.raise(k, lists[adamMaxExpAvgSqs], expAvgSqs)
		expAvgSqs = lists[adamMaxExpAvgSqs]
	}
	_, each := k.(eachTensor)
	switch {
	case h.tensorBetas() && !h.capturable && !h.differentiable:
		h.descendByTensors(params[0], expAvgs[0], expAvgSqs[0], lists[adamSteps][0])
	case !h.capturable && !h.differentiable:
		h.descend(k, params, expAvgs, expAvgSqs, lists[adamSteps])
	case each:
		h.descendOnDeviceEach(params, expAvgs, expAvgSqs, lists[adamSteps])
	default:
		h.descendOnDevice(params, expAvgs, expAvgSqs, lists[adamSteps])
	}
}

// raise replaces maxima by the larger of them and values.
func (h *adamStep) raise(k kernels, maxima, values list) {
	if !h.differentiable {
		k.maximum_(maxima, values)
		return
	}
	for i, m := range maxima {
		m.Copy_(torch.Maximum(m.Clone(), values[i]))
	}
}

// descend moves the parameters, by factors that it computes in Go.
func (h *adamStep) descend(k kernels, params, expAvgs, expAvgSqs, steps list) {
	roots, sizes := make([]float64, len(steps)), make([]float64, len(steps))
	last := -1.0
	for i, s := range steps {
		t := s.Item()
		if t == last { // as is usual
			roots[i], sizes[i] = roots[i-1], sizes[i-1]
			continue
		}
		last = t
		roots[i] = csrc.Pow(1-csrc.Pow(h.beta2.Value, t), 0.5)
		sizes[i] = -h.lr.Div(num(1 - csrc.Pow(h.beta1.Value, t))).Float()
	}
	denominators := k.sqrt(expAvgSqs)
	k.divNumbers_(denominators, roots)
	k.addNumber_(denominators, h.eps)
	k.addcdiv_(params, expAvgs, denominators, sizes)
	free(denominators)
}

// descendOnDeviceEach is descend with factors that are tensors, so that a CUDA
// graph can hold them, or autograd record them.
func (h *adamStep) descendOnDeviceEach(params, expAvgs, expAvgSqs, steps list) {
	for i, step := range steps {
		correction1 := h.power(h.beta1, step).Neg().Add(1)
		correction2 := h.power(h.beta2, step).Neg().Add(1)
		size := divide(h.lr.Any(), correction1).Neg()
		denominator := expAvgSqs[i].Sqrt().Div(correction2.Sqrt().Mul(size)).Add_(divide(h.eps, size))
		expAvg := expAvgs[i]
		if h.differentiable {
			expAvg = expAvg.Clone()
		}
		params[i].Addcdiv_(expAvg, denominator)
	}
}

// divide returns a number or a tensor divided by a tensor, as Python's
// operator does.
func divide(dividend any, divisor *torch.Tensor) *torch.Tensor {
	if t, ok := dividend.(*torch.Tensor); ok {
		return t.Div(divisor)
	}
	return divisor.Reciprocal().Mul(dividend)
}

// descendOnDevice is descendOnDeviceEach for all parameters at once.
func (h *adamStep) descendOnDevice(params, expAvgs, expAvgSqs, steps list) {
	sizes := torch.ForeachPow(h.beta1.Float(), steps)
	roots := torch.ForeachPow(h.beta2.Float(), steps)
	torch.ForeachSub_(sizes, 1)
	torch.ForeachSub_(roots, 1)
	torch.ForeachNeg_(roots)
	torch.ForeachDiv_(sizes, h.lr.Any())
	torch.ForeachReciprocal_(sizes)
	torch.ForeachSqrt_(roots)
	denominators := torch.ForeachSqrt(expAvgSqs)
	torch.ForeachDiv_(denominators, roots)
	torch.ForeachAdd_(denominators, h.eps)
	torch.ForeachDiv_(denominators, sizes)
	torch.ForeachAddcdiv_(params, expAvgs, denominators, 1)
	free(denominators)
}

// runFused does the step with fused operators.
func (h *adamStep) runFused(lists []list, scaling scaling) {
	if h.differentiable {
		panic(torch.NewError("RuntimeError", "Adam with fused=True does not support differentiable=True"))
	}
	step := torch.FusedAdam_
	if h.decoupled {
		step = torch.FusedAdamw_
	}
	for _, l := range groupByDeviceAndDtype(lists) {
		device := l[adamParams][0].Device()
		scaling := scaling.on(device)
		torch.ForeachAdd_(l[adamSteps], 1)
		step(l[adamParams], l[adamGrads], l[adamExpAvgs], l[adamExpAvgSqs], l[adamMaxExpAvgSqs], l[adamSteps],
			torch.FusedAdamArguments{
				LR: lrOn(h.lr, device), Beta1: h.beta1.Float(), Beta2: h.beta2.Float(), WeightDecay: h.weightDecay, Eps: h.eps, Amsgrad: h.amsgrad,
				Maximize: h.maximize, GradScale: scaling.scale, FoundInf: scaling.found,
			})
		scaling.uncount(l[adamSteps])
	}
}

// viewAsReal returns the lists with complex tensors as pairs of real ones,
// except for those from place end on.
func viewAsReal(lists []list, end int) []list {
	views := slices.Clone(lists)
	for j, l := range lists[:end] {
		views[j] = mapList(l, func(_ int, t *torch.Tensor) *torch.Tensor {
			if t.IsComplex() {
				return torch.ViewAsReal(t)
			}
			return t
		})
	}
	return views
}

// capturableDevices are the types of devices that can run a captured step;
// tests add the CPU.
var capturableDevices = []string{"cuda", "xpu", "hpu", "privateuseone"}

// checkCapturable refuses parameters whose step cannot be captured.
func checkCapturable(names string, params, steps list, xla bool) {
	devices := capturableDevices
	if xla {
		devices = append(slices.Clone(devices), "xla")
	}
	for i, p := range params {
		kind := p.Device().Type()
		if kind != steps[i].Device().Type() || !slices.Contains(devices, kind.String()) {
			panic(torch.NewError("AssertionError",
				"If capturable=True, %s must be on supported devices: %s.", names, repr(devices)))
		}
	}
}
