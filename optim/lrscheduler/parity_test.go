package lrscheduler_test

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/lrscheduler"
	"github.com/wangkuiyi/gotorch/torch"
)

// schedulers are constructors, in Python and in Go, with every argument.
var schedulers = []struct {
	python string
	golang func(optim.Optimizer) lrscheduler.Scheduler
}{
	{"LambdaLR(opt, lambda epoch: 0.95 ** epoch)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewLambdaLR(o, power(0.95))
	}},
	{"LambdaLR(opt, [lambda epoch: epoch // 3, lambda epoch: 0.9 ** epoch])", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewLambdaLR(o, []func(int) float64{func(e int) float64 { return float64(e / 3) }, power(0.9)})
	}},
	{"MultiplicativeLR(opt, lambda epoch: 0.95 ** epoch)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewMultiplicativeLR(o, power(0.95))
	}},
	{"StepLR(opt, 3, gamma=0.7)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewStepLR(o, 3, lrscheduler.Gamma(0.7))
	}},
	{"MultiStepLR(opt, [3, 8, 8, 15], gamma=0.7)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewMultiStepLR(o, []int{3, 8, 8, 15}, lrscheduler.Gamma(0.7))
	}},
	{"MultiStepLR(opt, [])", func(o optim.Optimizer) lrscheduler.Scheduler { return lrscheduler.NewMultiStepLR(o, nil) }},
	{"ConstantLR(opt)", func(o optim.Optimizer) lrscheduler.Scheduler { return lrscheduler.NewConstantLR(o) }},
	{"ConstantLR(opt, factor=0.7, total_iters=16)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewConstantLR(o, lrscheduler.Factor(0.7), lrscheduler.TotalIters(16))
	}},
	{"LinearLR(opt)", func(o optim.Optimizer) lrscheduler.Scheduler { return lrscheduler.NewLinearLR(o) }},
	{"LinearLR(opt, start_factor=0.9, end_factor=0.1, total_iters=17)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewLinearLR(o, lrscheduler.StartFactor(0.9), lrscheduler.EndFactor(0.1), lrscheduler.TotalIters(17))
	}},
	{"ExponentialLR(opt, 0.93)", func(o optim.Optimizer) lrscheduler.Scheduler { return lrscheduler.NewExponentialLR(o, 0.93) }},
	{"PolynomialLR(opt)", func(o optim.Optimizer) lrscheduler.Scheduler { return lrscheduler.NewPolynomialLR(o) }},
	{"PolynomialLR(opt, total_iters=21, power=1.7)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewPolynomialLR(o, lrscheduler.TotalIters(21), lrscheduler.Power(1.7))
	}},
	{"CosineAnnealingLR(opt, 7)", func(o optim.Optimizer) lrscheduler.Scheduler { return lrscheduler.NewCosineAnnealingLR(o, 7) }},
	{"CosineAnnealingLR(opt, 9, eta_min=0.01)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewCosineAnnealingLR(o, 9, lrscheduler.EtaMin(0.01))
	}},
	{"CosineAnnealingWarmRestarts(opt, 4)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewCosineAnnealingWarmRestarts(o, 4)
	}},
	{"CosineAnnealingWarmRestarts(opt, 3, T_mult=2, eta_min=0.01)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewCosineAnnealingWarmRestarts(o, 3, lrscheduler.TMult(2), lrscheduler.EtaMin(0.01))
	}},
	{"CyclicLR(opt, 0.1, 0.9, step_size_up=4)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewCyclicLR(o, 0.1, 0.9, lrscheduler.StepSizeUp(4))
	}},
	{`CyclicLR(opt, [0.1, 0.2], [0.8, 0.9], step_size_up=3, step_size_down=5, mode="triangular2", base_momentum=[0.7, 0.6], max_momentum=0.95)`,
		func(o optim.Optimizer) lrscheduler.Scheduler {
			return lrscheduler.NewCyclicLR(o, []float64{0.1, 0.2}, []float64{0.8, 0.9}, lrscheduler.StepSizeUp(3),
				lrscheduler.StepSizeDown(5), lrscheduler.Mode("triangular2"), lrscheduler.BaseMomentum([]float64{0.7, 0.6}),
				lrscheduler.MaxMomentum(0.95))
		}},
	{`CyclicLR(opt, 0.1, 0.9, step_size_up=3, mode="exp_range", gamma=0.97, cycle_momentum=False)`,
		func(o optim.Optimizer) lrscheduler.Scheduler {
			return lrscheduler.NewCyclicLR(o, 0.1, 0.9, lrscheduler.StepSizeUp(3), lrscheduler.Mode("exp_range"),
				lrscheduler.Gamma(0.97), lrscheduler.CycleMomentum(false))
		}},
	{`CyclicLR(opt, 0.1, 0.9, step_size_up=3, scale_fn=lambda x: 0.9 ** x, scale_mode="iterations")`,
		func(o optim.Optimizer) lrscheduler.Scheduler {
			return lrscheduler.NewCyclicLR(o, 0.1, 0.9, lrscheduler.StepSizeUp(3), lrscheduler.ScaleMode("iterations"),
				lrscheduler.ScaleFn(func(x float64) float64 { return power(0.9)(int(x)) }))
		}},
	{"OneCycleLR(opt, 0.9, total_steps=60)", func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewOneCycleLR(o, 0.9, lrscheduler.TotalSteps(60))
	}},
	{`OneCycleLR(opt, [0.8, 0.9], epochs=13, steps_per_epoch=4, pct_start=0.4, anneal_strategy="linear", base_momentum=0.8, max_momentum=[0.9, 0.91], div_factor=10, final_div_factor=100, three_phase=True)`,
		func(o optim.Optimizer) lrscheduler.Scheduler {
			return lrscheduler.NewOneCycleLR(o, []float64{0.8, 0.9}, lrscheduler.Epochs(13), lrscheduler.StepsPerEpoch(4),
				lrscheduler.PctStart(0.4), lrscheduler.AnnealStrategy("linear"), lrscheduler.BaseMomentum(0.8),
				lrscheduler.MaxMomentum([]float64{0.9, 0.91}), lrscheduler.DivFactor(10), lrscheduler.FinalDivFactor(100),
				lrscheduler.ThreePhase(true))
		}},
	{`OneCycleLR(opt, 0.9, total_steps=60, cycle_momentum=False)`, func(o optim.Optimizer) lrscheduler.Scheduler {
		return lrscheduler.NewOneCycleLR(o, 0.9, lrscheduler.TotalSteps(60), lrscheduler.CycleMomentum(false))
	}},
	{"SequentialLR(opt, [s.ConstantLR(opt, 0.1, 2), s.ExponentialLR(opt, 0.9), s.CosineAnnealingLR(opt, 5)], [5, 14])",
		func(o optim.Optimizer) lrscheduler.Scheduler {
			return lrscheduler.NewSequentialLR(o, []lrscheduler.Scheduler{
				lrscheduler.NewConstantLR(o, lrscheduler.Factor(0.1), lrscheduler.TotalIters(2)),
				lrscheduler.NewExponentialLR(o, 0.9), lrscheduler.NewCosineAnnealingLR(o, 5),
			}, []int{5, 14})
		}},
	{"SequentialLR(opt, [s.CosineAnnealingWarmRestarts(opt, 4), s.MultiplicativeLR(opt, lambda epoch: 0.9)], [9])",
		func(o optim.Optimizer) lrscheduler.Scheduler {
			return lrscheduler.NewSequentialLR(o, []lrscheduler.Scheduler{
				lrscheduler.NewCosineAnnealingWarmRestarts(o, 4),
				lrscheduler.NewMultiplicativeLR(o, func(int) float64 { return 0.9 }),
			}, []int{9})
		}},
	{"ChainedScheduler([s.LinearLR(opt, total_iters=6), s.ExponentialLR(opt, 0.9)])",
		func(o optim.Optimizer) lrscheduler.Scheduler {
			return lrscheduler.NewChainedScheduler(lrscheduler.NewLinearLR(o, lrscheduler.TotalIters(6)),
				lrscheduler.NewExponentialLR(o, 0.9))
		}},
}

