package lrscheduler

import (
	"math"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// ConstantLR multiplies the learning rate of each group by a factor until
// totalIters epochs have gone by, Python's ConstantLR. With the initial learning rate lr,
// that of epoch t is lr * factor for t < totalIters, and then lr.
type ConstantLR struct {
	LRScheduler
	factor     float64
	totalIters int
}

// NewConstantLR returns a scheduler of an optimizer's learning rates. Options:
// [Factor] (1/3), [TotalIters], [LastEpoch].
//
// It panics if the factor is not between 0 and 1.
func NewConstantLR(optimizer optim.Optimizer, opts ...ConstantLROption) *ConstantLR {
	with := read(settings{factor: 1.0 / 3, totalIters: 5}, opts)
	if with.factor > 1 || with.factor < 0 {
		panic(torch.NewError("ValueError", "Constant multiplicative factor expected to be between 0 and 1."))
	}
	s := &ConstantLR{factor: with.factor, totalIters: with.totalIters}
	s.fields = []field{{"factor", &s.factor}, {"total_iters", &s.totalIters}}
	s.InitNumbers(s, optimizer, with.lastEpoch, s.decay, s.closedForm)
	return s
}

func (s *ConstantLR) decay() []scalar.Number {
	switch s.lastEpoch {
	case 0:
		return s.scaled(s.factor)
	case s.totalIters:
		return s.scaled(quotient(1, s.factor))
	}
	return s.current()
}

func (s *ConstantLR) closedForm() []scalar.Number {
	factor := s.factor
	if s.lastEpoch >= s.totalIters {
		factor += 1 - s.factor
	}
	return scaled(s.baseLrs, factor)
}

// LinearLR multiplies the learning rate of each group by a factor that goes from
// one value to another in totalIters epochs, Python's LinearLR. With the initial learning
// rate lr, that of epoch t is
//
//	lr * (startFactor + (endFactor - startFactor) * min(t, totalIters) / totalIters)
type LinearLR struct {
	LRScheduler
	startFactor, endFactor float64
	totalIters             int
}

// NewLinearLR returns a scheduler of an optimizer's learning rates. Options:
// [StartFactor], [EndFactor], [TotalIters], [LastEpoch].
//
// It panics if the first factor is not in (0, 1], or the last not in [0, 1].
func NewLinearLR(optimizer optim.Optimizer, opts ...LinearLROption) *LinearLR {
	with := read(settings{startFactor: 1.0 / 3, endFactor: 1, totalIters: 5}, opts)
	if with.startFactor > 1 || with.startFactor <= 0 {
		panic(torch.NewError("ValueError", "Starting multiplicative factor expected to be greater than 0 and less or equal to 1."))
	}
	if with.endFactor > 1 || with.endFactor < 0 {
		panic(torch.NewError("ValueError", "Ending multiplicative factor expected to be between 0 and 1."))
	}
	s := &LinearLR{startFactor: with.startFactor, endFactor: with.endFactor, totalIters: with.totalIters}
	s.fields = []field{{"start_factor", &s.startFactor}, {"end_factor", &s.endFactor}, {"total_iters", &s.totalIters}}
	s.InitNumbers(s, optimizer, with.lastEpoch, s.decay, s.closedForm)
	return s
}

func (s *LinearLR) decay() []scalar.Number {
	if s.lastEpoch == 0 {
		return s.scaled(s.startFactor)
	}
	if s.isInitial || s.lastEpoch > s.totalIters {
		return s.current()
	}
	slope := s.endFactor - s.startFactor
	before := float64(float64(s.totalIters)*s.startFactor) + float64(float64(s.lastEpoch-1)*slope)
	return s.scaled(1 + quotient(slope, before))
}

func (s *LinearLR) closedForm() []scalar.Number {
	way := float64((s.endFactor - s.startFactor) * float64(min(s.totalIters, s.lastEpoch)))
	return scaled(s.baseLrs, s.startFactor+quotient(way, float64(s.totalIters)))
}

// PolynomialLR lets the learning rate of each group decay to zero in totalIters
// epochs, by a power of what is left of them: Python's PolynomialLR. With the initial
// learning rate lr, that of epoch t is
//
//	lr * (1 - min(t, totalIters) / totalIters) ** power
type PolynomialLR struct {
	LRScheduler
	totalIters int
	power      float64
}

// NewPolynomialLR returns a scheduler of an optimizer's learning rates. Options:
// [TotalIters], [Power], [LastEpoch].
func NewPolynomialLR(optimizer optim.Optimizer, opts ...PolynomialLROption) *PolynomialLR {
	with := read(settings{totalIters: 5, power: 1}, opts)
	s := &PolynomialLR{totalIters: with.totalIters, power: with.power}
	s.fields = []field{{"total_iters", &s.totalIters}, {"power", &s.power}}
	s.InitNumbers(s, optimizer, with.lastEpoch, s.decay, s.closedForm)
	return s
}

func (s *PolynomialLR) decay() []scalar.Number {
	if s.isInitial || s.lastEpoch > s.totalIters {
		return s.current()
	}
	left := quotient(1-ratio(s.lastEpoch, s.totalIters), 1-ratio(s.lastEpoch-1, s.totalIters))
	return s.scaled(csrc.Pow(left, s.power))
}

func (s *PolynomialLR) closedForm() []scalar.Number {
	return scaled(s.baseLrs, csrc.Pow(1-ratio(min(s.totalIters, s.lastEpoch), s.totalIters), s.power))
}

// CosineAnnealingLR moves the learning rate of each group between the initial one
// and a least one, along a cosine, Python's CosineAnnealingLR. With the initial learning
// rate lr, that of epoch t is
//
//	etaMin + (lr - etaMin) * (1 + cos(pi * t / tMax)) / 2
//
// which goes up again from epoch tMax on.
type CosineAnnealingLR struct {
	LRScheduler
	tMax   int
	etaMin float64
}

// NewCosineAnnealingLR returns a scheduler of an optimizer's learning rates, which
// are least after tMax epochs. Options: [EtaMin], [LastEpoch].
//
// Step panics if tMax is 0.
func NewCosineAnnealingLR(optimizer optim.Optimizer, tMax int, opts ...CosineAnnealingLROption) *CosineAnnealingLR {
	with := read(settings{}, opts)
	s := &CosineAnnealingLR{tMax: tMax, etaMin: with.etaMin}
	s.fields = []field{{"T_max", &s.tMax}, {"eta_min", &s.etaMin}}
	s.InitNumbers(s, optimizer, with.lastEpoch, s.anneal, s.closedForm)
	return s
}

// cosine returns that of an epoch.
func (s *CosineAnnealingLR) cosine(epoch int) float64 {
	return csrc.Cos(quotient(math.Pi*float64(epoch), float64(s.tMax)))
}

func (s *CosineAnnealingLR) anneal() []scalar.Number {
	switch {
	case s.isInitial:
		return s.current()
	case s.stepCount == 1 && s.lastEpoch > 0:
		return s.closedForm()
	case s.tMax == 0:
		panic(torch.NewError("ZeroDivisionError", "integer modulo by zero"))
	case (s.lastEpoch-1-s.tMax)%(2*s.tMax) == 0:
		return s.restart()
	}
	part := quotient(1+s.cosine(s.lastEpoch), 1+s.cosine(s.lastEpoch-1))
	return mapped(s.current(), func(lr scalar.Number) scalar.Number {
		return scalar.Of(part).Mul(lr.Sub(scalar.Of(s.etaMin))).Add(scalar.Of(s.etaMin))
	})
}

// restart leaves the least learning rates, where the chainable form would divide
// by zero.
func (s *CosineAnnealingLR) restart() []scalar.Number {
	lrs, up := s.current(), 1-s.cosine(1)
	scalar.CheckZip(len(s.baseLrs), len(lrs))
	for i, base := range s.baseLrs {
		lrs[i] = lrs[i].Add(base.Sub(scalar.Of(s.etaMin)).Mul(scalar.Of(up)).Div(scalar.Of(2)))
	}
	return lrs
}

func (s *CosineAnnealingLR) closedForm() []scalar.Number {
	return annealed(s.baseLrs, s.etaMin, 1+s.cosine(s.lastEpoch))
}

// annealed returns etaMin + (base - etaMin)*up/2 for each learning rate.
func annealed(baseLrs []scalar.Number, etaMin, up float64) []scalar.Number {
	return mapped(baseLrs, func(base scalar.Number) scalar.Number {
		return scalar.Of(etaMin).Add(base.Sub(scalar.Of(etaMin)).Mul(scalar.Of(up)).Div(scalar.Of(2)))
	})
}
