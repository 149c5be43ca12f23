package torch

import "github.com/wangkuiyi/gotorch/internal/option"

// What follows makes dtypes, devices and generators options of functions in
// other packages, which look at the values themselves.

// LinearOption makes a dtype an option of nn.NewLinear and its like.
func (DType) LinearOption(option.Marker) {}

// LinearOption makes a device an option of nn.NewLinear and its like.
func (Device) LinearOption(option.Marker) {}

// ConvOption makes a dtype an option of nn.NewConv2d and its like.
func (DType) ConvOption(option.Marker) {}

// ConvOption makes a device an option of nn.NewConv2d and its like.
func (Device) ConvOption(option.Marker) {}

// KaimingOption makes a generator an option of ninit.KaimingUniform_ and
// ninit.KaimingNormal_.
func (*Generator) KaimingOption(option.Marker) {}

// GainOption makes a generator an option of ninit.XavierUniform_ and
// ninit.XavierNormal_.
func (*Generator) GainOption(option.Marker) {}

// SparseOption makes a generator an option of ninit.Sparse_.
func (*Generator) SparseOption(option.Marker) {}

// RNNOption makes a dtype an option of nn.NewRNN.
func (DType) RNNOption(option.Marker) {}

// RNNOption makes a device an option of nn.NewRNN.
func (Device) RNNOption(option.Marker) {}

// LSTMOption makes a dtype an option of nn.NewLSTM.
func (DType) LSTMOption(option.Marker) {}

// LSTMOption makes a device an option of nn.NewLSTM.
func (Device) LSTMOption(option.Marker) {}

// GRUOption makes a dtype an option of nn.NewGRU.
func (DType) GRUOption(option.Marker) {}

// GRUOption makes a device an option of nn.NewGRU.
func (Device) GRUOption(option.Marker) {}

// RNNCellOption makes a dtype an option of nn.NewRNNCell.
func (DType) RNNCellOption(option.Marker) {}

// RNNCellOption makes a device an option of nn.NewRNNCell.
func (Device) RNNCellOption(option.Marker) {}

// CellOption makes a dtype an option of nn.NewLSTMCell and nn.NewGRUCell.
func (DType) CellOption(option.Marker) {}

// CellOption makes a device an option of nn.NewLSTMCell and nn.NewGRUCell.
func (Device) CellOption(option.Marker) {}

// PReLUOption makes a dtype an option of nn.NewPReLU.
func (DType) PReLUOption(option.Marker) {}

// PReLUOption makes a device an option of nn.NewPReLU.
func (Device) PReLUOption(option.Marker) {}

// BatchNormOption makes a dtype an option of nn.NewBatchNorm1d and its like.
func (DType) BatchNormOption(option.Marker) {}

// BatchNormOption makes a device an option of nn.NewBatchNorm1d and its like.
func (Device) BatchNormOption(option.Marker) {}

// GroupNormOption makes a dtype an option of nn.NewGroupNorm.
func (DType) GroupNormOption(option.Marker) {}

// GroupNormOption makes a device an option of nn.NewGroupNorm.
func (Device) GroupNormOption(option.Marker) {}

// LayerNormOption makes a dtype an option of nn.NewLayerNorm.
func (DType) LayerNormOption(option.Marker) {}

// LayerNormOption makes a device an option of nn.NewLayerNorm.
func (Device) LayerNormOption(option.Marker) {}

// RMSNormOption makes a dtype an option of nn.NewRMSNorm.
func (DType) RMSNormOption(option.Marker) {}

// RMSNormOption makes a device an option of nn.NewRMSNorm.
func (Device) RMSNormOption(option.Marker) {}

// ConvTransposeOption makes a dtype an option of nn.NewConvTranspose1d and its like.
func (DType) ConvTransposeOption(option.Marker) {}

// ConvTransposeOption makes a device an option of nn.NewConvTranspose1d and its like.
func (Device) ConvTransposeOption(option.Marker) {}

// EmbeddingOption makes a dtype an option of nn.NewEmbedding.
func (DType) EmbeddingOption(option.Marker) {}

// EmbeddingOption makes a device an option of nn.NewEmbedding.
func (Device) EmbeddingOption(option.Marker) {}

// EmbeddingBagOption makes a dtype an option of nn.NewEmbeddingBag.
func (DType) EmbeddingBagOption(option.Marker) {}

// EmbeddingBagOption makes a device an option of nn.NewEmbeddingBag.
func (Device) EmbeddingBagOption(option.Marker) {}

// BilinearOption makes a dtype an option of nn.NewBilinear.
func (DType) BilinearOption(option.Marker) {}

// BilinearOption makes a device an option of nn.NewBilinear.
func (Device) BilinearOption(option.Marker) {}

// MultiheadAttentionOption makes a dtype an option of nn.NewMultiheadAttention.
func (DType) MultiheadAttentionOption(option.Marker) {}

// MultiheadAttentionOption makes a device an option of nn.NewMultiheadAttention.
func (Device) MultiheadAttentionOption(option.Marker) {}

// TransformerLayerOption makes a dtype an option of nn.NewTransformerEncoderLayer and nn.NewTransformerDecoderLayer.
func (DType) TransformerLayerOption(option.Marker) {}

// TransformerLayerOption makes a device an option of nn.NewTransformerEncoderLayer and nn.NewTransformerDecoderLayer.
func (Device) TransformerLayerOption(option.Marker) {}

// TransformerOption makes a dtype an option of nn.NewTransformer.
func (DType) TransformerOption(option.Marker) {}

// TransformerOption makes a device an option of nn.NewTransformer.
func (Device) TransformerOption(option.Marker) {}

// AdaptiveLogSoftmaxOption makes a dtype an option of nn.NewAdaptiveLogSoftmaxWithLoss.
func (DType) AdaptiveLogSoftmaxOption(option.Marker) {}

// AdaptiveLogSoftmaxOption makes a device an option of nn.NewAdaptiveLogSoftmaxWithLoss.
func (Device) AdaptiveLogSoftmaxOption(option.Marker) {}

// LinearCrossEntropyLossOption makes a dtype an option of nn.NewLinearCrossEntropyLoss.
func (DType) LinearCrossEntropyLossOption(option.Marker) {}

// LinearCrossEntropyLossOption makes a device an option of nn.NewLinearCrossEntropyLoss.
func (Device) LinearCrossEntropyLossOption(option.Marker) {}

// SubsequentMaskOption makes a dtype an option of nn.GenerateSquareSubsequentMask.
func (DType) SubsequentMaskOption(option.Marker) {}

// SubsequentMaskOption makes a device an option of nn.GenerateSquareSubsequentMask.
func (Device) SubsequentMaskOption(option.Marker) {}
