package torch

import (
	"runtime"
	"slices"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Functions inside functorch's transforms, after torch/_functorch/autograd_function.py.
//
// Operators of libtorch go through the stack of layers by themselves. A function
// that is written in Go has to do that here: it is applied in the top layer, with
// a forward that takes this layer off the stack and applies the function again,
// and so on down to the bottom, where its own Forward runs.

var (
	entryTopLayer    = csrc.Entry("top_layer(Tensor?[] tensors) -> int[]")
	entryLowerLayer  = csrc.Entry("lower_layer() -> int")
	entryRaiseLayer  = csrc.Entry("raise_layer(int layer) -> ()")
	entryUnwrapDead  = csrc.Entry("unwrap_dead(Tensor self) -> Tensor")
	entryLiftForGrad = csrc.Entry("lift_for_grad(Tensor self, int level) -> Tensor")
)

// layerKind is at::functorch::TransformType.
type layerKind int64

const (
	noLayer layerKind = iota
	vmapLayer
	gradLayer
	jvpLayer
	functionalizeLayer
)

// A functionLayer is the top layer of functorch's stack.
type functionLayer struct {
	kind       layerKind
	level      int64
	batchSize  int64  // of vmap
	randomness string // of vmap
	recorded   bool   // whether the layer below records for the layer's kind of differentiation
}

// topLayer also tells whether one of the tensors outlived its layer.
func topLayer(tensors []*Tensor) (l functionLayer, dead bool) {
	var f frame
	f.putOptionalTensors(tensors, "tensors")
	f.call(entryTopLayer)
	runtime.KeepAlive(tensors)
	about := f.TakeInts()
	l = functionLayer{layerKind(about[0]), about[1], about[2], [...]string{"error", "same", "different"}[about[3]], about[4] != 0}
	return l, about[5] != 0
}

func unwrapDead(t *Tensor) *Tensor { return tensorAndInts(entryUnwrapDead, t) }

const moreAboutTransforms = " For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"

// apply applies a function in this layer.
func (l functionLayer) apply(fn Function, inputs []*Tensor) []*Tensor {
	if _, ok := fn.(setupFunction); !ok {
		refuse(runtimeErrorKind, "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), "+
			"it must override the setup_context staticmethod."+moreAboutTransforms)
	}
	switch l.kind {
	case vmapLayer:
		return l.vmap(fn, inputs)
	case functionalizeLayer:
		refuse(runtimeErrorKind, "NYI: Functionalize rule for custom_function_call")
	}
	lifted := eachTensor(inputs, func(t *Tensor) *Tensor { return tensorAndInts(entryLiftForGrad, t, l.level) })
	return recordFunction(&singleLevelFunction{fn, l}, lifted)
}

// lower runs fn without this layer, with the gradient modes of the layer below.
func (l functionLayer) lower(fn func()) {
	if l.kind != vmapLayer {
		modes := uint64(recordsBackward | recordsForward)
		if !l.recorded {
			modes &^= map[layerKind]uint64{gradLayer: recordsBackward, jvpLayer: recordsForward}[l.kind]
		}
		before := setRecording(modes)
		defer setRecording(before)
	}
	var f frame
	f.call(entryLowerLayer)
	taken := f.Take()
	defer func() {
		var f frame
		f.Put(taken)
		f.call(entryRaiseLayer)
	}()
	fn()
}

// functionAround is a function that calls another.
type functionAround interface {
	typeName() string
	inner() Function
}

// A singleLevelFunction is a function as one layer that differentiates sees it.
type singleLevelFunction struct {
	fn    Function
	layer functionLayer
}

func (s *singleLevelFunction) typeName() string { return nodeName(s.fn) + "Generated" }
func (s *singleLevelFunction) inner() Function  { return s.fn }

func (s *singleLevelFunction) Forward(_ *FunctionCtx, operands ...*Tensor) (outputs []*Tensor) {
	level := s.layer.level
	unwrapped := eachTensor(operands, func(t *Tensor) *Tensor { return tensorAndInts(unwrapForGrad, t, level) })
	s.layer.lower(func() { outputs = ApplyFunction(s.fn, unwrapped...) })
	return rewrapped(outputs, unwrapped, operands, func(_ int, t *Tensor) *Tensor { return tensorAndInts(wrapForGrad, t, level) })
}

func (s *singleLevelFunction) SetupContext(ctx *FunctionCtx, inputs, outputs []*Tensor) {
	s.fn.(setupFunction).SetupContext(ctx, inputs, outputs)
}

func (s *singleLevelFunction) Backward(ctx *FunctionCtx, grads ...*Tensor) []*Tensor {
	return backwardOf(s.fn, ctx, grads)
}

func (s *singleLevelFunction) Jvp(ctx *FunctionCtx, grads ...*Tensor) []*Tensor {
	return s.fn.(jvpFunction).Jvp(ctx, grads...)
}

// rewrapped wraps the outputs of a function that was applied to unwrapped inputs.
// One that is an input, which the function has written to, stays that.
func rewrapped(outputs, unwrapped, inputs []*Tensor, wrap func(i int, t *Tensor) *Tensor) []*Tensor {
	results := make([]*Tensor, len(outputs))
	for i, t := range outputs {
		if t == nil {
			continue
		}
		if at := slices.IndexFunc(unwrapped, func(in *Tensor) bool { return in != nil && sameHandle(in.handle, t.handle) }); at >= 0 {
			results[i] = inputs[at]
		} else {
			results[i] = wrap(i, t)
		}
	}
	return results
}

// eachTensor applies fn to those tensors that are not nil.
func eachTensor(tensors []*Tensor, fn func(*Tensor) *Tensor) []*Tensor {
	results := make([]*Tensor, len(tensors))
	for i, t := range tensors {
		if t != nil {
			results[i] = fn(t)
		}
	}
	return results
}
