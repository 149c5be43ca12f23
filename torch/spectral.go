package torch

// Stft returns the short-time Fourier transform of a signal or a batch of
// signals, Python's torch.stft: a complex tensor of shape (batch, frequencies,
// frames), if [ReturnComplex] is on, as it must be for real input.
//
// Options: [HopLength] (nFft/4), [WinLength] (nFft), [Window] (ones, with a
// warning), [Center] (true: frame t is centered at t times the hop length),
// [PadMode] ("reflect") for the padding that centering needs, [Normalized]
// (false), [Onesided] (true for real input), [ReturnComplex], [AlignToWindow].
func Stft(input *Tensor, nFft int64, opts ...StftOption) *Tensor {
	a := stftArguments{center: true, padMode: "reflect"}
	for _, o := range opts {
		a.take(o)
	}
	if a.center && a.alignToWindow.set {
		refuse(runtimeErrorKind, "stft align_to_window should only be set when center = false")
	}
	if a.center {
		input = a.padded(input, nFft)
	}
	return opStft(input, nFft, a.hopLength, a.winLength, a.window, a.normalized, a.onesided, a.returnComplex, a.alignToWindow)
}

// Stft is [Stft] of t.
func (t *Tensor) Stft(nFft int64, opts ...StftOption) *Tensor { return Stft(t, nFft, opts...) }

type stftArguments struct {
	hopLength, winLength                   optional[int64]
	window                                 *Tensor
	center, normalized                     bool
	padMode                                string
	onesided, returnComplex, alignToWindow optional[bool]
}

func (a *stftArguments) take(o StftOption) {
	switch o := o.(type) {
	case HopLengthArg:
		a.hopLength = some(int64(o))
	case WinLengthArg:
		a.winLength = some(int64(o))
	case WindowArg:
		a.window = o.value
	case CenterArg:
		a.center = bool(o)
	case PadModeArg:
		a.padMode = string(o)
	case NormalizedArg:
		a.normalized = bool(o)
	case OnesidedArg:
		a.onesided = some(bool(o))
	case ReturnComplexArg:
		a.returnComplex = some(bool(o))
	case AlignToWindowArg:
		a.alignToWindow = some(bool(o))
	}
}

// padded extends the signal by half a window on both sides. Padding needs three
// dimensions.
func (a *stftArguments) padded(input *Tensor, nFft int64) *Tensor {
	shape := input.Shape()
	extended := shape
	for len(extended) < 3 {
		extended = append([]int64{1}, extended...)
	}
	pad := nFft / 2
	wide := opPad(opView(input, extended), []int64{pad, pad}, a.padMode, optional[float64]{})
	size := wide.Shape()
	return opView(wide, size[max(0, len(size)-len(shape)):])
}

// Istft is the inverse of [Stft], Python's torch.istft: it returns the signal
// whose transform is closest to input.
//
// Options: those of Stft, which must be the same, but for the padding; [Length]
// trims the signal or fills it with zeros; [ReturnComplex] (false) returns a
// complex signal.
func Istft(input *Tensor, nFft int64, opts ...IstftOption) *Tensor {
	var hopLength, winLength, length optional[int64]
	var window *Tensor
	var normalized, returnComplex bool
	var onesided optional[bool]
	center := true
	for _, o := range opts {
		switch o := o.(type) {
		case HopLengthArg:
			hopLength = some(int64(o))
		case WinLengthArg:
			winLength = some(int64(o))
		case WindowArg:
			window = o.value
		case CenterArg:
			center = bool(o)
		case NormalizedArg:
			normalized = bool(o)
		case OnesidedArg:
			onesided = some(bool(o))
		case LengthArg:
			length = some(int64(o))
		case ReturnComplexArg:
			returnComplex = bool(o)
		}
	}
	return opIstft(input, nFft, hopLength, winLength, window, center, normalized, onesided, length, returnComplex)
}

// Istft is [Istft] of t.
func (t *Tensor) Istft(nFft int64, opts ...IstftOption) *Tensor { return Istft(t, nFft, opts...) }
