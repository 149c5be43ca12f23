// Simple_model trains a network of two layers. It is a port of
// simple_model.py, line for line, and prints the same 101 lines.
package main

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

type SimpleModel struct {
	nn.Module
	fc1, fc2 *nn.Linear
}

func NewSimpleModel() *SimpleModel {
	m := &SimpleModel{}
	m.Init(m) // super().__init__()
	m.fc1 = nn.NewLinear(2, 2)
	m.fc2 = nn.NewLinear(2, 1)
	return m
}

func (m *SimpleModel) Forward(x *torch.Tensor) *torch.Tensor {
	x = torch.Relu(m.fc1.Forward(x))
	x = m.fc2.Forward(x)
	return x
}

func main() {
	torch.ManualSeed(0)

	model := NewSimpleModel()
	criterion := nn.NewMSELoss()
	optimizer := optim.NewSGD(model.Parameters(), optim.LR(0.01))

	xTrain := torch.NewTensor([][]float32{{1, 2}, {2, 3}, {3, 4}})
	yTrain := torch.NewTensor([]float32{1, 2, 3})

	for epoch := range 100 {
		optimizer.ZeroGrad()
		outputs := model.Forward(xTrain)
		loss := criterion.Forward(outputs, yTrain)
		loss.Backward()
		optimizer.Step()
		fmt.Printf("Epoch %d, Loss: %v\n", epoch+1, loss.Item())
	}

	xTest := torch.NewTensor([][]float32{{1.5, 2.5}})
	predictions := model.Forward(xTest)
	fmt.Printf("Predictions: %v\n", predictions.Item())
}
