package nn_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A lazy layer finds out how many features its input has.
func ExampleNewLazyLinear() {
	m := nn.NewSequential(nn.NewLazyConv2d(8, 3), nn.NewFlatten(), nn.NewLazyLinear(10))
	fmt.Println(m)
	m.Forward(torch.Ones([]int64{1, 3, 4, 4}))
	fmt.Println(m)
	// Output:
	// Sequential(
	//   (0): LazyConv2d(0, 8, kernel_size=(3, 3), stride=(1, 1))
	//   (1): Flatten(start_dim=1, end_dim=-1)
	//   (2): LazyLinear(in_features=0, out_features=10, bias=True)
	// )
	// Sequential(
	//   (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))
	//   (1): Flatten(start_dim=1, end_dim=-1)
	//   (2): Linear(in_features=32, out_features=10, bias=True)
	// )
}
