// Package functorch transforms functions of tensors: [Grad] returns the
// function that computes the gradient, [Vmap] the one that works on a batch, and
// so on, nested in any way. It mirrors Python's torch.func.
//
//	perSample := functorch.Vmap(functorch.Grad(loss))
//
// # Functions
//
// A function to differentiate has one parameter, of a type in [Tree]: a tensor,
// a list of tensors or a map of named tensors, such as a model's parameters. The
// gradient has the same type. What else the function needs it captures:
//
//	grads := functorch.Grad(func(p map[string]*torch.Tensor) *torch.Tensor {
//		return functional.MSELoss(functorch.FunctionalCall(model, p, x), y)
//	})(params)
//
// A list stands for Python's positional arguments, and [Argnums] picks among
// them. Where Python has the option has_aux, there is a function whose name ends
// in Aux: its function returns something besides the output, which is handed on.
// Where a function has several outputs, there is one whose name ends in List.
//
// [Vmap] and [Functionalize] take functions of any type and return one of the
// same type.
//
// # Inside a transform
//
// While a transformed function runs, its tensors are wrapped; printing one shows
// the wrappers. A transform belongs to its goroutine: goroutines that the
// function starts are not in it. A tensor that outlives its transform otherwise
// than as a result is a plain tensor after a gradient's, and unusable after
// Vmap's, as in Python.
//
// Misuse panics with a *torch.Error in PyTorch's words. Where these name the
// function, a function literal is <lambda>.
package functorch
