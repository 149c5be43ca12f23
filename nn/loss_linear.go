package nn

import (
	"fmt"
	"slices"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// An OutFeaturesOption is the option that [OutFeatures] returns.
type OutFeaturesOption struct{ sizes []int64 }

// OutFeatures are the sizes of further dimensions of [LinearCrossEntropyLoss]. By
// default there are none.
func OutFeatures(sizes ...int64) OutFeaturesOption { return OutFeaturesOption{sizes} }

// LinearCrossEntropyOptions have the loss computed in chunks, which takes less
// memory. Python's nn.LinearCrossEntropyOptions.
type LinearCrossEntropyOptions = functional.LinearCrossEntropyOptions

// A LinearCrossEntropyLossOption is an option of [NewLinearCrossEntropyLoss]:
// [OutFeatures], [Bias] (false by default), [Reduction], [Weight], [IgnoreIndex],
// [LabelSmoothing], [LinearCrossEntropyOptions], a [torch.DType], a
// [torch.Device].
type LinearCrossEntropyLossOption interface{ LinearCrossEntropyLossOption(option.Marker) }

// LinearCrossEntropyLossOption makes OutFeaturesOption an option of
// [NewLinearCrossEntropyLoss].
func (OutFeaturesOption) LinearCrossEntropyLossOption(option.Marker) {}

// LinearCrossEntropyLossOption makes Bias an option of [NewLinearCrossEntropyLoss].
func (Bias) LinearCrossEntropyLossOption(option.Marker) {}

// LinearCrossEntropyLossOption makes Reduction an option of
// [NewLinearCrossEntropyLoss].
func (Reduction) LinearCrossEntropyLossOption(option.Marker) {}

// LinearCrossEntropyLossOption makes WeightOption an option of
// [NewLinearCrossEntropyLoss].
func (WeightOption) LinearCrossEntropyLossOption(option.Marker) {}

// LinearCrossEntropyLossOption makes IgnoreIndex an option of
// [NewLinearCrossEntropyLoss].
func (IgnoreIndex) LinearCrossEntropyLossOption(option.Marker) {}

// LinearCrossEntropyLossOption makes LabelSmoothing an option of
// [NewLinearCrossEntropyLoss].
func (LabelSmoothing) LinearCrossEntropyLossOption(option.Marker) {}

// LinearCrossEntropyLoss is a [Linear] layer and the [CrossEntropyLoss] of its
// output, Python's nn.LinearCrossEntropyLoss.
type LinearCrossEntropyLoss struct {
	Module
	NumClasses     int64
	OutFeatures    []int64
	Weight         *torch.Tensor // of each class, a buffer; or nil
	Reduction      string        // "mean", "sum" or "none"
	IgnoreIndex    *int64        // nil: -100, unless targets are probabilities
	LabelSmoothing float64
	Options        *LinearCrossEntropyOptions // nil: the whole batch at once
	Linear         *Linear
}

// NewLinearCrossEntropyLoss returns a new [LinearCrossEntropyLoss]. A weight of
// another shape than (numClasses), and a label smoothing outside of 0 to 1,
// panic with a RuntimeError. The defaults are [Bias] false, [Reduction] "mean"
// and [LabelSmoothing] 0.0.
func NewLinearCrossEntropyLoss(inFeatures, numClasses int64, opts ...LinearCrossEntropyLossOption) *LinearCrossEntropyLoss {
	l := &LinearCrossEntropyLoss{NumClasses: numClasses, Reduction: "mean"}
	weight, bias, f := (*torch.Tensor)(nil), Bias(false), factory{}
	for _, o := range opts {
		switch o := o.(type) {
		case OutFeaturesOption:
			l.OutFeatures = o.sizes
		case Bias:
			bias = o
		case Reduction:
			l.Reduction = string(o)
		case WeightOption:
			weight = o.tensor
		case IgnoreIndex:
			l.IgnoreIndex = (*int64)(&o)
		case LabelSmoothing:
			l.LabelSmoothing = float64(o)
		case LinearCrossEntropyOptions:
			o.Check()
			l.Options = &o
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
	if weight != nil && !slices.Equal(weight.Shape(), []int64{numClasses}) {
		raise("RuntimeError", "expected weight shape to be (%d,), got %s", numClasses, pytext.Tuple(weight.Shape()))
	}
	if l.LabelSmoothing < 0 || l.LabelSmoothing > 1 {
		raise("RuntimeError", "expected label_smoothing to be in range [0, 1], got %s", pytext.Float(l.LabelSmoothing))
	}
	l.Init(l)
	l.RegisterBuffer("weight", weight)
	rows := numClasses
	for _, size := range l.OutFeatures {
		rows *= size
	}
	l.Linear = NewLinear(inFeatures, rows, bias, f.dtype, f.device)
	return l
}

// Forward returns the loss of input, of shape (N, in) or (in), against target: the
// classes' indices, of shape (N, OutFeatures...) or (), or probabilities of shape
// (N, NumClasses, OutFeatures...) or (NumClasses).
func (l *LinearCrossEntropyLoss) Forward(input, target *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input, target)
	}
	return l.forward(input, target)
}

func (l *LinearCrossEntropyLoss) forward(input, target *torch.Tensor) *torch.Tensor {
	shape := append([]int64{l.NumClasses}, l.OutFeatures...)
	opts := []functional.LinearCrossEntropyOption{functional.Weight(l.Weight), functional.Reduction(l.Reduction),
		functional.LabelSmoothing(l.LabelSmoothing)}
	if l.Linear.Bias != nil {
		opts = append(opts, functional.LinearBias(l.Linear.Bias.Reshape(shape...)))
	}
	if l.IgnoreIndex != nil {
		opts = append(opts, functional.IgnoreIndex(*l.IgnoreIndex))
	}
	if l.Options != nil {
		opts = append(opts, *l.Options)
	}
	return functional.LinearCrossEntropy(input, l.Linear.Weight.Reshape(append(shape, l.Linear.InFeatures)...), target, opts...)
}

// ExtraRepr returns the arguments.
func (l *LinearCrossEntropyLoss) ExtraRepr() string {
	ignore := "None"
	if l.IgnoreIndex != nil {
		ignore = fmt.Sprint(*l.IgnoreIndex)
	}
	options := "None"
	if l.Options != nil {
		options = l.Options.String()
	}
	return fmt.Sprintf("in_features=%d, num_classes=%d, out_features=%s, bias=%s, reduction=%s, ignore_index=%s, label_smoothing=%s, options=%s",
		l.Linear.InFeatures, l.NumClasses, pytext.Tuple(l.OutFeatures), pytext.Bool(l.Linear.Bias != nil), l.Reduction, ignore,
		pytext.Float(l.LabelSmoothing), options)
}
