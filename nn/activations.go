package nn

import (
	"fmt"

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
type ELU struct {
	Module
	Alpha   float64
	Inplace bool
}

// An ELUOption is an option of [NewELU]: [Alpha], [Inplace].
type ELUOption interface{ eLUOption() }

func (Alpha) eLUOption()   {}
func (Inplace) eLUOption() {}

// NewELU returns a new [ELU] layer.
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
type CELU struct {
	Module
	Alpha   float64
	Inplace bool
}

// A CELUOption is an option of [NewCELU]: [Alpha], [Inplace].
type CELUOption interface{ cELUOption() }

func (Alpha) cELUOption()   {}
func (Inplace) cELUOption() {}

// NewCELU returns a new [CELU] layer.
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
type SELU struct {
	Module
	Inplace bool
}

// An SELUOption is an option of [NewSELU]: [Inplace].
type SELUOption interface{ sELUOption() }

func (Inplace) sELUOption() {}

// NewSELU returns a new [SELU] layer.
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

// GELU computes x times the probability that a normal variable is below x, Python's nn.GELU.
type GELU struct {
	Module
	Approximate string // "none" or "tanh"
}

// A GELUOption is an option of [NewGELU]: [Approximate].
type GELUOption interface{ gELUOption() }

func (Approximate) gELUOption() {}

// NewGELU returns a new [GELU] layer.
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
type GLU struct {
	Module
	Dim int64
}

// A GLUOption is an option of [NewGLU]: [Dim].
type GLUOption interface{ gLUOption() }

func (Dim) gLUOption() {}

// NewGLU returns a new [GLU] layer.
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

// Hardshrink sets elements in ±Lambd to zero, Python's nn.Hardshrink.
type Hardshrink struct {
	Module
	Lambd float64
}

// A HardshrinkOption is an option of [NewHardshrink]: [Lambd].
type HardshrinkOption interface{ hardshrinkOption() }

func (Lambd) hardshrinkOption() {}

// NewHardshrink returns a new [Hardshrink] layer.
func NewHardshrink(opts ...HardshrinkOption) *Hardshrink {
	l := &Hardshrink{Lambd: 0.5}
	l.Init(l)
	for _, o := range opts {
		l.Lambd = float64(o.(Lambd))
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *Hardshrink) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Hardshrink) forward(input *torch.Tensor) *torch.Tensor {
	return torch.Hardshrink(input, torch.Lambd(l.Lambd))
}

// ExtraRepr returns the arguments.
func (l *Hardshrink) ExtraRepr() string { return pytext.Float(l.Lambd) }

// Softshrink moves elements towards zero by Lambd, Python's nn.Softshrink.
type Softshrink struct {
	Module
	Lambd float64
}

// A SoftshrinkOption is an option of [NewSoftshrink]: [Lambd].
type SoftshrinkOption interface{ softshrinkOption() }

func (Lambd) softshrinkOption() {}

// NewSoftshrink returns a new [Softshrink] layer.
func NewSoftshrink(opts ...SoftshrinkOption) *Softshrink {
	l := &Softshrink{Lambd: 0.5}
	l.Init(l)
	for _, o := range opts {
		l.Lambd = float64(o.(Lambd))
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *Softshrink) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Softshrink) forward(input *torch.Tensor) *torch.Tensor {
	return torch.Softshrink(input, torch.Lambd(l.Lambd))
}

// ExtraRepr returns the arguments.
func (l *Softshrink) ExtraRepr() string { return pytext.Float(l.Lambd) }

// Hardsigmoid computes x/6 + 1/2, clipped to [0, 1], Python's nn.Hardsigmoid.
type Hardsigmoid struct {
	Module
	Inplace bool
}

// A HardsigmoidOption is an option of [NewHardsigmoid]: [Inplace].
type HardsigmoidOption interface{ hardsigmoidOption() }

func (Inplace) hardsigmoidOption() {}

// NewHardsigmoid returns a new [Hardsigmoid] layer.
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
type Hardswish struct {
	Module
	Inplace bool
}

// A HardswishOption is an option of [NewHardswish]: [Inplace].
type HardswishOption interface{ hardswishOption() }

func (Inplace) hardswishOption() {}

// NewHardswish returns a new [Hardswish] layer.
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

// NewHardtanh returns a new [Hardtanh] layer.
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
type ReLU6 struct {
	Module
	Inplace bool
}

// A ReLU6Option is an option of [NewReLU6]: [Inplace].
type ReLU6Option interface{ reLU6Option() }

func (Inplace) reLU6Option() {}

// NewReLU6 returns a new [ReLU6] layer.
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

// LeakyReLU computes x where x > 0, and NegativeSlope*x elsewhere, Python's nn.LeakyReLU.
type LeakyReLU struct {
	Module
	NegativeSlope float64
	Inplace       bool
}

// A LeakyReLUOption is an option of [NewLeakyReLU]: [NegativeSlope], [Inplace].
type LeakyReLUOption interface{ leakyReLUOption() }

func (NegativeSlope) leakyReLUOption() {}
func (Inplace) leakyReLUOption()       {}

// NewLeakyReLU returns a new [LeakyReLU] layer.
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

// LogSigmoid computes the logarithm of the sigmoid, Python's nn.LogSigmoid.
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

// Mish computes x * tanh(softplus(x)), Python's nn.Mish.
type Mish struct {
	Module
	Inplace bool
}

// A MishOption is an option of [NewMish]: [Inplace].
type MishOption interface{ mishOption() }

func (Inplace) mishOption() {}

// NewMish returns a new [Mish] layer.
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

// RReLU computes x where x > 0, and a*x elsewhere; a is drawn from [Lower, Upper] in training, and their mean otherwise, Python's nn.RReLU.
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

// NewRReLU returns a new [RReLU] layer.
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

// SiLU computes x * sigmoid(x), Python's nn.SiLU.
type SiLU struct {
	Module
	Inplace bool
}

// A SiLUOption is an option of [NewSiLU]: [Inplace].
type SiLUOption interface{ siLUOption() }

func (Inplace) siLUOption() {}

// NewSiLU returns a new [SiLU] layer.
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

// Softplus computes log(1 + exp(Beta*x)) / Beta, and x where Beta*x is above Threshold, Python's nn.Softplus.
type Softplus struct {
	Module
	Beta, Threshold float64
}

// A SoftplusOption is an option of [NewSoftplus]: [Beta], [WithThreshold].
type SoftplusOption interface{ softplusOption() }

func (Beta) softplusOption()          {}
func (WithThreshold) softplusOption() {}

// NewSoftplus returns a new [Softplus] layer.
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

// Tanhshrink computes x - tanh(x), Python's nn.Tanhshrink.
type Tanhshrink struct {
	Module
}

// NewTanhshrink returns a new [Tanhshrink] layer.
func NewTanhshrink() *Tanhshrink {
	l := &Tanhshrink{}
	l.Init(l)
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *Tanhshrink) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Tanhshrink) forward(input *torch.Tensor) *torch.Tensor {
	return input.Sub(input.Tanh())
}

// Threshold computes x where x > Threshold, and Value elsewhere, Python's nn.Threshold.
type Threshold struct {
	Module
	Threshold, Value float64
	Inplace          bool
}

// A ThresholdOption is an option of [NewThreshold]: [Inplace].
type ThresholdOption interface{ thresholdOption() }

func (Inplace) thresholdOption() {}

// NewThreshold returns a new [Threshold] layer.
func NewThreshold(threshold, value float64, opts ...ThresholdOption) *Threshold {
	l := &Threshold{Threshold: threshold, Value: value}
	l.Init(l)
	for _, o := range opts {
		l.Inplace = bool(o.(Inplace))
	}
	return l
}

// Forward returns the function of each element, in the shape of input.
func (l *Threshold) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Threshold) forward(input *torch.Tensor) *torch.Tensor {
	if l.Inplace {
		return torch.Threshold_(input, l.Threshold, l.Value)
	}
	return torch.Threshold(input, l.Threshold, l.Value)
}

// ExtraRepr returns the arguments.
func (l *Threshold) ExtraRepr() string {
	return fmt.Sprintf("threshold=%s, value=%s%s", pytext.Float(l.Threshold), pytext.Float(l.Value), commaInplace(l.Inplace))
}
