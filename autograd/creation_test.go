package autograd_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// errorText is the message of the *torch.Error that fn panics with.
func errorText(t *testing.T, fn func()) string {
	t.Helper()
	var e *torch.Error
	require.ErrorAs(t, torch.Try(fn), &e)
	return e.Message
}

func TestNodeCreationHook(t *testing.T) {
	py := parity.Run(t, myMul+`
x = torch.tensor([1., 2.], requires_grad=True)
log = []
hook = torch.autograd.graph.node_creation_hook
with hook(lambda n: log.append("outer " + n.name())):
	with hook(lambda n: log.append("inner %s %d" % (n.name(), len(n.next_functions)))):
		z = (MyMul.apply(x, x, 2.) * x).sum()
	y = x.exp()
	g, = torch.autograd.grad(y.sum(), x, create_graph=True)
	g.sum().backward()
x.exp()
out["log"] = log
try:
	with hook(lambda n: x * 2): x * 3
except RuntimeError as e: out["error"] = str(e)
`)
	x := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	var log []string
	var z *torch.Tensor // keeps the leaf's node
	autograd.NodeCreationHook(func(n *autograd.Node) { log = append(log, "outer "+n.Name()) }, func() {
		autograd.NodeCreationHook(func(n *autograd.Node) {
			log = append(log, fmt.Sprintf("inner %s %d", n.Name(), len(n.NextFunctions())))
		}, func() { z = autograd.Apply1(&MyMul{2}, x, x).Mul(x).Sum() })
		y := x.Exp()
		g := torch.Grad(list(y.Sum()), list(x), torch.CreateGraph(true))[0]
		g.Sum().Backward()
	})
	x.Exp()
	assert.NotNil(t, z.GradFn())
	assert.Equal(t, py.Strings("log"), log)
	assert.Equal(t, py.Text("error"), errorText(t, func() {
		autograd.NodeCreationHook(func(*autograd.Node) { x.Mul(2) }, func() { x.Mul(3) })
	}))
}

// Hooks that a creation hook registers run in backward, and a panic ends the
// mode.
func TestNodeCreationHookRegisters(t *testing.T) {
	x := leaf(1, 2)
	ran := map[string]bool{}
	var y *torch.Tensor
	autograd.NodeCreationHook(func(n *autograd.Node) {
		name := n.Name()
		n.RegisterPrehook(func([]*torch.Tensor) []*torch.Tensor { ran[name] = true; return nil })
	}, func() { y = x.Exp().Sum() })
	y.Backward()
	assert.Equal(t, map[string]bool{"torch::autograd::AccumulateGrad": true, "ExpBackward0": true, "SumBackward0": true}, ran)

	assert.PanicsWithValue(t, "stop", func() {
		autograd.NodeCreationHook(func(*autograd.Node) { panic("stop") }, func() { x.Exp() })
	})
	assert.NotPanics(t, func() { x.Exp() })
}

func TestEnforceGradLayoutPolicy(t *testing.T) {
	py := parity.Run(t, `
		def strides():
			p = torch.ones(2, 3, 4).permute(2, 0, 1).requires_grad_()
			g = torch.ones(4, 2, 3)
			p.backward(g)
			a = p.grad.stride()
			p = torch.ones(2, 3, 4).permute(2, 0, 1).requires_grad_()
			p.exp().backward(g)
			(p * 2).sum().backward()
			return str((a, p.grad.stride()))
		out["on"] = strides()
		with torch.autograd.enforce_grad_layout_policy(False):
			out["off"] = strides()
			with torch.autograd.enforce_grad_layout_policy(True): out["inner"] = strides()
		out["after"] = strides()
	`)
	strides := func() string {
		made := func() *torch.Tensor { return torch.Ones([]int64{2, 3, 4}).Permute(2, 0, 1).RequiresGrad_() }
		tuple := func(s []int64) string { return fmt.Sprintf("(%d, %d, %d)", s[0], s[1], s[2]) }
		p, g := made(), torch.Ones([]int64{4, 2, 3})
		p.Backward(torch.WithGradient(g))
		a := tuple(p.Grad().Stride())
		p = made()
		p.Exp().Backward(torch.WithGradient(g))
		p.Mul(2).Sum().Backward()
		return fmt.Sprintf("(%s, %s)", a, tuple(p.Grad().Stride()))
	}
	assert.NotEqual(t, py.Text("on"), py.Text("off"))
	assert.Equal(t, py.Text("on"), strides())
	autograd.EnforceGradLayoutPolicy(false, func() {
		assert.Equal(t, py.Text("off"), strides())
		autograd.EnforceGradLayoutPolicy(true, func() { assert.Equal(t, py.Text("inner"), strides()) })
	})
	assert.Equal(t, py.Text("after"), strides())
}

