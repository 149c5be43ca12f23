package backends_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/backends"
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
