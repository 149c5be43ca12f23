package cuda_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// Tensors lie in the pool that is in use, and counts are Python's.
func TestMemPool(t *testing.T) {
	d := device(t)
	py := parity.RunOnDevices(t, 1, `
		pool = torch.cuda.MemPool()
		counts = out["counts"] = [pool.use_count()]
		with torch.cuda.use_mem_pool(pool):
			counts.append(pool.use_count())
			x = torch.ones(100, device="cuda")
		counts.append(pool.use_count())
		g = torch.cuda.CUDAGraph()
		with torch.cuda.graph(g, pool=pool):
			y = x + 1
		counts.append(pool.use_count())
		out["same"] = int(g.pool() == pool.id)
		out["device"] = torch.cuda.current_device()
		g.reset()
		counts.append(pool.use_count())
		out["next"] = torch.cuda.MemPool().id[1] - pool.id[1]
		out["first"] = pool.id[0]
		del x, y, g, pool
	`)
	pool := cuda.NewMemPool()
	counts := []float64{float64(pool.UseCount())}
	count := func() { counts = append(counts, float64(pool.UseCount())) }
	var x, y, elsewhere *torch.Tensor
	cuda.UseMemPool(pool, func() {
		count()
		x = torch.Ones([]int64{100}, d)
	})
	count()
	elsewhere = torch.Ones([]int64{100}, d)
	assert.True(t, lies(pool, x))
	assert.False(t, lies(pool, elsewhere))
	assert.Equal(t, []float32{2}, floats(x.Add(elsewhere).Index(torch.Slice(0, 1))))
	g := cuda.NewCUDAGraph()
	cuda.Capture(g, func() { y = x.Add(1) }, cuda.Pool(pool))
	count()
	assert.Equal(t, pool.Id(), g.Pool())
	assert.True(t, lies(pool, y))
	for _, s := range pool.Snapshot() {
		assert.Equal(t, pool.Id(), s.SegmentPoolId)
	}
	g.Reset()
	count()
	assert.Equal(t, py.Numbers("counts"), counts)
	assert.Equal(t, torch.CUDA(int(py.Number("device"))), pool.Device())
	assert.Equal(t, uint64(py.Number("next")), cuda.NewMemPool().Id()[1]-pool.Id()[1])
	assert.Equal(t, uint64(py.Number("first")), pool.Id()[0])
}

// lies reports whether a tensor's memory is the pool's.
func lies(pool *cuda.MemPool, t *torch.Tensor) bool {
	at := uint64(t.DataPtr())
	return slices.ContainsFunc(pool.Snapshot(), func(s cuda.Segment) bool {
		start := uint64(s.Address)
		return start <= at && at < start+uint64(s.TotalSize)
	})
}

// A use ends with its function, also if that panics; the pool cannot be in use twice.
func TestUseMemPoolEnds(t *testing.T) {
	d := device(t)
	pool, other := cuda.NewMemPool(), cuda.NewMemPool(cuda.UseOnOom(true), cuda.NoSplit(true))
	assert.Panics(t, func() { cuda.UseMemPool(pool, func() { panic("!") }) })
	assert.Equal(t, 1, pool.UseCount())
	assert.False(t, lies(pool, torch.Ones([]int64{4}, d)))
	cuda.UseMemPool(pool, func() {
		err := refusal(t, func() { cuda.UseMemPool(pool, func() { t.Error("it runs") }) })
		assert.Contains(t, err.Message, "already recording to mempool_id")
		x := torch.Ones([]int64{4}, d)
		cuda.UseMemPool(other, func() {
			assert.True(t, lies(other, torch.Ones([]int64{4}, d)))
		}, torch.CUDA(0))
		assert.True(t, lies(pool, torch.Ones([]int64{4}, d)))
		assert.True(t, lies(pool, x))
	})
	done := make(chan bool)
	cuda.UseMemPool(pool, func() {
		go func() {
			assert.False(t, lies(pool, torch.Ones([]int64{4}, d)), "another goroutine's")
			close(done)
		}()
		<-done
	})
	for _, misuse := range []func(){
		func() { (*cuda.MemPool)(nil).Id() }, func() { (&cuda.MemPool{}).UseCount() }, func() { cuda.UseMemPool(nil, func() {}) },
		func() { cuda.Pool((*cuda.MemPool)(nil)) },
	} {
		assert.Equal(t, "TypeError", refusal(t, misuse).Kind)
	}
	assert.Error(t, torch.Try(func() { cuda.UseMemPool(pool, func() {}, torch.CPU) }))
}

// A pool can be used on a device that is not its own.
func TestMemPoolOnAnotherDevice(t *testing.T) {
	py := parity.RunOnDevices(t, 2, `
		pool = torch.cuda.MemPool()
		with torch.cuda.use_mem_pool(pool, device=1):
			x = torch.ones(100, device="cuda:1")
			out["inside"] = pool.use_count()
		out["devices"] = [s["device"] for s in pool.snapshot()]
		out["after"] = pool.use_count()
		del x, pool
	`)
	pool := cuda.NewMemPool()
	var x *torch.Tensor
	cuda.UseMemPool(pool, func() {
		x = torch.Ones([]int64{100}, torch.CUDA(1))
		assert.Equal(t, py.Number("inside"), float64(pool.UseCount()))
		err := refusal(t, func() { cuda.UseMemPool(pool, func() { t.Error("it runs") }, torch.CUDA(1)) })
		assert.Contains(t, err.Message, "already recording to mempool_id")
	}, torch.CUDA(1))
	var devices []float64
	for _, s := range pool.Snapshot() {
		devices = append(devices, float64(s.Device))
	}
	assert.Equal(t, py.Numbers("devices"), devices)
	assert.True(t, lies(pool, x))
	assert.Equal(t, py.Number("after"), float64(pool.UseCount()))
	x.Close()
	cuda.WithDevice(torch.CUDA(1), cuda.EmptyCache)
	assert.Empty(t, pool.Snapshot())
}

// A graph keeps the pools that were in use while it was captured, also when their
// MemPool is gone.
func TestMemPoolInCapture(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{4}, d)
	g := cuda.NewCUDAGraph()
	var y *torch.Tensor
	var id accelerator.PoolId
	func() {
		pool := cuda.NewMemPool()
		id = pool.Id()
		cuda.Capture(g, func() {
			cuda.UseMemPool(pool, func() { y = x.Add(1) })
		})
		assert.True(t, lies(pool, y))
	}()
	assert.Equal(t, []accelerator.PoolId{g.Pool(), id}, g.Pools())
	torch.CollectGarbage()
	g.Replay()
	assert.Equal(t, []float32{2, 2, 2, 2}, floats(y))
}

// The functions of the C library stand for an allocator's. No operator touches the
// memory, which is none of a GPU's.
func TestPluggableAllocator(t *testing.T) {
	d := device(t)
	a, err := cuda.NewPluggableAllocator("libc.so.6", "malloc", "free")
	require.NoError(t, err)
	pool := cuda.NewMemPool(a)
	cuda.UseMemPool(pool, func() {
		x := torch.Empty([]int64{1000}, d)
		assert.True(t, lies(pool, x))
		x.Close()
	})
	e := refusal(t, func() { cuda.ChangeCurrentAllocator(a) })
	assert.Equal(t, "Can't swap an already initialized allocator", e.Message)
	assert.Equal(t, "TypeError", refusal(t, func() { cuda.ChangeCurrentAllocator(nil) }).Kind)
}
