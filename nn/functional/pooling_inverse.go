package functional

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// MaxUnpool1d undoes [MaxPool1dWithIndices] as far as possible: what was not
// largest is 0. [OutputSize] decides between the sizes that pool to the same
// one. Python's F.max_unpool1d.
func MaxUnpool1d[S Size1](input, indices *torch.Tensor, kernelSize S, opts ...MaxUnpoolOption) *torch.Tensor {
	u := newUnpool(input, sizesOf(kernelSize), 1, readMaxUnpool(opts))
	return torch.ScopeValue(func() *torch.Tensor {
		return torch.MaxUnpool2d(input.Unsqueeze(-1), indices.Unsqueeze(-1), append(u.size, 1)).Squeeze(torch.Dim(-1))
	})
}

// MaxUnpool2d is [MaxUnpool1d] of images. Python's F.max_unpool2d.
func MaxUnpool2d[S Size2](input, indices *torch.Tensor, kernelSize S, opts ...MaxUnpoolOption) *torch.Tensor {
	u := newUnpool(input, sizesOf(kernelSize), 2, readMaxUnpool(opts))
	return torch.MaxUnpool2d(input, indices, u.size)
}

// MaxUnpool3d is [MaxUnpool1d] of volumes. Python's F.max_unpool3d.
func MaxUnpool3d[S Size3](input, indices *torch.Tensor, kernelSize S, opts ...MaxUnpoolOption) *torch.Tensor {
	u := newUnpool(input, sizesOf(kernelSize), 3, readMaxUnpool(opts))
	return torch.MaxUnpool3d(input, indices, u.size, u.stride, u.padding)
}

// An unpool has what a pool in n dimensions had, and the size of the output.
type unpool struct{ kernel, stride, padding, size []int64 }

func newUnpool(input *torch.Tensor, kernelSize []int64, n int, a maxUnpoolArguments) unpool {
	u := unpool{kernel: spread(kernelSize, n), padding: spread(a.padding, n)}
	u.stride = u.kernel
	if a.stride != nil {
		u.stride = spread(a.stride, n)
	}
	shape := input.Shape()
	if len(shape) < n {
		raise("IndexError", "tuple index out of range")
	}
	for d, size := range shape[len(shape)-n:] {
		u.size = append(u.size, (size-1)*u.stride[d]+u.kernel[d]-2*u.padding[d])
	}
	if a.outputSize != nil {
		u.choose(a.outputSize)
	}
	for d, size := range u.size {
		if size < 0 {
			raise("ValueError", "max_unpooling: output_size must contain non-negative spatial dimensions, but got output_size[%d]=%d", d, size)
		}
	}
	return u
}

// choose checks and takes an output size, which may have the batch and the
// channels in front.
func (u *unpool) choose(size []int64) {
	n := len(u.size)
	if len(size) == n+2 {
		size = size[2:]
	}
	if len(size) != n {
		raise("ValueError", "output_size should be a sequence containing %d or %d elements, but it has a length of '%d'", n, n+2, len(size))
	}
	for d, s := range size {
		low, high := u.size[d]-u.stride[d], u.size[d]+u.stride[d]
		if s <= low || s >= high {
			raise("ValueError", "invalid output_size \"%s\" (dim %d must be between %d and %d)", pytext.List(size), d, low, high)
		}
	}
	u.size = size
}

// FractionalMaxPool2d returns the largest elements of regions that are placed at
// random, so that the output has [OutputSize], or the part [OutputRatio] of the
// input's size. Python's F.fractional_max_pool2d.
func FractionalMaxPool2d[S Size2](input *torch.Tensor, kernelSize S, opts ...FractionalMaxPoolOption) *torch.Tensor {
	return first(FractionalMaxPool2dWithIndices(input, kernelSize, opts...))
}

// FractionalMaxPool2dWithIndices is [FractionalMaxPool2d] that also returns where
// the largest elements are. Python's F.fractional_max_pool2d with
// return_indices=True.
func FractionalMaxPool2dWithIndices[S Size2](input *torch.Tensor, kernelSize S,
	opts ...FractionalMaxPoolOption) (output, indices *torch.Tensor) {
	size, samples := fractionalArguments(input, 2, readFractionalMaxPool(opts))
	return torch.FractionalMaxPool2d(input, sizesOf(kernelSize), size, samples)
}

// FractionalMaxPool3d is [FractionalMaxPool2d] of volumes. Python's
// F.fractional_max_pool3d.
func FractionalMaxPool3d[S Size3](input *torch.Tensor, kernelSize S, opts ...FractionalMaxPoolOption) *torch.Tensor {
	return first(FractionalMaxPool3dWithIndices(input, kernelSize, opts...))
}

// FractionalMaxPool3dWithIndices is [FractionalMaxPool3d] that also returns where
// the largest elements are. Python's F.fractional_max_pool3d with
// return_indices=True.
func FractionalMaxPool3dWithIndices[S Size3](input *torch.Tensor, kernelSize S,
	opts ...FractionalMaxPoolOption) (output, indices *torch.Tensor) {
	size, samples := fractionalArguments(input, 3, readFractionalMaxPool(opts))
	return torch.FractionalMaxPool3d(input, sizesOf(kernelSize), size, samples)
}

// fractionalArguments returns the size of the output in n dimensions, and the
// numbers that place the regions.
func fractionalArguments(input *torch.Tensor, n int64, a fractionalMaxPoolArguments) (size []int64, samples *torch.Tensor) {
	if a.outputSize == nil && a.outputRatio == nil {
		raise("ValueError", "fractional_max_pool%dd requires specifying either an output_size or an output_ratio", n)
	}
	if a.outputSize == nil {
		if n == 2 && len(a.outputRatio) > 2 {
			raise("ValueError", "fractional_max_pool2d requires output_ratio to either be a single Int or tuple of Ints.")
		}
		for d, ratio := range spread(a.outputRatio, int(n)) {
			a.outputSize = append(a.outputSize, int64(float64(input.Size(int64(d)-n))*ratio))
		}
	}
	if a.randomSamples == nil {
		batch := int64(1)
		if input.Dim() != n+1 {
			batch = input.Size(0)
		}
		a.randomSamples = torch.Rand([]int64{batch, input.Size(-n - 1), n}, input.DType(), input.Device())
	}
	return a.outputSize, a.randomSamples
}
