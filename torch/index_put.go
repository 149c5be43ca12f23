package torch

import "slices"

// IndexPut_ sets a part of t, Python's t[indices] = value, and returns t. The
// value is a tensor that can be broadcast to the part's shape, or a number; for
// the indices see [Tensor.Index].
//
// With [Accumulate] after the indices the value is added to the part, as often
// as an element is indexed: Python's accumulate=True of index_put_.
func (t *Tensor) IndexPut_(value any, indices ...any) *Tensor {
	indices, accumulate := withoutAccumulate(indices)
	if t.IsSparse() {
		refuse(typeErrorKind, "Cannot assign to a sparse tensor")
	}
	source, isTensor := value.(*Tensor)
	var number scalar
	if !isTensor {
		number = toScalar(value, "value")
	}
	part, lists, nothing := t.assignable(indices, value)
	switch {
	case nothing:
	case accumulate:
		if !isTensor {
			source = asTensorOf(number, t)
		}
		accumulateInto(part, lists, source)
	case isTensor:
		assignTensor(part, lists, source)
	default:
		assignNumber(part, lists, number)
	}
	return t
}

// IndexPut returns a copy of t with a part of it set as [Tensor.IndexPut_] does.
func (t *Tensor) IndexPut(value any, indices ...any) *Tensor {
	plain, accumulate := withoutAccumulate(indices)
	part, lists := t.slicing(plain, t.withoutWaiting(value))
	if part != t || len(lists) == 0 {
		return opClone(t, 0).IndexPut_(value, indices...)
	}
	source, ok := value.(*Tensor)
	if !ok {
		source = asTensorOf(toScalar(value, "value"), t)
	}
	return opIndexPut(t, lists, withoutLeadingOnes(source), accumulate)
}

// IndexPut returns a copy of input with values at the indices, a tensor for each
// dimension or nil for all of it: Python's torch.index_put. Option:
// [Accumulate].
func IndexPut(input *Tensor, indices []*Tensor, values *Tensor, opts ...IndexPutOption) *Tensor {
	return opIndexPut(input, indices, values, accumulates(opts))
}

// IndexPut_ is [IndexPut] that writes to input, which it returns.
func IndexPut_(input *Tensor, indices []*Tensor, values *Tensor, opts ...IndexPutOption) *Tensor {
	opIndexPut_(input, indices, values, accumulates(opts))
	return input
}

func accumulates(opts []IndexPutOption) bool {
	on := false
	for _, o := range opts {
		if o, ok := o.(AccumulateArg); ok {
			on = bool(o)
		}
	}
	return on
}

// withoutAccumulate takes the option out of a list of indices.
func withoutAccumulate(indices []any) (rest []any, accumulate bool) {
	i := slices.IndexFunc(indices, func(v any) bool { _, ok := v.(AccumulateArg); return ok })
	if i < 0 {
		return indices, false
	}
	return slices.Delete(slices.Clone(indices), i, i+1), bool(indices[i].(AccumulateArg))
}

// assignable is slicing for an assignment, in which a bool alone selects all or
// nothing.
func (t *Tensor) assignable(indices []any, value any) (part *Tensor, lists []*Tensor, nothing bool) {
	if len(indices) == 1 {
		if on, ok := indices[0].(bool); ok {
			return opUnsqueeze(t, 0), nil, !on
		}
	}
	part, lists = t.slicing(indices, t.withoutWaiting(value))
	return part, lists, false
}

// withoutWaiting returns t if a tensor of no dimensions among the indices need not be
// read from the GPU to assign the value: since 2.15 Python does not wait for it then.
func (t *Tensor) withoutWaiting(value any) *Tensor {
	if !t.IsCuda() || t.IsQuantized() {
		return nil
	}
	dtype := t.DType()
	if dtype == Uint16 || dtype == Uint32 || dtype == Uint64 { // no index_fill_ and index_put_ on GPUs
		return nil
	}
	if v, ok := value.(*Tensor); ok && (v.Dim() > 0 || v.DType() != dtype || v.Device() != t.Device()) {
		return nil
	}
	return t
}

// staysOnDeviceOf reports whether this index of no dimensions can take part in an
// assignment to t as it is; t is nil in others. It follows canKeepScalarIndexOnDevice
// in ATen/TensorIndexing.h.
func (i tensorIndex) staysOnDeviceOf(t *Tensor) bool {
	if t == nil || i.Device() != t.Device() {
		return false
	}
	dtype, memory := i.DType(), t.memory()
	return (dtype == Int64 || dtype == Int32) && memory != 0 && i.memory() != memory
}

