package nn

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// DivValue divides the size of each further cluster of
// [AdaptiveLogSoftmaxWithLoss]. Its default is 4.
type DivValue float64

// HeadBias says whether the head of [AdaptiveLogSoftmaxWithLoss] has a bias. Its
// default is false.
type HeadBias bool

// An AdaptiveLogSoftmaxOption is an option of [NewAdaptiveLogSoftmaxWithLoss]:
// [DivValue], [HeadBias], a [torch.DType], a [torch.Device].
type AdaptiveLogSoftmaxOption interface{ AdaptiveLogSoftmaxOption(option.Marker) }

// AdaptiveLogSoftmaxOption makes DivValue an option of
// [NewAdaptiveLogSoftmaxWithLoss].
func (DivValue) AdaptiveLogSoftmaxOption(option.Marker) {}

// AdaptiveLogSoftmaxOption makes HeadBias an option of
// [NewAdaptiveLogSoftmaxWithLoss].
func (HeadBias) AdaptiveLogSoftmaxOption(option.Marker) {}

// AdaptiveLogSoftmaxWithLoss is a softmax over many classes, in clusters of which
// the first, of the most frequent classes, is the largest in features: Python's
// nn.AdaptiveLogSoftmaxWithLoss. Classes must be sorted by their frequency.
type AdaptiveLogSoftmaxWithLoss struct {
	Module
	InFeatures, NClasses int64
	Cutoffs              []int64 // with NClasses at the end
	DivValue             float64
	HeadBias             bool
	Head                 *Linear
	Tail                 *ModuleList[*Sequential]
}

