package autograd

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// Jacobian returns the Jacobian of f at the inputs: for each of these a tensor
// with the output's dimensions and then the input's. Python's
// torch.autograd.functional.jacobian.
//
// It goes backward once for each element of the output. [Vectorize] does so for
// all at once; functorch.Jacrev and functorch.Jacfwd are newer ways to do that.
func Jacobian[X Tensors](f func(X) *torch.Tensor, inputs X, opts ...JacobianOption) X {
	list := func(x []*torch.Tensor) []*torch.Tensor { return listOf(f(from[X](x))) }
	return from[X](jacobian(list, checkInputs(inputs, opts), jacobianOptions(opts))[0])
}

// JacobianList is [Jacobian] for a function with several outputs. Its result
// has the Jacobians of each output.
func JacobianList[X Tensors](f func(X) []*torch.Tensor, inputs X, opts ...JacobianOption) []X {
	list := func(x []*torch.Tensor) []*torch.Tensor { return f(from[X](x)) }
	var rows []X
	for _, row := range jacobian(list, checkInputs(inputs, opts), jacobianOptions(opts)) {
		rows = append(rows, from[X](row))
	}
	return rows
}

// Hessian returns the matrix of second derivatives of f at the input; f must
// return a tensor with one element. Python's
// torch.autograd.functional.hessian.
func Hessian(f func(*torch.Tensor) *torch.Tensor, input *torch.Tensor, opts ...HessianOption) *torch.Tensor {
	list := func(x []*torch.Tensor) *torch.Tensor { return f(x[0]) }
	return hessian(list, checkTensors(input, "inputs", "hessian"), opts)[0][0]
}

// HessianList is [Hessian] for a function of several tensors. The element i, j
// of its result is the Jacobian of the gradient for input i by input j.
func HessianList(f func([]*torch.Tensor) *torch.Tensor, inputs []*torch.Tensor, opts ...HessianOption) [][]*torch.Tensor {
	return hessian(f, checkTensors(inputs, "inputs", "hessian"), opts)
}

const (
	reverseMode = "reverse-mode"
	forwardMode = "forward-mode"
)

func jacobianOptions(opts []JacobianOption) options {
	o := options{strategy: reverseMode}
	for _, opt := range opts {
		opt.jacobian(&o)
	}
	return o
}

// checkInputs refuses options first, as Python does.
func checkInputs[X Tensors](inputs X, opts []JacobianOption) []*torch.Tensor {
	checkJacobianOptions(jacobianOptions(opts))
	return checkTensors(inputs, "inputs", "jacobian")
}

func checkJacobianOptions(o options) {
	forward := o.strategy == forwardMode
	switch {
	case !forward && o.strategy != reverseMode:
		panic(torch.NewError("AssertionError", `Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your `+
			`function has more outputs than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".`))
	case forward && o.createGraph:
		panic(torch.NewError("NotImplementedError", "torch.autograd.functional.jacobian: `create_graph=True` and "+
			"`strategy=\"forward-mode\"` are not supported together (yet). Please either set `create_graph=False` or "+
			"`strategy=\"reverse-mode\"`."))
	case forward && o.strict:
		refuse("torch.autograd.functional.jacobian: `strict=True` and `strategy=\"forward-mode\"` are not supported together " +
			"(yet). Please either set `strict=False` or `strategy=\"reverse-mode\"`.")
	}
}

// A listFunction is a function of tensors, in the form that this file works on.
type listFunction func([]*torch.Tensor) []*torch.Tensor

// jacobian returns the Jacobian of each output by each input.
func jacobian(f listFunction, inputs []*torch.Tensor, o options) (rows [][]*torch.Tensor) {
	if o.strategy == forwardMode {
		if !o.vectorize {
			panic(torch.NewError("NotImplementedError", "Computing Jacobian using forward-AD or forward-over-reverse Hessian is"+
				"only implemented for `vectorize=True`."))
		}
		return forwardJacobian(f, inputs)
	}
	torch.EnableGrad(func() {
		in := prepared(inputs, o.createGraph, true)
		outputs := f(in)
		checkTensors(outputs, outputsOf, "jacobian")
		checkRequiresGrad(outputs, "outputs", o.strict)
		if o.vectorize {
			if o.strict {
				refuse("torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. " +
					"Please either set `strict=False` or `vectorize=False`.")
			}
			rows = vectorizedJacobian(outputs, in, o)
		} else {
			for i, out := range outputs {
				rows = append(rows, jacobianRow(i, out, in, o))
			}
		}
		for i, row := range rows {
			rows[i] = finished(row, o.createGraph)
		}
	})
	return rows
}

// jacobianRow returns the Jacobian of output i by each input, going backward
// from each element.
func jacobianRow(i int, output *torch.Tensor, inputs []*torch.Tensor, o options) []*torch.Tensor {
	columns := make([][]*torch.Tensor, len(inputs))
	for j := range output.Numel() {
		element := []*torch.Tensor{output.Reshape(-1).Select(0, j)}
		grads := gradOf(element, inputs, nil, torch.RetainGraph(true), torch.CreateGraph(o.createGraph))
		for k, g := range grads {
			switch {
			case g == nil && o.strict:
				refuse("Output %d of the user-provided function is independent of input %d. This is not allowed in strict mode.", i, k)
			case g == nil:
				g = torch.ZerosLike(inputs[k])
			case o.strict && o.createGraph && !g.RequiresGrad():
				refuse("The jacobian of the user-provided function is independent of input %d. This is not allowed in strict mode "+
					"when create_graph=True.", i)
			}
			columns[k] = append(columns[k], g)
		}
	}
	row := make([]*torch.Tensor, len(inputs))
	for k, column := range columns {
		row[k] = torch.Stack(column).View(slices.Concat(output.Shape(), inputs[k].Shape())...)
	}
	return row
}

