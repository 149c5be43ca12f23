package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A loss turns an input and a target into a tensor.
type loss interface {
	nn.AnyModule
	Forward(input, target *torch.Tensor) *torch.Tensor
}

var weights = func() *torch.Tensor { return torch.NewTensor([]float32{0.5, 1, 2}) }

func manhattan(a, b *torch.Tensor) *torch.Tensor { return a.Sub(b).Abs().Sum(torch.Dim(1)) }

// What losses are called on.
var (
	scores, probabilities = normal(4, 3), uniform(4, 3)

	targets = operand{"torch.rand(4, 3)", func() *torch.Tensor { return torch.Rand([]int64{4, 3}) }}
	signs   = operand{"torch.randn(4, 3).sign()", func() *torch.Tensor { return torch.Randn([]int64{4, 3}).Sign() }}
	counts  = operand{"torch.arange(12.).view(4, 3)", func() *torch.Tensor { return torch.Arange(12.0).View(4, 3) }}
	classes = integers("[0, 2, 1, 2]", []int64{0, 2, 1, 2})
	labels  = integers("[[0, 2, -1], [1, -1, 0], [2, 1, 0], [-1, 0, 0]]", [][]int64{{0, 2, -1}, {1, -1, 0}, {2, 1, 0}, {-1, 0, 0}})
	pairs   = integers("[1, -1, 1, -1]", []int64{1, -1, 1, -1})
)

// integers are an operand that has no gradient.
func integers[S []int64 | [][]int64 | [][][]int64](python string, values S) operand {
	return operand{"torch.tensor(" + python + ")", func() *torch.Tensor { return torch.NewTensor(values) }}
}

// lossCase is a case of a loss that is called on operands.
func lossCase(python string, golang func() nn.AnyModule, on ...operand) moduleCase {
	return moduleCase{python: python, golang: golang, on: given(on...)}
}

func TestLossesOfNumbersAreThoseOfPython(t *testing.T) {
	checkModules(t, []moduleCase{
		lossCase("nn.MSELoss()", func() nn.AnyModule { return nn.NewMSELoss() }, scores, scores),
		lossCase("nn.MSELoss(reduction='sum')", func() nn.AnyModule { return nn.NewMSELoss(nn.Reduction("sum")) }, scores, scores),
		lossCase("nn.MSELoss(reduction='none')", func() nn.AnyModule { return nn.NewMSELoss(nn.Reduction("none")) }, scores, targets),
		lossCase("nn.MSELoss(reduction='elementwise_mean')",
			func() nn.AnyModule { return nn.NewMSELoss(nn.Reduction("elementwise_mean")) }, scores, targets),
		lossCase("nn.MSELoss()", func() nn.AnyModule { return nn.NewMSELoss() }, scores, normal(3)),
		lossCase("nn.MSELoss()", func() nn.AnyModule { return nn.NewMSELoss() }, scores, normal(2, 1, 1)),
		lossCase("nn.L1Loss()", func() nn.AnyModule { return nn.NewL1Loss() }, scores, scores),
		lossCase("nn.L1Loss(reduction='sum')", func() nn.AnyModule { return nn.NewL1Loss(nn.Reduction("sum")) }, scores, normal()),
		lossCase("nn.SmoothL1Loss()", func() nn.AnyModule { return nn.NewSmoothL1Loss() }, scores, scores),
		lossCase("nn.SmoothL1Loss(reduction='sum', beta=0.3)",
			func() nn.AnyModule { return nn.NewSmoothL1Loss(nn.Reduction("sum"), nn.Beta(0.3)) }, scores, targets),
		lossCase("nn.HuberLoss()", func() nn.AnyModule { return nn.NewHuberLoss() }, scores, scores),
		lossCase("nn.HuberLoss(reduction='none', delta=0.3)",
			func() nn.AnyModule { return nn.NewHuberLoss(nn.Reduction("none"), nn.Delta(0.3)) }, scores, targets),
		lossCase("nn.PoissonNLLLoss()", func() nn.AnyModule { return nn.NewPoissonNLLLoss() }, scores, targets),
		lossCase("nn.PoissonNLLLoss(log_input=False, full=True, eps=0.1, reduction='sum')", func() nn.AnyModule {
			return nn.NewPoissonNLLLoss(nn.LogInput(false), nn.Full(true), nn.Eps(0.1), nn.Reduction("sum"))
		}, probabilities, counts),
		lossCase("nn.GaussianNLLLoss()", func() nn.AnyModule { return nn.NewGaussianNLLLoss() }, scores, scores, uniform(4, 3)),
		lossCase("nn.GaussianNLLLoss(full=True)", func() nn.AnyModule { return nn.NewGaussianNLLLoss(nn.Full(true)) },
			scores, targets, uniform(4, 1)),
		lossCase("nn.GaussianNLLLoss(eps=0.3, reduction='none')",
			func() nn.AnyModule { return nn.NewGaussianNLLLoss(nn.Eps(0.3), nn.Reduction("none")) }, scores, targets, uniform(4)),
	})
}

