package autograd

import "github.com/wangkuiyi/gotorch/torch"

// Vjp returns f(inputs), and v multiplied with the Jacobian of f: the gradients
// for the inputs. v has the structure of f's result, and may be nil if that is
// one tensor with one element. Python's torch.autograd.functional.vjp.
func Vjp[X, Y Tensors](f func(X) Y, inputs X, v Y, opts ...ProductOption) (outputs Y, vjp X) {
	o := productOptions(opts)
	var in, out, vector []*torch.Tensor
	torch.EnableGrad(func() {
		in = prepared(checkTensors(inputs, "inputs", "vjp"), o.createGraph, true)
		y := f(from[X](in))
		out = checkTensors(y, outputsOf, "vjp")
		checkRequiresGrad(out, "outputs", o.strict)
		if isNone(v) {
			if len(out) != 1 || out[0].Numel() != 1 {
				refuse("The vector v can only be None if the user-provided function returns a single Tensor with a single element.")
			}
			return
		}
		vector = prepared(checkTensors(v, "v", "vjp"), o.createGraph, false)
		checkVector(vector, out, isTuple(y))
	})
	var grads []*torch.Tensor
	withGrad(o.createGraph, func() {
		grads = filled(gradOf(out, in, vector, torch.CreateGraph(o.createGraph)), in, o, back)
	})
	return from[Y](finished(out, o.createGraph)), from[X](finished(grads, o.createGraph))
}

// Jvp returns f(inputs), and the Jacobian of f multiplied with v, computed by
// going backward twice. v has the structure of the inputs, and may be nil if
// these are one tensor with one element. Python's
// torch.autograd.functional.jvp; functorch.Jvp uses forward mode.
func Jvp[X, Y Tensors](f func(X) Y, inputs, v X, opts ...ProductOption) (outputs, jvp Y) {
	o := productOptions(opts)
	var in, out, vector, gradIn, gradOut []*torch.Tensor
	torch.EnableGrad(func() {
		in = prepared(checkTensors(inputs, "inputs", "jvp"), o.createGraph, true)
		vector = preparedVector(v, inputs, in, o, "jvp")
		out = checkTensors(f(from[X](in)), outputsOf, "jvp")
		checkRequiresGrad(out, "outputs", o.strict)
		gradOut = zeros(out)
		gradIn = gradOf(out, in, gradOut, torch.CreateGraph(true))
		checkRequiresGrad(gradIn, "grad_inputs", o.strict)
	})
	var grads []*torch.Tensor
	withGrad(o.createGraph, func() {
		grads = filled(gradOf(gradIn, gradOut, vector, torch.CreateGraph(o.createGraph)), out, o, backTrick)
	})
	return from[Y](finished(out, o.createGraph)), from[Y](finished(grads, o.createGraph))
}

// Vhp returns f(inputs), and v multiplied with the Hessian of f, which must
// return a tensor with one element. v has the structure of the inputs, and may
// be nil if these are one tensor with one element. Python's
// torch.autograd.functional.vhp.
func Vhp[X Tensors](f func(X) *torch.Tensor, inputs, v X, opts ...ProductOption) (output *torch.Tensor, vhp X) {
	o := productOptions(opts)
	var p *secondOrder
	torch.EnableGrad(func() { p = newSecondOrder(f, inputs, v, o, "vhp") })
	var grads []*torch.Tensor
	withGrad(o.createGraph, func() {
		grads = filled(gradOf(p.jacobian, p.inputs, p.vector, torch.CreateGraph(o.createGraph)), p.inputs, o, doubleBack)
	})
	return p.results(o), from[X](finished(grads, o.createGraph))
}

// Hvp returns f(inputs), and the Hessian of f multiplied with v. It takes more
// time than [Vhp], whose result is the same for functions that can be
// differentiated twice. Python's torch.autograd.functional.hvp.
func Hvp[X Tensors](f func(X) *torch.Tensor, inputs, v X, opts ...ProductOption) (output *torch.Tensor, hvp X) {
	o := productOptions(opts)
	var p *secondOrder
	var start, double []*torch.Tensor
	torch.EnableGrad(func() {
		p = newSecondOrder(f, inputs, v, o, "hvp")
		start = zeros(p.inputs)
		double = gradOf(p.jacobian, p.inputs, start, torch.CreateGraph(true))
		checkRequiresGrad(p.jacobian, "hessian", o.strict)
	})
	var grads []*torch.Tensor
	withGrad(o.createGraph, func() {
		grads = filled(gradOf(double, start, p.vector, torch.CreateGraph(o.createGraph)), p.inputs, o, doubleBackTrick)
	})
	return p.results(o), from[X](finished(grads, o.createGraph))
}

// A secondOrder is what products with a Hessian start from.
type secondOrder struct{ inputs, vector, outputs, jacobian []*torch.Tensor }

func newSecondOrder[X Tensors](f func(X) *torch.Tensor, inputs, v X, o options, name string) *secondOrder {
	p := &secondOrder{inputs: prepared(checkTensors(inputs, "inputs", name), o.createGraph, true)}
	p.vector = preparedVector(v, inputs, p.inputs, o, name)
	p.outputs = checkTensors(f(from[X](p.inputs)), outputsOf, name)
	checkRequiresGrad(p.outputs, "outputs", o.strict)
	if p.outputs[0].Numel() != 1 {
		refuse("The Tensor returned by the function given to %s should contain a single element", name)
	}
	p.jacobian = gradOf(p.outputs, p.inputs, nil, torch.CreateGraph(true))
	checkRequiresGrad(p.jacobian, "jacobian", o.strict)
	return p
}

func (p *secondOrder) results(o options) *torch.Tensor { return finished(p.outputs, o.createGraph)[0] }

// preparedVector prepares a vector for the inputs; nil stands for 1.
func preparedVector[X Tensors](v, inputs X, in []*torch.Tensor, o options, name string) []*torch.Tensor {
	if isNone(v) {
		if len(in) != 1 || in[0].Numel() != 1 {
			refuse("The vector v can only be None if the input to the user-provided function is a single Tensor with a " +
				"single element.")
		}
		return nil
	}
	vector := prepared(checkTensors(v, "v", name), o.createGraph, false)
	checkVector(vector, in, isTuple(inputs))
	return vector
}

func zeros(like []*torch.Tensor) []*torch.Tensor {
	list := make([]*torch.Tensor, len(like))
	for i, t := range like {
		list[i] = torch.ZerosLike(t, torch.RequiresGrad(true))
	}
	return list
}
