package functional_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// Options stay on the stack, so that they cost next to nothing.
func TestOptionsDoNotAllocate(t *testing.T) {
	x, y := torch.Randn([]int64{2, 3}), torch.Randn([]int64{2, 3})
	weight, bias := torch.Ones([]int64{3}), torch.Ones([]int64{3})
	for name, c := range map[string]struct{ with, without func() }{
		"Dropout": {
			func() { F.Dropout(x, F.P(0.25), F.Training(false), F.Inplace(false)).Close() },
			func() { torch.Dropout(x, 0.25, false).Close() },
		},
		"MseLoss": {
			func() { F.MseLoss(x, y, F.Reduction("sum")).Close() },
			func() { torch.MseLoss(x, y, torch.ReductionSum).Close() },
		},
		"Linear": {
			func() { F.Linear(x, y, F.Bias(nil)).Close() },
			func() { torch.Linear(x, y).Close() },
		},
		"LayerNorm": {
			func() { F.LayerNorm(x, []int64{3}, F.Weight(weight), F.Bias(bias), F.Eps(1e-6)).Close() },
			func() {
				torch.LayerNorm(x, []int64{3}, torch.Weight(weight), torch.Bias(bias), torch.Eps(1e-6)).Close()
			},
		},
		"LeakyRelu": {
			func() { F.LeakyRelu(x, F.NegativeSlope(0.1)).Close() },
			func() { torch.LeakyRelu(x, torch.NegativeSlope(0.1)).Close() },
		},
	} {
		assert.Equal(t, testing.AllocsPerRun(50, c.without), testing.AllocsPerRun(50, c.with), name)
	}
}
