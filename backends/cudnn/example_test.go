package cudnn_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/backends"
	"github.com/wangkuiyi/gotorch/backends/cudnn"
)

// cuDNN tries its algorithms out, and the fastest runs, for a part of a program.
func ExampleFlags() {
	cudnn.Flags(func() {
		fmt.Println(cudnn.Enabled(), cudnn.Benchmark(), cudnn.Deterministic())
	}, backends.Enabled(true), backends.Benchmark(true))
	// Output: true true false
}
