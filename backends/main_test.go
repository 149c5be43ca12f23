package backends_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// TestMain counts the devices, as Python does when it starts: simulated ones switch
// cuDNN and fused attention off then.
func TestMain(m *testing.M) {
	torch.CudaDeviceCount()
	testkit.Main(m)
}
