package torch

// Operators that package amp's GradScaler is built on.

// AmpForeachNonFiniteCheckAndUnscale_ multiplies gradients by invScale, and sets
// foundInf to 1 if one of them has an infinite element, or NaN. All are on one
// device, and the gradients of one dtype; invScale and foundInf have one element
// of [Float32]. Python's torch._amp_foreach_non_finite_check_and_unscale_.
func AmpForeachNonFiniteCheckAndUnscale_(grads []*Tensor, foundInf, invScale *Tensor) {
	op_AmpForeachNonFiniteCheckAndUnscale_(grads, foundInf, invScale)
}

// AmpUpdateScale_ multiplies scale by backoffFactor if foundInf is not zero, and
// sets growthTracker to 0. Otherwise it adds 1 to growthTracker and, when that
// reaches growthInterval, multiplies scale by growthFactor and begins anew.
// Python's torch._amp_update_scale_.
func AmpUpdateScale_(scale, growthTracker, foundInf *Tensor, growthFactor, backoffFactor float64, growthInterval int64) {
	op_AmpUpdateScale_(scale, growthTracker, foundInf, growthFactor, backoffFactor, growthInterval)
}
