package optim

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// SGD is stochastic gradient descent, with momentum if [Momentum] is given:
// Python's torch.optim.SGD. With g the gradient, plus weight decay times the
// parameter p, a step computes
//
//	b = momentum*b + (1-dampening)*g    (b = g at the first step)
//	p = p - lr*b                        (Nesterov: lr*(g + momentum*b))
//
// Its state is "momentum_buffer", b, for each parameter.
type SGD struct{ Base }

// NewSGD returns an optimizer of parameters, or of groups of them. Options:
// [LR], [Momentum], [Dampening], [WeightDecay], [Nesterov], [Maximize],
// [Foreach], [Differentiable], [Fused].
//
//	optimizer := optim.NewSGD(model.Parameters(), optim.LR(0.1), optim.Momentum(0.9))
//
// Groups may have options of their own:
//
//	optimizer := optim.NewSGD([]optim.SGDGroup{
//		{Params: base.Parameters(), Options: []optim.SGDOption{optim.LR(1e-3)}},
//		{Params: classifier.Parameters()},
//	}, optim.LR(0.1))
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewSGD[P Params[SGDOption]](params P, opts ...SGDOption) *SGD {
	s := &SGD{}
	defaults := withOptions(newValues(
		setting{"lr", 1e-3},
		setting{"momentum", int64(0)},
		setting{"dampening", int64(0)},
		setting{"weight_decay", int64(0)},
		setting{"nesterov", false},
		setting{"maximize", false},
		setting{"foreach", nil},
		setting{"differentiable", false},
		setting{"fused", nil},
	), opts)
	checkSGD(&defaults)
	s.init(s, "SGD", defaults, s.updateGroup)
	s.Base.updatePlain = s.updatePlain
	s.missing = []setting{{"nesterov", false}, {"maximize", false}, {"foreach", nil}, {"differentiable", false}, {"fused", false}}
	addGroups(&s.Base, groupsOf[SGDOption](params))
	checkFusedOptions(&defaults)
	return s
}

