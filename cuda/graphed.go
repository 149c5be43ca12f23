package cuda

import (
	"reflect"
	"slices"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda/internal/graphed"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

var autocastCaches = csrc.Entry("cuda::autocast_caches() -> bool")

// A Callable is a function for [MakeGraphedCallables].
type Callable struct {
	// Func is a pointer to a variable with the function. Its parameters and results
	// are *torch.Tensor or []*torch.Tensor.
	Func any
	// Module is the module whose Forward Func calls; nil if it is no module's. Its
	// parameters get their gradients. Without it, only arguments do.
	Module nn.AnyModule
	// SampleArgs are arguments of the kind that Func will get: as many tensors, of
	// the same shapes, dtypes and devices, requiring gradients or not. Each must be a
	// tensor of its own: later arguments are copied into them.
	SampleArgs []any
}

// A MakeGraphedCallablesOption is an option of [MakeGraphedCallables] and
// [MakeGraphedModule]: [NumWarmupIters], [AllowUnusedInput], [Pool],
// [CaptureErrorMode].
type MakeGraphedCallablesOption interface{ applyGraphed(*graphedArguments) }

type graphedArguments struct {
	warmups     int
	allowUnused bool
	capture     []CaptureOption
	pool        accelerator.PoolId
}

// NumWarmupIters is how often a callable runs before it is captured. Its default is 3.
type NumWarmupIters int

// AllowUnusedInput lets arguments and parameters require gradients on which the
// results do not depend. Its default is false.
type AllowUnusedInput bool

func (n NumWarmupIters) applyGraphed(a *graphedArguments)   { a.warmups = int(n) }
func (u AllowUnusedInput) applyGraphed(a *graphedArguments) { a.allowUnused = bool(u) }
func (p poolOption) applyGraphed(a *graphedArguments)       { a.pool = accelerator.PoolId(p) }
func (m CaptureErrorMode) applyGraphed(a *graphedArguments) { a.capture = append(a.capture, m) }

// MakeGraphedCallables replaces functions by others that do the same by replaying
// graphs, forward and, where gradients are wanted, backward: Python's
// torch.cuda.make_graphed_callables.
//
//	forward, loss := model.Forward, criterion.Forward
//	cuda.MakeGraphedCallables([]cuda.Callable{
//		{Func: &forward, Module: model, SampleArgs: []any{x}},
//		{Func: &loss, SampleArgs: []any{y, target}},
//	})
//	loss(forward(batch), labels).Backward()
//
// Several callables share a pool of memory, and must run in the order of the list,
// their backward passes in the other order; a callable that runs twice overwrites its
// first results. What a graph cannot have must not be in them, see [Capture].
//
// A module's function is replaced for the mode, training or not, that the module is in
// now; in the other one it is what it was. Parameters and buffers must stay the same
// tensors; buffers must not require gradients. Hooks must not have been registered on
// the module yet; later ones run where [nn.Call] runs them, around modules of the
// program's own, but not around graphed layers of package nn. The results cannot be
// differentiated twice. Autocast must not be caching.
func MakeGraphedCallables(callables []Callable, opts ...MakeGraphedCallablesOption) {
	a := graphedArguments{warmups: 3}
	for _, o := range opts {
		o.applyGraphed(&a)
	}
	start()
	refuseAutocastCache()
	captureTurn.take() // for all of the captures, and what comes between them
	defer captureTurn.give()
	all := make([]*graphing, len(callables))
	for i, c := range callables {
		all[i] = newGraphing(c)
	}
	if a.pool == (accelerator.PoolId{}) {
		a.pool = GraphPoolHandle()
	}
	stream := NewStream()
	a.capture = append(a.capture, stream, poolOption(a.pool))
	Synchronize()
	torch.CollectGarbage() // graphs of earlier passes, whose nodes belong to other streams
	WithStream(stream, func() {
		for _, c := range all {
			c.warmUp(&a)
		}
	})
	Synchronize()
	// In the order in which they will run, so that none overwrites what another needs.
	for _, c := range all {
		c.captureForward(&a)
	}
	for _, c := range slices.Backward(all) {
		c.captureBackward(&a)
	}
	for _, c := range all {
		c.replace()
	}
}

func refuseAutocastCache() {
	var f entry.Frame
	f.Call(autocastCaches)
	if f.TakeBool() {
		panic(torch.NewError("RuntimeError",
			"make_graphed_callables does not support the autocast caching. Please set `cache_enabled=False`."))
	}
}

// MakeGraphedModule is [MakeGraphedCallables] for one layer: it returns a layer that is
// the same module, but replays graphs. It can take the layer's place in a container.
func MakeGraphedModule(layer nn.Layer, sample *torch.Tensor, opts ...MakeGraphedCallablesOption) nn.Layer {
	if layer == nil {
		panic(torch.NewError("TypeError", "argument 'layer' must be a module, not None"))
	}
	g := &graphedLayer{layer, layer.Forward}
	MakeGraphedCallables([]Callable{{Func: &g.forward, Module: layer, SampleArgs: []any{sample}}}, opts...)
	return g
}

type graphedLayer struct {
	nn.Layer
	forward func(*torch.Tensor) *torch.Tensor
}

// Forward replays the layer's graph.
func (g *graphedLayer) Forward(input *torch.Tensor) *torch.Tensor { return g.forward(input) }

// A graphing is a callable on its way to graphs.
type graphing struct {
	variable reflect.Value // the function's
	fn       reflect.Value // what it was
	module   nn.AnyModule
	training bool
	args     []reflect.Value
	results  tensorTree

	graphed.Graphed
	forward, backward *CUDAGraph
}

func newGraphing(c Callable) *graphing {
	v := reflect.ValueOf(c.Func)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Func || v.Elem().IsNil() {
		panic(torch.NewError("TypeError", "the Func of a cuda.Callable must be a pointer to a function, not %T", c.Func))
	}
	g := &graphing{
		variable: v.Elem(), fn: reflect.ValueOf(v.Elem().Interface()), module: c.Module,
		forward: NewCUDAGraph(), backward: NewCUDAGraph(),
	}
	g.args = argumentsOf(g.fn.Type(), c.SampleArgs)
	g.Inputs, _ = flatten(g.args)
	g.UserInputs = len(g.Inputs)
	if c.Module != nil {
		checkModule(c.Module)
		g.training = c.Module.Training()
		g.Inputs = append(g.Inputs, c.Module.Parameters()...)
	}
	return g
}

func checkModule(m nn.AnyModule) {
	if m.AsModule().HasHooks() {
		panic(torch.NewError("AssertionError", "Modules must not have hooks registered at the time they are passed. However, "+
			"registering hooks on modules after passing them through make_graphed_callables is allowed."))
	}
	for _, b := range m.Buffers() {
		if b.RequiresGrad() {
			panic(torch.NewError("AssertionError", "In any :class:`~torch.nn.Module` passed to :func:`~make_graphed_callables`, "+
				"only parameters may be trainable. All buffers must have ``requires_grad=False``."))
		}
	}
}

// run calls the function and returns its results, flat.
func (g *graphing) run() []*torch.Tensor {
	var outputs []*torch.Tensor
	outputs, g.results = flatten(g.fn.Call(g.args))
	return outputs
}

// differentiate returns the gradients of outputs, of which gradOutputs says the
// weights, with respect to the inputs that require them.
func (g *graphing) differentiate(a *graphedArguments, outputs, gradOutputs []*torch.Tensor) []*torch.Tensor {
	return torch.Grad(requiring(outputs), requiring(g.Inputs),
		torch.WithGradient(withoutNil(gradOutputs)...), torch.AllowUnused(a.allowUnused))
}

func requiring(tensors []*torch.Tensor) []*torch.Tensor {
	return slices.DeleteFunc(slices.Clone(tensors), func(t *torch.Tensor) bool { return !t.RequiresGrad() })
}

func withoutNil(tensors []*torch.Tensor) []*torch.Tensor {
	return slices.DeleteFunc(slices.Clone(tensors), func(t *torch.Tensor) bool { return t == nil })
}

// emptyGrads returns tensors for the gradients of outputs; nil where there is none.
func emptyGrads(outputs []*torch.Tensor) []*torch.Tensor {
	grads := make([]*torch.Tensor, len(outputs))
	for i, t := range outputs {
		if t.RequiresGrad() {
			grads[i] = torch.EmptyLike(t)
		}
	}
	return grads
}

// warmUp runs the callable, so that libraries choose their kernels before the capture.
func (g *graphing) warmUp(a *graphedArguments) {
	for range a.warmups {
		outputs := g.run()
		if len(requiring(outputs)) > 0 {
			g.differentiate(a, outputs, emptyGrads(outputs))
		}
	}
}

func (g *graphing) captureForward(a *graphedArguments) {
	Capture(g.forward, func() { g.Outputs = g.run() }, a.capture...)
}

func (g *graphing) captureBackward(a *graphedArguments) {
	g.GradOutputs = emptyGrads(g.Outputs)
	g.GradInputs = make([]*torch.Tensor, len(g.Inputs))
	if len(requiring(g.Outputs)) == 0 {
		return
	}
	var grads []*torch.Tensor
	Capture(g.backward, func() { grads = g.differentiate(a, g.Outputs, g.GradOutputs) }, a.capture...)
	for i, t := range g.Inputs {
		if t.RequiresGrad() {
			g.GradInputs[i], grads = grads[0], grads[1:]
		}
	}
}

// replace puts the graphs in the function's place.
func (g *graphing) replace() {
	g.ReplayForward, g.ReplayBackward = g.forward.Replay, g.backward.Replay
	parameters := g.Inputs[g.UserInputs:]
	g.variable.Set(reflect.MakeFunc(g.fn.Type(), func(args []reflect.Value) []reflect.Value {
		if g.module != nil && g.module.Training() != g.training {
			return callAsGiven(g.fn, args)
		}
		inputs, _ := flatten(args)
		if len(inputs) != g.UserInputs {
			panic(torch.NewError("RuntimeError", "a graphed callable was captured with %d tensors, and called with %d",
				g.UserInputs, len(inputs)))
		}
		return g.results.unflatten(torch.ApplyFunction(&g.Graphed, slices.Concat(inputs, parameters)...))
	}))
}
