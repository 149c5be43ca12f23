package torch

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entryCurrentGraphTask = csrc.Entry("current_graph_task() -> int")
	entryWillExecute      = csrc.Entry("will_engine_execute(int node) -> bool")
	entryQueueCallback    = csrc.Entry("queue_callback(int function) -> ()")
	entryIncrementVersion = csrc.Entry("increment_version(Tensor[] tensors) -> ()")
)

// CurrentGraphTask identifies the backward pass that runs a hook or a
// [Function]'s Backward on this goroutine; outside of them it is -1.
func CurrentGraphTask() int64 {
	var f frame
	f.call(entryCurrentGraphTask)
	return f.TakeInt()
}

// WillExecute reports whether the backward pass that runs a hook on this
// goroutine gets to the node. It panics outside of hooks.
func (n *Node) WillExecute() bool {
	var f frame
	n.ask(&f, entryWillExecute)
	return f.TakeBool()
}

// QueueCallback has fn called when the current backward pass has succeeded. It
// can be called in hooks and in a [Function]'s Backward only. Package autograd
// has it under the same name.
func QueueCallback(fn func()) {
	if CurrentGraphTask() == -1 {
		refuse(runtimeErrorKind, "Final callbacks can only be installed during backward pass.")
	}
	var f frame
	f.Put(csrc.Register(callback(func(f *frame) {
		fn()
		f.Reply()
	}), nil))
	f.call(entryQueueCallback)
}

// IncrementVersion counts a write to each tensor that libtorch does not know
// of. Package autograd has it under the same name.
func IncrementVersion(tensors ...*Tensor) {
	var f frame
	f.putTensors(tensors, "tensor")
	f.call(entryIncrementVersion)
	runtime.KeepAlive(tensors)
}
