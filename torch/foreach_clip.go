package torch

// ForeachNorm returns the norm of order ord of each tensor, Python's
// torch._foreach_norm.
func ForeachNorm(input []*Tensor, ord float64) []*Tensor {
	return op_ForeachNormScalar(input, toScalar(ord, "ord"), 0)
}

// ForeachClampMin_ raises the elements below a number to it, Python's
// torch._foreach_clamp_min_.
func ForeachClampMin_(input []*Tensor, least any) {
	op_ForeachClampMin_Scalar(input, toScalar(least, "scalar"))
}

// ForeachClampMax_ lowers the elements above a number to it, Python's
// torch._foreach_clamp_max_.
func ForeachClampMax_(input []*Tensor, most any) {
	op_ForeachClampMax_Scalar(input, toScalar(most, "scalar"))
}
