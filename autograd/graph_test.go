package autograd_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestSavedTensorsHooks(t *testing.T) {
	py := parity.Run(t, `
		a = torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True)
		b = torch.tensor([3., 4.], dtype=torch.float64, requires_grad=True)
		log = []
		def pack(x):
			log.append("pack %s" % x.tolist())
			return x.detach() * 10
		def unpack(x):
			log.append("unpack %s" % x.tolist())
			return x / 10
		with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
			y = (a * b).exp()
			with torch.autograd.graph.saved_tensors_hooks(lambda x: 5, lambda n: torch.full((2,), n, dtype=torch.float64, device=a.device)):
				z = (a * b).sum()
		w = a * b
		out["packed"], log = sorted(log), []
		(y.sum() + z + w.sum()).backward()
		out["a"], out["b"], out["unpacked"] = a.grad, b.grad, sorted(log)
	`)
	a, b := leaf(1, 2), leaf(3, 4)
	packed, unpacked := 0, 0
	var y, z *torch.Tensor
	autograd.SavedTensorsHooks(func(x *torch.Tensor) *torch.Tensor {
		packed++
		return x.Detach().Mul(10)
	}, func(x *torch.Tensor) *torch.Tensor {
		unpacked++
		return x.Div(10)
	}, func() {
		y = a.Mul(b).Exp()
		autograd.SavedTensorsHooks(func(*torch.Tensor) float64 { return 5 },
			func(n float64) *torch.Tensor { return torch.Full([]int64{2}, n, torch.Float64) },
			func() { z = a.Mul(b).Sum() })
	})
	w := a.Mul(b)
	assert.Len(t, py.Strings("packed"), packed)
	y.Sum().Add(z).Add(w.Sum()).Backward()
	py.EqualTensor("a", a.Grad())
	py.EqualTensor("b", b.Grad())
	assert.Len(t, py.Strings("unpacked"), unpacked)
}

// Saved tensors that Go holds outlive the scope they were made in, and hooks
// work for all that runs inside: modules, functions, backward.
func TestSavedTensorsHooksAndScope(t *testing.T) {
	a := leaf(1, 2)
	var y *torch.Tensor
	identity := func(x *torch.Tensor) *torch.Tensor { return x.Detach() }
	torch.Scope(func() {
		autograd.SavedTensorsHooks(identity, identity, func() {
			y = torch.Keep(autograd.Apply1(&MyMul{2}, a, a.Mul(3)).Sum())
		})
	})
	y.Backward()
	assert.Equal(t, []float64{12, 24}, torch.Data[float64](a.Grad()))
}

func TestSaveOnCpu(t *testing.T) {
	a := leaf(1, 2)
	for _, pin := range []bool{false, true} {
		var y *torch.Tensor
		autograd.SaveOnCpu(pin, func() { y = a.Mul(a).Exp().Sum() })
		a.SetGrad(nil)
		y.Backward()
		want := torch.Grad(list(a.Mul(a).Exp().Sum()), list(a))[0]
		assert.True(t, torch.Equal(want, a.Grad()))
	}
}

func TestSavedTensorsHooksMisuse(t *testing.T) {
	const setup = "from torch.autograd.graph import *\na = torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True)\n"
	a := leaf(1, 2)
	identity := func(x *torch.Tensor) *torch.Tensor { return x.Detach() }
	hooked := func(fn func()) { autograd.SavedTensorsHooks(identity, identity, fn) }
	sameRefusals(t, []refusal{
		{"disabled", setup + "with disable_saved_tensors_hooks('not here'):\n\twith saved_tensors_hooks(lambda x: x, lambda x: x): pass", func() {
			autograd.DisableSavedTensorsHooks("not here", func() { hooked(func() {}) })
		}},
		{"in use", setup + "with saved_tensors_hooks(lambda x: x, lambda x: x):\n\twith disable_saved_tensors_hooks('not here'): pass", func() {
			hooked(func() { autograd.DisableSavedTensorsHooks("not here", func() {}) })
		}},
		{"in place", setup + "with saved_tensors_hooks(lambda x: x.mul_(2), lambda x: x):\n\t(a * 1).exp()", func() {
			autograd.SavedTensorsHooks(func(x *torch.Tensor) *torch.Tensor { return x.Mul_(2) }, identity, func() { a.Mul(1).Exp() })
		}},
		{"nothing", setup + "with saved_tensors_hooks(lambda x: x, lambda x: None):\n\ty = a.exp()\ny.sum().backward()", func() {
			var y *torch.Tensor
			autograd.SavedTensorsHooks(identity, func(*torch.Tensor) *torch.Tensor { return nil }, func() { y = a.Exp() })
			y.Sum().Backward()
		}},
		{"callback", setup + "queue_callback(print)", func() { autograd.QueueCallback(func() {}) }},
	})
	thrown := new(int)
	assert.PanicsWithValue(t, thrown, func() {
		autograd.SavedTensorsHooks(func(*torch.Tensor) int { panic(thrown) }, func(int) *torch.Tensor { return nil },
			func() { a.Exp() })
	})
	autograd.DisableSavedTensorsHooks("outer", func() {
		autograd.DisableSavedTensorsHooks("inner", func() {})
		assert.ErrorContains(t, torch.Try(func() { hooked(func() {}) }), "outer")
	})
	hooked(func() {})
}

