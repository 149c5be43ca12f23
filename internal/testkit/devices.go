package testkit

import (
	"errors"
	"os"
	"testing"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// DeviceVariable is the environment variable that names the device on which the
// tests of a package make their tensors: "cuda:1". Without it, that is the CPU.
// Package parity lets Python do the same.
const DeviceVariable = "GOTORCH_TEST_DEVICE"

// What the reason of a skipped test begins with, for scripts/test_report.py to list it
// under: the machine has not the devices, or it has a driver, and the test is about one
// that has none.
const (
	SkippedDevice     = "SKIPPED DEVICE: "
	SkippedDriverless = "SKIPPED DRIVERLESS: "
)

// useDeviceOfEnvironment makes the device under test the default device.
func useDeviceOfEnvironment() {
	if name := os.Getenv(DeviceVariable); name != "" {
		torch.SetDefaultDevice(torch.NewDevice(name))
	}
}

// UseDevice makes a device the default until the test ends; the zero Device is the
// default of a program that sets none.
func UseDevice(t testing.TB, device torch.Device) {
	t.Helper()
	before := torch.GetDefaultDevice()
	if before == torch.CPU {
		before = torch.Device{} // the CPU is the default where none is set
	}
	torch.SetDefaultDevice(device)
	t.Cleanup(func() { torch.SetDefaultDevice(before) })
}

// NeedDevices skips the test unless there are n CUDA devices, physical or simulated.
// The test says itself where its tensors are: the default device is the CPU while it
// runs, whatever the device under test.
func NeedDevices(t testing.TB, n int) {
	t.Helper()
	switch err := csrc.CUDA(); {
	case err == nil:
	case errors.Is(err, csrc.ErrCPUOnly), errors.Is(err, csrc.ErrNoDriver), errors.Is(err, csrc.ErrSwitchedOff):
		t.Skipf(SkippedDevice+"needs %d CUDA devices: %v", n, err)
	default:
		t.Fatal(err)
	}
	if found := torch.CudaDeviceCount(); found < n {
		t.Skipf(SkippedDevice+"needs %d CUDA devices, and there are %d", n, found)
	}
	UseDevice(t, torch.Device{})
}
