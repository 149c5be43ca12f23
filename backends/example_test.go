package backends_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/backends"
	"github.com/wangkuiyi/gotorch/backends/cuda"
	"github.com/wangkuiyi/gotorch/backends/cudnn"
	"github.com/wangkuiyi/gotorch/backends/mkldnn"
)

func ExampleFlags() {
	backends.Flags(func() {
		fmt.Println(backends.GetFp32Precision(), mkldnn.Matmul.Fp32Precision())
	}, backends.Fp32Precision("ieee"))
	fmt.Println(backends.GetFp32Precision())
	// Output:
	// ieee ieee
	// none
}

func Example_cudnn() {
	cudnn.Flags(func() {
		fmt.Println(cudnn.Enabled(), cudnn.Benchmark(), cudnn.Deterministic())
	}, backends.Enabled(true), backends.Benchmark(true))
	// Output: true true false
}

func Example_tf32() {
	cuda.Matmul.SetAllowTf32(true)
	fmt.Println(cuda.Matmul.Fp32Precision())
	cuda.Matmul.SetAllowTf32(false)
	// Output: tf32
}
