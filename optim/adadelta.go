package optim

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// Adadelta is Python's torch.optim.Adadelta. With g the gradient, plus weight
// decay times the parameter p, a step computes
//
//	v = rho*v + (1-rho)*g*g
//	d = sqrt(u + eps) / sqrt(v + eps) * g
//	u = rho*u + (1-rho)*d*d
//	p = p - lr*d
//
// Its state for each parameter is "step"; "square_avg", v; and "acc_delta", u.
type Adadelta struct{ Base }

// NewAdadelta returns an optimizer of parameters, or of groups of them. Options:
// [LR] (1), [Rho], [Eps] (1e-6), [WeightDecay], [Foreach], [Capturable],
// [Maximize], [Differentiable].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewAdadelta[P Params[AdadeltaOption]](params P, opts ...AdadeltaOption) *Adadelta {
	a := &Adadelta{}
	defaults := withOptions(newValues(
		setting{"lr", 1.0},
		setting{"rho", 0.9},
		setting{"eps", 1e-6},
		setting{"weight_decay", int64(0)},
		setting{"maximize", false},
		setting{"capturable", false},
		setting{"foreach", nil},
		setting{"differentiable", false},
	), opts)
	checkAdadelta(&defaults)
	a.init(a, "Adadelta", defaults, a.updateGroup)
	a.missing = []setting{{"foreach", nil}, {"maximize", false}, {"differentiable", false}, {"capturable", false}}
	addGroups(&a.Base, groupsOf[AdadeltaOption](params))
	return a
}

func checkAdadelta(defaults *values) {
	checkTensorLR(defaults)
	checkNotNegative(defaults, "lr", invalidLR)
	if rho := defaults.float("rho"); !(0 <= rho && rho <= 1) {
		panic(torch.NewError("ValueError", "Invalid rho value: %s", repr(defaults.byName["rho"])))
	}
	checkNotNegative(defaults, "eps", invalidEps)
	checkNotNegative(defaults, "weight_decay", invalidWeightDecay)
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (a *Adadelta) AddParamGroup(group AdadeltaGroup) { addGroup(&a.Base, group) }

// The lists of Adadelta.
const (
	adadeltaParams = iota
	adadeltaGrads
	adadeltaSquareAvgs
	adadeltaAccDeltas
	adadeltaSteps
	adadeltaLists
)

// adadeltaStep is a step for one group.
type adadeltaStep struct {
	lr                                            number
	rho, eps, weightDecay                         float64
	maximize, capturable, differentiable, complex bool
}

func (a *Adadelta) updateGroup(g *ParamGroup) {
	step := adadeltaStep{
		lr: g.lr(), rho: g.float("rho"), eps: g.float("eps"), weightDecay: g.float("weight_decay"),
		maximize: g.flag("maximize"), capturable: g.flag("capturable"), differentiable: g.flag("differentiable"),
	}
	lists := make([]list, adadeltaLists)
	lists[adadeltaParams], lists[adadeltaGrads] = a.gather(g)
	for i, p := range lists[adadeltaParams] {
		if lists[adadeltaGrads][i].IsSparse() {
			panic(torch.NewError("RuntimeError", "Adadelta does not support sparse gradients"))
		}
		state := a.stateOf(p)
		if len(state) == 0 {
			state["step"], state["square_avg"], state["acc_delta"] = newStep(g, p, torch.Device{}), zerosLike(p), zerosLike(p)
		}
		step.complex = step.complex || p.IsComplex()
		lists[adadeltaSquareAvgs] = append(lists[adadeltaSquareAvgs], tensorOf(state, "square_avg"))
		lists[adadeltaAccDeltas] = append(lists[adadeltaAccDeltas], tensorOf(state, "acc_delta"))
		lists[adadeltaSteps] = append(lists[adadeltaSteps], tensorOf(state, "step"))
	}
	all := useForeach(g, lists[adadeltaParams], step.differentiable)
	if all && step.differentiable {
		panic(torch.NewError("AssertionError", "_foreach ops don't support autograd"))
	}
	if step.capturable {
		checkCapturable("params and state_steps", lists[adadeltaParams], lists[adadeltaSteps], false)
	}
	if step.capturable || step.differentiable {
		apply(all, lists, step.run)
	} else {
		applyTogether(all, lists, step.run)
	}
}

// run does the step for parallel lists.
func (h *adadeltaStep) run(k kernels, lists []list) {
	if h.complex {
		lists = viewAsReal(lists, adadeltaSteps)
	}
	params, squareAvgs, accDeltas := lists[adadeltaParams], lists[adadeltaSquareAvgs], lists[adadeltaAccDeltas]
	g := gradients{kernels: k, tensors: lists[adadeltaGrads]}
	k.increment(lists[adadeltaSteps])
	if h.maximize {
		g.negate()
	}
	if h.weightDecay != 0 {
		g.add(params, h.weightDecay)
	}
	k.mul_(squareAvgs, h.rho)
	k.addcmul_(squareAvgs, g.tensors, g.tensors, 1-h.rho)
	deviations := k.addNumber(squareAvgs, h.eps)
	k.sqrt_(deviations)
	deltas := k.addNumber(accDeltas, h.eps)
	k.sqrt_(deltas)
	if h.differentiable {
		deltas = mapList(deltas, func(_ int, t *torch.Tensor) *torch.Tensor { return t.Clone() })
	}
	k.div_(deltas, deviations)
	k.mulEach_(deltas, g.tensors)
	free(deviations)
	g.free()
	k.mul_(accDeltas, h.rho)
	k.addcmul_(accDeltas, deltas, deltas, 1-h.rho)
	h.descend(k, params, deltas)
	free(deltas)
}

// descend moves the parameters against the deltas. A CUDA graph would hold the
// number that a tensor had when it was captured, so that it must multiply.
func (h *adadeltaStep) descend(k kernels, params, deltas list) {
	if _, all := k.(foreach); all && h.capturable && h.lr.Tensor != nil {
		torch.ForeachMul_(deltas, h.lr.Tensor.Neg())
		torch.ForeachAdd_(params, deltas)
		return
	}
	k.add_(params, deltas, -h.lr.Float())
}
