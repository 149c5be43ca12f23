package nn

import (
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// BCELoss is the binary cross entropy of probabilities, Python's nn.BCELoss.
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Another shape panics with a ValueError, input outside
// [0, 1] with a RuntimeError.
type BCELoss struct {
	Module
	Weight    *torch.Tensor // of each element, a buffer; or nil
	Reduction string        // "mean", "sum" or "none"
}

// A BCELossOption is an option of [NewBCELoss]: [Weight], [Reduction].
type BCELossOption interface{ bceLossOption() }

func (WeightOption) bceLossOption() {}
func (Reduction) bceLossOption()    {}

// NewBCELoss returns a new [BCELoss]. The default of [Reduction] is "mean".
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
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Another shape panics with a ValueError.
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

// NewBCEWithLogitsLoss returns a new [BCEWithLogitsLoss]. The default of
// [Reduction] is "mean".
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
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Shapes that do not broadcast panic with a
// RuntimeError.
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

// NewPoissonNLLLoss returns a new [PoissonNLLLoss]. The defaults are [LogInput]
// true, [Full] false, [Eps] 1e-8 and [Reduction] "mean".
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
//
// Input and target have one shape, the variances that or one for each example.
// The loss is a number or, with [Reduction] "none", of that shape. Variances of
// another shape, or negative ones, panic with a ValueError.
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

// NewGaussianNLLLoss returns a new [GaussianNLLLoss]. The defaults are [Full]
// false, [Eps] 1e-6 and [Reduction] "mean".
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
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Shapes that do not broadcast panic with a
// RuntimeError.
type KLDivLoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
	LogTarget bool
}

// A KLDivLossOption is an option of [NewKLDivLoss]: [Reduction], [LogTarget].
type KLDivLossOption interface{ klDivLossOption() }

func (Reduction) klDivLossOption() {}
func (LogTarget) klDivLossOption() {}

// NewKLDivLoss returns a new [KLDivLoss]. The defaults are [Reduction] "mean"
// and [LogTarget] false.
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
