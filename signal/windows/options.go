package windows

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// A WindowOption is one that every window takes: [Sym], a [torch.DType], a
// [torch.Device], a [torch.Layout], [torch.RequiresGrad].
type WindowOption interface{ WindowOption(option.Marker) }

// An ExponentialOption is an option of [Exponential]: [Center], [Tau], or one
// that every window takes.
type ExponentialOption interface{ ExponentialOption(option.Marker) }

// A GaussianOption is an option of [Gaussian]: [Std], or one that every window
// takes.
type GaussianOption interface{ GaussianOption(option.Marker) }

// A GeneralHammingOption is an option of [GeneralHamming]: [torch.Alpha], or one
// that every window takes.
type GeneralHammingOption interface{ GeneralHammingOption(option.Marker) }

// A KaiserOption is an option of [Kaiser]: [torch.Beta], or one that every
// window takes.
type KaiserOption interface{ KaiserOption(option.Marker) }

// Sym says whether a window is symmetric, for the design of filters, which is
// the default, or periodic, for spectral analysis.
type Sym bool

// Center is where the maximum of a periodic [Exponential] window is. Its default
// is M / 2.
type Center float64

// Tau is how slowly an [Exponential] window decays. Its default is 1.
type Tau float64

// Std is the standard deviation of a [Gaussian] window. Its default is 1.
type Std float64

func (Sym) WindowOption(option.Marker)         {}
func (Sym) ExponentialOption(option.Marker)    {}
func (Center) ExponentialOption(option.Marker) {}
func (Tau) ExponentialOption(option.Marker)    {}
func (Sym) GaussianOption(option.Marker)       {}
func (Std) GaussianOption(option.Marker)       {}
func (Sym) GeneralHammingOption(option.Marker) {}
func (Sym) KaiserOption(option.Marker)         {}

// settings are the options that every window takes.
type settings struct {
	sym          bool
	dtype        torch.DType
	layout       torch.Layout
	device       torch.Device
	requiresGrad torch.RequiresGradArg
}

// newSettings reads the common options, and has own read the others.
func newSettings[O any](opts []O, own func(option any)) *settings {
	s := &settings{sym: true, layout: torch.Strided}
	for _, o := range opts {
		switch o := any(o).(type) {
		case Sym:
			s.sym = bool(o)
		case torch.DType:
			s.dtype = o
		case torch.Layout:
			s.layout = o
		case torch.Device:
			s.device = o
		case torch.RequiresGradArg:
			s.requiresGrad = o
		default:
			own(o)
		}
	}
	if s.dtype == 0 {
		s.dtype = torch.GetDefaultDtype()
	}
	return s
}

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }

// check refuses what no window can be made of.
func (s *settings) check(function string, M int64) {
	switch {
	case M < 0:
		raise("ValueError", "%s requires non-negative window length, got M=%d", function, M)
	case s.layout != torch.Strided:
		raise("ValueError", "%s is implemented for strided tensors only, got: %s", function, s.layout)
	case s.dtype != torch.Float32 && s.dtype != torch.Float64:
		raise("ValueError", "%s expects float32 or float64 dtypes, got: %s", function, s.dtype)
	}
}

// period is the number of steps in which a window returns to its start.
func (s *settings) period(M int64) int64 {
	if s.sym {
		return M - 1
	}
	return M
}

// last is the position of the last sample, if the first is at 0 and those of a
// periodic window continue with the next period.
func (s *settings) last(M int64) float64 {
	if !s.sym && M > 1 {
		return float64(M)
	}
	return float64(M - 1)
}

func (s *settings) empty() *torch.Tensor {
	return torch.Empty([]int64{0}, s.dtype, s.layout, s.device, s.requiresGrad)
}

func (s *settings) one() *torch.Tensor {
	return torch.Ones([]int64{1}, s.dtype, s.layout, s.device, s.requiresGrad)
}

func (s *settings) linspace(start, end any, M int64) *torch.Tensor {
	return torch.Linspace(start, end, M, s.dtype, s.layout, s.device, s.requiresGrad)
}
