package nn

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// call3 is call1 for three inputs.
//
//go:noinline
func (m *Module) call3(forward func(a, b, c *torch.Tensor) *torch.Tensor, a, b, c *torch.Tensor) *torch.Tensor {
	if !m.runsOwnHooks() {
		return forward(a, b, c)
	}
	return m.run(func(in []*torch.Tensor) []*torch.Tensor {
		return []*torch.Tensor{forward(in[0], in[1], in[2])}
	}, a, b, c)[0]
}

// BCELoss is the binary cross entropy of probabilities, Python's nn.BCELoss.
type BCELoss struct {
	Module
	Weight    *torch.Tensor // of each element, a buffer; or nil
	Reduction string        // "mean", "sum" or "none"
}

// A BCELossOption is an option of [NewBCELoss]: [Weight], [Reduction].
type BCELossOption interface{ bceLossOption() }

func (WeightOption) bceLossOption() {}
func (Reduction) bceLossOption()    {}

// NewBCELoss returns a new [BCELoss].
func NewBCELoss(opts ...BCELossOption) *BCELoss {
	l := &BCELoss{Reduction: "mean"}
	l.Init(l)
	var weight *torch.Tensor
	for _, o := range opts {
		switch o := o.(type) {
		case WeightOption:
			weight = o.tensor
		case Reduction:
			l.Reduction = string(o)
		}
	}
	l.RegisterBuffer("weight", weight)
	return l
}

// Forward returns the loss of the probabilities input against target, of the
// same shape.
func (l *BCELoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *BCELoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.BinaryCrossEntropy(input, target, functional.Weight(l.Weight), functional.Reduction(l.Reduction))
}

// BCEWithLogitsLoss is the binary cross entropy of logits, Python's
// nn.BCEWithLogitsLoss: a sigmoid and [BCELoss] in one.
type BCEWithLogitsLoss struct {
	Module
	Weight    *torch.Tensor // of each element, a buffer; or nil
	PosWeight *torch.Tensor // of positive targets, a buffer; or nil
	Reduction string        // "mean", "sum" or "none"
}

// A BCEWithLogitsLossOption is an option of [NewBCEWithLogitsLoss]: [Weight], [PosWeight], [Reduction].
type BCEWithLogitsLossOption interface{ bceWithLogitsLossOption() }

func (WeightOption) bceWithLogitsLossOption()    {}
func (PosWeightOption) bceWithLogitsLossOption() {}
func (Reduction) bceWithLogitsLossOption()       {}

// NewBCEWithLogitsLoss returns a new [BCEWithLogitsLoss].
func NewBCEWithLogitsLoss(opts ...BCEWithLogitsLossOption) *BCEWithLogitsLoss {
	l := &BCEWithLogitsLoss{Reduction: "mean"}
	l.Init(l)
	var weight *torch.Tensor
	var posWeight *torch.Tensor
	for _, o := range opts {
		switch o := o.(type) {
		case WeightOption:
			weight = o.tensor
		case PosWeightOption:
			posWeight = o.tensor
		case Reduction:
			l.Reduction = string(o)
		}
	}
	l.RegisterBuffer("weight", weight)
	l.RegisterBuffer("pos_weight", posWeight)
	return l
}

// Forward returns the loss of the logits input against target, of the same
// shape.
func (l *BCEWithLogitsLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *BCEWithLogitsLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.BinaryCrossEntropyWithLogits(input, target, functional.Weight(l.Weight), functional.PosWeight(l.PosWeight), functional.Reduction(l.Reduction))
}

// PoissonNLLLoss is the negative log likelihood of a Poisson distribution, Python's
// nn.PoissonNLLLoss.
type PoissonNLLLoss struct {
	Module
	LogInput  bool
	Full      bool
	Eps       float64
	Reduction string // "mean", "sum" or "none"
}

// A PoissonNLLLossOption is an option of [NewPoissonNLLLoss]: [LogInput], [Full], [Eps], [Reduction].
type PoissonNLLLossOption interface{ poissonNLLLossOption() }

