package cuda

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	currentDevice     = csrc.Entry("cuda::current_device() -> int")
	exchangeDevice    = csrc.Entry("cuda::exchange_device(int device) -> int")
	maybeExchange     = csrc.Entry("cuda::maybe_exchange_device(int device) -> int")
	synchronizeDevice = csrc.Entry("cuda::synchronize_device() -> ()")
)

// Init opens libtorch_cuda.so, also where there seems to be no driver, and starts
// CUDA. It must come before everything else of GoTorch where no driver is found
// otherwise; elsewhere it is not needed, since CUDA starts when it is used. The
// error is a *torch.Error with what Python's torch.cuda.init raises.
func Init() error {
	_ = csrc.OpenCUDA() // start says what is wrong, in Python's words
	return torch.Try(start)
}

// start starts CUDA, or panics.
func start() { entry.Torch.RequireCUDA() }

// IsInitialized reports whether CUDA has been used.
func IsInitialized() bool { return entry.Torch.CUDAReady() }

// IsAvailable reports whether CUDA can be used: libtorch has it, and there is a
// driver and a device.
func IsAvailable() bool { return DeviceCount() > 0 }

// DeviceCount returns the number of GPUs, 0 where CUDA cannot be used.
func DeviceCount() int { return torch.CudaDeviceCount() }

// CurrentDevice returns the index of this goroutine's current device.
func CurrentDevice() int {
	start()
	return int(entry.Int(currentDevice))
}

// index returns the index of the one device given: the current one's, where it has
// none.
func index(device []torch.Device) int {
	if len(device) == 0 || device[0] == (torch.Device{}) {
		return CurrentDevice()
	}
	d := device[0]
	checkType(d)
	if d.Index() < 0 {
		return CurrentDevice()
	}
	start()
	return d.Index()
}

// checkType refuses a device that is no GPU.
func checkType(d torch.Device) {
	if d.Type() != torch.CUDA().Type() {
		panic(torch.NewError("ValueError", "Expected a cuda device, but got: %s", d))
	}
}

// WithDevice runs fn with d as the current device. That holds for this goroutine,
// and ends with fn, also if it panics; goroutines that fn starts are not in it.
// With the zero Device it just runs fn. Python's "with torch.cuda.device(d):".
func WithDevice(d torch.Device, fn func()) {
	entry.RequireFunc("fn", fn != nil)
	if d == (torch.Device{}) {
		fn()
		return
	}
	runtime.LockOSThread() // libtorch keeps the device for each thread
	defer runtime.UnlockOSThread()
	before := swapDevice(exchangeDevice, index([]torch.Device{d}))
	defer swapDevice(maybeExchange, before)
	fn()
}

func swapDevice(fn *csrc.Function, to int) (before int) {
	var f entry.Frame
	f.PutInt(int64(to))
	f.Call(fn)
	return int(f.TakeInt())
}

// WithDeviceOf runs fn with the device of t as the current device; if t is not on a
// GPU, it just runs fn. Python's "with torch.cuda.device_of(t):".
func WithDeviceOf(t *torch.Tensor, fn func()) {
	entry.RequireFunc("fn", fn != nil)
	if !t.IsCuda() {
		fn()
		return
	}
	WithDevice(t.Device(), fn)
}

// Synchronize waits until all work of a device, in all its streams, is done.
func Synchronize(device ...torch.Device) {
	WithDevice(torch.CUDA(index(device)), func() {
		var f entry.Frame
		f.Call(synchronizeDevice)
	})
}
