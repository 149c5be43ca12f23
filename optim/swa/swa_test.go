package swa_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/lrscheduler"
	"github.com/wangkuiyi/gotorch/optim/swa"
	"github.com/wangkuiyi/gotorch/torch"
)

// Net has parameters of two dtypes, two BatchNorm layers, and an InstanceNorm
// layer, whose running averages are left alone.
type Net struct {
	nn.Module
	fc1, fc2 *nn.Linear
	bn1      *nn.BatchNorm1d
	bn2      *quietNorm
	inorm    *nn.InstanceNorm1d
	scale64  *torch.Tensor
}

// quietNorm is a BatchNorm layer of the user's.
type quietNorm struct{ *nn.BatchNorm1d }

func newNet() *Net {
	m := &Net{}
	m.Init(m)
	m.fc1, m.fc2 = nn.NewLinear(3, 4), nn.NewLinear(4, 2)
	m.bn1 = nn.NewBatchNorm1d(4, nn.Momentum(0.3))
	m.bn2 = &quietNorm{nn.NewBatchNorm1d(2, nn.CumulativeAverage(true))}
	m.inorm = nn.NewInstanceNorm1d(2, nn.TrackRunningStats(true))
	m.scale64 = nn.NewParameter(torch.Ones([]int64{2}, torch.Float64))
	return m
}

func (m *Net) Forward(x *torch.Tensor) *torch.Tensor {
	x = m.bn2.Forward(m.fc2.Forward(m.bn1.Forward(m.fc1.Forward(x)).Relu()))
	return m.inorm.Forward(x.Unsqueeze(0).Transpose(1, 2)).Transpose(1, 2).Mul(m.scale64.Float())
}

const prelude = `
	class Net(nn.Module):
	    def __init__(self):
	        super().__init__()
	        self.fc1, self.fc2 = nn.Linear(3, 4), nn.Linear(4, 2)
	        self.bn1 = nn.BatchNorm1d(4, momentum=0.3)
	        self.bn2 = nn.BatchNorm1d(2, momentum=None)
	        self.inorm = nn.InstanceNorm1d(2, track_running_stats=True)
	        self.scale64 = nn.Parameter(torch.ones(2, dtype=torch.float64))
	    def forward(self, x):
	        x = self.bn2(self.fc2(self.bn1(self.fc1(x)).relu()))
	        return self.inorm(x.unsqueeze(0).transpose(1, 2)).transpose(1, 2) * self.scale64.float()
	from torch.optim import swa_utils as swa
	torch.manual_seed(0)
	model = Net()
`

func TestAveragedModel(t *testing.T) {
	for python, opts := range map[string][]swa.AveragedModelOption{
		"": nil,
		", use_buffers=False, avg_fn=swa.get_swa_avg_fn()": {swa.UseBuffers(false), swa.WithAvgFn(swa.GetSwaAvgFn())},
		", multi_avg_fn=swa.get_swa_multi_avg_fn()":        {swa.WithMultiAvgFn(swa.GetSwaMultiAvgFn())},
		", avg_fn=swa.get_ema_avg_fn(0.9)":                 {swa.WithAvgFn(swa.GetEmaAvgFn(swa.Decay(0.9)))},
		", multi_avg_fn=swa.get_ema_multi_avg_fn()":        {swa.WithMultiAvgFn(swa.GetEmaMultiAvgFn())},
		", multi_avg_fn=swa.get_ema_multi_avg_fn(0.9), use_buffers=True, device='cpu'": {
			swa.WithMultiAvgFn(swa.GetEmaMultiAvgFn(swa.Decay(0.9))), swa.UseBuffers(true), swa.WithDevice(torch.CPU),
		},
		", avg_fn=swa.get_swa_avg_fn(), use_buffers=True": {swa.WithAvgFn(swa.GetSwaAvgFn()), swa.UseBuffers(true)},
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.Run(t, prelude+fmt.Sprintf(`
	averaged = swa.AveragedModel(model%s)
	opt = optim.SGD(model.parameters(), lr=0.1)
	torch.manual_seed(1)
	for step in range(50):
	    opt.zero_grad()
	    model(torch.randn(5, 3)).square().sum().backward()
	    opt.step()
	    averaged.update_parameters(model)
	state = averaged.state_dict()
	out["keys"], out["values"] = list(state), list(state.values())
	out["text"] = str(averaged)
	averaged.eval()
	out["result"] = averaged(torch.ones(2, 3, device=averaged.module.fc1.weight.device))
`, python))
			torch.ManualSeed(0)
			model := newNet()
			averaged := swa.NewAveragedModel(model, opts...)
			o := optim.NewSGD(model.Parameters(), optim.LR(0.1))
			torch.ManualSeed(1)
			for range 50 {
				o.ZeroGrad()
				model.Forward(torch.Randn([]int64{5, 3})).Square().Sum().Backward()
				o.Step()
				averaged.UpdateParameters(model)
			}
			var keys []string
			var values []*torch.Tensor
			for key, value := range averaged.StateDict().All() {
				keys, values = append(keys, key), append(values, value)
			}
			assert.Equal(t, py.Strings("keys"), keys)
			py.EqualTensors("values", values)
			assert.Equal(t, py.Text("text"), averaged.String())
			averaged.Eval()
			py.EqualTensor("result", averaged.Forward(torch.Ones([]int64{2, 3}, averaged.Averaged.fc1.Weight.Device())))
		})
	}
}

