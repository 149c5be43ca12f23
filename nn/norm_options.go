package nn

import "github.com/wangkuiyi/gotorch/internal/option"

// Eps is added to the variance that a layer divides by. Its default is 1e-5; that
// of [RMSNorm] is the dtype's.
type Eps float64

// Momentum is the weight of a new batch in running statistics. Its default is
// 0.1.
type Momentum float64

// CumulativeAverage has running statistics be the mean over all batches, Python's
// momentum=None. Its default is false.
type CumulativeAverage bool

// Affine says whether channels are scaled and shifted by parameters. Its default
// is true, in InstanceNorm layers false.
type Affine bool

// ElementwiseAffine says whether elements are scaled and shifted by parameters.
// Its default is true.
type ElementwiseAffine bool

// TrackRunningStats says whether mean and variance are kept for evaluation. Its
// default is true, in InstanceNorm layers false.
type TrackRunningStats bool

// A BatchNormOption is an option of [NewBatchNorm1d], [NewInstanceNorm1d] and
// their like: [Eps], [Momentum], [CumulativeAverage], [Affine],
// [TrackRunningStats], [Bias], a [torch.DType], a [torch.Device].
type BatchNormOption interface{ BatchNormOption(option.Marker) }

// BatchNormOption makes Eps an option of batch normalization.
func (Eps) BatchNormOption(option.Marker) {}

// BatchNormOption makes Momentum an option of batch normalization.
func (Momentum) BatchNormOption(option.Marker) {}

// BatchNormOption makes CumulativeAverage an option of batch normalization.
func (CumulativeAverage) BatchNormOption(option.Marker) {}

// BatchNormOption makes Affine an option of batch normalization.
func (Affine) BatchNormOption(option.Marker) {}

// BatchNormOption makes TrackRunningStats an option of batch normalization.
func (TrackRunningStats) BatchNormOption(option.Marker) {}

// BatchNormOption makes Bias an option of batch normalization.
func (Bias) BatchNormOption(option.Marker) {}

// A GroupNormOption is an option of [NewGroupNorm]: [Eps], [Affine], [Bias], a
// [torch.DType], a [torch.Device].
type GroupNormOption interface{ GroupNormOption(option.Marker) }

// GroupNormOption makes Eps an option of [NewGroupNorm].
func (Eps) GroupNormOption(option.Marker) {}

// GroupNormOption makes Affine an option of [NewGroupNorm].
func (Affine) GroupNormOption(option.Marker) {}

// GroupNormOption makes Bias an option of [NewGroupNorm].
func (Bias) GroupNormOption(option.Marker) {}

// A LayerNormOption is an option of [NewLayerNorm]: [Eps], [ElementwiseAffine],
// [Bias], a [torch.DType], a [torch.Device].
type LayerNormOption interface{ LayerNormOption(option.Marker) }

// LayerNormOption makes Eps an option of [NewLayerNorm].
func (Eps) LayerNormOption(option.Marker) {}

// LayerNormOption makes ElementwiseAffine an option of [NewLayerNorm].
func (ElementwiseAffine) LayerNormOption(option.Marker) {}

// LayerNormOption makes Bias an option of [NewLayerNorm].
func (Bias) LayerNormOption(option.Marker) {}

// An RMSNormOption is an option of [NewRMSNorm]: [Eps], [ElementwiseAffine], a
// [torch.DType], a [torch.Device].
type RMSNormOption interface{ RMSNormOption(option.Marker) }

// RMSNormOption makes Eps an option of [NewRMSNorm].
func (Eps) RMSNormOption(option.Marker) {}

// RMSNormOption makes ElementwiseAffine an option of [NewRMSNorm].
func (ElementwiseAffine) RMSNormOption(option.Marker) {}
