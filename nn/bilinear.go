package nn

import (
	"fmt"
	"math"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// Bilinear computes y = x1.T @ Weight @ x2 + Bias, Python's nn.Bilinear. Weight
// and Bias start uniform in ±1/sqrt(In1Features).
//
// Inputs of shape (*, In1Features) and (*, In2Features) give output of shape
// (*, OutFeatures). Other sizes panic with a RuntimeError.
type Bilinear struct {
	Module
	In1Features, In2Features, OutFeatures int64
	Weight                                *torch.Tensor // (OutFeatures, In1Features, In2Features)
	Bias                                  *torch.Tensor // (OutFeatures), or nil
}

// A BilinearOption is an option of [NewBilinear]: [Bias], a [torch.DType], a
// [torch.Device].
type BilinearOption interface{ BilinearOption(option.Marker) }

// BilinearOption makes Bias an option of [NewBilinear].
func (Bias) BilinearOption(option.Marker) {}

// NewBilinear returns a new [Bilinear] layer. Without features in the first
// input it panics with a ValueError. The default of [Bias] is true.
func NewBilinear(in1Features, in2Features, outFeatures int64, opts ...BilinearOption) *Bilinear {
	l := &Bilinear{In1Features: in1Features, In2Features: in2Features, OutFeatures: outFeatures}
	bias, f := Bias(true), factory{}
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
	l.Init(l)
	l.Weight = f.parameter(outFeatures, in1Features, in2Features)
	if bias {
		l.Bias = f.parameter(outFeatures)
	}
	l.ResetParameters()
	return l
}

// ResetParameters draws the parameters anew.
func (l *Bilinear) ResetParameters() {
	if l.In1Features <= 0 {
		raise("ValueError", "in1_features must be > 0, but got (in1_features=%d)", l.In1Features)
	}
	bound := 1 / math.Sqrt(float64(l.Weight.Size(1)))
	ninit.Uniform_(l.Weight, -bound, bound)
	if l.Bias != nil {
		ninit.Uniform_(l.Bias, -bound, bound)
	}
}

// Forward returns the product of inputs of shape (*, In1Features) and (*,
// In2Features), of shape (*, OutFeatures).
func (l *Bilinear) Forward(input1, input2 *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, input1, input2)
	}
	return l.forward(input1, input2)
}

func (l *Bilinear) forward(input1, input2 *torch.Tensor) *torch.Tensor {
	return torch.Bilinear(input1, input2, l.Weight, torch.Bias(l.Bias))
}

// ExtraRepr returns the sizes.
func (l *Bilinear) ExtraRepr() string {
	return fmt.Sprintf("in1_features=%d, in2_features=%d, out_features=%d, bias=%s", l.In1Features, l.In2Features, l.OutFeatures,
		pytext.Bool(l.Bias != nil))
}
