package accelerator

import (
	"errors"
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	acceleratorType   = csrc.Entry("accelerator_type() -> int")
	acceleratorCount  = csrc.Entry("accelerator_count() -> int")
	currentDevice     = csrc.Entry("current_device() -> Device")
	exchangeDevice    = csrc.Entry("exchange_device(Device device) -> Device")
	restoreDevice     = csrc.Entry("restore_device(Device device) -> ()")
	synchronizeDevice = csrc.Entry("synchronize_device(Device device) -> ()")
)

// A CurrentAcceleratorOption is an option of [CurrentAccelerator]:
// [CheckAvailable].
type CurrentAcceleratorOption interface{ checkAvailable() bool }

// CheckAvailable has [CurrentAccelerator] ask whether the accelerator has a device,
// too. Its default is false.
type CheckAvailable bool

func (c CheckAvailable) checkAvailable() bool { return bool(c) }

// CurrentAccelerator returns the type of accelerator that this libtorch was built
// for, as a device without an index; the zero Device, if for none. Python's
// torch.accelerator.current_accelerator.
func CurrentAccelerator(opts ...CurrentAcceleratorOption) torch.Device {
	check := false
	for _, o := range opts {
		check = o.checkAvailable()
	}
	if check && !IsAvailable() {
		return torch.Device{}
	}
	if kind := entry.Int(acceleratorType); kind >= 0 {
		return torch.NewDevice(torch.DeviceType(kind + 1).String())
	}
	// libgotorch_cuda.so was not opened; in Python, libtorch_cuda always is.
	if errors.Is(csrc.CUDA(), csrc.ErrNoDriver) {
		return torch.CUDA()
	}
	return torch.Device{}
}

// IsAvailable reports whether there is an accelerator with a device.
func IsAvailable() bool { return DeviceCount() > 0 }

// DeviceCount returns the number of devices that the accelerator has, 0 where
// there is none.
func DeviceCount() int {
	if entry.Int(acceleratorType) < 0 {
		return 0
	}
	return int(entry.Int(acceleratorCount))
}

// current returns this goroutine's current device, with its index.
func current() torch.Device {
	var f entry.Frame
	f.Call(currentDevice)
	return torch.TakeDevice(&f)
}

// CurrentDeviceIndex returns the index of this goroutine's current device. Python's
// torch.accelerator.current_device_index.
func CurrentDeviceIndex() int { return current().Index() }

// deviceOr returns the one device given, with an index: the current one's, where it
// has none.
func deviceOr(device []torch.Device) torch.Device {
	if len(device) == 0 || device[0] == (torch.Device{}) {
		return current()
	}
	check(device[0])
	if device[0].Index() < 0 {
		return current()
	}
	return device[0]
}

// check refuses, as Python does, a device that is not the accelerator's.
func check(d torch.Device) {
	switch accelerator := CurrentAccelerator(); {
	case accelerator == torch.Device{}:
		panic(torch.NewError("RuntimeError", "Accelerator expected"))
	case accelerator.Type() != d.Type():
		panic(torch.NewError("ValueError", "%s doesn't match the current accelerator %s.", d.Type(), accelerator))
	}
}

// WithDevice runs fn with d as the current device. That holds for this goroutine,
// and ends with fn, also if it panics; goroutines that fn starts are not in it.
// With the zero Device it just runs fn. Python's torch.accelerator.device_index.
func WithDevice(d torch.Device, fn func()) {
	entry.RequireFunc("fn", fn != nil)
	if d == (torch.Device{}) {
		fn()
		return
	}
	check(d)
	if d.Index() < 0 {
		panic(torch.NewError("ValueError", "Expected a torch.device with a specified index or an integer, but got:%s", d))
	}
	withDevice(d, fn)
}

func withDevice(d torch.Device, fn func()) {
	runtime.LockOSThread() // libtorch keeps the device for each thread
	defer runtime.UnlockOSThread()
	var f entry.Frame
	d.PutInto(&f)
	f.Call(exchangeDevice)
	before := torch.TakeDevice(&f)
	defer func() {
		var f entry.Frame
		before.PutInto(&f)
		f.Call(restoreDevice)
	}()
	fn()
}

// WithDeviceIndex is [WithDevice] for the accelerator's device with this index.
func WithDeviceIndex(index int, fn func()) {
	entry.RequireFunc("fn", fn != nil)
	d := CurrentAccelerator()
	if index >= 0 {
		d = d.WithIndex(index)
	}
	check(d)
	withDevice(d, fn) // libtorch refuses a device without an index
}

// Synchronize waits until all work of a device, in all its streams, is done.
func Synchronize(device ...torch.Device) {
	var f entry.Frame
	deviceOr(device).PutInto(&f)
	f.Call(synchronizeDevice)
}
