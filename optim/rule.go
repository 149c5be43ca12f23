package optim

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// A rule is how an optimizer updates the parameters of a group, but for what
// most optimizers do alike: the count of steps, maximizing, weight decay, and
// the choice between one parameter after the other and all at once. PyTorch
// writes both ways for each optimizer, and they differ in the last digits.
type rule struct {
	name                       string // of the optimizer
	lr                         number
	weightDecay                float64
	decoupled, maximize        bool
	capturable, differentiable bool
	// checked are what a capturable step needs on a device, as errors name it:
	// for one parameter after the other, and for all at once.
	checked    [2]string
	checkedXLA bool     // whether XLA will do for all at once, too
	states     []string // names of what is kept for a parameter, but for "step"
	numbers    int      // how many of the last states are no numbers of the parameter's
	optional   bool     // whether a parameter may lack some of the states
	late       bool     // whether complex parameters, one after the other, decay before they are viewed as real
	sparse     bool     // whether gradients may be sparse
	asked      bool     // whether all at once needs to be asked for, on CUDA, too
	newState   func(p, grad *torch.Tensor, state map[string]any)
	each       func(t list)   // updates one parameter: it, its gradient, its states, its step
	all        func(l []list) // updates all: they, their gradients, their states, their steps
}

// ruleOf returns a rule with those options of the group that the optimizer has: what
// else may be there, by Put or a state dictionary, has no effect.
func ruleOf(o *Base, g *ParamGroup) rule {
	r := rule{
		name: o.name, lr: g.lr(), decoupled: o.has("decoupled_weight_decay") && g.flag("decoupled_weight_decay"),
		maximize: g.flag("maximize"), capturable: g.flag("capturable"), differentiable: g.flag("differentiable"),
		checked: [2]string{"params and state_steps", "params and state_steps"},
	}
	if o.has("weight_decay") {
		r.weightDecay = g.float("weight_decay")
	}
	return r
}

// has reports whether the optimizer has an option.
func (o *Base) has(option string) bool {
	_, ok := o.defaults.byName[option]
	return ok
}

// run updates the parameters of a group.
func (r *rule) run(o *Base, g *ParamGroup) {
	lists, complex := r.lists(o, g)
	all := useForeach(g, lists[0], r.differentiable)
	if r.asked {
		all = g.flag("foreach")
	}
	if all && r.differentiable {
		panic(torch.NewError("AssertionError", "_foreach ops don't support autograd"))
	}
	if r.capturable {
		r.checkCapturable(lists, all)
	}
	apply(all, lists, func(k kernels, lists []list) {
		if all && r.sparse && anySparse(lists[1]) {
			apply(false, lists, func(k kernels, lists []list) { r.update(k, lists, complex) })
			return
		}
		r.update(k, lists, complex)
	})
}

// update runs the step for parallel lists.
func (r *rule) update(k kernels, lists []list, complex bool) {
	_, all := k.(foreach)
	late := r.late && !all
	if complex && !late {
		lists = viewAsReal(lists, len(lists)-1-r.numbers)
	}
	g := r.prepare(k, lists)
	if complex && late {
		lists = viewAsReal(lists, len(lists)-1-r.numbers)
	}
	if all {
		r.all(lists)
	} else {
		r.each(firsts(lists))
	}
	g.free()
}

func anySparse(tensors list) bool {
	return slices.ContainsFunc(tensors, (*torch.Tensor).IsSparse)
}

// lists gathers what the step works on, and makes the state of parameters that
// have none.
func (r *rule) lists(o *Base, g *ParamGroup) (lists []list, complex bool) {
	lists = make([]list, len(r.states)+3)
	params, grads := o.gather(g)
	lists[0], lists[1] = params, grads
	for i, p := range params {
		if !r.sparse && grads[i].IsSparse() {
			panic(torch.NewError("RuntimeError", "%s does not support sparse gradients", r.name))
		}
		complex = complex || p.IsComplex()
		state := o.stateOf(p)
		if len(state) == 0 {
			begin(state, func() {
				state["step"] = newStep(g, p, torch.Device{})
				r.newState(p, grads[i], state)
			})
		}
		for j, name := range r.states {
			if _, ok := state[name]; !ok && r.optional {
				lists[2+j] = append(lists[2+j], nil)
			} else {
				lists[2+j] = append(lists[2+j], tensorOf(state, name))
			}
		}
		last := len(lists) - 1
		lists[last] = append(lists[last], tensorOf(state, "step"))
	}
	return lists, complex
}

// prepare counts the step, and has the gradients maximize and decay weights.
func (r *rule) prepare(k kernels, lists []list) gradients {
	g := gradients{kernels: k, tensors: lists[1]}
	k.increment(lists[len(lists)-1])
	if r.maximize {
		g.negate()
	}
	switch {
	case r.weightDecay == 0:
	case r.decoupled:
		k.mul_(lists[0], decay(r.lr, r.weightDecay).Float())
	case r.sparse && anySparse(g.tensors):
		panic(torch.NewError("RuntimeError", "weight_decay option is not compatible with sparse gradients"))
	default:
		g.add(lists[0], r.weightDecay)
	}
	lists[1] = g.tensors
	return g
}

// checkCapturable refuses parameters whose step cannot be captured.
func (r *rule) checkCapturable(lists []list, all bool) {
	names := r.checked[0]
	if all {
		names = r.checked[1]
	}
	for j := len(lists) - 1 - r.numbers; j < len(lists); j++ {
		checkCapturable(names, lists[0], lists[j], !all || r.checkedXLA)
	}
}

// firsts returns the first tensor of each list.
func firsts(lists []list) list {
	t := make(list, len(lists))
	for i, l := range lists {
		if len(l) > 0 {
			t[i] = l[0]
		}
	}
	return t
}

// newNumber returns a tensor of no dimensions, made where and as the count of
// steps is.
func newNumber(g *ParamGroup, p *torch.Tensor, value float64) *torch.Tensor {
	t := newStep(g, p, torch.Device{})
	t.Fill_(value)
	return t
}
