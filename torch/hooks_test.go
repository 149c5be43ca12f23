package torch_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// Hooks on leaves and others, in order, replacing gradients, registered twice
// and removed.
func TestHook(t *testing.T) {
	py := parity.Run(t, `
		x = torch.tensor([1., 2.], requires_grad=True)
		y = x * 3
		log = []
		def double(g):
			log.append("double")
			return g * 2
		def note(g):
			log.append("note %s" % g.tolist())
		x.register_hook(note)
		h = x.register_hook(double)
		x.register_hook(note)
		y.register_hook(double)
		h2 = y.register_hook(double)
		z = (y * y).sum()
		z.backward(retain_graph=True)
		out["first"] = x.grad.clone()
		h.remove(); h2.remove(); h2.remove()
		x.grad = None
		z.backward()
		out["second"], out["log"] = x.grad, log
	`)
	x := leaf(1, 2)
	y := x.Mul(3)
	var log []string
	double := func(g *torch.Tensor) *torch.Tensor {
		log = append(log, "double")
		return g.Mul(2)
	}
	note := func(g *torch.Tensor) *torch.Tensor {
		d := torch.Data[float32](g)
		log = append(log, fmt.Sprintf("note [%.1f, %.1f]", d[0], d[1]))
		return nil
	}
	x.RegisterHook(note)
	h := x.RegisterHook(double)
	x.RegisterHook(note)
	y.RegisterHook(double)
	h2 := y.RegisterHook(double)
	z := y.Mul(y).Sum()
	z.Backward(torch.RetainGraph(true))
	py.EqualTensor("first", x.Grad().Clone())
	h.Remove()
	h2.Remove()
	h2.Remove()
	x.SetGrad(nil)
	z.Backward()
	py.EqualTensor("second", x.Grad())
	assert.Equal(t, py.Strings("log"), log)
}

// A hook sees the gradient with respect to the tensor as it was when the hook
// was registered, also after the tensor was written to.
func TestHookAndInPlace(t *testing.T) {
	py := parity.Run(t, `
		x = torch.tensor([1., 2.], requires_grad=True)
		y = x * 3
		seen = []
		y.register_hook(lambda g: seen.append(g.clone()))
		y.mul_(4)
		y.register_hook(lambda g: seen.append(g.clone()))
		y.sum().backward()
		out["seen"] = seen
	`)
	y := leaf(1, 2).Mul(3)
	var seen []*torch.Tensor
	hook := func(g *torch.Tensor) *torch.Tensor {
		seen = append(seen, g.Clone())
		return nil
	}
	y.RegisterHook(hook)
	y.Mul_(4)
	y.RegisterHook(hook)
	y.Sum().Backward()
	py.EqualTensors("seen", seen)
}

func TestPostAccumulateGradHook(t *testing.T) {
	py := parity.Run(t, `
		x = torch.tensor([1., 2.], requires_grad=True)
		seen = []
		def step(p):
			seen.append(p.grad.clone())
			with torch.no_grad():
				p -= 0.1 * p.grad
			p.grad = None
		h = x.register_post_accumulate_grad_hook(step)
		(x * x).sum().backward()
		(x * x).sum().backward()
		out["x"], out["seen"], out["grad"] = x.clone(), seen, x.grad
		h.remove()
		(x * x).sum().backward()
		out["after"] = x.grad
	`)
	x := leaf(1, 2)
	var seen []*torch.Tensor
	h := x.RegisterPostAccumulateGradHook(func(p *torch.Tensor) {
		seen = append(seen, p.Grad().Clone())
		torch.NoGrad(func() { p.Sub_(p.Grad().Mul(0.1)) })
		p.SetGrad(nil)
	})
	x.Mul(x).Sum().Backward()
	x.Mul(x).Sum().Backward()
	py.EqualTensors("seen", seen)
	py.EqualTensor("x", x)
	py.EqualTensor("grad", x.Grad())
	h.Remove()
	x.Mul(x).Sum().Backward()
	py.EqualTensor("after", x.Grad())
}