func (LogInput) poissonNLLLossOption()  {}
func (Full) poissonNLLLossOption()      {}
func (Eps) poissonNLLLossOption()       {}
func (Reduction) poissonNLLLossOption() {}

// NewPoissonNLLLoss returns a new [PoissonNLLLoss].
func NewPoissonNLLLoss(opts ...PoissonNLLLossOption) *PoissonNLLLoss {
	l := &PoissonNLLLoss{LogInput: true, Eps: 1e-8, Reduction: "mean"}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case LogInput:
			l.LogInput = bool(o)
		case Full:
			l.Full = bool(o)
		case Eps:
			l.Eps = float64(o)
		case Reduction:
			l.Reduction = string(o)
		}
	}
	return l
}

// Forward returns the loss of input, the rates or their logarithms, against
// target, of the same shape.
func (l *PoissonNLLLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *PoissonNLLLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.PoissonNllLoss(input, target, functional.LogInput(l.LogInput), functional.Full(l.Full), functional.Eps(l.Eps), functional.Reduction(l.Reduction))
}

// GaussianNLLLoss is the negative log likelihood of a normal distribution, Python's
// nn.GaussianNLLLoss.
type GaussianNLLLoss struct {
	Module
	Full      bool
	Eps       float64
	Reduction string // "mean", "sum" or "none"
}

// A GaussianNLLLossOption is an option of [NewGaussianNLLLoss]: [Full], [Eps], [Reduction].
type GaussianNLLLossOption interface{ gaussianNLLLossOption() }

func (Full) gaussianNLLLossOption()      {}
func (Eps) gaussianNLLLossOption()       {}
func (Reduction) gaussianNLLLossOption() {}

// NewGaussianNLLLoss returns a new [GaussianNLLLoss].
func NewGaussianNLLLoss(opts ...GaussianNLLLossOption) *GaussianNLLLoss {
	l := &GaussianNLLLoss{Eps: 1e-6, Reduction: "mean"}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Full:
			l.Full = bool(o)
		case Eps:
			l.Eps = float64(o)
		case Reduction:
			l.Reduction = string(o)
		}
	}
	return l
}

// Forward returns the loss of the means input, with variances, against target.
func (l *GaussianNLLLoss) Forward(input, target, variance *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call3(l.forward, input, target, variance)
	}
	return l.forward(input, target, variance)
}

func (l *GaussianNLLLoss) forward(input, target, variance *torch.Tensor) *torch.Tensor {
	return functional.GaussianNllLoss(input, target, variance, functional.Full(l.Full), functional.Eps(l.Eps), functional.Reduction(l.Reduction))
}

// KLDivLoss is the Kullback-Leibler divergence, Python's nn.KLDivLoss.
type KLDivLoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
	LogTarget bool
}

// A KLDivLossOption is an option of [NewKLDivLoss]: [Reduction], [LogTarget].
type KLDivLossOption interface{ klDivLossOption() }

func (Reduction) klDivLossOption() {}
func (LogTarget) klDivLossOption() {}

// NewKLDivLoss returns a new [KLDivLoss].
func NewKLDivLoss(opts ...KLDivLossOption) *KLDivLoss {
	l := &KLDivLoss{Reduction: "mean"}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Reduction:
			l.Reduction = string(o)
		case LogTarget:
			l.LogTarget = bool(o)
		}
	}
	return l
}

// Forward returns the loss of the log probabilities input against target, of the
// same shape. [Reduction] may be "batchmean", too.
func (l *KLDivLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *KLDivLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.KlDiv(input, target, functional.Reduction(l.Reduction), functional.LogTarget(l.LogTarget))
}

// HingeEmbeddingLoss is small for similar pairs, Python's nn.HingeEmbeddingLoss.
type HingeEmbeddingLoss struct {
	Module
	Margin    float64
	Reduction string // "mean", "sum" or "none"
}

