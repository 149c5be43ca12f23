package torch_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

func leaf(values ...float32) *torch.Tensor {
	return torch.NewTensor(values, torch.RequiresGrad(true))
}

func TestBackward(t *testing.T) {
	py := parity.Run(t, `
		x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
		w = torch.tensor([0.5, -1.5], requires_grad=True)
		y = torch.relu(x * w).sum(1)
		y.backward(torch.tensor([1., 2.]), retain_graph=True)
		out["x1"], out["w1"] = x.grad.clone(), w.grad.clone()
		y.sum().backward()
		out["x2"], out["w2"] = x.grad, w.grad
		out["leaf"] = [t.is_leaf for t in (x, w, y)]
		out["fn"] = y.grad_fn.name()
	`)
	x := torch.NewTensor([][]float32{{1, 2}, {3, 4}}, torch.RequiresGrad(true))
	w := leaf(0.5, -1.5)
	y := torch.Relu(x.Mul(w)).Sum(torch.Dim(1))
	y.Backward(torch.WithGradient(torch.NewTensor([]float32{1, 2})), torch.RetainGraph(true))
	py.EqualTensor("x1", x.Grad())
	py.EqualTensor("w1", w.Grad())
	y.Sum().Backward()
	py.EqualTensor("x2", x.Grad())
	py.EqualTensor("w2", w.Grad())
	assert.Equal(t, []bool{true, true, false}, []bool{x.IsLeaf(), w.IsLeaf(), y.IsLeaf()})
	assert.Equal(t, py.Text("fn"), y.GradFn().Name())
	assert.Nil(t, x.GradFn())
}

func TestHigherDerivatives(t *testing.T) {
	py := parity.Run(t, `
		x = torch.tensor([1., 2., 3.], requires_grad=True)
		y = (x ** 3).sum()
		g, = torch.autograd.grad(y, x, create_graph=True)
		h, = torch.autograd.grad(g.sum(), x, create_graph=True)
		h.sum().backward()
		out["g"], out["h"], out["third"] = g, h, x.grad
	`)
	x := leaf(1, 2, 3)
	inputs := []*torch.Tensor{x}
	g := torch.Grad([]*torch.Tensor{x.Pow(3).Sum()}, inputs, torch.CreateGraph(true))[0]
	h := torch.Grad([]*torch.Tensor{g.Sum()}, inputs, torch.CreateGraph(true))[0]
	h.Sum().Backward()
	py.EqualTensor("g", g)
	py.EqualTensor("h", h)
	py.EqualTensor("third", x.Grad())
}

func TestGradOptions(t *testing.T) {
	x, unused := leaf(1, 2), leaf(5)
	y := x.Mul(x)
	grads := torch.Grad([]*torch.Tensor{y}, []*torch.Tensor{x, unused}, torch.AllowUnused(true),
		torch.WithGradient(torch.NewTensor([]float32{10, 100})))
	assert.Equal(t, []float32{20, 400}, torch.Data[float32](grads[0]))
	assert.Nil(t, grads[1])
	grads = torch.Grad([]*torch.Tensor{x.Sum()}, []*torch.Tensor{unused}, torch.MaterializeGrads(true), torch.CreateGraph(true))
	assert.Equal(t, []float32{0}, torch.Data[float32](grads[0]))
	assert.True(t, grads[0].RequiresGrad())
	assert.False(t, x.HasGrad(), "Grad leaves the tensors' own gradients alone")

	z := leaf(1, 2)
	torch.Backward([]*torch.Tensor{z.Mul(x).Sum(), z.Sum()}, torch.Inputs(z))
	assert.Equal(t, []float32{2, 3}, torch.Data[float32](z.Grad()))
	assert.Nil(t, x.Grad(), "Inputs limits Backward to z")
	all := torch.Grads([]*torch.Tensor{z, x})
	assert.Equal(t, []float32{2, 3}, torch.Data[float32](all[0]))
	assert.Nil(t, all[1])
	torch.ClearGrads([]*torch.Tensor{z, x})
	assert.Nil(t, z.Grad())
}

func TestRetainGrad(t *testing.T) {
	x := leaf(1, 2)
	y := x.Mul(3)
	assert.False(t, y.RetainsGrad())
	y.RetainGrad()
	assert.True(t, y.RetainsGrad())
	y.Mul(2).Sum().Backward()
	assert.Equal(t, []float32{2, 2}, torch.Data[float32](y.Grad()))
	assert.Equal(t, []float32{6, 6}, torch.Data[float32](x.Grad()))
}

