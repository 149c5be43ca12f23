package csrc

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A goroutine that is locked to its thread is known, whatever it is doing: only such a
// one pauses.
func TestLockedToThread(t *testing.T) {
	assert.False(t, lockedToThread())
	runtime.LockOSThread()
	assert.True(t, lockedToThread())
	runtime.LockOSThread()
	runtime.UnlockOSThread()
	assert.True(t, lockedToThread(), "it was locked twice")
	runtime.UnlockOSThread()
	assert.False(t, lockedToThread())
	done := make(chan bool)
	go func() { done <- lockedToThread() }()
	assert.False(t, <-done)
}

// A goroutine whose calls are neither short nor long pauses, if it is locked to its thread.
// A call after which it does so has succeeded.
func TestPauses(t *testing.T) {
	defer func(original func()) { rest = original }(rest)
	pauses := 0
	rest = func() { pauses++ }
	work := func(limit time.Duration) {
		fn := Entry("parallel_info() -> str") // a text of many lines
		for start := time.Now(); pauses == 0 && time.Since(start) < limit; {
			var f Frame
			if !assert.Nil(t, f.Call(fn)) || !assert.Contains(t, f.TakeString(), "OpenMP") {
				return
			}
		}
	}
	work(30 * time.Millisecond)
	assert.Zero(t, pauses)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	work(time.Minute) // a few milliseconds, unless the machine is very busy
	assert.Equal(t, 1, pauses)
}
