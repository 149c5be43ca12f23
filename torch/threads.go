package torch

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

// init keeps function main on the program's first thread. OpenMP has a team of
// workers for each thread that calls libtorch; while there is one team, its
// workers wait for the next operator on their cores, and with a second one they
// sleep, so that every parallel operator begins with waking them: 20 µs. Go moves
// a goroutine to another thread whenever it likes, unless it is locked to one.
//
// A lock in an init function is one for main (see [runtime.LockOSThread]).
func init() { runtime.LockOSThread() }

var (
	entryNumThreads           = csrc.Entry("num_threads() -> int")
	entrySetNumThreads        = csrc.Entry("set_num_threads(int n) -> ()")
	entryNumInteropThreads    = csrc.Entry("num_interop_threads() -> int")
	entrySetNumInteropThreads = csrc.Entry("set_num_interop_threads(int n) -> ()")
)

// GetNumThreads returns the number of threads that work on one operator on the
// CPU, Python's torch.get_num_threads.
func GetNumThreads() int { return intOf(entryNumThreads) }

// SetNumThreads sets the number of threads that work on one operator on the
// CPU, Python's torch.set_num_threads. It starts as the number of cores. It holds
// for all goroutines; in Python, for the thread that calls it and those that start
// later.
//
// OpenMP keeps such a team for each thread that calls libtorch, and is fastest
// when there is one. Package torch therefore keeps function main on one thread.
// Another goroutine that runs networks for long does well to call
// [runtime.LockOSThread] first. See [SetMaxCallers] for many of them.
func SetNumThreads(n int) { setCount(entrySetNumThreads, "set_num_threads", n) }

// GetNumInteropThreads returns the number of threads for operators that run
// side by side, Python's torch.get_num_interop_threads.
func GetNumInteropThreads() int { return intOf(entryNumInteropThreads) }

// SetNumInteropThreads sets that number, Python's
// torch.set_num_interop_threads. It can be called once, before any such
// operator has run.
func SetNumInteropThreads(n int) {
	setCount(entrySetNumInteropThreads, "set_num_interop_threads", n)
}

// MaxCallers returns how many goroutines may be inside libtorch at once.
func MaxCallers() int { return int(csrc.MaxCallers()) }

// SetMaxCallers sets how many goroutines may be inside libtorch at once; others
// wait for their turn. It starts as GOMAXPROCS. Goroutines move between threads,
// and each thread that calls libtorch gets an OpenMP team of [GetNumThreads]
// workers, which stays: without a bound, a hundred goroutines would leave a
// hundred teams behind. Backward passes are not counted, as Go code may run in
// them.
func SetMaxCallers(n int) {
	if n < 1 {
		refuse(csrc.ValueError, "SetMaxCallers expects a positive integer, got %d", n)
	}
	csrc.SetMaxCallers(int64(n))
}

func intOf(fn *csrc.Function) int {
	var f frame
	f.call(fn)
	return int(f.TakeInt())
}

func setCount(fn *csrc.Function, name string, n int) {
	if n < 1 {
		refuse(csrc.RuntimeError, "%s expects a positive integer", name)
	}
	var f frame
	f.PutInt(int64(n))
	f.call(fn)
}
