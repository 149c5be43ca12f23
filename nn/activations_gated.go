package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// GELU computes x times the probability that a normal variable is below x, Python's nn.GELU.
//
// Input of any shape gives output of that shape.
type GELU struct {
	Module
	Approximate string // "none" or "tanh"
}

// A GELUOption is an option of [NewGELU]: [Approximate].
type GELUOption interface{ gELUOption() }

func (Approximate) gELUOption() {}

// NewGELU returns a new [GELU] layer. The default of [Approximate] is "none".
func NewGELU(opts ...GELUOption) *GELU {
	l := &GELU{Approximate: "none"}
	l.Init(l)
	for _, o := range opts {
		l.Approximate = string(o.(Approximate))
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *GELU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *GELU) forward(input *torch.Tensor) *torch.Tensor {
	return torch.Gelu(input, torch.Approximate(l.Approximate))
}

// ExtraRepr returns the arguments.
func (l *GELU) ExtraRepr() string { return "approximate=" + pytext.String(l.Approximate) }

// GLU halves a dimension: its first half times the sigmoid of the second, Python's nn.GLU.
//
// Input of any shape gives output of half the size in that dimension. An odd
// size panics with a RuntimeError.
type GLU struct {
	Module
	Dim int64
}

// A GLUOption is an option of [NewGLU]: [Dim].
type GLUOption interface{ gLUOption() }

func (Dim) gLUOption() {}

// NewGLU returns a new [GLU] layer. The default of [Dim] is -1.
func NewGLU(opts ...GLUOption) *GLU {
	l := &GLU{Dim: -1}
	l.Init(l)
	for _, o := range opts {
		l.Dim = int64(o.(Dim))
	}
	return l
}

// Forward returns the product, in the shape of input with Dim halved.
func (l *GLU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *GLU) forward(input *torch.Tensor) *torch.Tensor {
	return torch.Glu(input, torch.Dim(l.Dim))
}

// ExtraRepr returns the arguments.
func (l *GLU) ExtraRepr() string { return fmt.Sprintf("dim=%d", l.Dim) }

// SiLU computes x * sigmoid(x), Python's nn.SiLU.
//
// Input of any shape gives output of that shape.
type SiLU struct {
	Module
	Inplace bool
}

// A SiLUOption is an option of [NewSiLU]: [Inplace].
type SiLUOption interface{ siLUOption() }

func (Inplace) siLUOption() {}

// NewSiLU returns a new [SiLU] layer. The default of [Inplace] is false.
func NewSiLU(opts ...SiLUOption) *SiLU {
	l := &SiLU{}
	l.Init(l)
	for _, o := range opts {
		l.Inplace = bool(o.(Inplace))
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *SiLU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *SiLU) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Silu_(input)
	}
	return torch.Silu(input)
}

// ExtraRepr returns the arguments.
func (l *SiLU) ExtraRepr() string { return inplaceRepr(l.Inplace) }

// Mish computes x * tanh(softplus(x)), Python's nn.Mish.
//
// Input of any shape gives output of that shape.
type Mish struct {
	Module
	Inplace bool
}

// A MishOption is an option of [NewMish]: [Inplace].
type MishOption interface{ mishOption() }

func (Inplace) mishOption() {}

// NewMish returns a new [Mish] layer. The default of [Inplace] is false.
func NewMish(opts ...MishOption) *Mish {
	l := &Mish{}
	l.Init(l)
	for _, o := range opts {
		l.Inplace = bool(o.(Inplace))
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *Mish) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Mish) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Mish_(input)
	}
	return torch.Mish(input)
}

// ExtraRepr returns the arguments.
func (l *Mish) ExtraRepr() string { return inplaceRepr(l.Inplace) }
