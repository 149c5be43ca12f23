package nn

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// CosineEmbeddingLoss is small for vectors at a small angle, Python's
// nn.CosineEmbeddingLoss.
//
// Inputs have shape (N, D) or (D), target (N) or (). The loss is a number or,
// with [Reduction] "none", of the latter. Others panic with a RuntimeError.
type CosineEmbeddingLoss struct {
	Module
	Margin    float64
	Reduction string // "mean", "sum" or "none"
}

// A CosineEmbeddingLossOption is an option of [NewCosineEmbeddingLoss]: [Margin], [Reduction].
type CosineEmbeddingLossOption interface{ cosineEmbeddingLossOption() }

func (Margin) cosineEmbeddingLossOption()    {}
func (Reduction) cosineEmbeddingLossOption() {}

// NewCosineEmbeddingLoss returns a new [CosineEmbeddingLoss]. The defaults are
// [Margin] 0.0 and [Reduction] "mean".
func NewCosineEmbeddingLoss(opts ...CosineEmbeddingLossOption) *CosineEmbeddingLoss {
	l := &CosineEmbeddingLoss{Reduction: "mean"}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Margin:
			l.Margin = float64(o)
		case Reduction:
			l.Reduction = string(o)
		}
	}
	return l
}

// Forward returns the loss of vectors, of shape (N, D) or (D), against target, 1
// or -1.
func (l *CosineEmbeddingLoss) Forward(input1, input2, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call3(l.forward, input1, input2, target)
	}
	return l.forward(input1, input2, target)
}

func (l *CosineEmbeddingLoss) forward(input1, input2, target *torch.Tensor) *torch.Tensor {
	return functional.CosineEmbeddingLoss(input1, input2, target, functional.Margin(l.Margin), functional.Reduction(l.Reduction))
}

// MarginRankingLoss is small where the larger input is the one that target says,
// Python's nn.MarginRankingLoss.
//
// Both inputs and target have shape (N) or (). The loss is a number or, with
// [Reduction] "none", of that shape. Others panic with a RuntimeError.
type MarginRankingLoss struct {
	Module
	Margin    float64
	Reduction string // "mean", "sum" or "none"
}

// A MarginRankingLossOption is an option of [NewMarginRankingLoss]: [Margin], [Reduction].
type MarginRankingLossOption interface{ marginRankingLossOption() }

func (Margin) marginRankingLossOption()    {}
func (Reduction) marginRankingLossOption() {}

// NewMarginRankingLoss returns a new [MarginRankingLoss]. The defaults are
// [Margin] 0.0 and [Reduction] "mean".
func NewMarginRankingLoss(opts ...MarginRankingLossOption) *MarginRankingLoss {
	l := &MarginRankingLoss{Reduction: "mean"}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Margin:
			l.Margin = float64(o)
		case Reduction:
			l.Reduction = string(o)
		}
	}
	return l
}

// Forward returns the loss of inputs of the same shape against target, 1 or -1.
func (l *MarginRankingLoss) Forward(input1, input2, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call3(l.forward, input1, input2, target)
	}
	return l.forward(input1, input2, target)
}

func (l *MarginRankingLoss) forward(input1, input2, target *torch.Tensor) *torch.Tensor {
	return functional.MarginRankingLoss(input1, input2, target, functional.Margin(l.Margin), functional.Reduction(l.Reduction))
}

// TripletMarginLoss is small where an anchor is nearer to the positive example than to
// the negative one, Python's nn.TripletMarginLoss.
//
// The three inputs have one shape, (N, D) or (D). The loss is a number or, with
// [Reduction] "none", of shape (N) or (). Others panic with a RuntimeError.
type TripletMarginLoss struct {
	Module
	Margin    float64
	P         float64
	Eps       float64
	Swap      bool
	Reduction string // "mean", "sum" or "none"
}

// A TripletMarginLossOption is an option of [NewTripletMarginLoss]: [Margin], [P], [Eps], [Swap], [Reduction].
type TripletMarginLossOption interface{ tripletMarginLossOption() }

func (Margin) tripletMarginLossOption()    {}
func (P) tripletMarginLossOption()         {}
func (Eps) tripletMarginLossOption()       {}
func (Swap) tripletMarginLossOption()      {}
func (Reduction) tripletMarginLossOption() {}

