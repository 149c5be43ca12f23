package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// LeakyReLU computes x where x > 0, and NegativeSlope*x elsewhere, Python's nn.LeakyReLU.
//
// Input of any shape gives output of that shape.
type LeakyReLU struct {
	Module
	NegativeSlope float64
	Inplace       bool
}

// A LeakyReLUOption is an option of [NewLeakyReLU]: [NegativeSlope], [Inplace].
type LeakyReLUOption interface{ leakyReLUOption() }

func (NegativeSlope) leakyReLUOption() {}
func (Inplace) leakyReLUOption()       {}

// NewLeakyReLU returns a new [LeakyReLU] layer. The defaults are
// [NegativeSlope] 0.01 and [Inplace] false.
func NewLeakyReLU(opts ...LeakyReLUOption) *LeakyReLU {
	l := &LeakyReLU{NegativeSlope: 0.01}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case NegativeSlope:
			l.NegativeSlope = float64(o)
		case Inplace:
			l.Inplace = bool(o)
		}
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *LeakyReLU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *LeakyReLU) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.LeakyRelu_(input, torch.NegativeSlope(l.NegativeSlope))
	}
	return torch.LeakyRelu(input, torch.NegativeSlope(l.NegativeSlope))
}

// ExtraRepr returns the arguments.
func (l *LeakyReLU) ExtraRepr() string {
	return "negative_slope=" + pytext.Float(l.NegativeSlope) + commaInplace(l.Inplace)
}

// RReLU computes x where x > 0, and a*x elsewhere; a is drawn from [Lower, Upper] in training, and their mean otherwise, Python's nn.RReLU.
//
// Input of any shape gives output of that shape.
type RReLU struct {
	Module
	Lower, Upper float64
	Inplace      bool
}

// An RReLUOption is an option of [NewRReLU]: [Lower], [Upper], [Inplace].
type RReLUOption interface{ rReLUOption() }

func (Lower) rReLUOption()   {}
func (Upper) rReLUOption()   {}
func (Inplace) rReLUOption() {}

// NewRReLU returns a new [RReLU] layer. The defaults are [Lower] 0.125, [Upper]
// 0.3333333333333333 and [Inplace] false.
func NewRReLU(opts ...RReLUOption) *RReLU {
	l := &RReLU{Lower: 1.0 / 8, Upper: 1.0 / 3}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Lower:
			l.Lower = float64(o)
		case Upper:
			l.Upper = float64(o)
		case Inplace:
			l.Inplace = bool(o)
		}
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *RReLU) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *RReLU) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Rrelu_(input, torch.Lower(l.Lower), torch.Upper(l.Upper), torch.Training(l.Training()))
	}
	return torch.Rrelu(input, torch.Lower(l.Lower), torch.Upper(l.Upper), torch.Training(l.Training()))
}

// ExtraRepr returns the arguments.
func (l *RReLU) ExtraRepr() string {
	return fmt.Sprintf("lower=%s, upper=%s%s", pytext.Float(l.Lower), pytext.Float(l.Upper), commaInplace(l.Inplace))
}

// LogSigmoid computes the logarithm of the sigmoid, Python's nn.LogSigmoid.
//
// Input of any shape gives output of that shape.
type LogSigmoid struct {
	Module
}

// NewLogSigmoid returns a new [LogSigmoid] layer.
func NewLogSigmoid() *LogSigmoid {
	l := &LogSigmoid{}
	l.Init(l)
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *LogSigmoid) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *LogSigmoid) forward(input *torch.Tensor) *torch.Tensor {
	return torch.LogSigmoid(input)
}

// Softplus computes log(1 + exp(Beta*x)) / Beta, and x where Beta*x is above Threshold, Python's nn.Softplus.
//
// Input of any shape gives output of that shape.
type Softplus struct {
	Module
	Beta, Threshold float64
}

// A SoftplusOption is an option of [NewSoftplus]: [Beta], [WithThreshold].
type SoftplusOption interface{ softplusOption() }

func (Beta) softplusOption()          {}
func (WithThreshold) softplusOption() {}

// NewSoftplus returns a new [Softplus] layer. The defaults are [Beta] 1.0 and
// [WithThreshold] 20.0.
func NewSoftplus(opts ...SoftplusOption) *Softplus {
	l := &Softplus{Beta: 1, Threshold: 20}
	l.Init(l)
	for _, o := range opts {
		switch o := o.(type) {
		case Beta:
			l.Beta = float64(o)
		case WithThreshold:
			l.Threshold = float64(o)
		}
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *Softplus) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Softplus) forward(input *torch.Tensor) *torch.Tensor {
	return torch.Softplus(input, torch.Beta(l.Beta), torch.WithThreshold(l.Threshold))
}

// ExtraRepr returns the arguments.
func (l *Softplus) ExtraRepr() string {
	return fmt.Sprintf("beta=%s, threshold=%s", pytext.Float(l.Beta), pytext.Float(l.Threshold))
}

// Softsign computes x / (1 + |x|), Python's nn.Softsign.
//
// Input of any shape gives output of that shape.
type Softsign struct {
	Module
}

// NewSoftsign returns a new [Softsign] layer.
func NewSoftsign() *Softsign {
	l := &Softsign{}
	l.Init(l)
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *Softsign) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Softsign) forward(input *torch.Tensor) *torch.Tensor {
	return input.Div(input.Abs().Add(1))
}
