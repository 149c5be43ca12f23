package csrc

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	answer      = Entry("cuda::answer() -> int")
	otherAnswer = Entry("cuda::answer() -> float")
	noAnswer    = Entry("cuda::none() -> ()")
)

// cudaHome is the folder of libraries that fit, with CUDA's.
func cudaHome(t *testing.T) string {
	home := fakeHome(t)
	if os.Getenv(childVariable) == "" {
		compileFake(t, filepath.Join(home, cudaLibraryName), "testdata/fake_cuda.c", stampFlag(Stamp))
	}
	return home
}

func callAnswer(t *testing.T) *Report {
	t.Helper()
	var f Frame
	report := f.Call(answer)
	if report == nil {
		assert.Equal(t, int64(42), f.TakeInt())
	}
	return report
}

func TestCUDAOpened(t *testing.T) {
	t.Setenv(DeviceVariable, "cuda:1")
	inChild(t, cudaHome, func(t *testing.T) {
		require.Nil(t, callAnswer(t))
		assert.NoError(t, CUDA())
		assert.NoError(t, OpenCUDA())
		assert.EqualError(t, noAnswer.Check(), "libgotorch_cuda.so does not have cuda::none() -> ()")
		assert.EqualError(t, otherAnswer.Check(),
			"libgotorch_cuda.so has cuda::answer() -> int, but this program calls cuda::answer() -> float")
		require.Nil(t, new(Frame).Call(echoWords))
	})
}

// OpenCUDA opens it without a driver, if it comes first.
func TestCUDAAskedFor(t *testing.T) {
	t.Setenv(DeviceVariable, "")
	inChild(t, cudaHome, func(t *testing.T) {
		require.NoError(t, OpenCUDA())
		require.Nil(t, callAnswer(t))
	})
}

func TestCUDAAskedForTooLate(t *testing.T) {
	if hasDriver() {
		t.Skip("this machine has an NVIDIA driver, so the first call opens CUDA")
	}
	t.Setenv(DeviceVariable, "")
	inChild(t, cudaHome, func(t *testing.T) {
		require.Nil(t, new(Frame).Call(echoWords))
		assert.ErrorContains(t, OpenCUDA(), "call cuda.Init before anything else of GoTorch")
		assert.Equal(t, ErrNoDriver, CUDA())
	})
}

// Where CUDA is not open, its entries say why.
func TestCUDAAbsent(t *testing.T) {
	for name, c := range map[string]struct {
		home   func(*testing.T) string
		device string
		wants  error
	}{
		"CPU-only":     {fakeHome, "", ErrCPUOnly},
		"no driver":    {cudaHome, "", ErrNoDriver},
		"switched off": {cudaHome, "cpu", ErrSwitchedOff},
	} {
		t.Run(name, func(t *testing.T) {
			if c.wants == ErrNoDriver && hasDriver() {
				t.Skip("this machine has an NVIDIA driver")
			}
			t.Setenv(DeviceVariable, c.device)
			inChild(t, c.home, func(t *testing.T) {
				report := callAnswer(t)
				require.NotNil(t, report)
				assert.Equal(t, LoadError, report.Kind)
				assert.Equal(t, c.wants.Error(), report.Error)
				assert.Equal(t, c.wants, CUDA())
				require.Nil(t, new(Frame).Call(echoWords))
			})
		})
	}
}

// What was asked for and cannot be had is an error of everything.
func TestCUDAUnfit(t *testing.T) {
	t.Setenv(DeviceVariable, "cuda")
	assert.Contains(t, loadFrom(t, fakeHome(t)), "this is a CPU-only install of libtorch")

	home := fakeHome(t)
	library := filepath.Join(home, cudaLibraryName)
	compileFake(t, library, "testdata/fake_cuda.c", stampFlag("0123456789abcdef"))
	problem := loadFrom(t, home)
	assert.Contains(t, problem, "cannot use "+library+": it was built from other sources (0123456789ab)")
	assert.Contains(t, problem, "or do without it: GOTORCH_DEVICE=cpu")
	require.NoError(t, os.WriteFile(library, []byte("text"), 0o644))
	assert.Contains(t, loadFrom(t, home), "it is no shared library")

	t.Setenv(DeviceVariable, "cpu")
	assert.Empty(t, loadFrom(t, home))
}
