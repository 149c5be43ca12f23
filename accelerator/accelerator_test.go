package accelerator_test

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// last returns the last device: not the one that is current at first, where there are
// several. Tests that are content with one run there.
func last() torch.Device { return torch.CUDA(accelerator.DeviceCount() - 1) }

func TestDevices(t *testing.T) {
	testkit.NeedDevices(t, 1)
	assert.Equal(t, torch.CUDA(), accelerator.CurrentAccelerator())
	assert.Equal(t, torch.CUDA(), accelerator.CurrentAccelerator(accelerator.CheckAvailable(true)))
	assert.True(t, accelerator.IsAvailable())
	assert.Equal(t, torch.CudaDeviceCount(), accelerator.DeviceCount())
	assert.Equal(t, 0, accelerator.CurrentDeviceIndex())
	accelerator.WithDevice(last(), func() {
		assert.Equal(t, last().Index(), accelerator.CurrentDeviceIndex())
		accelerator.WithDeviceIndex(0, func() { assert.Equal(t, 0, accelerator.CurrentDeviceIndex()) })
		accelerator.WithDevice(torch.Device{}, func() { assert.Equal(t, last().Index(), accelerator.CurrentDeviceIndex()) })
		assert.Equal(t, last(), accelerator.CurrentStream().Device())
		accelerator.Synchronize()
	})
	accelerator.Synchronize(last())
	assertDefaults(t)
}

func assertDefaults(t *testing.T) {
	t.Helper()
	assert.Equal(t, 0, accelerator.CurrentDeviceIndex())
	for i := range accelerator.DeviceCount() {
		assert.Equal(t, torch.StreamOf(0, torch.CUDA(i)), accelerator.CurrentStream(torch.CUDA(i)))
	}
}

func TestStreams(t *testing.T) {
	testkit.NeedDevices(t, 1)
	s := torch.NewStream(last())
	accelerator.WithStream(s, func() {
		assert.Equal(t, s.Device().Index(), accelerator.CurrentDeviceIndex())
		assert.Equal(t, s, accelerator.CurrentStream())
		s.WaitStream(torch.NewStream(torch.CUDA(0)))
	})
	assertDefaults(t)
}

func TestModesEnd(t *testing.T) {
	testkit.NeedDevices(t, 1)
	for name, mode := range map[string]func(func()){
		"WithDevice": func(fn func()) { accelerator.WithDevice(last(), fn) },
		"WithStream": func(fn func()) { accelerator.WithStream(torch.NewStream(last()), fn) },
	} {
		t.Run(name, func(t *testing.T) {
			assert.PanicsWithValue(t, "stop", func() { mode(func() { panic("stop") }) })
			assertDefaults(t)
			done := make(chan bool)
			go func() {
				defer close(done)
				defer assertDefaults(t)
				mode(runtime.Goexit)
			}()
			<-done
		})
	}
}

func TestMemory(t *testing.T) {
	py := parity.RunOnDevices(t, 1, `
		torch.cuda.init()
		out["keys"] = list(torch.accelerator.memory_stats(0))
	`)
	d := last()
	torch.CollectGarbage()
	accelerator.EmptyCache()
	before := accelerator.MemoryAllocated(d)
	accelerator.ResetPeakMemoryStats(d)
	accelerator.ResetAccumulatedMemoryStats(d)
	x := torch.Zeros([]int64{3 << 20}, torch.Uint8, d)
	assert.Equal(t, before+3<<20, accelerator.MemoryAllocated(d))
	x.Close()
	assert.Equal(t, before, accelerator.MemoryAllocated(d))
	assert.Equal(t, before+3<<20, accelerator.MaxMemoryAllocated(d))
	assert.Equal(t, accelerator.MemoryReserved(d), accelerator.MaxMemoryReserved(d))
	assert.GreaterOrEqual(t, accelerator.MemoryReserved(d), int64(3<<20))
	stats := accelerator.MemoryStats(d)
	assert.Equal(t, py.Strings("keys"), slices.Sorted(maps.Keys(stats)))
	assert.Equal(t, int64(1), stats["allocation.all.allocated"])
	accelerator.EmptyCache()
	assert.Less(t, accelerator.MemoryReserved(d), int64(3<<20))
	free, total := accelerator.GetMemoryInfo(d)
	assert.Equal(t, total-accelerator.MemoryReserved(d), free)
	torch.Empty([]int64{10}, torch.PinMemory(true)).Close()
	accelerator.EmptyHostCache()
}

