package torch

// PackPaddedSequence packs padded sequences by decreasing length: the rows of all
// sequences at step 0, then those at step 1, and so on. lengths lie on the CPU.
// It is what rnn.PackPaddedSequence is built on, Python's
// torch._VF._pack_padded_sequence.
func PackPaddedSequence(input, lengths *Tensor, batchFirst bool) (data, batchSizes *Tensor) {
	return op_PackPaddedSequence(input, lengths, batchFirst)
}

// PadPackedSequence undoes [PackPaddedSequence], Python's
// torch._VF._pad_packed_sequence. The result has length steps.
func PadPackedSequence(data, batchSizes *Tensor, batchFirst bool, paddingValue float64, length int64) (padded, lengths *Tensor) {
	return op_PadPackedSequence(data, batchSizes, batchFirst, toScalar(paddingValue, "padding_value"), length)
}
