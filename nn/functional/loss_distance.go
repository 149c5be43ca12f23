package functional

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// MarginRankingLoss returns the mean of max(0, -target * (input1 - input2) +
// margin), where target is 1 if the first input should be larger and -1 if the
// second. Python's F.margin_ranking_loss.
func MarginRankingLoss(input1, input2, target *torch.Tensor, opts ...RankingLossOption) *torch.Tensor {
	a := readRankingLoss(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce).enum()
	if input1.Dim() != input2.Dim() || input1.Dim() != target.Dim() {
		raise("RuntimeError", "margin_ranking_loss : All input tensors should have same dimension but got sizes: "+
			"input1: %s, input2: %s, target: %s ", pytext.Size(input1.Shape()), pytext.Size(input2.Shape()), pytext.Size(target.Shape()))
	}
	return torch.MarginRankingLoss(input1, input2, target, torch.Margin(a.margin), r)
}

// HingeEmbeddingLoss returns the mean of input where target is 1, and of max(0,
// margin - input) where it is -1. Python's F.hinge_embedding_loss.
func HingeEmbeddingLoss(input, target *torch.Tensor, opts ...HingeEmbeddingLossOption) *torch.Tensor {
	a := readHingeEmbeddingLoss(opts)
	return torch.HingeEmbeddingLoss(input, target, torch.Margin(a.margin), a.reduction.or(a.sizeAverage, a.reduce).enum())
}

// CosineEmbeddingLoss returns the mean of 1 - cos(input1, input2) where target
// is 1, and of max(0, cos(input1, input2) - margin) where it is -1. Python's
// F.cosine_embedding_loss.
func CosineEmbeddingLoss(input1, input2, target *torch.Tensor, opts ...RankingLossOption) *torch.Tensor {
	a := readRankingLoss(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce).enum()
	return torch.CosineEmbeddingLoss(input1, input2, target, torch.Margin(a.margin), r)
}

// TripletMarginLoss returns the mean of max(0, d(anchor, positive) - d(anchor,
// negative) + margin), where d is the distance in the norm [P]. With [Swap] the
// distance of positive and negative counts instead of that of anchor and
// negative where it is smaller. Python's F.triplet_margin_loss.
func TripletMarginLoss(anchor, positive, negative *torch.Tensor, opts ...TripletMarginLossOption) *torch.Tensor {
	a := readTripletMarginLoss(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce).enum()
	checkMargin(a.margin)
	return torch.TripletMarginLoss(anchor, positive, negative, torch.Margin(a.margin), torch.P(a.p), torch.Eps(a.eps),
		torch.Swap(a.swap), r)
}

func checkMargin(margin float64) {
	if margin <= 0 {
		raise("ValueError", "margin must be greater than 0, got %s", pytext.Float(margin))
	}
}

// A DistanceFunction returns the distances between the vectors of two tensors.
type DistanceFunction func(x1, x2 *torch.Tensor) *torch.Tensor

// TripletMarginWithDistanceLoss is [TripletMarginLoss] with any
// [DistanceFunction]; the default is [PairwiseDistance]. Python's
// F.triplet_margin_with_distance_loss.
func TripletMarginWithDistanceLoss(anchor, positive, negative *torch.Tensor,
	opts ...TripletMarginWithDistanceLossOption) *torch.Tensor {
	a := readTripletMarginWithDistanceLoss(opts)
	if a.reduction != "mean" && a.reduction != "sum" && a.reduction != "none" {
		raise("ValueError", "%s is not a valid value for reduction", string(a.reduction))
	}
	checkMargin(a.margin)
	if anchor.Dim() != positive.Dim() || positive.Dim() != negative.Dim() {
		raise("RuntimeError", "The anchor, positive, and negative tensors are expected to have the same number of dimensions, "+
			"but got: anchor %dD, positive %dD, and negative %dD inputs", anchor.Dim(), positive.Dim(), negative.Dim())
	}
	distance := a.distanceFunction
	if distance == nil {
		distance = func(x1, x2 *torch.Tensor) *torch.Tensor { return PairwiseDistance(x1, x2) }
	}
	toPositive, toNegative := distance(anchor, positive), distance(anchor, negative)
	if a.swap {
		toNegative = torch.Minimum(toNegative, distance(positive, negative))
	}
	loss := torch.ClampMin(toPositive.Add(a.margin).Sub(toNegative), 0)
	return a.reduction.of(loss, a.reduction.refuse)
}
