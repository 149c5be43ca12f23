// Package graphed has the autograd function of graphed callables. It is a package of
// its own for the sake of its name, which tensors print: GraphedBackward.
package graphed

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// Graphed does what a callable did when it was captured, and what its backward did.
type Graphed struct {
	torch.OnceDifferentiable

	// Inputs are what the graphs read, UserInputs of them arguments and the others
	// parameters.
	Inputs     []*torch.Tensor
	UserInputs int
	Outputs    []*torch.Tensor
	// GradOutputs is what the backward graph reads: nil for outputs without gradient.
	// GradInputs is what it writes: nil for inputs without gradient.
	GradOutputs, GradInputs []*torch.Tensor

	ReplayForward, ReplayBackward func()
}

// Forward brings the arguments to where the graph reads them, and replays it. Memory
// that the arguments are in already is not copied. Outputs that had no gradient have
// none, as without a graph; Python's require gradients, which are zero.
func (g *Graphed) Forward(ctx *torch.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	for i, t := range inputs[:g.UserInputs] {
		if g.Inputs[i].DataPtr() != t.DataPtr() {
			g.Inputs[i].Copy_(t)
		}
	}
	g.ReplayForward()
	outputs := detached(g.Outputs)
	var constant []*torch.Tensor
	for i, t := range outputs {
		if g.GradOutputs[i] == nil {
			constant = append(constant, t)
		}
	}
	ctx.MarkNonDifferentiable(constant...)
	return outputs
}

// Backward does the same with the gradients.
func (g *Graphed) Backward(_ *torch.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	if len(grads) != len(g.GradOutputs) {
		panic(torch.NewError("AssertionError", "len(grads)=%d != len(static_grad_outputs)=%d", len(grads), len(g.GradOutputs)))
	}
	for i, t := range g.GradOutputs {
		if t != nil && t.DataPtr() != grads[i].DataPtr() {
			t.Copy_(grads[i])
		}
	}
	g.ReplayBackward()
	return detached(g.GradInputs)
}

// detached returns tensors of the same memory, without a graph. nil stays nil.
func detached(tensors []*torch.Tensor) []*torch.Tensor {
	results := make([]*torch.Tensor, len(tensors))
	for i, t := range tensors {
		if t != nil {
			results[i] = t.Detach()
		}
	}
	return results
}
