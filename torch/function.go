package torch

import (
	"reflect"
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entrySavedTensors = csrc.Entry("saved_tensors(int node) -> Tensor[]")
	entryWrapFunction = csrc.Entry("wrap_function(str name, int backward, int jvp, Tensor?[] inputs, Tensor?[] outputs, " +
		"Tensor[] non_differentiable, Tensor[] dirty, Tensor?[] to_save, bool materialize, bool setup_context, " +
		"int[]? output_grad_dtypes) -> Tensor?[]")
	entryInputGradBuffers = csrc.Entry("input_grad_buffers(int node) -> Tensor?[]")
	entryDelayError       = csrc.Entry("delay_error(str message, Tensor?[] outputs) -> Tensor[]")
	entrySetRecording     = csrc.Entry("set_recording(int modes) -> int")
)

// A Function is an operation with a gradient of its own. Package autograd says
// how to write one.
type Function interface {
	// Forward computes the outputs.
	Forward(ctx *FunctionCtx, inputs ...*Tensor) []*Tensor
	// Backward returns the gradients with respect to the inputs, given those
	// with respect to the outputs. A gradient may be nil.
	Backward(ctx *FunctionCtx, gradOutputs ...*Tensor) []*Tensor
}

// Methods that a Function may have besides.
type (
	jvpFunction interface {
		Jvp(ctx *FunctionCtx, gradInputs ...*Tensor) []*Tensor
	}
	setupFunction interface {
		SetupContext(ctx *FunctionCtx, inputs, outputs []*Tensor)
	}
	onceDifferentiable interface{ onceDifferentiable() }
	namedFunction      interface{ Name() string }
)

// OnceDifferentiable is embedded in a [Function] whose Backward cannot be
// differentiated itself: it runs without recording, and differentiating its
// results panics. Python's once_differentiable.
type OnceDifferentiable struct{}

func (OnceDifferentiable) onceDifferentiable() {}

// A FunctionCtx belongs to one application of a [Function], and takes what its
// Forward has to say to its Backward.
type FunctionCtx struct {
	// Data is for what Backward needs besides tensors: the attributes that
	// Python's functions set on ctx.
	Data any

	// Autocast is the state that Backward runs in, if amp.CustomFwd and
	// amp.CustomBwd made the methods; the former sets it.
	Autocast AutocastState

	needsInputGrad                                         []bool
	nonDifferentiable, dirty, savedForBackward, forForward []*Tensor
	noZeros                                                bool
	outputGradDTypes                                       []int64
	buffers                                                []*Tensor

	node    uint64 // while Backward runs
	forward bool   // while Jvp runs

	vmapped map[*vmappedFunction]vmappedContext
	given   *[]*Tensor // saved tensors as a layer of vmap sees them
}

// SaveForBackward keeps tensors for Backward, which gets them from
// [FunctionCtx.SavedTensors]. They should be inputs or outputs; to differentiate
// twice, they must be. nil is allowed. Call it at most once.
func (c *FunctionCtx) SaveForBackward(tensors ...*Tensor) { c.savedForBackward = tensors }

// SaveForForward keeps tensors for Jvp.
func (c *FunctionCtx) SaveForForward(tensors ...*Tensor) { c.forForward = tensors }

// MarkDirty says which inputs Forward has written to. They must be outputs.
func (c *FunctionCtx) MarkDirty(inputs ...*Tensor) { c.dirty = inputs }

// MarkNonDifferentiable says which outputs have no gradient, such as indices.
func (c *FunctionCtx) MarkNonDifferentiable(outputs ...*Tensor) { c.nonDifferentiable = outputs }

// SetMaterializeGrads says whether gradients that are zero, because an output
// was not used, come to Backward as zeros, which is the default, or as nil.
func (c *FunctionCtx) SetMaterializeGrads(on bool) { c.noZeros = !on }

// SetOutputGradDtype declares the dtype in which Backward gets the gradient of
// each output, which by default is the output's. The zero DType leaves a
// gradient as it comes; it is the one for outputs without a gradient, too. Call
// SetOutputGradDtype at most once. Python's set_output_grad_dtype.
func (c *FunctionCtx) SetOutputGradDtype(dtypes ...DType) {
	if c.outputGradDTypes != nil {
		refuse(runtimeErrorKind, "set_output_grad_dtype can only be called once")
	}
	c.outputGradDTypes = make([]int64, len(dtypes))
	for i, d := range dtypes {
		c.outputGradDTypes[i] = int64(d) - 1 // libtorch's number; -1 for any
	}
}

