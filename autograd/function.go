package autograd

import "github.com/wangkuiyi/gotorch/torch"

// A Function is an operation whose gradient is written in Go, Python's
// torch.autograd.Function. What the operation needs besides tensors are fields
// of its struct:
//
//	type Scale struct{ Factor float64 }
//
//	func (s *Scale) Forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
//		return []*torch.Tensor{inputs[0].Mul(s.Factor)}
//	}
//
//	func (s *Scale) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
//		return []*torch.Tensor{grads[0].Mul(s.Factor)}
//	}
//
//	y := autograd.Apply(&Scale{2}, x)[0] // y's grad_fn is ScaleBackward
//
// Forward runs without recording, and Backward with it if the gradients are to
// be differentiated again, which works if Backward is made of differentiable
// operations. Otherwise embed [OnceDifferentiable].
//
// Other methods that a Function may have:
//
//   - Jvp(ctx *FunctionCtx, gradInputs ...*torch.Tensor) []*torch.Tensor
//     computes the outputs' derivatives in forward mode, given the inputs';
//   - SetupContext(ctx *FunctionCtx, inputs, outputs []*torch.Tensor) is called
//     after Forward, to do there what concerns ctx.
//
// A panic in them comes back, as it was thrown, from Apply or from the backward
// pass. The context and what it refers to is freed when the graph is.
type Function = torch.Function

// A FunctionCtx belongs to one application of a [Function], and takes what its
// Forward has to say to its Backward. Python's ctx.
type FunctionCtx = torch.FunctionCtx

// OnceDifferentiable is embedded in a [Function] whose Backward cannot be
// differentiated itself: it runs without recording, and differentiating its
// results panics. Python's once_differentiable.
type OnceDifferentiable = torch.OnceDifferentiable

// Apply runs a function's Forward and records the function for
// differentiation. Optional inputs are nil. Python's Function.apply.
func Apply(fn Function, inputs ...*torch.Tensor) []*torch.Tensor {
	return torch.ApplyFunction(fn, inputs...)
}

// Apply1 is [Apply] for a function with one output.
func Apply1(fn Function, inputs ...*torch.Tensor) *torch.Tensor {
	return torch.ApplyFunction(fn, inputs...)[0]
}
