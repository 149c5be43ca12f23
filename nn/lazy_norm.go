package nn

import "github.com/wangkuiyi/gotorch/torch"

// LazyBatchNorm1d is [BatchNorm1d] for as many channels as its first input has,
// Python's nn.LazyBatchNorm1d.
//
// See there for shapes. A first input of other dimensions panics with a
// ValueError.
type LazyBatchNorm1d struct{ BatchNorm1d }

// NewLazyBatchNorm1d returns a new [LazyBatchNorm1d] layer. The defaults are
// [Eps] 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and
// [Bias] true.
func NewLazyBatchNorm1d(opts ...BatchNormOption) *LazyBatchNorm1d {
	l := &LazyBatchNorm1d{BatchNorm1d{newNormBase(0)}}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUpLazily(bias, f)
	return l
}

func (l *LazyBatchNorm1d) initializeParameters(input *torch.Tensor) { l.initialize(input) }

// LazyBatchNorm2d is [BatchNorm2d] for as many channels as its first input has,
// Python's nn.LazyBatchNorm2d.
//
// See there for shapes. A first input of other dimensions panics with a
// ValueError.
type LazyBatchNorm2d struct{ BatchNorm2d }

// NewLazyBatchNorm2d returns a new [LazyBatchNorm2d] layer. The defaults are
// [Eps] 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and
// [Bias] true.
func NewLazyBatchNorm2d(opts ...BatchNormOption) *LazyBatchNorm2d {
	l := &LazyBatchNorm2d{BatchNorm2d{newNormBase(0)}}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUpLazily(bias, f)
	return l
}

func (l *LazyBatchNorm2d) initializeParameters(input *torch.Tensor) { l.initialize(input) }

// LazyBatchNorm3d is [BatchNorm3d] for as many channels as its first input has,
// Python's nn.LazyBatchNorm3d.
//
// See there for shapes. A first input of other dimensions panics with a
// ValueError.
type LazyBatchNorm3d struct{ BatchNorm3d }

// NewLazyBatchNorm3d returns a new [LazyBatchNorm3d] layer. The defaults are
// [Eps] 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and
// [Bias] true.
func NewLazyBatchNorm3d(opts ...BatchNormOption) *LazyBatchNorm3d {
	l := &LazyBatchNorm3d{BatchNorm3d{newNormBase(0)}}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUpLazily(bias, f)
	return l
}

func (l *LazyBatchNorm3d) initializeParameters(input *torch.Tensor) { l.initialize(input) }

// LazyInstanceNorm1d is [InstanceNorm1d] for as many channels as its first input has,
// Python's nn.LazyInstanceNorm1d. Unlike that,
// it has parameters and keeps statistics unless told otherwise.
//
// See there for shapes.
type LazyInstanceNorm1d struct{ InstanceNorm1d }

// NewLazyInstanceNorm1d returns a new [LazyInstanceNorm1d] layer. The defaults
// are [Eps] 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and
// [Bias] true.
func NewLazyInstanceNorm1d(opts ...BatchNormOption) *LazyInstanceNorm1d {
	l := &LazyInstanceNorm1d{InstanceNorm1d{instanceNorm{newNormBase(0)}}}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUpLazily(bias, f)
	return l
}

func (l *LazyInstanceNorm1d) initializeParameters(input *torch.Tensor) { l.initialize(input) }

// LazyInstanceNorm2d is [InstanceNorm2d] for as many channels as its first input has,
// Python's nn.LazyInstanceNorm2d. Unlike that,
// it has parameters and keeps statistics unless told otherwise.
//
// See there for shapes.
type LazyInstanceNorm2d struct{ InstanceNorm2d }

// NewLazyInstanceNorm2d returns a new [LazyInstanceNorm2d] layer. The defaults
// are [Eps] 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and
// [Bias] true.
func NewLazyInstanceNorm2d(opts ...BatchNormOption) *LazyInstanceNorm2d {
	l := &LazyInstanceNorm2d{InstanceNorm2d{instanceNorm{newNormBase(0)}}}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUpLazily(bias, f)
	return l
}

func (l *LazyInstanceNorm2d) initializeParameters(input *torch.Tensor) { l.initialize(input) }

// LazyInstanceNorm3d is [InstanceNorm3d] for as many channels as its first input has,
// Python's nn.LazyInstanceNorm3d. Unlike that,
// it has parameters and keeps statistics unless told otherwise.
//
// See there for shapes.
type LazyInstanceNorm3d struct{ InstanceNorm3d }

// NewLazyInstanceNorm3d returns a new [LazyInstanceNorm3d] layer. The defaults
// are [Eps] 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and
// [Bias] true.
func NewLazyInstanceNorm3d(opts ...BatchNormOption) *LazyInstanceNorm3d {
	l := &LazyInstanceNorm3d{InstanceNorm3d{instanceNorm{newNormBase(0)}}}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUpLazily(bias, f)
	return l
}

func (l *LazyInstanceNorm3d) initializeParameters(input *torch.Tensor) { l.initialize(input) }
