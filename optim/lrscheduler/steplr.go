package lrscheduler

import (
	"slices"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// StepLR multiplies the learning rate of each group by gamma every stepSize
// epochs, Python's StepLR. Other changes to the learning rates stay in force; with the
// initial learning rate lr and none, that of epoch t is lr * gamma ** (t // stepSize).
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
	with := read(settings{gamma: 0.1}, opts)
	s := &StepLR{stepSize: stepSize, gamma: with.gamma}
	s.fields = []field{{"step_size", &s.stepSize}, {"gamma", &s.gamma}}
	s.InitNumbers(s, optimizer, with.lastEpoch, s.decay, s.closedForm)
	return s
}

func (s *StepLR) decay() []scalar.Number {
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

func (s *StepLR) closedForm() []scalar.Number {
	if s.stepSize == 0 {
		panic(torch.NewError("ZeroDivisionError", "integer division or modulo by zero"))
	}
	return scaled(s.baseLrs, csrc.Pow(s.gamma, float64(floorDivide(s.lastEpoch, s.stepSize))))
}

// floorDivide is Python's a // b.
func floorDivide(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// MultiStepLR multiplies the learning rate of each group by gamma at each of the
// milestones, Python's MultiStepLR.
type MultiStepLR struct {
	LRScheduler
	milestones map[int]int // how often each comes up
	gamma      float64
}

// NewMultiStepLR returns a scheduler of an optimizer's learning rates. Options:
// [Gamma], [LastEpoch].
//
//	// With LR(0.05): 0.05 up to epoch 29, 0.005 up to 79, 0.0005 from 80 on.
//	scheduler := lrscheduler.NewMultiStepLR(optimizer, []int{30, 80}, lrscheduler.Gamma(0.1))
func NewMultiStepLR(optimizer optim.Optimizer, milestones []int, opts ...MultiStepLROption) *MultiStepLR {
	with := read(settings{gamma: 0.1}, opts)
	s := &MultiStepLR{milestones: map[int]int{}, gamma: with.gamma}
	for _, m := range milestones {
		s.milestones[m]++
	}
	s.fields = []field{{"milestones", &s.milestones}, {"gamma", &s.gamma}}
	s.InitNumbers(s, optimizer, with.lastEpoch, s.decay, s.closedForm)
	return s
}

func (s *MultiStepLR) decay() []scalar.Number {
	count, ok := s.milestones[s.lastEpoch]
	if !ok {
		return s.current()
	}
	return s.scaled(csrc.Pow(s.gamma, float64(count)))
}

func (s *MultiStepLR) closedForm() []scalar.Number {
	passed := 0
	for milestone, count := range s.milestones {
		if milestone <= s.lastEpoch {
			passed += count
		}
	}
	return scaled(s.baseLrs, csrc.Pow(s.gamma, float64(passed)))
}

// ExponentialLR multiplies the learning rate of each group by gamma in each
// epoch, Python's ExponentialLR. With the initial learning rate lr, that of epoch t is
// lr * gamma ** t.
type ExponentialLR struct {
	LRScheduler
	gamma float64
}

// NewExponentialLR returns a scheduler of an optimizer's learning rates. Option:
// [LastEpoch].
func NewExponentialLR(optimizer optim.Optimizer, gamma float64, opts ...ExponentialLROption) *ExponentialLR {
	with := read(settings{}, opts)
	s := &ExponentialLR{gamma: gamma}
	s.fields = []field{{"gamma", &s.gamma}}
	s.InitNumbers(s, optimizer, with.lastEpoch, s.decay, func() []scalar.Number {
		return scaled(s.baseLrs, csrc.Pow(s.gamma, float64(s.lastEpoch)))
	})
	return s
}

func (s *ExponentialLR) decay() []scalar.Number {
	if s.isInitial {
		return s.current()
	}
	return s.scaled(s.gamma)
}

// LambdaLR sets the learning rate of each group to the initial one times what a
// function returns for the epoch, Python's LambdaLR.
type LambdaLR struct {
	LRScheduler
	lambdas []func(epoch int) float64
}

// Lambdas are one function for all groups, or one for each.
type Lambdas interface {
	func(epoch int) float64 | []func(epoch int) float64
}

// NewLambdaLR returns a scheduler of an optimizer's learning rates. Option:
// [LastEpoch]. StateDict has no functions in it.
//
//	scheduler := lrscheduler.NewLambdaLR(optimizer, func(epoch int) float64 { return math.Pow(0.95, float64(epoch)) })
//
// It panics if the functions are not one for all groups, nor one for each.
func NewLambdaLR[L Lambdas](optimizer optim.Optimizer, lrLambda L, opts ...LambdaLROption) *LambdaLR {
	with := read(settings{}, opts)
	s := &LambdaLR{lambdas: lambdasOf(optimizer, lrLambda)}
	s.fields = []field{{"lr_lambdas", &s.lambdas}}
	s.required = "lr_lambdas"
	s.InitNumbers(s, optimizer, with.lastEpoch, func() []scalar.Number { return apply(s.lambdas, s.lastEpoch, s.baseLrs) }, nil)
	return s
}

// apply multiplies learning rates by what functions return for an epoch.
func apply(lambdas []func(int) float64, epoch int, lrs []scalar.Number) []scalar.Number {
	scalar.CheckZip(len(lambdas), len(lrs))
	results := make([]scalar.Number, len(lrs))
	for i, lr := range lrs {
		if lambdas[i] == nil {
			panic(torch.NewError("TypeError", "'NoneType' object is not callable"))
		}
		results[i] = lr.Mul(scalar.Of(lambdas[i](epoch)))
	}
	return results
}

func lambdasOf(optimizer optim.Optimizer, lambda any) []func(int) float64 {
	groups := len(groupsOf(optimizer))
	if fn, ok := lambda.(func(int) float64); ok {
		return slices.Repeat([]func(int) float64{fn}, groups)
	}
	lambdas := slices.Clone(lambda.([]func(int) float64))
	if len(lambdas) != groups {
		panic(torch.NewError("ValueError", "Expected %d lr_lambdas, but got %d", groups, len(lambdas)))
	}
	return lambdas
}

// MultiplicativeLR multiplies the learning rate of each group by what a function
// returns for the epoch, Python's MultiplicativeLR.
type MultiplicativeLR struct {
	LRScheduler
	lambdas []func(epoch int) float64
}

// NewMultiplicativeLR returns a scheduler of an optimizer's learning rates.
// Option: [LastEpoch]. StateDict has no functions in it.
//
// It panics if the functions are not one for all groups, nor one for each.
func NewMultiplicativeLR[L Lambdas](optimizer optim.Optimizer, lrLambda L, opts ...MultiplicativeLROption) *MultiplicativeLR {
	with := read(settings{}, opts)
	s := &MultiplicativeLR{lambdas: lambdasOf(optimizer, lrLambda)}
	if slices.ContainsFunc(s.lambdas, func(fn func(int) float64) bool { return fn == nil }) {
		panic(torch.NewError("TypeError", "lr_lambda should be a function, but got NoneType"))
	}
	s.fields = []field{{"lr_lambdas", &s.lambdas}}
	s.required = "lr_lambdas"
	s.InitNumbers(s, optimizer, with.lastEpoch, func() []scalar.Number {
		if s.isInitial {
			return s.current()
		}
		return apply(s.lambdas, s.lastEpoch, s.current())
	}, nil)
	return s
}
