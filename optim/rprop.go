package optim

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// Rprop is resilient backpropagation, Python's torch.optim.Rprop. Each element
// has a step size of its own, which grows by a factor while the gradient keeps
// its sign, and shrinks by another when the sign changes; that gradient is taken
// for zero. A step moves the element by its step size against the gradient.
//
// Its state for each parameter is "step"; "prev", the gradient before; and
// "step_size".
type Rprop struct{ Base }

// NewRprop returns an optimizer of parameters, or of groups of them. Options:
// [LR] (1e-2, the first step size), [Etas], [StepSizes], [Capturable], [Foreach],
// [Maximize], [Differentiable].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewRprop[P Params[RpropOption]](params P, opts ...RpropOption) *Rprop {
	r := &Rprop{}
	defaults := withOptions(newValues(
		setting{"lr", 1e-2},
		setting{"etas", [2]float64{0.5, 1.2}},
		setting{"step_sizes", [2]any{1e-6, int64(50)}},
		setting{"foreach", nil},
		setting{"maximize", false},
		setting{"differentiable", false},
		setting{"capturable", false},
	), opts)
	checkTensorLR(&defaults)
	checkNotNegative(&defaults, "lr", invalidLR)
	if minus, plus := defaults.pair("etas"); !(0 < minus && minus < 1 && 1 < plus) {
		panic(torch.NewError("ValueError", "Invalid eta values: %s, %s", repr(minus), repr(plus)))
	}
	r.init(r, "Rprop", defaults, r.updateGroup)
	r.missing = missingSettings
	addGroups(&r.Base, groupsOf[RpropOption](params))
	return r
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (r *Rprop) AddParamGroup(group RpropGroup) { addGroup(&r.Base, group) }

// rpropStep is a step for one group.
type rpropStep struct {
	rule
	minus, plus, least, largest float64
}

func (r *Rprop) updateGroup(g *ParamGroup) {
	s := rpropStep{rule: ruleOf(&r.Base, g)}
	s.minus, s.plus = g.pair("etas")
	s.least, s.largest = g.pair("step_sizes")
	s.states = []string{"prev", "step_size"}
	s.newState = func(p, grad *torch.Tensor, state map[string]any) {
		state["prev"] = zerosLike(p)
		lr := s.lr.Float()
		if p.IsComplex() {
			state["step_size"] = torch.Keep(torch.FullLike(grad, complex(lr, lr)))
		} else {
			state["step_size"] = torch.Keep(torch.FullLike(grad, lr))
		}
	}
	s.checkedXLA = true
	s.each, s.all = s.updateEach, s.updateAll
	s.run(&r.Base, g)
}

func (s *rpropStep) updateEach(t list) {
	param, grad, prev, stepSize := t[0], t[1], t[2], t[3]
	before := prev
	if s.differentiable {
		before = prev.Clone()
	}
	factor := grad.Mul(before).Sign()
	s.factors(factor)
	stepSize.Mul_(factor).Clamp_(torch.WithMin(s.least), torch.WithMax(s.largest))
	grad = grad.Clone(torch.PreserveFormat)
	if s.capturable {
		grad.Copy_(torch.Where(factor.Eq(s.minus), 0, grad))
	} else {
		grad.IndexPut_(0, factor.Eq(s.minus))
	}
	param.Addcmul_(grad.Sign(), stepSize, torch.Value(-1))
	prev.Copy_(grad)
}

// factors replaces signs by the factors of the step sizes.
func (s *rpropStep) factors(sign *torch.Tensor) {
	if s.capturable {
		sign.Copy_(torch.Where(sign.Gt(0), s.plus, sign))
		sign.Copy_(torch.Where(sign.Lt(0), s.minus, sign))
		sign.Copy_(torch.Where(sign.Eq(0), 1, sign))
		return
	}
	sign.IndexPut_(s.plus, sign.Gt(0))
	sign.IndexPut_(s.minus, sign.Lt(0))
	sign.IndexPut_(1, sign.Eq(0))
}

func (s *rpropStep) updateAll(l []list) {
	params, grads, prevs, stepSizes := l[0], l[1], l[2], l[3]
	factors := torch.ForeachMul(grads, prevs)
	torch.ForeachCopy_(prevs, grads)
	torch.ForeachSign_(factors)
	for _, sign := range factors {
		s.factors(sign)
	}
	torch.ForeachMul_(stepSizes, factors)
	signs := make(list, len(prevs))
	for i, prev := range prevs {
		stepSizes[i].Clamp_(torch.WithMin(s.least), torch.WithMax(s.largest))
		prev.Copy_(torch.Where(factors[i].Eq(s.minus), 0, prev))
		signs[i] = prev.Sign()
	}
	torch.ForeachAddcmul_(params, signs, stepSizes, -1)
	free(factors)
	free(signs)
}
