package cuda_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// needed is what the calls below need: as many MB as a full device has once its garbage
// is collected.
const needed = 48

// fullDevice is one of 256 MB on which needed is free but for some garbage, less than
// calls for a collection.
type fullDevice struct {
	t    *testing.T
	x    *torch.Tensor // of needed, of float32
	kept *torch.Tensor
}

func newFullDevice(t *testing.T) *fullDevice {
	limitMemory(t, 256)
	d := &fullDevice{t: t, x: torch.Ones([]int64{16, 3, 512, 512}, torch.CUDA(0)), kept: take(200 - needed)}
	t.Cleanup(func() {
		d.x.Close()
		d.kept.Close()
	})
	return d
}

// during makes garbage, runs fn, and returns how often memory ran out.
func (d *fullDevice) during(fn func()) int64 {
	d.t.Helper()
	torch.CollectGarbage()
	take(12)
	before := torch.MemoryStats()
	require.Equal(d.t, int64(212), before.Devices[1].Bytes/mb, "the garbage is there")
	fn()
	return torch.MemoryStats().Shortages - before.Shortages
}

func outOfMemory(t *testing.T, fn func()) *torch.Error {
	t.Helper()
	e := refusal(t, fn)
	assert.Equal(t, "OutOfMemoryError", e.Kind)
	assert.Regexp(t, `^CUDA out of memory. Tried to allocate \d+\.\d\d MiB. GPU 0 has a total capacity of .* reserved by PyTorch but unallocated`,
		e.Message)
	return e
}

// Calls that change nothing get the memory that garbage took.
func TestCallsAreMadeOnceMore(t *testing.T) {
	d := newFullDevice(t)
	data := make([]float32, d.x.Numel())
	for name, fn := range map[string]func() *torch.Tensor{
		"operator":      func() *torch.Tensor { return d.x.Add(1) },
		"of a list":     func() *torch.Tensor { return torch.Cat([]*torch.Tensor{d.x}) },
		"factory":       func() *torch.Tensor { return torch.Full([]int64{needed / 4, mb}, 2.0, torch.CUDA(0)) },
		"from the host": func() *torch.Tensor { return torch.NewTensor(data, torch.CUDA(0)) },
		"by name":       func() *torch.Tensor { return torch.Call("aten::neg", d.x)[0].(*torch.Tensor) },
		"in a scope": func() *torch.Tensor {
			return torch.ScopeValue(func() *torch.Tensor { return d.x.Mul(2) })
		},
		"without recording": func() (y *torch.Tensor) {
			torch.NoGrad(func() { y = d.x.Relu() })
			return y
		},
	} {
		var y *torch.Tensor
		assert.Equal(t, int64(1), d.during(func() { y = fn() }), name)
		assert.Equal(t, int64(needed*mb), y.Numel()*y.ElementSize(), name)
		y.Close()
	}
}

// The values are those of a call that had memory at once.
func TestCallsOnceMoreHaveTheSameValues(t *testing.T) {
	d := newFullDevice(t)
	torch.ManualSeed(5)
	d.x.Normal_(0, 1)
	var y *torch.Tensor
	require.Equal(t, int64(1), d.during(func() { y = d.x.Exp() }))
	defer y.Close()
	host := d.x.Cpu()
	assert.True(t, torch.Allclose(host.Exp(), y.Cpu()))
}

// Operators that draw random numbers draw what they would have drawn, and those after
// them, too: also those that draw before they ask for the memory that is not there.
func TestRandomOperatorsOnceMore(t *testing.T) {
	d := newFullDevice(t)
	generator := torch.NewGenerator(torch.CUDA(0))
	shape := []int64{needed / 4, mb}
	for name, fn := range map[string]func() *torch.Tensor{
		"rand":            func() *torch.Tensor { return torch.Rand(shape, torch.CUDA(0)) },
		"randn":           func() *torch.Tensor { return torch.Randn(shape, torch.CUDA(0), generator) },
		"randn_like":      func() *torch.Tensor { return torch.RandnLike(d.x) },
		"bernoulli":       func() *torch.Tensor { return torch.Bernoulli(d.x.Mul_(0.5).Add_(0.25)) },
		"dropout":         func() *torch.Tensor { return torch.Dropout(d.x.Narrow(0, 0, 12), 0.5, true) }, // with a mask of bytes,
		"feature_dropout": func() *torch.Tensor { return torch.FeatureDropout(d.x, 0.5, true) },
	} {
		draw := func() (y, next []float32) {
			torch.ManualSeed(7)
			generator.ManualSeed(8)
			d.x.Fill_(1)
			result := fn()
			defer result.Close()
			y = torch.Data[float32](result)
			return y, torch.Data[float32](torch.Cat([]*torch.Tensor{
				torch.Rand([]int64{3}, torch.CUDA(0)), torch.Rand([]int64{3}, torch.CUDA(0), generator),
			}))
		}
		var y, next []float32
		assert.Equal(t, int64(1), d.during(func() { y, next = draw() }), name)
		torch.CollectGarbage()
		wantY, wantNext := draw()
		assert.True(t, equal(wantY, y), name)
		assert.Equal(t, wantNext, next, name)
	}
}

