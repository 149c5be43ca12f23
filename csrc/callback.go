package csrc

/*
#include "library.h"
#cgo noescape gt_take_dropped
#cgo nocallback gt_take_dropped
*/
import "C"

import (
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Go functions that C++ calls
//
// C++ knows a Go function by a number. It owns the number: Go forgets the
// function when C++ has dropped it. C++ drops numbers in calls that must not
// run Go code, so it only queues them, and Go looks at the queue when it
// registers another function, when it collects garbage, and when a call that
// may run Go code has ended.

// A Callback is a function that C++ calls. It takes its arguments from the
// frame, then calls [Frame.Reply] and puts its results.
type Callback func(f *Frame)

// registered are the functions that C++ holds, and what they threw.
var registered struct {
	sync.Mutex
	last   uint64
	things map[uint64]any // *callback or *Thrown
}

type callback struct {
	fn     Callback
	owner  any
	direct bool
}

// Register returns a number for C++, which drops it in the end. [Owner] finds
// owner by the number.
func Register(fn Callback, owner any) uint64 {
	ForgetDropped()
	return register(&callback{fn: fn, owner: owner})
}

// RegisterDirect is Register for a function that runs no code of the program's.
// It must not end its goroutine, and sees the stack of who called C++.
func RegisterDirect(fn Callback) uint64 {
	ForgetDropped()
	return register(&callback{fn: fn, direct: true})
}

// Owner returns what a function was registered with, or nil.
func Owner(number uint64) any {
	if c, ok := lookUp(number).(*callback); ok {
		return c.owner
	}
	return nil
}

func register(thing any) uint64 {
	r := &registered
	r.Lock()
	defer r.Unlock()
	if r.things == nil {
		r.things = map[uint64]any{}
	}
	r.last++
	r.things[r.last] = thing
	return r.last
}

func lookUp(number uint64) any {
	registered.Lock()
	defer registered.Unlock()
	return registered.things[number]
}

// Unregister forgets a function that C++ does not own.
func Unregister(number uint64) {
	registered.Lock()
	defer registered.Unlock()
	delete(registered.things, number)
}

// Registered returns how many functions C++ holds.
func Registered() int {
	ForgetDropped()
	registered.Lock()
	defer registered.Unlock()
	return len(registered.things)
}

// dropped is where libgotorch counts what it has queued, once it is loaded.
var dropped = new(int64)

// ForgetDropped forgets the functions that C++ has dropped, and returns how
// many those were.
func ForgetDropped() int {
	total := 0
	for atomic.LoadInt64(dropped) != 0 {
		var numbers [64]uint64
		n := int(C.gt_take_dropped((*C.uint64_t)(&numbers[0]), C.uint64_t(len(numbers))))
		registered.Lock()
		for _, number := range numbers[:n] {
			delete(registered.things, number)
		}
		registered.Unlock()
		total += n
	}
	return total
}

// WithCallbacks runs fn while every call, on any goroutine, may run Go code:
// for hooks that run inside operators. Calls are slower meanwhile.
func WithCallbacks(fn func()) {
	defer AllowCallbacks()()
	fn()
}

// AllowCallbacks is [WithCallbacks] until end is called.
func AllowCallbacks() (end func()) {
	attention.Add(exceptional)
	return func() { attention.Add(-exceptional) }
}

// attend does what calls have to do when attention is not 0, and reports
// whether Go code may have to run.
//
//go:noinline
func attend() bool {
	releasePending()
	return attention.Load() >= exceptional/2
}

// Reply makes the frame ready for a callback's results.
func (f *Frame) Reply() { f.next = 0 }

// gt_run_callback is what C++ calls. It returns 0, or the number of what the
// function threw.
//
//export gt_run_callback
func gt_run_callback(number C.uint64_t, words *C.uint64_t) C.uint64_t {
	f := &Frame{}
	frame := unsafe.Slice((*uint64)(unsafe.Pointer(words)), C.GT_FRAME_WORDS)
	copy(f.words[:], frame)
	c, ok := lookUp(uint64(number)).(*callback)
	if !ok {
		clear(frame) // its time is over
		return 0
	}
	if c.direct {
		c.fn(f)
	} else if thrown := run(func() { c.fn(f) }); thrown != nil {
		return C.uint64_t(register(thrown))
	}
	f.send(frame)
	return 0
}

// send hands the results to C++.
func (f *Frame) send(frame []uint64) {
	if f.long == nil {
		copy(frame, f.words[:])
		frame[0] = 0
		return
	}
	results := f.long[1:]
	block := C.malloc(C.size_t(len(results) * 8))
	copy(unsafe.Slice((*uint64)(block), len(results)), results)
	frame[0] = uint64(uintptr(block))
}

// Thrown is how a Go function ended that did not return: with a panic, or with
// the end of its goroutine.
type Thrown struct {
	value  any
	goexit bool
}

// Value returns what the function panicked with, or nil.
func (t *Thrown) Value() any { return t.value }

// Again does what the function did.
func (t *Thrown) Again() {
	if t.goexit {
		runtime.Goexit()
	}
	panic(t.value)
}

func takeThrown(number uint64) *Thrown {
	t, _ := lookUp(number).(*Thrown)
	Unregister(number)
	return t
}

// ended is what run's coroutine panics with if its goroutine was to end.
type ended struct{}

// run runs fn, and returns what it threw, if it does not return.
//
// Neither a panic nor runtime.Goexit may pass through C++, whose frames would
// be gone without a trace: locks would stay locked. A panic is recovered.
// Goexit cannot be. So fn runs in a coroutine, on the same thread, which ends
// instead, with a panic on top that iter.Pull hands over. C++ goes on with an
// exception; the goroutine that called C++ ends when that is back.
func run(fn func()) (thrown *Thrown) {
	next, _ := iter.Pull(func(func(struct{}) bool) {
		returned := false
		defer func() {
			switch value := recover(); {
			case returned:
			case value != nil:
				thrown = &Thrown{value: value}
			default:
				panic(ended{})
			}
		}()
		fn()
		returned = true
	})
	defer func() {
		if _, ok := recover().(ended); ok {
			thrown = &Thrown{goexit: true}
		}
	}()
	next()
	return thrown
}
