package torch

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entryPushCreationHook  = csrc.Entry("push_creation_hook(int hook) -> ()")
	entryPopCreationHook   = csrc.Entry("pop_creation_hook() -> ()")
	entryEnforceGradLayout = csrc.Entry("enforce_grad_layout(bool enabled) -> bool")
)

// WithNodeCreationHook runs fn while hook is called with each node of a graph
// that is made. Package autograd calls it NodeCreationHook.
func WithNodeCreationHook(hook func(*Node), fn func()) {
	number := csrc.Register(callback(func(f *frame) {
		hook(newNode(f.Take()))
		f.Reply()
	}), nil)
	defer csrc.Unregister(number)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	csrc.WithCallbacks(func() {
		var f frame
		f.Put(number)
		f.call(entryPushCreationHook)
		defer new(frame).call(entryPopCreationHook)
		fn()
	})
}

// WithGradLayoutPolicy runs fn while gradients get their tensors' strides, or
// not. Package autograd calls it EnforceGradLayoutPolicy.
func WithGradLayoutPolicy(enable bool, fn func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := swapMode(entryEnforceGradLayout, enable)
	defer swapMode(entryEnforceGradLayout, before)
	fn()
}
