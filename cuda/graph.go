package cuda

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	newGraph            = csrc.Entry("cuda::new_graph(bool keep) -> int")
	deleteGraph         = csrc.Entry("cuda::delete_graph(int graph) -> ()")
	graphCaptureBegin   = csrc.Entry("cuda::graph_capture_begin(int graph, int pool_first, int pool_second, str mode) -> ()")
	graphCaptureEndPre  = csrc.Entry("cuda::graph_capture_end_pre(int graph) -> ()")
	graphCaptureEndPost = csrc.Entry("cuda::graph_capture_end_post(int graph) -> ()")
	graphInstantiate    = csrc.Entry("cuda::graph_instantiate(int graph) -> ()")
	graphReplay         = csrc.Entry("cuda::graph_replay(int graph) -> ()")
	graphReset          = csrc.Entry("cuda::graph_reset(int graph) -> ()")
	graphKeep           = csrc.Entry("cuda::graph_keep(int graph) -> ()")
	graphPool           = csrc.Entry("cuda::graph_pool(int graph) -> (int first, int second)")
	graphPools          = csrc.Entry("cuda::graph_pools(int graph) -> int[]")
	graphRaw            = csrc.Entry("cuda::graph_raw(int graph) -> int")
	graphRawExec        = csrc.Entry("cuda::graph_raw_exec(int graph) -> int")
	graphDump           = csrc.Entry("cuda::graph_dump(int graph, str path, bool verbose) -> ()")
)

// A CUDAGraph is work of a GPU that was recorded once and is then done again and
// again, without the cost of launching each operator: Python's
// torch.cuda.CUDAGraph. [Capture] records it.
//
// What is done again works on the same addresses. So input goes into a tensor that
// was there at the capture, by Copy_, and the results are in the tensors that the
// capture made. A graph has a pool of memory of its own, from which those come.
// It keeps the function that was captured, and so the tensors and modules which that
// refers to, until it is reset or nothing refers to it any more.
//
// A graph must not be used by two goroutines at the same time.
type CUDAGraph struct {
	handle       uint64
	keep         bool       // keepGraph
	state        graphState // of the capture
	stream       Stream     // in which it began
	instantiated bool
	retained     []any  // what the work uses
	watch        uint64 // the callback by which libtorch tells what the work uses
	watching     bool   // it does now
	watched      bool   // it did, in the capture
	onDestroy    *[]func()

	hooks graphHooks
}

// graphState is where a graph is.
type graphState int

const (
	empty graphState = iota
	capturing
	captured
)

// A CUDAGraphOption is an option of [NewCUDAGraph]: [KeepGraph].
type CUDAGraphOption interface{ keepGraph() bool }

// KeepGraph has a graph keep what was captured after it has been made executable,
// and leaves that to Instantiate or the first Replay. See
// [CUDAGraph.RawCudaGraph]. Its default is false.
type KeepGraph bool

func (k KeepGraph) keepGraph() bool { return bool(k) }

// NewCUDAGraph returns a graph into which work can be captured.
func NewCUDAGraph(opts ...CUDAGraphOption) *CUDAGraph {
	start()
	keep := false
	for _, o := range opts {
		keep = o.keepGraph()
	}
	var f entry.Frame
	f.PutBool(keep)
	f.Call(newGraph)
	g := &CUDAGraph{handle: f.Take(), keep: keep, onDestroy: new([]func())}
	runtime.AddCleanup(g, destroyGraph, deadGraph{g.handle, g.onDestroy})
	return g
}

// deadGraph is what is left of a graph that nothing refers to.
type deadGraph struct {
	handle    uint64
	onDestroy *[]func()
}

// destroyGraph runs on the collector's goroutine. The callbacks, which may do anything,
// run there, as they may not where RunLater's functions do: in any call.
func destroyGraph(dead deadGraph) {
	defer csrc.RunLater(func() { destroy(deleteGraph, dead.handle) })
	defer func() {
		if v := recover(); v != nil {
			torch.Warn("a destroy callback of a CUDAGraph panicked: %v", v)
		}
	}()
	runAll(dead.onDestroy)
}

// destroy gives up what the collector found. What is wrong is a warning, since it is
// no fault of the program's line that is running.
func destroy(fn *csrc.Function, handle uint64) {
	err := torch.Try(func() {
		var f entry.Frame
		f.Put(handle)
		f.Call(fn)
	})
	if err != nil {
		torch.Warn("%s", err.(*torch.Error).Message)
	}
}

// runAll runs functions, once.
func runAll(fns *[]func()) {
	all := *fns
	*fns = nil
	for _, fn := range all {
		fn()
	}
}

