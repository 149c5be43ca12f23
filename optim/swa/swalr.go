package swa

import (
	"math"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/optim/lrscheduler"
	"github.com/wangkuiyi/gotorch/torch"
)

// SWALR moves the learning rate of each group to a constant one, Python's SWALR.
type SWALR struct {
	lrscheduler.LRScheduler
	annealEpochs   int
	annealStrategy string
}

// A SWALROption is an option of [NewSWALR]: [AnnealEpochs], [AnnealStrategy],
// [LastEpoch].
type SWALROption func(*swalrSettings)

type swalrSettings struct {
	annealEpochs, lastEpoch int
	annealStrategy          string
}

// AnnealEpochs is how many epochs the move takes, Python's anneal_epochs=. Its
// default is 10.
func AnnealEpochs(n int) SWALROption { return func(s *swalrSettings) { s.annealEpochs = n } }

// AnnealStrategy is "cos" or "linear", Python's anneal_strategy=. Its default is
// "cos".
func AnnealStrategy(name string) SWALROption {
	return func(s *swalrSettings) { s.annealStrategy = name }
}

// LastEpoch is the last epoch before training goes on from a checkpoint, Python's
// last_epoch=. Its default is -1: training begins.
func LastEpoch(epoch int) SWALROption { return func(s *swalrSettings) { s.lastEpoch = epoch } }

// NewSWALR returns a scheduler of an optimizer's learning rates, which go to
// swaLr. Options: [AnnealEpochs], [AnnealStrategy], [LastEpoch].
//
// It panics if the number of epochs is negative, or the strategy unknown.
func NewSWALR[R lrscheduler.Rate](optimizer optim.Optimizer, swaLr R, opts ...SWALROption) *SWALR {
	with := swalrSettings{annealEpochs: 10, lastEpoch: -1, annealStrategy: "cos"}
	for _, o := range opts {
		o(&with)
	}
	if scalar.IsNil(optimizer) {
		panic(scalar.NoGroups())
	}
	groups := optimizer.ParamGroups()
	for i, lr := range scalar.PerGroup("swa_lr", len(groups), swaLr) {
		groups[i].Put("swa_lr", lr)
	}
	if with.annealStrategy != "cos" && with.annealStrategy != "linear" {
		panic(torch.NewError("ValueError", "anneal_strategy must be one of 'cos' or 'linear', instead got %s", with.annealStrategy))
	}
	if with.annealEpochs < 0 {
		panic(torch.NewError("ValueError", "anneal_epochs must be equal or greater than 0, got %d", with.annealEpochs))
	}
	s := &SWALR{annealEpochs: with.annealEpochs, annealStrategy: with.annealStrategy}
	s.Remember("anneal_epochs", &s.annealEpochs)
	s.Remember("_anneal_strategy", &s.annealStrategy)
	s.InitNumbers(s, optimizer, with.lastEpoch, s.anneal, nil)
	return s
}

// progress returns how far the learning rates are after a step.
func (s *SWALR) progress(step int) float64 {
	t := max(0, min(1, float64(step)/float64(max(1, s.annealEpochs))))
	if s.annealStrategy == "linear" {
		return t
	}
	return (1 - csrc.Cos(math.Pi*t)) / 2
}

func (s *SWALR) anneal() []scalar.Number {
	step := s.StepCount() - 1
	if s.annealEpochs == 0 {
		step = max(1, step)
	}
	before, now := s.progress(step-1), s.progress(step)
	var lrs []scalar.Number
	for _, g := range s.Optimizer().ParamGroups() {
		lr, _ := g.Get("lr")
		goal, ok := g.Get("swa_lr")
		if !ok { // of a group that was added since
			panic(torch.NewError("KeyError", "'swa_lr'"))
		}
		lrs = append(lrs, towards(scalar.From(lr), scalar.From(goal), before, now))
	}
	return lrs
}

// towards returns a learning rate that came a part of the way to a goal, when it
// has gone another part.
func towards(lr, goal scalar.Number, before, now float64) scalar.Number {
	initial := goal
	if before != 1 {
		initial = lr.Sub(scalar.Of(before).Mul(goal)).Div(scalar.Of(1 - before))
	}
	return goal.Mul(scalar.Of(now)).Add(initial.Mul(scalar.Of(1 - now)))
}
