package optim

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// updateSparse is a step for one parameter with a sparse gradient.
func (s *adagradStep) updateSparse(param, grad, sum *torch.Tensor, rate number) {
	values := grad.Values()
	sum.Add_(likeSparse(grad, values.Pow(2)))
	roots := sum.SparseMask(grad).Values().Sqrt_().Add_(s.eps)
	param.Add_(likeSparse(grad, values.Div(roots)), torch.Alpha(rate.Float()))
}

// likeSparse returns a sparse tensor with a coalesced one's places and other
// values.
func likeSparse(grad, values *torch.Tensor) *torch.Tensor {
	return torch.SparseCooTensor(grad.Indices(), values, torch.WithSize(grad.Shape()...), torch.CheckInvariants(false))
}

// SparseAdam is Adam for sparse gradients, such as those of nn.Embedding with
// sparse gradients: Python's torch.optim.SparseAdam. The averages and the
// parameter change only where the gradient has elements.
//
// Its state for each parameter is "step", an int64; "exp_avg"; and "exp_avg_sq".
type SparseAdam struct{ Base }

// NewSparseAdam returns an optimizer of parameters, or of groups of them.
// Options: [LR], [Betas], [Eps], [Maximize].
//
// It panics if there are no parameters, if one is no leaf, sparse or complex, and
// if a number is out of its range.
func NewSparseAdam[P Params[SparseAdamOption]](params P, opts ...SparseAdamOption) *SparseAdam {
	s := &SparseAdam{}
	defaults := withOptions(newValues(
		setting{"lr", 1e-3},
		setting{"betas", [2]float64{0.9, 0.999}},
		setting{"eps", 1e-8},
		setting{"maximize", false},
	), opts)
	checkTensorLR(&defaults)
	refuse(&defaults, "lr", invalidLR, 0 < defaults.float("lr"))
	refuse(&defaults, "eps", invalidEps, 0 < defaults.float("eps"))
	checkBetas(&defaults)
	s.init(s, "SparseAdam", defaults, s.updateGroup)
	s.scalars = nil
	addGroups(&s.Base, groupsOf[SparseAdamOption](params))
	s.checkParams((*torch.Tensor).IsSparse, "Sparse params at indices %s: SparseAdam requires dense parameter tensors")
	s.checkParams((*torch.Tensor).IsComplex, "Complex params at indices %s: SparseAdam does not support complex parameters")
	return s
}

// checkParams refuses parameters of a kind, by the places of group and parameter.
func (s *SparseAdam) checkParams(isBad func(*torch.Tensor) bool, message string) {
	var bad []any
	for i, g := range s.groups {
		for j, p := range g.Params {
			if isBad(p) {
				bad = append(bad, []any{i, j})
			}
		}
	}
	if bad != nil {
		panic(torch.NewError("ValueError", message, repr(bad)))
	}
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (s *SparseAdam) AddParamGroup(group SparseAdamGroup) { addGroup(&s.Base, group) }

// sparseAdamStep is a step for one group.
type sparseAdamStep struct {
	lr                number
	beta1, beta2, eps float64
}

func (s *SparseAdam) updateGroup(g *ParamGroup) {
	h := sparseAdamStep{lr: g.lr(), eps: g.float("eps")}
	h.beta1, h.beta2 = g.pair("betas")
	params, grads := s.gather(g)
	for i, p := range params {
		if !grads[i].IsSparse() {
			panic(torch.NewError("RuntimeError", "SparseAdam does not support dense gradients, please consider Adam instead"))
		}
		state := s.stateOf(p)
		if len(state) == 0 {
			begin(state, func() {
				state["step"] = int64(0)
				newMoments(p, nil, state)
			})
		}
		state["step"] = stepsTaken(state) + 1
	}
	for i, p := range params {
		grad := grads[i]
		if g.flag("maximize") {
			grad = grad.Neg()
		}
		h.update(p, grad.Coalesce(), s.state[p])
	}
}

// stepsTaken returns the count of steps, a number, which is a tensor in the state of
// other optimizers.
func stepsTaken(state map[string]any) int64 {
	switch n := state["step"].(type) {
	case int64:
		return n
	case *torch.Tensor:
		return int64(n.Item())
	}
	panic(torch.NewError("KeyError", "'step'"))
}

// update is a step for one parameter with a coalesced gradient.
func (h *sparseAdamStep) update(param, grad *torch.Tensor, state map[string]any) {
	values := grad.Values()
	if values.Numel() == 0 {
		return
	}
	expAvg, expAvgSq, step := tensorOf(state, "exp_avg"), tensorOf(state, "exp_avg_sq"), num(float64(stepsTaken(state)))
	oldAvg := expAvg.SparseMask(grad).Values()
	numerator := values.Sub(oldAvg).Mul_(1 - h.beta1)
	expAvg.Add_(likeSparse(grad, numerator))
	oldSq := expAvgSq.SparseMask(grad).Values()
	denominator := values.Pow(2).Sub_(oldSq).Mul_(1 - h.beta2)
	expAvgSq.Add_(likeSparse(grad, denominator))
	numerator.Add_(oldAvg)
	denominator.Add_(oldSq)
	denominator.Sqrt_().Add_(h.eps)
	correction1 := num(1).Sub(power(h.beta1, step))
	correction2 := num(1).Sub(power(h.beta2, step))
	size := h.lr.Mul(correction2.Sqrt()).Div(correction1)
	param.Add_(likeSparse(grad, numerator.Div_(denominator).Mul(size.Neg().Any())))
}
