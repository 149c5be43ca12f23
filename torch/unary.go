package torch

// Operators of one tensor, element by element. Each comes as a function, as a
// method and, where PyTorch has it, in place.

// Abs returns the absolute value of each element, Python's torch.abs.
func Abs(input *Tensor) *Tensor { return opAbs(input) }

// Abs is [Abs] of t.
func (t *Tensor) Abs() *Tensor { return opAbs(t) }

// Abs_ is [Abs] in place; it returns t.
func (t *Tensor) Abs_() *Tensor { opAbs_(t); return t }

// Neg returns the negative of each element, Python's torch.neg.
func Neg(input *Tensor) *Tensor { return opNeg(input) }

// Neg is [Neg] of t.
func (t *Tensor) Neg() *Tensor { return opNeg(t) }

// Neg_ is [Neg] in place; it returns t.
func (t *Tensor) Neg_() *Tensor { opNeg_(t); return t }

// Exp returns e to the power of each element, Python's torch.exp.
func Exp(input *Tensor) *Tensor { return opExp(input) }

// Exp is [Exp] of t.
func (t *Tensor) Exp() *Tensor { return opExp(t) }

// Exp_ is [Exp] in place; it returns t.
func (t *Tensor) Exp_() *Tensor { opExp_(t); return t }

// Log returns the natural logarithm of each element, Python's torch.log.
func Log(input *Tensor) *Tensor { return opLog(input) }

// Log is [Log] of t.
func (t *Tensor) Log() *Tensor { return opLog(t) }

// Log_ is [Log] in place; it returns t.
func (t *Tensor) Log_() *Tensor { opLog_(t); return t }

// Log1p returns the natural logarithm of one plus of each element, Python's torch.log1p.
func Log1p(input *Tensor) *Tensor { return opLog1p(input) }

// Log1p is [Log1p] of t.
func (t *Tensor) Log1p() *Tensor { return opLog1p(t) }

// Log1p_ is [Log1p] in place; it returns t.
func (t *Tensor) Log1p_() *Tensor { opLog1p_(t); return t }

// Expm1 returns e to the power, less one, of each element, Python's torch.expm1.
func Expm1(input *Tensor) *Tensor { return opExpm1(input) }

// Expm1 is [Expm1] of t.
func (t *Tensor) Expm1() *Tensor { return opExpm1(t) }

// Expm1_ is [Expm1] in place; it returns t.
func (t *Tensor) Expm1_() *Tensor { opExpm1_(t); return t }

// Sqrt returns the square root of each element, Python's torch.sqrt.
func Sqrt(input *Tensor) *Tensor { return opSqrt(input) }

// Sqrt is [Sqrt] of t.
func (t *Tensor) Sqrt() *Tensor { return opSqrt(t) }

// Sqrt_ is [Sqrt] in place; it returns t.
func (t *Tensor) Sqrt_() *Tensor { opSqrt_(t); return t }

// Rsqrt returns the reciprocal of the square root of each element, Python's torch.rsqrt.
func Rsqrt(input *Tensor) *Tensor { return opRsqrt(input) }

// Rsqrt is [Rsqrt] of t.
func (t *Tensor) Rsqrt() *Tensor { return opRsqrt(t) }

// Rsqrt_ is [Rsqrt] in place; it returns t.
func (t *Tensor) Rsqrt_() *Tensor { opRsqrt_(t); return t }

// Sin returns the sine of each element, Python's torch.sin.
func Sin(input *Tensor) *Tensor { return opSin(input) }

// Sin is [Sin] of t.
func (t *Tensor) Sin() *Tensor { return opSin(t) }

// Sin_ is [Sin] in place; it returns t.
func (t *Tensor) Sin_() *Tensor { opSin_(t); return t }

// Cos returns the cosine of each element, Python's torch.cos.
func Cos(input *Tensor) *Tensor { return opCos(input) }

// Cos is [Cos] of t.
func (t *Tensor) Cos() *Tensor { return opCos(t) }

// Cos_ is [Cos] in place; it returns t.
func (t *Tensor) Cos_() *Tensor { opCos_(t); return t }

// Tan returns the tangent of each element, Python's torch.tan.
func Tan(input *Tensor) *Tensor { return opTan(input) }

// Tan is [Tan] of t.
func (t *Tensor) Tan() *Tensor { return opTan(t) }

// Tan_ is [Tan] in place; it returns t.
func (t *Tensor) Tan_() *Tensor { opTan_(t); return t }

// Tanh returns the hyperbolic tangent of each element, Python's torch.tanh.
func Tanh(input *Tensor) *Tensor { return opTanh(input) }

