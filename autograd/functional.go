package autograd

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// Tensors is what the functions of this package that mirror
// torch.autograd.functional take and return: one tensor, or several, which
// Python has as a tuple.
type Tensors interface {
	*torch.Tensor | []*torch.Tensor
}

func listOf[X Tensors](x X) []*torch.Tensor {
	if t, ok := any(x).(*torch.Tensor); ok {
		return []*torch.Tensor{t}
	}
	return any(x).([]*torch.Tensor)
}

func from[X Tensors](list []*torch.Tensor) X {
	var x X
	if _, ok := any(x).(*torch.Tensor); ok {
		return any(list[0]).(X)
	}
	return any(list).(X)
}

// isTuple reports whether x stands for one of Python's tuples.
func isTuple[X Tensors](x X) bool {
	_, ok := any(x).([]*torch.Tensor)
	return ok
}

// isNone reports whether x is Python's None.
func isNone[X Tensors](x X) bool {
	switch x := any(x).(type) {
	case *torch.Tensor:
		return x == nil
	case []*torch.Tensor:
		return x == nil
	}
	panic("unreachable")
}

func refuse(format string, args ...any) { panic(torch.NewError("RuntimeError", format, args...)) }

// checkTensors refuses None among the tensors.
func checkTensors[X Tensors](x X, argument, function string) []*torch.Tensor {
	list := listOf(x)
	for i, t := range list {
		switch {
		case t != nil:
		case isTuple(x):
			panic(torch.NewError("TypeError", "The %s given to %s must be either a Tensor or a tuple of Tensors but the value at "+
				"index %d has type <class 'NoneType'>.", argument, function, i))
		default:
			panic(torch.NewError("TypeError", "The %s given to %s must be either a Tensor or a tuple of Tensors but the given "+
				"%[1]s has type <class 'NoneType'>.", argument, function))
		}
	}
	return list
}

const outputsOf = "outputs of the user-provided function"

// prepared returns new tensors for the inputs, so that what f captures is not
// taken for its arguments. With createGraph they stay connected.
func prepared(inputs []*torch.Tensor, createGraph, needGraph bool) []*torch.Tensor {
	fresh := make([]*torch.Tensor, len(inputs))
	for i, t := range inputs {
		switch {
		case !createGraph || !t.RequiresGrad():
			fresh[i] = t.Detach().RequiresGrad_(needGraph)
		case t.IsSparse():
			fresh[i] = t.Clone()
		default:
			fresh[i] = t.ViewAs(t)
		}
	}
	return fresh
}

// finished returns the results without history, unless a graph is wanted.
func finished(results []*torch.Tensor, createGraph bool) []*torch.Tensor {
	if createGraph {
		return results
	}
	detached := make([]*torch.Tensor, len(results))
	for i, t := range results {
		detached[i] = t.Detach()
	}
	return detached
}

// checkVector refuses a vector that does not fit the tensors.
func checkVector(v, like []*torch.Tensor, tuple bool) {
	switch {
	case len(v) == len(like):
	case tuple:
		refuse("v is a tuple of invalid length: should be %d but got %d.", len(like), len(v))
	default:
		refuse("The given v should contain a single Tensor.")
	}
	for i := range v {
		if got, want := sizeText(v[i].Shape()), sizeText(like[i].Shape()); got != want {
			entry := ""
			if tuple {
				entry = "Entry " + itoa(i) + " in "
			}
			refuse("%sv has invalid size: should be %s but got %s.", entry, want, got)
		}
	}
}

// checkRequiresGrad refuses, in strict mode, tensors that do not depend on the
// inputs; what says which tensors they are.
func checkRequiresGrad(tensors []*torch.Tensor, what string, strict bool) {
	for i, t := range tensors {
		switch {
		case !strict || t != nil && t.RequiresGrad():
		case t == nil:
			refuse("The output of the user-provided function is independent of input %d."+
				" This is not allowed in strict mode.", i)
		case what == "hessian":
			refuse("The hessian of the user-provided function with respect to input %d is independent of the input. This is "+
				"not allowed in strict mode. You should ensure that your function is thrice differentiable and that the hessian "+
				"depends on the inputs.", i)
		case what == "jacobian":
			refuse("While computing the hessian, found that the jacobian of the user-provided function with respect to input "+
				"%d is independent of the input. This is not allowed in strict mode. You should ensure that your function is "+
				"twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function "+
				"for example).", i)
		case what == "grad_inputs":
			refuse("The gradient with respect to input %d is independent of the inputs of the user-provided function. "+
				"This is not allowed in strict mode.", i)
		default:
			refuse("Output %d of the user-provided function does not require gradients. The outputs must be computed in a "+
				"differentiable manner from the input when running in strict mode.", i)
		}
	}
}

// gradOf is torch.Grad that leaves out what does not require gradients. Its
// results are nil for inputs that nothing depends on; gradients may be nil.
func gradOf(outputs, inputs, gradients []*torch.Tensor, opts ...torch.GradOption) []*torch.Tensor {
	var from, start []*torch.Tensor
	for i, t := range outputs {
		if t != nil && t.RequiresGrad() {
			from = append(from, t)
			if gradients != nil {
				start = append(start, gradients[i])
			}
		}
	}
	if len(from) == 0 {
		return make([]*torch.Tensor, len(inputs))
	}
	if start != nil {
		opts = append(opts, torch.WithGradient(start...))
	}
	return torch.Grad(from, inputs, append(opts, torch.AllowUnused(true))...)
}

// stage says how gradients were computed, for messages of strict mode.
type stage struct {
	independent string // of the %d-th input
	subject     string // that create_graph needs
}

var (
	back = stage{"The output of the user-provided function is independent of input %d. This is not allowed in strict mode.",
		"jacobian"}
	backTrick = stage{"The gradient with respect to the input is independent of entry %d in the grad_outputs when using the " +
		"double backward trick to compute forward mode gradients. This is not allowed in strict mode.", "jacobian"}
	doubleBack = stage{"The jacobian of the user-provided function is independent of input %d. This is not allowed in strict " +
		"mode.", "hessian"}
	doubleBackTrick = stage{"The hessian of the user-provided function is independent of entry %d in the grad_jacobian. This " +
		"is not allowed in strict mode as it prevents from using the double backward trick to replace forward mode AD.", "hessian"}
)

// filled puts zeros where there is no gradient, or refuses that in strict mode.
func filled(grads, like []*torch.Tensor, o options, s stage) []*torch.Tensor {
	for i, g := range grads {
		switch {
		case g == nil && o.strict:
			refuse(s.independent, i)
		case g == nil:
			grads[i] = torch.ZerosLike(like[i])
		case o.strict && o.createGraph && !g.RequiresGrad():
			refuse("The %s of the user-provided function is independent of input %d. This is not allowed in strict mode "+
				"when create_graph=True.", s.subject, i)
		}
	}
	return grads
}

// withGrad runs fn with the recording of operations if on, and else as it is.
func withGrad(on bool, fn func()) {
	if on {
		torch.EnableGrad(fn)
	} else {
		fn()
	}
}
