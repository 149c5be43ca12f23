package autograd_test

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

func list(tensors ...*torch.Tensor) []*torch.Tensor { return tensors }

func leaf(values ...float64) *torch.Tensor {
	return torch.NewTensor(values, torch.RequiresGrad(true))
}

// fn is a Function made of closures.
type fn struct {
	forward  func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor
	backward func(ctx *autograd.FunctionCtx, grads []*torch.Tensor) []*torch.Tensor
}

func (f *fn) Forward(ctx *autograd.FunctionCtx, in ...*torch.Tensor) []*torch.Tensor {
	return f.forward(ctx, in)
}

func (f *fn) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	return f.backward(ctx, grads)
}

// MyMul multiplies two tensors and a number.
type MyMul struct{ Factor float64 }

func (m *MyMul) Forward(ctx *autograd.FunctionCtx, in ...*torch.Tensor) []*torch.Tensor {
	ctx.SaveForBackward(in[0], in[1])
	return list(in[0].Mul(in[1]).Mul(m.Factor))
}

func (m *MyMul) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	saved := ctx.SavedTensors()
	a, b := saved[0], saved[1]
	var ga, gb *torch.Tensor
	if ctx.NeedsInputGrad(0) {
		ga = grads[0].Mul(b).Mul(m.Factor)
	}
	if ctx.NeedsInputGrad(1) {
		gb = grads[0].Mul(a).Mul(m.Factor)
	}
	return list(ga, gb)
}

const myMul = `
class MyMul(torch.autograd.Function):
	@staticmethod
	def forward(ctx, a, b, factor):
		ctx.save_for_backward(a, b)
		ctx.factor = factor
		return a * b * factor
	@staticmethod
	def backward(ctx, g):
		a, b = ctx.saved_tensors
		return (g * b * ctx.factor if ctx.needs_input_grad[0] else None,
			g * a * ctx.factor if ctx.needs_input_grad[1] else None, None)
`

func TestFunction(t *testing.T) {
	py := parity.Run(t, myMul+`
a = torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True)
b = torch.tensor([3., 4.], dtype=torch.float64, requires_grad=True)
y = MyMul.apply(a, b, 2.5)
out["y"], out["name"] = y, y.grad_fn.name()
out["next"] = [n.name() for n, _ in y.grad_fn.next_functions]
ga, = torch.autograd.grad((y * y).sum(), a, create_graph=True)
out["ga"] = ga
gga, gb = torch.autograd.grad(ga.sum(), (a, b), retain_graph=True)
out["gga"], out["gb"] = gga, gb
y.sum().backward()
out["a"], out["b"] = a.grad, b.grad
out["none"] = str(MyMul.apply(a.detach(), b.detach(), 1.).grad_fn)
out["part"] = torch.autograd.grad(MyMul.apply(a, b.detach(), 1.).sum(), a)[0]
`)
	a, b := leaf(1, 2), leaf(3, 4)
	y := autograd.Apply1(&MyMul{2.5}, a, b)
	py.EqualTensor("y", y)
	assert.Equal(t, py.Text("name"), y.GradFn().Name())
	var next []string
	for _, e := range y.GradFn().NextFunctions() {
		next = append(next, e.Node.Name())
	}
	assert.Equal(t, py.Strings("next"), next)
	ga := torch.Grad(list(y.Mul(y).Sum()), list(a), torch.CreateGraph(true))[0]
	py.EqualTensor("ga", ga)
	second := torch.Grad(list(ga.Sum()), list(a, b), torch.RetainGraph(true))
	py.EqualTensor("gga", second[0])
	py.EqualTensor("gb", second[1])
	y.Sum().Backward()
	py.EqualTensor("a", a.Grad())
	py.EqualTensor("b", b.Grad())
	assert.Equal(t, py.Text("none"), fmt.Sprint(autograd.Apply1(&MyMul{1}, a.Detach(), b.Detach()).GradFn()))
	py.EqualTensor("part", torch.Grad(list(autograd.Apply1(&MyMul{1}, a, b.Detach()).Sum()), list(a))[0])
	torch.NoGrad(func() { assert.Nil(t, autograd.Apply1(&MyMul{1}, a, b).GradFn()) })
}

