package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/torch"
)

// Flatten joins the dimensions from StartDim to EndDim, Python's nn.Flatten.
//
// Input of shape (N, *) gives (N, product of *) with the defaults. Dimensions
// that it does not have panic with an IndexError.
type Flatten struct {
	Module
	StartDim, EndDim int64
}

// A FlattenOption is an option of [NewFlatten]: [StartDim], [EndDim].
type FlattenOption interface{ flattenOption() }

func (StartDim) flattenOption() {}
func (EndDim) flattenOption()   {}

// NewFlatten returns a new [Flatten] layer, which joins all dimensions but the
// first unless told otherwise. The defaults are [StartDim] 1 and [EndDim] -1.
func NewFlatten(opts ...FlattenOption) *Flatten {
	l := &Flatten{StartDim: 1, EndDim: -1}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case StartDim:
			l.StartDim = int64(o)
		case EndDim:
			l.EndDim = int64(o)
		}
	}
	return l
}

// Forward returns input with the dimensions joined.
func (l *Flatten) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Flatten) forward(input *torch.Tensor) *torch.Tensor {
	return input.Flatten(torch.StartDim(l.StartDim), torch.EndDim(l.EndDim))
}

// ExtraRepr returns the dimensions.
func (l *Flatten) ExtraRepr() string {
	return fmt.Sprintf("start_dim=%d, end_dim=%d", l.StartDim, l.EndDim)
}
