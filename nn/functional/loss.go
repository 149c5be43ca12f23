package functional

import (
	"github.com/wangkuiyi/gotorch/nn/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// Reduction says what a loss does with the losses of its elements: "mean", the
// default, "sum" or "none".
type Reduction string

// enum returns ATen's number for the reduction.
func (r Reduction) enum() torch.Reduction {
	switch r {
	case "none":
		return torch.ReductionNone
	case "mean":
		return torch.ReductionMean
	case "elementwise_mean":
		torch.Warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.")
		return torch.ReductionMean
	case "sum":
		return torch.ReductionSum
	}
	raise("ValueError", "%s is not a valid value for reduction", string(r))
	panic("unreachable")
}

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }

// A WeightOption is the option that [Weight] returns.
type WeightOption struct{ tensor *torch.Tensor }

// Weight is the weight of each class, of shape (C), or in [MseLoss] and
// [L1Loss] of each element, of input's shape. nil is no weight.
func Weight(t *torch.Tensor) WeightOption { return WeightOption{t} }

// An MseLossOption is an option of [MseLoss]: [Reduction], [Weight].
type MseLossOption interface{ mseLossOption() }

func (Reduction) mseLossOption()    {}
func (WeightOption) mseLossOption() {}

// MseLoss returns the mean squared error between input and target, which
// should have the same shape. Python's F.mse_loss. If the shapes differ the two
// are broadcast, with a warning.
func MseLoss(input, target *torch.Tensor, opts ...MseLossOption) *torch.Tensor {
	reduction, weight := Reduction("mean"), (*torch.Tensor)(nil)
	for _, o := range opts {
		switch o := o.(type) {
		case Reduction:
			reduction = o
		case WeightOption:
			weight = o.tensor
		}
	}
	if weight == nil {
		return elementLoss(mseLoss, input, target, reduction)
	}
	return weightedLoss(func(difference *torch.Tensor) *torch.Tensor { return difference.Pow(2) },
		input, target, weight, reduction)
}

func mseLoss(input, target *torch.Tensor, r torch.Reduction) *torch.Tensor {
	return torch.MseLoss(input, target, r)
}

func l1Loss(input, target *torch.Tensor, r torch.Reduction) *torch.Tensor {
	return torch.L1Loss(input, target, r)
}

// elementLoss is a loss of each element, of operands that are broadcast.
func elementLoss(loss func(input, target *torch.Tensor, r torch.Reduction) *torch.Tensor, input, target *torch.Tensor,
	reduction Reduction) *torch.Tensor {
	if torch.IsSameSize(input, target) {
		return loss(input, target, reduction.enum())
	}
	warnOfSize(input, target)
	expanded := torch.BroadcastTensors(input, target)
	defer closeAll(expanded)
	return loss(expanded[0], expanded[1], reduction.enum())
}

func warnOfSize(input, target *torch.Tensor) {
	torch.Warn("Using a target size (%s) that is different to the input size (%s). This will likely lead to incorrect "+
		"results due to broadcasting. Please ensure they have the same size.",
		pytext.Size(target.Shape()), pytext.Size(input.Shape()))
}

func closeAll(tensors []*torch.Tensor) {
	for _, t := range tensors {
		t.Close()
	}
}

// weightedLoss weights the loss of each element's difference.
func weightedLoss(loss func(difference *torch.Tensor) *torch.Tensor, input, target, weight *torch.Tensor,
	reduction Reduction) *torch.Tensor {
	if !torch.IsSameSize(input, target) {
		warnOfSize(input, target)
	}
	expanded := torch.BroadcastTensors(input, target)
	defer closeAll(expanded)
	if !torch.IsSameSize(weight, input) {
		raise("ValueError", "Weights and input must have the same size.")
	}
	weighted := loss(expanded[0].Sub(expanded[1])).Mul(weight)
	switch reduction {
	case "none":
		return weighted
	case "sum":
		return weighted.Sum()
	case "mean":
		return weighted.Sum().Div(weight.Sum())
	}
	raise("ValueError", "Invalid reduction mode: %s. Expected one of 'none', 'mean', 'sum'.", string(reduction))
	panic("unreachable")
}

