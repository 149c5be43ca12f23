package functorch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// Losses whose kernels for vmap PyTorch has in Python.
func TestGradientsOfLossesPerSample(t *testing.T) {
	type loss = func(x, y T, r torch.Reduction) T
	regression := map[string]loss{
		"mse_loss(x, y": func(x, y T, r torch.Reduction) T { return torch.MseLoss(x, y, r) },
		"smooth_l1_loss(x, y, beta=0.7": func(x, y T, r torch.Reduction) T {
			return torch.SmoothL1Loss(x, y, r, torch.Beta(0.7))
		},
		"huber_loss(x, y, delta=0.7": func(x, y T, r torch.Reduction) T { return torch.HuberLoss(x, y, r, torch.Delta(0.7)) },
	}
	weight := torch.NewTensor([]float32{0.5, 1, 2, 0.25})
	classification := map[string]loss{
		"nll_loss(x, c": func(x, c T, r torch.Reduction) T { return torch.NllLossNd(x, c, r) },
		"nll_loss(x, c, weight=w": func(x, c T, r torch.Reduction) T {
			return torch.NllLossNd(x, c, torch.Weight(weight), r)
		},
		"nll_loss(x, c, ignore_index=2": func(x, c T, r torch.Reduction) T {
			return torch.NllLossNd(x, c, torch.IgnoreIndex(2), r)
		},
		"cross_entropy(x, c": func(x, c T, r torch.Reduction) T { return torch.CrossEntropyLoss(x, c, r) },
	}
	reductions := map[string]torch.Reduction{"mean": torch.ReductionMean, "sum": torch.ReductionSum, "none": torch.ReductionNone}
	var code strings.Builder
	code.WriteString(`
from torch.func import *
import torch.nn.functional as F
torch.manual_seed(2)
X, Y, C = torch.randn(5, 3, 4), torch.randn(5, 3, 4), torch.randint(0, 4, (5, 3))
X2, C2 = torch.randn(5, 2, 4, 3, 3), torch.randint(0, 4, (5, 2, 3, 3))
w = torch.tensor([0.5, 1, 2, 0.25])
out["addr"] = vmap(lambda m, a, b: torch.addr(m, a, b, beta=0.5, alpha=2))(X, X[:, :, 0], Y[:, 0])
out["addr beta 0"] = vmap(lambda m, a, b: torch.addr(m, a, b, beta=0))(X, X[:, :, 0], Y[:, 0])
`)
	for name := range reductions {
		for call := range regression {
			for _, dtype := range []string{"float32", "bfloat16"} {
				fmt.Fprintf(&code, "f = lambda x, y: F.%s, reduction='%s').sum()\n", call, name)
				fmt.Fprintf(&code, "out['%s %s %s'] = vmap(grad(f))(X.to(torch.%[3]s), Y.to(torch.%[3]s))\n", call, name, dtype)
			}
		}
		for call := range classification {
			fmt.Fprintf(&code, "f = lambda x, c: F.%s, reduction='%s').sum()\n", call, name)
			fmt.Fprintf(&code, "out['%s %s'] = vmap(grad(f))(X, C)\n", call, name)
			fmt.Fprintf(&code, "out['%s %s value'] = vmap(f)(X, C)\n", call, name)
			fmt.Fprintf(&code, "out['%s %s 1'] = vmap(grad(f))(X[:, 0], C[:, 0])\n", call, name)
			fmt.Fprintf(&code, "out['%s %s 2'] = vmap(grad(f))(X2, C2)\n", call, name)
		}
	}
	py := parity.Run(t, code.String())
	assert.Empty(t, py.Warnings)
	torch.ManualSeed(2)
	X, Y, C := torch.Randn([]int64{5, 3, 4}), torch.Randn([]int64{5, 3, 4}), torch.Randint(0, 4, []int64{5, 3})
	X2, C2 := torch.Randn([]int64{5, 2, 4, 3, 3}), torch.Randint(0, 4, []int64{5, 2, 3, 3})
	gradients := func(f loss, x, y T, r torch.Reduction) T {
		perSample := func(x, y T) T {
			return functorch.Grad(func(x T) T { return f(x, y, r).Sum() })(x)
		}
		return functorch.Vmap(perSample)(x, y)
	}
	addr := func(opts ...torch.AddrOption) func(m, a, b T) T {
		return func(m, a, b T) T { return torch.Addr(m, a, b, opts...) }
	}
	py.EqualTensor("addr", functorch.Vmap(addr(torch.Beta(0.5), torch.Alpha(2)))(X, X.Select(2, 0), Y.Select(1, 0)))
	py.EqualTensor("addr beta 0", functorch.Vmap(addr(torch.Beta(0)))(X, X.Select(2, 0), Y.Select(1, 0)))
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { t.Error(w) }))
	for name, r := range reductions {
		for call, f := range regression {
			for _, dtype := range []torch.DType{torch.Float32, torch.BFloat16} {
				key := call + " " + name + " " + strings.TrimPrefix(dtype.String(), "torch.")
				py.EqualTensor(key, gradients(f, X.To(dtype), Y.To(dtype), r))
			}
		}
		for call, f := range classification {
			key := call + " " + name
			py.EqualTensor(key, gradients(f, X, C, r))
			py.EqualTensor(key+" value", functorch.Vmap(func(x, c T) T { return f(x, c, r).Sum() })(X, C))
			py.EqualTensor(key+" 1", gradients(f, X.Select(1, 0), C.Select(1, 0), r))
			py.EqualTensor(key+" 2", gradients(f, X2, C2, r))
		}
	}
}
