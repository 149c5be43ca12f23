package masked

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// What stands around the reductions in PyTorch's torch/masked/_ops.py.

// identity returns what a masked-out element is replaced by, so that it does not
// change the result of an operation.
func identity(operation string, input *torch.Tensor, ord float64) *torch.Tensor {
	dtype := input.DType()
	scalar := func(v any) *torch.Tensor { return torch.ScalarTensor(v, dtype, input.Device()) }
	switch operation {
	case "sum":
		return scalar(0)
	case "prod":
		return scalar(1)
	case "norm":
		if math.IsInf(ord, -1) {
			if !dtype.IsFloatingPoint() {
				raise("AssertionError", "input must be floating point, got %s", dtype)
			}
			return scalar(math.Inf(1))
		}
		return scalar(0)
	case "median":
		return scalar(math.NaN()) // which nanmedian leaves out
	case "mean":
		return nil // only of sparse inputs, which have no elements to replace
	}
	smallest := operation == "amin" || operation == "argmin"
	switch lowest, highest := limits(dtype); {
	case smallest && highest != nil:
		return scalar(highest)
	case !smallest && lowest != nil:
		return scalar(lowest)
	case operation == "logsumexp" && dtype.IsComplex():
		return scalar(complex(math.Inf(-1), 0))
	case dtype.IsComplex(): // as torch.iinfo says, which Python asks
		raise("TypeError", "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
	}
	raise("NotImplementedError", "identity of %s on %s input", operation, dtype)
	panic("unreachable")
}

// limits returns the smallest and the largest number of a dtype, or nil where
// PyTorch does without.
func limits(dtype torch.DType) (lowest, highest any) {
	switch dtype {
	case torch.Uint8:
		return 0, math.MaxUint8
	case torch.Int8:
		return math.MinInt8, math.MaxInt8
	case torch.Int16:
		return math.MinInt16, math.MaxInt16
	case torch.Int32:
		return math.MinInt32, math.MaxInt32
	case torch.Int64:
		return math.MinInt64, math.MaxInt64
	}
	if dtype.IsFloatingPoint() {
		return math.Inf(-1), math.Inf(1)
	}
	return nil, nil
}

// canonical returns the dimensions sorted and from 0 on; of nil, all.
func canonical(dim []int64, ndim int64) []int64 {
	dims := make([]int64, 0, ndim)
	if dim == nil {
		for d := range ndim {
			dims = append(dims, d)
		}
		return dims
	}
	ndim = max(ndim, 1)
	for _, d := range dim {
		if slices.Contains(dims, d) {
			raise("RuntimeError", "dim=%d appears multiple times in the list of dims", d)
		}
		if d >= ndim || d < -ndim {
			raise("IndexError", "Dimension out of range (expected to be in range of [%d, %d], but got %d)", -ndim, ndim-1, d)
		}
		dims = append(dims, (d+ndim)%ndim)
	}
	slices.Sort(dims)
	return dims
}

// inputMask gives a mask the shape and the layout of the input, and the dtype
// Bool.
func inputMask(input, mask *torch.Tensor) *torch.Tensor {
	layout := input.Layout()
	if layout != torch.Strided && layout != torch.SparseCoo && layout != torch.SparseCsr {
		raise("ValueError", "_input_mask expects strided or sparse COO or sparse CSR tensor but got %s", layout)
	}
	if shape := input.Shape(); !slices.Equal(mask.Shape(), shape) {
		if mask.Dim() > input.Dim() {
			raise("IndexError", "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)")
		}
		mask = broadcast(mask, shape)
	}
	if mask.Layout() != layout {
		switch {
		case layout == torch.Strided:
			mask = mask.ToDense()
		case layout == torch.SparseCsr:
			mask = mask.ToSparseCsr()
		case mask.Layout() == torch.Strided:
			mask = mask.ToSparse(torch.SparseDim(input.SparseDim()))
		default:
			mask = mask.ToSparse()
		}
	}
	if mask.Layout() == torch.SparseCoo {
		mask = mask.Coalesce()
	}
	return mask.To(torch.Bool)
}

func broadcast(mask *torch.Tensor, shape []int64) *torch.Tensor {
	switch layout := mask.Layout(); layout {
	case torch.Strided:
		return torch.BroadcastTo(mask.Clone(), shape...).To(torch.Bool)
	case torch.SparseCoo:
		return operators().SparseBroadcastTo(mask, shape)
	case torch.SparseCsr:
		return operators().SparseBroadcastTo(mask.ToSparse(), shape).ToSparseCsr()
	default:
		raise("AssertionError", "expected sparse_csr layout, got %s", layout)
		panic("unreachable")
	}
}

// combine replaces the masked-out elements of input by the identity of an
// operation.
func combine(operation string, input *torch.Tensor, s *settings) *torch.Tensor {
	if s.mask == nil {
		return input
	}
	mask := inputMask(input, s.mask)
	fill := identity(operation, input, s.ord)
	switch mask.Layout() {
	case torch.Strided:
		return torch.Where(mask, input, fill)
	case torch.SparseCoo:
		return whereCoo(mask, input, fill)
	default:
		return whereCoo(mask.ToSparseCoo(), input.ToSparseCoo(), fill).ToSparseCsr()
	}
}
