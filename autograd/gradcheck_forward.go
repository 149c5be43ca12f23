package autograd

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/torch"
)

// checkForward checks the gradients of forward mode; where inputs are complex,
// first those of the function of their imaginary parts, the real ones staying as
// they are, and then the other way round.
func (c *checker) checkForward(all []*torch.Tensor) {
	whole := part{checker: c, fn: c.fn, inputs: c.inputs, all: all, forward: true}
	complexIndices := complexOnes(c.inputs)
	if len(complexIndices) == 0 {
		whole.compare()
		if c.undefined {
			whole.checkUndefinedTangents()
		}
		return
	}
	imaginary := c.partOfInputs(whole, complexIndices, torch.Imag, func(x, original *torch.Tensor) *torch.Tensor {
		return torch.Real(original).Add(x.Mul(1i))
	})
	imaginary.imaginary = true
	imaginary.compare()
	real := c.partOfInputs(whole, complexIndices, torch.Real, func(x, original *torch.Tensor) *torch.Tensor {
		return x.Add(torch.Imag(original).Mul(1i))
	})
	real.compare()
	if c.undefined {
		imaginary.checkUndefinedTangents()
		real.checkUndefinedTangents()
	}
}

// partOfInputs is the check of the function of real parts of complex inputs, which
// join puts together with the other parts.
func (c *checker) partOfInputs(p part, complexIndices []int, of func(*torch.Tensor) *torch.Tensor,
	join func(x, original *torch.Tensor) *torch.Tensor) *part {
	p.complexIndices = complexIndices
	p.fn = func(inputs ...*torch.Tensor) []*torch.Tensor {
		joined := append([]*torch.Tensor{}, inputs...)
		for _, i := range complexIndices {
			joined[i] = join(inputs[i], c.inputs[i])
		}
		return c.fn(joined...)
	}
	p.inputs = eachComplex(c.inputs, of)
	p.all = p.fn(p.inputs...)
	return &p
}

// duals gives tangents of zeros to the inputs that require gradients, and returns
// the inputs with them, and those tangents.
func (p *part) duals() (inputs, tangents []*torch.Tensor) {
	inputs = append(inputs, p.inputs...)
	for i, x := range inputs {
		if x != nil && x.RequiresGrad() {
			inputs[i] = MakeDual(x.Detach(), torch.ZerosLike(x))
			_, tangent := UnpackDual(inputs[i]) // a view may have one of its own
			tangents = append(tangents, tangent)
		}
	}
	return inputs, tangents
}

// forwardJacobians returns, for each input that requires a gradient and each
// floating-point output, the matrix that forward mode computes: a row for each
// element of the input. Given a vector for each input, it returns the products.
func (p *part) forwardJacobians(vectors []*torch.Tensor) (jacobians [][]*torch.Tensor) {
	DualLevel(func() {
		inputs, tangents := p.duals()
		for i, tangent := range tangents {
			if vectors != nil {
				tangent.Copy_(vectors[i].ViewAs(tangent))
				jacobians = append(jacobians, p.tangents(inputs))
				tangent.Zero_()
				continue
			}
			ofInput := make([]*torch.Tensor, len(floating(p.all)))
			for k, y := range floating(p.all) {
				ofInput[k] = torch.Zeros([]int64{tangent.Numel(), y.Numel()}, y.DType(), y.Device())
			}
			for row, index := range indices(tangent.Shape()) {
				element := at(tangent, index)
				element.Fill_(1)
				for k, t := range p.tangents(inputs) {
					ofInput[k].Select(0, int64(row)).Copy_(t)
				}
				element.Fill_(0)
			}
			jacobians = append(jacobians, ofInput)
		}
	})
	return jacobians
}

// tangents returns those of the floating-point outputs, flat.
func (p *part) tangents(inputs []*torch.Tensor) (list []*torch.Tensor) {
	for _, y := range floating(p.fn(inputs...)) {
		value, tangent := UnpackDual(y)
		switch {
		case tangent == nil:
			tangent = torch.Zeros(value.Shape(), value.DType(), value.Device())
		case p.dtypes && value.IsComplex() != tangent.IsComplex():
			fail("Forward AD gradient has dtype mismatch.")
		}
		list = append(list, tangent.Reshape(-1).Clone())
	}
	return list
}

