package torch

import (
	"runtime"
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/option"
)

var (
	pushGradLayer         = csrc.Entry("push_grad_layer() -> int")
	pushJvpLayer          = csrc.Entry("push_jvp_layer() -> int")
	pushVmapLayer         = csrc.Entry("push_vmap_layer(int batch_size, str randomness) -> int")
	pushFunctionalize     = csrc.Entry("push_functionalize_layer(bool add_back_views) -> int")
	popLayer              = csrc.Entry("pop_layer() -> ()")
	allowRequiresGrad     = csrc.Entry("allow_requires_grad(bool allowed) -> bool")
	swapInferenceMode     = csrc.Entry("swap_inference_mode(bool enabled) -> bool")
	wrapForGrad           = csrc.Entry("wrap_for_grad(Tensor self, int level) -> Tensor")
	unwrapForGrad         = csrc.Entry("unwrap_for_grad(Tensor self, int level) -> Tensor")
	addBatchDim           = csrc.Entry("add_batch_dim(Tensor self, int dim, int level) -> Tensor")
	removeBatchDim        = csrc.Entry("remove_batch_dim(Tensor self, int level, int batch_size, int out_dim) -> Tensor")
	wrapFunctional        = csrc.Entry("wrap_functional(Tensor self, int level) -> Tensor")
	unwrapFunctional      = csrc.Entry("unwrap_functional(Tensor self, bool add_back_views) -> Tensor")
	propagateMutation     = csrc.Entry("propagate_mutation(Tensor input, Tensor wrapped) -> ()")
	wrapperOf             = csrc.Entry("wrapper_of(Tensor self) -> int[]")
	entryUnwrapped        = csrc.Entry("unwrapped(Tensor self) -> Tensor")
	setLayersHidden       = csrc.Entry("set_layers_hidden(bool hidden) -> bool")
	setForwardGradEnabled = csrc.Entry("set_forward_grad_enabled(bool enabled) -> bool")
	setDualOwner          = csrc.Entry("set_dual_owner(int owner) -> int")
	enterDualLevel        = csrc.Entry("enter_dual_level() -> int")
	exitDualLevel         = csrc.Entry("exit_dual_level(int level) -> ()")
	enterVmapMode         = csrc.Entry("enter_vmap_mode() -> int")
	leaveVmapMode         = csrc.Entry("leave_vmap_mode() -> ()")
)

// transforms is what packages functorch and autograd are built on: Python's
// torch._C._functorch.
//
// A transform pushes a layer onto the thread's stack, wraps its inputs for that
// layer, runs the function, and takes the wrappers off the results. Operators
// see the wrappers and do what the layers say, from the top one to the bottom.
type transforms struct{}

// Transforms gives the other packages of this project access to functorch's
// layers. Programs use package functorch.
func Transforms(option.Marker) transforms { return transforms{} }

// layer pushes a layer, runs fn with its level, and pops it, also if fn panics
// or ends the goroutine. The stack belongs to the thread, so the goroutine
// holds it.
func layer(push *csrc.Function, f *frame, fn func(level int64)) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	f.call(push)
	defer new(frame).call(popLayer)
	fn(f.TakeInt())
}

// Grad runs fn in a layer that records for reverse mode.
func (transforms) Grad(fn func(level int64)) {
	WithoutSavedTensorsHooks("torch.func.{grad, vjp, jacrev, hessian} don't yet support saved tensor hooks. "+
		"Please open an issue with your use case.", func() {
		var f frame
		layer(pushGradLayer, &f, func(level int64) { EnableGrad(func() { fn(level) }) })
	})
}

// Jvp runs fn in a layer that computes tangents.
func (t transforms) Jvp(fn func(level int64)) {
	var f frame
	layer(pushJvpLayer, &f, func(level int64) {
		before := swapMode(setForwardGradEnabled, true)
		defer swapMode(setForwardGradEnabled, before)
		dualLevel(jvpOwner, func() { fn(level) })
	})
}

