package masked

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// Unary applies an operator to each element, and keeps the mask:
//
//	m.Unary(func(t *torch.Tensor) *torch.Tensor { return t.Exp() })
func (m *MaskedTensor) Unary(operator func(t *torch.Tensor) *torch.Tensor) *MaskedTensor {
	return newMasked(m.onValues(operator), m.mask)
}

// onValues applies an operator to the elements that are kept.
func (m *MaskedTensor) onValues(operator func(t *torch.Tensor) *torch.Tensor) *torch.Tensor {
	size := torch.WithSize(m.data.Shape()...)
	switch m.data.Layout() {
	case torch.SparseCoo:
		data := m.data.Coalesce()
		return torch.SparseCooTensor(data.Indices(), operator(data.Values()), size, torch.CheckInvariants(false))
	case torch.SparseCsr:
		return torch.SparseCsrTensor(m.data.CrowIndices(), m.data.ColIndices(), operator(m.data.Values()), size,
			torch.CheckInvariants(false))
	default:
		return operator(m.data)
	}
}

// Binary applies an operator to each element and one of other, which is a number,
// a tensor, or a MaskedTensor with the same mask:
//
//	m.Binary(func(t *torch.Tensor, other any) *torch.Tensor { return t.Remainder(other) }, 2)
func (m *MaskedTensor) Binary(operator func(t *torch.Tensor, other any) *torch.Tensor, other any) *MaskedTensor {
	if o, ok := other.(*MaskedTensor); ok {
		if !sameMasks(m.mask, o.mask) {
			raise("ValueError", "Input masks must match. If you need support for this, please open an issue on Github.")
		}
		other = o.data
	}
	if t, ok := other.(*torch.Tensor); ok && m.data.Layout() != torch.Strided && t.Layout() == m.data.Layout() {
		other = t.Values()
	}
	data := m.onValues(func(t *torch.Tensor) *torch.Tensor { return operator(t, other) })
	mask := m.mask
	if mask.Layout() == torch.Strided {
		mask = mask.Expand(data.Shape()...)
	}
	return newMasked(data, mask)
}

func sameMasks(a, b *torch.Tensor) bool {
	if a.Layout() != b.Layout() {
		raise("ValueError", "`a` and `b` must have the same layout. Got %s and %s", a.Layout(), b.Layout())
	}
	if a.Layout() != torch.Strided {
		a, b = a.ToDense(), b.ToDense()
	}
	return a.Dim() == b.Dim() && torch.ItemOf[bool](torch.Eq(a, b).All())
}

// Add is [MaskedTensor.Binary] with [torch.Add].
func (m *MaskedTensor) Add(other any) *MaskedTensor {
	return m.Binary(func(t *torch.Tensor, other any) *torch.Tensor { return t.Add(other) }, other)
}

// Sub is [MaskedTensor.Binary] with [torch.Sub].
func (m *MaskedTensor) Sub(other any) *MaskedTensor {
	return m.Binary(func(t *torch.Tensor, other any) *torch.Tensor { return t.Sub(other) }, other)
}

// Mul is [MaskedTensor.Binary] with [torch.Mul].
func (m *MaskedTensor) Mul(other any) *MaskedTensor {
	return m.Binary(func(t *torch.Tensor, other any) *torch.Tensor { return t.Mul(other) }, other)
}

// Div is [MaskedTensor.Binary] with [torch.Div].
func (m *MaskedTensor) Div(other any) *MaskedTensor {
	return m.Binary(func(t *torch.Tensor, other any) *torch.Tensor { return t.Div(other) }, other)
}

// Rearrange applies an operator that only moves elements to the data and to the
// mask:
//
//	m.Rearrange(func(t *torch.Tensor) *torch.Tensor { return t.T() })
func (m *MaskedTensor) Rearrange(operator func(t *torch.Tensor) *torch.Tensor) *MaskedTensor {
	return newMasked(operator(m.data), operator(m.mask))
}

// Softmax is [torch.Softmax] of the elements that count, Python's
// torch.softmax of a masked tensor.
func (m *MaskedTensor) Softmax(dim int64) *MaskedTensor {
	return newMasked(operators().MaskedSoftmax(m.data, m.mask.LogicalNot(), dim), m.mask)
}

// The reductions are those of this package, with the tensor's own mask. An
// element of the result counts if one of those that it is made of does. Sparse
// tensors are reduced over all dimensions only.

// Sum is [Sum].
func (m *MaskedTensor) Sum(opts ...ReductionOption) *MaskedTensor { return reduceMasked(m, Sum, opts) }

// Mean is [Mean].
func (m *MaskedTensor) Mean(opts ...ReductionOption) *MaskedTensor {
	return reduceMasked(m, Mean, opts)
}

// Prod is [Prod].
func (m *MaskedTensor) Prod(opts ...ReductionOption) *MaskedTensor {
	return reduceMasked(m, Prod, opts)
}

// Amax is [Amax].
func (m *MaskedTensor) Amax(opts ...ReductionOption) *MaskedTensor {
	return reduceMasked(m, Amax, opts)
}

// Amin is [Amin].
func (m *MaskedTensor) Amin(opts ...ReductionOption) *MaskedTensor {
	return reduceMasked(m, Amin, opts)
}

// Argmax is [Argmax].
func (m *MaskedTensor) Argmax(opts ...ReductionOption) *MaskedTensor {
	return reduceMasked(m, Argmax, opts)
}

// Argmin is [Argmin].
func (m *MaskedTensor) Argmin(opts ...ReductionOption) *MaskedTensor {
	return reduceMasked(m, Argmin, opts)
}

// Norm is [Norm].
func (m *MaskedTensor) Norm(opts ...NormOption) *MaskedTensor { return reduceMasked(m, Norm, opts) }

// Var is [Var].
func (m *MaskedTensor) Var(opts ...VarOption) *MaskedTensor { return reduceMasked(m, Var, opts) }

// Std is [Std].
func (m *MaskedTensor) Std(opts ...VarOption) *MaskedTensor { return reduceMasked(m, Std, opts) }

// All reports whether all elements that count are true, or not 0.
func (m *MaskedTensor) All(opts ...ReductionOption) *MaskedTensor {
	return reduceMasked(m, func(t *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
		s := read(opts)
		filled := t.MaskedFill(s.mask.LogicalNot(), true)
		if s.dim == nil {
			return filled.All()
		}
		return filled.All(s.dims(), torch.Keepdim(s.keepdim))
	}, opts)
}

func reduceMasked[O any](m *MaskedTensor, operator func(*torch.Tensor, ...O) *torch.Tensor, opts []O) *MaskedTensor {
	data, mask := m.data, m.mask
	s := read(opts)
	if data.Layout() != torch.Strided {
		if s.dim != nil {
			raise("NotImplementedError", "a sparse MaskedTensor is reduced over all dimensions only")
		}
		data, mask = data.Values(), mask.Values()
	}
	result := operator(data, append(slices.Clip(opts), any(Mask(mask)).(O))...)
	if s.dim == nil {
		return newMasked(result, mask.Any())
	}
	dims := canonical(s.dim, mask.Dim())
	for i := len(dims) - 1; i >= 0; i-- {
		mask = mask.Any(torch.Dim(dims[i]), torch.Keepdim(s.keepdim))
	}
	return newMasked(result, mask)
}
