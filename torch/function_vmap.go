package torch

import (
	"fmt"
	"slices"
	"strings"
)

// NotBatched stands, in the place of a batch's dimension, for a tensor that has
// none, or for nil.
const NotBatched = -1

// A VmapInfo tells a [Function]'s Vmap about the vmap that it is in.
type VmapInfo struct {
	BatchSize  int64
	Randomness string // "error", "same" or "different"
}

// GenerateVmapRule is embedded in a [Function] whose methods are made of
// PyTorch's operators, so that vmap can map them. Python's generate_vmap_rule =
// True.
type GenerateVmapRule struct{}

func (GenerateVmapRule) generateVmapRule() {}

// Methods that a Function may have for vmap: one of them.
type (
	vmapFunction interface {
		Vmap(info VmapInfo, inDims []int64, inputs ...*Tensor) (outputs []*Tensor, outDims []int64)
	}
	generatesVmapRule interface{ generateVmapRule() }
)

// vmap applies a function to batches.
func (l functionLayer) vmap(fn Function, inputs []*Tensor) []*Tensor {
	rule, overridden := fn.(vmapFunction)
	_, generate := fn.(generatesVmapRule)
	switch name := nodeName(fn); {
	case generate && overridden:
		refuse(runtimeErrorKind, "You tried to vmap over %s, but it has both generate_vmap_rule=True and an overridden vmap "+
			"staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity."+
			moreAboutTransforms, name)
	case generate:
		return l.generatedVmap(fn, inputs)
	case !overridden:
		refuse(runtimeErrorKind, "You tried to vmap over %s, but it does not have vmap support. Please override and implement "+
			"the vmap staticmethod or set generate_vmap_rule=True."+moreAboutTransforms, name)
	}
	unwrapped, dims := unbatched(inputs, l.level)
	if !slices.ContainsFunc(dims, isDim) {
		var outputs []*Tensor
		l.lower(func() { outputs = ApplyFunction(fn, inputs...) })
		return outputs
	}
	var outputs []*Tensor
	var outDims []int64
	l.lower(func() { outputs, outDims = rule.Vmap(VmapInfo{l.batchSize, l.randomness}, dims, unwrapped...) })
	if len(outputs) != len(outDims) {
		refuse(runtimeErrorKind, "The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) tuple. "+
			"Expected out_dims=%s to be compatible with the structure of `output`. out_dims has structure %s but output has "+
			"structure %s."+moreAboutTransforms, dimsText(outDims), treeText(len(outDims)), treeText(len(outputs)))
	}
	return rewrapped(outputs, unwrapped, inputs, func(i int, t *Tensor) *Tensor { return batched(t, outDims[i], l.level) })
}

// generatedVmap applies a function to batches by mapping all its methods.
func (l functionLayer) generatedVmap(fn Function, inputs []*Tensor) []*Tensor {
	unwrapped, dims := unbatched(inputs, l.level)
	v := &vmappedFunction{fn: fn, layer: l, inDims: dims}
	var outputs []*Tensor
	l.lower(func() { outputs = ApplyFunction(v, unwrapped...) })
	return allBatched(outputs, v.outDims, l.level)
}

func isDim(dim int64) bool { return dim != NotBatched }

// batched gives a tensor of a layer its batch's dimension.
func batched(t *Tensor, dim, level int64) *Tensor {
	if t == nil || dim == NotBatched {
		return t
	}
	return tensorAndInts(addBatchDim, t, dim, level)
}

func allBatched(tensors []*Tensor, dims []int64, level int64) []*Tensor {
	results := make([]*Tensor, len(tensors))
	for i, t := range tensors {
		results[i] = batched(t, dims[i], level)
	}
	return results
}

// unbatched takes the wrappers of a layer off tensors.
func unbatched(tensors []*Tensor, level int64) (unwrapped []*Tensor, dims []int64) {
	for _, t := range tensors {
		dim := int64(NotBatched)
		if t != nil {
			if w := wrapperAround(t); w.kind == batchedWrapper && w.level == level {
				t, dim = tensorAndInts(entryUnwrapped, t), w.batchDim
			}
		}
		unwrapped, dims = append(unwrapped, t), append(dims, dim)
	}
	return unwrapped, dims
}

// A vmappedFunction does with batches what a function does with samples. It is
// made for one application.
type vmappedFunction struct {
	GenerateVmapRule
	fn              Function
	layer           functionLayer
	inDims, outDims []int64 // of the batch; outDims once Forward has run
}

// A vmappedContext is what a context has to know for a vmappedFunction.
type vmappedContext struct {
	savedDims, forwardDims []int64 // of saved tensors
	inputShapes            [][]int64
}

func (v *vmappedFunction) typeName() string { return "Vmapped" + nodeName(v.fn) }
func (v *vmappedFunction) inner() Function  { return v.fn }

// mapped runs fn in a layer of vmap.
func (v *vmappedFunction) mapped(fn func(level int64)) {
	transforms{}.Vmap(v.layer.batchSize, v.layer.randomness, fn)
}

