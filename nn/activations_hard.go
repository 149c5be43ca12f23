package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// Hardsigmoid computes x/6 + 1/2, clipped to [0, 1], Python's nn.Hardsigmoid.
//
// Input of any shape gives output of that shape.
type Hardsigmoid struct {
	Module
	Inplace bool
}

// A HardsigmoidOption is an option of [NewHardsigmoid]: [Inplace].
type HardsigmoidOption interface{ hardsigmoidOption() }

func (Inplace) hardsigmoidOption() {}

// NewHardsigmoid returns a new [Hardsigmoid] layer. The default of [Inplace] is
// false.
func NewHardsigmoid(opts ...HardsigmoidOption) *Hardsigmoid {
	l := &Hardsigmoid{}
	l.Init(l)
	for _, o := range opts {
		l.Inplace = bool(o.(Inplace))
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *Hardsigmoid) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Hardsigmoid) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Hardsigmoid_(input)
	}
	return torch.Hardsigmoid(input)
}

// Hardswish computes x times [Hardsigmoid] of x, Python's nn.Hardswish.
//
// Input of any shape gives output of that shape.
type Hardswish struct {
	Module
	Inplace bool
}

// A HardswishOption is an option of [NewHardswish]: [Inplace].
type HardswishOption interface{ hardswishOption() }

func (Inplace) hardswishOption() {}

// NewHardswish returns a new [Hardswish] layer. The default of [Inplace] is
// false.
func NewHardswish(opts ...HardswishOption) *Hardswish {
	l := &Hardswish{}
	l.Init(l)
	for _, o := range opts {
		l.Inplace = bool(o.(Inplace))
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *Hardswish) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Hardswish) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Hardswish_(input)
	}
	return torch.Hardswish(input)
}

// Hardtanh clips to [MinVal, MaxVal], Python's nn.Hardtanh.
//
// Input of any shape gives output of that shape.
type Hardtanh struct {
	Module
	MinVal, MaxVal float64
	Inplace        bool
}

// A HardtanhOption is an option of [NewHardtanh]: [MinVal], [MaxVal], [Inplace].
type HardtanhOption interface{ hardtanhOption() }

func (MinVal) hardtanhOption()  {}
func (MaxVal) hardtanhOption()  {}
func (Inplace) hardtanhOption() {}

// NewHardtanh returns a new [Hardtanh] layer. A [MaxVal] that is not greater
// than [MinVal] panics with an AssertionError. The defaults are [MinVal] -1.0,
// [MaxVal] 1.0 and [Inplace] false.
func NewHardtanh(opts ...HardtanhOption) *Hardtanh {
	l := &Hardtanh{MinVal: -1, MaxVal: 1}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case MinVal:
			l.MinVal = float64(o)
		case MaxVal:
			l.MaxVal = float64(o)
		case Inplace:
			l.Inplace = bool(o)
		}
	}
	if l.MaxVal <= l.MinVal {
		raise("AssertionError", "max_val (%s) must be greater than min_val (%s)", pytext.Float(l.MaxVal), pytext.Float(l.MinVal))
	}
	return l
}

// Forward returns the elements of input, clipped.
func (l *Hardtanh) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Hardtanh) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Hardtanh_(input, torch.MinVal(l.MinVal), torch.MaxVal(l.MaxVal))
	}
	return torch.Hardtanh(input, torch.MinVal(l.MinVal), torch.MaxVal(l.MaxVal))
}

// ExtraRepr returns the arguments.
func (l *Hardtanh) ExtraRepr() string {
	return fmt.Sprintf("min_val=%s, max_val=%s%s", pytext.Float(l.MinVal), pytext.Float(l.MaxVal), commaInplace(l.Inplace))
}

// ReLU6 clips to [0, 6], Python's nn.ReLU6.
//
// Input of any shape gives output of that shape.
type ReLU6 struct {
	Module
	Inplace bool
}

// A ReLU6Option is an option of [NewReLU6]: [Inplace].
type ReLU6Option interface{ reLU6Option() }

func (Inplace) reLU6Option() {}

// NewReLU6 returns a new [ReLU6] layer. The default of [Inplace] is false.
func NewReLU6(opts ...ReLU6Option) *ReLU6 {
	l := &ReLU6{}
	l.Init(l)
	for _, o := range opts {
		l.Inplace = bool(o.(Inplace))
	}
	return l
}

// Forward returns the elements of input, clipped.
func (l *ReLU6) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ReLU6) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Hardtanh_(input, torch.MinVal(0.0), torch.MaxVal(6.0))
	}
	return torch.Hardtanh(input, torch.MinVal(0.0), torch.MaxVal(6.0))
}

// ExtraRepr returns the arguments.
func (l *ReLU6) ExtraRepr() string { return inplaceRepr(l.Inplace) }
