package autograd

import (
	"fmt"
	"math"

	"github.com/wangkuiyi/gotorch/torch"
)

// A Func is a function of tensors, as [Gradcheck] takes it.
type Func = func(inputs ...*torch.Tensor) []*torch.Tensor

// A GradcheckOption is an option of [Gradcheck] and [Gradgradcheck].
type GradcheckOption interface{ gradcheck(*checker) }

type (
	// Eps is how far inputs are moved to compute differences. Its default is
	// 1e-6.
	Eps float64
	// Atol is the absolute tolerance between differences and gradients. Its
	// default is 1e-5.
	Atol float64
	// Rtol is the relative tolerance. Its default is 1e-3.
	Rtol float64
	// NondetTol is by how much two backward passes may differ. Its default is 0.
	NondetTol float64
	// CheckUndefinedGrad checks that gradients that are not there count as
	// zeros. Its default is true.
	CheckUndefinedGrad bool
	// CheckGradDtypes checks that gradients have the dtypes of their inputs. Its
	// default is false.
	CheckGradDtypes bool
	// GradOutputs are the gradients of the outputs, for [Gradgradcheck]. By
	// default they are random.
	GradOutputs []*torch.Tensor
	// GenNonContigGradOutputs has Gradgradcheck make gradients that are not
	// contiguous. Its default is false.
	GenNonContigGradOutputs bool
)

func (o Eps) gradcheck(c *checker)                     { c.eps = float64(o) }
func (o Atol) gradcheck(c *checker)                    { c.atol = float64(o) }
func (o Rtol) gradcheck(c *checker)                    { c.rtol = float64(o) }
func (o NondetTol) gradcheck(c *checker)               { c.nondetTol = float64(o) }
func (o CheckUndefinedGrad) gradcheck(c *checker)      { c.undefined = bool(o) }
func (o CheckGradDtypes) gradcheck(c *checker)         { c.dtypes = bool(o) }
func (o GradOutputs) gradcheck(c *checker)             { c.gradOutputs = o }
func (o GenNonContigGradOutputs) gradcheck(c *checker) { c.nonContiguous = bool(o) }

// checker is one check of a function.
type checker struct {
	fn     Func
	inputs []*torch.Tensor

	eps, atol, rtol, nondetTol float64
	undefined, dtypes          bool
	gradOutputs                []*torch.Tensor
	nonContiguous              bool

	// Where a complex function is looked at by parts: which of the outputs are
	// complex, and which part it is.
	complexIndices []int
	imaginary      bool
}

func newChecker(fn Func, inputs []*torch.Tensor, opts []GradcheckOption) *checker {
	c := &checker{fn: fn, inputs: inputs, eps: 1e-6, atol: 1e-5, rtol: 1e-3, undefined: true}
	for _, o := range opts {
		o.gradcheck(c)
	}
	return c
}

// Gradcheck checks fn's gradients with respect to those inputs that require
// them against differences of fn's results. It returns nil, or an error that
// says where they do not agree, which Python's gradcheck raises, or returns
// False for with raise_exception=False.
//
// The tolerances are for inputs of dtype torch.Float64. Where outputs are
// complex, their real and imaginary parts are checked one after the other.
// Inputs that no gradient can be checked for panic.
func Gradcheck(fn Func, inputs []*torch.Tensor, opts ...GradcheckOption) error {
	return newChecker(fn, inputs, opts).run()
}

// Gradgradcheck is [Gradcheck] for the second derivative: it checks the
// gradients of fn's gradients. Python's gradgradcheck.
func Gradgradcheck(fn Func, inputs []*torch.Tensor, opts ...GradcheckOption) error {
	c := newChecker(fn, inputs, opts)
	gradOutputs := c.gradOutputs
	if gradOutputs == nil {
		for _, y := range differentiable(fn(inputs...)) {
			gradOutputs = append(gradOutputs, c.randomGradient(y))
		}
	}
	n := len(inputs)
	all := append(append([]*torch.Tensor{}, inputs...), gradOutputs...)
	needed := make([]bool, len(all))
	for i, t := range all {
		needed[i] = t != nil && t.RequiresGrad()
	}
	c.inputs = all
	c.fn = func(args ...*torch.Tensor) []*torch.Tensor {
		var from []*torch.Tensor
		for i, t := range args {
			if needed[i] {
				t.RequiresGrad_()
				if i < n {
					from = append(from, t)
				}
			}
		}
		outputs := differentiable(fn(args[:n]...))
		grads := torch.Grad(outputs, from, torch.WithGradient(args[n:]...), torch.CreateGraph(true), torch.AllowUnused(true))
		return present(grads)
	}
	return c.run()
}

// randomGradient returns a gradient for an output, of numbers from -1 to 1.
func (c *checker) randomGradient(y *torch.Tensor) *torch.Tensor {
	shape := y.Shape()
	if c.nonContiguous && len(shape) > 0 {
		shape[len(shape)-1] *= 2
	}
	dtype := y.DType()
	g := torch.Empty(shape, dtype, y.Device())
	torch.NoGrad(func() {
		if dtype.IsComplex() {
			torch.ViewAsReal(g).Uniform_(-1, 1)
		} else {
			g.Uniform_(-1, 1)
		}
	})
	if c.nonContiguous && len(shape) > 0 {
		g = g.Index(torch.Ellipsis, torch.Slice(nil, nil, 2))
	}
	return g.Detach().RequiresGrad_()
}

// A failure is what a check panics with that fails; it becomes its result.
type failure struct{ message string }

func fail(format string, args ...any) { panic(failure{fmt.Sprintf(format, args...)}) }

