package torch

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entryTensorHooks         = csrc.Entry("tensor_hooks(Tensor self) -> int")
	entrySetTensorHooks      = csrc.Entry("set_tensor_hooks(Tensor self, int hooks) -> ()")
	entryPostAccumulateHooks = csrc.Entry("post_accumulate_hooks(Tensor self) -> int")
	entrySetPostAccumulate   = csrc.Entry("set_post_accumulate_hooks(Tensor self, int hooks) -> ()")
	entryCheckHookResult     = csrc.Entry("check_hook_result(Tensor? grad, Tensor result, str hook) -> ()")
)

// A RemovableHandle removes the hook whose registration returned it, Python's
// torch.utils.hooks.RemovableHandle.
type RemovableHandle struct {
	once   sync.Once
	remove func()
}

// NewRemovableHandle returns a handle whose Remove calls remove, once.
func NewRemovableHandle(remove func()) *RemovableHandle { return &RemovableHandle{remove: remove} }

// Remove removes the hook. It is safe to call twice, and while the hook runs.
func (h *RemovableHandle) Remove() { h.once.Do(h.remove) }

// hooks are those of one kind on a tensor or node, in the order in which they
// were registered. libtorch holds the collection and not the hooks.
type hooks[F any] struct {
	sync.Mutex
	list []*F // replaced rather than changed, so that hooks may be removed while they run
}

func (h *hooks[F]) add(fn F) *RemovableHandle {
	h.Lock()
	defer h.Unlock()
	p := &fn
	h.list = append(slices.Clip(h.list), p)
	return NewRemovableHandle(func() {
		h.Lock()
		defer h.Unlock()
		h.list = slices.DeleteFunc(slices.Clone(h.list), func(other *F) bool { return other == p })
	})
}

func (h *hooks[F]) all() []*F {
	h.Lock()
	defer h.Unlock()
	return h.list
}

// hooking is held while hooks are attached, so that two goroutines do not each
// attach a collection.
var hooking sync.Mutex

// attach returns the hooks whose number find returns, or else attaches new
// ones. run makes the function that libtorch calls.
func attach[F any](find func() uint64, set func(number uint64), run func(*hooks[F]) func(*frame)) *hooks[F] {
	hooking.Lock()
	defer hooking.Unlock()
	if number := find(); number != 0 {
		return csrc.Owner(number).(*hooks[F])
	}
	h := &hooks[F]{}
	set(csrc.Register(callback(run(h)), h))
	return h
}

// attachTo is attach with the entries for a tensor.
func attachTo[F any](t *Tensor, find, set *csrc.Function, run func(*hooks[F]) func(*frame)) *hooks[F] {
	defer runtime.KeepAlive(t)
	return attach(func() uint64 {
		var f frame
		f.putTensor(t, "self")
		f.call(find)
		return f.Take()
	}, func(number uint64) {
		var f frame
		f.putTensor(t, "self")
		f.Put(number)
		f.call(set)
	}, run)
}

const cannotHook = "cannot register a hook on a tensor that doesn't require gradient"

// RegisterHook has hook called with the gradient with respect to t each time
// that a backward pass computes it, before it is used. What hook returns
// replaces the gradient, unless it is nil; it must have the gradient's shape
// and dtype. Hooks run in the order of their registration. Python's
// register_hook.
//
// The hook runs on a goroutine that is inside Backward, or Grad, which panics
// if it panics. It should not change its argument. It must be removed, or its
// tensor freed by a [Scope] or [Tensor.Close], if it refers to its own tensor:
// the collector does not see through libtorch, and would keep both.
func (t *Tensor) RegisterHook(hook func(grad *Tensor) *Tensor) *RemovableHandle {
	if !t.RequiresGrad() {
		refuse(runtimeErrorKind, cannotHook)
	}
	return attachTo(t, entryTensorHooks, entrySetTensorHooks, runTensorHooks).add(hook)
}

func runTensorHooks(h *hooks[func(*Tensor) *Tensor]) func(*frame) {
	return func(f *frame) {
		grad, replaced := f.takeTensor(), false
		for _, hook := range h.all() {
			if result := (*hook)(grad); result != nil {
				checkHookResult(grad, result, *hook)
				grad, replaced = result, true
			}
		}
		f.Reply()
		f.PutBool(replaced)
		if replaced {
			f.putResult(grad)
		}
	}
}

// checkHookResult refuses a result that cannot replace the gradient.
func checkHookResult(grad, result *Tensor, hook any) {
	var f frame
	f.putOptionalTensor(grad, "grad")
	f.putTensor(result, "result")
	f.PutString(functionName(hook))
	f.call(entryCheckHookResult)
	runtime.KeepAlive(grad)
	runtime.KeepAlive(result)
}

// functionName returns the name of a function, without the path of its package.
func functionName(fn any) string {
	name := runtime.FuncForPC(reflect.ValueOf(fn).Pointer()).Name()
	return name[strings.LastIndexByte(name, '/')+1:]
}

// RegisterPostAccumulateGradHook has hook called with t after a backward pass
// has added to t's gradient. It is for leaves only; an optimizer that steps
// each parameter as soon as its gradient is there is made of such hooks.
// Python's register_post_accumulate_grad_hook.
func (t *Tensor) RegisterPostAccumulateGradHook(hook func(t *Tensor)) *RemovableHandle {
	if !t.RequiresGrad() {
		refuse(runtimeErrorKind, cannotHook)
	}
	if !t.IsLeaf() {
		refuse(runtimeErrorKind, "post accumulate grad hooks cannot be registered on non-leaf tensors")
	}
	return attachTo(t, entryPostAccumulateHooks, entrySetPostAccumulate, runPostAccumulateHooks).add(hook)
}

func runPostAccumulateHooks(h *hooks[func(*Tensor)]) func(*frame) {
	return func(f *frame) {
		t := f.takeTensor()
		for _, hook := range h.all() {
			(*hook)(t)
		}
		f.Reply()
	}
}
