package nn

import (
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// HingeEmbeddingLoss is small for similar pairs, Python's nn.HingeEmbeddingLoss.
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Shapes that do not broadcast panic with a
// RuntimeError.
type HingeEmbeddingLoss struct {
	Module
	Margin    float64
	Reduction string // "mean", "sum" or "none"
}

// A HingeEmbeddingLossOption is an option of [NewHingeEmbeddingLoss]: [Margin], [Reduction].
type HingeEmbeddingLossOption interface{ hingeEmbeddingLossOption() }

func (Margin) hingeEmbeddingLossOption()    {}
func (Reduction) hingeEmbeddingLossOption() {}

// NewHingeEmbeddingLoss returns a new [HingeEmbeddingLoss]. The defaults are
// [Margin] 1.0 and [Reduction] "mean".
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
//
// Input and target have one shape, (N, C) or (C). The loss is a number or, with
// [Reduction] "none", of shape (N) or (). Another shape panics with a
// RuntimeError.
type MultiLabelMarginLoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
}

// A MultiLabelMarginLossOption is an option of [NewMultiLabelMarginLoss]: [Reduction].
type MultiLabelMarginLossOption interface{ multiLabelMarginLossOption() }

func (Reduction) multiLabelMarginLossOption() {}

// NewMultiLabelMarginLoss returns a new [MultiLabelMarginLoss]. The default of
// [Reduction] is "mean".
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

// SoftMarginLoss is log(1 + exp(-y*x)), Python's nn.SoftMarginLoss.
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Shapes that do not broadcast panic with a
// RuntimeError.
type SoftMarginLoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
}

// A SoftMarginLossOption is an option of [NewSoftMarginLoss]: [Reduction].
type SoftMarginLossOption interface{ softMarginLossOption() }

func (Reduction) softMarginLossOption() {}

// NewSoftMarginLoss returns a new [SoftMarginLoss]. The default of [Reduction]
// is "mean".
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
//
// Input and target have one shape, (N, C) or (C). The loss is a number or, with
// [Reduction] "none", of shape (N) or (). Shapes that do not broadcast panic
// with a RuntimeError.
type MultiLabelSoftMarginLoss struct {
	Module
	Weight    *torch.Tensor // of each class, a buffer; or nil
	Reduction string        // "mean", "sum" or "none"
}

// A MultiLabelSoftMarginLossOption is an option of [NewMultiLabelSoftMarginLoss]: [Weight], [Reduction].
type MultiLabelSoftMarginLossOption interface{ multiLabelSoftMarginLossOption() }

func (WeightOption) multiLabelSoftMarginLossOption() {}
func (Reduction) multiLabelSoftMarginLossOption()    {}

// NewMultiLabelSoftMarginLoss returns a new [MultiLabelSoftMarginLoss]. The
// default of [Reduction] is "mean".
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

// MultiMarginLoss is a hinge loss of one class, Python's nn.MultiMarginLoss.
//
// Input has shape (N, C) or (C), target (N) or (). The loss is a number or,
// with [Reduction] "none", of the latter. A class outside panics with a
// RuntimeError.
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

// NewMultiMarginLoss returns a new [MultiMarginLoss]. [P] other than 1 and 2
// panics with a ValueError. The defaults are [P] 1, [Margin] 1.0 and
// [Reduction] "mean".
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