func equal(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// What is too much for the device is PyTorch's error, and leaves nothing behind: no
// memory, no handle, and generators where they were.
func TestMoreThanThereIs(t *testing.T) {
	d := newFullDevice(t)
	more := []int64{2 * needed, mb}
	data := make([]uint8, 2*needed*mb)
	model := nn.NewLinear(needed*mb/4/1024, 2*1024, nn.Bias(false))
	torch.CollectGarbage()
	before, allocated := torch.MemoryStats(), cuda.MemoryAllocated(torch.CUDA(0))
	state := cuda.GetRngState(torch.CUDA(0))
	for name, fn := range map[string]func(){
		"factory":    func() { torch.Empty(more, torch.Uint8, torch.CUDA(0)) },
		"operator":   func() { d.x.Add(d.x.Unsqueeze(0).Expand(2, 16, 3, 512, 512)) },
		"random":     func() { torch.Rand(more, torch.CUDA(0)) },
		"draws":      func() { torch.FeatureDropout(d.x.Expand(2, 16, 3, 512, 512), 0.5, true) },
		"copy":       func() { torch.NewTensor(data, torch.CUDA(0)) },
		"layer":      func() { model.To(torch.CUDA(0)) },
		"in place":   func() { d.x.Unsqueeze(0).Resize_([]int64{2 * needed, mb}) },
		"in a scope": func() { torch.Scope(func() { d.x.Add(1).Add(1) }) },
	} {
		e := outOfMemory(t, fn)
		assert.Contains(t, e.Caller, "shortage_test.go", name)
		torch.CollectGarbage()
		after := torch.MemoryStats()
		assert.Equal(t, before.Handles+1, after.Handles, name) // with the generator's state
		assert.Equal(t, allocated, cuda.MemoryAllocated(torch.CUDA(0)), name)
		assert.Equal(t, torch.Data[uint8](state), torch.Data[uint8](cuda.GetRngState(torch.CUDA(0))), name)
		assert.Equal(t, torch.CPU, model.Weight.Device(), name)
	}
	d.kept.Close() // there is room now
	y := torch.Empty(more, torch.Uint8, torch.CUDA(0))
	y.Close()
}

// Calls that may have changed an argument are not made again; but there is room for the
// program to do so.
func TestCallsInPlaceAreNotMadeOnceMore(t *testing.T) {
	d := newFullDevice(t)
	written := torch.Empty([]int64{0}, torch.CUDA(0))
	ones := torch.Ones([]int64{3}, torch.CUDA(0))
	for name, fn := range map[string]func(){
		"in place": func() { written.Resize_([]int64{needed / 4, mb}) },
		"out":      func() { torch.Neg(d.x, torch.Out(written)) },
		"batch norm": func() {
			torch.BatchNorm(d.x, nil, nil, ones, ones, true, 0.1, 1e-5, false).Close()
		},
	} {
		assert.Equal(t, int64(1), d.during(func() { outOfMemory(t, fn) }), name)
		assert.Equal(t, []int64{0}, written.Shape(), "it has no memory for another shape")
		assert.Equal(t, "tensor([], device='cuda:0')", written.String())
		require.NoError(t, torch.Try(fn), name)
		written.Close()
		written = torch.Empty([]int64{0}, torch.CUDA(0))
	}
	written.Close()
	ones.Close()
}

// A call in which a hook has run is not made again.
func TestCallsWithHooksAreNotMadeOnceMore(t *testing.T) {
	d := newFullDevice(t)
	d.x.RequiresGrad_()
	packed := 0
	mul := func() {
		torch.WithSavedTensorsHooks(func(x *torch.Tensor) any { packed++; return x }, func(x any) *torch.Tensor { return x.(*torch.Tensor) },
			func() { d.x.Mul(d.x).Close() })
	}
	assert.Equal(t, int64(1), d.during(func() { outOfMemory(t, mul) }))
	assert.Equal(t, 2, packed, "before the memory was asked for")
	require.NoError(t, torch.Try(mul))
	assert.Equal(t, 4, packed)

	// Exp saves its result, which is not there yet. Without its graph: a graph that holds
	// itself is never freed, in Python neither.
	exp := func() {
		torch.WithSavedTensorsHooks(func(x *torch.Tensor) any { packed++; return x.Detach() }, func(x any) *torch.Tensor { return x.(*torch.Tensor) },
			func() { d.x.Exp().Close() })
	}
	assert.Equal(t, int64(1), d.during(exp))
	assert.Equal(t, 5, packed)
}

// chain makes a graph that holds so many results of 20 MB.
func chain(w *torch.Tensor, n int) *torch.Tensor {
	return torch.ScopeValue(func() *torch.Tensor {
		y := w
		for range n {
			y = y.Sin()
		}
		return y.Sum()
	})
}

// A backward pass that runs out of memory is not made again, and leaves nothing behind.
func TestBackwardOutOfMemory(t *testing.T) {
	limitMemory(t, 256)
	w := torch.Zeros([]int64{5 * mb}, torch.CUDA(0), torch.RequiresGrad(true)) // 20 MB
	defer w.Close()
	torch.CollectGarbage()
	before, allocated := torch.MemoryStats(), cuda.MemoryAllocated(torch.CUDA(0))
	for range 3 {
		loss := chain(w, 11) // 240 MB with w
		outOfMemory(t, func() { loss.Backward() })
		assert.Nil(t, w.Grad())
		loss.Close()
		torch.CollectGarbage()
		assert.Equal(t, allocated, cuda.MemoryAllocated(torch.CUDA(0)), "the graph is gone")

		loss = chain(w, 11)
		outOfMemory(t, func() { torch.Grad([]*torch.Tensor{loss}, []*torch.Tensor{w}) })
		loss.Close()
		torch.CollectGarbage()
		assert.Equal(t, allocated, cuda.MemoryAllocated(torch.CUDA(0)))
	}
	assert.Equal(t, before.Handles, torch.MemoryStats().Handles)
	loss := chain(w, 5)
	loss.Backward()
	loss.Close()
	assert.Equal(t, 1.0, w.Grad().Max().Item())
}

// Before a backward pass garbage is collected if it may be in the way: the pass could
// not be made again.
func TestGarbageBeforeBackward(t *testing.T) {
	limitMemory(t, 256)
	w := torch.Zeros([]int64{5 * mb}, torch.CUDA(0), torch.RequiresGrad(true))
	defer w.Close()
	for range 20 {
		loss := chain(w, 9) // 200 MB, and 40 for the pass
		for range 4 {
			take(3)
		}
		loss.Backward()
		w.SetGrad(nil)
	}
	loss := chain(w, 3)
	loss.Backward()
	loss.Close()
}

// A capture of a graph holds what a failed call has begun, so nothing is made again.
func TestShortageWhileCapturing(t *testing.T) {
	d := newFullDevice(t)
	g := cuda.NewCUDAGraph()
	outOfMemory(t, func() {
		cuda.Capture(g, func() {
			d.x.Add(1)
			take(needed)
		})
	})
	torch.CollectGarbage()
	y := d.x.Add(1)
	assert.Equal(t, 2.0, y.Max().Item())
	y.Close()
}

// Pinned memory has an allocator of its own, whose error is CUDA's.
func TestPinnedMemoryRunsOut(t *testing.T) {
	testkit.NeedDevices(t, 1)
	before := torch.MemoryStats()
	e := refusal(t, func() { torch.Empty([]int64{1 << 46}, torch.Uint8, torch.PinMemory(true)) })
	assert.Equal(t, "AcceleratorError", e.Kind)
	assert.Contains(t, e.Message, "CUDA error: out of memory")
	after := torch.MemoryStats()
	assert.Equal(t, before.Shortages+1, after.Shortages)
	assert.Equal(t, before.Handles, after.Handles)
	x := torch.Ones([]int64{2}, torch.PinMemory(true))
	assert.True(t, x.IsPinned())
	x.Close()
}
