package functional

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// Embedding returns the rows of weight, of shape (V, D), that input has the
// indices of, in the shape (*, D). The row [PaddingIdx] gets no gradient.
// Python's F.embedding. With [MaxNorm] it first scales down those of the rows in
// use, in weight itself, that have a larger norm, of order [NormType].
func Embedding(input, weight *torch.Tensor, opts ...EmbeddingOption) *torch.Tensor {
	a := readEmbedding(opts)
	paddingIdx := int64(-1)
	if a.paddingIdx.given {
		paddingIdx = embeddingIndex(a.paddingIdx.value, weight.Size(0))
	}
	if a.maxNorm.given {
		input = input.Contiguous()
		renorm(weight, input, a.maxNorm.value, a.normType)
	}
	return torch.Embedding(weight, input, torch.PaddingIdx(paddingIdx), torch.ScaleGradByFreq(a.scaleGradByFreq),
		torch.Sparse(a.sparse))
}

// embeddingIndex returns the index of a row, which may count from the end.
func embeddingIndex(i, rows int64) int64 {
	if i >= rows || i < -rows {
		raise("AssertionError", "Padding_idx must be within num_embeddings")
	}
	if i < 0 {
		return rows + i
	}
	return i
}

func renorm(weight, input *torch.Tensor, maxNorm, normType float64) {
	detached := weight.Detach()
	torch.EmbeddingRenorm_(detached, input, maxNorm, normType)
	detached.Close()
}

// EmbeddingBag returns the sums, means or maxima, as [Mode] says, of bags of
// rows of weight. Input has the indices: of shape (B, N), a bag in each row, or
// one bag after the other, each of which starts at one of [Offsets]. Python's
// F.embedding_bag.
func EmbeddingBag(input, weight *torch.Tensor, opts ...EmbeddingBagOption) *torch.Tensor {
	a := readEmbeddingBag(opts)
	if weight.DType() == torch.Int64 && input.IsFloatingPoint() {
		torch.Warn("Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is " +
			"deprecated, and should now be `embedding_bag(input, weight, ...)`.")
		weight, input = input, weight
	}
	return torch.ScopeValue(func() *torch.Tensor {
		input := a.flatten(input, weight)
		mode := a.modeNumber()
		if a.maxNorm.given {
			renorm(weight, input, a.maxNorm.value, a.normType)
		}
		if a.perSampleWeights != nil && a.mode != "sum" {
			raise("NotImplementedError", "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for "+
				"mode='sum' (got mode='%s'). Please open a feature request on GitHub.", a.mode)
		}
		var paddingIdx []int64
		if a.paddingIdx.given {
			paddingIdx = []int64{a.paddingIdx.value}
		}
		return torch.EmbeddingBagPaddingIdx(weight, input, a.offsets, a.scaleGradByFreq, mode, a.sparse, a.perSampleWeights,
			a.includeLastOffset, paddingIdx...)
	})
}

// flatten makes one sequence of the bags, with offsets.
func (a *embeddingBagArguments) flatten(input, weight *torch.Tensor) *torch.Tensor {
	if w := a.perSampleWeights; w != nil && !torch.IsSameSize(input, w) {
		raise("ValueError", "embedding_bag: If per_sample_weights (%s) is not None, then it must have the same shape as the input (%s)",
			pytext.Size(w.Shape()), pytext.Size(input.Shape()))
	}
	if weight.Dim() != 2 {
		raise("ValueError", "weight has to be a 2D Tensor, but got Tensor of dimension %d", weight.Dim())
	}
	switch input.Dim() {
	case 2:
		return a.flattenRows(input)
	case 1:
		if a.offsets == nil {
			raise("ValueError", "offsets has to be a 1D Tensor but got None")
		}
		if a.offsets.Dim() != 1 {
			raise("ValueError", "offsets has to be a 1D Tensor")
		}
		return input
	}
	raise("ValueError", "input has to be 1D or 2D Tensor, but got Tensor of dimension %d", input.Dim())
	panic("unreachable")
}

func (a *embeddingBagArguments) flattenRows(input *torch.Tensor) *torch.Tensor {
	if a.offsets != nil {
		raise("ValueError", "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "+
			"sequences. However, found offsets of type <class 'torch.Tensor'>")
	}
	a.offsets = torch.ArangeFrom(0, input.Numel(), torch.Step(input.Size(1)), input.DType(), input.Device())
	a.includeLastOffset = false
	if a.perSampleWeights != nil {
		a.perSampleWeights = a.perSampleWeights.Reshape(-1)
	}
	return input.Reshape(-1)
}

func (a *embeddingBagArguments) modeNumber() int64 {
	switch a.mode {
	case "sum":
		return 0
	case "mean":
		return 1
	case "max":
		if a.scaleGradByFreq {
			raise("ValueError", "max mode does not support scaling the gradient by the frequency")
		}
		if a.sparse {
			raise("ValueError", "max mode does not support sparse weights")
		}
		return 2
	}
	raise("ValueError", "mode has to be one of sum, mean or max")
	panic("unreachable")
}
