package nn

import (
	"fmt"
	"strings"

	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// instanceNorm is what the InstanceNorm layers have in common.
type instanceNorm struct{ NormBase }

func newInstanceNorm(numFeatures int64) instanceNorm {
	return instanceNorm{NormBase{NumFeatures: numFeatures, Eps: 1e-5, Momentum: 0.1}}
}

// upgradeState refuses running statistics that versions before 0.4 saved.
func (l *instanceNorm) upgradeState(state *StateDict, prefix string, report *LoadReport) {
	l.NormBase.upgradeState(state, prefix, report)
	if _, known := state.Version(strings.TrimSuffix(prefix, ".")); known || l.TrackRunningStats {
		return
	}
	var names []string
	for _, name := range []string{"running_mean", "running_var"} {
		if state.Has(prefix + name) {
			names = append(names, `"`+name+`"`)
			state.Delete(prefix + name)
		}
	}
	if len(names) > 0 {
		report.ErrorMessages = append(report.ErrorMessages, fmt.Sprintf("Unexpected running stats buffer(s) %s for %s with "+
			"track_running_stats=False. If state_dict is a checkpoint saved before 0.4.0, this may be expected because %[2]s does not "+
			"track running stats by default since 0.4.0. Please remove these keys from state_dict. If the running stats are actually "+
			"needed, instead set track_running_stats=True in %[2]s to enable them. See the documentation of %[2]s for details.",
			strings.Join(names, " and "), l.name()))
	}
}

// normalizeEach is the forward pass; examples without a batch have dims
// dimensions.
func (l *instanceNorm) normalizeEach(input *torch.Tensor, dims int64) *torch.Tensor {
	requireDims(input, dims, dims+1)
	dim := input.Dim() - dims
	if n := input.Size(dim); n != l.NumFeatures {
		if l.Affine {
			raise("ValueError", "expected input's size at dim=%d to match num_features (%d), but got: %d.", dim, l.NumFeatures, n)
		}
		torch.Warn("input's size at dim=%d does not match num_features. You can silence this warning by not passing in num_features, "+
			"which is not used because affine=False", dim)
	}
	if dim == 0 {
		return l.apply(input.Unsqueeze(0)).Squeeze(torch.Dim(0))
	}
	return l.apply(input)
}

func (l *instanceNorm) apply(input *torch.Tensor) *torch.Tensor {
	momentum := l.Momentum
	if l.CumulativeAverage {
		momentum = 0
	}
	return functional.InstanceNorm(input, functional.RunningMean(l.RunningMean), functional.RunningVar(l.RunningVar),
		functional.Weight(l.Weight), functional.Bias(l.Bias), functional.UseInputStats(l.Training() || !l.TrackRunningStats),
		functional.Momentum(momentum), functional.Eps(l.Eps))
}

// InstanceNorm1d normalizes each channel of each example, Python's
// nn.InstanceNorm1d: y = (x - mean) / sqrt(variance + Eps). Unless told otherwise
// it has no parameters and keeps no statistics.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape, C being
// NumFeatures. Other dimensions, and a single value for each channel where
// statistics are the input's, panic with a ValueError; so does another C, if
// there are parameters.
type InstanceNorm1d struct{ instanceNorm }

// NewInstanceNorm1d returns a new [InstanceNorm1d] layer. The defaults are
// [Eps] 1e-5, [Momentum] 0.1, [Affine] false, [TrackRunningStats] false and
// [Bias] true.
func NewInstanceNorm1d(numFeatures int64, opts ...BatchNormOption) *InstanceNorm1d {
	l := &InstanceNorm1d{newInstanceNorm(numFeatures)}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUp(bias, f)
	return l
}

// Forward normalizes input of shape (N, C, L) or (C, L).
func (l *InstanceNorm1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *InstanceNorm1d) forward(input *torch.Tensor) *torch.Tensor { return l.normalizeEach(input, 2) }

// InstanceNorm2d is [InstanceNorm1d] for images, Python's nn.InstanceNorm2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape, C being
// NumFeatures. Other dimensions, and a single value for each channel where
// statistics are the input's, panic with a ValueError; so does another C, if
// there are parameters.
type InstanceNorm2d struct{ instanceNorm }

// NewInstanceNorm2d returns a new [InstanceNorm2d] layer. The defaults are
// [Eps] 1e-5, [Momentum] 0.1, [Affine] false, [TrackRunningStats] false and
// [Bias] true.
func NewInstanceNorm2d(numFeatures int64, opts ...BatchNormOption) *InstanceNorm2d {
	l := &InstanceNorm2d{newInstanceNorm(numFeatures)}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUp(bias, f)
	return l
}

// Forward normalizes input of shape (N, C, H, W) or (C, H, W).
func (l *InstanceNorm2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *InstanceNorm2d) forward(input *torch.Tensor) *torch.Tensor { return l.normalizeEach(input, 3) }

// InstanceNorm3d is [InstanceNorm1d] for volumes, Python's nn.InstanceNorm3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape, C
// being NumFeatures. Other dimensions, and a single value for each channel
// where statistics are the input's, panic with a ValueError; so does another C,
// if there are parameters.
type InstanceNorm3d struct{ instanceNorm }

// NewInstanceNorm3d returns a new [InstanceNorm3d] layer. The defaults are
// [Eps] 1e-5, [Momentum] 0.1, [Affine] false, [TrackRunningStats] false and
// [Bias] true.
func NewInstanceNorm3d(numFeatures int64, opts ...BatchNormOption) *InstanceNorm3d {
	l := &InstanceNorm3d{newInstanceNorm(numFeatures)}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUp(bias, f)
	return l
}

// Forward normalizes input of shape (N, C, D, H, W) or (C, D, H, W).
func (l *InstanceNorm3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *InstanceNorm3d) forward(input *torch.Tensor) *torch.Tensor { return l.normalizeEach(input, 4) }
