package cuda_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// device has one device's memory back to nothing, and returns the device.
func device(t *testing.T) torch.Device {
	t.Helper()
	testkit.NeedDevices(t, 1)
	t.Cleanup(func() {
		assert.False(t, cuda.IsCurrentStreamCapturing())
		cuda.Synchronize() // which no stream forbids
		torch.CollectGarbage()
		cuda.EmptyCache()
		assert.Zero(t, cuda.MemoryAllocated(), "tensors are left")
		assert.Zero(t, cuda.MemoryReserved(), "pools are left")
	})
	return torch.CUDA(0)
}

func floats(t *torch.Tensor) []float32 { return torch.Data[float32](t) }

func TestGraph(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{2}, d)
	var y *torch.Tensor
	g := cuda.NewCUDAGraph()
	cuda.Capture(g, func() {
		assert.True(t, cuda.IsCurrentStreamCapturing())
		assert.NotEqual(t, cuda.DefaultStream(), cuda.CurrentStream())
		y = x.Mul(2).Add(1)
	})
	for i := range 3 {
		x.Fill_(i)
		g.Replay()
		want := float32(2*i + 1)
		assert.Equal(t, []float32{want, want}, floats(y))
	}
	assert.Equal(t, []accelerator.PoolId{g.Pool()}, g.Pools())
	g.Reset()
	assert.Error(t, torch.Try(g.Replay))
	cuda.Capture(g, func() { y = x.Add(10) })
	g.Replay()
	assert.Equal(t, []float32{12, 12}, floats(y))
}

// A graph keeps what it computes with: here the weights, to which nothing else refers
// after the capture.
func TestGraphKeepsItsTensors(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{2}, d)
	var y *torch.Tensor
	g := cuda.NewCUDAGraph()
	func() {
		weights := torch.Full([]int64{2}, 3.0, d)
		cuda.Capture(g, func() { y = x.Mul(weights) })
	}()
	torch.CollectGarbage()
	for range 8 { // which would lie where the weights did
		torch.Keep(torch.Full([]int64{2}, 7.0, d))
	}
	g.Replay()
	assert.Equal(t, []float32{3, 3}, floats(y))
	g.Reset()
	torch.CollectGarbage()
	runtime.KeepAlive(g)
}

// Tensors that the collector frees during a capture, and those that other goroutines
// drop, do not spoil it.
func TestGarbageDuringCapture(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{1000}, d)
	var y *torch.Tensor
	g := cuda.NewCUDAGraph()
	cuda.Capture(g, func() {
		var others sync.WaitGroup
		for range 4 {
			others.Go(func() {
				for range 20 {
					torch.Ones([]int64{100}).Add(1)
				}
			})
		}
		y = x
		for range 20 {
			y = y.Add(1) // and the one before is garbage
		}
		torch.CollectGarbage()
		cuda.NewCUDAGraph() // which is destroyed after the capture
		cuda.NewMemPool()
		torch.Scope(func() { y = torch.Keep(y.Mul(2).Add(0)) })
		torch.CollectGarbage()
		others.Wait()
	}, cuda.CaptureErrorMode("thread_local"))
	g.Replay()
	assert.Equal(t, float32(42), floats(y)[999])
}

// Memory that was freed during the capture is used again within the graph.
func TestScopeInCapture(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{1 << 20}, d)
	use := func(capture func(fn func())) int64 {
		cuda.EmptyCache()
		before := cuda.MemoryReserved()
		g := cuda.NewCUDAGraph()
		var y *torch.Tensor
		cuda.Capture(g, func() {
			y = x
			for range 10 {
				capture(func() { y = torch.Keep(y.Add(1).Mul(1)) })
			}
		})
		g.Replay()
		assert.Equal(t, float32(11), floats(y)[0])
		return cuda.MemoryReserved() - before
	}
	collected := use(func(fn func()) { fn() })
	inScopes := use(torch.Scope)
	assert.Less(t, inScopes, collected)
}

