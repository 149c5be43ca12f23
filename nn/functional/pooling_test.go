package functional_test

import (
	"math"
	"testing"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	strides  = []opt{{"stride=1", F.Stride(1)}, {"stride=3", F.Stride(3)}}
	paddings = []opt{{"padding=1", F.Padding(1)}, {"padding=2", F.Padding(2)}}
	ceil     = []opt{{"ceil_mode=True", F.CeilMode(true)}}
	dilated  = []opt{{"dilation=2", F.Dilation(2)}}
)

func TestMaxPools(t *testing.T) {
	runRows(t, join(
		cross("F.max_pool1d(seq, 2%s)", func(o *operands, opts ...F.MaxPoolOption) any { return F.MaxPool1d(o.seq, 2, opts...) },
			strides, paddings, dilated, ceil),
		cross("F.max_pool2d(img, 2%s)", func(o *operands, opts ...F.MaxPoolOption) any { return F.MaxPool2d(o.img, 2, opts...) },
			strides, paddings, dilated, ceil),
		cross("F.max_pool3d(vol, 2%s)", func(o *operands, opts ...F.MaxPoolOption) any { return F.MaxPool3d(o.vol, 2, opts...) },
			strides, paddings, dilated, ceil),
		cross("F.max_pool1d(seq, 2, return_indices=True%s)", func(o *operands, opts ...F.MaxPoolOption) any {
			return pairOf(F.MaxPool1dWithIndices(o.seq, 2, opts...))
		}, strides, paddings, dilated, ceil),
		cross("F.max_pool2d(img, (2, 3), return_indices=True%s)", func(o *operands, opts ...F.MaxPoolOption) any {
			return pairOf(F.MaxPool2dWithIndices(o.img, [2]int{2, 3}, opts...))
		}, strides, paddings, dilated, ceil),
		cross("F.max_pool3d_with_indices(vol, (2, 3, 1)%s)", func(o *operands, opts ...F.MaxPoolOption) any {
			return pairOf(F.MaxPool3dWithIndices(o.vol, [3]int{2, 3, 1}, opts...))
		}, strides, ceil),
		[]row{
			{"F.max_pool2d(img, 2, stride=(1, 2), padding=(1, 0), dilation=(1, 2))", func(o *operands) any {
				return F.MaxPool2d(o.img, 2, F.Stride(1, 2), F.Padding(1, 0), F.Dilation(1, 2))
			}},
			{"F.max_pool2d(img, 2, stride=(1, 2, 3))", func(o *operands) any { return F.MaxPool2d(o.img, 2, F.Stride(1, 2, 3)) }},
			{"F.max_pool2d(img, 2, padding='same')", func(o *operands) any { return F.MaxPool2d(o.img, 2, F.Padding("same")) }},
			{"F.max_pool2d(x, 2)", func(o *operands) any { return F.MaxPool2d(o.x, 2) }},
			{"F.max_pool1d(x, [2])", func(o *operands) any { return F.MaxPool1d(o.x, []int64{2}) }},
		},
	))
}

func TestAveragePools(t *testing.T) {
	count, divisor := []opt{{"count_include_pad=False", F.CountIncludePad(false)}}, []opt{{"divisor_override=3", F.DivisorOverride(3)}}
	runRows(t, join(
		cross("F.avg_pool1d(seq, 2%s)", func(o *operands, opts ...F.AvgPool1dOption) any { return F.AvgPool1d(o.seq, 2, opts...) },
			strides, paddings, ceil, count),
		cross("F.avg_pool2d(img, (2, 3)%s)", func(o *operands, opts ...F.AvgPool2dOption) any {
			return F.AvgPool2d(o.img, [2]int64{2, 3}, opts...)
		}, strides, paddings, ceil, count, divisor),
		cross("F.avg_pool3d(vol, 2%s)", func(o *operands, opts ...F.AvgPool3dOption) any { return F.AvgPool3d(o.vol, 2, opts...) },
			strides, paddings, ceil, count, divisor),
	))
}

