package cuda_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// TestNVML runs TestNVMLChild in a process that finds testdata/nvml.c, compiled, in NVML's
// place.
func TestNVML(t *testing.T) {
	testkit.NeedDevices(t, 2)
	if cuda.GetDeviceProperties(torch.CUDA(1)).PciBusId != 2 {
		t.Skip(testkit.SkippedDevice + "needs the simulated GPU, whose place the stand-in for NVML knows")
	}
	compiler := "gcc"
	if c := os.Getenv("CC"); c != "" {
		compiler = c
	}
	folder := t.TempDir()
	out, err := exec.Command(compiler, "-shared", "-fPIC", "-o", filepath.Join(folder, "libnvidia-ml.so.1"), "testdata/nvml.c").CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, with := range []string{"NVML_BUSY=1", "NVML_IDLE=1", "NVML_FAILS=1"} {
		child := exec.Command(os.Args[0], "-test.run=^TestNVMLChild$", "-test.v")
		child.Env = append(os.Environ(), "NVML_CHILD=1", with, "LD_LIBRARY_PATH="+folder+":"+os.Getenv("LD_LIBRARY_PATH"))
		out, err := child.CombinedOutput()
		assert.NoError(t, err, "%s: %s", with, out)
		assert.Contains(t, string(out), "--- PASS: TestNVMLChild")
	}
}

func TestNVMLChild(t *testing.T) {
	if os.Getenv("NVML_CHILD") == "" {
		t.Skip("is run by TestNVML")
	}
	d := torch.CUDA(1)
	if os.Getenv("NVML_FAILS") != "" {
		assert.Equal(t, "cuda driver can't be loaded, is cuda enabled?", refusal(t, func() { cuda.Utilization(d) }).Message)
		return
	}
	assert.Equal(t, 70, cuda.Utilization(d))
	assert.Equal(t, 30, cuda.MemoryUsage(d))
	assert.Equal(t, 45, cuda.Temperature(d))
	assert.Equal(t, 123456, cuda.PowerDraw(d))
	assert.Equal(t, 1980, cuda.ClockRate(d))
	assert.Equal(t, int64(2000), cuda.DeviceMemoryUsed(d))
	if os.Getenv("NVML_IDLE") != "" {
		assert.Equal(t, "GPU:5\nno processes are running", cuda.ListGpuProcesses(d))
		return
	}
	lines := strings.Split(cuda.ListGpuProcesses(d), "\n")
	require.Len(t, lines, 21)
	assert.Equal(t, "GPU:5", lines[0])
	assert.Equal(t, fmt.Sprintf("process %10d uses %12.3f MB GPU memory", 119, 20.0), lines[20])
	assert.Equal(t, "nvmlDeviceGetHandleByPciBusId_v2 failed: NVML error 6",
		refusal(t, func() { cuda.Temperature(torch.CUDA(0)) }).Message)
	assert.Equal(t, "Invalid device id", refusal(t, func() { cuda.Temperature(torch.CUDA(7)) }).Message)
}
