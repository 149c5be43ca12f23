package optim

import (
	"slices"

	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// LBFGS is the limited-memory BFGS algorithm, Python's torch.optim.LBFGS. A step
// calls a closure several times, which computes the loss anew, so that only
// [LBFGS.StepClosure] can be used:
//
//	optimizer.StepClosure(func() *torch.Tensor {
//		optimizer.ZeroGrad()
//		loss := criterion.Forward(model.Forward(x), y)
//		loss.Backward()
//		return loss
//	})
//
// All parameters belong to one group and are on one device. It needs memory for
// HistorySize + 1 times the parameters, twice.
//
// Its state, kept for the first parameter, is "func_evals", "n_iter", "d", "t",
// "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss" and "al".
type LBFGS struct{ Base }

// NewLBFGS returns an optimizer of parameters. Options: [LR] (1), [MaxIter],
// [MaxEval], [ToleranceGrad], [ToleranceChange], [HistorySize], [LineSearchFn],
// [Maximize].
//
// It panics if there are no parameters or several groups, if a parameter is no
// leaf, and if the learning rate is negative.
func NewLBFGS[P Params[LBFGSOption]](params P, opts ...LBFGSOption) *LBFGS {
	l := &LBFGS{}
	defaults := withOptions(newValues(
		setting{"lr", int64(1)},
		setting{"max_iter", int64(20)},
		setting{"max_eval", nil},
		setting{"tolerance_grad", 1e-7},
		setting{"tolerance_change", 1e-9},
		setting{"history_size", int64(100)},
		setting{"line_search_fn", nil},
		setting{"maximize", false},
	), opts)
	checkTensorLR(&defaults)
	checkNotNegative(&defaults, "lr", invalidLR)
	if defaults.isNone("max_eval") {
		defaults.set("max_eval", int64(defaults.integer("max_iter")*5/4))
	}
	l.init(l, "LBFGS", defaults, nil)
	l.scalars, l.minimize = nil, l.stepWith
	addGroups(&l.Base, groupsOf[LBFGSOption](params))
	if len(l.groups) != 1 {
		panic(torch.NewError("ValueError", "LBFGS doesn't support per-parameter options (parameter groups)"))
	}
	return l
}

// AddParamGroup adds a group of parameters, Python's add_param_group, after
// which no step can be taken.
func (l *LBFGS) AddParamGroup(group LBFGSGroup) { addGroup(&l.Base, group) }

// lbfgsStep is a step.
type lbfgsStep struct {
	params            list
	closure           func() float64
	maximize          bool
	lr                number
	toleranceChange   float64
	historySize       int
	direction         *torch.Tensor // d
	size              number        // t
	dirs, steps, ro   list
	scale             number // H_diag
	prevGrad, grad    *torch.Tensor
	loss, prevLoss    float64
	iterations, evals int // over all steps
	al                list
}

func (l *LBFGS) stepWith(closure func() *torch.Tensor) (first *torch.Tensor) {
	if closure == nil {
		panic(torch.NewError("TypeError", "LBFGS.step() missing 1 required positional argument: 'closure'"))
	}
	if len(l.groups) != 1 {
		panic(torch.NewError("AssertionError", "Expected exactly one param_group, but got %d", len(l.groups)))
	}
	evaluate := func() (loss *torch.Tensor) {
		torch.EnableGrad(func() { loss = closure() })
		return loss
	}
	g := l.groups[0]
	if len(g.Params) == 0 {
		return evaluate()
	}
	s := l.newStep(g)
	s.closure = func() float64 { return s.signed(evaluate().Item()) }
	first = evaluate()
	s.loss = s.signed(first.Item())
	s.evals++
	s.grad = s.gatherGrad()
	if !s.isFlat(g) {
		s.iterate(g)
		s.save(l.stateOf(g.Params[0]))
	}
	s.saveCounts(l.stateOf(g.Params[0]))
	return first
}

// newStep returns a step that goes on from the state.
func (l *LBFGS) newStep(g *ParamGroup) *lbfgsStep {
	s := &lbfgsStep{
		params: g.Params, maximize: g.flag("maximize"), lr: g.lr(), toleranceChange: g.float("tolerance_change"),
		historySize: g.integer("history_size"),
	}
	state := l.stateOf(g.Params[0])
	s.iterations, s.evals = integerOf(state["n_iter"]), integerOf(state["func_evals"])
	s.direction, _ = state["d"].(*torch.Tensor)
	s.prevGrad, _ = state["prev_flat_grad"].(*torch.Tensor)
	s.prevLoss, _ = state["prev_loss"].(float64)
	if s.direction != nil {
		s.size, s.scale = scalar.From(state["t"]), scalar.From(state["H_diag"])
	}
	for name, to := range map[string]*list{"old_dirs": &s.dirs, "old_stps": &s.steps, "ro": &s.ro, "al": &s.al} {
		kept, _ := state[name].(list)
		*to = slices.Clone(kept)
	}
	return s
}

func integerOf(value any) int {
	n, _ := value.(int64)
	return int(n)
}

func (s *lbfgsStep) saveCounts(state map[string]any) {
	state["func_evals"], state["n_iter"] = int64(s.evals), int64(s.iterations)
}

func (s *lbfgsStep) save(state map[string]any) {
	for name, value := range map[string]any{
		"d": s.direction, "t": s.size.Any(), "old_dirs": s.dirs, "old_stps": s.steps, "ro": s.ro, "H_diag": s.scale.Any(),
		"prev_flat_grad": s.prevGrad, "prev_loss": s.prevLoss,
	} {
		state[name] = keep(value)
	}
	if s.scale.Tensor == nil {
		state["H_diag"] = int64(1) // as Python has it
	}
	if s.al != nil {
		state["al"] = keep(s.al)
	}
}

// keep has tensors outlive scopes.
func keep(value any) any {
	switch v := value.(type) {
	case *torch.Tensor:
		torch.Keep(v)
	case list:
		for _, t := range v {
			if t != nil {
				torch.Keep(t)
			}
		}
	}
	return value
}

// signed returns a loss to be minimized.
func (s *lbfgsStep) signed(loss float64) float64 {
	if s.maximize {
		return -loss
	}
	return loss
}

// gatherGrad returns all gradients as a vector.
func (s *lbfgsStep) gatherGrad() *torch.Tensor {
	views := mapList(s.params, func(_ int, p *torch.Tensor) *torch.Tensor {
		grad := p.Grad()
		switch {
		case grad == nil:
			grad = torch.Zeros([]int64{p.Numel()}, p.DType(), p.Device())
		case grad.IsSparse():
			grad = grad.ToDense()
		}
		grad = grad.View(-1)
		if grad.IsComplex() {
			grad = torch.ViewAsReal(grad).View(-1)
		}
		return grad
	})
	flat := torch.Cat(views)
	if s.maximize {
		flat.Neg_()
	}
	return flat
}

// move adds a multiple of a vector to the parameters.
func (s *lbfgsStep) move(size number, update *torch.Tensor) {
	offset, factor := int64(0), size.Float()
	for _, p := range s.params {
		if p.IsComplex() {
			p = torch.ViewAsReal(p)
		}
		p.Add_(update.Narrow(0, offset, p.Numel()).ViewAs(p), torch.Alpha(factor))
		offset += p.Numel()
	}
}

// isFlat reports whether no gradient is above the tolerance.
func (s *lbfgsStep) isFlat(g *ParamGroup) bool {
	return number{Tensor: s.grad.Abs().Max()}.LessEqual(num(g.float("tolerance_grad")))
}

// iterate is the loop of a step.
func (s *lbfgsStep) iterate(g *ParamGroup) {
	maxIter, maxEval, lineSearch := g.integer("max_iter"), g.integer("max_eval"), g.byName["line_search_fn"]
	evals := 1
	for n := 1; n <= maxIter; n++ {
		s.iterations++
		s.nextDirection()
		slope := number{Tensor: s.grad.Dot(s.direction)}
		if num(-s.toleranceChange).Less(slope) {
			return
		}
		flat, used := false, 0
		switch {
		case lineSearch != nil && lineSearch != "strong_wolfe":
			panic(torch.NewError("RuntimeError", "only 'strong_wolfe' is supported"))
		case lineSearch != nil:
			used = s.search(slope, maxEval-evals)
			s.move(s.size, s.direction)
			flat = s.isFlat(g)
		default:
			s.move(s.size, s.direction)
			if n != maxIter {
				s.loss = s.closure()
				s.grad = s.gatherGrad()
				flat, used = s.isFlat(g), 1
			}
		}
		evals += used
		s.evals += used
		if n == maxIter || evals >= maxEval || flat || s.hasConverged() {
			return
		}
	}
}

// hasConverged reports whether parameters or loss hardly change any more.
func (s *lbfgsStep) hasConverged() bool {
	moved := number{Tensor: s.direction.Mul(s.size.Any()).Abs().Max()}
	return moved.LessEqual(num(s.toleranceChange)) || num(s.loss-s.prevLoss).Abs().Value < s.toleranceChange
}

// nextDirection computes direction and size of the next move.
func (s *lbfgsStep) nextDirection() {
	first := s.iterations == 1
	if first {
		s.direction = s.grad.Neg()
		s.dirs, s.steps, s.ro, s.scale = list{}, list{}, list{}, num(1)
	} else {
		s.remember()
		s.approximate()
	}
	if s.prevGrad == nil {
		s.prevGrad = s.grad.Clone(torch.ContiguousFormat)
	} else {
		s.prevGrad.Copy_(s.grad)
	}
	s.prevLoss = s.loss
	s.size = s.lr
	if first {
		sum := number{Tensor: s.grad.Abs().Sum()}
		s.size = scalar.Min(num(1), num(1).Div(sum)).Mul(s.lr)
	}
}

// remember updates the history with the last move.
func (s *lbfgsStep) remember() {
	change := s.grad.Sub(s.prevGrad)
	step := s.direction.Mul(s.size.Any())
	curvature := number{Tensor: change.Dot(step)}
	if !num(1e-10).Less(curvature) {
		return
	}
	if len(s.dirs) == s.historySize {
		s.dirs, s.steps, s.ro = s.dirs[1:], s.steps[1:], s.ro[1:]
	}
	s.dirs = append(s.dirs, change)
	s.steps = append(s.steps, step)
	s.ro = append(s.ro, num(1).Div(curvature).Tensor)
	s.scale = curvature.Div(number{Tensor: change.Dot(change)})
}

// approximate multiplies the gradient by the approximate inverse Hessian.
func (s *lbfgsStep) approximate() {
	if s.al == nil {
		s.al = make(list, s.historySize)
	}
	q := s.grad.Neg()
	for i, dir := range slices.Backward(s.dirs) {
		s.al[i] = s.steps[i].Dot(q).Mul(s.ro[i])
		q.Add_(dir, torch.Alpha(s.al[i].Neg().Item()))
	}
	s.direction = q.Mul(s.scale.Any())
	for i, dir := range s.dirs {
		be := dir.Dot(s.direction).Mul(s.ro[i])
		s.direction.Add_(s.steps[i], torch.Alpha(s.al[i].Sub(be).Item()))
	}
}
