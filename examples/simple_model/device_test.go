package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/fakecuda"
	"github.com/wangkuiyi/gotorch/torch"
)

// deviceVariable has the test binary be the program, with tensors on that device.
const deviceVariable = "SIMPLE_MODEL_DEVICE"

func TestMain(m *testing.M) {
	if device := os.Getenv(deviceVariable); device != "" {
		torch.SetDefaultDevice(torch.NewDevice(device))
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// On each simulated device, whose kernels are the CPU's, the program prints the
// CPU's lines. A physical one may round otherwise.
func TestOnDevices(t *testing.T) {
	fakecuda.Need(t, 2)
	want := linesOn(t, "cpu")
	assert.Len(t, want, 101)
	assert.Equal(t, want, linesOn(t, "cuda:0"))
	assert.Equal(t, want, linesOn(t, "cuda:1"))
}

func linesOn(t *testing.T, device string) []string {
	t.Helper()
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), deviceVariable+"="+device)
	out, err := program.Output()
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}
