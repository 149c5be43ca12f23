package lrscheduler_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/lrscheduler"
	"github.com/wangkuiyi/gotorch/torch"
)

// schedulerErrors are misuses of two optimizers, in Python and in Go.
var schedulerErrors = map[string]func(o, other optim.Optimizer){
	"s.StepLR(opt, 1, last_epoch=3)":     func(o, _ optim.Optimizer) { lrscheduler.NewStepLR(o, 1, lrscheduler.LastEpoch(3)) },
	"s.CosineAnnealingLR(opt, 0).step()": func(o, _ optim.Optimizer) { lrscheduler.NewCosineAnnealingLR(o, 0).Step() },
	"s.StepLR(opt, 0).step()":            func(o, _ optim.Optimizer) { lrscheduler.NewStepLR(o, 0).Step() },
	"s.LambdaLR(opt, [lambda e: 1])": func(o, _ optim.Optimizer) {
		lrscheduler.NewLambdaLR(o, []func(int) float64{power(1)})
	},
	"s.MultiplicativeLR(opt, [lambda e: 1] * 3)": func(o, _ optim.Optimizer) {
		lrscheduler.NewMultiplicativeLR(o, []func(int) float64{power(1), power(1), power(1)})
	},
	"s.ConstantLR(opt, 1.5)": func(o, _ optim.Optimizer) { lrscheduler.NewConstantLR(o, lrscheduler.Factor(1.5)) },
	"s.LinearLR(opt, 0)":     func(o, _ optim.Optimizer) { lrscheduler.NewLinearLR(o, lrscheduler.StartFactor(0)) },
	"s.LinearLR(opt, 0.5, -1)": func(o, _ optim.Optimizer) {
		lrscheduler.NewLinearLR(o, lrscheduler.StartFactor(0.5), lrscheduler.EndFactor(-1))
	},
	"s.CosineAnnealingWarmRestarts(opt, 0)": func(o, _ optim.Optimizer) { lrscheduler.NewCosineAnnealingWarmRestarts(o, 0) },
	"s.CosineAnnealingWarmRestarts(opt, 1, 0)": func(o, _ optim.Optimizer) {
		lrscheduler.NewCosineAnnealingWarmRestarts(o, 1, lrscheduler.TMult(0))
	},
	"s.CosineAnnealingWarmRestarts(opt, 1).step(-1)": func(o, _ optim.Optimizer) {
		lrscheduler.NewCosineAnnealingWarmRestarts(o, 1).StepTo(-1)
	},
	"s.CyclicLR(opt, [0.1], 0.2)": func(o, _ optim.Optimizer) { lrscheduler.NewCyclicLR(o, []float64{0.1}, 0.2) },
	`s.CyclicLR(opt, 0.1, 0.2, mode="x")`: func(o, _ optim.Optimizer) {
		lrscheduler.NewCyclicLR(o, 0.1, 0.2, lrscheduler.Mode("x"))
	},
	"s.CyclicLR(optim.Adagrad([torch.ones(1, requires_grad=True)]), 0.1, 0.2)": func(optim.Optimizer, optim.Optimizer) {
		o := optim.NewAdagrad([]*torch.Tensor{torch.Ones([]int64{1}, torch.RequiresGrad(true))})
		lrscheduler.NewCyclicLR(o, 0.1, 0.2)
	},
	"s.OneCycleLR(opt, 0.1)": func(o, _ optim.Optimizer) { lrscheduler.NewOneCycleLR(o, 0.1) },
	"s.OneCycleLR(opt, 0.1, total_steps=0)": func(o, _ optim.Optimizer) {
		lrscheduler.NewOneCycleLR(o, 0.1, lrscheduler.TotalSteps(0))
	},
	"s.OneCycleLR(opt, 0.1, epochs=3, steps_per_epoch=-1)": func(o, _ optim.Optimizer) {
		lrscheduler.NewOneCycleLR(o, 0.1, lrscheduler.Epochs(3), lrscheduler.StepsPerEpoch(-1))
	},
	"s.OneCycleLR(opt, 0.1, total_steps=5, pct_start=1.5)": func(o, _ optim.Optimizer) {
		lrscheduler.NewOneCycleLR(o, 0.1, lrscheduler.TotalSteps(5), lrscheduler.PctStart(1.5))
	},
	`s.OneCycleLR(opt, 0.1, total_steps=5, anneal_strategy="x")`: func(o, _ optim.Optimizer) {
		lrscheduler.NewOneCycleLR(o, 0.1, lrscheduler.TotalSteps(5), lrscheduler.AnnealStrategy("x"))
	},
	"sched = s.OneCycleLR(opt, 0.1, total_steps=2)\n[sched.step() for _ in range(3)]": func(o, _ optim.Optimizer) {
		sched := lrscheduler.NewOneCycleLR(o, 0.1, lrscheduler.TotalSteps(2))
		for range 3 {
			sched.Step()
		}
	},
	"s.ReduceLROnPlateau(opt, factor=1.0)": func(o, _ optim.Optimizer) {
		lrscheduler.NewReduceLROnPlateau(o, lrscheduler.Factor(1))
	},
	`s.ReduceLROnPlateau(opt, mode="x")`: func(o, _ optim.Optimizer) {
		lrscheduler.NewReduceLROnPlateau(o, lrscheduler.Mode("x"))
	},
	`s.ReduceLROnPlateau(opt, threshold_mode="x")`: func(o, _ optim.Optimizer) {
		lrscheduler.NewReduceLROnPlateau(o, lrscheduler.ThresholdMode("x"))
	},
	"s.ReduceLROnPlateau(opt, min_lr=[0.1])": func(o, _ optim.Optimizer) {
		lrscheduler.NewReduceLROnPlateau(o, lrscheduler.MinLr([]float64{0.1}))
	},
	"s.SequentialLR(opt, [], [])": func(o, _ optim.Optimizer) { lrscheduler.NewSequentialLR(o, nil, nil) },
	"s.SequentialLR(opt, [s.StepLR(opt, 1)], [1])": func(o, _ optim.Optimizer) {
		lrscheduler.NewSequentialLR(o, []lrscheduler.Scheduler{lrscheduler.NewStepLR(o, 1)}, []int{1})
	},
	"s.SequentialLR(opt, [s.StepLR(other, 1)], [])": func(o, other optim.Optimizer) {
		lrscheduler.NewSequentialLR(o, []lrscheduler.Scheduler{lrscheduler.NewStepLR(other, 1)}, nil)
	},
	"s.ChainedScheduler([])": func(optim.Optimizer, optim.Optimizer) { lrscheduler.NewChainedScheduler() },
	"s.ChainedScheduler([s.StepLR(opt, 1), s.ExponentialLR(other, 1)])": func(o, other optim.Optimizer) {
		lrscheduler.NewChainedScheduler(lrscheduler.NewStepLR(o, 1), lrscheduler.NewExponentialLR(other, 1))
	},
	"first = s.SequentialLR(opt, [s.StepLR(opt, 1)], [])\n" +
		"sched = s.SequentialLR(opt, [s.StepLR(opt, 1), first], [1])\nsched.step()": func(o, _ optim.Optimizer) {
		first := lrscheduler.NewSequentialLR(o, []lrscheduler.Scheduler{lrscheduler.NewStepLR(o, 1)}, nil)
		lrscheduler.NewSequentialLR(o, []lrscheduler.Scheduler{lrscheduler.NewStepLR(o, 1), first}, []int{1}).Step()
	},
}

