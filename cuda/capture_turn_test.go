package cuda_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// Goroutines that capture on one device take turns.
func TestCapturesTakeTurns(t *testing.T) {
	d := device(t)
	const count = 8
	var graphs [count]*cuda.CUDAGraph
	var x, y [count]*torch.Tensor
	for i := range count {
		x[i] = torch.Ones([]int64{100}, d)
		graphs[i] = cuda.NewCUDAGraph()
	}
	var others sync.WaitGroup
	var underway atomic.Int32
	for i := range count {
		others.Go(func() {
			cuda.Capture(graphs[i], func() {
				assert.Equal(t, int32(1), underway.Add(1))
				y[i] = x[i].Mul(2).Add(i)
				underway.Add(-1)
			})
		})
	}
	others.Wait()
	for i := range count {
		x[i].Fill_(i)
		graphs[i].Replay()
		assert.Equal(t, float32(3*i), floats(y[i])[99])
	}
	assert.False(t, cuda.IsCurrentStreamCapturing())
}

// Goroutines that have a device each do not disturb each other: one replays and reads
// while another captures.
func TestCapturesOnTwoDevices(t *testing.T) {
	testkit.NeedDevices(t, 2)
	var others sync.WaitGroup
	for i := range 2 {
		others.Go(func() {
			d := torch.CUDA(i)
			cuda.WithDevice(d, func() {
				for round := range 30 {
					x := torch.Ones([]int64{100}, d)
					var y *torch.Tensor
					g := cuda.NewCUDAGraph()
					cuda.Capture(g, func() { y = x.Mul(2).Add(i) }, cuda.CaptureErrorMode("thread_local"))
					x.Fill_(round)
					g.Replay()
					assert.Equal(t, float32(2*round+i), floats(y)[99])
					g.Reset()
				}
			})
		})
	}
	others.Wait()
}

// All captures of a graphed module, and the runs before them, are one turn.
func TestGraphedModulesTakeTurns(t *testing.T) {
	d := device(t)
	const count = 4
	var plain, graphed [count]nn.Layer
	x := torch.Ones([]int64{2, 3}, d)
	for i := range count {
		plain[i] = nn.NewLinear(3, 2, d)
	}
	var others sync.WaitGroup
	for i := range count {
		others.Go(func() { graphed[i] = cuda.MakeGraphedModule(plain[i], x) })
	}
	others.Wait()
	for i := range count {
		assert.Equal(t, floats(plain[i].Forward(x)), floats(graphed[i].Forward(x)))
	}
}

// One goroutine need not wait for itself.
func TestCaptureWithinCapture(t *testing.T) {
	d := device(t)
	x := torch.Ones([]int64{4}, d)
	outer, inner := cuda.NewCUDAGraph(), cuda.NewCUDAGraph()
	s, other := cuda.NewStream(), cuda.NewStream()
	var y, z *torch.Tensor
	cuda.Synchronize()
	cuda.WithStream(s, func() {
		outer.CaptureBegin(cuda.CaptureErrorMode("relaxed"))
		y = x.Add(1)
		cuda.WithStream(other, func() {
			err := refusal(t, func() { cuda.Capture(inner, func() { t.Error("it runs") }) })
			assert.Contains(t, err.Message, "operation not permitted when stream is capturing")
		})
	})
	outer.Reset()
	done := make(chan bool)
	go func() { // whose turn it is now
		defer close(done)
		cuda.Capture(inner, func() { z = x.Add(2) })
	}()
	<-done
	inner.Replay()
	assert.Equal(t, []float32{3, 3, 3, 3}, floats(z))
	y.Close()
}
