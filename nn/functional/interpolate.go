package functional

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// Interpolate resizes input, of shape (N, C, L), (N, C, H, W) or (N, C, D, H, W),
// to [Size] or by [ScaleFactor], one number for all dimensions or one for each.
// [Mode] is "nearest", "nearest-exact", "area", or by the number of dimensions
// "linear", "bilinear", "bicubic", "lanczos" or "trilinear". Python's
// F.interpolate.
func Interpolate(input *torch.Tensor, opts ...InterpolateOption) *torch.Tensor {
	a := readInterpolate(opts)
	if slices.Contains([]string{"nearest", "area", "nearest-exact"}, a.mode) && a.alignCorners.given {
		raise("ValueError", "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear")
	}
	shape := input.Shape()
	size, factors := a.target(shape[min(2, len(shape)):], int(input.Dim())-2)
	if a.antialias && (!slices.Contains([]string{"bilinear", "bicubic", "lanczos"}, a.mode) || len(shape) != 4) {
		raise("ValueError", "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input")
	}
	return a.resize(input, size, factors)
}

// target returns the output's size, or the factors that lead to it.
func (a *interpolateArguments) target(spatial []int64, dim int) (size []int64, factors []float64) {
	switch {
	case a.size != nil && a.scaleFactor != nil:
		raise("ValueError", "only one of size or scale_factor should be defined")
	case a.size != nil:
		if len(a.size) != 1 && len(a.size) != dim {
			raise("ValueError", "Input and output must have the same number of spatial dimensions, but got input with spatial "+
				"dimensions of %s and output size of %s. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in "+
				"(o1, o2, ...,oK) format.", pytext.List(spatial), pytext.Tuple(a.size))
		}
		size = spread(a.size, dim)
	case a.scaleFactor != nil:
		if len(a.scaleFactor) != 1 && len(a.scaleFactor) != dim {
			raise("ValueError", "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "+
				"dimensions of %s and scale_factor of shape %s. Please provide input tensor in (N, C, d1, d2, ...,dK) format and "+
				"scale_factor in (s1, s2, ...,sK) format.", pytext.List(spatial), pytext.Floats(a.scaleFactor))
		}
		factors = spread(a.scaleFactor, dim)
	default:
		raise("ValueError", "either size or scale_factor should be defined")
	}
	if a.recomputeScaleFactor.value && size != nil {
		raise("ValueError", "recompute_scale_factor is not meaningful with an explicit size.")
	}
	if factors != nil && (a.recomputeScaleFactor.value || a.mode == "area") {
		return scaled(spatial, factors), nil
	}
	return size, factors
}

func scaled(spatial []int64, factors []float64) []int64 {
	size := make([]int64, len(factors))
	for i, f := range factors {
		size[i] = int64(math.Trunc(float64(spatial[i]) * f))
	}
	return size
}

// resize calls the operator of the mode and the number of dimensions.
func (a *interpolateArguments) resize(input *torch.Tensor, size []int64, factors []float64) *torch.Tensor {
	by, corners := torch.ScaleFactors(factors...), a.alignCorners.value
	switch dim := input.Dim(); {
	case a.mode == "nearest" && dim == 3:
		return torch.UpsampleNearest1d(input, size, by)
	case a.mode == "nearest" && dim == 4:
		return torch.UpsampleNearest2d(input, size, by)
	case a.mode == "nearest" && dim == 5:
		return torch.UpsampleNearest3d(input, size, by)
	case a.mode == "nearest-exact" && dim == 3:
		return torch.UpsampleNearestExact1d(input, size, factors)
	case a.mode == "nearest-exact" && dim == 4:
		return torch.UpsampleNearestExact2d(input, size, factors)
	case a.mode == "nearest-exact" && dim == 5:
		return torch.UpsampleNearestExact3d(input, size, factors)
	case a.mode == "area" && dim == 3:
		return torch.AdaptiveAvgPool1d(input, size...)
	case a.mode == "area" && dim == 4:
		return torch.AdaptiveAvgPool2d(input, size)
	case a.mode == "area" && dim == 5:
		return torch.AdaptiveAvgPool3d(input, size)
	case a.mode == "linear" && dim == 3:
		return torch.UpsampleLinear1d(input, size, corners, by)
	case a.mode == "trilinear" && dim == 5:
		return torch.UpsampleTrilinear3d(input, size, corners, by)
	case dim == 4:
		return a.resizeImages(input, size, factors)
	}
	a.refuse(input.Dim())
	panic("unreachable")
}

