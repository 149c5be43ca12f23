package functional

import (
	"math"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// BatchNorm normalizes each channel of a batch, of shape (N, C, ...). While
// training it takes mean and variance from the batch, and mixes them into
// runningMean and runningVar; otherwise it takes them from there. Both may be
// nil while training. [Weight] and [Bias] scale and shift each channel. Python's
// F.batch_norm.
func BatchNorm(input, runningMean, runningVar *torch.Tensor, opts ...BatchNormOption) *torch.Tensor {
	a := readBatchNorm(opts)
	if a.training {
		checkBatchSize(input.Shape(), pytext.Size)
	}
	switch {
	case a.training && a.eps <= 0:
		raise("ValueError", "batch_norm eps must be positive during training, but got %s", pytext.Float(a.eps))
	case a.eps < 0:
		raise("ValueError", "batch_norm eps must be non-negative, but got %s", pytext.Float(a.eps))
	}
	return torch.BatchNorm(input, a.weight, a.bias, runningMean, runningVar, a.training, a.momentum, a.eps, cudnnEnabled)
}

// cudnnEnabled is torch.backends.cudnn.enabled.
const cudnnEnabled = true

// checkBatchSize refuses batches in which each channel has one value only.
func checkBatchSize(size []int64, text func([]int64) string) {
	n := size[0]
	for i := 2; i < len(size); i++ {
		n *= size[i]
	}
	if n == 1 {
		raise("ValueError", "Expected more than 1 value per channel when training, got input size %s", text(size))
	}
}

// InstanceNorm normalizes each channel of each example, of shape (N, C, ...).
// With [UseInputStats] false it takes mean and variance from [RunningMean] and
// [RunningVar]. Python's F.instance_norm.
func InstanceNorm(input *torch.Tensor, opts ...InstanceNormOption) *torch.Tensor {
	a := readInstanceNorm(opts)
	if a.useInputStats {
		checkSpatialSize(input.Shape())
	}
	return torch.InstanceNorm(input, a.weight, a.bias, a.runningMean, a.runningVar, a.useInputStats, a.momentum, a.eps, cudnnEnabled)
}

func checkSpatialSize(size []int64) {
	n := int64(1)
	for i := 2; i < len(size); i++ {
		n *= size[i]
	}
	if n == 1 {
		raise("ValueError", "Expected more than 1 spatial element when training, got input size %s", pytext.Size(size))
	}
}

// LayerNorm normalizes over the last dimensions, whose sizes are
// normalizedShape. [Weight] and [Bias] have that shape. Python's F.layer_norm.
func LayerNorm(input *torch.Tensor, normalizedShape []int64, opts ...LayerNormOption) *torch.Tensor {
	a := readLayerNorm(opts)
	return torch.LayerNorm(input, normalizedShape, torch.Weight(a.weight), torch.Bias(a.bias), torch.Eps(a.eps))
}

// RmsNorm divides by the root of the mean square over the last dimensions, whose
// sizes are normalizedShape. [Eps] is the dtype's by default. Python's F.rms_norm.
func RmsNorm(input *torch.Tensor, normalizedShape []int64, opts ...RmsNormOption) *torch.Tensor {
	a := readRmsNorm(opts)
	if a.eps.given {
		return torch.RmsNorm(input, normalizedShape, torch.Weight(a.weight), torch.Eps(a.eps.value))
	}
	return torch.RmsNorm(input, normalizedShape, torch.Weight(a.weight))
}

// GroupNorm normalizes groups of channels of each example, of shape (N, C, ...).
// [Weight] and [Bias] scale and shift each channel. Python's F.group_norm.
func GroupNorm(input *torch.Tensor, numGroups int64, opts ...LayerNormOption) *torch.Tensor {
	a := readLayerNorm(opts)
	shape := input.Shape()
	if len(shape) < 2 {
		raise("RuntimeError", "Expected at least 2 dimensions for input tensor but received %d", len(shape))
	}
	if numGroups == 0 {
		raise("ZeroDivisionError", "integer division or modulo by zero")
	}
	values := int64(math.Floor(float64(shape[0]*shape[1]) / float64(numGroups)))
	checkBatchSize(append([]int64{values, numGroups}, shape[2:]...), pytext.List)
	return torch.GroupNorm(input, numGroups, torch.Weight(a.weight), torch.Bias(a.bias), torch.Eps(a.eps))
}

// K is the constant in the denominator of [LocalResponseNorm]. Its default is 1.
type K float64

// LocalResponseNorm divides by a mean of squares over size neighboring channels,
// each time (k + alpha * mean) to the power beta. Input of shape (N, C, ...).
// Python's F.local_response_norm.
func LocalResponseNorm(input *torch.Tensor, size int64, opts ...LocalResponseNormOption) *torch.Tensor {
	a := readLocalResponseNorm(opts)
	shape := input.Shape()
	if len(shape) < 3 {
		raise("ValueError", "Expected 3D or higher dimensionality                          input (got %d dimensions)", len(shape))
	}
	if input.Numel() == 0 {
		return input
	}
	return torch.ScopeValue(func() *torch.Tensor {
		mean := channelMean(input.Mul(input), shape, size)
		return input.Div(mean.Mul(a.alpha).Add(float64(a.k)).Pow(a.beta))
	})
}

// channelMean averages over neighboring channels.
func channelMean(x *torch.Tensor, shape []int64, size int64) *torch.Tensor {
	before, after := size/2, (size-1)/2
	if len(shape) == 3 {
		x = torch.Pad(x.Unsqueeze(1), []int64{0, 0, before, after})
		return torch.AvgPool2d(x, []int64{size, 1}, torch.Stride(1)).Squeeze(torch.Dim(1))
	}
	x = x.View(shape[0], 1, shape[1], shape[2], -1)
	x = torch.Pad(x, []int64{0, 0, 0, 0, before, after})
	return torch.AvgPool3d(x, []int64{size, 1, 1}, torch.Stride(1)).Squeeze(torch.Dim(1)).View(shape...)
}

// Normalize divides by the norm of order [P] along [Dim], but at least by [Eps].
// Python's F.normalize. [Out] is a tensor to write to.
func Normalize(input *torch.Tensor, opts ...NormalizeOption) *torch.Tensor {
	a := readNormalize(opts)
	return torch.ScopeValue(func() *torch.Tensor {
		norm := input.Norm(torch.P(a.p), torch.Dim(a.dim), torch.Keepdim(true))
		if len(a.out) == 0 {
			return input.Div(norm.ClampMin(a.eps).ExpandAs(input))
		}
		return torch.Div(input, norm.ClampMin_(a.eps).ExpandAs(input), torch.Out(a.out...))
	})
}
