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

// A warm-up, followed by another schedule.
func ExampleNewSequentialLR() {
	weight := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{weight}, optim.LR(1.0))
	scheduler := lrscheduler.NewSequentialLR(optimizer, []lrscheduler.Scheduler{
		lrscheduler.NewLinearLR(optimizer, lrscheduler.StartFactor(0.25), lrscheduler.TotalIters(3)),
		lrscheduler.NewExponentialLR(optimizer, 0.5),
	}, []int{3})
	for range 6 {
		fmt.Print(scheduler.GetLastLr(), " ")
		optimizer.Step()
		scheduler.Step()
	}
	// Output: [0.25] [0.5] [0.75] [1] [0.5] [0.25]
}

// The learning rate is reduced when the loss has not got lower for two epochs.
func ExampleNewReduceLROnPlateau() {
	weight := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{weight}, optim.LR(0.5))
	scheduler := lrscheduler.NewReduceLROnPlateau(optimizer, lrscheduler.Factor(0.5), lrscheduler.Patience(1))
	for _, loss := range []float64{3, 2, 2, 2, 1} {
		scheduler.Step(loss)
		fmt.Print(scheduler.GetLastLr(), " ")
	}
	// Output: [0.5] [0.5] [0.5] [0.25] [0.25]
}
