package cuda_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestGraph(t *testing.T) {
	testkit.NeedDevices(t, 1)
	x := torch.Ones([]int64{4}, torch.CUDA())
	var y *torch.Tensor
	g := cuda.NewCUDAGraph()
	cuda.Capture(g, func() {
		assert.True(t, cuda.IsCurrentStreamCapturing())
		y = x.Mul(2).Add(1)
	})
	assert.False(t, cuda.IsCurrentStreamCapturing())
	for i := range 3 {
		x.Fill_(i)
		g.Replay()
		want := float32(2*i + 1)
		assert.Equal(t, []float32{want, want, want, want}, torch.Data[float32](y))
	}
}
