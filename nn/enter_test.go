package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/nn/utils/parametrize"
	"github.com/wangkuiyi/gotorch/nn/utils/prune"
	"github.com/wangkuiyi/gotorch/torch"
)

// affine is a module of the user's with two inputs and two outputs.
type affine struct {
	nn.Module
	Weight *torch.Tensor
}

func newAffine() *affine {
	m := &affine{Weight: nn.NewParameter(torch.NewTensor([]float32{1, 2, 3, 4}))}
	m.Init(m)
	return m
}

func (m *affine) Forward(x, y *torch.Tensor) (sum, product *torch.Tensor) {
	defer nn.Enter(m, &x, &y).Leave(&sum, &product)
	product = m.Weight.Mul(x)
	return product.Add(y), product
}

const affineInPython = `
		class affine(nn.Module):
			def __init__(self):
				super().__init__()
				self.weight = nn.Parameter(torch.tensor([1., 2, 3, 4]))
			def forward(self, x, y):
				product = self.weight * x
				return product + y, product
		x, y = torch.full((4,), 2., requires_grad=True), torch.zeros(4)
`

func affineInputs() (x, y *torch.Tensor) {
	return torch.Full([]int64{4}, 2.0, torch.RequiresGrad(true)), torch.Zeros([]int64{4})
}

// What rests on pre-hooks works in a module of any form.
func TestEnterComputesWeights(t *testing.T) {
	py := parity.Run(t, affineInPython+`
		from torch.nn.utils import prune, parametrize, weight_norm, spectral_norm
		torch.manual_seed(0)
		m = affine(); prune.l1_unstructured(m, "weight", 2)
		with torch.no_grad(): m.weight_orig.mul_(2)
		out["pruned"] = m(x, y)
		m = affine(); parametrize.register_parametrization(m, "weight", nn.ReLU())
		with torch.no_grad(): m.parametrizations.weight.original.mul_(2)
		out["parametrized"] = m(x, y)
		m = affine(); weight_norm(m, "weight")
		with torch.no_grad(): m.weight_g.mul_(2)
		out["normed"] = m(x, y)
	`)
	x, y := affineInputs()
	check := func(key, original string, change func(m *affine)) {
		m := newAffine()
		change(m)
		torch.NoGrad(func() { m.GetParameter(original).Mul_(2) })
		sum, product := m.Forward(x, y)
		py.For(t).EqualTensors(key, []*torch.Tensor{sum, product})
	}
	check("pruned", "weight_orig", func(m *affine) { prune.L1Unstructured(m, "weight", 2) })
	check("parametrized", "parametrizations.weight.original",
		func(m *affine) { parametrize.RegisterParametrization(m, "weight", nn.NewReLU()) })
	check("normed", "weight_g", func(m *affine) { utils.WeightNorm(m) })
}

// All kinds of hooks run, in Python's order, see what Python's do, and may
// replace it.
func TestEnterRunsAllHooks(t *testing.T) {
	py := parity.Run(t, affineInPython+`
		m = affine()
		log = out["log"] = []
		def pre(module, args):
			log.append(f"pre {args[0].sum().item()} {args[1].sum().item()}")
			return args[0] * 3, args[1] + 1
		def post(module, args, outputs):
			log.append(f"post {args[0].sum().item()} {outputs[0].sum().item()} {outputs[1].sum().item()}")
			return outputs[0] * 2, outputs[1]
		def back(module, gi, go):
			log.append(f"back {gi[0].sum().item()} {gi[1].sum().item()} {go[0].sum().item()} {go[1].sum().item()}")
			return gi[0] * 5, None
		def back_pre(module, go):
			log.append(f"back_pre {go[0].sum().item()}")
			return go[0] * 7, go[1]
		m.register_forward_pre_hook(pre)
		m.register_forward_hook(post)
		m.register_full_backward_hook(back)
		m.register_full_backward_pre_hook(back_pre)
		a, b = m(x, y)
		(a + b * b).sum().backward()
		out["outputs"], out["grad"], out["weight"] = [a, b], x.grad, m.weight.grad
	`)
	m := newAffine()
	var log []string
	sum := func(t *torch.Tensor) string {
		if t == nil {
			return "None"
		}
		return fmt.Sprintf("%.1f", t.Sum().Item())
	}
	m.RegisterForwardPreHook(func(_ nn.AnyModule, in []*torch.Tensor) []*torch.Tensor {
		log = append(log, fmt.Sprintf("pre %s %s", sum(in[0]), sum(in[1])))
		return []*torch.Tensor{in[0].Mul(3), in[1].Add(1)}
	})
	m.RegisterForwardHook(func(_ nn.AnyModule, in, out []*torch.Tensor) []*torch.Tensor {
		log = append(log, fmt.Sprintf("post %s %s %s", sum(in[0]), sum(out[0]), sum(out[1])))
		return []*torch.Tensor{out[0].Mul(2), out[1]}
	})
	m.RegisterFullBackwardHook(func(_ nn.AnyModule, gi, grads []*torch.Tensor) []*torch.Tensor {
		log = append(log, fmt.Sprintf("back %s %s %s %s", sum(gi[0]), sum(gi[1]), sum(grads[0]), sum(grads[1])))
		return []*torch.Tensor{gi[0].Mul(5), nil}
	})
	m.RegisterFullBackwardPreHook(func(_ nn.AnyModule, grads []*torch.Tensor) []*torch.Tensor {
		log = append(log, "back_pre "+sum(grads[0]))
		return []*torch.Tensor{grads[0].Mul(7), grads[1]}
	})
	x, y := affineInputs()
	a, b := m.Forward(x, y)
	a.Add(b.Mul(b)).Sum().Backward()
	assert.Equal(t, py.Strings("log"), log)
	py.EqualTensors("outputs", []*torch.Tensor{a, b})
	py.EqualTensor("grad", x.Grad())
	py.EqualTensor("weight", m.Weight.Grad())
}

