package torch

import (
	"time"

	"github.com/wangkuiyi/gotorch/csrc"
)

// When memory runs out
//
// A call may run out of memory that garbage takes. Then all garbage is collected, the
// caches of devices and of pinned memory are emptied, and the call is made once more,
// if it can be. If it cannot, or runs out of memory again, PyTorch's error is raised.
//
//	call                                    once more?
//	operators that change no argument       yes
//	  that draw random numbers, on devices  yes: the generator was put back (csrc/src/draw.h),
//	                                        so they draw what they would have drawn
//	  that draw random numbers on the CPU   no: its generator's state is too large to keep
//	  of custom libraries (Call)            yes, unless their schema has an alias or they draw
//	data from Go, and to Go                 yes
//	operators in place, and with out=       no: a part may be done, or resized, already
//	batch and instance norm that track      no: the statistics may be updated already
//	Backward, Grad                          no: gradients may be accumulated already, and the
//	                                        graph freed; makeRoom collects before, if need be
//	calls in which Go code has run (hooks)  no: it may have seen the first attempt
//	while a CUDA graph is captured          no: it has the first attempt in it
//
// What a failed call leaves is what PyTorch leaves, but for generators of devices: these
// are as before. Gradients that a failed Backward has accumulated stay, as in Python, so
// a program that goes on should zero them.

// again makes a call once more that ran out of memory, if it can be, and returns what
// there is to report in the end.
func again(report *csrc.Report, repeatable bool, call func() *csrc.Report) *csrc.Report {
	if !report.OutOfMemory {
		return report
	}
	relieve()
	if report.Unrepeatable || !repeatable {
		return report
	}
	for _, w := range report.Warnings { // some come only once
		warn(w)
	}
	return call()
}

// relieve gives back all memory that nothing needs.
func relieve() {
	memory.Lock()
	defer memory.Unlock()
	memory.shortages++
	collectAllLocked(1)
	var f frame
	f.Call(entryEmptyCaches) // which fails, without harm, while a graph is captured
	for i := range accounts {
		accounts[i].collected(uint8(i))
	}
}

// settle deals with what a call has to report.
//
//go:noinline
func (f *frame) settle(fn *csrc.Function, report *csrc.Report) {
	report = again(report, fn.Repeatable(), func() *csrc.Report { return f.Call(fn) })
	if report != nil {
		heed(report)
	}
}

// copyIn makes a CPU tensor, as the frame describes it, of data.
func (f *frame) copyIn(data []byte) {
	report := f.CopyIn(data)
	if report != nil {
		report = again(report, true, func() *csrc.Report { return f.CopyIn(data) })
	}
	if report != nil {
		heed(report)
	}
}

// copyOut copies the elements of the tensor in the frame to data.
func (f *frame) copyOut(data []byte) {
	report := f.CopyOut(data)
	if report != nil {
		report = again(report, true, func() *csrc.Report { return f.CopyOut(data) })
	}
	if report != nil {
		heed(report)
	}
}

// makeRoom collects garbage on devices before a call that cannot be made once more,
// where it may matter: there is less room than half of what is allocated, and garbage to
// speak of may be there. Collections may take half of the time at most, as steps that
// fill a device take much longer.
func makeRoom() {
	if devicesInUse.Load() > 0 {
		makeRoomOnDevices()
	}
}

//go:noinline
func makeRoomOnDevices() {
	memory.Lock()
	defer memory.Unlock()
	tooSoon := time.Since(memory.lastEnd) < memory.took
	for i := range accounts[hostAccount+1:] {
		a := &accounts[i+1]
		bytes := a.bytes.Load()
		a.alive.bytes = min(a.alive.bytes, bytes) // a scope may have ended since
		if tooSoon || a.handleLimit.Load() == 0 || bytes-a.alive.bytes < a.info.total/leastShare {
			continue
		}
		a.ask(i, false)
		if a.info.room() < a.info.allocated/2 {
			collectLocked()
			return
		}
	}
}
