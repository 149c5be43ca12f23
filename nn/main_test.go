package nn_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/wangkuiyi/gotorch/torch"
)

// TestMain checks that the tests leave neither tensors nor goroutines behind.
func TestMain(m *testing.M) {
	code := m.Run()
	torch.CollectGarbage()
	if n := torch.MemoryStats().Handles; n != 0 && code == 0 {
		fmt.Fprintf(os.Stderr, "%d tensors are still alive\n", n)
		code = 1
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
