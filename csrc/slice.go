package csrc

/*
#include "library.h"
*/
import "C"

import (
	"bytes"
	"runtime"
)

// Go's scheduler counts how long a goroutine runs. After 10 ms it asks for a pause at the
// next call of a Go function, but not while the goroutine is inside C. One that is there
// most of the time is never asked, and from then on Go's monitor thread takes the
// processor away from each call that it meets, every 20 µs, and is woken when the call
// returns. On a machine whose cores all work on an operator, that costs operators of 20 to
// 300 µs a fifth of their speed.
//
// So such a goroutine pauses by itself a little earlier (gt_slice_is_over), which takes
// 25 µs and the caches of its core. After short calls it does not, as Go finds it outside C
// soon enough; nor after long ones: for them the monitor costs little, but is awake for half
// a millisecond after each pause. And one that is not locked to its thread does not:
// it might go on on another thread, for which OpenMP would start another team, which is
// worse.

// pause lets other goroutines run.
//
//go:noinline
func pause() {
	if lockedToThread() {
		rest()
	}
}

// rest is a variable for the tests.
var rest = runtime.Gosched

var locked = []byte(", locked to thread")

// lockedToThread reports whether the goroutine is locked to its thread, which only the
// first line of its stack's text tells: "goroutine 1 [running, locked to thread]:".
func lockedToThread() bool {
	var text [64]byte
	return bytes.Contains(text[:runtime.Stack(text[:], false)], locked)
}
