// Mixed_precision trains a small network that tells rings apart, in float16 or
// bfloat16: forward passes in amp.Autocast, the loss scaled by amp.GradScaler,
// gradients clipped in between. It runs on a CUDA device if there is one, and on
// the CPU otherwise.
//
//	go run ./examples/mixed_precision -dtype bfloat16
//
// A large -init-scale shows how the scaler finds its scale: the first steps are
// skipped. What it prints is, for the same flags, what mixed_precision.py prints,
// to the digit.
package main

import (
	"flag"
	"fmt"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/nn"
	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// Net is a perceptron with two hidden layers.
type Net struct {
	nn.Module
	fc1  *nn.Linear
	norm *nn.LayerNorm
	fc2  *nn.Linear
	fc3  *nn.Linear
}

// NewNet returns a network of this width.
func NewNet(width int64) *Net {
	m := &Net{}
	m.Init(m)
	m.fc1 = nn.NewLinear(2, width)
	m.norm = nn.NewLayerNorm(width)
	m.fc2 = nn.NewLinear(width, width)
	m.fc3 = nn.NewLinear(width, 3)
	return m
}

// Forward returns the scores of three rings for each point.
func (m *Net) Forward(x *torch.Tensor) *torch.Tensor {
	x = F.Gelu(m.norm.Forward(m.fc1.Forward(x)))
	x = F.Gelu(m.fc2.Forward(x))
	return m.fc3.Forward(x)
}

// makeRings returns points in the plane, by how far from the middle they are.
func makeRings(count int64, device string) (x, y *torch.Tensor) {
	x = torch.Randn([]int64{count, 2})
	distance := x.Square().Sum(torch.Dim(1)).Sqrt()
	y = distance.Gt(0.8).Long().Add(distance.Gt(1.5).Long())
	on := torch.NewDevice(device)
	return x.To(on), y.To(on)
}

type arguments struct {
	device, dtype                    string
	fused                            bool
	steps, logInterval               int
	batchSize, width, growthInterval int64
	lr, initScale, clip              float64
}

func parse() *arguments {
	a := &arguments{}
	device := "cpu"
	if cuda.IsAvailable() {
		device = "cuda"
	}
	flag.StringVar(&a.device, "device", device, "cuda or cpu")
	flag.StringVar(&a.dtype, "dtype", "float16", "float16, bfloat16 or float32")
	flag.BoolVar(&a.fused, "fused", false, "use the fused optimizer")
	flag.IntVar(&a.steps, "steps", 300, "training steps")
	flag.Int64Var(&a.batchSize, "batch-size", 64, "points in a step")
	flag.Int64Var(&a.width, "width", 64, "of the hidden layers")
	flag.Float64Var(&a.lr, "lr", 0.01, "learning rate")
	flag.Float64Var(&a.initScale, "init-scale", 65536, "the first scale of the loss")
	flag.Int64Var(&a.growthInterval, "growth-interval", 50, "steps until the scale grows")
	flag.Float64Var(&a.clip, "clip", 1, "largest norm of the gradients")
	flag.IntVar(&a.logInterval, "log-interval", 50, "steps between lines")
	flag.Parse()
	return a
}

// autocast runs fn in the dtype that was asked for.
func (a *arguments) autocast(fn func()) {
	dtypes := map[string]torch.DType{"float16": torch.Float16, "bfloat16": torch.BFloat16}
	amp.Autocast(a.device, fn, dtypes[a.dtype], amp.Enabled(a.dtype != "float32"))
}

func main() {
	a := parse()
	torch.ManualSeed(0)
	model := NewNet(a.width)
	model.To(torch.NewDevice(a.device))
	optimizer := optim.NewAdamW(model.Parameters(), optim.LR(a.lr), optim.Fused(a.fused))
	scaler := amp.NewGradScaler(a.device, amp.InitScale(a.initScale), amp.GrowthInterval(a.growthInterval),
		amp.Enabled(a.dtype == "float16")) // the others have float32's range

	skipped := 0
	for i := range torch.Scoped(a.steps) {
		input, target := makeRings(a.batchSize, a.device)
		optimizer.ZeroGrad()
		var output, loss *torch.Tensor
		a.autocast(func() {
			output = model.Forward(input)
			loss = F.CrossEntropy(output, target)
		})
		scaler.Scale(loss).Backward()
		scaler.Unscale_(optimizer)
		utils.ClipGradNorm_(model.Parameters(), a.clip)
		scaler.Step(optimizer)
		before := scaler.GetScale()
		scaler.Update()
		if scaler.GetScale() < before {
			skipped++
		}
		if step := i + 1; step%a.logInterval == 0 {
			fmt.Printf("step %d: loss %.6f, output of %s, scale %.0f, %d skipped\n", step, loss.Item(),
				output.DType().String()[len("torch."):], scaler.GetScale(), skipped)
		}
	}

	torch.NoGrad(func() {
		a.autocast(func() {
			input, target := makeRings(1000, a.device)
			right := model.Forward(input).Argmax(torch.Dim(1)).Eq(target).Sum().Item()
			fmt.Printf("right: %.1f %%\n", right/10)
		})
	})
}
