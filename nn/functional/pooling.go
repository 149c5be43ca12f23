package functional

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// MaxPool1d returns the largest element at each place of a kernel that moves
// over input, of shape (N, C, L) or (C, L). [Stride] is the kernel's size by
// default. Python's F.max_pool1d.
func MaxPool1d[S Size1](input *torch.Tensor, kernelSize S, opts ...MaxPoolOption) *torch.Tensor {
	a := readMaxPool(opts)
	return torch.MaxPool1d(input, sizesOf(kernelSize), torch.Stride(a.stride...), torch.Padding(a.padding),
		torch.Dilation(a.dilation...), torch.CeilMode(a.ceilMode))
}

// MaxPool1dWithIndices is [MaxPool1d] that also returns where the largest
// elements are. Python's F.max_pool1d with return_indices=True.
func MaxPool1dWithIndices[S Size1](input *torch.Tensor, kernelSize S, opts ...MaxPoolOption) (output, indices *torch.Tensor) {
	a := readMaxPool(opts)
	return torch.MaxPool1dWithIndices(input, sizesOf(kernelSize), torch.Stride(a.stride...), torch.Padding(a.padding),
		torch.Dilation(a.dilation...), torch.CeilMode(a.ceilMode))
}

// MaxPool2d returns the largest element at each place of a kernel that moves
// over input, of shape (N, C, H, W) or (C, H, W). [Stride] is the kernel's size
// by default. Python's F.max_pool2d.
func MaxPool2d[S Size2](input *torch.Tensor, kernelSize S, opts ...MaxPoolOption) *torch.Tensor {
	a := readMaxPool(opts)
	return torch.MaxPool2d(input, sizesOf(kernelSize), torch.Stride(a.stride...), torch.Padding(a.padding),
		torch.Dilation(a.dilation...), torch.CeilMode(a.ceilMode))
}

// MaxPool2dWithIndices is [MaxPool2d] that also returns where the largest
// elements are: their indices in the flattened image. Python's F.max_pool2d with
// return_indices=True.
func MaxPool2dWithIndices[S Size2](input *torch.Tensor, kernelSize S, opts ...MaxPoolOption) (output, indices *torch.Tensor) {
	a := readMaxPool(opts)
	return torch.MaxPool2dWithIndices(input, sizesOf(kernelSize), torch.Stride(a.stride...), torch.Padding(a.padding),
		torch.Dilation(a.dilation...), torch.CeilMode(a.ceilMode))
}

// MaxPool3d returns the largest element at each place of a kernel that moves
// over input, of shape (N, C, D, H, W) or (C, D, H, W). [Stride] is the kernel's
// size by default. Python's F.max_pool3d.
func MaxPool3d[S Size3](input *torch.Tensor, kernelSize S, opts ...MaxPoolOption) *torch.Tensor {
	a := readMaxPool(opts)
	return torch.MaxPool3d(input, sizesOf(kernelSize), torch.Stride(a.stride...), torch.Padding(a.padding),
		torch.Dilation(a.dilation...), torch.CeilMode(a.ceilMode))
}

// MaxPool3dWithIndices is [MaxPool3d] that also returns where the largest
// elements are: their indices in the flattened volume. Python's F.max_pool3d with
// return_indices=True.
func MaxPool3dWithIndices[S Size3](input *torch.Tensor, kernelSize S, opts ...MaxPoolOption) (output, indices *torch.Tensor) {
	a := readMaxPool(opts)
	return torch.MaxPool3dWithIndices(input, sizesOf(kernelSize), torch.Stride(a.stride...), torch.Padding(a.padding),
		torch.Dilation(a.dilation...), torch.CeilMode(a.ceilMode))
}

// LpPool1d returns the norm of order normType of the elements at each place of a
// kernel. Python's F.lp_pool1d.
func LpPool1d[S Size1](input *torch.Tensor, normType float64, kernelSize S, opts ...LpPoolOption) *torch.Tensor {
	return lpPool(input, normType, sizesOf(kernelSize), 1, readLpPool(opts))
}

// LpPool2d is [LpPool1d] of images. Python's F.lp_pool2d.
func LpPool2d[S Size2](input *torch.Tensor, normType float64, kernelSize S, opts ...LpPoolOption) *torch.Tensor {
	return lpPool(input, normType, sizesOf(kernelSize), 2, readLpPool(opts))
}

// LpPool3d is [LpPool1d] of volumes. Python's F.lp_pool3d.
func LpPool3d[S Size3](input *torch.Tensor, normType float64, kernelSize S, opts ...LpPoolOption) *torch.Tensor {
	return lpPool(input, normType, sizesOf(kernelSize), 3, readLpPool(opts))
}

func lpPool(input *torch.Tensor, p float64, kernelSize []int64, n int, a lpPoolArguments) *torch.Tensor {
	if p == 0 {
		raise("ValueError", "norm_type must be a non-zero value, but got %s", pytext.Float(p))
	}
	return torch.ScopeValue(func() *torch.Tensor {
		stride, ceilMode := torch.Stride(a.stride...), torch.CeilMode(a.ceilMode)
		if math.IsInf(p, 0) {
			return extremePool(input.Abs(), p, kernelSize, n, stride, ceilMode)
		}
		size := int64(1)
		for _, k := range spread(kernelSize, n) {
			size *= k
		}
		out := averagePool(input.Pow(p), kernelSize, n, stride, ceilMode)
		return out.Sign().Mul(out.Abs().Relu()).Mul(size).Pow(1 / p)
	})
}

