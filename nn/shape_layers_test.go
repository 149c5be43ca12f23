package nn_test

import "github.com/wangkuiyi/gotorch/nn"

var poolingCases = []layerCase{
	{"nn.MaxPool1d(2)", func() nn.Layer { return nn.NewMaxPool1d(2) }, []int64{2, 3, 7}},
	{"nn.MaxPool1d(3, 2, 1, 2, ceil_mode=True)", func() nn.Layer {
		return nn.NewMaxPool1d(3, nn.Stride(2), nn.Padding(1), nn.Dilation(2), nn.CeilMode(true))
	}, []int64{3, 9}},
	{"nn.MaxPool3d((1, 2, 3), stride=2)", func() nn.Layer { return nn.NewMaxPool3d([3]int{1, 2, 3}, nn.Stride(2)) }, []int64{2, 2, 4, 5, 6}},
	{"nn.MaxPool3d(3, 2, 1, dilation=(1, 2, 1), ceil_mode=True)", func() nn.Layer {
		return nn.NewMaxPool3d(3, nn.Stride(2), nn.Padding(1), nn.Dilation(1, 2, 1), nn.CeilMode(true))
	}, []int64{2, 4, 5, 6}},
	{"nn.AvgPool1d(3, 2, 1, count_include_pad=False)", func() nn.Layer { return nn.NewAvgPool1d(3, nn.Stride(2), nn.Padding(1), nn.CountIncludePad(false)) }, []int64{2, 3, 7}},
	{"nn.AvgPool1d(2)", func() nn.Layer { return nn.NewAvgPool1d(2) }, []int64{3, 7}},
	{"nn.AvgPool2d(2, ceil_mode=True)", func() nn.Layer { return nn.NewAvgPool2d(2, nn.CeilMode(true)) }, []int64{2, 3, 5, 7}},
	{"nn.AvgPool2d((2, 3), (1, 2), divisor_override=5)", func() nn.Layer { return nn.NewAvgPool2d([2]int{2, 3}, nn.Stride(1, 2), nn.DivisorOverride(5)) }, []int64{2, 3, 5, 7}},
	{"nn.AvgPool3d(2, padding=1)", func() nn.Layer { return nn.NewAvgPool3d(2, nn.Padding(1)) }, []int64{2, 2, 4, 5, 6}},
	{"nn.AvgPool3d((2, 3, 1), stride=(1, 2, 3), ceil_mode=True, count_include_pad=False, divisor_override=3)", func() nn.Layer {
		return nn.NewAvgPool3d([3]int{2, 3, 1}, nn.Stride(1, 2, 3), nn.CeilMode(true), nn.CountIncludePad(false), nn.DivisorOverride(3))
	}, []int64{2, 4, 5, 6}},
	{"nn.AdaptiveAvgPool1d(3)", func() nn.Layer { return nn.NewAdaptiveAvgPool1d(3) }, []int64{2, 3, 7}},
	{"nn.AdaptiveAvgPool1d(5)", func() nn.Layer { return nn.NewAdaptiveAvgPool1d(5) }, []int64{3, 4}},
	{"nn.AdaptiveAvgPool2d(1)", func() nn.Layer { return nn.NewAdaptiveAvgPool2d(1) }, []int64{2, 3, 5, 7}},
	{"nn.AdaptiveAvgPool2d((None, 2))", func() nn.Layer { return nn.NewAdaptiveAvgPool2d([2]int64{nn.InputSize, 2}) }, []int64{2, 3, 5, 7}},
	{"nn.AdaptiveAvgPool3d((2, 3, 4))", func() nn.Layer { return nn.NewAdaptiveAvgPool3d([3]int{2, 3, 4}) }, []int64{2, 2, 4, 5, 6}},
	{"nn.AdaptiveAvgPool3d((None, 2, 1))", func() nn.Layer { return nn.NewAdaptiveAvgPool3d([3]int64{nn.InputSize, 2, 1}) }, []int64{2, 4, 5, 6}},
	{"nn.AdaptiveMaxPool1d(3)", func() nn.Layer { return nn.NewAdaptiveMaxPool1d(3) }, []int64{2, 3, 7}},
	{"nn.AdaptiveMaxPool1d(5)", func() nn.Layer { return nn.NewAdaptiveMaxPool1d(5) }, []int64{3, 4}},
	{"nn.AdaptiveMaxPool2d((3, None))", func() nn.Layer { return nn.NewAdaptiveMaxPool2d([2]int64{3, nn.InputSize}) }, []int64{2, 3, 5, 7}},
	{"nn.AdaptiveMaxPool2d(2)", func() nn.Layer { return nn.NewAdaptiveMaxPool2d(2) }, []int64{3, 5, 7}},
	{"nn.AdaptiveMaxPool3d(2)", func() nn.Layer { return nn.NewAdaptiveMaxPool3d(2) }, []int64{2, 2, 4, 5, 6}},
	{"nn.AdaptiveMaxPool3d((1, None, 3))", func() nn.Layer { return nn.NewAdaptiveMaxPool3d([3]int64{1, nn.InputSize, 3}) }, []int64{2, 4, 5, 6}},
	{"nn.LPPool1d(2.0, 3)", func() nn.Layer { return nn.NewLPPool1d(2, 3) }, []int64{2, 3, 7}},
	{"nn.LPPool1d(1.5, 2, stride=3, ceil_mode=True)", func() nn.Layer { return nn.NewLPPool1d(1.5, 2, nn.Stride(3), nn.CeilMode(true)) }, []int64{3, 7}},
	{"nn.LPPool2d(1.5, (2, 3), stride=2, ceil_mode=True)", func() nn.Layer { return nn.NewLPPool2d(1.5, [2]int{2, 3}, nn.Stride(2), nn.CeilMode(true)) }, []int64{2, 3, 5, 7}},
	{"nn.LPPool2d(2.0, 3)", func() nn.Layer { return nn.NewLPPool2d(2, 3) }, []int64{3, 5, 7}},
	{"nn.LPPool3d(3.0, 2)", func() nn.Layer { return nn.NewLPPool3d(3, 2) }, []int64{2, 2, 4, 5, 6}},
	{"nn.LPPool3d(2.0, (1, 2, 3), stride=2, ceil_mode=True)", func() nn.Layer {
		return nn.NewLPPool3d(2, [3]int{1, 2, 3}, nn.Stride(2), nn.CeilMode(true))
	}, []int64{2, 4, 5, 6}},
}

