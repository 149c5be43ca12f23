package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

type tensors = []*torch.Tensor

// A moduleCase is one module in Python and in Go, with a call of it.
type moduleCase struct {
	python string // makes m
	call   string // of m
	golang func() (m nn.AnyModule, call func() tensors)
}

// checkModules compares initial parameters, the printed form, results and
// gradients with Python's.
func checkModules(t *testing.T, cases []moduleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.python+" "+c.call, func(t *testing.T) {
			py := parity.Run(t, fmt.Sprintf(`
				torch.manual_seed(1)
				m = %s
				out["text"], out["keys"] = repr(m), list(m.state_dict())
				out["initial"] = [p.clone() for p in m.parameters()]
				torch.manual_seed(2)
				y = %s
				y = list(y) if isinstance(y, tuple) else [y]
				loss = sum((r * r).sum() for r in y if r.requires_grad)
				if isinstance(loss, torch.Tensor): loss.backward()
				out["y"] = y
				out["grads"] = [None if p.grad is None else p.grad.to_dense() for p in m.parameters()]
			`, c.python, c.call))
			torch.ManualSeed(1)
			m, call := c.golang()
			assert.Equal(t, py.Text("text"), m.String())
			assert.Equal(t, py.Strings("keys"), m.StateDict().Keys())
			py.EqualTensors("initial", m.Parameters())
			torch.ManualSeed(2)
			y := call()
			var loss *torch.Tensor
			for _, r := range y {
				if !r.RequiresGrad() {
					continue
				}
				if part := r.Mul(r).Sum(); loss == nil {
					loss = part
				} else {
					loss = loss.Add(part)
				}
			}
			if loss != nil {
				loss.Backward()
			}
			py.EqualTensors("y", y)
			grads := gradients(m.Parameters())
			for i, g := range grads {
				if g != nil && g.IsSparse() {
					grads[i] = g.ToDense()
				}
			}
			py.EqualTensors("grads", grads)
		})
	}
}

func TestEmbeddingsAreThoseOfPython(t *testing.T) {
	indices := func() *torch.Tensor { return torch.NewTensor([][]int64{{1, 2, 4}, {4, 3, 1}}) }
	const python = "m(torch.tensor([[1, 2, 4], [4, 3, 1]]))"
	embedding := func(opts ...nn.EmbeddingOption) func() (nn.AnyModule, func() tensors) {
		return func() (nn.AnyModule, func() tensors) {
			m := nn.NewEmbedding(6, 3, opts...)
			return m, func() tensors { return tensors{m.Forward(indices())} }
		}
	}
	bag := func(opts ...nn.EmbeddingBagOption) func() (nn.AnyModule, func() tensors) {
		return func() (nn.AnyModule, func() tensors) {
			m := nn.NewEmbeddingBag(6, 3, opts...)
			return m, func() tensors { return tensors{m.Forward(indices())} }
		}
	}
	checkModules(t, []moduleCase{
		{"nn.Embedding(6, 3)", python, embedding()},
		{"nn.Embedding(6, 3, padding_idx=-2, max_norm=1.0, norm_type=1.0)", python,
			embedding(nn.PaddingIdx(-2), nn.MaxNorm(1), nn.NormType(1))},
		{"nn.Embedding(6, 3, scale_grad_by_freq=True, dtype=torch.float64)", python, embedding(nn.ScaleGradByFreq(true), torch.Float64)},
		{"nn.Embedding(6, 3, sparse=True)", python, embedding(nn.Sparse(true))},
		{"nn.Embedding.from_pretrained(torch.arange(12.).view(6, 2), freeze=False, padding_idx=1)", python,
			func() (nn.AnyModule, func() tensors) {
				m := nn.EmbeddingFromPretrained(torch.Arange(12.0).View(6, 2), nn.Freeze(false), nn.PaddingIdx(1))
				return m, func() tensors { return tensors{m.Forward(indices())} }
			}},
		{"nn.EmbeddingBag(6, 3)", python, bag()},
		{"nn.EmbeddingBag(6, 3, mode='sum', padding_idx=1, max_norm=0.5)", python, bag(nn.Mode("sum"), nn.PaddingIdx(1), nn.MaxNorm(0.5))},
		{"nn.EmbeddingBag(6, 3, mode='max')", python, bag(nn.Mode("max"))},
		{"nn.EmbeddingBag(6, 3, mode='sum', sparse=True, include_last_offset=True)",
			"m(torch.tensor([1, 2, 4, 3]), torch.tensor([0, 1, 4]), torch.tensor([.5, 2., 3., 4.]))",
			func() (nn.AnyModule, func() tensors) {
				m := nn.NewEmbeddingBag(6, 3, nn.Mode("sum"), nn.Sparse(true), nn.IncludeLastOffset(true))
				return m, func() tensors {
					return tensors{m.Forward(torch.NewTensor([]int64{1, 2, 4, 3}), torch.NewTensor([]int64{0, 1, 4}),
						torch.NewTensor([]float32{.5, 2, 3, 4}))}
				}
			}},
	})
}