// Several outputs, of which some are not differentiable or not used, inputs
// that are written to or absent.
func TestFunctionOutputs(t *testing.T) {
	py := parity.Run(t, `
		class Sort(torch.autograd.Function):
			@staticmethod
			def forward(ctx, x):
				values, idx = x.sort()
				ctx.mark_non_differentiable(idx)
				ctx.save_for_backward(idx)
				return values, idx
			@staticmethod
			def backward(ctx, g, gi):
				out["gi"] = gi
				idx, = ctx.saved_tensors
				return torch.zeros_like(g).index_add(0, idx, g)
		x = torch.tensor([3., 1., 2.], requires_grad=True)
		v, i = Sort.apply(x)
		out["v"], out["i"], out["ig"] = v, i, i.requires_grad
		(v * torch.arange(3.)).sum().backward()
		out["x"] = x.grad

		class Double_(torch.autograd.Function):
			@staticmethod
			def forward(ctx, x):
				ctx.mark_dirty(x)
				return x.mul_(2)
			@staticmethod
			def backward(ctx, g):
				return g * 2
		y = torch.tensor([3., 1.], requires_grad=True)
		z = y * 3
		w = Double_.apply(z)
		out["same"], out["fn"], out["version"] = w is z, z.grad_fn.name(), z._version
		z.sum().backward()
		out["y"] = y.grad.clone()

		class Two(torch.autograd.Function):
			@staticmethod
			def forward(ctx, x, none, materialize):
				ctx.set_materialize_grads(materialize)
				return x * 2, x * 3
			@staticmethod
			def backward(ctx, g, h):
				out.setdefault("h", []).append(h)
				return g * 2, None, None
		for m in (True, False):
			Two.apply(y, None, m)[0].sum().backward()
		out["y2"] = y.grad
	`)
	sort := &fn{func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
		values, idx := in[0].Sort()
		ctx.MarkNonDifferentiable(idx)
		ctx.SaveForBackward(idx)
		return list(values, idx)
	}, func(ctx *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor {
		py.EqualTensor("gi", g[1])
		return list(torch.ZerosLike(g[0]).IndexAdd(0, ctx.SavedTensors()[0], g[0]))
	}}
	x := torch.NewTensor([]float32{3, 1, 2}, torch.RequiresGrad(true))
	o := autograd.Apply(sort, x)
	py.EqualTensor("v", o[0])
	py.EqualTensor("i", o[1])
	assert.False(t, o[1].RequiresGrad())
	o[0].Mul(torch.Arange(3.)).Sum().Backward()
	py.EqualTensor("x", x.Grad())

	y := torch.NewTensor([]float32{3, 1}, torch.RequiresGrad(true))
	z := y.Mul(3)
	double := &fn{func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
		ctx.MarkDirty(in[0])
		return list(in[0].Mul_(2))
	}, func(_ *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor { return list(g[0].Mul(2)) }}
	assert.Same(t, z, autograd.Apply1(double, z))
	assert.Equal(t, "fnBackward", z.GradFn().Name())
	assert.EqualValues(t, py.Number("version"), z.Version())
	z.Sum().Backward()
	py.EqualTensor("y", y.Grad().Clone())

	var unused []*torch.Tensor
	for _, materialize := range []bool{true, false} {
		two := &fn{func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
			ctx.SetMaterializeGrads(materialize)
			return list(in[0].Mul(2), in[0].Mul(3))
		}, func(_ *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor {
			unused = append(unused, g[1])
			return list(g[0].Mul(2), nil)
		}}
		autograd.Apply(two, y, nil)[0].Sum().Backward()
	}
	py.EqualTensors("h", unused)
	py.EqualTensor("y2", y.Grad())
}

type once struct {
	autograd.OnceDifferentiable
	MyMul
}

// forwardMode has the further methods of a Function.
type forwardMode struct{ MyMul }

func (*forwardMode) Forward(_ *autograd.FunctionCtx, in ...*torch.Tensor) []*torch.Tensor {
	return list(in[0].Mul(in[1]))
}

func (*forwardMode) SetupContext(ctx *autograd.FunctionCtx, inputs, _ []*torch.Tensor) {
	ctx.SaveForBackward(inputs...)
	ctx.SaveForForward(inputs...)
}

func (*forwardMode) Jvp(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	saved := ctx.SavedTensors()
	return list(grads[0].Mul(saved[1]).Add(grads[1].Mul(saved[0])))
}

func TestFunctionForwardMode(t *testing.T) {
	a, b := torch.NewTensor([]float64{1, 2}), torch.NewTensor([]float64{3, 4})
	autograd.DualLevel(func() {
		dual := autograd.MakeDual(a, torch.NewTensor([]float64{10, 100}))
		y := autograd.Apply1(&forwardMode{MyMul{1}}, dual, b)
		_, tangent := autograd.UnpackDual(y)
		assert.Equal(t, []float64{30, 400}, torch.Data[float64](tangent))
	})
	x, z := leaf(1, 2), leaf(3, 4)
	autograd.Apply1(&forwardMode{MyMul{1}}, x, z).Sum().Backward()
	assert.Equal(t, []float64{3, 4}, torch.Data[float64](x.Grad()))
}

