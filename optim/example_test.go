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
