package torch_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/backends/mkl"
	"github.com/wangkuiyi/gotorch/torch"
)

// duration is how long the test of many goroutines runs: seconds, in
// GOTORCH_STRESS_SECONDS.
func duration(t *testing.T) time.Duration {
	t.Helper()
	seconds, err := strconv.ParseFloat(os.Getenv("GOTORCH_STRESS_SECONDS"), 64)
	if err != nil {
		seconds = 2
	}
	return time.Duration(seconds * float64(time.Second))
}

// worker does everything that changes the state of its thread, and returns
// what it finds wrong.
func worker(id int, until time.Time) error {
	w := torch.NewTensor([]float32{1, 2, 3}, torch.RequiresGrad(true))
	x := torch.Full([]int64{3}, float64(id+1), torch.Float32)
	for round := 0; time.Now().Before(until); round++ {
		var problem error
		check := func(ok bool, what string) {
			if !ok && problem == nil {
				problem = fmt.Errorf("goroutine %d, round %d: %s", id, round, what)
			}
		}
		check(torch.IsGradEnabled(), "gradients are off outside NoGrad")
		check(!torch.IsInferenceModeEnabled(), "inference mode is on outside InferenceMode")
		check(!torch.IsAnyAutocastEnabled(), "autocast is on outside autocast")
		switch round % 6 {
		case 0:
			torch.NoGrad(func() {
				check(!torch.IsGradEnabled(), "gradients are on in NoGrad")
				check(!w.Mul(x).RequiresGrad(), "an operation was recorded in NoGrad")
				torch.EnableGrad(func() { check(w.Mul(x).RequiresGrad(), "no operation was recorded in EnableGrad") })
				check(!torch.IsGradEnabled(), "EnableGrad stayed on")
			})
		case 1:
			torch.InferenceMode(func() {
				check(torch.IsInferenceModeEnabled(), "inference mode is off")
				check(!w.Mul(x).RequiresGrad(), "an operation was recorded in InferenceMode")
			})
		case 2:
			_ = torch.Try(func() {
				torch.NoGrad(func() { w.Mm(x) }) // panics
			})
		case 3:
			torch.Scope(func() {
				kept := torch.Keep(w.Mul(x))
				torch.Scope(func() { w.Add(x) })
				check(kept.RequiresGrad(), "an operation was not recorded in a scope")
			})
		case 4:
			inAutocast(torch.BFloat16, func() {
				y := torch.Ones([]int64{2, 2}, torch.CPU)
				product := y.Mm(y)
				check(product.DType() == torch.BFloat16, "a product is not in lower precision")
			})
		default:
			loss := w.Mul(x).Sum()
			loss.Backward()
			check(w.Grad().Equal(x), "the gradient is not x")
			w.SetGrad(nil)
		}
		if problem != nil {
			return problem
		}
	}
	return nil
}

// State that belongs to a thread must not leak when goroutines move between
// threads. Run it under the race detector, too.
func TestThreadStateDoesNotLeak(t *testing.T) {
	until := time.Now().Add(duration(t))
	var wait sync.WaitGroup
	problems := make(chan error, 64)
	for id := range 32 {
		wait.Go(func() {
			if err := worker(id, until); err != nil {
				problems <- err
			}
		})
	}
	// New goroutines, on whatever thread comes, begin in the default state.
	for time.Now().Before(until) {
		wait.Go(func() {
			if !torch.IsGradEnabled() || torch.IsInferenceModeEnabled() {
				problems <- fmt.Errorf("a new goroutine is not in the default state")
			}
		})
		time.Sleep(time.Millisecond)
	}
	wait.Wait()
	close(problems)
	for err := range problems {
		t.Error(err)
	}
}

