package torch

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wangkuiyi/gotorch/csrc"
)

// How memory is bounded
//
// Go's collector sees a Tensor as a few dozen bytes, whatever it holds in
// libtorch. So this file counts the bytes of storage and the handles that
// tensors stand for, for each device (account.go), and runs a collection when
// either has grown past a limit, or when the bytes have that libtorch's allocators
// have given out: a loss of four bytes may hold a graph with megabytes that no
// handle stands for. What the collector finds dead is queued, and dropped by the
// next call into libtorch. Tensors in a scope (scope.go) are freed when the scope
// ends and never wait for the collector. If memory runs out in spite of all that,
// shortage.go collects what can be collected.

// Growth that is allowed before a collection runs. The bytes are for the host.
const (
	byteBudget   = 64 << 20
	handleBudget = 1 << 16
	// maxBudgetFactor bounds by how much the budgets grow if collections take
	// more than maxCollectionShare of the time.
	maxBudgetFactor    = 8
	maxCollectionShare = 0.2
	// cleanupPatience is how long a collection waits for cleanups to run.
	cleanupPatience = 20 * time.Millisecond
)

var memory struct {
	sync.Mutex                // held by whoever collects
	factor      int64         // of the budgets, at present
	collections int64         // so far
	shortages   int64         // so far: that memory ran out
	spent       time.Duration // on collections
	took        time.Duration // by the last
	lastEnd     time.Time     // of the last collection

	tracking atomic.Bool // SetMemoryTracking
	stacks   sync.Map    // handle -> creation stack, while tracking
}

// A description is what libgotorch tells of a new handle; see describe in
// csrc/src/frame.h.
type description uint64

func (d description) heavy() bool  { return d&1 != 0 }
func (d description) shared() bool { return d&2 != 0 }
func (d description) bytes() int64 { return charge(d >> 2).bytes() }

// charge is what the handle counts for: a storage that several tensors share
// is charged to the first.
func (d description) charge() charge {
	c := charge(d >> 2)
	if d.shared() {
		return charge(c.account())
	}
	return c
}

// small reports whether the handle may share a slab with others: it holds no
// graph, and little memory.
func (d description) small() bool { return !d.heavy() && d.bytes() <= slabTensorBytes }

// adopt makes the Tensor for a handle that the caller owns.
func adopt(handle uint64, about description, scopeID uint64) *Tensor {
	charge := about.charge()
	a := &accounts[charge.account()]
	handles, bytes := a.handles.Add(1), a.bytes.Add(charge.bytes())
	if overLimit(charge.account(), handles, bytes) {
		collect(charge.account())
	}
	var t *Tensor
	switch {
	case scopeID != 0 && scopeID != noSlabs:
		t = adoptInScope(scopeID, handle, charge)
	case about.small() && scopeID == 0:
		t = adoptInSlab(handle, charge)
	default:
		t = &Tensor{handle: handle, charge: charge}
		t.leaveToCollector()
	}
	if memory.tracking.Load() {
		memory.stacks.Store(handle, string(debug.Stack()))
	}
	return t
}

// leaveToCollector has t freed when nothing refers to it any more.
func (t *Tensor) leaveToCollector() {
	t.cleanup = runtime.AddCleanup(t, releaseCollected, collected{t.handle, t.charge})
}

// collected is what must be released when a Tensor is gone.
type collected struct {
	handle uint64
	charge charge
}

// releaseCollected runs on the collector's goroutine, so it only queues.
func releaseCollected(c collected) {
	forget(c.charge, c.handle)
	csrc.ReleaseLater(c.handle)
}

// forget takes a handle out of the statistics.
func forget(c charge, handle uint64) {
	gone := tally{account: c.account(), handles: 1, bytes: c.bytes()}
	gone.settle()
	forgetStacks(handle)
}

func forgetStacks(handles ...uint64) {
	if memory.tracking.Load() {
		for _, h := range handles {
			memory.stacks.Delete(h)
		}
	}
}

// Close frees the tensor's memory now, unless other tensors or the autograd
// graph share it. The collector would do so later; Close is for large tensors
// whose end is known. It is safe to call twice, and on nil. Using the tensor
// after Close panics.
//
// Like writing to a tensor, Close must not run while another goroutine uses
// the same *Tensor.
func (t *Tensor) Close() {
	if t == nil || t.handle == 0 && !t.reveal() {
		return
	}
	handle := t.handle
	t.handle, t.state = 0, closed
	switch {
	case t.slab != nil:
		t.slab.handles[t.slot] = 0
	case t.scope == nil:
		t.cleanup.Stop()
	}
	forget(t.charge, handle)
	csrc.ReleasePending()
	csrc.Release([]uint64{handle})
	unpinReturned()
	runtime.KeepAlive(t)
}

// collect runs Go's garbage collector, drops the dead tensors and sets the
// next limits, if account i calls for it. Goroutines that come here meanwhile wait
// and go on.
//
//go:noinline
func collect(i uint8) {
	memory.Lock()
	defer memory.Unlock()
	if accounts[i].isOver(i) { // no other goroutine just did
		collectLocked()
	}
}

func collectLocked() {
	start := time.Now()
	runtime.GC()
	awaitCleanups()
	// Giving memory back is not counted: whoever drops a tensor pays for that,
	// and for large ones it takes longer than the collection.
	took := time.Since(start)
	csrc.ReleasePending()
	csrc.ForgetDropped()
	unpinReturned()
	end := time.Now()

	share := float64(took) / float64(end.Sub(memory.lastEnd))
	switch {
	case share > maxCollectionShare && memory.factor < maxBudgetFactor:
		memory.factor *= 2
	case share < maxCollectionShare/4 && memory.factor > 1:
		memory.factor /= 2
	}
	memory.collections++
	memory.spent += took
	memory.took, memory.lastEnd = took, end
	for i := range accounts {
		accounts[i].collected(uint8(i))
	}
}

// awaitCleanups waits until the cleanups that the collection queued have run.
func awaitCleanups() {
	samples := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/cleanups/executed:cleanups"}}
	for deadline := time.Now().Add(cleanupPatience); time.Now().Before(deadline); runtime.Gosched() {
		metrics.Read(samples)
		if samples[1].Value.Uint64() >= samples[0].Value.Uint64() {
			return
		}
	}
}

// CollectGarbage frees all tensors that nothing refers to. There is no need to
// call it: collections run by themselves, as [MemoryStats] shows. It serves
// tests, and programs that are about to measure memory.
func CollectGarbage() {
	memory.Lock()
	defer memory.Unlock()
	collectAllLocked(3) // slabs with room left survive in their pool for two
}

// collectAllLocked runs this many collections, and again so many if one found Go
// functions: a graph may hold some that hold tensors with graphs, and so on.
func collectAllLocked(n int) {
	for left := n; left > 0; left-- {
		before := csrc.Registered()
		collectLocked()
		if csrc.Registered() < before {
			left = n
		}
	}
}
