package torch

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entryDeviceState    = csrc.Entry("device_state(DeviceType type) -> int[]")
	entrySetDeviceState = csrc.Entry("set_device_state(DeviceType type, int[] state) -> ()")
)

// A deviceState is which device and which streams are the current ones. The zero
// deviceState is that of a program that has used no accelerator.
type deviceState struct {
	kind  DeviceType
	words []int64 // libgotorch's
}

// currentDevices returns this goroutine's deviceState. It leaves CUDA alone where
// nothing has used it yet.
func currentDevices() deviceState {
	kind := acceleratorType()
	if kind == 0 || kind == cudaType && !cudaReady.Load() {
		return deviceState{}
	}
	var f frame
	f.Put(uint64(kind - 1))
	f.call(entryDeviceState)
	return deviceState{kind, f.TakeInts()}
}

// acceleratorType is the type of accelerator that libtorch has, or 0.
func acceleratorType() DeviceType {
	var f frame
	f.call(entryAcceleratorType)
	return DeviceType(f.TakeInt() + 1)
}

func (s deviceState) set() {
	var f frame
	f.Put(uint64(s.kind - 1))
	f.PutInts(s.words)
	f.call(entrySetDeviceState)
}

// run runs fn with these devices and streams.
func (s deviceState) run(fn func()) {
	if s.kind == 0 {
		fn()
		return
	}
	runtime.LockOSThread() // libtorch keeps them for each thread
	defer runtime.UnlockOSThread()
	before := currentDevices()
	s.set()
	defer before.set()
	fn()
}