// nilErrors are misuses of what is None in Python and nil in Go.
var nilErrors = map[string]func(o, other optim.Optimizer){
	"s.StepLR(None, 1)":             func(_, _ optim.Optimizer) { lrscheduler.NewStepLR(nil, 1) },
	"s.StepLR(None, 2)":             func(_, _ optim.Optimizer) { lrscheduler.NewStepLR((*optim.SGD)(nil), 2) },
	"s.ExponentialLR(None, 1)":      func(_, _ optim.Optimizer) { lrscheduler.NewExponentialLR(nil, 1) },
	"s.LambdaLR(None, lambda e: 1)": func(_, _ optim.Optimizer) { lrscheduler.NewLambdaLR(nil, power(1)) },
	"s.LambdaLR(opt, None)":         func(o, _ optim.Optimizer) { lrscheduler.NewLambdaLR[func(int) float64](o, nil) },
	"s.LambdaLR(opt, [None, None])": func(o, _ optim.Optimizer) { lrscheduler.NewLambdaLR(o, []func(int) float64{nil, nil}) },
	"s.MultiplicativeLR(opt, None).step()": func(o, _ optim.Optimizer) {
		lrscheduler.NewMultiplicativeLR[func(int) float64](o, nil).Step()
	},
	"s.CyclicLR(None, 0.1, 0.2)":             func(_, _ optim.Optimizer) { lrscheduler.NewCyclicLR(nil, 0.1, 0.2) },
	"s.OneCycleLR(None, 0.1, total_steps=3)": func(_, _ optim.Optimizer) { lrscheduler.NewOneCycleLR(nil, 0.1, lrscheduler.TotalSteps(3)) },
	"s.ReduceLROnPlateau(None)":              func(_, _ optim.Optimizer) { lrscheduler.NewReduceLROnPlateau(nil) },
	"s.SequentialLR(None, [s.StepLR(opt, 1)], [])": func(o, _ optim.Optimizer) {
		lrscheduler.NewSequentialLR(nil, []lrscheduler.Scheduler{lrscheduler.NewStepLR(o, 1)}, nil)
	},
	"s.ChainedScheduler([None])": func(_, _ optim.Optimizer) { lrscheduler.NewChainedScheduler(nil) },
	"s.SequentialLR(opt, [None], [])": func(o, _ optim.Optimizer) {
		lrscheduler.NewSequentialLR(o, []lrscheduler.Scheduler{nil}, nil)
	},
}