func TestNodes(t *testing.T) {
	py := parity.Run(t, `
		x = torch.tensor([1., 2.], requires_grad=True)
		y = (x * 3 + 1).sum()
		def walk(n):
			return [] if n is None else [n.name()] + [name for m, i in n.next_functions for name in [str(i)] + walk(m)]
		out["walk"] = walk(y.grad_fn)
		out["edge"] = torch.autograd.graph.get_gradient_edge(x).node.name()
		log = []
		h1 = y.grad_fn.register_prehook(lambda g: (g[0] * 5,))
		h2 = y.grad_fn.register_prehook(lambda g: log.append("pre"))
		h3 = y.grad_fn.next_functions[0][0].register_hook(lambda gi, go: (log.append("post %d %d" % (len(gi), len(go))), (gi[0] + 1, None))[1])
		y.backward(retain_graph=True)
		out["first"] = x.grad.clone()
		for h in (h1, h2, h3): h.remove()
		y.backward()
		out["second"], out["log"] = x.grad, log
		out["print"] = str(y.grad_fn).split(" at ")[0]
	`)
	x := leaf(1, 2)
	y := x.Mul(3).Add(1).Sum()
	var walk func(n *torch.Node) []string
	walk = func(n *torch.Node) []string {
		if n == nil {
			return nil
		}
		names := []string{n.Name()}
		for _, e := range n.NextFunctions() {
			names = append(names, fmt.Sprint(e.OutputNr))
			names = append(names, walk(e.Node)...)
		}
		return names
	}
	assert.Equal(t, py.Strings("walk"), walk(y.GradFn()))
	assert.Equal(t, py.Text("edge"), torch.GetGradientEdge(x).Node.Name())
	assert.True(t, y.GradFn().Is(y.GradFn()))
	assert.False(t, y.GradFn().Is(y.GradFn().NextFunctions()[0].Node))
	assert.Contains(t, y.GradFn().String(), py.Text("print")+" at 0x")

	var log []string
	h1 := y.GradFn().RegisterPrehook(func(g []*torch.Tensor) []*torch.Tensor { return []*torch.Tensor{g[0].Mul(5)} })
	h2 := y.GradFn().RegisterPrehook(func(g []*torch.Tensor) []*torch.Tensor {
		log = append(log, "pre")
		return nil
	})
	h3 := y.GradFn().NextFunctions()[0].Node.RegisterHook(func(gi, gradOutputs []*torch.Tensor) []*torch.Tensor {
		log = append(log, fmt.Sprintf("post %d %d", len(gi), len(gradOutputs)))
		return []*torch.Tensor{gi[0].Add(1), nil}
	})
	y.Backward(torch.RetainGraph(true))
	py.EqualTensor("first", x.Grad().Clone())
	for _, h := range []*torch.RemovableHandle{h1, h2, h3} {
		h.Remove()
	}
	y.Backward()
	py.EqualTensor("second", x.Grad())
	assert.Equal(t, py.Strings("log"), log)
}

// badHook and others return functions whose names both languages agree on.
//
//go:noinline
func badHook(result *torch.Tensor) func(*torch.Tensor) *torch.Tensor {
	return func(*torch.Tensor) *torch.Tensor { return result }
}

//go:noinline
func badNodeHook(results ...*torch.Tensor) torch.NodeHook {
	return func(_, _ []*torch.Tensor) []*torch.Tensor { return results }
}

//go:noinline
func badNodePreHook(results ...*torch.Tensor) torch.NodePreHook {
	return func([]*torch.Tensor) []*torch.Tensor { return results }
}

