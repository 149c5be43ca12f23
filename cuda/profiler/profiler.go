/*
Package profiler tells NVIDIA's profilers when to collect: Python's torch.cuda.profiler.
Nsight Systems heeds it with --capture-range=cudaProfilerApi; without a profiler nothing
happens.

	profiler.Profile(func() { y = model.Forward(x) })
*/
package profiler

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	profilerStart = csrc.Entry("cuda::profiler_start() -> ()")
	profilerStop  = csrc.Entry("cuda::profiler_stop() -> ()")
)

// Start has a profiler begin to collect, in the whole process. Where it cannot, it panics
// with CUDA's text.
func Start() { call(profilerStart) }

// Stop has a profiler end what [Start] began.
func Stop() { call(profilerStop) }

// Profile runs fn while a profiler collects, which ends with fn, also if it panics.
// Python's "with torch.cuda.profiler.profile():".
func Profile(fn func()) {
	if fn == nil {
		panic(torch.NewError("TypeError", "fn must be a function, not nil"))
	}
	defer Stop()
	Start()
	fn()
}

func call(fn *csrc.Function) {
	entry.Torch.RequireCUDA()
	var f entry.Frame
	f.Call(fn)
}
