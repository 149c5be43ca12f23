package csrc

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A gate bounds how many goroutines are inside libtorch at once.
//
// OpenMP keeps a team of workers for every thread that ever ran a parallel
// loop. Each goroutine that is inside C holds a thread, so Go would start a
// thread, and OpenMP a team, for every goroutine that calls at the same time.
// Who finds the gate full waits in Go, where it holds no thread.
//
// Nothing inside may wait for another goroutine. So calls that may run Go code
// ([Frame.CallWithCallbacks]) do not pass through the gate.
type gate struct {
	places int64
	count  atomic.Int64 // of goroutines inside or waiting

	sync.Mutex
	left   sync.Cond
	passes int // for those who wait
}

func newGate(places int64) *gate {
	g := &gate{places: places}
	g.left.L = g
	return g
}

var theGate atomic.Pointer[gate]

func init() { theGate.Store(newGate(int64(runtime.GOMAXPROCS(0)))) }

// SetMaxCallers sets how many goroutines may be inside libtorch at once. Those
// that are inside already are not counted.
func SetMaxCallers(n int64) { theGate.Store(newGate(n)) }

// MaxCallers returns how many goroutines may be inside libtorch at once.
func MaxCallers() int64 { return theGate.Load().places }

// enter waits for a place, which the caller must leave.
func enter() *gate {
	g := theGate.Load()
	if g.count.Add(1) > g.places {
		g.wait()
	}
	return g
}

func (g *gate) leave() {
	if g.count.Add(-1) >= g.places {
		g.wake()
	}
}

//go:noinline
func (g *gate) wait() {
	g.Lock()
	for g.passes == 0 {
		g.left.Wait()
	}
	g.passes--
	g.Unlock()
}

//go:noinline
func (g *gate) wake() {
	g.Lock()
	g.passes++
	g.left.Signal()
	g.Unlock()
}
