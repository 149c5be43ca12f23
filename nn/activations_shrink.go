package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// Hardshrink sets elements in ±Lambd to zero, Python's nn.Hardshrink.
//
// Input of any shape gives output of that shape.
type Hardshrink struct {
	Module
	Lambd float64
}

// A HardshrinkOption is an option of [NewHardshrink]: [Lambd].
type HardshrinkOption interface{ hardshrinkOption() }

func (Lambd) hardshrinkOption() {}

// NewHardshrink returns a new [Hardshrink] layer. The default of [Lambd] is
// 0.5.
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
//
// Input of any shape gives output of that shape.
type Softshrink struct {
	Module
	Lambd float64
}

// A SoftshrinkOption is an option of [NewSoftshrink]: [Lambd].
type SoftshrinkOption interface{ softshrinkOption() }

func (Lambd) softshrinkOption() {}

// NewSoftshrink returns a new [Softshrink] layer. The default of [Lambd] is
// 0.5.
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

// Tanhshrink computes x - tanh(x), Python's nn.Tanhshrink.
//
// Input of any shape gives output of that shape.
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
//
// Input of any shape gives output of that shape.
type Threshold struct {
	Module
	Threshold, Value float64
	Inplace          bool
}

// A ThresholdOption is an option of [NewThreshold]: [Inplace].
type ThresholdOption interface{ thresholdOption() }

func (Inplace) thresholdOption() {}

// NewThreshold returns a new [Threshold] layer. The default of [Inplace] is
// false.
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
