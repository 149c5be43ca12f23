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
// tensors stand for, and runs a collection when either has grown past a limit,
// or when the bytes have that libtorch's CPU allocator has given out: a loss
// of four bytes may hold a graph with megabytes that no handle stands for.
// What the collector finds dead is queued, and dropped by the next call into
// libtorch. Tensors in a scope (scope.go) are freed when the scope ends and
// never wait for the collector.

// Growth that is allowed before a collection runs.
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
	handles atomic.Int64 // live
	bytes   atomic.Int64 // of storage that they hold

	// A collection runs when handles, bytes or csrc.Allocated pass these.
	handleLimit    atomic.Int64
	byteLimit      atomic.Int64
	allocatedLimit atomic.Int64

	sync.Mutex                // held by whoever collects
	factor      int64         // of the budgets, at present
	collections int64         // so far
	spent       time.Duration // on collections
	lastEnd     time.Time     // of the last collection

	tracking atomic.Bool // SetMemoryTracking
	stacks   sync.Map    // handle -> creation stack, while tracking
}

func init() {
	memory.factor = 1
	memory.handleLimit.Store(handleBudget)
	memory.byteLimit.Store(byteBudget)
	memory.allocatedLimit.Store(byteBudget)
}

func overLimit(handles, bytes int64) bool {
	return bytes > memory.byteLimit.Load() || handles > memory.handleLimit.Load() ||
		csrc.Allocated() > memory.allocatedLimit.Load()
}

// A description is what libgotorch tells of a new handle; see describe in
// csrc/src/frame.h.
type description uint64

func (d description) heavy() bool  { return d&1 != 0 }
func (d description) shared() bool { return d&2 != 0 }
func (d description) bytes() int64 { return int64(d >> 2) }

// charge is what the handle counts for: a storage that several tensors share
// is charged to the first.
func (d description) charge() int64 {
	if d.shared() {
		return 0
	}
	return d.bytes()
}

// small reports whether the handle may share a slab with others: it holds no
// graph, and little memory.
func (d description) small() bool { return !d.heavy() && d.bytes() <= slabTensorBytes }