// A HingeEmbeddingLossOption is an option of [NewHingeEmbeddingLoss]: [Margin], [Reduction].
type HingeEmbeddingLossOption interface{ hingeEmbeddingLossOption() }

func (Margin) hingeEmbeddingLossOption()    {}
func (Reduction) hingeEmbeddingLossOption() {}

// NewHingeEmbeddingLoss returns a new [HingeEmbeddingLoss].
func NewHingeEmbeddingLoss(opts ...HingeEmbeddingLossOption) *HingeEmbeddingLoss {
	l := &HingeEmbeddingLoss{Margin: 1, Reduction: "mean"}
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

// Forward returns the loss of the distances input against target, 1 or -1.
func (l *HingeEmbeddingLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *HingeEmbeddingLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.HingeEmbeddingLoss(input, target, functional.Margin(l.Margin), functional.Reduction(l.Reduction))
}

// MultiLabelMarginLoss is a hinge loss of several classes, Python's
// nn.MultiLabelMarginLoss.
type MultiLabelMarginLoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
}

// A MultiLabelMarginLossOption is an option of [NewMultiLabelMarginLoss]: [Reduction].
type MultiLabelMarginLossOption interface{ multiLabelMarginLossOption() }

func (Reduction) multiLabelMarginLossOption() {}

// NewMultiLabelMarginLoss returns a new [MultiLabelMarginLoss].
func NewMultiLabelMarginLoss(opts ...MultiLabelMarginLossOption) *MultiLabelMarginLoss {
	l := &MultiLabelMarginLoss{Reduction: "mean"}
	l.Init(l)
	for _, o := range opts {
		l.Reduction = string(o.(Reduction))
	}
	return l
}

// Forward returns the loss of input, of shape (N, C) or (C), against target, the
// classes and then -1.
func (l *MultiLabelMarginLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *MultiLabelMarginLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.MultilabelMarginLoss(input, target, functional.Reduction(l.Reduction))
}

// SmoothL1Loss is quadratic below Beta and linear above, Python's nn.SmoothL1Loss.
type SmoothL1Loss struct {
	Module
	Reduction string // "mean", "sum" or "none"
	Beta      float64
}

// A SmoothL1LossOption is an option of [NewSmoothL1Loss]: [Reduction], [Beta].
type SmoothL1LossOption interface{ smoothL1LossOption() }

func (Reduction) smoothL1LossOption() {}
func (Beta) smoothL1LossOption()      {}

// NewSmoothL1Loss returns a new [SmoothL1Loss].
func NewSmoothL1Loss(opts ...SmoothL1LossOption) *SmoothL1Loss {
	l := &SmoothL1Loss{Reduction: "mean", Beta: 1}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Reduction:
			l.Reduction = string(o)
		case Beta:
			l.Beta = float64(o)
		}
	}
	return l
}

// Forward returns the loss of input against target, of the same shape.
func (l *SmoothL1Loss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *SmoothL1Loss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.SmoothL1Loss(input, target, functional.Reduction(l.Reduction), functional.Beta(l.Beta))
}

// HuberLoss is quadratic below Delta and linear above, Python's nn.HuberLoss.
type HuberLoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
	Delta     float64
}

// A HuberLossOption is an option of [NewHuberLoss]: [Reduction], [Delta].
type HuberLossOption interface{ huberLossOption() }

func (Reduction) huberLossOption() {}
func (Delta) huberLossOption()     {}

// NewHuberLoss returns a new [HuberLoss].
func NewHuberLoss(opts ...HuberLossOption) *HuberLoss {
	l := &HuberLoss{Reduction: "mean", Delta: 1}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Reduction:
			l.Reduction = string(o)
		case Delta:
			l.Delta = float64(o)
		}
	}
	return l
}

// Forward returns the loss of input against target, of the same shape.
func (l *HuberLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *HuberLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.HuberLoss(input, target, functional.Reduction(l.Reduction), functional.Delta(l.Delta))
}

// SoftMarginLoss is log(1 + exp(-y*x)), Python's nn.SoftMarginLoss.
type SoftMarginLoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
}

