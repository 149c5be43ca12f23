package swa_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// TestMain has one thread compute, here and in Python: batches and models are small.
func TestMain(m *testing.M) {
	torch.SetNumThreads(1)
	testkit.Main(m)
}
