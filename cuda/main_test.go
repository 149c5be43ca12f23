package cuda_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// runOnDevices runs Python on the devices that Go has, too.
func runOnDevices(t *testing.T, code string) *parity.Result {
	t.Helper()
	testkit.NeedDevices(t, 2)
	py := parity.Run(t, `out["count"] = torch.cuda.device_count()`)
	if n := py.Number("count"); n < 2 {
		t.Skipf("needs a Python torch with 2 CUDA devices, and it has %v: run Python with the same simulated GPU", n)
	}
	return parity.Run(t, code)
}

// refusal returns the error with which fn panics.
func refusal(t *testing.T, fn func()) *torch.Error {
	t.Helper()
	err := torch.Try(fn)
	require.Error(t, err)
	return err.(*torch.Error)
}
