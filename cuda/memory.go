package cuda

import (
	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	memoryFraction    = csrc.Entry("cuda::memory_fraction(int device) -> float")
	setMemoryFraction = csrc.Entry("cuda::set_memory_fraction(float fraction, int device) -> ()")
	allocatorBackend  = csrc.Entry("cuda::allocator_backend() -> str")
	allocatorEnabled  = csrc.Entry("cuda::allocator_enabled() -> bool")
	enableAllocator   = csrc.Entry("cuda::enable_allocator(bool on) -> ()")
	allocate          = csrc.Entry("cuda::allocate(int bytes, int stream) -> int")
	deallocate        = csrc.Entry("cuda::deallocate(int address) -> ()")
)

// at returns the device given, with its index, as the functions of package
// accelerator take it.
func at(device []torch.Device) torch.Device { return torch.CUDA(index(device)) }

// statsOf returns what the allocator has counted for a device: zeros, before CUDA has
// been used.
func statsOf(device []torch.Device) *accelerator.DeviceStats {
	if !IsInitialized() {
		return &accelerator.DeviceStats{}
	}
	return accelerator.NestedMemoryStats(at(device))
}

// MemoryAllocated returns the bytes that tensors hold on a device. nvidia-smi shows
// more: the allocator's cache, and what CUDA itself needs.
func MemoryAllocated(device ...torch.Device) int64 { return statsOf(device).AllocatedBytes.All.Current }

// MaxMemoryAllocated returns the most bytes that tensors have held on a device, since
// the program began or [ResetPeakMemoryStats].
func MaxMemoryAllocated(device ...torch.Device) int64 { return statsOf(device).AllocatedBytes.All.Peak }

// MemoryReserved returns the bytes of a device that the allocator holds, for tensors
// or in its cache.
func MemoryReserved(device ...torch.Device) int64 { return statsOf(device).ReservedBytes.All.Current }

// MaxMemoryReserved returns the most bytes of a device that the allocator has held,
// since the program began or [ResetPeakMemoryStats].
func MaxMemoryReserved(device ...torch.Device) int64 { return statsOf(device).ReservedBytes.All.Peak }

// MemoryStats returns what the allocator has counted for a device, under Python's
// names, such as "allocated_bytes.all.current"; nothing, before CUDA has been used.
// Python's dictionary has the names in alphabetical order, as printing the map has.
func MemoryStats(device ...torch.Device) map[string]int64 {
	if !IsInitialized() {
		return map[string]int64{}
	}
	return accelerator.NestedMemoryStats(at(device)).Flat()
}

// MemoryStatsAsNestedDict returns the numbers of [MemoryStats] in one struct, or nil
// before CUDA has been used.
func MemoryStatsAsNestedDict(device ...torch.Device) *accelerator.DeviceStats {
	if !IsInitialized() {
		return nil
	}
	return accelerator.NestedMemoryStats(at(device))
}

// ResetPeakMemoryStats sets the peaks of a device to what there is now.
func ResetPeakMemoryStats(device ...torch.Device) { accelerator.ResetPeakMemoryStats(at(device)) }

// ResetAccumulatedMemoryStats sets the sums of a device, "allocated" and "freed", to
// zero.
func ResetAccumulatedMemoryStats(device ...torch.Device) {
	accelerator.ResetAccumulatedMemoryStats(at(device))
}

// EmptyCache gives memory that no tensor holds, and that the allocator has kept for
// later ones, back to the devices. It does not give tensors more memory, but other
// programs.
func EmptyCache() {
	if IsInitialized() {
		accelerator.EmptyCache()
	}
}

// MemGetInfo returns the bytes of a device that are free, for all programs together,
// and all that it has.
func MemGetInfo(device ...torch.Device) (free, total int64) {
	return accelerator.GetMemoryInfo(at(device))
}

// SetPerProcessMemoryFraction limits what the allocator takes of a device's memory to
// this fraction, from 0 to 1. Beyond, it reports that memory is out. Another fraction is
// a ValueError.
func SetPerProcessMemoryFraction(fraction float64, device ...torch.Device) {
	i := index(device)
	if fraction < 0 || fraction > 1 { // libtorch refuses NaN, in words of its own
		panic(torch.NewError("ValueError", "Invalid fraction value: %s. Allowed range: 0~1", pytext.Float(fraction)))
	}
	var f entry.Frame
	f.PutFloat(fraction)
	f.PutInt(int64(i))
	f.Call(setMemoryFraction)
}

// GetPerProcessMemoryFraction returns what [SetPerProcessMemoryFraction] has set, at
// first 1.
func GetPerProcessMemoryFraction(device ...torch.Device) float64 {
	var f entry.Frame
	f.PutInt(int64(index(device)))
	f.Call(memoryFraction)
	return f.TakeFloat()
}

// GetAllocatorBackend returns the allocator in use, which the environment variable
// PYTORCH_ALLOC_CONF chooses: "native" or "cudaMallocAsync".
func GetAllocatorBackend() string {
	start()
	var f entry.Frame
	f.Call(allocatorBackend)
	return f.TakeString()
}

// WithCachingAllocatorDisabled runs fn while the allocator keeps nothing for later,
// for the whole process, to find errors. Python's
// torch.cuda.memory.caching_allocator_disabled.
func WithCachingAllocatorDisabled(fn func()) {
	entry.RequireFunc("fn", fn != nil)
	start()
	var f entry.Frame
	f.Call(allocatorEnabled)
	defer setAllocatorEnabled(f.TakeBool())
	setAllocatorEnabled(false)
	fn()
}

func setAllocatorEnabled(on bool) {
	var f entry.Frame
	f.PutBool(on)
	f.Call(enableAllocator)
}

// CachingAllocatorAlloc returns the address of memory for another library, which
// [CachingAllocatorDelete] gives back. It is for use in the stream, whose device it is
// on; without one, in the current stream of the current device. What Python's device=
// names is [CurrentStream] of that device here. Python's
// torch.cuda.caching_allocator_alloc. A negative size is a ValueError.
func CachingAllocatorAlloc(bytes int64, stream ...torch.AnyStream) uintptr {
	s := CurrentStream().Stream
	if len(stream) > 0 && stream[0] != nil {
		s = stream[0].AsStream()
		checkType(s.Device())
	}
	if bytes < 0 {
		panic(torch.NewError("ValueError", "Invalid memory size: %d. caching_allocator_alloc requires a non-negative size.", bytes))
	}
	var address uintptr
	WithDevice(s.Device(), func() {
		var f entry.Frame
		f.PutInt(bytes)
		f.PutInt(int64(s.NativeHandle()))
		f.Call(allocate)
		address = uintptr(f.Take())
	})
	return address
}

// CachingAllocatorDelete gives back what [CachingAllocatorAlloc] has returned.
func CachingAllocatorDelete(address uintptr) {
	var f entry.Frame
	f.Put(uint64(address))
	f.Call(deallocate)
}
