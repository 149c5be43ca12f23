package functional_test

import (
	"testing"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// scaledOperands are matrices of 8 bits an element and their scales.
const scaledOperands = "a = torch.arange(512.).remainder(7).reshape(16, 32).to(torch.float8_e4m3fn); s = torch.tensor(0.5); " +
	"T = F.ScalingType.TensorWise; "

func scaledOf() (a, s *torch.Tensor) {
	return torch.Arange(512.0).Remainder(7).Reshape(16, 32).To(torch.Float8E4m3fn), torch.NewTensor(float32(0.5))
}

func TestScaledProducts(t *testing.T) {
	list := func(t *torch.Tensor) []*torch.Tensor { return []*torch.Tensor{t} }
	tensorWise := []F.ScalingType{F.ScalingTensorWise}
	runRows(t, join(
		cross(scaledOperands+"F.scaled_mm(a, a.t(), s, T, s, T%s)", func(_ *operands, opts ...F.ScaledMmOption) any {
			a, s := scaledOf()
			return F.ScaledMm(a, a.T(), list(s), tensorWise, list(s), tensorWise, opts...)
		}, []opt{{"output_dtype=torch.float32", F.OutputDtype(torch.Float32)}}, []opt{{"use_fast_accum=True", F.UseFastAccum(true)}},
			[]opt{{"swizzle_a=F.SwizzleType.SWIZZLE_32_4_4", F.SwizzleA{F.Swizzle32_4_4}}}),
		[]row{
			{scaledOperands + "F.scaled_mm(a, a.t(), s, F.ScalingType.RowWise, s, T)", func(*operands) any {
				a, s := scaledOf()
				return F.ScaledMm(a, a.T(), list(s), []F.ScalingType{F.ScalingRowWise}, list(s), tensorWise)
			}},
			{scaledOperands + "F.scaled_grouped_mm(a, a.t(), s, T, s, T)", func(*operands) any {
				a, s := scaledOf()
				return F.ScaledGroupedMm(a, a.T(), list(s), tensorWise, list(s), tensorWise)
			}},
			{scaledOperands + "F.scaled_addmm(torch.zeros(16, 16), a, a.t(), s, T, s, T)", func(*operands) any {
				a, s := scaledOf()
				return F.ScaledAddmm(torch.Zeros([]int64{16, 16}), a, a.T(), list(s), tensorWise, list(s), tensorWise)
			}},
			{scaledOperands + "F.scaled_addmm_(torch.zeros(16, 16), a, a.t(), s, T, s, T, beta=2.0, alpha=0.5)", func(*operands) any {
				a, s := scaledOf()
				return F.ScaledAddmm_(torch.Zeros([]int64{16, 16}), a, a.T(), list(s), tensorWise, list(s), tensorWise, F.Beta(2.0), F.Alpha(0.5))
			}},
			{"F.grouped_mm(img[0].bfloat16().reshape(4, 6, 5)[..., :4], img[1].bfloat16().reshape(4, 6, 5)[..., :4].transpose(1, 2))", func(o *operands) any {
				half := func(i int64) *torch.Tensor {
					return o.img.Select(0, i).To(torch.BFloat16).Reshape(4, 6, 5).Narrow(2, 0, 4)
				}
				return F.GroupedMm(half(0), half(1).Transpose(1, 2))
			}},
			{"F.grouped_mm(torch.ones(6, 16).bfloat16(), torch.ones(2, 16, 8).bfloat16(), offs=torch.tensor([2, 6], dtype=torch.int32))", func(*operands) any {
				return F.GroupedMm(torch.Ones([]int64{6, 16}, torch.BFloat16), torch.Ones([]int64{2, 16, 8}, torch.BFloat16),
					F.Offs(torch.NewTensor([]int32{2, 6})))
			}},
			{"F.grouped_mm(x, y)", func(o *operands) any { return F.GroupedMm(o.x, o.y) }},
		},
	))
}