func TestSetGrad(t *testing.T) {
	x := leaf(1, 2)
	g := torch.NewTensor([]float32{3, 4})
	x.SetGrad(g)
	assert.True(t, x.Grad().Is(g))
	x.SetGrad(nil)
	assert.Nil(t, x.Grad())
}

func TestAutogradMisuse(t *testing.T) {
	const setup = "x = torch.tensor([1., 2.], requires_grad=True)\n"
	x := leaf(1, 2)
	one := func(t *torch.Tensor) []*torch.Tensor { return []*torch.Tensor{t} }
	sameRefusals(t, []misuse{
		{"no scalar", setup + "(x * 2).backward()", func() { x.Mul(2).Backward() }},
		{"no graph", "torch.ones(1).backward()", func() { torch.Ones([]int64{1}).Backward() }},
		{"twice", setup + "y = (x * x).sum()\ny.backward()\ny.backward()", func() {
			y := x.Mul(x).Sum()
			y.Backward()
			y.Backward()
		}},
		{"gradient's shape", setup + "(x * 2).backward(torch.ones(3))", func() {
			x.Mul(2).Backward(torch.WithGradient(torch.Ones([]int64{3})))
		}},
		{"complex output", "(torch.tensor([1+1j], requires_grad=True) * 2).backward()", func() {
			torch.NewTensor([]complex64{1 + 1i}, torch.RequiresGrad(true)).Mul(2).Backward()
		}},
		{"integer output", "torch.autograd.grad(torch.ones(1, dtype=torch.int64), torch.ones(1, requires_grad=True))", func() {
			torch.Grad(one(torch.Ones([]int64{1}, torch.Int64)), one(leaf(1)))
		}},
		{"unused input", setup + "torch.autograd.grad((x * 2).sum(), torch.ones(1, requires_grad=True))", func() {
			torch.Grad(one(x.Mul(2).Sum()), one(leaf(1)))
		}},
		{"materialize what may not be unused", setup + "torch.autograd.grad(x.sum(), x, materialize_grads=True, allow_unused=False)", func() {
			torch.Grad(one(x.Sum()), one(x), torch.MaterializeGrads(true), torch.AllowUnused(false))
		}},
		{"no inputs", setup + "torch.autograd.grad(x.sum(), [])", func() { torch.Grad(one(x.Sum()), nil) }},
		{"gradient's dtype", setup + "(x * 2).backward(torch.ones(2, dtype=torch.complex64))", func() {
			x.Mul(2).Backward(torch.WithGradient(torch.Ones([]int64{2}, torch.Complex64)))
		}},
		{"input without gradient", setup + "torch.autograd.grad((x * 2).sum(), torch.ones(1))", func() {
			torch.Grad(one(x.Mul(2).Sum()), one(torch.Ones([]int64{1})))
		}},
		{"empty inputs", setup + "(x * 2).sum().backward(inputs=[])", func() { x.Mul(2).Sum().Backward(torch.Inputs()) }},
		{"in-place on a leaf", setup + "x.add_(1)", func() { x.Add_(1) }},
		{"in-place on a leaf's view", setup + "x.view(2, 1).add_(1)", func() { x.View(2, 1).Add_(1) }},
		{"in-place on what backward needs", setup + "y = x.exp()\ny.add_(1)\ny.sum().backward()", func() {
			y := x.Exp()
			y.Add_(1)
			y.Sum().Backward()
		}},
		{"integers", "torch.ones(1, dtype=torch.int64).requires_grad_()", func() { torch.Ones([]int64{1}, torch.Int64).RequiresGrad_() }},
		{"new integers", "torch.tensor([1], requires_grad=True)", func() { torch.NewTensor([]int{1}, torch.RequiresGrad(true)) }},
		{"zeros of bools", "torch.zeros(1, dtype=torch.bool, requires_grad=True)", func() {
			torch.Zeros([]int64{1}, torch.Bool, torch.RequiresGrad(true))
		}},
		{"off for what is no leaf", setup + "(x * 2).requires_grad_(False)", func() { x.Mul(2).RequiresGrad_(false) }},
		{"retain_grad without gradient", "torch.ones(1).retain_grad()", func() { torch.Ones([]int64{1}).RetainGrad() }},
		{"detach_ of a view", setup + "x.view(2, 1).detach_()", func() { x.View(2, 1).Detach_() }},
		{"its own gradient", setup + "x.grad = x", func() { x.SetGrad(x) }},
		{"grad's dtype", setup + "x.grad = torch.ones(2, dtype=torch.float64)", func() { x.SetGrad(torch.Ones([]int64{2}, torch.Float64)) }},
		{"grad's integer dtype", setup + "x.grad = torch.ones(2, dtype=torch.int64)", func() { x.SetGrad(torch.Ones([]int64{2}, torch.Int64)) }},
		{"grad's complex dtype", setup + "x.grad = torch.ones(2, dtype=torch.complex64)", func() {
			x.SetGrad(torch.Ones([]int64{2}, torch.Complex64))
		}},
		{"grad's bfloat16", setup + "x.grad = torch.ones(2, dtype=torch.bfloat16)", func() { x.SetGrad(torch.Ones([]int64{2}, torch.BFloat16)) }},
		{"grad's float8", setup + "x.grad = torch.ones(2).to(torch.float8_e5m2)", func() {
			x.SetGrad(torch.Ones([]int64{2}).To(torch.Float8E5m2))
		}},
		{"grad's size", setup + "x.grad = torch.ones(2, 1)", func() { x.SetGrad(torch.Ones([]int64{2, 1})) }},
		{"grad of a scalar", "torch.ones(()).grad = torch.ones(1)", func() { torch.Ones(nil).SetGrad(torch.Ones([]int64{1})) }},
		{"grad's device", setup + "x.grad = torch.ones(2, device='meta')", func() { x.SetGrad(torch.Ones([]int64{2}, torch.Meta)) }},
		{"grad of integers", "torch.ones(2, dtype=torch.int64).grad = torch.ones(2)", func() {
			torch.Ones([]int64{2}, torch.Int64).SetGrad(torch.Ones([]int64{2}))
		}},
		{"data's dtype", setup + "x.data = torch.ones(2, device='meta')", func() { x.SetData(torch.Ones([]int64{2}, torch.Meta)) }},
		{"data of another dtype", setup + "x.data = torch.ones(2, dtype=torch.int64)", func() { x.SetData(torch.Ones([]int64{2}, torch.Int64)) }},
	})
}