func TestLpPools(t *testing.T) {
	for _, p := range []struct {
		python string
		golang float64
	}{{"2.0", 2}, {"3.0", 3}, {"float('inf')", math.Inf(1)}, {"-float('inf')", math.Inf(-1)}, {"0.0", 0}} {
		runRows(t, join(
			cross("F.lp_pool1d(seq.abs(), "+p.python+", 2%s)", func(o *operands, opts ...F.LpPoolOption) any {
				return F.LpPool1d(o.seq.Abs(), p.golang, 2, opts...)
			}, strides, ceil),
			cross("F.lp_pool2d(img.abs(), "+p.python+", (2, 3)%s)", func(o *operands, opts ...F.LpPoolOption) any {
				return F.LpPool2d(o.img.Abs(), p.golang, [2]int{2, 3}, opts...)
			}, strides, ceil),
			cross("F.lp_pool3d(vol.abs(), "+p.python+", 2%s)", func(o *operands, opts ...F.LpPoolOption) any {
				return F.LpPool3d(o.vol.Abs(), p.golang, 2, opts...)
			}, strides, ceil),
		))
	}
}

func TestAdaptivePools(t *testing.T) {
	runRows(t, []row{
		{"F.adaptive_avg_pool1d(seq, 3)", func(o *operands) any { return F.AdaptiveAvgPool1d(o.seq, 3) }},
		{"F.adaptive_avg_pool2d(img, 3)", func(o *operands) any { return F.AdaptiveAvgPool2d(o.img, 3) }},
		{"F.adaptive_avg_pool2d(img, (2, 7))", func(o *operands) any { return F.AdaptiveAvgPool2d(o.img, [2]int{2, 7}) }},
		{"F.adaptive_avg_pool2d(img, (None, 2))", func(o *operands) any { return F.AdaptiveAvgPool2d(o.img, [2]int{F.InputSize, 2}) }},
		{"F.adaptive_avg_pool2d(v, (None, 2))", func(o *operands) any { return F.AdaptiveAvgPool2d(o.v, [2]int{F.InputSize, 2}) }},
		{"F.adaptive_avg_pool2d(img, 1)", func(o *operands) any { return F.AdaptiveAvgPool2d(o.img, 1) }},
		{"F.adaptive_avg_pool3d(vol, (2, 3, 1))", func(o *operands) any { return F.AdaptiveAvgPool3d(o.vol, [3]int{2, 3, 1}) }},
		{"F.adaptive_avg_pool3d(vol, (2, None, None))", func(o *operands) any {
			return F.AdaptiveAvgPool3d(o.vol, []int64{2, F.InputSize, F.InputSize})
		}},
		{"F.adaptive_max_pool1d(seq, 3)", func(o *operands) any { return F.AdaptiveMaxPool1d(o.seq, 3) }},
		{"F.adaptive_max_pool1d(seq, 3, return_indices=True)", func(o *operands) any { return pairOf(F.AdaptiveMaxPool1dWithIndices(o.seq, 3)) }},
		{"F.adaptive_max_pool2d(img, (2, None))", func(o *operands) any { return F.AdaptiveMaxPool2d(o.img, [2]int{2, F.InputSize}) }},
		{"F.adaptive_max_pool2d(img, 3, return_indices=True)", func(o *operands) any { return pairOf(F.AdaptiveMaxPool2dWithIndices(o.img, 3)) }},
		{"F.adaptive_max_pool3d(vol, 2)", func(o *operands) any { return F.AdaptiveMaxPool3d(o.vol, 2) }},
		{"F.adaptive_max_pool3d(vol, (1, 2, None), return_indices=True)", func(o *operands) any {
			return pairOf(F.AdaptiveMaxPool3dWithIndices(o.vol, [3]int{1, 2, F.InputSize}))
		}},
		{"F.adaptive_max_pool2d(x, 3)", func(o *operands) any { return F.AdaptiveMaxPool2d(o.x, 3) }},
	})
}

