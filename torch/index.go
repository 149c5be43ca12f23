package torch

import "reflect"

// The parts of an index besides integers, bools and tensors.
type (
	sliceIndex struct {
		start, stop optional[int64]
		step        int64
	}
	noneIndex     struct{}
	ellipsisIndex struct{}
)

// None inserts a dimension of size 1 where it stands in an index, as Python's
// x[None].
var None = noneIndex{}

// Ellipsis stands in an index for as many full slices as fit, as Python's
// x[..., 0].
var Ellipsis = ellipsisIndex{}

// Slice is Python's start:stop:step in an index. start and stop are integers,
// of which negative ones count from the end, or nil, which leaves them out:
//
//	x[1:]     x.Index(torch.Slice(1, nil))
//	x[:, :2]  x.Index(torch.Slice(nil, nil), torch.Slice(nil, 2))
//	x[::3]    x.Index(torch.Slice(nil, nil, 3))
//
// The step is 1 unless given, and must be positive.
func Slice(start, stop any, step ...int64) sliceIndex {
	s := sliceIndex{start: bound(start), stop: bound(stop), step: 1}
	if len(step) > 0 {
		s.step = step[0]
	}
	return s
}

func bound(v any) optional[int64] {
	switch {
	case v == nil:
		return optional[int64]{}
	case isInteger(v):
		return some(toInt(v, "slice"))
	}
	refuse(typeErrorKind, "slice indices must be integers or None or have an __index__ method")
	panic("unreachable")
}

// Index returns a part of t, Python's t[indices]. Each index is for one
// dimension:
//
//   - an integer selects an element and removes the dimension;
//   - a [Slice] selects a range;
//   - [None] inserts a dimension, and [Ellipsis] skips those that are left over;
//   - a tensor of integers, or a slice of Go integers, selects the elements that
//     it lists, and several such are combined element by element;
//   - a tensor of bools selects, from as many dimensions as it has, where it is
//     true; a bool stands for such a tensor of no dimensions.
//
// The result is a view of t unless there is a tensor among the indices. An index
// out of range panics with an IndexError.
func (t *Tensor) Index(indices ...any) *Tensor {
	if len(indices) == 1 { // all checks of a single list are libtorch's, too
		if list, ok := indices[0].(*Tensor); ok && list != nil && list.Dim() > 0 {
			return opIndexTensor(t, []*Tensor{list})
		}
	}
	part, lists := t.slicing(indices, nil)
	if len(lists) > 0 {
		return opIndexTensor(part, lists)
	}
	if part == t {
		return opAlias(t)
	}
	return part
}

// slicing applies the indices that make views, and returns those that do not, by
// dimension of the view; nil means all of a dimension. It follows applySlicing in
// ATen/TensorIndexing.h. assigned is t if its indices may stay on its device.
func (t *Tensor) slicing(indices []any, assigned *Tensor) (part *Tensor, lists []*Tensor) {
	if len(indices) == 0 { // Python's t[()]
		return t, nil
	}
	s := slicer{part: t, assigned: assigned}
	parts := make([]any, len(indices))
	specified := int64(0)
	for i, index := range indices {
		parts[i] = normalIndex(index, t)
		specified += dimensionsOf(parts[i])
	}
	dims := t.Dim()
	if _, number := parts[0].(int64); dims == 0 && number && len(parts) == 1 {
		refuse(indexErrorKind, "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ "+
			"to convert a 0-dim tensor to a number")
	}
	if specified > dims {
		refuse(indexErrorKind, "too many indices for tensor of dimension %d", dims)
	}
	s.skipped = dims - specified
	for i, index := range parts {
		s.apply(index, i)
	}
	for n := len(s.lists); n > 0 && s.lists[n-1] == nil; n-- {
		s.lists = s.lists[:n-1]
	}
	return s.part, s.lists
}

// A tensorIndex is a tensor with what is asked of it more than once.
type tensorIndex struct {
	*Tensor
	dim  int64 // the number of dimensions
	mask bool
}

