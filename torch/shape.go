package torch

// Reshape returns t's elements in another shape, a view where that can be; one
// size may be -1. Python's t.reshape.
func (t *Tensor) Reshape(shape ...int64) *Tensor { return opReshape(t, shape) }

// View returns a view of t in another shape; one size may be -1. Python's
// t.view.
func (t *Tensor) View(size ...int64) *Tensor { return opView(t, size) }

// ViewDtype returns a view of t's memory as another dtype, Python's
// t.view(dtype).
func (t *Tensor) ViewDtype(dtype DType) *Tensor { return opViewDtype(t, dtype) }

// Flatten joins the dimensions from startDim to endDim, Python's torch.flatten.
func (t *Tensor) Flatten(startDim, endDim int64) *Tensor {
	return opFlattenUsingInts(t, startDim, endDim)
}

// Unflatten splits a dimension into several, Python's t.unflatten.
func (t *Tensor) Unflatten(dim int64, sizes []int64) *Tensor { return opUnflattenInt(t, dim, sizes) }

// T returns a view of a matrix with its dimensions exchanged, Python's t.t().
func (t *Tensor) T() *Tensor { return opT(t) }

// Transpose returns a view with two dimensions exchanged, Python's
// t.transpose.
func (t *Tensor) Transpose(dim0, dim1 int64) *Tensor { return opTransposeInt(t, dim0, dim1) }

// Permute returns a view with the dimensions in this order, Python's t.permute.
func (t *Tensor) Permute(dims ...int64) *Tensor { return opPermute(t, dims) }

// Unsqueeze returns a view with a dimension of size 1 inserted at dim.
func (t *Tensor) Unsqueeze(dim int64) *Tensor { return opUnsqueeze(t, dim) }

// Squeeze returns a view without the dimensions of size 1; if dims are given,
// without those of them.
func (t *Tensor) Squeeze(dims ...int64) *Tensor {
	if len(dims) == 0 {
		return opSqueeze(t)
	}
	return opSqueezeDims(t, dims)
}

// Expand returns a view with dimensions of size 1 repeated to these sizes; -1
// leaves one as it is.
func (t *Tensor) Expand(size ...int64) *Tensor { return opExpand(t, size, false) }

// Narrow returns the view of length elements of dimension dim from start on.
func (t *Tensor) Narrow(dim, start, length int64) *Tensor { return opNarrow(t, dim, start, length) }

// Select returns the view of t at one index of a dimension, Python's t.select.
func (t *Tensor) Select(dim, index int64) *Tensor { return opSelectInt(t, dim, index) }

// IndexSelect returns the rows of dimension dim that index lists, Python's
// t.index_select.
func (t *Tensor) IndexSelect(dim int64, index *Tensor) *Tensor { return opIndexSelect(t, dim, index) }

// MaskedSelect returns the elements where mask is true, in one dimension.
func (t *Tensor) MaskedSelect(mask *Tensor) *Tensor { return opMaskedSelect(t, mask) }

// Unbind returns the views of t along a dimension, Python's t.unbind.
func (t *Tensor) Unbind(dim int64) []*Tensor { return opUnbindInt(t, dim) }

// Contiguous returns t, or a copy, with its elements in row-major order.
func (t *Tensor) Contiguous() *Tensor { return opContiguous(t, ContiguousFormat) }

// Clone returns a copy of t, which takes part in differentiation.
func (t *Tensor) Clone() *Tensor { return opClone(t, 0) }

// Detach returns t without its history: the same data, requiring no gradient.
func (t *Tensor) Detach() *Tensor { return opDetach(t) }

// Detach_ removes t's history, and returns t.
func (t *Tensor) Detach_() *Tensor { opDetach_(t); return t }

// BroadcastTensors returns views of the tensors in their common shape, Python's
// torch.broadcast_tensors.
func BroadcastTensors(tensors ...*Tensor) []*Tensor { return opBroadcastTensors(tensors) }

// Cat joins tensors along a dimension, the first unless [Dim] is given,
// Python's torch.cat.
func Cat(tensors []*Tensor, opts ...ReduceOption) *Tensor { return opCat(tensors, firstDim(opts)) }

// Stack joins tensors along a new dimension, the first unless [Dim] is given,
// Python's torch.stack.
func Stack(tensors []*Tensor, opts ...ReduceOption) *Tensor { return opStack(tensors, firstDim(opts)) }

func firstDim(opts []ReduceOption) int64 {
	if r := newReduction(opts); len(r.dims) > 0 {
		return r.dims[0]
	}
	return 0
}

// A ToOption is an option of [Tensor.To]: a [DType], a [Device], a
// [MemoryFormat].
type ToOption interface{ applyCreation(*creation) }

// To converts t to another dtype, device or memory format, Python's t.to. It
// returns t itself if t is that already.
func (t *Tensor) To(opts ...ToOption) *Tensor {
	var c creation
	for _, o := range opts {
		o.applyCreation(&c)
	}
	if (c.dtype == 0 || c.dtype == t.DType()) && (c.device.kind == 0 || c.device == t.Device()) && c.format == 0 {
		return t
	}
	return opToDtypeLayout(t, c.dtype, 0, c.device, optional[bool]{}, false, false, c.format)
}

// Conj returns the complex conjugate, a view.
func (t *Tensor) Conj() *Tensor { return opConj(t) }

// Real returns the view of the real parts, Python's t.real.
func (t *Tensor) Real() *Tensor {
	if !t.IsComplex() {
		return t
	}
	return opReal(t)
}

// Imag returns the view of the imaginary parts, Python's t.imag.
func (t *Tensor) Imag() *Tensor { return opImag(t) }
