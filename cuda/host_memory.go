package cuda

import (
	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/stats"
)

var (
	hostStats                 = csrc.Entry("cuda::host_stats() -> int[]")
	resetAccumulatedHostStats = csrc.Entry("cuda::reset_accumulated_host_stats() -> ()")
	resetPeakHostStats        = csrc.Entry("cuda::reset_peak_host_stats() -> ()")
)

// A DurationStat is time, in microseconds.
type DurationStat struct{ Total, Max, Min, Count, Avg int64 }

// HostStats is what the allocator of pinned memory has counted. Its bytes are those of
// blocks, which are powers of two.
type HostStats struct {
	NumHostAlloc, NumHostFree int64 // requests to CUDA

	Allocations    accelerator.Stat // blocks
	ActiveRequests accelerator.Stat // blocks in use
	AllocatedBytes accelerator.Stat
	ActiveBytes    accelerator.Stat

	HostAllocTime, HostFreeTime DurationStat // spent in CUDA
}

// HostMemoryStats returns what the allocator of pinned memory has counted, under
// Python's names, such as "active_bytes.current"; nothing, before CUDA has been used.
func HostMemoryStats() map[string]int64 {
	s := HostMemoryStatsAsNestedDict()
	if s == nil {
		return map[string]int64{}
	}
	return stats.Flat(*s)
}

// HostMemoryStatsAsNestedDict returns the numbers of [HostMemoryStats] in one struct,
// or nil before CUDA has been used.
func HostMemoryStatsAsNestedDict() *HostStats {
	if !IsInitialized() {
		return nil
	}
	var f entry.Frame
	f.Call(hostStats)
	s := &HostStats{}
	stats.Fill(s, f.TakeInts())
	return s
}

// ResetPeakHostMemoryStats sets the peaks of pinned memory to what there is now.
func ResetPeakHostMemoryStats() { resetHost(resetPeakHostStats) }

// ResetAccumulatedHostMemoryStats sets the sums of pinned memory, "allocated" and
// "freed", to zero.
func ResetAccumulatedHostMemoryStats() { resetHost(resetAccumulatedHostStats) }

func resetHost(fn *csrc.Function) {
	start()
	var f entry.Frame
	f.Call(fn)
}
