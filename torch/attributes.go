package torch

// What Python shows as attributes of a tensor that are operators.

// MT is the view of t with its last two dimensions exchanged, Python's t.mT.
func (t *Tensor) MT() *Tensor { return opMT(t) }

// H is the conjugate of a matrix with its dimensions exchanged, Python's t.H.
func (t *Tensor) H() *Tensor { return opMatrixH(t) }

// MH is the conjugate of t with its last two dimensions exchanged, Python's
// t.mH.
func (t *Tensor) MH() *Tensor { return opMH(t) }

// Real is the view of the real parts, Python's t.real: t itself if it is not
// complex.
func (t *Tensor) Real() *Tensor {
	if !t.IsComplex() {
		return t
	}
	return opReal(t)
}

// Imag is the view of the imaginary parts, Python's t.imag.
func (t *Tensor) Imag() *Tensor { return opImag(t) }

// Nbytes is the number of bytes that the elements take, Python's t.nbytes.
func (t *Tensor) Nbytes() int64 { return t.Numel() * t.ElementSize() }

// IsCpu reports whether the tensor is in the processor's memory.
func (t *Tensor) IsCpu() bool { return t.Device().kind == cpuType }

// IsMeta reports whether the tensor is one of the meta device, without data.
func (t *Tensor) IsMeta() bool { return t.Device().kind == metaType }

// IsMps reports whether the tensor is on an Apple GPU.
func (t *Tensor) IsMps() bool { return t.Device().kind == mpsType }

// IsXpu reports whether the tensor is on an Intel GPU.
func (t *Tensor) IsXpu() bool { return t.Device().kind == xpuType }

// IsSparseCsr reports whether the layout is SparseCsr.
func (t *Tensor) IsSparseCsr() bool { return t.Layout() == SparseCsr }
