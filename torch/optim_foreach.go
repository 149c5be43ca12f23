package torch

// Operators over lists of tensors, which package optim is built on. On CUDA
// they take one kernel for the whole list; on the CPU they are loops.

// ForeachAdd returns, for each tensor, input + alpha * other: Python's
// torch._foreach_add. other is a number, or a list of tensors as long as input.
func ForeachAdd(input []*Tensor, other any, opts ...ForeachAddOption) []*Tensor {
	alpha := alphaOf(opts)
	if o, ok := other.([]*Tensor); ok {
		return op_ForeachAddList(input, o, alpha)
	}
	return op_ForeachAddScalar(input, toScalar(other, "other"))
}

// ForeachAdd_ is [ForeachAdd] in place. other may also be a list of numbers, or
// one tensor, which is added to each.
func ForeachAdd_(input []*Tensor, other any, opts ...ForeachAddOption) {
	alpha := alphaOf(opts)
	switch o := other.(type) {
	case []*Tensor:
		op_ForeachAdd_List(input, o, alpha)
	case *Tensor:
		op_ForeachAdd_Tensor(input, o, alpha)
	case []float64:
		op_ForeachAdd_ScalarList(input, floatScalars(o))
	default:
		op_ForeachAdd_Scalar(input, toScalar(other, "other"))
	}
}

// ForeachSub_ subtracts other from each tensor, Python's torch._foreach_sub_.
// other is a number, or a list of tensors.
func ForeachSub_(input []*Tensor, other any) {
	if o, ok := other.([]*Tensor); ok {
		op_ForeachSub_List(input, o, intScalar(1))
		return
	}
	op_ForeachSub_Scalar(input, toScalar(other, "other"))
}

// ForeachMul_ multiplies each tensor by other, Python's torch._foreach_mul_.
// other is a number, a list of numbers, a list of tensors or one tensor.
func ForeachMul_(input []*Tensor, other any) {
	switch o := other.(type) {
	case []float64:
		op_ForeachMul_ScalarList(input, floatScalars(o))
	case []*Tensor:
		op_ForeachMul_List(input, o)
	case *Tensor:
		op_ForeachMul_Tensor(input, o)
	default:
		op_ForeachMul_Scalar(input, toScalar(other, "other"))
	}
}

// ForeachDiv_ divides each tensor by other, Python's torch._foreach_div_. other
// is a number, a list of numbers, a list of tensors or one tensor.
func ForeachDiv_(input []*Tensor, other any) {
	switch o := other.(type) {
	case []*Tensor:
		op_ForeachDiv_List(input, o)
	case *Tensor:
		op_ForeachDiv_Tensor(input, o)
	case []float64:
		op_ForeachDiv_ScalarList(input, floatScalars(o))
	default:
		op_ForeachDiv_Scalar(input, toScalar(other, "other"))
	}
}

// ForeachNeg returns the negative of each tensor, Python's torch._foreach_neg.
func ForeachNeg(input []*Tensor) []*Tensor { return op_ForeachNeg(input) }

// ForeachNeg_ is [ForeachNeg] in place.
func ForeachNeg_(input []*Tensor) { op_ForeachNeg_(input) }

// ForeachSqrt returns the square roots, Python's torch._foreach_sqrt.
func ForeachSqrt(input []*Tensor) []*Tensor { return op_ForeachSqrt(input) }

// ForeachSqrt_ is [ForeachSqrt] in place.
func ForeachSqrt_(input []*Tensor) { op_ForeachSqrt_(input) }

// ForeachReciprocal_ replaces each element by one divided by it, Python's
// torch._foreach_reciprocal_.
func ForeachReciprocal_(input []*Tensor) { op_ForeachReciprocal_(input) }

// ForeachPow returns a number raised to each tensor, Python's
// torch._foreach_pow(number, tensors).
func ForeachPow(input any, exponent []*Tensor) []*Tensor {
	return op_ForeachPowScalarAndTensor(toScalar(input, "self"), exponent)
}

// ForeachLerp_ moves each tensor towards another by a part of the distance,
// Python's torch._foreach_lerp_. The part is a number, or one number for each.
func ForeachLerp_(input, end []*Tensor, weight any) {
	if w, ok := weight.([]float64); ok {
		op_ForeachLerp_ScalarList(input, end, floatScalars(w))
		return
	}
	op_ForeachLerp_Scalar(input, end, toScalar(weight, "weight"))
}

// ForeachMaximum_ replaces each tensor by the elementwise maximum of it and
// another, or a number, Python's torch._foreach_maximum_.
func ForeachMaximum_(input []*Tensor, other any) {
	if o, ok := other.([]*Tensor); ok {
		op_ForeachMaximum_List(input, o)
		return
	}
	op_ForeachMaximum_Scalar(input, toScalar(other, "other"))
}

