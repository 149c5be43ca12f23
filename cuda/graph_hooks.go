package cuda

import (
	"slices"
	"sync"

	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

// A GraphHook is called with a graph at a moment of its life.
type GraphHook func(*CUDAGraph)

// moment is when a hook is called.
type moment int

const (
	afterCaptureBegin moment = iota
	afterCapture
	afterInstantiate
	beforeReplay
	afterReplay
	moments
)

// graphHooks are those of a graph, or of all. The lists are replaced rather than
// changed, so that hooks may be removed while they run.
type graphHooks struct {
	at [moments][]*GraphHook
}

// allGraphs are the hooks of all graphs, which run before their own.
var allGraphs struct {
	sync.RWMutex
	graphHooks
}

func (h *graphHooks) add(m moment, hook GraphHook) (remove func()) {
	entry.RequireFunc("hook", hook != nil)
	own := &hook
	h.at[m] = append(slices.Clip(h.at[m]), own)
	return func() {
		h.at[m] = slices.DeleteFunc(slices.Clone(h.at[m]), func(other *GraphHook) bool { return other == own })
	}
}

// any reports whether there may be hooks for a replay.
func (h *graphHooks) any() bool {
	allGraphs.RLock()
	defer allGraphs.RUnlock()
	return len(h.at[beforeReplay])+len(h.at[afterReplay])+
		len(allGraphs.at[beforeReplay])+len(allGraphs.at[afterReplay]) > 0
}

func (h *graphHooks) run(m moment, g *CUDAGraph) {
	allGraphs.RLock()
	general := allGraphs.at[m]
	allGraphs.RUnlock()
	for _, hook := range slices.Concat(general, h.at[m]) {
		(*hook)(g)
	}
}

func (g *CUDAGraph) register(m moment, hook GraphHook) *torch.RemovableHandle {
	g.check()
	return torch.NewRemovableHandle(g.hooks.add(m, hook))
}

func registerForAll(m moment, hook GraphHook) *torch.RemovableHandle {
	allGraphs.Lock()
	defer allGraphs.Unlock()
	remove := allGraphs.add(m, hook)
	return torch.NewRemovableHandle(func() {
		allGraphs.Lock()
		defer allGraphs.Unlock()
		remove()
	})
}

// RegisterCaptureStartHook has hook called when a capture into g has begun. What it
// gives to the GPU is captured.
func (g *CUDAGraph) RegisterCaptureStartHook(hook GraphHook) *torch.RemovableHandle {
	return g.register(afterCaptureBegin, hook)
}

// RegisterCaptureEndHook has hook called when a capture into g has ended well. It can
// still look at what was captured, see [CUDAGraph.RawCudaGraph], also if the graph
// does not keep it.
func (g *CUDAGraph) RegisterCaptureEndHook(hook GraphHook) *torch.RemovableHandle {
	return g.register(afterCapture, hook)
}

// RegisterPostInstantiateHook has hook called each time that g was made executable.
func (g *CUDAGraph) RegisterPostInstantiateHook(hook GraphHook) *torch.RemovableHandle {
	return g.register(afterInstantiate, hook)
}

// RegisterReplayStartHook has hook called at the beginning of each replay.
func (g *CUDAGraph) RegisterReplayStartHook(hook GraphHook) *torch.RemovableHandle {
	return g.register(beforeReplay, hook)
}

// RegisterReplayEndHook has hook called at the end of each replay, also of one that
// panics. The GPU need not have done the work by then.
func (g *CUDAGraph) RegisterReplayEndHook(hook GraphHook) *torch.RemovableHandle {
	return g.register(afterReplay, hook)
}

// RegisterGraphCaptureStartHook is [CUDAGraph.RegisterCaptureStartHook] for all graphs.
// Hooks of all graphs are called before those of one. A panic in a hook is the
// function's that called it; Python ignores errors in hooks of all graphs.
func RegisterGraphCaptureStartHook(hook GraphHook) *torch.RemovableHandle {
	return registerForAll(afterCaptureBegin, hook)
}

// RegisterGraphCaptureEndHook is [CUDAGraph.RegisterCaptureEndHook] for all graphs.
func RegisterGraphCaptureEndHook(hook GraphHook) *torch.RemovableHandle {
	return registerForAll(afterCapture, hook)
}

// RegisterGraphInstantiateHook is [CUDAGraph.RegisterPostInstantiateHook] for all
// graphs.
func RegisterGraphInstantiateHook(hook GraphHook) *torch.RemovableHandle {
	return registerForAll(afterInstantiate, hook)
}

// RegisterGraphReplayStartHook is [CUDAGraph.RegisterReplayStartHook] for all graphs.
func RegisterGraphReplayStartHook(hook GraphHook) *torch.RemovableHandle {
	return registerForAll(beforeReplay, hook)
}

// RegisterGraphReplayEndHook is [CUDAGraph.RegisterReplayEndHook] for all graphs.
func RegisterGraphReplayEndHook(hook GraphHook) *torch.RemovableHandle {
	return registerForAll(afterReplay, hook)
}

// ExportDot returns a hook for [CUDAGraph.RegisterCaptureEndHook] that writes what was
// captured to a file, see [CUDAGraph.DebugDump].
func ExportDot(path string, verbose ...Verbose) GraphHook {
	return func(g *CUDAGraph) { g.DebugDump(path, verbose...) }
}
