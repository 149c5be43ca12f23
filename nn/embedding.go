package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// PaddingIdx is a row of an embedding that stays zero; negative ones count from
// the end. By default there is none.
type PaddingIdx int64

// MaxNorm has rows with a larger norm scaled down to it when they are looked up.
// By default there is no limit.
type MaxNorm float64

// NormType is the order of the norm for [MaxNorm]. Its default is 2.
type NormType float64

// ScaleGradByFreq divides a row's gradient by how often the batch has it. Its
// default is false.
type ScaleGradByFreq bool

// Sparse makes the weight's gradient a sparse tensor. Its default is false.
type Sparse bool

// Freeze says that [EmbeddingFromPretrained] is not trained. Its default is true.
type Freeze bool

// An EmbeddingOption is an option of [NewEmbedding]: [PaddingIdx], [MaxNorm],
// [NormType], [ScaleGradByFreq], [Sparse], a [torch.DType], a [torch.Device].
type EmbeddingOption interface{ EmbeddingOption(option.Marker) }

// EmbeddingOption makes PaddingIdx an option of [NewEmbedding].
func (PaddingIdx) EmbeddingOption(option.Marker) {}

// EmbeddingOption makes MaxNorm an option of [NewEmbedding].
func (MaxNorm) EmbeddingOption(option.Marker) {}

// EmbeddingOption makes NormType an option of [NewEmbedding].
func (NormType) EmbeddingOption(option.Marker) {}

// EmbeddingOption makes ScaleGradByFreq an option of [NewEmbedding].
func (ScaleGradByFreq) EmbeddingOption(option.Marker) {}

// EmbeddingOption makes Sparse an option of [NewEmbedding].
func (Sparse) EmbeddingOption(option.Marker) {}

// A PretrainedOption is an option of [EmbeddingFromPretrained]: [Freeze],
// [PaddingIdx], [MaxNorm], [NormType], [ScaleGradByFreq], [Sparse].
type PretrainedOption interface{ pretrainedOption() }

func (Freeze) pretrainedOption()          {}
func (PaddingIdx) pretrainedOption()      {}
func (MaxNorm) pretrainedOption()         {}
func (NormType) pretrainedOption()        {}
func (ScaleGradByFreq) pretrainedOption() {}
func (Sparse) pretrainedOption()          {}

// lookup is what [Embedding] and [EmbeddingBag] have in common.
type lookup struct {
	Module
	NumEmbeddings, EmbeddingDim int64
	PaddingIdx                  *int64   // nil: none
	MaxNorm                     *float64 // nil: no limit
	NormType                    float64
	ScaleGradByFreq             bool
	Sparse                      bool
	Weight                      *torch.Tensor // (NumEmbeddings, EmbeddingDim)
}

// read takes an option, before Init.
func (l *lookup) read(o any, f *factory) {
	switch o := o.(type) {
	case PaddingIdx:
		i := int64(o)
		l.PaddingIdx = &i
	case MaxNorm:
		norm := float64(o)
		l.MaxNorm = &norm
	case NormType:
		l.NormType = float64(o)
	case ScaleGradByFreq:
		l.ScaleGradByFreq = bool(o)
	case Sparse:
		l.Sparse = bool(o)
	case torch.DType:
		f.dtype = o
	case torch.Device:
		f.device = o
	}
}

// checkPaddingIdx makes a negative index positive.
func (l *lookup) checkPaddingIdx(name string) {
	if l.PaddingIdx == nil {
		return
	}
	if i := *l.PaddingIdx; i >= l.NumEmbeddings || i < -l.NumEmbeddings {
		raise("AssertionError", "%s must be within num_embeddings", name)
	} else if i < 0 {
		*l.PaddingIdx = l.NumEmbeddings + i
	}
}

// ResetParameters draws the weight from a normal distribution.
func (l *lookup) ResetParameters() {
	ninit.Normal_(l.Weight, 0, 1)
	if l.PaddingIdx != nil {
		torch.NoGrad(func() { l.Weight.Select(0, *l.PaddingIdx).Fill_(0) })
	}
}

// Embedding looks up the rows of a table by their numbers, Python's nn.Embedding.
// Weight starts with normal numbers.
//
// Input of any shape (*), of integers, gives output of shape (*, EmbeddingDim).
// A number outside the table panics with an IndexError, another dtype with a
// RuntimeError.
type Embedding struct{ lookup }

