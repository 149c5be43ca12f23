package torch

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
)

var (
	setGradEnabled     = csrc.Entry("set_grad_enabled(bool enabled) -> bool")
	isGradEnabled      = csrc.Entry("is_grad_enabled() -> bool")
	isInferenceMode    = csrc.Entry("is_inference_mode() -> bool")
	enterInferenceMode = csrc.Entry("enter_inference_mode(bool enabled) -> int")
	leaveInferenceMode = csrc.Entry("leave_inference_mode(int guard) -> ()")
	entryRequiresGrad  = csrc.Entry("requires_grad(Tensor self) -> bool")
	setRequiresGrad    = csrc.Entry("set_requires_grad(Tensor self, bool on) -> ()")
	entryIsLeaf        = csrc.Entry("is_leaf(Tensor self) -> bool")
	entryRetainGrad    = csrc.Entry("retain_grad(Tensor self) -> ()")
	entryRetainsGrad   = csrc.Entry("retains_grad(Tensor self) -> bool")
	entryOutputNr      = csrc.Entry("output_nr(Tensor self) -> int")
	entryGrad          = csrc.Entry("grad(Tensor self) -> Tensor")
	entryGrads         = csrc.Entry("grads(Tensor[] tensors) -> Tensor[]")
	entryAddGrads      = csrc.Entry("add_grads(Tensor[] tensors, float alpha) -> bool")
	entrySmallParts    = csrc.Entry("small_parts(Tensor[] tensors, int most) -> int[]")
	entryHasGrad       = csrc.Entry("has_grad(Tensor self) -> bool")
	entrySetGrad       = csrc.Entry("set_grad(Tensor self, Tensor grad) -> ()")
	entryClearGrads    = csrc.Entry("clear_grads(Tensor[] tensors) -> ()")
	entryBackward      = csrc.Entry("backward(Tensor[] tensors, Tensor[] grads, bool? retain_graph, bool create_graph, " +
		"Tensor[] inputs) -> ()")
	entryGradOf = csrc.Entry("grad_of(Tensor[] outputs, Tensor[] inputs, Tensor[] grad_outputs, bool? retain_graph, " +
		"bool create_graph, bool allow_unused) -> Tensor[]")
)

// NoGrad runs fn without recording operations for differentiation: Python's
// "with torch.no_grad():". The mode holds for this goroutine, and ends with
// fn, also if it panics. Goroutines that fn starts are not in it.
func NoGrad(fn func()) { withGradMode(false, fn) }

// EnableGrad runs fn while recording operations for differentiation, inside
// [NoGrad]: Python's "with torch.enable_grad():".
func EnableGrad(fn func()) { withGradMode(true, fn) }

// withGradMode holds the thread, because libtorch keeps the mode for each
// thread and a goroutine would otherwise move on without it.
func withGradMode(enabled bool, fn func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := swapGradMode(enabled)
	defer swapGradMode(before)
	fn()
}

func swapGradMode(enabled bool) (before bool) {
	var f frame
	f.PutBool(enabled)
	f.call(setGradEnabled)
	return f.TakeBool()
}

// IsGradEnabled reports whether operations are recorded on this goroutine.
func IsGradEnabled() bool {
	var f frame
	f.call(isGradEnabled)
	return f.TakeBool()
}

// InferenceMode runs fn without recording operations, and without counting
// versions, which is faster than [NoGrad]; tensors made by fn can never take
// part in differentiation. Python's "with torch.inference_mode():".
func InferenceMode(fn func()) { withInferenceMode(true, fn) }

func withInferenceMode(enabled bool, fn func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var f frame
	f.PutBool(enabled)
	f.call(enterInferenceMode)
	guard := f.TakeInt()
	defer func() {
		var f frame
		f.PutInt(guard)
		f.call(leaveInferenceMode)
	}()
	fn()
}

// IsInferenceModeEnabled reports whether this goroutine is in [InferenceMode].
func IsInferenceModeEnabled() bool {
	var f frame
	f.call(isInferenceMode)
	return f.TakeBool()
}

// A State is the part of a goroutine's state that new goroutines do not
// inherit: whether gradients are recorded, inference mode, autocast, the current
// device and the current streams.
type State struct {
	grad, inference bool
	autocast        autocastStates
	devices         deviceState
}

// CaptureState returns the calling goroutine's state, to hand it to another:
//
//	state := torch.CaptureState()
//	go state.Run(func() { ... })
func CaptureState() State {
	return State{IsGradEnabled(), IsInferenceModeEnabled(), captureAutocast(), currentDevices()}
}

// Run runs fn in the captured state.
func (s State) Run(fn func()) {
	entry.RequireFunc("fn", fn != nil)
	withInferenceMode(s.inference, func() {
		withGradMode(s.grad, func() { s.autocast.run(func() { s.devices.run(fn) }) })
	})
}

