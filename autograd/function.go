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
//     after Forward, to do there what concerns ctx, which Forward then leaves alone;
//   - Vmap(info VmapInfo, inDims []int64, inputs ...*torch.Tensor) (outputs
//     []*torch.Tensor, outDims []int64) computes the outputs for batches;
//   - Name() string takes the place of the type's name in the name of the node
//     in the graph, which GradFn shows.
//
// Inside package functorch's transforms a function needs SetupContext, since it is
// called once for each layer; inside functorch.Vmap also either Vmap or
// [GenerateVmapRule].
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

// GenerateVmapRule is embedded in a [Function] whose methods are made of PyTorch's
// operators, so that functorch.Vmap can map them. Python's generate_vmap_rule =
// True.
type GenerateVmapRule = torch.GenerateVmapRule

// A VmapInfo tells a [Function]'s Vmap the size of the batch, and how vmap was
// told to draw random numbers.
//
// Vmap also gets, for each input, the dimension in which the batch lies, or
// [NotBatched], and returns such dimensions for its outputs. It runs outside of
// the vmap, with the whole batch.
type VmapInfo = torch.VmapInfo

// NotBatched stands, in the place of a batch's dimension, for a tensor that has
// none, or for nil.
const NotBatched = torch.NotBatched

// Apply runs a function's Forward and records the function for
// differentiation. Optional inputs are nil. Python's Function.apply.
func Apply(fn Function, inputs ...*torch.Tensor) []*torch.Tensor {
	return torch.ApplyFunction(fn, inputs...)
}

// Apply1 is [Apply] for a function with one output.
func Apply1(fn Function, inputs ...*torch.Tensor) *torch.Tensor {
	return torch.ApplyFunction(fn, inputs...)[0]
}
