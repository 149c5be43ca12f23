package nvtx_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/cuda/nvtx"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// A profiler gets the names, and its answers come back.
func TestProfiler(t *testing.T) {
	if csrc.CUDA() != nil {
		t.Skip(testkit.SkippedDevice + "needs an install with CUDA, and GOTORCH_DEVICE=cuda where there is no driver")
	}
	if os.Getenv("NVTX_INJECTION64_PATH") != "" {
		underProfiler(t)
		return
	}
	library := filepath.Join(t.TempDir(), "profiler.so")
	out, err := exec.Command("cc", "-shared", "-fPIC", "-o", library, "testdata/profiler.c").CombinedOutput()
	require.NoError(t, err, string(out))
	again := exec.Command(os.Args[0], "-test.run=^TestProfiler$")
	again.Env = append(os.Environ(), "NVTX_INJECTION64_PATH="+library)
	out, err = again.CombinedOutput()
	require.NoError(t, err, string(out))
	said, _, _ := strings.Cut(string(out), "PASS")
	assert.Equal(t, `push outer 1
push inner
mark now
pop
pop
start roaming
end 77
push fails
pop
`, said)
}

// underProfiler is what a process does that has the profiler.
func underProfiler(t *testing.T) {
	assert.Equal(t, 0, nvtx.RangePush(fmt.Sprintf("outer %d", 1)))
	nvtx.Range("inner", func() { nvtx.Mark("now") })
	assert.Equal(t, 0, nvtx.RangePop())
	id := nvtx.RangeStart("roaming")
	assert.Equal(t, nvtx.RangeId(77), id)
	nvtx.RangeEnd(id)
	assert.Panics(t, func() { nvtx.Range("fails", func() { panic("!") }) })
}

// Without a profiler nothing happens, and the depth is not known.
func TestWithoutProfiler(t *testing.T) {
	if csrc.CUDA() != nil {
		e := torch.Try(func() { nvtx.Mark("now") }).(*torch.Error)
		assert.Equal(t, "RuntimeError", e.Kind)
		assert.Equal(t, "NVTX functions not installed. Are you sure you have a CUDA build?", e.Message)
		return
	}
	if os.Getenv("NVTX_INJECTION64_PATH") != "" {
		t.Skip("a profiler runs")
	}
	assert.Negative(t, nvtx.RangePush("range"))
	assert.Negative(t, nvtx.RangePop())
	nvtx.RangeEnd(nvtx.RangeStart("roaming"))
	nvtx.Mark("now")
	ran := false
	nvtx.Range("range", func() { ran = true })
	assert.True(t, ran)
}

// A profiler shows how long the function took, and when the mark was passed.
func ExampleRange() {
	x := torch.Ones([]int64{3})
	double := func() { x = x.Mul(2) }
	if cuda.IsAvailable() {
		nvtx.Range("double", func() {
			double()
			nvtx.Mark("done")
		})
	} else {
		double()
	}
	fmt.Println(x.Sum().Item())
	// Output: 6
}
