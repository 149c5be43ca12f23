package testkit

import (
	"errors"
	"testing"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// NeedDevices skips a test unless there are n CUDA devices, physical or simulated.
func NeedDevices(t testing.TB, n int) {
	t.Helper()
	switch err := csrc.CUDA(); {
	case err == nil:
	case errors.Is(err, csrc.ErrCPUOnly), errors.Is(err, csrc.ErrNoDriver), errors.Is(err, csrc.ErrSwitchedOff):
		t.Skipf("needs %d CUDA devices: %v", n, err)
	default:
		t.Fatal(err)
	}
	if found := torch.CudaDeviceCount(); found < n {
		t.Skipf("needs %d CUDA devices, and there are %d", n, found)
	}
}
