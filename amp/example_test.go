package amp_test

import (
	"fmt"
	"math"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleAutocast() {
	x, w := torch.Ones([]int64{2, 2}), torch.Ones([]int64{2, 2})
	amp.Autocast("cpu", func() {
		y := x.Matmul(w)
		fmt.Println(y.DType(), y.Add(x).DType())
		amp.Autocast("cpu", func() {
			fmt.Println(x.Matmul(y.Float()).DType())
		}, amp.Enabled(false))
	}, torch.BFloat16)
	fmt.Println(x.Matmul(w).DType())
	// Output:
	// torch.bfloat16 torch.float32
	// torch.float32
	// torch.float32
}

func ExampleAutocastDecorator() {
	model := nn.NewLinear(3, 2)
	forward := amp.AutocastDecorator("cpu", model.Forward)
	fmt.Println(forward(torch.Ones([]int64{1, 3})).DType())
	// Output: torch.bfloat16
}

// Cube is x*x*x, computed in float32 whatever autocast does.
type Cube struct{}

func (c Cube) Forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	return amp.CustomFwd(c.forward, "cpu", amp.CastInputs(torch.Float32))(ctx, inputs...)
}

func (c Cube) forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	x := inputs[0]
	ctx.SaveForBackward(x)
	return []*torch.Tensor{x.Mul(x).Mul(x)}
}

func (c Cube) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	return amp.CustomBwd(c.backward, "cpu")(ctx, grads...)
}

func (c Cube) backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	x := ctx.SavedTensors()[0]
	return []*torch.Tensor{x.Mul(x).Mul(3).Mul(grads[0])}
}

func ExampleCustomFwd() {
	x := torch.NewTensor([]float32{2}, torch.RequiresGrad(true))
	var y *torch.Tensor
	amp.Autocast("cpu", func() { y = autograd.Apply1(Cube{}, x.Bfloat16()) })
	y.Backward()
	fmt.Println(y.DType(), y.Item(), x.Grad().Item())
	// Output: torch.float32 8 12
}

func ExampleGradScaler() {
	x := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{x}, optim.LR(0.5))
	scaler := amp.NewGradScaler("cpu", amp.InitScale(1024), amp.GrowthInterval(2))
	for _, factor := range []float64{1, math.Inf(1), 1, 1} {
		optimizer.ZeroGrad()
		loss := x.Sum().Mul(factor)
		scaler.Scale(loss).Backward()
		scaler.Step(optimizer) // is skipped where gradients are infinite
		scaler.Update()
		fmt.Println(torch.Data[float32](x), scaler.GetScale())
	}
	// Output:
	// [0.5 1.5] 1024
	// [0.5 1.5] 512
	// [0 1] 512
	// [-0.5 0.5] 1024
}

// Gradients are clipped after they are unscaled.
func ExampleGradScaler_clipping() {
	x := torch.NewTensor([]float32{3, 4}, torch.RequiresGrad(true))
	optimizer := optim.NewSGD([]*torch.Tensor{x}, optim.LR(1.0))
	scaler := amp.NewGradScaler("cpu")
	scaler.Scale(x.Square().Sum()).Backward()
	scaler.Unscale_(optimizer)
	fmt.Println(torch.Data[float32](x.Grad()))
	utils.ClipGradNorm_([]*torch.Tensor{x}, 1)
	scaler.Step(optimizer)
	scaler.Update()
	fmt.Printf("%.2f\n", torch.Data[float32](x))
	// Output:
	// [6 8]
	// [2.40 3.20]
}
