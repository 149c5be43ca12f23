package checkpoint_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
	"github.com/wangkuiyi/gotorch/utils/checkpoint"
)

func leaf(values ...float32) *torch.Tensor {
	return torch.NewTensor(values, torch.RequiresGrad(true))
}

func list(tensors ...*torch.Tensor) []*torch.Tensor { return tensors }

// one makes what can be checkpointed of a function of one tensor.
func one(fn func(x *torch.Tensor) *torch.Tensor) checkpoint.Func {
	return func(inputs ...*torch.Tensor) []*torch.Tensor { return list(fn(inputs[0])) }
}

// The digits are Python's, and those without a checkpoint, also with dropout.
func TestCheckpoint(t *testing.T) {
	for _, reentrant := range []bool{false, true} {
		t.Run(fmt.Sprint("reentrant ", reentrant), func(t *testing.T) {
			py := parity.Run(t, fmt.Sprintf(`
				from torch.utils.checkpoint import checkpoint, checkpoint_sequential
				torch.manual_seed(0)
				m = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(8, 8), torch.nn.Dropout(0.3), torch.nn.Linear(8, 2))
				x = torch.randn(3, 4, requires_grad=True)
				y = checkpoint(m, x, use_reentrant=%[1]s)
				y.sin().sum().backward()
				out["y"], out["x"] = y, x.grad.clone()
				out["params"] = [p.grad.clone() for p in m.parameters()]
				for p in m.parameters(): p.grad = None
				x.grad = None
				y = checkpoint_sequential(m, 3, x, use_reentrant=%[1]s)
				y.sin().sum().backward()
				out["y2"], out["x2"] = y, x.grad
				out["params2"] = [p.grad for p in m.parameters()]
				out["next"] = torch.rand(2)
			`, map[bool]string{true: "True", false: "False"}[reentrant]))
			torch.ManualSeed(0)
			m := nn.NewSequential(nn.NewLinear(4, 8), nn.NewReLU(), nn.NewDropout(nn.P(0.5)), nn.NewLinear(8, 8),
				nn.NewDropout(nn.P(0.3)), nn.NewLinear(8, 2))
			x := torch.Randn([]int64{3, 4}, torch.RequiresGrad(true))
			y := checkpoint.Layer(m, x, checkpoint.UseReentrant(reentrant))
			y.Sin().Sum().Backward()
			grads := func() []*torch.Tensor {
				var g []*torch.Tensor
				for _, p := range m.Parameters() {
					g = append(g, p.Grad().Clone())
				}
				return g
			}
			py.EqualTensor("y", y)
			py.EqualTensor("x", x.Grad())
			py.EqualTensors("params", grads())
			m.ZeroGrad()
			x.SetGrad(nil)
			y = checkpoint.CheckpointSequential(checkpoint.Layers(m), 3, x, checkpoint.UseReentrant(reentrant))
			y.Sin().Sum().Backward()
			py.EqualTensor("y2", y)
			py.EqualTensor("x2", x.Grad())
			py.EqualTensors("params2", grads())
			py.EqualTensor("next", torch.Rand([]int64{2}))
		})
	}
}

// The graph may be used twice, partly, inside a scope, and under NoGrad; the
// second computation ends as soon as it can.
func TestCheckpointRecomputes(t *testing.T) {
	calls, ended := 0, 0
	fn := one(func(x *torch.Tensor) *torch.Tensor {
		calls++
		y := x.Sin().Exp().Mul(x)
		ended++
		return y
	})
	x := leaf(1, 2)
	want := torch.Grad(list(x.Sin().Exp().Mul(x).Sum()), list(x))[0]
	y := checkpoint.Checkpoint(fn, list(x))[0].Sum()
	assert.Equal(t, [2]int{1, 1}, [2]int{calls, ended})
	for i := range 2 {
		assert.True(t, torch.Equal(want, torch.Grad(list(y), list(x), torch.RetainGraph(i == 0))[0]))
	}
	assert.Equal(t, [2]int{3, 1}, [2]int{calls, ended})

	calls, ended = 0, 0
	y = checkpoint.Checkpoint(fn, list(x), checkpoint.EarlyStop(false))[0].Sum()
	y.Backward()
	assert.Equal(t, [2]int{2, 2}, [2]int{calls, ended})

	torch.NoGrad(func() { assert.Nil(t, checkpoint.Checkpoint(fn, list(x))[0].GradFn()) })
	x.SetGrad(nil)
	torch.Scope(func() { checkpoint.Checkpoint(fn, list(x.Mul(1)))[0].Sum().Backward() })
	assert.True(t, torch.Equal(want, x.Grad()))

	var nested *torch.Tensor
	x.SetGrad(nil)
	nested = checkpoint.Checkpoint(func(in ...*torch.Tensor) []*torch.Tensor {
		return checkpoint.Checkpoint(fn, list(in[0].Mul(1)))
	}, list(x))[0]
	nested.Sum().Backward()
	assert.True(t, torch.Equal(want, x.Grad()))
}