// RequiresGrad reports whether operations on t are recorded, Python's
// t.requires_grad.
func (t *Tensor) RequiresGrad() bool { return t.askBool(entryRequiresGrad) }

// RequiresGrad_ turns the recording of operations on t on, or off, and returns
// t. Only a leaf of floating-point or complex dtype can require gradients.
func (t *Tensor) RequiresGrad_(on ...bool) *Tensor {
	enable := len(on) == 0 || on[0]
	if !enable && t.RequiresGrad() && !t.IsLeaf() {
		refuse(runtimeErrorKind, "you can only change requires_grad flags of leaf variables. If you want to use a computed "+
			"variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().")
	}
	if enable && !t.IsFloatingPoint() && !t.IsComplex() {
		refuse(runtimeErrorKind, "only Tensors of floating point dtype can require gradients")
	}
	var f frame
	f.putTensor(t, "self")
	f.PutBool(enable)
	f.call(setRequiresGrad)
	runtime.KeepAlive(t)
	return t
}

// IsLeaf reports whether t was not made by a recorded operation.
func (t *Tensor) IsLeaf() bool { return t.askBool(entryIsLeaf) }

// RetainGrad has t's gradient stored in t.Grad() although t is no leaf.
func (t *Tensor) RetainGrad() {
	if t != nil && t.handle != 0 && !t.RequiresGrad() {
		refuse(runtimeErrorKind, "can't retain_grad on Tensor that has requires_grad=False")
	}
	var f frame
	t.ask(&f, entryRetainGrad)
}

// RetainsGrad reports whether [Tensor.RetainGrad] was called.
func (t *Tensor) RetainsGrad() bool { return t.askBool(entryRetainsGrad) }

// OutputNr returns which result of its operation t is.
func (t *Tensor) OutputNr() int64 {
	var f frame
	t.ask(&f, entryOutputNr)
	return f.TakeInt()
}

// Grad returns the gradient that Backward has accumulated in t, or nil:
// Python's t.grad. Writing to the result changes the gradient.
func (t *Tensor) Grad() *Tensor {
	var f frame
	t.ask(&f, entryGrad)
	return f.takeTensor()
}

// Grads returns the [Tensor.Grad] of each tensor, in one call.
func Grads(tensors []*Tensor) []*Tensor {
	var f frame
	f.putTensors(tensors, "tensors")
	f.call(entryGrads)
	runtime.KeepAlive(tensors)
	return f.takeTensors()
}

// AddGrads adds its [Tensor.Grad] times alpha to each tensor that has one, in [NoGrad], and
// reports whether it did: it does nothing unless all tensors are on the CPU. It is what
// plain gradient descent takes.
func AddGrads(tensors []*Tensor, alpha float64) bool {
	var f frame
	f.putTensors(tensors, "tensors")
	f.PutFloat(alpha)
	f.call(entryAddGrads)
	runtime.KeepAlive(tensors)
	return f.TakeBool()
}

// SmallParts returns how long the parts are into which tensors can be split so that those of
// a part together have at most most elements, are on the CPU and are different ones. Where
// that cannot be, a part is one tensor. Optimizers take the tensors of a part together.
func SmallParts(tensors []*Tensor, most int64) []int64 {
	var f frame
	f.putTensors(tensors, "tensors")
	f.PutInt(most)
	f.call(entrySmallParts)
	runtime.KeepAlive(tensors)
	return f.TakeInts()
}

// HasGrad reports whether [Tensor.Grad] is not nil.
func (t *Tensor) HasGrad() bool { return t.askBool(entryHasGrad) }

// SetGrad replaces the gradient, Python's t.grad = grad. nil removes it.
func (t *Tensor) SetGrad(grad *Tensor) {
	if grad != nil {
		checkGrad(t, grad)
	}
	var f frame
	f.putTensor(t, "self")
	f.putOptionalTensor(grad, "grad")
	f.call(entrySetGrad)
	runtime.KeepAlive(t)
	runtime.KeepAlive(grad)
}

// checkGrad refuses, like Python's setter, what cannot be a tensor's gradient.
func checkGrad(t, grad *Tensor) {
	switch {
	case t == grad || t.Is(grad):
		refuse(runtimeErrorKind, "can't assign Variable as its own grad")
	case t.GradDtype() != 0 && t.GradDtype() != grad.DType():
		refuse(runtimeErrorKind, "attempting to assign a gradient with dtype '%s' to a tensor with grad_dtype '%s'. "+
			"The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's "+
			"grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. Diverging "+
			"the dtypes of a tensor and its gradient may break downstream systems that assume they match.",
			grad.DType().cppTypeName(), t.GradDtype().scalarTypeName())
	case t.Device().kind != grad.Device().kind:
		refuse(runtimeErrorKind, "attempting to assign a gradient with device type '%s' to a tensor with device type '%s'. "+
			"Please ensure that the gradient and the tensor are on the same device", grad.Device().kind, t.Device().kind)
	case !equalInts(t.Shape(), grad.Shape()):
		refuse(runtimeErrorKind, "attempting to assign a gradient of size '%s' to a tensor of size '%s'. "+
			"Please ensure that the gradient and the tensor are the same size", intsText(grad.Shape()), intsText(t.Shape()))
	}
}

