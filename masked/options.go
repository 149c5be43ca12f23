package masked

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// A ReductionOption is an option of [Sum], [Prod], [Amax], [Amin], [Mean],
// [Logsumexp], [Argmax], [Argmin] and [Median]: [Mask], [torch.Dim],
// [torch.Keepdim] and a [torch.DType], that of the result.
type ReductionOption interface{ ReductionOption(option.Marker) }

// A NormOption is an option of [Norm]: [torch.Ord] and those of the other
// reductions.
type NormOption interface{ NormOption(option.Marker) }

// A VarOption is an option of [Var] and [Std]: [torch.Unbiased],
// [torch.Correction] and those of the other reductions.
type VarOption interface{ VarOption(option.Marker) }

// A NormalizationOption is an option of [Softmax], [LogSoftmax], [Softmin],
// [Cumsum] and [Cumprod]: [Mask] and a [torch.DType], that of the result.
type NormalizationOption interface{ NormalizationOption(option.Marker) }

// A NormalizeOption is an option of [Normalize]: [Mask], [torch.Eps] and a
// [torch.DType].
type NormalizeOption interface{ NormalizeOption(option.Marker) }

// A LogaddexpOption is an option of [Logaddexp]: [InputMask], [OtherMask] and a
// [torch.DType].
type LogaddexpOption interface{ LogaddexpOption(option.Marker) }

// A MaskOption is the option that [Mask] makes.
type MaskOption struct{ tensor *torch.Tensor }

// Mask says which elements count: those where it is true. Without a mask, or
// with nil, all do.
func Mask(mask *torch.Tensor) MaskOption { return MaskOption{mask} }

func (MaskOption) ReductionOption(option.Marker)     {}
func (MaskOption) NormOption(option.Marker)          {}
func (MaskOption) VarOption(option.Marker)           {}
func (MaskOption) NormalizationOption(option.Marker) {}
func (MaskOption) NormalizeOption(option.Marker)     {}

// An InputMaskOption is the option that [InputMask] makes.
type InputMaskOption struct{ tensor *torch.Tensor }

// InputMask is the mask of the first operand of [Logaddexp].
func InputMask(mask *torch.Tensor) InputMaskOption { return InputMaskOption{mask} }

// An OtherMaskOption is the option that [OtherMask] makes.
type OtherMaskOption struct{ tensor *torch.Tensor }

// OtherMask is the mask of the second operand of [Logaddexp].
func OtherMask(mask *torch.Tensor) OtherMaskOption { return OtherMaskOption{mask} }

func (InputMaskOption) LogaddexpOption(option.Marker) {}
func (OtherMaskOption) LogaddexpOption(option.Marker) {}

// settings are what options say.
type settings struct {
	dim        []int64 // nil is all
	keepdim    bool
	dtype      torch.DType // 0 is the input's
	mask       *torch.Tensor
	ord        float64
	correction *float64
	unbiased   *bool
	eps        float64
}

func read[O any](opts []O) *settings {
	s := &settings{ord: 2, eps: 1e-12}
	for _, o := range opts {
		switch o := any(o).(type) {
		case torch.DimArg:
			if s.dim = o; len(o) == 0 {
				s.dim = nil
			}
		case torch.KeepdimArg:
			s.keepdim = bool(o)
		case torch.DType:
			s.dtype = o
		case MaskOption:
			s.mask = o.tensor
		case torch.OrdArg:
			s.ord = o.Float(option.Marker{})
		case torch.CorrectionArg:
			s.correction = new(o.Float(option.Marker{}))
		case torch.UnbiasedArg:
			s.unbiased = new(bool(o))
		case torch.EpsArg:
			s.eps = float64(o)
		}
	}
	return s
}

// dtypeOr returns the dtype that was asked for, or else that of t.
func (s *settings) dtypeOr(t *torch.Tensor) torch.DType {
	if s.dtype != 0 {
		return s.dtype
	}
	return t.DType()
}

// dims are the dimensions to reduce as an option, where nil stays nil: all.
func (s *settings) dims() torch.DimArg { return torch.DimArg(s.dim) }

// one returns the dimension of a function that takes one.
func (s *settings) one(function string) int64 {
	if len(s.dim) != 1 {
		raise("TypeError", "%s(): argument 'dim' must be int, not tuple of %d ints", function, len(s.dim))
	}
	return s.dim[0]
}

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }

func operators() torch.Operators { return torch.ModuleOperators(option.Marker{}) }
