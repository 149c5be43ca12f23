// Package nn builds neural networks, Python's torch.nn.
//
// A module is a struct that embeds [Module] and calls Init, as a Python class
// derives from nn.Module and calls super().__init__():
//
//	type SimpleModel struct {
//		nn.Module
//		fc1, fc2 *nn.Linear
//	}
//
//	func NewSimpleModel() *SimpleModel {
//		m := &SimpleModel{}
//		m.Init(m)
//		m.fc1 = nn.NewLinear(2, 2)
//		m.fc2 = nn.NewLinear(2, 1)
//		return m
//	}
//
//	func (m *SimpleModel) Forward(x *torch.Tensor) *torch.Tensor {
//		return m.fc2.Forward(torch.Relu(m.fc1.Forward(x)))
//	}
//
// Its parameters and child modules are found in the fields; [Module] says how. A
// Forward may have any inputs and outputs. If hooks are to run around it, pruning
// and parametrizations among them, it begins with [Enter]:
//
//	func (m *Mixture) Forward(x, y *torch.Tensor) (out *torch.Tensor) {
//		defer nn.Enter(m, &x, &y).Leave(&out)
//		return torch.Lerp(x, y, m.share)
//	}
//
// Layers are made by functions such as [NewLinear]: Python's required arguments
// come first, and its keyword arguments are options: nn.Bias(false),
// nn.Stride(2), torch.Float64. With the same seed they start with the same
// weights as in Python, to the bit; state dictionaries have the same keys, and
// fmt.Println prints a module as Python does.
package nn
