package torch_test

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// residentMB is the memory of this process, as the system sees it.
func residentMB(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("this system does not tell a process's memory in /proc")
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kB, err := strconv.Atoi(strings.Fields(after)[0])
	require.NoError(t, err)
	return kB >> 10
}

// steps is how long the loop of small steps is: a million where
// GOTORCH_LONG_TESTS is 1, and otherwise what takes a second or two.
// benchmarks/run.sh runs the million, too.
func steps() int {
	if os.Getenv("GOTORCH_LONG_TESTS") == "1" {
		return 1_000_000
	}
	return 100_000
}

// A training loop runs at a flat memory without a word from its author.
func TestSmallStepsRunAtFlatMemory(t *testing.T) {
	w := torch.Ones([]int64{2, 2}, torch.RequiresGrad(true))
	x := torch.Ones([]int64{3, 2})
	step := func() {
		loss := x.Mm(w).Relu().Sum()
		loss.Backward()
		torch.NoGrad(func() { w.Sub_(w.Grad().Mul(0.001)) })
		w.SetGrad(nil)
	}
	n := steps()
	for range n / 5 {
		step()
	}
	before := residentMB(t)
	for range n {
		step()
	}
	// What the steps make is 3 kB each; the race detector's own memory is several
	// times the program's.
	if !testkit.Race {
		assert.Less(t, residentMB(t)-before, 200, "MB more after %d steps", n)
	}
	torch.CollectGarbage()
	assert.Less(t, torch.MemoryStats().Handles, int64(100))
}

// So does one that makes and drops tensors of 100 MB.
func TestDroppedTensorsAreFreed(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	const megabytes = 100
	before := residentMB(t)
	peak := 0
	for range 40 {
		torch.Ones([]int64{megabytes << 20}, torch.Uint8)
		peak = max(peak, residentMB(t)-before)
	}
	// Budgets grow to 512 MB at most where collections take long; then comes one
	// more tensor.
	assert.LessOrEqual(t, peak, 512+4*megabytes)
}

// What only a graph refers to counts, too: a loop that never calls Backward.
func TestGraphsThatAreDroppedAreFreed(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	w := torch.Ones([]int64{1 << 20}, torch.RequiresGrad(true))
	before := residentMB(t)
	peak := 0
	for range 400 { // 4 MB each, of which Go's handle has 4 bytes
		torch.Exp(w).Sum()
		peak = max(peak, residentMB(t)-before)
	}
	assert.LessOrEqual(t, peak, 1000)
}

// A collection that frees nothing must not run again and again.
func TestLiveTensorsAreNotCollectedInVain(t *testing.T) {
	live := torch.Zeros([]int64{400 << 20}, torch.Uint8)
	torch.CollectGarbage()
	before := torch.MemoryStats().Collections
	for range 2000 {
		torch.Ones([]int64{1 << 16}, torch.Uint8)
	}
	assert.Less(t, torch.MemoryStats().Collections-before, int64(20)) // 131 MB of garbage
	live.Close()
}

// A small tensor lies beside others, but must not keep a large one.
func TestSmallTensorsKeepNoLargeOnes(t *testing.T) {
	torch.CollectGarbage()
	before := torch.MemoryStats().Bytes
	var kept []*torch.Tensor
	for range 100 {
		kept = append(kept, torch.Ones([]int64{2}))
		torch.Ones([]int64{1 << 20}, torch.Uint8)
	}
	torch.CollectGarbage()
	assert.Less(t, torch.MemoryStats().Bytes-before, int64(1<<20))
	assert.Len(t, kept, 100)
}

func TestMemoryStats(t *testing.T) {
	torch.CollectGarbage()
	before := torch.MemoryStats()
	x := torch.Zeros([]int64{1 << 20}) // 4 MB
	view := x.View(2, -1)
	after := torch.MemoryStats()
	assert.Equal(t, int64(2), after.Handles-before.Handles)
	assert.Equal(t, int64(4<<20), after.Bytes-before.Bytes, "a view counts for nothing")
	view.Close()
	x.Close()
	assert.Equal(t, before.Handles, torch.MemoryStats().Handles)
	assert.Equal(t, before.Bytes, torch.MemoryStats().Bytes)
}

func TestMemoryTracking(t *testing.T) {
	torch.SetMemoryTracking(true)
	defer torch.SetMemoryTracking(false)
	x := torch.Ones([]int64{2})
	stacks := torch.MemoryStats().Stacks
	found := 0
	for stack, n := range stacks {
		if strings.Contains(stack, "TestMemoryTracking") {
			found += n
		}
	}
	assert.Equal(t, 1, found)
	x.Close()
	assert.Empty(t, torch.MemoryStats().Stacks)
}

// Many goroutines make and drop tensors at once. What they hold is bounded by the
// budget of a busy machine, 512 MB, and one more tensor for each. (The process may
// keep more: malloc has an arena for each thread, and each keeps freed memory.)
func TestMemoryIsBoundedWithManyGoroutines(t *testing.T) {
	const goroutines, megabytes = 8, 8
	torch.CollectGarbage()
	before := torch.MemoryStats().Bytes
	var peak atomic.Int64
	var wait sync.WaitGroup
	for range goroutines {
		wait.Go(func() {
			for range 50 {
				torch.Ones([]int64{megabytes << 20}, torch.Uint8)
				held := torch.MemoryStats().Bytes - before
				for p := peak.Load(); held > p && !peak.CompareAndSwap(p, held); p = peak.Load() {
				}
			}
		})
	}
	wait.Wait()
	assert.LessOrEqual(t, peak.Load()>>20, int64(512+4*goroutines*megabytes))
}
