package torch

// Python's torch.unique returns one to three tensors, as return_inverse= and
// return_counts= say. Here each form is a function.

// Unique returns the values that occur in input, each once, Python's
// torch.unique. With [Dim] it returns the slices along that dimension that
// differ.
//
// Options: [Sorted] (true), which is off in name only where PyTorch sorts
// anyway, and [Dim].
func Unique(input *Tensor, opts ...UniqueOption) *Tensor {
	output, _, _ := unique(input, false, false, opts)
	return output
}

// UniqueInverse is [Unique] with, for each element of input, the index of its
// value in output: Python's return_inverse=True.
func UniqueInverse(input *Tensor, opts ...UniqueOption) (output, inverse *Tensor) {
	output, inverse, _ = unique(input, true, false, opts)
	return output, inverse
}

// UniqueCounts is [Unique] with the number of times that each value occurs:
// Python's return_counts=True.
func UniqueCounts(input *Tensor, opts ...UniqueOption) (output, counts *Tensor) {
	output, _, counts = unique(input, false, true, opts)
	return output, counts
}

// UniqueInverseCounts is [UniqueInverse] and [UniqueCounts] in one.
func UniqueInverseCounts(input *Tensor, opts ...UniqueOption) (output, inverse, counts *Tensor) {
	return unique(input, true, true, opts)
}

func unique(input *Tensor, returnInverse, returnCounts bool, opts []UniqueOption) (output, inverse, counts *Tensor) {
	sorted := true
	var dim optional[int64]
	for _, o := range opts {
		switch o := o.(type) {
		case SortedArg:
			sorted = bool(o)
		case DimArg:
			dim = some(oneInt(o, "dim"))
		}
	}
	if dim.set {
		return opUniqueDim(input, dim.value, sorted, returnInverse, returnCounts)
	}
	return op_Unique2(input, sorted, returnInverse, returnCounts)
}

// UniqueConsecutive returns input's values without those that equal the one
// before, Python's torch.unique_consecutive. With [Dim] it compares slices along
// that dimension.
func UniqueConsecutive(input *Tensor, opts ...UniqueConsecutiveOption) *Tensor {
	output, _, _ := uniqueConsecutive(input, false, false, opts)
	return output
}

// UniqueConsecutiveInverse is [UniqueConsecutive] with, for each element of
// input, the index of its value in output.
func UniqueConsecutiveInverse(input *Tensor, opts ...UniqueConsecutiveOption) (output, inverse *Tensor) {
	output, inverse, _ = uniqueConsecutive(input, true, false, opts)
	return output, inverse
}

// UniqueConsecutiveCounts is [UniqueConsecutive] with the number of elements
// that each value stands for.
func UniqueConsecutiveCounts(input *Tensor, opts ...UniqueConsecutiveOption) (output, counts *Tensor) {
	output, _, counts = uniqueConsecutive(input, false, true, opts)
	return output, counts
}

// UniqueConsecutiveInverseCounts is [UniqueConsecutiveInverse] and
// [UniqueConsecutiveCounts] in one.
func UniqueConsecutiveInverseCounts(input *Tensor, opts ...UniqueConsecutiveOption) (output, inverse, counts *Tensor) {
	return uniqueConsecutive(input, true, true, opts)
}

func uniqueConsecutive(input *Tensor, returnInverse, returnCounts bool, opts []UniqueConsecutiveOption) (output, inverse, counts *Tensor) {
	var dim optional[int64]
	for _, o := range opts {
		if o, ok := o.(DimArg); ok {
			dim = some(oneInt(o, "dim"))
		}
	}
	return opUniqueConsecutive(input, returnInverse, returnCounts, dim)
}

// Unique is [Unique] of t.
func (t *Tensor) Unique(opts ...UniqueOption) *Tensor { return Unique(t, opts...) }

// UniqueInverse is [UniqueInverse] of t.
func (t *Tensor) UniqueInverse(opts ...UniqueOption) (output, inverse *Tensor) {
	return UniqueInverse(t, opts...)
}

// UniqueCounts is [UniqueCounts] of t.
func (t *Tensor) UniqueCounts(opts ...UniqueOption) (output, counts *Tensor) {
	return UniqueCounts(t, opts...)
}

// UniqueInverseCounts is [UniqueInverseCounts] of t.
func (t *Tensor) UniqueInverseCounts(opts ...UniqueOption) (output, inverse, counts *Tensor) {
	return UniqueInverseCounts(t, opts...)
}

// UniqueConsecutive is [UniqueConsecutive] of t.
func (t *Tensor) UniqueConsecutive(opts ...UniqueConsecutiveOption) *Tensor {
	return UniqueConsecutive(t, opts...)
}

// UniqueConsecutiveInverse is [UniqueConsecutiveInverse] of t.
func (t *Tensor) UniqueConsecutiveInverse(opts ...UniqueConsecutiveOption) (output, inverse *Tensor) {
	return UniqueConsecutiveInverse(t, opts...)
}

// UniqueConsecutiveCounts is [UniqueConsecutiveCounts] of t.
func (t *Tensor) UniqueConsecutiveCounts(opts ...UniqueConsecutiveOption) (output, counts *Tensor) {
	return UniqueConsecutiveCounts(t, opts...)
}

// UniqueConsecutiveInverseCounts is [UniqueConsecutiveInverseCounts] of t.
func (t *Tensor) UniqueConsecutiveInverseCounts(opts ...UniqueConsecutiveOption) (output, inverse, counts *Tensor) {
	return UniqueConsecutiveInverseCounts(t, opts...)
}
