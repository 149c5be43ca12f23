package optim_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// TestMain has one thread compute, here and in Python: teams of threads that wait
// for each other make tests of small tensors slow on a busy machine.
func TestMain(m *testing.M) {
	torch.SetNumThreads(1)
	testkit.Main(m)
}
