package lrscheduler

import (
	"slices"

	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// A Scheduler sets the learning rates of an optimizer's groups, epoch by epoch.
type Scheduler interface {
	// Step goes on to the next epoch. Call it after the optimizer's Step.
	Step()
	// GetLastLr returns the learning rates that were set last, one for each
	// group.
	GetLastLr() []float64
	// LastEpoch returns the number of epochs gone by.
	LastEpoch() int
	// StateDict returns all that the scheduler remembers, by PyTorch's names.
	StateDict() map[string]any
	// LoadStateDict sets what it remembers.
	LoadStateDict(map[string]any) error
}

// LRScheduler is what all schedulers have in common, Python's LRScheduler. They
// embed it, and so may schedulers of the user's:
//
//	type HalfLR struct{ lrscheduler.LRScheduler }
//
//	func NewHalfLR(optimizer optim.Optimizer) *HalfLR {
//		s := &HalfLR{}
//		s.Init(s, optimizer, -1, func() []float64 {
//			lrs := s.GroupLrs()
//			if s.LastEpoch() > 0 {
//				for i := range lrs {
//					lrs[i] /= 2
//				}
//			}
//			return lrs
//		})
//		return s
//	}
type LRScheduler struct {
	optimizer optim.Optimizer
	self      interface{ Step() }
	// next computes the learning rates of an epoch from those of the epoch
	// before, which other schedulers may have changed: the chainable form.
	next func() []scalar.Number
	// at computes them from the initial ones; nil: there is no closed form.
	at func() []scalar.Number

	baseLrs              []scalar.Number
	lastLr               []float64
	lastEpoch, stepCount int
	isInitial            bool        // while the first step is taken
	stepped              func() bool // whether the optimizer was
	parts                []Scheduler // of which a scheduler is composed
	fields               []field     // what there is in StateDict
	required             string      // the field without which no state is loaded, or ""
}

// Init does what Python's LRScheduler.__init__ does, for a scheduler of the
// user's that embeds s, and sets the learning rates of the first epoch. getLr is
// Python's get_lr: it returns the learning rates, one for each group, of the
// epoch that LastEpoch tells. lastEpoch is -1 where training begins.
func (s *LRScheduler) Init(self Scheduler, optimizer optim.Optimizer, lastEpoch int, getLr func() []float64) {
	s.InitNumbers(self, optimizer, lastEpoch, func() (lrs []scalar.Number) {
		if getLr == nil {
			panic(torch.NewError("NotImplementedError", ""))
		}
		for _, lr := range getLr() {
			lrs = append(lrs, scalar.Of(lr))
		}
		return lrs
	}, nil)
}

// InitNumbers is Init for schedulers of this library, with learning rates that
// may be tensors, and with the closed form of getLr, or nil.
func (s *LRScheduler) InitNumbers(self Scheduler, optimizer optim.Optimizer, lastEpoch int, getLr, at func() []scalar.Number) {
	checkOptimizer(optimizer)
	s.self, s.optimizer, s.lastEpoch, s.next, s.at = self, optimizer, lastEpoch, getLr, at
	for i, g := range optimizer.ParamGroups() {
		initial, ok := g.Get("initial_lr")
		if !ok {
			if lastEpoch != -1 {
				panic(torch.NewError("KeyError", "param 'initial_lr' is not specified in param_groups[%d] when resuming scheduler "+
					"with last_epoch >= 0.\nThis typically happens when:\n"+
					"1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\n"+
					"2. You're using last_epoch >= 0 for a fresh training run (not recommended)", i))
			}
			initial, _ = g.Get("lr")
			g.Put("initial_lr", copyOf(initial))
		}
		s.baseLrs = append(s.baseLrs, scalar.From(copyOf(initial)))
	}
	s.stepped = optimizer.WatchSteps()
	s.fields = append(s.fields,
		field{"base_lrs", &s.baseLrs}, field{"last_epoch", &s.lastEpoch}, field{"_step_count", &s.stepCount},
		field{"_is_initial", &s.isInitial}, field{"_get_lr_called_within_step", new(bool)}, field{"_last_lr", &s.lastLr},
	)
	s.initialStep()
}

// checkOptimizer refuses nil.
func checkOptimizer(optimizer optim.Optimizer) {
	if scalar.IsNil(optimizer) {
		panic(torch.NewError("TypeError", "NoneType is not an Optimizer"))
	}
}

// groupsOf returns the groups of an optimizer, which may be nil by mistake.
func groupsOf(optimizer optim.Optimizer) []*optim.ParamGroup {
	if scalar.IsNil(optimizer) {
		panic(scalar.NoGroups())
	}
	return optimizer.ParamGroups()
}

// initialStep sets the learning rates of the first epoch.
func (s *LRScheduler) initialStep() {
	s.stepCount, s.isInitial = 0, true
	defer func() { s.isInitial = false }()
	s.self.Step()
}

// copyOf returns a copy of a tensor, and other values as they are.
func copyOf(value any) any {
	if t, ok := value.(*torch.Tensor); ok {
		return torch.Keep(t.Detach().Clone())
	}
	return value
}

// base returns what the schedulers have in common.
func (s *LRScheduler) base() *LRScheduler { return s }

// Optimizer returns the optimizer.
func (s *LRScheduler) Optimizer() optim.Optimizer { return s.optimizer }

// Step goes on to the next epoch, and sets the learning rates. Call it after
// the optimizer's Step; it warns if that was never called.
func (s *LRScheduler) Step() {
	s.beginStep()
	s.lastEpoch++
	s.setScoped(s.chainable())
}

// chainable returns the function that computes learning rates from those before.
func (s *LRScheduler) chainable() func() []scalar.Number {
	if s.next == nil {
		panic(torch.NewError("NotImplementedError", ""))
	}
	return s.next
}

// StepTo goes to an epoch, by the closed form if the scheduler has one. PyTorch
// deprecates it: Python's scheduler.step(epoch).
func (s *LRScheduler) StepTo(epoch int) {
	s.beginStep()
	warnEpoch()
	s.goTo(epoch)
}

func warnEpoch() {
	torch.Warn("%s", "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. "+
		"Please use `scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the "+
		"closed form is used instead of the new chainable form, where available. Please open an issue if you are unable to "+
		"replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose.")
}

// goTo sets the learning rates of an epoch.
func (s *LRScheduler) goTo(epoch int) {
	s.lastEpoch = epoch
	if s.at != nil {
		s.setScoped(s.at)
	} else {
		s.setScoped(s.chainable())
	}
}

func (s *LRScheduler) beginStep() {
	if s.stepCount == 1 && !s.stepped() {
		torch.Warn("%s", "Detected call of `lr_scheduler.step()` before `optimizer.step()`. "+
			"In PyTorch 1.1.0 and later, you should call them in the opposite order: `optimizer.step()` before "+
			"`lr_scheduler.step()`.  Failure to do this will result in PyTorch skipping the first value of the learning "+
			"rate schedule. See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate")
	}
	s.stepCount++
}

// GetLr returns the learning rates that the scheduler computes for the epoch.
// Python's get_lr, which warns: a chainable form computes from the learning rates
// that are in force, so that [LRScheduler.GetLastLr] is what is meant.
func (s *LRScheduler) GetLr() (lrs []float64) {
	torch.Warn("To get the last learning rate computed by the scheduler, please use `get_last_lr()`.")
	torch.Scope(func() {
		for _, lr := range s.chainable()() {
			lrs = append(lrs, lr.Float())
		}
	})
	return lrs
}

// setScoped sets the learning rates to what a function computes.
func (s *LRScheduler) setScoped(compute func() []scalar.Number) {
	torch.Scope(func() { s.set(compute()) })
}

// set sets the learning rates of the groups. If there are too few, as after
// AddParamGroup, the first groups get theirs, as in Python.
func (s *LRScheduler) set(lrs []scalar.Number) {
	groups := groupsOf(s.optimizer)
	for i, g := range groups[:min(len(groups), len(lrs))] {
		if lr := lrs[i].Float(); lr != g.LR() { // an integer stays one if it does not change
			g.SetLR(lr)
		}
	}
	scalar.CheckZip(len(groups), len(lrs))
	s.lastLr = s.GroupLrs()
}

// GroupLrs returns the groups' learning rates.
func (s *LRScheduler) GroupLrs() []float64 {
	var lrs []float64
	for _, g := range groupsOf(s.optimizer) {
		lrs = append(lrs, g.LR())
	}
	return lrs
}

// current returns the groups' learning rates as numbers.
func (s *LRScheduler) current() []scalar.Number {
	var lrs []scalar.Number
	for _, g := range s.optimizer.ParamGroups() {
		lr, _ := g.Get("lr")
		lrs = append(lrs, scalar.From(lr))
	}
	return lrs
}

// scaled returns the groups' learning rates multiplied by a factor.
func (s *LRScheduler) scaled(factor float64) []scalar.Number { return scaled(s.current(), factor) }

// scaled returns learning rates multiplied by a factor.
func scaled(lrs []scalar.Number, factor float64) []scalar.Number {
	return mapped(lrs, func(lr scalar.Number) scalar.Number { return lr.Mul(scalar.Of(factor)) })
}

func mapped(lrs []scalar.Number, fn func(scalar.Number) scalar.Number) []scalar.Number {
	results := make([]scalar.Number, len(lrs))
	for i, lr := range lrs {
		results[i] = fn(lr)
	}
	return results
}

// GetLastLr returns the learning rates that were set last, one for each group.
func (s *LRScheduler) GetLastLr() []float64 { return slices.Clone(s.lastLr) }

// StepCount returns how often Step was called, by the constructor, too. Python's
// _step_count.
func (s *LRScheduler) StepCount() int { return s.stepCount }

// LastEpoch returns the number of epochs gone by.
func (s *LRScheduler) LastEpoch() int { return s.lastEpoch }

// quotient is Python's a / b.
func quotient(a, b float64) float64 {
	if b == 0 {
		panic(torch.NewError("ZeroDivisionError", "float division by zero"))
	}
	return a / b
}

// ratio is Python's a / b of integers.
func ratio(a, b int) float64 {
	if b == 0 {
		panic(torch.NewError("ZeroDivisionError", "division by zero"))
	}
	return float64(a) / float64(b)
}
