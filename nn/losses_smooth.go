package nn

import (
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// SmoothL1Loss is quadratic below Beta and linear above, Python's nn.SmoothL1Loss.
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Shapes that differ but broadcast are warned of; others
// panic with a RuntimeError.
type SmoothL1Loss struct {
	Module
	Reduction string // "mean", "sum" or "none"
	Beta      float64
}

// A SmoothL1LossOption is an option of [NewSmoothL1Loss]: [Reduction], [Beta].
type SmoothL1LossOption interface{ smoothL1LossOption() }

func (Reduction) smoothL1LossOption() {}
func (Beta) smoothL1LossOption()      {}

// NewSmoothL1Loss returns a new [SmoothL1Loss]. The defaults are [Reduction]
// "mean" and [Beta] 1.0.
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
//
// Input and target have one shape. The loss is a number or, with [Reduction]
// "none", of that shape. Shapes that differ but broadcast are warned of; others
// panic with a RuntimeError.
type HuberLoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
	Delta     float64
}

// A HuberLossOption is an option of [NewHuberLoss]: [Reduction], [Delta].
type HuberLossOption interface{ huberLossOption() }

func (Reduction) huberLossOption() {}
func (Delta) huberLossOption()     {}

// NewHuberLoss returns a new [HuberLoss]. The defaults are [Reduction] "mean"
// and [Delta] 1.0.
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
