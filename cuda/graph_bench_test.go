package cuda_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// What a replay costs on the side of the processor.
func BenchmarkReplay(b *testing.B) {
	testkit.NeedDevices(b, 1)
	x := torch.Ones([]int64{2}, torch.CUDA())
	g := cuda.NewCUDAGraph()
	cuda.Capture(g, func() { x.Add(1) })
	for b.Loop() {
		g.Replay()
	}
}

func BenchmarkCapture(b *testing.B) {
	testkit.NeedDevices(b, 1)
	x := torch.Ones([]int64{2}, torch.CUDA())
	for b.Loop() {
		g := cuda.NewCUDAGraph()
		cuda.Capture(g, func() { x.Add(1) })
		g.Reset()
	}
}

// A forward and a backward pass of a graphed layer.
func BenchmarkGraphedLayer(b *testing.B) {
	testkit.NeedDevices(b, 1)
	layer := nn.NewLinear(2, 2)
	layer.Cuda()
	x := torch.Ones([]int64{2, 2}, torch.CUDA())
	graphed := cuda.MakeGraphedModule(layer, torch.Ones([]int64{2, 2}, torch.CUDA()))
	for b.Loop() {
		torch.Scope(func() { graphed.Forward(x).Sum().Backward() })
	}
}