// pair takes two tensors and returns two.
type pair struct {
	nn.Module
	first, second *nn.Linear
}

func (m *pair) Forward(x, y *torch.Tensor) (sum, product *torch.Tensor) {
	x, y = m.first.Forward(x), m.second.Forward(y)
	return x.Add(y), x.Mul(y)
}

func TestAveragedModelOfSeveralInputs(t *testing.T) {
	py := parity.Run(t, `
	from torch.optim import swa_utils as swa
	class Pair(nn.Module):
	    def __init__(self):
	        super().__init__()
	        self.first, self.second = nn.Linear(3, 2), nn.Linear(4, 2)
	    def forward(self, x, y):
	        x, y = self.first(x), self.second(y)
	        return x + y, x * y
	torch.manual_seed(0)
	model = Pair()
	averaged = swa.AveragedModel(model)
	for _ in range(3):
	    with torch.no_grad():
	        for p in model.parameters(): p.mul_(1.5)
	    averaged.update_parameters(model)
	out["results"] = averaged(torch.ones(5, 3), torch.ones(5, 4))
	torch.manual_seed(0)
	lstm = swa.AveragedModel(nn.LSTM(3, 4))
	y, (h, c) = lstm(torch.ones(5, 3), (torch.ones(1, 4), torch.zeros(1, 4)))
	out["lstm"] = [y, h, c]
`)
	torch.ManualSeed(0)
	model := &pair{first: nn.NewLinear(3, 2), second: nn.NewLinear(4, 2)}
	model.Init(model)
	averaged := swa.NewAveragedModel(model)
	for range 3 {
		torch.NoGrad(func() {
			for _, p := range model.Parameters() {
				p.Mul_(1.5)
			}
		})
		averaged.UpdateParameters(model)
	}
	ones := func(shape ...int64) *torch.Tensor { return torch.Ones(shape) }
	py.EqualTensors("results", averaged.ForwardAll(ones(5, 3), ones(5, 4)))
	torch.ManualSeed(0)
	lstm := swa.NewAveragedModel(nn.NewLSTM(3, 4)) // whose Forward is variadic
	py.EqualTensors("lstm", lstm.ForwardAll(ones(5, 3), ones(1, 4), torch.Zeros([]int64{1, 4})))
	for _, wrong := range []func(){
		func() { averaged.ForwardAll(ones(5, 3)) }, func() { averaged.Forward(ones(5, 3)) }, func() { lstm.ForwardAll() },
	} {
		assert.ErrorIs(t, torch.Try(wrong), &torch.Error{Kind: "TypeError"})
	}
}

// Buffers of integers are averaged on the CPU; on other devices the default function
// refuses them, in Python, too.
func TestDefaultAverageOfIntegers(t *testing.T) {
	py := parity.Run(t, prelude+`
	averaged, out["error"] = swa.AveragedModel(model, use_buffers=True), ""
	try:
	    for _ in range(2):
	        averaged.update_parameters(model)
	except RuntimeError as e:
	    out["error"] = str(e)
	out["values"] = list(averaged.buffers())
`)
	torch.ManualSeed(0)
	model := newNet()
	averaged := swa.NewAveragedModel(model, swa.UseBuffers(true))
	e := &torch.Error{}
	errors.As(torch.Try(func() {
		for range 2 {
			averaged.UpdateParameters(model)
		}
	}), &e)
	assert.Equal(t, py.Text("error"), e.Message)
	py.EqualTensors("values", averaged.Buffers())
}

