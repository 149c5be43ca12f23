package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// PReLU computes x where x > 0, and Weight*x elsewhere, Python's nn.PReLU. Weight
// is learned: one for all channels, or one for each.
//
// Input of shape (N, C, *) gives output of that shape. Channels that are not as
// many as the weights, unless that is one, panic with a RuntimeError.
type PReLU struct {
	Module
	NumParameters int64
	Initial       float64
	Weight        *torch.Tensor // (NumParameters)
}

// A PReLUOption is an option of [NewPReLU]: [NumParameters], [Initial], a
// [torch.DType], a [torch.Device].
type PReLUOption interface{ PReLUOption(option.Marker) }

// NumParameters is 1, the default, or the number of channels.
type NumParameters int64

// Initial is what [PReLU]'s weight starts as, Python's init. Its default is 0.25.
type Initial float64

// PReLUOption makes NumParameters an option of [NewPReLU].
func (NumParameters) PReLUOption(option.Marker) {}

// PReLUOption makes Initial an option of [NewPReLU].
func (Initial) PReLUOption(option.Marker) {}

// NewPReLU returns a new [PReLU] layer. The default of [NumParameters] is 1.
func NewPReLU(opts ...PReLUOption) *PReLU {
	l, f := &PReLU{NumParameters: 1, Initial: 0.25}, factory{}
	for _, o := range opts {
		switch o := o.(type) {
		case NumParameters:
			l.NumParameters = int64(o)
		case Initial:
			l.Initial = float64(o)
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
	l.Init(l)
	l.Weight = f.parameter(l.NumParameters)
	l.ResetParameters()
	return l
}

// ResetParameters sets the weight to Initial.
func (l *PReLU) ResetParameters() { ninit.Constant_(l.Weight, l.Initial) }

// Forward returns the function of each element, in the shape of input. Channels
// are dimension 1.
func (l *PReLU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *PReLU) forward(input *torch.Tensor) *torch.Tensor { return torch.Prelu(input, l.Weight) }

// ExtraRepr returns the arguments.
func (l *PReLU) ExtraRepr() string { return fmt.Sprintf("num_parameters=%d", l.NumParameters) }

// Softmin computes [Softmax] of -x, Python's nn.Softmin.
//
// Input of any shape gives output of that shape. A dimension that it does not
// have panics with an IndexError.
type Softmin struct {
	Module
	Dim int64 // functional.ImplicitDim for Python's None
}

// NewSoftmin returns a new [Softmin] layer. Without [Dim] it chooses the
// dimension by the input's, with a warning, which is deprecated.
func NewSoftmin(opts ...SoftmaxOption) *Softmin {
	l := &Softmin{Dim: softmaxDim(opts)}
	l.Init(l)
	return l
}

// Forward returns exp(-input) over its sum along Dim, in the shape of input.
func (l *Softmin) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Softmin) forward(input *torch.Tensor) *torch.Tensor { return functional.Softmin(input, l.Dim) }

// ExtraRepr returns the dimension.
func (l *Softmin) ExtraRepr() string { return softmaxRepr(l.Dim) }

// Softmax2d computes [Softmax] over the channels of images, Python's
// nn.Softmax2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape. Other
// dimensions panic with a ValueError.
type Softmax2d struct{ Module }

// NewSoftmax2d returns a new [Softmax2d] layer.
func NewSoftmax2d() *Softmax2d {
	l := &Softmax2d{}
	l.Init(l)
	return l
}

// Forward returns exp(input) over its sum along the channels, of input of shape
// (N, C, H, W) or (C, H, W).
func (l *Softmax2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Softmax2d) forward(input *torch.Tensor) *torch.Tensor {
	if n := input.Dim(); n != 3 && n != 4 {
		raise("ValueError", "Softmax2d: expected input to be 3D or 4D, got %dD instead", n)
	}
	return torch.Softmax(input, -3)
}
