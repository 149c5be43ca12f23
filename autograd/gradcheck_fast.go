package autograd

import (
	"fmt"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// Fast mode compares v'Ju, for random vectors u and v, in which J is the Jacobian of
// an output by an input, instead of J. Forward mode, which has a column at the price
// of an element, compares Ju.

// vectors are u for each input that requires a gradient, and v for each output.
// Where the input is complex, u is for its real part and imaginary for the other.
type vectors struct{ u, imaginary, v []*torch.Tensor }

// vectors draws them from a generator of their own.
func (p *part) vectors(outputs []*torch.Tensor) vectors {
	generator := torch.NewGenerator()
	random := func(like *torch.Tensor, dtype torch.DType) *torch.Tensor {
		v := torch.Rand([]int64{like.Numel()}, generator, torch.CPU).To(dtype, like.Device())
		return v.Div_(torch.Norm(v))
	}
	var all vectors
	for _, x := range differentiable(p.inputs) {
		var imaginary *torch.Tensor
		all.u = append(all.u, random(x, x.DType().ToReal()))
		if x.IsComplex() {
			imaginary = random(x, x.DType().ToReal())
		}
		all.imaginary = append(all.imaginary, imaginary)
	}
	for _, y := range outputs {
		all.v = append(all.v, random(y, y.DType()))
	}
	return all
}

// compareProducts compares v'Ju, or Ju.
func (p *part) compareProducts() {
	var outputs []*torch.Tensor
	if !p.forward {
		outputs = differentiable(p.all)
	}
	r := p.vectors(outputs)
	numerical := p.numericalProducts(r)
	var analytical func(input, k int) *torch.Tensor
	if p.forward {
		products := p.forwardJacobians(r.u)
		analytical = func(input, k int) *torch.Tensor { return products[input][k] }
	} else {
		if len(outputs) == 0 {
			p.expectZeros(r)
		}
		products := p.analyticalProducts(outputs, r)
		analytical = func(input, k int) *torch.Tensor { return products[k][input] }
	}
	for input, ofInput := range numerical {
		for k, n := range ofInput {
			if a := analytical(input, k); !close(a, n, p.rtol, p.atol*r.scale(input, k)) {
				fail("%s%s", p.mismatch(a, n, k, input), p.slowly(input, k))
			}
		}
	}
}

// scale is by how much the tolerance for an element of J grows in the product.
func (r vectors) scale(input, output int) float64 {
	scale := r.u[input].Sum().Item()
	if im := r.imaginary[input]; im != nil {
		scale += im.Sum().Item()
	}
	if r.v != nil {
		scale *= torch.Real(r.v[output].Sum()).Item()
	}
	return scale
}

// numericalProducts returns differences for each input, and each output that
// requires a gradient or, in forward mode, that has floating-point numbers.
func (p *part) numericalProducts(r vectors) (products [][]*torch.Tensor) {
	for i := range differentiable(p.inputs) {
		next := 0
		var ofInput []*torch.Tensor
		for k, ju := range p.numericalProduct(i, r) {
			if !p.forward && !floating(p.all)[k].RequiresGrad() {
				continue
			}
			if !p.forward {
				ju = r.v[next].Mul(ju).Sum()
			}
			ofInput = append(ofInput, ju)
			next++
		}
		products = append(products, ofInput)
	}
	return products
}

// numericalProduct returns Ju for each floating-point output.
func (p *part) numericalProduct(input int, r vectors) []*torch.Tensor {
	x := differentiable(p.inputs)[input]
	v := r.u[input].Reshape(x.Shape()...).Mul(p.eps)
	var w *torch.Tensor
	if im := r.imaginary[input]; im != nil {
		w = im.Reshape(x.Shape()...).Mul(p.eps).Mul(1i)
	}
	return p.derivative(dataOf(x), v, w, nil)
}

// expectZeros checks that differences are zero where no output can be
// differentiated.
func (p *part) expectZeros(r vectors) {
	for i := range differentiable(p.inputs) {
		for _, ju := range p.numericalProduct(i, r) {
			if maxAbs(ju) > p.nondetTol {
				fail("Numerical gradient for function expected to be zero")
			}
		}
	}
}

// analyticalProducts returns, for each output and each input, what backward
// computes.
func (p *part) analyticalProducts(outputs []*torch.Tensor, r vectors) (products [][]*torch.Tensor) {
	inputs := differentiable(p.inputs)
	for k, y := range outputs {
		v := r.v[k].Reshape(y.Shape()...)
		vjs := p.repeated(func() (rows [][]*torch.Tensor) {
			for _, g := range torch.Grad([]*torch.Tensor{y}, inputs, torch.WithGradient(v), torch.RetainGraph(true), torch.AllowUnused(true)) {
				if g != nil {
					g = g.Clone()
				}
				rows = append(rows, []*torch.Tensor{g})
			}
			return rows
		})
		var ofOutput []*torch.Tensor
		for i, vj := range vjs {
			ofOutput = append(ofOutput, r.times(i, vj.T().Squeeze(torch.Dim(0))))
		}
		products = append(products, ofOutput)
	}
	return products
}

// times multiplies a gradient by u.
func (r vectors) times(input int, vj *torch.Tensor) *torch.Tensor {
	if !vj.IsComplex() {
		return vj.Dot(r.u[input])
	}
	parts := torch.ViewAsReal(vj.ResolveConj())
	return parts.Select(-1, 0).Dot(r.u[input]).Add(parts.Select(-1, 1).Dot(r.imaginary[input]).Mul(1i))
}

// slowly compares the Jacobians themselves, for the text of a failure.
func (p *part) slowly(input, output int) string {
	x := differentiable(p.inputs)[input]
	slow := *p
	slow.inputs = []*torch.Tensor{x}
	slow.fn = func(in ...*torch.Tensor) []*torch.Tensor {
		all := slices.Clone(p.inputs)
		all[slices.Index(all, x)] = in[0]
		if p.forward {
			return floating(p.fn(all...))[output : output+1]
		}
		return differentiable(p.fn(all...))[output : output+1]
	}
	slow.all = slow.fn(x)
	numerical := slow.numericalJacobian(x, slow.all)[0]
	var analytical *torch.Tensor
	if p.forward {
		analytical = slow.forwardJacobians(nil)[0][0]
	} else {
		jacobians, _, _ := stack(slow.rows(slow.all[0]), slow.inputs)
		analytical = jacobians[0]
	}
	text := fmt.Sprintf("\nThe above quantities relating the numerical and analytical jacobians are computed \nin fast mode. See: "+
		"https://github.com/pytorch/pytorch/issues/53876 for more background \nabout fast mode. Below, we recompute numerical and "+
		"analytical jacobians in slow mode:\n\nNumerical:\n %v\nAnalytical:\n%v\n\nThe max per-element difference (slow mode) is: "+
		"%v.\n", numerical, analytical, pythonFloat(maxAbs(numerical.Sub(analytical))))
	if torch.Allclose(analytical, numerical, torch.Rtol(p.rtol), torch.Atol(p.atol)) {
		text += fastFailed
	}
	return text
}