// A SoftMarginLossOption is an option of [NewSoftMarginLoss]: [Reduction].
type SoftMarginLossOption interface{ softMarginLossOption() }

func (Reduction) softMarginLossOption() {}

// NewSoftMarginLoss returns a new [SoftMarginLoss].
func NewSoftMarginLoss(opts ...SoftMarginLossOption) *SoftMarginLoss {
	l := &SoftMarginLoss{Reduction: "mean"}
	l.Init(l)
	for _, o := range opts {
		l.Reduction = string(o.(Reduction))
	}
	return l
}

// Forward returns the loss of input against target, 1 or -1, of the same shape.
func (l *SoftMarginLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *SoftMarginLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.SoftMarginLoss(input, target, functional.Reduction(l.Reduction))
}

// MultiLabelSoftMarginLoss is a binary cross entropy of each class, Python's
// nn.MultiLabelSoftMarginLoss.
type MultiLabelSoftMarginLoss struct {
	Module
	Weight    *torch.Tensor // of each class, a buffer; or nil
	Reduction string        // "mean", "sum" or "none"
}

// A MultiLabelSoftMarginLossOption is an option of [NewMultiLabelSoftMarginLoss]: [Weight], [Reduction].
type MultiLabelSoftMarginLossOption interface{ multiLabelSoftMarginLossOption() }

func (WeightOption) multiLabelSoftMarginLossOption() {}
func (Reduction) multiLabelSoftMarginLossOption()    {}

// NewMultiLabelSoftMarginLoss returns a new [MultiLabelSoftMarginLoss].
func NewMultiLabelSoftMarginLoss(opts ...MultiLabelSoftMarginLossOption) *MultiLabelSoftMarginLoss {
	l := &MultiLabelSoftMarginLoss{Reduction: "mean"}
	l.Init(l)
	var weight *torch.Tensor
	for _, o := range opts {
		switch o := o.(type) {
		case WeightOption:
			weight = o.tensor
		case Reduction:
			l.Reduction = string(o)
		}
	}
	l.RegisterBuffer("weight", weight)
	return l
}

// Forward returns the loss of the logits input, of shape (N, C), against target,
// 0 or 1, of the same shape.
func (l *MultiLabelSoftMarginLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *MultiLabelSoftMarginLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.MultilabelSoftMarginLoss(input, target, functional.Weight(l.Weight), functional.Reduction(l.Reduction))
}

// CosineEmbeddingLoss is small for vectors at a small angle, Python's
// nn.CosineEmbeddingLoss.
type CosineEmbeddingLoss struct {
	Module
	Margin    float64
	Reduction string // "mean", "sum" or "none"
}

// A CosineEmbeddingLossOption is an option of [NewCosineEmbeddingLoss]: [Margin], [Reduction].
type CosineEmbeddingLossOption interface{ cosineEmbeddingLossOption() }

func (Margin) cosineEmbeddingLossOption()    {}
func (Reduction) cosineEmbeddingLossOption() {}

// NewCosineEmbeddingLoss returns a new [CosineEmbeddingLoss].
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
type MarginRankingLoss struct {
	Module
	Margin    float64
	Reduction string // "mean", "sum" or "none"
}

// A MarginRankingLossOption is an option of [NewMarginRankingLoss]: [Margin], [Reduction].
type MarginRankingLossOption interface{ marginRankingLossOption() }

func (Margin) marginRankingLossOption()    {}
func (Reduction) marginRankingLossOption() {}

// NewMarginRankingLoss returns a new [MarginRankingLoss].
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

// MultiMarginLoss is a hinge loss of one class, Python's nn.MultiMarginLoss.
type MultiMarginLoss struct {
	Module
	Weight    *torch.Tensor // of each class, a buffer; or nil
	P         float64
	Margin    float64
	Reduction string // "mean", "sum" or "none"
}

// A MultiMarginLossOption is an option of [NewMultiMarginLoss]: [Weight], [P], [Margin], [Reduction].
type MultiMarginLossOption interface{ multiMarginLossOption() }

