package torch

import (
	"errors"
	"strings"
	"sync/atomic"

	"github.com/wangkuiyi/gotorch/csrc"
)

var initDevice = csrc.Entry("init_device(DeviceType type) -> ()")

// cudaReady says that requireCUDA has nothing more to do.
var cudaReady atomic.Bool

// requireCUDA panics, as Python's torch.cuda._lazy_init raises, if CUDA cannot be
// used.
func requireCUDA() {
	if !cudaReady.Load() {
		initCUDA()
	}
}

//go:noinline
func initCUDA() {
	if err := csrc.CUDA(); err != nil {
		refuseCUDA(err)
	}
	var f frame
	f.Put(uint64(cudaType - 1))
	f.call(initDevice)
	if !cudaReady.Swap(true) {
		_ = Try(warnOfOldDevices) // what is wrong with a device comes out when it is used
	}
}

// noDriver is what libtorch says where CUDA is open and there is no driver.
const noDriver = "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and " +
	"installed a driver from http://www.nvidia.com/Download/index.aspx"

func refuseCUDA(err error) {
	switch {
	case errors.Is(err, csrc.ErrNoDriver):
		refuse(runtimeErrorKind, "%s", noDriver)
	case errors.Is(err, csrc.ErrCPUOnly):
		panic(NewError("AssertionError", "Torch not compiled with CUDA enabled: %v", err))
	case errors.Is(err, csrc.ErrSwitchedOff):
		panic(NewError("AssertionError", "%v", err))
	default:
		panic(NewError(csrc.LoadError.String(), "%v", err))
	}
}

// pinnedNowhere are what libtorch says of pinned memory without CUDA.
var pinnedNowhere = []string{
	"Cannot access accelerator device when none is available.",
	"pin_memory=True requires a CUDA or other accelerator backend",
}

// cudaWithoutDriver reports whether this is an install with CUDA on a machine
// without a driver, on which Python says that its accelerator is CUDA.
func cudaWithoutDriver() bool { return errors.Is(csrc.CUDA(), csrc.ErrNoDriver) }

// asWithCUDA returns what libtorch says, or would have said had CUDA been opened,
// in spite of there being no driver.
func asWithCUDA(message string) string {
	for _, beginning := range pinnedNowhere {
		if strings.HasPrefix(message, beginning) && cudaWithoutDriver() {
			return noDriver
		}
	}
	return message
}