// NewTripletMarginLoss returns a new [TripletMarginLoss]. A margin that is not
// positive panics with a ValueError. The defaults are [Margin] 1.0, [P] 2.0,
// [Eps] 1e-6, [Swap] false and [Reduction] "mean".
func NewTripletMarginLoss(opts ...TripletMarginLossOption) *TripletMarginLoss {
	l := &TripletMarginLoss{Margin: 1, P: 2, Eps: 1e-6, Reduction: "mean"}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Margin:
			l.Margin = float64(o)
		case P:
			l.P = float64(o)
		case Eps:
			l.Eps = float64(o)
		case Swap:
			l.Swap = bool(o)
		case Reduction:
			l.Reduction = string(o)
		}
	}
	checkMargin(l.name(), l.Margin)
	return l
}

// Forward returns the loss of vectors of shape (N, D) or (D).
func (l *TripletMarginLoss) Forward(anchor, positive, negative *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call3(l.forward, anchor, positive, negative)
	}
	return l.forward(anchor, positive, negative)
}

func (l *TripletMarginLoss) forward(anchor, positive, negative *torch.Tensor) *torch.Tensor {
	return functional.TripletMarginLoss(anchor, positive, negative, functional.Margin(l.Margin), functional.P(l.P), functional.Eps(l.Eps), functional.Swap(l.Swap), functional.Reduction(l.Reduction))
}

func checkMargin(name string, margin float64) {
	if margin <= 0 {
		raise("ValueError", "%s: expected margin to be greater than 0, got %s instead", name, pytext.Float(margin))
	}
}

// TripletMarginWithDistanceLoss is [TripletMarginLoss] with any distance, Python's
// nn.TripletMarginWithDistanceLoss.
//
// The three inputs have one shape, (N, *). The loss is a number or, with
// [Reduction] "none", of shape (N).
type TripletMarginWithDistanceLoss struct {
	Module
	DistanceFunction func(a, b *torch.Tensor) *torch.Tensor `torch:"-"`
	Margin           float64
	Swap             bool
	Reduction        string // "mean", "sum" or "none"

	distance *PairwiseDistance `torch:"distance_function"`
}

// DistanceFunction is the distance in [TripletMarginWithDistanceLoss]. Its default
// is [PairwiseDistance].
type DistanceFunction func(a, b *torch.Tensor) *torch.Tensor

// A TripletMarginWithDistanceLossOption is an option of
// [NewTripletMarginWithDistanceLoss]: [DistanceFunction], [Margin], [Swap],
// [Reduction].
type TripletMarginWithDistanceLossOption interface{ tripletMarginWithDistanceLossOption() }

func (DistanceFunction) tripletMarginWithDistanceLossOption() {}
func (Margin) tripletMarginWithDistanceLossOption()           {}
func (Swap) tripletMarginWithDistanceLossOption()             {}
func (Reduction) tripletMarginWithDistanceLossOption()        {}

// NewTripletMarginWithDistanceLoss returns a new
// [TripletMarginWithDistanceLoss]. A margin that is not positive panics with a
// ValueError. The defaults are [Margin] 1.0, [Swap] false and [Reduction]
// "mean".
func NewTripletMarginWithDistanceLoss(opts ...TripletMarginWithDistanceLossOption) *TripletMarginWithDistanceLoss {
	l := &TripletMarginWithDistanceLoss{Margin: 1, Reduction: "mean"}
	for _, o := range opts {
		switch o := o.(type) {
		case DistanceFunction:
			l.DistanceFunction = o
		case Margin:
			l.Margin = float64(o)
		case Swap:
			l.Swap = bool(o)
		case Reduction:
			l.Reduction = string(o)
		}
	}
	l.Init(l)
	checkMargin(l.name(), l.Margin)
	if l.DistanceFunction == nil {
		l.distance = NewPairwiseDistance()
		l.DistanceFunction = l.distance.Forward
	}
	return l
}

// Forward returns the loss of vectors, in shapes that the distance takes.
func (l *TripletMarginWithDistanceLoss) Forward(anchor, positive, negative *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call3(l.forward, anchor, positive, negative)
	}
	return l.forward(anchor, positive, negative)
}

func (l *TripletMarginWithDistanceLoss) forward(anchor, positive, negative *torch.Tensor) *torch.Tensor {
	return functional.TripletMarginWithDistanceLoss(anchor, positive, negative, functional.DistanceFunction(l.DistanceFunction),
		functional.Margin(l.Margin), functional.Swap(l.Swap), functional.Reduction(l.Reduction))
}
