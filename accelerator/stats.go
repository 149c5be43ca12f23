package accelerator

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/stats"
	"github.com/wangkuiyi/gotorch/torch"
)

var deviceStats = csrc.Entry("device_stats(Device device) -> int[]")

// A Stat is one quantity that an allocator counts.
type Stat struct {
	Current, Peak int64
	Allocated     int64 // the sum of all increases
	Freed         int64 // the sum of all decreases
}

// PoolStats is one quantity, by the pool that memory comes from: requests of 1 MB
// and more come from the large one.
type PoolStats struct{ All, SmallPool, LargePool Stat }

// DeviceStats is what the allocator of a device has counted.
type DeviceStats struct {
	NumAllocRetries   int64 // times that the cache was emptied as memory was short
	NumOoms           int64 // out-of-memory errors
	MaxSplitSize      int64 // larger blocks are not split; -1 is no limit
	NumSyncAllStreams int64
	NumDeviceAlloc    int64 // requests to the device
	NumDeviceFree     int64
	NumOomRejections  int64

	Allocation         PoolStats // requests of the program
	Segment            PoolStats // pieces of memory got from the device
	Active             PoolStats // blocks in use
	InactiveSplit      PoolStats // blocks not in use that cannot be given back to the device
	AllocatedBytes     PoolStats
	ReservedBytes      PoolStats // of the segments
	ActiveBytes        PoolStats
	InactiveSplitBytes PoolStats
	RequestedBytes     PoolStats // as asked for, before rounding

	OversizeAllocations Stat
	OversizeSegments    Stat

	// ReservedBytesByPrivatePools has the private pools by their number, as those of
	// CUDA graphs.
	ReservedBytesByPrivatePools map[PoolId]PoolStats
}

// A PoolId is the number of a private pool of memory.
type PoolId [2]uint64

// String returns the pool's number as keys have it: "0_1".
func (id PoolId) String() string { return fmt.Sprintf("%d_%d", id[0], id[1]) }

// NestedMemoryStats returns what the allocator has counted for a device: the numbers
// of [MemoryStats] in one struct.
func NestedMemoryStats(device ...torch.Device) *DeviceStats {
	var f entry.Frame
	deviceOr(device).PutInto(&f)
	f.Call(deviceStats)
	s := &DeviceStats{ReservedBytesByPrivatePools: map[PoolId]PoolStats{}}
	numbers := stats.Fill(s, f.TakeInts())
	for len(numbers) > 0 {
		id := PoolId{uint64(numbers[0]), uint64(numbers[1])}
		var pool PoolStats
		numbers = stats.Fill(&pool, numbers[2:])
		s.ReservedBytesByPrivatePools[id] = pool
	}
	return s
}

// Flat returns the numbers under Python's names, such as
// "allocated_bytes.all.current".
func (s *DeviceStats) Flat() map[string]int64 { return stats.Flat(*s) }