// normalIndex turns an index into an int64, a bool or one of this file's types.
func normalIndex(index any, indexed *Tensor) any {
	switch v := index.(type) {
	case sliceIndex, noneIndex, ellipsisIndex, bool:
		return index
	case nil:
		return None
	case *Tensor:
		if v == nil {
			return None
		}
		switch dtype := v.DType(); dtype {
		case Bool, Uint8:
			return tensorIndex{v, v.Dim(), true}
		case Int64, Int32, Int16, Int8:
			return tensorIndex{v, v.Dim(), false}
		}
		refuse(indexErrorKind, "tensors used as indices must be long, int, byte or bool tensors")
	}
	if isInteger(index) {
		return toInt(index, "index")
	}
	if kind := reflect.TypeOf(index).Kind(); kind == reflect.Slice || kind == reflect.Array {
		return normalIndex(NewTensor(index, indexed.Device()), indexed)
	}
	refuse(indexErrorKind, "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got %s)",
		typeName(index))
	panic("unreachable")
}

// dimensionsOf is the number of dimensions that an index stands for.
func dimensionsOf(index any) int64 {
	switch v := index.(type) {
	case noneIndex, ellipsisIndex, bool:
		return 0
	case tensorIndex:
		if v.mask {
			return v.dim
		}
	}
	return 1
}

func isMask(t *Tensor) bool {
	dtype := t.DType()
	return dtype == Bool || dtype == Uint8
}

// A slicer applies indices one after the other.
type slicer struct {
	part    *Tensor
	dim     int64 // of part, where the next index applies
	skipped int64 // dimensions that an ellipsis stands for
	lists   []*Tensor

	assigned *Tensor // see slicing
}

// apply applies the index at a position.
func (s *slicer) apply(index any, position int) {
	switch v := index.(type) {
	case int64:
		s.choose(v, position)
	case sliceIndex:
		s.slice(v)
		s.pass(1)
	case ellipsisIndex:
		s.pass(s.skipped)
	case noneIndex:
		s.part = opUnsqueeze(s.part, s.dim)
		s.pass(1)
	case bool:
		s.truth(v)
	case tensorIndex:
		switch {
		case v.dim > 0 || v.staysOnDeviceOf(s.assigned):
			s.list(v)
		case v.mask:
			s.truth(v.Item() != 0)
		default:
			s.choose(int64(v.Item()), position)
		}
	}
}

// pass goes on by n dimensions that no list of indices is for.
func (s *slicer) pass(n int64) {
	s.dim += n
	if len(s.lists) > 0 {
		s.lists = append(s.lists, make([]*Tensor, n)...)
	}
}

func (s *slicer) choose(index int64, position int) {
	if size := s.part.Size(s.dim); index >= size || index < -size {
		refuse(indexErrorKind, "index %d is out of bounds for dimension %d with size %d", index, position, size)
	}
	s.part = opSelectInt(s.part, s.dim, index)
}

func (s *slicer) slice(v sliceIndex) {
	switch {
	case v.step == 0:
		refuse(valueErrorKind, "slice step cannot be zero")
	case v.step < 0:
		refuse(valueErrorKind, "step must be greater than zero")
	}
	size := s.part.Size(s.dim)
	whole := (!v.start.set || v.start.value == 0) && (!v.stop.set || v.stop.value >= size) && v.step == 1
	if !whole {
		s.part = opSliceTensor(s.part, s.dim, v.start, v.stop, v.step)
	}
}

// truth applies a bool: a new dimension of size 1, or of none.
func (s *slicer) truth(v bool) {
	s.part = opUnsqueeze(s.part, s.dim)
	n := int64(0)
	if v {
		n = 1
	}
	s.list(tensorIndex{Zeros([]int64{n}, Int64, s.part.Device()), 1, false})
}

// list notes a tensor of indices, or a mask, for the dimensions from the present
// one on.
func (s *slicer) list(index tensorIndex) {
	if len(s.lists) == 0 {
		s.lists = make([]*Tensor, s.dim)
	}
	s.lists = append(s.lists, index.Tensor)
	if index.mask {
		s.dim += index.dim
	} else {
		s.dim++
	}
}
