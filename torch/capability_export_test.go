package torch

// GpusFor and WithoutKernels are how libtorch's kernels are compared with GPUs.
func GpusFor(kernels, cuda int) (has func(gpu int) bool, text string) {
	r := gpusFor(kernels, cuda)
	return r.has, r.String()
}

func WithoutKernels(index int, name string, gpu int, kernels []int, cuda int) string {
	return withoutKernels(index, name, gpu, kernels, cuda)
}