var paddingCases = []layerCase{
	{"nn.ZeroPad1d(1)", func() nn.Layer { return nn.NewZeroPad1d(1) }, []int64{2, 3, 7}},
	{"nn.ZeroPad1d((1, 2))", func() nn.Layer { return nn.NewZeroPad1d([2]int{1, 2}) }, []int64{2, 3, 7}},
	{"nn.ReflectionPad1d(1)", func() nn.Layer { return nn.NewReflectionPad1d(1) }, []int64{2, 3, 7}},
	{"nn.ReflectionPad1d((1, 2))", func() nn.Layer { return nn.NewReflectionPad1d([2]int{1, 2}) }, []int64{2, 3, 7}},
	{"nn.ReplicationPad1d(1)", func() nn.Layer { return nn.NewReplicationPad1d(1) }, []int64{2, 3, 7}},
	{"nn.ReplicationPad1d((1, 2))", func() nn.Layer { return nn.NewReplicationPad1d([2]int{1, 2}) }, []int64{2, 3, 7}},
	{"nn.CircularPad1d(1)", func() nn.Layer { return nn.NewCircularPad1d(1) }, []int64{2, 3, 7}},
	{"nn.CircularPad1d((1, 2))", func() nn.Layer { return nn.NewCircularPad1d([2]int{1, 2}) }, []int64{2, 3, 7}},
	{"nn.ConstantPad1d((1, 2), 3.5)", func() nn.Layer { return nn.NewConstantPad1d([2]int{1, 2}, 3.5) }, []int64{2, 3, 7}},
	{"nn.ConstantPad1d(2, -0.5)", func() nn.Layer { return nn.NewConstantPad1d(2, -0.5) }, []int64{2, 3, 7}},
	{"nn.ZeroPad2d(1)", func() nn.Layer { return nn.NewZeroPad2d(1) }, []int64{2, 3, 5, 7}},
	{"nn.ZeroPad2d((1, 2, 0, 1))", func() nn.Layer { return nn.NewZeroPad2d([4]int{1, 2, 0, 1}) }, []int64{2, 3, 5, 7}},
	{"nn.ReflectionPad2d(1)", func() nn.Layer { return nn.NewReflectionPad2d(1) }, []int64{2, 3, 5, 7}},
	{"nn.ReflectionPad2d((1, 2, 0, 1))", func() nn.Layer { return nn.NewReflectionPad2d([4]int{1, 2, 0, 1}) }, []int64{2, 3, 5, 7}},
	{"nn.ReplicationPad2d(1)", func() nn.Layer { return nn.NewReplicationPad2d(1) }, []int64{2, 3, 5, 7}},
	{"nn.ReplicationPad2d((1, 2, 0, 1))", func() nn.Layer { return nn.NewReplicationPad2d([4]int{1, 2, 0, 1}) }, []int64{2, 3, 5, 7}},
	{"nn.CircularPad2d(1)", func() nn.Layer { return nn.NewCircularPad2d(1) }, []int64{2, 3, 5, 7}},
	{"nn.CircularPad2d((1, 2, 0, 1))", func() nn.Layer { return nn.NewCircularPad2d([4]int{1, 2, 0, 1}) }, []int64{2, 3, 5, 7}},
	{"nn.ConstantPad2d((1, 2, 0, 1), 3.5)", func() nn.Layer { return nn.NewConstantPad2d([4]int{1, 2, 0, 1}, 3.5) }, []int64{2, 3, 5, 7}},
	{"nn.ConstantPad2d(2, -0.5)", func() nn.Layer { return nn.NewConstantPad2d(2, -0.5) }, []int64{2, 3, 5, 7}},
	{"nn.ZeroPad3d(1)", func() nn.Layer { return nn.NewZeroPad3d(1) }, []int64{2, 2, 4, 5, 6}},
	{"nn.ZeroPad3d((1, 2, 0, 1, 1, 0))", func() nn.Layer { return nn.NewZeroPad3d([6]int64{1, 2, 0, 1, 1, 0}) }, []int64{2, 2, 4, 5, 6}},
	{"nn.ReflectionPad3d(1)", func() nn.Layer { return nn.NewReflectionPad3d(1) }, []int64{2, 2, 4, 5, 6}},
	{"nn.ReflectionPad3d((1, 2, 0, 1, 1, 0))", func() nn.Layer { return nn.NewReflectionPad3d([6]int64{1, 2, 0, 1, 1, 0}) }, []int64{2, 2, 4, 5, 6}},
	{"nn.ReplicationPad3d(1)", func() nn.Layer { return nn.NewReplicationPad3d(1) }, []int64{2, 2, 4, 5, 6}},
	{"nn.ReplicationPad3d((1, 2, 0, 1, 1, 0))", func() nn.Layer { return nn.NewReplicationPad3d([6]int64{1, 2, 0, 1, 1, 0}) }, []int64{2, 2, 4, 5, 6}},
	{"nn.CircularPad3d(1)", func() nn.Layer { return nn.NewCircularPad3d(1) }, []int64{2, 2, 4, 5, 6}},
	{"nn.CircularPad3d((1, 2, 0, 1, 1, 0))", func() nn.Layer { return nn.NewCircularPad3d([6]int64{1, 2, 0, 1, 1, 0}) }, []int64{2, 2, 4, 5, 6}},
	{"nn.ConstantPad3d((1, 2, 0, 1, 1, 0), 3.5)", func() nn.Layer { return nn.NewConstantPad3d([6]int64{1, 2, 0, 1, 1, 0}, 3.5) }, []int64{2, 2, 4, 5, 6}},
	{"nn.ConstantPad3d(2, -0.5)", func() nn.Layer { return nn.NewConstantPad3d(2, -0.5) }, []int64{2, 2, 4, 5, 6}},
}

