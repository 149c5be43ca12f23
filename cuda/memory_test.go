package cuda_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

const mb = 1 << 20

// useMemory does on the last device what Python's useMemory does, after which the counts are
// the same.
func useMemory(t *testing.T) (py *parity.Result, kept []*torch.Tensor) {
	t.Helper()
	py = parity.RunOnDevices(t, 1, `
		torch.cuda.init()
		d = torch.cuda.device_count() - 1
		import gc; gc.collect()
		torch.cuda.empty_cache()
		torch.cuda.reset_peak_memory_stats(d)
		torch.cuda.reset_accumulated_memory_stats(d)
		def use(n): return torch.empty(n, dtype=torch.uint8, device=d)
		kept = [use(100), use(3 << 20), use(30 << 20)]
		use(700); use(800 << 20)
		kept += [use(5), use(1)]
		del kept[3]
		own = "reserved_bytes_by_private_pools." # those of other tests
		out["stats"] = [[k, v] for k, v in torch.cuda.memory_stats(d).items() if not k.startswith(own)]
		out["keys"] = [k for k, v in torch.cuda.memory_stats_as_nested_dict(d).items()]
		out["accelerator"] = list(torch.accelerator.memory_stats(d).items())
		out["summary"] = torch.cuda.memory_summary(d)
		out["abbreviated"] = torch.cuda.memory_summary(d, abbreviated=True)
		out["numbers"] = [torch.cuda.memory_allocated(d), torch.cuda.max_memory_allocated(d), torch.cuda.memory_reserved(d),
		    torch.cuda.max_memory_reserved(d), *torch.cuda.mem_get_info(d)]
		del kept
	`)
	torch.CollectGarbage()
	cuda.EmptyCache()
	cuda.ResetPeakMemoryStats(last())
	cuda.ResetAccumulatedMemoryStats(last())
	use := func(n int64) *torch.Tensor { return torch.Empty([]int64{n}, torch.Uint8, last()) }
	kept = []*torch.Tensor{use(100), use(3 * mb), use(30 * mb)}
	use(700).Close()
	use(800 * mb).Close()
	five := use(5)
	kept = append(kept, use(1))
	five.Close()
	torch.CollectGarbage()
	return py, kept
}

func TestMemoryStats(t *testing.T) {
	py, kept := useMemory(t)
	defer func() {
		for _, k := range kept {
			k.Close()
		}
	}()
	// num_device_alloc and num_device_free count since the process began.
	everSince := map[string]bool{"num_device_alloc": true, "num_device_free": true, "num_sync_all_streams": true}
	got := cuda.MemoryStats(last())
	maps.DeleteFunc(got, func(name string, _ int64) bool { // of graphs that other tests have captured
		return strings.HasPrefix(name, "reserved_bytes_by_private_pools.")
	})
	var names []string
	for _, pair := range py.Value("stats").List {
		name, value := pair.List[0].Value.(string), pair.List[1].Value.(float64)
		names = append(names, name)
		if !everSince[name] {
			assert.Equal(t, int64(value), got[name], name)
		}
	}
	assert.Equal(t, names, slices.Sorted(maps.Keys(got)))
	assert.Equal(t, py.Text("summary"), cuda.MemorySummary(last()))
	assert.Equal(t, py.Text("abbreviated"), cuda.AbbreviatedMemorySummary(last()))
	free, total := cuda.MemGetInfo(last())
	d := last()
	var numbers []float64
	for _, n := range []int64{cuda.MemoryAllocated(d), cuda.MaxMemoryAllocated(d), cuda.MemoryReserved(d), cuda.MaxMemoryReserved(d), free, total} {
		numbers = append(numbers, float64(n))
	}
	assert.Equal(t, py.Numbers("numbers"), numbers)
	nested := cuda.MemoryStatsAsNestedDict(d)
	assert.Equal(t, got["segment.large_pool.peak"], nested.Segment.LargePool.Peak)
	assert.Equal(t, got["max_split_size"], nested.MaxSplitSize)
}

