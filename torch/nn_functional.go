package torch

// More of network.go: operators of at:: that packages nn and nn/functional are
// built on.

// IsSameSize reports whether both tensors have the same shape, Python's
// torch.is_same_size.
func IsSameSize(input, other *Tensor) bool { return opIsSameSize(input, other) }

// FeatureDropout_ is [FeatureDropout] in place; it returns input.
func FeatureDropout_(input *Tensor, p float64, train bool) *Tensor {
	opFeatureDropout_(input, p, train)
	return input
}

// L1Loss is at::l1_loss: both operands must have the shape of the result.
func L1Loss(input, target *Tensor, reduction Reduction) *Tensor {
	return opL1Loss(input, target, int64(reduction))
}

// PadNd is at::pad: pad has two sizes for each dimension, from the last one
// on, and mode is "constant", "reflect", "replicate" or "circular". value is
// what constant padding consists of; nil is 0.
func PadNd(input *Tensor, pad []int64, mode string, value *float64) *Tensor {
	if value == nil {
		return opPad(input, pad, mode, optional[float64]{})
	}
	return opPad(input, pad, mode, some(*value))
}

// HasCompatibleShallowCopyType reports whether input can take the data of from
// by [Tensor.SetData]: from the CPU to CUDA it can, from the meta device it
// cannot. Python's torch._has_compatible_shallow_copy_type.
func HasCompatibleShallowCopyType(input, from *Tensor) bool {
	return op_HasCompatibleShallowCopyType(input, from)
}
