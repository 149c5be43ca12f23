package functorch

import "github.com/wangkuiyi/gotorch/torch"

// Grad returns the function that computes the gradient of f, which must return
// a tensor without dimensions. Python's torch.func.grad.
//
//	cos := functorch.Grad(func(x *torch.Tensor) *torch.Tensor { return x.Sin() })
//
// A NoGrad inside f holds; one around the call of the gradient does not matter.
func Grad[X Tree](f func(X) *torch.Tensor, opts ...GradOption) func(X) X {
	return func(x X) X {
		grads, _, _ := gradAndValue(withoutAux(f), x, opts)
		return grads
	}
}

// GradAux is [Grad] for a function with a second result, which is returned as
// it is: Python's grad with has_aux=True.
func GradAux[X, A Tree](f func(X) (*torch.Tensor, A), opts ...GradOption) func(X) (X, A) {
	return func(x X) (X, A) {
		grads, _, aux := gradAndValue(f, x, opts)
		return grads, aux
	}
}

// GradAndValue returns the function that computes the gradient of f and the
// value of f. Python's torch.func.grad_and_value.
func GradAndValue[X Tree](f func(X) *torch.Tensor, opts ...GradOption) func(X) (X, *torch.Tensor) {
	return func(x X) (X, *torch.Tensor) {
		grads, value, _ := gradAndValue(withoutAux(f), x, opts)
		return grads, value
	}
}

// GradAndValueAux is [GradAndValue] for a function with a second result, which
// is returned as it is.
func GradAndValueAux[X, A Tree](f func(X) (*torch.Tensor, A), opts ...GradOption) func(X) (X, *torch.Tensor, A) {
	return func(x X) (X, *torch.Tensor, A) { return gradAndValue(f, x, opts) }
}

func withoutAux[X, Y Tree](f func(X) Y) func(X) (Y, none) {
	return func(x X) (Y, none) { return f(x), nil }
}

func gradAndValue[X, A Tree](f func(X) (*torch.Tensor, A), x X, opts []GradOption) (grads X, value *torch.Tensor, aux A) {
	o := gradOptionsOf(opts)
	layers.Grad(func(level int64) {
		x := wrapped(x, level)
		inputs := requireGrad(x, &o)
		value, aux = f(x)
		checkScalar(value)
		g := autogradGrad([]*torch.Tensor{value}, inputs, nil, false, true)
		grads, value, aux = unwrapped(likeTree(x, g), level), unwrapped(value, level), unwrapped(aux, level)
	})
	return grads, value, aux
}

// requireGrad has the layer record for the inputs to differentiate for, and
// returns them.
func requireGrad[X Tree](x X, o *gradOptions) []*torch.Tensor {
	leaves := leavesOf(x)
	inputs := pick(leaves, o.diff(argumentsSpec(x), len(leaves)))
	for _, t := range inputs {
		if t == nil {
			refuseValue("Thing passed to transform API must be Tensor, got <class 'NoneType'>")
		}
		layers.RequireGrad(t)
	}
	return inputs
}

func checkScalar(output *torch.Tensor) {
	if output == nil {
		refuse("grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got <class 'NoneType'>")
	}
	if dims := output.Dim(); dims != 0 {
		refuse("grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with %d dims. "+
			"Maybe you wanted to use the vjp or jacrev APIs instead?", dims)
	}
}

// autogradGrad is torch.Grad with zeros for inputs that no output depends on.
// Without gradients it starts from ones.
func autogradGrad(outputs, inputs, gradients []*torch.Tensor, retainGraph, createGraph bool) []*torch.Tensor {
	opts := []torch.GradOption{torch.RetainGraph(retainGraph), torch.CreateGraph(createGraph), torch.AllowUnused(true)}
	var from, start []*torch.Tensor
	for i, t := range outputs {
		if t.RequiresGrad() {
			from = append(from, t)
			if gradients != nil {
				start = append(start, gradients[i])
			}
		}
	}
	if start != nil {
		opts = append(opts, torch.WithGradient(start...))
	}
	grads := make([]*torch.Tensor, len(inputs))
	if len(from) > 0 {
		grads = torch.Grad(from, inputs, opts...)
	}
	for i, g := range grads {
		if g == nil {
			grads[i] = torch.ZerosLike(inputs[i])
		}
	}
	return grads
}
