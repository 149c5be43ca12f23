package torch

// More operators over lists of tensors, for the optimizers that are not made of
// the usual four operations.

// ForeachAbs returns the absolute values, Python's torch._foreach_abs.
func ForeachAbs(input []*Tensor) []*Tensor { return op_ForeachAbs(input) }

// ForeachMul returns each tensor multiplied by other, Python's
// torch._foreach_mul. other is a number, a list of numbers, a list of tensors
// or one tensor.
func ForeachMul(input []*Tensor, other any) []*Tensor {
	switch o := other.(type) {
	case []*Tensor:
		return op_ForeachMulList(input, o)
	case *Tensor:
		return op_ForeachMulTensor(input, o)
	case []float64:
		return op_ForeachMulScalarList(input, floatScalars(o))
	}
	return op_ForeachMulScalar(input, toScalar(other, "other"))
}

// ForeachSub returns other subtracted from each tensor, Python's
// torch._foreach_sub. other is a number, or a list of tensors.
func ForeachSub(input []*Tensor, other any) []*Tensor {
	if o, ok := other.([]*Tensor); ok {
		return op_ForeachSubList(input, o, intScalar(1))
	}
	return op_ForeachSubScalar(input, toScalar(other, "other"))
}

// ForeachAddcmul returns input + value * tensor1 * tensor2 for each tensor,
// Python's torch._foreach_addcmul.
func ForeachAddcmul(input, tensor1, tensor2 []*Tensor, value any) []*Tensor {
	return op_ForeachAddcmulScalar(input, tensor1, tensor2, toScalar(value, "value"))
}

// ForeachPow_ raises each tensor to a power, Python's torch._foreach_pow_.
func ForeachPow_(input []*Tensor, exponent any) {
	op_ForeachPow_Scalar(input, toScalar(exponent, "exponent"))
}

// ForeachSign_ replaces each element by its sign, Python's
// torch._foreach_sign_.
func ForeachSign_(input []*Tensor) { op_ForeachSign_(input) }

// ForeachRsqrt_ replaces each element by the reciprocal of its square root,
// Python's torch._foreach_rsqrt_.
func ForeachRsqrt_(input []*Tensor) { op_ForeachRsqrt_(input) }

// ForeachCopy_ copies each tensor of src, Python's torch._foreach_copy_.
func ForeachCopy_(input, src []*Tensor) { op_ForeachCopy_(input, src, false) }

// FusedAdagradArguments are the arguments of [FusedAdagrad_] that are no lists.
type FusedAdagradArguments struct {
	LR                        any // a float64, or a *Tensor of one element
	LRDecay, WeightDecay, Eps float64
	Maximize                  bool
	GradScale, FoundInf       *Tensor // of automatic mixed precision, or nil
}

// FusedAdagrad_ is a step of Adagrad in one kernel, Python's
// torch._fused_adagrad_.
func FusedAdagrad_(params, grads, sums, steps []*Tensor, a FusedAdagradArguments) {
	if lr, ok := a.LR.(*Tensor); ok {
		op_FusedAdagrad_TensorLr(params, grads, sums, steps, lr, a.LRDecay, a.WeightDecay, a.Eps, a.Maximize, a.GradScale,
			a.FoundInf)
		return
	}
	op_FusedAdagrad_(params, grads, sums, steps, toScalar(a.LR, "lr").float(), a.LRDecay, a.WeightDecay, a.Eps, a.Maximize,
		a.GradScale, a.FoundInf)
}