// Tanh is [Tanh] of t.
func (t *Tensor) Tanh() *Tensor { return opTanh(t) }

// Tanh_ is [Tanh] in place; it returns t.
func (t *Tensor) Tanh_() *Tensor { opTanh_(t); return t }

// Sigmoid returns the logistic function 1/(1+exp(-x)) of each element, Python's torch.sigmoid.
func Sigmoid(input *Tensor) *Tensor { return opSigmoid(input) }

// Sigmoid is [Sigmoid] of t.
func (t *Tensor) Sigmoid() *Tensor { return opSigmoid(t) }

// Sigmoid_ is [Sigmoid] in place; it returns t.
func (t *Tensor) Sigmoid_() *Tensor { opSigmoid_(t); return t }

// Relu returns max(x, 0) of each element, Python's torch.relu.
func Relu(input *Tensor) *Tensor { return opRelu(input) }

// Relu is [Relu] of t.
func (t *Tensor) Relu() *Tensor { return opRelu(t) }

// Relu_ is [Relu] in place; it returns t.
func (t *Tensor) Relu_() *Tensor { opRelu_(t); return t }

// Floor returns the largest integer not above of each element, Python's torch.floor.
func Floor(input *Tensor) *Tensor { return opFloor(input) }

// Floor is [Floor] of t.
func (t *Tensor) Floor() *Tensor { return opFloor(t) }

// Floor_ is [Floor] in place; it returns t.
func (t *Tensor) Floor_() *Tensor { opFloor_(t); return t }

// Ceil returns the smallest integer not below of each element, Python's torch.ceil.
func Ceil(input *Tensor) *Tensor { return opCeil(input) }

// Ceil is [Ceil] of t.
func (t *Tensor) Ceil() *Tensor { return opCeil(t) }

// Ceil_ is [Ceil] in place; it returns t.
func (t *Tensor) Ceil_() *Tensor { opCeil_(t); return t }

// Trunc returns the integer part of each element, Python's torch.trunc.
func Trunc(input *Tensor) *Tensor { return opTrunc(input) }

// Trunc is [Trunc] of t.
func (t *Tensor) Trunc() *Tensor { return opTrunc(t) }

// Trunc_ is [Trunc] in place; it returns t.
func (t *Tensor) Trunc_() *Tensor { opTrunc_(t); return t }

// Sign returns the sign, -1, 0 or 1, of each element, Python's torch.sign.
func Sign(input *Tensor) *Tensor { return opSign(input) }

// Sign is [Sign] of t.
func (t *Tensor) Sign() *Tensor { return opSign(t) }

// Sign_ is [Sign] in place; it returns t.
func (t *Tensor) Sign_() *Tensor { opSign_(t); return t }

// Square returns the square of each element, Python's torch.square.
func Square(input *Tensor) *Tensor { return opSquare(input) }

// Square is [Square] of t.
func (t *Tensor) Square() *Tensor { return opSquare(t) }

// Square_ is [Square] in place; it returns t.
func (t *Tensor) Square_() *Tensor { opSquare_(t); return t }

// Reciprocal returns the reciprocal of each element, Python's torch.reciprocal.
func Reciprocal(input *Tensor) *Tensor { return opReciprocal(input) }

// Reciprocal is [Reciprocal] of t.
func (t *Tensor) Reciprocal() *Tensor { return opReciprocal(t) }

// Reciprocal_ is [Reciprocal] in place; it returns t.
func (t *Tensor) Reciprocal_() *Tensor { opReciprocal_(t); return t }

// Erf returns the error function of each element, Python's torch.erf.
func Erf(input *Tensor) *Tensor { return opErf(input) }

// Erf is [Erf] of t.
func (t *Tensor) Erf() *Tensor { return opErf(t) }

// Erf_ is [Erf] in place; it returns t.
func (t *Tensor) Erf_() *Tensor { opErf_(t); return t }

// Isnan returns whether it is NaN of each element, Python's torch.isnan.
func Isnan(input *Tensor) *Tensor { return opIsnan(input) }

// Isnan is [Isnan] of t.
func (t *Tensor) Isnan() *Tensor { return opIsnan(t) }

// Isfinite returns whether it is finite of each element, Python's torch.isfinite.
func Isfinite(input *Tensor) *Tensor { return opIsfinite(input) }

// Isfinite is [Isfinite] of t.
func (t *Tensor) Isfinite() *Tensor { return opIsfinite(t) }

// Isinf returns whether it is infinite of each element, Python's torch.isinf.
func Isinf(input *Tensor) *Tensor { return opIsinf(input) }

// Isinf is [Isinf] of t.
func (t *Tensor) Isinf() *Tensor { return opIsinf(t) }
