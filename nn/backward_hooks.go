package nn

import (
	"slices"

	"github.com/wangkuiyi/gotorch/nn/internal/backward"
	"github.com/wangkuiyi/gotorch/torch"
)

// A FullBackwardHook is called when backward has computed the gradients with
// respect to a module's inputs, with those and the ones with respect to its
// outputs. It returns what to use instead of the former, or nil. Gradients that
// are not computed are nil. Outputs are those of Forward in Go: an [LSTM] has three,
// where Python's hook sees two, and nothing of the states in the nested tuple.
type FullBackwardHook func(module AnyModule, gradInputs, gradOutputs []*torch.Tensor) []*torch.Tensor

// A FullBackwardPreHook is called before backward passes through a module, with
// the gradients with respect to its outputs, and returns what to use instead, or
// nil.
type FullBackwardPreHook func(module AnyModule, gradOutputs []*torch.Tensor) []*torch.Tensor

// A BackwardHookOption is an option of [Module.RegisterFullBackwardHook] and
// [Module.RegisterFullBackwardPreHook]: [Prepend].
type BackwardHookOption interface{ backwardHook() }

func (Prepend) backwardHook() {}

// RegisterFullBackwardHook has hook called each time that backward has computed
// the gradients with respect to the module's inputs; the forward pass must have
// run with the hook registered, under the same conditions as for
// [Module.RegisterForwardHook]. Python's register_full_backward_hook.
func (m *Module) RegisterFullBackwardHook(hook FullBackwardHook, opts ...BackwardHookOption) *RemovableHandle {
	all := m.ensureHooks()
	all.setKind(fullBackward, onModule)
	return all.backward.add(hook, prepended(opts), false)
}

// RegisterFullBackwardPreHook has hook called each time before backward passes
// through the module. Python's register_full_backward_pre_hook.
func (m *Module) RegisterFullBackwardPreHook(hook FullBackwardPreHook, opts ...BackwardHookOption) *RemovableHandle {
	return m.ensureHooks().backwardPre.add(hook, prepended(opts), false)
}

// RegisterModuleFullBackwardHook is [Module.RegisterFullBackwardHook] for all
// modules. Python's torch.nn.modules.module.register_module_full_backward_hook.
func RegisterModuleFullBackwardHook(hook FullBackwardHook) *RemovableHandle {
	all := ensureGlobalHooks()
	all.setKind(fullBackward, onAll)
	return all.backward.add(hook, false, false)
}

// RegisterModuleFullBackwardPreHook is [Module.RegisterFullBackwardPreHook] for
// all modules. Python's
// torch.nn.modules.module.register_module_full_backward_pre_hook.
func RegisterModuleFullBackwardPreHook(hook FullBackwardPreHook) *RemovableHandle {
	return ensureGlobalHooks().backwardPre.add(hook, false, false)
}

func prepended(opts []BackwardHookOption) bool {
	prepend := false
	for _, o := range opts {
		prepend = bool(o.(Prepend))
	}
	return prepend
}

// backwardHook runs a module's hooks in the backward of one forward pass,
// Python's torch.utils.hooks.BackwardHook. The inputs and the outputs pass
// through identities in the graph, whose nodes call it.
type backwardHook struct {
	module AnyModule
	pre    hookList[FullBackwardPreHook]
	post   hookList[FullBackwardHook]

	inputs, outputs []int // which of them are tensors; nil if no gradient reaches them
	nInputs         int
	gradOutputs     []*torch.Tensor // between both nodes
}

// newBackwardHook returns nil if the module has no such hooks.
func (m *Module) newBackwardHook() *backwardHook {
	h := &backwardHook{module: m.self}
	if g := globalHooks.Load(); g != nil {
		h.pre, h.post = g.backwardPre, g.backward
	}
	if m.hooks != nil {
		h.pre = append(slices.Clip(h.pre), m.hooks.backwardPre...)
		h.post = append(slices.Clip(h.post), m.hooks.backward...)
	}
	if len(h.pre)+len(h.post) == 0 {
		return nil
	}
	return h
}

