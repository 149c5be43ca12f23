package lrscheduler

import (
	"maps"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// StepLR multiplies the learning rate of each group by gamma every stepSize
// epochs, Python's StepLR. Other changes to the learning rates stay in force.
type StepLR struct {
	LRScheduler
	stepSize int
	gamma    float64
}

// NewStepLR returns a scheduler of an optimizer's learning rates. Options:
// [Gamma], [LastEpoch].
//
//	// With LR(0.05): 0.05 up to epoch 29, 0.005 up to 59, 0.0005 from 60 on.
//	scheduler := lrscheduler.NewStepLR(optimizer, 30, lrscheduler.Gamma(0.1))
func NewStepLR(optimizer optim.Optimizer, stepSize int, opts ...StepLROption) *StepLR {
	with := settings{gamma: 0.1, lastEpoch: -1}
	for _, o := range opts {
		o.apply(&with)
	}
	s := &StepLR{stepSize: stepSize, gamma: with.gamma}
	s.init(optimizer, with.lastEpoch, s.decay, s.closedForm)
	return s
}

func (s *StepLR) decay() []float64 {
	if s.lastEpoch == 0 {
		return s.current()
	}
	if s.stepSize == 0 {
		panic(torch.NewError("ZeroDivisionError", "integer modulo by zero"))
	}
	if s.lastEpoch%s.stepSize != 0 {
		return s.current()
	}
	return s.scaled(s.gamma)
}

func (s *StepLR) closedForm() []float64 {
	if s.stepSize == 0 {
		panic(torch.NewError("ZeroDivisionError", "integer division or modulo by zero"))
	}
	factor := csrc.Pow(s.gamma, float64(floorDivide(s.lastEpoch, s.stepSize)))
	lrs := make([]float64, len(s.baseLrs))
	for i, lr := range s.baseLrs {
		lrs[i] = lr * factor
	}
	return lrs
}

// floorDivide is Python's a // b.
func floorDivide(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// StateDict returns all that the scheduler remembers, by PyTorch's names, but
// for the optimizer.
func (s *StepLR) StateDict() map[string]any {
	state := s.LRScheduler.StateDict()
	maps.Copy(state, map[string]any{"step_size": s.stepSize, "gamma": s.gamma})
	return state
}

// LoadStateDict sets what the scheduler remembers. What state lacks stays as it
// is. The optimizer's learning rates are not changed: they are in its own state.
func (s *StepLR) LoadStateDict(state map[string]any) error {
	stepSize, gamma := s.stepSize, s.gamma
	err := firstError(
		load(state, "step_size", &stepSize, integer),
		load(state, "gamma", &gamma, float),
		s.LRScheduler.LoadStateDict(state),
	)
	if err == nil {
		s.stepSize, s.gamma = stepSize, gamma
	}
	return err
}