func TestHookMisuse(t *testing.T) {
	const setup = "x = torch.tensor([1., 2.], requires_grad=True)\n"
	const hooked = setup + "hook = lambda g: r\nhook.__name__ = 'torch_test.badHook.func1'\n"
	x := leaf(1, 2)
	plain := torch.Ones([]int64{2})
	run := func(result *torch.Tensor) func() {
		return func() {
			x := leaf(1, 2)
			x.RegisterHook(badHook(result))
			x.Sum().Backward()
		}
	}
	node := func(post torch.NodeHook, pre torch.NodePreHook) func() {
		return func() {
			y := x.Mul(2)
			if post != nil {
				y.GradFn().RegisterHook(post)
			} else {
				y.GradFn().RegisterPrehook(pre)
			}
			y.Sum().Backward()
		}
	}
	const noded = setup + "y = x * 2\nhook = lambda *g: r\nhook.__name__ = 'torch_test.badNodeHook.func1'\n"
	sameRefusals(t, []misuse{
		{"no gradient", "torch.ones(2).register_hook(print)", func() { plain.RegisterHook(badHook(nil)) }},
		{"post no gradient", "torch.ones(2).register_post_accumulate_grad_hook(print)", func() {
			plain.RegisterPostAccumulateGradHook(func(*torch.Tensor) {})
		}},
		{"post no leaf", setup + "(x * 2).register_post_accumulate_grad_hook(print)", func() {
			x.Mul(2).RegisterPostAccumulateGradHook(func(*torch.Tensor) {})
		}},
		{"edge", "torch.autograd.graph.get_gradient_edge(torch.ones(2))", func() { torch.GetGradientEdge(plain) }},
		{"shape", hooked + "r = torch.ones(3)\nx.register_hook(hook)\nx.sum().backward()", run(torch.Ones([]int64{3}))},
		{"dtype", hooked + "r = torch.ones(2, dtype=torch.float64)\nx.register_hook(hook)\nx.sum().backward()",
			run(torch.Ones([]int64{2}, torch.Float64))},
		{"number of inputs", noded + "r = (x,)\ny.grad_fn.register_hook(hook)\ny.sum().backward()", node(badNodeHook(x), nil)},
		{"none", noded + "r = (x, x)\ny.grad_fn.register_hook(hook)\ny.sum().backward()", node(badNodeHook(x, x), nil)},
		{"number of outputs", noded + "r = (x, x)\ny.grad_fn.register_prehook(hook)\nhook.__name__ = 'torch_test.badNodePreHook.func1'\ny.sum().backward()",
			node(nil, badNodePreHook(x, x))},
	})
}

// What a hook panics with comes back as it was thrown, and the graph stays
// usable.
func TestHookPanics(t *testing.T) {
	x := leaf(1, 2)
	thrown := new(int)
	h := x.RegisterHook(func(*torch.Tensor) *torch.Tensor { panic(thrown) })
	y := x.Mul(x).Sum()
	for range 3 {
		assert.PanicsWithValue(t, thrown, func() { y.Backward(torch.RetainGraph(true)) })
	}
	h.Remove()
	h = x.RegisterHook(func(g *torch.Tensor) *torch.Tensor { return g.Mm(g) })
	err := torch.Try(func() { y.Backward(torch.RetainGraph(true)) })
	require.ErrorIs(t, err, &torch.Error{Kind: "RuntimeError", Op: "torch.Tensor.Mm"})
	h.Remove()
	y.Backward()
	assert.Equal(t, []float32{2, 4}, torch.Data[float32](x.Grad()))
}

// A hook that ends its goroutine ends the one that called Backward, after its
// deferred calls, and nothing is locked for ever.
func TestHookGoexit(t *testing.T) {
	x := leaf(1, 2)
	h := x.RegisterPostAccumulateGradHook(func(*torch.Tensor) { runtime.Goexit() })
	done := make(chan bool)
	var deferred []string
	go func() {
		defer close(done)
		defer func() { deferred = append(deferred, fmt.Sprint(recover(), torch.IsGradEnabled())) }()
		torch.Scope(func() { x.Mul(x).Sum().Backward() })
		deferred = append(deferred, "went on")
	}()
	<-done
	assert.Equal(t, []string{"<nil> true"}, deferred)
	h.Remove()
	x.SetGrad(nil)
	x.Mul(x).Sum().Backward()
	assert.Equal(t, []float32{2, 4}, torch.Data[float32](x.Grad()))
}

