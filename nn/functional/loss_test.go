package functional_test

import (
	"testing"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// legacy options take precedence over a reduction, with a warning.
var reductions = []opt{
	{"reduction='none'", F.Reduction("none")}, {"reduction='sum'", F.Reduction("sum")}, {"reduction='mean'", F.Reduction("mean")},
	{"reduction='elementwise_mean'", F.Reduction("elementwise_mean")}, {"reduction='batchmean'", F.Reduction("batchmean")},
	{"reduction='x'", F.Reduction("x")}, {"size_average=False", F.SizeAverage(false)}, {"size_average=True", F.SizeAverage(true)},
	{"reduce=False", F.Reduce(false)}, {"reduce=True", F.Reduce(true)},
}

// modern are those of functions without the legacy options.
var modern = reductions[:6]

// A loss takes two tensors and options.
type loss[O any] func(input, target *torch.Tensor, opts ...O) *torch.Tensor

// lossRows crosses a loss of x and a target with options.
func lossRows[O any](python string, f loss[O], target func(o *operands) *torch.Tensor, lists ...[]opt) []row {
	return cross(python, func(o *operands, opts ...O) any { return f(o.x, target(o), opts...) }, lists...)
}

func ofY(o *operands) *torch.Tensor { return o.y }
func ofP(o *operands) *torch.Tensor { return o.p }
func ofC(o *operands) *torch.Tensor { return o.c }

func join(lists ...[]row) (all []row) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

func TestElementLosses(t *testing.T) {
	runRows(t, join(
		lossRows("F.mse_loss(x, y%s)", F.MseLoss, ofY, reductions),
		lossRows("F.l1_loss(x, y%s)", F.L1Loss, ofY, reductions),
		lossRows("F.mse_loss(x, v%s)", F.MseLoss, func(o *operands) *torch.Tensor { return o.v }, modern),
		cross("F.mse_loss(x, y, weight=p%s)", func(o *operands, opts ...F.MseLossOption) any {
			return F.MseLoss(o.x, o.y, append(opts, F.Weight(o.p))...)
		}, reductions),
		cross("F.l1_loss(x, y, weight=p%s)", func(o *operands, opts ...F.MseLossOption) any {
			return F.L1Loss(o.x, o.y, append(opts, F.Weight(o.p))...)
		}, reductions),
		cross("F.huber_loss(x, y, weight=p%s)", func(o *operands, opts ...F.HuberLossOption) any {
			return F.HuberLoss(o.x, o.y, append(opts, F.Weight(o.p))...)
		}, modern),
		lossRows("F.smooth_l1_loss(x, y%s)", F.SmoothL1Loss, ofY, reductions, []opt{
			{"beta=0.0", F.Beta(0.0)}, {"beta=0.5", F.Beta(0.5)}, {"beta=-1.0", F.Beta(-1)},
		}),
		lossRows("F.smooth_l1_loss(x, v%s)", F.SmoothL1Loss, func(o *operands) *torch.Tensor { return o.v }),
		lossRows("F.huber_loss(x, y%s)", F.HuberLoss, ofY, modern, []opt{{"delta=0.25", F.Delta(0.25)}, {"delta=0.0", F.Delta(0)}}),
		lossRows("F.huber_loss(x, v%s)", F.HuberLoss, func(o *operands) *torch.Tensor { return o.v }),
		lossRows("F.kl_div(x, p%s)", F.KlDiv, ofP, reductions, []opt{{"log_target=True", F.LogTarget(true)}}),
		lossRows("F.poisson_nll_loss(x, p%s)", F.PoissonNllLoss, ofP, reductions, []opt{{"log_input=False", F.LogInput(false)}},
			[]opt{{"full=True", F.Full(true)}}),
		lossRows("F.soft_margin_loss(x, y%s)", F.SoftMarginLoss, ofY, reductions),
		lossRows("F.hinge_embedding_loss(x, y.sign()%s)", F.HingeEmbeddingLoss, func(o *operands) *torch.Tensor { return o.y.Sign() },
			reductions, []opt{{"margin=0.5", F.Margin(0.5)}}),
		[]row{
			{"F.mse_loss(x, seq)", func(o *operands) any { return F.MseLoss(o.x, o.seq) }},
			{"F.mse_loss(x, y, weight=v)", func(o *operands) any { return F.MseLoss(o.x, o.y, F.Weight(o.v)) }},
			{"F.huber_loss(x, y, weight=v)", func(o *operands) any { return F.HuberLoss(o.x, o.y, F.Weight(o.v)) }},
			{"F.mse_loss(x, v, weight=p)", func(o *operands) any { return F.MseLoss(o.x, o.v, F.Weight(o.p)) }},
			{"F.kl_div(x[0, 0], p[0, 0], reduction='batchmean')", func(o *operands) any {
				return F.KlDiv(o.x.Index(0, 0), o.p.Index(0, 0), F.Reduction("batchmean"))
			}},
		},
	))
}

func TestGaussianNllLoss(t *testing.T) {
	full := []opt{{"full=True", F.Full(true)}}
	rows := cross("F.gaussian_nll_loss(x, y, p%s)", func(o *operands, opts ...F.GaussianNllLossOption) any {
		return F.GaussianNllLoss(o.x, o.y, o.p, opts...)
	}, modern, full, []opt{{"eps=0.5", F.Eps(0.5)}})
	runRows(t, append(rows, []row{
		{"F.gaussian_nll_loss(x, y, 0.5)", func(o *operands) any { return F.GaussianNllLoss(o.x, o.y, 0.5) }},
		{"F.gaussian_nll_loss(x, y, -0.5)", func(o *operands) any { return F.GaussianNllLoss(o.x, o.y, -0.5) }},
		{"F.gaussian_nll_loss(x, y, y)", func(o *operands) any { return F.GaussianNllLoss(o.x, o.y, o.y) }},
		{"F.gaussian_nll_loss(x, y, p[:, 0])", func(o *operands) any {
			return F.GaussianNllLoss(o.x, o.y, o.p.Index(torch.Slice(nil, nil), 0))
		}},
		{"F.gaussian_nll_loss(x, y, p[:, :1])", func(o *operands) any {
			return F.GaussianNllLoss(o.x, o.y, o.p.Index(torch.Slice(nil, nil), torch.Slice(nil, 1)))
		}},
		{"F.gaussian_nll_loss(x, y, v)", func(o *operands) any { return F.GaussianNllLoss(o.x, o.y, o.v) }},
		{"F.gaussian_nll_loss(x, y, p[:2])", func(o *operands) any { return F.GaussianNllLoss(o.x, o.y, o.p.Index(torch.Slice(nil, 2))) }},
	}...))
}

func TestClassLosses(t *testing.T) {
	weight := func(o *operands) torch.WeightArg { return F.Weight(o.v.Detach()) }
	ignore := []opt{{"ignore_index=3", F.IgnoreIndex(3)}}
	smoothing := []opt{{"label_smoothing=0.1", F.LabelSmoothing(0.1)}, {"label_smoothing=2.0", F.LabelSmoothing(2)}}
	runRows(t, join(
		lossRows("F.nll_loss(x, c%s)", F.NllLoss, ofC, reductions, ignore),
		cross("F.nll_loss(x, c, v.detach()%s)", func(o *operands, opts ...F.NllLossOption) any {
			return F.NllLoss(o.x, o.c, append(opts, weight(o))...)
		}, modern, ignore),
		lossRows("F.cross_entropy(x, c%s)", F.CrossEntropy, ofC, reductions, ignore, smoothing),
		lossRows("F.cross_entropy(x, p%s)", F.CrossEntropy, ofP, modern, smoothing),
		cross("F.cross_entropy(x, c, v.detach()%s)", func(o *operands, opts ...F.CrossEntropyOption) any {
			return F.CrossEntropy(o.x, o.c, append(opts, weight(o))...)
		}, modern, smoothing),
		lossRows("F.multi_margin_loss(x, c%s)", F.MultiMarginLoss, ofC, reductions, []opt{{"p=2", F.P(2)}, {"p=3", F.P(3)}},
			[]opt{{"margin=0.5", F.Margin(0.5)}}),
		lossRows("F.multilabel_margin_loss(x, i%s)", F.MultilabelMarginLoss, func(o *operands) *torch.Tensor { return o.i }, reductions),
		lossRows("F.multilabel_soft_margin_loss(x, p%s)", F.MultilabelSoftMarginLoss, ofP, reductions),
		lossRows("F.binary_cross_entropy_with_logits(x, p%s)", F.BinaryCrossEntropyWithLogits, ofP, reductions),
		cross("F.binary_cross_entropy(x.sigmoid(), p%s)", func(o *operands, opts ...F.BinaryCrossEntropyOption) any {
			return F.BinaryCrossEntropy(o.x.Sigmoid(), o.p, opts...)
		}, reductions),
		classLossRows,
	))
}

var classLossRows = []row{
	{"F.multi_margin_loss(x, c, weight=v.detach())", func(o *operands) any { return F.MultiMarginLoss(o.x, o.c, F.Weight(o.v.Detach())) }},
	{"F.multi_margin_loss(x, c, weight=p)", func(o *operands) any { return F.MultiMarginLoss(o.x, o.c, F.Weight(o.p)) }},
	{"F.multilabel_soft_margin_loss(x, p, weight=v)", func(o *operands) any {
		return F.MultilabelSoftMarginLoss(o.x, o.p, F.Weight(o.v))
	}},
	{"F.binary_cross_entropy(x.sigmoid(), p, weight=v.detach())", func(o *operands) any {
		return F.BinaryCrossEntropy(o.x.Sigmoid(), o.p, F.Weight(o.v.Detach()))
	}},
	{"F.binary_cross_entropy(x.sigmoid(), v)", func(o *operands) any { return F.BinaryCrossEntropy(o.x.Sigmoid(), o.v) }},
	{"F.binary_cross_entropy(x.sigmoid(), p, weight=c)", func(o *operands) any {
		return F.BinaryCrossEntropy(o.x.Sigmoid(), o.p, F.Weight(o.c))
	}},
	{"F.binary_cross_entropy(x, p)", func(o *operands) any { return F.BinaryCrossEntropy(o.x, o.p) }},
	{"F.binary_cross_entropy_with_logits(x, v)", func(o *operands) any { return F.BinaryCrossEntropyWithLogits(o.x, o.v) }},
	{"F.binary_cross_entropy_with_logits(x, p, weight=y, pos_weight=v)", func(o *operands) any {
		return F.BinaryCrossEntropyWithLogits(o.x, o.p, F.Weight(o.y), F.PosWeight(o.v))
	}},
	{"F.nll_loss(img, i.new_ones(2, 6, 5), reduction='none')", func(o *operands) any {
		return F.NllLoss(o.img, torch.Ones([]int64{2, 6, 5}, torch.Int64), F.Reduction("none"))
	}},
	{"F.nll_loss(x, i)", func(o *operands) any { return F.NllLoss(o.x, o.i) }},
	{"F.cross_entropy(x, c + 2)", func(o *operands) any { return F.CrossEntropy(o.x, o.c.Add(2)) }},
}

func TestDistanceLosses(t *testing.T) {
	margins := []opt{{"margin=0.5", F.Margin(0.5)}, {"margin=-0.5", F.Margin(-0.5)}}
	swap := []opt{{"swap=True", F.Swap(true)}}
	distance := func(a, b *torch.Tensor) *torch.Tensor { return a.Sub(b).Abs().Sum(torch.Dim(-1)) }
	runRows(t, join(
		cross("F.margin_ranking_loss(x, y, i.sign()%s)", func(o *operands, opts ...F.RankingLossOption) any {
			return F.MarginRankingLoss(o.x, o.y, o.i.Sign(), opts...)
		}, reductions, margins),
		cross("F.cosine_embedding_loss(x, y, sign%s)", func(o *operands, opts ...F.RankingLossOption) any {
			return F.CosineEmbeddingLoss(o.x, o.y, o.sign, opts...)
		}, reductions, margins),
		cross("F.triplet_margin_loss(x, y, p%s)", func(o *operands, opts ...F.TripletMarginLossOption) any {
			return F.TripletMarginLoss(o.x, o.y, o.p, opts...)
		}, reductions, margins, []opt{{"p=1.0", F.P(1)}}, swap),
		cross("F.triplet_margin_with_distance_loss(x, y, p%s)", func(o *operands, opts ...F.TripletMarginWithDistanceLossOption) any {
			return F.TripletMarginWithDistanceLoss(o.x, o.y, o.p, opts...)
		}, modern, margins, swap, []opt{{"distance_function=lambda a, b: (a - b).abs().sum(-1)", F.DistanceFunction(distance)}}),
		[]row{
			{"F.margin_ranking_loss(x, y, sign)", func(o *operands) any { return F.MarginRankingLoss(o.x, o.y, o.sign) }},
			{"F.triplet_margin_with_distance_loss(x, y, v)", func(o *operands) any {
				return F.TripletMarginWithDistanceLoss(o.x, o.y, o.v)
			}},
		},
	))
}

func TestCtcLoss(t *testing.T) {
	rows := cross("F.ctc_loss(seq.permute(2, 0, 1).log_softmax(2), torch.tensor([[1, 2, 2], [3, 1, 3]]), torch.tensor([7, 2]), torch.tensor([3, 3])%s)",
		func(o *operands, opts ...F.CtcLossOption) any {
			return F.CtcLoss(o.seq.Permute(2, 0, 1).LogSoftmax(2), torch.NewTensor([][]int64{{1, 2, 2}, {3, 1, 3}}),
				torch.NewTensor([]int64{7, 2}), torch.NewTensor([]int64{3, 3}), opts...)
		}, modern, []opt{{"blank=0", F.Blank(0)}, {"blank=9", F.Blank(9)}}, []opt{{"zero_infinity=True", F.ZeroInfinity(true)}})
	runRows(t, rows)
}

func TestLinearCrossEntropy(t *testing.T) {
	weight := []opt{{"label_smoothing=0.1", F.LabelSmoothing(0.1)}}
	rows := cross("F.linear_cross_entropy(x, y, c %% 3%s)", func(o *operands, opts ...F.LinearCrossEntropyOption) any {
		return F.LinearCrossEntropy(o.x, o.y, o.c.Remainder(3), opts...)
	}, modern, []opt{{"ignore_index=1", F.IgnoreIndex(1)}}, weight)
	runRows(t, append(rows, []row{
		{"F.linear_cross_entropy(x, y, c % 3, linear_bias=p[:, 0], weight=v[:3].detach())", func(o *operands) any {
			return F.LinearCrossEntropy(o.x, o.y, o.c.Remainder(3), F.LinearBias(o.p.Select(1, 0)),
				F.Weight(o.v.Detach().Narrow(0, 0, 3)))
		}},
		{"F.linear_cross_entropy(x[0], y, c[0])", func(o *operands) any { return F.LinearCrossEntropy(o.x.Select(0, 0), o.y, o.c.Select(0, 0)) }},
		{"F.linear_cross_entropy(x, y.reshape(3, 1, 4), (c % 3)[:, None], linear_bias=p[:, :1])", func(o *operands) any {
			return F.LinearCrossEntropy(o.x, o.y.Reshape(3, 1, 4), o.c.Remainder(3).Unsqueeze(1), F.LinearBias(o.p.Narrow(1, 0, 1)))
		}},
		{"F.linear_cross_entropy(x, y, p[:, :3])", func(o *operands) any { return F.LinearCrossEntropy(o.x, o.y, o.p.Narrow(1, 0, 3)) }},
		{"F.linear_cross_entropy(x, y, p[:, :3], ignore_index=1)", func(o *operands) any {
			return F.LinearCrossEntropy(o.x, o.y, o.p.Narrow(1, 0, 3), F.IgnoreIndex(1))
		}},
		{"F.linear_cross_entropy(seq, y, c)", func(o *operands) any { return F.LinearCrossEntropy(o.seq, o.y, o.c) }},
		{"F.linear_cross_entropy(x, v, c)", func(o *operands) any { return F.LinearCrossEntropy(o.x, o.v, o.c) }},
		{"F.linear_cross_entropy(x, seq, c)", func(o *operands) any { return F.LinearCrossEntropy(o.x, o.seq, o.c) }},
		{"F.linear_cross_entropy(x, y, c, linear_bias=v)", func(o *operands) any { return F.LinearCrossEntropy(o.x, o.y, o.c, F.LinearBias(o.v)) }},
		{"F.linear_cross_entropy(x[0], y.reshape(3, 1, 4), c)", func(o *operands) any {
			return F.LinearCrossEntropy(o.x.Select(0, 0), o.y.Reshape(3, 1, 4), o.c)
		}},
	}...))
}