// NewEmbedding returns a new [Embedding] layer of numEmbeddings rows of
// embeddingDim elements. A [PaddingIdx] outside panics. The defaults are
// [NormType] 2.0, [ScaleGradByFreq] false and [Sparse] false.
func NewEmbedding(numEmbeddings, embeddingDim int64, opts ...EmbeddingOption) *Embedding {
	l, f := &Embedding{lookup{NumEmbeddings: numEmbeddings, EmbeddingDim: embeddingDim, NormType: 2}}, factory{}
	for _, o := range opts {
		l.read(o, &f)
	}
	l.checkPaddingIdx("Padding_idx")
	l.Init(l)
	l.Weight = f.parameter(numEmbeddings, embeddingDim)
	l.ResetParameters()
	return l
}

// EmbeddingFromPretrained returns an [Embedding] layer whose table is embeddings,
// a matrix. It is not trained unless [Freeze] is false. Python's
// nn.Embedding.from_pretrained.
func EmbeddingFromPretrained(embeddings *torch.Tensor, opts ...PretrainedOption) *Embedding {
	if embeddings.Dim() != 2 {
		raise("AssertionError", "Embeddings parameter is expected to be 2-dimensional")
	}
	l := &Embedding{lookup{NumEmbeddings: embeddings.Size(0), EmbeddingDim: embeddings.Size(1), NormType: 2}}
	freeze := Freeze(true)
	for _, o := range opts {
		if f, ok := o.(Freeze); ok {
			freeze = f
		}
		l.read(o, &factory{})
	}
	l.checkPaddingIdx("Padding_idx")
	l.Init(l)
	l.Weight = NewParameter(embeddings, !bool(freeze))
	return l
}

// Forward returns the rows with the numbers in input, of any shape: (*) gives (*,
// EmbeddingDim).
func (l *Embedding) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Embedding) forward(input *torch.Tensor) *torch.Tensor {
	opts := []functional.EmbeddingOption{functional.NormType(l.NormType), functional.ScaleGradByFreq(l.ScaleGradByFreq),
		functional.Sparse(l.Sparse)}
	if l.PaddingIdx != nil {
		opts = append(opts, functional.PaddingIdx(*l.PaddingIdx))
	}
	if l.MaxNorm != nil {
		opts = append(opts, functional.MaxNorm(*l.MaxNorm))
	}
	return functional.Embedding(input, l.Weight, opts...)
}

// ExtraRepr returns the arguments that differ from their defaults.
func (l *Embedding) ExtraRepr() string {
	s := fmt.Sprintf("%d, %d", l.NumEmbeddings, l.EmbeddingDim)
	if l.PaddingIdx != nil {
		s += fmt.Sprintf(", padding_idx=%d", *l.PaddingIdx)
	}
	s += l.normRepr()
	if l.Sparse {
		s += ", sparse=True"
	}
	return s
}

func (l *lookup) normRepr() string {
	s := ""
	if l.MaxNorm != nil {
		s += ", max_norm=" + pytext.Float(*l.MaxNorm)
	}
	if l.NormType != 2 {
		s += ", norm_type=" + pytext.Float(l.NormType)
	}
	if l.ScaleGradByFreq {
		s += ", scale_grad_by_freq=True"
	}
	return s
}

// EmbeddingBag looks up rows of a table and sums, averages or maximizes those of
// each bag, Python's nn.EmbeddingBag.
//
// Input of shape (B, N), or (N) with offsets of shape (B), gives output of
// shape (B, EmbeddingDim). Other dimensions panic with a ValueError, numbers
// outside the table with a RuntimeError.
type EmbeddingBag struct {
	lookup
	Mode              string // "mean", "sum" or "max"
	IncludeLastOffset bool
}

// An EmbeddingBagOption is an option of [NewEmbeddingBag]: [PaddingIdx],
// [MaxNorm], [NormType], [ScaleGradByFreq], [Sparse], [Mode],
// [IncludeLastOffset], a [torch.DType], a [torch.Device].
type EmbeddingBagOption interface{ EmbeddingBagOption(option.Marker) }

// Mode is how [EmbeddingBag] joins rows: "mean", the default, "sum" or "max"; and
// how [Upsample] interpolates: "nearest", the default, "linear", "bilinear",
// "bicubic" or "trilinear".
type Mode string

