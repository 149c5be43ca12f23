// Package backward has the function that module hooks hang on. It lies here
// because its name is seen in graphs.
package backward

import "github.com/wangkuiyi/gotorch/torch"

// BackwardHookFunction is the identity. Its node gets all gradients of a
// module's inputs, or outputs, at once.
type BackwardHookFunction struct{}

// Forward returns its inputs.
func (BackwardHookFunction) Forward(ctx *torch.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	var constant []*torch.Tensor
	for _, t := range inputs {
		if !t.RequiresGrad() {
			constant = append(constant, t)
		}
	}
	ctx.MarkNonDifferentiable(constant...)
	return inputs
}

// Backward returns its gradients.
func (BackwardHookFunction) Backward(_ *torch.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	return grads
}
