package functional

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// Dropout sets elements to zero at random while training, and scales the others
// by 1/(1-p). Python's F.dropout.
func Dropout(input *torch.Tensor, opts ...DropoutOption) *torch.Tensor {
	a := readDropout(opts)
	checkProbability(a.p)
	if a.inplace {
		return torch.Dropout_(input, a.p, a.training)
	}
	return torch.Dropout(input, a.p, a.training)
}

// AlphaDropout is [Dropout] for networks of [Selu], whose mean and variance it
// keeps. Python's F.alpha_dropout.
func AlphaDropout(input *torch.Tensor, opts ...AlphaDropoutOption) *torch.Tensor {
	a := readAlphaDropout(opts)
	checkProbability(a.p)
	if a.inplace {
		return torch.AlphaDropout_(input, a.p, a.training)
	}
	return torch.AlphaDropout(input, a.p, a.training)
}

// FeatureAlphaDropout is [AlphaDropout] of whole channels. Python's
// F.feature_alpha_dropout.
func FeatureAlphaDropout(input *torch.Tensor, opts ...AlphaDropoutOption) *torch.Tensor {
	a := readAlphaDropout(opts)
	checkProbability(a.p)
	if a.inplace {
		return torch.FeatureAlphaDropout_(input, a.p, a.training)
	}
	return torch.FeatureAlphaDropout(input, a.p, a.training)
}

// Dropout1d is [Dropout] of whole channels of sequences, of shape (N, C, L) or
// (C, L). Python's F.dropout1d.
func Dropout1d(input *torch.Tensor, opts ...DropoutOption) *torch.Tensor {
	a := readDropout(opts)
	checkProbability(a.p)
	dim := input.Dim()
	if dim != 2 && dim != 3 {
		raise("RuntimeError", "dropout1d: Expected 2D or 3D input, but received a %dD input. Note that dropout1d exists to "+
			"provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch "+
			"dimension (i.e. 2D or 3D inputs).", dim)
	}
	return channelDropout(input, a, dim == 3)
}

// Dropout2d is [Dropout] of whole channels of images, of shape (N, C, H, W).
// Python's F.dropout2d. Inputs of three dimensions are taken for (N, C, L), with
// Python's warning.
func Dropout2d(input *torch.Tensor, opts ...DropoutOption) *torch.Tensor {
	a := readDropout(opts)
	checkProbability(a.p)
	switch dim := input.Dim(); dim {
	case 4:
	case 3:
		torch.Warn("dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is " +
			"desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a " +
			"future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the " +
			"1D channel-wise dropout behavior, please switch to using dropout1d instead.")
	default:
		warnOfDropout(2, dim)
	}
	return channelDropout(input, a, true)
}

// Dropout3d is [Dropout] of whole channels of volumes, of shape (N, C, D, H, W)
// or (C, D, H, W). Python's F.dropout3d.
func Dropout3d(input *torch.Tensor, opts ...DropoutOption) *torch.Tensor {
	a := readDropout(opts)
	checkProbability(a.p)
	dim := input.Dim()
	if dim != 4 && dim != 5 {
		warnOfDropout(3, dim)
	}
	return channelDropout(input, a, dim == 5)
}

func warnOfDropout(n, dim int64) {
	torch.Warn("dropout%[1]dd: Received a %[2]d-D input to dropout%[1]dd, which is deprecated and will result in an error in a "+
		"future release. To retain the behavior and silence this warning, please use dropout instead. Note that "+
		"dropout%[1]dd exists to provide channel-wise dropout on inputs with %[1]d spatial dimensions, a channel dimension, "+
		"and an optional batch dimension (i.e. %[3]dD or %[4]dD inputs).", n, dim, n+1, n+2)
}

// channelDropout drops channels; input without a batch becomes a batch of one
// meanwhile.
func channelDropout(input *torch.Tensor, a dropoutArguments, batched bool) *torch.Tensor {
	drop, squeeze := torch.FeatureDropout, (*torch.Tensor).Squeeze
	if a.inplace {
		drop, squeeze = torch.FeatureDropout_, (*torch.Tensor).Squeeze_
	}
	switch {
	case batched:
		return drop(input, a.p, a.training)
	case a.inplace:
		input = input.Unsqueeze_(0)
	default:
		input = input.Unsqueeze(0)
	}
	return squeeze(drop(input, a.p, a.training), torch.Dim(0))
}

func checkProbability(p float64) {
	if p < 0 || p > 1 {
		raise("ValueError", "dropout probability has to be between 0 and 1, but got %s", pytext.Float(p))
	}
}