// ClearGrads removes the gradients of all these tensors in one call, as an
// optimizer's ZeroGrad does.
func ClearGrads(tensors []*Tensor) {
	var f frame
	f.putTensors(tensors, "tensors")
	f.call(entryClearGrads)
	runtime.KeepAlive(tensors)
}

// A BackwardOption is an option of [Tensor.Backward] and [Backward].
type BackwardOption interface{ applyBackward(*backwardArguments) }

// A GradOption is an option of [Grad].
type GradOption interface{ applyGrad(*backwardArguments) }

type backwardArguments struct {
	gradients, inputs        []*Tensor
	inputsGiven              bool
	retainGraph, allowUnused optional[bool]
	createGraph, materialize bool
	batched                  bool
}

type (
	gradientOption    struct{ tensors []*Tensor }
	inputsOption      struct{ tensors []*Tensor }
	retainGraphOption bool
	createGraphOption bool
	allowUnusedOption bool
	materializeOption bool
	batchedOption     bool
)

func (o gradientOption) applyBackward(a *backwardArguments)    { a.gradients = o.tensors }
func (o gradientOption) applyGrad(a *backwardArguments)        { a.gradients = o.tensors }
func (o inputsOption) applyBackward(a *backwardArguments)      { a.inputs, a.inputsGiven = o.tensors, true }
func (o retainGraphOption) applyBackward(a *backwardArguments) { a.retainGraph = some(bool(o)) }
func (o retainGraphOption) applyGrad(a *backwardArguments)     { a.retainGraph = some(bool(o)) }
func (o createGraphOption) applyBackward(a *backwardArguments) { a.createGraph = bool(o) }
func (o createGraphOption) applyGrad(a *backwardArguments)     { a.createGraph = bool(o) }
func (o allowUnusedOption) applyGrad(a *backwardArguments)     { a.allowUnused = some(bool(o)) }
func (o materializeOption) applyGrad(a *backwardArguments)     { a.materialize = bool(o) }
func (o batchedOption) applyGrad(a *backwardArguments)         { a.batched = bool(o) }

// WithGradient gives the gradients of the outputs to start from, one for each;
// without it outputs must have one element, and start from 1. Python's
// gradient= and grad_outputs=.
func WithGradient(tensors ...*Tensor) interface {
	BackwardOption
	GradOption
} {
	return gradientOption{tensors}
}

// Inputs limits Backward to these leaves.
func Inputs(tensors ...*Tensor) BackwardOption { return inputsOption{tensors} }

// RetainGraph keeps the graph for a further backward pass. Its default is
// CreateGraph's value.
func RetainGraph(on bool) interface {
	BackwardOption
	GradOption
} {
	return retainGraphOption(on)
}

// CreateGraph records the backward pass itself, for higher derivatives.
func CreateGraph(on bool) interface {
	BackwardOption
	GradOption
} {
	return createGraphOption(on)
}

// AllowUnused lets [Grad] return nil for inputs that the outputs do not depend
// on, rather than panic.
func AllowUnused(on bool) GradOption { return allowUnusedOption(on) }

// MaterializeGrads has [Grad] return zeros for inputs that the outputs do not
// depend on.
func MaterializeGrads(on bool) GradOption { return materializeOption(on) }

// IsGradsBatched has [Grad] take batches of gradients from [WithGradient], along
// their first dimensions, and return a batch of gradients for each input, all
// computed in one pass, by vmap.
func IsGradsBatched(on bool) GradOption { return batchedOption(on) }

// Backward computes the gradient of t with respect to the graph's leaves, and
// adds it to their Grad. t must have one element unless [WithGradient] is given.
func (t *Tensor) Backward(opts ...BackwardOption) { Backward([]*Tensor{t}, opts...) }

