package autograd

import (
	"fmt"
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// A Func is a function of tensors, as [Gradcheck] takes it.
type Func = func(inputs ...*torch.Tensor) []*torch.Tensor

// checker is one check of a function.
type checker struct {
	fn     Func
	inputs []*torch.Tensor

	eps, atol, rtol, nondetTol float64
	undefined, dtypes, fast    bool
	forward, backward          bool
	batched, batchedForward    bool
	gradOutputs                []*torch.Tensor
	nonContiguous              bool
}

func newChecker(fn Func, inputs []*torch.Tensor) *checker {
	return &checker{fn: fn, inputs: inputs, eps: 1e-6, atol: 1e-5, rtol: 1e-3, undefined: true, backward: true}
}

// Gradcheck checks fn's gradients with respect to those inputs that require
// them against differences of fn's results. It returns nil, or an error that
// says where they do not agree, which Python's gradcheck raises, or returns
// False for with raise_exception=False.
//
// The tolerances are for inputs of dtype torch.Float64. Where outputs are
// complex, their real and imaginary parts are checked one after the other; in
// forward mode, those of inputs. Inputs that no gradient can be checked for panic.
// sparse.AsSparseGradcheck is for sparse inputs; its masked is that of Python's
// gradcheck.
func Gradcheck(fn Func, inputs []*torch.Tensor, opts ...GradcheckOption) error {
	c := newChecker(fn, inputs)
	for _, o := range opts {
		o.gradcheck(c)
	}
	return c.run()
}

// Gradgradcheck is [Gradcheck] for the second derivative: it checks the
// gradients of fn's gradients. Python's gradgradcheck.
func Gradgradcheck(fn Func, inputs []*torch.Tensor, opts ...GradgradcheckOption) error {
	c := newChecker(fn, inputs)
	for _, o := range opts {
		o.gradgradcheck(c)
	}
	switch {
	case !c.forward && !c.backward:
		wrongArguments("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
	case c.undefined && !c.backward:
		wrongArguments("Setting check_undefined_grad=True requires check_rev_over_rev to be True")
	case c.batched && !c.backward:
		wrongArguments("Setting check_batched_grad=True requires check_rev_over_rev to be True")
	}
	c.checkGradients()
	return c.run()
}

// checkGradients has c check the gradients of its function.
func (c *checker) checkGradients() {
	fn, inputs := c.fn, c.inputs
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
}

func wrongArguments(message string) { panic(torch.NewError("AssertionError", "%s", message)) }

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
	switch {
	case !c.forward && !c.backward:
		wrongArguments("Expected at least one of check_forward_ad or check_backward_ad to be True")
	case c.batched && !c.backward:
		wrongArguments("Setting check_batched_grad=True requires check_backward_ad to be True")
	case c.batchedForward && !c.forward:
		wrongArguments("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
	}
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
	if c.backward {
		c.checkBackward(all)
	}
	if c.forward {
		c.checkForward(all)
	}
	if c.batchedForward {
		c.checkBatchedForward()
	}
	if !c.backward {
		return
	}
	if c.batched {
		for i, y := range outputs {
			c.checkBatched(i, y)
		}
	}
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

// A part is a function whose gradients are compared: the one that is checked, or
// the real or the imaginary part of a complex one.
type part struct {
	*checker
	fn      Func
	inputs  []*torch.Tensor
	all     []*torch.Tensor // outputs
	forward bool            // mode

	complexIndices []int // of outputs, or of inputs in forward mode, whose parts these are
	imaginary      bool
}

// checkBackward checks gradients; where outputs are complex, first those of
// their imaginary parts and then those of their real parts.
func (c *checker) checkBackward(all []*torch.Tensor) {
	whole := part{checker: c, fn: c.fn, inputs: c.inputs, all: all}
	if !anyComplex(all) {
		whole.compare()
		return
	}
	complexIndices := complexOnes(differentiable(all))
	for _, p := range []struct {
		of        func(*torch.Tensor) *torch.Tensor
		imaginary bool
	}{{torch.Imag, true}, {torch.Real, false}} {
		half := whole
		half.complexIndices, half.imaginary = complexIndices, p.imaginary
		half.fn = func(inputs ...*torch.Tensor) []*torch.Tensor {
			return eachComplex(c.fn(inputs...), p.of)
		}
		half.all = half.fn(c.inputs...)
		half.compare()
	}
}

// compare compares the Jacobians, or in fast mode their products with vectors.
func (p *part) compare() {
	if p.fast {
		p.compareProducts()
	} else {
		p.compareElements()
	}
}

// compareElements compares all elements of the Jacobians.
func (p *part) compareElements() {
	numerical := p.numericalJacobians()
	outputs := differentiable(p.all)
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
	var analytical func(k int, y *torch.Tensor) []*torch.Tensor // by input, for the floating output k
	if p.forward {
		jacobians := p.forwardJacobians(nil)
		analytical = func(k int, _ *torch.Tensor) (column []*torch.Tensor) {
			for _, ofInput := range jacobians {
				column = append(column, ofInput[k])
			}
			return column
		}
	} else {
		analytical = func(_ int, y *torch.Tensor) []*torch.Tensor { return p.analyticalJacobian(y) }
	}
	next := 0
	for k, y := range floating(p.all) {
		if !y.RequiresGrad() {
			continue
		}
		for j, a := range analytical(k, y) {
			if n := numerical[j][k]; !close(a, n, p.rtol, p.atol) {
				fail("%s", p.mismatch(a, n, next, j))
			}
		}
		next++
	}
}

// close compares like torch.allclose, after promotion of the dtypes.
func close(a, b *torch.Tensor, rtol, atol float64) bool {
	dtype := torch.PromoteTypes(a.DType(), b.DType())
	return torch.Allclose(a.To(dtype), b.To(a.Device()).To(dtype), torch.Rtol(rtol), torch.Atol(atol))
}

// mismatch says which Jacobians differ, in Python's words.
func (p *part) mismatch(analytical, numerical *torch.Tensor, output, input int) string {
	prefix, half, element, mode, index := "", "real", "outputs", "", output
	if p.imaginary {
		half = "imaginary"
	}
	if p.forward {
		element, mode, index = "inputs", "computed with forward mode ", input
	}
	if slices.Contains(p.complexIndices, index) {
		prefix = fmt.Sprintf("While considering the %s part of complex %s only, ", half, element)
	}
	return fmt.Sprintf("%sJacobian %smismatch for output %d with respect to input %d,\nnumerical:%v\nanalytical:%v\n",
		prefix, mode, output, input, formatted(numerical), formatted(analytical))
}

// formatted is what Python's format makes of a tensor: of one without dimensions
// its number.
func formatted(t *torch.Tensor) string {
	switch {
	case t.Dim() > 0:
		return t.String()
	case t.IsComplex():
		v := torch.ItemOf[complex128](t)
		if real(v) == 0 && !math.Signbit(real(v)) {
			return shortFloat(imag(v)) + "j"
		}
		sign := "+"
		if math.Signbit(imag(v)) {
			sign = ""
		}
		return "(" + shortFloat(real(v)) + sign + shortFloat(imag(v)) + "j)"
	}
	return pythonFloat(t.Item())
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

// complexOnes returns the indices of complex tensors.
func complexOnes(tensors []*torch.Tensor) (indices []int) {
	for i, t := range tensors {
		if t != nil && t.IsComplex() {
			indices = append(indices, i)
		}
	}
	return indices
}

// eachComplex applies fn to complex tensors.
func eachComplex(tensors []*torch.Tensor, fn func(*torch.Tensor) *torch.Tensor) []*torch.Tensor {
	results := slices.Clone(tensors)
	for _, i := range complexOnes(tensors) {
		results[i] = fn(tensors[i])
	}
	return results
}

func anyComplex(tensors []*torch.Tensor) bool { return len(complexOnes(tensors)) > 0 }

func maxAbs(t *torch.Tensor) float64 {
	if t.Numel() == 0 {
		return math.Inf(-1)
	}
	return t.Abs().Max().Item()
}
