package torch

import "github.com/wangkuiyi/gotorch/internal/option"

// ModuleOperators has what PyTorch's Python modules use although torch does not
// show it. Only packages of this project can call it.
func ModuleOperators(option.Marker) moduleOperators { return moduleOperators{} }

type moduleOperators struct{}

// CheckedInvariants reports whether sparse tensors are checked when they are
// made, if anybody has said so.
func (moduleOperators) CheckedInvariants() (checked, set bool) {
	state := checkedInvariants(false)
	return state.value, state.set
}

// SetCheckedInvariants says whether sparse tensors are checked when they are
// made.
func (moduleOperators) SetCheckedInvariants(checked, set bool) {
	setCheckedInvariants(optional[bool]{checked, set})
}
