package torch

import "github.com/wangkuiyi/gotorch/csrc"

var (
	entryBuildConfiguration = csrc.Entry("build_configuration() -> str")
	entryCPUCapability      = csrc.Entry("cpu_capability() -> str")
	entryParallelInfo       = csrc.Entry("parallel_info() -> str")
	entryHasCuda            = csrc.Entry("has_cuda() -> bool")
	entryCudaDeviceCount    = csrc.Entry("cuda_device_count() -> int")
)

// Version returns the version of libtorch, such as "2.15.0", Python's
// torch.__version__ without the build's suffix. It panics if libtorch is not
// installed.
func Version() string {
	if _, err := csrc.Load(); err != nil {
		panic(NewError(csrc.LoadError.String(), "%v", err))
	}
	return csrc.TorchVersion()
}

// ShowConfig describes how libtorch was built, Python's
// torch.__config__.show().
func ShowConfig() string { return textOf(entryBuildConfiguration) }

// ParallelInfo describes libtorch's threads, Python's
// torch.__config__.parallel_info().
func ParallelInfo() string { return textOf(entryParallelInfo) }

// CPUCapability returns the instructions that libtorch's kernels use: "AVX2",
// "AVX512", "DEFAULT". Python's torch.backends.cpu.get_cpu_capability().
func CPUCapability() string { return textOf(entryCPUCapability) }

// CudaDeviceCount returns the number of CUDA devices that libtorch can use: 0
// where it was built without CUDA, or there is no driver.
func CudaDeviceCount() int {
	var f frame
	f.call(entryHasCuda)
	if !f.TakeBool() {
		return 0
	}
	var g frame
	g.call(entryCudaDeviceCount)
	return int(g.TakeInt())
}

func textOf(fn *csrc.Function) string {
	var f frame
	f.call(fn)
	return f.TakeString()
}
