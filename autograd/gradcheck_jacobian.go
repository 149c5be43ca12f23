package autograd

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// numericalJacobians returns, for each input that requires a gradient and each
// floating-point output, the matrix of differences: a row for each element of
// the input.
func (c *checker) numericalJacobians(all []*torch.Tensor) [][]*torch.Tensor {
	var jacobians [][]*torch.Tensor
	for _, x := range differentiable(c.inputs) {
		jacobians = append(jacobians, c.numericalJacobian(x, floating(all)))
	}
	return jacobians
}

func (c *checker) numericalJacobian(x *torch.Tensor, outputs []*torch.Tensor) []*torch.Tensor {
	jacobians := make([]*torch.Tensor, len(outputs))
	for k, y := range outputs {
		dtype := y.DType()
		if x.IsComplex() {
			dtype = x.DType()
		}
		jacobians[k] = torch.Zeros([]int64{x.Numel(), y.Numel()}, dtype, y.Device())
	}
	data := torch.Empty([]int64{0}, x.DType(), x.Device())
	data.SetData(x) // what is written to it does not count as a write to x
	for i, index := range indices(x.Shape()) {
		element := data
		for _, at := range index {
			element = element.Select(0, at)
		}
		row := c.difference(element, c.eps, index)
		if x.IsComplex() { // Wirtinger's derivative, conjugate
			for k, d := range c.difference(element, complex(0, c.eps), index) {
				row[k] = row[k].Add(d.Mul(1i))
			}
		}
		for k, d := range row {
			jacobians[k].Select(0, int64(i)).Copy_(d)
		}
	}
	return jacobians
}

// difference returns the derivative of each floating-point output, flat, from
// moving an element of an input to both sides by v, whose absolute value is eps.
func (c *checker) difference(element *torch.Tensor, v any, index []int64) []*torch.Tensor {
	original := element.Clone()
	at := func(x *torch.Tensor) []*torch.Tensor {
		element.Copy_(x)
		var outputs []*torch.Tensor
		for _, y := range floating(c.fn(c.inputs...)) {
			outputs = append(outputs, y.Detach().Clone())
		}
		return outputs
	}
	a := at(original.Sub(v))
	b := at(original.Add(v))
	element.Copy_(original)
	for k := range a {
		c.sameKind(a[k], b[k], index)
		a[k] = b[k].Sub(a[k]).Div(2 * c.eps).Reshape(-1)
	}
	return a
}

// sameKind refuses outputs whose shape or dtype depends on the values of inputs.
func (c *checker) sameKind(a, b *torch.Tensor, index []int64) {
	what, kinds := "", ""
	switch {
	case !equalShapes(a, b):
		what, kinds = "shape", fmt.Sprintf("shapes torch.Size(%s) and torch.Size(%s)", listText(a.Shape()), listText(b.Shape()))
	case a.DType() != b.DType():
		what, kinds = "dtype", fmt.Sprintf("dtypes %s and %s", a.DType(), b.DType())
	default:
		return
	}
	at := strings.NewReplacer("[", "(", "]", ")").Replace(listText(index))
	if len(index) == 1 {
		at = fmt.Sprintf("(%d,)", index[0])
	}
	panic(torch.NewError("AssertionError", "Expected `func` to return outputs with the same %s when inputs are perturbed "+
		"on index %s by %s, but got: %s.", what, at, pythonFloat(c.eps), kinds))
}

// listText prints integers as Python prints a list.
func listText(v []int64) string { return strings.ReplaceAll(fmt.Sprint(v), " ", ", ") }

// pythonFloat prints a number as Python does: 1e-06, 0.0.
func pythonFloat(v float64) string {
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}

const nondeterministic = `

NOTE: If your op relies on non-deterministic operations i.e., it is listed here:
https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
this failure might be expected.

If you are adding a new operator, please file an issue and then use one of the
workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck.
If the test
- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck
  with ` + "`nondet_tol=<tol>`" + ` as a keyword argument.
- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test
  to have ` + "`gradcheck_nondet_tol=<tol>`" + `.
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have ` + "`gradcheck_nondet_tol=<tol>`" + `
`

// analyticalJacobian returns, for each input that requires a gradient, the
// matrix that backward computes: a column for each element of the output.
func (c *checker) analyticalJacobian(y *torch.Tensor) []*torch.Tensor {
	inputs := differentiable(c.inputs)
	first, typesOK, sizesOK := stack(c.rows(y), inputs)
	second, _, _ := stack(c.rows(y), inputs)
	if !typesOK && c.dtypes {
		fail("Gradient has dtype mismatch")
	}
	if !sizesOK {
		fail("Analytical gradient has incorrect size")
	}
	for i := range first {
		if maxAbs(first[i].Sub(second[i])) > c.nondetTol {
			fail("Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives "+
				"different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was %s.%s",
				pythonFloat(c.nondetTol), nondeterministic)
		}
	}
	return first
}

