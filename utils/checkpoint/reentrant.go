package checkpoint

import (
	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/torch"
)

// CheckpointFunction is the autograd function of the older implementation; its
// name is seen in graphs.
type CheckpointFunction struct {
	fn       Func
	rng      *rngState
	autocast func(func()) // runs a function as the first computation ran
}

func reentrant(fn Func, inputs []*torch.Tensor, o *options) []*torch.Tensor {
	requiresGrad := false
	f := &CheckpointFunction{fn: fn, rng: rngStateFor(inputs, o), autocast: operators().CaptureAutocast()}
	for _, t := range inputs {
		requiresGrad = requiresGrad || t != nil && t.RequiresGrad()
	}
	if !requiresGrad {
		torch.Warn("None of the inputs have requires_grad=True. Gradients will be None")
	}
	return autograd.Apply(f, inputs...)
}

// Forward runs the function without recording.
func (f *CheckpointFunction) Forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	ctx.SaveForBackward(inputs...)
	return f.fn(inputs...)
}

// Backward runs the function again, and a backward pass through it.
func (f *CheckpointFunction) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	inputs := ctx.SavedTensors()
	for i, t := range inputs {
		if t != nil {
			inputs[i] = t.Detach().RequiresGrad_(t.RequiresGrad())
		}
	}
	var outputs []*torch.Tensor
	f.rng.with(func() {
		torch.EnableGrad(func() {
			f.autocast(func() { outputs = f.fn(inputs...) })
		})
	})
	outputs, grads = differentiable(outputs, grads)
	if len(outputs) == 0 {
		panic(torch.NewError("RuntimeError", "none of output has requires_grad=True, this checkpoint() is not necessary"))
	}
	torch.Backward(outputs, torch.WithGradient(grads...))
	results := make([]*torch.Tensor, len(inputs))
	for i, t := range inputs {
		if t != nil {
			results[i] = t.Grad()
		}
	}
	return results
}

// differentiable returns the outputs that have a gradient, and those gradients.
func differentiable(outputs, grads []*torch.Tensor) (kept, with []*torch.Tensor) {
	for i, t := range outputs {
		if t != nil && t.RequiresGrad() {
			kept, with = append(kept, t), append(with, grads[i])
		}
	}
	return kept, with
}
