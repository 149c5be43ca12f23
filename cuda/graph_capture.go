package cuda

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	currentStreamCapturing = csrc.Entry("cuda::is_current_stream_capturing() -> bool")
	threadNumber           = csrc.Entry("cuda::thread_number() -> int")
	graphPoolHandle        = csrc.Entry("cuda::graph_pool_handle() -> (int first, int second)")
)

// A CaptureOption is an option of [Capture]: a [Stream], [Pool], [CaptureErrorMode],
// [CheckInputLiveness].
type CaptureOption interface{ applyCapture(*captureArguments) }

// A CaptureBeginOption is an option of [CUDAGraph.CaptureBegin]: [Pool],
// [CaptureErrorMode], [CheckInputLiveness].
type CaptureBeginOption interface {
	CaptureOption
	captureBegin()
}

type captureArguments struct {
	stream *Stream
	pool   accelerator.PoolId
	mode   string
	check  bool // the liveness of inputs
}

func captureArgumentsOf[O CaptureOption](opts []O) captureArguments {
	a := captureArguments{mode: "global"}
	for _, o := range opts {
		o.applyCapture(&a)
	}
	return a
}

func (s Stream) applyCapture(a *captureArguments) { a.stream = &s }

type poolOption accelerator.PoolId

func (p poolOption) applyCapture(a *captureArguments) { a.pool = accelerator.PoolId(p) }
func (poolOption) captureBegin()                      {}

// Pool names the pool of memory that a graph uses: that of another graph, by
// [CUDAGraph.Pool], one of [GraphPoolHandle], or a [MemPool]. Without it a graph has
// a pool of its own.
//
// Graphs that share one use less memory, but overwrite each other's results: they
// must be replayed in the order in which they were captured, and one at a time.
func Pool[P accelerator.PoolId | *MemPool](pool P) interface {
	CaptureBeginOption
	MakeGraphedCallablesOption
} {
	if p, ok := any(pool).(*MemPool); ok {
		return poolOption(p.Id())
	}
	return poolOption(any(pool).(accelerator.PoolId))
}

// CaptureErrorMode says which calls a capture forbids that are not captured, such as
// taking memory from the device: "global", the default, those of all threads;
// "thread_local" those of this one; "relaxed" none.
//
// While a capture is underway, PyTorch forbids other work on GPUs in all threads of the
// process. On the same device it may give wrong numbers, without an error. Where goroutines have a device each, "thread_local" lets them work
// on theirs meanwhile.
type CaptureErrorMode string

func (m CaptureErrorMode) applyCapture(a *captureArguments) { a.mode = string(m) }
func (CaptureErrorMode) captureBegin()                      {}

// Capture records the work that fn gives to the GPU, without doing it, into g, which
// [CUDAGraph.Replay] then does: Python's "with torch.cuda.graph(g):".
//
//	g := cuda.NewCUDAGraph()
//	cuda.Capture(g, func() { y = model.Forward(x) })
//	for _, batch := range batches {
//		x.Copy_(batch)
//		g.Replay()
//		use(y)
//	}
//
// First it waits for the device, collects garbage, and empties the caches, so that the
// graph has room. fn then runs with another stream than the default one as the current
// one: a [Stream] given, or one that this function keeps for the device. A few runs of
// fn in a side stream should come before, in which libraries choose their kernels.
//
// fn must not need values of the GPU's: Item, Cpu, printing and [Synchronize] panic
// with CUDA's words, and so does what depends on them, such as Nonzero. Whatever fn
// panics with comes back from Capture, and then nothing is captured: g is as before,
// the stream is an ordinary one again, and the memory is free.
//
// PyTorch allows one capture at a time in a process: Capture waits for one that another
// goroutine has begun to end, so fn must not wait for another goroutine's. Nor must
// others give work to GPUs meanwhile, see [CaptureErrorMode].
//
// What fn computes with must stay, so g keeps fn and all that it refers to. Tensors
// that fn makes and drops may be freed during the capture or later; memory that was
// freed in time is used again within the graph, so that a [torch.Scope] in fn, or
// Close, saves memory.
func Capture(g *CUDAGraph, fn func(), opts ...CaptureOption) {
	g.check()
	entry.RequireFunc("fn", fn != nil)
	a := captureArgumentsOf(opts)
	captureTurn.take()
	defer captureTurn.give()
	stream := captureStream(a.stream)
	Synchronize()
	torch.CollectGarbage()
	EmptyCache()
	accelerator.EmptyHostCache()
	WithStream(stream, func() {
		g.begin(a)
		done := false
		defer func() {
			if !done {
				g.abandon()
			}
		}()
		fn()
		g.CaptureEnd()
		done = true
	})
	g.RetainObject(fn)
}

