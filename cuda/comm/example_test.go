package comm_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/cuda/comm"
	"github.com/wangkuiyi/gotorch/torch"
)

// Each GPU gets a part of a batch, and the sums of the parts come together on the first.
func Example() {
	sum := torch.Arange(8.).Sum()
	if n := cuda.DeviceCount(); n > 0 {
		devices := make([]torch.Device, min(n, 2))
		for i := range devices {
			devices[i] = torch.CUDA(i)
		}
		var sums []*torch.Tensor
		for _, part := range comm.Scatter(torch.Arange(8.), devices) {
			sums = append(sums, part.Sum())
		}
		sum = comm.ReduceAdd(sums, devices[0])
	}
	fmt.Println(sum.Item())
	// Output: 28
}
