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
func (p *part) numericalJacobians() [][]*torch.Tensor {
	var jacobians [][]*torch.Tensor
	for _, x := range differentiable(p.inputs) {
		jacobians = append(jacobians, p.numericalJacobian(x, floating(p.all)))
	}
	return jacobians
}

func (p *part) numericalJacobian(x *torch.Tensor, outputs []*torch.Tensor) []*torch.Tensor {
	jacobians := make([]*torch.Tensor, len(outputs))
	for k, y := range outputs {
		dtype := y.DType()
		if x.IsComplex() {
			dtype = x.DType()
		}
		jacobians[k] = torch.Zeros([]int64{x.Numel(), y.Numel()}, dtype, y.Device())
	}
	data := dataOf(x)
	for i, index := range indices(x.Shape()) {
		row := p.derivative(at(data, index), p.eps, complex(0, p.eps), index)
		for k, d := range row {
			jacobians[k].Select(0, int64(i)).Copy_(d)
		}
	}
	return jacobians
}

// dataOf shares x's memory; what is written to it does not count as a write to x.
func dataOf(x *torch.Tensor) *torch.Tensor {
	data := torch.Empty([]int64{0}, x.DType(), x.Device())
	data.SetData(x)
	return data
}

// at is the element of a tensor with this index.
func at(t *torch.Tensor, index []int64) *torch.Tensor {
	for _, i := range index {
		t = t.Select(0, i)
	}
	return t
}

// derivative returns the derivative of each floating-point output, flat, from
// moving a part of an input by v, whose length is eps; if it is complex, also by
// the imaginary w, for Wirtinger's derivative, conjugate.
func (p *part) derivative(of *torch.Tensor, v, w any, index []int64) []*torch.Tensor {
	row := p.difference(of, v, index)
	if of.IsComplex() {
		for k, d := range p.difference(of, w, index) {
			row[k] = row[k].Add(d.Mul(1i))
		}
	}
	return row
}

// difference moves a part of an input to both sides by v.
func (p *part) difference(of *torch.Tensor, v any, index []int64) []*torch.Tensor {
	original := of.Clone()
	at := func(x *torch.Tensor) []*torch.Tensor {
		of.Copy_(x)
		var outputs []*torch.Tensor
		for _, y := range floating(p.fn(p.inputs...)) {
			outputs = append(outputs, y.Detach().Clone())
		}
		return outputs
	}
	a := at(original.Sub(v))
	b := at(original.Add(v))
	of.Copy_(original)
	for k := range a {
		p.sameKind(a[k], b[k], index)
		a[k] = b[k].Sub(a[k]).Div(2 * p.eps).Reshape(-1)
	}
	return a
}

// sameKind refuses outputs whose shape or dtype depends on the values of inputs.
// index is nil where all of an input was moved.
func (p *part) sameKind(a, b *torch.Tensor, index []int64) {
	what, kinds := "", ""
	switch {
	case !equalShapes(a, b):
		what, kinds = "shape", fmt.Sprintf("shapes %s and %s", sizeText(a.Shape()), sizeText(b.Shape()))
	case a.DType() != b.DType():
		what, kinds = "dtype", fmt.Sprintf("dtypes %s and %s", a.DType(), b.DType())
	default:
		return
	}
	where := ""
	if len(index) > 0 {
		where = "on index " + tupleText(index) + " "
	}
	panic(torch.NewError("AssertionError", "Expected `func` to return outputs with the same %s when inputs are perturbed "+
		"%sby %s, but got: %s.", what, where, pythonFloat(p.eps), kinds))
}

// tupleText is Python's text of a tuple of integers.
func tupleText(v []int64) string {
	if len(v) == 1 {
		return fmt.Sprintf("(%d,)", v[0])
	}
	return strings.NewReplacer("[", "(", "]", ")", " ", ", ").Replace(fmt.Sprint(v))
}

func shortFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// pythonFloat prints a number as Python does: 1e-06, 0.0.
func pythonFloat(v float64) string {
	s := shortFloat(v)
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}

// analyticalJacobian returns, for each input that requires a gradient, the
// matrix that backward computes: a column for each element of the output.
func (p *part) analyticalJacobian(y *torch.Tensor) []*torch.Tensor {
	return p.repeated(func() [][]*torch.Tensor { return p.rows(y) })
}

// repeated computes gradients twice, checks them, and makes matrices of them.
func (p *part) repeated(rows func() [][]*torch.Tensor) []*torch.Tensor {
	inputs := differentiable(p.inputs)
	first, typesOK, sizesOK := stack(rows(), inputs)
	second, _, _ := stack(rows(), inputs)
	if !typesOK && p.dtypes {
		fail("Gradient has dtype mismatch")
	}
	if !sizesOK {
		fail("Analytical gradient has incorrect size")
	}
	for i := range first {
		if maxAbs(first[i].Sub(second[i])) > p.nondetTol {
			fail("Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives "+
				"different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was %s.%s",
				pythonFloat(p.nondetTol), nondeterministic)
		}
	}
	return first
}

// rows returns, for each input, the gradients of each element of the output.
func (p *part) rows(y *torch.Tensor) [][]*torch.Tensor {
	inputs := differentiable(p.inputs)
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
