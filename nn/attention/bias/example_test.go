package bias_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn/attention/bias"
	"github.com/wangkuiyi/gotorch/torch"
)

// Two new positions attend to three that were kept, and to those up to themselves.
func ExampleCausalLowerRight() {
	mask := bias.CausalLowerRight(2, 5)
	q, kv := torch.Ones([]int64{1, 1, 2, 4}), torch.Ones([]int64{1, 1, 5, 4})
	fmt.Println(mask)
	fmt.Println(mask.ScaledDotProductAttention(q, kv, kv).Shape())
	// Output:
	// tensor([[ True,  True,  True,  True, False],
	//         [ True,  True,  True,  True,  True]])
	// [1 1 2 4]
}
