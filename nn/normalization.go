package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// A Shape is the shape that a layer normalizes over: the size of the last
// dimension, or the sizes of the last ones.
type Shape interface{ int | int64 | []int64 }

func shapeOf[S Shape](shape S) []int64 {
	switch shape := any(shape).(type) {
	case int:
		return []int64{int64(shape)}
	case int64:
		return []int64{shape}
	case []int64:
		return shape
	}
	panic("unreachable")
}

// resetAffine sets a weight to 1 and a bias to 0; each may be nil.
func resetAffine(weight, bias *torch.Tensor) {
	if weight != nil {
		ninit.Ones_(weight)
	}
	if bias != nil {
		ninit.Zeros_(bias)
	}
}

// LayerNorm normalizes each example over its last dimensions, Python's
// nn.LayerNorm: y = (x - mean) / sqrt(variance + Eps) * Weight + Bias.
//
// Input of shape (*, NormalizedShape...) gives output of that shape. Other last
// dimensions panic with a RuntimeError.
type LayerNorm struct {
	Module
	NormalizedShape   []int64
	Eps               float64
	ElementwiseAffine bool
	Weight, Bias      *torch.Tensor // (NormalizedShape...), or nil
}

// NewLayerNorm returns a new [LayerNorm] layer, over the last dimension or
// several. The defaults are [Eps] 1e-5, [ElementwiseAffine] true and [Bias]
// true.
func NewLayerNorm[S Shape](normalizedShape S, opts ...LayerNormOption) *LayerNorm {
	l := &LayerNorm{NormalizedShape: shapeOf(normalizedShape), Eps: 1e-5, ElementwiseAffine: true}
	bias, f := Bias(true), factory{}
	for _, o := range opts {
		switch o := o.(type) {
		case Eps:
			l.Eps = float64(o)
		case ElementwiseAffine:
			l.ElementwiseAffine = bool(o)
		case Bias:
			bias = o
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
	l.Init(l)
	if l.ElementwiseAffine {
		l.Weight = f.parameter(l.NormalizedShape...)
		if bias {
			l.Bias = f.parameter(l.NormalizedShape...)
		}
	}
	l.ResetParameters()
	return l
}

// ResetParameters sets weight to 1 and bias to 0.
func (l *LayerNorm) ResetParameters() { resetAffine(l.Weight, l.Bias) }

// Forward normalizes input, whose last dimensions are NormalizedShape.
func (l *LayerNorm) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *LayerNorm) forward(input *torch.Tensor) *torch.Tensor {
	return torch.LayerNorm(input, l.NormalizedShape, torch.Weight(l.Weight), torch.Bias(l.Bias), torch.Eps(l.Eps))
}

// ExtraRepr returns the arguments.
func (l *LayerNorm) ExtraRepr() string {
	return fmt.Sprintf("%s, eps=%s, elementwise_affine=%s, bias=%s", pytext.Tuple(l.NormalizedShape), pytext.Float(l.Eps),
		pytext.Bool(l.ElementwiseAffine), pytext.Bool(l.Bias != nil))
}

// RMSNorm divides each example by the root of its mean square over its last
// dimensions, Python's nn.RMSNorm: y = x / sqrt(mean(x*x) + Eps) * Weight.
//
// Input of shape (*, NormalizedShape...) gives output of that shape. Other last
// dimensions panic with a RuntimeError.
type RMSNorm struct {
	Module
	NormalizedShape   []int64
	Eps               *float64 // nil: the dtype's
	ElementwiseAffine bool
	Weight            *torch.Tensor // (NormalizedShape...), or nil
}

// NewRMSNorm returns a new [RMSNorm] layer, over the last dimension or several.
// The default of [ElementwiseAffine] is true.
func NewRMSNorm[S Shape](normalizedShape S, opts ...RMSNormOption) *RMSNorm {
	l, f := &RMSNorm{NormalizedShape: shapeOf(normalizedShape), ElementwiseAffine: true}, factory{}
	for _, o := range opts {
		switch o := o.(type) {
		case Eps:
			eps := float64(o)
			l.Eps = &eps
		case ElementwiseAffine:
			l.ElementwiseAffine = bool(o)
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
	l.Init(l)
	if l.ElementwiseAffine {
		l.Weight = f.parameter(l.NormalizedShape...)
	}
	l.ResetParameters()
	return l
}

// ResetParameters sets weight to 1.
func (l *RMSNorm) ResetParameters() { resetAffine(l.Weight, nil) }

// Forward normalizes input, whose last dimensions are NormalizedShape.
func (l *RMSNorm) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *RMSNorm) forward(input *torch.Tensor) *torch.Tensor {
	if l.Eps == nil {
		return torch.RmsNorm(input, l.NormalizedShape, torch.Weight(l.Weight))
	}
	return torch.RmsNorm(input, l.NormalizedShape, torch.Weight(l.Weight), torch.Eps(*l.Eps))
}

// ExtraRepr returns the arguments.
func (l *RMSNorm) ExtraRepr() string {
	eps := "None"
	if l.Eps != nil {
		eps = pytext.Float(*l.Eps)
	}
	return fmt.Sprintf("%s, eps=%s, elementwise_affine=%s", pytext.Tuple(l.NormalizedShape), eps, pytext.Bool(l.ElementwiseAffine))
}

// GroupNorm normalizes groups of channels of each example, Python's nn.GroupNorm:
// y = (x - mean) / sqrt(variance + Eps) * Weight + Bias.
//
// Input of shape (N, NumChannels, *) gives output of that shape. Other channels
// panic with a RuntimeError.
type GroupNorm struct {
	Module
	NumGroups, NumChannels int64
	Eps                    float64
	Affine                 bool
	Weight, Bias           *torch.Tensor // (NumChannels), or nil
}

// NewGroupNorm returns a new [GroupNorm] layer. Channels that do not divide
// into the groups panic with a ValueError. The defaults are [Eps] 1e-5,
// [Affine] true and [Bias] true.
func NewGroupNorm(numGroups, numChannels int64, opts ...GroupNormOption) *GroupNorm {
	l := &GroupNorm{NumGroups: numGroups, NumChannels: numChannels, Eps: 1e-5, Affine: true}
	bias, f := Bias(true), factory{}
	for _, o := range opts {
		switch o := o.(type) {
		case Eps:
			l.Eps = float64(o)
		case Affine:
			l.Affine = bool(o)
		case Bias:
			bias = o
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
	if numGroups == 0 {
		raise("ZeroDivisionError", "integer modulo by zero")
	}
	if numChannels%numGroups != 0 {
		raise("ValueError", "num_channels (%d) must be divisible by num_groups (%d)", numChannels, numGroups)
	}
	l.Init(l)
	if l.Affine {
		l.Weight = f.parameter(numChannels)
		if bias {
			l.Bias = f.parameter(numChannels)
		}
	}
	l.ResetParameters()
	return l
}

// ResetParameters sets weight to 1 and bias to 0.
func (l *GroupNorm) ResetParameters() { resetAffine(l.Weight, l.Bias) }

// Forward normalizes input of shape (N, C, ...).
func (l *GroupNorm) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *GroupNorm) forward(input *torch.Tensor) *torch.Tensor {
	return functional.GroupNorm(input, l.NumGroups, functional.Weight(l.Weight), functional.Bias(l.Bias), functional.Eps(l.Eps))
}

// ExtraRepr returns the arguments.
func (l *GroupNorm) ExtraRepr() string {
	return fmt.Sprintf("%d, %d, eps=%s, affine=%s, bias=%s", l.NumGroups, l.NumChannels, pytext.Float(l.Eps), pytext.Bool(l.Affine),
		pytext.Bool(l.Bias != nil))
}

// LocalResponseNorm divides each element by a mean of squares over neighboring
// channels, Python's nn.LocalResponseNorm: y = x / (K + Alpha*mean)^Beta.
//
// Input of shape (N, C, *) gives output of that shape. Fewer than three
// dimensions panic with a ValueError.
type LocalResponseNorm struct {
	Module
	Size           int64 // how many channels count
	Alpha, Beta, K float64
}

// A LocalResponseNormOption is an option of [NewLocalResponseNorm]: [Alpha]
// (1e-4), [Beta] (0.75), [K].
type LocalResponseNormOption interface{ localResponseNormOption() }

// K is the constant of [LocalResponseNorm]. Its default is 1.
type K float64

func (Alpha) localResponseNormOption() {}
func (Beta) localResponseNormOption()  {}
func (K) localResponseNormOption()     {}

// NewLocalResponseNorm returns a new [LocalResponseNorm] layer. The defaults
// are [Alpha] 0.0001, [Beta] 0.75 and [K] 1.0.
func NewLocalResponseNorm(size int64, opts ...LocalResponseNormOption) *LocalResponseNorm {
	l := &LocalResponseNorm{Size: size, Alpha: 1e-4, Beta: 0.75, K: 1}
	for _, o := range opts {
		switch o := o.(type) {
		case Alpha:
			l.Alpha = float64(o)
		case Beta:
			l.Beta = float64(o)
		case K:
			l.K = float64(o)
		}
	}
	l.Init(l)
	return l
}

// Forward normalizes input of shape (N, C, ...).
func (l *LocalResponseNorm) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *LocalResponseNorm) forward(input *torch.Tensor) *torch.Tensor {
	return functional.LocalResponseNorm(input, l.Size, functional.Alpha(l.Alpha), functional.Beta(l.Beta), functional.K(l.K))
}

// ExtraRepr returns the arguments.
func (l *LocalResponseNorm) ExtraRepr() string {
	return fmt.Sprintf("%d, alpha=%s, beta=%s, k=%s", l.Size, pytext.Float(l.Alpha), pytext.Float(l.Beta), pytext.Float(l.K))
}
