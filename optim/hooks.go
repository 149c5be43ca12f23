package optim

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// A Hook is a registered function.
type Hook struct{ remove func() }

// Remove ends the calls of the function. It is safe to call twice.
func (h *Hook) Remove() { h.remove() }

// A HookOption is an option of the registration of hooks: [Prepend].
type HookOption interface{ hookOption() }

// Prepend puts the hook before those registered earlier. Its default is false.
type Prepend bool

func (Prepend) hookOption() {}

// hooks are those of an optimizer.
type hooks struct {
	stepPre                         stepPreHooks
	stepPost                        plainHooks
	stateDictPre, loadStateDictPost plainHooks
	stateDictPost, loadStateDictPre hookList[func(Optimizer, *StateDict)]
}

// A hookList is replaced rather than changed, so that hooks may be removed while
// they run.
type hookList[F any] []*hook[F]

type hook[F any] struct{ fn F }

func (l *hookList[F]) add(fn F, opts []HookOption) *Hook {
	prepend := false
	for _, o := range opts {
		prepend = bool(o.(Prepend))
	}
	h := &hook[F]{fn}
	if prepend {
		*l = append(hookList[F]{h}, *l...)
	} else {
		*l = append(slices.Clip(*l), h)
	}
	return &Hook{func() {
		*l = slices.DeleteFunc(slices.Clone(*l), func(other *hook[F]) bool { return other == h })
	}}
}

// plainHooks get the optimizer only.
type plainHooks struct{ hookList[func(Optimizer)] }

func (l *plainHooks) call(o Optimizer) {
	for _, h := range l.hookList {
		h.fn(o)
	}
}

// A StepPreHook is called before a step with the closure that StepClosure was given; it
// is nil in Step. What the hook returns takes the closure's place, unless it is nil: the
// new arguments that a hook returns in Python.
//
//	o.RegisterStepPreHook(func(_ optim.Optimizer, closure func() *torch.Tensor) func() *torch.Tensor {
//		return func() *torch.Tensor { return closure().Mul(2) }
//	})
type StepPreHook func(o Optimizer, closure func() *torch.Tensor) (replaced func() *torch.Tensor)

type stepPreHooks struct{ hookList[StepPreHook] }

// call returns the closure, or what hooks put in its place.
func (l *stepPreHooks) call(o Optimizer, closure func() *torch.Tensor) func() *torch.Tensor {
	for _, h := range l.hookList {
		if replaced := h.fn(o, closure); replaced != nil {
			closure = replaced
		}
	}
	return closure
}

// RegisterStepPreHook has a function called before each step, before the closure, which
// it may replace.
func (o *Base) RegisterStepPreHook(hook StepPreHook) *Hook {
	return o.hooks.stepPre.add(hook, nil)
}

// RegisterStepPostHook has a function called after each step.
func (o *Base) RegisterStepPostHook(hook func(Optimizer)) *Hook {
	return o.hooks.stepPost.add(hook, nil)
}

// RegisterStateDictPreHook has a function called before StateDict. Option:
// [Prepend].
func (o *Base) RegisterStateDictPreHook(hook func(Optimizer), opts ...HookOption) *Hook {
	return o.hooks.stateDictPre.add(hook, opts)
}

// RegisterStateDictPostHook has a function called with what StateDict is about
// to return, and may change. Option: [Prepend].
func (o *Base) RegisterStateDictPostHook(hook func(Optimizer, *StateDict), opts ...HookOption) *Hook {
	return o.hooks.stateDictPost.add(hook, opts)
}

// RegisterLoadStateDictPreHook has a function called with what LoadStateDict was
// given, before it is loaded. The function may set the fields of the
// dictionary, which is a copy, but not change the maps in it, which are the
// caller's. Option: [Prepend].
func (o *Base) RegisterLoadStateDictPreHook(hook func(Optimizer, *StateDict), opts ...HookOption) *Hook {
	return o.hooks.loadStateDictPre.add(hook, opts)
}

// RegisterLoadStateDictPostHook has a function called after LoadStateDict, if it
// loaded. Option: [Prepend].
func (o *Base) RegisterLoadStateDictPostHook(hook func(Optimizer), opts ...HookOption) *Hook {
	return o.hooks.loadStateDictPost.add(hook, opts)
}

// The hooks of all optimizers.
var globalHooks struct {
	stepPre  stepPreHooks
	stepPost plainHooks
}

// RegisterOptimizerStepPreHook has a function called before each step of every
// optimizer, before the hooks of its own. Python's
// torch.optim.optimizer.register_optimizer_step_pre_hook.
//
// It must not run while another goroutine takes a step.
func RegisterOptimizerStepPreHook(hook StepPreHook) *Hook {
	return globalHooks.stepPre.add(hook, nil)
}

// RegisterOptimizerStepPostHook has a function called after each step of every
// optimizer, after the hooks of its own. Python's
// torch.optim.optimizer.register_optimizer_step_post_hook.
//
// It must not run while another goroutine takes a step.
func RegisterOptimizerStepPostHook(hook func(Optimizer)) *Hook {
	return globalHooks.stepPost.add(hook, nil)
}