var otherCases = []layerCase{
	{"nn.Dropout1d()", func() nn.Layer { return nn.NewDropout1d() }, []int64{3, 8, 4}},
	{"nn.Dropout1d(0.2)", func() nn.Layer { return nn.NewDropout1d(nn.P(0.2)) }, []int64{3, 8, 4}},
	{"nn.Dropout3d()", func() nn.Layer { return nn.NewDropout3d() }, []int64{2, 3, 2, 2, 2}},
	{"nn.Dropout3d(0.2)", func() nn.Layer { return nn.NewDropout3d(nn.P(0.2)) }, []int64{2, 3, 2, 2, 2}},
	{"nn.AlphaDropout()", func() nn.Layer { return nn.NewAlphaDropout() }, []int64{20, 30}},
	{"nn.AlphaDropout(0.2)", func() nn.Layer { return nn.NewAlphaDropout(nn.P(0.2)) }, []int64{20, 30}},
	{"nn.FeatureAlphaDropout()", func() nn.Layer { return nn.NewFeatureAlphaDropout() }, []int64{3, 8, 2, 2}},
	{"nn.FeatureAlphaDropout(0.2)", func() nn.Layer { return nn.NewFeatureAlphaDropout(nn.P(0.2)) }, []int64{3, 8, 2, 2}},
	{"nn.PixelShuffle(2)", func() nn.Layer { return nn.NewPixelShuffle(2) }, []int64{2, 8, 3, 2}},
	{"nn.PixelShuffle(3)", func() nn.Layer { return nn.NewPixelShuffle(3) }, []int64{9, 2, 1}},
	{"nn.PixelUnshuffle(2)", func() nn.Layer { return nn.NewPixelUnshuffle(2) }, []int64{2, 3, 4, 6}},
	{"nn.PixelUnshuffle(3)", func() nn.Layer { return nn.NewPixelUnshuffle(3) }, []int64{2, 3, 6}},
	{"nn.ChannelShuffle(2)", func() nn.Layer { return nn.NewChannelShuffle(2) }, []int64{2, 4, 3, 2}},
	{"nn.ChannelShuffle(3)", func() nn.Layer { return nn.NewChannelShuffle(3) }, []int64{1, 6, 2}},
	{"nn.Unflatten(1, (2, -1))", func() nn.Layer { return nn.NewUnflatten(1, []int64{2, -1}) }, []int64{3, 8, 2}},
	{"nn.Unflatten(-1, (1, 2))", func() nn.Layer { return nn.NewUnflatten(-1, []int64{1, 2}) }, []int64{3, 8, 2}},
	{"nn.Unfold(2)", func() nn.Layer { return nn.NewUnfold(2) }, []int64{2, 3, 4, 5}},
	{"nn.Unfold((2, 3), dilation=(2, 1), padding=1, stride=2)", func() nn.Layer { return nn.NewUnfold([2]int{2, 3}, nn.Dilation(2, 1), nn.Padding(1), nn.Stride(2)) }, []int64{2, 3, 6, 5}},
	{"nn.Fold((4, 5), (2, 2))", func() nn.Layer { return nn.NewFold([2]int{4, 5}, [2]int{2, 2}) }, []int64{2, 12, 12}},
	{"nn.Fold(4, 2, stride=2)", func() nn.Layer { return nn.NewFold(4, 2, nn.Stride(2)) }, []int64{12, 4}},
	{"nn.Upsample(scale_factor=2)", func() nn.Layer { return nn.NewUpsample(nn.ScaleFactor(2)) }, []int64{2, 3, 4}},
	{"nn.Upsample(size=(5, 7), mode='bilinear')", func() nn.Layer { return nn.NewUpsample(nn.Size(5, 7), nn.Mode("bilinear")) }, []int64{2, 3, 4, 5}},
	{"nn.Upsample(scale_factor=(1.5, 2.0), mode='bicubic', align_corners=True)", func() nn.Layer {
		return nn.NewUpsample(nn.ScaleFactor(1.5, 2), nn.Mode("bicubic"), nn.AlignCorners(true))
	}, []int64{2, 3, 4, 5}},
	{"nn.Upsample(scale_factor=1.5, mode='trilinear', recompute_scale_factor=True)", func() nn.Layer {
		return nn.NewUpsample(nn.ScaleFactor(1.5), nn.Mode("trilinear"), nn.RecomputeScaleFactor(true))
	}, []int64{1, 2, 3, 4, 5}},
	{"nn.UpsamplingNearest2d(scale_factor=3)", func() nn.Layer { return nn.NewUpsamplingNearest2d(nn.ScaleFactor(3)) }, []int64{2, 3, 4, 5}},
	{"nn.UpsamplingNearest2d(size=(3, 8))", func() nn.Layer { return nn.NewUpsamplingNearest2d(nn.Size(3, 8)) }, []int64{2, 3, 4, 5}},
	{"nn.UpsamplingBilinear2d(size=7)", func() nn.Layer { return nn.NewUpsamplingBilinear2d(nn.Size(7)) }, []int64{2, 3, 4, 5}},
	{"nn.UpsamplingBilinear2d(scale_factor=2)", func() nn.Layer { return nn.NewUpsamplingBilinear2d(nn.ScaleFactor(2)) }, []int64{2, 3, 4, 5}},
}
