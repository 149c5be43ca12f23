package torch_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/torch"
)

func TestLowrank(t *testing.T) {
	three := func(a, b, c *torch.Tensor) any { return several(a, b, c) }
	big := func() *torch.Tensor { return torch.Randn([]int64{12, 8}) }
	sameWithGradients(t, []call{
		{"torch.svd_lowrank(torch.randn(12, 8))", func(o operands) any { return three(torch.SvdLowrank(big())) }},
		{"torch.svd_lowrank(torch.randn(8, 12), q=3, niter=1)", func(o operands) any {
			return three(torch.SvdLowrank(torch.Randn([]int64{8, 12}), torch.Q(3), torch.Niter(1)))
		}},
		{"torch.svd_lowrank(torch.randn(12, 8), 4, M=torch.randn(8))", func(o operands) any {
			return three(torch.SvdLowrank(big(), torch.Q(4), torch.M(torch.Randn([]int64{8}))))
		}},
		{"torch.svd_lowrank(torch.randn(8, 12), 4, M=torch.randn(1, 12))", func(o operands) any {
			return three(torch.SvdLowrank(torch.Randn([]int64{8, 12}), torch.Q(4), torch.M(torch.Randn([]int64{1, 12}))))
		}},
		{"torch.svd_lowrank(torch.randn(6, 6, dtype=torch.complex128), 3)", func(o operands) any {
			return three(torch.SvdLowrank(torch.Randn([]int64{6, 6}, torch.Complex128), torch.Q(3)))
		}},
		{"torch.svd_lowrank(torch.randn(2, 9, 5), 5)", func(o operands) any {
			return three(torch.SvdLowrank(torch.Randn([]int64{2, 9, 5}), torch.Q(5)))
		}},
		{"torch.svd_lowrank(x.detach(), 3)[1:2]", func(o operands) any {
			_, s, _ := torch.SvdLowrank(o.x.Detach(), torch.Q(3))
			return s
		}},
		{"torch.svd_lowrank(m, 2)[1]", func(o operands) any {
			_, s, _ := torch.SvdLowrank(o.m, torch.Q(2))
			return s
		}},
		{"torch.pca_lowrank(torch.randn(12, 8))", func(o operands) any { return three(torch.PcaLowrank(big())) }},
		{"torch.pca_lowrank(torch.randn(12, 8), 2, False, 3)", func(o operands) any {
			return three(torch.PcaLowrank(big(), torch.Q(2), torch.Center(false), torch.Niter(3)))
		}},
	})
	two := torch.Ones([]int64{2, 2})
	sameRefusals(t, []misuse{
		{"q", "torch.pca_lowrank(torch.ones(2, 2), 3)", func() { torch.PcaLowrank(two, torch.Q(3)) }},
		{"niter", "torch.pca_lowrank(torch.ones(2, 2), niter=-1)", func() { torch.PcaLowrank(two, torch.Niter(-1)) }},
		{"q of svd", "torch.svd_lowrank(torch.ones(2, 2), -1)", func() { torch.SvdLowrank(two, torch.Q(-1)) }},
	})
}

func TestLowrankOfSparse(t *testing.T) {
	sameWithGradients(t, []call{
		{"torch.pca_lowrank(torch.relu(torch.randn(12, 8)).to_sparse(), 3)", func(o operands) any {
			return several(torch.PcaLowrank(torch.Relu(torch.Randn([]int64{12, 8})).ToSparse(), torch.Q(3)))
		}},
	})
}
