package conformance

import (
	"testing"

	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// One thread, as in record.py: some kernels round otherwise with more.
func TestMain(m *testing.M) {
	torch.SetNumThreads(1)
	torch.SetWarningHandler(func(torch.Warning) {})
	testkit.Main(m)
}