type refusal struct {
	name, python string
	run          func()
}

func sameRefusals(t *testing.T, cases []refusal) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			py := parity.RunError(t, c.python)
			err := torch.Try(c.run)
			var e *torch.Error
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Equal(t, py.Error.Type, e.Kind)
			assert.Equal(t, py.Error.Message, e.Message)
		})
	}
}

func TestFunctionMisuse(t *testing.T) {
	const class = `
class fn(torch.autograd.Function):
	@staticmethod
	def forward(ctx, *x):
		return forward(ctx, *x)
	@staticmethod
	def backward(ctx, *g):
		return backward(ctx, *g)
def forward(ctx, x): return x * 2
def backward(ctx, g): return g
x = torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True)
`
	forward := func(_ *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor { return list(in[0].Mul(2)) }
	backward := func(_ *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor { return g }
	x := leaf(1, 2)
	returning := func(results ...*torch.Tensor) func() {
		return func() {
			f := &fn{forward, func(*autograd.FunctionCtx, []*torch.Tensor) []*torch.Tensor { return results }}
			autograd.Apply1(f, x).Sum().Backward()
		}
	}
	one := torch.Ones([]int64{2}, torch.Float64)
	saving := func(then func(y, saved *torch.Tensor)) func() {
		return func() {
			saved := torch.NewTensor([]float64{1, 1})
			y := autograd.Apply1(&fn{func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
				ctx.SaveForBackward(saved)
				return list(in[0].Mul(2))
			}, func(ctx *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor {
				return list(g[0].Mul(ctx.SavedTensors()[0]))
			}}, x)
			then(y, saved)
		}
	}
	const save = class + `
s = torch.tensor([1., 1.], dtype=torch.float64)
def forward(ctx, x):
	ctx.save_for_backward(s)
	return x * 2
def backward(ctx, g): return g * ctx.saved_tensors[0]
y = fn.apply(x).sum()
`
	sameRefusals(t, []refusal{
		{"too many", class + "backward = lambda ctx, g: (g, g)\nfn.apply(x).sum().backward()", returning(one, one)},
		{"too few", class + "backward = lambda ctx, g: ()\nfn.apply(x).sum().backward()", returning()},
		{"wrong shape", class + "backward = lambda ctx, g: torch.ones(3)\nfn.apply(x).sum().backward()", returning(torch.Ones([]int64{3}))},
		{"not a tensor", class + "forward = lambda ctx, x, n: x * 2\nbackward = lambda ctx, g: (g, g)\nfn.apply(x, None).sum().backward()", func() {
			autograd.Apply1(&fn{forward, func(_ *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor {
				return list(g[0], g[0])
			}}, x, nil).Sum().Backward()
		}},
		{"dirty leaf", class + "def forward(ctx, x):\n\tctx.mark_dirty(x)\n\treturn x.mul_(2)\nfn.apply(x)", func() {
			autograd.Apply(&fn{func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
				ctx.MarkDirty(in[0])
				return list(in[0].Mul_(2))
			}, backward}, leaf(1, 2))
		}},
		{"dirty but not returned", class + "def forward(ctx, x):\n\tctx.mark_dirty(x)\n\treturn x * 2\nfn.apply(x * 1)", func() {
			autograd.Apply(&fn{func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
				ctx.MarkDirty(in[0])
				return list(in[0].Mul(2))
			}, backward}, x.Mul(1))
		}},
		{"no jvp", class + "import torch.autograd.forward_ad as fw\nwith fw.dual_level():\n\tfn.apply(fw.make_dual(x, x.detach()))", func() {
			autograd.DualLevel(func() { autograd.Apply(&fn{forward, backward}, autograd.MakeDual(x, x.Detach())) })
		}},
		{"saved changed", save + "s.add_(1)\ny.backward()", saving(func(y, saved *torch.Tensor) {
			saved.Add_(1)
			y.Sum().Backward()
		})},
		{"twice", save + "y.backward()\ny.backward()", saving(func(y, _ *torch.Tensor) {
			z := y.Sum()
			z.Backward()
			z.Backward()
		})},
		{"once differentiable", `
from torch.autograd.function import once_differentiable
class fn(torch.autograd.Function):
	@staticmethod
	def forward(ctx, x):
		ctx.save_for_backward(x)
		return x * x
	@staticmethod
	@once_differentiable
	def backward(ctx, g):
		return g * ctx.saved_tensors[0] * 2
x = torch.tensor([1., 2.], requires_grad=True)
y = fn.apply(x)
g, = torch.autograd.grad((y * y).sum(), x, create_graph=True)
g.sum().backward()`, func() {
			y := autograd.Apply1(&once{MyMul: MyMul{1}}, x, x)
			g := torch.Grad(list(y.Mul(y).Sum()), list(x), torch.CreateGraph(true))[0]
			g.Sum().Backward()
		}},
	})
	x.SetGrad(nil)
	err := torch.Try(func() {
		var kept *autograd.FunctionCtx
		autograd.Apply(&fn{func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
			kept = ctx
			return list(in[0].Mul(2))
		}, backward}, x)
		kept.SavedTensors()
	})
	assert.ErrorContains(t, err, "in Backward and Jvp only")
}