func power(base float64) func(int) float64 {
	return func(epoch int) float64 { return torch.ItemOf[float64](torch.NewTensor(base).Pow(epoch)) }
}

// prelude makes optimizers and compares what schedulers do.
const prelude = `
	import struct
	s = optim.lr_scheduler
	def make(kind, lr, index):
	    param = lambda: [torch.ones(2, requires_grad=True)]
	    groups = [{"params": param(), "lr": lr()}, {"params": param()}]
	    return optim.SGD(groups, lr=0.3, momentum=0.9) if kind == "SGD" else optim.Adam(groups, lr=0.3)
	def text(v):
	    if v is None or isinstance(v, (bool, str)):
	        return str(v)
	    if isinstance(v, (int, float, torch.Tensor)):
	        return struct.pack(">d", float(v)).hex()
	    if isinstance(v, dict):
	        return "{" + " ".join(text(k) + ":" + text(v[k]) for k in sorted(v)) + "}"
	    return "[" + " ".join(text(e) for e in v) + "]"
	def steps(opt, scheduler, n, lrs):
	    for _ in range(n):
	        opt.step()
	        scheduler.step()
	        lrs.append(text(scheduler.get_last_lr()))
	        lrs.append(text([g.get("momentum", g.get("betas")) for g in opt.param_groups]))
`

