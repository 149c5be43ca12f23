package functional_test

import (
	"testing"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestInterpolate(t *testing.T) {
	modes := []opt{
		{"mode='nearest'", F.Mode("nearest")}, {"mode='nearest-exact'", F.Mode("nearest-exact")}, {"mode='area'", F.Mode("area")},
		{"mode='linear'", F.Mode("linear")}, {"mode='bilinear'", F.Mode("bilinear")}, {"mode='bicubic'", F.Mode("bicubic")},
		{"mode='lanczos'", F.Mode("lanczos")}, {"mode='trilinear'", F.Mode("trilinear")}, {"mode='x'", F.Mode("x")},
	}
	sizes := []opt{
		{"size=3", F.Size(3)}, {"scale_factor=1.7", F.ScaleFactor(1.7)},
	}
	corners := []opt{{"align_corners=True", F.AlignCorners(true)}, {"align_corners=False", F.AlignCorners(false)}}
	recompute := []opt{{"recompute_scale_factor=True", F.RecomputeScaleFactor(true)}}
	antialias := []opt{{"antialias=True", F.Antialias(true)}}
	for _, c := range []struct {
		name  string
		input func(o *operands) *torch.Tensor
	}{
		{"seq", func(o *operands) *torch.Tensor { return o.seq }}, {"img", func(o *operands) *torch.Tensor { return o.img }},
		{"vol", func(o *operands) *torch.Tensor { return o.vol }},
	} {
		runRows(t, cross("F.interpolate("+c.name+"%s)", func(o *operands, opts ...F.InterpolateOption) any {
			return F.Interpolate(c.input(o), opts...)
		}, sizes, modes, corners, recompute, antialias))
	}
}

func TestInterpolateSizes(t *testing.T) {
	runRows(t, []row{
		{"F.interpolate(img, (3, 9))", func(o *operands) any { return F.Interpolate(o.img, F.Size(3, 9)) }},
		{"F.interpolate(img, scale_factor=(2, 0.5), mode='bicubic')", func(o *operands) any {
			return F.Interpolate(o.img, F.ScaleFactor(2, 0.5), F.Mode("bicubic"))
		}},
		{"F.interpolate(img, (3, 9, 2))", func(o *operands) any { return F.Interpolate(o.img, F.Size(3, 9, 2)) }},
		{"F.interpolate(img, scale_factor=[1.5, 2.0, 1.0])", func(o *operands) any { return F.Interpolate(o.img, F.ScaleFactor(1.5, 2, 1)) }},
		{"F.interpolate(img, 3, 2.0)", func(o *operands) any { return F.Interpolate(o.img, F.Size(3), F.ScaleFactor(2)) }},
		{"F.interpolate(x, 3)", func(o *operands) any { return F.Interpolate(o.x, F.Size(3)) }},
		{"F.interpolate(v, 3)", func(o *operands) any { return F.Interpolate(o.v, F.Size(3)) }},
		{"F.interpolate(img, 0)", func(o *operands) any { return F.Interpolate(o.img, F.Size(0)) }},
		{"F.interpolate(vol, scale_factor=(1.5, 2.0, 0.7), mode='trilinear', recompute_scale_factor=True)", func(o *operands) any {
			return F.Interpolate(o.vol, F.ScaleFactor(1.5, 2, 0.7), F.Mode("trilinear"), F.RecomputeScaleFactor(true))
		}},
		{"F.upsample(img, scale_factor=2.0)", func(o *operands) any { return F.Upsample(o.img, F.ScaleFactor(2)) }},
		{"F.upsample(img, (3, 4), mode='bilinear', align_corners=True)", func(o *operands) any {
			return F.Upsample(o.img, F.Size(3, 4), F.Mode("bilinear"), F.AlignCorners(true))
		}},
		{"F.upsample_nearest(img, (3, 4))", func(o *operands) any { return F.UpsampleNearest(o.img, F.Size(3, 4)) }},
		{"F.upsample_bilinear(img, scale_factor=2.0)", func(o *operands) any { return F.UpsampleBilinear(o.img, F.ScaleFactor(2)) }},
	})
}

func TestGrids(t *testing.T) {
	modes := []opt{{"mode='nearest'", F.Mode("nearest")}, {"mode='bicubic'", F.Mode("bicubic")}, {"mode='x'", F.Mode("x")}}
	paddings := []opt{
		{"padding_mode='border'", F.PaddingMode("border")}, {"padding_mode='reflection'", F.PaddingMode("reflection")},
		{"padding_mode='x'", F.PaddingMode("x")},
	}
	corners := []opt{{"align_corners=True", F.AlignCorners(true)}, {"align_corners=False", F.AlignCorners(false)}}
	runRows(t, join(
		cross("F.grid_sample(img, kernel[:2, :, :, :2]%s)", func(o *operands, opts ...F.GridSampleOption) any {
			return F.GridSample(o.img, o.kernel.Narrow(0, 0, 2).Narrow(3, 0, 2), opts...)
		}, modes, paddings, corners),
		cross("F.grid_sample(vol, kernel[:2, None]%s)", func(o *operands, opts ...F.GridSampleOption) any {
			return F.GridSample(o.vol, o.kernel.Narrow(0, 0, 2).Unsqueeze(1), opts...)
		}, modes, paddings, corners),
		cross("F.affine_grid(kernel[0, :, :2], [2, 1, 3, 4]%s)", func(o *operands, opts ...F.AffineGridOption) any {
			return F.AffineGrid(o.kernel.Select(0, 0).Narrow(1, 0, 2), []int64{2, 1, 3, 4}, opts...)
		}, corners),
		cross("F.affine_grid(vol[0, :2, :3, :4, 0], [2, 1, 3, 1, 2]%s)", func(o *operands, opts ...F.AffineGridOption) any {
			return F.AffineGrid(o.vol.Select(0, 0).Narrow(0, 0, 2).Narrow(1, 0, 3).Narrow(2, 0, 4).Select(3, 0), []int64{2, 1, 3, 1, 2}, opts...)
		}, corners),
		[]row{
			{"F.affine_grid(i, [2, 1, 3, 4])", func(o *operands) any { return F.AffineGrid(o.i, []int64{2, 1, 3, 4}) }},
			{"F.affine_grid(x, [2, 1, 3, 4])", func(o *operands) any { return F.AffineGrid(o.x, []int64{2, 1, 3, 4}) }},
			{"F.affine_grid(x, [2, 1, 3, 4, 5])", func(o *operands) any { return F.AffineGrid(o.x, []int64{2, 1, 3, 4, 5}) }},
			{"F.affine_grid(x, [2, 1, 3])", func(o *operands) any { return F.AffineGrid(o.x, []int64{2, 1, 3}) }},
			{"F.affine_grid(kernel[0, :, :2], [2, 1, 0, 4])", func(o *operands) any {
				return F.AffineGrid(o.kernel.Select(0, 0).Narrow(1, 0, 2), []int64{2, 1, 0, 4})
			}},
		},
	))
}

func TestPad(t *testing.T) {
	modes := []opt{
		{"mode='constant'", F.Mode("constant")}, {"mode='reflect'", F.Mode("reflect")}, {"mode='replicate'", F.Mode("replicate")},
		{"mode='circular'", F.Mode("circular")}, {"mode='wrap'", F.Mode("wrap")},
	}
	value := []opt{{"value=1.5", F.Value(1.5)}, {"value=2", F.Value(2)}}
	var rows []row
	for _, c := range []struct {
		python string
		pad    []int64
		input  func(o *operands) *torch.Tensor
	}{
		{"F.pad(seq, (1, 2)%s)", []int64{1, 2}, func(o *operands) *torch.Tensor { return o.seq }},
		{"F.pad(img, (1, -2, 3, 0)%s)", []int64{1, -2, 3, 0}, func(o *operands) *torch.Tensor { return o.img }},
		{"F.pad(vol, (1, 1, 2, 2, 0, 1)%s)", []int64{1, 1, 2, 2, 0, 1}, func(o *operands) *torch.Tensor { return o.vol }},
		{"F.pad(img, (1,)%s)", []int64{1}, func(o *operands) *torch.Tensor { return o.img }},
	} {
		rows = append(rows, cross(c.python, func(o *operands, opts ...F.PadOption) any { return F.Pad(c.input(o), c.pad, opts...) },
			modes, value)...)
	}
	runRows(t, rows)
}

func TestFold(t *testing.T) {
	dilation := []opt{{"dilation=2", F.Dilation(2)}, {"dilation=(1, 2)", F.Dilation(1, 2)}}
	padding := []opt{{"padding=1", F.Padding(1)}, {"padding=(0, 1)", F.Padding(0, 1)}}
	stride := []opt{{"stride=2", F.Stride(2)}, {"stride=(2, 1)", F.Stride(2, 1)}}
	runRows(t, append(
		cross("F.unfold(img, (2, 3)%s)", func(o *operands, opts ...F.FoldOption) any { return F.Unfold(o.img, [2]int{2, 3}, opts...) },
			dilation, padding, stride),
		row{"F.fold(F.unfold(img, 2), (6, 5), 2)", func(o *operands) any { return F.Fold(F.Unfold(o.img, 2), [2]int{6, 5}, 2) }},
		row{"F.fold(F.unfold(img, 2, stride=2), (6, 5), 2, stride=2)", func(o *operands) any {
			return F.Fold(F.Unfold(o.img, 2, F.Stride(2)), [2]int{6, 5}, 2, F.Stride(2))
		}},
		row{"F.fold(img, 3, 2)", func(o *operands) any { return F.Fold(o.img, 3, 2) }},
	))
}

func TestShuffles(t *testing.T) {
	runRows(t, []row{
		{"F.pixel_shuffle(img, 2)", func(o *operands) any { return F.PixelShuffle(o.img, 2) }},
		{"F.pixel_shuffle(img, 3)", func(o *operands) any { return F.PixelShuffle(o.img, 3) }},
		{"F.pixel_unshuffle(img[..., :4], 2)", func(o *operands) any { return F.PixelUnshuffle(o.img.Narrow(3, 0, 4), 2) }},
		{"F.channel_shuffle(img, 2)", func(o *operands) any { return F.ChannelShuffle(o.img, 2) }},
		{"F.native_channel_shuffle(img, 2)", func(o *operands) any { return F.NativeChannelShuffle(o.img, 2) }},
		{"F.one_hot(c)", func(o *operands) any { return F.OneHot(o.c) }},
		{"F.one_hot(i, num_classes=6)", func(o *operands) any { return F.OneHot(o.i, F.NumClasses(6)) }},
		{"F.one_hot(i, num_classes=2)", func(o *operands) any { return F.OneHot(o.i, F.NumClasses(2)) }},
		{"F.pairwise_distance(x, y, p=1.0, eps=0.1, keepdim=True)", func(o *operands) any {
			return F.PairwiseDistance(o.x, o.y, F.P(1), F.Eps(0.1), F.Keepdim(true))
		}},
		{"F.pdist(x)", func(o *operands) any { return F.Pdist(o.x) }},
		{"F.pdist(x, p=1.0)", func(o *operands) any { return F.Pdist(o.x, F.P(1)) }},
		{"F.cosine_similarity(x, y)", func(o *operands) any { return F.CosineSimilarity(o.x, o.y) }},
		{"F.cosine_similarity(x, v, dim=0, eps=10.0)", func(o *operands) any { return F.CosineSimilarity(o.x, o.v, F.Dim(0), F.Eps(10)) }},
	})
}