func TestCheckpointContext(t *testing.T) {
	var log []string
	in := func(name string) func(func()) {
		return func(fn func()) {
			log = append(log, name)
			fn()
		}
	}
	y := checkpoint.Checkpoint(one((*torch.Tensor).Exp), list(leaf(1)),
		checkpoint.ContextFn(func() (func(func()), func(func())) { return in("forward"), in("recompute") }))[0]
	assert.Equal(t, []string{"forward"}, log)
	y.Sum().Backward()
	assert.Equal(t, []string{"forward", "recompute"}, log)
}

func TestCheckpointMisuse(t *testing.T) {
	const setup = `
from torch.utils.checkpoint import checkpoint
x = torch.tensor([1., 2.], requires_grad=True)
n = [0]
def first():
	n[0] += 1
	return n[0] == 1
`
	x := leaf(1, 2)
	again := func(fn func(x *torch.Tensor, first bool) *torch.Tensor, opts ...checkpoint.Option) func() {
		return func() {
			n := 0
			checkpoint.Checkpoint(one(func(x *torch.Tensor) *torch.Tensor {
				n++
				return fn(x, n == 1)
			}), list(x), opts...)[0].Sum().Backward()
		}
	}
	for _, c := range []struct {
		name, python string
		run          func()
	}{
		{"check", setup + "checkpoint(torch.exp, x, use_reentrant=False, determinism_check='all')", func() {
			checkpoint.Checkpoint(one((*torch.Tensor).Exp), list(x), checkpoint.DeterminismCheck("all"))
		}},
		{"fewer", setup + "checkpoint(lambda x: x.exp().sin() if first() else x.exp(), x, use_reentrant=False).sum().backward()",
			again(func(x *torch.Tensor, first bool) *torch.Tensor {
				if first {
					return x.Exp().Sin()
				}
				return x.Exp()
			})},
		{"more", setup + "checkpoint(lambda x: x.exp() if first() else x.exp().sin(), x, use_reentrant=False, early_stop=False).sum().backward()",
			again(func(x *torch.Tensor, first bool) *torch.Tensor {
				if first {
					return x.Exp()
				}
				return x.Exp().Sin()
			}, checkpoint.EarlyStop(false))},
		{"other", setup + "checkpoint(lambda x: x.exp() if first() else x[:1].exp(), x, use_reentrant=False).sum().backward()",
			again(func(x *torch.Tensor, first bool) *torch.Tensor {
				if first {
					return x.Exp()
				}
				return x.Narrow(0, 0, 1).Exp()
			})},
		{"no gradient", setup + "checkpoint(lambda x: x.detach() * 2, x, use_reentrant=True).sum().backward()", func() {
			checkpoint.Checkpoint(one(func(x *torch.Tensor) *torch.Tensor { return x.Detach().Mul(2) }), list(x),
				checkpoint.UseReentrant(true))[0].Sum().Backward()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			py := parity.RunError(t, c.python)
			var e *torch.Error
			require.True(t, errors.As(torch.Try(c.run), &e))
			assert.Equal(t, py.Error.Type, e.Kind)
			assert.Equal(t, py.Error.Message, e.Message)
		})
	}
	thrown := new(int)
	assert.PanicsWithValue(t, thrown, again(func(x *torch.Tensor, first bool) *torch.Tensor {
		if !first {
			panic(thrown)
		}
		return x.Exp()
	}))
	changed := leaf(1, 2).Mul(1)
	y := checkpoint.Checkpoint(one((*torch.Tensor).Exp), list(changed))[0]
	changed.Add_(1)
	assert.ErrorContains(t, torch.Try(func() { y.Sum().Backward() }), "modified by an inplace operation")
}

// What is alive between forward and backward is the inputs of the segments.
func TestCheckpointSavesMemory(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	const layers, n = 16, 1 << 18 // of 1 MB each
	deep := one(func(x *torch.Tensor) *torch.Tensor {
		for range layers {
			x = x.Sin()
		}
		return x
	})
	held := func(forward func(x *torch.Tensor) *torch.Tensor) int64 {
		x := torch.Ones([]int64{n}, torch.RequiresGrad(true))
		torch.CollectGarbage()
		before := torch.MemoryStats().Allocated
		y := forward(x)
		torch.CollectGarbage()
		held := torch.MemoryStats().Allocated - before
		y.Sum().Backward()
		return held
	}
	plain := held(func(x *torch.Tensor) *torch.Tensor { return deep(x)[0] })
	saved := held(func(x *torch.Tensor) *torch.Tensor { return checkpoint.Checkpoint(deep, list(x))[0] })
	assert.Greater(t, plain, int64(15*n*4))
	assert.Less(t, saved, int64(3*n*4))
}

func ExampleLayer() {
	torch.ManualSeed(0)
	block := nn.NewSequential(nn.NewLinear(2, 2), nn.NewDropout())
	x := torch.Ones([]int64{1, 2}, torch.RequiresGrad(true))
	y := checkpoint.Layer(block, x) // keeps x and nothing else
	y.Sum().Backward()              // computes block(x) again, with the same dropout
	fmt.Println(x.Grad().Shape())
	// Output: [1 2]
}