// adopt makes the Tensor for a handle that the caller owns.
func adopt(handle uint64, about description, scopeID uint64) *Tensor {
	charge := about.charge()
	handles, bytes := memory.handles.Add(1), memory.bytes.Add(charge)
	if overLimit(handles, bytes) {
		collect()
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
	charge int64
}

// releaseCollected runs on the collector's goroutine, so it only queues.
func releaseCollected(c collected) {
	forget(c.charge, c.handle)
	csrc.ReleaseLater(c.handle)
}

// forget takes handles out of the statistics.
func forget(bytes int64, handles ...uint64) {
	memory.handles.Add(-int64(len(handles)))
	memory.bytes.Add(-bytes)
	if memory.tracking.Load() {
		for _, h := range handles {
			memory.stacks.Delete(h)
		}
	}
}

// Slabs
//
// A cleanup for each tensor costs more than a small operator does. Small
// tensors therefore lie in slabs that have one cleanup for all, and are freed
// together. What a slab keeps alive for the sake of one of its tensors is
// little: slabTensors is small, and so is slabTensorBytes.
const (
	slabTensors     = 8
	slabTensorBytes = 512
)

type slab struct {
	tensors [slabTensors]Tensor
	used    int
	record  *slabRecord
}

// slabRecord outlives its slab, to be released.
type slabRecord struct {
	handles [slabTensors]uint64 // 0: closed
	charges [slabTensors]int64
}

var slabs sync.Pool // of those with room left

func adoptInSlab(handle uint64, charge int64) *Tensor {
	s, _ := slabs.Get().(*slab)
	if s == nil {
		s = &slab{record: new(slabRecord)}
		runtime.AddCleanup(s, releaseSlab, s.record)
	}
	i := s.used
	s.used++
	s.record.handles[i], s.record.charges[i] = handle, charge
	t := &s.tensors[i]
	t.handle, t.charge, t.slab, t.slot = handle, charge, s.record, int32(i)
	if s.used < slabTensors {
		slabs.Put(s)
	}
	return t
}

// outOfSlab returns a new Tensor for t, whose place it takes, that is freed for
// itself. A tensor that gets a graph or hooks is not small any more: they may
// refer to others of its slab, and then none of them would be freed.
func (t *Tensor) outOfSlab() *Tensor {
	if t.slab == nil {
		return t
	}
	t.slab.handles[t.slot] = 0
	own := &Tensor{handle: t.handle, charge: t.charge}
	own.leaveToCollector()
	*t = Tensor{state: closed}
	return own
}

func releaseSlab(r *slabRecord) {
	var bytes int64
	handles := make([]uint64, 0, slabTensors)
	for i, h := range r.handles {
		if h != 0 {
			handles = append(handles, h)
			bytes += r.charges[i]
		}
	}
	forget(bytes, handles...)
	csrc.ReleaseLater(handles...)
}

// Close frees the tensor's memory now, unless other tensors or the autograd
// graph share it. The collector would do so later; Close is for large tensors
// whose end is known. It is safe to call twice, and on nil. Using the tensor
// after Close panics.
//
// Like writing to a tensor, Close must not run while another goroutine uses
// the same *Tensor.
func (t *Tensor) Close() {
	if t == nil || t.handle == 0 {
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
// next limits. Goroutines that come here meanwhile wait and go on.
//
//go:noinline
func collect() {
	memory.Lock()
	defer memory.Unlock()
	if !overLimit(memory.handles.Load(), memory.bytes.Load()) {
		return // another goroutine just did
	}
	collectLocked()
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
	memory.lastEnd = end
	memory.handleLimit.Store(nextLimit(memory.handles.Load(), handleBudget))
	memory.byteLimit.Store(nextLimit(memory.bytes.Load(), byteBudget))
	memory.allocatedLimit.Store(nextLimit(csrc.Allocated(), byteBudget))
}

// nextLimit lets what is alive grow by the budget, or by a quarter.
func nextLimit(alive, budget int64) int64 { return alive + max(memory.factor*budget, alive/4) }

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
	// Slabs with room left survive in their pool for two collections. A graph
	// may hold Go functions that hold tensors with graphs, and so on.
	for patience := 3; patience > 0; patience-- {
		before := csrc.Registered()
		collectLocked()
		if csrc.Registered() < before {
			patience = 3
		}
	}
}

// Memory is what [MemoryStats] reports.
type Memory struct {
	// Handles is the number of tensors of libtorch that Go holds, and Bytes
	// the size of their storages; a storage that several share counts once.
	Handles, Bytes int64
	// Functions is the number of Go functions that libtorch's graphs hold:
	// hooks, and the backward of functions written in Go.
	Functions int
	// Allocated is the number of bytes that libtorch's CPU allocator has given
	// out in blocks of at least 1 KiB, to tensors, graphs and operators.
	Allocated int64
	// ByteLimit and AllocatedLimit are the values of Bytes and of Allocated at
	// which the next collection runs.
	ByteLimit, AllocatedLimit int64
	// Collections is the number of collections that ran because limits were
	// reached, and CollectionTime the time that they took.
	Collections    int64
	CollectionTime time.Duration
	// Stacks counts the live handles by the stack that made them, for those
	// made since SetMemoryTracking(true).
	Stacks map[string]int
}

// MemoryStats reports what the tensors of this process hold at present.
func MemoryStats() Memory {
	memory.Lock()
	defer memory.Unlock()
	m := Memory{
		Functions: csrc.Registered(), Handles: memory.handles.Load(), Bytes: memory.bytes.Load(), Allocated: csrc.Allocated(),
		ByteLimit: memory.byteLimit.Load(), AllocatedLimit: memory.allocatedLimit.Load(),
		Collections: memory.collections, CollectionTime: memory.spent, Stacks: map[string]int{},
	}
	memory.stacks.Range(func(_, stack any) bool {
		m.Stacks[stack.(string)]++
		return true
	})
	return m
}

// SetMemoryTracking turns the recording of each tensor's creation stack on or
// off, for [MemoryStats]. It is slow, and meant for finding what is kept.
func SetMemoryTracking(on bool) {
	memory.tracking.Store(on)
	memory.stacks.Clear()
}
