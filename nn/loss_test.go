package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A loss turns an input and a target into a tensor.
type loss interface {
	nn.AnyModule
	Forward(input, target *torch.Tensor) *torch.Tensor
}

var (
	classes   = func() *torch.Tensor { return torch.NewTensor([]int64{0, 2, 1, 2}) }
	weights   = func() *torch.Tensor { return torch.NewTensor([]float32{0.5, 1, 2}) }
	twoByFour = func() *torch.Tensor { return torch.Randn([]int64{4, 3}) }
)

// Losses, their gradients, state dictionaries, texts and warnings are Python's.
func TestLossesAreThoseOfPython(t *testing.T) {
	const ints = "torch.tensor([0, 2, 1, 2])"
	for _, c := range []struct {
		python string
		target string
		golang func() loss
		make   func() *torch.Tensor
	}{
		{"nn.MSELoss()", "torch.randn(4, 3)", func() loss { return nn.NewMSELoss() }, twoByFour},
		{"nn.MSELoss(reduction='sum')", "torch.randn(4, 3)", func() loss { return nn.NewMSELoss(nn.Reduction("sum")) }, twoByFour},
		{"nn.MSELoss(reduction='none')", "torch.randn(4, 3)", func() loss { return nn.NewMSELoss(nn.Reduction("none")) }, twoByFour},
		{"nn.MSELoss(reduction='elementwise_mean')", "torch.randn(4, 3)",
			func() loss { return nn.NewMSELoss(nn.Reduction("elementwise_mean")) }, twoByFour},
		{"nn.MSELoss()", "torch.randn(3)", func() loss { return nn.NewMSELoss() },
			func() *torch.Tensor { return torch.Randn([]int64{3}) }},
		{"nn.MSELoss()", "torch.randn(2, 1, 1)", func() loss { return nn.NewMSELoss() },
			func() *torch.Tensor { return torch.Randn([]int64{2, 1, 1}) }},
		{"nn.L1Loss()", "torch.randn(4, 3)", func() loss { return nn.NewL1Loss() }, twoByFour},
		{"nn.L1Loss(reduction='sum')", "torch.randn(())", func() loss { return nn.NewL1Loss(nn.Reduction("sum")) },
			func() *torch.Tensor { return torch.Randn(nil) }},
		{"nn.NLLLoss()", ints, func() loss { return nn.NewNLLLoss() }, classes},
		{"nn.NLLLoss(weight=torch.tensor([0.5, 1, 2]), reduction='none')", ints,
			func() loss { return nn.NewNLLLoss(nn.Weight(weights()), nn.Reduction("none")) }, classes},
		{"nn.NLLLoss(ignore_index=2)", ints, func() loss { return nn.NewNLLLoss(nn.IgnoreIndex(2)) }, classes},
		{"nn.CrossEntropyLoss()", ints, func() loss { return nn.NewCrossEntropyLoss() }, classes},
		{"nn.CrossEntropyLoss()", "torch.randn(4, 3)", func() loss { return nn.NewCrossEntropyLoss() }, twoByFour},
		{"nn.CrossEntropyLoss(torch.tensor([0.5, 1, 2]), ignore_index=1, label_smoothing=0.1)", ints, func() loss {
			return nn.NewCrossEntropyLoss(nn.Weight(weights()), nn.IgnoreIndex(1), nn.LabelSmoothing(0.1))
		}, classes},
		{"nn.CrossEntropyLoss(reduction='sum')", ints, func() loss { return nn.NewCrossEntropyLoss(nn.Reduction("sum")) }, classes},
	} {
		t.Run(c.python+c.target, func(t *testing.T) {
			py := parity.Run(t, `
				torch.manual_seed(1)
				m = `+c.python+`
				x = torch.randn(4, 3, requires_grad=True)
				y = m(x, `+c.target+`)
				y.sum().backward()
				out["y"], out["grad"], out["text"] = y, x.grad, repr(m)
				out["keys"], out["values"] = list(m.state_dict().keys()), list(m.state_dict().values())
			`)
			warnings := recordWarnings(t)
			torch.ManualSeed(1)
			m := c.golang()
			x := torch.Randn([]int64{4, 3}, torch.RequiresGrad(true))
			y := m.Forward(x, c.make())
			y.Sum().Backward()
			py.EqualTensor("y", y)
			py.EqualTensor("grad", x.Grad())
			assert.Equal(t, py.Text("text"), m.String())
			assert.Equal(t, messages(py.Warnings), *warnings)
			assert.Equal(t, py.Strings("keys"), m.StateDict().Keys())
			py.EqualTensors("values", m.Buffers())
		})
	}
}

// A weight that was not given may be set later, as a buffer.
func TestLossWeightIsABuffer(t *testing.T) {
	m := nn.NewCrossEntropyLoss()
	assert.Empty(t, m.StateDict().Keys())
	m.Weight = weights()
	assert.Equal(t, []string{"weight"}, m.StateDict().Keys())
	m.Double()
	assert.Equal(t, torch.Float64, m.Weight.DType())
}
