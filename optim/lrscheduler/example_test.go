package lrscheduler_test

import (
	"fmt"
	"math"

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

// The learning rate goes down along a cosine, and up again.
func ExampleNewCosineAnnealingLR() {
	weight := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{weight}, optim.LR(0.5))
	scheduler := lrscheduler.NewCosineAnnealingLR(optimizer, 4, lrscheduler.EtaMin(0.1))
	for range 6 {
		fmt.Printf("%.4f ", scheduler.GetLastLr()[0])
		optimizer.Step()
		scheduler.Step()
	}
	// Output: 0.5000 0.4414 0.3000 0.1586 0.1000 0.1586
}

// One cycle, batch by batch: up to the largest learning rate, and far down.
func ExampleNewOneCycleLR() {
	weight := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{weight}, optim.LR(0.1), optim.Momentum(0.9))
	const epochs, batches = 2, 4
	scheduler := lrscheduler.NewOneCycleLR(optimizer, 1.0, lrscheduler.Epochs(epochs), lrscheduler.StepsPerEpoch(batches))
	for range epochs * batches {
		momentum, _ := optimizer.ParamGroups()[0].Get("momentum")
		fmt.Printf("%.2f/%.3f ", scheduler.GetLastLr()[0], momentum)
		optimizer.Step()
		if scheduler.LastEpoch() < epochs*batches-1 {
			scheduler.Step()
		}
	}
	// Output: 0.04/0.950 0.82/0.869 0.97/0.853 0.81/0.869 0.56/0.894 0.28/0.922 0.08/0.942 0.00/0.950
}

// The learning rate is a function of the epoch, for each group its own.
func ExampleNewLambdaLR() {
	param := func() []*torch.Tensor { return []*torch.Tensor{torch.Ones([]int64{1}, torch.RequiresGrad(true))} }
	optimizer := optim.NewSGD([]optim.SGDGroup{{Params: param()}, {Params: param()}}, optim.LR(1.0))
	scheduler := lrscheduler.NewLambdaLR(optimizer, []func(epoch int) float64{
		func(epoch int) float64 { return 1 / float64(1+epoch) },
		func(epoch int) float64 { return 1 - float64(epoch)/4 },
	})
	for range 4 {
		fmt.Printf("%.2f ", scheduler.GetLastLr())
		optimizer.Step()
		scheduler.Step()
	}
	// Output: [1.00 1.00] [0.50 0.75] [0.33 0.50] [0.25 0.25]
}

// SquareRootLR is a scheduler of one's own: the learning rate decays with the root of the
// epoch. What it remembers is in its state dictionary.
type SquareRootLR struct {
	lrscheduler.LRScheduler
	scale   float64
	initial []float64
}

func NewSquareRootLR(optimizer optim.Optimizer, scale float64) *SquareRootLR {
	s := &SquareRootLR{scale: scale}
	for _, g := range optimizer.ParamGroups() {
		s.initial = append(s.initial, g.LR())
	}
	s.Remember("scale", &s.scale)
	s.Init(s, optimizer, -1, func() []float64 {
		lrs := make([]float64, len(s.initial))
		for i, lr := range s.initial {
			lrs[i] = lr / math.Sqrt(1+s.scale*float64(s.LastEpoch()))
		}
		return lrs
	})
	return s
}

// A scheduler of one's own embeds an LRScheduler.
func ExampleLRScheduler() {
	weight := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{weight}, optim.LR(1.0))
	scheduler := NewSquareRootLR(optimizer, 3)
	for range 3 {
		fmt.Printf("%.3f ", scheduler.GetLastLr()[0])
		optimizer.Step()
		scheduler.Step()
	}
	fmt.Println(scheduler.StateDict()["scale"])
	// Output: 1.000 0.500 0.378 3
}
