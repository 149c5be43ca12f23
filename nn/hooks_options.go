package nn

import "github.com/wangkuiyi/gotorch/torch"

// A ForwardPreHookWithOptions is a [ForwardPreHook] that is also called with the
// options of Forward, and returns what to use instead of both. A nil slice leaves
// what there was; one without elements takes the options away.
type ForwardPreHookWithOptions func(module AnyModule, inputs []*torch.Tensor, options []any) ([]*torch.Tensor, []any)

// A ForwardHookWithOptions is a [ForwardHook] that is also called with the options
// of Forward.
type ForwardHookWithOptions func(module AnyModule, inputs []*torch.Tensor, options []any, outputs []*torch.Tensor) []*torch.Tensor

// RegisterForwardPreHookWithOptions is [Module.RegisterForwardPreHook] for a hook
// that sees options, such as the masks of a [Transformer]. Python's
// register_forward_pre_hook(with_kwargs=True). An option that Forward does not
// take, returned by the hook, panics with a TypeError.
func (m *Module) RegisterForwardPreHookWithOptions(hook ForwardPreHookWithOptions, opts ...ForwardPreHookOption) *RemovableHandle {
	prepend := false
	for _, o := range opts {
		prepend = bool(o.(Prepend))
	}
	return m.ensureHooks().forwardPre.add(hook, prepend, false)
}

// RegisterForwardHookWithOptions is [Module.RegisterForwardHook] for a hook that
// sees options. Python's register_forward_hook(with_kwargs=True).
func (m *Module) RegisterForwardHookWithOptions(hook ForwardHookWithOptions, opts ...ForwardHookOption) *RemovableHandle {
	prepend, always := forwardHookOptions(opts)
	return m.ensureHooks().forward.add(hook, prepend, always)
}

// withOptions is hook as one that sees options.
func (hook ForwardPreHook) withOptions() ForwardPreHookWithOptions {
	if hook == nil {
		return nil
	}
	return func(module AnyModule, inputs []*torch.Tensor, _ []any) ([]*torch.Tensor, []any) {
		return hook(module, inputs), nil
	}
}

// withOptions is hook as one that sees options.
func (hook ForwardHook) withOptions() ForwardHookWithOptions {
	if hook == nil {
		return nil
	}
	return func(module AnyModule, inputs []*torch.Tensor, _ []any, outputs []*torch.Tensor) []*torch.Tensor {
		return hook(module, inputs, outputs)
	}
}

// runWithOptions is runOwn for a Forward with options.
func runWithOptions[O any](m *Module, forward func([]*torch.Tensor, []O) []*torch.Tensor, options []O,
	inputs ...*torch.Tensor) []*torch.Tensor {
	return m.runOwnWith(func(in []*torch.Tensor, options []any) []*torch.Tensor {
		return forward(in, fromAny[O](m, options))
	}, toAny(options), inputs)
}

func toAny[O any](options []O) []any {
	list := make([]any, len(options))
	for i, o := range options {
		list[i] = o
	}
	return list
}

func fromAny[O any](m *Module, options []any) []O {
	list := make([]O, len(options))
	for i, o := range options {
		typed, ok := o.(O)
		if !ok {
			raise("TypeError", "%s.forward() got an unexpected keyword argument '%T'", m.name(), o)
		}
		list[i] = typed
	}
	return list
}