// InputGradBuffers returns, for each input, what this backward pass has
// computed so far of its gradient, by other operations, or nil. Instead of
// returning a gradient, Backward may add it to the buffer, in place, and return
// nil. The buffer is nil if there is none yet, or if others use it, so Backward
// must be able to do both. Python's input_grad_buffers.
//
// It can be called in Backward only, in passes without [CreateGraph] and
// anomaly mode, and if the node has no hooks that run after it. The buffers end
// with Backward: using one later panics. Once Backward has one, it cannot start
// another backward pass.
func (c *FunctionCtx) InputGradBuffers() []*Tensor {
	if c.node == 0 {
		refuse(runtimeErrorKind, "input_grad_buffers can only be accessed while autograd is executing backward()")
	}
	var f frame
	f.Put(c.node)
	f.callWithCallbacks(entryInputGradBuffers)
	buffers := f.takeTensors()
	c.buffers = append(c.buffers, buffers...)
	return buffers
}

// closeBuffers lets go of the buffers, since the engine does not write in place
// to a tensor that has other users.
func (c *FunctionCtx) closeBuffers() {
	for _, t := range c.buffers {
		t.Close()
	}
}

// NeedsInputGrad reports whether the input with this index needs a gradient.
// Backward may return nil for those that do not.
func (c *FunctionCtx) NeedsInputGrad(input int) bool { return c.needsInputGrad[input] }

// SavedTensors returns what was passed to [FunctionCtx.SaveForBackward]. It can
// be called in Backward only, and panics if one of them was written to since.
// In Jvp it returns what was passed to [FunctionCtx.SaveForForward].
func (c *FunctionCtx) SavedTensors() []*Tensor {
	if c.given != nil {
		return *c.given
	}
	if c.forward {
		return c.forForward
	}
	if c.node == 0 {
		refuse(runtimeErrorKind, "SavedTensors can be called in Backward and Jvp only")
	}
	var f frame
	f.Put(c.node)
	f.callWithCallbacks(entrySavedTensors)
	return f.takeTensors()
}

// ApplyFunction runs a function's Forward and records the function for
// differentiation. Package autograd calls it Apply.
func ApplyFunction(fn Function, inputs ...*Tensor) []*Tensor {
	layer, dead := topLayer(inputs)
	if dead {
		inputs = eachTensor(inputs, unwrapDead)
	}
	if layer.kind == noLayer {
		return recordFunction(fn, inputs)
	}
	return layer.apply(fn, inputs)
}

// recordFunction is ApplyFunction outside of functorch's transforms, or for the
// innermost one alone.
func recordFunction(fn Function, inputs []*Tensor) []*Tensor {
	ctx := &FunctionCtx{needsInputGrad: make([]bool, len(inputs))}
	needed := false
	for i, t := range inputs {
		ctx.needsInputGrad[i] = t != nil && t.RequiresGrad()
		needed = needed || ctx.needsInputGrad[i]
	}
	recorded := needed && IsGradEnabled()
	_, setup := fn.(setupFunction)
	var outputs []*Tensor
	withoutRecording(func() {
		outputs = fn.Forward(ctx, inputs...)
		if setup {
			fn.(setupFunction).SetupContext(ctx, inputs, outputs)
		}
	})
	var f frame
	f.PutString(nodeName(fn) + "Backward")
	f.Put(ctx.registerBackward(fn, recorded))
	f.Put(ctx.registerJvp(fn))
	f.putOptionalTensors(inputs, "inputs")
	f.putOptionalTensors(outputs, "outputs")
	f.putTensors(ctx.nonDifferentiable, "non_differentiable")
	f.putTensors(ctx.dirty, "dirty")
	f.putOptionalTensors(ctx.savedForBackward, "saved")
	f.PutBool(!ctx.noZeros)
	f.PutBool(setup)
	f.putOptionalInts(ctx.outputGradDTypes)
	f.callWithCallbacks(entryWrapFunction)
	runtime.KeepAlive(inputs)
	runtime.KeepAlive(ctx.savedForBackward)
	ctx.nonDifferentiable, ctx.dirty, ctx.savedForBackward, ctx.forForward = nil, nil, nil, nil
	return f.takeOutputs(outputs)
}

