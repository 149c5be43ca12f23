package torch

import (
	"fmt"
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entryGradFn            = csrc.Entry("grad_fn(Tensor self) -> int")
	entryGradientEdge      = csrc.Entry("gradient_edge(Tensor self) -> int")
	entryNodeName          = csrc.Entry("node_name(int node) -> str")
	entryNodeSequenceNr    = csrc.Entry("node_sequence_nr(int node) -> int")
	entryNodeNextFunctions = csrc.Entry("node_next_functions(int node) -> int[]")
	entryNodeHooks         = csrc.Entry("node_hooks(int node) -> int")
	entrySetNodeHooks      = csrc.Entry("set_node_hooks(int node, int hooks) -> ()")
	entryNodePreHooks      = csrc.Entry("node_pre_hooks(int node) -> int")
	entrySetNodePreHooks   = csrc.Entry("set_node_pre_hooks(int node, int hooks) -> ()")
)

// A Node is an operation in the graph that backward passes through, Python's
// torch.autograd.graph.Node. It keeps the graph below it alive.
//
// A nil *Node is Python's None, the grad_fn of a leaf.
type Node struct {
	handle uint64
	_      *Node // Go allocates small things without pointers together, and frees them together
}

// A GradientEdge says where the gradient with respect to a tensor is computed:
// as this input of this node. Python's torch.autograd.graph.GradientEdge.
type GradientEdge struct {
	Node     *Node // nil if no gradient is computed
	OutputNr int64
}

func newNode(handle uint64) *Node {
	if handle == 0 {
		return nil
	}
	n := &Node{handle: handle}
	runtime.AddCleanup(n, func(handle uint64) { csrc.ReleaseLater(handle) }, handle)
	return n
}

// GradFn returns the operation that made t, or nil for a leaf: Python's
// t.grad_fn. Its name is such as "AddBackward0".
func (t *Tensor) GradFn() *Node {
	var f frame
	t.ask(&f, entryGradFn)
	return newNode(f.Take())
}

// GetGradientEdge returns where the gradient with respect to t is computed: by
// its GradFn or, for a leaf, by the node that accumulates its gradient. Python's
// torch.autograd.graph.get_gradient_edge.
func GetGradientEdge(t *Tensor) GradientEdge {
	if !t.RequiresGrad() {
		refuse(runtimeErrorKind, "It is not possible to get the gradient edge for a Tensor that does not require gradients")
	}
	var f frame
	t.ask(&f, entryGradientEdge)
	return GradientEdge{newNode(f.Take()), t.OutputNr()}
}

// Name returns the node's name, such as "AddBackward0", or "" for nil.
func (n *Node) Name() string {
	if n == nil {
		return ""
	}
	var f frame
	n.ask(&f, entryNodeName)
	return f.TakeString()
}

// String returns the node as Python prints it: <AddBackward0 object at 0x...>.
func (n *Node) String() string {
	if n == nil {
		return "None"
	}
	return fmt.Sprintf("<%s object at %#x>", n.Name(), n.handle&^1)
}

// Is reports whether both are the same node.
func (n *Node) Is(other *Node) bool {
	return n == other || n != nil && other != nil && n.handle == other.handle
}

// SequenceNr returns the node's number in the order of creation on its thread.
// Among nodes that are ready, backward runs the one with the highest.
func (n *Node) SequenceNr() int64 {
	var f frame
	n.ask(&f, entryNodeSequenceNr)
	return f.TakeInt()
}

// NextFunctions returns, for each input of the operation, where its gradient
// goes. Python's next_functions.
func (n *Node) NextFunctions() []GradientEdge {
	var f frame
	n.ask(&f, entryNodeNextFunctions)
	words := f.TakeInts()
	edges := make([]GradientEdge, len(words)/2)
	for i := range edges {
		edges[i] = GradientEdge{newNode(uint64(words[2*i])), words[2*i+1]}
	}
	return edges
}

func (n *Node) ask(f *frame, fn *csrc.Function) {
	f.Put(n.handle)
	f.call(fn)
	runtime.KeepAlive(n)
}

// A NodeHook is called after a node has run, with the gradients with respect to
// its inputs and its outputs, and returns what to use instead of the former, or
// nil. Gradients that are not computed are nil.
type NodeHook = func(gradInputs, gradOutputs []*Tensor) []*Tensor

// A NodePreHook is called before a node runs, with the gradients with respect
// to its outputs, and returns what to use instead, or nil.
type NodePreHook = func(gradOutputs []*Tensor) []*Tensor

// RegisterHook has hook called each time that the node has run. Python's
// register_hook. What [Tensor.RegisterHook] says of hooks holds here, too.
func (n *Node) RegisterHook(hook NodeHook) *RemovableHandle {
	return attachToNode(n, entryNodeHooks, entrySetNodeHooks, runNodeHooks).add(hook)
}

// RegisterPrehook has hook called each time before the node runs. Python's
// register_prehook.
func (n *Node) RegisterPrehook(hook NodePreHook) *RemovableHandle {
	return attachToNode(n, entryNodePreHooks, entrySetNodePreHooks, runNodePreHooks).add(hook)
}

// attachToNode is attach with the entries for a node.
func attachToNode[F any](n *Node, find, set *csrc.Function, run func(*hooks[F]) func(*frame)) *hooks[F] {
	return attach(func() uint64 {
		var f frame
		n.ask(&f, find)
		return f.Take()
	}, func(number uint64) {
		var f frame
		f.Put(n.handle)
		f.Put(number)
		f.call(set)
		runtime.KeepAlive(n)
	}, run)
}

func runNodeHooks(h *hooks[NodeHook]) func(*frame) {
	return func(f *frame) {
		gradInputs, gradOutputs, replaced := f.takeTensors(), f.takeTensors(), false
		for _, hook := range h.all() {
			if result := (*hook)(gradInputs, gradOutputs); result != nil {
				checkHookResults(gradInputs, result, *hook)
				gradInputs, replaced = result, true
			}
		}
		f.replyGradients(gradInputs, replaced)
	}
}

func runNodePreHooks(h *hooks[NodePreHook]) func(*frame) {
	return func(f *frame) {
		gradOutputs, replaced := f.takeTensors(), false
		for _, hook := range h.all() {
			if result := (*hook)(gradOutputs); result != nil {
				checkHookResults(gradOutputs, result, *hook)
				gradOutputs, replaced = result, true
			}
		}
		f.replyGradients(gradOutputs, replaced)
	}
}

func (f *frame) replyGradients(grads []*Tensor, replaced bool) {
	f.Reply()
	f.PutBool(replaced)
	if replaced {
		f.putResults(grads)
	}
}

// checkHookResults refuses results that cannot replace the gradients.
func checkHookResults(grads, results []*Tensor, hook any) {
	if len(results) != len(grads) {
		refuse(runtimeErrorKind, "hook '%s' has returned an incorrect number of values (got %d, but expected %d)",
			functionName(hook), len(results), len(grads))
	}
	for i, result := range results {
		if result != nil {
			checkHookResult(grads[i], result, hook)
		}
	}
}