// Each misuse panics with the exception that Python raises.
func TestSchedulerErrors(t *testing.T) {
	checkSchedulerErrors(t, schedulerErrors)
	checkSchedulerErrors(t, nilErrors)
}

func checkSchedulerErrors(t *testing.T, cases map[string]func(o, other optim.Optimizer)) {
	for python, golang := range cases {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, prelude+`
	opt, other = make("SGD", lambda: 0.7, 0), make("Adam", lambda: 0.7, 0)
	`+strings.ReplaceAll(python, "\n", "\n\t"))
			catchWarnings(t)
			err := torch.Try(func() { golang(makeOptimizer("SGD", false), makeOptimizer("Adam", false)) })
			var e *torch.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, py.Error.Type, e.Kind)
			want := py.Error.Message
			if e.Kind == "KeyError" { // whose text is a repr
				want = strings.ReplaceAll(strings.Trim(want, `"`), "\\n", "\n")
			}
			assert.Equal(t, want, e.Message)
		})
	}
}

// A group that was added after the scheduler was made has no rate of its own: Python
// raises or goes on, and so does Go, with the same learning rates.
func TestGroupsAddedLater(t *testing.T) {
	for i, c := range schedulers {
		kind, tensor := []string{"SGD", "Adam"}[i%2], i%3 == 0
		t.Run(c.python, func(t *testing.T) {
			py := parity.Run(t, prelude+fmt.Sprintf(`
	opt = make(%q, lambda: %s, 0)
	scheduler = s.%s
	opt.step()
	scheduler.step()
	opt.add_param_group({"params": [torch.ones(1, requires_grad=True)], "lr": 0.2})
	out["outcomes"] = outcomes = []
	def attempt(step):
	    try:
	        step()
	        outcomes.append("no error")
	    except Exception as e:
	        outcomes.append(type(e).__name__ + ": " + str(e))
	    outcomes.append(text([g["lr"] for g in opt.param_groups]))
	for _ in range(2):
	    attempt(scheduler.step)
	for epoch in (0, 6):
	    attempt(lambda: scheduler.step(epoch))
`, kind, map[bool]string{false: "0.7", true: "torch.tensor(0.7)"}[tensor], c.python))
			catchWarnings(t)
			o := makeOptimizer(kind, tensor)
			s := c.golang(o)
			o.Step()
			s.Step()
			addGroup(o)
			var outcomes []string
			attempt := func(step func()) {
				outcome := "no error"
				if err := torch.Try(step); err != nil {
					e := err.(*torch.Error)
					outcome = e.Kind + ": " + e.Message
				}
				var lrs []any
				for _, g := range o.ParamGroups() {
					lrs = append(lrs, g.LR())
				}
				outcomes = append(outcomes, outcome, text(lrs))
			}
			attempt(s.Step)
			attempt(s.Step)
			want := py.Strings("outcomes")
			if to := stepTo(s); to != nil {
				attempt(func() { to(0) })
				attempt(func() { to(6) })
			} else {
				want = want[:4]
			}
			assert.Equal(t, want, outcomes)
		})
	}
}

