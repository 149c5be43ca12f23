package attention_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn/attention"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleSdpaKernel() {
	q := torch.Ones([]int64{1, 1, 2, 4})
	attention.SdpaKernel(attention.Math, func() {
		fmt.Println(functional.ScaledDotProductAttention(q, q, q).Shape())
	})
	backends := []attention.SDPBackend{attention.CudnnAttention, attention.FlashAttention}
	attention.SdpaKernel(backends, func() {
		fmt.Println(functional.ScaledDotProductAttention(q, q, q).Shape())
	}, attention.SetPriority(true))
	// Output:
	// [1 1 2 4]
	// [1 1 2 4]
}
