package functional

import (
	"strings"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// NllLoss returns the negative log likelihood of target, the indices of the
// classes, given the log probabilities input of shape (N, C), (C) or (N, C, d1,
// ...). Python's F.nll_loss.
func NllLoss(input, target *torch.Tensor, opts ...NllLossOption) *torch.Tensor {
	a := readNllLoss(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce)
	return torch.NllLossNd(input, target, torch.Weight(a.weight), r.enum(), torch.IgnoreIndex(a.ignoreIndex))
}

// CrossEntropy returns the cross entropy between the logits input, of shape
// (N, C), (C) or (N, C, d1, ...), and target: indices of classes, or
// probabilities in the shape of input. Python's F.cross_entropy.
func CrossEntropy(input, target *torch.Tensor, opts ...CrossEntropyOption) *torch.Tensor {
	a := readCrossEntropy(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce)
	return torch.CrossEntropyLoss(input, target, torch.Weight(a.weight), r.enum(), torch.IgnoreIndex(a.ignoreIndex),
		torch.LabelSmoothing(a.labelSmoothing))
}

// BinaryCrossEntropy returns the binary cross entropy between the probabilities
// input and target, of the same shape. Python's F.binary_cross_entropy. [Weight]
// is broadcast to that shape.
func BinaryCrossEntropy(input, target *torch.Tensor, opts ...BinaryCrossEntropyOption) *torch.Tensor {
	a := readBinaryCrossEntropy(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce).enum()
	if !torch.IsSameSize(target, input) {
		raise("ValueError", "Using a target size (%s) that is different to the input size (%s) is deprecated. "+
			"Please ensure they have the same size.", pytext.Size(target.Shape()), pytext.Size(input.Shape()))
	}
	if a.weight == nil {
		return torch.BinaryCrossEntropy(input, target, r)
	}
	weight := a.weight.Expand(commonShape(target, a.weight)...)
	defer weight.Close()
	return torch.BinaryCrossEntropy(input, target, r, torch.Weight(weight))
}

// commonShape is the shape that two tensors are broadcast to.
func commonShape(a, b *torch.Tensor) (shape []int64) {
	err := torch.Try(func() { shape = torch.BroadcastShapes(a.Shape(), b.Shape()) })
	if e, failed := err.(*torch.Error); failed {
		raise(e.Kind, "%s", strings.Replace(e.Message, pytext.Tuple(b.Shape()), pytext.Size(b.Shape()), 1))
	}
	return shape
}

// BinaryCrossEntropyWithLogits is [BinaryCrossEntropy] of sigmoid(input),
// computed more exactly. [PosWeight] weights positive examples. Python's
// F.binary_cross_entropy_with_logits.
func BinaryCrossEntropyWithLogits(input, target *torch.Tensor, opts ...BinaryCrossEntropyWithLogitsOption) *torch.Tensor {
	a := readBinaryCrossEntropyWithLogits(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce).enum()
	if !torch.IsSameSize(target, input) {
		raise("ValueError", "Target size (%s) must be the same as input size (%s)", pytext.Size(target.Shape()),
			pytext.Size(input.Shape()))
	}
	return torch.BinaryCrossEntropyWithLogits(input, target, torch.Weight(a.weight), torch.PosWeight(a.posWeight), r)
}

// CtcLoss returns the connectionist temporal classification loss of logProbs, of
// shape (T, N, C) or (T, C), and the sequences targets, of shape (N, S) or one
// after the other. Python's F.ctc_loss.
func CtcLoss(logProbs, targets, inputLengths, targetLengths *torch.Tensor, opts ...CtcLossOption) *torch.Tensor {
	a := readCtcLoss(opts)
	return torch.CtcLoss(logProbs, targets, inputLengths, targetLengths, torch.Blank(a.blank), a.reduction.enum(),
		torch.ZeroInfinity(a.zeroInfinity))
}

// CtcLossLengths is [CtcLoss] with the lengths in slices, as they may be in tuples
// in Python.
func CtcLossLengths(logProbs, targets *torch.Tensor, inputLengths, targetLengths []int64, opts ...CtcLossOption) *torch.Tensor {
	a := readCtcLoss(opts)
	return torch.CtcLoss(logProbs, targets, inputLengths, targetLengths, torch.Blank(a.blank), a.reduction.enum(),
		torch.ZeroInfinity(a.zeroInfinity))
}

// MultilabelMarginLoss returns the hinge loss of each example's classes, target
// being their indices up to the first -1. Python's F.multilabel_margin_loss.
func MultilabelMarginLoss(input, target *torch.Tensor, opts ...MarginLossOption) *torch.Tensor {
	a := readMarginLoss(opts)
	return torch.MultilabelMarginLoss(input, target, a.reduction.or(a.sizeAverage, a.reduce).enum())
}

// SoftMarginLoss returns the mean of log(1 + exp(-target * input)), for targets
// of 1 and -1. Python's F.soft_margin_loss.
func SoftMarginLoss(input, target *torch.Tensor, opts ...MarginLossOption) *torch.Tensor {
	a := readMarginLoss(opts)
	return torch.SoftMarginLoss(input, target, a.reduction.or(a.sizeAverage, a.reduce).enum())
}

// MultilabelSoftMarginLoss returns the mean binary cross entropy of all classes,
// for logits input and targets of 0 and 1 of shape (N, C). Python's
// F.multilabel_soft_margin_loss.
func MultilabelSoftMarginLoss(input, target *torch.Tensor, opts ...MultilabelSoftMarginLossOption) *torch.Tensor {
	a := readMultilabelSoftMarginLoss(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce)
	return torch.ScopeValue(func() *torch.Tensor {
		loss := target.Mul(Logsigmoid(input)).Add(torch.Rsub(target, 1).Mul(Logsigmoid(input.Neg()))).Neg()
		if a.weight != nil {
			loss = loss.Mul(a.weight)
		}
		dim := input.Dim() - 1
		loss = loss.Sum(torch.Dim(dim)).Div(input.Size(dim))
		return r.of(loss, r.refuse)
	})
}

// MultiMarginLoss returns the hinge loss between the scores input, of shape (N,
// C), and the indices of the classes target, to the power [P] of 1 or 2. Python's
// F.multi_margin_loss.
func MultiMarginLoss(input, target *torch.Tensor, opts ...MultiMarginLossOption) *torch.Tensor {
	a := readMultiMarginLoss(opts)
	r := a.reduction.or(a.sizeAverage, a.reduce).enum()
	if a.p != 1 && a.p != 2 {
		raise("ValueError", "only p == 1 and p == 2 supported")
	}
	if a.weight != nil && a.weight.Dim() != 1 {
		raise("ValueError", "weight must be one-dimensional")
	}
	return torch.MultiMarginLoss(input, target, torch.P(a.p), torch.Margin(a.margin), torch.Weight(a.weight), r)
}
