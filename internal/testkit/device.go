package testkit

import (
	"testing"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// NeedDevices skips a test unless there are n CUDA devices, physical or simulated.
func NeedDevices(t testing.TB, n int) {
	t.Helper()
	if err := csrc.CUDA(); err != nil {
		t.Skipf("needs %d CUDA devices: %v", n, err)
	}
	if found := torch.CudaDeviceCount(); found < n {
		t.Skipf("needs %d CUDA devices, and there are %d", n, found)
	}
}
