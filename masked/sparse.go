package masked

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// The helpers for sparse inputs of PyTorch's torch/masked/_ops.py.

// flattened turns the coordinates of a sparse tensor's elements into numbers.
func flattened(t *torch.Tensor) *torch.Tensor {
	indices := t.Indices()
	flat := indices.NewZeros([]int64{indices.Size(1)})
	for d, size := range t.Shape()[:t.SparseDim()] {
		flat.Mul_(size)
		flat.Add_(indices.Index(d))
	}
	return flat
}

// intersection returns the values of both lists, each of which has a value at
// most once, and where among them are those that are in both.
func intersection(a, b *torch.Tensor) (union, common *torch.Tensor) {
	union, counts := torch.UniqueCounts(torch.Cat([]*torch.Tensor{a, b}))
	return union, torch.WhereIndices(counts.Gt(1))[0]
}

// common returns the values that are in both lists.
func common(a, b *torch.Tensor) *torch.Tensor {
	union, where := intersection(a, b)
	return union.Index(where)
}

// minus returns the values of a that are not in b.
func minus(a, b *torch.Tensor) *torch.Tensor {
	union, counts := torch.UniqueCounts(torch.Cat([]*torch.Tensor{a, b}))
	return common(union.Index(torch.WhereIndices(counts.Eq(1))[0]), a)
}

// whereCoo is where for tensors of coordinates: the result has the elements that
// the mask lets in, and no others. In the dense part of hybrid tensors,
// masked-out elements are fill.
func whereCoo(mask, input, fill *torch.Tensor) *torch.Tensor {
	checkCoo(mask, input)
	input = input.Coalesce()
	inputFlat, maskFlat := flattened(input), flattened(mask)
	hybrid := mask.DenseDim() > 0
	in := mask.Values()
	if hybrid {
		for d := input.SparseDim(); d >= 1; d-- {
			in = in.Any(torch.Dim(d))
		}
	}
	every := torch.Slice(nil, nil)
	maskIn := maskFlat.Index(in.Nonzero().Index(every, 0))
	inputIn := common(maskIn, inputFlat)
	_, where := intersection(inputFlat, inputIn)
	indices, values := input.Indices().Index(every, where), input.Values().Index(where)
	if hybrid {
		_, dense := intersection(maskFlat, inputIn)
		values = torch.Where(mask.Values().Index(dense), values, fill)
	}
	_, where = intersection(maskFlat, minus(maskIn, inputIn))
	zeros := mask.Indices().Index(every, where)
	size := torch.WithSize(input.Shape()...)
	n := zeros.Size(1)
	if n == 0 { // in input's order
		result := torch.SparseCooTensor(indices, values, size)
		operators().Coalesced_(result, true)
		return result
	}
	unspecified := values.NewZeros(append([]int64{n}, values.Shape()[1:]...))
	return torch.SparseCooTensor(torch.Cat([]*torch.Tensor{indices, zeros}, torch.Dim(1)),
		torch.Cat([]*torch.Tensor{values, unspecified}), size).Coalesce()
}

func checkCoo(mask, input *torch.Tensor) {
	if mask.DenseDim() != input.DenseDim() {
		raise("AssertionError", "mask.dense_dim() must match input.dense_dim(): %d vs %d", mask.DenseDim(), input.DenseDim())
	}
}

