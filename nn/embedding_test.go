package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestEmbeddingsAreThoseOfPython(t *testing.T) {
	indices := operands{"x", "torch.tensor([[1, 2, 4], [4, 3, 1]])",
		func() tensors { return tensors{torch.NewTensor([][]int64{{1, 2, 4}, {4, 3, 1}})} }}
	embedding := func(opts ...nn.EmbeddingOption) func() nn.AnyModule {
		return func() nn.AnyModule { return nn.NewEmbedding(6, 3, opts...) }
	}
	bag := func(opts ...nn.EmbeddingBagOption) func() nn.AnyModule {
		return func() nn.AnyModule { return nn.NewEmbeddingBag(6, 3, opts...) }
	}
	forwardBag := callOf("m(x)", func(m *nn.EmbeddingBag, x tensors) tensors { return tensors{m.Forward(x[0], x[1:]...)} })
	checkModules(t, []moduleCase{
		{python: "nn.Embedding(6, 3)", golang: embedding(), on: indices},
		{python: "nn.Embedding(6, 3, padding_idx=-2, max_norm=1.0, norm_type=1.0)",
			golang: embedding(nn.PaddingIdx(-2), nn.MaxNorm(1), nn.NormType(1)), on: indices},
		{python: "nn.Embedding(6, 3, scale_grad_by_freq=True, dtype=torch.float64)",
			golang: embedding(nn.ScaleGradByFreq(true), torch.Float64), on: indices},
		{python: "nn.Embedding(6, 3, sparse=True)", golang: embedding(nn.Sparse(true)), on: indices},
		{python: "nn.Embedding.from_pretrained(torch.arange(12.).view(6, 2), freeze=False, padding_idx=1)",
			golang: func() nn.AnyModule {
				return nn.EmbeddingFromPretrained(torch.Arange(12.0).View(6, 2), nn.Freeze(false), nn.PaddingIdx(1))
			}, on: indices},
		{"nn.EmbeddingBag(6, 3)", bag(), indices, forwardBag},
		{"nn.EmbeddingBag(6, 3, mode='sum', padding_idx=1, max_norm=0.5)",
			bag(nn.Mode("sum"), nn.PaddingIdx(1), nn.MaxNorm(0.5)), indices, forwardBag},
		{"nn.EmbeddingBag(6, 3, mode='max')", bag(nn.Mode("max")), indices, forwardBag},
		{"nn.EmbeddingBag(6, 3, mode='sum', sparse=True, include_last_offset=True)",
			bag(nn.Mode("sum"), nn.Sparse(true), nn.IncludeLastOffset(true)), operands{"x, offsets, weights",
				"torch.tensor([1, 2, 4, 3]), torch.tensor([0, 1, 4]), torch.tensor([.5, 2., 3., 4.], requires_grad=True)",
				func() tensors {
					return tensors{torch.NewTensor([]int64{1, 2, 4, 3}), torch.NewTensor([]int64{0, 1, 4}),
						torch.NewTensor([]float32{.5, 2, 3, 4}, torch.RequiresGrad(true))}
				}},
			moduleCall{"m(x, offsets, weights)", forwardBag.golang}},
	})
}

func TestModulesOfTwoInputsAreThoseOfPython(t *testing.T) {
	on := given(normal(4, 3), normal(4, 3))
	checkModules(t, []moduleCase{
		{python: "nn.Bilinear(3, 3, 5)", golang: func() nn.AnyModule { return nn.NewBilinear(3, 3, 5) }, on: on},
		{python: "nn.Bilinear(3, 3, 5, bias=False)",
			golang: func() nn.AnyModule { return nn.NewBilinear(3, 3, 5, nn.Bias(false)) }, on: on},
		{python: "nn.PairwiseDistance()", golang: func() nn.AnyModule { return nn.NewPairwiseDistance() }, on: on},
		{python: "nn.PairwiseDistance(1.0, 0.1, keepdim=True)",
			golang: func() nn.AnyModule { return nn.NewPairwiseDistance(nn.P(1), nn.Eps(0.1), nn.Keepdim(true)) }, on: on},
		{python: "nn.CosineSimilarity()", golang: func() nn.AnyModule { return nn.NewCosineSimilarity() }, on: on},
		{python: "nn.CosineSimilarity(dim=0, eps=0.1)",
			golang: func() nn.AnyModule { return nn.NewCosineSimilarity(nn.Dim(0), nn.Eps(0.1)) }, on: on},
	})
}

func TestPoolsReturnIndices(t *testing.T) {
	type pool interface {
		nn.AnyModule
		ForwardWithIndices(*torch.Tensor) (output, indices *torch.Tensor)
	}
	withIndices := callOf("m(x0)", func(m pool, x tensors) tensors { return some(m.ForwardWithIndices(x[0])) })
	indices := nn.ReturnIndices(true)
	checkModules(t, []moduleCase{
		{"nn.MaxPool1d(2, return_indices=True)", func() nn.AnyModule { return nn.NewMaxPool1d(2, indices) }, given(normal(2, 3, 7)), withIndices},
		{"nn.MaxPool2d(2, return_indices=True)", func() nn.AnyModule { return nn.NewMaxPool2d(2, indices) }, given(normal(3, 5, 7)), withIndices},
		{"nn.MaxPool3d(2, return_indices=True)", func() nn.AnyModule { return nn.NewMaxPool3d(2, indices) }, given(normal(3, 5, 7, 4)), withIndices},
		{"nn.AdaptiveMaxPool1d(2, True)", func() nn.AnyModule { return nn.NewAdaptiveMaxPool1d(2, indices) }, given(normal(3, 7)), withIndices},
		{"nn.AdaptiveMaxPool2d(2, True)", func() nn.AnyModule { return nn.NewAdaptiveMaxPool2d(2, indices) }, given(normal(3, 5, 7)), withIndices},
		{"nn.AdaptiveMaxPool3d(2, True)", func() nn.AnyModule { return nn.NewAdaptiveMaxPool3d(2, indices) }, given(normal(3, 5, 7, 4)), withIndices},
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
