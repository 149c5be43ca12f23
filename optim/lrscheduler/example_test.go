package lrscheduler_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/lrscheduler"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleNewStepLR() {
	weight := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{weight}, optim.LR(0.5))
	scheduler := lrscheduler.NewStepLR(optimizer, 2, lrscheduler.Gamma(0.5))
	for range 4 {
		fmt.Println(scheduler.GetLastLr())
		optimizer.Step()
		scheduler.Step()
	}
	// Output:
	// [0.5]
	// [0.5]
	// [0.25]
	// [0.25]
}