func TestLossesOfProbabilitiesAreThoseOfPython(t *testing.T) {
	checkModules(t, []moduleCase{
		lossCase("nn.BCELoss()", func() nn.AnyModule { return nn.NewBCELoss() }, probabilities, probabilities),
		lossCase("nn.BCELoss(torch.tensor([.5, 1., 2.]), reduction='sum')",
			func() nn.AnyModule { return nn.NewBCELoss(nn.Weight(weights()), nn.Reduction("sum")) }, probabilities, targets),
		lossCase("nn.BCEWithLogitsLoss()", func() nn.AnyModule { return nn.NewBCEWithLogitsLoss() }, scores, probabilities),
		lossCase("nn.BCEWithLogitsLoss(pos_weight=torch.tensor([.5, 1., 2.]), reduction='none')",
			func() nn.AnyModule { return nn.NewBCEWithLogitsLoss(nn.PosWeight(weights()), nn.Reduction("none")) }, scores, targets),
		lossCase("nn.KLDivLoss()", func() nn.AnyModule { return nn.NewKLDivLoss() }, scores, probabilities),
		lossCase("nn.KLDivLoss(reduction='batchmean', log_target=True)",
			func() nn.AnyModule { return nn.NewKLDivLoss(nn.Reduction("batchmean"), nn.LogTarget(true)) }, scores, scores),
	})
}

func TestLossesOfClassesAreThoseOfPython(t *testing.T) {
	checkModules(t, []moduleCase{
		lossCase("nn.NLLLoss()", func() nn.AnyModule { return nn.NewNLLLoss() }, scores, classes),
		lossCase("nn.NLLLoss(weight=torch.tensor([0.5, 1, 2]), reduction='none')",
			func() nn.AnyModule { return nn.NewNLLLoss(nn.Weight(weights()), nn.Reduction("none")) }, scores, classes),
		lossCase("nn.NLLLoss(ignore_index=2)", func() nn.AnyModule { return nn.NewNLLLoss(nn.IgnoreIndex(2)) }, scores, classes),
		lossCase("nn.CrossEntropyLoss()", func() nn.AnyModule { return nn.NewCrossEntropyLoss() }, scores, classes),
		lossCase("nn.CrossEntropyLoss()", func() nn.AnyModule { return nn.NewCrossEntropyLoss() }, scores, scores),
		lossCase("nn.CrossEntropyLoss(torch.tensor([0.5, 1, 2]), ignore_index=1, label_smoothing=0.1)", func() nn.AnyModule {
			return nn.NewCrossEntropyLoss(nn.Weight(weights()), nn.IgnoreIndex(1), nn.LabelSmoothing(0.1))
		}, scores, classes),
		lossCase("nn.CrossEntropyLoss(reduction='sum')",
			func() nn.AnyModule { return nn.NewCrossEntropyLoss(nn.Reduction("sum")) }, scores, classes),
		lossCase("nn.MultiLabelMarginLoss()", func() nn.AnyModule { return nn.NewMultiLabelMarginLoss() }, scores, labels),
		lossCase("nn.MultiLabelMarginLoss(reduction='none')",
			func() nn.AnyModule { return nn.NewMultiLabelMarginLoss(nn.Reduction("none")) }, scores, labels),
		lossCase("nn.MultiLabelSoftMarginLoss()", func() nn.AnyModule { return nn.NewMultiLabelSoftMarginLoss() }, scores, probabilities),
		lossCase("nn.MultiLabelSoftMarginLoss(torch.tensor([.5, 1., 2.]))",
			func() nn.AnyModule { return nn.NewMultiLabelSoftMarginLoss(nn.Weight(weights())) }, scores, targets),
		lossCase("nn.MultiMarginLoss()", func() nn.AnyModule { return nn.NewMultiMarginLoss() }, scores, classes),
		lossCase("nn.MultiMarginLoss(2, 0.5, torch.tensor([.5, 1., 2.]))", func() nn.AnyModule {
			return nn.NewMultiMarginLoss(nn.P(2), nn.Margin(0.5), nn.Weight(weights()))
		}, scores, classes),
	})
}

