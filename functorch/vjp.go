package functorch

import "github.com/wangkuiyi/gotorch/torch"

// Vjp returns f(primals), and the function that multiplies a vector, of the
// structure of f's result, with the Jacobian of f: reverse mode. Python's
// torch.func.vjp.
//
//	y, vjp := functorch.Vjp(f, x)
//	grad := vjp(torch.OnesLike(y))
func Vjp[X, Y Tree](f func(X) Y, primals X) (Y, func(cotangents Y) X) {
	outputs, fn, _ := vjp(withoutAux(f), primals, &gradOptions{})
	return outputs, fn
}

// VjpAux is [Vjp] for a function with a second result, which is returned as it
// is.
func VjpAux[X, Y, A Tree](f func(X) (Y, A), primals X) (Y, func(cotangents Y) X, A) {
	return vjp(f, primals, &gradOptions{})
}

func vjp[X, Y, A Tree](f func(X) (Y, A), primals X, o *gradOptions) (results Y, fn func(Y) X, aux A) {
	layers.Grad(func(level int64) {
		x := wrapped(primals, level)
		inputs := requireGrad(x, o)
		var y Y
		y, aux = f(x)
		outputs := leavesOf(y)
		checkOutputs(outputs, "vjp(f, *primals)")
		for _, t := range outputs {
			if !t.IsFloatingPoint() && !t.IsComplex() {
				refuse("vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype %s", t.DType())
			}
		}
		results, aux = unwrapped(y, level), unwrapped(aux, level)
		fn = pullback[X](outputs, inputs, y, x)
	})
	return results, fn, aux
}

// pullback returns the function that goes back from the outputs to the inputs.
// The wrappers that it uses have lost their layer; the graph behind them is
// there.
func pullback[X, Y Tree](outputs, inputs []*torch.Tensor, y Y, x X) func(Y) X {
	return func(cotangents Y) X {
		if got, want := specOf(cotangents), specOf(y); !got.equal(want) {
			refuse("Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "+
				"cotangents: %s, primal output: %s", got.pretty(), want.pretty())
		}
		var grads []*torch.Tensor
		createGraph := torch.IsGradEnabled()
		layers.OutOfInferenceMode(func() {
			grads = autogradGrad(outputs, inputs, leavesOf(cotangents), true, createGraph)
		})
		return likeTree(x, grads)
	}
}