// reduceCoo reduces a tensor of coordinates: those elements become one whose
// coordinates are the same in the dimensions that are left.
func reduceCoo(operation string, x *torch.Tensor, dims []int64, keepdim bool, dtype torch.DType) *torch.Tensor {
	operators := operators()
	values, indices := operators.Values(x), operators.Indices(x)
	sparseDim := x.SparseDim()
	values = values.To(dtype)
	var shape, kept, reducedSparse, reducedDense []int64
	for i, size := range x.Shape() {
		d := int64(i)
		reduced := slices.Contains(dims, d)
		switch {
		case reduced && d < sparseDim:
			reducedSparse = append(reducedSparse, d)
		case reduced:
			reducedDense = append(reducedDense, d+1-sparseDim)
		case d < sparseDim:
			kept = append(kept, d)
		}
		if !reduced {
			shape = append(shape, size)
		} else if keepdim {
			shape = append(shape, 1)
		}
	}
	switch {
	case reducedDense == nil:
		values = values.Clone()
	case operation == "sum":
		values = values.Sum(torch.DimArg(reducedDense), torch.Keepdim(keepdim))
	default:
		raise("NotImplementedError", "masked %s of the dense dimensions of a sparse tensor", operation)
	}
	if len(kept) == 0 {
		return reduceAllCoo(operation, values, sparseDim, keepdim, dtype)
	}
	indices = indices.Clone()
	if keepdim {
		// Elements that become one get the same coordinates.
		for _, d := range reducedSparse {
			indices.Index(d).Fill_(0)
		}
	} else if reducedSparse != nil {
		indices = indices.IndexSelect(0, torch.NewTensor(kept, x.Device()))
	}
	if indices.Numel() > 0 {
		var inverse *torch.Tensor
		indices, inverse = torch.UniqueInverse(indices, torch.Dim(1))
		values = scatter(operation, values, inverse, indices.Size(1))
	}
	return torch.SparseCooTensor(indices, values, torch.WithSize(shape...), dtype, x.Device())
}

// reduceAllCoo reduces all sparse dimensions: all values become one.
func reduceAllCoo(operation string, values *torch.Tensor, sparseDim int64, keepdim bool, dtype torch.DType) *torch.Tensor {
	if (operation == "amax" || operation == "amin") && values.Size(0) == 0 {
		values = identity(operation, values, 0)
	} else {
		values = reduce(operation, values, []int64{0}, false, 0)
	}
	if keepdim {
		for range sparseDim {
			values = values.Unsqueeze(0)
		}
	}
	return values.To(dtype).ToSparse()
}

// scatter reduces the values that have the same number in groups, of which there
// are n.
func scatter(operation string, values, groups *torch.Tensor, n int64) *torch.Tensor {
	dtype := values.DType()
	shape := values.Shape()
	for range len(shape) - 1 {
		groups = groups.Unsqueeze(-1)
	}
	groups = groups.Expand(shape...)
	shape[0] = n
	if dtype == torch.BFloat16 || dtype == torch.Float16 {
		values = values.To(torch.Float32) // PyTorch sums half numbers in that
	}
	return values.NewEmpty(shape).ScatterReduce_(0, groups, values, operation, torch.IncludeSelf(false)).To(dtype)
}

// reduceCsr reduces a matrix of compressed rows.
func reduceCsr(operation string, x *torch.Tensor, dims []int64, keepdim bool, dtype torch.DType) *torch.Tensor {
	if !keepdim {
		raise("AssertionError", "reduction operations on CSR tensors with keepdim=False is unsupported")
	}
	values, crow, col := x.Values().To(dtype), x.CrowIndices(), x.ColIndices()
	var shape []int64
	switch {
	case len(dims) == 0:
		return x
	case len(dims) == 1 && dims[0] == 0:
		var groups *torch.Tensor
		col, groups = torch.UniqueInverse(col)
		crow = torch.NewTensor([]int64{0, col.Size(0)})
		values = values.NewEmpty(col.Shape()).ScatterReduce_(0, groups, values, operation, torch.IncludeSelf(false))
		shape = []int64{1, x.Size(1)}
	case len(dims) == 1:
		values = torch.SegmentReduce(values, operation, torch.Offsets(crow))
		// A row has one element now, or none.
		crow = torch.Cat([]*torch.Tensor{crow.NewZeros([]int64{1}), torch.Cumsum(torch.Diff(crow).Ne(0), 0)})
		col = col.NewZeros([]int64{torch.ItemOf[int64](crow.Index(-1))})
		shape = []int64{x.Size(0), 1}
	default:
		n := min(1, values.Numel())
		if n == 1 {
			values = reduce(operation, values, []int64{0}, true, dtype)
		} else {
			values = torch.Empty([]int64{0}, dtype)
		}
		crow, col = torch.NewTensor([]int64{0, n}), col.NewZeros([]int64{n})
		shape = []int64{1, n}
	}
	return torch.SparseCsrTensor(crow, col, values, torch.WithSize(shape...), dtype, x.Device())
}
