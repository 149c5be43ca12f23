package main

import (
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// SimpleModel is the model of examples/simple_model.
type SimpleModel struct {
	nn.Module
	fc1, fc2 *nn.Linear
}

// NewSimpleModel returns a new SimpleModel.
func NewSimpleModel() *SimpleModel {
	m := &SimpleModel{}
	m.Init(m)
	m.fc1 = nn.NewLinear(2, 2)
	m.fc2 = nn.NewLinear(2, 1)
	return m
}

// Forward applies the model to rows of two numbers.
func (m *SimpleModel) Forward(x *torch.Tensor) *torch.Tensor {
	x = torch.Relu(m.fc1.Forward(x))
	x = m.fc2.Forward(x)
	return x
}

// trainingStep is one turn of the example's loop.
func trainingStep() func() {
	model := NewSimpleModel()
	criterion := nn.NewMSELoss()
	optimizer := optim.NewSGD(model.Parameters(), optim.LR(0.01))
	xTrain := torch.NewTensor([][]float32{{1, 2}, {2, 3}, {3, 4}})
	yTrain := torch.NewTensor([]float32{1, 2, 3})
	return func() {
		optimizer.ZeroGrad()
		outputs := model.Forward(xTrain)
		loss := criterion.Forward(outputs, yTrain)
		loss.Backward()
		optimizer.Step()
		loss.Item()
	}
}