func TestUpdateBn(t *testing.T) {
	py := parity.Run(t, prelude+`
	torch.manual_seed(1)
	batches = [torch.randn(4, 3) for _ in range(5)]
	model.eval()
	swa.update_bn(batches, model, device=model.fc1.weight.device)
	out["values"] = list(model.buffers())
	out["momenta"] = str([model.bn1.momentum, model.bn2.momentum, model.training])
`)
	torch.ManualSeed(0)
	model := newNet()
	torch.ManualSeed(1)
	var batches []*torch.Tensor
	for range 5 {
		batches = append(batches, torch.Randn([]int64{4, 3}))
	}
	model.Eval()
	swa.UpdateBn(slices.Values(batches), model, swa.ToDevice(model.fc1.Weight.Device()))
	py.EqualTensors("values", model.Buffers())
	assert.Equal(t, "[0.3, None, False]", py.Text("momenta"))
	assert.False(t, model.Training() || model.bn1.CumulativeAverage)
	assert.True(t, model.bn2.CumulativeAverage)

	swa.UpdateBn(func(func(*torch.Tensor) bool) { t.Error("no batch is needed without BatchNorm") }, nn.NewLinear(1, 1))
}

func newOptimizer(tensor bool) *optim.SGD {
	lr := optim.LR(0.7)
	if tensor {
		lr = optim.LR(torch.NewTensor(float32(0.7)))
	}
	param := func() []*torch.Tensor { return []*torch.Tensor{torch.Ones([]int64{1}, torch.RequiresGrad(true))} }
	return optim.NewSGD([]optim.SGDGroup{{Params: param(), Options: []optim.SGDOption{lr}}, {Params: param()}}, optim.LR(0.3))
}

func TestSWALR(t *testing.T) {
	for python, golang := range map[string]func(optim.Optimizer) *swa.SWALR{
		"0.05": func(o optim.Optimizer) *swa.SWALR { return swa.NewSWALR(o, 0.05) },
		"[0.05, 1.5], anneal_epochs=7, anneal_strategy='linear'": func(o optim.Optimizer) *swa.SWALR {
			return swa.NewSWALR(o, []float64{0.05, 1.5}, swa.AnnealEpochs(7), swa.AnnealStrategy("linear"))
		},
		"0.05, anneal_epochs=0": func(o optim.Optimizer) *swa.SWALR { return swa.NewSWALR(o, 0.05, swa.AnnealEpochs(0)) },
	} {
		for _, tensor := range []bool{false, true} {
			py := parity.Run(t, fmt.Sprintf(`
	from torch.optim.swa_utils import SWALR
	param = lambda: [torch.ones(1, requires_grad=True)]
	def make():
	    return optim.SGD([{"params": param(), "lr": %s}, {"params": param()}], lr=0.3)
	opt = make()
	lrs = []
	def steps(scheduler, n):
	    for _ in range(n):
	        opt.step()
	        scheduler.step()
	        lrs.extend(float(lr) for lr in scheduler.get_last_lr())
	scheduler = SWALR(opt, %s)
	steps(scheduler, 20)
	saved, state = opt.state_dict(), scheduler.state_dict()
	out["keys"] = sorted(state)
	opt = make()
	scheduler = SWALR(opt, 0.2)
	opt.load_state_dict(saved)
	scheduler.load_state_dict(state)
	steps(scheduler, 30)
	out["lrs"], out["text"] = lrs, str(opt)
`, map[bool]string{false: "0.7", true: "torch.tensor(0.7)"}[tensor], python))
			o := newOptimizer(tensor)
			var lrs []float64
			steps := func(s *swa.SWALR, n int) {
				for range n {
					o.Step()
					s.Step()
					lrs = append(lrs, s.GetLastLr()...)
				}
			}
			s := golang(o)
			steps(s, 20)
			saved, state := o.StateDict(), s.StateDict()
			var keys []string
			for key := range state {
				keys = append(keys, key)
			}
			assert.ElementsMatch(t, py.Strings("keys"), keys)
			o = newOptimizer(tensor)
			s = swa.NewSWALR(o, 0.2)
			require.NoError(t, o.LoadStateDict(saved))
			require.NoError(t, s.LoadStateDict(state))
			steps(s, 30)
			assert.Equal(t, py.Numbers("lrs"), lrs, python)
			assert.Equal(t, py.Text("text"), o.String(), python)
			var _ lrscheduler.Scheduler = s
		}
	}
}

