package nn

import (
	"reflect"
	"slices"
	"sync/atomic"

	"github.com/wangkuiyi/gotorch/torch"
)

// Hooks
//
// Hooks run around a module's Forward. In Go a method cannot be wrapped from
// outside. So a layer of this package runs its hooks in Forward itself, and so
// does a user's module whose Forward begins with [Enter]. Without that line, a
// user's [Layer] runs them when it is called through [Call], as [Sequential]
// does, and not when its Forward is called directly; other modules cannot.

// A ForwardPreHook is called before Forward with its inputs, and returns what
// to use instead, or nil. An optional tensor that is not given is nil.
type ForwardPreHook func(module AnyModule, inputs []*torch.Tensor) []*torch.Tensor

// A ForwardHook is called after Forward with its inputs and outputs, and
// returns what to use instead of the outputs, or nil.
type ForwardHook func(module AnyModule, inputs, outputs []*torch.Tensor) []*torch.Tensor

// A ForwardPreHookOption is an option of [Module.RegisterForwardPreHook]:
// [Prepend].
type ForwardPreHookOption interface{ forwardPreHook() }

// A ForwardHookOption is an option of [Module.RegisterForwardHook]: [Prepend],
// [AlwaysCall].
type ForwardHookOption interface{ forwardHook() }

// Prepend puts the hook before those registered earlier. Its default is false.
type Prepend bool

// AlwaysCall has the hook called even if Forward, or a hook, panics. Its
// default is false.
type AlwaysCall bool

func (Prepend) forwardPreHook() {}
func (Prepend) forwardHook()    {}
func (AlwaysCall) forwardHook() {}

// A RemovableHandle removes the hook whose registration returned it, Python's
// torch.utils.hooks.RemovableHandle.
type RemovableHandle = torch.RemovableHandle

// hooks are those of a module, or those of all.
type hooks struct {
	forwardPre hookList[ForwardPreHookWithOptions]
	forward    hookList[ForwardHookWithOptions]

	backwardPre hookList[FullBackwardPreHook]
	backward    hookList[FullBackwardHook]
	lastNode    hookList[BackwardHook]
	kind        backwardKind // of the last two

	stateDictPre      hookList[StateDictPreHook]
	stateDictPost     hookList[StateDictPostHook]
	loadStateDictPre  hookList[LoadStateDictPreHook]
	loadStateDictPost hookList[LoadStateDictPostHook]
}

// A hookList is replaced rather than changed, so that hooks may be removed
// while they run.
type hookList[F any] []*hook[F]

type hook[F any] struct {
	fn     F
	always bool
	owner  any // see OwnedHooks
}

func (l *hookList[F]) add(fn F, prepend, always bool) *RemovableHandle {
	if reflect.ValueOf(fn).IsNil() {
		raise("TypeError", "'NoneType' object is not callable")
	}
	h := &hook[F]{fn: fn, always: always}
	if prepend {
		*l = append(hookList[F]{h}, *l...)
	} else {
		*l = append(slices.Clip(*l), h)
	}
	return torch.NewRemovableHandle(func() {
		*l = slices.DeleteFunc(slices.Clone(*l), func(other *hook[F]) bool { return other == h })
	})
}

func (m *Module) ensureHooks() *hooks {
	m.ready("module")
	if m.hooks == nil {
		m.hooks, m.plain = &hooks{}, false
	}
	return m.hooks
}

// RegisterForwardPreHook has hook called before each Forward: of a layer of this
// package always, and of a module of the user's if its Forward begins with
// [Enter], or if it is called by [Call] or by a [Sequential]. Python's
// register_forward_pre_hook.
//
// It must not run while another goroutine uses the module; the same holds for
// the other hooks.
func (m *Module) RegisterForwardPreHook(hook ForwardPreHook, opts ...ForwardPreHookOption) *RemovableHandle {
	return m.RegisterForwardPreHookWithOptions(hook.withOptions(), opts...)
}

// RegisterForwardHook has hook called after each Forward, under the same
// conditions as RegisterForwardPreHook. Python's register_forward_hook.
func (m *Module) RegisterForwardHook(hook ForwardHook, opts ...ForwardHookOption) *RemovableHandle {
	return m.RegisterForwardHookWithOptions(hook.withOptions(), opts...)
}

func forwardHookOptions(opts []ForwardHookOption) (prepend, always bool) {
	for _, o := range opts {
		switch o := o.(type) {
		case Prepend:
			prepend = bool(o)
		case AlwaysCall:
			always = bool(o)
		}
	}
	return prepend, always
}

// globalHooks run for all modules, before the modules' own; nil until one is
// registered.
var globalHooks atomic.Pointer[hooks]

func ensureGlobalHooks() *hooks {
	globalHooks.CompareAndSwap(nil, &hooks{})
	return globalHooks.Load()
}

// RegisterModuleForwardPreHook has hook called before each Forward of any
// module. Python's torch.nn.modules.module.register_module_forward_pre_hook.
func RegisterModuleForwardPreHook(hook ForwardPreHook) *RemovableHandle {
	return ensureGlobalHooks().forwardPre.add(hook.withOptions(), false, false)
}

