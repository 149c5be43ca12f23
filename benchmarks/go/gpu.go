package main

import (
	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/nn"
	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// The items that need a GPU, those of python/gpu.py. Work there goes on when a
// call has returned; each training step ends by asking for the loss, and each
// round of operators by waiting for the device.

// gpuPrefix begins their names. They are measured when a filter names them.
const gpuPrefix = "gpu/"

// A workload is how large the networks and their batches are.
type workload struct {
	images, imageSide                      int64 // ResNet-50's batch
	sequences, length                      int64 // GPT-2's batch
	vocabulary, layers, width, heads, side int64 // GPT-2; the side of the matrices
}

// full is GPT-2 with 124 million weights, and batches that keep a large GPU busy.
var full = workload{
	images: 64, imageSide: 224, sequences: 8, length: 1024,
	vocabulary: 50257, layers: 12, width: 768, heads: 12, side: 1024,
}

// gpuItems are measured on the current CUDA device.
func gpuItems(w workload) []item {
	onGPU := func(setup func() func()) func() func() { return on(torch.CUDA(), setup) }
	return []item{
		{gpuPrefix + "add_2", operators, onGPU(func() func() { x, y := randn(2), randn(2); return func() { torch.Add(x, y) } })},
		{gpuPrefix + "mm", operators, onGPU(func() func() {
			x, y := randn(w.side, w.side), randn(w.side, w.side)
			return func() { torch.Mm(x, y) }
		})},
		{gpuPrefix + "adam_200", 1, onGPU(adam200)},
		{gpuPrefix + "mlp_step", 1, onGPU(mlpStep)},
		{gpuPrefix + "mlp_graph_step", 1, onGPU(mlpGraphStep)},
		{gpuPrefix + "resnet50_step", 1, onGPU(w.resnet50Step)},
		{gpuPrefix + "resnet50_amp_step", 1, onGPU(w.resnet50AMPStep)},
		{gpuPrefix + "gpt2_step", 1, onGPU(w.gpt2Step)},
		{gpuPrefix + "gpt2_amp_step", 1, onGPU(w.gpt2AMPStep)},
	}
}

func init() { items = append(items, gpuItems(full)...) }

// on prepares an item with tensors that are made on the device.
func on(device torch.Device, setup func() func()) func() func() {
	return func() (operation func()) {
		before := torch.GetDefaultDevice()
		torch.SetDefaultDevice(device)
		defer torch.SetDefaultDevice(before)
		return setup()
	}
}

// newResNet50 is a stack of bottlenecks.
func newResNet50(classes int64) *nn.Sequential {
	layers := []nn.Layer{nn.NewConv2d(3, 64, 7, nn.Stride(2), nn.Padding(3), nn.Bias(false)), nn.NewBatchNorm2d(64), nn.NewReLU(),
		nn.NewMaxPool2d(3, nn.Stride(2), nn.Padding(1))}
	in := int64(64)
	for stage, blocks := range []int{3, 4, 6, 3} {
		width := int64(64) << stage
		for i := range blocks {
			stride := int64(1)
			if i == 0 && stage > 0 {
				stride = 2
			}
			layers = append(layers, newBottleneck(in, width, stride))
			in = 4 * width
		}
	}
	layers = append(layers, nn.NewAdaptiveAvgPool2d(1), nn.NewFlatten(), nn.NewLinear(in, classes))
	return nn.NewSequential(layers...)
}

// A bottleneck is a residual block of ResNet-50.
type bottleneck struct {
	nn.Module
	conv1, conv2, conv3 *nn.Conv2d
	bn1, bn2, bn3       *nn.BatchNorm2d
	downsample          *nn.Sequential
}

func newBottleneck(in, width, stride int64) *bottleneck {
	m := &bottleneck{}
	m.Init(m)
	m.conv1 = nn.NewConv2d(in, width, 1, nn.Bias(false))
	m.bn1 = nn.NewBatchNorm2d(width)
	m.conv2 = nn.NewConv2d(width, width, 3, nn.Stride(stride), nn.Padding(1), nn.Bias(false))
	m.bn2 = nn.NewBatchNorm2d(width)
	m.conv3 = nn.NewConv2d(width, 4*width, 1, nn.Bias(false))
	m.bn3 = nn.NewBatchNorm2d(4 * width)
	if stride != 1 || in != 4*width {
		m.downsample = nn.NewSequential(nn.NewConv2d(in, 4*width, 1, nn.Stride(stride), nn.Bias(false)), nn.NewBatchNorm2d(4*width))
	}
	return m
}

func (m *bottleneck) Forward(x *torch.Tensor) *torch.Tensor {
	identity := x
	out := F.Relu(m.bn1.Forward(m.conv1.Forward(x)))
	out = F.Relu(m.bn2.Forward(m.conv2.Forward(out)))
	out = m.bn3.Forward(m.conv3.Forward(out))
	if m.downsample != nil {
		identity = m.downsample.Forward(x)
	}
	return F.Relu(out.Add(identity))
}

func (w workload) resnet50() (optimizer optim.Optimizer, loss func() *torch.Tensor) {
	model := newResNet50(1000)
	optimizer = optim.NewSGD(model.Parameters(), optim.LR(0.01), optim.Momentum(0.9))
	x, y := randn(w.images, 3, w.imageSide, w.imageSide), torch.Randint(0, 1000, []int64{w.images})
	return optimizer, func() *torch.Tensor { return F.CrossEntropy(model.Forward(x), y) }
}

func (w workload) resnet50Step() func() { return step(w.resnet50()) }

// resnet50AMPStep computes in float16, with scaled gradients.
func (w workload) resnet50AMPStep() func() {
	optimizer, forward := w.resnet50()
	scaler := amp.NewGradScaler("cuda")
	return func() {
		optimizer.ZeroGrad()
		loss := autocast(torch.Float16, forward)
		scaler.Scale(loss).Backward()
		scaler.Step(optimizer)
		scaler.Update()
		loss.Item()
	}
}

func (w workload) gpt2() (optimizer optim.Optimizer, loss func() *torch.Tensor) {
	model := newGPT(w.vocabulary, w.length, w.layers, w.width, w.heads)
	optimizer = optim.NewAdamW(model.Parameters(), optim.LR(1e-4))
	text := torch.Randint(0, w.vocabulary, []int64{w.sequences, w.length + 1})
	input, target := text.Narrow(1, 0, w.length), text.Narrow(1, 1, w.length).Reshape(-1)
	return optimizer, func() *torch.Tensor {
		return F.CrossEntropy(model.Forward(input).View(-1, w.vocabulary), target)
	}
}

func (w workload) gpt2Step() func() { return step(w.gpt2()) }

// gpt2AMPStep computes in bfloat16, which needs no scaling.
func (w workload) gpt2AMPStep() func() {
	optimizer, forward := w.gpt2()
	return step(optimizer, func() *torch.Tensor { return autocast(torch.BFloat16, forward) })
}

func autocast(dtype torch.DType, forward func() *torch.Tensor) (loss *torch.Tensor) {
	amp.Autocast("cuda", func() { loss = forward() }, dtype)
	return loss
}

// mlpGraphStep replays a training step of mlpStep's network that was captured as a
// graph.
func mlpGraphStep() func() {
	optimizer, forward := mlp()
	train := func() (loss *torch.Tensor) {
		optimizer.ZeroGrad()
		loss = forward()
		loss.Backward()
		optimizer.Step()
		return loss
	}
	warmUp(train)
	var loss *torch.Tensor
	graph := cuda.NewCUDAGraph()
	cuda.Capture(graph, func() { loss = train() })
	return func() {
		graph.Replay()
		loss.Item()
	}
}

// warmUp runs what is to be captured on a side stream, so that all that happens
// only the first times has happened. Each loss goes with its scope: a graph that is
// still there would be of that stream.
func warmUp(train func() *torch.Tensor) {
	side := cuda.NewStream()
	side.WaitStream(cuda.CurrentStream())
	cuda.WithStream(side, func() {
		for range torch.Scoped(3) {
			train()
		}
	})
	cuda.CurrentStream().WaitStream(side)
}