var misuses = []struct {
	python string
	run    func()
}{
	{"torch.accelerator.synchronize(7)", func() { accelerator.Synchronize(torch.CUDA(7)) }},
	{"torch.accelerator.synchronize('cpu')", func() { accelerator.Synchronize(torch.CPU) }},
	{"torch.accelerator.set_device_index('cuda')", func() { accelerator.WithDevice(torch.CUDA(), func() {}) }},
	{"torch.accelerator.set_device_index('mps:0')", func() { accelerator.WithDevice(torch.NewDevice("mps:0"), func() {}) }},
	{"torch.accelerator.device_index(-1).__enter__()", func() { accelerator.WithDeviceIndex(-1, func() {}) }},
	{"torch.accelerator.device_index(7).__enter__()", func() { accelerator.WithDeviceIndex(7, func() {}) }},
	{"torch.accelerator.current_stream(7)", func() { accelerator.CurrentStream(torch.CUDA(7)) }},
	{"torch.accelerator.memory_stats(7)", func() { accelerator.MemoryStats(torch.CUDA(7)) }},
	{"torch.accelerator.reset_peak_memory_stats(7)", func() { accelerator.ResetPeakMemoryStats(torch.CUDA(7)) }},
	{"torch.accelerator.get_memory_info(7)", func() { accelerator.GetMemoryInfo(torch.CUDA(7)) }},
	{"torch.accelerator.get_device_capability()", func() { accelerator.GetDeviceCapability() }},
}

func TestMisuse(t *testing.T) {
	code := "torch.ones(1, device='cuda')\nout['errors'] = []\n"
	for _, m := range misuses {
		code += fmt.Sprintf("try: %s; out['errors'] += ['', '']\nexcept Exception as e: out['errors'] += [type(e).__name__, str(e)]\n", m.python)
	}
	py := parity.RunOnDevices(t, 1, code)
	errors := py.Strings("errors")
	for i, m := range misuses {
		err := torch.Try(m.run)
		require.Error(t, err, m.python)
		assert.Equal(t, errors[2*i], err.(*torch.Error).Kind, m.python)
		assert.Equal(t, errors[2*i+1], err.(*torch.Error).Message, m.python)
		assertDefaults(t)
	}
}

func TestRandom(t *testing.T) {
	testkit.NeedDevices(t, 1)
	torch.ManualSeed(7)
	assert.Equal(t, uint64(7), accelerator.InitialSeed(last()))
	states := accelerator.GetRngStateAll()
	assert.Len(t, states, accelerator.DeviceCount())
	assert.True(t, torch.Equal(states[last().Index()], accelerator.GetRngState(last())))
	torch.Rand([]int64{3}, last())
	assert.False(t, torch.Equal(states[last().Index()], accelerator.GetRngState(last())))
	if last().Index() > 0 {
		assert.True(t, torch.Equal(states[0], accelerator.GetRngState()), "the other device's")
	}
	torch.DefaultGenerator(last()).SetState(states[last().Index()])
	assert.True(t, torch.Equal(states[last().Index()], accelerator.GetRngState(last())))
}

func TestFlatStats(t *testing.T) {
	stats := accelerator.DeviceStats{
		NumOoms:        3,
		AllocatedBytes: accelerator.PoolStats{LargePool: accelerator.Stat{Peak: 5}},
		ReservedBytesByPrivatePools: map[accelerator.PoolId]accelerator.PoolStats{
			{0, 1}: {All: accelerator.Stat{Current: 7}},
		},
	}
	flat := stats.Flat()
	assert.Equal(t, int64(3), flat["num_ooms"])
	assert.Equal(t, int64(5), flat["allocated_bytes.large_pool.peak"])
	assert.Equal(t, int64(7), flat["reserved_bytes_by_private_pools.0_1.all.current"])
	assert.Len(t, flat, 7+9*12+2*4+12)
}
