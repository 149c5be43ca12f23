package csrc

import "sync"

// Destructors that CUDA forbids during a capture
//
// To free a tensor while a CUDA graph is captured is harmless: its memory goes
// back to the allocator, which asks nothing of CUDA. To destroy a graph or a pool
// of memory is not: CUDA then refuses the capture, even one in another thread. So
// what the collector finds of these waits until no capture is underway.

// later are functions that are to run when nothing is captured.
var later struct {
	sync.Mutex
	fns []func()
}

// captures is read-locked for as long as something is captured.
var captures sync.RWMutex

// RunLater runs fn at the next call into libtorch, or at the next
// [ReleasePending], that finds no capture underway. It may be in any call, on any
// goroutine, so fn should only call libtorch, and must not panic.
func RunLater(fn func()) {
	later.Lock()
	later.fns = append(later.fns, fn)
	later.Unlock()
	attention.Add(1)
}

// BeginCapture has what RunLater was told wait until EndCapture.
func BeginCapture() { captures.RLock() }

// EndCapture ends what BeginCapture began. They may be on two goroutines.
func EndCapture() { captures.RUnlock() }

// runLater runs what RunLater was told, unless something is captured.
func runLater() {
	later.Lock()
	waiting := len(later.fns) > 0
	later.Unlock()
	if !waiting || !captures.TryLock() {
		return
	}
	defer captures.Unlock()
	later.Lock()
	fns := later.fns
	later.fns = nil
	later.Unlock()
	attention.Add(-int64(len(fns)))
	for _, fn := range fns {
		fn()
	}
}
