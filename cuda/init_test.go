package cuda_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// inits are what a process does that says nothing of CUDA in its environment, and what
// comes of it where no driver can be seen.
var inits = map[string]struct {
	device string // GOTORCH_DEVICE
	run    func(t *testing.T)
}{
	"first": {"", func(t *testing.T) {
		require.NoError(t, cuda.Init())
		assert.Equal(t, 2.0, torch.Ones([]int64{2}, torch.CUDA()).Sum().Item())
	}},
	"too late": {"", func(t *testing.T) {
		torch.Ones([]int64{2})
		err := cuda.Init()
		assert.ErrorIs(t, err, &torch.Error{Kind: "RuntimeError"})
		assert.ErrorContains(t, err, "Found no NVIDIA driver on your system.")
		assert.False(t, cuda.IsAvailable())
	}},
	"forbidden": {"cpu", func(t *testing.T) {
		err := cuda.Init()
		assert.ErrorIs(t, err, &torch.Error{Kind: "AssertionError"})
		assert.ErrorContains(t, err, csrc.ErrSwitchedOff.Error())
	}},
}

// TestInit runs itself in a process for each case.
func TestInit(t *testing.T) {
	if name := os.Getenv("CUDA_INIT_CASE"); name != "" {
		inits[name].run(t)
		return
	}
	testkit.NeedDevices(t, 1)
	if _, err := os.Stat("/dev/nvidiactl"); err == nil {
		t.Skip(testkit.SkippedDriverless + "this machine has an NVIDIA driver, so the first call opens CUDA")
	}
	for name, c := range inits {
		t.Run(name, func(t *testing.T) {
			child := exec.Command(os.Args[0], "-test.run=^TestInit$", "-test.v")
			child.Env = append(os.Environ(), "CUDA_INIT_CASE="+name, csrc.DeviceVariable+"="+c.device, testkit.DeviceVariable+"=")
			out, err := child.CombinedOutput()
			assert.NoError(t, err, "%s", out)
			assert.Contains(t, string(out), "--- PASS: TestInit")
		})
	}
}
