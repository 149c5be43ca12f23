package torch

// Operators that package amp's GradScaler is made of.

// AmpForeachNonFiniteCheckAndUnscale_ multiplies gradients by invScale, and sets
// foundInf to 1 if one of them has an element that is infinite or NaN. All are on
// one device, and the gradients of one dtype; invScale and foundInf have one
// element of [Float32]. Python's torch._amp_foreach_non_finite_check_and_unscale_.
func (Operators) AmpForeachNonFiniteCheckAndUnscale_(grads []*Tensor, foundInf, invScale *Tensor) {
	op_AmpForeachNonFiniteCheckAndUnscale_(grads, foundInf, invScale)
}

// AmpUpdateScale_ multiplies scale by backoff if foundInf is not zero, and sets
// tracker to 0. Otherwise it adds 1 to tracker and, when that reaches interval,
// multiplies scale by growth and begins anew. Python's torch._amp_update_scale_.
func (Operators) AmpUpdateScale_(scale, tracker, foundInf *Tensor, growth, backoff float64, interval int64) {
	op_AmpUpdateScale_(scale, tracker, foundInf, growth, backoff, interval)
}