func TestModulesOfTwoInputsAreThoseOfPython(t *testing.T) {
	inputs := func() (a, b *torch.Tensor) { return torch.Randn([]int64{4, 3}), torch.Randn([]int64{4, 3}) }
	const call = "m(torch.randn(4, 3), torch.randn(4, 3))"
	type two interface {
		nn.AnyModule
		Forward(a, b *torch.Tensor) *torch.Tensor
	}
	of := func(module func() two) func() (nn.AnyModule, func() tensors) {
		return func() (nn.AnyModule, func() tensors) {
			m := module()
			return m, func() tensors { return tensors{m.Forward(inputs())} }
		}
	}
	checkModules(t, []moduleCase{
		{"nn.Bilinear(3, 3, 5)", call, of(func() two { return nn.NewBilinear(3, 3, 5) })},
		{"nn.Bilinear(3, 3, 5, bias=False)", call, of(func() two { return nn.NewBilinear(3, 3, 5, nn.Bias(false)) })},
		{"nn.PairwiseDistance()", call, of(func() two { return nn.NewPairwiseDistance() })},
		{"nn.PairwiseDistance(1.0, 0.1, keepdim=True)", call, of(func() two {
			return nn.NewPairwiseDistance(nn.P(1), nn.Eps(0.1), nn.Keepdim(true))
		})},
		{"nn.CosineSimilarity()", call, of(func() two { return nn.NewCosineSimilarity() })},
		{"nn.CosineSimilarity(dim=0, eps=0.1)", call, of(func() two { return nn.NewCosineSimilarity(nn.Dim(0), nn.Eps(0.1)) })},
	})
}

func TestPoolsReturnIndices(t *testing.T) {
	type pool interface {
		nn.AnyModule
		ForwardWithIndices(*torch.Tensor) (output, indices *torch.Tensor)
	}
	of := func(module func() pool, shape ...int64) func() (nn.AnyModule, func() tensors) {
		return func() (nn.AnyModule, func() tensors) {
			m := module()
			return m, func() tensors {
				output, indices := m.ForwardWithIndices(torch.Randn(shape))
				return tensors{output, indices}
			}
		}
	}
	checkModules(t, []moduleCase{
		{"nn.MaxPool1d(2, return_indices=True)", "m(torch.randn(2, 3, 7))", of(func() pool { return nn.NewMaxPool1d(2, nn.ReturnIndices(true)) }, 2, 3, 7)},
		{"nn.MaxPool2d(2, return_indices=True)", "m(torch.randn(3, 5, 7))", of(func() pool { return nn.NewMaxPool2d(2, nn.ReturnIndices(true)) }, 3, 5, 7)},
		{"nn.MaxPool3d(2, return_indices=True)", "m(torch.randn(3, 5, 7, 4))", of(func() pool { return nn.NewMaxPool3d(2, nn.ReturnIndices(true)) }, 3, 5, 7, 4)},
		{"nn.AdaptiveMaxPool1d(2, True)", "m(torch.randn(3, 7))", of(func() pool { return nn.NewAdaptiveMaxPool1d(2, nn.ReturnIndices(true)) }, 3, 7)},
		{"nn.AdaptiveMaxPool2d(2, True)", "m(torch.randn(3, 5, 7))", of(func() pool { return nn.NewAdaptiveMaxPool2d(2, nn.ReturnIndices(true)) }, 3, 5, 7)},
		{"nn.AdaptiveMaxPool3d(2, True)", "m(torch.randn(3, 5, 7, 4))", of(func() pool { return nn.NewAdaptiveMaxPool3d(2, nn.ReturnIndices(true)) }, 3, 5, 7, 4)},
	})
}

