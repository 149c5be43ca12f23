package amp

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

func operators() torch.Operators { return torch.ModuleOperators(option.Marker{}) }

// A GradScaler multiplies a loss by a scale, so that its gradients are not too
// small for float16, and divides the gradients by it before the optimizer's step.
// It finds the scale itself: if gradients become infinite or NaN then, the step is
// skipped and the scale becomes smaller; if all goes well for many steps, it
// becomes larger. Python's torch.amp.GradScaler.
//
//	scaler.Scale(loss).Backward()
//	scaler.Step(optimizer)
//	scaler.Update()
//
// To change gradients before the step, such as to clip them, call
// [GradScaler.Unscale_] first. With several optimizers, call [GradScaler.Step] for
// each, and [GradScaler.Update] once. The first steps of a training are often
// skipped, until the scale fits.
//
// A GradScaler is for one goroutine at a time.
type GradScaler struct {
	deviceType                             string
	enabled                                bool
	initScale, growthFactor, backoffFactor float64
	growthInterval, initTracker            int64
	scale, tracker                         *torch.Tensor // on the device of what was scaled first
	optimizers                             []*optimizerState
}

// A GradScalerOption is an option of [NewGradScaler].
type GradScalerOption interface{ applyGradScaler(*GradScaler) }

type (
	// InitScale is the first scale, by default 65536. Python's init_scale=.
	InitScale float64
	// GrowthFactor is what the scale is multiplied by after GrowthInterval steps
	// without infinities, by default 2. It must be more than 1. Python's
	// growth_factor=.
	GrowthFactor float64
	// BackoffFactor is what the scale is multiplied by after a skipped step, by
	// default 0.5. It must be less than 1. Python's backoff_factor=.
	BackoffFactor float64
	// GrowthInterval is how many steps in a row must go well before the scale
	// grows, by default 2000. Python's growth_interval=.
	GrowthInterval int64
)

func (o InitScale) applyGradScaler(s *GradScaler)      { s.initScale = float64(o) }
func (o GrowthFactor) applyGradScaler(s *GradScaler)   { s.growthFactor = float64(o) }
func (o BackoffFactor) applyGradScaler(s *GradScaler)  { s.backoffFactor = float64(o) }
func (o GrowthInterval) applyGradScaler(s *GradScaler) { s.growthInterval = int64(o) }
func (o Enabled) applyGradScaler(s *GradScaler)        { s.enabled = bool(o) }

// NewGradScaler returns a scaler for training on this type of device, "cuda" or
// "cpu" or another. Where there is no CUDA device, one for "cuda" gives a warning
// and is disabled. Options: [InitScale], [GrowthFactor], [BackoffFactor],
// [GrowthInterval], [Enabled]; a scaler with Enabled(false) leaves everything as
// it is, so that a program can switch it off in one place.
//
// Python's device= is "cuda" by default.
func NewGradScaler(deviceType string, opts ...GradScalerOption) *GradScaler {
	s := &GradScaler{
		deviceType: deviceType, enabled: true, initScale: 65536, growthFactor: 2, backoffFactor: 0.5, growthInterval: 2000,
	}
	for _, o := range opts {
		o.applyGradScaler(s)
	}
	if s.enabled && deviceType == "cuda" && torch.CudaDeviceCount() == 0 {
		torch.Warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.")
		s.enabled = false
	}
	switch {
	case !s.enabled:
	case s.growthFactor <= 1:
		panic(torch.NewError("AssertionError", "The growth factor must be > 1.0."))
	case s.backoffFactor >= 1:
		panic(torch.NewError("AssertionError", "The backoff factor must be < 1.0."))
	}
	return s
}

// Scale returns output, usually a loss, multiplied by the scale. It can be
// differentiated.
func (s *GradScaler) Scale(output *torch.Tensor) *torch.Tensor {
	return s.ScaleAll([]*torch.Tensor{output})[0]
}

// ScaleAll is [GradScaler.Scale] for several outputs, which may be on several
// devices: Python's scale of a list.
func (s *GradScaler) ScaleAll(outputs []*torch.Tensor) []*torch.Tensor {
	if !s.enabled {
		return outputs
	}
	scaled := make([]*torch.Tensor, len(outputs))
	for i, t := range outputs {
		if t == nil {
			panic(torch.NewError("ValueError", "outputs must be a Tensor or an iterable of Tensors"))
		}
		if s.scale == nil {
			s.init(t.Device())
		}
		scaled[i] = t.Mul(s.scale.To(t.Device(), torch.NonBlocking(true)))
	}
	return scaled
}

// init makes the scale, which is on the device of what is scaled first.
func (s *GradScaler) init(d torch.Device) {
	s.scale = torch.Keep(torch.Full(nil, s.initScale, torch.Float32, d))
	s.tracker = torch.Keep(torch.Full(nil, s.initTracker, torch.Int32, d))
}

// check refuses a method before the first Scale.
func (s *GradScaler) check(method string) {
	if s.scale == nil {
		panic(torch.NewError("AssertionError", "Attempted %s but _scale is None.  "+
			"This may indicate your script did not use scaler.scale(loss or outputs) earlier in the iteration.", method))
	}
}

func requireOptimizer(o optim.Optimizer) {
	if o == nil {
		panic(torch.NewError("TypeError", "argument 'optimizer' must be an Optimizer, not None"))
	}
}