func (v *vmappedFunction) Forward(ctx *FunctionCtx, operands ...*Tensor) (outputs []*Tensor) {
	v.mapped(func(level int64) {
		outputs = v.fn.Forward(ctx, allBatched(operands, v.inDims, level)...)
		outputs, v.outDims = unbatched(outputs, level)
	})
	return outputs
}

// SetupContext is mapped, too, so that the function sees the shapes of samples.
// What it saves goes into the context without the wrappers of the layer, which
// ends here.
func (v *vmappedFunction) SetupContext(ctx *FunctionCtx, inputs, outputs []*Tensor) {
	var c vmappedContext
	v.mapped(func(level int64) {
		in, out := allBatched(inputs, v.inDims, level), allBatched(outputs, v.outDims, level)
		v.fn.(setupFunction).SetupContext(ctx, in, out)
		ctx.savedForBackward, c.savedDims = unbatched(ctx.savedForBackward, level)
		ctx.forForward, c.forwardDims = unbatched(ctx.forForward, level)
		ctx.nonDifferentiable, _ = unbatched(ctx.nonDifferentiable, level)
		ctx.dirty, _ = unbatched(ctx.dirty, level)
		for _, t := range in {
			var shape []int64
			if t != nil {
				shape = t.Shape()
			}
			c.inputShapes = append(c.inputShapes, shape)
		}
	})
	if ctx.vmapped == nil {
		ctx.vmapped = map[*vmappedFunction]vmappedContext{}
	}
	ctx.vmapped[v] = c
}

func (v *vmappedFunction) Backward(ctx *FunctionCtx, grads ...*Tensor) []*Tensor {
	c := ctx.vmapped[v]
	results, dims := v.differentiate(ctx, c.savedDims, grads, v.outDims, func(ctx *FunctionCtx, grads []*Tensor) []*Tensor {
		return backwardOf(v.fn, ctx, grads)
	})
	for i, t := range results {
		if i < len(v.inDims) {
			results[i] = v.fitting(t, dims[i], v.inDims[i], c.inputShapes[i])
		}
	}
	return results
}

func (v *vmappedFunction) Jvp(ctx *FunctionCtx, grads ...*Tensor) []*Tensor {
	c := ctx.vmapped[v]
	results, dims := v.differentiate(ctx, c.forwardDims, grads, v.inDims, func(ctx *FunctionCtx, grads []*Tensor) []*Tensor {
		return v.fn.(jvpFunction).Jvp(ctx, grads...)
	})
	for i, t := range results {
		if i < len(v.outDims) {
			results[i] = v.fitting(t, dims[i], v.outDims[i], nil)
		}
	}
	return results
}

// differentiate maps Backward or Jvp.
func (v *vmappedFunction) differentiate(ctx *FunctionCtx, savedDims []int64, grads []*Tensor, gradDims []int64,
	run func(*FunctionCtx, []*Tensor) []*Tensor) (results []*Tensor, dims []int64) {
	var saved []*Tensor
	if len(savedDims) > 0 {
		saved = ctx.SavedTensors()
	}
	v.mapped(func(level int64) {
		inner := *ctx
		given := allBatched(saved, savedDims, level)
		inner.given = &given
		results, dims = unbatched(run(&inner, allBatched(grads, gradDims, level)), level)
	})
	return results, dims
}

// fitting gives a gradient the batch's dimension that its tensor has, or sums
// over the batch if that has none. A gradient may be larger than its tensor of
// this shape where that was broadcast; nil does not ask for a shape.
func (v *vmappedFunction) fitting(grad *Tensor, dim, wanted int64, shape []int64) *Tensor {
	switch {
	case grad == nil || dim == NotBatched && wanted == NotBatched:
		return grad
	case wanted == NotBatched:
		return grad.Sum(Dim(dim))
	}
	if dim == NotBatched {
		grad = grad.Unsqueeze(wanted)
		full := grad.Shape()
		full[wanted] = v.layer.batchSize
		grad, dim = grad.Expand(full...), wanted
	}
	if shape == nil {
		return grad.Movedim(dim, wanted)
	}
	transforms{}.Vmap(v.layer.batchSize, "error", func(level int64) {
		sum := tensorAndInts(addBatchDim, grad, dim, level).SumToSize(shape...)
		grad = tensorAndInts(removeBatchDim, sum, level, v.layer.batchSize, wanted)
	})
	return grad
}

// dimsText is Python's text of a tuple of dimensions.
func dimsText(dims []int64) string {
	parts := make([]string, len(dims))
	for i, d := range dims {
		if parts[i] = fmt.Sprint(d); d == NotBatched {
			parts[i] = "None"
		}
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// treeText is Python's text of the structure of a tuple.
func treeText(n int) string {
	return "TreeSpec(tuple, None, [" + strings.TrimSuffix(strings.Repeat("*,\n  ", n), ",\n  ") + "])"
}
