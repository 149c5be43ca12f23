package nn

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// SyncBatchNorm is [BatchNorm1d] for input of any shape (N, C, ...), whose mean and
// variance are over the batches of all processes: Python's nn.SyncBatchNorm. In a
// single process it does what BatchNorm does.
type SyncBatchNorm struct{ NormBase }

// NewSyncBatchNorm returns a new [SyncBatchNorm] layer. The defaults are [Eps]
// 1e-5, [Momentum] 0.1, [Affine] true, [TrackRunningStats] true and [Bias]
// true.
func NewSyncBatchNorm(numFeatures int64, opts ...BatchNormOption) *SyncBatchNorm {
	l := &SyncBatchNorm{newNormBase(numFeatures)}
	bias, f := l.read(opts)
	l.Init(l)
	l.setUp(bias, f)
	return l
}

// Forward normalizes input of shape (N, C, ...).
func (l *SyncBatchNorm) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *SyncBatchNorm) forward(input *torch.Tensor) *torch.Tensor {
	if input.Dim() < 2 {
		raise("ValueError", "expected at least 2D input (got %dD input)", input.Dim())
	}
	if input.Size(1) == 0 {
		raise("ValueError", "SyncBatchNorm number of input channels should be non-zero")
	}
	return l.normalize(input)
}

// ConvertSyncBatchnorm turns all BatchNorm layers in a module into [SyncBatchNorm]
// layers with their parameters, and returns the module: or, if that is a BatchNorm
// layer itself, the new layer. Python's nn.SyncBatchNorm.convert_sync_batchnorm.
//
// A field that can hold nothing but a BatchNorm layer panics with a TypeError: a
// field of type [Layer] holds both.
func ConvertSyncBatchnorm(module AnyModule) AnyModule {
	result := module
	if old := batchNormIn(module); old != nil {
		result = old.synchronized()
	}
	type child struct {
		key    string
		module AnyModule
	}
	var children []child
	module.AsModule().eachChild(func(key string, m AnyModule) bool {
		children = append(children, child{key, m})
		return true
	})
	for _, c := range children {
		if converted := ConvertSyncBatchnorm(c.module); converted != c.module {
			replaceChild(result.AsModule(), c.key, converted)
		}
	}
	return result
}

// batchNormIn is the base of a BatchNorm layer; that of other modules is nil.
func batchNormIn(module AnyModule) *NormBase {
	switch l := module.AsModule().self.(type) {
	case *BatchNorm1d:
		return &l.NormBase
	case *BatchNorm2d:
		return &l.NormBase
	case *BatchNorm3d:
		return &l.NormBase
	case *SyncBatchNorm:
		return &l.NormBase
	}
	return nil
}

// synchronized returns a SyncBatchNorm with the members of l.
func (l *NormBase) synchronized() *SyncBatchNorm {
	s := NewSyncBatchNorm(l.NumFeatures, Eps(l.Eps), Momentum(l.Momentum), CumulativeAverage(l.CumulativeAverage), Affine(l.Affine),
		TrackRunningStats(l.TrackRunningStats), Bias(l.Bias != nil))
	s.Weight, s.Bias = l.Weight, l.Bias
	s.RunningMean, s.RunningVar, s.NumBatchesTracked = l.RunningMean, l.RunningVar, l.NumBatchesTracked
	s.evaluating = l.evaluating
	return s
}

// replaceChild puts another module into the place of a child.
func replaceChild(m *Module, key string, module AnyModule) {
	if f := m.layout.byKey[key]; f != nil && !f.set(m.base, module) {
		raise("TypeError", "the field %s of %s cannot hold a %s: declare it as nn.Layer", key, m.name(),
			module.AsModule().name())
	}
	for i := range m.modules {
		if m.modules[i].key == key {
			m.modules[i].module = module
		}
	}
}
