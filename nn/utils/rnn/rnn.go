// Package rnn packs sequences of different lengths for recurrent layers,
// Python's torch.nn.utils.rnn.
package rnn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/torch"
)

// A PackedSequence is a batch of sequences of different lengths without padding,
// Python's PackedSequence: the rows of all sequences at step 0, then those at step
// 1, and so on. [PackPaddedSequence] and [PackSequence] make one; recurrent layers
// take and return them.
type PackedSequence struct {
	Data            *torch.Tensor // (sum of lengths, *)
	BatchSizes      *torch.Tensor // how many sequences each step has; int64, on the CPU
	SortedIndices   *torch.Tensor // the order by length; nil if they came in it
	UnsortedIndices *torch.Tensor // the inverse of it
}

// NewPackedSequence returns a PackedSequence of its parts. Layers need it; others
// should use [PackPaddedSequence] or [PackSequence].
func NewPackedSequence(data, batchSizes, sortedIndices, unsortedIndices *torch.Tensor) *PackedSequence {
	if unsortedIndices == nil {
		unsortedIndices = InvertPermutation(sortedIndices)
	}
	if batchSizes.Device() != torch.CPU {
		raise("ValueError", "batch_sizes should always be on CPU. Instances of PackedSequence should never be created manually. "+
			"They should be instantiated by functions like pack_sequence and pack_padded_sequences in nn.utils.rnn. "+
			"https://pytorch.org/docs/stable/nn.html#torch.nn.utils.rnn.pack_sequence")
	}
	return &PackedSequence{data, batchSizes, sortedIndices, unsortedIndices}
}

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }

// To converts the data, and moves the indices to its device; the batch sizes stay
// on the CPU. It returns p itself if there is nothing to do.
func (p *PackedSequence) To(opts ...torch.ToOption) *PackedSequence {
	data := p.Data.To(opts...)
	if data == p.Data {
		return p
	}
	moved := func(indices *torch.Tensor) *torch.Tensor {
		if indices == nil {
			return nil
		}
		return indices.To(data.Device())
	}
	return &PackedSequence{data, p.BatchSizes, moved(p.SortedIndices), moved(p.UnsortedIndices)}
}

// String returns what Python prints.
func (p *PackedSequence) String() string {
	text := func(t *torch.Tensor) string {
		if t == nil {
			return "None"
		}
		return t.String()
	}
	return fmt.Sprintf("PackedSequence(data=%s, batch_sizes=%s, sorted_indices=%s, unsorted_indices=%s)",
		text(p.Data), text(p.BatchSizes), text(p.SortedIndices), text(p.UnsortedIndices))
}

// InvertPermutation returns the permutation that undoes another, a vector of
// indices; nil of nil. Python's invert_permutation.
func InvertPermutation(permutation *torch.Tensor) *torch.Tensor {
	if permutation == nil {
		return nil
	}
	places := torch.Arange(permutation.Numel(), permutation.Device())
	defer places.Close()
	return torch.EmptyLike(permutation).Scatter_(0, permutation, places)
}