func TestLossesOfMarginsAreThoseOfPython(t *testing.T) {
	sum := nn.Reduction("sum")
	checkModules(t, []moduleCase{
		lossCase("nn.HingeEmbeddingLoss()", func() nn.AnyModule { return nn.NewHingeEmbeddingLoss() }, scores, signs),
		lossCase("nn.HingeEmbeddingLoss(0.5, reduction='none')",
			func() nn.AnyModule { return nn.NewHingeEmbeddingLoss(nn.Margin(0.5), nn.Reduction("none")) }, scores, signs),
		lossCase("nn.SoftMarginLoss()", func() nn.AnyModule { return nn.NewSoftMarginLoss() }, scores, signs),
		lossCase("nn.SoftMarginLoss(reduction='none')",
			func() nn.AnyModule { return nn.NewSoftMarginLoss(nn.Reduction("none")) }, scores, signs),
		lossCase("nn.CosineEmbeddingLoss()", func() nn.AnyModule { return nn.NewCosineEmbeddingLoss() }, scores, scores, pairs),
		lossCase("nn.CosineEmbeddingLoss(margin=0.3, reduction='sum')",
			func() nn.AnyModule { return nn.NewCosineEmbeddingLoss(nn.Margin(0.3), sum) }, scores, scores, pairs),
		lossCase("nn.MarginRankingLoss()", func() nn.AnyModule { return nn.NewMarginRankingLoss() }, scores, scores, signs),
		lossCase("nn.MarginRankingLoss(margin=0.3, reduction='sum')",
			func() nn.AnyModule { return nn.NewMarginRankingLoss(nn.Margin(0.3), sum) }, scores, scores, signs),
		lossCase("nn.TripletMarginLoss()", func() nn.AnyModule { return nn.NewTripletMarginLoss() }, scores, scores, scores),
		lossCase("nn.TripletMarginLoss(0.5, 1.0, 0.1, True, reduction='sum')", func() nn.AnyModule {
			return nn.NewTripletMarginLoss(nn.Margin(0.5), nn.P(1), nn.Eps(0.1), nn.Swap(true), sum)
		}, scores, scores, scores),
		lossCase("nn.TripletMarginWithDistanceLoss()",
			func() nn.AnyModule { return nn.NewTripletMarginWithDistanceLoss() }, scores, scores, scores),
		lossCase("nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: (a - b).abs().sum(1), swap=True)", func() nn.AnyModule {
			return nn.NewTripletMarginWithDistanceLoss(nn.DistanceFunction(manhattan), nn.Swap(true))
		}, scores, scores, scores),
	})
}

func TestCTCLossIsThatOfPython(t *testing.T) {
	lengths := []operand{integers("[6, 5]", []int64{6, 5}), integers("[3, 2]", []int64{3, 2})}
	onClasses := func(targets operand) operands { return given(normal(6, 2, 4), targets, lengths[0], lengths[1]) }
	call := callOf("m(x0.log_softmax(2), x1, x2, x3)", func(m *nn.CTCLoss, x tensors) tensors {
		return tensors{m.Forward(x[0].LogSoftmax(2), x[1], x[2], x[3])}
	})
	checkModules(t, []moduleCase{
		{"nn.CTCLoss()", func() nn.AnyModule { return nn.NewCTCLoss() },
			onClasses(integers("[[1, 2, 3], [3, 1, 1]]", [][]int64{{1, 2, 3}, {3, 1, 1}})), call},
		{"nn.CTCLoss(blank=1, reduction='sum', zero_infinity=True)", func() nn.AnyModule {
			return nn.NewCTCLoss(nn.Blank(1), nn.Reduction("sum"), nn.ZeroInfinity(true))
		}, onClasses(integers("[[0, 2, 3], [3, 0, 0]]", [][]int64{{0, 2, 3}, {3, 0, 0}})), call},
	})
}

// A weight that was not given may be set later, as a buffer.
func TestLossWeightIsABuffer(t *testing.T) {
	m := nn.NewCrossEntropyLoss()
	assert.Empty(t, m.StateDict().Keys())
	m.Weight = weights()
	assert.Equal(t, []string{"weight"}, m.StateDict().Keys())
	m.Double()
	assert.Equal(t, torch.Float64, m.Weight.DType())
}
