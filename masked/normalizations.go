package masked

import "github.com/wangkuiyi/gotorch/torch"

// Softmax returns the exponentials of the elements that count over their sum
// along dim, Python's torch.masked.softmax.
func Softmax(input *torch.Tensor, dim int64, opts ...NormalizationOption) *torch.Tensor {
	return along("softmax", "amax", input, dim, read(opts), func(x *torch.Tensor, dim int64, dtype torch.DType) *torch.Tensor {
		return torch.Softmax(x, dim, dtype)
	})
}

// LogSoftmax returns the logarithm of [Softmax], Python's
// torch.masked.log_softmax.
func LogSoftmax(input *torch.Tensor, dim int64, opts ...NormalizationOption) *torch.Tensor {
	return along("log_softmax", "amax", input, dim, read(opts), func(x *torch.Tensor, dim int64, dtype torch.DType) *torch.Tensor {
		return torch.LogSoftmax(x, dim, dtype)
	})
}

// Softmin returns [Softmax] of the negated input, Python's torch.masked.softmin.
func Softmin(input *torch.Tensor, dim int64, opts ...NormalizationOption) *torch.Tensor {
	return along("softmin", "amin", input, dim, read(opts), func(x *torch.Tensor, dim int64, dtype torch.DType) *torch.Tensor {
		return torch.Softmax(x.Neg(), dim, dtype)
	})
}

// Cumsum returns the running sums along dim of the elements that count, Python's
// torch.masked.cumsum. The dtype is input's unless given.
func Cumsum(input *torch.Tensor, dim int64, opts ...NormalizationOption) *torch.Tensor {
	return along("cumsum", "sum", input, dim, read(opts), func(x *torch.Tensor, dim int64, dtype torch.DType) *torch.Tensor {
		return torch.Cumsum(x, dim, dtype).To(dtype)
	})
}

// Cumprod returns the running products along dim of the elements that count,
// Python's torch.masked.cumprod. The dtype is input's unless given.
func Cumprod(input *torch.Tensor, dim int64, opts ...NormalizationOption) *torch.Tensor {
	return along("cumprod", "prod", input, dim, read(opts), func(x *torch.Tensor, dim int64, dtype torch.DType) *torch.Tensor {
		return torch.Cumprod(x, dim, dtype).To(dtype)
	})
}

// along runs a function of one dimension on the input with the masked-out
// elements replaced by what does not matter to replacement.
func along(name, replacement string, input *torch.Tensor, dim int64, s *settings,
	function func(x *torch.Tensor, dim int64, dtype torch.DType) *torch.Tensor,
) *torch.Tensor {
	dim = canonical([]int64{dim}, input.Dim())[0]
	x := combine(replacement, input, s)
	if x.Layout() != torch.Strided {
		return refuseLayout(name, "strided", x)
	}
	return function(x, dim, s.dtypeOr(input))
}

// Normalize returns the elements that count over their norm along dim, Python's
// torch.masked.normalize. ord is the norm's order, and [torch.Eps] (1e-12) the
// least that is divided by.
func Normalize(input *torch.Tensor, ord float64, dim int64, opts ...NormalizeOption) *torch.Tensor {
	s := read(opts)
	dtype := s.dtypeOr(input)
	x := combine("sum", input, s)
	if x.Layout() != torch.Strided {
		return refuseLayout("normalize", "strided", x)
	}
	length := norm(input, &settings{ord: ord, dim: []int64{dim}, keepdim: true, dtype: dtype, mask: s.mask})
	return torch.Divide(x, torch.Maximum(length, length.NewFull(nil, s.eps)))
}

// Logaddexp returns the logarithm of the sum of the exponentials of two tensors,
// Python's torch.masked.logaddexp. An element that is masked out by [InputMask]
// or [OtherMask] is -inf. The dtype is input's unless given.
func Logaddexp(input, other *torch.Tensor, opts ...LogaddexpOption) *torch.Tensor {
	var inputs, others settings
	for _, o := range opts {
		switch o := o.(type) {
		case InputMaskOption:
			inputs.mask = o.tensor
		case OtherMaskOption:
			others.mask = o.tensor
		case torch.DType:
			inputs.dtype = o
		}
	}
	if input.Layout() != torch.Strided || other.Layout() != torch.Strided {
		raise("ValueError", "masked logaddexp expects strided tensors (got %s tensor for input, %s for other)",
			input.Layout(), other.Layout())
	}
	x, y := combine("logaddexp", input, &inputs), combine("logaddexp", other, &others)
	return torch.Logaddexp(x, y).To(inputs.dtypeOr(input))
}