// Unscale_ divides the gradients of the optimizer's parameters by the scale, and
// looks for infinities and NaN in them. [GradScaler.Step] does so otherwise; call
// it to clip or inspect gradients before the step, at most once for each step,
// after all gradients are accumulated. It does not wait for the device. Sparse
// gradients of float16 are replaced by coalesced ones.
//
// It panics if it was called already since the last [GradScaler.Update], after
// the step, and for gradients of float16: parameters must be float32.
func (s *GradScaler) Unscale_(o optim.Optimizer) {
	if !s.enabled {
		return
	}
	s.check("unscale_")
	state := s.of(o)
	switch state.stage {
	case unscaled:
		panic(torch.NewError("RuntimeError", "unscale_() has already been called on this optimizer since the last update()."))
	case stepped:
		panic(torch.NewError("RuntimeError", "unscale_() is being called after step()."))
	}
	torch.Scope(func() { state.found = unscale(o, s.inverse(), false) })
	state.stage = unscaled
}

// inverse returns one divided by the scale. Division in float32 may be imprecise
// on devices, so it is float64's, but for MPS, which has none.
func (s *GradScaler) inverse() *torch.Tensor {
	if s.scale.Device().Type().String() == "mps" {
		return s.scale.Reciprocal()
	}
	return s.scale.Double().Reciprocal().Float()
}

// Step takes a step of the optimizer, unless its gradients have infinities or
// NaN. If [GradScaler.Unscale_] was not called, Step does that first. An optimizer
// with [optim.Fused] divides by the scale and skips the step itself; with others,
// Step waits for the device.
//
// It panics if it was called already since the last [GradScaler.Update], and if
// no parameter has a gradient.
func (s *GradScaler) Step(o optim.Optimizer) {
	if !s.enabled {
		requireOptimizer(o)
		o.Step()
		return
	}
	s.check("step")
	state := s.of(o)
	if state.stage == stepped {
		panic(torch.NewError("RuntimeError", "step() has already been called since the last update()."))
	}
	if fused, ok := o.(scaledOptimizer); ok && fused.StepSupportsAmpScaling() {
		s.stepScaled(fused, state)
	} else {
		s.stepUnscaled(o, state)
	}
	state.stage = stepped
}

// StepClosure is for a scaler that is not enabled: it takes the optimizer's step
// with this closure, and returns the loss. An enabled scaler panics, since it
// cannot scale what a closure computes.
func (s *GradScaler) StepClosure(o optim.Optimizer, closure func() *torch.Tensor) *torch.Tensor {
	if s.enabled {
		panic(torch.NewError("RuntimeError", "Closure use is not currently supported if GradScaler is enabled."))
	}
	requireOptimizer(o)
	return o.StepClosure(closure)
}

func (s *GradScaler) stepUnscaled(o optim.Optimizer, state *optimizerState) {
	if state.stage == ready {
		s.Unscale_(o)
	}
	if len(state.found) == 0 {
		panic(torch.NewError("AssertionError", "No inf checks were recorded for this optimizer."))
	}
	for _, found := range state.found {
		if found.Item() != 0 {
			return
		}
	}
	o.Step()
}

// A scaledOptimizer has steps that take scaled gradients.
type scaledOptimizer interface {
	optim.Optimizer
	StepSupportsAmpScaling() bool
	GradScale() *torch.Tensor
	SetGradScale(*torch.Tensor)
	SetFoundInf(*torch.Tensor)
}

// stepScaled takes a step that divides by the scale itself.
func (s *GradScaler) stepScaled(o scaledOptimizer, state *optimizerState) {
	defer o.SetGradScale(nil)
	defer o.SetFoundInf(nil)
	torch.Scope(func() {
		device := s.scale.Device()
		if state.stage == ready {
			state.found = unscale(o, torch.Ones(nil, torch.Float32, device), true)
			scale := s.scale
			if own := o.GradScale(); own != nil {
				scale = scale.Mul(own)
			}
			o.SetGradScale(scale)
		}
		o.SetFoundInf(sum(state.found, device))
		o.Step()
	})
}

// An UpdateOption is an option of [GradScaler.Update]: [NewScale].
type UpdateOption interface{ newScale() any }

type newScale[T float64 | *torch.Tensor] struct{ value T }

func (o newScale[T]) newScale() any { return o.value }

// NewScale sets the scale to a number, or to that of a tensor of one element on a
// device of the scaler's type. Python's new_scale=.
func NewScale[T float64 | *torch.Tensor](scale T) UpdateOption { return newScale[T]{scale} }

// Update makes the scale smaller if a step was skipped since the last Update, or
// larger if none was for long; or sets it to [NewScale]. Call it at the end of each
// iteration, after the steps of all optimizers. It panics if there were none.
func (s *GradScaler) Update(opts ...UpdateOption) {
	if !s.enabled {
		return
	}
	s.check("update")
	torch.Scope(func() {
		if len(opts) > 0 {
			s.setScale(opts[len(opts)-1].newScale())
		} else {
			s.adapt()
		}
	})
	for _, state := range s.optimizers {
		for _, found := range state.found {
			found.Close()
		}
	}
	s.optimizers = nil
}

// adapt changes the scale according to what was found in all gradients.
func (s *GradScaler) adapt() {
	var all []*torch.Tensor
	for _, state := range s.optimizers {
		all = append(all, state.found...)
	}
	if len(all) == 0 {
		panic(torch.NewError("AssertionError", "No inf checks were recorded prior to update."))
	}
	operators().AmpUpdateScale_(s.scale, s.tracker, sum(all, s.scale.Device()), s.growthFactor, s.backoffFactor, s.growthInterval)
}

func (s *GradScaler) setScale(value any) {
	t, ok := value.(*torch.Tensor)
	switch {
	case !ok:
		s.scale.Fill_(value)
	case t.Device().Type().String() != s.deviceType || t.Numel() != 1 || t.RequiresGrad():
		panic(torch.NewError("AssertionError", "new_scale should be a float or a 1-element torch.cuda.FloatTensor or "+
			"torch.FloatTensor with requires_grad=False."))
	default:
		s.scale.Copy_(t)
	}
}
