package optim

import (
	"maps"
	"reflect"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// A StateDict is the options and the state of an optimizer, laid out as in
// PyTorch.
type StateDict struct {
	// State holds what the optimizer keeps for each parameter, by the
	// parameter's place among those of all groups: tensors by PyTorch's names.
	// They are the optimizer's own tensors, not copies, as in Python.
	State map[int]map[string]any
	// ParamGroups holds, for each group, its options by name, the places of
	// its parameters as "params" (a []int), and their names, if they have any,
	// as "param_names" (a []string).
	ParamGroups []map[string]any
}

// StateDict returns the options and the state of all parameters.
func (o *Base) StateDict() StateDict {
	o.hooks.stateDictPre.call(o.self)
	dict := StateDict{State: map[int]map[string]any{}}
	places := map[*torch.Tensor]int{}
	start := 0
	for _, g := range o.groups {
		indices := make([]int, len(g.Params))
		for i, p := range g.Params {
			if _, ok := places[p]; !ok {
				places[p] = start + i
			}
			indices[i] = places[p]
		}
		start += len(g.Params)
		saved := maps.Clone(g.byName)
		saved["params"] = indices
		if g.Names != nil {
			saved["param_names"] = g.Names
		}
		dict.ParamGroups = append(dict.ParamGroups, saved)
	}
	for p, state := range o.state {
		if place, ok := places[p]; ok {
			dict.State[place] = maps.Clone(state)
		}
	}
	for _, h := range o.hooks.stateDictPost {
		h.fn(o.self, &dict)
	}
	return dict
}

// LoadStateDict sets the options and the state to those of another optimizer, over as
// many groups and parameters. As in Python, it may be of another kind: then the next step
// may panic for what is missing. Tensors are converted to
// the parameters' dtype and device; those that have them already are shared, as
// in Python. Load after learning rate schedulers are made, for they change the
// learning rate. State of parameters that no group has is left out.
//
// The optimizer is unchanged if an error is returned.
func (o *Base) LoadStateDict(dict StateDict) error {
	for _, h := range o.hooks.loadStateDictPre {
		h.fn(o.self, &dict)
	}
	groups, params, err := o.loadGroups(dict)
	if err != nil {
		return err
	}
	state := map[*torch.Tensor]map[string]any{}
	err = torch.Try(func() {
		torch.NoGrad(func() {
			for place, saved := range dict.State {
				if at, ok := params[place]; ok {
					state[at.param] = o.loadState(at.group, at.param, saved)
				}
			}
		})
	})
	if err != nil {
		return err
	}
	for i, g := range groups {
		*o.groups[i] = *g
	}
	o.state = state
	o.hooks.loadStateDictPost.call(o.self)
	return nil
}

// loadedParam is a parameter and its group, as loaded.
type loadedParam struct {
	param *torch.Tensor
	group *ParamGroup
}

// loadGroups returns the groups with what was saved, and the parameters by
// their place in the saved groups.
func (o *Base) loadGroups(dict StateDict) (groups []*ParamGroup, params map[int]loadedParam, err error) {
	if len(dict.ParamGroups) != len(o.groups) {
		return nil, nil, torch.NewError("ValueError", "loaded state dict has a different number of parameter groups")
	}
	params = map[int]loadedParam{}
	for i, saved := range dict.ParamGroups {
		places := intsOf(saved["params"])
		if len(places) != len(o.groups[i].Params) {
			return nil, nil, torch.NewError("ValueError",
				"loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
		}
		group := o.loadGroup(o.groups[i], saved)
		groups = append(groups, group)
		for j, place := range places {
			params[place] = loadedParam{group.Params[j], group}
		}
	}
	return groups, params, nil
}

// loadGroup returns the group with the options that were saved. Those of another kind
// of optimizer are loaded, too: what lacks then a step raises.
func (o *Base) loadGroup(before *ParamGroup, saved map[string]any) *ParamGroup {
	group := &ParamGroup{Params: before.Params, Names: before.Names, values: newValues()}
	if names, ok := saved["param_names"].([]string); ok {
		group.Names = names
	}
	for _, name := range o.defaults.names {
		if value, ok := saved[name]; ok {
			group.set(name, normalize(value))
		}
	}
	for name, value := range saved {
		if name != "params" && name != "param_names" {
			group.set(name, normalize(value))
		}
	}
	for _, s := range o.missing {
		group.setDefault(s.name, s.value)
	}
	if o.amend != nil {
		o.amend(group)
	}
	return group
}

// loadState converts what was saved for a parameter to its dtype and device.
func (o *Base) loadState(group *ParamGroup, param *torch.Tensor, saved map[string]any) map[string]any {
	for _, name := range o.scalars {
		if _, ok := saved[name]; !ok && len(saved) > 0 {
			panic(torch.NewError("KeyError", "'%s'", name))
		}
	}
	state := make(map[string]any, len(saved))
	for name, value := range saved {
		value = loadValue(group, param, name, value)
		if n, ok := value.(int64); ok && slices.Contains(o.scalars, name) {
			value = float64(n)
		}
		if n, ok := value.(float64); ok && slices.Contains(o.scalars, name) { // as old versions saved it
			value = newNumber(group, param, n)
		}
		state[name] = value
	}
	return state
}

// loadValue converts tensors and lists of them.
func loadValue(group *ParamGroup, param *torch.Tensor, name string, value any) any {
	switch v := value.(type) {
	case *torch.Tensor:
		return loadTensor(group, param, name, v)
	case []*torch.Tensor:
		return mapList(v, func(_ int, t *torch.Tensor) *torch.Tensor { return loadTensor(group, param, "", t) })
	case []any:
		return loadList(group, param, v)
	}
	return normalize(value)
}

// loadList turns a list of tensors and Nones into a list of tensors.
func loadList(group *ParamGroup, param *torch.Tensor, values []any) any {
	tensors := make(list, len(values))
	for i, value := range values {
		t, ok := value.(*torch.Tensor)
		if !ok && value != nil {
			return normalize(values)
		}
		tensors[i] = loadTensor(group, param, "", t)
	}
	return tensors
}

// loadTensor converts a tensor to a parameter's dtype and device. A step count
// keeps its dtype, and is where it is made (see newStep).
func loadTensor(group *ParamGroup, param *torch.Tensor, name string, t *torch.Tensor) *torch.Tensor {
	onDevice := group.flag("capturable") || group.flag("fused")
	switch {
	case t == nil:
		return nil
	case name == "step" && onDevice:
		t = t.To(torch.Float32, param.Device())
	case name == "step":
	case param.IsFloatingPoint():
		t = t.To(param.DType(), param.Device())
	default:
		t = t.To(param.Device())
	}
	return torch.Keep(t)
}

// newStep returns a step count of zero. It is on the device given, usually the CPU,
// where reading it costs no synchronization, unless the whole step runs on the
// parameter's device. As in Python, Adam's is on the CPU, and those of others are on the
// default device, which the zero Device stands for.
func newStep(group *ParamGroup, param *torch.Tensor, device torch.Device) *torch.Tensor {
	dtype := stepDtype()
	if group.flag("fused") {
		dtype = torch.Float32
	}
	if group.flag("capturable") || group.flag("fused") {
		device = param.Device()
	}
	return torch.Keep(torch.Zeros(nil, dtype, device))
}

// stepDtype is the dtype of step counts.
func stepDtype() torch.DType {
	if torch.GetDefaultDtype() == torch.Float64 {
		return torch.Float64
	}
	return torch.Float32
}

// intsOf reads a list of integers of any type.
func intsOf(value any) []int {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice {
		return nil
	}
	ints := make([]int, v.Len())
	for i := range ints {
		n, ok := normalize(v.Index(i).Interface()).(int64)
		if !ok {
			return nil
		}
		ints[i] = int(n)
	}
	return ints
}
