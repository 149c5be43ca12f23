package csrc

/*
#include "library.h"
#cgo noescape gt_release
#cgo nocallback gt_release
*/
import "C"

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// Release gives up tensors now, one reference for each handle; zeros are
// skipped.
func Release(handles []uint64) {
	if len(handles) > 0 {
		C.gt_release((*C.uint64_t)(unsafe.Pointer(unsafe.SliceData(handles))), C.uint64_t(len(handles)))
	}
}

// Handles that nothing refers to any more, as the garbage collector found.
// They wait here for the next call into libtorch, so that no destructor runs
// on the collector's goroutine.
var (
	pending     atomic.Int64 // how many there are
	pendingLock sync.Mutex
	pendingList []uint64
	spareList   []uint64 // the list that was released last, to be filled again
)

// ReleaseLater gives up tensors at the next call into libtorch, or at the next
// [ReleasePending].
func ReleaseLater(handles ...uint64) {
	pendingLock.Lock()
	pendingList = append(pendingList, handles...)
	pendingLock.Unlock()
	pending.Add(int64(len(handles)))
}

// ReleasePending gives up what waits to be given up.
func ReleasePending() {
	if pending.Load() != 0 {
		releasePending()
	}
}

//go:noinline
func releasePending() {
	pendingLock.Lock()
	handles := pendingList
	pendingList, spareList = spareList[:0], nil
	pendingLock.Unlock()
	pending.Add(-int64(len(handles)))
	Release(handles)
	pendingLock.Lock()
	spareList = handles
	pendingLock.Unlock()
}
