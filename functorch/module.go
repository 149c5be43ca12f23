package functorch

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// FunctionalCall calls a layer with other parameters and buffers, by their
// names; those that the state does not name stay as they are. What the call
// writes to them goes to the state. Python's torch.func.functional_call.
//
//	params := functorch.State(model.NamedParameters())
//	grads := functorch.Grad(func(p map[string]*torch.Tensor) *torch.Tensor {
//		return functional.MSELoss(functorch.FunctionalCall(model, p, x), y)
//	})(params)
//
// For a state in several maps see [Merge], and for modules whose Forward has
// other parameters see [WithState]. The layer must not be used by another
// goroutine meanwhile.
func FunctionalCall(layer nn.Layer, state map[string]*torch.Tensor, input *torch.Tensor,
	opts ...FunctionalCallOption) *torch.Tensor {
	var output *torch.Tensor
	WithState(layer, state, func() { output = nn.Call(layer, input) }, opts...)
	return output
}

// WithState runs fn while a module has other parameters and buffers; see
// [FunctionalCall].
func WithState(module nn.AnyModule, state map[string]*torch.Tensor, fn func(), opts ...FunctionalCallOption) {
	var o callOptions
	for _, opt := range opts {
		opt.functionalCall(&o)
	}
	tensors := state
	if !o.untied {
		tensors = untied(module, state)
	}
	if o.strict {
		checkNames(module, tensors)
	}
	base := module.AsModule()
	before := base.SwapTensors(tensors, option.Marker{})
	defer func() {
		for name, t := range base.SwapTensors(before, option.Marker{}) {
			if _, given := state[name]; given {
				state[name] = t
			}
		}
	}()
	fn()
}

// State collects named parameters or buffers, as nn.Module.NamedParameters
// yields them, in a map.
func State(named func(yield func(string, *torch.Tensor) bool)) map[string]*torch.Tensor {
	return maps.Collect(named)
}

// Merge joins maps of named tensors, such as parameters and buffers. A name that
// is in several panics with a ValueError.
func Merge(states ...map[string]*torch.Tensor) map[string]*torch.Tensor {
	merged := map[string]*torch.Tensor{}
	var repeated []string
	for _, state := range states {
		for name, t := range state {
			if _, ok := merged[name]; ok && !slices.Contains(repeated, name) {
				repeated = append(repeated, name)
			}
			merged[name] = t
		}
	}
	if len(repeated) > 0 {
		slices.Sort(repeated)
		refuseValue("%s appeared in multiple dictionaries; behavior of functional call is ambiguous", quoted(repeated))
	}
	return merged
}

// named yields a module's parameters and buffers, under all of their names.
func named(module nn.AnyModule, yield func(name string, t *torch.Tensor)) {
	m := module.AsModule()
	for name, t := range m.NamedParameters(nn.RemoveDuplicate(false)) {
		yield(name, t)
	}
	for name, t := range m.NamedBuffers(nn.RemoveDuplicate(false)) {
		yield(name, t)
	}
}

// untied adds the other names of tensors that the module has under several.
func untied(module nn.AnyModule, state map[string]*torch.Tensor) map[string]*torch.Tensor {
	names := map[*torch.Tensor][]string{}
	named(module, func(name string, t *torch.Tensor) { names[t] = append(names[t], name) })
	all := maps.Clone(state)
	for _, tied := range names {
		var given []*torch.Tensor
		for _, name := range tied {
			if t, ok := state[name]; ok {
				given = append(given, t)
			}
		}
		for _, t := range given {
			if t != given[0] {
				slices.Sort(tied)
				refuseValue("functional_call got multiple values for keys %s, which are tied. Consider using tie_weights=False",
					quoted(tied))
			}
		}
		if len(given) > 0 {
			for _, name := range tied {
				all[name] = given[0]
			}
		}
	}
	return all
}

func checkNames(module nn.AnyModule, tensors map[string]*torch.Tensor) {
	missing, unexpected := []string{}, maps.Clone(tensors)
	named(module, func(name string, _ *torch.Tensor) {
		if _, ok := tensors[name]; !ok {
			missing = append(missing, name)
		}
		delete(unexpected, name)
	})
	slices.Sort(missing)
	list := func(names []string) string { return strings.Trim(quoted(names), "[]") }
	var messages []string
	if len(unexpected) > 0 {
		messages = append(messages, "Unexpected key(s): "+list(slices.Sorted(maps.Keys(unexpected)))+".")
	}
	if len(missing) > 0 {
		messages = append(messages, "Missing key(s): "+list(missing)+".")
	}
	if len(messages) > 0 {
		refuse("Error(s) in reparametrizing for %s:\n\t%s", className(module), strings.Join(messages, "\n\t"))
	}
}

func className(module nn.AnyModule) string {
	name, _, _ := strings.Cut(reflect.TypeOf(module).Elem().Name(), "[")
	return name
}

// StackModuleState stacks the parameters, and the buffers, of models of the same
// kind, by their names: new leaves, with the models along the first dimension.
// With them [Vmap] runs an ensemble at once. Python's
// torch.func.stack_module_state.
//
//	params, buffers := functorch.StackModuleState(models)
//	call := func(p, b map[string]*torch.Tensor) *torch.Tensor {
//		return functorch.FunctionalCall(models[0], functorch.Merge(p, b), x)
//	}
//	outputs := functorch.Vmap(call)(params, buffers)
func StackModuleState[M nn.AnyModule](models []M) (params, buffers map[string]*torch.Tensor) {
	if len(models) == 0 {
		refuse("stack_module_state: Expected at least one model, got 0.")
	}
	first := models[0]
	for _, m := range models {
		if m.Training() != first.Training() {
			refuse("stack_module_state: Expected all models to have the same training/eval mode.")
		}
	}
	for _, m := range models {
		if reflect.TypeOf(m) != reflect.TypeOf(first) {
			refuse("stack_module_state: Expected all models to be of the same class.")
		}
	}
	parametersOf := func(m M) map[string]*torch.Tensor { return State(m.AsModule().NamedParameters()) }
	buffersOf := func(m M) map[string]*torch.Tensor { return State(m.AsModule().NamedBuffers()) }
	return stackStates(models, parametersOf), stackStates(models, buffersOf)
}

func stackStates[M nn.AnyModule](models []M, stateOf func(M) map[string]*torch.Tensor) map[string]*torch.Tensor {
	states := make([]map[string]*torch.Tensor, len(models))
	for i, m := range models {
		states[i] = stateOf(m)
	}
	stacked := make(map[string]*torch.Tensor, len(states[0]))
	for name, first := range states[0] {
		tensors := make([]*torch.Tensor, len(states))
		for i, state := range states {
			tensors[i] = state[name]
			if tensors[i].RequiresGrad() != first.RequiresGrad() {
				refuse("Expected %s from each model to have the same .requires_grad", name)
			}
		}
		leaf := torch.Stack(tensors)
		if first.RequiresGrad() {
			leaf = leaf.Detach().RequiresGrad_()
		}
		stacked[name] = leaf
	}
	return stacked
}