// vectorizedJacobian goes backward once, with all rows of the unit matrix.
func vectorizedJacobian(outputs, inputs []*torch.Tensor, o options) [][]*torch.Tensor {
	sizes := numels(outputs)
	flat := make([]*torch.Tensor, len(outputs))
	for i, out := range outputs {
		flat[i] = out.Reshape(-1)
	}
	stacked := transforms.MapOld(standardBasis(outputs, sizes), func(basis []*torch.Tensor) []*torch.Tensor {
		return gradOf(flat, inputs, basis, torch.CreateGraph(o.createGraph))
	})
	rows := make([][]*torch.Tensor, len(outputs))
	for k, input := range inputs {
		if stacked[k] == nil {
			shape := append([]int64{sum(sizes)}, input.Shape()...)
			stacked[k] = torch.ZerosLike(input).Expand(shape...)
		}
		for i, part := range stacked[k].Split(sizes, torch.Dim(0)) {
			rows[i] = append(rows[i], part.View(slices.Concat(outputs[i].Shape(), input.Shape())...))
		}
	}
	return rows
}

// forwardJacobian goes forward once, with all columns of the unit matrix.
func forwardJacobian(f listFunction, inputs []*torch.Tensor) [][]*torch.Tensor {
	sizes := numels(inputs)
	var shapes [][]int64 // of the outputs
	stacked := transforms.MapOld(standardBasis(inputs, sizes), func(basis []*torch.Tensor) (tangents []*torch.Tensor) {
		DualLevel(func() {
			duals := make([]*torch.Tensor, len(inputs))
			for i, t := range inputs {
				duals[i] = MakeDual(t, basis[i].ViewAs(t))
			}
			for _, out := range f(duals) {
				primal, tangent := UnpackDual(out)
				if tangent == nil {
					tangent = torch.ZerosLike(primal)
				}
				shapes = append(shapes, primal.Shape())
				tangents = append(tangents, tangent)
			}
		})
		return tangents
	})
	rows := make([][]*torch.Tensor, len(stacked))
	for i, columns := range stacked {
		for j, part := range columns.Split(sizes, torch.Dim(0)) {
			last := part.Permute(append(countFrom1(part.Dim()), 0)...)
			rows[i] = append(rows[i], last.Reshape(slices.Concat(shapes[i], inputs[j].Shape())...))
		}
	}
	return rows
}

// countFrom1 returns 1, 2, ... n-1.
func countFrom1(n int64) []int64 {
	var list []int64
	for i := int64(1); i < n; i++ {
		list = append(list, i)
	}
	return list
}

// standardBasis returns the unit matrix over all elements of the tensors: for
// each the columns that are its own.
func standardBasis(tensors []*torch.Tensor, sizes []int64) []*torch.Tensor {
	basis := make([]*torch.Tensor, len(tensors))
	offset := int64(0)
	for i, t := range tensors {
		basis[i] = t.NewZeros([]int64{sum(sizes), sizes[i]})
		basis[i].Diagonal(torch.Offset(offset)).Fill_(1)
		offset -= sizes[i]
	}
	return basis
}

func numels(tensors []*torch.Tensor) []int64 {
	sizes := make([]int64, len(tensors))
	for i, t := range tensors {
		sizes[i] = t.Numel()
	}
	return sizes
}

func sum(values []int64) (total int64) {
	for _, v := range values {
		total += v
	}
	return total
}

func hessian(f func([]*torch.Tensor) *torch.Tensor, inputs []*torch.Tensor, opts []HessianOption) [][]*torch.Tensor {
	o := options{strategy: reverseMode}
	for _, opt := range opts {
		opt.hessian(&o)
	}
	if o.strategy != reverseMode && o.strategy != forwardMode {
		panic(torch.NewError("AssertionError", `Expected strategy to be either "forward-mode" or "reverse-mode".`))
	}
	checkJacobianOptions(o)
	single := func(x []*torch.Tensor) []*torch.Tensor {
		out := f(x)
		checkTensors(out, outputsOf, "hessian")
		checkRequiresGrad([]*torch.Tensor{out}, "outputs", o.strict)
		if out.Numel() != 1 {
			refuse("The Tensor returned by the function given to hessian should contain a single element")
		}
		return []*torch.Tensor{out.Squeeze()}
	}
	gradient := func(x []*torch.Tensor) []*torch.Tensor {
		if o.strategy == forwardMode {
			for _, t := range x {
				t.RequiresGrad_() // else it would be detached, without its tangent
			}
		}
		row := jacobian(single, x, options{createGraph: true, strategy: reverseMode})[0]
		checkRequiresGrad(row, "jacobian", o.strict)
		return row
	}
	return jacobian(gradient, inputs, o)
}
