package nn

import (
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// CTCLoss is the connectionist temporal classification loss, Python's nn.CTCLoss.
//
// Log probabilities of shape (T, N, C) and targets of shape (N, S) give a
// number or, with [Reduction] "none", losses of shape (N).
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

// NewCTCLoss returns a new [CTCLoss]. The defaults are [Blank] 0, [Reduction]
// "mean" and [ZeroInfinity] false.
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
	if l.hooked() {
		return l.runOwn(func(in []*torch.Tensor) []*torch.Tensor { return []*torch.Tensor{l.forward(in)} }, in...)[0]
	}
	return l.forward(in)
}

// ForwardLengths is Forward with the lengths in slices, as they may be in tuples in
// Python.
func (l *CTCLoss) ForwardLengths(logProbs, targets *torch.Tensor, inputLengths, targetLengths []int64) *torch.Tensor {
	return l.Forward(logProbs, targets, torch.NewTensor(inputLengths, torch.CPU), torch.NewTensor(targetLengths, torch.CPU))
}

func (l *CTCLoss) forward(in []*torch.Tensor) *torch.Tensor {
	return functional.CtcLoss(in[0], in[1], in[2], in[3], functional.Blank(l.Blank), functional.Reduction(l.Reduction),
		functional.ZeroInfinity(l.ZeroInfinity))
}
