package torch

// What PyTorch writes in torch/functional.py and has no file of its own here.

// Cdist returns the distances of each row of x1 to each row of x2, for each
// pair in the batch: Python's torch.cdist.
//
// Options: [P] (2), the norm; [ComputeMode], one of
// "use_mm_for_euclid_dist_if_necessary" (the default),
// "use_mm_for_euclid_dist" and "donot_use_mm_for_euclid_dist".
func Cdist(x1, x2 *Tensor, opts ...CdistOption) *Tensor {
	p, mode := 2.0, "use_mm_for_euclid_dist_if_necessary"
	for _, o := range opts {
		switch o := o.(type) {
		case PArg:
			p = toFloat(o.value, "p")
		case ComputeModeArg:
			mode = string(o)
		}
	}
	switch mode {
	case "use_mm_for_euclid_dist_if_necessary":
		return opCdist(x1, x2, p, optional[int64]{})
	case "use_mm_for_euclid_dist":
		return opCdist(x1, x2, p, some[int64](1))
	case "donot_use_mm_for_euclid_dist":
		return opCdist(x1, x2, p, some[int64](2))
	}
	refuse(valueErrorKind, "%s is not a valid value for compute_mode", mode)
	panic("unreachable")
}

// BroadcastShapes returns the shape that tensors of these shapes have after
// broadcasting, Python's torch.broadcast_shapes.
func BroadcastShapes(shapes ...[]int64) []int64 {
	var common []int64
	for _, shape := range shapes {
		for len(common) < len(shape) {
			common = append(common, 1)
		}
	}
	for n, shape := range shapes {
		for i := 1; i <= len(shape); i++ { // from the last
			size, result := shape[len(shape)-i], &common[len(common)-i]
			switch {
			case size == *result:
			case *result == 1 && size < 0:
				refuse(valueErrorKind, "Attempting to broadcast a dimension with negative length!")
			case *result == 1:
				*result = size
			case size != 1:
				refuse(runtimeErrorKind, "Attempting to broadcast a dimension of length %d at -%d! Mismatching argument at index %d "+
					"had %s; but expected shape should be broadcastable to %s", size, i, n, tupleText(shape), intsText(common))
			}
		}
	}
	return common
}

// UnravelIndex turns indices into a flattened tensor into indices into one of
// this shape, a tensor for each dimension: Python's torch.unravel_index.
func UnravelIndex(indices *Tensor, shape ...int64) []*Tensor {
	dtype := indices.DType()
	if dtype.IsComplex() || dtype.IsFloatingPoint() || dtype == Bool {
		refuse(typeErrorKind, "expected 'indices' to be integer dtype, but got %s", dtype)
	}
	for _, n := range shape {
		if n < 0 {
			refuse(valueErrorKind, "'shape' cannot have negative values, but got %s", tupleText(shape))
		}
	}
	coefficients := make([]int64, len(shape))
	product := int64(1)
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] == 0 && indices.Numel() > 0 {
			refuse(valueErrorKind, "'shape' cannot have zero dimensions when 'indices' is non-empty, but got %s", tupleText(shape))
		}
		coefficients[i] = product
		product *= shape[i]
	}
	return ScopeValue(func() []*Tensor {
		device := indices.Device()
		quotients := opUnsqueeze(indices, -1).FloorDivide(NewTensor(coefficients, device))
		return opUnbindInt(quotients.Remainder(NewTensor(shape, device)), -1)
	})
}

// Lu returns the LU factorization of a batch of matrices in one tensor, and its
// pivots: Python's torch.lu, which is deprecated for linalg.LuFactor.
//
// Options: [Pivot] (true), [Out] with two tensors.
func Lu(a *Tensor, opts ...LuOption) (lu, pivots *Tensor) {
	results := factorize(a, false, opts)
	return results[0], results[1]
}

// LuInfos is [Lu] that does not panic where a factorization fails, but returns
// a tensor that tells: Python's get_infos=True. [Out] takes three tensors.
func LuInfos(a *Tensor, opts ...LuOption) (lu, pivots, infos *Tensor) {
	results := factorize(a, true, opts)
	return results[0], results[1], results[2]
}

// Lu is [Lu] of t.
func (t *Tensor) Lu(opts ...LuOption) (lu, pivots *Tensor) { return Lu(t, opts...) }

// LuInfos is [LuInfos] of t.
func (t *Tensor) LuInfos(opts ...LuOption) (lu, pivots, infos *Tensor) { return LuInfos(t, opts...) }

func factorize(a *Tensor, infos bool, opts []LuOption) []*Tensor {
	pivot := true
	var out []*Tensor
	for _, o := range opts {
		switch o := o.(type) {
		case PivotArg:
			pivot = bool(o)
		case OutArg:
			out = o
		}
	}
	lu, pivots, info := op_LuWithInfo(a, pivot, !infos)
	results := []*Tensor{lu, pivots}
	if infos {
		results = append(results, info)
	}
	if out == nil {
		return results
	}
	if len(out) != len(results) {
		refuse(typeErrorKind, "expected tuple of %d elements but got %d", len(results), len(out))
	}
	for i, t := range out {
		opResizeAs_(t, results[i], 0)
		opCopy_(t, results[i], false)
	}
	return out
}

// Range returns the numbers from start to end, which belongs to it, Python's
// torch.range. It is deprecated: [ArangeFrom] is consistent with Go's and
// Python's ranges. As in Python, it does not follow [SetDefaultDevice].
//
// Options: [Step] (1), a [DType], a [Layout], a [Device], [RequiresGrad], [Out].
func Range(start, end any, opts ...RangeOption) *Tensor {
	Warn("torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with " +
		"Python's range builtin. Instead, use torch.arange, which produces values in [start, end).")
	step := intScalar(1)
	var dtype DType
	var layout Layout
	var device Device
	var requiresGrad optional[bool]
	var out *Tensor
	for _, o := range opts {
		switch o := o.(type) {
		case StepArg:
			step = toScalar(o.value, "step")
		case DType:
			dtype = o
		case Layout:
			layout = o
		case Device:
			device = o
		case RequiresGradArg:
			requiresGrad = some(bool(o))
		case OutArg:
			out = outputs(o, 1)[0]
		}
	}
	first, last := toScalar(start, "start"), toScalar(end, "end")
	if out != nil {
		checkOut(out, dtype, layout, device)
		opRangeOut(first, last, step, out)
		return withRequiresGrad(out, requiresGrad)
	}
	return withRequiresGrad(opRangeStep(first, last, step, dtype, layout, device, optional[bool]{}), requiresGrad)
}
