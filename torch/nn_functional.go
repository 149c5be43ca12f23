package torch

// HasCompatibleShallowCopyType reports whether input can take the data of from
// by [Tensor.SetData]: from the CPU to CUDA it can, from the meta device it
// cannot. Python's torch._has_compatible_shallow_copy_type.
func HasCompatibleShallowCopyType(input, from *Tensor) bool {
	return op_HasCompatibleShallowCopyType(input, from)
}
