package cuda_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/torch"
)

// How a block of the allocator ends tells whether a use was recorded: one that was used
// on its own stream alone is inactive at once, and another waits for an event.

// blockState is the state of the block of memory that begins at address.
func blockState(t *testing.T, address uintptr) string {
	t.Helper()
	for _, segment := range cuda.MemorySnapshot() {
		for _, b := range segment.Blocks {
			if uintptr(b.Address) == address {
				return b.State
			}
		}
	}
	return "none"
}

// endOf frees a tensor of one MB and more, and returns its block's state.
func endOf(t *testing.T, x *torch.Tensor) string {
	t.Helper()
	address := x.DataPtr()
	require.Equal(t, "active_allocated", blockState(t, address))
	x.Close()
	return blockState(t, address)
}

const pending = "active_pending_free"

func side(t *testing.T) cuda.Stream {
	limitMemory(t, 512)
	t.Cleanup(func() { cuda.Synchronize() })
	return cuda.NewStream()
}

// What is used in a side stream waits for it when it is freed.
func TestUsesOnSideStreamsAreRecorded(t *testing.T) {
	s := side(t)
	x, y := take(40), take(40)
	list := []*torch.Tensor{take(40), take(40)}
	cuda.WithStream(s, func() {
		x.Add(1).Close()
		torch.Cat(list).Close()
	})
	assert.Equal(t, pending, endOf(t, x))
	assert.Equal(t, pending, endOf(t, list[0]))
	assert.Equal(t, pending, endOf(t, list[1]))
	assert.Equal(t, "inactive", endOf(t, y), "not used there")
}

// What was made in a side stream waits for the default stream if that used it, and for no
// other.
func TestUsesOfSideTensorsAreRecorded(t *testing.T) {
	s := side(t)
	var x, y, z, list *torch.Tensor
	cuda.WithStream(s, func() {
		x, y, z, list = take(40), take(40), take(40), take(40)
		y.Add(1).Close()
		z.Add_(1)
	})
	cuda.CurrentStream().WaitStream(s)
	x.Add(1).Close()
	torch.Cat([]*torch.Tensor{list}).Close()
	view := z.View(-1, 2)
	assert.Equal(t, pending, endOf(t, x))
	assert.Equal(t, "inactive", endOf(t, y), "used in its own stream")
	assert.Equal(t, pending, endOf(t, list))
	z.Close()
	assert.Equal(t, pending, endOf(t, view), "a view was made of it elsewhere")
}

// A third stream counts, too, and so do streams of other goroutines, and a state that is
// handed on.
func TestUsesOnOtherStreamsAreRecorded(t *testing.T) {
	s, other := side(t), cuda.NewStream()
	var x, y *torch.Tensor
	cuda.WithStream(s, func() {
		x = take(40)
		cuda.WithStream(other, func() { x.Add(1).Close() })
		y = take(40)
		state := torch.CaptureState()
		done := make(chan bool)
		go func() {
			state.Run(func() { y.Add(1).Close() })
			close(done)
		}()
		<-done
	})
	assert.Equal(t, pending, endOf(t, x))
	assert.Equal(t, "inactive", endOf(t, y), "the same stream")
}

// Outside of side streams nothing is recorded, also after one was left by a panic.
func TestNothingIsRecordedOnDefaultStreams(t *testing.T) {
	s := side(t)
	assert.Panics(t, func() { cuda.WithStream(s, func() { panic("x") }) })
	x, y := take(40), take(40)
	x.Add(y).Close()
	cuda.WithStream(cuda.DefaultStream(), func() { y.Add(1).Close() })
	assert.Equal(t, "inactive", endOf(t, x))
	assert.Equal(t, "inactive", endOf(t, y))
}

// A graph's own memory is used again within the graph, so nothing is recorded while one is
// captured.
func TestNothingIsRecordedWhileCapturing(t *testing.T) {
	side(t)
	x := take(40)
	g := cuda.NewCUDAGraph()
	cuda.Capture(g, func() {
		for range 20 {
			torch.Scope(func() { x.Add(1) })
		}
	})
	assert.LessOrEqual(t, cuda.MemoryReserved(torch.CUDA(0))/mb, int64(40+40+4))
	g.Reset()
	assert.Equal(t, "inactive", endOf(t, x))
}

// Handles of one tensor are recognised, whichever stream they come from.
func TestSideTensorsAreTheSame(t *testing.T) {
	s := side(t)
	x := torch.Ones([]int64{2}, torch.CUDA(0))
	cuda.WithStream(s, func() {
		assert.Same(t, x, x.To(torch.CUDA()))
		y := torch.Ones([]int64{2}, torch.CUDA(0))
		assert.Same(t, y, y.To(torch.CUDA()))
		assert.Same(t, y, torch.Call("aten::add_.Tensor", y, x)[0])
		assert.Equal(t, []float32{2, 2}, torch.Data[float32](y))
		y.Close()
	})
	x.Close()
}

// Backward and its hooks run in the streams of forward; what they use is recorded.
func TestBackwardOnSideStreams(t *testing.T) {
	s := side(t)
	w := torch.Ones([]int64{10 * mb}, torch.CUDA(0), torch.RequiresGrad(true))
	scale := torch.Full([]int64{10 * mb}, 2.0, torch.CUDA(0))
	cuda.WithStream(s, func() {
		y := w.Mul(3.0)
		y.RegisterHook(func(grad *torch.Tensor) *torch.Tensor { return grad.Mul(scale) })
		y.Sum().Backward()
	})
	cuda.CurrentStream().WaitStream(s)
	assert.Equal(t, 6.0, w.Grad().Max().Item())
	torch.CollectGarbage()
	assert.Equal(t, pending, endOf(t, scale), "the hook used it")
	w.Close()
}