// captureErrors are misuses of graphs, and the same in Python.
var captureErrors = []struct {
	name, python string
	run          func(x *torch.Tensor)
}{
	{"replay before capture", `G().replay()`, func(*torch.Tensor) { cuda.NewCUDAGraph().Replay() }},
	{"instantiate before capture", `G().instantiate()`, func(*torch.Tensor) { cuda.NewCUDAGraph().Instantiate() }},
	{"pool before capture", `G().pool()`, func(*torch.Tensor) { cuda.NewCUDAGraph().Pool() }},
	{"raw before capture", `G().raw_cuda_graph()`, func(*torch.Tensor) { cuda.NewCUDAGraph().RawCudaGraph() }},
	{"exec before capture", `G().raw_cuda_graph_exec()`, func(*torch.Tensor) { cuda.NewCUDAGraph().RawCudaGraphExec() }},
	{"default stream", `G().capture_begin()`, func(*torch.Tensor) { cuda.NewCUDAGraph().CaptureBegin() }},
	{"error mode", `capture(G(), lambda: None, capture_error_mode="loose")`, func(*torch.Tensor) {
		cuda.Capture(cuda.NewCUDAGraph(), func() {}, cuda.CaptureErrorMode("loose"))
	}},
	{"pool with two numbers", `capture(G(), lambda: x + 1, pool=(5, 6))`, func(x *torch.Tensor) {
		cuda.Capture(cuda.NewCUDAGraph(), func() { x.Add(1) }, cuda.Pool(accelerator.PoolId{5, 6}))
	}},
	{"captured twice", `g = G(); capture(g, lambda: x + 1); capture(g, lambda: x + 2)`, func(x *torch.Tensor) {
		g := cuda.NewCUDAGraph()
		cuda.Capture(g, func() { x.Add(1) })
		cuda.Capture(g, func() { x.Add(2) })
	}},
	{"instantiated twice", `g = G(); capture(g, lambda: x + 1); g.instantiate()`, func(x *torch.Tensor) {
		g := cuda.NewCUDAGraph()
		cuda.Capture(g, func() { x.Add(1) })
		g.Instantiate()
	}},
	{"not kept", `g = G(); capture(g, lambda: x + 1); g.raw_cuda_graph()`, func(x *torch.Tensor) {
		g := cuda.NewCUDAGraph()
		cuda.Capture(g, func() { x.Add(1) })
		g.RawCudaGraph()
	}},
	{"not instantiated", `g = G(keep_graph=True); capture(g, lambda: x + 1); g.raw_cuda_graph_exec()`, func(x *torch.Tensor) {
		g := cuda.NewCUDAGraph(cuda.KeepGraph(true))
		cuda.Capture(g, func() { x.Add(1) })
		g.RawCudaGraphExec()
	}},
	{"reset", `g = G(); capture(g, lambda: x + 1); g.reset(); g.replay()`, func(x *torch.Tensor) {
		g := cuda.NewCUDAGraph()
		cuda.Capture(g, func() { x.Add(1) })
		g.Reset()
		g.Replay()
	}},
	{"seed", `capture(G(), lambda: torch.cuda.manual_seed(3))`, func(*torch.Tensor) {
		cuda.Capture(cuda.NewCUDAGraph(), func() { cuda.ManualSeed(3) })
	}},
	{"item", `capture(G(), lambda: x.sum().item())`, func(x *torch.Tensor) {
		cuda.Capture(cuda.NewCUDAGraph(), func() { x.Sum().Item() })
	}},
	{"synchronize", `capture(G(), torch.cuda.synchronize)`, func(*torch.Tensor) {
		cuda.Capture(cuda.NewCUDAGraph(), func() { cuda.Synchronize() })
	}},
	{"stream synchronize", `capture(G(), lambda: torch.cuda.current_stream().synchronize())`, func(*torch.Tensor) {
		cuda.Capture(cuda.NewCUDAGraph(), func() { cuda.CurrentStream().Synchronize() })
	}},
	{"tensor of the CPU", `capture(G(), lambda: x + torch.ones(4))`, func(x *torch.Tensor) {
		cuda.Capture(cuda.NewCUDAGraph(), func() { x.Add(torch.Ones([]int64{4})) })
	}},
	{"other dtype", `capture(G(), lambda: x @ torch.ones(4, device="cuda").long())`, func(x *torch.Tensor) {
		cuda.Capture(cuda.NewCUDAGraph(), func() { x.Matmul(torch.Ones([]int64{4}, torch.CUDA()).To(torch.Int64)) })
	}},
	{"nested", `capture(G(), lambda: capture(G(), lambda: x + 1))`, func(x *torch.Tensor) {
		cuda.Capture(cuda.NewCUDAGraph(), func() { cuda.Capture(cuda.NewCUDAGraph(), func() { x.Add(1) }) })
	}},
}

