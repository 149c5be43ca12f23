package cuda_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// last returns the last GPU: not the one that is current at first, where there are
// several. Tests that are content with one run there.
func last() torch.Device { return torch.CUDA(cuda.DeviceCount() - 1) }

// refusal returns the error with which fn panics.
func refusal(t *testing.T, fn func()) *torch.Error {
	t.Helper()
	err := torch.Try(fn)
	require.Error(t, err)
	return err.(*torch.Error)
}
