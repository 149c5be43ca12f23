package cuda_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/backends/cuda"
)

// Products of float32 in TF32, on GPUs that have it.
func Example() {
	cuda.Matmul.SetAllowTf32(true)
	fmt.Println(cuda.Matmul.Fp32Precision())
	cuda.Matmul.SetAllowTf32(false)
	// Output: tf32
}

// Attention without the kernels that need much memory.
func ExampleEnableMathSdp() {
	defer cuda.EnableMathSdp(cuda.MathSdpEnabled())
	cuda.EnableMathSdp(false)
	fmt.Println(cuda.MathSdpEnabled(), cuda.FlashSdpEnabled())
	// Output: false true
}
