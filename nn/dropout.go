package nn

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// A DropoutOption is an option of [NewDropout] and its like: [P], [Inplace].
type DropoutOption interface{ dropoutOption() }

func (P) dropoutOption()       {}
func (Inplace) dropoutOption() {}

func dropoutArguments(opts []DropoutOption) (p float64, inplace bool) {
	p = 0.5
	for _, o := range opts {
		switch o := o.(type) {
		case P:
			p = float64(o)
		case Inplace:
			inplace = bool(o)
		}
	}
	if p < 0 || p > 1 {
		raise("ValueError", "dropout probability has to be between 0 and 1, but got %s", pytext.Float(p))
	}
	return p, inplace
}

func dropoutRepr(p float64, inplace bool) string {
	return "p=" + pytext.Float(p) + ", inplace=" + pytext.Bool(inplace)
}

// Dropout sets elements to zero with probability P while training, and scales
// the others by 1/(1-P); in evaluation mode it does nothing. Python's
// nn.Dropout.
//
// Input of any shape gives output of that shape.
type Dropout struct {
	Module
	P       float64
	Inplace bool
}

// NewDropout returns a new [Dropout] layer. A probability outside of 0 to 1
// panics. The defaults are [P] 0.5 and [Inplace] false.
func NewDropout(opts ...DropoutOption) *Dropout {
	p, inplace := dropoutArguments(opts)
	l := &Dropout{P: p, Inplace: inplace}
	l.Init(l)
	return l
}

// Forward returns input with elements set to zero, in its shape.
func (l *Dropout) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Dropout) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Dropout(input, functional.P(l.P), functional.Training(l.Training()), functional.Inplace(l.Inplace))
}

// ExtraRepr returns the arguments.
func (l *Dropout) ExtraRepr() string { return dropoutRepr(l.P, l.Inplace) }

// Dropout2d sets whole channels of images to zero with probability P while
// training, and scales the others by 1/(1-P); in evaluation mode it does
// nothing. Python's nn.Dropout2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape.
type Dropout2d struct {
	Module
	P       float64
	Inplace bool
}

// NewDropout2d returns a new [Dropout2d] layer. A probability outside of 0 to 1
// panics. The defaults are [P] 0.5 and [Inplace] false.
func NewDropout2d(opts ...DropoutOption) *Dropout2d {
	p, inplace := dropoutArguments(opts)
	l := &Dropout2d{P: p, Inplace: inplace}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, H, W) or (N, C, L), with channels set
// to zero.
func (l *Dropout2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Dropout2d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Dropout2d(input, functional.P(l.P), functional.Training(l.Training()), functional.Inplace(l.Inplace))
}

// ExtraRepr returns the arguments.
func (l *Dropout2d) ExtraRepr() string { return dropoutRepr(l.P, l.Inplace) }

// Dropout1d sets whole channels of sequences to zero, as [Dropout2d] does those of images. Python's
// nn.Dropout1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape.
type Dropout1d struct {
	Module
	P       float64
	Inplace bool
}

// NewDropout1d returns a new [Dropout1d] layer. A probability outside of 0 to 1
// panics. The defaults are [P] 0.5 and [Inplace] false.
func NewDropout1d(opts ...DropoutOption) *Dropout1d {
	p, inplace := dropoutArguments(opts)
	l := &Dropout1d{P: p, Inplace: inplace}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, L) or (C, L), with elements replaced while
// training.
func (l *Dropout1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Dropout1d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Dropout1d(input, functional.P(l.P), functional.Training(l.Training()), functional.Inplace(l.Inplace))
}

// ExtraRepr returns the arguments.
func (l *Dropout1d) ExtraRepr() string { return dropoutRepr(l.P, l.Inplace) }

// Dropout3d sets whole channels of volumes to zero, as [Dropout2d] does those of images. Python's
// nn.Dropout3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape.
type Dropout3d struct {
	Module
	P       float64
	Inplace bool
}

// NewDropout3d returns a new [Dropout3d] layer. A probability outside of 0 to 1
// panics. The defaults are [P] 0.5 and [Inplace] false.
func NewDropout3d(opts ...DropoutOption) *Dropout3d {
	p, inplace := dropoutArguments(opts)
	l := &Dropout3d{P: p, Inplace: inplace}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, D, H, W) or (C, D, H, W), with elements replaced while
// training.
func (l *Dropout3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Dropout3d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Dropout3d(input, functional.P(l.P), functional.Training(l.Training()), functional.Inplace(l.Inplace))
}

// ExtraRepr returns the arguments.
func (l *Dropout3d) ExtraRepr() string { return dropoutRepr(l.P, l.Inplace) }

// AlphaDropout is [Dropout] that keeps mean and variance, for [SELU]: it sets elements to
// the value that SELU approaches below zero. Python's
// nn.AlphaDropout.
//
// Input of any shape gives output of that shape.
type AlphaDropout struct {
	Module
	P       float64
	Inplace bool
}

// NewAlphaDropout returns a new [AlphaDropout] layer. A probability outside of
// 0 to 1 panics. The defaults are [P] 0.5 and [Inplace] false.
func NewAlphaDropout(opts ...DropoutOption) *AlphaDropout {
	p, inplace := dropoutArguments(opts)
	l := &AlphaDropout{P: p, Inplace: inplace}
	l.Init(l)
	return l
}

// Forward returns input, of any shape, with elements replaced while
// training.
func (l *AlphaDropout) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *AlphaDropout) forward(input *torch.Tensor) *torch.Tensor {
	return functional.AlphaDropout(input, functional.P(l.P), functional.Training(l.Training()))
}

// ExtraRepr returns the arguments.
func (l *AlphaDropout) ExtraRepr() string { return dropoutRepr(l.P, l.Inplace) }

// FeatureAlphaDropout is [AlphaDropout] of whole channels. Python's
// nn.FeatureAlphaDropout.
//
// Input of shape (N, C, *) gives output of that shape.
type FeatureAlphaDropout struct {
	Module
	P       float64
	Inplace bool
}

// NewFeatureAlphaDropout returns a new [FeatureAlphaDropout] layer. A
// probability outside of 0 to 1 panics. The defaults are [P] 0.5 and [Inplace]
// false.
func NewFeatureAlphaDropout(opts ...DropoutOption) *FeatureAlphaDropout {
	p, inplace := dropoutArguments(opts)
	l := &FeatureAlphaDropout{P: p, Inplace: inplace}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, ...), with elements replaced while
// training.
func (l *FeatureAlphaDropout) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *FeatureAlphaDropout) forward(input *torch.Tensor) *torch.Tensor {
	return functional.FeatureAlphaDropout(input, functional.P(l.P), functional.Training(l.Training()))
}

// ExtraRepr returns the arguments.
func (l *FeatureAlphaDropout) ExtraRepr() string { return dropoutRepr(l.P, l.Inplace) }