// rows returns, for each input, the gradients of each element of the output.
func (c *checker) rows(y *torch.Tensor) [][]*torch.Tensor {
	inputs := differentiable(c.inputs)
	rows := make([][]*torch.Tensor, len(inputs))
	base := torch.Zeros(y.Shape(), y.DType(), y.Device())
	flat := base.View(-1)
	for k := range y.Numel() {
		flat.Zero_()
		flat.Select(0, k).Fill_(1)
		grads := torch.Grad([]*torch.Tensor{y}, inputs, torch.WithGradient(base), torch.RetainGraph(true), torch.AllowUnused(true))
		for i, g := range grads {
			if g != nil {
				g = g.Clone()
			}
			rows[i] = append(rows[i], g)
		}
	}
	return rows
}

// stack makes the rows columns of matrices.
func stack(rows [][]*torch.Tensor, inputs []*torch.Tensor) (jacobians []*torch.Tensor, typesOK, sizesOK bool) {
	typesOK, sizesOK = true, true
	for i, x := range inputs {
		j := torch.Zeros([]int64{x.Numel(), int64(len(rows[i]))}, x.DType(), x.Device())
		for k, g := range rows[i] {
			if g == nil {
				continue
			}
			if !equalShapes(g, x) {
				sizesOK = false
			} else if g.DType() != x.DType() {
				typesOK = false
			}
			j.Select(1, int64(k)).Copy_(g.Reshape(-1))
		}
		jacobians = append(jacobians, j)
	}
	return jacobians, typesOK, sizesOK
}

// indices lists the indices of a tensor's elements, in order.
func indices(shape []int64) [][]int64 {
	all := [][]int64{nil}
	for _, n := range shape {
		var next [][]int64
		for _, index := range all {
			for i := range n {
				next = append(next, append(index[:len(index):len(index)], i))
			}
		}
		all = next
	}
	return all
}

func equalShapes(a, b *torch.Tensor) bool { return fmt.Sprint(a.Shape()) == fmt.Sprint(b.Shape()) }

// checkScaled checks that gradients are zero if those of the outputs are.
func (c *checker) checkScaled(outputs []*torch.Tensor) {
	inputs := differentiable(c.inputs)
	for i, g := range torch.Grad(outputs, inputs, torch.WithGradient(zerosLike(outputs)...), torch.AllowUnused(true)) {
		x := inputs[i]
		switch {
		case g == nil:
		case !allZero(g):
			fail("backward not multiplied by grad_output")
		case g.DType() != x.DType():
			fail("grad is incorrect type")
		case g.Device() != x.Device():
			fail("grad is incorrect device")
		case !equalShapes(g, x):
			fail("grad is incorrect size")
		}
	}
}

// undefinedGrad is the identity, whose gradient is not there.
type undefinedGrad struct{}

func (undefinedGrad) Forward(_ *FunctionCtx, in ...*torch.Tensor) []*torch.Tensor {
	return []*torch.Tensor{in[0].ViewAs(in[0])}
}

func (undefinedGrad) Backward(*FunctionCtx, ...*torch.Tensor) []*torch.Tensor {
	return []*torch.Tensor{nil}
}

// checkUndefined checks that a gradient that is not there counts as zeros: that
// of all outputs, and that of each of several.
func (c *checker) checkUndefined(n int) {
	for undefined := -1; undefined < n; undefined++ {
		if n == 1 && undefined == 0 {
			return
		}
		outputs := differentiable(c.fn(c.inputs...))
		for i, y := range outputs {
			if undefined < 0 || i == undefined {
				outputs[i] = Apply1(undefinedGrad{}, y)
			}
		}
		c.supportsUndefined(outputs)
	}
}

func (c *checker) supportsUndefined(outputs []*torch.Tensor) {
	var grads []*torch.Tensor
	err := torch.Try(func() {
		grads = torch.Grad(outputs, differentiable(c.inputs), torch.WithGradient(zerosLike(outputs)...), torch.AllowUnused(true))
	})
	where := `Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"`
	if err != nil {
		warnOfUndefined()
		fail("Expected backward function to handle undefined output grads. %s", where)
	}
	for _, g := range grads {
		if g != nil && !allZero(g) {
			warnOfUndefined()
			fail("Expected all input grads to be undefined or zero when all output grads are undefined or zero. %s", where)
		}
	}
}

func warnOfUndefined() {
	torch.Warn("Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may " +
		"break existing callers of this function. If this is true for you, you can call this function with " +
		"\"check_undefined_grad=False\" to disable the feature")
}

func zerosLike(tensors []*torch.Tensor) []*torch.Tensor {
	zeros := make([]*torch.Tensor, len(tensors))
	for i, t := range tensors {
		zeros[i] = torch.Zeros(t.Shape(), t.DType(), t.Device())
	}
	return zeros
}

func allZero(t *torch.Tensor) bool { return t.Ne(0).Sum().Item() == 0 }
