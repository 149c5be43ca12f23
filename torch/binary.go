package torch

// Operators of two operands. The second may be a tensor or a number: an integer,
// a float, a bool and a complex number take part in type promotion as Python's
// do.

// Add returns input + alpha * other, broadcast to a common shape: Python's torch.add.
// other is a *Tensor or a number.
func Add(input *Tensor, other any, opts ...AddOption) *Tensor {
	alpha := alphaOf(opts)
	if o, ok := other.(*Tensor); ok {
		return opAddTensor(input, o, alpha)
	}
	return opAddScalar(input, toScalar(other, "other"), alpha)
}

// Add is [Add] of t and other.
func (t *Tensor) Add(other any, opts ...AddOption) *Tensor { return Add(t, other, opts...) }

// Add_ is [Add] in place; it returns t.
func (t *Tensor) Add_(other any, opts ...AddOption) *Tensor {
	alpha := alphaOf(opts)
	if o, ok := other.(*Tensor); ok {
		opAdd_Tensor(t, o, alpha)
	} else {
		opAdd_Scalar(t, toScalar(other, "other"), alpha)
	}
	return t
}

// Sub returns input - alpha * other, broadcast to a common shape: Python's torch.sub.
// other is a *Tensor or a number.
func Sub(input *Tensor, other any, opts ...AddOption) *Tensor {
	alpha := alphaOf(opts)
	if o, ok := other.(*Tensor); ok {
		return opSubTensor(input, o, alpha)
	}
	return opSubScalar(input, toScalar(other, "other"), alpha)
}

// Sub is [Sub] of t and other.
func (t *Tensor) Sub(other any, opts ...AddOption) *Tensor { return Sub(t, other, opts...) }

// Sub_ is [Sub] in place; it returns t.
func (t *Tensor) Sub_(other any, opts ...AddOption) *Tensor {
	alpha := alphaOf(opts)
	if o, ok := other.(*Tensor); ok {
		opSub_Tensor(t, o, alpha)
	} else {
		opSub_Scalar(t, toScalar(other, "other"), alpha)
	}
	return t
}

// Mul returns input * other, broadcast to a common shape: Python's torch.mul.
// other is a *Tensor or a number.
func Mul(input *Tensor, other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		return opMulTensor(input, o)
	}
	return opMulScalar(input, toScalar(other, "other"))
}

// Mul is [Mul] of t and other.
func (t *Tensor) Mul(other any) *Tensor { return Mul(t, other) }

// Mul_ is [Mul] in place; it returns t.
func (t *Tensor) Mul_(other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		opMul_Tensor(t, o)
	} else {
		opMul_Scalar(t, toScalar(other, "other"))
	}
	return t
}

// Div returns input / other, broadcast to a common shape: Python's torch.div.
// other is a *Tensor or a number.
func Div(input *Tensor, other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		return opDivTensor(input, o)
	}
	return opDivScalar(input, toScalar(other, "other"))
}

// Div is [Div] of t and other.
func (t *Tensor) Div(other any) *Tensor { return Div(t, other) }

// Div_ is [Div] in place; it returns t.
func (t *Tensor) Div_(other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		opDiv_Tensor(t, o)
	} else {
		opDiv_Scalar(t, toScalar(other, "other"))
	}
	return t
}

// Eq returns whether input equals other, broadcast to a common shape: Python's torch.eq.
// other is a *Tensor or a number.
func Eq(input *Tensor, other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		return opEqTensor(input, o)
	}
	return opEqScalar(input, toScalar(other, "other"))
}

// Eq is [Eq] of t and other.
func (t *Tensor) Eq(other any) *Tensor { return Eq(t, other) }

// Ne returns whether input differs from other, broadcast to a common shape: Python's torch.ne.
// other is a *Tensor or a number.
func Ne(input *Tensor, other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		return opNeTensor(input, o)
	}
	return opNeScalar(input, toScalar(other, "other"))
}

// Ne is [Ne] of t and other.
func (t *Tensor) Ne(other any) *Tensor { return Ne(t, other) }

// Lt returns whether input is less than other, broadcast to a common shape: Python's torch.lt.
// other is a *Tensor or a number.
func Lt(input *Tensor, other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		return opLtTensor(input, o)
	}
	return opLtScalar(input, toScalar(other, "other"))
}

// Lt is [Lt] of t and other.
func (t *Tensor) Lt(other any) *Tensor { return Lt(t, other) }

// Le returns whether input is at most other, broadcast to a common shape: Python's torch.le.
// other is a *Tensor or a number.
func Le(input *Tensor, other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		return opLeTensor(input, o)
	}
	return opLeScalar(input, toScalar(other, "other"))
}

// Le is [Le] of t and other.
func (t *Tensor) Le(other any) *Tensor { return Le(t, other) }

// Gt returns whether input is greater than other, broadcast to a common shape: Python's torch.gt.
// other is a *Tensor or a number.
func Gt(input *Tensor, other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		return opGtTensor(input, o)
	}
	return opGtScalar(input, toScalar(other, "other"))
}

// Gt is [Gt] of t and other.
func (t *Tensor) Gt(other any) *Tensor { return Gt(t, other) }

