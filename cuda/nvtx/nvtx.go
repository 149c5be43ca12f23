/*
Package nvtx names what a program does to NVIDIA's profilers, such as Nsight Systems:
Python's torch.cuda.nvtx. Without a profiler its functions cost next to nothing.

	nvtx.Range("forward", func() { y = model.Forward(x) })
*/
package nvtx

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	rangePush  = csrc.Entry("cuda::nvtx_range_push(str message) -> int")
	rangePop   = csrc.Entry("cuda::nvtx_range_pop() -> int")
	rangeStart = csrc.Entry("cuda::nvtx_range_start(str message) -> int")
	rangeEnd   = csrc.Entry("cuda::nvtx_range_end(int range) -> ()")
	mark       = csrc.Entry("cuda::nvtx_mark(str message) -> ()")
)

// RangePush begins a range within the one that this thread began last, and returns
// how many it lies in. RangePop must follow on the same thread, which a goroutine
// keeps by runtime.LockOSThread; [Range] sees to that.
func RangePush(message string) int { return int(callText(rangePush, message).TakeInt()) }

// RangePop ends the range that this thread began last, and returns how many it lay in.
// Without one it returns a negative number.
func RangePop() int { return int(call(rangePop).TakeInt()) }

// A RangeId is a range that [RangeStart] has begun.
type RangeId uint64

// RangeStart begins a range that [RangeEnd] ends, on any thread.
func RangeStart(message string) RangeId { return RangeId(callText(rangeStart, message).Take()) }

// RangeEnd ends a range.
func RangeEnd(id RangeId) {
	call(rangeEnd, func(f *entry.Frame) { f.Put(uint64(id)) })
}

// Mark names a moment.
func Mark(message string) { callText(mark, message) }

// Range runs fn in a range, which ends with fn, also if it panics.
func Range(message string, fn func()) {
	entry.RequireFunc("fn", fn != nil)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	RangePush(message)
	defer RangePop()
	fn()
}

func callText(fn *csrc.Function, message string) *entry.Frame {
	return call(fn, func(f *entry.Frame) { f.PutString(message) })
}

// call calls fn. Without libgotorch_cuda.so it panics with Python's words.
func call(fn *csrc.Function, put ...func(*entry.Frame)) *entry.Frame {
	if csrc.CUDA() != nil {
		panic(torch.NewError("RuntimeError", "NVTX functions not installed. Are you sure you have a CUDA build?"))
	}
	f := new(entry.Frame)
	for _, p := range put {
		p(f)
	}
	f.Call(fn)
	return f
}
