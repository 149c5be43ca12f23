package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

var rareCases = []layerCase{
	{"nn.FractionalMaxPool2d(2, output_size=3)", func() nn.Layer { return nn.NewFractionalMaxPool2d(2, nn.OutputSize(3)) }, []int64{2, 3, 7, 8}},
	{"nn.FractionalMaxPool2d((2, 3), output_ratio=(0.5, 0.6))", func() nn.Layer {
		return nn.NewFractionalMaxPool2d([2]int{2, 3}, nn.OutputRatio(0.5, 0.6))
	}, []int64{3, 7, 8}},
	{"nn.FractionalMaxPool2d(2, 3, _random_samples=torch.ones(2, 3, 2) / 3)", func() nn.Layer {
		return nn.NewFractionalMaxPool2d(2, nn.OutputSize(3), nn.RandomSamples(torch.Ones([]int64{2, 3, 2}).Div(3)))
	}, []int64{2, 3, 7, 8}},
	{"nn.FractionalMaxPool3d(2, output_size=(3, 2, 4))", func() nn.Layer { return nn.NewFractionalMaxPool3d(2, nn.OutputSize(3, 2, 4)) },
		[]int64{2, 3, 7, 8, 6}},
	{"nn.FractionalMaxPool3d((2, 1, 3), output_ratio=0.5)", func() nn.Layer {
		return nn.NewFractionalMaxPool3d([3]int{2, 1, 3}, nn.OutputRatio(0.5))
	}, []int64{3, 7, 8, 6}},
	{"nn.CrossMapLRN2d(3)", func() nn.Layer { return nn.NewCrossMapLRN2d(3) }, []int64{2, 7, 4, 5}},
	{"nn.CrossMapLRN2d(4, alpha=0.5, beta=0.6, k=1.5)", func() nn.Layer {
		return nn.NewCrossMapLRN2d(4, nn.Alpha(0.5), nn.Beta(0.6), nn.K(1.5))
	}, []int64{2, 9, 4, 5}},
	{"nn.CrossMapLRN2d(9)", func() nn.Layer { return nn.NewCrossMapLRN2d(9) }, []int64{1, 3, 2, 2}},
	{"nn.SyncBatchNorm(3)", func() nn.Layer { return nn.NewSyncBatchNorm(3) }, []int64{4, 3}},
	{"nn.SyncBatchNorm(3, momentum=None, affine=False, dtype=torch.float32)", func() nn.Layer {
		return nn.NewSyncBatchNorm(3, nn.CumulativeAverage(true), nn.Affine(false), torch.Float32)
	}, []int64{4, 3, 2, 2, 2}},
	{"nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, 1e-3, bias=False), " +
		"nn.Sequential(nn.BatchNorm1d(4, momentum=None), nn.SyncBatchNorm(4))))", func() nn.Layer {
		return nn.ConvertSyncBatchnorm(nn.NewSequential(nn.NewLinear(3, 4), nn.NewBatchNorm1d(4, nn.Eps(1e-3), nn.Bias(false)),
			nn.NewSequential(nn.NewBatchNorm1d(4, nn.CumulativeAverage(true)), nn.NewSyncBatchNorm(4)))).(nn.Layer)
	}, []int64{5, 3}},
}

func TestRareLayersRefuseWhatPythonRefuses(t *testing.T) {
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"nn.FractionalMaxPool2d(2)", func() { nn.NewFractionalMaxPool2d(2) }},
		{"nn.FractionalMaxPool3d(2, output_size=2, output_ratio=0.5)", func() {
			nn.NewFractionalMaxPool3d(2, nn.OutputSize(2), nn.OutputRatio(0.5))
		}},
		{"nn.FractionalMaxPool2d(2, output_ratio=1.5)", func() { nn.NewFractionalMaxPool2d(2, nn.OutputRatio(1.5)) }},
		{"nn.FractionalMaxPool3d(2, output_ratio=(0.5, 0.5, 0.0))", func() { nn.NewFractionalMaxPool3d(2, nn.OutputRatio(0.5, 0.5, 0)) }},
		{"nn.FractionalMaxPool3d((2, 0, 1), output_size=2)", func() { nn.NewFractionalMaxPool3d([3]int{2, 0, 1}, nn.OutputSize(2)) }},
		{"nn.CrossMapLRN2d(3)(torch.zeros(2, 3, 4))", func() { nn.NewCrossMapLRN2d(3).Forward(torch.Zeros([]int64{2, 3, 4})) }},
		{"nn.SyncBatchNorm(3)(torch.zeros(3))", func() { nn.NewSyncBatchNorm(3).Forward(torch.Zeros([]int64{3})) }},
		{"nn.SyncBatchNorm(3)(torch.zeros(3, 0))", func() { nn.NewSyncBatchNorm(3).Forward(torch.Zeros([]int64{3, 0})) }},
		{"nn.LinearCrossEntropyLoss(3, 4, weight=torch.ones(3))", func() {
			nn.NewLinearCrossEntropyLoss(3, 4, nn.Weight(torch.Ones([]int64{3})))
		}},
		{"nn.LinearCrossEntropyLoss(3, 4, options=nn.LinearCrossEntropyOptions(acc_policy='x'))", func() {
			nn.NewLinearCrossEntropyLoss(3, 4, nn.LinearCrossEntropyOptions{AccPolicy: "x"})
		}},
		{"nn.LinearCrossEntropyLoss(3, 4, label_smoothing=1.5)", func() { nn.NewLinearCrossEntropyLoss(3, 4, nn.LabelSmoothing(1.5)) }},
	} {
		t.Run(c.python, func(t *testing.T) { assertRaises(t, parity.RunError(t, c.python), c.golang) })
	}
}