func TestMemoryFraction(t *testing.T) {
	testkit.NeedDevices(t, 1)
	torch.CollectGarbage()
	cuda.EmptyCache() // what is in the cache may be used beyond the limit
	assert.Equal(t, 1.0, cuda.GetPerProcessMemoryFraction(last()))
	cuda.SetPerProcessMemoryFraction(0.25, last())
	defer cuda.SetPerProcessMemoryFraction(1, last())
	assert.Equal(t, 0.25, cuda.GetPerProcessMemoryFraction(last()))
	if cuda.DeviceCount() > 1 {
		assert.Equal(t, 1.0, cuda.GetPerProcessMemoryFraction(), "the other device's")
	}
	_, total := cuda.MemGetInfo(last())
	e := refusal(t, func() { torch.Empty([]int64{total / 2}, torch.Uint8, last()) })
	assert.Equal(t, "OutOfMemoryError", e.Kind)
	assert.Contains(t, e.Message, "CUDA out of memory. Tried to allocate")
}

func TestAllocator(t *testing.T) {
	testkit.NeedDevices(t, 1)
	assert.Equal(t, "native", cuda.GetAllocatorBackend())
	before := cuda.MemoryAllocated()
	address := cuda.CachingAllocatorAlloc(1000)
	assert.NotZero(t, address)
	assert.Equal(t, before+1024, cuda.MemoryAllocated())
	cuda.CachingAllocatorDelete(address)
	assert.Equal(t, before, cuda.MemoryAllocated())
	address = cuda.CachingAllocatorAlloc(1, cuda.NewStream())
	cuda.CachingAllocatorDelete(address)
	cuda.EmptyCache()
	reserved := cuda.MemoryReserved()
	cuda.WithCachingAllocatorDisabled(func() { torch.Ones([]int64{64 * mb}, torch.Uint8, torch.CUDA()).Close() })
	assert.Equal(t, reserved, cuda.MemoryReserved())
}

func TestHostMemory(t *testing.T) {
	py := parity.RunOnDevices(t, 1, `
		torch.cuda.init()
		torch.accelerator.empty_host_cache()
		torch.cuda.reset_peak_host_memory_stats()
		torch.cuda.reset_accumulated_host_memory_stats()
		x = torch.empty(1000, pin_memory=True)
		out["stats"] = list(torch.cuda.host_memory_stats().items())
		del x
	`)
	torch.CollectGarbage()
	cuda.ResetPeakHostMemoryStats()
	x := torch.Empty([]int64{1000}, torch.PinMemory(true))
	defer x.Close()
	got := cuda.HostMemoryStats()
	var names []string
	for _, pair := range py.Value("stats").List {
		names = append(names, pair.List[0].Value.(string))
	}
	assert.Equal(t, names, slices.Sorted(maps.Keys(got)))
	assert.Equal(t, int64(4096), got["active_bytes.current"])
	stats := cuda.HostMemoryStatsAsNestedDict()
	require.NotNil(t, stats)
	assert.Equal(t, int64(1), stats.ActiveRequests.Current)
	cuda.ResetAccumulatedHostMemoryStats()
	assert.Zero(t, cuda.HostMemoryStats()["allocations.allocated"])
}

// Memory that another stream uses is not free before that stream is done, which the
// allocator asks about when it next needs memory.
func TestRecordStream(t *testing.T) {
	testkit.NeedDevices(t, 1)
	torch.CollectGarbage()
	use := func() *torch.Tensor { return torch.Empty([]int64{mb}, torch.Uint8, torch.CUDA()) }
	use().Close()
	counts := func() [2]int64 {
		s := cuda.MemoryStatsAsNestedDict()
		return [2]int64{s.AllocatedBytes.All.Current, s.ActiveBytes.All.Current}
	}
	before := counts()
	x := use()
	x.Close()
	assert.Equal(t, before, counts())
	x = use()
	x.RecordStream(cuda.NewStream())
	x.Close()
	assert.Equal(t, [2]int64{before[0], before[1] + mb}, counts())
	use().Close()
	assert.Equal(t, before, counts())
}
