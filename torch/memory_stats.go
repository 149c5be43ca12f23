package torch

import (
	"time"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Memory is what [MemoryStats] reports.
type Memory struct {
	// Handles is the number of tensors of libtorch that Go holds, and Bytes
	// the size of their storages; a storage that several share counts once. Those
	// on devices are among them.
	Handles, Bytes int64
	// Functions is the number of Go functions that libtorch's graphs hold:
	// hooks, and the backward of functions written in Go.
	Functions int
	// Allocated is the number of bytes that libtorch's CPU allocator has given
	// out in blocks of at least 1 KiB, to tensors, graphs and operators.
	Allocated int64
	// ByteLimit is the number of bytes that tensors in the host's memory may hold
	// before the next collection runs, and AllocatedLimit that for Allocated.
	ByteLimit, AllocatedLimit int64
	// Devices has the counts of the host, which comes first, and of each device that
	// has had tensors, in their order.
	Devices []DeviceMemory
	// Collections is the number of collections that ran because limits were
	// reached, and CollectionTime the time that they took.
	Collections    int64
	CollectionTime time.Duration
	// Shortages counts how often memory ran out, of the host or of a device, so that
	// all garbage was collected.
	Shortages int64
	// Stacks counts the live handles by the stack that made them, for those
	// made since SetMemoryTracking(true).
	Stacks map[string]int
}

// DeviceMemory is what [MemoryStats] reports of the host or of a device.
type DeviceMemory struct {
	Device Device
	// Handles and Bytes are as in [Memory], for the tensors on this device.
	Handles, Bytes int64
	// Allocated is the number of bytes that libtorch's allocator for this device has
	// given out, to tensors, graphs and operators; of the host, as in [Memory].
	Allocated int64
	// A collection runs when Bytes is above ByteLimit. It runs when Allocated is above
	// AllocatedLimit, too: on the host at once, on a CUDA device when the allocator
	// asks CUDA for more memory, since until then it has enough.
	ByteLimit, AllocatedLimit int64
}

// MemoryStats reports what the tensors of this process hold at present.
func MemoryStats() Memory {
	memory.Lock()
	defer memory.Unlock()
	m := Memory{
		Functions: csrc.Registered(), Collections: memory.collections, CollectionTime: memory.spent,
		Shortages: memory.shortages, Stacks: map[string]int{},
	}
	for i := range accounts {
		if d, ok := accounts[i].stats(uint8(i)); ok {
			m.Devices = append(m.Devices, d)
			m.Handles += d.Handles
			m.Bytes += d.Bytes
		}
	}
	host := m.Devices[0]
	m.Allocated, m.ByteLimit, m.AllocatedLimit = host.Allocated, host.ByteLimit, host.AllocatedLimit
	memory.stacks.Range(func(_, stack any) bool {
		m.Stacks[stack.(string)]++
		return true
	})
	return m
}

// stats reports on account i, if it is in use. memory is locked.
func (a *account) stats(i uint8) (m DeviceMemory, ok bool) {
	if a.handleLimit.Load() == 0 {
		return m, false
	}
	m = DeviceMemory{
		Device: acceleratorDevice(i), Handles: a.handles.Load(), Bytes: a.bytes.Load(), Allocated: csrc.Allocated(),
		ByteLimit: a.byteLimit.Load(), AllocatedLimit: a.allocatedLimit.Load(),
	}
	if i != hostAccount {
		a.ask(int(i)-1, false)
		m.Allocated = a.info.allocated
	}
	return m, true
}

// SetMemoryTracking turns the recording of each tensor's creation stack on or
// off, for [MemoryStats]. It is slow, and meant for finding what is kept.
func SetMemoryTracking(on bool) {
	memory.tracking.Store(on)
	memory.stacks.Clear()
}
