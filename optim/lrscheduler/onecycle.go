package lrscheduler

import (
	"math"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// OneCycleLR moves the learning rates up and down once, to far below the initial
// ones, and the momentum against them, batch by batch: Python's OneCycleLR. They go from
// maxLr / divFactor to maxLr in the first part, pctStart, of the steps, and then to
// maxLr / divFactor / finalDivFactor. Call Step after each batch; more steps than there are
// in the cycle panic.
type OneCycleLR struct {
	LRScheduler
	momentum   momentumCycle
	totalSteps int
	annealing  string // "cos" or "linear"
	phases     []phase
}

// A phase of OneCycleLR goes on to a step, from one learning rate and momentum of
// a group to another, which the group has under these names.
type phase struct {
	end                                        float64
	startLr, endLr, startMomentum, endMomentum string
}

// NewOneCycleLR returns a scheduler of an optimizer's learning rates, which are
// largest at maxLr. Options: [TotalSteps], or both [Epochs] and [StepsPerEpoch];
// [PctStart], [AnnealStrategy] ("cos"), [CycleMomentum], [BaseMomentum] (0.85),
// [MaxMomentum] (0.95), [DivFactor], [FinalDivFactor], [ThreePhase], [LastEpoch].
//
// It panics if the number of steps is not given or not positive, if another
// option is out of its range, and if the optimizer has no momentum to be cycled.
func NewOneCycleLR[M Rate](optimizer optim.Optimizer, maxLr M, opts ...OneCycleLROption) *OneCycleLR {
	with := read(settings{
		pctStart: 0.3, annealStrategy: "cos", cycleMomentum: true, baseMomentum: 0.85, maxMomentum: 0.95, divFactor: 25,
		finalDivFactor: 1e4,
	}, opts)
	checkOptimizer(optimizer)
	s := &OneCycleLR{totalSteps: totalSteps(&with), annealing: with.annealStrategy}
	s.setPhases(with.pctStart, with.threePhase)
	if !(0 <= with.pctStart && with.pctStart <= 1) {
		panic(torch.NewError("ValueError", "Expected float between 0 and 1 pct_start, but got %s",
			pytext.Float(with.pctStart)))
	}
	if s.annealing != "cos" && s.annealing != "linear" {
		panic(torch.NewError("ValueError", "anneal_strategy must be one of 'cos' or 'linear', instead got %s", s.annealing))
	}
	maxLrs := ratesOf("max_lr", optimizer, maxLr)
	if with.lastEpoch == -1 {
		for i, g := range optimizer.ParamGroups() {
			initial := quotient(maxLrs[i], with.divFactor)
			g.Put("initial_lr", initial)
			g.Put("max_lr", maxLrs[i])
			g.Put("min_lr", quotient(initial, with.finalDivFactor))
		}
	}
	s.momentum.init(optimizer, &with)
	s.fields = []field{
		{"total_steps", &s.totalSteps}, {"_anneal_func_type", &s.annealing},
		{"cycle_momentum", &s.momentum.cycles},
	}
	if s.momentum.cycles {
		s.fields = append(s.fields, field{"use_beta1", &s.momentum.useBeta1})
	}
	s.InitNumbers(s, optimizer, with.lastEpoch, s.cycle, nil)
	return s
}

// totalSteps returns the length of the cycle.
func totalSteps(with *settings) int {
	positive := func(name string, value int) {
		if value <= 0 {
			panic(torch.NewError("ValueError", "Expected positive integer %s, but got %d", name, value))
		}
	}
	switch {
	case with.totalSteps != nil:
		positive("total_steps", *with.totalSteps)
		return *with.totalSteps
	case with.epochs != nil && with.stepsPerEpoch != nil:
		positive("epochs", *with.epochs)
		positive("steps_per_epoch", *with.stepsPerEpoch)
		return *with.epochs * *with.stepsPerEpoch
	}
	panic(torch.NewError("ValueError", "You must define either total_steps OR (epochs AND steps_per_epoch)"))
}

func (s *OneCycleLR) setPhases(pctStart float64, three bool) {
	total := float64(s.totalSteps)
	up := phase{float64(pctStart*total) - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum"}
	if three {
		s.phases = []phase{
			up,
			{float64(2*pctStart*total) - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"},
			{total - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum"},
		}
	} else {
		s.phases = []phase{up, {total - 1, "max_lr", "min_lr", "base_momentum", "max_momentum"}}
	}
}

// StateDict returns all that the scheduler remembers, by PyTorch's names, but
// for the optimizer.
func (s *OneCycleLR) StateDict() map[string]any {
	phases := make([]map[string]any, len(s.phases))
	for i, p := range s.phases {
		phases[i] = map[string]any{
			"end_step": p.end, "start_lr": p.startLr, "end_lr": p.endLr, "start_momentum": p.startMomentum,
			"end_momentum": p.endMomentum,
		}
	}
	state := s.LRScheduler.StateDict()
	state["_schedule_phases"] = phases
	return state
}

// LoadStateDict sets what the scheduler remembers. What state lacks stays as it
// is, and so does the scheduler if an error is returned.
func (s *OneCycleLR) LoadStateDict(state map[string]any) error {
	phases := s.phases
	if saved, ok := state["_schedule_phases"]; ok {
		if phases, ok = listOf(phaseOf)(saved); !ok {
			return torch.NewError("TypeError", "'_schedule_phases' of a scheduler's state cannot be %T", saved)
		}
	}
	err := s.LRScheduler.LoadStateDict(state)
	if err == nil {
		s.phases = phases
	}
	return err
}

// phaseOf reads a phase.
func phaseOf(value any) (p phase, ok bool) {
	saved, ok := value.(map[string]any)
	if !ok {
		return p, false
	}
	for name, to := range map[string]*string{
		"start_lr": &p.startLr, "end_lr": &p.endLr, "start_momentum": &p.startMomentum, "end_momentum": &p.endMomentum,
	} {
		if *to, ok = saved[name].(string); !ok {
			return p, false
		}
	}
	p.end, ok = float(saved["end_step"])
	return p, ok
}

// anneal returns a value on the way from start to end.
func (s *OneCycleLR) anneal(start, end, part float64) float64 {
	if s.annealing == "linear" {
		return float64((end-start)*part) + start
	}
	return end + float64((start-end)/2*(csrc.Cos(math.Pi*part)+1))
}

func (s *OneCycleLR) cycle() []scalar.Number {
	if s.lastEpoch > s.totalSteps {
		panic(torch.NewError("ValueError", "Tried to step %d times. The specified number of total steps is %d", s.lastEpoch,
			s.totalSteps))
	}
	i, start, step := 0, 0.0, float64(s.lastEpoch)
	for ; step > s.phases[i].end && i < len(s.phases)-1; i++ {
		start = s.phases[i].end
	}
	p := s.phases[i]
	part := quotient(step-start, p.end-start)
	var lrs []scalar.Number
	for _, g := range s.optimizer.ParamGroups() {
		lrs = append(lrs, scalar.Of(s.anneal(valueOf(g, p.startLr), valueOf(g, p.endLr), part)))
		if s.momentum.cycles {
			s.momentum.set(g, s.anneal(valueOf(g, p.startMomentum), valueOf(g, p.endMomentum), part))
		}
	}
	return lrs
}

// valueOf returns a number that a group has under a name.
func valueOf(g *optim.ParamGroup, name string) float64 {
	value, _ := g.Get(name)
	number, ok := float(value)
	if !ok {
		panic(torch.NewError("KeyError", "'%s'", name))
	}
	return number
}
