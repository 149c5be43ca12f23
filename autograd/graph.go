package autograd

import (
	"slices"
	"sync"

	"github.com/wangkuiyi/gotorch/torch"
)

// A Node is an operation in the graph that backward passes through, Python's
// torch.autograd.graph.Node. [torch.Tensor.GradFn] returns one.
type Node = torch.Node

// A GradientEdge says where the gradient with respect to a tensor is computed,
// Python's torch.autograd.graph.GradientEdge.
type GradientEdge = torch.GradientEdge

// GetGradientEdge returns where the gradient with respect to t is computed: by
// its GradFn or, for a leaf, by the node that accumulates its gradient. Python's
// torch.autograd.graph.get_gradient_edge.
func GetGradientEdge(t *torch.Tensor) GradientEdge { return torch.GetGradientEdge(t) }

// NodeCreationHook runs fn while hook is called with each node of a graph that
// is made, once the node is complete: to record it, or to register hooks on it.
// The hook must not make nodes itself. Of nested hooks all are called, the
// outermost first. A leaf's AccumulateGrad is made when the leaf is used first,
// and again when the graphs that use it are gone. Python's
// torch.autograd.graph.node_creation_hook.
//
// The hook holds for this goroutine and for backward passes that it runs; while
// it does, all operations of the process are slower.
func NodeCreationHook(hook func(*Node), fn func()) { torch.WithNodeCreationHook(hook, fn) }

// EnforceGradLayoutPolicy runs fn while backward gives the gradients that it
// accumulates the strides of their tensors, which is the default, or, if enable
// is false, lets them keep those that they were computed with, which saves a
// copy. The mode holds for this goroutine. Python's
// torch.autograd.enforce_grad_layout_policy.
func EnforceGradLayoutPolicy(enable bool, fn func()) { torch.WithGradLayoutPolicy(enable, fn) }

// IncrementVersion counts a write to each tensor that libtorch does not know
// of, such as one through [torch.Tensor.DataPtr], so that backward can tell
// that a tensor it needs has changed. Python's
// torch.autograd.graph.increment_version.
func IncrementVersion(tensors ...*torch.Tensor) { torch.IncrementVersion(tensors...) }

// QueueCallback has fn called when the backward pass that runs a hook, or a
// [Function]'s Backward, has succeeded. It can be called there only. Python's
// torch.autograd.graph.queue_callback.
func QueueCallback(fn func()) { torch.QueueCallback(fn) }

// SavedTensorsHooks runs fn while pack is called with each tensor that an
// operation saves for backward. What pack returns is kept in the tensor's
// place; unpack gets it when backward needs the tensor, and returns one of the
// same value, shape, dtype and device. Of nested hooks the innermost are used.
// Python's torch.autograd.graph.saved_tensors_hooks.
//
// The hooks hold for this goroutine; while they do, all operations of the
// process are slower. What pack returns should not refer to its argument, but
// to its Detach: an output that an operation saves would keep the graph that
// keeps it.
func SavedTensorsHooks[P any](pack func(*torch.Tensor) P, unpack func(P) *torch.Tensor, fn func()) {
	torch.WithSavedTensorsHooks(
		func(t *torch.Tensor) any { return pack(t) },
		func(packed any) *torch.Tensor {
			p, _ := packed.(P) // an interface may hold nil
			return unpack(p)
		}, fn)
}

// SaveOnCpu runs fn while tensors that operations save for backward are kept on
// the CPU, and copied back when backward needs them; in pinned memory if
// pinMemory is true. Python's torch.autograd.graph.save_on_cpu.
func SaveOnCpu(pinMemory bool, fn func()) {
	type packed struct {
		Tensor *torch.Tensor
		Device torch.Device
	}
	SavedTensorsHooks(func(t *torch.Tensor) packed {
		if !pinMemory {
			return packed{t.To(torch.CPU), t.Device()}
		}
		pin := torch.PinMemory(torch.CudaDeviceCount() > 0 && !t.IsSparse())
		cpu := torch.Empty(t.Shape(), t.DType(), t.Layout(), torch.CPU, pin)
		cpu.Copy_(t, torch.NonBlocking(true))
		return packed{cpu, t.Device()}
	}, func(p packed) *torch.Tensor {
		return p.Tensor.To(p.Device, torch.NonBlocking(pinMemory))
	}, fn)
}

