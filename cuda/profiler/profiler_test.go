package profiler_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/cuda/profiler"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// Without a profiler nothing happens, and Profile ends with its function.
func TestProfile(t *testing.T) {
	testkit.NeedDevices(t, 1)
	ran := false
	profiler.Profile(func() { ran = true })
	assert.True(t, ran)
	assert.Error(t, torch.Try(func() { profiler.Profile(nil) }))
	assert.PanicsWithValue(t, "!", func() { profiler.Profile(func() { panic("!") }) })
}