// Misuse and what cannot be captured is said in Python's words. Of two errors, that of
// the cause and that of the capture's end, Python shows the second, "due to" the first;
// Go's is the first. Nothing is left behind.
func TestCaptureErrors(t *testing.T) {
	d := device(t)
	var code strings.Builder
	code.WriteString(`
		import gc
		G = torch.cuda.CUDAGraph
		x = torch.ones(4, device="cuda")
		def capture(g, fn, **keywords):
			with torch.cuda.graph(g, **keywords):
				fn()
		errors = out["errors"] = []
		def run(text):
			try:
				exec(text, globals() | {"G": G, "x": x, "capture": capture})
				errors.append("nothing")
			except Exception as e:
				while e.__context__ is not None:
					e = e.__context__
				errors.append(f"{type(e).__name__}: {e}")
			gc.collect()
`)
	for _, e := range captureErrors {
		code.WriteString("\t\trun('''" + e.python + "''')\n")
	}
	code.WriteString("\t\tdel x\n")
	want := parity.RunOnDevices(t, 1, code.String()).Strings("errors")
	x := torch.Ones([]int64{4}, d)
	for i, e := range captureErrors {
		err := refusal(t, func() { e.run(x) })
		assert.Equal(t, want[i], err.Kind+": "+err.Message, e.name)
		assert.False(t, cuda.IsCurrentStreamCapturing(), e.name)
		assert.Equal(t, cuda.DefaultStream(), cuda.CurrentStream(), e.name)
		assert.Equal(t, []float32{2, 2, 2, 2}, floats(x.Add(1)), "the device works after %s", e.name)
	}
}

// A program's own panic comes back, the capture is given up, and g can be used again.
func TestPanicInCapture(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{2}, d)
	g := cuda.NewCUDAGraph()
	destroyed := 0
	g.RegisterDestroyCallback(func() { destroyed++ })
	assert.PanicsWithValue(t, "mine", func() {
		cuda.Capture(g, func() {
			x.Add(1)
			panic("mine")
		})
	})
	assert.Equal(t, 1, destroyed)
	assert.Error(t, torch.Try(g.Replay))
	done := make(chan bool)
	go func() {
		defer close(done)
		cuda.Capture(g, func() {
			x.Add(1)
			runtime.Goexit()
		}, cuda.CaptureErrorMode("thread_local"))
	}()
	<-done
	var y *torch.Tensor
	cuda.Capture(g, func() { y = x.Add(1) })
	g.Replay()
	assert.Equal(t, []float32{2, 2}, floats(y))

	// A failure that fn hides is the capture's.
	other := cuda.NewCUDAGraph()
	err := refusal(t, func() { cuda.Capture(other, func() { _ = torch.Try(func() { x.Sum().Item() }) }) })
	assert.Contains(t, err.Message, "operation failed due to a previous error during capture")
	assert.Error(t, torch.Try(other.Replay))
	for _, misuse := range []func(){
		func() { (&cuda.CUDAGraph{}).Replay() }, func() { (*cuda.CUDAGraph)(nil).Reset() },
		func() { cuda.Capture(nil, func() {}) }, func() { (*cuda.CUDAGraph)(nil).CaptureBegin() },
	} {
		assert.Equal(t, "TypeError", refusal(t, misuse).Kind)
	}
}

// Memory that runs out during a capture ends it, and is free again.
func TestOutOfMemoryInCapture(t *testing.T) {
	d := device(t)
	_, total := cuda.MemGetInfo()
	g := cuda.NewCUDAGraph()
	err := refusal(t, func() {
		cuda.Capture(g, func() {
			torch.Ones([]int64{total / 8}, d, torch.Uint8)
			torch.Ones([]int64{total}, d, torch.Uint8)
		})
	})
	assert.Equal(t, "OutOfMemoryError", err.Kind)
	assert.Contains(t, err.Message, "CUDA out of memory. Tried to allocate")
	torch.CollectGarbage()
	cuda.EmptyCache()
	assert.Zero(t, cuda.MemoryReserved())
	cuda.Capture(g, func() { torch.Ones([]int64{total / 8}, d, torch.Uint8) })
	g.Replay()
}

