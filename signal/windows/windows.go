package windows

import (
	"math"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// The operators here are those of PyTorch's torch/signal/windows/windows.py, in
// its order, so that the bits are the same. float64(...) around a product keeps
// processors that can from fusing it with the sum around it.

// Exponential returns a window that decays exponentially on both sides of its
// center, Python's torch.signal.windows.exponential:
//
//	w[n] = exp(-|n - center| / tau)
//
// Options: [Center], for periodic windows only, [Tau], which must be positive,
// and those of every window.
func Exponential(M int64, opts ...ExponentialOption) *torch.Tensor {
	tau, center := 1.0, math.NaN()
	s := newSettings(opts, func(o any) {
		switch o := o.(type) {
		case Tau:
			tau = float64(o)
		case Center:
			center = float64(o)
		}
	})
	s.check("exponential", M)
	switch given := !math.IsNaN(center); {
	case tau <= 0:
		raise("ValueError", "Tau must be positive, got: %s instead.", torch.FormatFloat(tau))
	case s.sym && given:
		raise("ValueError", "Center must be None for symmetric windows")
	case M == 0:
		return s.empty()
	case !given:
		center = s.last(M) / 2
	}
	constant := 1 / tau
	k := s.linspace(-center*constant, (-center+float64(M-1))*constant, M)
	return torch.Exp(torch.Neg(torch.Abs(k)))
}

// Cosine returns half a wave of the sine, Python's torch.signal.windows.cosine:
//
//	w[n] = sin(pi (n + 0.5) / M)
func Cosine(M int64, opts ...WindowOption) *torch.Tensor {
	s := newSettings(opts, nil)
	s.check("cosine", M)
	if M == 0 {
		return s.empty()
	}
	start, constant := 0.5, math.Pi/(s.last(M)+1)
	return torch.Sin(s.linspace(start*constant, (start+float64(M-1))*constant, M))
}

// Gaussian returns a Gaussian bell, Python's torch.signal.windows.gaussian:
//
//	w[n] = exp(-(n / (2 std))²)
//
// Options: [Std], which must be positive, and those of every window.
func Gaussian(M int64, opts ...GaussianOption) *torch.Tensor {
	std := 1.0
	s := newSettings(opts, func(o any) {
		if o, ok := o.(Std); ok {
			std = float64(o)
		}
	})
	s.check("gaussian", M)
	if std <= 0 {
		raise("ValueError", "Standard deviation must be positive, got: %s instead.", torch.FormatFloat(std))
	}
	if M == 0 {
		return s.empty()
	}
	start, constant := -s.last(M)/2, 1/(std*math.Sqrt(2))
	k := s.linspace(start*constant, (start+float64(M-1))*constant, M)
	return torch.Exp(torch.Neg(torch.Pow(k, 2)))
}

// Kaiser returns the Kaiser window, Python's torch.signal.windows.kaiser, where
// I0 is [torch.I0] and N is M - 1, or M for a periodic window:
//
//	w[n] = I0(beta sqrt(1 - ((n - N/2) / (N/2))²)) / I0(beta)
//
// Options: [torch.Beta], which must not be negative and is 12 unless given, and
// those of every window.
func Kaiser(M int64, opts ...KaiserOption) *torch.Tensor {
	shape := 12.0
	s := newSettings(opts, func(o any) {
		if o, ok := o.(torch.BetaArg); ok {
			shape = o.Float(option.Marker{})
		}
	})
	s.check("kaiser", M)
	switch {
	case shape < 0:
		raise("ValueError", "beta must be non-negative, got: %s instead.", torch.FormatFloat(shape))
	case M == 0:
		return s.empty()
	case M == 1:
		return s.one()
	}
	// As a tensor beta has the window's precision, which avoids NaNs.
	beta := torch.NewTensor(shape, s.dtype, s.device)
	start, constant := beta.Neg(), beta.Mul(2.0).Div(s.period(M))
	end := torch.Minimum(beta, start.Add(constant.Mul(M-1)))
	k := s.linspace(start, end, M)
	return torch.I0(torch.Sqrt(beta.Mul(beta).Sub(torch.Pow(k, 2)))).Div(torch.I0(beta))
}

// Bartlett returns a triangle, Python's torch.signal.windows.bartlett:
//
//	w[n] = 1 - |2n / (M - 1) - 1|
func Bartlett(M int64, opts ...WindowOption) *torch.Tensor {
	s := newSettings(opts, nil)
	s.check("bartlett", M)
	switch M {
	case 0:
		return s.empty()
	case 1:
		return s.one()
	}
	start, constant := -1.0, 2/float64(s.period(M))
	k := s.linspace(start, start+float64(float64(M-1)*constant), M)
	return torch.Rsub(torch.Abs(k), 1)
}

// GeneralCosine returns a sum of cosines with the coefficients a, of which
// there must be one, Python's torch.signal.windows.general_cosine:
//
//	w[n] = a[0] - a[1] cos(2 pi n / (M-1)) + a[2] cos(4 pi n / (M-1)) - ...
func GeneralCosine(M int64, a []float64, opts ...WindowOption) *torch.Tensor {
	s := newSettings(opts, nil)
	s.check("general_cosine", M)
	return s.cosines(M, a)
}

func (s *settings) cosines(M int64, a []float64) *torch.Tensor {
	switch {
	case M == 0:
		return s.empty()
	case M == 1:
		return s.one()
	case len(a) == 0:
		raise("ValueError", "Coefficients cannot be empty")
	}
	constant := 2 * math.Pi / float64(s.period(M))
	k := s.linspace(0, float64(M-1)*constant, M)
	signed := make([]float64, len(a))
	for i, w := range a {
		if signed[i] = w; i%2 == 1 {
			signed[i] = -w
		}
	}
	coefficients := torch.NewTensor(signed, s.dtype, s.device, s.requiresGrad)
	i := torch.Arange(len(a), s.dtype, s.device, s.requiresGrad)
	return coefficients.Unsqueeze(-1).Mul(torch.Cos(i.Unsqueeze(-1).Mul(k))).Sum(torch.Dim(0))
}

// GeneralHamming returns the general Hamming window, Python's
// torch.signal.windows.general_hamming:
//
//	w[n] = alpha - (1 - alpha) cos(2 pi n / (M - 1))
//
// Options: [torch.Alpha], which is 0.54 unless given, and those of every window.
func GeneralHamming(M int64, opts ...GeneralHammingOption) *torch.Tensor {
	alpha := 0.54
	s := newSettings(opts, func(o any) {
		if o, ok := o.(torch.AlphaArg); ok {
			alpha = o.Float(option.Marker{})
		}
	})
	return s.hamming(M, alpha)
}

func (s *settings) hamming(M int64, alpha float64) *torch.Tensor {
	s.check("general_cosine", M)
	return s.cosines(M, []float64{alpha, 1 - alpha})
}

// Hamming returns the Hamming window, [GeneralHamming] with an alpha of 0.54,
// Python's torch.signal.windows.hamming.
func Hamming(M int64, opts ...WindowOption) *torch.Tensor {
	return newSettings(opts, nil).hamming(M, 0.54)
}

// Hann returns the Hann window, [GeneralHamming] with an alpha of 0.5, Python's
// torch.signal.windows.hann:
//
//	w[n] = sin²(pi n / (M - 1))
func Hann(M int64, opts ...WindowOption) *torch.Tensor {
	return newSettings(opts, nil).hamming(M, 0.5)
}

// Blackman returns the Blackman window, [GeneralCosine] with the coefficients
// 0.42, 0.5 and 0.08, Python's torch.signal.windows.blackman.
func Blackman(M int64, opts ...WindowOption) *torch.Tensor {
	s := newSettings(opts, nil)
	s.check("blackman", M)
	return s.cosines(M, []float64{0.42, 0.5, 0.08})
}

// Nuttall returns Nuttall's minimum 4-term Blackman-Harris window,
// [GeneralCosine] with the coefficients 0.3635819, 0.4891775, 0.1365995 and
// 0.0106411. Python's torch.signal.windows.nuttall.
func Nuttall(M int64, opts ...WindowOption) *torch.Tensor {
	return GeneralCosine(M, []float64{0.3635819, 0.4891775, 0.1365995, 0.0106411}, opts...)
}
