package accelerator

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	allocatorInitialized  = csrc.Entry("allocator_initialized(DeviceType type) -> bool")
	emptyCache            = csrc.Entry("empty_cache(DeviceType type) -> ()")
	emptyHostCache        = csrc.Entry("empty_host_cache() -> ()")
	resetAccumulatedStats = csrc.Entry("reset_accumulated_stats(Device device) -> ()")
	resetPeakStats        = csrc.Entry("reset_peak_stats(Device device) -> ()")
	memoryInfo            = csrc.Entry("memory_info(Device device) -> (int, int)")
	supportedDtypes       = csrc.Entry("supported_dtypes(Device device) -> int[]")
)

// usesMemory reports whether the accelerator's allocator has been started. Until
// then there is nothing to count, and it is left alone.
func usesMemory() bool {
	kind := entry.Int(acceleratorType)
	if kind < 0 {
		if CurrentAccelerator() == (torch.Device{}) {
			current() // which says that there is none
		}
		return false
	}
	var f entry.Frame
	f.PutInt(kind)
	f.Call(allocatorInitialized)
	return f.TakeBool()
}

// EmptyCache gives memory that no tensor holds, and that the allocator has kept for
// later ones, back to the device. It does not give tensors more memory, but other
// programs.
func EmptyCache() {
	if usesMemory() {
		var f entry.Frame
		f.PutInt(entry.Int(acceleratorType))
		f.Call(emptyCache)
	}
}

// EmptyHostCache gives pinned memory that no tensor holds back to the system.
func EmptyHostCache() {
	if usesMemory() {
		var f entry.Frame
		f.Call(emptyHostCache)
	}
}

// MemoryStats returns what the allocator has counted for a device, under Python's
// names, such as "allocated_bytes.all.current"; nothing, before memory has been
// used. The names, in alphabetical order, are those of [DeviceStats], with a point
// between the parts.
func MemoryStats(device ...torch.Device) map[string]int64 {
	if !usesMemory() {
		return map[string]int64{}
	}
	stats := NestedMemoryStats(device...)
	stats.ReservedBytesByPrivatePools = nil // Python has these in torch.cuda only
	flat := stats.Flat()
	delete(flat, "num_oom_rejections")
	return flat
}

// statsOrZero is NestedMemoryStats, or zeros before memory has been used.
func statsOrZero(device []torch.Device) *DeviceStats {
	if !usesMemory() {
		return &DeviceStats{}
	}
	return NestedMemoryStats(device...)
}

// MemoryAllocated returns the bytes that tensors hold on a device.
func MemoryAllocated(device ...torch.Device) int64 {
	return statsOrZero(device).AllocatedBytes.All.Current
}

// MaxMemoryAllocated returns the most bytes that tensors have held on a device, since
// the program began or [ResetPeakMemoryStats].
func MaxMemoryAllocated(device ...torch.Device) int64 {
	return statsOrZero(device).AllocatedBytes.All.Peak
}

// MemoryReserved returns the bytes of a device that the allocator holds, for tensors
// or in its cache.
func MemoryReserved(device ...torch.Device) int64 {
	return statsOrZero(device).ReservedBytes.All.Current
}

// MaxMemoryReserved returns the most bytes of a device that the allocator has held,
// since the program began or [ResetPeakMemoryStats].
func MaxMemoryReserved(device ...torch.Device) int64 {
	return statsOrZero(device).ReservedBytes.All.Peak
}

// ResetPeakMemoryStats sets the peaks of a device to what there is now.
func ResetPeakMemoryStats(device ...torch.Device) { reset(resetPeakStats, device) }

// ResetAccumulatedMemoryStats sets the sums of a device, "allocated" and "freed", to
// zero.
func ResetAccumulatedMemoryStats(device ...torch.Device) { reset(resetAccumulatedStats, device) }

func reset(fn *csrc.Function, device []torch.Device) {
	if usesMemory() {
		var f entry.Frame
		deviceOr(device).PutInto(&f)
		f.Call(fn)
	}
}

// GetMemoryInfo returns the bytes of a device that are free, for all programs
// together, and all that it has.
func GetMemoryInfo(device ...torch.Device) (free, total int64) {
	var f entry.Frame
	deviceOr(device).PutInto(&f)
	f.Call(memoryInfo)
	return f.TakeInt(), f.TakeInt()
}

// A Capability is what a device can do, as [GetDeviceCapability] says.
type Capability struct {
	// SupportedDtypes are those that tensors of the device can have.
	SupportedDtypes []torch.DType
}

// GetDeviceCapability returns what a device can do. libtorch 2.15 does not know it of
// CUDA devices, for which this panics; their compute capability is what
// cuda.GetDeviceCapability returns.
func GetDeviceCapability(device ...torch.Device) Capability {
	var f entry.Frame
	deviceOr(device).PutInto(&f)
	f.Call(supportedDtypes)
	var c Capability
	for _, number := range f.TakeInts() {
		c.SupportedDtypes = append(c.SupportedDtypes, torch.DType(number+1))
	}
	return c
}
