package nn_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func manhattan(a, b *torch.Tensor) *torch.Tensor { return a.Sub(b).Abs().Sum(torch.Dim(1)) }

func TestOtherLossesAreThoseOfPython(t *testing.T) {
	x := func() *torch.Tensor { return torch.Randn([]int64{4, 3}, torch.RequiresGrad(true)) }
	checkModules(t, []moduleCase{
		{"nn.BCELoss()", "m(torch.randn(4, 3, requires_grad=True).sigmoid(), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewBCELoss()
			return m, func() tensors { return tensors{m.Forward(x().Sigmoid(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.BCELoss(torch.tensor([.5, 1., 2.]), reduction='sum')", "m(torch.randn(4, 3, requires_grad=True).sigmoid(), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewBCELoss(nn.Weight(weights()), nn.Reduction("sum"))
			return m, func() tensors { return tensors{m.Forward(x().Sigmoid(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.BCEWithLogitsLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewBCEWithLogitsLoss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.BCEWithLogitsLoss(pos_weight=torch.tensor([.5, 1., 2.]), reduction='none')", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewBCEWithLogitsLoss(nn.PosWeight(weights()), nn.Reduction("none"))
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.PoissonNLLLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewPoissonNLLLoss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.PoissonNLLLoss(log_input=False, full=True, eps=0.1, reduction='sum')", "m(torch.randn(4, 3, requires_grad=True).sigmoid(), torch.arange(12.).view(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewPoissonNLLLoss(nn.LogInput(false), nn.Full(true), nn.Eps(0.1), nn.Reduction("sum"))
			return m, func() tensors { return tensors{m.Forward(x().Sigmoid(), torch.Arange(12.0).View(4, 3))} }
		}},
		{"nn.GaussianNLLLoss(full=True)", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3), torch.rand(4, 1))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewGaussianNLLLoss(nn.Full(true))
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}), torch.Rand([]int64{4, 1}))} }
		}},
		{"nn.KLDivLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewKLDivLoss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.KLDivLoss(reduction='batchmean', log_target=True)", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewKLDivLoss(nn.Reduction("batchmean"), nn.LogTarget(true))
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.HingeEmbeddingLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3).sign())", func() (nn.AnyModule, func() tensors) {
			m := nn.NewHingeEmbeddingLoss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}).Sign())} }
		}},
		{"nn.HingeEmbeddingLoss(0.5, reduction='none')", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3).sign())", func() (nn.AnyModule, func() tensors) {
			m := nn.NewHingeEmbeddingLoss(nn.Margin(0.5), nn.Reduction("none"))
			return m, func() tensors { return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}).Sign())} }
		}},
		{"nn.MultiLabelMarginLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.tensor([[0, 2, -1], [1, -1, 0], [2, 1, 0], [-1, 0, 0]]))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMultiLabelMarginLoss()
			return m, func() tensors {
				return tensors{m.Forward(x(), torch.NewTensor([][]int64{{0, 2, -1}, {1, -1, 0}, {2, 1, 0}, {-1, 0, 0}}))}
			}
		}},
		{"nn.SmoothL1Loss()", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewSmoothL1Loss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.SmoothL1Loss(reduction='sum', beta=0.3)", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewSmoothL1Loss(nn.Reduction("sum"), nn.Beta(0.3))
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.HuberLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewHuberLoss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.HuberLoss(reduction='none', delta=0.3)", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewHuberLoss(nn.Reduction("none"), nn.Delta(0.3))
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.SoftMarginLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3).sign())", func() (nn.AnyModule, func() tensors) {
			m := nn.NewSoftMarginLoss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}).Sign())} }
		}},
		{"nn.MultiLabelSoftMarginLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMultiLabelSoftMarginLoss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.MultiLabelSoftMarginLoss(torch.tensor([.5, 1., 2.]))", "m(torch.randn(4, 3, requires_grad=True), torch.rand(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMultiLabelSoftMarginLoss(nn.Weight(weights()))
			return m, func() tensors { return tensors{m.Forward(x(), torch.Rand([]int64{4, 3}))} }
		}},
		{"nn.CosineEmbeddingLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3), torch.tensor([1, -1, 1, -1]))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewCosineEmbeddingLoss()
			return m, func() tensors {
				return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}), torch.NewTensor([]int64{1, -1, 1, -1}))}
			}
		}},
		{"nn.CosineEmbeddingLoss(margin=0.3, reduction='sum')", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3), torch.tensor([1, -1, 1, -1]))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewCosineEmbeddingLoss(nn.Margin(0.3), nn.Reduction("sum"))
			return m, func() tensors {
				return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}), torch.NewTensor([]int64{1, -1, 1, -1}))}
			}
		}},
		{"nn.MarginRankingLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3), torch.randn(4, 3).sign())", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMarginRankingLoss()
			return m, func() tensors {
				return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}), torch.Randn([]int64{4, 3}).Sign())}
			}
		}},
		{"nn.MarginRankingLoss(margin=0.3, reduction='sum')", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3), torch.randn(4, 3).sign())", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMarginRankingLoss(nn.Margin(0.3), nn.Reduction("sum"))
			return m, func() tensors {
				return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}), torch.Randn([]int64{4, 3}).Sign())}
			}
		}},
		{"nn.MultiMarginLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.tensor([0, 2, 1, 2]))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMultiMarginLoss()
			return m, func() tensors { return tensors{m.Forward(x(), classes())} }
		}},
		{"nn.MultiMarginLoss(2, 0.5, torch.tensor([.5, 1., 2.]))", "m(torch.randn(4, 3, requires_grad=True), torch.tensor([0, 2, 1, 2]))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMultiMarginLoss(nn.P(2), nn.Margin(0.5), nn.Weight(weights()))
			return m, func() tensors { return tensors{m.Forward(x(), classes())} }
		}},
		{"nn.TripletMarginLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3), torch.randn(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewTripletMarginLoss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}), torch.Randn([]int64{4, 3}))} }
		}},
		{"nn.TripletMarginLoss(0.5, 1.0, 0.1, True, reduction='sum')", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3), torch.randn(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewTripletMarginLoss(nn.Margin(0.5), nn.P(1), nn.Eps(0.1), nn.Swap(true), nn.Reduction("sum"))
			return m, func() tensors { return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}), torch.Randn([]int64{4, 3}))} }
		}},
		{"nn.TripletMarginWithDistanceLoss()", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3), torch.randn(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewTripletMarginWithDistanceLoss()
			return m, func() tensors { return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}), torch.Randn([]int64{4, 3}))} }
		}},
		{"nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: (a - b).abs().sum(1), swap=True)", "m(torch.randn(4, 3, requires_grad=True), torch.randn(4, 3), torch.randn(4, 3))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewTripletMarginWithDistanceLoss(nn.DistanceFunction(manhattan), nn.Swap(true))
			return m, func() tensors { return tensors{m.Forward(x(), torch.Randn([]int64{4, 3}), torch.Randn([]int64{4, 3}))} }
		}},
		{"nn.CTCLoss()", "m(torch.randn(6, 2, 4, requires_grad=True).log_softmax(2), torch.tensor([[1, 2, 3], [3, 1, 1]]), torch.tensor([6, 5]), torch.tensor([3, 2]))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewCTCLoss()
			return m, func() tensors {
				return tensors{m.Forward(torch.Randn([]int64{6, 2, 4}, torch.RequiresGrad(true)).LogSoftmax(2), torch.NewTensor([][]int64{{1, 2, 3}, {3, 1, 1}}), torch.NewTensor([]int64{6, 5}), torch.NewTensor([]int64{3, 2}))}
			}
		}},
		{"nn.CTCLoss(blank=1, reduction='sum', zero_infinity=True)", "m(torch.randn(6, 2, 4, requires_grad=True).log_softmax(2), torch.tensor([[0, 2, 3], [3, 0, 0]]), torch.tensor([6, 5]), torch.tensor([3, 2]))", func() (nn.AnyModule, func() tensors) {
			m := nn.NewCTCLoss(nn.Blank(1), nn.Reduction("sum"), nn.ZeroInfinity(true))
			return m, func() tensors {
				return tensors{m.Forward(torch.Randn([]int64{6, 2, 4}, torch.RequiresGrad(true)).LogSoftmax(2), torch.NewTensor([][]int64{{0, 2, 3}, {3, 0, 0}}), torch.NewTensor([]int64{6, 5}), torch.NewTensor([]int64{3, 2}))}
			}
		}},
	})
}
