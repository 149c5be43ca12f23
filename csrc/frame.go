package csrc

/*
#cgo linux LDFLAGS: -ldl
#include <stdlib.h>
#include "library.h"

// The hot call never calls back into Go and does not keep the frame.
#cgo noescape gt_call
#cgo nocallback gt_call
// Its twin, for calls during which Go code may run: backward with Go hooks.
#cgo noescape gt_call_with_callbacks
#cgo noescape gt_copy_in
#cgo nocallback gt_copy_in
#cgo noescape gt_copy_out
#cgo nocallback gt_copy_out
*/
import "C"

import (
	"math"
	"unsafe"
)

// Flags of a call; they hold for this call alone.
const (
	// NoGrad runs the call as inside torch.no_grad().
	NoGrad uint64 = C.GT_FLAG_NO_GRAD
)

// capacity is the number of words for arguments in a frame of the usual size.
const capacity = C.GT_FRAME_WORDS - 1

// A Frame carries the arguments of one call in and its results out. Its zero
// value is ready to use, and it stays on the stack. Arguments are put in the
// order of the function's schema; results are taken in their order.
type Frame struct {
	next  uint                     // index of the next argument or result
	long  []uint64                 // all words, where words is too short
	words [C.GT_FRAME_WORDS]uint64 // flags or scope, then the arguments or results
}

// SetFlags sets the flags of the call.
func (f *Frame) SetFlags(flags uint64) { f.words[0] = flags }

// Put appends one word.
func (f *Frame) Put(w uint64) {
	if f.next < capacity {
		f.words[f.next+1] = w
		f.next++
		return
	}
	f.putLong(w)
}

// putLong appends a word that does not fit into words.
//
//go:noinline
func (f *Frame) putLong(w uint64) {
	if f.long == nil {
		f.long = append(make([]uint64, 0, 4*capacity), f.words[:]...)
	}
	f.long = append(f.long, w)
	f.next++
}

// PutInt appends an integer.
func (f *Frame) PutInt(v int64) { f.Put(uint64(v)) }

// PutFloat appends a float.
func (f *Frame) PutFloat(v float64) { f.Put(math.Float64bits(v)) }

// PutBool appends a bool.
func (f *Frame) PutBool(v bool) {
	var w uint64
	if v {
		w = 1
	}
	f.Put(w)
}

// PutString appends a string.
func (f *Frame) PutString(s string) {
	f.Put(uint64(len(s)))
	for len(s) > 0 {
		var w [8]byte
		s = s[copy(w[:], s):]
		f.Put(*(*uint64)(unsafe.Pointer(&w)))
	}
}

// PutInts appends a list of integers.
func (f *Frame) PutInts(v []int64) {
	f.Put(uint64(len(v)))
	for _, x := range v {
		f.Put(uint64(x))
	}
}

// PutFloats appends a list of floats.
func (f *Frame) PutFloats(v []float64) {
	f.Put(uint64(len(v)))
	for _, x := range v {
		f.PutFloat(x)
	}
}

// Call runs fn. It returns nil, or what there is to report: an error, if the
// results are not there, or just warnings.
func (f *Frame) Call(fn *Function) *Report {
	function := fn.address()
	if function == 0 {
		return fn.unavailable()
	}
	if attention.Load() != 0 && attend() {
		return f.callWithCallbacks(function)
	}
	words := f.start()
	place := enter()
	report := C.gt_call(C.uintptr_t(function), words)
	place.leave()
	if report != nil {
		return newReport(report)
	}
	return nil
}

// CallWithCallbacks is Call for functions that may run Go code.
func (f *Frame) CallWithCallbacks(fn *Function) *Report {
	function := fn.address()
	if function == 0 {
		return fn.unavailable()
	}
	ReleasePending()
	return f.callWithCallbacks(function)
}

// callWithCallbacks calls with a copy of the frame on the heap: the stack may
// move while Go code runs. So f itself stays there.
//
//go:noinline
func (f *Frame) callWithCallbacks(function uintptr) *Report {
	kept := *f
	report := C.gt_call_with_callbacks(C.uintptr_t(function), kept.start())
	*f = kept
	if report != nil {
		return newReport(report)
	}
	return nil
}

// CopyIn makes a CPU tensor of the dtype and sizes in the frame, which must be
// as long as data is, and copies data into it.
func (f *Frame) CopyIn(data []byte) *Report {
	if report := load(); report != nil {
		return report
	}
	return newReport(C.gt_copy_in(f.start(), unsafe.Pointer(unsafe.SliceData(data)), C.uint64_t(len(data))))
}

// CopyOut copies the elements of the tensor in the frame to data, in row-major
// order; data must have as many bytes as they take.
func (f *Frame) CopyOut(data []byte) *Report {
	if report := load(); report != nil {
		return report
	}
	return newReport(C.gt_copy_out(f.start(), unsafe.Pointer(unsafe.SliceData(data)), C.uint64_t(len(data))))
}

// start returns the address of the frame's words and rewinds it, so that the
// results can be taken.
func (f *Frame) start() *C.uint64_t {
	f.next = 0
	if f.long != nil {
		f.long[0] = f.words[0]
		return (*C.uint64_t)(&f.long[0])
	}
	return (*C.uint64_t)(&f.words[0])
}

// Scope returns, after the call, the identifier of the memory scope that is
// open on this thread, or 0.
func (f *Frame) Scope() uint64 {
	if f.long != nil {
		return f.long[0]
	}
	return f.words[0]
}

// Take returns the next word of the results.
func (f *Frame) Take() uint64 {
	f.next++
	if f.long != nil {
		return f.long[f.next]
	}
	return f.words[f.next%C.GT_FRAME_WORDS]
}

// TakeInt returns the next result, an integer.
func (f *Frame) TakeInt() int64 { return int64(f.Take()) }

// TakeFloat returns the next result, a float.
func (f *Frame) TakeFloat() float64 { return math.Float64frombits(f.Take()) }

// TakeBool returns the next result, a bool.
func (f *Frame) TakeBool() bool { return f.Take() != 0 }

// TakeWords returns the next result, a list whose n elements take perElement
// words each.
func (f *Frame) TakeWords(perElement int) []uint64 {
	n := int(f.Take()) * perElement
	return f.takeBlock(n)
}

// TakeInts returns the next result, a list of integers.
func (f *Frame) TakeInts() []int64 {
	words := f.takeBlock(int(f.Take()))
	return unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(words))), len(words))
}

// TakeString returns the next result, a string.
func (f *Frame) TakeString() string {
	n := int(f.Take())
	words := f.takeBlock((n + 7) / 8)
	return unsafe.String((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// takeBlock returns n words that lie in the frame, or in a block of C memory
// which it frees.
func (f *Frame) takeBlock(n int) []uint64 {
	words := make([]uint64, n)
	block := uintptr(f.Take())
	if block == 0 {
		for i := range words {
			words[i] = f.Take()
		}
		return words
	}
	C.gt_take_block(C.uintptr_t(block), unsafe.Pointer(unsafe.SliceData(words)), C.uint64_t(n))
	return words
}
