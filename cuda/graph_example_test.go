package cuda_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A function is captured once and replayed for each batch; without a GPU it just runs.
func ExampleCapture() {
	device := torch.CPU
	if cuda.IsAvailable() {
		device = torch.CUDA()
	}
	x := torch.Empty([]int64{3}, device)
	var y *torch.Tensor
	step := func() { y = x.Mul(2).Sum() }
	if cuda.IsAvailable() {
		g := cuda.NewCUDAGraph()
		cuda.Capture(g, step)
		step = g.Replay
	}
	for i := range 3 {
		x.Copy_(torch.Full([]int64{3}, float64(i))) // the next batch
		step()
		fmt.Println(y.Item())
	}
	// Output:
	// 0
	// 6
	// 12
}

// A layer that replays graphs, forward and backward, takes the place of the layer.
func ExampleMakeGraphedModule() {
	device := torch.CPU
	if cuda.IsAvailable() {
		device = torch.CUDA()
	}
	linear := nn.NewLinear(2, 1, device)
	torch.NoGrad(func() { linear.Weight.Fill_(1); linear.Bias.Zero_() })
	var layer nn.Layer = linear
	if cuda.IsAvailable() {
		layer = cuda.MakeGraphedModule(linear, torch.Ones([]int64{1, 2}, device))
	}
	y := layer.Forward(torch.NewTensor([][]float32{{3, 4}}, device))
	y.Backward()
	fmt.Println(y.Item(), torch.Data[float32](linear.Weight.Grad()))
	// Output: 7 [3 4]
}

// Functions of any number of tensors are replaced in place. A GPU replays them.
func ExampleMakeGraphedCallables() {
	device := torch.CPU
	if cuda.IsAvailable() {
		device = torch.CUDA()
	}
	distance := func(x, y *torch.Tensor) *torch.Tensor { return x.Sub(y).Square().Sum() }
	if cuda.IsAvailable() {
		a, b := torch.Ones([]int64{2}, device), torch.Ones([]int64{2}, device)
		cuda.MakeGraphedCallables([]cuda.Callable{{Func: &distance, SampleArgs: []any{a, b}}})
	}
	x, y := torch.NewTensor([]float32{1, 2}, device), torch.NewTensor([]float32{4, 6}, device)
	fmt.Println(distance(x, y).Item())
	// Output: 25
}

// A hook counts the replays.
func ExampleCUDAGraph_RegisterReplayStartHook() {
	replays := 0
	run := func() { replays++ }
	if cuda.IsAvailable() {
		g := cuda.NewCUDAGraph()
		g.RegisterReplayStartHook(func(*cuda.CUDAGraph) { replays++ })
		x := torch.Ones([]int64{2}, torch.CUDA())
		cuda.Capture(g, func() { x.Add_(1) })
		run = g.Replay
	}
	run()
	run()
	fmt.Println(replays)
	// Output: 2
}
