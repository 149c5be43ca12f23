package torch

// Operators of neural networks as ATen has them. Packages nn and nn/functional
// are built on these, and add what PyTorch does in Python: checks, warnings,
// broadcasting. They are here, as at::linear is in C++, because an operator's
// arguments are this package's business.

// Linear returns input @ weight.T + bias; bias may be nil. at::linear.
func Linear(input, weight, bias *Tensor) *Tensor { return opLinear(input, weight, bias) }

// Convolution2d is at::conv2d: input of shape (N, C, H, W) or (C, H, W), weight
// of (out, C/groups, kH, kW), bias of (out) or nil; stride, padding and dilation
// of length 2.
func Convolution2d(input, weight, bias *Tensor, stride, padding, dilation []int64, groups int64) *Tensor {
	return opConv2d(input, weight, bias, stride, padding, dilation, groups)
}

// Convolution2dPadding is at::conv2d with padding "same" or "valid".
func Convolution2dPadding(input, weight, bias *Tensor, stride []int64, padding string, dilation []int64, groups int64) *Tensor {
	return opConv2dPadding(input, weight, bias, stride, padding, dilation, groups)
}

// MaxPooling2d is at::max_pool2d.
func MaxPooling2d(input *Tensor, kernelSize, stride, padding, dilation []int64, ceilMode bool) *Tensor {
	return opMaxPool2d(input, kernelSize, stride, padding, dilation, ceilMode)
}

// MaxPooling2dWithIndices is at::max_pool2d_with_indices.
func MaxPooling2dWithIndices(input *Tensor, kernelSize, stride, padding, dilation []int64, ceilMode bool) (output, indices *Tensor) {
	return opMaxPool2dWithIndices(input, kernelSize, stride, padding, dilation, ceilMode)
}

// Softmax returns exp(x) over its sum along dim, Python's torch.softmax.
func Softmax(input *Tensor, dim int64, opts ...ReduceOption) *Tensor {
	return opSoftmaxInt(input, dim, newReduction(opts).dtype)
}

// LogSoftmax returns the logarithm of [Softmax], Python's torch.log_softmax.
func LogSoftmax(input *Tensor, dim int64, opts ...ReduceOption) *Tensor {
	return opLogSoftmaxInt(input, dim, newReduction(opts).dtype)
}

// Dropout sets elements to zero with probability p while training, and scales
// the others by 1/(1-p), Python's torch.dropout.
func Dropout(input *Tensor, p float64, train bool) *Tensor { return opDropout(input, p, train) }

// Dropout_ is [Dropout] in place; it returns input.
func Dropout_(input *Tensor, p float64, train bool) *Tensor {
	opDropout_(input, p, train)
	return input
}

// FeatureDropout is [Dropout] of whole channels, Python's
// torch.feature_dropout.
func FeatureDropout(input *Tensor, p float64, train bool) *Tensor {
	return opFeatureDropout(input, p, train)
}

// A Reduction is what a loss does with the losses of its elements.
type Reduction int64

// The reductions, in ATen's numbering.
const (
	ReductionNone Reduction = iota // each element's loss
	ReductionMean                  // their mean
	ReductionSum                   // their sum
)

// MseLoss is at::mse_loss: both operands must have the shape of the result.
func MseLoss(input, target *Tensor, reduction Reduction) *Tensor {
	return opMseLoss(input, target, int64(reduction))
}

// CrossEntropyLoss is at::cross_entropy_loss.
func CrossEntropyLoss(input, target, weight *Tensor, reduction Reduction, ignoreIndex int64, labelSmoothing float64) *Tensor {
	return opCrossEntropyLoss(input, target, weight, int64(reduction), ignoreIndex, labelSmoothing)
}

// NllLossNd is at::nll_loss_nd.
func NllLossNd(input, target, weight *Tensor, reduction Reduction, ignoreIndex int64) *Tensor {
	return opNllLossNd(input, target, weight, int64(reduction), ignoreIndex)
}
