package functional

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// Pad adds elements at the ends of the last dimensions: pad[0] before and
// pad[1] after the last one, pad[2] and pad[3] for the one before, and so on;
// negative numbers remove some. [Mode] is "constant", with [Value], "reflect",
// "replicate" or "circular". Python's F.pad.
func Pad(input *torch.Tensor, pad []int64, opts ...PadOption) *torch.Tensor {
	a := readPad(opts)
	return torch.Pad(input, pad, torch.WithMode(a.mode), a.value)
}

// Unfold returns the blocks at all places of a kernel that moves over images, of
// shape (N, C, H, W), as columns: (N, C*kH*kW, L). Python's F.unfold.
func Unfold[S Size2](input *torch.Tensor, kernelSize S, opts ...FoldOption) *torch.Tensor {
	a := readFold(opts)
	return torch.Im2col(input, sizesOf(kernelSize), a.dilation, a.padding, a.stride)
}

// Fold adds up the blocks that [Unfold] returns into images of outputSize.
// Python's F.fold.
func Fold[O, S Size2](input *torch.Tensor, outputSize O, kernelSize S, opts ...FoldOption) *torch.Tensor {
	a := readFold(opts)
	return torch.Col2im(input, sizesOf(outputSize), sizesOf(kernelSize), a.dilation, a.padding, a.stride)
}

// gridModes and gridPaddings are in the order of ATen's numbers.
var (
	gridModes    = []string{"bilinear", "nearest", "bicubic"}
	gridPaddings = []string{"zeros", "border", "reflection"}
)

const cornersWarning = "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify " +
	"align_corners=True if the old behavior is desired. See the documentation of grid_sample for details."

// GridSample returns the values of images, of shape (N, C, H, W), or volumes, of
// shape (N, C, D, H, W), at the places in grid, of shape (N, Hout, Wout, 2) or
// (N, Dout, Hout, Wout, 3), where -1 and 1 are the ends of each dimension. Python's
// F.grid_sample. It warns unless [AlignCorners] is given.
func GridSample(input, grid *torch.Tensor, opts ...GridSampleOption) *torch.Tensor {
	a := readGridSample(opts)
	mode, padding := slices.Index(gridModes, a.mode), slices.Index(gridPaddings, a.paddingMode)
	if mode < 0 {
		raise("ValueError", "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '%s'", a.mode)
	}
	if padding < 0 {
		raise("ValueError", "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '%s'",
			a.paddingMode)
	}
	if !a.alignCorners.given {
		torch.Warn(cornersWarning)
	}
	return torch.GridSampler(input, grid, int64(mode), int64(padding), a.alignCorners.value)
}

// AffineGrid returns the grid that [GridSample] needs for affine transforms
// theta, of shape (N, 2, 3) or (N, 3, 4), to images of size (N, C, H, W), or
// volumes of (N, C, D, H, W). Python's F.affine_grid. It warns unless
// [AlignCorners] is given.
func AffineGrid(theta *torch.Tensor, size []int64, opts ...AffineGridOption) *torch.Tensor {
	corners := readAffineGrid(opts).alignCorners
	if !corners.given {
		torch.Warn(cornersWarning)
	}
	if !theta.IsFloatingPoint() {
		raise("ValueError", "Expected theta to have floating point type, but got %s", theta.DType())
	}
	checkAffine(theta.Shape(), size)
	if corners.value && slices.Min(size[2:]) == 1 {
		torch.Warn("Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not an " +
			"intended use case of affine_grid. See the documentation of affine_grid for details.")
	} else if slices.Min(size) <= 0 {
		raise("ValueError", "Expected non-zero, positive output size. Got %s", pytext.List(size))
	}
	return torch.AffineGridGenerator(theta, size, corners.value)
}

func checkAffine(theta, size []int64) {
	n := int64(len(size)) - 2 // of the image's dimensions
	if n != 2 && n != 3 {
		raise("NotImplementedError", "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size %s.",
			pytext.List(size))
	}
	if len(theta) != 3 || theta[1] != n || theta[2] != n+1 {
		raise("ValueError", "Expected a batch of %dD affine matrices of shape Nx%dx%d for size %s. Got %s.", n, n, n+1, pytext.List(size),
			pytext.Size(theta))
	}
}