// check refuses what NewCUDAGraph has not made.
func (g *CUDAGraph) check() {
	if g == nil || g.handle == 0 {
		panic(torch.NewError("TypeError", "a nil *cuda.CUDAGraph, or an empty one, is no graph; make one with cuda.NewCUDAGraph"))
	}
}

// call calls fn, whose first argument is the graph.
func (g *CUDAGraph) call(fn *csrc.Function, put ...func(*entry.Frame)) *entry.Frame {
	g.check()
	f := new(entry.Frame)
	f.Put(g.handle)
	for _, p := range put {
		p(f)
	}
	f.Call(fn)
	runtime.KeepAlive(g)
	return f
}

// Instantiate makes what was captured executable. The end of a capture does that, but
// for a graph with [KeepGraph], which may be changed before by its
// [CUDAGraph.RawCudaGraph], and made executable anew.
func (g *CUDAGraph) Instantiate() {
	g.call(graphInstantiate)
	g.instantiated = true
	g.hooks.run(afterInstantiate, g)
}

// Replay does what was captured, once more, in the current stream. It returns at
// once; the results are there when the stream has done the work.
func (g *CUDAGraph) Replay() {
	g.check()
	g.checkInputs()
	if !g.instantiated {
		g.Instantiate()
	}
	if g.hooks.any() {
		g.hooks.run(beforeReplay, g)
		defer g.hooks.run(afterReplay, g)
	}
	g.call(graphReplay)
}

// Reset gives up what was captured: the work, the tensors that it kept, and, once no
// tensor lies in it, its memory. Another capture may follow.
func (g *CUDAGraph) Reset() {
	g.check()
	if g.state == capturing {
		g.abandon()
		return
	}
	g.call(graphReset)
	g.state, g.instantiated, g.retained, g.watched = empty, false, nil, false
	runAll(g.onDestroy)
}

// Pool returns the number of the graph's pool of memory. Another capture may share
// it, see [Pool].
func (g *CUDAGraph) Pool() accelerator.PoolId {
	f := g.call(graphPool)
	return accelerator.PoolId{f.Take(), f.Take()}
}

// Pools returns the numbers of all pools that the graph keeps: its own, and those
// that [UseMemPool] has named during the capture.
func (g *CUDAGraph) Pools() []accelerator.PoolId {
	words := g.call(graphPools).TakeInts()
	pools := make([]accelerator.PoolId, len(words)/2)
	for i := range pools {
		pools[i] = accelerator.PoolId{uint64(words[2*i]), uint64(words[2*i+1])}
	}
	return pools
}

// RetainObject keeps objects, such as tensors whose memory the work uses, for as
// long as the graph has what was captured. Captures by [Capture] need it for nothing
// that their function refers to.
func (g *CUDAGraph) RetainObject(objects ...any) {
	g.check()
	g.retained = append(g.retained, objects...)
}

// RegisterDestroyCallback has fn run when what was captured is given up, by Reset or
// because nothing refers to the graph any more. fn must not refer to the graph, which
// would then live forever. It may be called on a goroutine of the collector's, and does
// not wait for replays that are underway.
func (g *CUDAGraph) RegisterDestroyCallback(fn func()) {
	g.check()
	entry.RequireFunc("fn", fn != nil)
	*g.onDestroy = append(*g.onDestroy, fn)
}

// EnableDebugMode has the graph keep what was captured, as [KeepGraph] does, for
// [CUDAGraph.DebugDump].
func (g *CUDAGraph) EnableDebugMode() {
	g.call(graphKeep)
	g.keep = true
}

// Verbose says how much [CUDAGraph.DebugDump] writes. Its default is true.
type Verbose bool

// DebugDump writes what was captured to a file, in Graphviz's DOT format. The graph
// must have kept it: [KeepGraph] or EnableDebugMode.
func (g *CUDAGraph) DebugDump(path string, verbose ...Verbose) {
	g.call(graphDump, func(f *entry.Frame) {
		f.PutString(path)
		f.PutBool(len(verbose) == 0 || bool(verbose[0]))
	})
}

// RawCudaGraph returns the cudaGraph_t of what was captured, for the functions of
// CUDA. The graph must have kept it, see [KeepGraph].
func (g *CUDAGraph) RawCudaGraph() uintptr { return uintptr(g.call(graphRaw).Take()) }

// RawCudaGraphExec returns the cudaGraphExec_t, once the graph is executable. It is
// valid until the graph is made executable anew, or reset.
func (g *CUDAGraph) RawCudaGraphExec() uintptr { return uintptr(g.call(graphRawExec).Take()) }
