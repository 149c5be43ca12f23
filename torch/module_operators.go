package torch

import "github.com/wangkuiyi/gotorch/internal/option"

// Operators has what PyTorch's Python modules use although torch does not show
// it. Its zero value is for packages of this project, which get it from
// [ModuleOperators].
type Operators struct{ _ option.Marker }

// ModuleOperators is for packages of this project: nobody else can call it.
func ModuleOperators(marker option.Marker) Operators { return Operators{marker} }

// CheckedInvariants reports whether sparse tensors are checked when they are
// made, if anybody has said so.
func (Operators) CheckedInvariants() (checked, set bool) {
	state := checkedInvariants(false)
	return state.value, state.set
}

// SetCheckedInvariants says whether sparse tensors are checked when they are
// made.
func (Operators) SetCheckedInvariants(checked, set bool) {
	setCheckedInvariants(optional[bool]{checked, set})
}

// Coalesced_ promises that the indices are sorted and unique, Python's
// t._coalesced_.
func (Operators) Coalesced_(t *Tensor, coalesced bool) { op_Coalesced_(t, coalesced) }

// SparseBroadcastTo is Python's torch._sparse_broadcast_to.
func (Operators) SparseBroadcastTo(t *Tensor, size []int64) *Tensor {
	return op_SparseBroadcastTo(t, size)
}

// SparseCsrSum is Python's torch._sparse_csr_sum.
func (Operators) SparseCsrSum(t *Tensor, dim []int64, keepdim bool, dtype DType) *Tensor {
	return op_SparseCsrSumDimDtype(t, dim, keepdim, dtype)
}

// SparseCsrProd is Python's torch._sparse_csr_prod.
func (Operators) SparseCsrProd(t *Tensor, dim []int64, keepdim bool, dtype DType) *Tensor {
	return op_SparseCsrProdDimDtype(t, dim, keepdim, dtype)
}

// Indices are the indices of a sparse tensor that need not be coalesced, Python's
// t._indices().
func (Operators) Indices(t *Tensor) *Tensor { return op_Indices(t) }

// Values are the values of a sparse tensor that need not be coalesced, Python's
// t._values().
func (Operators) Values(t *Tensor) *Tensor { return op_Values(t) }

// NestedTensorFromTensorList is Python's torch._nested_tensor_from_tensor_list.
func (Operators) NestedTensorFromTensorList(list []*Tensor, dtype DType, device Device, pinMemory PinMemoryArg) *Tensor {
	return op_NestedTensorFromTensorList(list, dtype, 0, device, some(bool(pinMemory)))
}

// NestedViewFromBuffer makes a nested tensor, of tensors of these sizes that
// follow one another in buffer.
func (Operators) NestedViewFromBuffer(buffer, sizes *Tensor) *Tensor {
	strides, offsets := op_NestedComputeContiguousStridesOffsets(sizes)
	return op_NestedViewFromBuffer(buffer, sizes, strides, offsets)
}

// JaggedToPaddedDense is Python's torch._jagged_to_padded_dense_forward.
func (Operators) JaggedToPaddedDense(values, offsets *Tensor, maxLength int64, padding float64) *Tensor {
	return op_JaggedToPaddedDenseForward(values, []*Tensor{offsets}, []int64{maxLength}, padding)
}

// MaskedSoftmax is Python's torch._masked_softmax of a mask of the input's shape,
// which is true where an element does not count.
func (Operators) MaskedSoftmax(t, mask *Tensor, dim int64) *Tensor {
	const wholeShape = 2
	return op_MaskedSoftmax(t, mask, some(dim), some(int64(wholeShape)))
}