func TestNumberOfGradients(t *testing.T) {
	x, one := leaf(1, 2), torch.Ones(nil)
	e := refusal(t, func() { x.Sum().Backward(torch.WithGradient(one, one)) })
	assert.Equal(t, "got 1 tensors and 2 gradients", e.Message)
	assert.Equal(t, "torch.Tensor.Backward", e.Op)
}

// The words about a gradient's dtype know the C++ names of all dtypes.
func TestGradientDtypeNames(t *testing.T) {
	dtypes := []torch.DType{torch.Uint8, torch.Int8, torch.Int16, torch.Int32, torch.Int64, torch.Float16, torch.Float64,
		torch.Complex32, torch.Complex64, torch.Complex128, torch.Bool, torch.BFloat16, torch.Bits1x8, torch.Bits2x4,
		torch.Bits4x2, torch.Bits8, torch.Bits16, torch.Float8E5m2, torch.Float8E4m3fn, torch.Float8E5m2fnuz,
		torch.Float8E4m3fnuz, torch.Uint16, torch.Uint32, torch.Uint64, torch.Uint1, torch.Uint7, torch.Int1, torch.Int7,
		torch.Float8E8m0fnu, torch.Float4E2m1fnX2, torch.Bcomplex32}
	defer torch.SetWarningHandler(torch.SetWarningHandler(nil)) // some of them are experimental
	float := torch.Ones([]int64{2})
	for _, dtype := range dtypes {
		other := torch.Empty([]int64{2}, dtype)
		name := dtype.String()
		sameRefusals(t, []misuse{
			{name + " gradient", "torch.ones(2).grad = torch.empty(2, dtype=" + name + ")", func() { float.SetGrad(other) }},
			{name + " tensor", "torch.empty(2, dtype=" + name + ").grad = torch.ones(2)", func() { other.SetGrad(float) }},
		})
	}
}