// DisableSavedTensorsHooks runs fn while saved-tensor hooks are refused, with
// this message. Python's torch.autograd.graph.disable_saved_tensors_hooks.
func DisableSavedTensorsHooks(message string, fn func()) { torch.WithoutSavedTensorsHooks(message, fn) }

// RegisterMultiGradHook has hook called in each backward pass once the
// gradients with respect to all these tensors are computed that the pass
// computes. For the others it gets nil. Python's
// torch.autograd.graph.register_multi_grad_hook with mode="all".
func RegisterMultiGradHook(tensors []*torch.Tensor, hook func(grads []*torch.Tensor)) *torch.RemovableHandle {
	m := &multiGrad{hook: hook, passes: map[int64]*multiGradPass{}}
	for _, t := range tensors {
		m.nodes = append(m.nodes, GetGradientEdge(t).Node)
	}
	handles := make([]*torch.RemovableHandle, len(tensors))
	for i, t := range tensors {
		handles[i] = t.RegisterHook(func(grad *torch.Tensor) *torch.Tensor {
			m.take(i, grad)
			return nil
		})
	}
	return joined(handles)
}

// multiGrad collects gradients until all of a pass are there.
type multiGrad struct {
	hook  func([]*torch.Tensor)
	nodes []*Node // that compute them

	sync.Mutex
	passes map[int64]*multiGradPass
}

type multiGradPass struct {
	grads    []*torch.Tensor
	awaiting int
}

func (m *multiGrad) take(i int, grad *torch.Tensor) {
	if grads := m.add(i, grad); grads != nil {
		m.hook(grads)
	}
}

// add returns all gradients if this was the last.
func (m *multiGrad) add(i int, grad *torch.Tensor) []*torch.Tensor {
	m.Lock()
	defer m.Unlock()
	id := torch.CurrentGraphTask()
	pass := m.passes[id]
	if pass == nil {
		pass = &multiGradPass{grads: make([]*torch.Tensor, len(m.nodes))}
		for _, n := range m.nodes {
			if n.WillExecute() {
				pass.awaiting++
			}
		}
		m.passes[id] = pass
	}
	pass.grads[i] = grad
	if pass.awaiting--; pass.awaiting > 0 {
		return nil
	}
	delete(m.passes, id)
	return pass.grads
}

// RegisterMultiGradHookAny has hook called in each backward pass with the first
// gradient that is computed of those with respect to these tensors. Python's
// torch.autograd.graph.register_multi_grad_hook with mode="any".
func RegisterMultiGradHookAny(tensors []*torch.Tensor, hook func(grad *torch.Tensor)) *torch.RemovableHandle {
	var lock sync.Mutex
	last := int64(-1)
	first := func() bool {
		lock.Lock()
		defer lock.Unlock()
		id := torch.CurrentGraphTask()
		if id == last {
			return false
		}
		last = id
		return true
	}
	var handles []*torch.RemovableHandle
	for _, t := range tensors {
		if t.RequiresGrad() {
			handles = append(handles, t.RegisterHook(func(grad *torch.Tensor) *torch.Tensor {
				if first() {
					hook(grad)
				}
				return nil
			}))
		}
	}
	return joined(handles)
}

func joined(handles []*torch.RemovableHandle) *torch.RemovableHandle {
	handles = slices.Clone(handles)
	return torch.NewRemovableHandle(func() {
		for _, h := range handles {
			h.Remove()
		}
	})
}