func TestFractionalMaxPoolReturnsIndices(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(1)
		x = torch.randn(2, 3, 6, 7, 5)
		out["two"] = nn.FractionalMaxPool2d(2, 3, return_indices=True)(x[0])
		out["three"] = nn.FractionalMaxPool3d(2, 3, return_indices=True)(x)
	`)
	torch.ManualSeed(1)
	x := torch.Randn([]int64{2, 3, 6, 7, 5})
	two := nn.NewFractionalMaxPool2d(2, nn.OutputSize(3), nn.ReturnIndices(true))
	py.EqualTensors("two", some(two.ForwardWithIndices(x.Select(0, 0))))
	three := nn.NewFractionalMaxPool3d(2, nn.OutputSize(3), nn.ReturnIndices(true))
	py.EqualTensors("three", some(three.ForwardWithIndices(x)))
	assert.True(t, two.ReturnIndices && three.ReturnIndices)
}

// A normalized has a layer in a field that SyncBatchNorm fits, and one in a field
// that it does not.
type normalized struct {
	nn.Module
	any   nn.Layer
	typed *nn.BatchNorm1d
}

func TestConvertSyncBatchnormReplacesFields(t *testing.T) {
	m := &normalized{any: nn.NewBatchNorm1d(2)}
	m.Init(m)
	m.any.Eval()
	before := m.any.Parameters()
	assert.Same(t, m, nn.ConvertSyncBatchnorm(m))
	assert.IsType(t, &nn.SyncBatchNorm{}, m.any)
	assert.Equal(t, before, m.any.Parameters())
	assert.False(t, m.any.Training())
	m.typed = nn.NewBatchNorm1d(2)
	assert.ErrorContains(t, torch.Try(func() { nn.ConvertSyncBatchnorm(m) }),
		"the field typed of normalized cannot hold a SyncBatchNorm: declare it as nn.Layer")
}

func TestLinearCrossEntropyLossIsThatOfPython(t *testing.T) {
	loss := func(opts ...nn.LinearCrossEntropyLossOption) func() nn.AnyModule {
		return func() nn.AnyModule { return nn.NewLinearCrossEntropyLoss(4, 3, opts...) }
	}
	two, input := integers("[2, 0]", []int64{2, 0}), normal(2, 4)
	checkModules(t, []moduleCase{
		lossCase("nn.LinearCrossEntropyLoss(4, 3)", loss(), input, two),
		lossCase("nn.LinearCrossEntropyLoss(4, 3, bias=True, options=nn.LinearCrossEntropyOptions())",
			loss(nn.Bias(true), nn.LinearCrossEntropyOptions{}), input, two),
		lossCase("nn.LinearCrossEntropyLoss(4, 3, options=nn.LinearCrossEntropyOptions("+
			"batch_chunk_size=1, chunking_method=None, acc_dtype=torch.float32))",
			loss(nn.LinearCrossEntropyOptions{BatchChunkSize: 1, ChunkingMethod: "None", AccDtype: torch.Float32}), input, two),
		lossCase("nn.LinearCrossEntropyLoss(4, 3, bias=True, reduction='sum', ignore_index=1, weight=torch.tensor([1., 2., 3.]), label_smoothing=0.1)",
			loss(nn.Bias(true), nn.Reduction("sum"), nn.IgnoreIndex(1), nn.Weight(torch.NewTensor([]float32{1, 2, 3})), nn.LabelSmoothing(0.1)),
			input, integers("[2, 1]", []int64{2, 1})),
		lossCase("nn.LinearCrossEntropyLoss(4, 3, out_features=(2, 2), bias=True, dtype=torch.float32, device=torch.get_default_device())",
			loss(nn.OutFeatures(2, 2), nn.Bias(true), torch.Float32, torch.GetDefaultDevice()), input,
			integers("[[[0, 1], [2, 2]], [[1, 1], [0, 2]]]", [][][]int64{{{0, 1}, {2, 2}}, {{1, 1}, {0, 2}}})),
	})
}