func TestMultiGradHook(t *testing.T) {
	py := parity.Run(t, `
		a = torch.tensor([1., 2.], requires_grad=True)
		b = torch.tensor([3., 4.], requires_grad=True)
		c, d = a * b, a * b
		log = []
		h = torch.autograd.graph.register_multi_grad_hook((a, b, c, d), lambda gs: log.append(str([g is not None for g in gs])))
		h2 = torch.autograd.graph.register_multi_grad_hook((c, b), lambda g: log.append("any"), mode="any")
		c.sum().backward(retain_graph=True)
		c.sum().backward(inputs=(a,), retain_graph=True)
		(c + d).sum().backward(retain_graph=True)
		h.remove(); h2.remove()
		c.sum().backward()
		out["log"] = log
	`)
	a, b := leaf(1, 2), leaf(3, 4)
	c, d := a.Mul(b), a.Mul(b)
	var log []string
	h := autograd.RegisterMultiGradHook(list(a, b, c, d), func(grads []*torch.Tensor) {
		var there []string
		for _, g := range grads {
			there = append(there, map[bool]string{true: "True", false: "False"}[g != nil])
		}
		log = append(log, "["+strings.Join(there, ", ")+"]")
	})
	h2 := autograd.RegisterMultiGradHookAny(list(c, b), func(*torch.Tensor) { log = append(log, "any") })
	c.Sum().Backward(torch.RetainGraph(true))
	c.Sum().Backward(torch.RetainGraph(true), torch.Inputs(a))
	c.Add(d).Sum().Backward(torch.RetainGraph(true))
	h.Remove()
	h2.Remove()
	c.Sum().Backward()
	assert.Equal(t, py.Strings("log"), log)
}

func TestQueueCallbackAndIncrementVersion(t *testing.T) {
	a := leaf(1, 2)
	var log []string
	a.RegisterHook(func(*torch.Tensor) *torch.Tensor {
		autograd.QueueCallback(func() { log = append(log, "done") })
		log = append(log, "hook")
		return nil
	})
	a.Sum().Backward()
	assert.Equal(t, []string{"hook", "done"}, log)

	x := torch.NewTensor([]float64{1, 2})
	before := x.Version()
	y := a.Mul(x).Sum()
	autograd.IncrementVersion(x, x)
	assert.Equal(t, before+2, x.Version())
	require.ErrorContains(t, torch.Try(func() { y.Backward() }), "modified by an inplace operation")
}

func TestDetectAnomaly(t *testing.T) {
	var warnings []string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { warnings = append(warnings, w.Message) }))
	py := parity.RunError(t, `
		x = torch.tensor([0.], requires_grad=True)
		with torch.autograd.detect_anomaly():
			y = torch.sqrt(x) * 0
			y.backward()
	`)
	err := torch.Try(func() {
		autograd.DetectAnomaly(func() {
			x := torch.NewTensor([]float32{0}, torch.RequiresGrad(true))
			y := torch.Sqrt(x).Mul(0)
			y.Backward()
		})
	})
	require.ErrorIs(t, err, &torch.Error{Kind: py.Error.Type, Message: py.Error.Message})
	require.Len(t, warnings, 2)
	assert.Equal(t, py.Warnings[0].Message, warnings[0])
	assert.Contains(t, warnings[1], "Error detected in SqrtBackward0. Traceback of forward call that caused the error:\n")
	assert.Contains(t, warnings[1], "autograd_test.TestDetectAnomaly.")
	assert.Contains(t, warnings[1], "graph_test.go:")
	assert.False(t, torch.IsAnomalyEnabled())

	x := torch.NewTensor([]float32{0}, torch.RequiresGrad(true))
	autograd.DetectAnomaly(func() {
		assert.True(t, torch.IsAnomalyEnabled())
		assert.False(t, torch.IsAnomalyCheckNanEnabled())
		torch.Sqrt(x).Mul(0).Backward()
	}, autograd.CheckNan(false))
	assert.True(t, torch.Isnan(x.Grad()).Item() == 1)

	// Without the mode in forward there is no stack to show.
	y := torch.Sqrt(x).Mul(0)
	require.Error(t, torch.Try(func() { autograd.DetectAnomaly(func() { y.Backward() }) }))
	assert.Contains(t, warnings[len(warnings)-1], "No forward pass information available.")
}