// takeOutputs returns the results of wrap_function: where libtorch returns the
// tensor that Forward did, with a graph, that *Tensor.
func (f *frame) takeOutputs(outputs []*Tensor) []*Tensor {
	scope := f.Scope()
	words := f.TakeWords(2)
	results := make([]*Tensor, len(outputs))
	for i, t := range outputs {
		switch handle := words[2*i]; {
		case handle == 0:
		case sameHandle(handle, t.handle):
			results[i] = t
			csrc.Release([]uint64{handle})
		default:
			results[i] = adopt(handle, description(words[2*i+1]), scope)
		}
	}
	return results
}

// withoutRecording runs a Forward: neither kind of differentiation records it,
// and its tensors do not lie in slabs, since they may get a graph.
func withoutRecording(fn func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := setRecording(0)
	defer setRecording(before)
	if scope, _ := openScope(noSlabs, optional[bool]{}); scope != 0 {
		openScope(scope, optional[bool]{})
	} else {
		defer openScope(0, optional[bool]{})
	}
	fn()
}

// What is recorded, as set_recording has it.
const (
	recordsBackward = 1 << iota
	recordsForward
)

func setRecording(modes uint64) (before uint64) {
	var f frame
	f.Put(modes)
	f.call(entrySetRecording)
	return f.Take()
}

// nodeName is what the nodes of a Function are called after: its name, or else its
// type's.
func nodeName(fn Function) string {
	switch f := fn.(type) {
	case functionAround:
		return f.typeName()
	case namedFunction:
		return f.Name()
	}
	t := reflect.TypeOf(fn)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// registerBackward returns the number of a function for libtorch that runs
// Backward, or 0 if that is not needed.
func (c *FunctionCtx) registerBackward(fn Function, recorded bool) uint64 {
	if !recorded {
		return 0
	}
	return csrc.Register(callback(func(f *frame) {
		// Several backward passes may run at once, each with its own context.
		ctx := *c
		ctx.node = f.Take()
		defer func() { ctx.node = 0 }()
		defer ctx.closeBuffers()
		grads := f.takeTensors()
		results := backwardOf(fn, &ctx, grads)
		f.Reply()
		f.putResults(results)
	}), nil)
}

// backwardOf runs a function's Backward.
func backwardOf(fn Function, ctx *FunctionCtx, grads []*Tensor) []*Tensor {
	if _, once := fn.(onceDifferentiable); once {
		return backwardOnce(fn, ctx, grads)
	}
	return fn.Backward(ctx, grads...)
}

func hasJvp(fn Function) bool {
	if f, ok := fn.(functionAround); ok {
		return hasJvp(f.inner())
	}
	_, ok := fn.(jvpFunction)
	return ok
}

func (c *FunctionCtx) registerJvp(fn Function) uint64 {
	if !hasJvp(fn) {
		return 0
	}
	forward := fn.(jvpFunction)
	return csrc.Register(callback(func(f *frame) {
		ctx := *c
		ctx.forward = true
		results := forward.Jvp(&ctx, f.takeTensors()...)
		f.Reply()
		f.putResults(results)
	}), nil)
}

// backwardOnce runs a Backward that cannot be differentiated.
func backwardOnce(fn Function, ctx *FunctionCtx, grads []*Tensor) []*Tensor {
	var results []*Tensor
	NoGrad(func() { results = fn.Backward(ctx, grads...) })
	differentiated := false
	for _, g := range grads {
		differentiated = differentiated || g != nil && g.RequiresGrad()
	}
	if !differentiated || !IsGradEnabled() {
		return results
	}
	fake := make([]*Tensor, len(results))
	for i, t := range results {
		if t != nil {
			fake[i] = t.Detach().RequiresGrad_()
		}
	}
	var f frame
	f.PutString("trying to differentiate twice a function that was marked with @once_differentiable")
	f.putOptionalTensors(fake, "outputs")
	f.call(entryDelayError)
	runtime.KeepAlive(fake)
	return f.takeTensors()
}