func TestErrors(t *testing.T) {
	for python, golang := range map[string]func(){
		"swa.get_ema_avg_fn(1.5)":        func() { swa.GetEmaAvgFn(swa.Decay(1.5)) },
		"swa.get_ema_multi_avg_fn(-0.5)": func() { swa.GetEmaMultiAvgFn(swa.Decay(-0.5)) },
		"swa.get_ema_multi_avg_fn(-1.0)": func() { swa.GetEmaMultiAvgFn(swa.Decay(-1)) },
		"swa.get_ema_avg_fn(2.0)":        func() { swa.GetEmaAvgFn(swa.Decay(2)) },
		"swa.AveragedModel(model).update_parameters(None)": func() {
			swa.NewAveragedModel(newNet()).UpdateParameters(nil)
		},
		"swa.update_bn(None, model)": func() { swa.UpdateBn(nil, newNet()) },
		"swa.update_bn([], None)":    func() { swa.UpdateBn(slices.Values([]*torch.Tensor{}), nil) },
		"swa.SWALR(None, 0.1)":       func() { swa.NewSWALR(nil, 0.1) },
		"s = swa.SWALR(opt, 0.1)\n\topt.add_param_group({'params': param()})\n\ts.step()": func() {
			o := newOptimizer(false)
			s := swa.NewSWALR(o, 0.1)
			o.AddParamGroup(optim.SGDGroup{Params: []*torch.Tensor{torch.Ones([]int64{1}, torch.RequiresGrad(true))}})
			s.Step()
		},
		"swa.AveragedModel(model, avg_fn=swa.get_swa_avg_fn(), multi_avg_fn=swa.get_swa_multi_avg_fn())": func() {
			swa.NewAveragedModel(newNet(), swa.WithAvgFn(swa.GetSwaAvgFn()), swa.WithMultiAvgFn(swa.GetSwaMultiAvgFn()))
		},
		"swa.AveragedModel(model).update_parameters(nn.BatchNorm1d(3))": func() {
			swa.NewAveragedModel(newNet()).UpdateParameters(nn.NewBatchNorm1d(3))
		},
		"swa.SWALR(opt, [0.1])":                    func() { swa.NewSWALR(newOptimizer(false), []float64{0.1}) },
		"swa.SWALR(opt, 0.1, anneal_strategy='x')": func() { swa.NewSWALR(newOptimizer(false), 0.1, swa.AnnealStrategy("x")) },
		"swa.SWALR(opt, 0.1, anneal_epochs=-1)":    func() { swa.NewSWALR(newOptimizer(false), 0.1, swa.AnnealEpochs(-1)) },
		"swa.SWALR(opt, 0.1, last_epoch=2)":        func() { swa.NewSWALR(newOptimizer(false), 0.1, swa.LastEpoch(2)) },
		"swa.get_swa_multi_avg_fn()([torch.ones(1).long()], [torch.ones(1).long()], torch.tensor(1))": func() {
			one := []*torch.Tensor{torch.Ones([]int64{1}, torch.Int64)}
			swa.GetSwaMultiAvgFn()(one, one, torch.NewTensor(1))
		},
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, prelude+`
	param = lambda: [torch.ones(1, requires_grad=True)]
	opt = optim.SGD([{"params": param()}, {"params": param()}])
	`+python)
			var e *torch.Error
			require.ErrorAs(t, torch.Try(golang), &e)
			assert.Equal(t, py.Error.Type, e.Kind)
			if !strings.Contains(e.Message, "\n") { // of a KeyError, whose text is a repr
				assert.Equal(t, py.Error.Message, e.Message)
			}
		})
	}
}

// Averages of integers, which buffers may be.
func TestEmaOfIntegers(t *testing.T) {
	py := parity.Run(t, `
	from torch.optim.swa_utils import get_ema_multi_avg_fn
	a, b = torch.tensor([10, 20]), torch.tensor([30, 21])
	get_ema_multi_avg_fn(0.75)([a], [b], torch.tensor(1))
	out["a"] = a
`)
	a, b := torch.NewTensor([]int64{10, 20}), torch.NewTensor([]int64{30, 21})
	swa.GetEmaMultiAvgFn(swa.Decay(0.75))([]*torch.Tensor{a}, []*torch.Tensor{b}, torch.NewTensor(1))
	py.EqualTensor("a", a)
}

// Hooks run once, whoever calls the model.
func TestHooksOfAveragedModel(t *testing.T) {
	m := swa.NewAveragedModel(nn.NewLinear(2, 1))
	calls := 0
	m.RegisterForwardHook(func(_ nn.AnyModule, _, _ []*torch.Tensor) []*torch.Tensor {
		calls++
		return nil
	})
	m.Forward(torch.Ones([]int64{2}))
	nn.Call(m, torch.Ones([]int64{2}))
	assert.Equal(t, 2, calls)
}