func addGroup(o optim.Optimizer) {
	params := []*torch.Tensor{torch.Ones([]int64{1}, torch.RequiresGrad(true))}
	switch o := o.(type) {
	case *optim.SGD:
		o.AddParamGroup(optim.SGDGroup{Params: params, Options: []optim.SGDOption{optim.LR(0.2)}})
	case *optim.Adam:
		o.AddParamGroup(optim.AdamGroup{Params: params, Options: []optim.AdamOption{optim.LR(0.2)}})
	}
}

// stepTo returns the scheduler's StepTo; in Python, those that are composed have none.
func stepTo(s lrscheduler.Scheduler) func(epoch int) {
	switch s := s.(type) {
	case *lrscheduler.SequentialLR, *lrscheduler.ChainedScheduler:
		return nil
	case *lrscheduler.CosineAnnealingWarmRestarts:
		return func(epoch int) { s.StepTo(float64(epoch)) }
	case interface{ StepTo(epoch int) }:
		return s.StepTo
	}
	return nil
}

// What Python asks of a state dictionary.
func TestStateDictsThatLackWhatIsNeeded(t *testing.T) {
	for _, c := range schedulers {
		py := parity.Run(t, prelude+fmt.Sprintf(`
	opt = make("SGD", lambda: 0.7, 0)
	out["error"] = ""
	try: s.%s.load_state_dict({})
	except KeyError as e: out["error"] = "KeyError: " + str(e)
`, c.python))
		message := ""
		if err, ok := c.golang(makeOptimizer("SGD", false)).LoadStateDict(nil).(*torch.Error); ok {
			message = err.Kind + ": " + err.Message
		}
		assert.Equal(t, py.Text("error"), message, c.python)
	}
}

// A user's scheduler computes a learning rate for each group.
func TestUsersSchedulerErrors(t *testing.T) {
	parity.Compare(t, prelude+`
	class User(s.LRScheduler):
	    def __init__(self, opt, lrs):
	        self.lrs = lrs
	        super().__init__(opt)
	    def get_lr(self):
	        return self.lrs
	for lrs in [], [0.1], [0.1, 0.2, 0.3]:
	    opt = make("SGD", lambda: 0.7, 0)
	    fail(lambda: User(opt, lrs))
	    log(text([g["lr"] for g in opt.param_groups]))
	class Nothing(s.LRScheduler): pass
	fail(lambda: Nothing(make("SGD", lambda: 0.7, 0)))
`, func(log func(...any)) {
		for _, lrs := range [][]float64{{}, {0.1}, {0.1, 0.2, 0.3}} {
			o := makeOptimizer("SGD", false)
			log(func() {
				s := &halfLR{}
				s.Init(s, o, -1, func() []float64 { return lrs })
			})
			log(text([]float64{o.ParamGroups()[0].LR(), o.ParamGroups()[1].LR()}))
		}
		log(func() {
			s := &halfLR{}
			s.Init(s, makeOptimizer("SGD", false), -1, nil)
		})
	})
	for _, step := range []func(){(&halfLR{}).Step, (&lrscheduler.SequentialLR{}).Step, (&lrscheduler.ChainedScheduler{}).Step} {
		assert.ErrorAs(t, torch.Try(step), new(*torch.Error), "used before Init")
	}
}
