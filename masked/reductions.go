package masked

import "github.com/wangkuiyi/gotorch/torch"

// Sum adds the elements that count, Python's torch.masked.sum. Integers of fewer
// bits add up to an Int64, unless a dtype is given.
func Sum(input *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
	return sum(input, read(opts))
}

func sum(input *torch.Tensor, s *settings) *torch.Tensor {
	input, dtype := promoted(input, s)
	dims := canonical(s.dim, input.Dim())
	switch x := combine("sum", input, s); x.Layout() {
	case torch.Strided:
		return x.Sum(torch.DimArg(dims), torch.Keepdim(s.keepdim), dtype)
	case torch.SparseCoo:
		return reduceCoo("sum", x, dims, s.keepdim, dtype)
	case torch.SparseCsr:
		return operators().SparseCsrSum(x, dims, s.keepdim, dtype)
	default:
		return refuseLayout("sum", "strided, sparse_coo or sparse_csr", x)
	}
}

// promoted returns the input and the dtype in which its elements are summed or
// multiplied.
func promoted(input *torch.Tensor, s *settings) (*torch.Tensor, torch.DType) {
	if s.dtype != 0 {
		return input, s.dtype
	}
	switch dtype := input.DType(); dtype {
	case torch.Uint8, torch.Bool, torch.Int8, torch.Int16, torch.Int32:
		if input.Layout() == torch.SparseCsr {
			return input.ToSparseCoo().To(torch.Int64).ToSparseCsr(), 0
		}
		return input, torch.Int64
	default:
		return input, dtype
	}
}

func refuseLayout(operation, layouts string, input *torch.Tensor) *torch.Tensor {
	raise("ValueError", "masked %s expects %s tensor (got %s tensor)", operation, layouts, input.Layout())
	panic("unreachable")
}

// needMask refuses sparse inputs without a mask.
func needMask(operation, layout string, s *settings) {
	if s.mask == nil {
		raise("ValueError", "masked %s expects explicit mask for %s tensor input", operation, layout)
	}
}

// Prod multiplies the elements that count, Python's torch.masked.prod. Integers
// of fewer bits give an Int64, unless a dtype is given.
func Prod(input *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
	s := read(opts)
	input, dtype := promoted(input, s)
	dims := canonical(s.dim, input.Dim())
	switch x := combine("prod", input, s); x.Layout() {
	case torch.Strided:
		x = x.To(dtype)
		for i := len(dims) - 1; i >= 0; i-- {
			x = x.Prod(torch.Dim(dims[i]), torch.Keepdim(s.keepdim))
		}
		return x
	case torch.SparseCoo:
		needMask("prod", "sparse_coo", s)
		return reduceCoo("prod", x, dims, s.keepdim, dtype)
	case torch.SparseCsr:
		needMask("prod", "sparse_csr", s)
		return operators().SparseCsrProd(x, dims, s.keepdim, dtype)
	default:
		return refuseLayout("prod", "strided, sparse_coo or sparse_csr", x)
	}
}

// Amax returns the largest of the elements that count, Python's
// torch.masked.amax.
func Amax(input *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
	return extreme("amax", "amax", input, read(opts))
}

// Amin returns the smallest of the elements that count, Python's
// torch.masked.amin.
func Amin(input *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
	return extreme("amin", "amax", input, read(opts))
}

// extreme is amax or amin; cooName is how Python's message for COO names it.
func extreme(operation, cooName string, input *torch.Tensor, s *settings) *torch.Tensor {
	dtype := s.dtypeOr(input)
	x := combine(operation, input, s)
	dims := canonical(s.dim, x.Dim())
	switch x.Layout() {
	case torch.Strided:
		return reduce(operation, x, dims, s.keepdim, 0).To(dtype)
	case torch.SparseCoo:
		needMask(cooName, "sparse_coo", s)
		return reduceCoo(operation, x, dims, s.keepdim, dtype)
	case torch.SparseCsr:
		needMask(operation, "sparse_csr", s)
		return reduceCsr(operation, x, dims, s.keepdim, dtype)
	default:
		return refuseLayout(operation, "strided, sparse_coo or sparse_csr", x)
	}
}

// reduce is an operation of package torch by its name. The zero dtype is None,
// the one that amax and amin know.
func reduce(operation string, x *torch.Tensor, dims []int64, keepdim bool, dtype torch.DType) *torch.Tensor {
	dim, keep := torch.DimArg(dims), torch.Keepdim(keepdim)
	switch operation {
	case "sum":
		return x.Sum(dim, keep, dtype)
	case "mean":
		return x.Mean(dim, keep, dtype)
	case "amax":
		return x.Amax(dim, keep)
	case "amin":
		return x.Amin(dim, keep)
	default:
		return x.Prod(dim, keep, dtype)
	}
}

