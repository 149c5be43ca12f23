// Package checkpoint trades time for memory: what a part of a model computes is
// not kept for backward, but computed again there. It mirrors Python's
// torch.utils.checkpoint.
package checkpoint

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func operators() torch.Operators { return torch.ModuleOperators(option.Marker{}) }

// A Func is what can be checkpointed: a part of a model.
type Func = func(inputs ...*torch.Tensor) []*torch.Tensor

// An Option is an option of [Checkpoint] and [CheckpointSequential].
type Option interface{ apply(*options) }

type (
	// UseReentrant chooses Python's older implementation, in which forward
	// records nothing and backward runs a backward pass inside. Its default is
	// false.
	UseReentrant bool
	// PreserveRngState has the second computation draw the same random numbers
	// as the first. Its default is true.
	PreserveRngState bool
	// DeterminismCheck says what is compared between the tensors that the two
	// computations save: "default" is shape, dtype and device, "none" nothing.
	DeterminismCheck string
	// EarlyStop ends the second computation as soon as it has what backward
	// needs. Its default is true.
	EarlyStop bool
	// ContextFn returns functions in which to run the first computation and the
	// second, such as modes.
	ContextFn func() (forward, recompute func(fn func()))
)

type options struct {
	reentrant, forgetRng, noEarlyStop bool
	check                             string
	context                           ContextFn
}

func (o UseReentrant) apply(to *options)     { to.reentrant = bool(o) }
func (o PreserveRngState) apply(to *options) { to.forgetRng = !bool(o) }
func (o DeterminismCheck) apply(to *options) { to.check = string(o) }
func (o EarlyStop) apply(to *options)        { to.noEarlyStop = !bool(o) }
func (o ContextFn) apply(to *options)        { to.context = o }

// Checkpoint runs fn with these inputs. What the operations in fn would keep for
// backward is not kept; backward runs fn a second time to get it. Only the
// inputs are kept. fn must compute the same both times. Python's checkpoint,
// with use_reentrant=False by default.
//
// In backward fn runs in a [torch.Scope] of its own.
func Checkpoint(fn Func, inputs []*torch.Tensor, opts ...Option) []*torch.Tensor {
	o := options{check: "default"}
	for _, opt := range opts {
		opt.apply(&o)
	}
	if o.check != "default" && o.check != "none" {
		panic(torch.NewError("ValueError", "determinism_check should be one of ['default', 'none'], but got %s", o.check))
	}
	if o.reentrant {
		if o.context != nil {
			panic(torch.NewError("ValueError", "Passing `context_fn`, `debug`, or `respect_saved_tensors_hooks` "+
				"is only supported when use_reentrant=False."))
		}
		return reentrant(fn, inputs, &o)
	}
	return nonReentrant(fn, inputs, &o)
}

// Layer is [Checkpoint] for one layer.
func Layer(layer nn.Layer, input *torch.Tensor, opts ...Option) *torch.Tensor {
	return Checkpoint(run([]nn.Layer{layer}), []*torch.Tensor{input}, opts...)[0]
}

// CheckpointSequential runs layers one after the other, in so many segments of
// which each but the last is checkpointed. Python's checkpoint_sequential.
func CheckpointSequential(layers []nn.Layer, segments int, input *torch.Tensor, opts ...Option) *torch.Tensor {
	size := len(layers) / segments
	start := 0
	for range segments - 1 {
		input = Checkpoint(run(layers[start:start+size]), []*torch.Tensor{input}, opts...)[0]
		start += size
	}
	return run(layers[start:])(input)[0]
}

// Layers returns the layers of a [nn.Sequential], for [CheckpointSequential].
func Layers(s *nn.Sequential) []nn.Layer {
	var layers []nn.Layer
	for _, layer := range s.All() {
		layers = append(layers, layer)
	}
	return layers
}

func run(layers []nn.Layer) Func {
	return func(inputs ...*torch.Tensor) []*torch.Tensor {
		x := inputs[0]
		for _, layer := range layers {
			x = nn.Call(layer, x)
		}
		return []*torch.Tensor{x}
	}
}

// A rngState is that of the default generators at some time.
type rngState struct {
	devices []torch.Device
	states  []*torch.Tensor
}

// rngStateFor returns the state of the generators that a function with these
// inputs may draw from.
func rngStateFor(inputs []*torch.Tensor, o *options) *rngState {
	if o.forgetRng {
		return nil
	}
	s := &rngState{devices: []torch.Device{torch.CPU}}
	for _, t := range inputs {
		if t != nil && t.IsCuda() {
			s.devices = append(s.devices, t.Device())
		}
	}
	for _, d := range s.devices {
		s.states = append(s.states, torch.Keep(torch.DefaultGenerator(d).GetState()))
	}
	return s
}

// with runs fn with the generators in this state, and puts them back.
func (s *rngState) with(fn func()) {
	if s == nil {
		fn()
		return
	}
	torch.ForkRng(func() {
		for i, d := range s.devices {
			torch.DefaultGenerator(d).SetState(s.states[i])
		}
		fn()
	}, s.devices[1:]...)
}
