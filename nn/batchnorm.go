package nn

import (
	"fmt"
	"strings"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// NormBase is what the BatchNorm and InstanceNorm layers have in common; they
// embed it. Python's _NormBase.
type NormBase struct {
	Module
	NumFeatures       int64 // the number of channels
	Eps, Momentum     float64
	CumulativeAverage bool // Python's momentum=None
	Affine            bool
	TrackRunningStats bool

	Weight, Bias            *torch.Tensor // (NumFeatures), or nil
	RunningMean, RunningVar *torch.Tensor // buffers of (NumFeatures), or nil
	NumBatchesTracked       *torch.Tensor // a buffer without dimensions, or nil
}

// read takes the options, before Init, and returns what setUp needs.
func (l *NormBase) read(opts []BatchNormOption) (bias Bias, f factory) {
	bias = true
	for _, o := range opts {
		switch o := o.(type) {
		case Eps:
			l.Eps = float64(o)
		case Momentum:
			l.Momentum = float64(o)
		case CumulativeAverage:
			l.CumulativeAverage = bool(o)
		case Affine:
			l.Affine = bool(o)
		case TrackRunningStats:
			l.TrackRunningStats = bool(o)
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

// setUp makes the parameters and buffers, after Init.
func (l *NormBase) setUp(bias Bias, f factory) {
	if l.Affine {
		l.Weight = f.parameter(l.NumFeatures)
		if bias {
			l.Bias = f.parameter(l.NumFeatures)
		}
	}
	var mean, variance, batches *torch.Tensor
	if l.TrackRunningStats {
		mean = torch.Zeros([]int64{l.NumFeatures}, f.dtype, f.device)
		variance = torch.Ones([]int64{l.NumFeatures}, f.dtype, f.device)
		batches = torch.Zeros(nil, torch.Int64, f.device)
	}
	l.RegisterBuffer("running_mean", mean)
	l.RegisterBuffer("running_var", variance)
	l.RegisterBuffer("num_batches_tracked", batches)
	l.ResetParameters()
}

// ResetRunningStats forgets all batches.
func (l *NormBase) ResetRunningStats() {
	if l.TrackRunningStats {
		l.RunningMean.Zero_()
		l.RunningVar.Fill_(1)
		l.NumBatchesTracked.Zero_()
	}
}

// ResetParameters forgets all batches, and sets weight to 1 and bias to 0.
func (l *NormBase) ResetParameters() {
	l.ResetRunningStats()
	resetAffine(l.Weight, l.Bias)
}

// ExtraRepr returns the arguments.
func (l *NormBase) ExtraRepr() string {
	momentum := pytext.Float(l.Momentum)
	if l.CumulativeAverage {
		momentum = "None"
	}
	return fmt.Sprintf("%d, eps=%s, momentum=%s, affine=%s, bias=%s, track_running_stats=%s", l.NumFeatures, pytext.Float(l.Eps),
		momentum, pytext.Bool(l.Affine), pytext.Bool(l.Bias != nil), pytext.Bool(l.TrackRunningStats))
}

// stateVersion is 2 since there is num_batches_tracked.
func (l *NormBase) stateVersion() int { return 2 }

// upgradeState adds what checkpoints of older versions lack.
func (l *NormBase) upgradeState(state *StateDict, prefix string, _ *LoadReport) {
	version, known := state.Version(strings.TrimSuffix(prefix, "."))
	if known && version >= 2 || !l.TrackRunningStats {
		return
	}
	if key := prefix + "num_batches_tracked"; !state.Has(key) {
		state.Set(key, l.NumBatchesTracked)
	}
}

// normalize is the forward pass of BatchNorm layers.
func (l *NormBase) normalize(input *torch.Tensor) *torch.Tensor {
	training := l.Training()
	factor := l.Momentum
	if l.CumulativeAverage {
		factor = 0
	}
	if training && l.TrackRunningStats && l.NumBatchesTracked != nil {
		l.NumBatchesTracked.Add_(1)
		if l.CumulativeAverage {
			factor = 1 / l.NumBatchesTracked.Item()
		}
	}
	mean, variance := l.RunningMean, l.RunningVar
	if training && !l.TrackRunningStats {
		mean, variance = nil, nil
	}
	return functional.BatchNorm(input, mean, variance, functional.Weight(l.Weight), functional.Bias(l.Bias),
		functional.Training(training || l.RunningMean == nil && l.RunningVar == nil), functional.Momentum(factor), functional.Eps(l.Eps))
}

// newNormBase returns the base of a BatchNorm layer without options.
func newNormBase(numFeatures int64) NormBase {
	return NormBase{NumFeatures: numFeatures, Eps: 1e-5, Momentum: 0.1, Affine: true, TrackRunningStats: true}
}

// BatchNorm1d normalizes each channel over the batch, Python's nn.BatchNorm1d:
// y = (x - mean) / sqrt(variance + Eps) * Weight + Bias. While training, mean and
// variance are the batch's, and running averages of both are kept, which it uses
// in evaluation.
//
// Input of shape (N, C) or (N, C, L) gives output of that shape, C being
// NumFeatures. Other dimensions, and a single value for each channel in
// training, panic with a ValueError, another C with a RuntimeError.
type BatchNorm1d struct{ NormBase }

// NewBatchNorm1d returns a new [BatchNorm1d] layer. The defaults are [Eps]
// 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and [Bias]
// true.
func NewBatchNorm1d(numFeatures int64, opts ...BatchNormOption) *BatchNorm1d {
	l := &BatchNorm1d{newNormBase(numFeatures)}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUp(bias, f)
	return l
}

// Forward normalizes input of shape (N, C) or (N, C, L).
func (l *BatchNorm1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *BatchNorm1d) forward(input *torch.Tensor) *torch.Tensor {
	requireDims(input, 2, 3)
	return l.normalize(input)
}

// requireDims panics with a ValueError unless input has one of two numbers of
// dimensions, in order.
func requireDims(input *torch.Tensor, few, many int64) {
	n := input.Dim()
	switch {
	case n == few || n == many:
	case few == many:
		raise("ValueError", "expected %dD input (got %dD input)", few, n)
	default:
		raise("ValueError", "expected %dD or %dD input (got %dD input)", few, many, n)
	}
}

// BatchNorm2d is [BatchNorm1d] for images, Python's nn.BatchNorm2d.
//
// Input of shape (N, C, H, W) gives output of that shape, C being NumFeatures.
// Other dimensions, and a single value for each channel in training, panic with
// a ValueError, another C with a RuntimeError.
type BatchNorm2d struct{ NormBase }

// NewBatchNorm2d returns a new [BatchNorm2d] layer. The defaults are [Eps]
// 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and [Bias]
// true.
func NewBatchNorm2d(numFeatures int64, opts ...BatchNormOption) *BatchNorm2d {
	l := &BatchNorm2d{newNormBase(numFeatures)}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUp(bias, f)
	return l
}

// Forward normalizes input of shape (N, C, H, W).
func (l *BatchNorm2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *BatchNorm2d) forward(input *torch.Tensor) *torch.Tensor {
	requireDims(input, 4, 4)
	return l.normalize(input)
}

// BatchNorm3d is [BatchNorm1d] for volumes, Python's nn.BatchNorm3d.
//
// Input of shape (N, C, D, H, W) gives output of that shape, C being
// NumFeatures. Other dimensions, and a single value for each channel in
// training, panic with a ValueError, another C with a RuntimeError.
type BatchNorm3d struct{ NormBase }

// NewBatchNorm3d returns a new [BatchNorm3d] layer. The defaults are [Eps]
// 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and [Bias]
// true.
func NewBatchNorm3d(numFeatures int64, opts ...BatchNormOption) *BatchNorm3d {
	l := &BatchNorm3d{newNormBase(numFeatures)}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUp(bias, f)
	return l
}

// Forward normalizes input of shape (N, C, D, H, W).
func (l *BatchNorm3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *BatchNorm3d) forward(input *torch.Tensor) *torch.Tensor {
	requireDims(input, 5, 5)
	return l.normalize(input)
}