// scaled is a layer of the user's.
type scaled struct {
	nn.Module
	factor float64
}

func (m *scaled) Forward(x *torch.Tensor) (y *torch.Tensor) {
	defer nn.Enter(m, &x).Leave(&y)
	if m.factor == 0 {
		panic(torch.NewError("ValueError", "no factor"))
	}
	return x.Mul(m.factor)
}

// inherited has the Forward of scaled, derived calls it as super().forward().
type (
	inherited struct{ scaled }
	derived   struct{ scaled }
)

func (m *derived) Forward(x *torch.Tensor) (y *torch.Tensor) {
	defer nn.Enter(m, &x).Leave(&y)
	return m.scaled.Forward(x).Neg()
}

// ownLinear has the Forward of a layer of package nn.
type ownLinear struct{ nn.Linear }

// Hooks run once, whoever calls a layer, and whoever's Forward it has.
func TestEnterRunsHooksOnce(t *testing.T) {
	a, b, c := &scaled{factor: 2}, &inherited{scaled{factor: 2}}, &derived{scaled{factor: 2}}
	a.Init(a)
	b.Init(b)
	c.Init(c)
	d := &ownLinear{Linear: nn.Linear{InFeatures: 1, OutFeatures: 1, Weight: nn.NewParameter(torch.Full([]int64{1, 1}, 2.0))}}
	d.Init(d)
	for _, layer := range []nn.Layer{a, b, c, d} {
		sign := int64(1)
		if layer == c {
			sign = -1
		}
		ran := 0
		handle := layer.AsModule().RegisterForwardHook(func(m nn.AnyModule, _, out []*torch.Tensor) []*torch.Tensor {
			assert.Same(t, layer, m)
			ran++
			return []*torch.Tensor{out[0].Add(1)}
		})
		x := torch.Ones([]int64{1})
		want := float64(2*sign + 1)
		assert.Equal(t, want, layer.Forward(x).Item(), "%T", layer)
		assert.Equal(t, want, nn.Call(layer, x).Item(), "%T", layer)
		assert.Equal(t, want, nn.NewSequential(layer).Forward(x).Item(), "%T", layer)
		assert.Equal(t, 3, ran, "%T", layer)
		handle.Remove()
		assert.Equal(t, want-1, layer.Forward(x).Item(), "%T", layer)
	}
}

// A hook with AlwaysCall runs when Forward panics, and the panic goes on.
func TestEnterWithAlwaysCall(t *testing.T) {
	m := &scaled{}
	m.Init(m)
	ran := 0
	m.RegisterForwardHook(func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor {
		ran++
		return nil
	}, nn.AlwaysCall(true))
	m.RegisterForwardHook(func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor {
		ran += 10
		return nil
	})
	err := torch.Try(func() { m.Forward(torch.Ones(nil)) })
	require.ErrorIs(t, err, &torch.Error{Kind: "ValueError", Message: "no factor"})
	assert.Equal(t, 1, ran)
}

// Without hooks, Enter allocates nothing.
func TestEnterIsFreeWithoutHooks(t *testing.T) {
	m := newAffine()
	x := torch.Ones(nil)
	nothing := func(x *torch.Tensor) (y *torch.Tensor) {
		defer nn.Enter(m, &x).Leave(&y)
		return x
	}
	assert.Zero(t, testing.AllocsPerRun(100, func() { nothing(x) }))
}

func BenchmarkEnter(b *testing.B) {
	m := newAffine()
	x := torch.Ones(nil)
	nothing := func(x *torch.Tensor) (y *torch.Tensor) {
		defer nn.Enter(m, &x).Leave(&y)
		return x
	}
	for b.Loop() {
		nothing(x)
	}
}

type mixture struct {
	nn.Module
	share *torch.Tensor
}

func (m *mixture) Forward(x, y *torch.Tensor) (out *torch.Tensor) {
	defer nn.Enter(m, &x, &y).Leave(&out)
	return torch.Lerp(x, y, m.share)
}

func ExampleEnter() {
	// type mixture struct {
	// 	nn.Module
	// 	share *torch.Tensor
	// }
	//
	// func (m *mixture) Forward(x, y *torch.Tensor) (out *torch.Tensor) {
	// 	defer nn.Enter(m, &x, &y).Leave(&out)
	// 	return torch.Lerp(x, y, m.share)
	// }
	m := &mixture{share: nn.NewParameter(torch.NewTensor(0.25))}
	m.Init(m)
	m.RegisterForwardHook(func(_ nn.AnyModule, inputs, outputs []*torch.Tensor) []*torch.Tensor {
		fmt.Println(inputs[0].Item(), inputs[1].Item(), "->", outputs[0].Item())
		return nil
	})
	m.Forward(torch.NewTensor(2.0), torch.NewTensor(4.0))
	// Output: 2 4 -> 2.5
}