// text writes values as the prelude does.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case string:
		return v
	case int:
		return text(float64(v))
	case int64:
		return text(float64(v))
	case *torch.Tensor:
		return text(v.Item())
	case float64:
		return fmt.Sprintf("%016x", math.Float64bits(v))
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, key+":"+text(v[key]))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case map[int]int:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, text(key)+":"+text(v[key]))
		}
		return "{" + strings.Join(parts, " ") + "}"
	}
	list := reflect.ValueOf(value)
	parts := make([]string, list.Len())
	for i := range parts {
		parts[i] = text(list.Index(i).Interface())
	}
	return "[" + strings.Join(parts, " ") + "]"
}

func makeOptimizer(kind string, tensor bool) optim.Optimizer {
	param := func() []*torch.Tensor { return []*torch.Tensor{torch.Ones([]int64{2}, torch.RequiresGrad(true))} }
	lr := optim.LR(0.7)
	if tensor {
		lr = optim.LR(torch.NewTensor(float32(0.7)))
	}
	if kind == "SGD" {
		return optim.NewSGD([]optim.SGDGroup{{Params: param(), Options: []optim.SGDOption{lr}}, {Params: param()}},
			optim.LR(0.3), optim.Momentum(0.9))
	}
	return optim.NewAdam([]optim.AdamGroup{{Params: param(), Options: []optim.AdamOption{lr}}, {Params: param()}}, optim.LR(0.3))
}

func steps(o optim.Optimizer, s lrscheduler.Scheduler, n int, lrs *[]string) {
	for range n {
		o.Step()
		s.Step()
		*lrs = append(*lrs, text(s.GetLastLr()))
		var momentums []any
		for _, g := range o.ParamGroups() {
			momentum, ok := g.Get("momentum")
			if !ok {
				momentum, _ = g.Get("betas")
			}
			momentums = append(momentums, momentum)
		}
		*lrs = append(*lrs, text(momentums))
	}
}

// catchWarnings collects Go's warnings.
func catchWarnings(t *testing.T) *[]string {
	warnings := &[]string{}
	before := torch.SetWarningHandler(func(w torch.Warning) { *warnings = append(*warnings, w.Message) })
	t.Cleanup(func() { torch.SetWarningHandler(before) })
	return warnings
}

func equalWarnings(t *testing.T, py *parity.Result, got *[]string) {
	t.Helper()
	var want []string
	for _, w := range py.Warnings {
		if !slices.Contains(want, w.Message) {
			want = append(want, w.Message)
		}
	}
	for i := len(*got) - 1; i >= 0; i-- { // each of Go's comes once a line
		if slices.Contains((*got)[:i], (*got)[i]) {
			*got = slices.Delete(*got, i, i+1)
		}
	}
	assert.ElementsMatch(t, want, *got)
}

// Fifty steps, with saving and loading after twelve; the learning rates,
// momentums, states and texts are Python's.
func TestSchedulers(t *testing.T) {
	for i, c := range schedulers {
		kind, tensor := []string{"SGD", "Adam"}[i%2], i%3 == 0
		t.Run(c.python, func(t *testing.T) {
			lr := map[bool]string{false: "0.7", true: "torch.tensor(0.7)"}[tensor]
			py := parity.Run(t, prelude+fmt.Sprintf(`
	opt = make(%q, lambda: %s, 0)
	scheduler = s.%s
	lrs = [text(scheduler.get_last_lr())]
	steps(opt, scheduler, 12, lrs)
	saved, state = opt.state_dict(), scheduler.state_dict()
	out["middle"] = text(state)
	opt = make(%q, lambda: %s, 0)
	scheduler = s.%s
	opt.load_state_dict(saved)
	scheduler.load_state_dict(state)
	steps(opt, scheduler, 38, lrs)
	out["lrs"], out["state"], out["text"] = lrs, text(scheduler.state_dict()), str(opt)
	out["initial"] = text([g.get("initial_lr") for g in opt.param_groups])
`, kind, lr, c.python, kind, lr, c.python))
			warnings := catchWarnings(t)
			o := makeOptimizer(kind, tensor)
			s := c.golang(o)
			lrs := []string{text(s.GetLastLr())}
			steps(o, s, 12, &lrs)
			saved, state := o.StateDict(), s.StateDict()
			assert.Equal(t, py.Text("middle"), text(state))
			o = makeOptimizer(kind, tensor)
			s = c.golang(o)
			require.NoError(t, o.LoadStateDict(saved))
			require.NoError(t, s.LoadStateDict(state))
			steps(o, s, 38, &lrs)
			assert.Equal(t, py.Strings("lrs"), lrs)
			assert.Equal(t, py.Text("state"), text(s.StateDict()))
			assert.Equal(t, py.Text("text"), o.String())
			var initial []any
			for _, g := range o.ParamGroups() {
				value, _ := g.Get("initial_lr")
				initial = append(initial, value)
			}
			assert.Equal(t, py.Text("initial"), text(initial))
			equalWarnings(t, py, warnings)
		})
	}
}

