package main

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
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// childVariable is set where the test binary is to be gotorch doctor: libraries are
// opened once in a process.
const childVariable = "GOTORCH_DOCTOR_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	if file := os.Getenv("GOTORCH_DOCTOR_DRIVER_FILE"); file != "" {
		driverFile = file
	}
	os.Exit(run([]string{"doctor"}, os.Stdout, os.Stderr))
}

// doctorIn runs gotorch doctor with the install in a folder.
func doctorIn(t *testing.T, home string, environment ...string) (out string, status int) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childVariable+"=1", "GOTORCH_HOME="+home)
	cmd.Env = append(cmd.Env, environment...)
	output, err := cmd.Output()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	return string(output), cmd.ProcessState.ExitCode()
}

// installed returns the folder of the library that this process uses.
func installed(t *testing.T) string {
	t.Helper()
	path, err := csrc.Load()
	require.NoError(t, err)
	return filepath.Dir(path)
}

// homeWithout is the install of this process, with no library for CUDA, or, if there
// are flags, with one that is compiled with them from testdata.
func homeWithout(t *testing.T, flags ...string) string {
	t.Helper()
	lib, home := installed(t), t.TempDir()
	link := func(from, to string, except string) {
		entries, err := os.ReadDir(from)
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(to, 0o755))
		for _, entry := range entries {
			if entry.Name() != except {
				require.NoError(t, os.Symlink(filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())))
			}
		}
	}
	link(filepath.Dir(lib), home, filepath.Base(lib))
	link(lib, filepath.Join(home, "lib"), "libgotorch_cuda.so")
	if flags == nil {
		return home
	}
	args := append([]string{"-std=c++20", "-shared", "-fPIC", "-Wall", "-Werror",
		fmt.Sprintf("-DGOTORCH_STAMP=%q", csrc.Stamp), "-o", filepath.Join(home, "lib/libgotorch_cuda.so"),
		"testdata/fake_cuda.cpp"}, flags...)
	out, err := exec.Command("g++", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return home
}

func hasDriver() bool {
	_, err := os.Stat("/dev/nvidiactl")
	return err == nil
}

const (
	foundNone = "Found no NVIDIA driver on your system."
	tooOld    = "The NVIDIA driver on your system is too old (found version 12080)."
	noGPUs    = "No CUDA GPUs are available"
)

// Each state in which CUDA can be: what the doctor says, what helps, and its status.
func TestDoctorCUDA(t *testing.T) {
	driver := filepath.Join(t.TempDir(), "version")
	require.NoError(t, os.WriteFile(driver,
		[]byte("NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 07:12:44 UTC 2025\nGCC version: 12.2.0\n"), 0o644))
	opened := "GOTORCH_DEVICE=cuda"
	for name, c := range map[string]struct {
		flags       []string // of the library for CUDA; nil: there is none
		environment string
		says        []string
		status      int
	}{
		"CPU-only":     {nil, "GOTORCH_DEVICE=", []string{"this is a CPU-only install", "install_libtorch.sh\" --cuda"}, 0},
		"asked for":    {nil, opened, []string{"NOT USABLE", "this is a CPU-only install", "install_libtorch.sh\" --cuda"}, 1},
		"switched off": {[]string{"-DDRIVER=0", "-DCOUNT=0"}, "GOTORCH_DEVICE=cpu", []string{"switched off by GOTORCH_DEVICE=cpu", "unset GOTORCH_DEVICE"}, 0},
		"no driver": {[]string{"-DDRIVER=0", define("PROBLEM", foundNone)}, opened,
			[]string{"libgotorch_cuda  /", "no NVIDIA driver; runtime 13.2, compiled with 13.1\n", "docker run --gpus all"}, 0},
		"too old": {[]string{"-DDRIVER=12080", define("PROBLEM", tooOld)}, opened,
			[]string{"the driver is too old; driver for CUDA up to 12.8 (580.65.06), runtime 13.2", "update it"}, 1},
		"no device":      {[]string{"-DDRIVER=13020", define("PROBLEM", noGPUs)}, opened, []string{"no device; driver for CUDA up to 13.2", "nvidia-smi -L"}, 0},
		"hidden":         {[]string{"-DDRIVER=13020", define("PROBLEM", noGPUs)}, opened + " CUDA_VISIBLE_DEVICES=-1", []string{"no device; ", "CUDA_VISIBLE_DEVICES=-1 hides them"}, 0},
		"unknown":        {[]string{"-DDRIVER=13020", define("PROBLEM", "CUDA unknown error")}, opened, []string{"CUDA unknown error; driver for", "nvidia-smi"}, 1},
		"broken devices": {[]string{"-DDRIVER=13020", "-DCOUNT=2"}, opened, []string{"2 devices, driver for CUDA", "cuda:1           FAILED: cuda.GetDeviceProperties: Cannot initialize CUDA", "to go on without it"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environment := append(strings.Fields(c.environment), "GOTORCH_DOCTOR_DRIVER_FILE="+driver)
			out, status := doctorIn(t, homeWithout(t, c.flags...), environment...)
			assert.Equal(t, c.status, status, out)
			for _, part := range c.says {
				assert.Contains(t, out, part)
			}
			if name != "asked for" {
				assert.Contains(t, out, "passed 4 tests", "on the CPU")
			}
		})
	}
}

func define(name, text string) string { return fmt.Sprintf("-D%s=%q", name, text) }

func TestDoctorNotOpened(t *testing.T) {
	if hasDriver() {
		t.Skip(testkit.SkippedDriverless + "this machine has an NVIDIA driver, so CUDA is opened")
	}
	out, status := doctorIn(t, homeWithout(t, "-DDRIVER=0", "-DCOUNT=0"), "GOTORCH_DEVICE=")
	assert.Equal(t, 0, status, out)
	assert.Contains(t, out, "not opened, as there is no NVIDIA driver")
	assert.Contains(t, out, getDriver)
}

func TestDoctorDevices(t *testing.T) {
	if err := csrc.CUDA(); err != nil || torch.CudaDeviceCount() == 0 {
		t.Skip(testkit.SkippedDevice + "needs a CUDA device")
	}
	out, status := doctorIn(t, os.Getenv("GOTORCH_HOME"))
	assert.Equal(t, 0, status, out)
	assert.Contains(t, out, countOf(int64(torch.CudaDeviceCount()), "device")+", driver for CUDA up to ")
	assert.Regexp(t, `cuda:0 +\S.*, [\d.]+ GB, capability \d+\.\d, passed its tests\n`, out)
}

func TestDriverRelease(t *testing.T) {
	original := driverFile
	defer func() { driverFile = original }()
	driverFile = filepath.Join(t.TempDir(), "version")
	assert.Empty(t, driverRelease())
	require.NoError(t, os.WriteFile(driverFile, []byte("NVRM version: none of these. words\n"), 0o644))
	assert.Empty(t, driverRelease())
}
