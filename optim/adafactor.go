package optim

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// Adafactor is Python's torch.optim.Adafactor. It needs little memory: of a
// matrix's squared gradients it averages the rows and the columns only. With g
// the gradient, t the number of the step, and rms the root of the mean of
// squares, a step of a matrix p computes
//
//	w = t^beta2_decay
//	r = (1-w)*r + w * mean of g*g over columns
//	c = (1-w)*c + w * mean of g*g over rows
//	u = g / max(sqrt(r*c / mean of r), eps1)
//	p = p * (1 - lr*weight_decay)
//	p = p - max(eps2, rms(p)) * min(lr, 1/sqrt(t)) * u / max(1, rms(u)/d)
//
// For vectors the average v of g*g takes the place of r*c/mean.
//
// Its state for each parameter is "step", t; and "row_var", r, and "col_var", c,
// or, for vectors, "variance", v.
type Adafactor struct{ Base }

// NewAdafactor returns an optimizer of parameters, or of groups of them. Options:
// [LR] (1e-2), [Beta2Decay], [Epsilons], [D], [WeightDecay], [Foreach],
// [Maximize].
//
// It panics if there are no parameters, if one is no leaf, and if a number is
// out of its range.
func NewAdafactor[P Params[AdafactorOption]](params P, opts ...AdafactorOption) *Adafactor {
	a := &Adafactor{}
	defaults := withOptions(newValues(
		setting{"lr", 1e-2},
		setting{"beta2_decay", -0.8},
		setting{"eps", [2]any{nil, 1e-3}},
		setting{"d", 1.0},
		setting{"weight_decay", 0.0},
		setting{"foreach", nil},
		setting{"maximize", false},
	), opts)
	checkAdafactor(&defaults)
	a.init(a, "Adafactor", defaults, a.updateGroup)
	a.missing = []setting{{"foreach", nil}}
	addGroups(&a.Base, groupsOf[AdafactorOption](params))
	return a
}

func checkAdafactor(defaults *values) {
	checkTensorLR(defaults)
	checkNotNegative(defaults, "lr", "Learning rate should be >= 0 but is: %s")
	refuse(defaults, "beta2_decay", "beta2_decay should be <= 0 but is: %s", 0 >= defaults.float("beta2_decay"))
	eps1, eps2 := epsilons(defaults)
	if eps1 != nil && !(0 <= *eps1) {
		panic(torch.NewError("ValueError", "epsilon1 should be >= 0 but is: %s", repr(*eps1)))
	}
	if !(0 <= eps2) {
		panic(torch.NewError("ValueError", "epsilon2 should be >= 0 but is: %s", repr(eps2)))
	}
	refuse(defaults, "d", "Clipping threshold d should be >= 1 but is: %s", 1 <= defaults.float("d"))
	checkNotNegative(defaults, "weight_decay", "weight_decay should be >= 0 but is: %s")
}

