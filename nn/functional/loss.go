package functional

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// MseLoss returns the mean squared error between input and target, which
// should have the same shape. Python's F.mse_loss. If the shapes differ the two
// are broadcast, with a warning. With [Weight], of input's shape, it is the
// weighted mean.
func MseLoss(input, target *torch.Tensor, opts ...MseLossOption) *torch.Tensor {
	return elementLoss(input, target, readMseLoss(opts),
		func(input, target *torch.Tensor, r torch.Reduction) *torch.Tensor {
			return torch.MseLoss(input, target, r)
		},
		func(difference *torch.Tensor) *torch.Tensor { return difference.Pow(2) })
}

// L1Loss returns the mean absolute error between input and target, which should
// have the same shape. Python's F.l1_loss. If the shapes differ the two are
// broadcast, with a warning. With [Weight], of input's shape, it is the weighted
// mean.
func L1Loss(input, target *torch.Tensor, opts ...MseLossOption) *torch.Tensor {
	return elementLoss(input, target, readMseLoss(opts),
		func(input, target *torch.Tensor, r torch.Reduction) *torch.Tensor {
			return torch.L1Loss(input, target, r)
		},
		(*torch.Tensor).Abs)
}

// An elementwise loss is one of tensors of the same shape.
type elementwise func(input, target *torch.Tensor, r torch.Reduction) *torch.Tensor

// elementLoss calls loss or, if there are weights, weights what ofDifference
// makes of the difference.
func elementLoss(input, target *torch.Tensor, a mseLossArguments, loss elementwise,
	ofDifference func(*torch.Tensor) *torch.Tensor) *torch.Tensor {
	same := warnOfSize(input, target)
	r := a.reduction.or(a.sizeAverage, a.reduce)
	if a.weight != nil {
		return weightedLoss(input, target, a.weight, r, ofDifference)
	}
	return broadcastLoss(same, input, target, func(input, target *torch.Tensor) *torch.Tensor { return loss(input, target, r.enum()) })
}

func weightedLoss(input, target, weight *torch.Tensor, r Reduction, ofDifference func(*torch.Tensor) *torch.Tensor) *torch.Tensor {
	return torch.ScopeValue(func() *torch.Tensor {
		expanded := torch.BroadcastTensors(input, target)
		checkWeight(weight, input)
		weighted := ofDifference(expanded[0].Sub(expanded[1])).Mul(weight)
		if r == "mean" {
			return weighted.Sum().Div(weight.Sum())
		}
		return r.of(weighted, r.refuseMode)
	})
}

// broadcastLoss calls loss with tensors of the same shape, which input and target
// have already if same is true.
func broadcastLoss(same bool, input, target *torch.Tensor, loss func(input, target *torch.Tensor) *torch.Tensor) *torch.Tensor {
	if same {
		return loss(input, target)
	}
	expanded := torch.BroadcastTensors(input, target) // views, which need no memory
	return loss(expanded[0], expanded[1])
}

// warnOfSize reports whether the sizes are the same, and warns if not.
func warnOfSize(input, target *torch.Tensor) bool {
	inputSize, targetSize, differ := torch.DifferentSizes(input, target)
	if differ {
		torch.WarnText("Using a target size (" + pytext.Size(targetSize) + ") that is different to the input size (" +
			pytext.Size(inputSize) + "). This will likely lead to incorrect results due to broadcasting. " +
			"Please ensure they have the same size.")
	}
	return !differ
}

func checkWeight(weight, input *torch.Tensor) {
	if !torch.IsSameSize(weight, input) {
		raise("ValueError", "Weights and input must have the same size.")
	}
}

// SmoothL1Loss returns the mean of d*d/2/beta where the absolute difference d of
// input and target is less than [Beta], and of d - beta/2 elsewhere. Python's
// F.smooth_l1_loss.
func SmoothL1Loss(input, target *torch.Tensor, opts ...SmoothL1LossOption) *torch.Tensor {
	a := readSmoothL1Loss(opts)
	same := warnOfSize(input, target)
	r := a.reduction.or(a.sizeAverage, a.reduce)
	return broadcastLoss(same, input, target, func(input, target *torch.Tensor) *torch.Tensor {
		if a.beta == 0 {
			return torch.L1Loss(input, target, r.enum())
		}
		return torch.SmoothL1Loss(input, target, r.enum(), torch.Beta(a.beta))
	})
}

// HuberLoss returns the mean of d*d/2 where the absolute difference d of input
// and target is less than [Delta], and of delta * (d - delta/2) elsewhere.
// Python's F.huber_loss. With [Weight], of input's shape, each element's loss is
// weighted before the mean.
func HuberLoss(input, target *torch.Tensor, opts ...HuberLossOption) *torch.Tensor {
	a := readHuberLoss(opts)
	same := warnOfSize(input, target)
	return broadcastLoss(same, input, target, func(expandedInput, expandedTarget *torch.Tensor) *torch.Tensor {
		if a.weight == nil {
			return torch.HuberLoss(expandedInput, expandedTarget, a.reduction.enum(), torch.Delta(a.delta))
		}
		checkWeight(a.weight, input)
		return torch.ScopeValue(func() *torch.Tensor {
			loss := torch.HuberLoss(expandedInput, expandedTarget, torch.ReductionNone, torch.Delta(a.delta))
			return a.reduction.of(loss.Mul(a.weight), a.reduction.refuseMode)
		})
	})
}

// PoissonNllLoss returns the negative log likelihood of target under Poisson
// distributions with means exp(input), or input itself if [LogInput] is false.
// [Full] adds the Stirling approximation of log(target!). Python's
// F.poisson_nll_loss.
func PoissonNllLoss(input, target *torch.Tensor, opts ...PoissonNllLossOption) *torch.Tensor {
	a := readPoissonNllLoss(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce)
	if r != "none" && r != "mean" && r != "sum" {
		raise("ValueError", "%s is not a valid value for reduction", string(r))
	}
	return torch.PoissonNllLoss(input, target, a.logInput, a.full, a.eps, int64(r.enum()))
}

// KlDiv returns the Kullback-Leibler divergence of target from input, which
// holds log probabilities; target holds probabilities, or their logarithms with
// [LogTarget]. Python's F.kl_div. The reduction "batchmean" divides by the size
// of the batch, as the definition does; "mean", the default, divides by the
// number of elements, with Python's warning.
func KlDiv(input, target *torch.Tensor, opts ...KlDivOption) *torch.Tensor {
	a := readKlDiv(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce)
	if !a.sizeAverage.given && !a.reduce.given && r == "mean" {
		torch.Warn("reduction: 'mean' divides the total loss by both the batch size and the support size." +
			"'batchmean' divides only by the batch size, and aligns with the KL div math definition." +
			"'mean' will be changed to behave the same as 'batchmean' in the next major release.")
	}
	if r == "batchmean" {
		r = "sum"
	}
	reduced := torch.KlDiv(input, target, r.enum(), torch.LogTarget(a.logTarget))
	if a.reduction == "batchmean" && input.Dim() != 0 {
		return reduced.Div(input.Size(0))
	}
	return reduced
}