// Ge returns whether input is at least other, broadcast to a common shape: Python's torch.ge.
// other is a *Tensor or a number.
func Ge(input *Tensor, other any) *Tensor {
	if o, ok := other.(*Tensor); ok {
		return opGeTensor(input, o)
	}
	return opGeScalar(input, toScalar(other, "other"))
}

// Ge is [Ge] of t and other.
func (t *Tensor) Ge(other any) *Tensor { return Ge(t, other) }

// Pow returns input to the power of exponent, Python's torch.pow. Either may be a
// number.
func Pow(input, exponent any) *Tensor {
	base, isTensor := input.(*Tensor)
	power, byTensor := exponent.(*Tensor)
	switch {
	case isTensor && byTensor:
		return opPowTensorTensor(base, power)
	case isTensor:
		return opPowTensorScalar(base, toScalar(exponent, "exponent"))
	case byTensor:
		return opPowScalar(toScalar(input, "self"), power)
	}
	refuseArgument("pow(): at least one of the arguments must be Tensor, but got (%s, %s)", typeName(input), typeName(exponent))
	panic("unreachable")
}

// Pow is [Pow] of t.
func (t *Tensor) Pow(exponent any) *Tensor { return Pow(t, exponent) }

// An AddOption is an option of [Add] and [Sub]: [Alpha].
type AddOption interface{ applyAdd(*scalar) }

type alphaOption struct{ value any }

func (o alphaOption) applyAdd(s *scalar) { *s = toScalar(o.value, "alpha") }

// Alpha is the number that the second operand is multiplied by. Its default is
// 1.
func Alpha(value any) AddOption { return alphaOption{value} }

func alphaOf(opts []AddOption) scalar {
	if len(opts) == 0 {
		return intScalar(1) // without the allocation that a variable takes
	}
	alpha := intScalar(1)
	for _, o := range opts {
		o.applyAdd(&alpha)
	}
	return alpha
}

// Matmul returns the matrix product, Python's torch.matmul: of vectors, the
// inner product; with more than two dimensions, a batch of products.
func Matmul(input, other *Tensor) *Tensor { return opMatmul(input, other) }

// Matmul is [Matmul] of t and other.
func (t *Tensor) Matmul(other *Tensor) *Tensor { return opMatmul(t, other) }

// Mm returns the product of two matrices, Python's torch.mm.
func Mm(input, mat2 *Tensor) *Tensor { return opMm(input, mat2) }

// Mm is [Mm] of t and mat2.
func (t *Tensor) Mm(mat2 *Tensor) *Tensor { return opMm(t, mat2) }

// Equal reports whether both have the same shape and equal elements, Python's
// torch.equal.
func Equal(input, other *Tensor) bool { return opEqual(input, other) }

// Equal is [Equal] of t and other.
func (t *Tensor) Equal(other *Tensor) bool { return opEqual(t, other) }

// Allclose reports whether all elements are close to each other, Python's
// torch.allclose with rtol=1e-05 and atol=1e-08.
func Allclose(input, other *Tensor) bool { return opAllclose(input, other, 1e-5, 1e-8, false) }

// Copy_ copies src's elements into t, broadcast and converted, and returns t.
func (t *Tensor) Copy_(src *Tensor) *Tensor { opCopy_(t, src, false); return t }

// Fill_ sets all elements to value, a number or a tensor of no dimensions, and
// returns t.
func (t *Tensor) Fill_(value any) *Tensor {
	if v, ok := value.(*Tensor); ok {
		opFill_Tensor(t, v)
	} else {
		opFill_Scalar(t, toScalar(value, "value"))
	}
	return t
}

// Zero_ sets all elements to zero, and returns t.
func (t *Tensor) Zero_() *Tensor { opZero_(t); return t }

// Addcmul_ adds value * tensor1 * tensor2 to t, and returns t.
func (t *Tensor) Addcmul_(tensor1, tensor2 *Tensor, opts ...AddcmulOption) *Tensor {
	opAddcmul_(t, tensor1, tensor2, valueOf(opts))
	return t
}

// Addcdiv_ adds value * tensor1 / tensor2 to t, and returns t.
func (t *Tensor) Addcdiv_(tensor1, tensor2 *Tensor, opts ...AddcmulOption) *Tensor {
	opAddcdiv_(t, tensor1, tensor2, valueOf(opts))
	return t
}

// Lerp_ moves t towards end by weight, t + weight * (end - t), and returns t.
func (t *Tensor) Lerp_(end *Tensor, weight any) *Tensor {
	if w, ok := weight.(*Tensor); ok {
		opLerp_Tensor(t, end, w)
	} else {
		opLerp_Scalar(t, end, toScalar(weight, "weight"))
	}
	return t
}

// Maximum returns the larger of each pair of elements, Python's torch.maximum.
func Maximum(input, other *Tensor) *Tensor { return opMaximum(input, other) }

// An AddcmulOption is an option of Addcmul_ and Addcdiv_: [Value].
type AddcmulOption interface{ applyAddcmul(*scalar) }

type valueOption struct{ value any }

func (o valueOption) applyAddcmul(s *scalar) { *s = toScalar(o.value, "value") }

// Value is the number that a product or quotient is multiplied by. Its default
// is 1.
func Value(value any) AddcmulOption { return valueOption{value} }

func valueOf(opts []AddcmulOption) scalar {
	value := intScalar(1)
	for _, o := range opts {
		o.applyAddcmul(&value)
	}
	return value
}
