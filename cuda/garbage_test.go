package cuda_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// limitMemory lets this test have so many MB of the first device, on which nothing is
// allocated then.
func limitMemory(t testing.TB, megabytes int64) {
	t.Helper()
	testkit.NeedDevices(t, 1)
	torch.CollectGarbage()
	cuda.EmptyCache()
	_, total := cuda.MemGetInfo(torch.CUDA(0))
	cuda.SetPerProcessMemoryFraction(min(float64(megabytes*mb)/float64(total), 1), torch.CUDA(0))
	cuda.ResetPeakMemoryStats(torch.CUDA(0))
	cuda.ResetAccumulatedMemoryStats(torch.CUDA(0))
	t.Cleanup(func() {
		torch.CollectGarbage()
		assert.Zero(t, cuda.MemoryAllocated(torch.CUDA(0)), "bytes are left")
		cuda.EmptyCache()
		cuda.SetPerProcessMemoryFraction(1, torch.CUDA(0))
	})
}

// take makes a tensor of so many MB on the first device.
func take(megabytes int64) *torch.Tensor {
	return torch.Empty([]int64{megabytes * mb}, torch.Uint8, torch.CUDA(0))
}

// unused checks that the allocator did not once fail to get memory at first.
func neverShort(t *testing.T, before torch.Memory) {
	t.Helper()
	assert.Zero(t, cuda.MemoryStats(torch.CUDA(0))["num_alloc_retries"])
	assert.Equal(t, before.Shortages, torch.MemoryStats().Shortages)
}

// A loop that makes 50 GB of tensors, and frees none, runs on a device of 1 GB.
func TestGarbageIsCollected(t *testing.T) {
	limitMemory(t, 1024)
	before := torch.MemoryStats()
	for range 50 * 1024 / 32 {
		take(32)
	}
	after := torch.MemoryStats()
	neverShort(t, before)
	peak := cuda.MaxMemoryReserved(torch.CUDA(0)) / mb
	assert.LessOrEqual(t, peak, int64(640), "MB: half of the device, on a busy machine, and a few tensors")
	assert.Less(t, after.Collections-before.Collections, int64(1000))
	t.Logf("peak %d MB, %d collections", peak, after.Collections-before.Collections)
}

// A training loop whose scopes leave a scalar, on which a graph hangs that has all the
// memory, runs on it, too.
func TestGraphsOnDevicesAreCollected(t *testing.T) {
	limitMemory(t, 1024)
	w := torch.Ones([]int64{1 << 20}, torch.CUDA(0), torch.RequiresGrad(true))
	defer w.Close()
	before := torch.MemoryStats()
	for range 600 { // 2.4 GB
		torch.ScopeValue(func() *torch.Tensor { return w.Exp().Sum() })
	}
	neverShort(t, before)
	m := torch.MemoryStats()
	assert.LessOrEqual(t, m.Devices[1].Bytes, int64(16*mb), "what Go knows of")
	assert.LessOrEqual(t, cuda.MaxMemoryReserved(torch.CUDA(0))/mb, int64(640))
	assert.Positive(t, m.Collections-before.Collections)
}

// A device with little room left has little garbage, so that there is room.
func TestLittleGarbageWhereRoomIsShort(t *testing.T) {
	limitMemory(t, 1024)
	kept := take(800)
	defer kept.Close()
	torch.CollectGarbage()
	before := torch.MemoryStats()
	for range 2000 {
		take(4)
	}
	neverShort(t, before)
	device := torch.MemoryStats().Devices[1]
	assert.LessOrEqual(t, device.ByteLimit/mb, int64(800+4+112), "half of the room")
	assert.LessOrEqual(t, cuda.MaxMemoryAllocated(torch.CUDA(0))/mb, int64(800+4+112+4))
}

// The host's limits are not those of a device, nor those of another device.
func TestLimitsAreApart(t *testing.T) {
	testkit.NeedDevices(t, 2)
	limitMemory(t, 256)
	a := torch.Ones([]int64{1 << 20}, torch.CUDA(0))
	b := torch.Ones([]int64{1 << 19}, torch.CUDA(1))
	view := b.View(2, -1)
	c := torch.Ones([]int64{1 << 18})
	m := torch.MemoryStats()
	require.Len(t, m.Devices, 3)
	for i, want := range []struct {
		device  torch.Device
		handles int64
		bytes   int64
	}{{torch.CPU, 1, 1 << 20}, {torch.CUDA(0), 1, 4 << 20}, {torch.CUDA(1), 2, 2 << 20}} {
		got := m.Devices[i]
		assert.Equal(t, want.device, got.Device)
		assert.Equal(t, want.handles, got.Handles, got.Device)
		assert.Equal(t, want.bytes, got.Bytes, got.Device)
		assert.GreaterOrEqual(t, got.Allocated, want.bytes)
		assert.Greater(t, got.ByteLimit, got.Bytes)
	}
	assert.Equal(t, int64(4), m.Handles)
	assert.Equal(t, int64(7<<20), m.Bytes)
	assert.Less(t, m.Devices[1].ByteLimit, m.Devices[2].ByteLimit, "the first is the smaller one")
	for _, x := range []*torch.Tensor{a, b, view, c} {
		x.Close()
	}
	m = torch.MemoryStats()
	assert.Zero(t, m.Handles)
	assert.Zero(t, m.Bytes)
}

// Tensors of several devices in one scope, and in the slabs of small tensors, come off
// their own device's account.
func TestMixedAccounts(t *testing.T) {
	limitMemory(t, 256)
	torch.Scope(func() {
		for range 3 {
			torch.Ones([]int64{1000})
			torch.Ones([]int64{1000}, torch.CUDA(0))
			torch.Ones([]int64{2}, torch.CUDA(0))
		}
	})
	for range 100 {
		torch.Ones([]int64{2})
		torch.Ones([]int64{3}, torch.CUDA(0))
		torch.Ones([]int64{3}, torch.Meta)
	}
	torch.CollectGarbage()
	for _, d := range torch.MemoryStats().Devices {
		assert.Zero(t, d.Handles, d.Device)
		assert.Zero(t, d.Bytes, d.Device)
	}
}

// Tensors without memory count for none.
func TestMetaTensorsHoldNoMemory(t *testing.T) {
	before := torch.MemoryStats().Bytes
	x := torch.Ones([]int64{1 << 40}, torch.Meta)
	assert.Equal(t, before, torch.MemoryStats().Bytes)
	x.Close()
}

// Many goroutines make and drop tensors on a device at once.
func TestGoroutinesShareADevice(t *testing.T) {
	limitMemory(t, 512)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 100 {
				take(8).Fill_(1)
			}
		})
	}
	wait.Wait()
	assert.LessOrEqual(t, cuda.MaxMemoryReserved(torch.CUDA(0))/mb, int64(512))
}
