package functional

import (
	"github.com/wangkuiyi/gotorch/nn/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// A DropoutOption is an option of [Dropout] and [Dropout2d]: [P], [Training],
// [Inplace].
type DropoutOption interface{ dropoutOption() }

func (P) dropoutOption()        {}
func (Training) dropoutOption() {}
func (Inplace) dropoutOption()  {}

// Dropout sets elements to zero at random while training, and scales the others
// by 1/(1-p). Python's F.dropout.
func Dropout(input *torch.Tensor, opts ...DropoutOption) *torch.Tensor {
	p, training, inplace := dropoutArguments(opts)
	if inplace {
		return torch.Dropout_(input, p, training)
	}
	return torch.Dropout(input, p, training)
}

// Dropout2d is [Dropout] of whole channels of images, of shape (N, C, H, W).
// Python's F.dropout2d. Inputs of three dimensions are taken for (N, C, L), with
// Python's warning.
func Dropout2d(input *torch.Tensor, opts ...DropoutOption) *torch.Tensor {
	p, training, inplace := dropoutArguments(opts)
	switch dim := input.Dim(); dim {
	case 4:
	case 3:
		torch.Warn("dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is " +
			"desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a " +
			"future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the " +
			"1D channel-wise dropout behavior, please switch to using dropout1d instead.")
	default:
		torch.Warn("dropout2d: Received a %d-D input to dropout2d, which is deprecated and will result in an error in a "+
			"future release. To retain the behavior and silence this warning, please use dropout instead. Note that "+
			"dropout2d exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a channel dimension, "+
			"and an optional batch dimension (i.e. 3D or 4D inputs).", dim)
	}
	if inplace {
		return torch.FeatureDropout_(input, p, training)
	}
	return torch.FeatureDropout(input, p, training)
}

func dropoutArguments(opts []DropoutOption) (p float64, training, inplace bool) {
	p, training = 0.5, true
	for _, o := range opts {
		switch o := o.(type) {
		case P:
			p = float64(o)
		case Training:
			training = bool(o)
		case Inplace:
			inplace = bool(o)
		}
	}
	if p < 0 || p > 1 {
		raise("ValueError", "dropout probability has to be between 0 and 1, but got %s", pytext.Float(p))
	}
	return p, training, inplace
}
