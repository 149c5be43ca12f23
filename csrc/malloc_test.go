package csrc_test

import (
	"runtime"
	"syscall"
	"testing"

	"github.com/wangkuiyi/gotorch/torch"
)

// pageFaults returns how often the system had to map a page for this process.
func pageFaults(t *testing.T) int64 {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return usage.Minflt
}

// Memory that a step has freed serves the next one.
func TestFreedMemoryIsKept(t *testing.T) {
	runtime.LockOSThread() // malloc keeps memory for each thread
	defer runtime.UnlockOSThread()
	step := func() {
		torch.Scope(func() {
			for range 8 {
				torch.Ones([]int64{2 << 20}) // 8 MiB: 2,048 pages
			}
		})
	}
	for range 10 { // until malloc has as much as it needs
		step()
	}
	before := pageFaults(t)
	const steps = 10
	for range steps {
		step()
	}
	if faults := (pageFaults(t) - before) / steps; faults > 4096 { // blocks move about in the heap, so not none
		t.Errorf("a step that uses 16,384 pages had to have %d of them mapped", faults)
	}
}
