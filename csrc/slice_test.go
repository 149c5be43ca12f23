package csrc

import (
	"runtime"
	"testing"

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

// A call after which the goroutine is to pause has succeeded.
func TestPauseIsNoReport(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	fn := Entry("num_threads() -> int")
	for range 100_000 { // many times 8 ms
		var f Frame
		if !assert.Nil(t, f.Call(fn)) {
			return
		}
	}
}
