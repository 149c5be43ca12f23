package lrscheduler

import (
	"math"
	"strconv"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// CosineAnnealingWarmRestarts moves the learning rate of each group from the
// initial one to a least one, along a cosine, again and again: Python's
// CosineAnnealingWarmRestarts. With the initial learning rate lr, it is
//
//	etaMin + (lr - etaMin) * (1 + cos(pi * tCur / ti)) / 2
//
// tCur epochs after the last restart, in a period of ti epochs; periods have t0 epochs,
// t0 * tMult, t0 * tMult ** 2, and so on.
type CosineAnnealingWarmRestarts struct {
	LRScheduler
	t0, ti, tMult int     // epochs of the first period and of this one, and how they grow
	tCur          float64 // epochs since the last restart
	etaMin        float64
}

// NewCosineAnnealingWarmRestarts returns a scheduler of an optimizer's learning
// rates, which restarts after t0 epochs. Options: [TMult], [EtaMin], [LastEpoch].
//
// It panics if t0 is not positive, or TMult less than 1.
func NewCosineAnnealingWarmRestarts(optimizer optim.Optimizer, t0 int, opts ...CosineAnnealingWarmRestartsOption) *CosineAnnealingWarmRestarts {
	with := read(settings{tMult: 1}, opts)
	if t0 <= 0 {
		panic(torch.NewError("ValueError", "Expected positive integer T_0, but got %d", t0))
	}
	if with.tMult < 1 {
		panic(torch.NewError("ValueError", "Expected integer T_mult >= 1, but got %d", with.tMult))
	}
	s := &CosineAnnealingWarmRestarts{t0: t0, ti: t0, tMult: with.tMult, etaMin: with.etaMin, tCur: float64(with.lastEpoch)}
	s.fields = []field{{"T_0", &s.t0}, {"T_i", &s.ti}, {"T_mult", &s.tMult}, {"eta_min", &s.etaMin}, {"T_cur", &s.tCur}}
	s.InitNumbers(s, optimizer, with.lastEpoch, s.anneal, nil)
	return s
}

func (s *CosineAnnealingWarmRestarts) anneal() []scalar.Number {
	return annealed(s.baseLrs, s.etaMin, 1+csrc.Cos(float64(math.Pi*s.tCur)/float64(s.ti)))
}

// Step goes on to the next epoch, and sets the learning rates.
func (s *CosineAnnealingWarmRestarts) Step() {
	if s.lastEpoch < 0 {
		s.StepTo(0)
		return
	}
	s.tCur++
	if ti := float64(s.ti); s.tCur >= ti {
		s.tCur = math.Mod(s.tCur, ti)
		s.ti *= s.tMult
	}
	s.lastEpoch++
	s.setScoped(s.anneal)
}

// StepTo goes to an epoch, which may be a part of one, to set learning rates
// between epochs: Python's scheduler.step(epoch).
//
//	scheduler.StepTo(float64(epoch) + float64(i)/float64(batches))
func (s *CosineAnnealingWarmRestarts) StepTo(epoch float64) {
	switch t0, mult := float64(s.t0), float64(s.tMult); {
	case epoch < 0:
		panic(torch.NewError("ValueError", "Expected non-negative epoch, but got %s", epochText(epoch)))
	case epoch < t0:
		s.ti, s.tCur = s.t0, epoch
	case s.tMult == 1:
		s.tCur = math.Mod(epoch, t0)
	default:
		n := math.Trunc(csrc.Log(float64(epoch/t0*(mult-1))+1) / csrc.Log(mult))
		grown := csrc.Pow(mult, n)
		s.tCur = epoch - float64(t0*(grown-1))/(mult-1)
		s.ti = s.t0 * int(grown)
	}
	s.lastEpoch = int(math.Floor(epoch))
	s.setScoped(s.anneal)
}

// epochText returns an epoch as Python prints it.
func epochText(epoch float64) string { return strconv.FormatFloat(epoch, 'f', -1, 64) }
