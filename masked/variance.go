package masked

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// Var returns the variance of the elements that count, Python's
// torch.masked.var. By default it is Bessel's unbiased estimate; [torch.Unbiased]
// and [torch.Correction], of which one may be given, say otherwise.
func Var(input *torch.Tensor, opts ...VarOption) *torch.Tensor { return variance(input, read(opts)) }

// Std returns the standard deviation of the elements that count, Python's
// torch.masked.std, the root of [Var].
func Std(input *torch.Tensor, opts ...VarOption) *torch.Tensor {
	return torch.Sqrt(variance(input, read(opts)))
}

func variance(input *torch.Tensor, s *settings) *torch.Tensor {
	if s.unbiased != nil && s.correction != nil {
		raise("AssertionError", "Only one of unbiased and correction may be given")
	}
	correction := 1.0
	if s.unbiased != nil && !*s.unbiased {
		correction = 0
	}
	if s.correction != nil {
		correction = *s.correction
	}
	dtype := floating(s.dtypeOr(input))
	if s.dtype != 0 {
		dtype = s.dtype
	}
	if input.Layout() != torch.Strided {
		return refuseLayout("std/var", "strided", input)
	}
	kept := settings{dim: s.dim, keepdim: true, dtype: dtype, mask: s.mask}
	count, total := countAndSum(input, &kept)
	deviation := torch.Subtract(input, torch.Divide(total, count))
	squares := sum(deviation.Mul(deviation.Conj()),
		&settings{dim: s.dim, keepdim: s.keepdim, dtype: floating(dtype), mask: kept.mask})
	if !s.keepdim {
		count = count.Reshape(squares.Shape()...)
	}
	if correction != 0 {
		count = torch.Subtract(count.To(realOf(floating(dtype))), correction)
		count = torch.Maximum(count, count.NewZeros(nil))
	}
	return torch.Divide(squares, count).To(dtype)
}

// floating is the dtype in which the variance of one is computed.
func floating(dtype torch.DType) torch.DType {
	if dtype.IsFloatingPoint() || dtype.IsComplex() {
		return dtype
	}
	return torch.Float32
}

// realOf is the dtype of the parts of a complex one.
func realOf(dtype torch.DType) torch.DType {
	complexes := []torch.DType{torch.Complex32, torch.Complex64, torch.Complex128}
	if i := slices.Index(complexes, dtype); i >= 0 {
		return []torch.DType{torch.Float16, torch.Float32, torch.Float64}[i]
	}
	return dtype
}