// NewAdaptiveLogSoftmaxWithLoss returns a new [AdaptiveLogSoftmaxWithLoss]. A
// cutoff is the first class of a further cluster. Cutoffs that do not ascend
// from 1 to nClasses-1 panic with a ValueError. The defaults are [DivValue] 4.0
// and [HeadBias] false.
func NewAdaptiveLogSoftmaxWithLoss(inFeatures, nClasses int64, cutoffs []int64, opts ...AdaptiveLogSoftmaxOption) *AdaptiveLogSoftmaxWithLoss {
	l, f := &AdaptiveLogSoftmaxWithLoss{InFeatures: inFeatures, NClasses: nClasses, DivValue: 4}, factory{}
	for _, o := range opts {
		switch o := o.(type) {
		case DivValue:
			l.DivValue = float64(o)
		case HeadBias:
			l.HeadBias = bool(o)
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
	checkCutoffs(cutoffs, nClasses)
	l.Cutoffs = append(slices.Clone(cutoffs), nClasses)
	l.Init(l)
	l.Head = NewLinear(inFeatures, l.shortlist()+int64(len(cutoffs)), Bias(l.HeadBias), f.dtype, f.device)
	l.Tail = NewModuleList[*Sequential]()
	for i := range cutoffs {
		size := int64(floorDivide(float64(inFeatures), math.Pow(l.DivValue, float64(i+1))))
		l.Tail.Append(NewSequential(NewLinear(inFeatures, size, Bias(false), f.dtype, f.device),
			NewLinear(size, l.Cutoffs[i+1]-l.Cutoffs[i], Bias(false), f.dtype, f.device)))
	}
	return l
}

func checkCutoffs(cutoffs []int64, nClasses int64) {
	if len(cutoffs) == 0 {
		raise("ValueError", "cutoffs should be a sequence of length larger than 0")
	}
	before := int64(0)
	for _, c := range cutoffs {
		if c <= before || c > nClasses-1 {
			raise("ValueError", "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value "+
				"is between 1 and n_classes-1")
		}
		before = c
	}
}

// floorDivide is Python's a // b of positive numbers.
func floorDivide(a, b float64) float64 { return math.Round((a - math.Mod(a, b)) / b) }

// shortlist is the number of classes in the first cluster.
func (l *AdaptiveLogSoftmaxWithLoss) shortlist() int64 { return l.Cutoffs[0] }

// ResetParameters draws the parameters anew.
func (l *AdaptiveLogSoftmaxWithLoss) ResetParameters() {
	l.Head.ResetParameters()
	for _, cluster := range l.Tail.All() {
		for _, layer := range cluster.All() {
			layer.(*Linear).ResetParameters()
		}
	}
}

// Forward returns the log probability of each target, and the negative of their
// mean, the loss: for input of shape (N, InFeatures) and target of (N), or of
// (InFeatures) and (). Targets that are no classes panic with a RuntimeError.
func (l *AdaptiveLogSoftmaxWithLoss) Forward(input, target *torch.Tensor) (output, loss *torch.Tensor) {
	if !l.hooked() {
		return l.forward(input, target)
	}
	outputs := l.runOwn(func(in []*torch.Tensor) []*torch.Tensor {
		output, loss := l.forward(in[0], in[1])
		return []*torch.Tensor{output, loss}
	}, input, target)
	return outputs[0], outputs[1]
}

func (l *AdaptiveLogSoftmaxWithLoss) forward(input, target *torch.Tensor) (output, loss *torch.Tensor) {
	checkAdaptive(input, target)
	batched := target.Dim() > 0
	if !batched {
		input, target = input.Unsqueeze(0), target.Unsqueeze(0)
	}
	output, places := l.clusters(input, target)
	head := functional.LogSoftmax(l.Head.Forward(input), 1)
	output.Add_(head.Gather(1, places.Unsqueeze(1)).Squeeze())
	loss = output.Neg().Mean()
	if !batched {
		output = output.Squeeze(torch.Dim(0))
	}
	return output, loss
}

func checkAdaptive(input, target *torch.Tensor) {
	switch target.Dim() {
	case 0, 1:
	default:
		raise("RuntimeError", "0D or 1D target tensor expected, multi-target not supported")
	}
	dim := target.Dim()
	if dim == 1 && input.Size(0) != target.Size(0) {
		raise("RuntimeError", "Input and target should have the same size in the batch dimension.")
	}
	if input.Dim() != dim+1 {
		raise("RuntimeError", "%dD target tensor expects %dD input tensors, but found inputs with size %s", dim, dim+1, pytext.Size(input.Shape()))
	}
}

// clusters returns the log probability of each target within its cluster, 0 in the
// first, and where in the head the target or its cluster is.
func (l *AdaptiveLogSoftmaxWithLoss) clusters(input, target *torch.Tensor) (output, places *torch.Tensor) {
	batch, used, low := target.Size(0), int64(0), int64(0)
	output, places = input.NewZeros([]int64{batch}), target.NewEmpty([]int64{batch})
	for i, high := range l.Cutoffs {
		mask := target.Ge(low).BitwiseAnd(target.Lt(high))
		rows := mask.Nonzero().Squeeze()
		if n := rows.Numel(); n > 0 {
			used += n
			l.cluster(i, rows, target.Index(mask).Sub(low), input, output, places)
		}
		low = high
	}
	if used != batch {
		raise("RuntimeError", "Target values should be in [0, %d], but values in range [%d, %d] were found. ", l.NClasses-1,
			torch.ItemOf[int64](target.Min()), torch.ItemOf[int64](target.Max()))
	}
	return output, places
}

// cluster fills in the rows whose targets are in a cluster, relative to its start.
func (l *AdaptiveLogSoftmaxWithLoss) cluster(i int, rows, relative, input, output, places *torch.Tensor) {
	if i == 0 {
		places.IndexCopy_(0, rows, relative)
		return
	}
	places.IndexFill_(0, rows, l.shortlist()+int64(i)-1)
	logits := l.Tail.At(i - 1).Forward(input.IndexSelect(0, rows))
	local := functional.LogSoftmax(logits, 1).Gather(1, relative.Unsqueeze(1))
	output.IndexCopy_(0, rows, local.Squeeze(torch.Dim(1)))
}

// LogProb returns the log probabilities of all classes, of shape (N, NClasses), for
// input of shape (N, InFeatures).
func (l *AdaptiveLogSoftmaxWithLoss) LogProb(input *torch.Tensor) *torch.Tensor {
	return l.fullLogProb(input, l.Head.Forward(input))
}

func (l *AdaptiveLogSoftmaxWithLoss) fullLogProb(input, head *torch.Tensor) *torch.Tensor {
	out := input.NewEmpty([]int64{head.Size(0), l.NClasses})
	head = functional.LogSoftmax(head, 1)
	first := torch.Slice(nil, l.shortlist())
	out.IndexPut_(head.Index(torch.Slice(nil, nil), first), torch.Slice(nil, nil), first)
	for i, cluster := range l.Tail.All() {
		local := functional.LogSoftmax(cluster.Forward(input), 1)
		whole := local.Add(head.Select(1, l.shortlist()+int64(i)).Unsqueeze(1))
		out.IndexPut_(whole, torch.Slice(nil, nil), torch.Slice(l.Cutoffs[i], l.Cutoffs[i+1]))
	}
	return out
}

// Predict returns the most probable class of each row, of shape (N), for input of
// shape (N, InFeatures).
func (l *AdaptiveLogSoftmaxWithLoss) Predict(input *torch.Tensor) *torch.Tensor {
	head := l.Head.Forward(input)
	output := head.Argmax(torch.Dim(1))
	further := output.Ge(l.shortlist())
	switch {
	case !torch.ItemOf[bool](further.Any()):
	case torch.ItemOf[bool](further.All()):
		return l.fullLogProb(input, head).Argmax(torch.Dim(1))
	default:
		part := l.fullLogProb(input.Index(further), head.Index(further))
		output.IndexPut_(part.Argmax(torch.Dim(1)), further)
	}
	return output
}
