package torch_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/torch"
)

// inAutocast runs fn in autocast for the CPU, in this dtype.
func inAutocast(dtype torch.DType, fn func()) {
	torch.AutocastState{Device: torch.CPU.Type(), Enabled: true, DType: dtype, CacheEnabled: true}.Run(fn)
}

func assertNoAutocast(t *testing.T) {
	t.Helper()
	assert.False(t, torch.IsAutocastEnabled("cpu"))
	assert.False(t, torch.IsAnyAutocastEnabled())
	assert.Equal(t, torch.BFloat16, torch.GetAutocastDtype("cpu"))
	assert.True(t, torch.IsAutocastCacheEnabled())
}

func TestAutocastStateEndsWithRun(t *testing.T) {
	x := torch.Ones([]int64{2, 2}, torch.CPU)
	inAutocast(torch.Float16, func() {
		assert.True(t, torch.IsAutocastEnabled("cpu"))
		assert.True(t, torch.IsAnyAutocastEnabled())
		assert.False(t, torch.IsAutocastEnabled("cuda"))
		assert.Equal(t, torch.Float16, torch.GetAutocastDtype("cpu"))
		assert.Equal(t, torch.Float16, x.Mm(x).DType())
	})
	assertNoAutocast(t)
	assert.Equal(t, torch.Float32, x.Mm(x).DType())

	assert.Error(t, torch.Try(func() {
		inAutocast(torch.Float16, func() { x.Mm(torch.Ones([]int64{3, 3}, torch.CPU)) })
	}))
	assertNoAutocast(t)

	var wait sync.WaitGroup
	wait.Go(func() {
		defer assertNoAutocast(t)
		inAutocast(torch.Float16, runtime.Goexit)
	})
	wait.Wait()
}

// New goroutines start without autocast; CaptureState hands it on, and that does
// not end the state of the goroutine that it was captured on.
func TestCaptureStateHandsAutocastOn(t *testing.T) {
	inAutocast(torch.Float16, func() {
		state := torch.CaptureState()
		var wait sync.WaitGroup
		wait.Go(func() {
			assertNoAutocast(t)
			state.Run(func() {
				assert.True(t, torch.IsAutocastEnabled("cpu"))
				assert.Equal(t, torch.Float16, torch.GetAutocastDtype("cpu"))
			})
			assertNoAutocast(t)
		})
		wait.Wait()
		assert.True(t, torch.IsAutocastEnabled("cpu"))
	})
	off := torch.CaptureState()
	inAutocast(torch.Float16, func() {
		off.Run(func() { assertNoAutocast(t) })
		assert.True(t, torch.IsAutocastEnabled("cpu"))
	})
}

func TestAutocastUnknownDevices(t *testing.T) {
	const unknown = "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, " +
		"mps, meta, hpu, mtia, privateuseone device type at start of device string: foo"
	for _, c := range []struct {
		message string
		fn      func()
	}{
		{unknown, func() { torch.IsAutocastEnabled("foo") }},
		{unknown, func() { torch.GetAutocastDtype("foo") }},
		{unknown, func() { torch.IsAutocastAvailable("foo") }},
		{"unsupported scalarType", func() { torch.GetAutocastDtype("meta") }},
		{"unknown device type for autocast in get_autocast_dispatch_key_from_device_type", func() { torch.IsAutocastEnabled("meta") }},
	} {
		assert.ErrorContains(t, torch.Try(c.fn), c.message)
	}
	assert.False(t, torch.IsAutocastAvailable("meta"))
	assert.True(t, torch.IsAutocastAvailable("cuda:0"))
}