func TestSetOutputGradDtype(t *testing.T) {
	py := parity.Run(t, `
		class F(torch.autograd.Function):
			@staticmethod
			def forward(ctx, x, *dtypes):
				ctx.set_output_grad_dtype(*dtypes)
				idx = torch.arange(2)
				ctx.mark_non_differentiable(idx)
				return x * 2, x * 3, idx
			@staticmethod
			def backward(ctx, g, h, _):
				got.append("%s %s" % (g.dtype, h.dtype))
				return g.float() * 2 + h.float() * 3, *[None] * 3
		x = torch.ones(2, requires_grad=True)
		got = []
		def run(*dtypes):
			y, z, _ = F.apply(x, *dtypes)
			(y.double() + z.double()).sum().backward()
			y, z, _ = F.apply(x, *dtypes)
			y.backward(torch.ones(2, dtype=torch.float64))
		for d in [(torch.float64, None, None), (None, torch.float32, None), (torch.float32, torch.float16, None)]:
			run(*d)
		out["got"], out["grad"] = got, x.grad
		errors = []
		for d in [(torch.float64,) * 3, (torch.float64,)]:
			try: run(*d)
			except RuntimeError as e: errors.append(str(e))
		class G(torch.autograd.Function):
			@staticmethod
			def forward(ctx, x):
				ctx.set_output_grad_dtype()
				ctx.set_output_grad_dtype(None)
				return x * 2
		try: G.apply(x)
		except RuntimeError as e: errors.append(str(e))
		out["errors"] = errors
	`)
	x := torch.Ones([]int64{2}, torch.RequiresGrad(true))
	var got []string
	run := func(dtypes ...torch.DType) {
		f := &fn{
			forward: func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
				ctx.SetOutputGradDtype(dtypes...)
				idx := torch.Arange(2)
				ctx.MarkNonDifferentiable(idx)
				return list(in[0].Mul(2), in[0].Mul(3), idx)
			},
			backward: func(_ *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor {
				got = append(got, fmt.Sprint(g[0].DType(), " ", g[1].DType()))
				return list(g[0].Float().Mul(2).Add(g[1].Float().Mul(3)))
			},
		}
		y := autograd.Apply(f, x)
		y[0].Double().Add(y[1].Double()).Sum().Backward()
		autograd.Apply(f, x)[0].Backward(torch.WithGradient(torch.Ones([]int64{2}, torch.Float64)))
	}
	run(torch.Float64, 0, 0)
	run(0, torch.Float32, 0)
	run(torch.Float32, torch.Float16, 0)
	assert.Equal(t, py.Strings("got"), got)
	py.EqualTensor("grad", x.Grad())
	twice := &fn{forward: func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
		ctx.SetOutputGradDtype()
		ctx.SetOutputGradDtype(0)
		return in
	}}
	assert.Equal(t, py.Strings("errors"), []string{
		errorText(t, func() { run(torch.Float64, torch.Float64, torch.Float64) }),
		errorText(t, func() { run(torch.Float64) }),
		errorText(t, func() { autograd.Apply(twice, x) }),
	})
}