func TestMoreLayersRefuseWhatPythonRefuses(t *testing.T) {
	ones := func(shape ...int64) *torch.Tensor { return torch.Ones(shape) }
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"nn.Embedding(3, 2, padding_idx=3)", func() { nn.NewEmbedding(3, 2, nn.PaddingIdx(3)) }},
		{"nn.Embedding(3, 2)(torch.tensor([3]))", func() { nn.NewEmbedding(3, 2).Forward(torch.NewTensor([]int64{3})) }},
		{"nn.Bilinear(0, 2, 3)", func() { nn.NewBilinear(0, 2, 3) }},
		{"nn.BatchNorm1d(3)(torch.ones(2, 3, 4, 5))", func() { nn.NewBatchNorm1d(3).Forward(ones(2, 3, 4, 5)) }},
		{"nn.BatchNorm2d(3)(torch.ones(2, 3))", func() { nn.NewBatchNorm2d(3).Forward(ones(2, 3)) }},
		{"nn.BatchNorm1d(3)(torch.ones(1, 3))", func() { nn.NewBatchNorm1d(3).Forward(ones(1, 3)) }},
		{"nn.InstanceNorm1d(3, affine=True)(torch.ones(2, 4, 5))", func() { nn.NewInstanceNorm1d(3, nn.Affine(true)).Forward(ones(2, 4, 5)) }},
		{"nn.GroupNorm(2, 3)", func() { nn.NewGroupNorm(2, 3) }},
		{"nn.LayerNorm(3)(torch.ones(2, 4))", func() { nn.NewLayerNorm(3).Forward(ones(2, 4)) }},
		{"nn.LPPool1d(0.0, 2)", func() { nn.NewLPPool1d(0, 2) }},
		{"nn.ReflectionPad1d(3)(torch.ones(2, 3))", func() { nn.NewReflectionPad1d(3).Forward(ones(2, 3)) }},
		{"nn.CircularPad2d(1)(torch.ones(2, 3))", func() { nn.NewCircularPad2d(1).Forward(ones(2, 3)) }},
		{"nn.Softmax2d()(torch.ones(2, 3))", func() { nn.NewSoftmax2d().Forward(ones(2, 3)) }},
		{"nn.AlphaDropout(2.0)", func() { nn.NewAlphaDropout(nn.P(2)) }},
		{"nn.PixelShuffle(2)(torch.ones(1, 3, 2, 2))", func() { nn.NewPixelShuffle(2).Forward(ones(1, 3, 2, 2)) }},
		{"nn.Upsample()(torch.ones(1, 3, 2))", func() { nn.NewUpsample().Forward(ones(1, 3, 2)) }},
		{"nn.ConvTranspose1d(2, 3, 3)(torch.ones(2, 3, 4))", func() { nn.NewConvTranspose1d(2, 3, 3).Forward(ones(2, 3, 4)) }},
	} {
		t.Run(c.python, func(t *testing.T) {
			py := parity.RunError(t, c.python)
			err, ok := torch.Try(c.golang).(*torch.Error)
			if assert.True(t, ok) {
				assert.Equal(t, py.Error.Type, err.Kind)
				assert.Equal(t, py.Error.Message, err.Message)
			}
		})
	}
}