// Backward is [Tensor.Backward] for several outputs, Python's
// torch.autograd.backward.
func Backward(tensors []*Tensor, opts ...BackwardOption) {
	var a backwardArguments
	for _, o := range opts {
		o.applyBackward(&a)
	}
	if a.inputsGiven && len(a.inputs) == 0 {
		refuse(runtimeErrorKind, "`inputs` argument to `backward()` cannot be empty.")
	}
	checkGradients(tensors, a.gradients)
	var f frame
	f.putTensors(tensors, "tensors")
	f.putOptionalTensors(a.gradients, "grad_tensors")
	f.putOptionalBool(a.retainGraph)
	f.PutBool(a.createGraph)
	f.putTensors(a.inputs, "inputs")
	makeRoom()
	f.callWithCallbacks(entryBackward)
	runtime.KeepAlive(tensors)
	runtime.KeepAlive(a.gradients)
	runtime.KeepAlive(a.inputs)
}

// Grad returns the gradients of the outputs' sum with respect to the inputs,
// one for each, and leaves the tensors' own gradients alone. Python's
// torch.autograd.grad.
func Grad(outputs, inputs []*Tensor, opts ...GradOption) []*Tensor {
	var a backwardArguments
	for _, o := range opts {
		o.applyGrad(&a)
	}
	if a.materialize && a.allowUnused.set && !a.allowUnused.value {
		refuse(valueErrorKind, "Expected allow_unused to be True or not passed when materialize_grads=True, "+
			"but got: allow_unused=False.")
	}
	if len(inputs) == 0 {
		refuse(runtimeErrorKind, "`inputs` argument to `grad()` cannot be empty.")
	}
	var grads []*Tensor
	if a.batched {
		a.gradients = checkBatches(outputs, a.gradients)
		grads = mapOld(a.gradients, func(gradients []*Tensor) []*Tensor {
			a.gradients = gradients
			return gradOf(outputs, inputs, a)
		})
	} else {
		checkGradients(outputs, a.gradients)
		grads = gradOf(outputs, inputs, a)
	}
	for i, g := range grads {
		switch {
		case g != nil:
		case a.materialize:
			grads[i] = ZerosLike(inputs[i], RequiresGrad(a.createGraph))
		case !a.allowUnused.value:
			refuse(runtimeErrorKind, "The differentiated Tensor at index %d appears to not have been used in the graph. "+
				"Set allow_unused=True if this is the desired behavior.", i)
		}
	}
	return grads
}

// gradOf returns gradients, or nil for inputs that are not used.
func gradOf(outputs, inputs []*Tensor, a backwardArguments) []*Tensor {
	for _, t := range inputs {
		if !t.RequiresGrad() {
			refuse(runtimeErrorKind, "One of the differentiated Tensors does not require grad")
		}
	}
	var f frame
	f.putTensors(outputs, "outputs")
	f.putTensors(inputs, "inputs")
	f.putOptionalTensors(a.gradients, "grad_outputs")
	f.putOptionalBool(a.retainGraph)
	f.PutBool(a.createGraph)
	f.PutBool(true) // what is not used is refused by Grad, in Python's words
	makeRoom()
	f.callWithCallbacks(entryGradOf)
	runtime.KeepAlive(outputs)
	runtime.KeepAlive(inputs)
	runtime.KeepAlive(a.gradients)
	return f.takeTensors()
}

// checkGradients refuses, as torch/autograd/__init__.py does, gradients that do
// not fit the outputs, and outputs for which 1 cannot stand in. Where no gradients are
// given, which is the common case, libgotorch checks the outputs.
func checkGradients(outputs, gradients []*Tensor) {
	for _, t := range outputs {
		if t == nil || t.handle == 0 {
			usable(t, "self")
		}
	}
	if gradients == nil {
		return
	}
	if len(gradients) != len(outputs) {
		refuse(runtimeErrorKind, "got %d tensors and %d gradients", len(outputs), len(gradients))
	}
	for i, t := range outputs {
		dtype := t.DType()
		if gradients[i] == nil {
			if !dtype.IsFloatingPoint() && t.RequiresGrad() && t.Numel() == 1 {
				refuse(runtimeErrorKind, "grad can be implicitly created only for real scalar outputs but got %s", dtype)
			}
			continue
		}
		shape, gradShape := t.Shape(), gradients[i].Shape()
		if !equalInts(shape, gradShape) {
			refuse(runtimeErrorKind, "Mismatch in shape: grad_output[%d] has a shape of %s and output[%d] has a shape of %s.",
				i, sizeText(gradShape), i, sizeText(shape))
		}
		checkComplexGradient(i, t, gradients[i])
	}
}

func checkComplexGradient(i int, output, gradient *Tensor) {
	if dtype, gradDtype := output.DType(), gradient.DType(); dtype.IsComplex() != gradDtype.IsComplex() {
		refuse(runtimeErrorKind, "For complex Tensors, both grad_output and output are required to have the same dtype. "+
			"Mismatch in dtype: grad_output[%d] has a dtype of %s and output[%d] has a dtype of %s.", i, gradDtype, i, dtype)
	}
}
