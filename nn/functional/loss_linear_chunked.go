package functional

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// chunkedApplies reports whether the loss can be computed in chunks, and warns if
// options that ask for that cannot be heeded.
func chunkedApplies(input, target *torch.Tensor, a linearCrossEntropyArguments, logits []int64) bool {
	if !a.options.given {
		return false
	}
	further := logits[input.Dim():] // sizes besides the classes
	probabilities := slices.Equal(target.Shape(), logits) && target.DType() == input.DType() &&
		(!target.RequiresGrad() || !torch.IsGradEnabled())
	known := a.reduction == "mean" || a.reduction == "sum" || a.reduction == "none"
	if known && a.labelSmoothing == 0 && (target.DType() == torch.Int64 || probabilities) && len(further) == 0 {
		return true
	}
	bias := "None"
	if a.linearBias != nil {
		bias = pytext.Tuple(a.linearBias.Shape())
	}
	torch.Warn("linear_cross_entropy: ``options`` ignored; chunked path needs reduction in {'mean','sum','none'}, "+
		"label_smoothing == 0, target.dtype == int64 (or a probability target with dtype matching input and "+
		"requires_grad == False), out_features == (). Got reduction=%s, label_smoothing=%s, target.dtype=%s, out_features=%s, "+
		"tracing=False, target.requires_grad=%s, linear_bias.shape=%s.", pytext.String(string(a.reduction)),
		pytext.Float(a.labelSmoothing), target.DType(), pytext.Tuple(further), pytext.Bool(target.RequiresGrad()), bias)
	return false
}

// chunkedLoss is LinearCrossEntropy in chunks.
func chunkedLoss(input, linearWeight, target *torch.Tensor, a linearCrossEntropyArguments, ignoreIndex int64) *torch.Tensor {
	batched := input.Dim() == 2
	if !batched {
		input, target = input.Unsqueeze(0), target.Unsqueeze(0)
	}
	o := a.options.value.resolve(input, linearWeight.Size(0), target.IsFloatingPoint())
	call := chunkedCall{reduction: a.reduction, ignoreIndex: ignoreIndex, options: o}
	inputs := []*torch.Tensor{input, linearWeight, target, a.linearBias, a.weight}
	var fn torch.Function = chunkedUnreduced{call}
	if a.reduction != "none" {
		for _, i := range []int{chunkedInput, chunkedLinearWeight, chunkedLinearBias} {
			call.needs[i] = inputs[i] != nil && inputs[i].RequiresGrad() && torch.IsGradEnabled()
		}
		fn = chunkedReduced{call}
	}
	loss := torch.ApplyFunction(fn, inputs...)[0]
	if !batched {
		return loss.Squeeze(torch.Dim(0))
	}
	return loss
}

// The operands of a chunkedCall.
const (
	chunkedInput = iota
	chunkedLinearWeight
	chunkedTarget
	chunkedLinearBias
	chunkedWeight
	chunkedOperands
)

// chunkedCall is what a loss in chunks has besides its operands.
type chunkedCall struct {
	reduction   Reduction
	ignoreIndex int64
	options     LinearCrossEntropyOptions // resolved
	needs       [chunkedOperands]bool     // whose gradients to compute with the loss
}

// chunkedReduced is the loss with the reduction "mean" or "sum", which computes
// the gradients with the loss.
type chunkedReduced struct{ chunkedCall }

// Name is that of Python's operator.
func (chunkedReduced) Name() string {
	return "GeneratedBackwardFor_torch_nn__linear_cross_entropy_batch_chunked_default"
}

// Forward computes the loss.
func (f chunkedReduced) Forward(ctx *torch.FunctionCtx, operands ...*torch.Tensor) []*torch.Tensor {
	ctx.SetMaterializeGrads(false)
	loss, grads := f.run(operands, nil)
	ctx.Data = grads
	return []*torch.Tensor{loss}
}

// Backward scales the gradients.
func (f chunkedReduced) Backward(ctx *torch.FunctionCtx, gradOutputs ...*torch.Tensor) []*torch.Tensor {
	results, grads := make([]*torch.Tensor, chunkedOperands), ctx.Data.([]*torch.Tensor)
	if gradOutputs[0] == nil {
		return results
	}
	for i, needed := range f.needs {
		switch {
		case !needed:
		case f.options.AllowRetainGraph:
			results[i] = grads[i].Mul(gradOutputs[0])
		case grads[i] == nil:
			raise("RuntimeError", "linear_cross_entropy chunked backward called twice; retain_graph=True / double backward are "+
				"not supported.")
		default:
			results[i], grads[i] = grads[i].Mul_(gradOutputs[0]), nil
		}
	}
	return results
}

// chunkedUnreduced is the loss of each row. The gradients need those of the loss,
// so that Backward computes all anew.
type chunkedUnreduced struct{ chunkedCall }

// Name is that of Python's operator.
func (chunkedUnreduced) Name() string {
	return "GeneratedBackwardFor_torch_nn__linear_cross_entropy_batch_chunked_no_reduction_default"
}

// Forward computes the losses.
func (f chunkedUnreduced) Forward(ctx *torch.FunctionCtx, operands ...*torch.Tensor) []*torch.Tensor {
	saved := slices.Clone(operands)
	for i, t := range saved {
		if t != nil && i != chunkedTarget {
			saved[i] = t.Detach()
		}
	}
	ctx.SaveForBackward(saved...)
	loss, _ := f.run(operands, nil)
	return []*torch.Tensor{loss}
}

// Backward computes the gradients.
func (f chunkedUnreduced) Backward(ctx *torch.FunctionCtx, gradOutputs ...*torch.Tensor) []*torch.Tensor {
	for _, i := range []int{chunkedInput, chunkedLinearWeight, chunkedLinearBias} {
		f.needs[i] = ctx.NeedsInputGrad(i)
	}
	_, grads := f.run(ctx.SavedTensors(), gradOutputs[0])
	return grads
}