// An L1LossOption is an option of [L1Loss]: [Reduction], [Weight].
type L1LossOption interface{ l1LossOption() }

func (Reduction) l1LossOption()    {}
func (WeightOption) l1LossOption() {}

// L1Loss returns the mean absolute error between input and target, which should
// have the same shape. Python's F.l1_loss. If the shapes differ the two are
// broadcast, with a warning.
func L1Loss(input, target *torch.Tensor, opts ...L1LossOption) *torch.Tensor {
	reduction, weight := Reduction("mean"), (*torch.Tensor)(nil)
	for _, o := range opts {
		switch o := o.(type) {
		case Reduction:
			reduction = o
		case WeightOption:
			weight = o.tensor
		}
	}
	if weight == nil {
		return elementLoss(l1Loss, input, target, reduction)
	}
	return weightedLoss((*torch.Tensor).Abs, input, target, weight, reduction)
}

// IgnoreIndex is a target that does not count. Its default is -100.
type IgnoreIndex int64

// LabelSmoothing mixes the target with the uniform distribution: 0 takes none of
// it, the default, and 1 nothing else.
type LabelSmoothing float64

// An NllLossOption is an option of [NllLoss]: [Weight], [IgnoreIndex],
// [Reduction].
type NllLossOption interface{ nllLossOption() }

func (WeightOption) nllLossOption() {}
func (IgnoreIndex) nllLossOption()  {}
func (Reduction) nllLossOption()    {}

// NllLoss returns the negative log likelihood of target, the indices of the
// classes, given the log probabilities input of shape (N, C), (C) or (N, C, d1,
// ...). Python's F.nll_loss.
func NllLoss(input, target *torch.Tensor, opts ...NllLossOption) *torch.Tensor {
	weight, ignoreIndex, reduction := (*torch.Tensor)(nil), IgnoreIndex(-100), Reduction("mean")
	for _, o := range opts {
		switch o := o.(type) {
		case WeightOption:
			weight = o.tensor
		case IgnoreIndex:
			ignoreIndex = o
		case Reduction:
			reduction = o
		}
	}
	return torch.NllLossNd(input, target, torch.Weight(weight), reduction.enum(), torch.IgnoreIndex(int64(ignoreIndex)))
}

// A CrossEntropyOption is an option of [CrossEntropy]: [Weight], [IgnoreIndex],
// [Reduction], [LabelSmoothing].
type CrossEntropyOption interface{ crossEntropyOption() }

func (WeightOption) crossEntropyOption()   {}
func (IgnoreIndex) crossEntropyOption()    {}
func (Reduction) crossEntropyOption()      {}
func (LabelSmoothing) crossEntropyOption() {}

// CrossEntropy returns the cross entropy between the logits input, of shape
// (N, C), (C) or (N, C, d1, ...), and target: indices of classes, or
// probabilities in the shape of input. Python's F.cross_entropy.
func CrossEntropy(input, target *torch.Tensor, opts ...CrossEntropyOption) *torch.Tensor {
	weight, ignoreIndex, reduction := (*torch.Tensor)(nil), IgnoreIndex(-100), Reduction("mean")
	smoothing := LabelSmoothing(0)
	for _, o := range opts {
		switch o := o.(type) {
		case WeightOption:
			weight = o.tensor
		case IgnoreIndex:
			ignoreIndex = o
		case Reduction:
			reduction = o
		case LabelSmoothing:
			smoothing = o
		}
	}
	return torch.CrossEntropyLoss(input, target, torch.Weight(weight), reduction.enum(),
		torch.IgnoreIndex(int64(ignoreIndex)), torch.LabelSmoothing(float64(smoothing)))
}
