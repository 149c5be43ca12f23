package optim_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// The weight that minimizes (weight - 3)^2 is 3.
func ExampleNewSGD() {
	weight := torch.NewTensor([]float32{0}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{weight}, optim.LR(0.25))
	for range 4 {
		optimizer.ZeroGrad()
		weight.Sub(3).Square().Sum().Backward()
		optimizer.Step()
		fmt.Println(weight.Item())
	}
	// Output:
	// 1.5
	// 2.25
	// 2.625
	// 2.8125
}

func ExampleNewAdam() {
	weight := torch.NewTensor([]float32{0}, torch.RequiresGrad(true))
	optimizer := optim.NewAdam([]*torch.Tensor{weight}, optim.LR(0.1), optim.Betas(0.9, 0.99))
	for range 500 {
		optimizer.ZeroGrad()
		weight.Sub(3).Square().Sum().Backward()
		optimizer.Step()
	}
	fmt.Printf("%.2f\n", weight.Item())
	// Output: 3.00
}

// Groups of parameters have options of their own.
func ExampleNewSGD_groups() {
	base := torch.NewTensor([]float32{1}, torch.RequiresGrad(true))
	head := torch.NewTensor([]float32{1}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]optim.SGDGroup{
		{Params: []*torch.Tensor{base}},
		{Params: []*torch.Tensor{head}, Options: []optim.SGDOption{optim.LR(0.5)}},
	}, optim.LR(0.125))
	base.Add(head).Sum().Backward()
	optimizer.Step()
	fmt.Println(base.Item(), head.Item())
	// Output: 0.875 0.5
}

func ExampleParamGroup_Set() {
	weight := torch.NewTensor([]float32{1}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{weight})
	optimizer.ParamGroups()[0].Set(optim.LR(0.1), optim.Momentum(0.9))
	fmt.Println(optimizer)
	// Output:
	// SGD (
	// Parameter Group 0
	//     dampening: 0
	//     differentiable: False
	//     foreach: None
	//     fused: None
	//     lr: 0.1
	//     maximize: False
	//     momentum: 0.9
	//     nesterov: False
	//     weight_decay: 0
	// )
}

// LBFGS calls the closure several times in a step.
func ExampleNewLBFGS() {
	weight := torch.NewTensor([]float64{0, 0}, torch.RequiresGrad(true))
	optimizer := optim.NewLBFGS([]*torch.Tensor{weight}, optim.LineSearchFn("strong_wolfe"))
	loss := optimizer.StepClosure(func() *torch.Tensor {
		optimizer.ZeroGrad()
		loss := weight.Sub(torch.NewTensor([]float64{3, -1})).Square().Sum()
		loss.Backward()
		return loss
	})
	fmt.Println(loss.Item())
	fmt.Printf("%.2f\n", torch.Data[float64](weight))
	// Output:
	// 10
	// [3.00 -1.00]
}

// What an optimizer remembers goes on in another one.
func ExampleBase_LoadStateDict() {
	weight := torch.NewTensor([]float32{1}, torch.RequiresGrad(true))
	weight.SetGrad(torch.NewTensor([]float32{1}))
	optimizer := optim.NewRMSprop([]*torch.Tensor{weight}, optim.LR(0.1), optim.Momentum(0.9))
	optimizer.Step()
	other := optim.NewRMSprop([]*torch.Tensor{weight})
	if err := other.LoadStateDict(optimizer.StateDict()); err != nil {
		fmt.Println(err)
	}
	fmt.Println(other.ParamGroups()[0].LR(), other.State(weight)["step"])
	// Output: 0.1 tensor(1.)
}

// A hook before each step may look at the gradients, and put another closure in the place
// of the one that StepClosure was given.
func ExampleBase_RegisterStepPreHook() {
	weight := torch.NewTensor([]float32{1}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{weight}, optim.LR(0.5))
	optimizer.RegisterStepPreHook(func(_ optim.Optimizer, closure func() *torch.Tensor) func() *torch.Tensor {
		return func() *torch.Tensor {
			loss := closure()
			fmt.Println("loss", loss.Item())
			return loss
		}
	})
	optimizer.StepClosure(func() *torch.Tensor {
		optimizer.ZeroGrad()
		loss := weight.Square().Sum()
		loss.Backward()
		return loss
	})
	fmt.Println("weight", weight.Item())
	// Output:
	// loss 1
	// weight 0
}

// An added group has options of its own; the rest are the optimizer's.
func ExampleSGD_AddParamGroup() {
	base := torch.NewTensor([]float32{1}, torch.RequiresGrad(true))
	head := torch.NewTensor([]float32{1}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{head}, optim.LR(0.5))
	optimizer.AddParamGroup(optim.SGDGroup{Params: []*torch.Tensor{base}, Options: []optim.SGDOption{optim.LR(0.25)}})
	base.Add(head).Sum().Backward()
	optimizer.Step()
	fmt.Println(base.Item(), head.Item())
	// Output: 0.75 0.5
}
