package nn

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// A SizeOption is the option that [Size] returns.
type SizeOption struct{ sizes []int64 }

// Size is the size of [Upsample]'s output: one number for all dimensions, or one
// for each.
func Size(sizes ...int64) SizeOption { return SizeOption{sizes} }

// A ScaleFactorOption is the option that [ScaleFactor] returns.
type ScaleFactorOption struct{ factors []float64 }

// ScaleFactor is what [Upsample] multiplies the size by: one number for all
// dimensions, or one for each.
func ScaleFactor(factors ...float64) ScaleFactorOption { return ScaleFactorOption{factors} }

// AlignCorners has linear interpolation take the middle of the corner pixels as
// the corners. Its default is false.
type AlignCorners bool

// RecomputeScaleFactor has interpolation use the ratio of the sizes, which are
// whole numbers, rather than [ScaleFactor]. Its default is false.
type RecomputeScaleFactor bool

// An UpsampleOption is an option of [NewUpsample]: [Size] or [ScaleFactor],
// [Mode], [AlignCorners], [RecomputeScaleFactor].
type UpsampleOption interface{ upsampleOption() }

// An UpsamplingOption is an option of [NewUpsamplingNearest2d] and
// [NewUpsamplingBilinear2d]: [Size] or [ScaleFactor].
type UpsamplingOption interface{ upsamplingOption() }

func (SizeOption) upsampleOption()           {}
func (ScaleFactorOption) upsampleOption()    {}
func (Mode) upsampleOption()                 {}
func (AlignCorners) upsampleOption()         {}
func (RecomputeScaleFactor) upsampleOption() {}
func (SizeOption) upsamplingOption()         {}
func (ScaleFactorOption) upsamplingOption()  {}

// Upsample enlarges sequences, images or volumes, Python's nn.Upsample.
//
// Input of shape (N, C, L), (N, C, H, W) or (N, C, D, H, W) gives output with
// other sizes. Other dimensions panic with a NotImplementedError.
type Upsample struct {
	Module
	Size                 []int64   // nil: by the factor
	ScaleFactor          []float64 // nil: to the size
	Mode                 string
	AlignCorners         *bool // nil: not given
	RecomputeScaleFactor *bool // nil: not given
}

// NewUpsample returns a new [Upsample] layer. The default of [Mode] is
// "nearest".
func NewUpsample(opts ...UpsampleOption) *Upsample {
	l := &Upsample{Mode: "nearest"}
	for _, o := range opts {
		l.read(o)
	}
	l.Init(l)
	return l
}

func (l *Upsample) read(o any) {
	switch o := o.(type) {
	case SizeOption:
		l.Size = o.sizes
	case ScaleFactorOption:
		l.ScaleFactor = o.factors
	case Mode:
		l.Mode = string(o)
	case AlignCorners:
		on := bool(o)
		l.AlignCorners = &on
	case RecomputeScaleFactor:
		on := bool(o)
		l.RecomputeScaleFactor = &on
	}
}

// Forward returns input, of shape (N, C, L), (N, C, H, W) or (N, C, D, H, W),
// enlarged.
func (l *Upsample) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Upsample) forward(input *torch.Tensor) *torch.Tensor {
	opts := []functional.InterpolateOption{functional.Mode(l.Mode)}
	if l.Size != nil {
		opts = append(opts, functional.Size(l.Size...))
	}
	if l.ScaleFactor != nil {
		opts = append(opts, functional.ScaleFactor(l.ScaleFactor...))
	}
	if l.AlignCorners != nil {
		opts = append(opts, functional.AlignCorners(*l.AlignCorners))
	}
	if l.RecomputeScaleFactor != nil {
		opts = append(opts, functional.RecomputeScaleFactor(*l.RecomputeScaleFactor))
	}
	return functional.Interpolate(input, opts...)
}

// ExtraRepr returns the arguments.
func (l *Upsample) ExtraRepr() string {
	info := "size=None"
	switch {
	case len(l.ScaleFactor) == 1:
		info = "scale_factor=" + pytext.Float(l.ScaleFactor[0])
	case l.ScaleFactor != nil:
		info = "scale_factor=" + pytext.FloatTuple(l.ScaleFactor)
	case l.Size != nil:
		info = "size=" + pytext.IntOrTuple(l.Size)
	}
	return info + ", mode=" + pytext.String(l.Mode)
}

// UpsamplingNearest2d is [Upsample] of images by the nearest pixel, Python's
// nn.UpsamplingNearest2d.
//
// Input of shape (N, C, H, W) gives output with another H and W.
type UpsamplingNearest2d struct{ Upsample }

// NewUpsamplingNearest2d returns a new [UpsamplingNearest2d] layer.
func NewUpsamplingNearest2d(opts ...UpsamplingOption) *UpsamplingNearest2d {
	l := &UpsamplingNearest2d{Upsample{Mode: "nearest"}}
	for _, o := range opts {
		l.read(o)
	}
	l.Init(l)
	return l
}

// UpsamplingBilinear2d is [Upsample] of images by linear interpolation between the
// corners, Python's nn.UpsamplingBilinear2d.
//
// Input of shape (N, C, H, W) gives output with another H and W.
type UpsamplingBilinear2d struct{ Upsample }

// NewUpsamplingBilinear2d returns a new [UpsamplingBilinear2d] layer.
func NewUpsamplingBilinear2d(opts ...UpsamplingOption) *UpsamplingBilinear2d {
	align := true
	l := &UpsamplingBilinear2d{Upsample{Mode: "bilinear", AlignCorners: &align}}
	for _, o := range opts {
		l.read(o)
	}
	l.Init(l)
	return l
}
