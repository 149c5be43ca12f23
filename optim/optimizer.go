package optim

import (
	"maps"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// An Optimizer updates parameters by their gradients, Python's
// torch.optim.Optimizer.
type Optimizer interface {
	// Step updates all parameters that have a gradient.
	Step()
	// StepClosure calls closure, which computes the loss anew and calls
	// Backward, updates the parameters, and returns the loss.
	StepClosure(closure func() *torch.Tensor) *torch.Tensor
	// ZeroGrad removes the gradients of all parameters; with
	// SetToNone(false) it fills them with zeros.
	ZeroGrad(opts ...ZeroGradOption)

	// ParamGroups returns the groups of parameters, Python's param_groups.
	// Their options may be changed.
	ParamGroups() []*ParamGroup
	// Defaults returns the options of groups that set none.
	Defaults() map[string]any
	// State returns what the optimizer keeps for a parameter, by PyTorch's
	// names; it is empty before the first step.
	State(param *torch.Tensor) map[string]any
	// StateDict returns the options and the state of all parameters.
	StateDict() StateDict
	// LoadStateDict sets them to those of another optimizer of the same kind,
	// over as many groups and parameters.
	LoadStateDict(StateDict) error

	// RegisterStepPreHook has a function called before each step, which may
	// replace the closure.
	RegisterStepPreHook(hook StepPreHook) *Hook
	// RegisterStepPostHook has a function called after each step.
	RegisterStepPostHook(hook func(Optimizer)) *Hook
	// RegisterStateDictPreHook has a function called before StateDict.
	RegisterStateDictPreHook(hook func(Optimizer), opts ...HookOption) *Hook
	// RegisterStateDictPostHook has a function called with what StateDict is
	// about to return, and may change.
	RegisterStateDictPostHook(hook func(Optimizer, *StateDict), opts ...HookOption) *Hook
	// RegisterLoadStateDictPreHook has a function called with what
	// LoadStateDict was given, before it is loaded, and may change it.
	RegisterLoadStateDictPreHook(hook func(Optimizer, *StateDict), opts ...HookOption) *Hook
	// RegisterLoadStateDictPostHook has a function called after
	// LoadStateDict.
	RegisterLoadStateDictPostHook(hook func(Optimizer), opts ...HookOption) *Hook
	// WatchSteps returns a function that tells whether a step was taken
	// since WatchSteps was first called. Learning rate schedulers warn if
	// they are ahead of the optimizer.
	WatchSteps() (stepped func() bool)
	// String returns what Python prints.
	String() string
}

// Base is what all optimizers have in common. They embed it.
type Base struct {
	name     string
	self     Optimizer
	defaults values
	groups   []*ParamGroup
	state    map[*torch.Tensor]map[string]any
	update   func(*ParamGroup) // a step for one group
	// missing are options that checkpoints of old versions lack.
	missing []setting
	// scalars are the states that are tensors of no dimensions, that old versions
	// saved as numbers, and without which no state is loaded.
	scalars []string
	// amend corrects the options of a loaded group; nil: there is nothing to.
	amend func(*ParamGroup)

	// updatePlain is a step for a group that needs neither the gradients in Go nor a
	// scope; it reports whether there is such a step. nil: there is none.
	updatePlain func(*ParamGroup) bool
	// minimize takes the place of update where a step calls the closure several
	// times.
	minimize          func(closure func() *torch.Tensor) *torch.Tensor
	inMode, inScope   func(func()) // how steps run: recorded for differentiation or not; inScope in a scope, too
	hooks             hooks
	watched, hadSteps bool
	params, grads     list // scratch of gather
	given             list // gradients of StepOver, which gather returns
	scaling           scaling
}

// init sets o up as Python's Optimizer.__init__ does, without the groups.
func (o *Base) init(self Optimizer, name string, defaults values, update func(*ParamGroup)) {
	o.self, o.name, o.defaults, o.update = self, name, defaults, update
	o.state = map[*torch.Tensor]map[string]any{}
	if name != "SGD" && name != "Muon" { // these count no steps
		o.scalars = []string{"step"}
	}
	o.inMode, o.inScope = torch.NoGrad, torch.NoGradScope
	if defaults.flag("differentiable") {
		o.inMode, o.inScope = torch.EnableGrad, func(fn func()) { torch.EnableGrad(func() { torch.Scope(fn) }) }
	}
}

// missingSettings are options that checkpoints of old versions lack for most
// optimizers.
var missingSettings = []setting{{"foreach", nil}, {"maximize", false}, {"differentiable", false}, {"capturable", false}}

// withOptions returns the defaults with what the options change.
func withOptions[O Option](defaults values, opts []O) values {
	for _, o := range opts {
		s := o.option()
		defaults.set(s.name, s.value)
	}
	return defaults
}

// addGroups adds the groups that a constructor was given.
func addGroups[O Option](o *Base, groups []Group[O]) {
	if len(groups) == 0 {
		panic(torch.NewError("ValueError", "optimizer got an empty parameter list"))
	}
	for _, g := range groups {
		addGroup(o, g)
	}
}

// addGroup is Python's add_param_group.
func addGroup[O Option](o *Base, g Group[O]) {
	if len(g.Names) > 0 && len(g.Names) != len(g.Params) {
		panic(torch.NewError("ValueError", "all optimizer params should be with/without names. Some param names are missing"))
	}
	o.checkParams(g.Params)
	group := &ParamGroup{Params: slices.Clone(g.Params), Names: slices.Clone(g.Names)}
	group.values = newValues()
	for _, option := range g.Options {
		s := option.option()
		group.set(s.name, s.value)
	}
	for _, name := range o.defaults.names {
		group.setDefault(name, o.defaults.byName[name])
	}
	o.checkGroup(group)
	o.groups = append(o.groups, group)
}

// checkParams refuses what cannot be optimized.
func (o *Base) checkParams(params list) {
	for _, p := range params {
		if p == nil {
			panic(torch.NewError("TypeError", "optimizer can only optimize Tensors, but one of the params is NoneType"))
		}
		if !o.defaults.flag("differentiable") && !p.IsLeaf() && !p.RetainsGrad() {
			panic(torch.NewError("ValueError", "can't optimize a non-leaf Tensor"))
		}
	}
}

// checkGroup refuses a group that does not go with the others.
func (o *Base) checkGroup(group *ParamGroup) {
	own := map[*torch.Tensor]bool{}
	for _, p := range group.Params {
		own[p] = true
	}
	if len(own) != len(group.Params) {
		torch.Warn("optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; " +
			"see github.com/pytorch/pytorch/issues/40967 for more information")
	}
	for _, other := range o.groups {
		if (group.Names == nil) != (other.Names == nil) {
			names := "with names"
			if group.Names == nil {
				names = "without names"
			}
			panic(torch.NewError("ValueError", "all optimizer param groups should be with/without names. "+
				"cannot add param group %s to the optimizer", names))
		}
	}
	for _, other := range o.groups {
		if slices.ContainsFunc(other.Params, func(p *torch.Tensor) bool { return own[p] }) {
			panic(torch.NewError("ValueError", "some parameters appear in more than one parameter group"))
		}
	}
}

// Step updates all parameters that have a gradient.
func (o *Base) Step() { o.step(nil) }

// StepClosure calls closure, which computes the loss anew and calls Backward,
// then updates the parameters and returns the loss.
func (o *Base) StepClosure(closure func() *torch.Tensor) *torch.Tensor { return o.step(closure) }

func (o *Base) step(closure func() *torch.Tensor) (loss *torch.Tensor) {
	o.hadSteps = o.hadSteps || o.watched
	closure = o.hooks.stepPre.call(o.self, globalHooks.stepPre.call(o.self, closure))
	if o.minimize != nil {
		o.inMode(func() { loss = o.minimize(closure) })
	} else {
		if closure != nil {
			torch.EnableGrad(func() { loss = closure() })
		}
		o.updateAll()
	}
	o.hooks.stepPost.call(o.self)
	globalHooks.stepPost.call(o.self)
	return loss
}

// updateAll takes a step for all groups.
func (o *Base) updateAll() {
	groups := o.groups
	for len(groups) > 0 && o.updatePlain != nil && o.updatePlain(groups[0]) {
		groups = groups[1:]
	}
	if len(groups) == 0 {
		return
	}
	o.inScope(func() {
		for _, g := range groups {
			o.update(g)
		}
		o.forgetGradients()
	})
}

// gather returns the parameters of a group that have a gradient, and the
// gradients. Both lists are valid until the next call.
func (o *Base) gather(g *ParamGroup) (params, grads list) {
	if o.given != nil {
		return g.Params, o.given
	}
	o.params, o.grads = o.params[:0], o.grads[:0]
	for i, grad := range torch.Grads(g.Params) {
		if grad != nil {
			o.params = append(o.params, g.Params[i])
			o.grads = append(o.grads, grad)
		}
	}
	return o.params, o.grads
}

// forgetGradients drops the references in gather's lists.
func (o *Base) forgetGradients() {
	clear(o.params)
	clear(o.grads)
}

// stateOf returns what is kept for a parameter, to be changed.
func (o *Base) stateOf(p *torch.Tensor) map[string]any {
	state := o.state[p]
	if state == nil {
		state = map[string]any{}
		o.state[p] = state
	}
	return state
}

// begin fills the state of a parameter that has none, or leaves it empty if that fails:
// memory may run out halfway, and the next step must find all or nothing.
func begin(state map[string]any, fill func()) {
	whole := false
	defer func() {
		if !whole {
			clear(state)
		}
	}()
	fill()
	whole = true
}

// useForeach decides, as Python does, whether all parameters are updated at
// once: if the group says so or, where it says nothing, if they are on CUDA.
func useForeach(g *ParamGroup, params list, differentiable bool) bool {
	if !g.isNone("foreach") || !g.isNone("fused") {
		return g.flag("foreach")
	}
	if differentiable {
		return false
	}
	for _, p := range params {
		switch p.Device().Type().String() {
		case "cuda", "xpu", "mtia", "privateuseone":
		default:
			return false
		}
	}
	return true
}

// checkFused refuses parameters that fused operators do not take.
func checkFused(p *torch.Tensor) {
	device := p.Device().Type().String()
	supported := []string{"mps", "cuda", "xpu", "hpu", "cpu", "mtia", "privateuseone"}
	if !slices.Contains(supported, device) || !p.IsFloatingPoint() {
		panic(torch.NewError("RuntimeError", "`fused=True` requires all the params to be floating point Tensors of "+
			"supported devices: %s but %s and %s", repr(supported), p.DType(), device))
	}
}

// checkFusedOptions refuses options that do not go with Fused.
func checkFusedOptions(defaults *values) {
	if !defaults.flag("fused") {
		return
	}
	if defaults.flag("differentiable") {
		panic(torch.NewError("RuntimeError", "`fused` does not support `differentiable`"))
	}
	if defaults.flag("foreach") {
		panic(torch.NewError("RuntimeError", "`fused` and `foreach` cannot be `True` together."))
	}
}

// A ZeroGradOption is an option of ZeroGrad: [SetToNone].
type ZeroGradOption interface{ setToNone() bool }

type setToNoneOption bool

func (o setToNoneOption) setToNone() bool { return bool(o) }

// SetToNone says whether ZeroGrad removes the gradients, which it does unless
// told otherwise, or fills them with zeros. Python's set_to_none=.
func SetToNone(on bool) ZeroGradOption { return setToNoneOption(on) }

// ZeroGrad removes the gradients of all parameters; with SetToNone(false) it
// fills them with zeros.
func (o *Base) ZeroGrad(opts ...ZeroGradOption) {
	remove := true
	for _, opt := range opts {
		remove = opt.setToNone()
	}
	for _, g := range o.groups {
		if remove {
			torch.ClearGrads(g.Params)
		} else {
			torch.Scope(func() { o.fillWithZeros(g) })
		}
	}
}

func (o *Base) fillWithZeros(g *ParamGroup) {
	_, grads := o.gather(g)
	if len(grads) == 0 {
		return
	}
	for _, grad := range grads {
		if !grad.IsLeaf() {
			grad.Detach_()
		} else {
			grad.RequiresGrad_(false)
		}
	}
	if o.defaults.flag("foreach") || o.defaults.flag("fused") {
		torch.ForeachZero_(grads)
		return
	}
	for _, grad := range grads {
		grad.Zero_()
	}
}

// ParamGroups returns the groups of parameters, whose options may be changed.
func (o *Base) ParamGroups() []*ParamGroup { return o.groups }

// Defaults returns the options of groups that set none.
func (o *Base) Defaults() map[string]any { return maps.Clone(o.defaults.byName) }

// State returns what the optimizer keeps for a parameter, by PyTorch's names.
func (o *Base) State(param *torch.Tensor) map[string]any { return maps.Clone(o.state[param]) }

// WatchSteps returns a function that tells whether a step was taken since
// WatchSteps was first called.
func (o *Base) WatchSteps() (stepped func() bool) {
	o.watched = true
	return func() bool { return o.hadSteps }
}
