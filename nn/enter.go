package nn

import (
	"reflect"
	"runtime"

	"github.com/wangkuiyi/gotorch/torch"
)

// A HookedCall is a call of a module's Forward with hooks, between [Enter] and
// Leave.
type HookedCall struct {
	module   *Module
	inputs   []*torch.Tensor
	options  []any
	outputs  []*torch.Tensor
	post     hookList[ForwardHookWithOptions] // those that are still to be called
	backward *backwardHook
}

// Enter has a Forward run its module's hooks, as Python's m(x, y) does, whoever
// calls it, and whatever its inputs and outputs are. It stands in its first line:
//
//	func (m *Model) Forward(x, y *torch.Tensor) (out *torch.Tensor) {
//		defer nn.Enter(m, &x, &y).Leave(&out)
//		...
//	}
//
// Enter calls the pre-hooks, which may replace the inputs. Leave calls the other
// hooks when Forward returns, which may replace the results; these need names.
// Pruning, weight norms and parametrizations are hooks, too. Without any, the line
// costs a few nanoseconds.
//
// In a struct that embeds m's and has a Forward of its own, m's is what Python
// calls by super().forward(), and runs no hooks.
func Enter(m AnyModule, inputs ...**torch.Tensor) *HookedCall {
	base := m.AsModule()
	if !base.hooked() {
		return nil
	}
	return base.enterForward(reflect.TypeOf(m).Elem(), nil, inputs)
}

// EnterWithOptions is [Enter] for a Forward with options: hooks of the kind
// [ForwardPreHookWithOptions] may replace these, too.
//
//	func (m *Model) Forward(x *torch.Tensor, opts ...Option) (out *torch.Tensor) {
//		defer nn.EnterWithOptions(m, &opts, &x).Leave(&out)
//		...
//	}
func EnterWithOptions[O any](m AnyModule, options *[]O, inputs ...**torch.Tensor) *HookedCall {
	base := m.AsModule()
	if !base.hooked() {
		return nil
	}
	c := base.enterForward(reflect.TypeOf(m).Elem(), toAny(*options), inputs)
	if c != nil {
		*options = fromAny[O](base, c.options)
	}
	return c
}

// enterForward is Enter in the Forward of a struct of this type, if hooks may be
// registered.
//
//go:noinline
func (m *Module) enterForward(t reflect.Type, options []any, inputs []**torch.Tensor) *HookedCall {
	m.ready("module")
	if !m.HasHooks() && !globalHooks.Load().aroundForward() || t != m.layout.forward || calledByCall() {
		return nil
	}
	values := make([]*torch.Tensor, len(inputs))
	for i, input := range inputs {
		values[i] = *input
	}
	c := m.enter(values, options)
	for i, input := range c.inputs {
		*inputs[i] = input
	}
	return c
}

// Leave ends what [Enter] began, with the addresses of Forward's results.
func (c *HookedCall) Leave(outputs ...**torch.Tensor) {
	if c == nil {
		return
	}
	if e := recover(); e != nil {
		c.runAlways()
		panic(e)
	}
	values := make([]*torch.Tensor, len(outputs))
	for i, output := range outputs {
		values[i] = *output
	}
	for i, output := range c.leave(values) {
		*outputs[i] = output
	}
}

// forwardOf calls Forward of a module whose hooks are run already; Enter looks
// for it.
//
//go:noinline
func forwardOf(layer Layer, input *torch.Tensor) *torch.Tensor { return layer.Forward(input) }

var forwardOfName = runtime.FuncForPC(reflect.ValueOf(forwardOf).Pointer()).Name()

// calledByCall reports whether the Forward that calls Enter was called by
// [Call], which runs the hooks. Only the stack tells that: other goroutines may
// call the same Forward otherwise.
func calledByCall() bool {
	var pcs [4]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])]) // without enterForward and Enter
	frames.Next()                                                     // Forward
	caller, _ := frames.Next()
	return caller.Function == forwardOfName
}

// enter calls the pre-hooks.
func (m *Module) enter(inputs []*torch.Tensor, options []any) *HookedCall {
	pre, post := m.forwardHooks()
	c := &HookedCall{module: m, inputs: inputs, options: options, post: post}
	c.guarded(func() { c.begin(pre) })
	return c
}

func (c *HookedCall) begin(pre hookList[ForwardPreHookWithOptions]) {
	n := len(c.inputs)
	for _, h := range pre {
		inputs, options := h.fn(c.module.self, c.inputs, c.options)
		if inputs != nil {
			c.inputs = inputs
		}
		if options != nil {
			c.options = options
		}
	}
	if len(c.inputs) != n {
		raise("TypeError", "%s.forward() takes %d positional arguments but %d were given",
			c.module.name(), n+1, len(c.inputs)+1)
	}
	c.backward = c.module.newBackwardHook()
	c.inputs = c.backward.enter(c.inputs)
}

// leave calls the other hooks with what Forward returned, and returns what they
// make of it.
func (c *HookedCall) leave(outputs []*torch.Tensor) []*torch.Tensor {
	c.outputs = outputs
	c.guarded(c.end)
	return c.outputs
}

func (c *HookedCall) end() {
	n := len(c.outputs)
	for len(c.post) > 0 {
		h := c.post[0]
		c.post = c.post[1:]
		if replaced := h.fn(c.module.self, c.inputs, c.options, c.outputs); replaced != nil {
			c.outputs = replaced
		}
	}
	if len(c.outputs) != n {
		raise("TypeError", "a forward hook of %s returned %d outputs instead of %d", c.module.name(), len(c.outputs), n)
	}
	c.outputs = c.backward.leave(c.outputs)
	c.hookLastNode()
}

// guarded runs a part of the call. If it panics, the hooks with AlwaysCall run
// that were not called yet.
func (c *HookedCall) guarded(part func()) {
	done := false
	defer func() {
		if !done {
			c.runAlways()
		}
	}()
	part()
	done = true
}

// runAlways runs the hooks with AlwaysCall while a panic is under way. Their
// own panics become warnings.
func (c *HookedCall) runAlways() {
	for _, h := range c.post {
		if !h.always {
			continue
		}
		err := torch.Try(func() {
			if replaced := h.fn(c.module.self, c.inputs, c.options, c.outputs); replaced != nil {
				c.outputs = replaced
			}
		})
		if err != nil {
			torch.Warn("module forward hook with ``always_call=True`` raised an exception that was silenced "+
				"as another error was raised in forward: %v", err)
		}
	}
}