// Vmap runs fn in a layer that maps over batches.
func (transforms) Vmap(batchSize int64, randomness string, fn func(level int64)) {
	var f frame
	f.PutInt(batchSize)
	f.PutString(randomness)
	layer(pushVmapLayer, &f, fn)
}

// Functionalize runs fn in a layer that replaces operators in place.
func (transforms) Functionalize(addBackViews bool, fn func(level int64)) {
	var f frame
	f.PutBool(addBackViews)
	layer(pushFunctionalize, &f, fn)
}

// swapMode sets one of the thread's flags and returns what it was.
func swapMode(entry *csrc.Function, on bool) (before bool) {
	var f frame
	f.PutBool(on)
	f.call(entry)
	return f.TakeBool()
}

// RequireGrad is RequiresGrad_ for a transform's own inputs, whereas inside the
// function RequiresGrad_ is refused.
func (transforms) RequireGrad(t *Tensor) {
	before := swapMode(allowRequiresGrad, true)
	defer swapMode(allowRequiresGrad, before)
	t.RequiresGrad_()
}

// OutOfInferenceMode runs fn without inference mode, with the gradient modes as
// they are.
func (transforms) OutOfInferenceMode(fn func()) {
	if !IsInferenceModeEnabled() {
		fn()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := swapMode(swapInferenceMode, false)
	defer swapMode(swapInferenceMode, before)
	fn()
}

// tensorAndInts calls a function of a tensor and integers that returns a tensor.
func tensorAndInts(fn *csrc.Function, t *Tensor, ints ...int64) *Tensor {
	var f frame
	f.putTensor(t, "self")
	for _, v := range ints {
		f.PutInt(v)
	}
	f.call(fn)
	runtime.KeepAlive(t)
	return f.takeTensor()
}

func (transforms) WrapForGrad(t *Tensor, level int64) *Tensor {
	return tensorAndInts(wrapForGrad, t, level)
}

func (transforms) UnwrapForGrad(t *Tensor, level int64) *Tensor {
	return tensorAndInts(unwrapForGrad, t, level)
}

func (transforms) AddBatchDim(t *Tensor, dim, level int64) *Tensor {
	return tensorAndInts(addBatchDim, t, dim, level)
}

func (transforms) RemoveBatchDim(t *Tensor, level, batchSize, outDim int64) *Tensor {
	return tensorAndInts(removeBatchDim, t, level, batchSize, outDim)
}

func (transforms) WrapFunctional(t *Tensor, level int64) *Tensor {
	return tensorAndInts(wrapFunctional, t, level)
}

func (transforms) UnwrapFunctional(t *Tensor, addBackViews bool) *Tensor {
	var f frame
	f.putTensor(t, "self")
	f.PutBool(addBackViews)
	f.call(unwrapFunctional)
	runtime.KeepAlive(t)
	return f.takeTensor()
}

// PropagateMutation writes to input what was written to its wrapper.
func (transforms) PropagateMutation(input, wrapped *Tensor) {
	var f frame
	f.putTensor(input, "input")
	f.putTensor(wrapped, "wrapped")
	f.call(propagateMutation)
	runtime.KeepAlive(input)
	runtime.KeepAlive(wrapped)
}

// IsBatched reports whether the outermost wrapper is vmap's.
func (transforms) IsBatched(t *Tensor) bool { return wrapperAround(t).kind == batchedWrapper }

// IsWrapped reports whether a layer has wrapped t.
func (transforms) IsWrapped(t *Tensor) bool { return wrapperAround(t).kind != noWrapper }

// Unwrapped returns what is in the outermost wrapper.
func (transforms) Unwrapped(t *Tensor) *Tensor { return unwrapped(t) }

func unwrapped(t *Tensor) *Tensor { return tensorAndInts(entryUnwrapped, t) }

// wrapperKind is WrapperKind in csrc/src/functorch.cpp.
type wrapperKind int64

const (
	noWrapper wrapperKind = iota
	batchedWrapper
	gradWrapper
	functionalWrapper
)

type wrapper struct {
	kind            wrapperKind
	level, batchDim int64
}

func wrapperAround(t *Tensor) wrapper {
	var f frame
	t.ask(&f, wrapperOf)
	about := f.TakeInts()
	return wrapper{wrapperKind(about[0]), about[1], about[2]}
}

// Forward mode
//
// libtorch has one level of forward mode for the whole process. Go lets one
// goroutine have it, or any number of jvp transforms: these unpack their duals
// themselves, and do not mind when the level ends.

// dualOwner says who has the level open on this thread.
type dualOwner int64

const (
	noOwner dualOwner = iota
	userOwner
	jvpOwner
)

var dual struct {
	sync.RWMutex // held for writing by DualLevel, for reading by jvp

	jvps      sync.Mutex // guards count
	count     int        // of jvp transforms in the level
	jvpsLevel int64
}

// DualLevel runs fn in a level of forward mode.
func (transforms) DualLevel(fn func()) { dualLevel(userOwner, fn) }

func dualLevel(owner dualOwner, fn func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := swapDualOwner(owner)
	defer swapDualOwner(before)
	switch {
	case before == noOwner && owner == userOwner:
		dual.Lock()
		defer dual.Unlock()
		level := openDualLevel()
		defer closeDualLevel(level)
	case before == noOwner:
		dual.RLock()
		defer dual.RUnlock()
		joinJvps()
		defer leaveJvps()
	case before == userOwner || owner == userOwner:
		openDualLevel() // fails: levels do not nest
	}
	fn()
}

func joinJvps() {
	dual.jvps.Lock()
	defer dual.jvps.Unlock()
	if dual.count == 0 {
		dual.jvpsLevel = openDualLevel()
	}
	dual.count++
}

func leaveJvps() {
	dual.jvps.Lock()
	defer dual.jvps.Unlock()
	dual.count--
	if dual.count == 0 {
		closeDualLevel(dual.jvpsLevel)
	}
}

func openDualLevel() int64 {
	var f frame
	f.call(enterDualLevel)
	return f.TakeInt()
}

func closeDualLevel(level int64) {
	var f frame
	f.PutInt(level)
	f.call(exitDualLevel)
}

func swapDualOwner(owner dualOwner) dualOwner {
	var f frame
	f.PutInt(int64(owner))
	f.call(setDualOwner)
	return dualOwner(f.TakeInt())
}

// inDualLevel reports whether this goroutine has a level of forward mode.
func inDualLevel() bool {
	owner := swapDualOwner(noOwner)
	swapDualOwner(owner)
	return owner != noOwner
}

// InDualLevel reports whether this goroutine has a level of forward mode.
func (transforms) InDualLevel() bool { return inDualLevel() }

// MakeDual gives a tensor a tangent.
func (transforms) MakeDual(t, tangent *Tensor) *Tensor {
	for _, part := range []struct {
		name string
		*Tensor
	}{{"primal", t}, {"tangent", tangent}} {
		if dtype := part.DType(); !dtype.IsFloatingPoint() && !dtype.IsComplex() {
			refuse(valueErrorKind, "Expected %s to be floating point or complex, but got: %s", part.name, dtype)
		}
	}
	return op_MakeDual(t, tangent, 0)
}

// UnpackDual returns a tensor without its tangent, and the tangent or nil.
func (transforms) UnpackDual(t *Tensor) (primal, tangent *Tensor) { return op_UnpackDual(t, 0) }

// MapOld maps f over the first dimensions, with the older vmap, which
// torch.autograd uses for batches of gradients. Results that are nil stay so.
func (transforms) MapOld(args []*Tensor, f func([]*Tensor) []*Tensor) []*Tensor {
	return mapOld(args, f)
}

func mapOld(args []*Tensor, f func([]*Tensor) []*Tensor) []*Tensor {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var mode frame
	mode.call(enterVmapMode)
	defer new(frame).call(leaveVmapMode)
	level, size := mode.TakeInt(), args[0].Size(0)
	results := f(eachTensor(args, func(t *Tensor) *Tensor { return op_AddBatchDim(t, 0, level) }))
	return eachTensor(results, func(t *Tensor) *Tensor { return op_RemoveBatchDim(t, level, size, 0) })
}