// memory is the address at which t's storage begins, or 0 if there is none.
func (t *Tensor) memory() uintptr {
	first := t.DataPtr()
	if first == 0 {
		return 0
	}
	return first - uintptr(t.StorageOffset()*t.ElementSize())
}

func asTensorOf(number scalar, like *Tensor) *Tensor {
	return opScalarTensor(number, like.DType(), 0, like.Device(), optional[bool]{})
}

func accumulateInto(part *Tensor, lists []*Tensor, source *Tensor) {
	if len(lists) > 0 {
		opIndexPut_(part, lists, withoutLeadingOnes(source), true)
		return
	}
	part.Add_(source)
}

// assignTensor follows copy_to and set_item in ATen/TensorIndexing.h.
func assignTensor(part *Tensor, lists []*Tensor, source *Tensor) {
	switch {
	case len(lists) > 0:
		opIndexPut_(part, lists, withoutLeadingOnes(source), false)
	case equalInts(part.Shape(), source.Shape()):
		opCopy_(part, source, false)
	case source.Dim() == 0 && source.IsCpu():
		opFill_Tensor(part, source)
	default:
		opCopy_(part, opExpand(withoutLeadingOnes(source), part.Shape(), false), false)
	}
}

// assignNumber is assignTensor for a number, which PyTorch does with operators
// for numbers where there are some.
func assignNumber(part *Tensor, lists []*Tensor, number scalar) {
	if len(lists) == 0 {
		opFill_Scalar(part, number)
		return
	}
	if mask := onlyMask(part, lists); mask != nil {
		opMaskedFill_Scalar(part, mask, number)
		return
	}
	if dim := onlyList(part, lists); dim >= 0 {
		index := lists[dim]
		if index.Dim() > 1 {
			index = opView(index, []int64{-1})
		}
		opIndexFill_IntScalar(part, int64(dim), index, number)
		return
	}
	opIndexPut_(part, lists, asTensorOf(number, part), false)
}

// onlyMask returns the one mask among the lists, with as many dimensions as it
// needs to fit to part, or nil if there is something else.
func onlyMask(part *Tensor, lists []*Tensor) *Tensor {
	var mask *Tensor
	covered := int64(0)
	for _, list := range lists {
		switch {
		case list == nil && mask == nil:
			covered++
		case list == nil:
		case !isMask(list) || mask != nil || list.Device() != part.Device():
			return nil
		default:
			mask = list
			checkMask(part, mask, covered)
			covered += mask.Dim()
		}
	}
	for ; covered < part.Dim(); covered++ {
		mask = opUnsqueeze(mask, -1)
	}
	return mask
}

// checkMask refuses a mask that does not fit to part's dimensions from first on.
func checkMask(part, mask *Tensor, first int64) {
	sizes, masks := part.Shape(), mask.Shape()
	for i, n := range masks {
		at, dims := first+int64(i), int64(len(sizes))
		if at >= dims { // after several ellipses
			refuse(indexErrorKind, "Dimension out of range (expected to be in range of [%d, %d], but got %d)", -dims, dims-1, at)
		}
		if n != sizes[at] {
			refuse(indexErrorKind, "The shape of the mask %s at index %d does not match the shape of the indexed tensor %s at index %d",
				intsText(masks), i, intsText(sizes), at)
		}
	}
}

// onlyList returns the dimension of the one list of indices, or -1 if there are
// several or it is not one that index_fill_ takes.
func onlyList(part *Tensor, lists []*Tensor) int {
	dim := -1
	for i, list := range lists {
		switch {
		case list == nil:
		case dim >= 0 || list.DType() != Int64 || list.Device() != part.Device() || list.Dim() > 1 && !list.IsContiguous():
			return -1
		default:
			dim = i
		}
	}
	return dim
}

// withoutLeadingOnes strips dimensions of size 1 from the left, which Python
// allows in an assignment's value.
func withoutLeadingOnes(t *Tensor) *Tensor {
	shape := t.Shape()
	n := 0
	for n < len(shape) && shape[n] == 1 {
		n++
	}
	if n == 0 {
		return t
	}
	return opView(t, shape[n:])
}
