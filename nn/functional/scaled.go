package functional

import "github.com/wangkuiyi/gotorch/torch"

// A ScalingType says which elements of a matrix share a scale.
type ScalingType int64

// The scaling types, Python's F.ScalingType.
const (
	ScalingTensorWise ScalingType = iota
	ScalingRowWise
	ScalingBlockWise1x16
	ScalingBlockWise1x32
	ScalingBlockWise1x128
	ScalingBlockWise128x128
)

// A SwizzleType says in which order the scales of a matrix lie.
type SwizzleType int64

// The swizzle types, Python's F.SwizzleType.
const (
	NoSwizzle SwizzleType = iota
	Swizzle32_4_4
	Swizzle32_8
)

// SwizzleA has the swizzle types of the first matrix's scales, Python's
// swizzle_a=.
type SwizzleA []SwizzleType

// SwizzleB has the swizzle types of the second matrix's scales, Python's
// swizzle_b=.
type SwizzleB []SwizzleType

func scaling[S ~[]SwizzleType](scale []*torch.Tensor, recipe []ScalingType, swizzles S) torch.Scaling {
	return torch.Scaling{Scale: scale, Recipe: numbers(recipe), Swizzles: numbers(swizzles)}
}

func numbers[S ~[]E, E ~int64](list S) []int64 {
	result := make([]int64, len(list))
	for i, v := range list {
		result[i] = int64(v)
	}
	return result
}

// GroupedMm multiplies groups of matrices: of three-dimensional tensors as
// [torch.Bmm] does, and of two-dimensional ones the parts that end at the
// indices [Offs]. Python's F.grouped_mm.
func GroupedMm(a, b *torch.Tensor, opts ...GroupedMmOption) *torch.Tensor {
	o := readGroupedMm(opts)
	return torch.GroupedMm(a, b, o.offs, o.bias, o.outDtype)
}

// ScaledMm multiplies matrices of 8 bits or fewer an element, that are scaled by
// scaleA and scaleB as the recipes say. Python's F.scaled_mm. PyTorch has it for
// some GPUs only, and for the CPU with tensor-wise scales.
func ScaledMm(a, b *torch.Tensor, scaleA []*torch.Tensor, recipeA []ScalingType, scaleB []*torch.Tensor, recipeB []ScalingType,
	opts ...ScaledMmOption) *torch.Tensor {
	o := readScaledMm(opts)
	return torch.ScaledMm(a, b, scaling(scaleA, recipeA, o.swizzleA), scaling(scaleB, recipeB, o.swizzleB), o.bias, o.outputDtype,
		o.contractionDim, o.useFastAccum)
}

// ScaledGroupedMm is [GroupedMm] of scaled matrices, as of [ScaledMm]. Python's
// F.scaled_grouped_mm.
func ScaledGroupedMm(a, b *torch.Tensor, scaleA []*torch.Tensor, recipeA []ScalingType, scaleB []*torch.Tensor,
	recipeB []ScalingType, opts ...ScaledGroupedMmOption) *torch.Tensor {
	o := readScaledGroupedMm(opts)
	return torch.ScaledGroupedMm(a, b, scaling(scaleA, recipeA, o.swizzleA), scaling(scaleB, recipeB, o.swizzleB), o.offs, o.bias,
		o.outputDtype, o.contractionDim, o.useFastAccum)
}

// ScaledAddmm returns [Beta] times input plus [Alpha] times the product of a and
// b, scaled as in [ScaledMm]. Python's F.scaled_addmm.
func ScaledAddmm(input, a, b *torch.Tensor, scaleA []*torch.Tensor, recipeA []ScalingType, scaleB []*torch.Tensor,
	recipeB []ScalingType, opts ...ScaledAddmmOption) *torch.Tensor {
	o := readScaledAddmm(opts)
	return torch.ScaledAddmm(input, a, b, scaling(scaleA, recipeA, o.swizzleA), scaling(scaleB, recipeB, o.swizzleB),
		o.contractionDim, o.beta, o.alpha, o.useFastAccum)
}

// ScaledAddmm_ is [ScaledAddmm] that writes to input and returns it. Python's
// F.scaled_addmm_.
func ScaledAddmm_(input, a, b *torch.Tensor, scaleA []*torch.Tensor, recipeA []ScalingType, scaleB []*torch.Tensor,
	recipeB []ScalingType, opts ...ScaledAddmmOption) *torch.Tensor {
	o := readScaledAddmm(opts)
	return torch.ScaledAddmm_(input, a, b, scaling(scaleA, recipeA, o.swizzleA), scaling(scaleB, recipeB, o.swizzleB),
		o.contractionDim, o.beta, o.alpha, o.useFastAccum)
}
