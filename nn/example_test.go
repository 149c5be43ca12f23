package nn_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// SimpleModel is the model of PyTorch's tutorials.
type SimpleModel struct {
	nn.Module
	fc1, fc2 *nn.Linear
}

func NewSimpleModel() *SimpleModel {
	m := &SimpleModel{}
	m.Init(m)
	m.fc1 = nn.NewLinear(2, 2)
	m.fc2 = nn.NewLinear(2, 1)
	return m
}

func (m *SimpleModel) Forward(x *torch.Tensor) *torch.Tensor {
	x = torch.Relu(m.fc1.Forward(x))
	x = m.fc2.Forward(x)
	return x
}

func ExampleModule() {
	torch.ManualSeed(0)
	model := NewSimpleModel()
	fmt.Println(model)
	for name, p := range model.NamedParameters() {
		fmt.Println(name, p.Shape())
	}
	y := model.Forward(torch.NewTensor([][]float32{{1, 2}}))
	fmt.Printf("%.4f\n", y.Item())
	// Output:
	// SimpleModel(
	//   (fc1): Linear(in_features=2, out_features=2, bias=True)
	//   (fc2): Linear(in_features=2, out_features=1, bias=True)
	// )
	// fc1.weight [2 2]
	// fc1.bias [2]
	// fc2.weight [1 2]
	// fc2.bias [1]
	// -0.0695
}

func ExampleLinear() {
	layer := nn.NewLinear(3, 2, nn.Bias(false), torch.Float64)
	ninit.Ones_(layer.Weight)
	y := layer.Forward(torch.NewTensor([]float64{1, 2, 3}))
	fmt.Println(layer)
	fmt.Println(torch.Data[float64](y.Detach()))
	// Output:
	// Linear(in_features=3, out_features=2, bias=False)
	// [6 6]
}

func ExampleSequential() {
	model := nn.NewSequential(
		nn.NewConv2d(1, 8, 3, nn.Padding("same")),
		nn.NewReLU(),
		nn.NewMaxPool2d(2),
		nn.NewFlatten(),
		nn.NewLinear(8*4*4, 10),
	)
	fmt.Println(model.Forward(torch.Zeros([]int64{5, 1, 8, 8})).Shape())
	fmt.Println(model)
	// Output:
	// [5 10]
	// Sequential(
	//   (0): Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1), padding=same)
	//   (1): ReLU()
	//   (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
	//   (3): Flatten(start_dim=1, end_dim=-1)
	//   (4): Linear(in_features=128, out_features=10, bias=True)
	// )
}

func ExampleModule_LoadStateDict() {
	a, b := nn.NewLinear(2, 1), nn.NewLinear(2, 1)
	keys, err := b.LoadStateDict(a.StateDict())
	fmt.Println(keys, err, torch.Equal(a.Weight, b.Weight))

	state := a.StateDict()
	state.Delete("bias")
	_, err = b.LoadStateDict(state)
	fmt.Println(err)
	// Output:
	// <All keys matched successfully> <nil> true
	// nn.Module.LoadStateDict: Error(s) in loading state_dict for Linear:
	// 	Missing key(s) in state_dict: "bias".
}

func ExampleModule_Apply() {
	model := nn.NewSequential(nn.NewLinear(2, 2), nn.NewReLU())
	model.Apply(func(m nn.AnyModule) {
		if l, ok := m.(*nn.Linear); ok {
			ninit.XavierUniform_(l.Weight)
			ninit.Zeros_(l.Bias)
		}
	})
	fmt.Println(model.GetParameter("0.bias").Detach().Equal(torch.Zeros([]int64{2})))
	// Output: true
}

func ExampleModule_RegisterForwardHook() {
	layer := nn.NewReLU()
	handle := layer.RegisterForwardHook(func(_ nn.AnyModule, inputs, outputs []*torch.Tensor) []*torch.Tensor {
		fmt.Println(inputs[0].Item(), "->", outputs[0].Item())
		return nil
	})
	defer handle.Remove()
	layer.Forward(torch.NewTensor(-2.0))
	// Output: -2 -> 0
}