func TestInputGradBuffers(t *testing.T) {
	py := parity.Run(t, `
		class F(torch.autograd.Function):
			@staticmethod
			def forward(ctx, x, none, w): return x * w
			@staticmethod
			def backward(ctx, g):
				got.append(str([None if b is None else b.tolist() for b in ctx.input_grad_buffers]))
				x, _, w = ctx.input_grad_buffers
				if inner: inner()
				if x is None: return g * 2, None, g
				x.add_(g * 2)
				return None, None, g
		got, inner = [], None
		x = torch.tensor([1., 2.], requires_grad=True)
		w = torch.tensor([2., 2.], requires_grad=True)
		def loss(first):
			a = (x * 5).sum() if first else None
			y = F.apply(x, None, w).sum()
			return y + a if first else y + (x * 7).sum() + F.apply(x, None, w).sum()
		loss(True).backward()
		loss(False).backward()
		out["x"], out["w"] = x.grad, w.grad
		out["grad"] = torch.autograd.grad(loss(False), x)[0]
		out["got"] = list(got)
		errors = []
		def wrong(f):
			try: f()
			except RuntimeError as e: errors.append(str(e))
		wrong(lambda: torch.autograd.grad(loss(True), x, create_graph=True))
		inner = lambda: (x.detach().requires_grad_() * 2).sum().backward()
		wrong(lambda: loss(False).backward())
		inner = None
		y = F.apply(x, None, w)
		y.grad_fn.register_hook(lambda a, b: None)
		wrong(lambda: y.sum().backward())
		def during():
			with torch.autograd.detect_anomaly(): loss(True).backward()
		wrong(during)
		out["errors"] = errors
	`)
	x := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	w := torch.NewTensor([]float32{2, 2}, torch.RequiresGrad(true))
	var got []string
	var inner func()
	var last *autograd.FunctionCtx
	var stale *torch.Tensor
	f := &fn{
		forward: func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
			last = ctx
			return list(in[0].Mul(in[2]))
		},
		backward: func(ctx *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor {
			buffers := ctx.InputGradBuffers()
			got = append(got, bufferText(buffers))
			if inner != nil {
				inner()
			}
			if buffers[0] == nil {
				return list(g[0].Mul(2), nil, g[0])
			}
			stale = buffers[0].Add_(g[0].Mul(2))
			return list(nil, nil, g[0])
		},
	}
	loss := func(first bool) *torch.Tensor {
		if first {
			a := x.Mul(5).Sum()
			return autograd.Apply1(f, x, nil, w).Sum().Add(a)
		}
		y := autograd.Apply1(f, x, nil, w).Sum()
		return y.Add(x.Mul(7).Sum()).Add(autograd.Apply1(f, x, nil, w).Sum())
	}
	loss(true).Backward()
	loss(false).Backward()
	py.EqualTensor("x", x.Grad())
	py.EqualTensor("w", w.Grad())
	py.EqualTensor("grad", torch.Grad(list(loss(false)), list(x))[0])
	assert.Equal(t, py.Strings("got"), got)
	assert.Panics(t, func() { stale.Sum() })

	errors := []string{errorText(t, func() { torch.Grad(list(loss(true)), list(x), torch.CreateGraph(true)) })}
	inner = func() { x.Detach().RequiresGrad_().Mul(2).Sum().Backward() }
	errors = append(errors, errorText(t, func() { loss(false).Backward() }))
	inner = nil
	y := autograd.Apply1(f, x, nil, w)
	y.GradFn().RegisterHook(func(_, _ []*torch.Tensor) []*torch.Tensor { return nil })
	errors = append(errors, errorText(t, func() { y.Sum().Backward() }))
	errors = append(errors, errorText(t, func() { autograd.DetectAnomaly(func() { loss(true).Backward() }) }))
	assert.Equal(t, py.Strings("errors"), errors)
	assert.Equal(t, "input_grad_buffers can only be accessed while autograd is executing backward()",
		errorText(t, func() { last.InputGradBuffers() }))
}

func bufferText(buffers []*torch.Tensor) string {
	text := "["
	for i, b := range buffers {
		if i > 0 {
			text += ", "
		}
		if b == nil {
			text += "None"
			continue
		}
		v := torch.Data[float32](b)
		text += fmt.Sprintf("[%.1f, %.1f]", v[0], v[1])
	}
	return text + "]"
}
