package nn_test

import "github.com/wangkuiyi/gotorch/nn"

var normCases = []layerCase{
	{"nn.BatchNorm1d(3)", func() nn.Layer { return nn.NewBatchNorm1d(3) }, []int64{4, 3}},
	{"nn.BatchNorm1d(3, eps=1e-3, momentum=0.3)", func() nn.Layer { return nn.NewBatchNorm1d(3, nn.Eps(1e-3), nn.Momentum(0.3)) }, []int64{4, 3, 5}},
	{"nn.BatchNorm2d(3, momentum=None)", func() nn.Layer { return nn.NewBatchNorm2d(3, nn.CumulativeAverage(true)) }, []int64{2, 3, 4, 5}},
	{"nn.BatchNorm2d(3, affine=False)", func() nn.Layer { return nn.NewBatchNorm2d(3, nn.Affine(false)) }, []int64{2, 3, 4, 5}},
	{"nn.BatchNorm2d(3, track_running_stats=False, bias=False)", func() nn.Layer { return nn.NewBatchNorm2d(3, nn.TrackRunningStats(false), nn.Bias(false)) }, []int64{2, 3, 4, 5}},
	{"nn.BatchNorm3d(3)", func() nn.Layer { return nn.NewBatchNorm3d(3) }, []int64{2, 3, 4, 5, 2}},
	{"nn.BatchNorm3d(3, eps=0.1, momentum=None, bias=False)", func() nn.Layer {
		return nn.NewBatchNorm3d(3, nn.Eps(0.1), nn.CumulativeAverage(true), nn.Bias(false))
	}, []int64{2, 3, 4, 5, 2}},
	{"nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(inplace=True))", func() nn.Layer {
		return nn.NewSequential(nn.NewConv2d(3, 4, 3, nn.Bias(false)), nn.NewBatchNorm2d(4), nn.NewReLU(nn.Inplace(true)))
	}, []int64{2, 3, 6, 5}},
	{"nn.InstanceNorm1d(3)", func() nn.Layer { return nn.NewInstanceNorm1d(3) }, []int64{4, 3, 5}},
	{"nn.InstanceNorm1d(3, affine=True)", func() nn.Layer { return nn.NewInstanceNorm1d(3, nn.Affine(true)) }, []int64{3, 5}},
	{"nn.InstanceNorm2d(3, track_running_stats=True, momentum=0.3)", func() nn.Layer { return nn.NewInstanceNorm2d(3, nn.TrackRunningStats(true), nn.Momentum(0.3)) }, []int64{2, 3, 4, 5}},
	{"nn.InstanceNorm2d(7)", func() nn.Layer { return nn.NewInstanceNorm2d(7) }, []int64{2, 3, 4, 5}},
	{"nn.InstanceNorm3d(3, eps=0.1, affine=True, bias=False)", func() nn.Layer { return nn.NewInstanceNorm3d(3, nn.Eps(0.1), nn.Affine(true), nn.Bias(false)) }, []int64{2, 3, 4, 5, 2}},
	{"nn.InstanceNorm3d(3, track_running_stats=True, momentum=None)", func() nn.Layer {
		return nn.NewInstanceNorm3d(3, nn.TrackRunningStats(true), nn.CumulativeAverage(true))
	}, []int64{3, 4, 5, 2}},
	{"nn.LayerNorm(4)", func() nn.Layer { return nn.NewLayerNorm(4) }, []int64{2, 3, 4}},
	{"nn.LayerNorm([3, 4], eps=1e-3)", func() nn.Layer { return nn.NewLayerNorm([]int64{3, 4}, nn.Eps(1e-3)) }, []int64{2, 3, 4}},
	{"nn.LayerNorm(4, elementwise_affine=False)", func() nn.Layer { return nn.NewLayerNorm(4, nn.ElementwiseAffine(false)) }, []int64{2, 3, 4}},
	{"nn.LayerNorm(4, bias=False)", func() nn.Layer { return nn.NewLayerNorm(4, nn.Bias(false)) }, []int64{2, 3, 4}},
	{"nn.RMSNorm(4)", func() nn.Layer { return nn.NewRMSNorm(4) }, []int64{2, 3, 4}},
	{"nn.RMSNorm([3, 4], eps=1e-3)", func() nn.Layer { return nn.NewRMSNorm([]int64{3, 4}, nn.Eps(1e-3)) }, []int64{2, 3, 4}},
	{"nn.RMSNorm(4, elementwise_affine=False)", func() nn.Layer { return nn.NewRMSNorm(4, nn.ElementwiseAffine(false)) }, []int64{2, 3, 4}},
	{"nn.GroupNorm(2, 6)", func() nn.Layer { return nn.NewGroupNorm(2, 6) }, []int64{2, 6, 4}},
	{"nn.GroupNorm(3, 6, eps=0.1, affine=False)", func() nn.Layer { return nn.NewGroupNorm(3, 6, nn.Eps(0.1), nn.Affine(false)) }, []int64{2, 6, 4, 3}},
	{"nn.GroupNorm(1, 6, bias=False)", func() nn.Layer { return nn.NewGroupNorm(1, 6, nn.Bias(false)) }, []int64{2, 6}},
	{"nn.LocalResponseNorm(2)", func() nn.Layer { return nn.NewLocalResponseNorm(2) }, []int64{2, 6, 4, 3}},
	{"nn.LocalResponseNorm(3, alpha=0.1, beta=0.5, k=2.0)", func() nn.Layer { return nn.NewLocalResponseNorm(3, nn.Alpha(0.1), nn.Beta(0.5), nn.K(2)) }, []int64{2, 6, 4, 3, 2}},
}
