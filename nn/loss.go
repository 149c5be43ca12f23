package nn

import (
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// MSELoss is the mean squared error, Python's nn.MSELoss.
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Shapes that differ but broadcast are warned of; others
// panic with a RuntimeError.
type MSELoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
}

// An MSELossOption is an option of [NewMSELoss]: [Reduction].
type MSELossOption interface{ mseLossOption() }

func (Reduction) mseLossOption() {}

// NewMSELoss returns a new [MSELoss]. The default of [Reduction] is "mean".
func NewMSELoss(opts ...MSELossOption) *MSELoss {
	l := &MSELoss{Reduction: "mean"}
	for _, o := range opts {
		l.Reduction = string(o.(Reduction))
	}
	l.Init(l)
	return l
}

// Forward returns the loss of input, of any shape, against target, which
// should have the same; if not, they are broadcast, with a warning. The result
// has no dimensions, or with the reduction "none" the shape of input.
func (l *MSELoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *MSELoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.MseLoss(input, target, functional.Reduction(l.Reduction))
}

// L1Loss is the mean absolute error, Python's nn.L1Loss.
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Shapes that differ but broadcast are warned of; others
// panic with a RuntimeError.
type L1Loss struct {
	Module
	Reduction string // "mean", "sum" or "none"
}

// An L1LossOption is an option of [NewL1Loss]: [Reduction].
type L1LossOption interface{ l1LossOption() }

func (Reduction) l1LossOption() {}

// NewL1Loss returns a new [L1Loss]. The default of [Reduction] is "mean".
func NewL1Loss(opts ...L1LossOption) *L1Loss {
	l := &L1Loss{Reduction: "mean"}
	for _, o := range opts {
		l.Reduction = string(o.(Reduction))
	}
	l.Init(l)
	return l
}

// Forward returns the loss of input, of any shape, against target, which
// should have the same; if not, they are broadcast, with a warning. The result
// has no dimensions, or with the reduction "none" the shape of input.
func (l *L1Loss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *L1Loss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.L1Loss(input, target, functional.Reduction(l.Reduction))
}

// NLLLoss is the negative log likelihood of classes, Python's nn.NLLLoss. Its
// input are log probabilities, such as [LogSoftmax] gives.
//
// Input of shape (N, C, *) or (C) and classes of shape (N, *) or () give a
// number or, with [Reduction] "none", a loss for each class. A class outside
// panics with an IndexError, another N with a ValueError.
type NLLLoss struct {
	Module
	Weight      *torch.Tensor // of each class, a buffer; or nil
	IgnoreIndex int64
	Reduction   string // "mean", "sum" or "none"
}

// An NLLLossOption is an option of [NewNLLLoss]: [Weight], [IgnoreIndex],
// [Reduction].
type NLLLossOption interface{ nllLossOption() }

func (WeightOption) nllLossOption() {}
func (IgnoreIndex) nllLossOption()  {}
func (Reduction) nllLossOption()    {}

// NewNLLLoss returns a new [NLLLoss]. The defaults are [IgnoreIndex] -100 and
// [Reduction] "mean".
func NewNLLLoss(opts ...NLLLossOption) *NLLLoss {
	l := &NLLLoss{IgnoreIndex: -100, Reduction: "mean"}
	l.Init(l)
	var weight *torch.Tensor
	for _, o := range opts {
		switch o := o.(type) {
		case WeightOption:
			weight = o.tensor
		case IgnoreIndex:
			l.IgnoreIndex = int64(o)
		case Reduction:
			l.Reduction = string(o)
		}
	}
	l.RegisterBuffer("weight", weight)
	return l
}

// Forward returns the loss of input, of shape (N, C), (C) or (N, C, d1, ...),
// against target, the classes' indices, of shape (N), () or (N, d1, ...). The
// result has no dimensions, or with the reduction "none" the shape of target.
func (l *NLLLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *NLLLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.NllLoss(input, target, functional.Weight(l.Weight), functional.IgnoreIndex(l.IgnoreIndex),
		functional.Reduction(l.Reduction))
}

// CrossEntropyLoss is the cross entropy between logits and classes, Python's
// nn.CrossEntropyLoss: [LogSoftmax] and [NLLLoss] in one.
//
// Input of shape (N, C, *) or (C) and classes of shape (N, *) or () give a
// number or, with [Reduction] "none", a loss for each class. The target may
// also be probabilities, in the shape of input. A class outside panics with an
// IndexError, another N with a ValueError.
type CrossEntropyLoss struct {
	Module
	Weight         *torch.Tensor // of each class, a buffer; or nil
	IgnoreIndex    int64
	Reduction      string // "mean", "sum" or "none"
	LabelSmoothing float64
}

// A CrossEntropyLossOption is an option of [NewCrossEntropyLoss]: [Weight],
// [IgnoreIndex], [Reduction], [LabelSmoothing].
type CrossEntropyLossOption interface{ crossEntropyLossOption() }

func (WeightOption) crossEntropyLossOption()   {}
func (IgnoreIndex) crossEntropyLossOption()    {}
func (Reduction) crossEntropyLossOption()      {}
func (LabelSmoothing) crossEntropyLossOption() {}

// NewCrossEntropyLoss returns a new [CrossEntropyLoss]. The defaults are
// [IgnoreIndex] -100, [Reduction] "mean" and [LabelSmoothing] 0.0.
func NewCrossEntropyLoss(opts ...CrossEntropyLossOption) *CrossEntropyLoss {
	l := &CrossEntropyLoss{IgnoreIndex: -100, Reduction: "mean"}
	l.Init(l)
	var weight *torch.Tensor
	for _, o := range opts {
		switch o := o.(type) {
		case WeightOption:
			weight = o.tensor
		case IgnoreIndex:
			l.IgnoreIndex = int64(o)
		case Reduction:
			l.Reduction = string(o)
		case LabelSmoothing:
			l.LabelSmoothing = float64(o)
		}
	}
	l.RegisterBuffer("weight", weight)
	return l
}

// Forward returns the loss of the logits input, of shape (N, C), (C) or
// (N, C, d1, ...), against target: the classes' indices, of shape (N), () or
// (N, d1, ...), or probabilities in the shape of input. The result has no
// dimensions, or with the reduction "none" the shape of the indices.
func (l *CrossEntropyLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *CrossEntropyLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	return functional.CrossEntropy(input, target, functional.Weight(l.Weight), functional.IgnoreIndex(l.IgnoreIndex),
		functional.Reduction(l.Reduction), functional.LabelSmoothing(l.LabelSmoothing))
}