// epsilons returns the two of them; the first may be None.
func epsilons(v *values) (eps1 *float64, eps2 float64) {
	if pair, ok := v.byName["eps"].([2]any); ok && pair[0] == nil {
		return nil, scalar.From(pair[1]).Value
	}
	first, second := v.pair("eps")
	return &first, second
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (a *Adafactor) AddParamGroup(group AdafactorGroup) { addGroup(&a.Base, group) }

// adafactorStep is a step for one group.
type adafactorStep struct {
	rule
	eps1                       *float64 // nil until the first parameter's dtype sets it, if not given
	eps2, d, beta2Decay, decay float64
}

func (a *Adafactor) updateGroup(g *ParamGroup) {
	a.scaling.refuse("Grad scaling should occur outside of optimizer.step()")
	s := adafactorStep{rule: ruleOf(&a.Base, g), d: g.float("d"), beta2Decay: g.float("beta2_decay")}
	s.eps1, s.eps2 = epsilons(&g.values)
	s.weightDecay, s.decay = 0, s.weightDecay // the parameters decay later in the step
	s.states, s.optional, s.asked = []string{"row_var", "col_var", "variance"}, true, true
	s.newState = newFactors
	s.each, s.all = s.updateEach, s.updateAll
	params, _ := a.gather(g)
	for _, p := range params {
		if p.IsComplex() {
			panic(torch.NewError("RuntimeError", "Adafactor does not support complex parameters"))
		}
	}
	s.run(&a.Base, g)
}

// newFactors makes a parameter's state.
func newFactors(_, grad *torch.Tensor, state map[string]any) {
	if grad.Dim() <= 1 {
		state["variance"] = zerosLike(grad)
		return
	}
	rows, cols := grad.Shape(), grad.Shape()
	rows[len(rows)-1], cols[len(cols)-2] = 1, 1
	state["row_var"] = torch.Keep(grad.NewZeros(rows))
	state["col_var"] = torch.Keep(grad.NewZeros(cols))
}

// resolution is the distance of 1 and the next number of a dtype.
func resolution(dtype torch.DType) float64 {
	switch dtype {
	case torch.Float64:
		return 0x1p-52
	case torch.Float16:
		return 0x1p-10
	case torch.BFloat16:
		return 0x1p-7
	}
	return 0x1p-23
}

// epsilon returns epsilon1. As in Python the first parameter's dtype decides for
// all of the group.
func (s *adafactorStep) epsilon(p *torch.Tensor) float64 {
	if s.eps1 == nil {
		eps := resolution(p.DType())
		s.eps1 = &eps
	}
	return *s.eps1
}

// rootMeanSquare returns that of a tensor's elements.
func rootMeanSquare(t *torch.Tensor) float64 {
	return t.Norm(torch.P(2)).Item() / csrc.Pow(float64(t.Numel()), 0.5)
}

// size returns the size of a parameter's step.
func (s *adafactorStep) size(param *torch.Tensor, step float64) number {
	rate := scalar.Min(s.lr, num(1/csrc.Pow(step, 0.5)))
	return scalar.Max(num(s.eps2), num(rootMeanSquare(param))).Mul(rate)
}

// clipped returns the negative size, divided so that the update is not above the
// threshold.
func (s *adafactorStep) clipped(size number, update *torch.Tensor) number {
	norm := update.Norm(torch.P(2)).Item()
	// Unlike Go's max, Python's is 1 where the norm is NaN.
	return size.Neg().Div(scalar.Max(num(1), num(norm/float64(csrc.Pow(float64(update.Numel()), 0.5)*s.d))))
}

func (s *adafactorStep) updateEach(t list) {
	param, grad, rowVar, colVar, variance := t[0], t[1], t[2], t[3], t[4]
	eps1, step := s.epsilon(param), t[5].Item()
	weight := csrc.Pow(step, s.beta2Decay)
	size := s.size(param, step)
	if s.decay != 0 {
		param.Mul_(decay(s.lr, s.decay).Any())
	}
	var update *torch.Tensor
	if grad.Dim() > 1 {
		rowVar.Lerp_(meanOfSquares(grad, -1).Div_(grad.Size(-1)), weight)
		colVar.Lerp_(meanOfSquares(grad, -2).Div_(grad.Size(-2)), weight)
		update = rowVar.Matmul(colVar)
		update.Div_(rowVar.Mean(torch.Dim(-2), torch.Keepdim(true)).Clamp_(torch.WithMin(eps1)))
	} else {
		variance.Lerp_(grad.Mul(grad), weight)
		update = variance.Clone()
	}
	update.Clamp_(torch.WithMin(float64(eps1 * eps1))).Rsqrt_()
	update.Mul_(grad)
	param.Add_(update, torch.Alpha(s.clipped(size, update).Float()))
}

// meanOfSquares returns the sums of squares along a dimension.
func meanOfSquares(grad *torch.Tensor, dim int64) *torch.Tensor {
	return torch.LinalgVectorNorm(grad, torch.Dim(dim), torch.Keepdim(true)).Square_()
}

// updateAll runs over matrices and vectors apart.
func (s *adafactorStep) updateAll(l []list) {
	split := map[bool][]list{}
	for i, grad := range l[1] {
		multiple := grad.Dim() > 1
		if split[multiple] == nil {
			split[multiple] = make([]list, len(l))
		}
		for j := range l {
			split[multiple][j] = append(split[multiple][j], l[j][i])
		}
	}
	first := l[1][0].Dim() > 1
	for _, multiple := range []bool{first, !first} {
		if split[multiple] != nil {
			s.updateSame(split[multiple], multiple)
		}
	}
}

func (s *adafactorStep) updateSame(l []list, multiple bool) {
	params, grads, steps := l[0], l[1], l[5]
	eps1 := s.epsilon(params[0])
	weights, sizes := make([]float64, len(steps)), make([]number, len(steps))
	for i, step := range steps {
		t := step.Item()
		weights[i] = csrc.Pow(t, s.beta2Decay)
		sizes[i] = s.size(params[i], t)
	}
	if s.decay != 0 {
		torch.ForeachMul_(params, decay(s.lr, s.decay).Any())
	}
	var updates list
	if multiple {
		updates = s.factored(l, weights, eps1)
	} else {
		variances := l[4]
		torch.ForeachLerp_(variances, torch.ForeachMul(grads, grads), weights)
		updates = mapList(variances, func(_ int, v *torch.Tensor) *torch.Tensor { return v.Clone() })
	}
	torch.ForeachClampMin_(updates, float64(eps1*eps1))
	torch.ForeachRsqrt_(updates)
	torch.ForeachMul_(updates, grads)
	for i, update := range updates {
		sizes[i] = s.clipped(sizes[i], update)
	}
	torch.ForeachMul_(updates, operands(sizes))
	torch.ForeachAdd_(params, updates)
	free(updates)
}

// factored returns the estimates of matrices' averages, out of those of their
// rows and columns.
func (s *adafactorStep) factored(l []list, weights []float64, eps1 float64) list {
	grads, rowVars, colVars := l[1], l[2], l[3]
	for dim, averages := range map[int64]list{-1: rowVars, -2: colVars} {
		means, sizes := make(list, len(grads)), make([]float64, len(grads))
		for i, grad := range grads {
			means[i] = torch.LinalgVectorNorm(grad, torch.Dim(dim), torch.Keepdim(true))
			sizes[i] = float64(grad.Size(dim))
		}
		torch.ForeachMul_(means, means)
		torch.ForeachDiv_(means, sizes)
		torch.ForeachLerp_(averages, means, weights)
	}
	estimates := mapList(rowVars, func(i int, r *torch.Tensor) *torch.Tensor { return r.Matmul(colVars[i]) })
	means := mapList(rowVars, func(_ int, r *torch.Tensor) *torch.Tensor {
		return r.Mean(torch.Dim(-2), torch.Keepdim(true))
	})
	torch.ForeachClampMin_(means, eps1)
	torch.ForeachDiv_(estimates, means)
	return estimates
}
