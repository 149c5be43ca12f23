package functional

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// LinearCrossEntropy is [CrossEntropy] of the logits [Linear](input, linearWeight),
// for input of shape (N, in) or (in) and linearWeight of (C, ..., in). With
// [LinearCrossEntropyOptions] it takes less memory. Python's
// F.linear_cross_entropy.
func LinearCrossEntropy(input, linearWeight, target *torch.Tensor, opts ...LinearCrossEntropyOption) *torch.Tensor {
	a := readLinearCrossEntropy(opts)
	a.options.value.Check()
	logits := logitsShape(input.Shape(), linearWeight.Shape(), a.linearBias)
	ignoreIndex := int64(-100)
	if a.ignoreIndex.given {
		if slices.Equal(target.Shape(), logits) {
			raise("RuntimeError", "ignore_index cannot be specified when target contains probabilities")
		}
		ignoreIndex = a.ignoreIndex.value
	}
	chunked := chunkedApplies(input, target, a, logits)
	return torch.ScopeValue(func() *torch.Tensor {
		if chunked {
			return chunkedLoss(input, linearWeight, target, a, ignoreIndex)
		}
		if linearWeight.Dim() > 2 {
			linearWeight = linearWeight.Reshape(-1, input.Size(-1))
			if a.linearBias != nil {
				a.linearBias = a.linearBias.Reshape(-1)
			}
		}
		y := Linear(input, linearWeight, torch.Bias(a.linearBias)).Reshape(logits...)
		return CrossEntropy(y, target, torch.Weight(a.weight), a.reduction, torch.IgnoreIndex(ignoreIndex),
			torch.LabelSmoothing(a.labelSmoothing))
	})
}

// logitsShape checks the operands of the linear part and returns the shape of its
// result.
func logitsShape(input, weight []int64, bias *torch.Tensor) []int64 {
	if len(input) < 1 || len(input) > 2 {
		raise("RuntimeError", "expected input with dimensionality 1 or 2, got %d", len(input))
	}
	last := len(weight) - 1
	if last < 1 {
		raise("RuntimeError", "expected linear_weight with dimensionality at least 2, got %d", last+1)
	}
	features := input[len(input)-1]
	if features != weight[last] {
		raise("RuntimeError", "expected equal input and linear_weight last dimensions (in_features), got %d and %d, respectively",
			features, weight[last])
	}
	if bias != nil && !slices.Equal(bias.Shape(), weight[:last]) {
		raise("RuntimeError", "expected linear_bias shape %s, got %s", pytext.Tuple(weight[:last]), pytext.Tuple(bias.Shape()))
	}
	if last > 1 && len(input) == 1 {
		raise("RuntimeError", "K-dimensional loss defined by linear_weight shape %s requires batched input, (N, %d), got unbatched input "+
			"with shape %s", pytext.Tuple(weight), features, pytext.Tuple(input))
	}
	return slices.Concat(input[:len(input)-1], weight[:last])
}