func TestInferenceModeMisuse(t *testing.T) {
	const setup = "x = torch.tensor([1., 2.], requires_grad=True)\nwith torch.inference_mode():\n  y = x * 2\n"
	x := leaf(1, 2)
	var y *torch.Tensor
	torch.InferenceMode(func() { y = x.Mul(2) })
	sameRefusals(t, []misuse{
		{"requires_grad", setup + "y.requires_grad_()", func() { y.RequiresGrad_() }},
		{"in-place", setup + "y.add_(1)", func() { y.Add_(1) }},
		{"saved for backward", setup + "x * y", func() { x.Mul(y) }},
		{"version", setup + "y._version", func() { y.Version() }},
		{"grad", setup + "x.grad = y\nx.grad.add_(1)", func() {
			x.SetGrad(y)
			x.Grad().Add_(1)
		}},
	})
	x.SetGrad(nil)
}

func TestModes(t *testing.T) {
	x := leaf(1, 2)
	recorded := func() bool { return x.Mul(2).RequiresGrad() }
	assert.True(t, recorded())
	torch.NoGrad(func() {
		assert.False(t, torch.IsGradEnabled())
		assert.False(t, recorded())
		torch.EnableGrad(func() { assert.True(t, recorded()) })
		assert.False(t, recorded())
		torch.NoGrad(func() { assert.False(t, recorded()) })
		assert.False(t, recorded())
	})
	assert.True(t, recorded())
	torch.InferenceMode(func() {
		assert.True(t, torch.IsInferenceModeEnabled())
		assert.False(t, torch.IsGradEnabled())
		assert.False(t, recorded())
	})
	assert.False(t, torch.IsInferenceModeEnabled())
	assert.True(t, recorded())
}

// Modes end with their function also if it panics or ends the goroutine.
func TestModesEnd(t *testing.T) {
	modes := map[string]func(func()){
		"NoGrad": torch.NoGrad, "InferenceMode": torch.InferenceMode,
		"State.Run": torch.State{}.Run,
		"Scope":     torch.Scope,
	}
	for name, mode := range modes {
		t.Run(name+" panic", func(t *testing.T) {
			assert.PanicsWithValue(t, "stop", func() { mode(func() { panic("stop") }) })
			assertDefaultState(t)
			err := torch.Try(func() { mode(func() { leaf(1, 2).Mm(leaf(1)) }) })
			assert.ErrorIs(t, err, &torch.Error{Kind: "RuntimeError"})
			assertDefaultState(t)
		})
		t.Run(name+" Goexit", func(t *testing.T) {
			// The goroutine's thread would keep the mode: look at it from deferred
			// code, which still runs there.
			done := make(chan bool)
			go func() {
				defer close(done)
				defer assertDefaultState(t)
				mode(runtime.Goexit)
			}()
			<-done
		})
	}
}

func assertDefaultState(t *testing.T) {
	t.Helper()
	assert.True(t, torch.IsGradEnabled())
	assert.False(t, torch.IsInferenceModeEnabled())
}

func TestCaptureState(t *testing.T) {
	type state struct{ grad, inference bool }
	current := func() state { return state{torch.IsGradEnabled(), torch.IsInferenceModeEnabled()} }
	plain := func(fn func()) { fn() }
	modes := map[string]func(func()){
		"none":                     plain,
		"NoGrad":                   torch.NoGrad,
		"InferenceMode":            torch.InferenceMode,
		"EnableGrad in inference":  func(fn func()) { torch.InferenceMode(func() { torch.EnableGrad(fn) }) },
		"InferenceMode in no grad": func(fn func()) { torch.NoGrad(func() { torch.InferenceMode(fn) }) },
	}
	for from, capture := range modes {
		for in, run := range modes {
			t.Run(from+" run in "+in, func(t *testing.T) {
				var captured torch.State
				var want, got, before, after state
				capture(func() { captured, want = torch.CaptureState(), current() })
				run(func() {
					before = current()
					captured.Run(func() { got = current() })
					after = current()
				})
				assert.Equal(t, want, got)
				assert.Equal(t, before, after)
			})
		}
	}
}

// New goroutines start from the default state, whatever their parent is in.
func TestGoroutinesStartFresh(t *testing.T) {
	torch.NoGrad(func() {
		torch.InferenceMode(func() {
			done := make(chan bool)
			go func() {
				defer close(done)
				assertDefaultState(t)
			}()
			<-done
		})
	})
}
