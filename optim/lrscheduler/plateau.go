package lrscheduler

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// ReduceLROnPlateau multiplies the learning rates by a factor when a metric has
// not become better for some epochs, Python's ReduceLROnPlateau. Its Step takes
// the metric, so that it is no [Scheduler], and other schedulers cannot be
// composed of it.
type ReduceLROnPlateau struct {
	scheduler                  LRScheduler
	mode, thresholdMode        string
	factor, threshold, eps     float64
	patience, cooldown         int
	defaultMinLr               *float64 // nil: each group has its own
	minLrs                     []float64
	best, worst                float64
	cooldownCounter, badEpochs int
}

// NewReduceLROnPlateau returns a scheduler of an optimizer's learning rates.
// Options: [Mode] ("min"), [Factor] (0.1), [Patience], [Threshold],
// [ThresholdMode], [Cooldown], [MinLr], [Eps].
//
// It panics if the factor is not below 1, and if a mode is unknown.
func NewReduceLROnPlateau(optimizer optim.Optimizer, opts ...ReduceLROnPlateauOption) *ReduceLROnPlateau {
	with := read(settings{
		mode: "min", factor: 0.1, patience: 10, threshold: 1e-4, thresholdMode: "rel", minLr: []float64{0}, eps: 1e-8,
	}, opts)
	if with.factor >= 1 {
		panic(torch.NewError("ValueError", "Factor should be < 1.0."))
	}
	checkOptimizer(optimizer)
	r := &ReduceLROnPlateau{
		mode: with.mode, thresholdMode: with.thresholdMode, factor: with.factor, threshold: with.threshold, eps: with.eps,
		patience: with.patience, cooldown: with.cooldown,
	}
	groups := len(optimizer.ParamGroups())
	switch {
	case !with.minLrEach:
		r.defaultMinLr, r.minLrs = &with.minLr[0], slices.Repeat(with.minLr, groups)
	case len(with.minLr) != groups:
		panic(torch.NewError("ValueError", "expected %d min_lrs, got %d", groups, len(with.minLr)))
	default:
		r.minLrs = slices.Clone(with.minLr)
	}
	r.scheduler.optimizer = optimizer
	r.scheduler.lastLr = r.scheduler.GroupLrs()
	r.scheduler.fields = r.fields()
	r.setWorst()
	r.best = r.worst
	return r
}

func (r *ReduceLROnPlateau) fields() []field {
	return []field{
		{"factor", &r.factor}, {"default_min_lr", &r.defaultMinLr}, {"min_lrs", &r.minLrs}, {"patience", &r.patience},
		{"cooldown", &r.cooldown}, {"eps", &r.eps}, {"last_epoch", &r.scheduler.lastEpoch}, {"_last_lr", &r.scheduler.lastLr},
		{"mode_worse", &r.worst}, {"mode", &r.mode}, {"threshold", &r.threshold}, {"threshold_mode", &r.thresholdMode},
		{"best", &r.best}, {"cooldown_counter", &r.cooldownCounter}, {"num_bad_epochs", &r.badEpochs},
	}
}

// setWorst sets the worst metric there can be.
func (r *ReduceLROnPlateau) setWorst() {
	switch {
	case r.mode != "min" && r.mode != "max":
		panic(torch.NewError("ValueError", "mode %s is unknown!", r.mode))
	case r.thresholdMode != "rel" && r.thresholdMode != "abs":
		panic(torch.NewError("ValueError", "threshold mode %s is unknown!", r.thresholdMode))
	case r.mode == "min":
		r.worst = math.Inf(1)
	default:
		r.worst = math.Inf(-1)
	}
}

// Step goes on to the next epoch, and reduces the learning rates if it is time.
func (r *ReduceLROnPlateau) Step(metric float64) { r.goTo(metric, r.scheduler.lastEpoch+1) }

// StepTo goes to an epoch. PyTorch deprecates it: Python's
// scheduler.step(metric, epoch).
func (r *ReduceLROnPlateau) StepTo(metric float64, epoch int) {
	warnEpoch()
	r.goTo(metric, epoch)
}

func (r *ReduceLROnPlateau) goTo(metric float64, epoch int) {
	r.scheduler.lastEpoch = epoch
	if r.isBetter(metric) {
		r.best, r.badEpochs = metric, 0
	} else {
		r.badEpochs++
	}
	if r.cooldownCounter > 0 {
		r.cooldownCounter--
		r.badEpochs = 0
	}
	if r.badEpochs > r.patience {
		r.reduce()
		r.cooldownCounter, r.badEpochs = r.cooldown, 0
	}
	r.scheduler.lastLr = r.scheduler.GroupLrs()
}

func (r *ReduceLROnPlateau) isBetter(metric float64) bool {
	switch {
	case r.mode == "min" && r.thresholdMode == "rel":
		return metric < float64(r.best*(1-r.threshold))
	case r.mode == "min":
		return metric < r.best-r.threshold
	case r.thresholdMode == "rel":
		return metric > float64(r.best*(r.threshold+1))
	}
	return metric > r.best+r.threshold
}

func (r *ReduceLROnPlateau) reduce() {
	groups := groupsOf(r.scheduler.optimizer)
	if len(groups) != len(r.minLrs) {
		if r.defaultMinLr == nil {
			panic(torch.NewError("RuntimeError", "The number of param groups in the `optimizer` (%d) differs from when "+
				"`ReduceLROnPlateau` was initialized (%d), usually due to a new param group being added to the optimizer. "+
				"Please modify the `min_lrs` field to match the length of the `optimizer` param groups.", len(groups), len(r.minLrs)))
		}
		r.minLrs = slices.Repeat([]float64{*r.defaultMinLr}, len(groups))
	}
	for i, g := range groups {
		before := g.LR()
		if after := max(float64(before*r.factor), r.minLrs[i]); before-after > r.eps {
			g.SetLR(after)
		}
	}
}

// GetLastLr returns the learning rates that were set last, one for each group.
func (r *ReduceLROnPlateau) GetLastLr() []float64 { return r.scheduler.GetLastLr() }

// LastEpoch returns the number of epochs gone by.
func (r *ReduceLROnPlateau) LastEpoch() int { return r.scheduler.lastEpoch }

// Optimizer returns the optimizer.
func (r *ReduceLROnPlateau) Optimizer() optim.Optimizer { return r.scheduler.optimizer }

// StateDict returns all that the scheduler remembers, by PyTorch's names, but
// for the optimizer.
func (r *ReduceLROnPlateau) StateDict() map[string]any { return r.scheduler.StateDict() }

// LoadStateDict sets what the scheduler remembers. What state lacks stays as it
// is, and so does the scheduler if an error is returned.
func (r *ReduceLROnPlateau) LoadStateDict(state map[string]any) error {
	before := *r
	if err := r.scheduler.LoadStateDict(state); err != nil {
		return err
	}
	if err := torch.Try(r.setWorst); err != nil {
		*r = before
		return err
	}
	return nil
}
