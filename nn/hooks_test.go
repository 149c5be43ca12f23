package nn_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// Hooks run in Python's order and may replace inputs and outputs.
func TestForwardHooks(t *testing.T) {
	py := parity.Run(t, `
		from torch.nn.modules import module as M
		log = out["log"] = []
		m = nn.Sequential(nn.Identity(), nn.ReLU())
		def pre(name, add):
			def hook(module, args):
				log.append(f"{name} {type(module).__name__} {args[0].item()}")
				if add: return (args[0] + add,)
			return hook
		def post(name, add):
			def hook(module, args, output):
				log.append(f"{name} {type(module).__name__} {args[0].item()} {output.item()}")
				if add: return output + add
			return hook
		handles = [
			m[0].register_forward_pre_hook(pre("a", 1)),
			m[0].register_forward_pre_hook(pre("b", 2), prepend=True),
			m[0].register_forward_hook(post("c", 10)),
			m[0].register_forward_hook(post("d", 0), prepend=True),
			m.register_forward_hook(post("e", 100)),
			M.register_module_forward_pre_hook(pre("f", 0)),
			M.register_module_forward_hook(post("g", 0)),
		]
		out["y"] = m(torch.tensor(1.))
		for h in handles: h.remove()
		out["z"] = m(torch.tensor(1.))
	`)
	var log []string
	m := nn.NewSequential(nn.NewIdentity(), nn.NewReLU())
	number := func(x *torch.Tensor) string { return fmt.Sprintf("%.1f", x.Item()) }
	pre := func(name string, add float64) nn.ForwardPreHook {
		return func(module nn.AnyModule, inputs []*torch.Tensor) []*torch.Tensor {
			typ, _, _ := cutTypeName(module)
			log = append(log, name+" "+typ+" "+number(inputs[0]))
			if add == 0 {
				return nil
			}
			return []*torch.Tensor{inputs[0].Add(add)}
		}
	}
	post := func(name string, add float64) nn.ForwardHook {
		return func(module nn.AnyModule, inputs, outputs []*torch.Tensor) []*torch.Tensor {
			typ, _, _ := cutTypeName(module)
			log = append(log, name+" "+typ+" "+number(inputs[0])+" "+number(outputs[0]))
			if add == 0 {
				return nil
			}
			return []*torch.Tensor{outputs[0].Add(add)}
		}
	}
	first := m.At(0).AsModule()
	handles := []*nn.RemovableHandle{
		first.RegisterForwardPreHook(pre("a", 1)),
		first.RegisterForwardPreHook(pre("b", 2), nn.Prepend(true)),
		first.RegisterForwardHook(post("c", 10)),
		first.RegisterForwardHook(post("d", 0), nn.Prepend(true)),
		m.RegisterForwardHook(post("e", 100)),
		nn.RegisterModuleForwardPreHook(pre("f", 0)),
		nn.RegisterModuleForwardHook(post("g", 0)),
	}
	x := torch.NewTensor(float32(1))
	py.EqualTensor("y", m.Forward(x))
	assert.Equal(t, py.Strings("log"), log)
	for _, h := range handles {
		h.Remove()
		h.Remove()
	}
	py.EqualTensor("z", m.Forward(x))
	assert.Equal(t, py.Strings("log"), log)
}

// Every layer runs its hooks, once, whoever calls it.
func TestEveryLayerRunsItsHooks(t *testing.T) {
	for _, c := range layerCases {
		m := c.golang()
		calls := 0
		m.AsModule().RegisterForwardHook(func(module nn.AnyModule, inputs, outputs []*torch.Tensor) []*torch.Tensor {
			assert.Same(t, m, module)
			assert.Len(t, inputs, 1)
			calls++
			return outputs
		})
		recordWarnings(t)
		m.Forward(torch.Ones(c.shape))
		nn.Call(m, torch.Ones(c.shape))
		assert.Equal(t, 2, calls, c.python)
	}
	calls := 0
	count := func(_ nn.AnyModule, inputs, outputs []*torch.Tensor) []*torch.Tensor {
		calls += len(inputs)
		return nil
	}
	x := torch.Ones([]int64{1, 1})
	for _, m := range []loss{nn.NewMSELoss(), nn.NewL1Loss()} {
		m.AsModule().RegisterForwardHook(count)
		m.Forward(x, x)
	}
	for _, m := range []loss{nn.NewNLLLoss(), nn.NewCrossEntropyLoss()} {
		m.AsModule().RegisterForwardHook(count)
		m.Forward(x, torch.NewTensor([]int{0}))
	}
	assert.Equal(t, 8, calls)
	pool := nn.NewMaxPool2d(1)
	pool.RegisterForwardHook(func(_ nn.AnyModule, _, outputs []*torch.Tensor) []*torch.Tensor {
		return []*torch.Tensor{outputs[1], outputs[0]}
	})
	indices, y := pool.ForwardWithIndices(torch.Ones([]int64{1, 1, 1}))
	assert.Equal(t, torch.Int64, indices.DType())
	assert.Equal(t, torch.Float32, y.DType())
}

