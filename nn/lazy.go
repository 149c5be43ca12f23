package nn

import (
	"reflect"
	"strings"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// Lazy modules
//
// A lazy module finds out from its first input how many features or channels
// that has. Until then its parameters are uninitialized; they are drawn in the
// first Forward, or get the shapes of a state dictionary that is loaded. From
// then on it is, and is printed as, the module whose struct it embeds.
//
// An optimizer may be made before: the parameters stay the same tensors.

// lazyModule is what is done in the first Forward.
type lazyModule interface {
	initializeParameters(input *torch.Tensor)
}

// lazily has the parameters initialized before the first Forward.
func (m *Module) lazily() {
	m.RegisterOwnedHooks(OwnedHooks{Owner: new(lazyOwner), ForwardPre: initializeLazily}, option.Marker{})
}

// lazyOwner is the owner of the hook. (Its size is not zero, so that each has an
// address of its own.)
type lazyOwner struct{ _ byte }

// initializeLazily is a forward pre-hook, Python's _infer_parameters.
func initializeLazily(module AnyModule, inputs []*torch.Tensor) []*torch.Tensor {
	m := module.AsModule()
	module.(lazyModule).initializeParameters(inputs[0])
	if m.HasUninitializedParams() {
		raise("RuntimeError", "module %s has not been fully initialized", m.name())
	}
	for _, owner := range m.HookOwners(option.Marker{}) {
		if _, ok := owner.(*lazyOwner); ok {
			m.RemoveOwnedHooks(owner, option.Marker{})
		}
	}
	if reflect.ValueOf(*m.hooks).IsZero() {
		m.hooks, m.plain = nil, true // Forward is as fast as if it never was lazy
	}
	m.title = strings.TrimPrefix(m.layout.name, "Lazy")
	return nil
}

// HasUninitializedParams reports whether one of the module's own parameters and
// buffers is uninitialized. Python's has_uninitialized_params of lazy modules.
func (m *Module) HasUninitializedParams() bool {
	initialized := func(_ string, t *torch.Tensor) bool { return !t.IsUninitialized() }
	return !m.eachParameter(initialized) || !m.eachBuffer(initialized)
}

// uninitialized makes an uninitialized parameter.
func (f factory) uninitialized() *torch.Tensor { return torch.MarkUninitialized(f.parameter(0), true) }

func (f factory) uninitializedBuffer() *torch.Tensor {
	return torch.MarkUninitialized(torch.Empty([]int64{0}, f.dtype, f.device), true)
}

func materializeIfAny(t *torch.Tensor, size ...int64) {
	if t != nil {
		Materialize(t, size)
	}
}

// LazyLinear is a [Linear] whose InFeatures are those of its first input,
// Python's nn.LazyLinear.
//
// Input of shape (*, InFeatures) gives output of shape (*, OutFeatures).
type LazyLinear struct{ Linear }

// NewLazyLinear returns a new [LazyLinear] layer. The default of [Bias] is
// true.
func NewLazyLinear(outFeatures int64, opts ...LinearOption) *LazyLinear {
	bias, f := readLinear(opts)
	l := &LazyLinear{Linear{OutFeatures: outFeatures}}
	l.Init(l)
	l.Weight = f.uninitialized()
	if bias {
		l.Bias = f.uninitialized()
	}
	l.lazily()
	return l
}

// ResetParameters draws the parameters anew, once there are any.
func (l *LazyLinear) ResetParameters() {
	if !l.HasUninitializedParams() && l.InFeatures != 0 {
		l.Linear.ResetParameters()
	}
}

func (l *LazyLinear) initializeParameters(input *torch.Tensor) {
	features := input.Size(-1)
	if l.HasUninitializedParams() {
		l.InFeatures = features
		Materialize(l.Weight, []int64{l.OutFeatures, features})
		materializeIfAny(l.Bias, l.OutFeatures)
		l.ResetParameters()
	}
	if l.InFeatures == 0 { // they were loaded
		if loaded := l.Weight.Size(-1); features != loaded {
			raise("AssertionError", "The in_features inferred from input: %d is not equal to in_features from self.weight: %d",
				features, loaded)
		}
		l.InFeatures = features
	}
}

// setUpLazily is setUp for a convolution whose input channels are not known.
func (c *ConvNd) setUpLazily(n int, out int64, kernel []int64, a convArguments) {
	c.set(n, 0, 0, kernel, a)
	c.check()
	c.OutChannels = out
	c.Weight = a.f.uninitialized()
	if a.bias {
		c.Bias = a.f.uninitialized()
	}
	c.lazily()
}

// initialize gives the parameters their shapes, and draws them.
func (c *ConvNd) initialize(input *torch.Tensor, transposed bool) {
	if !c.HasUninitializedParams() {
		return
	}
	c.InChannels = c.channelsOf(input)
	if c.InChannels%c.Groups != 0 {
		raise("ValueError", "in_channels must be divisible by groups")
	}
	channels := []int64{c.OutChannels, c.InChannels / c.Groups}
	if transposed {
		channels = []int64{c.InChannels, c.OutChannels / c.Groups}
	}
	Materialize(c.Weight, append(channels, c.KernelSize...))
	materializeIfAny(c.Bias, c.OutChannels)
	if c.InChannels != 0 {
		c.ResetParameters()
	}
}

func (c *ConvNd) channelsOf(input *torch.Tensor) int64 {
	n := int64(len(c.KernelSize))
	switch input.Dim() {
	case n + 1:
		return input.Size(0)
	case n + 2:
		return input.Size(1)
	}
	raise("RuntimeError", "Expected %dD (unbatched) or %dD (batched) input to %s, but got input of size: %s",
		n+1, n+2, c.name(), pytext.Size(input.Shape()))
	return 0
}

// setUpLazily is setUp for a layer whose number of channels is not known.
func (l *NormBase) setUpLazily(bias Bias, f factory) {
	if l.Affine {
		l.Weight = f.uninitialized()
		if bias {
			l.Bias = f.uninitialized()
		}
	}
	var mean, variance, batches *torch.Tensor
	if l.TrackRunningStats {
		mean, variance = f.uninitializedBuffer(), f.uninitializedBuffer()
		batches = torch.Zeros(nil, torch.Int64, f.device)
	}
	l.RegisterBuffer("running_mean", mean)
	l.RegisterBuffer("running_var", variance)
	l.RegisterBuffer("num_batches_tracked", batches)
	l.lazily()
}

func (l *NormBase) initialize(input *torch.Tensor) {
	if !l.HasUninitializedParams() {
		return
	}
	l.NumFeatures = input.Size(1)
	for _, t := range []*torch.Tensor{l.Weight, l.Bias, l.RunningMean, l.RunningVar} {
		materializeIfAny(t, l.NumFeatures)
	}
	if l.NumFeatures != 0 {
		l.ResetParameters()
	}
}
