package torch

// An EncoderLayer holds what Python's torch._transformer_encoder_layer_fwd takes
// besides its input and its mask.
type EncoderLayer struct {
	EmbedDim, NumHeads     int64
	QkvWeight, QkvBias     *Tensor
	ProjWeight, ProjBias   *Tensor
	UseGelu, NormFirst     bool
	Eps                    float64
	NormWeight1, NormBias1 *Tensor
	NormWeight2, NormBias2 *Tensor
	FfnWeight1, FfnBias1   *Tensor
	FfnWeight2, FfnBias2   *Tensor
}

// NativeMultiHeadAttention is Python's torch._native_multi_head_attention of x
// with itself. maskType counts if mask is not nil.
func (Operators) NativeMultiHeadAttention(x *Tensor, l EncoderLayer, mask *Tensor, maskType int64,
	needWeights, averageAttnWeights bool) (output, weights *Tensor) {
	return op_NativeMultiHeadAttention(x, x, x, l.EmbedDim, l.NumHeads, l.QkvWeight, l.QkvBias, l.ProjWeight, l.ProjBias, mask,
		needWeights, averageAttnWeights, optional[int64]{maskType, mask != nil})
}

// TransformerEncoderLayerFwd is Python's torch._transformer_encoder_layer_fwd.
// maskType counts if mask is not nil.
func (Operators) TransformerEncoderLayerFwd(src *Tensor, l EncoderLayer, mask *Tensor, maskType int64) *Tensor {
	return op_TransformerEncoderLayerFwd(src, l.EmbedDim, l.NumHeads, l.QkvWeight, l.QkvBias, l.ProjWeight, l.ProjBias, l.UseGelu,
		l.NormFirst, l.Eps, l.NormWeight1, l.NormBias1, l.NormWeight2, l.NormBias2, l.FfnWeight1, l.FfnBias1, l.FfnWeight2, l.FfnBias2,
		mask, optional[int64]{maskType, mask != nil})
}

// NestedTensorFromMask is Python's torch._nested_tensor_from_mask, without a
// check of the mask.
func (Operators) NestedTensorFromMask(t, mask *Tensor) *Tensor {
	return op_NestedTensorFromMask(t, mask, false)
}

// NestedTensorFromMaskLeftAligned is Python's
// torch._nested_tensor_from_mask_left_aligned.
func (Operators) NestedTensorFromMaskLeftAligned(t, mask *Tensor) bool {
	return op_NestedTensorFromMaskLeftAligned(t, mask)
}
