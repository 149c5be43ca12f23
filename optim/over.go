package optim

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// StepOver is what package functional is made of: a step of an optimizer with one
// empty group, over these parameters, gradients and states, in the grad mode that
// is on. Lists of states may be shorter than params, or have gaps; what the step
// makes for a gap it fills in. counts are the numbers of the step, for optimizers
// whose state they are as integers.
func (o *Base) StepOver(_ option.Marker, params, grads []*torch.Tensor, states map[string][]*torch.Tensor, counts []int64) {
	checkLengths(params, grads, states)
	for i, p := range params {
		o.state[p] = map[string]any{}
		for name, list := range states {
			if i < len(list) && list[i] != nil {
				o.state[p][name] = list[i]
			}
		}
		if counts != nil {
			o.state[p]["step"] = counts[i] - 1 // the step counts
		}
	}
	group := o.groups[0]
	group.Params, o.given = params, grads
	torch.Scope(func() { o.update(group) })
	for name, list := range states {
		for i := range list {
			list[i], _ = o.state[params[i]][name].(*torch.Tensor)
		}
	}
}

func checkLengths(params, grads []*torch.Tensor, states map[string][]*torch.Tensor) {
	own := map[*torch.Tensor]bool{}
	for _, p := range params {
		own[p] = true
	}
	if len(own) != len(params) {
		panic(torch.NewError("ValueError", "a parameter is there twice"))
	}
	if len(grads) != len(params) {
		panic(torch.NewError("ValueError", "%d parameters need as many gradients, not %d", len(params), len(grads)))
	}
	for name, list := range states {
		if len(list) > len(params) {
			panic(torch.NewError("ValueError", "%d parameters need as many states %s, not %d", len(params), name, len(list)))
		}
	}
}