// enter hooks the inputs.
func (h *backwardHook) enter(inputs []*torch.Tensor) []*torch.Tensor {
	if h == nil {
		return inputs
	}
	h.nInputs = len(inputs)
	inputs, h.inputs = identity(inputs, h.onInputs)
	return inputs
}

// leave hooks the outputs.
func (h *backwardHook) leave(outputs []*torch.Tensor) []*torch.Tensor {
	if h == nil {
		return outputs
	}
	n := len(outputs)
	outputs, h.outputs = identity(outputs, func(_, grads []*torch.Tensor) []*torch.Tensor {
		return h.onOutputs(n, grads)
	})
	return outputs
}

// identity passes tensors through a node with this hook, and returns which they
// are; nil if no gradient is computed.
func identity(tensors []*torch.Tensor, hook torch.NodeHook) ([]*torch.Tensor, []int) {
	var indices []int
	var present []*torch.Tensor
	needed := false
	for i, t := range tensors {
		if t != nil {
			indices, present = append(indices, i), append(present, t)
			needed = needed || t.RequiresGrad()
		}
	}
	if !needed || !torch.IsGradEnabled() {
		return tensors, nil
	}
	hooked := torch.ApplyFunction(backward.BackwardHookFunction{}, present...)
	i := slices.IndexFunc(hooked, func(t *torch.Tensor) bool { return !t.IsLeaf() })
	hooked[i].GradFn().RegisterHook(hook)
	tensors = slices.Clone(tensors)
	for k, at := range indices {
		tensors[at] = hooked[k]
	}
	return tensors, indices
}

// onOutputs is called when the gradients of the outputs are there.
func (h *backwardHook) onOutputs(n int, grads []*torch.Tensor) []*torch.Tensor {
	all := spread(h.outputs, grads, n)
	for _, hook := range h.pre {
		if replaced := hook.fn(h.module, all); replaced != nil {
			if len(replaced) != n {
				raise("RuntimeError", "Backward pre hook returned an invalid number of grad_output, got %d, but expected %d",
					len(replaced), n)
			}
			all = replaced
		}
	}
	if h.inputs == nil {
		h.withoutInputs(all)
	} else {
		h.gradOutputs = all
	}
	return gather(h.outputs, all)
}

// withoutInputs calls the hooks where no input has a gradient.
func (h *backwardHook) withoutInputs(gradOutputs []*torch.Tensor) {
	if len(h.post) == 0 {
		return
	}
	torch.Warn("Full backward hook is firing when gradients are computed with respect to module outputs since no inputs " +
		"require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html" +
		"#torch.nn.Module.register_full_backward_hook for more details.")
	for _, hook := range h.post {
		for _, g := range hook.fn(h.module, make([]*torch.Tensor, h.nInputs), gradOutputs) {
			if g != nil {
				raise("RuntimeError", "Backward hook for Modules where no input requires gradient should always return None "+
					"or None for all gradients.")
			}
		}
	}
}

// onInputs is called when the gradients of the inputs are there.
func (h *backwardHook) onInputs(grads, _ []*torch.Tensor) []*torch.Tensor {
	if h.gradOutputs == nil {
		return nil // the gradient came past the outputs, as in a double backward
	}
	all := spread(h.inputs, grads, h.nInputs)
	for _, hook := range h.post {
		if replaced := hook.fn(h.module, all, h.gradOutputs); replaced != nil {
			if len(replaced) != len(all) {
				raise("RuntimeError", "Backward hook returned an invalid number of grad_input, got %d, but expected %d",
					len(replaced), len(all))
			}
			all = replaced
		}
	}
	h.gradOutputs = nil
	return gather(h.inputs, all)
}

// spread puts values to their places among n, and gather takes them from there.
func spread(indices []int, values []*torch.Tensor, n int) []*torch.Tensor {
	all := make([]*torch.Tensor, n)
	for k, i := range indices {
		all[i] = values[k]
	}
	return all
}

func gather(indices []int, all []*torch.Tensor) []*torch.Tensor {
	values := make([]*torch.Tensor, len(indices))
	for k, i := range indices {
		values[k] = all[i]
	}
	return values
}