// IncludeLastOffset says that [EmbeddingBag]'s offsets end with the number of
// all. Its default is false.
type IncludeLastOffset bool

// EmbeddingBagOption makes PaddingIdx an option of [NewEmbeddingBag].
func (PaddingIdx) EmbeddingBagOption(option.Marker) {}

// EmbeddingBagOption makes MaxNorm an option of [NewEmbeddingBag].
func (MaxNorm) EmbeddingBagOption(option.Marker) {}

// EmbeddingBagOption makes NormType an option of [NewEmbeddingBag].
func (NormType) EmbeddingBagOption(option.Marker) {}

// EmbeddingBagOption makes ScaleGradByFreq an option of [NewEmbeddingBag].
func (ScaleGradByFreq) EmbeddingBagOption(option.Marker) {}

// EmbeddingBagOption makes Sparse an option of [NewEmbeddingBag].
func (Sparse) EmbeddingBagOption(option.Marker) {}

// EmbeddingBagOption makes Mode an option of [NewEmbeddingBag].
func (Mode) EmbeddingBagOption(option.Marker) {}

// EmbeddingBagOption makes IncludeLastOffset an option of [NewEmbeddingBag].
func (IncludeLastOffset) EmbeddingBagOption(option.Marker) {}

// NewEmbeddingBag returns a new [EmbeddingBag] layer. The defaults are
// [NormType] 2.0, [ScaleGradByFreq] false, [Mode] "mean", [Sparse] false and
// [IncludeLastOffset] false.
func NewEmbeddingBag(numEmbeddings, embeddingDim int64, opts ...EmbeddingBagOption) *EmbeddingBag {
	l := &EmbeddingBag{lookup: lookup{NumEmbeddings: numEmbeddings, EmbeddingDim: embeddingDim, NormType: 2}, Mode: "mean"}
	f := factory{}
	for _, o := range opts {
		switch o := o.(type) {
		case Mode:
			l.Mode = string(o)
		case IncludeLastOffset:
			l.IncludeLastOffset = bool(o)
		default:
			l.read(o, &f)
		}
	}
	l.checkPaddingIdx("padding_idx")
	l.Init(l)
	l.Weight = f.parameter(numEmbeddings, embeddingDim)
	l.ResetParameters()
	return l
}

// Forward returns one row for each bag. The bags are the rows of input if it is a
// matrix; a vector has bags that start at offsets, another vector. The weights of
// the elements may follow, in the shape of input.
func (l *EmbeddingBag) Forward(input *torch.Tensor, offsetsAndWeights ...*torch.Tensor) *torch.Tensor {
	in := append([]*torch.Tensor{input}, offsetsAndWeights...)
	if l.hooked() {
		return l.runOwn(func(in []*torch.Tensor) []*torch.Tensor { return []*torch.Tensor{l.forward(in)} }, in...)[0]
	}
	return l.forward(in)
}

func (l *EmbeddingBag) forward(in []*torch.Tensor) *torch.Tensor {
	opts := []functional.EmbeddingBagOption{functional.NormType(l.NormType), functional.ScaleGradByFreq(l.ScaleGradByFreq),
		functional.Sparse(l.Sparse), functional.Mode(l.Mode), functional.IncludeLastOffset(l.IncludeLastOffset)}
	if l.PaddingIdx != nil {
		opts = append(opts, functional.PaddingIdx(*l.PaddingIdx))
	}
	if l.MaxNorm != nil {
		opts = append(opts, functional.MaxNorm(*l.MaxNorm))
	}
	if len(in) > 1 {
		opts = append(opts, functional.Offsets(in[1]))
	}
	if len(in) > 2 {
		opts = append(opts, functional.PerSampleWeights(in[2]))
	}
	return functional.EmbeddingBag(in[0], l.Weight, opts...)
}

// ExtraRepr returns the arguments.
func (l *EmbeddingBag) ExtraRepr() string {
	s := fmt.Sprintf("%d, %d%s, mode=%s", l.NumEmbeddings, l.EmbeddingDim, l.normRepr(), pytext.String(l.Mode))
	if l.PaddingIdx != nil {
		s += fmt.Sprintf(", padding_idx=%d", *l.PaddingIdx)
	}
	return s
}
