package torch

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Autocast, in which each operator runs in the dtype that suits it. Package amp
// is for users; here is what it, and modules, are made of.

var (
	entryAutocastState   = csrc.Entry("autocast_state() -> int[]")
	enterAutocast        = csrc.Entry("enter_autocast(int[] state) -> int[]")
	leaveAutocast        = csrc.Entry("leave_autocast(int[] before) -> ()")
	autocastAvailable    = csrc.Entry("autocast_available(DeviceType type) -> bool")
	autocastEnabled      = csrc.Entry("autocast_enabled(DeviceType type) -> bool")
	autocastDtype        = csrc.Entry("autocast_dtype(DeviceType type) -> ScalarType")
	autocastCacheEnabled = csrc.Entry("autocast_cache_enabled() -> bool")
	clearAutocastCache   = csrc.Entry("clear_autocast_cache() -> ()")
	anyAutocastEnabled   = csrc.Entry("any_autocast_enabled() -> bool")
)

// An AutocastState is what autocast does on a goroutine with the tensors of one
// type of device. Use amp.Autocast to change it.
type AutocastState struct {
	Device       DeviceType
	Enabled      bool
	DType        DType // of the operators that run in lower precision
	CacheEnabled bool  // whether casts of weights are kept; for all types of devices
}

// GetAutocastState returns the calling goroutine's state for this type of device,
// for which there must be autocast.
func GetAutocastState(deviceType string) AutocastState {
	return AutocastState{
		Device: NewDevice(deviceType).kind, Enabled: IsAutocastEnabled(deviceType), DType: GetAutocastDtype(deviceType),
		CacheEnabled: IsAutocastCacheEnabled(),
	}
}

// Run runs fn in this state. It holds for this goroutine, and ends with fn, also
// if that panics. Goroutines that fn starts are not in it.
func (s AutocastState) Run(fn func()) {
	cache, enabled := int64(0), int64(0)
	if s.CacheEnabled {
		cache = 1
	}
	if s.Enabled {
		enabled = 1
	}
	autocastStates{cache, int64(s.Device-1)<<16 | int64(s.DType-1)<<8 | enabled}.run(fn)
}

// autocastStates are those of several types of devices, as libgotorch lays them
// out. nil stands for the state that is there.
type autocastStates []int64

// captureAutocast returns the states of all types of devices.
func captureAutocast() autocastStates {
	var f frame
	f.call(entryAutocastState)
	return f.TakeInts()
}

// run runs fn in these states. It holds the thread, because libtorch keeps them
// for each thread.
func (s autocastStates) run(fn func()) {
	if s == nil {
		fn()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var f frame
	f.PutInts(s)
	f.call(enterAutocast)
	before := f.TakeInts()
	defer func() {
		var f frame
		f.PutInts(before)
		f.call(leaveAutocast)
	}()
	fn()
}

// CaptureAutocast returns a function that runs another in the states of autocast
// that hold now, for all types of devices.
func (Operators) CaptureAutocast() (run func(fn func())) { return captureAutocast().run }

// IsAutocastAvailable reports whether there is autocast for this type of device,
// such as "cuda". It does not tell whether there is such a device.
func IsAutocastAvailable(deviceType string) bool {
	return NewDevice(deviceType).kind.askBool(autocastAvailable)
}

// IsAutocastEnabled reports whether this goroutine is in amp.Autocast for this
// type of device. Python's torch.is_autocast_enabled, whose default is "cuda".
func IsAutocastEnabled(deviceType string) bool {
	return NewDevice(deviceType).kind.askBool(autocastEnabled)
}

// GetAutocastDtype returns the dtype of the operators that autocast runs in lower
// precision: that of the amp.Autocast around, or else its default, which is
// [Float16] for "cuda" and [BFloat16] for "cpu". Python's
// torch.get_autocast_dtype.
func GetAutocastDtype(deviceType string) DType {
	device := NewDevice(deviceType).kind
	if !device.askBool(autocastAvailable) {
		refuse(runtimeErrorKind, "unsupported scalarType")
	}
	var f frame
	f.Put(uint64(device - 1))
	f.call(autocastDtype)
	return f.takeDType()
}

// IsAutocastCacheEnabled reports whether autocast keeps the casts of weights
// until the outermost amp.Autocast ends. Python's
// torch.is_autocast_cache_enabled.
func IsAutocastCacheEnabled() bool { return askProcess(autocastCacheEnabled) }

// ClearAutocastCache drops the casts of weights that autocast keeps. Python's
// torch.clear_autocast_cache.
func ClearAutocastCache() {
	var f frame
	f.call(clearAutocastCache)
}

// IsAnyAutocastEnabled reports whether this goroutine is in amp.Autocast for any
// type of device.
func IsAnyAutocastEnabled() bool { return askProcess(anyAutocastEnabled) }

func (t DeviceType) askBool(fn *csrc.Function) bool {
	var f frame
	f.Put(uint64(t - 1))
	f.call(fn)
	return f.TakeBool()
}