func TestCapturedStateIsHandedOn(t *testing.T) {
	var enabled, handedOn bool
	torch.NoGrad(func() {
		state := torch.CaptureState()
		var wait sync.WaitGroup
		wait.Go(func() { enabled = torch.IsGradEnabled() })
		wait.Go(func() { state.Run(func() { handedOn = !torch.IsGradEnabled() }) })
		wait.Wait()
	})
	assert.True(t, enabled, "a new goroutine begins in the default state")
	assert.True(t, handedOn)
}

// threadsOfProcess counts Go's, libtorch's and OpenMP's threads.
func threadsOfProcess(t *testing.T) int {
	t.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Skip("this system does not tell a process's threads in /proc")
	}
	return len(tasks)
}

// Goroutines that call at the same time wait in Go for a place, so that they
// do not each get a thread and a team of OpenMP's.
func TestCallersAreBounded(t *testing.T) {
	a := torch.Randn([]int64{128, 128})
	before := threadsOfProcess(t)
	var wait sync.WaitGroup
	var done atomic.Int64
	for range 64 {
		wait.Go(func() {
			for range 20 {
				a.Mm(a)
			}
			done.Add(1)
		})
	}
	wait.Wait()
	require.EqualValues(t, 64, done.Load())
	// Each of Go's threads that called has a team; Go may start a few for itself.
	assert.Less(t, threadsOfProcess(t)-before, 4*torch.MaxCallers()*torch.GetNumThreads()+8)
}

func TestSetMaxCallers(t *testing.T) {
	before := torch.MaxCallers()
	defer torch.SetMaxCallers(before)
	torch.SetMaxCallers(1)
	assert.Equal(t, 1, torch.MaxCallers())
	w := torch.Ones([]int64{4}, torch.RequiresGrad(true))
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for range 50 {
				torch.Grad([]*torch.Tensor{w.Mul(w).Sum()}, []*torch.Tensor{w})
			}
		})
	}
	wait.Wait()
	assert.ErrorContains(t, torch.Try(func() { torch.SetMaxCallers(0) }), "positive integer")
}

func TestNumThreads(t *testing.T) {
	before := torch.GetNumThreads()
	defer torch.SetNumThreads(before)
	torch.SetNumThreads(1)
	assert.Equal(t, 1, torch.GetNumThreads())
	assert.Positive(t, torch.GetNumInteropThreads())
	for _, n := range []int{0, -1} {
		assert.ErrorContains(t, torch.Try(func() { torch.SetNumThreads(n) }), "set_num_threads expects a positive integer")
		assert.ErrorContains(t, torch.Try(func() { torch.SetNumInteropThreads(n) }),
			"set_num_interop_threads expects a positive integer")
	}
}

// The number of threads holds for goroutines on all threads, which libtorch and MKL keep
// it for apart; Fourier transforms by two threads differ in their last bits from those by
// one.
func TestNumThreadsOfGoroutines(t *testing.T) {
	if !mkl.IsAvailable() {
		t.Skip("needs MKL, whose Fourier transforms depend on the number of threads")
	}
	before := torch.GetNumThreads()
	defer torch.SetNumThreads(before)
	torch.ManualSeed(0)
	x := torch.Randn([]int64{3, 8, 6}, torch.Complex64)
	transformed := make(chan []float32)
	ask := make(chan bool)
	transform := func() {
		runtime.LockOSThread() // and never unlocked: the thread ends
		for range ask {
			transformed <- torch.Data[float32](torch.FftIrfft(x))
		}
	}
	other := func() []float32 {
		ask <- true
		return <-transformed
	}
	go transform()
	torch.SetNumThreads(2)
	two := other()
	torch.SetNumThreads(1)
	one := torch.Data[float32](torch.FftIrfft(x))
	assert.Equal(t, one, other(), "of a thread that has worked with two")
	close(ask)
	ask = make(chan bool)
	go transform()
	assert.Equal(t, one, other(), "of a new thread")
	close(ask)
	if slices.Equal(two, one) {
		t.Skip("shows nothing on this processor: its Fourier transforms are the same by one thread and by two")
	}
}