// Panics in Forward and in Backward come back as they were thrown.
func TestFunctionPanics(t *testing.T) {
	thrown := new(int)
	stop := func(*autograd.FunctionCtx, []*torch.Tensor) []*torch.Tensor { panic(thrown) }
	forward := func(_ *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor { return list(in[0].Mul(2)) }
	x := leaf(1, 2)
	assert.PanicsWithValue(t, thrown, func() { autograd.Apply(&fn{stop, stop}, x) })
	assert.True(t, torch.IsGradEnabled())
	y := autograd.Apply1(&fn{forward, stop}, x).Sum()
	assert.PanicsWithValue(t, thrown, func() { y.Backward() })

	ended := make(chan bool)
	go func() {
		defer close(ended)
		goexit := func(*autograd.FunctionCtx, []*torch.Tensor) []*torch.Tensor {
			runtime.Goexit()
			return nil
		}
		autograd.Apply1(&fn{forward, goexit}, x).Sum().Backward()
		t.Error("Backward returned")
	}()
	<-ended
	autograd.Apply1(&MyMul{1}, x, x).Sum().Backward()
	assert.Equal(t, []float64{2, 4}, torch.Data[float64](x.Grad()))
}

func TestFunctionOnManyGoroutines(t *testing.T) {
	x := leaf(1, 2)
	shared := autograd.Apply1(&MyMul{2}, x, x).Sum()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				a, b := leaf(1, 2), leaf(3, 4)
				autograd.Apply1(&MyMul{2}, a, b).Sum().Backward()
				assert.Equal(t, []float64{6, 8}, torch.Data[float64](a.Grad()))
				g := torch.Grad(list(shared), list(x), torch.RetainGraph(true))[0]
				assert.Equal(t, []float64{4, 8}, torch.Data[float64](g))
			}
		})
	}
	group.Wait()
}

// A graph that goes takes with it what its Functions' contexts refer to.
func TestFunctionsAreFreed(t *testing.T) {
	torch.CollectGarbage()
	before := torch.MemoryStats().Functions
	freed := make(chan bool, 1000)
	graph := func() *torch.Tensor {
		f := &fn{func(ctx *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor {
			data := in[0].Add(1) // small, as the output
			ctx.Data = data
			y := in[0].Mul(2)
			ctx.SaveForBackward(in[0], y)
			return list(y)
		}, func(ctx *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor {
			ctx.SavedTensors()
			return list(g[0].Mul(ctx.Data.(*torch.Tensor)))
		}}
		runtime.AddCleanup(f, func(bool) { freed <- true }, true)
		return autograd.Apply1(f, leaf(1, 2)).Sum()
	}
	for i := range 100 {
		if y := graph(); i%2 == 0 {
			y.Backward()
		}
	}
	torch.CollectGarbage()
	assert.Equal(t, before, torch.MemoryStats().Functions)
	assert.Len(t, freed, 100)
}

// MyExp is e to the x.
type MyExp struct{}

func (MyExp) Forward(ctx *autograd.FunctionCtx, in ...*torch.Tensor) []*torch.Tensor {
	y := in[0].Exp()
	ctx.SaveForBackward(y)
	return []*torch.Tensor{y}
}

func (MyExp) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	return []*torch.Tensor{grads[0].Mul(ctx.SavedTensors()[0])}
}

func ExampleApply1() {
	x := torch.NewTensor([]float64{0, 1}, torch.RequiresGrad(true))
	y := autograd.Apply1(MyExp{}, x)
	y.Sum().Backward()
	fmt.Println(y.GradFn().Name(), x.Grad())
	// Output: MyExpBackward tensor([1.0000, 2.7183], dtype=torch.float64)
}

type named struct{ MyMul }

func (named) Name() string { return "mul" }

// A Function may have a name of its own in the graph.
func TestFunctionName(t *testing.T) {
	x := torch.Ones([]int64{2}).RequiresGrad_()
	assert.Equal(t, "mulBackward", autograd.Apply1(&named{MyMul{2}}, x, x).GradFn().Name())
}