// checkUndefinedTangents checks that a tangent that is not there counts as zeros.
func (p *part) checkUndefinedTangents() {
	vectors := p.vectors(nil)
	DualLevel(func() {
		inputs, tangents := p.duals()
		for i, t := range tangents {
			t.Copy_(vectors.u[i].ViewAs(t))
		}
		for i, x := range p.inputs {
			if x == nil || !x.RequiresGrad() {
				continue
			}
			dual := inputs[i]
			inputs[i] = MakeDual(x.Detach(), torch.ZerosLike(x))
			zeros := floating(p.fn(inputs...))
			inputs[i] = x.Detach()
			undefined := floating(p.fn(inputs...))
			inputs[i] = dual
			for k := range zeros {
				_, a := UnpackDual(zeros[k])
				_, b := UnpackDual(undefined[k])
				if a != nil && b != nil && !torch.Allclose(a, b) {
					fail("('Mismatch in tangent values for output with index: ', %d, ' when input: ', %v, ' has an undefined tangent "+
						"value. ', ' Got: ', %v, ' but expected: ', %v)", k, x, a, b)
				}
			}
		}
	})
}

// checkBatchedForward checks that vmap computes tangents of a batch.
func (c *checker) checkBatchedForward() {
	for i, x := range c.inputs {
		if x == nil || !x.RequiresGrad() {
			continue
		}
		jvp := func(tangent []*torch.Tensor) (tangents []*torch.Tensor) {
			DualLevel(func() {
				inputs := make([]*torch.Tensor, len(c.inputs))
				for j, t := range c.inputs {
					if t != nil {
						inputs[j] = t.Detach()
					}
				}
				inputs[i] = MakeDual(inputs[i], tangent[0])
				for _, y := range present(c.fn(inputs...)) {
					tangents = append(tangents, tangentOrZeros(y))
				}
			})
			return tangents
		}
		batch := []*torch.Tensor{torch.RandnLike(x), torch.RandnLike(x)}
		compareBatches(jvp, batch, batchedForwardNote, func(output int) (int, int) { return output, output })
	}
}

func tangentOrZeros(y *torch.Tensor) *torch.Tensor {
	value, tangent := UnpackDual(y)
	if tangent == nil {
		return torch.Zeros([]int64{}, value.DType(), value.Device()).Expand(value.Shape()...)
	}
	return tangent
}

// checkBatched checks that vmap computes the gradients of a batch for an output.
func (c *checker) checkBatched(output int, y *torch.Tensor) {
	inputs := differentiable(c.inputs)
	vjp := func(v []*torch.Tensor) []*torch.Tensor {
		grads := torch.Grad([]*torch.Tensor{y}, inputs, torch.WithGradient(v...), torch.RetainGraph(true), torch.AllowUnused(true))
		for i, g := range grads {
			if g == nil {
				grads[i] = torch.Zeros([]int64{}, inputs[i].DType(), inputs[i].Device()).Expand(inputs[i].Shape()...)
			}
		}
		return grads
	}
	batch := []*torch.Tensor{torch.RandnLike(y), torch.RandnLike(y)}
	compareBatches(vjp, batch, batchedNote, func(input int) (int, int) { return output, input })
}

// compareBatches compares what f gives for each of two tensors, and for both at
// once. place tells the output and the input for the text of a failure.
func compareBatches(f func([]*torch.Tensor) []*torch.Tensor, batch []*torch.Tensor, note string, place func(i int) (output, input int)) {
	one, other := f(batch[:1]), f(batch[1:])
	var results []*torch.Tensor
	err := torch.Try(func() {
		results = transforms.MapOld([]*torch.Tensor{torch.Stack(batch)}, func(v []*torch.Tensor) []*torch.Tensor { return f(v) })
	})
	if e, ok := err.(*torch.Error); ok {
		fail("While computing batched gradients, got: %s\n\n%s", e.Message, note)
	}
	for i, got := range results {
		if want := torch.Stack([]*torch.Tensor{one[i], other[i]}); !torch.Allclose(got, want) {
			output, input := place(i)
			fail("%s", fmt.Sprintf("For output %d and input %d:\n\n%s\n\nGot:\n%v\n\nExpected:\n%v", output, input, note, got, want))
		}
	}
}