// The closed forms, which StepTo uses, and epochs that are parts of one.
func TestStepTo(t *testing.T) {
	for i, c := range schedulers {
		if !strings.Contains(c.python, "LR(opt") || strings.Contains(c.python, "s.") {
			continue
		}
		t.Run(c.python, func(t *testing.T) {
			py := parity.Run(t, prelude+fmt.Sprintf(`
	opt = make("SGD", lambda: %s, 0)
	scheduler = s.%s
	opt.step()
	lrs = []
	for epoch in [7, 0, 3, 21]:
	    scheduler.step(epoch)
	    lrs.append(text(scheduler.get_last_lr()))
	lrs.append(text(scheduler.get_lr()))
	out["lrs"] = lrs
`, map[bool]string{false: "0.7", true: "torch.tensor(0.7)"}[i%3 == 0], c.python))
			warnings := catchWarnings(t)
			o := makeOptimizer("SGD", i%3 == 0)
			s := c.golang(o).(interface {
				lrscheduler.Scheduler
				StepTo(epoch int)
				GetLr() []float64
			})
			o.Step()
			var lrs []string
			for _, epoch := range []int{7, 0, 3, 21} {
				s.StepTo(epoch)
				lrs = append(lrs, text(s.GetLastLr()))
			}
			assert.Equal(t, py.Strings("lrs"), append(lrs, text(s.GetLr())))
			equalWarnings(t, py, warnings)
		})
	}
}

func TestWarmRestartsBetweenEpochs(t *testing.T) {
	for _, mult := range []int{1, 3} {
		py := parity.Run(t, prelude+fmt.Sprintf(`
	opt = make("Adam", lambda: 0.7, 0)
	scheduler = s.CosineAnnealingWarmRestarts(opt, 3, T_mult=%d)
	lrs = []
	for i in range(60):
	    scheduler.step(i / 3)
	    lrs.append(text(scheduler.get_last_lr()))
	out["lrs"], out["state"] = lrs, text(scheduler.state_dict())
`, mult))
		s := lrscheduler.NewCosineAnnealingWarmRestarts(makeOptimizer("Adam", false), 3, lrscheduler.TMult(mult))
		var lrs []string
		for i := range 60 {
			s.StepTo(float64(i) / 3)
			lrs = append(lrs, text(s.GetLastLr()))
		}
		assert.Equal(t, py.Strings("lrs"), lrs)
		assert.Equal(t, py.Text("state"), text(s.StateDict()))
	}
}

// metrics go down, up and stay, with numbers that are none.
const metrics = "[3, 2, 2, 2, 1.9999, 2.5, math.nan, 1, 1, 1, 1, 1.00005, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]"