// Argmax returns the index of the largest of the elements that count, Python's
// torch.masked.argmax: along one dimension or, without [torch.Dim], in the
// flattened input. The dtype is input's unless given.
func Argmax(input *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
	return argument("argmax", input, read(opts), func(x *torch.Tensor, dim torch.DimArg, keepdim torch.KeepdimArg) *torch.Tensor {
		if dim == nil {
			return torch.Argmax(x, keepdim)
		}
		return torch.Argmax(x, dim, keepdim)
	})
}

// Argmin returns the index of the smallest of the elements that count, Python's
// torch.masked.argmin, as [Argmax] does.
func Argmin(input *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
	return argument("argmin", input, read(opts), func(x *torch.Tensor, dim torch.DimArg, keepdim torch.KeepdimArg) *torch.Tensor {
		if dim == nil {
			return torch.Argmin(x, keepdim)
		}
		return torch.Argmin(x, dim, keepdim)
	})
}

func argument(operation string, input *torch.Tensor, s *settings,
	function func(x *torch.Tensor, dim torch.DimArg, keepdim torch.KeepdimArg) *torch.Tensor,
) *torch.Tensor {
	x := combine(operation, input, s)
	if x.Layout() != torch.Strided {
		return refuseLayout(operation, "strided", x)
	}
	return function(x, s.dims(), torch.KeepdimArg(s.keepdim)).To(s.dtypeOr(input))
}

// Mean returns the mean of the elements that count, Python's torch.masked.mean,
// and NaN where none does. Integers need a dtype for the result.
func Mean(input *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
	s := read(opts)
	source, dtype := "Optional", s.dtype
	if dtype == 0 {
		source, dtype = "Input", input.DType()
	}
	if !dtype.IsFloatingPoint() && !dtype.IsComplex() {
		raise("ValueError", "mean(): Could not infer output dtype. %s dtype must be either a floating point or complex dtype. "+
			"Got: %s", source, dtype)
	}
	switch input.Layout() {
	case torch.Strided:
		s.dtype = dtype
		count, total := countAndSum(input, s)
		return total.Div(count)
	case torch.SparseCsr:
		x := combine("mean", input, s)
		dims := canonical(s.dim, x.Dim())
		needMask("mean", "sparse_csr", s)
		return reduceCsr("mean", x, dims, s.keepdim, dtype)
	default:
		return refuseLayout("mean", "strided or sparse_csr", input)
	}
}

// countAndSum returns how many elements count, and their sum. It leaves in s the
// mask in its canonical form.
func countAndSum(input *torch.Tensor, s *settings) (count, total *torch.Tensor) {
	if s.mask == nil {
		ones := torch.Ones(input.Shape(), torch.Int64, input.Device())
		return sum(ones, &settings{dim: s.dim, keepdim: s.keepdim}), sum(input, s)
	}
	s.mask = inputMask(input, s.mask)
	return s.mask.Sum(s.dims(), torch.Keepdim(s.keepdim)), sum(input, s)
}

// Median returns the median of the elements that count along one dimension, the
// last unless [torch.Dim] names another, Python's torch.masked.median. Where no
// element counts it is NaN, or a panic for integers.
func Median(input *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
	s := read(opts)
	if s.dim == nil {
		s.dim = []int64{-1}
	}
	dtype, float := s.dtypeOr(input), input.IsFloatingPoint()
	dim := canonical([]int64{s.one("median")}, input.Dim())[0]
	if !float {
		input = input.To(torch.Float32)
	}
	x := combine("median", input, s)
	if x.Layout() != torch.Strided {
		return refuseLayout("median", "strided", x)
	}
	output, _ := torch.NanmedianDim(x, dim, torch.Keepdim(s.keepdim))
	if float {
		return output
	}
	if torch.ItemOf[bool](torch.Isnan(output).Any()) {
		raise("ValueError", "masked median expects no fully masked out rows if dtype is not floating point")
	}
	return output.To(dtype)
}

// Logsumexp returns the logarithm of the sum of the exponentials of the elements
// that count, Python's torch.masked.logsumexp.
func Logsumexp(input *torch.Tensor, opts ...ReductionOption) *torch.Tensor {
	s := read(opts)
	dims := canonical(s.dim, input.Dim())
	x := combine("logsumexp", input, s)
	if x.Layout() != torch.Strided {
		return refuseLayout("logsumexp", "strided", x)
	}
	return torch.Logsumexp(x, dims, torch.Keepdim(s.keepdim)).To(s.dtypeOr(input))
}

// Norm returns the vector norm of the elements that count, Python's
// torch.masked.norm. Its order is [torch.Ord], 2 unless given; see
// [torch.LinalgVectorNorm].
func Norm(input *torch.Tensor, opts ...NormOption) *torch.Tensor {
	return norm(input, read(opts))
}

func norm(input *torch.Tensor, s *settings) *torch.Tensor {
	x := combine("norm", input, s)
	if x.Layout() != torch.Strided {
		return refuseLayout("norm", "strided", x)
	}
	return torch.LinalgVectorNorm(x, torch.Ord(s.ord), torch.DimArg(canonical(s.dim, input.Dim())), torch.Keepdim(s.keepdim),
		s.dtypeOr(input))
}
