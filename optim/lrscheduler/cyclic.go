package lrscheduler

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// Rate is a number for all groups, or one for each.
type Rate interface{ int | float64 | []float64 }

// ratesOf returns a number for each group.
func ratesOf(name string, optimizer optim.Optimizer, rate any) []float64 {
	return scalar.PerGroup(name, len(groupsOf(optimizer)), rate)
}

// A momentumCycle moves the momentum of each group, or the first of its betas,
// against the learning rate.
type momentumCycle struct {
	cycles, useBeta1 bool
	base, most       []float64
}

// init sets the groups' momentum to the largest if training begins.
func (c *momentumCycle) init(optimizer optim.Optimizer, with *settings) {
	c.cycles = with.cycleMomentum
	if !c.cycles {
		return
	}
	defaults := optimizer.Defaults()
	_, hasMomentum := defaults["momentum"]
	_, c.useBeta1 = defaults["betas"]
	if !hasMomentum && !c.useBeta1 {
		panic(torch.NewError("ValueError", "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"))
	}
	c.base = ratesOf("base_momentum", optimizer, with.baseMomentum)
	c.most = ratesOf("max_momentum", optimizer, with.maxMomentum)
	if with.lastEpoch != -1 {
		return
	}
	for i, g := range optimizer.ParamGroups() {
		c.set(g, c.most[i])
		g.Put("max_momentum", c.most[i])
		g.Put("base_momentum", c.base[i])
	}
}

// set sets the momentum of a group.
func (c *momentumCycle) set(g *optim.ParamGroup, momentum float64) {
	if !c.useBeta1 {
		g.Put("momentum", momentum)
		return
	}
	switch betas, _ := g.Get("betas"); b := betas.(type) {
	case [2]float64:
		g.Put("betas", [2]float64{momentum, b[1]})
	case [2]any: // tensors
		g.Put("betas", [2]any{momentum, b[1]})
	}
}

// CyclicLR moves the learning rates between two bounds, and the momentum against
// them, batch by batch: Python's CyclicLR. Call Step after each batch.
type CyclicLR struct {
	LRScheduler
	momentum             momentumCycle
	maxLrs               []float64
	totalSize, stepRatio float64 // the length of a cycle, and the part of it that goes up
	mode, scaleMode      string
	gamma                float64
	scaleFn              func(x float64) float64 // nil: the mode's
	saved                any                     // nil, as functions are not saved
}

// NewCyclicLR returns a scheduler of an optimizer's learning rates, between
// baseLr and maxLr. Options: [StepSizeUp], [StepSizeDown], [Mode]
// ("triangular"), [Gamma] (1), [ScaleFn], [ScaleMode], [CycleMomentum],
// [BaseMomentum] (0.8), [MaxMomentum] (0.9), [LastEpoch].
//
// It panics if there are not as many bounds as groups, if the mode is unknown, and
// if the optimizer has no momentum to be cycled.
func NewCyclicLR[B, M Rate](optimizer optim.Optimizer, baseLr B, maxLr M, opts ...CyclicLROption) *CyclicLR {
	with := read(settings{
		stepSizeUp: 2000, mode: "triangular", gamma: 1, scaleMode: "cycle", cycleMomentum: true, baseMomentum: 0.8, maxMomentum: 0.9,
	}, opts)
	checkOptimizer(optimizer)
	baseLrs := ratesOf("base_lr", optimizer, baseLr)
	if with.lastEpoch == -1 {
		for i, g := range optimizer.ParamGroups() {
			g.SetLR(baseLrs[i])
		}
	}
	s := &CyclicLR{
		maxLrs: ratesOf("max_lr", optimizer, maxLr), mode: with.mode, gamma: with.gamma, scaleFn: with.scaleFn,
		scaleMode: with.scaleMode,
	}
	up, down := float64(with.stepSizeUp), float64(with.stepSizeUp)
	if with.stepSizeDown != nil {
		down = float64(*with.stepSizeDown)
	}
	s.totalSize = up + down
	s.stepRatio = quotient(up, s.totalSize)
	if !slices.Contains([]string{"triangular", "triangular2", "exp_range"}, s.mode) && s.scaleFn == nil {
		panic(torch.NewError("ValueError", "mode is invalid and scale_fn is None"))
	}
	s.setScaleMode()
	s.momentum.init(optimizer, &with)
	s.fields, s.required = s.cyclicFields(), "_scale_fn_custom"
	s.InitNumbers(s, optimizer, with.lastEpoch, s.cycle, nil)
	for i, lr := range baseLrs {
		s.baseLrs[i] = scalar.Of(lr)
	}
	return s
}

func (s *CyclicLR) cyclicFields() []field {
	fields := []field{
		{"max_lrs", &s.maxLrs}, {"total_size", &s.totalSize}, {"step_ratio", &s.stepRatio}, {"mode", &s.mode}, {"gamma", &s.gamma},
		{"scale_mode", &s.scaleMode}, {"_scale_fn_custom", &s.saved}, {"cycle_momentum", &s.momentum.cycles},
	}
	if s.momentum.cycles {
		fields = append(fields, field{"use_beta1", &s.momentum.useBeta1}, field{"base_momentums", &s.momentum.base},
			field{"max_momentums", &s.momentum.most})
	}
	return fields
}

func (s *CyclicLR) setScaleMode() {
	switch {
	case s.scaleFn != nil:
	case s.mode == "exp_range":
		s.scaleMode = "iterations"
	default:
		s.scaleMode = "cycle"
	}
}

// LoadStateDict sets what the scheduler remembers. What state lacks stays as it
// is, and so does the scheduler if an error is returned.
func (s *CyclicLR) LoadStateDict(state map[string]any) error {
	err := s.LRScheduler.LoadStateDict(state)
	s.setScaleMode()
	return err
}

// scale returns the factor of the amplitude.
func (s *CyclicLR) scale(cycle float64) float64 {
	x := cycle
	if s.scaleMode != "cycle" {
		x = float64(s.lastEpoch)
	}
	switch {
	case s.scaleFn != nil:
		return s.scaleFn(x)
	case s.mode == "triangular2":
		return 1 / csrc.Pow(2, x-1)
	case s.mode == "exp_range":
		return csrc.Pow(s.gamma, x)
	}
	return 1
}

func (s *CyclicLR) cycle() []scalar.Number {
	place := float64(s.lastEpoch) / s.totalSize
	cycle := math.Floor(1 + place)
	x := 1 + place - cycle
	var height float64
	if x <= s.stepRatio {
		height = quotient(x, s.stepRatio)
	} else {
		height = quotient(x-1, s.stepRatio-1)
	}
	scale := s.scale(cycle)
	scalar.CheckZip(len(s.baseLrs), len(s.maxLrs))
	lrs := make([]scalar.Number, len(s.baseLrs))
	for i, base := range s.baseLrs {
		up := scalar.Of(s.maxLrs[i]).Sub(base).Mul(scalar.Of(height))
		lrs[i] = base.Add(up.Mul(scalar.Of(scale)))
	}
	if s.momentum.cycles {
		s.momentum.move(s.optimizer.ParamGroups(), height, scale)
	}
	return lrs
}

// move moves the momentum of each group down, and back again.
func (c *momentumCycle) move(groups []*optim.ParamGroup, height, scale float64) {
	scalar.CheckZip(len(c.base), len(c.most))
	for i, g := range groups[:min(len(groups), len(c.most))] {
		down := float64((c.most[i] - c.base[i]) * height)
		c.set(g, c.most[i]-float64(down*scale))
	}
	scalar.CheckZip(len(groups), len(c.most))
}