// Doubler is a user's layer.
type Doubler struct{ nn.Module }

func (d *Doubler) Forward(x *torch.Tensor) *torch.Tensor { return x.Mul(2) }

func TestCallRunsTheHooksOfUsersModules(t *testing.T) {
	d := &Doubler{}
	d.Init(d)
	x := torch.NewTensor(1.0)
	assert.Equal(t, 2.0, nn.Call(d, x).Item())
	h := d.RegisterForwardHook(func(_ nn.AnyModule, _, outputs []*torch.Tensor) []*torch.Tensor {
		return []*torch.Tensor{outputs[0].Add(1)}
	})
	assert.Equal(t, 3.0, nn.Call(d, x).Item())
	assert.Equal(t, 3.0, nn.NewSequential(d).Forward(x).Item())
	assert.Equal(t, 2.0, d.Forward(x).Item())
	h.Remove()
	assert.Equal(t, 2.0, nn.Call(d, x).Item())
}

// A hook may remove itself while it runs.
func TestHookRemovesItself(t *testing.T) {
	m := nn.NewIdentity()
	var h *nn.RemovableHandle
	calls, after := 0, 0
	h = m.RegisterForwardHook(func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor {
		calls++
		h.Remove()
		return nil
	})
	m.RegisterForwardHook(func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor {
		after++
		return nil
	})
	x := torch.Ones(nil)
	m.Forward(x)
	m.Forward(x)
	assert.Equal(t, 1, calls)
	assert.Equal(t, 2, after)
}

// Hooks with AlwaysCall run when Forward panics, and cannot hide the panic.
func TestAlwaysCall(t *testing.T) {
	m := nn.NewLinear(2, 2)
	var log []string
	hook := func(name string, panics bool) nn.ForwardHook {
		return func(_ nn.AnyModule, _, outputs []*torch.Tensor) []*torch.Tensor {
			log = append(log, fmt.Sprint(name, len(outputs)))
			if panics {
				panic(torch.NewError("ValueError", "of the hook"))
			}
			return nil
		}
	}
	m.RegisterForwardHook(hook("a", false))
	m.RegisterForwardHook(hook("b", true), nn.AlwaysCall(true))
	m.RegisterForwardHook(hook("c", false), nn.AlwaysCall(true))
	warnings := recordWarnings(t)
	assert.ErrorContains(t, torch.Try(func() { m.Forward(torch.Ones([]int64{1, 3})) }), "cannot be multiplied")
	assert.Equal(t, []string{"b0", "c0"}, log)
	assert.Len(t, *warnings, 1)
	log = nil
	assert.ErrorContains(t, torch.Try(func() { m.Forward(torch.Ones([]int64{1, 2})) }), "of the hook")
	assert.Equal(t, []string{"a1", "b1", "c1"}, log)
}

func TestHooksWithTheWrongNumberOfTensors(t *testing.T) {
	m := nn.NewIdentity()
	h := m.RegisterForwardPreHook(func(nn.AnyModule, []*torch.Tensor) []*torch.Tensor { return make([]*torch.Tensor, 2) })
	x := torch.Ones(nil)
	assert.ErrorContains(t, torch.Try(func() { m.Forward(x) }),
		"Identity.forward() takes 2 positional arguments but 3 were given")
	h.Remove()
	m.RegisterForwardHook(func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor { return []*torch.Tensor{} })
	assert.ErrorContains(t, torch.Try(func() { m.Forward(x) }), "returned 0 outputs instead of 1")
}

// A warning names the program's line however deep in the library it is issued.
func TestWarningBelowHooks(t *testing.T) {
	var lines []int
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { lines = append(lines, w.Line) }))
	loss := nn.NewMSELoss()
	loss.RegisterForwardPreHook(func(nn.AnyModule, []*torch.Tensor) []*torch.Tensor { return nil })
	x, y := torch.Ones([]int64{3, 1}), torch.Ones([]int64{3})
	_, _, here, _ := runtime.Caller(0)
	for range 2 {
		loss.Forward(x, y)
	}
	loss.Forward(x, y)
	assert.Equal(t, []int{here + 2, here + 4}, lines)
}
