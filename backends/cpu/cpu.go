// Package cpu tells what libtorch uses of the processor: Python's
// torch.backends.cpu.
package cpu

import "github.com/wangkuiyi/gotorch/torch"

// GetCpuCapability returns the instructions that libtorch's kernels use: "AVX2",
// "AVX512", "DEFAULT" and the like.
func GetCpuCapability() string { return torch.CPUCapability() }