func TestCaptureBegin(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{2}, d)
	g := cuda.NewCUDAGraph()
	s := cuda.NewStream()
	assert.Equal(t, "capture_end() called before capture_begin().", refusal(t, g.CaptureEnd).Message)
	cuda.Synchronize()
	var y *torch.Tensor
	cuda.WithStream(s, func() {
		g.CaptureBegin()
		y = x.Add(1)
		assert.True(t, s.IsCapturing())
	})
	assert.Equal(t, "Capture must end on the same stream it began on.", refusal(t, g.CaptureEnd).Message)
	assert.True(t, s.IsCapturing())
	cuda.WithStream(s, g.CaptureEnd)
	assert.False(t, s.IsCapturing())
	g.Replay()
	assert.Equal(t, []float32{2, 2}, floats(y))

	// Reset ends a capture, too.
	other := cuda.NewCUDAGraph()
	cuda.WithStream(s, func() { other.CaptureBegin(cuda.Pool(g.Pool()), cuda.CaptureErrorMode("relaxed")) })
	other.Reset()
	assert.False(t, s.IsCapturing())
	assert.Error(t, torch.Try(other.Replay))
}

// Graphs that share a pool take no more memory than one, and are replayed in their
// order.
func TestSharedPool(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{1 << 20}, d)
	pool := cuda.GraphPoolHandle()
	assert.Zero(t, pool[0])
	var graphs [3]*cuda.CUDAGraph
	var results [3]float64
	var y *torch.Tensor
	reserved := int64(0)
	for i := range graphs {
		graphs[i] = cuda.NewCUDAGraph()
		torch.Scope(func() {
			cuda.Capture(graphs[i], func() { y = torch.Keep(x.Add(i).Mul(2)) }, cuda.Pool(pool))
		})
		assert.Equal(t, pool, graphs[i].Pool())
		graphs[i].Replay()
		results[i] = y.Index(0).Item()
		y.Close()
		if i > 0 {
			assert.Equal(t, reserved, cuda.MemoryReserved(), "the first graph's memory")
		}
		reserved = cuda.MemoryReserved()
	}
	assert.Equal(t, [3]float64{2, 4, 6}, results)
}

func TestKeepGraph(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{2}, d)
	g := cuda.NewCUDAGraph(cuda.KeepGraph(true))
	var y *torch.Tensor
	cuda.Capture(g, func() { y = x.Add(1) })
	assert.NotZero(t, g.RawCudaGraph())
	g.Replay() // which makes it executable
	assert.Equal(t, []float32{2, 2}, floats(y))
	assert.NotZero(t, g.RawCudaGraphExec())
	g.Instantiate()
	x.Fill_(4)
	g.Replay()
	assert.Equal(t, []float32{5, 5}, floats(y))
	debugged := cuda.NewCUDAGraph()
	debugged.EnableDebugMode()
	cuda.Capture(debugged, func() { y = x.Add(1) })
	assert.NotZero(t, debugged.RawCudaGraph())
}

func TestGraphHooks(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{2}, d)
	var said []string
	say := func(text string) cuda.GraphHook { return func(*cuda.CUDAGraph) { said = append(said, text) } }
	g := cuda.NewCUDAGraph()
	all := []*torch.RemovableHandle{
		cuda.RegisterGraphCaptureStartHook(say("a start")), cuda.RegisterGraphCaptureEndHook(say("an end")),
		cuda.RegisterGraphInstantiateHook(say("an instance")), cuda.RegisterGraphReplayStartHook(say("a replay")),
		cuda.RegisterGraphReplayEndHook(say("replayed")),
	}
	g.RegisterCaptureStartHook(say("start"))
	g.RegisterCaptureEndHook(func(g *cuda.CUDAGraph) {
		assert.NotZero(t, g.RawCudaGraph())
		said = append(said, "end")
	})
	g.RegisterPostInstantiateHook(say("instance"))
	ends := g.RegisterReplayEndHook(say("own replay"))
	g.RegisterDestroyCallback(func() { said = append(said, "destroyed") })
	cuda.Capture(g, func() { x.Add(1) })
	assert.Equal(t, []string{"a start", "start", "an end", "end", "an instance", "instance"}, said)
	said = nil
	g.Replay()
	assert.Equal(t, []string{"a replay", "replayed", "own replay"}, said)
	for _, h := range append(all, ends) {
		h.Remove()
	}
	said = nil
	g.Replay()
	g.Reset()
	assert.Equal(t, []string{"destroyed"}, said)

	// One that panics where the collector has found the graph is no fault of that line.
	func() { cuda.NewCUDAGraph().RegisterDestroyCallback(func() { panic("mine") }) }()
	var warned string
	before := torch.SetWarningHandler(func(w torch.Warning) { warned = w.Message })
	torch.CollectGarbage()
	torch.SetWarningHandler(before)
	assert.Equal(t, "a destroy callback of a CUDAGraph panicked: mine", warned)

	// A hook that panics ends the capture.
	g.RegisterCaptureStartHook(func(*cuda.CUDAGraph) { panic("hook") })
	assert.PanicsWithValue(t, "hook", func() { cuda.Capture(g, func() {}) })
	assert.False(t, cuda.IsCurrentStreamCapturing())
}

