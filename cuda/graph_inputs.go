package cuda

import (
	"fmt"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	watchBegin = csrc.Entry("cuda::watch_begin(int graph) -> int")
	watchEnd   = csrc.Entry("cuda::watch_end(int callback) -> ()")
	watchDead  = csrc.Entry("cuda::watch_dead(int graph) -> int[]")
)

// CheckInputLiveness has a capture note the tensors that its work uses and did not make,
// and each replay refuse with a RuntimeError if one is no more: Python's
// check_input_liveness=. A graph keeps what its function refers to, so that only Close
// and the end of a [torch.Scope] can take it away. Its default is false.
type CheckInputLiveness bool

func (c CheckInputLiveness) applyCapture(a *captureArguments) { a.check = bool(c) }
func (CheckInputLiveness) captureBegin()                      {}

// watchInputs notes from now on what this goroutine's work uses.
func (g *CUDAGraph) watchInputs() {
	g.watch = g.call(watchBegin).Take()
	g.watching, g.watched = true, true
}

func (g *CUDAGraph) endWatch() {
	if g.watching {
		g.watching = false
		var f entry.Frame
		f.Put(g.watch)
		f.Call(watchEnd)
	}
}

// shownDead is how many addresses an error names.
const shownDead = 5

func (g *CUDAGraph) checkInputs() {
	if !g.watched {
		return
	}
	dead := g.call(watchDead).TakeInts()
	if len(dead) == 0 {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CUDA graph replay detected %d dead tensor(s).\n", len(dead))
	for i, address := range dead[:min(len(dead), shownDead)] {
		fmt.Fprintf(&b, "Dead tensor #%d (data_ptr=%#x):\n", i+1, address)
	}
	if more := len(dead) - shownDead; more > 0 {
		fmt.Fprintf(&b, "  ... and %d more\n", more)
	}
	panic(torch.NewError("RuntimeError", "%s", b.String()))
}
