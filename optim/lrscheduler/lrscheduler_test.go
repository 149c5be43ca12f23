package lrscheduler_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/lrscheduler"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) { testkit.Main(m) }

func newOptimizer(opts ...optim.SGDOption) *optim.SGD {
	param := func() []*torch.Tensor { return []*torch.Tensor{torch.Ones([]int64{2}, torch.RequiresGrad(true))} }
	return optim.NewSGD([]optim.SGDGroup{{Params: param(), Options: opts}, {Params: param()}}, optim.LR(0.3))
}

const python = `
	opt = optim.SGD([{"params": [torch.ones(2, requires_grad=True)], %s}, {"params": [torch.ones(2, requires_grad=True)]}], lr=0.3)
	lrs = []
`

func TestStepLR(t *testing.T) {
	py := parity.Run(t, fmt.Sprintf(python, `"lr": 0.7`)+`
	first = optim.lr_scheduler.StepLR(opt, step_size=3, gamma=0.7)
	second = optim.lr_scheduler.StepLR(opt, 2)
	for _ in range(12):
	    opt.step()
	    first.step()
	    second.step()
	    lrs += first.get_last_lr() + second.get_last_lr()
	opt.param_groups[0]["lr"] = 5.0
	first.step()
	lrs += first.get_last_lr()
	first.step(7)
	out["lrs"] = lrs + first.get_last_lr()
	state = first.state_dict()
	out["keys"] = sorted(state)
	out["numbers"] = [state["step_size"], state["gamma"], state["last_epoch"], state["_step_count"]] + state["base_lrs"]
	out["text"] = str(opt)
`)
	var warnings []string
	before := torch.SetWarningHandler(func(w torch.Warning) { warnings = append(warnings, w.Message) })
	defer torch.SetWarningHandler(before)
	opt := newOptimizer(optim.LR(0.7))
	first := lrscheduler.NewStepLR(opt, 3, lrscheduler.Gamma(0.7))
	second := lrscheduler.NewStepLR(opt, 2)
	var lrs []float64
	for range 12 {
		opt.Step()
		first.Step()
		second.Step()
		lrs = append(append(lrs, first.GetLastLr()...), second.GetLastLr()...)
	}
	opt.ParamGroups()[0].SetLR(5)
	first.Step()
	lrs = append(lrs, first.GetLastLr()...)
	first.StepTo(7)
	assert.Equal(t, py.Numbers("lrs"), append(lrs, first.GetLastLr()...))
	state := first.StateDict()
	assert.Equal(t, py.Strings("keys"), slices.Sorted(maps.Keys(state)))
	assert.Equal(t, py.Numbers("numbers"), append([]float64{
		float64(state["step_size"].(int)), state["gamma"].(float64), float64(state["last_epoch"].(int)),
		float64(state["_step_count"].(int)),
	}, state["base_lrs"].([]float64)...))
	assert.Equal(t, py.Text("text"), opt.String())
	require.Len(t, py.Warnings, 1)
	assert.Equal(t, []string{py.Warnings[0].Message}, warnings)
}

// A learning rate that is a tensor is changed in place, in its dtype.
func TestTensorLR(t *testing.T) {
	py := parity.Run(t, fmt.Sprintf(python, `"lr": torch.tensor(0.7)`)+`
	scheduler = optim.lr_scheduler.StepLR(opt, 1, gamma=0.3)
	for _ in range(20):
	    opt.step()
	    scheduler.step()
	    lrs += [float(lr) for lr in scheduler.get_last_lr()]
	out["lrs"], out["lr"] = lrs, opt.param_groups[0]["lr"]
`)
	lr := torch.NewTensor(float32(0.7))
	opt := newOptimizer(optim.LR(lr))
	scheduler := lrscheduler.NewStepLR(opt, 1, lrscheduler.Gamma(0.3))
	var lrs []float64
	for range 20 {
		opt.Step()
		scheduler.Step()
		lrs = append(lrs, scheduler.GetLastLr()...)
	}
	assert.Equal(t, py.Numbers("lrs"), lrs)
	py.EqualTensor("lr", lr)
}

func TestOrderWarning(t *testing.T) {
	py := parity.Run(t, fmt.Sprintf(python, `"lr": 0.7`)+`
	scheduler = optim.lr_scheduler.StepLR(opt, 1)
	scheduler.step()
	scheduler.step()
`)
	var warnings []string
	before := torch.SetWarningHandler(func(w torch.Warning) { warnings = append(warnings, w.Message) })
	defer torch.SetWarningHandler(before)
	scheduler := lrscheduler.NewStepLR(newOptimizer(), 1)
	scheduler.Step()
	scheduler.Step()
	require.Len(t, py.Warnings, 1)
	assert.Equal(t, []string{py.Warnings[0].Message}, warnings)
}

func TestResume(t *testing.T) {
	opt := newOptimizer()
	scheduler := lrscheduler.NewStepLR(opt, 2, lrscheduler.Gamma(0.5))
	for range 3 {
		opt.Step()
		scheduler.Step()
	}
	other := newOptimizer()
	resumed := lrscheduler.NewStepLR(other, 7)
	require.NoError(t, other.LoadStateDict(opt.StateDict()))
	require.NoError(t, resumed.LoadStateDict(scheduler.StateDict()))
	var _ lrscheduler.Scheduler = resumed
	assert.Equal(t, 3, resumed.LastEpoch())
	for range 3 {
		opt.Step()
		scheduler.Step()
		other.Step()
		resumed.Step()
		assert.Equal(t, scheduler.GetLastLr(), resumed.GetLastLr())
	}
	at := lrscheduler.NewStepLR(other, 2, lrscheduler.LastEpoch(5))
	assert.Equal(t, 6, at.LastEpoch())
	assert.Equal(t, []float64{0.3 * 0.5 * 0.5 * 0.5 * 0.1, 0.3 * 0.5 * 0.5 * 0.5 * 0.1}, at.GetLastLr())
}

func TestErrors(t *testing.T) {
	err := torch.Try(func() { lrscheduler.NewStepLR(newOptimizer(), 1, lrscheduler.LastEpoch(3)) })
	var e *torch.Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, "KeyError", e.Kind)
	assert.Contains(t, e.Message, "param 'initial_lr' is not specified in param_groups[0] when resuming scheduler")

	opt := newOptimizer()
	scheduler := lrscheduler.NewStepLR(opt, 0)
	opt.Step()
	assert.ErrorIs(t, torch.Try(scheduler.Step), &torch.Error{Kind: "ZeroDivisionError"})
	assert.ErrorIs(t, scheduler.LoadStateDict(map[string]any{"gamma": "x"}), &torch.Error{Kind: "TypeError"})
	assert.ErrorIs(t, scheduler.LoadStateDict(map[string]any{"_last_lr": []any{"x"}}), &torch.Error{Kind: "TypeError"})
	require.NoError(t, scheduler.LoadStateDict(map[string]any{"_last_lr": []any{1.5, int64(2)}}))
	assert.Equal(t, []float64{1.5, 2}, scheduler.GetLastLr())
}