// A whole training step in a graph: the losses are those of steps without it.
func TestCapturedTraining(t *testing.T) {
	d := device(t)
	losses := func(graph bool) []float64 {
		torch.ManualSeed(0)
		model := nn.NewSequential(nn.NewLinear(4, 8), nn.NewTanh(), nn.NewLinear(8, 1))
		model.Cuda()
		opt := optim.NewSGD(model.Parameters(), optim.LR(0.1), optim.Momentum(0.9))
		x, target := torch.Empty([]int64{16, 4}, d), torch.Empty([]int64{16, 1}, d)
		var loss *torch.Tensor
		step := func() {
			opt.ZeroGrad(optim.SetToNone(true))
			loss = nn.NewMSELoss().Forward(model.Forward(x), target)
			loss.Backward()
			opt.Step()
		}
		data := torch.Randn([]int64{8, 16, 4})
		feed := func(i int) {
			x.Copy_(data.Index(i))
			target.Copy_(data.Index(i).Sum(torch.Dim(1), torch.Keepdim(true)))
		}
		// As Python's manual says: a few steps in a side stream first.
		side := cuda.NewStream()
		side.WaitStream(cuda.CurrentStream())
		cuda.WithStream(side, func() {
			for i := range 3 {
				feed(i)
				step()
			}
		})
		cuda.CurrentStream().WaitStream(side)
		loss = nil // its graph belongs to the side stream, as do those of earlier steps
		torch.CollectGarbage()
		replay := step
		if graph {
			g := cuda.NewCUDAGraph()
			cuda.Capture(g, step)
			replay = g.Replay
		}
		var seen []float64
		for i := 3; i < 8; i++ {
			feed(i)
			replay()
			seen = append(seen, loss.Item())
		}
		return seen
	}
	plain, graphed := losses(false), losses(true)
	require.Len(t, graphed, 5)
	assert.Equal(t, plain, graphed)
	assert.NotEqual(t, plain[0], plain[4])
}

// A node of an earlier pass, in the default stream, spoils the capture of a backward
// pass, in Python's words, unless it may be overridden.
func TestStaleStream(t *testing.T) {
	d := device(t)
	want := parity.RunOnDevices(t, 1, `
		import gc
		w = torch.ones(2, device="cuda", requires_grad=True)
		with torch.cuda.stream(torch.cuda.default_stream()): # failed captures may have left another one
			alive = (w * 2).sum()
		try:
			with torch.cuda.graph(torch.cuda.CUDAGraph()):
				(w * 3).sum().backward()
		except Exception as e:
			while e.__context__ is not None:
				e = e.__context__
			out["error"] = str(e)
		del w, alive
		gc.collect()
	`).Text("error")
	w := torch.Ones([]int64{2}, d).RequiresGrad_()
	alive := w.Mul(2).Sum()
	pass := func() {
		w.SetGrad(nil)
		w.Mul(3).Sum().Backward()
	}
	g := cuda.NewCUDAGraph()
	assert.Equal(t, want, refusal(t, func() { cuda.Capture(g, pass) }).Message)
	autograd.SetOverrideStaleCaptureStream(true)
	autograd.SetWarnOnAccumulateGradStreamMismatch(false)
	defer autograd.SetOverrideStaleCaptureStream(false)
	defer autograd.SetWarnOnAccumulateGradStreamMismatch(true)
	cuda.Capture(g, pass)
	g.Replay()
	assert.Equal(t, []float32{3, 3}, floats(w.Grad()))
	runtime.KeepAlive(alive)
}