// RegisterModuleForwardHook has hook called after each Forward of any module.
// Python's torch.nn.modules.module.register_module_forward_hook.
func RegisterModuleForwardHook(hook ForwardHook, opts ...ForwardHookOption) *RemovableHandle {
	prepend, always := forwardHookOptions(opts)
	return ensureGlobalHooks().forward.add(hook.withOptions(), prepend, always)
}

// Call runs a layer's Forward with its hooks, Python's layer(input). There is
// no need for it with the layers of this package and with modules whose Forward
// uses [Enter]: their Forward does the same.
func Call(layer Layer, input *torch.Tensor) *torch.Tensor {
	m := layer.AsModule()
	if !m.hooked() {
		return layer.Forward(input)
	}
	m.ready("module")
	if m.layout.libraryForward {
		return layer.Forward(input) // runs the hooks
	}
	return m.run(func(in []*torch.Tensor, _ []any) []*torch.Tensor {
		return []*torch.Tensor{forwardOf(layer, in[0])}
	}, nil, []*torch.Tensor{input})[0]
}

// HasHooks reports whether hooks are registered on m that run in its Forward, or in the
// backward pass of that.
func (m *Module) HasHooks() bool { return m.hooks.aroundForward() }

func (h *hooks) aroundForward() bool {
	return h != nil && len(h.forwardPre)+len(h.forward)+len(h.backwardPre)+len(h.backward)+len(h.lastNode) > 0
}

// hooked reports whether Forward may have hooks to run, or was called before Init.
// It is what a layer's Forward costs that has none.
func (m *Module) hooked() bool { return !m.plain || globalHooks.Load() != nil }

// call1 is a layer's Forward where hooked is true.
//
//go:noinline
func (m *Module) call1(forward func(*torch.Tensor) *torch.Tensor, input *torch.Tensor) *torch.Tensor {
	return m.runOwn(func(in []*torch.Tensor) []*torch.Tensor { return []*torch.Tensor{forward(in[0])} }, input)[0]
}

// call2 is call1 for two inputs.
//
//go:noinline
func (m *Module) call2(forward func(a, b *torch.Tensor) *torch.Tensor, a, b *torch.Tensor) *torch.Tensor {
	return m.runOwn(func(in []*torch.Tensor) []*torch.Tensor { return []*torch.Tensor{forward(in[0], in[1])} }, a, b)[0]
}

// call3 is call1 for three inputs.
//
//go:noinline
func (m *Module) call3(forward func(a, b, c *torch.Tensor) *torch.Tensor, a, b, c *torch.Tensor) *torch.Tensor {
	return m.runOwn(func(in []*torch.Tensor) []*torch.Tensor {
		return []*torch.Tensor{forward(in[0], in[1], in[2])}
	}, a, b, c)[0]
}

// runOwn runs the Forward of a layer of this package with its hooks, but not in a
// struct of the user's that embeds the layer and has a Forward of its own: that
// calls the layer's as Python's super().forward().
func (m *Module) runOwn(forward func([]*torch.Tensor) []*torch.Tensor, inputs ...*torch.Tensor) []*torch.Tensor {
	return m.runOwnWith(func(in []*torch.Tensor, _ []any) []*torch.Tensor { return forward(in) }, nil, inputs)
}

// A forwardFunc is a Forward of any form, in general terms.
type forwardFunc func(inputs []*torch.Tensor, options []any) []*torch.Tensor

func (m *Module) runOwnWith(forward forwardFunc, options []any, inputs []*torch.Tensor) []*torch.Tensor {
	switch {
	case m.self == nil:
		return m.runBeforeInit(forward, options, inputs)
	case !m.layout.libraryForward:
		return forward(inputs, options)
	}
	return m.run(forward, options, inputs)
}

// runBeforeInit runs the Forward of a layer that no function of this package
// made. Few do not fail.
func (m *Module) runBeforeInit(forward forwardFunc, options []any, inputs []*torch.Tensor) []*torch.Tensor {
	defer func() {
		if recover() != nil {
			m.ready("module")
		}
	}()
	return forward(inputs, options)
}

// run runs forward with the hooks around it.
func (m *Module) run(forward forwardFunc, options []any, inputs []*torch.Tensor) (outputs []*torch.Tensor) {
	c := m.enter(inputs, options)
	c.guarded(func() { outputs = forward(c.inputs, c.options) })
	return c.leave(outputs)
}

func (m *Module) forwardHooks() (pre hookList[ForwardPreHookWithOptions], post hookList[ForwardHookWithOptions]) {
	if g := globalHooks.Load(); g != nil {
		pre, post = g.forwardPre, g.forward
	}
	if m.hooks != nil {
		pre = append(slices.Clip(pre), m.hooks.forwardPre...)
		post = append(slices.Clip(post), m.hooks.forward...)
	}
	return pre, post
}