func TestReduceLROnPlateau(t *testing.T) {
	values := []float64{
		3, 2, 2, 2, 1.9999, 2.5, math.NaN(), 1, 1, 1, 1, 1.00005, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6,
	}
	for python, opts := range map[string][]lrscheduler.ReduceLROnPlateauOption{
		"":                       nil,
		"patience=1, factor=0.3": {lrscheduler.Patience(1), lrscheduler.Factor(0.3)},
		`mode="max", patience=2, cooldown=2, min_lr=[0.2, 0.01]`: {
			lrscheduler.Mode("max"), lrscheduler.Patience(2), lrscheduler.Cooldown(2), lrscheduler.MinLr([]float64{0.2, 0.01}),
		},
		`threshold_mode="abs", threshold=0.3, patience=0, eps=0.01`: {
			lrscheduler.ThresholdMode("abs"), lrscheduler.Threshold(0.3), lrscheduler.Patience(0), lrscheduler.Eps(0.01),
		},
		`mode="max", threshold_mode="abs", patience=1, min_lr=0.1`: {
			lrscheduler.Mode("max"), lrscheduler.ThresholdMode("abs"), lrscheduler.Patience(1), lrscheduler.MinLr(0.1),
		},
	} {
		for _, tensor := range []bool{false, true} {
			py := parity.Run(t, prelude+fmt.Sprintf(`
	import math
	opt = make("SGD", lambda: %s, 0)
	lrs = []
	def run(scheduler, values):
	    for v in values:
	        scheduler.step(v)
	        lrs.append(text(scheduler.get_last_lr()))
	scheduler = s.ReduceLROnPlateau(opt, %s)
	run(scheduler, (%s * 2)[:41])
	state = scheduler.state_dict()
	scheduler = s.ReduceLROnPlateau(opt, patience=7)
	scheduler.load_state_dict(state)
	run(scheduler, %s[:9])
	out["lrs"], out["state"] = lrs, text(scheduler.state_dict())
`, map[bool]string{false: "0.7", true: "torch.tensor(0.7)"}[tensor], python, metrics, metrics))
			o := makeOptimizer("SGD", tensor)
			var lrs []string
			run := func(s *lrscheduler.ReduceLROnPlateau, values []float64) {
				for _, v := range values {
					s.Step(v)
					lrs = append(lrs, text(s.GetLastLr()))
				}
			}
			s := lrscheduler.NewReduceLROnPlateau(o, opts...)
			run(s, slices.Repeat(values, 2)[:41])
			state := s.StateDict()
			s = lrscheduler.NewReduceLROnPlateau(o, lrscheduler.Patience(7))
			require.NoError(t, s.LoadStateDict(state))
			run(s, values[:9])
			assert.Equal(t, py.Strings("lrs"), lrs, python)
			assert.Equal(t, py.Text("state"), text(s.StateDict()), python)
		}
	}
}

// A group that was added later has the default least learning rate, if there is
// one for all.
func TestPlateauWithMoreGroups(t *testing.T) {
	for _, each := range []bool{false, true} {
		o := optim.NewSGD([]*torch.Tensor{torch.Ones([]int64{1}, torch.RequiresGrad(true))}, optim.LR(0.5))
		least := lrscheduler.MinLr(0.2)
		if each {
			least = lrscheduler.MinLr([]float64{0.2})
		}
		s := lrscheduler.NewReduceLROnPlateau(o, least, lrscheduler.Patience(0))
		o.AddParamGroup(optim.SGDGroup{Params: []*torch.Tensor{torch.Ones([]int64{1}, torch.RequiresGrad(true))}})
		s.Step(1)
		err := torch.Try(func() { s.Step(1) })
		if each {
			assert.ErrorContains(t, err, "The number of param groups in the `optimizer` (2) differs from when `ReduceLROnPlateau`")
			continue
		}
		assert.NoError(t, err)
		assert.Equal(t, []float64{0.2, 0.2}, s.GetLastLr())
	}
}

// halfLR is a scheduler of the user's.
type halfLR struct {
	lrscheduler.LRScheduler
	until int
}

func newHalfLR(o optim.Optimizer, until int) *halfLR {
	s := &halfLR{until: until}
	s.Remember("until", &s.until)
	s.Init(s, o, -1, func() []float64 {
		lrs := s.GroupLrs()
		if s.LastEpoch() > 0 && s.LastEpoch() <= s.until {
			for i := range lrs {
				lrs[i] /= 2
			}
		}
		return lrs
	})
	return s
}

func TestUsersScheduler(t *testing.T) {
	o := makeOptimizer("SGD", false)
	s := newHalfLR(o, 2)
	chained := lrscheduler.NewChainedScheduler(s, lrscheduler.NewConstantLR(o, lrscheduler.Factor(0.5), lrscheduler.TotalIters(1)))
	for range 3 {
		o.Step()
		chained.Step()
	}
	assert.Equal(t, []float64{0.7 / 4, 0.3 / 4}, chained.GetLastLr())
	assert.Equal(t, 2, s.StateDict()["until"])
	require.NoError(t, s.LoadStateDict(map[string]any{"until": 3}))
	o.Step()
	s.Step()
	assert.Equal(t, []float64{0.7 / 4, 0.3 / 4}, s.GetLastLr(), "epoch 4 is after 3")
}
