package torch

import "math"

// lobpcgFunction differentiates Lobpcg with respect to its matrix.
type lobpcgFunction struct{ call lobpcgCall }

func (f *lobpcgFunction) Forward(ctx *FunctionCtx, inputs ...*Tensor) []*Tensor {
	a, b := inputs[0], inputs[1]
	if !a.IsSparse() {
		a = a.Contiguous()
	}
	if b != nil && !b.IsSparse() {
		b = b.Contiguous()
	}
	f.call.b = b
	e, x := f.call.solve(a)
	ctx.SaveForBackward(a, b, e, x)
	return []*Tensor{e, x}
}

func (f *lobpcgFunction) Backward(ctx *FunctionCtx, grads ...*Tensor) []*Tensor {
	saved := ctx.SavedTensors()
	a, b, e, x := saved[0], saved[1], saved[2], saved[3]
	switch {
	case a.IsSparse() || b != nil && b.IsSparse() && ctx.NeedsInputGrad(1):
		refuse(valueErrorKind, "lobpcg.backward does not support sparse input yet. Note that lobpcg.forward does though.")
	case a.IsComplex() || b != nil && b.IsComplex():
		refuse(valueErrorKind, "lobpcg.backward does not support complex input yet. Note that lobpcg.forward does though.")
	case b != nil:
		refuse(valueErrorKind, "lobpcg.backward does not support backward with B != I yet.")
	}
	return []*Tensor{eigenspaceGradient(grads[0], grads[1], a, e, x, f.call.largest), nil}
}

// eigenspaceGradient is the gradient with respect to a, given those with respect
// to some of its eigenvalues d and eigenvectors u. The part of it outside of the
// span of u solves a Sylvester equation: Hu and Cheng, "The polynomial solution
// to the Sylvester matrix equation", Applied Mathematics Letters 19 (2006).
func eigenspaceGradient(dGrad, uGrad, a, d, u *Tensor, largest bool) *Tensor {
	ut := u.MT().Contiguous()
	projection := u.Matmul(ut).Neg()
	opDiagonal(projection, 0, -2, -1).Add_(1)
	shape := a.Shape()
	shape[len(shape)-1] -= d.Size(-1)
	// A generator of its own makes it deterministic.
	complement := projection.Matmul(Randn(shape, a.DType(), a.Device(), NewGenerator(a.Device())))
	complementT := complement.MT().Contiguous()

	polynomial := polynomialOfRoots(d)
	series := ZerosLike(uGrad)
	projected := uGrad
	order := polynomial.Size(-1) - 1
	for k := int64(1); k <= order; k++ {
		value := vectorPolynomial(opNarrow(polynomial, -1, k, order+1-k), d)
		series.Add_(projected.Mul(value.Unsqueeze(-2)))
		projected = a.Matmul(projected)
	}
	sign := 1
	if largest && order%2 == 1 {
		sign = -1
	}
	restricted := complementT.Matmul(matrixPolynomial(polynomial, a).Matmul(complement))
	factor := opLinalgCholesky(restricted.Mul(sign), false)
	solution := opCholeskySolve(complementT.Matmul(series), factor, false)
	inside := spanGradient(dGrad, uGrad, d, u)
	return inside.Sub_(complement.Matmul(solution.Mul(sign)).Matmul(ut))
}

// spanGradient is the part of the gradient in the span of u.
func spanGradient(dGrad, uGrad, d, u *Tensor) *Tensor {
	f := d.Unsqueeze(-2).Sub(d.Unsqueeze(-1))
	opDiagonal(f, 0, -2, -1).Fill_(math.Inf(1))
	f.Pow_(-1)
	ut := u.MT().Contiguous()
	return u.Matmul(opDiagEmbed(dGrad, 0, -2, -1).Add(ut.Matmul(uGrad).Mul(f)).Matmul(ut))
}

// polynomialOfRoots returns the coefficients of the polynomial with these roots,
// the highest, a 1, last.
func polynomialOfRoots(roots *Tensor) *Tensor {
	order := roots.Size(-1)
	shape := roots.Shape()
	shape[len(shape)-1] += 2
	coefficients := roots.NewZeros(shape)
	opSelectInt(coefficients, -1, 0).Fill_(1)
	opSelectInt(coefficients, -1, -1).Fill_(1)
	for i := int64(1); i <= order; i++ {
		// Horner's rule, on a copy so that it can be differentiated.
		next := coefficients.Clone()
		opNarrow(next, -1, order-i, i+1).Sub_(opNarrow(roots, -1, i-1, 1).Mul(opNarrow(coefficients, -1, order-i+1, i+1)))
		coefficients = next
	}
	return opNarrow(coefficients, -1, 1, order+1)
}

// vectorPolynomial is the polynomial's value at each element of x.
func vectorPolynomial(polynomial, x *Tensor) *Tensor {
	value := OnesLike(x)
	for k := polynomial.Size(-1) - 2; k >= 0; k-- {
		value = Addcmul(opSelectInt(polynomial, -1, k).Unsqueeze(-1), x, value)
	}
	return value
}

// matrixPolynomial is the polynomial's value at the matrix x.
func matrixPolynomial(polynomial, x *Tensor) *Tensor {
	value := Eye(x.Size(-1), x.DType(), x.Device())
	for k := polynomial.Size(-1) - 2; k >= 0; k-- {
		value = x.Matmul(value)
		opDiagonal(value, 0, -2, -1).Add_(opSelectInt(polynomial, -1, k).Unsqueeze(-1))
	}
	return value
}
