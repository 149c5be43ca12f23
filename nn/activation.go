package nn

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// ReLU computes max(x, 0), Python's nn.ReLU.
type ReLU struct {
	Module
	Inplace bool
}

// A ReLUOption is an option of [NewReLU]: [Inplace].
type ReLUOption interface{ reluOption() }

func (Inplace) reluOption() {}

// NewReLU returns a new [ReLU] layer.
func NewReLU(opts ...ReLUOption) *ReLU {
	l := &ReLU{}
	for _, o := range opts {
		l.Inplace = bool(o.(Inplace))
	}
	l.Init(l)
	return l
}

// Forward returns max(input, 0), in the shape of input.
func (l *ReLU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ReLU) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return input.Relu_()
	}
	return torch.Relu(input)
}

// ExtraRepr says whether the layer works in place.
func (l *ReLU) ExtraRepr() string {
	if l.Inplace {
		return "inplace=True"
	}
	return ""
}
