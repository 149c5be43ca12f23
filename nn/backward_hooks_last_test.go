package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// The older kind of backward hooks sees the gradients of the last operation, and
// warns as Python does.
func TestBackwardHooks(t *testing.T) {
	py := parity.Run(t, `
		import warnings
		torch.manual_seed(0)
		class Two(nn.Module):
			def forward(self, x, y): return x * y, x + y
		def hook(module, gi, go):
			seen.append("%d %d %s" % (len(gi), len(go), gi[0] is None))
			grads.extend([g for g in (*gi, *go) if g is not None])
			return tuple(None if g is None else g * 2 for g in gi)
		out["seen"], out["grads"], out["x"], out["warnings"] = [], [], [], []
		for m, n in ((nn.Linear(3, 2), 1), (nn.ReLU(), 1), (nn.Sequential(nn.Linear(3, 3), nn.Tanh()), 1), (Two(), 2),
				(nn.MultiheadAttention(3, 1), 3)):
			seen, grads = [], []
			handle = m.register_backward_hook(hook)
			x = torch.randn(4, 3, requires_grad=True)
			with warnings.catch_warnings(record=True) as w:
				warnings.simplefilter("always")
				y = m(*[x * 1] * n)
			y = y[0] if isinstance(y, tuple) else y
			y.sin().sum().backward()
			out["seen"].append(str(seen)); out["grads"] += grads; out["x"].append(x.grad)
			out["warnings"].append(w[-1].category.__name__ + ": " + str(w[-1].message) if w else "")
			handle.remove()
		m, errors = nn.ReLU(), []
		def error(fn):
			try: fn(hook)
			except RuntimeError as e: errors.append(str(e))
		m.register_backward_hook(hook).remove()
		error(m.register_full_backward_hook)
		m = nn.ReLU()
		m.register_full_backward_hook(hook).remove()
		error(m.register_backward_hook)
		out["errors"] = errors
	`)
	torch.ManualSeed(0)
	var seen, warnings []string
	var grads, xs []*torch.Tensor
	var log []string
	hook := func(_ nn.AnyModule, gi, grad []*torch.Tensor) (doubled []*torch.Tensor) {
		first := "False"
		if gi[0] == nil {
			first = "True"
		}
		log = append(log, fmt.Sprintf("'%d %d %s'", len(gi), len(grad), first))
		for _, g := range gi {
			if g == nil {
				doubled = append(doubled, nil)
				continue
			}
			grads = append(grads, g)
			doubled = append(doubled, g.Mul(2))
		}
		for _, g := range grad {
			if g != nil {
				grads = append(grads, g)
			}
		}
		return doubled
	}
	run := func(m nn.AnyModule, forward func(x *torch.Tensor) *torch.Tensor) {
		log = nil
		handle := m.AsModule().RegisterBackwardHook(hook)
		defer handle.Remove()
		x := torch.Randn([]int64{4, 3}, torch.RequiresGrad(true))
		text := ""
		before := torch.SetWarningHandler(func(w torch.Warning) { text = w.Category + ": " + w.Message })
		y := forward(x.Mul(1))
		torch.SetWarningHandler(before)
		y.Sin().Sum().Backward()
		seen, xs, warnings = append(seen, fmt.Sprint(log)), append(xs, x.Grad()), append(warnings, text)
	}
	linear, relu := nn.NewLinear(3, 2), nn.NewReLU()
	sequential := nn.NewSequential(nn.NewLinear(3, 3), nn.NewTanh())
	two, attention := newProducts(), nn.NewMultiheadAttention(3, 1)
	run(linear, linear.Forward)
	run(relu, relu.Forward)
	run(sequential, sequential.Forward)
	run(two, func(x *torch.Tensor) *torch.Tensor {
		product, _ := two.Forward(x, x)
		return product
	})
	run(attention, func(x *torch.Tensor) *torch.Tensor {
		y, _ := attention.Forward(x, x, x)
		return y
	})
	assert.Equal(t, py.Strings("seen"), seen)
	py.EqualTensors("grads", grads)
	py.EqualTensors("x", xs)
	assert.Equal(t, py.Strings("warnings"), warnings)

	full := func(m nn.AnyModule) *nn.RemovableHandle {
		return m.AsModule().RegisterFullBackwardHook(nn.FullBackwardHook(hook))
	}
	last := func(m nn.AnyModule) *nn.RemovableHandle { return m.AsModule().RegisterBackwardHook(hook) }
	var errors []string
	for _, kinds := range [][2]func(nn.AnyModule) *nn.RemovableHandle{{last, full}, {full, last}} {
		m := nn.NewReLU()
		kinds[0](m).Remove()
		errors = append(errors, torch.Try(func() { kinds[1](m) }).(*torch.Error).Message)
	}
	assert.Equal(t, py.Strings("errors"), errors)
}

// products has two outputs, of two operations.
type products struct{ nn.Module }

func newProducts() *products {
	m := &products{}
	m.Init(m)
	return m
}

func (m *products) Forward(x, y *torch.Tensor) (product, sum *torch.Tensor) {
	defer nn.Enter(m, &x, &y).Leave(&product, &sum)
	return x.Mul(y), x.Add(y)
}

// A libtorch without Intel GPUs says so.
func TestXpu(t *testing.T) {
	py := parity.Run(t, `
		try: nn.Linear(1, 1).xpu()
		except AssertionError as e: out["error"] = str(e)
	`)
	err := torch.Try(func() { nn.NewLinear(1, 1).Xpu() })
	assert.ErrorIs(t, err, &torch.Error{Kind: "AssertionError", Message: py.Text("error")})
}
