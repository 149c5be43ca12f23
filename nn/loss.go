package nn

import (
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// MSELoss is the mean squared error, Python's nn.MSELoss.
type MSELoss struct {
	Module
	Reduction string // "mean", "sum" or "none"
}

// An MSELossOption is an option of [NewMSELoss]: [Reduction].
type MSELossOption interface{ mseLossOption() }

func (Reduction) mseLossOption() {}

// NewMSELoss returns a new [MSELoss].
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
