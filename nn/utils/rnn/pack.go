package rnn

import "github.com/wangkuiyi/gotorch/torch"

// batchDim is the dimension of a padded batch that counts the sequences.
func batchDim(batchFirst bool) int64 {
	if batchFirst {
		return 0
	}
	return 1
}

// PackPaddedSequence packs a padded batch of shape (T, B, *), or (B, T, *) with
// [BatchFirst], of which sequence i has lengths[i] steps. lengths is a vector on
// the CPU; they must decrease unless [EnforceSorted] is false. Python's
// pack_padded_sequence.
func PackPaddedSequence(input, lengths *torch.Tensor, opts ...PackOption) *PackedSequence {
	batchFirst, sorted := false, true
	for _, o := range opts {
		switch o := o.(type) {
		case BatchFirst:
			batchFirst = bool(o)
		case EnforceSorted:
			sorted = bool(o)
		}
	}
	lengths = lengths.To(torch.Int64)
	var order *torch.Tensor
	if !sorted {
		lengths, order = lengths.Sort(torch.Descending(true))
		order = order.To(input.Device())
		input = input.IndexSelect(batchDim(batchFirst), order)
	}
	data, batchSizes := torch.PackPaddedSequence(input, lengths, batchFirst)
	return NewPackedSequence(data, batchSizes, order, nil)
}

// PackPaddedLengths is [PackPaddedSequence] with the lengths in a slice.
func PackPaddedLengths(input *torch.Tensor, lengths []int64, opts ...PackOption) *PackedSequence {
	return PackPaddedSequence(input, torch.NewTensor(lengths, torch.CPU), opts...)
}

// PadPackedSequence undoes [PackPaddedSequence]: it returns the padded batch, of
// shape (T, B, *) or, with [BatchFirst], (B, T, *), and the lengths, both in the
// order in which the sequences were packed. Python's pad_packed_sequence.
func PadPackedSequence(sequence *PackedSequence, opts ...PadPackedOption) (padded, lengths *torch.Tensor) {
	if sequence == nil {
		raise("AttributeError", "'NoneType' object has no attribute 'batch_sizes'")
	}
	batchFirst, value, longest := false, 0.0, sequence.BatchSizes.Size(0)
	length := longest
	for _, o := range opts {
		switch o := o.(type) {
		case BatchFirst:
			batchFirst = bool(o)
		case PaddingValue:
			value = float64(o)
		case TotalLength:
			length = int64(o)
		}
	}
	if length < longest {
		raise("ValueError", "Expected total_length to be at least the length of the longest sequence in input, but got "+
			"total_length=%d and max sequence length being %d", length, longest)
	}
	padded, lengths = torch.PadPackedSequence(sequence.Data, sequence.BatchSizes, batchFirst, value, length)
	if order := sequence.UnsortedIndices; order != nil {
		return padded.IndexSelect(batchDim(batchFirst), order), lengths.Index(order.To(torch.CPU))
	}
	return padded, lengths
}

// PadSequence stacks sequences of shape (L, *) to a batch of shape (T, B, *), or
// (B, T, *) with [BatchFirst], T being the longest L. Python's pad_sequence.
func PadSequence(sequences []*torch.Tensor, opts ...PadOption) *torch.Tensor {
	batchFirst, value, side := BatchFirst(false), PaddingValue(0), PaddingSide("right")
	for _, o := range opts {
		switch o := o.(type) {
		case BatchFirst:
			batchFirst = o
		case PaddingValue:
			value = o
		case PaddingSide:
			side = o
		}
	}
	return torch.PadSequence(sequences, torch.BatchFirst(bool(batchFirst)), torch.PaddingValue(float64(value)),
		torch.PaddingSide(string(side)))
}

// UnpadSequence takes a padded batch apart: it returns the first lengths[i] steps
// of each sequence i. Python's unpad_sequence; unlike that, it leaves the batch as
// it is.
func UnpadSequence(padded, lengths *torch.Tensor, opts ...UnpadOption) []*torch.Tensor {
	dim := int64(1)
	for _, o := range opts {
		dim = batchDim(bool(o.(BatchFirst)))
	}
	switch n := padded.Size(dim); {
	case lengths.Numel() < n:
		raise("ValueError", "zip() argument 2 is shorter than argument 1")
	case lengths.Numel() > n:
		raise("ValueError", "zip() argument 2 is longer than argument 1")
	}
	steps := torch.Arange(padded.Size(1-dim), lengths.Device())
	var sequences []*torch.Tensor
	for i := range lengths.Numel() {
		mask := steps.Lt(lengths.Select(0, i))
		sequences = append(sequences, padded.Select(dim, i).Index(mask))
	}
	return sequences
}

// PackSequence packs sequences of shape (L, *), by decreasing L unless
// [EnforceSorted] is false. Python's pack_sequence.
func PackSequence(sequences []*torch.Tensor, opts ...PackSequenceOption) *PackedSequence {
	sorted := EnforceSorted(true)
	for _, o := range opts {
		sorted = o.(EnforceSorted)
	}
	lengths := make([]int64, len(sequences))
	for i, s := range sequences {
		lengths[i] = s.Size(0)
	}
	return PackPaddedLengths(PadSequence(sequences), lengths, sorted)
}

// UnpackSequence undoes [PackSequence]. Python's unpack_sequence.
func UnpackSequence(packed *PackedSequence) []*torch.Tensor {
	padded, lengths := PadPackedSequence(packed, BatchFirst(true))
	return UnpadSequence(padded, lengths, BatchFirst(true))
}
