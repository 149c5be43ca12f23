package utils_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/torch"
)

// parameters are of two shapes; the last has no gradient.
func parameters(dtype torch.DType) []*torch.Tensor {
	torch.ManualSeed(1)
	var list []*torch.Tensor
	for _, shape := range [][]int64{{3, 4}, {5}, {2}} {
		list = append(list, torch.Randn(shape, dtype, torch.RequiresGrad(true)))
	}
	list[0].Mul(list[0]).Sum().Backward()
	list[1].Exp().Sum().Backward()
	return list
}

const pythonParameters = `
	import math
	from torch.nn import utils
	torch.manual_seed(1)
	ps = [torch.randn(s, dtype=torch.%s, requires_grad=True) for s in [(3, 4), (5,), (2,)]]
	(ps[0] * ps[0]).sum().backward()
	ps[1].exp().sum().backward()
	out["result"] = utils.%s
	out["grads"] = [p.grad for p in ps[:2]]
	out["vector"] = utils.parameters_to_vector(ps)
`

func TestGradientsAreClippedAsInPython(t *testing.T) {
	type params = []*torch.Tensor
	for _, c := range []struct {
		python string
		golang func(ps params) *torch.Tensor
	}{
		{"clip_grad_norm_(ps, 1)", func(ps params) *torch.Tensor { return utils.ClipGradNorm_(ps, 1) }},
		{"clip_grad_norm_(ps, 1000)", func(ps params) *torch.Tensor { return utils.ClipGradNorm_(ps, 1000) }},
		{"clip_grad_norm_(ps, 0.3, norm_type=1)", func(ps params) *torch.Tensor {
			return utils.ClipGradNorm_(ps, 0.3, utils.NormType(1))
		}},
		{"clip_grad_norm_(ps, 0.3, math.inf, error_if_nonfinite=True)", func(ps params) *torch.Tensor {
			return utils.ClipGradNorm_(ps, 0.3, utils.NormType(math.Inf(1)), utils.ErrorIfNonfinite(true))
		}},
		{"clip_grad_norm_(ps, 0.7, 3, foreach=False)", func(ps params) *torch.Tensor {
			return utils.ClipGradNorm_(ps, 0.7, utils.NormType(3), utils.Foreach(false))
		}},
		{"clip_grad_norm_(ps[2:], 1)", func(ps params) *torch.Tensor { return utils.ClipGradNorm_(ps[2:], 1) }},
		{"get_total_norm(ps)", func(ps params) *torch.Tensor { return utils.GetTotalNorm(ps) }},
		{"clip_grads_with_norm_(ps, 2, torch.tensor(5.0))", func(ps params) *torch.Tensor {
			utils.ClipGradsWithNorm_(ps, 2, torch.NewTensor(float32(5)))
			return nil
		}},
		{"clip_grads_with_norm_(ps, 2, torch.tensor(5.0), foreach=False)", func(ps params) *torch.Tensor {
			utils.ClipGradsWithNorm_(ps, 2, torch.NewTensor(float32(5)), utils.Foreach(false))
			return nil
		}},
		{"clip_grad_value_(ps, 0.5)", func(ps params) *torch.Tensor { utils.ClipGradValue_(ps, 0.5); return nil }},
		{"clip_grad_value_(ps, 0.5, foreach=False)", func(ps params) *torch.Tensor {
			utils.ClipGradValue_(ps, 0.5, utils.Foreach(false))
			return nil
		}},
	} {
		for _, dtype := range []torch.DType{torch.Float32, torch.Float64} {
			t.Run(c.python+" "+dtype.String(), func(t *testing.T) {
				py := parity.Run(t, fmt.Sprintf(pythonParameters, dtype.String()[len("torch."):], c.python))
				ps := parameters(dtype)
				result := c.golang(ps)
				if result != nil {
					py.EqualTensor("result", result)
				}
				py.EqualTensors("grads", []*torch.Tensor{ps[0].Grad(), ps[1].Grad()})
				py.EqualTensor("vector", utils.ParametersToVector(ps))
			})
		}
	}
}

func TestNonfiniteNormsAreRefused(t *testing.T) {
	py := parity.RunError(t, `
		p = torch.ones(2, requires_grad=True)
		p.grad = torch.full((2,), float("inf"))
		nn.utils.clip_grad_norm_([p], 1, error_if_nonfinite=True)
	`)
	p := torch.Ones([]int64{2}, torch.RequiresGrad(true))
	p.SetGrad(torch.Full([]int64{2}, math.Inf(1)))
	err := torch.Try(func() { utils.ClipGradNorm_([]*torch.Tensor{p}, 1, utils.ErrorIfNonfinite(true)) })
	assert.Equal(t, py.Error.Message, err.(*torch.Error).Message)
}

func TestVectorsBecomeParameters(t *testing.T) {
	ps := parameters(torch.Float32)
	vector := torch.Arange(19, torch.Float32)
	utils.VectorToParameters(vector, ps)
	assert.True(t, torch.Equal(vector, utils.ParametersToVector(ps)))
	assert.True(t, ps[0].IsLeaf() && ps[0].RequiresGrad())
	vector.Zero_() // whose memory they share, as in Python
	assert.Zero(t, utils.ParametersToVector(ps).Abs().Sum().Item())
}

func Example() {
	weight := torch.NewTensor([]float32{3, 4}, torch.RequiresGrad(true))
	weight.Mul(weight).Sum().Backward()
	norm := utils.ClipGradNorm_([]*torch.Tensor{weight}, 1)
	fmt.Println(norm.Item(), weight.Grad())
	// Output: 10 tensor([0.6000, 0.8000])
}