// Each replay draws other random numbers, those that would have been drawn without a
// graph.
func TestRandomNumbersInGraph(t *testing.T) {
	d := device(t)
	var y *torch.Tensor
	g := cuda.NewCUDAGraph()
	cuda.Capture(g, func() { y = torch.Rand([]int64{4}, d) })
	cuda.ManualSeed(5)
	var got [][]float32
	for range 3 {
		g.Replay()
		got = append(got, floats(y))
	}
	cuda.ManualSeed(5)
	for i := range got {
		assert.Equal(t, floats(torch.Rand([]int64{4}, d)), got[i])
	}
	assert.NotEqual(t, got[0], got[1])
}

// Graphs of two devices, each with the current device's streams.
func TestGraphsOnTwoDevices(t *testing.T) {
	testkit.NeedDevices(t, 2)
	for i := range 2 {
		d := torch.CUDA(i)
		cuda.WithDevice(d, func() {
			x := torch.Ones([]int64{2}, d)
			var y *torch.Tensor
			g := cuda.NewCUDAGraph()
			cuda.Capture(g, func() {
				assert.Equal(t, i, cuda.CurrentDevice())
				y = x.Add(i)
			})
			g.Replay()
			assert.Equal(t, []float32{float32(1 + i), float32(1 + i)}, floats(y))
		})
	}
}

// A replay refuses to compute with what was freed, if it is asked to look.
func TestCheckInputLiveness(t *testing.T) {
	d := device(t)
	py := parity.RunOnDevices(t, 1, `
		x, w = torch.ones(4, device="cuda"), torch.ones(4, device="cuda", requires_grad=True)
		z = torch.ones(4, device="cuda", requires_grad=True)
		g, first = torch.cuda.CUDAGraph(), torch.cuda.CUDAGraph()
		with torch.cuda.graph(first):
			made = x + 1
		with torch.cuda.graph(g, pool=first.pool(), check_input_liveness=True):
			view = x[1:]
			y = (view * 2).sum() + made.sum()
			s = (w * z).sum()
			s.backward()
		first.replay()
		g.replay()
		out["y"] = y.item()
		def refusal():
			try: g.replay()
			except RuntimeError as e: return str(e).split("\n")[0]
			return ""
		del made # which lies in the pool
		errors = [refusal()]
		del x, view
		errors.append(refusal())
		del w, z, s
		errors.append(refusal())
		out["errors"] = errors
		del g, first, y
	`)
	x, w := torch.Ones([]int64{4}, d), torch.Ones([]int64{4}, d, torch.RequiresGrad(true))
	z := torch.Ones([]int64{4}, d, torch.RequiresGrad(true))
	g, first := cuda.NewCUDAGraph(), cuda.NewCUDAGraph()
	var made, view, y, s *torch.Tensor
	cuda.Capture(first, func() { made = x.Add(1) })
	cuda.Capture(g, func() {
		view = x.Index(torch.Slice(1, nil))
		y = view.Mul(2).Sum().Add(made.Sum())
		s = w.Mul(z).Sum()
		s.Backward()
	}, cuda.Pool(first.Pool()), cuda.CheckInputLiveness(true))
	first.Replay()
	g.Replay()
	assert.Equal(t, py.Number("y"), y.Item())
	errors := []string{}
	replay := func() {
		message := ""
		if err := torch.Try(g.Replay); err != nil {
			message, _, _ = strings.Cut(err.(*torch.Error).Message, "\n")
		}
		errors = append(errors, message)
	}
	made.Close()
	replay()
	x.Close()
	view.Close()
	replay()
	for _, t := range []*torch.Tensor{w, z, s} {
		t.Close()
	}
	torch.CollectGarbage() // what holds the autograd graph
	replay()
	assert.Equal(t, py.Strings("errors"), errors)
	g.Reset()
	assert.ErrorContains(t, torch.Try(g.Replay), "must have been called")
	assert.PanicsWithValue(t, "mine", func() {
		cuda.Capture(g, func() { panic("mine") }, cuda.CheckInputLiveness(true))
	})
	torch.Scope(func() {
		inner := torch.Ones([]int64{4}, d)
		cuda.Capture(g, func() { y = torch.Keep(inner.Add(1)) }, cuda.CheckInputLiveness(true))
		g.Replay()
	})
	assert.ErrorContains(t, torch.Try(g.Replay), "1 dead tensor")
	runtime.KeepAlive(first) // and its pool
}