// ForeachAddcmul_ adds value * tensor1 * tensor2 to each tensor, Python's
// torch._foreach_addcmul_.
func ForeachAddcmul_(input, tensor1, tensor2 []*Tensor, value any) {
	op_ForeachAddcmul_Scalar(input, tensor1, tensor2, toScalar(value, "value"))
}

// ForeachAddcdiv_ adds value * tensor1 / tensor2 to each tensor, Python's
// torch._foreach_addcdiv_. value is a number, or a list of numbers.
func ForeachAddcdiv_(input, tensor1, tensor2 []*Tensor, value any) {
	if v, ok := value.([]float64); ok {
		op_ForeachAddcdiv_ScalarList(input, tensor1, tensor2, floatScalars(v))
		return
	}
	op_ForeachAddcdiv_Scalar(input, tensor1, tensor2, toScalar(value, "value"))
}

// ForeachZero_ fills all tensors with zeros, Python's torch._foreach_zero_.
func ForeachZero_(input []*Tensor) { op_ForeachZero_(input) }

func alphaOf(opts []ForeachAddOption) scalar {
	alpha := intScalar(1)
	for _, o := range opts {
		if o, ok := o.(AlphaArg); ok {
			alpha = toScalar(o.value, "alpha")
		}
	}
	return alpha
}

func floatScalars(values []float64) []scalar {
	scalars := make([]scalar, len(values))
	for i, v := range values {
		scalars[i] = floatScalar(v)
	}
	return scalars
}

// FusedSgdArguments are the arguments of [FusedSgd_] that are no lists.
type FusedSgdArguments struct {
	WeightDecay, Momentum, Dampening float64
	LR                               any // a float64, or a *Tensor of one element
	Nesterov, Maximize, IsFirstStep  bool
	GradScale, FoundInf              *Tensor // of automatic mixed precision, or nil
}

// FusedSgd_ is a step of stochastic gradient descent in one kernel, Python's
// torch._fused_sgd_. The list of momentum buffers is empty without momentum.
func FusedSgd_(params, grads, momentumBuffers []*Tensor, a FusedSgdArguments) {
	if lr, ok := a.LR.(*Tensor); ok {
		op_FusedSgd_TensorLr(params, grads, momentumBuffers, a.WeightDecay, a.Momentum, lr, a.Dampening, a.Nesterov,
			a.Maximize, a.IsFirstStep, a.GradScale, a.FoundInf)
		return
	}
	op_FusedSgd_(params, grads, momentumBuffers, a.WeightDecay, a.Momentum, toScalar(a.LR, "lr").float(), a.Dampening,
		a.Nesterov, a.Maximize, a.IsFirstStep, a.GradScale, a.FoundInf)
}

// FusedAdamArguments are the arguments of [FusedAdam_] and [FusedAdamw_] that
// are no lists.
type FusedAdamArguments struct {
	LR                             any // a float64, or a *Tensor of one element
	Beta1, Beta2, WeightDecay, Eps float64
	Amsgrad, Maximize              bool
	GradScale, FoundInf            *Tensor // of automatic mixed precision, or nil
}

// FusedAdam_ is a step of Adam in one kernel, Python's torch._fused_adam_. The
// list of maxima is empty without amsgrad.
func FusedAdam_(params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps []*Tensor, a FusedAdamArguments) {
	if lr, ok := a.LR.(*Tensor); ok {
		op_FusedAdam_TensorLr(params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps, lr, a.Beta1, a.Beta2, a.WeightDecay,
			a.Eps, a.Amsgrad, a.Maximize, a.GradScale, a.FoundInf)
		return
	}
	op_FusedAdam_(params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps, toScalar(a.LR, "lr").float(), a.Beta1, a.Beta2,
		a.WeightDecay, a.Eps, a.Amsgrad, a.Maximize, a.GradScale, a.FoundInf)
}

// FusedAdamw_ is [FusedAdam_] with decoupled weight decay, Python's
// torch._fused_adamw_.
func FusedAdamw_(params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps []*Tensor, a FusedAdamArguments) {
	if lr, ok := a.LR.(*Tensor); ok {
		op_FusedAdamw_TensorLr(params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps, lr, a.Beta1, a.Beta2, a.WeightDecay,
			a.Eps, a.Amsgrad, a.Maximize, a.GradScale, a.FoundInf)
		return
	}
	op_FusedAdamw_(params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps, toScalar(a.LR, "lr").float(), a.Beta1, a.Beta2,
		a.WeightDecay, a.Eps, a.Amsgrad, a.Maximize, a.GradScale, a.FoundInf)
}
