package torch

import (
	"fmt"
	"math"
	"runtime"
	"strings"
)

// This file prints what has meaning inside a transform only: wrapped tensors,
// as _functorch_wrapper_str_intern of PyTorch's torch/_tensor_str.py does, and
// the tangents of forward mode.

// withoutLayers runs fn so that the layers do not see what it does.
func withoutLayers(fn func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := swapMode(setLayersHidden, true)
	defer swapMode(setLayersHidden, before)
	fn()
}

// wrapped returns the text of a tensor in a wrapper.
func (p *printer) wrapped(t *Tensor, w wrapper) string {
	value := p.tensor(unwrapped(t))
	indented := "    " + strings.ReplaceAll(value, "\n", "\n    ")
	switch w.kind {
	case batchedWrapper:
		return fmt.Sprintf("BatchedTensor(lvl=%d, bdim=%d, value=\n%s\n)", w.level, w.batchDim, indented)
	case gradWrapper:
		return fmt.Sprintf("GradTrackingTensor(lvl=%d, value=\n%s\n)", w.level, indented)
	default:
		return fmt.Sprintf("FunctionalTensor(lvl=%d, value=\\\n%s)", w.level, value)
	}
}

// unpackForPrint takes off the tangent, if this goroutine is in a level of
// forward mode.
func unpackForPrint(t *Tensor) (primal, tangent *Tensor) {
	if !inDualLevel() || !t.IsFloatingPoint() && !t.IsComplex() {
		return t, nil
	}
	return op_UnpackDual(t, 0)
}

// tangent is the suffix for a tangent. Python formats one without dimensions as
// a number.
func (p *printer) tangent(t *Tensor) string {
	text := ""
	if t.Dim() == 0 {
		text = pythonNumber(opItem(t))
	} else {
		text = p.tensor(t)
	}
	return "tangent=" + text
}

// pythonNumber is what Python prints for a float or a complex number.
func pythonNumber(s scalar) string {
	c, ok := s.value().(complex128)
	if !ok {
		return FormatFloat(s.float())
	}
	re, im := strings.TrimSuffix(FormatFloat(real(c)), ".0"), strings.TrimSuffix(FormatFloat(imag(c)), ".0")
	switch {
	case real(c) == 0 && !math.Signbit(real(c)):
		return im + "j"
	case strings.HasPrefix(im, "-"):
		return "(" + re + im + "j)"
	default:
		return "(" + re + "+" + im + "j)"
	}
}
