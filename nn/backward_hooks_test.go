package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestFullBackwardHooks(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(0)
		m = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
		x = torch.randn(5, 3, requires_grad=True)
		log, seen = [], []
		def hook(name):
			def fn(module, gi, go):
				log.append("%s %s %d %d" % (name, type(module).__name__, len(gi), len(go)))
				seen.extend([gi[0], go[0]])
			return fn
		def pre(module, go):
			log.append("pre " + type(module).__name__)
			return (go[0] * 3,)
		def double(module, gi, go): return (gi[0] * 2,)
		hs = [m[0].register_full_backward_hook(hook("a")), m[2].register_full_backward_hook(hook("c")),
			m[2].register_full_backward_hook(double, prepend=True), m[1].register_full_backward_pre_hook(pre)]
		hs.append(torch.nn.modules.module.register_module_full_backward_hook(hook("all")))
		y = m(x)
		out["fn"] = y.grad_fn.name()
		y.sin().sum().backward()
		out["x"], out["params"] = x.grad.clone(), [p.grad.clone() for p in m.parameters()]
		out["seen"], out["log"] = seen, log
		for h in hs: h.remove()
		x.grad = None
		m(x).sum().backward()
		out["after"] = x.grad
	`)
	torch.ManualSeed(0)
	m := nn.NewSequential(nn.NewLinear(3, 4), nn.NewReLU(), nn.NewLinear(4, 2))
	x := torch.Randn([]int64{5, 3}, torch.RequiresGrad(true))
	var log []string
	var seen []*torch.Tensor
	names := map[nn.AnyModule]string{m: "Sequential", m.At(0): "Linear", m.At(1): "ReLU", m.At(2): "Linear"}
	hook := func(name string) nn.FullBackwardHook {
		return func(module nn.AnyModule, gi, grads []*torch.Tensor) []*torch.Tensor {
			log = append(log, fmt.Sprintf("%s %s %d %d", name, names[module], len(gi), len(grads)))
			seen = append(seen, gi[0], grads[0])
			return nil
		}
	}
	handles := []*nn.RemovableHandle{
		m.At(0).AsModule().RegisterFullBackwardHook(hook("a")),
		m.At(2).AsModule().RegisterFullBackwardHook(hook("c")),
		m.At(2).AsModule().RegisterFullBackwardHook(func(_ nn.AnyModule, gi, _ []*torch.Tensor) []*torch.Tensor {
			return []*torch.Tensor{gi[0].Mul(2)}
		}, nn.Prepend(true)),
		m.At(1).AsModule().RegisterFullBackwardPreHook(func(module nn.AnyModule, grads []*torch.Tensor) []*torch.Tensor {
			log = append(log, "pre "+names[module])
			return []*torch.Tensor{grads[0].Mul(3)}
		}),
		nn.RegisterModuleFullBackwardHook(hook("all")),
	}
	y := m.Forward(x)
	assert.Equal(t, py.Text("fn"), y.GradFn().Name())
	y.Sin().Sum().Backward()
	py.EqualTensor("x", x.Grad())
	var grads []*torch.Tensor
	for _, p := range m.Parameters() {
		grads = append(grads, p.Grad().Clone())
	}
	py.EqualTensors("params", grads)
	py.EqualTensors("seen", seen)
	assert.Equal(t, py.Strings("log"), log)
	for _, h := range handles {
		h.Remove()
	}
	x.SetGrad(nil)
	m.Forward(x).Sum().Backward()
	py.EqualTensor("after", x.Grad())
}

func TestFullBackwardHooksMisuse(t *testing.T) {
	const setup = "m = torch.nn.ReLU()\nx = torch.ones(2, requires_grad=True)\n"
	x := torch.Ones([]int64{2}, torch.RequiresGrad(true))
	with := func(post nn.FullBackwardHook, pre nn.FullBackwardPreHook) func() {
		return func() {
			m := nn.NewReLU()
			if post != nil {
				m.RegisterFullBackwardHook(post)
			}
			if pre != nil {
				m.RegisterFullBackwardPreHook(pre)
			}
			m.Forward(x).Sum().Backward()
		}
	}
	two := []*torch.Tensor{x, x}
	for _, c := range []struct {
		name, python string
		run          func()
	}{
		{"grad_input", "m.register_full_backward_hook(lambda m, gi, go: (x, x))\nm(x).sum().backward()",
			with(func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor { return two }, nil)},
		{"grad_output", "m.register_full_backward_pre_hook(lambda m, go: (x, x))\nm(x).sum().backward()",
			with(nil, func(nn.AnyModule, []*torch.Tensor) []*torch.Tensor { return two })},
	} {
		t.Run(c.name, func(t *testing.T) {
			py := parity.RunError(t, setup+c.python)
			err := torch.Try(c.run)
			assert.ErrorIs(t, err, &torch.Error{Kind: py.Error.Type, Message: py.Error.Message})
		})
	}

	// Without a gradient of the inputs the hook still sees that of the output.
	var warning string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { warning = w.Message }))
	m := nn.NewLinear(2, 2)
	var got []*torch.Tensor
	m.RegisterFullBackwardHook(func(_ nn.AnyModule, gi, grads []*torch.Tensor) []*torch.Tensor {
		got = append(gi, grads...)
		return nil
	})
	m.Forward(torch.Ones([]int64{1, 2})).Sum().Backward()
	assert.Len(t, got, 2)
	assert.Nil(t, got[0])
	assert.Equal(t, []float32{1, 1}, torch.Data[float32](got[1]))
	assert.Contains(t, warning, "Full backward hook is firing when gradients are computed with respect to module outputs")
}
