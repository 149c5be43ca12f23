package csrc

/*
#include "library.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unsafe"
)

// CUDA
//
// Functions that need CUDA's headers or libtorch_cuda.so are in a library of
// their own, so that one program runs with a libtorch for CPU and one for CUDA.
// It is opened before libgotorch.so, and with it libtorch_cuda.so: libtorch looks
// for CUDA once, and would not see what comes later. Since it takes time and 235
// MB of memory, it is left alone where it can be of no use.

const cudaLibraryName = "libgotorch_cuda.so"

// cudaPrefix is what the names of its entries start with.
const cudaPrefix = "cuda::"

// DeviceVariable is the environment variable that decides whether CUDA is
// opened: "cpu" says no; "cuda", or "cuda:0" and the like, yes.
const DeviceVariable = "GOTORCH_DEVICE"

// Why CUDA is not open.
var (
	// ErrCPUOnly says that there is no libgotorch_cuda.so.
	ErrCPUOnly = errors.New("this is a CPU-only install of libtorch, without " + cudaLibraryName +
		". Install the one with CUDA with: " + InstallCommand + " --cuda")
	// ErrNoDriver says that there is one, but no driver.
	ErrNoDriver = errors.New("CUDA was not opened, as this machine has no NVIDIA driver (" +
		DeviceVariable + "=cuda opens it even so)")
	// ErrSwitchedOff says that the environment forbids it.
	ErrSwitchedOff = errors.New("CUDA was not opened, as the environment says " + DeviceVariable + "=cpu")
)

// CUDA returns nil if libgotorch_cuda.so is open, and otherwise why not. It opens
// what the first call would open.
func CUDA() error {
	if report := load(); report != nil {
		return errors.New(report.Error)
	}
	return loading.noCUDA
}

// OpenCUDA opens libgotorch_cuda.so even where no driver is. It must come before
// all other calls, unless those have opened it.
func OpenCUDA() error {
	err := errors.New("CUDA cannot be opened any more, as libtorch is in use without it: " +
		"call cuda.Init before anything else of GoTorch, or set " + DeviceVariable + "=cuda")
	loading.once.Do(func() {
		err = nil
		loadWith(true)
	})
	if report := loading.report; report != nil {
		return errors.New(report.Error)
	}
	switch {
	case loading.noCUDA == nil:
		return nil
	case errors.Is(loading.noCUDA, ErrNoDriver) && err != nil:
		return err
	default:
		return loading.noCUDA
	}
}

// openCUDA opens the library that lies in this folder, if it can be of use or is
// asked for. It returns why it is not wanted in absent, and what is wrong with it
// in err.
func openCUDA(folder string, asked bool) (absent, err error) {
	path := filepath.Join(folder, cudaLibraryName)
	device := os.Getenv(DeviceVariable)
	if device == "cpu" {
		return ErrSwitchedOff, nil
	}
	asked = asked || device == "cuda" || strings.HasPrefix(device, "cuda:")
	_, err = os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && asked:
		return ErrCPUOnly, ErrCPUOnly
	case errors.Is(err, fs.ErrNotExist):
		return ErrCPUOnly, nil
	case !asked && !hasDriver():
		return ErrNoDriver, nil
	}
	if err := openCUDAFile(path); err != nil {
		return err, fmt.Errorf("cannot use %s: %w\nInstall it anew with: %s --cuda\nor do without it: %s=cpu",
			path, err, InstallCommand, DeviceVariable)
	}
	return nil, nil
}

func openCUDAFile(path string) error {
	if err := checkWhole(path); err != nil {
		return err
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if problem := C.gt_open_cuda(name); problem != nil {
		defer C.free(unsafe.Pointer(problem))
		return errors.New(C.GoString(problem))
	}
	return checkStamp(C.GoString(C.gt_cuda.stamp))
}

// hasDriver reports whether a driver of NVIDIA's is there: its control device, or
// what it tells about itself, which containers may have alone; under WSL, the
// library that Windows lends. It asks nothing of the driver, which would take a
// tenth of a second and more.
func hasDriver() bool {
	for _, path := range []string{
		"/dev/nvidiactl", "/proc/driver/nvidia/version", "/usr/lib/wsl/lib/libcuda.so.1",
	} {
		if _, err := os.Stat(path); err == nil {
			return true
		}
	}
	return false
}