func averagePool(input *torch.Tensor, kernelSize []int64, n int, stride torch.StrideArg, ceilMode torch.CeilModeArg) *torch.Tensor {
	switch n {
	case 1:
		return torch.AvgPool1d(input, kernelSize, stride, ceilMode)
	case 2:
		return torch.AvgPool2d(input, kernelSize, stride, ceilMode)
	}
	return torch.AvgPool3d(input, kernelSize, stride, ceilMode)
}

// extremePool returns the largest elements or, for p of -infinity, the smallest.
func extremePool(input *torch.Tensor, p float64, kernelSize []int64, n int, stride torch.StrideArg,
	ceilMode torch.CeilModeArg) *torch.Tensor {
	if p < 0 {
		return extremePool(input.Neg(), -p, kernelSize, n, stride, ceilMode).Neg()
	}
	switch n {
	case 1:
		return torch.MaxPool1d(input, kernelSize, stride, ceilMode)
	case 2:
		return torch.MaxPool2d(input, kernelSize, stride, ceilMode)
	}
	return torch.MaxPool3d(input, kernelSize, stride, ceilMode)
}

// InputSize stands for the input's size in the output size of an adaptive pool,
// as Python's None.
const InputSize = math.MinInt32

// withInputSize replaces [InputSize] in an output size for the last dimensions.
func withInputSize(outputSize []int64, input *torch.Tensor) []int64 {
	if len(outputSize) < 2 {
		return outputSize
	}
	shape := input.Shape()
	if len(shape) <= len(outputSize) {
		raise("ValueError", "Input dimension should be at least %d", len(outputSize)+1)
	}
	if !slices.Contains(outputSize, InputSize) {
		return outputSize
	}
	size := slices.Clone(outputSize)
	for i, n := range size {
		if n == InputSize {
			size[i] = shape[len(shape)-len(size)+i]
		}
	}
	return size
}

// AdaptiveAvgPool2d averages images down, or up, to a size of the output.
// Python's F.adaptive_avg_pool2d.
func AdaptiveAvgPool2d[S Size2](input *torch.Tensor, outputSize S) *torch.Tensor {
	return torch.AdaptiveAvgPool2d(input, withInputSize(sizesOf(outputSize), input))
}

// AdaptiveAvgPool3d averages volumes down, or up, to a size of the output.
// Python's F.adaptive_avg_pool3d.
func AdaptiveAvgPool3d[S Size3](input *torch.Tensor, outputSize S) *torch.Tensor {
	return torch.AdaptiveAvgPool3d(input, withInputSize(sizesOf(outputSize), input))
}

// AdaptiveMaxPool1d returns the largest elements of as many parts as the output
// has places. Python's F.adaptive_max_pool1d.
func AdaptiveMaxPool1d[S Size1](input *torch.Tensor, outputSize S) *torch.Tensor {
	return first(AdaptiveMaxPool1dWithIndices(input, outputSize))
}

// AdaptiveMaxPool1dWithIndices is [AdaptiveMaxPool1d] that also returns where
// the largest elements are. Python's F.adaptive_max_pool1d with
// return_indices=True.
func AdaptiveMaxPool1dWithIndices[S Size1](input *torch.Tensor, outputSize S) (output, indices *torch.Tensor) {
	return torch.AdaptiveMaxPool1d(input, sizesOf(outputSize)...)
}

// AdaptiveMaxPool2d is [AdaptiveMaxPool1d] of images. Python's
// F.adaptive_max_pool2d.
func AdaptiveMaxPool2d[S Size2](input *torch.Tensor, outputSize S) *torch.Tensor {
	return first(AdaptiveMaxPool2dWithIndices(input, outputSize))
}

// AdaptiveMaxPool2dWithIndices is [AdaptiveMaxPool2d] that also returns where
// the largest elements are. Python's F.adaptive_max_pool2d with
// return_indices=True.
func AdaptiveMaxPool2dWithIndices[S Size2](input *torch.Tensor, outputSize S) (output, indices *torch.Tensor) {
	return torch.AdaptiveMaxPool2d(input, withInputSize(sizesOf(outputSize), input))
}

// AdaptiveMaxPool3d is [AdaptiveMaxPool1d] of volumes. Python's
// F.adaptive_max_pool3d.
func AdaptiveMaxPool3d[S Size3](input *torch.Tensor, outputSize S) *torch.Tensor {
	return first(AdaptiveMaxPool3dWithIndices(input, outputSize))
}

// AdaptiveMaxPool3dWithIndices is [AdaptiveMaxPool3d] that also returns where
// the largest elements are. Python's F.adaptive_max_pool3d with
// return_indices=True.
func AdaptiveMaxPool3dWithIndices[S Size3](input *torch.Tensor, outputSize S) (output, indices *torch.Tensor) {
	return torch.AdaptiveMaxPool3d(input, withInputSize(sizesOf(outputSize), input))
}

// first returns a pool's output and frees the indices.
func first(output, indices *torch.Tensor) *torch.Tensor {
	indices.Close()
	return output
}
