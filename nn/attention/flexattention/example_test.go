package flexattention_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn/attention/flexattention"
	"github.com/wangkuiyi/gotorch/torch"
)

// Each position sees itself and the one before.
func ExampleFlexAttention() {
	window := func(b, h, q, kv *torch.Tensor) *torch.Tensor {
		return q.Ge(kv).LogicalAnd(q.Sub(kv).Le(1))
	}
	mask := flexattention.CreateBlockMask(window, 0, 0, 4, 4, flexattention.Device(torch.CPU), flexattention.BlockSize{2, 2})
	x := torch.Ones([]int64{1, 1, 4, 2}, torch.CPU)
	values := torch.Arange(4., torch.CPU).View(1, 1, 4, 1)
	fmt.Println(flexattention.FlexAttention(x, x, values, mask).View(-1))
	fmt.Println(mask.ToDense())
	// Output:
	// tensor([0.0000, 0.5000, 1.5000, 2.5000])
	// tensor([[[[1, 0],
	//           [1, 1]]]], dtype=torch.int32)
}
