package nn

import (
	"fmt"
	"math"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// Identity returns its input, Python's nn.Identity.
//
// Input of any shape gives output of that shape.
type Identity struct{ Module }

// NewIdentity returns a new [Identity].
func NewIdentity() *Identity {
	l := &Identity{}
	l.Init(l)
	return l
}

// Forward returns input.
func (l *Identity) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return input
}

func (l *Identity) forward(input *torch.Tensor) *torch.Tensor { return input }

// Linear computes y = x @ Weight.T + Bias, Python's nn.Linear.
//
// Input of shape (*, InFeatures) gives output of shape (*, OutFeatures). Weight
// and Bias start uniform in ±1/sqrt(InFeatures).
//
// Other last sizes panic with a RuntimeError.
type Linear struct {
	Module
	InFeatures, OutFeatures int64
	Weight                  *torch.Tensor // (OutFeatures, InFeatures)
	Bias                    *torch.Tensor // (OutFeatures), or nil
}

// A LinearOption is an option of [NewLinear]: [Bias], a [torch.DType], a
// [torch.Device].
type LinearOption interface{ LinearOption(option.Marker) }

// LinearOption makes Bias an option of [NewLinear].
func (Bias) LinearOption(option.Marker) {}

// NewLinear returns a new [Linear] layer. The default of [Bias] is true.
func NewLinear(inFeatures, outFeatures int64, opts ...LinearOption) *Linear {
	bias, f := readLinear(opts)
	l := &Linear{InFeatures: inFeatures, OutFeatures: outFeatures}
	l.Init(l)
	l.setUp(bias, f)
	return l
}

func readLinear(opts []LinearOption) (bias Bias, f factory) {
	bias = true
	for _, o := range opts {
		switch o := o.(type) {
		case Bias:
			bias = o
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
	return bias, f
}

// setUp makes the parameters, after Init.
func (l *Linear) setUp(bias Bias, f factory) {
	l.Weight = f.parameter(l.OutFeatures, l.InFeatures)
	if bias {
		l.Bias = f.parameter(l.OutFeatures)
	}
	l.ResetParameters()
}

// ResetParameters draws the parameters anew.
func (l *Linear) ResetParameters() { resetWeightAndBias(l.Weight, l.Bias) }

// resetWeightAndBias draws weights as layers with linear maps do: uniform in
// ±1/sqrt(fanIn).
func resetWeightAndBias(weight, bias *torch.Tensor) {
	ninit.KaimingUniform_(weight, ninit.A(math.Sqrt(5)))
	if bias == nil {
		return
	}
	bound := 0.0
	if fanIn, _ := ninit.CalculateFanInAndFanOut(weight); fanIn > 0 {
		bound = 1 / math.Sqrt(float64(fanIn))
	}
	ninit.Uniform_(bias, 0-bound, bound) // where bound is 0, Python's lower one is no negative zero
}

// Forward returns input @ Weight.T + Bias.
func (l *Linear) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return functional.Linear(input, l.Weight, torch.Bias(l.Bias))
}

func (l *Linear) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Linear(input, l.Weight, torch.Bias(l.Bias))
}

// ExtraRepr returns the sizes.
func (l *Linear) ExtraRepr() string {
	return fmt.Sprintf("in_features=%d, out_features=%d, bias=%s", l.InFeatures, l.OutFeatures, pytext.Bool(l.Bias != nil))
}