// captureTurn is the right to capture, which one thread has at a time: a capture would
// spoil another that is underway, as PyTorch's manual says.
var captureTurn turn

// A turn belongs to a thread, which may take it again while it has it.
type turn struct {
	sync.Mutex
	thread atomic.Int64 // that has it
	taken  int          // how often
}

// take waits for the turn, and keeps the goroutine on its thread until it gives it back.
func (t *turn) take() {
	runtime.LockOSThread()
	if thread := entry.Int(threadNumber); t.thread.Load() != thread {
		t.Lock()
		t.thread.Store(thread)
	}
	t.taken++
}

func (t *turn) give() {
	t.taken--
	if t.taken == 0 {
		t.thread.Store(0)
		t.Unlock()
	}
	runtime.UnlockOSThread()
}

// captureStreams are the streams that captures use which name none, one for each
// device.
var captureStreams struct {
	sync.Mutex
	of map[torch.Device]Stream
}

func captureStream(given *Stream) Stream {
	if given != nil {
		return *given
	}
	d := torch.CUDA(CurrentDevice())
	captureStreams.Lock()
	defer captureStreams.Unlock()
	s, ok := captureStreams.of[d]
	if !ok {
		if captureStreams.of == nil {
			captureStreams.of = map[torch.Device]Stream{}
		}
		s = NewStream(d)
		captureStreams.of[d] = s
	}
	return s
}

// CaptureBegin begins to capture the work that this goroutine gives to the current
// stream, which must not be the default one. Use [Capture], which does what must be
// done before and afterwards. CaptureEnd must follow on the same goroutine, which
// keeps its thread until then; captures of other goroutines wait for it.
func (g *CUDAGraph) CaptureBegin(opts ...CaptureBeginOption) { g.begin(captureArgumentsOf(opts)) }

func (g *CUDAGraph) begin(a captureArguments) {
	g.check()
	if g.state != empty {
		panic(torch.NewError("RuntimeError", "This CUDAGraph instance already owns a captured graph. "+
			"To capture a new graph, create a new instance."))
	}
	captureTurn.take()
	csrc.BeginCapture()
	begun := false
	defer func() {
		switch {
		case begun:
		case g.state == capturing: // a hook has failed
			g.abandon()
		default:
			g.giveUp()
		}
	}()
	g.stream = CurrentStream()
	torch.DefaultGenerator(g.stream.Device()) // which cannot be made during a capture
	g.call(graphCaptureBegin, func(f *entry.Frame) {
		f.Put(a.pool[0])
		f.Put(a.pool[1])
		f.PutString(a.mode)
	})
	g.state = capturing
	if a.check {
		g.watchInputs()
	}
	g.hooks.run(afterCaptureBegin, g)
	begun = true
}

// CaptureEnd ends what CaptureBegin began. If that fails, say because something was
// done that cannot be captured, it panics and nothing is captured.
func (g *CUDAGraph) CaptureEnd() {
	g.check()
	switch {
	case g.state != capturing:
		panic(torch.NewError("RuntimeError", "capture_end() called before capture_begin()."))
	case CurrentStream() != g.stream:
		panic(torch.NewError("RuntimeError", "Capture must end on the same stream it began on."))
	}
	done := false
	defer func() {
		if !done {
			g.giveUp()
		}
	}()
	g.call(graphCaptureEndPre)
	g.endWatch()
	g.hooks.run(afterCapture, g)
	if !g.keep {
		g.Instantiate()
	}
	g.call(graphCaptureEndPost)
	g.state, done = captured, true
	csrc.EndCapture()
	captureTurn.give()
}

// abandon ends a capture whose work cannot be used.
func (g *CUDAGraph) abandon() {
	if g.state != capturing {
		return // it has failed, and was given up
	}
	WithStream(g.stream, func() {
		var f csrc.Frame
		f.Put(g.handle)
		f.Call(graphCaptureEndPre) // whatever it complains of, a panic is underway
	})
	g.giveUp()
}

// giveUp frees what a capture that failed has left.
func (g *CUDAGraph) giveUp() {
	g.endWatch()
	csrc.EndCapture()
	g.state = empty
	defer captureTurn.give()
	g.Reset()
}

// IsCurrentStreamCapturing reports whether work in this goroutine's current stream is
// being captured.
func IsCurrentStreamCapturing() bool {
	if !IsInitialized() {
		return false
	}
	var f entry.Frame
	f.Call(currentStreamCapturing)
	return f.TakeBool()
}

// GraphPoolHandle returns the number of a new pool of memory, for graphs that are to
// share it, see [Pool].
func GraphPoolHandle() accelerator.PoolId {
	start()
	var f entry.Frame
	f.Call(graphPoolHandle)
	return accelerator.PoolId{f.Take(), f.Take()}
}