func (a *interpolateArguments) resizeImages(input *torch.Tensor, size []int64, factors []float64) *torch.Tensor {
	by, corners := torch.ScaleFactors(factors...), a.alignCorners.value
	switch {
	case a.mode == "bilinear" && a.antialias:
		return torch.UpsampleBilinear2dAa(input, size, corners, factors)
	case a.mode == "bilinear":
		return torch.UpsampleBilinear2d(input, size, corners, by)
	case a.mode == "bicubic" && a.antialias:
		return torch.UpsampleBicubic2dAa(input, size, corners, factors)
	case a.mode == "bicubic":
		return torch.UpsampleBicubic2d(input, size, corners, by)
	case a.mode == "lanczos":
		if corners {
			raise("ValueError", "Lanczos mode does not support align_corners=True")
		}
		if !a.antialias {
			raise("ValueError", "Lanczos mode requires antialias=True")
		}
		return torch.UpsampleLanczos2dAa(input, size, corners, factors)
	}
	a.refuse(4)
	panic("unreachable")
}

// refuse panics because the mode is not one for so many dimensions.
func (a *interpolateArguments) refuse(dim int64) {
	wanted := map[string]int64{"linear": 3, "bilinear": 4, "trilinear": 5}[a.mode]
	if wanted != 0 && dim >= 3 && dim <= 5 {
		raise("NotImplementedError", "Got %dD input, but %s mode needs %dD input", dim, a.mode, wanted)
	}
	raise("NotImplementedError", "Input Error: Only 3D, 4D and 5D input Tensors supported (got %dD) for the modes: nearest | linear | "+
		"bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got %s)", dim, a.mode)
}

// Upsample is [Interpolate] under its old name, with Python's warning. Python's
// F.upsample.
func Upsample(input *torch.Tensor, opts ...UpsampleOption) *torch.Tensor {
	warnOfUpsample("upsample")
	a := readUpsample(opts)
	list := sizeOptions(a.size, a.scaleFactor)
	if a.alignCorners.given {
		list = append(list, torch.AlignCorners(a.alignCorners.value))
	}
	return Interpolate(input, append(list, torch.WithMode(a.mode))...)
}

// UpsampleNearest is [Interpolate] in mode "nearest", with Python's warning.
// Python's F.upsample_nearest.
func UpsampleNearest(input *torch.Tensor, opts ...UpsampleToOption) *torch.Tensor {
	warnOfUpsample("upsample_nearest")
	a := readUpsampleTo(opts)
	return Interpolate(input, sizeOptions(a.size, a.scaleFactor)...)
}

// UpsampleBilinear is [Interpolate] in mode "bilinear" with [AlignCorners], with
// Python's warning. Python's F.upsample_bilinear.
func UpsampleBilinear(input *torch.Tensor, opts ...UpsampleToOption) *torch.Tensor {
	warnOfUpsample("upsample_bilinear")
	a := readUpsampleTo(opts)
	return Interpolate(input, append(sizeOptions(a.size, a.scaleFactor), torch.WithMode("bilinear"), torch.AlignCorners(true))...)
}

func warnOfUpsample(name string) {
	torch.Warn("`nn.functional.%s` is deprecated. Use `nn.functional.interpolate` instead.", name)
}

func sizeOptions(size []int64, factors []float64) (list []InterpolateOption) {
	if size != nil {
		list = append(list, torch.WithSize(size...))
	}
	if factors != nil {
		list = append(list, torch.ScaleFactor(factors...))
	}
	return list
}
