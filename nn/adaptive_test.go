package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestAdaptiveLogSoftmaxIsThatOfPython(t *testing.T) {
	adaptive := func(opts ...nn.AdaptiveLogSoftmaxOption) func() nn.AnyModule {
		return func() nn.AnyModule { return nn.NewAdaptiveLogSoftmaxWithLoss(8, 20, []int64{4, 10, 15}, opts...) }
	}
	call := callOf("tuple(m(x0, x1))", func(m *nn.AdaptiveLogSoftmaxWithLoss, x tensors) tensors { return some(m.Forward(x[0], x[1])) })
	one := operand{"torch.tensor(17)", func() *torch.Tensor { return torch.Full(nil, 17, torch.Int64) }}
	checkModules(t, []moduleCase{
		{"nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10, 15])", adaptive(),
			given(normal(5, 8), integers("[0, 5, 19, 12, 14]", []int64{0, 5, 19, 12, 14})), call},
		{"nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10, 15], div_value=1.5, head_bias=True, dtype=torch.float32, device=torch.get_default_device())",
			adaptive(nn.DivValue(1.5), nn.HeadBias(true), torch.Float32, torch.GetDefaultDevice()),
			given(normal(2, 8), integers("[2, 3]", []int64{2, 3})), call},
		{"nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10, 15], 2)", adaptive(nn.DivValue(2)), given(normal(8), one), call},
	})
}

func TestAdaptiveLogSoftmaxPredicts(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(1)
		m = nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], div_value=2.0)
		out["initial"] = [p.clone() for p in m.parameters()]
		x = torch.randn(30, 8) * 5
		out["log_prob"], out["mixed"] = m.log_prob(x), m.predict(x)
		m.log_prob(x).square().sum().backward()
		out["grads"] = [p.grad for p in m.parameters()]
		m.head = nn.Linear(8, 6)
		with torch.no_grad(): m.head.weight.zero_(); m.head.bias.copy_(torch.tensor([1., 0, 0, 0, 0, 0]))
		out["short"] = m.predict(x)
		with torch.no_grad(): m.head.bias.copy_(torch.tensor([0., 0, 0, 0, 1, 1]))
		out["far"] = m.predict(x)
		m.reset_parameters()
		out["reset"] = list(m.parameters())
	`)
	torch.ManualSeed(1)
	m := nn.NewAdaptiveLogSoftmaxWithLoss(8, 20, []int64{4, 10}, nn.DivValue(2))
	py.EqualTensors("initial", m.Parameters())
	x := torch.Randn([]int64{30, 8}).Mul(5)
	py.EqualTensor("log_prob", m.LogProb(x))
	py.EqualTensor("mixed", m.Predict(x))
	m.LogProb(x).Square().Sum().Backward()
	py.EqualTensors("grads", gradients(m.Parameters()))
	m.Head = nn.NewLinear(8, 6)
	setBias := func(values ...float32) {
		torch.NoGrad(func() {
			m.Head.Weight.Zero_()
			m.Head.Bias.Copy_(torch.NewTensor(values))
		})
	}
	setBias(1, 0, 0, 0, 0, 0)
	py.EqualTensor("short", m.Predict(x))
	setBias(0, 0, 0, 0, 1, 1)
	py.EqualTensor("far", m.Predict(x))
	m.ResetParameters()
	py.EqualTensors("reset", m.Parameters())
	assert.Equal(t, []int64{4, 10, 20}, m.Cutoffs)
}

func TestAdaptiveLogSoftmaxRefusesWhatPythonRefuses(t *testing.T) {
	forward := func(input []int64, target *torch.Tensor) func() {
		return func() { nn.NewAdaptiveLogSoftmaxWithLoss(4, 9, []int64{3}).Forward(torch.Zeros(input), target) }
	}
	ints := func(size ...int64) *torch.Tensor { return torch.Zeros(size, torch.Int64) }
	const m = "nn.AdaptiveLogSoftmaxWithLoss(4, 9, [3])"
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"nn.AdaptiveLogSoftmaxWithLoss(4, 9, [])", func() { nn.NewAdaptiveLogSoftmaxWithLoss(4, 9, nil) }},
		{"nn.AdaptiveLogSoftmaxWithLoss(4, 9, [3, 2])", func() { nn.NewAdaptiveLogSoftmaxWithLoss(4, 9, []int64{3, 2}) }},
		{"nn.AdaptiveLogSoftmaxWithLoss(4, 9, [9])", func() { nn.NewAdaptiveLogSoftmaxWithLoss(4, 9, []int64{9}) }},
		{m + "(torch.zeros(2, 4), torch.zeros(3, dtype=torch.int64))", forward([]int64{2, 4}, ints(3))},
		{m + "(torch.zeros(2, 4, 1), torch.zeros(2, dtype=torch.int64))", forward([]int64{2, 4, 1}, ints(2))},
		{m + "(torch.zeros(2, 4), torch.tensor(0))", forward([]int64{2, 4}, ints())},
		{m + "(torch.zeros(2, 4), torch.zeros(2, 2, dtype=torch.int64))", forward([]int64{2, 4}, ints(2, 2))},
		{m + "(torch.zeros(2, 4), torch.tensor([1, 9]))", forward([]int64{2, 4}, torch.NewTensor([]int64{1, 9}))},
	} {
		t.Run(c.python, func(t *testing.T) { assertRaises(t, parity.RunError(t, c.python), c.golang) })
	}
}