func (c *checker) run() (err error) {
	c.checkInputs()
	defer func() {
		switch e := recover().(type) {
		case nil:
		case failure:
			err = torch.NewError("GradcheckError", "%s", e.message)
		default:
			panic(e)
		}
	}()
	torch.EnableGrad(c.check)
	return nil
}

func (c *checker) check() {
	all := c.fn(c.inputs...)
	outputs := differentiable(all)
	c.checkOutputs(outputs)
	c.checkParts(all)
	c.checkScaled(outputs)
	if c.undefined {
		c.checkUndefined(len(outputs))
	}
}

// checkInputs panics about inputs that cannot be checked.
func (c *checker) checkInputs() {
	required := false
	for i, t := range c.inputs {
		if t == nil || !t.RequiresGrad() {
			continue
		}
		required = true
		if dtype := t.DType(); dtype != torch.Float64 && dtype != torch.Complex128 {
			torch.Warn("Input #%d requires gradient and is not a double precision floating point or complex. "+
				"This check will likely fail if all the inputs are not of double precision floating point or complex. ", i)
		}
		if t.Layout() != torch.Strided {
			panic(torch.NewError("NotImplementedError", "gradcheck of %s inputs; check their values", t.Layout()))
		}
		for d, stride := range t.Stride() {
			if stride == 0 && t.Shape()[d] > 1 {
				panic(torch.NewError("RuntimeError", "The %dth input has a dimension with stride 0. gradcheck only supports inputs "+
					"that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "+
					"on the input before passing it to gradcheck.", i))
			}
		}
	}
	if !required {
		panic(torch.NewError("ValueError", "gradcheck expects at least one input tensor to require gradient, "+
			"but none of them have requires_grad=True."))
	}
}

func (c *checker) checkOutputs(outputs []*torch.Tensor) {
	for _, y := range outputs {
		if y.Layout() != torch.Strided {
			panic(torch.NewError("ValueError", "Sparse output is not supported at gradcheck yet. "+
				"Please call to_dense(masked_grad=...) on the output of fn for gradcheck."))
		}
	}
}

// checkParts checks the gradients; where outputs are complex, first those of
// their imaginary parts and then those of their real parts.
func (c *checker) checkParts(all []*torch.Tensor) {
	var complexIndices []int
	for i, y := range differentiable(all) {
		if y.IsComplex() {
			complexIndices = append(complexIndices, i)
		}
	}
	if !anyComplex(all) {
		c.compare(all)
		return
	}
	for _, part := range []struct {
		of        func(*torch.Tensor) *torch.Tensor
		imaginary bool
	}{{torch.Imag, true}, {torch.Real, false}} {
		p := *c
		p.complexIndices, p.imaginary = complexIndices, part.imaginary
		p.fn = func(inputs ...*torch.Tensor) []*torch.Tensor {
			outputs := append([]*torch.Tensor{}, c.fn(inputs...)...)
			for i, y := range outputs {
				if y.IsComplex() {
					outputs[i] = part.of(y)
				}
			}
			return outputs
		}
		p.compare(p.fn(p.inputs...))
	}
}

// compare compares all elements of the Jacobians.
func (c *checker) compare(all []*torch.Tensor) {
	numerical := c.numericalJacobians(all)
	outputs := differentiable(all)
	if len(outputs) == 0 {
		for _, ofInput := range numerical {
			for _, j := range ofInput {
				if torch.Ne(j, 0).Sum().Item() > 0 {
					fail("Numerical gradient for function expected to be zero")
				}
			}
		}
		return
	}
	next := 0
	for k, y := range floating(all) {
		if !y.RequiresGrad() {
			continue
		}
		for j, a := range c.analyticalJacobian(outputs[next]) {
			if n := numerical[j][k]; !c.close(a, n) {
				fail("%s", c.mismatch(a, n, next, j))
			}
		}
		next++
	}
}

// close compares like torch.allclose, after promotion of the dtypes.
func (c *checker) close(a, b *torch.Tensor) bool {
	dtype := torch.PromoteTypes(a.DType(), b.DType())
	return torch.Allclose(a.To(dtype), b.To(a.Device()).To(dtype), torch.Rtol(c.rtol), torch.Atol(c.atol))
}

// mismatch says which Jacobians differ, in Python's words.
func (c *checker) mismatch(analytical, numerical *torch.Tensor, output, input int) string {
	prefix, part := "", "real"
	if c.imaginary {
		part = "imaginary"
	}
	for _, i := range c.complexIndices {
		if i == output {
			prefix = fmt.Sprintf("While considering the %s part of complex outputs only, ", part)
		}
	}
	return fmt.Sprintf("%sJacobian mismatch for output %d with respect to input %d,\nnumerical:%v\nanalytical:%v\n",
		prefix, output, input, numerical, analytical)
}

// Which tensors the checks look at.

func differentiable(tensors []*torch.Tensor) []*torch.Tensor {
	var list []*torch.Tensor
	for _, t := range tensors {
		if t != nil && t.RequiresGrad() {
			list = append(list, t)
		}
	}
	return list
}

func floating(tensors []*torch.Tensor) []*torch.Tensor {
	var list []*torch.Tensor
	for _, t := range tensors {
		if t != nil && (t.IsFloatingPoint() || t.IsComplex()) {
			list = append(list, t)
		}
	}
	return list
}

func present(tensors []*torch.Tensor) []*torch.Tensor {
	var list []*torch.Tensor
	for _, t := range tensors {
		if t != nil {
			list = append(list, t)
		}
	}
	return list
}

func anyComplex(tensors []*torch.Tensor) bool {
	for _, t := range tensors {
		if t != nil && t.IsComplex() {
			return true
		}
	}
	return false
}

func maxAbs(t *torch.Tensor) float64 {
	if t.Numel() == 0 {
		return math.Inf(-1)
	}
	return t.Abs().Max().Item()
}