func checkSGD(defaults *values) {
	checkTensorLR(defaults)
	for _, check := range []struct{ name, message string }{
		{"lr", invalidLR},
		{"momentum", "Invalid momentum value: %s"},
		{"weight_decay", invalidWeightDecay},
	} {
		if defaults.float(check.name) < 0 { // NaN passes, as in Python
			panic(torch.NewError("ValueError", check.message, repr(defaults.byName[check.name])))
		}
	}
	if defaults.flag("nesterov") && (defaults.float("momentum") <= 0 || defaults.float("dampening") != 0) {
		panic(torch.NewError("ValueError", "Nesterov momentum requires a momentum and zero dampening"))
	}
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (s *SGD) AddParamGroup(group SGDGroup) { addGroup(&s.Base, group) }

// sgdStep is a step for one group.
type sgdStep struct {
	sgd                              *SGD
	lr                               number
	weightDecay, momentum, dampening float64
	nesterov, maximize               bool
}

// updatePlain is a step that adds the gradients times -lr on the CPU, and nothing else.
func (s *SGD) updatePlain(g *ParamGroup) bool {
	lr := g.lr()
	return lr.Tensor == nil && g.float("momentum") == 0 && g.float("weight_decay") == 0 && !g.flag("maximize") &&
		!g.flag("foreach") && !g.flag("fused") && !g.flag("differentiable") &&
		s.given == nil && s.scaling == (scaling{}) && torch.AddGrads(g.Params, -lr.Float())
}

func (s *SGD) updateGroup(g *ParamGroup) {
	params, grads := s.gather(g)
	step := sgdStep{
		s, g.lr(), g.float("weight_decay"), g.float("momentum"), g.float("dampening"), g.flag("nesterov"),
		g.flag("maximize"),
	}
	var buffers list
	if step.momentum != 0 {
		buffers = make(list, len(params))
		for i, p := range params {
			buffers[i], _ = s.state[p]["momentum_buffer"].(*torch.Tensor)
		}
	}
	if all := useForeach(g, params, false); all || !g.flag("fused") {
		s.scaling.refuse(expectedNoScale)
		applyTogether(all, []list{params, grads, buffers}, step.run)
	} else {
		step.runFused(params, grads, buffers)
	}
}

// run does the step for lists of parameters, gradients and momentum buffers.
func (h *sgdStep) run(k kernels, lists []list) {
	params, g, buffers := lists[0], gradients{kernels: k, tensors: lists[1]}, lists[2]
	if h.maximize {
		g.negate()
	}
	if h.weightDecay != 0 {
		g.add(params, h.weightDecay)
	}
	if h.momentum == 0 {
		h.descend(k, params, g.tensors)
		g.free()
		return
	}
	buffers = h.accumulate(k, params, buffers, g.tensors)
	if h.nesterov {
		g.add(buffers, h.momentum)
		h.descend(k, params, g.tensors)
	} else {
		h.descend(k, params, buffers)
	}
	g.free()
}

// descend moves the parameters against the direction.
func (h *sgdStep) descend(k kernels, params, direction list) {
	if h.lr.Tensor == nil || !h.lr.Tensor.RequiresGrad() {
		k.add_(params, direction, -h.lr.Float())
		return
	}
	for i, p := range params {
		p.Addcmul_(direction[i], h.lr.Tensor, torch.Value(-1))
	}
}

// accumulate adds the gradients to the momentum buffers and returns them. A
// parameter's first gradient becomes its buffer.
func (h *sgdStep) accumulate(k kernels, params, buffers, grads list) list {
	if allThere(buffers) {
		k.mul_(buffers, h.momentum)
		k.add_(buffers, grads, 1-h.dampening)
		return buffers
	}
	for i, buffer := range buffers {
		if buffer == nil {
			buffers[i] = torch.Keep(grads[i].Detach().Clone())
			h.sgd.stateOf(params[i])["momentum_buffer"] = buffers[i]
		} else {
			buffer.Mul_(h.momentum).Add_(grads[i], torch.Alpha(1-h.dampening))
		}
	}
	return buffers
}

func allThere(tensors list) bool {
	for _, t := range tensors {
		if t == nil {
			return false
		}
	}
	return true
}

// runFused does the step with fused operators.
func (h *sgdStep) runFused(params, grads, buffers list) {
	if len(params) == 0 {
		return
	}
	for i, p := range params {
		checkFused(p)
		if grads[i].IsSparse() {
			panic(torch.NewError("RuntimeError", "`_fused_sgd` does not support sparse gradients"))
		}
	}
	first := h.momentum != 0
	for _, buffer := range buffers {
		first = first && buffer == nil
	}
	if first {
		for i, grad := range grads {
			buffers[i] = torch.Keep(h.newBuffer(grad))
			h.sgd.stateOf(params[i])["momentum_buffer"] = buffers[i]
		}
	}
	for _, same := range groupByDeviceAndDtype([]list{params, grads, buffers}) {
		scaling := h.sgd.scaling.on(same[0][0].Device())
		torch.FusedSgd_(same[0], same[1], same[2], torch.FusedSgdArguments{
			WeightDecay: h.weightDecay, Momentum: h.momentum, Dampening: h.dampening, LR: h.lr.Any(), Nesterov: h.nesterov,
			Maximize: h.maximize, IsFirstStep: first, GradScale: scaling.scale, FoundInf: scaling.found,
		})
	}
}

// newBuffer returns a momentum buffer for the operator to fill. It does not if
// the step is skipped, and takes what it finds the next time, so that then there
// must be zeros; Python leaves there what memory holds.
func (h *sgdStep) newBuffer(grad *torch.Tensor) *torch.Tensor {
	if h.sgd.scaling.found != nil {
		return torch.ZerosLike(grad)
	}
	return torch.EmptyLike(grad)
}
