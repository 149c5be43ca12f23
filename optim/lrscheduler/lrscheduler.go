package lrscheduler

import (
	"fmt"
	"slices"

	"github.com/wangkuiyi/gotorch/optim"
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
// embed it.
type LRScheduler struct {
	optimizer optim.Optimizer
	// next computes the learning rates of an epoch from those of the epoch
	// before, which other schedulers may have changed: the chainable form.
	next func() []float64
	// at computes them from the initial ones; nil: there is no closed form.
	at func() []float64

	baseLrs, lastLr      []float64
	lastEpoch, stepCount int
	stepped              func() bool // whether the optimizer was
}

// init does what Python's LRScheduler.__init__ does.
func (s *LRScheduler) init(optimizer optim.Optimizer, lastEpoch int, next, at func() []float64) {
	s.optimizer, s.lastEpoch, s.next, s.at = optimizer, lastEpoch, next, at
	for i, g := range optimizer.ParamGroups() {
		initial, ok := g.Get("initial_lr")
		if !ok {
			if lastEpoch != -1 {
				panic(torch.NewError("KeyError", "param 'initial_lr' is not specified in param_groups[%d] when resuming scheduler "+
					"with last_epoch >= 0.\nThis typically happens when:\n"+
					"1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\n"+
					"2. You're using last_epoch >= 0 for a fresh training run (not recommended)", i))
			}
			g.Put("initial_lr", g.LR())
			initial = g.LR()
		}
		s.baseLrs = append(s.baseLrs, number(initial))
	}
	s.stepped = optimizer.WatchSteps()
	s.Step()
}

// Step goes on to the next epoch, and sets the learning rates. Call it after
// the optimizer's Step; it warns if that was never called.
func (s *LRScheduler) Step() {
	s.beginStep()
	s.lastEpoch++
	s.set(s.next())
}

// StepTo goes to an epoch, by the closed form if the scheduler has one. PyTorch
// deprecates it: Python's scheduler.step(epoch).
func (s *LRScheduler) StepTo(epoch int) {
	s.beginStep()
	torch.Warn("%s", "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. "+
		"Please use `scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the "+
		"closed form is used instead of the new chainable form, where available. Please open an issue if you are unable to "+
		"replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose.")
	s.lastEpoch = epoch
	if s.at != nil {
		s.set(s.at())
	} else {
		s.set(s.next())
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

// set sets the learning rates of the groups.
func (s *LRScheduler) set(lrs []float64) {
	for i, g := range s.optimizer.ParamGroups() {
		g.SetLR(lrs[i])
	}
	s.lastLr = s.current()
}

// current returns the groups' learning rates.
func (s *LRScheduler) current() []float64 {
	var lrs []float64
	for _, g := range s.optimizer.ParamGroups() {
		lrs = append(lrs, g.LR())
	}
	return lrs
}

// scaled returns the groups' learning rates multiplied by a factor. Those that
// are tensors are multiplied in their dtype, as in Python.
func (s *LRScheduler) scaled(factor float64) []float64 {
	lrs := s.current()
	for i, g := range s.optimizer.ParamGroups() {
		if value, _ := g.Get("lr"); isTensor(value) {
			torch.Scope(func() { lrs[i] = value.(*torch.Tensor).Mul(factor).Item() })
		} else {
			lrs[i] *= factor
		}
	}
	return lrs
}

// GetLastLr returns the learning rates that were set last, one for each group.
func (s *LRScheduler) GetLastLr() []float64 { return slices.Clone(s.lastLr) }

// LastEpoch returns the number of epochs gone by.
func (s *LRScheduler) LastEpoch() int { return s.lastEpoch }

// StateDict returns all that the scheduler remembers, by PyTorch's names, but
// for the optimizer.
func (s *LRScheduler) StateDict() map[string]any {
	return map[string]any{
		"base_lrs": slices.Clone(s.baseLrs), "last_epoch": s.lastEpoch, "_step_count": s.stepCount,
		"_last_lr": slices.Clone(s.lastLr), "_is_initial": false, "_get_lr_called_within_step": false,
	}
}

// LoadStateDict sets what the scheduler remembers. What state lacks stays as it
// is. The optimizer's learning rates are not changed: they are in its own state.
func (s *LRScheduler) LoadStateDict(state map[string]any) error {
	loaded := *s
	err := firstError(
		load(state, "base_lrs", &loaded.baseLrs, numbers),
		load(state, "_last_lr", &loaded.lastLr, numbers),
		load(state, "last_epoch", &loaded.lastEpoch, integer),
		load(state, "_step_count", &loaded.stepCount, integer),
	)
	if err == nil {
		*s = loaded
	}
	return err
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// load reads a value of a state, if it is there.
func load[T any](state map[string]any, name string, to *T, read func(any) (T, bool)) error {
	value, ok := state[name]
	if !ok {
		return nil
	}
	v, ok := read(value)
	if !ok {
		return torch.NewError("TypeError", "'%s' of a scheduler's state cannot be %s", name, fmt.Sprintf("%T", value))
	}
	*to = v
	return nil
}

func integer(value any) (int, bool) {
	switch v := value.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	}
	return 0, false
}

func float(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case *torch.Tensor:
		return v.Item(), true
	}
	return 0, false
}

func numbers(value any) ([]float64, bool) {
	switch v := value.(type) {
	case []float64:
		return slices.Clone(v), true
	case []any:
		list := make([]float64, len(v))
		for i, element := range v {
			n, ok := float(element)
			if !ok {
				return nil, false
			}
			list[i] = n
		}
		return list, true
	}
	return nil, false
}

func number(value any) float64 {
	n, _ := float(value)
	return n
}

func isTensor(value any) bool {
	_, ok := value.(*torch.Tensor)
	return ok
}
