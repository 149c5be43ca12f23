package masked

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// A MaskedTensor is a tensor some of whose elements do not count, Python's
// torch.masked.MaskedTensor. There it is a subclass of Tensor; here it is a type
// of its own, whose methods apply operators to the data and keep the mask:
// [MaskedTensor.Unary], [MaskedTensor.Binary], [MaskedTensor.Rearrange], the
// arithmetic operators and the reductions.
//
// Data and mask are both dense, both in COO or both in CSR layout. What the
// masked-out elements are is not defined; in gradients they are 0.
type MaskedTensor struct{ data, mask *torch.Tensor }

// A TensorOption is an option of [NewMaskedTensor]: [torch.RequiresGrad].
type TensorOption interface{ TensorOption(option.Marker) }

// NewMaskedTensor copies data without its history into a masked tensor, Python's
// torch.masked.masked_tensor. An element counts where the mask, of data's shape
// and the dtype Bool, is true. With [torch.RequiresGrad] gradients are added up
// in [MaskedTensor.Grad].
func NewMaskedTensor(data, mask *torch.Tensor, opts ...TensorOption) *MaskedTensor {
	m := newMasked(data.Detach(), mask)
	if data.RequiresGrad() {
		torch.Warn("It is not recommended to create a MaskedTensor with a tensor that requires_grad. " +
			"To avoid this, you can use data.detach().clone()")
	}
	for _, o := range opts {
		if o.(torch.RequiresGradArg) {
			m.data.RequiresGrad_()
		}
	}
	return m
}

// AsMaskedTensor copies data into a masked tensor through which gradients flow
// back to data, Python's torch.masked.as_masked_tensor.
func AsMaskedTensor(data, mask *torch.Tensor) *MaskedTensor { return newMasked(data, mask) }

func newMasked(data, mask *torch.Tensor) *MaskedTensor {
	torch.Warn("The PyTorch API of MaskedTensors is in prototype stage and will change in the near future. " +
		"Please open a Github issue for feature requests and see our documentation on the torch.masked module for further " +
		"information about the project.")
	if data.Layout() != mask.Layout() {
		raise("TypeError", "data and mask must have the same layout.")
	}
	data, mask = sameElements(data, mask)
	m := &MaskedTensor{data.Clone(), mask.Clone()}
	m.check()
	return m
}

// sameElements gives sparse data the elements that the mask has.
func sameElements(data, mask *torch.Tensor) (*torch.Tensor, *torch.Tensor) {
	if mask.Layout() == torch.SparseCoo {
		data, mask = data.Coalesce(), mask.Coalesce()
	}
	if layout := mask.Layout(); layout != torch.SparseCoo && layout != torch.SparseCsr || data.Nnz() == mask.Nnz() {
		return data, mask
	}
	zero := torch.NewTensor(0)
	if mask.Layout() == torch.SparseCoo {
		return whereCoo(mask, data, zero), mask
	}
	return whereCoo(mask.ToSparseCoo(), data.ToSparseCoo(), zero).ToSparseCsr(), mask
}

// supported are the dtypes that PyTorch allows.
var supported = []torch.DType{
	torch.Float16, torch.Float32, torch.Float64, torch.Bool, torch.Int8, torch.Int16, torch.Int32, torch.Int64,
}

func (m *MaskedTensor) check() {
	switch layout := m.data.Layout(); {
	case layout != torch.Strided && layout != torch.SparseCoo && layout != torch.SparseCsr:
		raise("TypeError", "data layout of %s is not supported.", layout)
	case layout == torch.SparseCoo && !m.data.Indices().Equal(m.mask.Indices()):
		raise("ValueError", "data and mask are both sparse COO tensors but do not have the same indices.")
	case layout == torch.SparseCsr &&
		!(m.data.CrowIndices().Equal(m.mask.CrowIndices()) && m.data.ColIndices().Equal(m.mask.ColIndices())):
		raise("ValueError", "data and mask are both sparse CSR tensors but do not share either crow or col indices.")
	}
	if m.mask.DType() != torch.Bool {
		raise("TypeError", "mask must have dtype bool.")
	}
	if dtype := m.data.DType(); !slices.Contains(supported, dtype) {
		raise("TypeError", "%s is not supported in MaskedTensor.", dtype)
	}
	if m.data.Dim() != m.mask.Dim() {
		raise("ValueError", "data.dim() must equal mask.dim()")
	}
	if !slices.Equal(m.data.Shape(), m.mask.Shape()) {
		raise("ValueError", "data.size() must equal mask.size()")
	}
}

// GetData returns the data, whatever the mask, Python's mt.get_data(). Gradients
// flow through it.
func (m *MaskedTensor) GetData() *torch.Tensor { return m.data }

// GetMask returns the mask, Python's mt.get_mask().
func (m *MaskedTensor) GetMask() *torch.Tensor { return m.mask }

// ToTensor returns the data with value in the place of masked-out elements,
// Python's mt.to_tensor(value).
func (m *MaskedTensor) ToTensor(value any) *torch.Tensor {
	return m.data.MaskedFill(m.mask.LogicalNot(), value)
}

// Grad returns the gradient, or nil, Python's mt.grad. Its mask is the tensor's
// own; in Python it also leaves out elements that were not selected.
func (m *MaskedTensor) Grad() *MaskedTensor {
	gradient := m.data.Grad()
	if gradient == nil {
		return nil
	}
	return &MaskedTensor{gradient, m.mask}
}

// Backward computes gradients, Python's mt.backward(). The options are those of
// [torch.Tensor.Backward].
func (m *MaskedTensor) Backward(opts ...torch.BackwardOption) { m.data.Backward(opts...) }

// ToSparse converts to COO layout, in which only what counts is kept, Python's
// mt.to_sparse().
func (m *MaskedTensor) ToSparse() *MaskedTensor {
	if m.data.Layout() == torch.SparseCoo {
		return m
	}
	mask := m.mask.ToSparseCoo().Coalesce()
	return newMasked(m.data.SparseMask(mask), mask)
}

// ToSparseCsr converts a matrix to CSR layout, Python's mt.to_sparse_csr().
func (m *MaskedTensor) ToSparseCsr() *MaskedTensor {
	if m.data.Dim() != 2 {
		raise("ValueError", "Only 2D tensors can be converted to the SparseCsr layout but got shape: %s", sizeText(m.data.Shape()))
	}
	if m.data.Layout() == torch.SparseCsr {
		return m
	}
	mask := m.mask.ToSparseCsr()
	return newMasked(m.data.SparseMask(mask), mask)
}

// ToDense converts to the strided layout, Python's mt.to_dense().
func (m *MaskedTensor) ToDense() *MaskedTensor {
	if m.data.Layout() == torch.Strided {
		return m
	}
	return newMasked(m.data.ToDense(), m.mask.ToDense())
}

// Where takes elements of x where condition is true, and of y elsewhere, with
// their masks, Python's torch.where of masked tensors.
func Where(condition *torch.Tensor, x, y *MaskedTensor) *MaskedTensor {
	return newMasked(torch.Where(condition, x.data, y.data), torch.Where(condition, x.mask, y.mask))
}
