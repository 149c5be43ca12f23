package optim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// SwapInOptimizerParamsAndState calls fn while the optimizer has other
// parameters, options and state than its own: Python's context manager
// swap_in_optimizer_params_and_state. A step that fn takes updates params, which
// are in the order of the optimizer's groups, and a copy of what state says of
// them. The tensors in state are those that the step changes.
//
// The optimizer must have state, and state the same groups, with the same
// options; otherwise it panics.
func SwapInOptimizerParamsAndState(o Optimizer, params []*torch.Tensor, state StateDict, fn func()) {
	b := o.(interface{ base() *Base }).base()
	swapped, groups := b.prepareSwap(params, state)
	before, own := b.state, make([]ParamGroup, len(b.groups))
	for i, g := range b.groups {
		own[i] = *g
	}
	defer func() {
		for i, g := range b.groups {
			*g = own[i]
		}
		b.state = before
	}()
	for i, g := range b.groups {
		*g = groups[i]
	}
	b.state = swapped
	fn()
}

func (o *Base) base() *Base { return o }

const swapIn = "swap_in_optimizer_params_and_state requires "

func refuseSwap(format string, args ...any) { panic(torch.NewError("RuntimeError", format, args...)) }

// prepareSwap returns the state and the groups to be swapped in.
func (o *Base) prepareSwap(params []*torch.Tensor, dict StateDict) (map[*torch.Tensor]map[string]any, []ParamGroup) {
	if len(o.state) == 0 {
		refuseSwap(swapIn + "initialized optimizer state.")
	}
	if len(dict.ParamGroups) != len(o.groups) {
		refuseSwap("swapin_optim_state has a different number of parameter groups than the live optimizer.")
	}
	state, known := map[*torch.Tensor]map[string]any{}, map[int]bool{}
	var groups []ParamGroup
	for i, live := range o.groups {
		places := checkSwapGroup(i, live, dict.ParamGroups[i])
		if len(places) > len(params) {
			refuseSwap(swapIn + "the explicit parameter state to match optimizer.param_groups ordering.")
		}
		group := ParamGroup{Params: params[:len(places)], Names: live.Names, values: live.values.clone()}
		params = params[len(places):]
		for name := range group.byName {
			group.set(name, normalize(dict.ParamGroups[i][name]))
		}
		for j, place := range places {
			known[place] = true
			state[group.Params[j]] = maps.Clone(dict.State[place])
		}
		groups = append(groups, group)
	}
	checkSwapState(dict.State, known)
	return state, groups
}

// checkSwapGroup refuses a group that differs from the optimizer's, and returns
// the places of its parameters.
func checkSwapGroup(i int, live *ParamGroup, group map[string]any) (places []int) {
	places = intsOf(group["params"])
	if places == nil {
		refuseSwap(swapIn + "optimizer.state_dict()-style param_groups[*]['params'] entries keyed by packed parameter ids.")
	}
	if len(places) != len(live.Params) {
		refuseSwap("swapin_optim_state param group %d has a different number of params than the live optimizer param group.", i)
	}
	var only, lacking []string
	for _, name := range slices.Sorted(maps.Keys(group)) {
		_, ok := live.byName[name]
		if !ok && name != "params" && (name != "param_names" || live.Names == nil) {
			only = append(only, name)
		}
	}
	for _, name := range live.names {
		if _, ok := group[name]; !ok {
			lacking = append(lacking, name)
		}
	}
	if len(only)+len(lacking) > 0 {
		refuseSwap(swapIn+"optimizer.state_dict()-style param group keys to exactly match the live optimizer group keys for group "+
			"%d. Keys only in swap-in: %s. Keys only in live: %s.", i, listText(only), listText(lacking))
	}
	return places
}

func listText(names []string) string {
	if len(names) == 0 {
		return "[]"
	}
	return repr(names)
}

// checkSwapState refuses state of parameters that no group has.
func checkSwapState(state map[int]map[string]any, known map[int]bool) {
	var extra []int
	for place := range state {
		if !known[place] {
			extra = append(extra, place)
		}
	}
	if len(extra) > 0 {
		slices.Sort(extra)
		refuseSwap(swapIn+"swapin_optim_state['state'] to be keyed only by packed parameter ids from param_groups[*]['params']; "+
			"got extra keys %s.", strings.ReplaceAll(fmt.Sprint(extra), " ", ", "))
	}
}
