package torch

// The functions here are those that Python's torch.nn.functional calls under
// names with an underscore. Package nn/functional is for users.

// UpsampleNearestExact1d resizes (N, C, L), Python's
// torch._C._nn._upsample_nearest_exact1d. One of outputSize and scaleFactors is
// nil, here and below.
func UpsampleNearestExact1d(input *Tensor, outputSize []int64, scaleFactors []float64) *Tensor {
	return op_UpsampleNearestExact1dVec(input, outputSize, scaleFactors)
}

// UpsampleNearestExact2d resizes (N, C, H, W), Python's
// torch._C._nn._upsample_nearest_exact2d.
func UpsampleNearestExact2d(input *Tensor, outputSize []int64, scaleFactors []float64) *Tensor {
	return op_UpsampleNearestExact2dVec(input, outputSize, scaleFactors)
}

// UpsampleNearestExact3d resizes (N, C, D, H, W), Python's
// torch._C._nn._upsample_nearest_exact3d.
func UpsampleNearestExact3d(input *Tensor, outputSize []int64, scaleFactors []float64) *Tensor {
	return op_UpsampleNearestExact3dVec(input, outputSize, scaleFactors)
}

// UpsampleBilinear2dAa resizes (N, C, H, W) with antialiasing, Python's
// torch._C._nn._upsample_bilinear2d_aa.
func UpsampleBilinear2dAa(input *Tensor, outputSize []int64, alignCorners bool, scaleFactors []float64) *Tensor {
	return op_UpsampleBilinear2dAaVec(input, outputSize, alignCorners, scaleFactors)
}

// UpsampleBicubic2dAa resizes (N, C, H, W) with antialiasing, Python's
// torch._C._nn._upsample_bicubic2d_aa.
func UpsampleBicubic2dAa(input *Tensor, outputSize []int64, alignCorners bool, scaleFactors []float64) *Tensor {
	return op_UpsampleBicubic2dAaVec(input, outputSize, alignCorners, scaleFactors)
}

// UpsampleLanczos2dAa resizes (N, C, H, W) with antialiasing, Python's
// torch._C._nn._upsample_lanczos2d_aa.
func UpsampleLanczos2dAa(input *Tensor, outputSize []int64, alignCorners bool, scaleFactors []float64) *Tensor {
	return op_UpsampleLanczos2dAaVec(input, outputSize, alignCorners, scaleFactors)
}

// GroupedMm multiplies groups of matrices, Python's torch._grouped_mm. offs,
// bias and outDtype may be nil or zero.
func GroupedMm(a, b, offs, bias *Tensor, outDtype DType) *Tensor {
	return op_GroupedMm(a, b, offs, bias, outDtype)
}

// A Scaling says how a matrix of a scaled product is scaled: by what tensors,
// for which blocks, and in which order they lie, by PyTorch's numbers.
type Scaling struct {
	Scale            []*Tensor
	Recipe, Swizzles []int64
}

// ScaledMm multiplies scaled matrices, Python's torch._scaled_mm_v2.
func ScaledMm(a, b *Tensor, ofA, ofB Scaling, bias *Tensor, outDtype DType, contractionDim []int64, fastAccum bool) *Tensor {
	return op_ScaledMmV2(a, b, ofA.Scale, ofA.Recipe, ofA.Swizzles, ofB.Scale, ofB.Recipe, ofB.Swizzles, bias, outDtype,
		contractionDim, fastAccum)
}

// ScaledGroupedMm multiplies groups of scaled matrices, Python's
// torch._scaled_grouped_mm_v2.
func ScaledGroupedMm(a, b *Tensor, ofA, ofB Scaling, offs, bias *Tensor, outDtype DType, contractionDim []int64,
	fastAccum bool) *Tensor {
	return op_ScaledGroupedMmV2(a, b, ofA.Scale, ofA.Recipe, ofA.Swizzles, ofB.Scale, ofB.Recipe, ofB.Swizzles, offs, bias, outDtype,
		contractionDim, fastAccum)
}

// ScaledAddmm returns beta times input plus alpha times a product of scaled
// matrices, Python's torch._scaled_addmm.
func ScaledAddmm(input, a, b *Tensor, ofA, ofB Scaling, contractionDim []int64, beta, alpha float64, fastAccum bool) *Tensor {
	return op_ScaledAddmm(input, a, b, ofA.Scale, ofA.Recipe, ofA.Swizzles, ofB.Scale, ofB.Recipe, ofB.Swizzles, contractionDim,
		floatScalar(beta), floatScalar(alpha), fastAccum)
}

// ScaledAddmm_ is [ScaledAddmm] that writes to input, Python's
// torch._scaled_addmm_.
func ScaledAddmm_(input, a, b *Tensor, ofA, ofB Scaling, contractionDim []int64, beta, alpha float64, fastAccum bool) *Tensor {
	op_ScaledAddmm_(input, a, b, ofA.Scale, ofA.Recipe, ofA.Swizzles, ofB.Scale, ofB.Recipe, ofB.Swizzles, contractionDim,
		floatScalar(beta), floatScalar(alpha), fastAccum)
	return input
}

// EmbeddingBagPaddingIdx is the first result of Python's torch.embedding_bag
// with padding_idx=, which may be None here.
func EmbeddingBagPaddingIdx(weight, indices, offsets *Tensor, scaleGradByFreq bool, mode int64, sparse bool,
	perSampleWeights *Tensor, includeLastOffset bool, paddingIdx ...int64) *Tensor {
	var padding optional[int64]
	if len(paddingIdx) > 0 {
		padding = some(paddingIdx[0])
	}
	output, bag, sizes, maxima := opEmbeddingBagPaddingIdx(weight, indices, offsets, scaleGradByFreq, mode, sparse, perSampleWeights,
		includeLastOffset, padding)
	for _, t := range []*Tensor{bag, sizes, maxima} {
		t.Close()
	}
	return output
}

// WeightNorm returns g * v / ‖v‖, the norm being taken over all dimensions of v
// but dim, or over all if dim is -1. Python's torch._weight_norm; for modules see
// package nn/utils/parametrizations.
func WeightNorm(v, g *Tensor, dim int64) *Tensor { return op_WeightNorm(v, g, dim) }