// Hooks may run backward passes themselves.
func TestHookReentrant(t *testing.T) {
	x, w := leaf(1, 2), leaf(3, 4)
	x.RegisterHook(func(g *torch.Tensor) *torch.Tensor {
		torch.EnableGrad(func() { w.Mul(g.Detach()).Sum().Backward() })
		return nil
	})
	x.Mul(x).Sum().Backward()
	assert.Equal(t, []float32{2, 4}, torch.Data[float32](w.Grad()))
}

func TestHookOnManyGoroutines(t *testing.T) {
	var group sync.WaitGroup
	shared := leaf(1, 2)
	var lock sync.Mutex
	count := 0
	shared.RegisterHook(func(*torch.Tensor) *torch.Tensor {
		lock.Lock()
		defer lock.Unlock()
		count++
		return nil
	})
	for range 16 {
		group.Go(func() {
			for range 20 {
				x := leaf(1, 2)
				x.RegisterHook(func(g *torch.Tensor) *torch.Tensor { return g.Mul(2) })
				y := x.Mul(shared.Detach())
				h := y.RegisterHook(func(g *torch.Tensor) *torch.Tensor { return g.Add(1) })
				y.Sum().Backward()
				h.Remove()
				assert.Equal(t, []float32{4, 8}, torch.Data[float32](x.Grad()))
				torch.Grad([]*torch.Tensor{shared.Mul(2).Sum()}, []*torch.Tensor{shared})
			}
		})
	}
	group.Wait()
	assert.Equal(t, 320, count)
}

// A graph that goes takes the hooks on it, whoever lets it go.
func TestHooksAreFreed(t *testing.T) {
	torch.CollectGarbage()
	before := torch.MemoryStats().Functions
	freed := make(chan bool, 1000)
	graph := func() *torch.Tensor {
		big := torch.Ones([]int64{10}) // that only the hook refers to
		runtime.AddCleanup(big, func(bool) { freed <- true }, true)
		y := leaf(1, 2).Mul(2)
		y.RegisterHook(func(g *torch.Tensor) *torch.Tensor { return g.Mul(big.Sum()) })
		y.GradFn().RegisterHook(func(gradInputs, _ []*torch.Tensor) []*torch.Tensor { return nil })
		return y.Sum()
	}
	for i := range 100 {
		y := graph()
		if i%2 == 0 {
			y.Backward()
		}
	}
	torch.Scope(func() {
		for range 100 {
			graph()
		}
	})
	torch.CollectGarbage()
	assert.Equal(t, before, torch.MemoryStats().Functions)
	assert.Len(t, freed, 200)
}

// Hooks cost nothing where there are none: a call's frame stays on the stack.
func TestHooksElsewhereCostNothing(t *testing.T) {
	x := leaf(1, 2)
	defer x.RegisterHook(func(*torch.Tensor) *torch.Tensor { return nil }).Remove()
	assert.Zero(t, testing.AllocsPerRun(100, func() { x.Dim() }))
}

func ExampleTensor_RegisterHook() {
	x := torch.NewTensor([]float32{0, 0, 0}, torch.RequiresGrad(true))
	h := x.RegisterHook(func(grad *torch.Tensor) *torch.Tensor { return grad.Mul(2) }) // double the gradient
	x.Backward(torch.WithGradient(torch.NewTensor([]float32{1, 2, 3})))
	fmt.Println(x.Grad())
	h.Remove()
	// Output: tensor([2., 4., 6.])
}
