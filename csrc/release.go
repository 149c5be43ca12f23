package csrc

/*
#include "library.h"
#cgo noescape gt_release
#cgo nocallback gt_release
#cgo noescape gt_retain
#cgo nocallback gt_retain
*/
import "C"

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// Release gives up tensors, and nodes of graphs, now, one reference for each handle; zeros are
// skipped.
func Release(handles []uint64) {
	if len(handles) > 0 {
		C.gt_release((*C.uint64_t)(unsafe.Pointer(unsafe.SliceData(handles))), C.uint64_t(len(handles)))
	}
}

// Side is the bit in a tensor's handle that says that it was made on a side stream:
// the handles of one tensor may differ in it.
const Side uint64 = C.GT_SIDE

// attention is not 0 when a call has more to do than to run: it is the number
// of handles to be released and of functions to be run later, plus exceptional for
// each reason to let calls run Go code. So the usual call looks at one word.
var attention atomic.Int64

const exceptional = 1 << 40

// Handles that nothing refers to any more, as the garbage collector found.
// They wait here for the next call into libtorch, so that no destructor runs
// on the collector's goroutine.
var (
	pendingLock sync.Mutex
	pendingList []uint64
	spareList   []uint64 // the list that was released last, to be filled again
)

// ReleaseLater gives up tensors and nodes at the next call into libtorch, or at the next
// [ReleasePending].
func ReleaseLater(handles ...uint64) {
	pendingLock.Lock()
	pendingList = append(pendingList, handles...)
	pendingLock.Unlock()
	attention.Add(int64(len(handles)))
}

// ReleasePending gives up what waits to be given up.
func ReleasePending() {
	if attention.Load() != 0 {
		releasePending()
	}
}

//go:noinline
func releasePending() {
	releaseHandles()
	runLater()
}

func releaseHandles() {
	pendingLock.Lock()
	handles := pendingList
	if len(handles) == 0 {
		pendingLock.Unlock()
		return
	}
	pendingList, spareList = spareList[:0], nil
	pendingLock.Unlock()
	attention.Add(-int64(len(handles)))
	Release(handles)
	pendingLock.Lock()
	spareList = handles
	pendingLock.Unlock()
}

// Retain takes another reference to each tensor, for who gets it.
func Retain(handles []uint64) {
	if len(handles) > 0 {
		C.gt_retain((*C.uint64_t)(unsafe.Pointer(unsafe.SliceData(handles))), C.uint64_t(len(handles)))
	}
}
