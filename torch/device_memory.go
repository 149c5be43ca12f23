package torch

import "github.com/wangkuiyi/gotorch/csrc"

var (
	entryDeviceUse      = csrc.Entry("device_use(int device) -> (int, int)")
	entryDeviceFree     = csrc.Entry("device_free(int device) -> (int, int)")
	entryMemoryFraction = csrc.Entry("cuda::memory_fraction(int device) -> float")
	entryEmptyCaches    = csrc.Entry("empty_caches() -> ()")
)

// deviceMemory is what is known of a device's memory, in bytes; zeros if its
// allocator does not tell.
type deviceMemory struct {
	allocated int64 // to tensors, graphs and operators
	reserved  int64 // that, and what the allocator keeps for reuse
	free      int64 // to this process
	total     int64 // that this process may have
}

// room is what can be had without a collection.
func (m deviceMemory) room() int64 { return max(m.reserved-m.allocated+m.free, 0) }

// ask brings info up to date. What is free takes a call of the driver: without
// whole, it follows from what the allocator has got since it was last asked for.
func (a *account) ask(device int, whole bool) {
	m := a.info
	var f frame
	f.PutInt(int64(device))
	if f.Call(entryDeviceUse) != nil {
		return
	}
	m.allocated, m.reserved = f.TakeInt(), f.TakeInt()
	m.free = max(m.free-(m.reserved-a.info.reserved), 0)
	if whole {
		m.askFree(device)
	}
	a.info = m
}

func (m *deviceMemory) askFree(device int) {
	var f frame
	f.PutInt(int64(device))
	if f.Call(entryDeviceFree) != nil {
		return
	}
	free, total := f.TakeInt(), f.TakeInt()
	if total == 0 { // it cannot be asked just now
		return
	}
	m.free, m.total = free, total
	f = frame{}
	f.PutInt(int64(device))
	if csrc.CUDA() == nil && f.Call(entryMemoryFraction) == nil {
		m.total = int64(float64(m.total) * f.TakeFloat())
		m.free = max(min(m.free, m.total-m.reserved), 0)
	}
}

// acceleratorDevice is the device of account i.
func acceleratorDevice(i uint8) Device {
	if i == hostAccount {
		return CPU
	}
	var f frame
	f.call(entryAcceleratorType)
	return Device{kind: DeviceType(f.TakeInt() + 1), index: int16(i) - 1}
}
