package nn

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

func inplaceRepr(inplace bool) string {
	if inplace {
		return "inplace=True"
	}
	return ""
}

func commaInplace(inplace bool) string {
	if inplace {
		return ", inplace=True"
	}
	return ""
}

// ELU computes x where x > 0, and Alpha*(exp(x)-1) elsewhere, Python's nn.ELU.
//
// Input of any shape gives output of that shape.
type ELU struct {
	Module
	Alpha   float64
	Inplace bool
}

// An ELUOption is an option of [NewELU]: [Alpha], [Inplace].
type ELUOption interface{ eLUOption() }

func (Alpha) eLUOption()   {}
func (Inplace) eLUOption() {}

// NewELU returns a new [ELU] layer. The defaults are [Alpha] 1.0 and [Inplace]
// false.
func NewELU(opts ...ELUOption) *ELU {
	l := &ELU{Alpha: 1}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Alpha:
			l.Alpha = float64(o)
		case Inplace:
			l.Inplace = bool(o)
		}
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *ELU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ELU) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Elu_(input, torch.Alpha(l.Alpha))
	}
	return torch.Elu(input, torch.Alpha(l.Alpha))
}

// ExtraRepr returns the arguments.
func (l *ELU) ExtraRepr() string { return "alpha=" + pytext.Float(l.Alpha) + commaInplace(l.Inplace) }

// CELU computes max(0, x) + min(0, Alpha*(exp(x/Alpha)-1)), Python's nn.CELU.
//
// Input of any shape gives output of that shape.
type CELU struct {
	Module
	Alpha   float64
	Inplace bool
}

// A CELUOption is an option of [NewCELU]: [Alpha], [Inplace].
type CELUOption interface{ cELUOption() }

func (Alpha) cELUOption()   {}
func (Inplace) cELUOption() {}

// NewCELU returns a new [CELU] layer. The defaults are [Alpha] 1.0 and
// [Inplace] false.
func NewCELU(opts ...CELUOption) *CELU {
	l := &CELU{Alpha: 1}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Alpha:
			l.Alpha = float64(o)
		case Inplace:
			l.Inplace = bool(o)
		}
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *CELU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *CELU) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Celu_(input, torch.Alpha(l.Alpha))
	}
	return torch.Celu(input, torch.Alpha(l.Alpha))
}

// ExtraRepr returns the arguments.
func (l *CELU) ExtraRepr() string { return "alpha=" + pytext.Float(l.Alpha) + commaInplace(l.Inplace) }

// SELU computes ELU scaled so that networks normalize themselves, Python's nn.SELU.
//
// Input of any shape gives output of that shape.
type SELU struct {
	Module
	Inplace bool
}

// An SELUOption is an option of [NewSELU]: [Inplace].
type SELUOption interface{ sELUOption() }

func (Inplace) sELUOption() {}

// NewSELU returns a new [SELU] layer. The default of [Inplace] is false.
func NewSELU(opts ...SELUOption) *SELU {
	l := &SELU{}
	l.Init(l)
	for _, o := range opts {
		l.Inplace = bool(o.(Inplace))
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *SELU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *SELU) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Selu_(input)
	}
	return torch.Selu(input)
}

// ExtraRepr returns the arguments.
func (l *SELU) ExtraRepr() string { return inplaceRepr(l.Inplace) }