func (WeightOption) multiMarginLossOption() {}
func (P) multiMarginLossOption()            {}
func (Margin) multiMarginLossOption()       {}
func (Reduction) multiMarginLossOption()    {}

// NewMultiMarginLoss returns a new [MultiMarginLoss]. [P] other than 1 and 2 panics
// with a ValueError.
func NewMultiMarginLoss(opts ...MultiMarginLossOption) *MultiMarginLoss {
	l := &MultiMarginLoss{P: 1, Margin: 1, Reduction: "mean"}
	l.Init(l)
	var weight *torch.Tensor
	for _, o := range opts {
		switch o := o.(type) {
		case WeightOption:
			weight = o.tensor
		case P:
			l.P = float64(o)
		case Margin:
			l.Margin = float64(o)
		case Reduction:
			l.Reduction = string(o)
		}
	}
	if l.P != 1 && l.P != 2 {
		raise("ValueError", "only p == 1 and p == 2 supported")
	}
	if weight != nil && weight.Dim() != 1 {
		raise("ValueError", "MultiMarginLoss: expected weight to be None or 1D tensor, got %dD instead", weight.Dim())
	}
	l.RegisterBuffer("weight", weight)
	return l
}

// Forward returns the loss of input, of shape (N, C) or (C), against target, the
// classes.
func (l *MultiMarginLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *MultiMarginLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.MultiMarginLoss(input, target, functional.Weight(l.Weight), functional.P(l.P), functional.Margin(l.Margin), functional.Reduction(l.Reduction))
}

// TripletMarginLoss is small where an anchor is nearer to the positive example than to
// the negative one, Python's nn.TripletMarginLoss.
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

// NewTripletMarginLoss returns a new [TripletMarginLoss]. A margin that is not positive panics
// with a ValueError.
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

// NewTripletMarginWithDistanceLoss returns a new [TripletMarginWithDistanceLoss].
// A margin that is not positive panics with a ValueError.
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

// CTCLoss is the connectionist temporal classification loss, Python's nn.CTCLoss.
type CTCLoss struct {
	Module
	Blank        int64
	Reduction    string // "mean", "sum" or "none"
	ZeroInfinity bool
}

// A CTCLossOption is an option of [NewCTCLoss]: [Blank], [Reduction],
// [ZeroInfinity].
type CTCLossOption interface{ ctcLossOption() }

func (Blank) ctcLossOption()        {}
func (Reduction) ctcLossOption()    {}
func (ZeroInfinity) ctcLossOption() {}

// NewCTCLoss returns a new [CTCLoss].
func NewCTCLoss(opts ...CTCLossOption) *CTCLoss {
	l := &CTCLoss{Reduction: "mean"}
	for _, o := range opts {
		switch o := o.(type) {
		case Blank:
			l.Blank = int64(o)
		case Reduction:
			l.Reduction = string(o)
		case ZeroInfinity:
			l.ZeroInfinity = bool(o)
		}
	}
	l.Init(l)
	return l
}

// Forward returns the loss of log probabilities of shape (T, N, C) or (T, C)
// against targets of shape (N, S), or all in one vector. The lengths are those of
// the inputs and of the targets, vectors of integers.
func (l *CTCLoss) Forward(logProbs, targets, inputLengths, targetLengths *torch.Tensor) *torch.Tensor {
	in := []*torch.Tensor{logProbs, targets, inputLengths, targetLengths}
	if l.hooked() && l.runsOwnHooks() {
		return l.run(func(in []*torch.Tensor) []*torch.Tensor { return []*torch.Tensor{l.forward(in)} }, in...)[0]
	}
	return l.forward(in)
}

func (l *CTCLoss) forward(in []*torch.Tensor) *torch.Tensor {
	return functional.CtcLoss(in[0], in[1], in[2], in[3], functional.Blank(l.Blank), functional.Reduction(l.Reduction),
		functional.ZeroInfinity(l.ZeroInfinity))
}