func TestUnpools(t *testing.T) {
	image := func(o *operands) (output, indices *torch.Tensor) { return F.MaxPool2dWithIndices(o.img, 2) }
	runRows(t, []row{
		{"F.max_unpool1d(*F.max_pool1d(seq, 2, return_indices=True), 2)", func(o *operands) any {
			y, i := F.MaxPool1dWithIndices(o.seq, 2)
			return F.MaxUnpool1d(y, i, 2)
		}},
		{"F.max_unpool1d(*F.max_pool1d(seq, 2, return_indices=True), 2, output_size=(7,))", func(o *operands) any {
			y, i := F.MaxPool1dWithIndices(o.seq, 2)
			return F.MaxUnpool1d(y, i, 2, F.OutputSize(7))
		}},
		{"F.max_unpool2d(*F.max_pool2d(img[..., :4], 2, return_indices=True), 2)", func(o *operands) any {
			y, i := F.MaxPool2dWithIndices(o.img.Narrow(3, 0, 4), 2)
			return F.MaxUnpool2d(y, i, 2)
		}},
		{"F.max_unpool2d(*F.max_pool2d(img, 2, return_indices=True), 2, output_size=img.size())", func(o *operands) any {
			y, i := image(o)
			return F.MaxUnpool2d(y, i, 2, F.OutputSize(o.img.Shape()...))
		}},
		{"F.max_unpool2d(*F.max_pool2d(img, 2, return_indices=True), 2, output_size=[6, 9])", func(o *operands) any {
			y, i := image(o)
			return F.MaxUnpool2d(y, i, 2, F.OutputSize(6, 9))
		}},
		{"F.max_unpool2d(*F.max_pool2d(img, 2, return_indices=True), 2, output_size=[6, 9, 1])", func(o *operands) any {
			y, i := image(o)
			return F.MaxUnpool2d(y, i, 2, F.OutputSize(6, 9, 1))
		}},
		{"F.max_unpool2d(*F.max_pool2d(img, 3, 2, return_indices=True), 3, stride=2)", func(o *operands) any {
			y, i := F.MaxPool2dWithIndices(o.img, 3, F.Stride(2))
			return F.MaxUnpool2d(y, i, 3, F.Stride(2))
		}},
		{"F.max_unpool2d(*F.max_pool2d(img, 2, return_indices=True), 2, padding=3)", func(o *operands) any {
			y, i := image(o)
			return F.MaxUnpool2d(y, i, 2, F.Padding(3))
		}},
		{"F.max_unpool3d(*F.max_pool3d(vol, 2, return_indices=True), 2, output_size=(4, 5, 3))", func(o *operands) any {
			y, i := F.MaxPool3dWithIndices(o.vol, 2)
			return F.MaxUnpool3d(y, i, 2, F.OutputSize(4, 5, 3))
		}},
		{"F.max_unpool3d(*F.max_pool3d(vol, 2, 1, return_indices=True), 2, 1)", func(o *operands) any {
			y, i := F.MaxPool3dWithIndices(o.vol, 2, F.Stride(1))
			return F.MaxUnpool3d(y, i, 2, F.Stride(1))
		}},
	})
}

func TestFractionalPools(t *testing.T) {
	sizes := []opt{
		{"output_size=2", F.OutputSize(2)}, {"output_size=9", F.OutputSize(9)},
		{"output_ratio=(0.5, 0.4, 0.9)", F.OutputRatio(0.5, 0.4, 0.9)},
	}
	pairs := append(sizes[:3:3], opt{"output_ratio=(0.5, 0.4)", F.OutputRatio(0.5, 0.4)})
	triples := append(sizes[:3:3], opt{"output_ratio=0.5", F.OutputRatio(0.5)})
	runRows(t, join(
		cross("F.fractional_max_pool2d(img, 2%s)", func(o *operands, opts ...F.FractionalMaxPoolOption) any {
			return F.FractionalMaxPool2d(o.img, 2, opts...)
		}, pairs),
		cross("F.fractional_max_pool2d(img[0], (2, 1), return_indices=True%s)", func(o *operands, opts ...F.FractionalMaxPoolOption) any {
			return pairOf(F.FractionalMaxPool2dWithIndices(o.img.Select(0, 0), [2]int{2, 1}, opts...))
		}, pairs),
		cross("F.fractional_max_pool3d(vol, 2%s)", func(o *operands, opts ...F.FractionalMaxPoolOption) any {
			return F.FractionalMaxPool3d(o.vol, 2, opts...)
		}, triples),
		cross("F.fractional_max_pool3d(vol[0], 2, return_indices=True%s)", func(o *operands, opts ...F.FractionalMaxPoolOption) any {
			return pairOf(F.FractionalMaxPool3dWithIndices(o.vol.Select(0, 0), 2, opts...))
		}, triples),
		[]row{{"F.fractional_max_pool2d(img, 2, 2, _random_samples=torch.full((2, 4, 2), 0.25))", func(o *operands) any {
			return F.FractionalMaxPool2d(o.img, 2, F.OutputSize(2), F.RandomSamples(torch.Full([]int64{2, 4, 2}, 0.25)))
		}}},
	))
}
