package optim_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

func leaf() *torch.Tensor { return torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true)) }

func onHost() *torch.Tensor { return torch.Ones([]int64{2}, torch.CPU, torch.RequiresGrad(true)) }

// Each misuse panics with the exception that Python raises.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		python string
		golang func()
	}{
		{`optim.SGD([])`, func() { optim.NewSGD([]*torch.Tensor{}) }},
		{`optim.Adam([{"params": [p]}, {"params": [p]}])`, func() {
			p := leaf()
			optim.NewAdam([]optim.AdamGroup{{Params: []*torch.Tensor{p}}, {Params: []*torch.Tensor{p}}})
		}},
		{`optim.SGD([p * 2])`, func() { optim.NewSGD([]*torch.Tensor{leaf().Mul(2)}) }},
		{`optim.SGD([None])`, func() { optim.NewSGD([]*torch.Tensor{nil}) }},
		{`optim.SGD([p], lr=-1)`, func() { optim.NewSGD([]*torch.Tensor{leaf()}, optim.LR(-1)) }},
		{`optim.SGD([p], lr=-0.5)`, func() { optim.NewSGD([]*torch.Tensor{leaf()}, optim.LR(-0.5)) }},
		{`optim.SGD([p], lr=torch.ones(2))`, func() {
			optim.NewSGD([]*torch.Tensor{leaf()}, optim.LR(torch.Ones([]int64{2})))
		}},
		{`optim.SGD([p], momentum=-0.1)`, func() { optim.NewSGD([]*torch.Tensor{leaf()}, optim.Momentum(-0.1)) }},
		{`optim.SGD([p], weight_decay=-1e-5)`, func() { optim.NewSGD([]*torch.Tensor{leaf()}, optim.WeightDecay(-1e-5)) }},
		{`optim.SGD([p], nesterov=True)`, func() { optim.NewSGD([]*torch.Tensor{leaf()}, optim.Nesterov(true)) }},
		{`optim.SGD([p], nesterov=True, momentum=0.9, dampening=0.1)`, func() {
			optim.NewSGD([]*torch.Tensor{leaf()}, optim.Nesterov(true), optim.Momentum(0.9), optim.Dampening(0.1))
		}},
		{`optim.SGD([p], fused=True, differentiable=True)`, func() {
			optim.NewSGD([]*torch.Tensor{leaf()}, optim.Fused(true), optim.Differentiable(true))
		}},
		{`optim.SGD([p], fused=True, foreach=True)`, func() {
			optim.NewSGD([]*torch.Tensor{leaf()}, optim.Fused(true), optim.Foreach(true))
		}},
		{`optim.Adam([p], lr=math.nan)`, func() { optim.NewAdam([]*torch.Tensor{leaf()}, optim.LR(math.NaN())) }},
		{`optim.Adam([p], eps=-1e-8)`, func() { optim.NewAdam([]*torch.Tensor{leaf()}, optim.Eps(-1e-8)) }},
		{`optim.Adam([p], betas=(1.0, 0.999))`, func() { optim.NewAdam([]*torch.Tensor{leaf()}, optim.Betas(1, 0.999)) }},
		{`optim.Adam([p], betas=(0.9, -0.1))`, func() { optim.NewAdam([]*torch.Tensor{leaf()}, optim.Betas(0.9, -0.1)) }},
		{`optim.Adam([p], weight_decay=-1)`, func() { optim.NewAdam([]*torch.Tensor{leaf()}, optim.WeightDecay(-1)) }},
		{`optim.Adam([p], lr=torch.tensor(0.1), foreach=True)`, func() {
			optim.NewAdam([]*torch.Tensor{leaf()}, optim.LR(torch.NewTensor(float32(0.1))), optim.Foreach(true))
		}},
		{`optim.Adadelta([p], rho=1.5)`, func() { optim.NewAdadelta([]*torch.Tensor{leaf()}, optim.Rho(1.5)) }},
		{`optim.Adadelta([p], lr=-1.0)`, func() { optim.NewAdadelta([]*torch.Tensor{leaf()}, optim.LR(-1.0)) }},
		{`optim.SGD([("a", p)]).add_param_group({"params": [q]})`, func() {
			optim.NewSGD([]optim.SGDGroup{{Params: []*torch.Tensor{leaf()}, Names: []string{"a"}}}).
				AddParamGroup(optim.SGDGroup{Params: []*torch.Tensor{leaf()}})
		}},
		{`optim.SGD([p]).add_param_group({"params": [("a", q)]})`, func() {
			optim.NewSGD([]*torch.Tensor{leaf()}).
				AddParamGroup(optim.SGDGroup{Params: []*torch.Tensor{leaf()}, Names: []string{"a"}})
		}},
		{`optim.SGD([("a", p), q])`, func() {
			optim.NewSGD([]optim.SGDGroup{{Params: []*torch.Tensor{leaf(), leaf()}, Names: []string{"a"}}})
		}},
		{`optim.Adam([p], betas=(torch.tensor([0.5, 0.5]), torch.tensor(0.9)))`, func() {
			optim.NewAdam([]*torch.Tensor{leaf()}, optim.TensorBetas(torch.NewTensor([]float32{0.5, 0.5}), torch.NewTensor(float32(0.9))))
		}},
		{`step(optim.Adam([h], capturable=True))`, func() { step(optim.NewAdam([]*torch.Tensor{onHost()}, optim.Capturable(true))) }},
		{`step(optim.Adadelta([h], capturable=True))`, func() {
			step(optim.NewAdadelta([]*torch.Tensor{onHost()}, optim.Capturable(true)))
		}},
		{`step(optim.Adam([c], fused=True))`, func() {
			step(optim.NewAdam([]*torch.Tensor{torch.Ones([]int64{2}, torch.Complex64, torch.RequiresGrad(true))}, optim.Fused(true)))
		}},
		{`step(optim.SGD([c], fused=True))`, func() {
			step(optim.NewSGD([]*torch.Tensor{torch.Ones([]int64{2}, torch.Complex64, torch.RequiresGrad(true))}, optim.Fused(true)))
		}},
	} {
		t.Run(c.python, func(t *testing.T) {
			py := parity.RunError(t, `
				import math
				p, q = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
				c = torch.ones(2, dtype=torch.complex64, requires_grad=True)
				h = torch.ones(2, device="cpu", requires_grad=True)
				def step(opt):
				    for p in opt.param_groups[0]["params"]:
				        p.grad = torch.ones_like(p)
				    opt.step()
				`+c.python)
			var e *torch.Error
			require.True(t, errors.As(torch.Try(c.golang), &e), "Go did not panic")
			assert.Equal(t, py.Error.Type, e.Kind)
			assert.Equal(t, py.Error.Message, e.Message)
		})
	}
}

// step gives all parameters a gradient of ones, and takes a step.
func step(o optim.Optimizer) {
	for _, p := range o.ParamGroups()[0].Params {
		p.SetGrad(torch.OnesLike(p))
	}
	o.Step()
}

// SGD lets NaN pass, as Python's does.
func TestNaNLearningRate(t *testing.T) {
	assert.NoError(t, torch.Try(func() { optim.NewSGD([]*torch.Tensor{leaf()}, optim.LR(math.NaN())) }))
}

func TestLoadErrors(t *testing.T) {
	two := optim.NewSGD([]optim.SGDGroup{{Params: []*torch.Tensor{leaf()}}, {Params: []*torch.Tensor{leaf()}}})
	one := optim.NewSGD([]*torch.Tensor{leaf()}, optim.LR(0.5))
	assert.EqualError(t, two.LoadStateDict(one.StateDict()),
		"optim.Base.LoadStateDict: loaded state dict has a different number of parameter groups")
	pair := optim.NewSGD([]*torch.Tensor{leaf(), leaf()})
	assert.EqualError(t, pair.LoadStateDict(one.StateDict()),
		"optim.Base.LoadStateDict: loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
	momentum := optim.NewSGD([]*torch.Tensor{leaf()}, optim.Momentum(0.9))
	step(momentum)
	adam := optim.NewAdam([]*torch.Tensor{leaf()})
	assert.ErrorIs(t, adam.LoadStateDict(momentum.StateDict()), &torch.Error{Kind: "KeyError", Message: "'step'"})
	assert.Equal(t, 1e-3, adam.ParamGroups()[0].LR(), "a failed load changes nothing")
}

// State is converted to the parameters' dtype, and the step count is not; what
// schedulers left in a group stays.
func TestLoadConverts(t *testing.T) {
	p := leaf()
	before := optim.NewAdam([]*torch.Tensor{p})
	before.ParamGroups()[0].Put("initial_lr", 0.25)
	step(before)
	double := torch.NewTensor([]float64{1, 2}, torch.RequiresGrad(true))
	after := optim.NewAdam([]*torch.Tensor{double})
	require.NoError(t, after.LoadStateDict(before.StateDict()))
	state := after.State(double)
	assert.Equal(t, torch.Float64, state["exp_avg"].(*torch.Tensor).DType())
	assert.Equal(t, torch.Float32, state["step"].(*torch.Tensor).DType())
	initial, ok := after.ParamGroups()[0].Get("initial_lr")
	assert.True(t, ok)
	assert.Equal(t, 0.25, initial)

	// Old versions saved the step as a number, and knew fewer options.
	dict := before.StateDict()
	dict.State[0]["step"] = 1
	for _, name := range []string{"capturable", "differentiable", "fused", "foreach", "maximize", "decoupled_weight_decay"} {
		delete(dict.ParamGroups[0], name)
	}
	dict.ParamGroups[0]["betas"] = []any{0.9, 0.999}
	dict.ParamGroups[0]["params"] = []any{int64(0)}
	require.NoError(t, after.LoadStateDict(dict))
	step(after)
	assert.Equal(t, 2.0, after.State(double)["step"].(*torch.Tensor).Item())
}

func TestAdamWStaysDecoupled(t *testing.T) {
	adam, adamW := optim.NewAdam([]*torch.Tensor{leaf()}), optim.NewAdamW([]*torch.Tensor{leaf()})
	require.NoError(t, adamW.LoadStateDict(adam.StateDict()))
	decoupled, _ := adamW.ParamGroups()[0].Get("decoupled_weight_decay")
	assert.Equal(t, true, decoupled)
}

func TestZeroGrad(t *testing.T) {
	p := leaf()
	for _, o := range []optim.Optimizer{
		optim.NewSGD([]*torch.Tensor{p}), optim.NewSGD([]*torch.Tensor{p}, optim.Foreach(true)),
	} {
		p.Mul(3).Sum().Backward(torch.CreateGraph(true))
		o.ZeroGrad(optim.SetToNone(false))
		assert.Equal(t, []float32{0, 0}, torch.Data[float32](p.Grad()))
		assert.False(t, p.Grad().RequiresGrad())
		o.ZeroGrad()
		assert.Nil(t, p.Grad())
		o.ZeroGrad(optim.SetToNone(false)) // nothing to fill
	}
}

func TestHooks(t *testing.T) {
	o := optim.NewSGD([]*torch.Tensor{leaf()})
	var calls []string
	pre := o.RegisterStepPreHook(func(optim.Optimizer, func() *torch.Tensor) func() *torch.Tensor {
		calls = append(calls, "pre")
		return nil
	})
	o.RegisterStepPostHook(func(got optim.Optimizer) { calls = append(calls, fmt.Sprint("post ", got == optim.Optimizer(o))) })
	o.StepClosure(func() *torch.Tensor { calls = append(calls, "closure"); return nil })
	pre.Remove()
	o.Step()
	assert.Equal(t, []string{"pre", "closure", "post true", "post true"}, calls)
}

func TestDuplicateParametersWarn(t *testing.T) {
	var got []string
	before := torch.SetWarningHandler(func(w torch.Warning) { got = append(got, w.Message) })
	defer torch.SetWarningHandler(before)
	p := leaf()
	optim.NewSGD([]*torch.Tensor{p, p})
	py := parity.Run(t, `
		p = torch.ones(2, requires_grad=True)
		optim.SGD([p, p])
	`)
	require.Len(t, py.Warnings, 1)
	assert.Equal(t, []string{py.Warnings[0].Message}, got)
}

// Options change only to values that they can have.
func TestGroupValues(t *testing.T) {
	lr := torch.NewTensor(float32(0.5))
	o := optim.NewSGD([]*torch.Tensor{leaf()}, optim.LR(lr), optim.Momentum(0))
	g := o.ParamGroups()[0]
	g.SetLR(0.25)
	assert.Equal(t, 0.25, lr.Item(), "a tensor is filled")
	assert.ErrorIs(t, torch.Try(func() { g.Set(optim.Betas(0.5, 0.5)) }), &torch.Error{Kind: "KeyError"})
	assert.ErrorIs(t, torch.Try(func() { g.Put("momentum", "much") }), &torch.Error{Kind: "TypeError"})
	assert.ErrorIs(t, torch.Try(func() { g.Put("nesterov", 1) }), &torch.Error{Kind: "TypeError"})
	g.Put("momentum", float32(0.5))
	value, _ := g.Get("momentum")
	assert.Equal(t, 0.5, value)
	assert.Equal(t, int64(0), o.Defaults()["momentum"])
}

// State is made inside a scope and lives on after it.
func TestStateSurvivesScopes(t *testing.T) {
	p := leaf()
	for _, o := range []optim.Optimizer{
		optim.NewSGD([]*torch.Tensor{p}, optim.Momentum(0.9)), optim.NewSGD([]*torch.Tensor{p}, optim.Momentum(0.9), optim.Fused(true)),
		optim.NewAdam([]*torch.Tensor{p}, optim.Amsgrad(true)), optim.NewAdadelta([]*torch.Tensor{p}),
	} {
		for range torch.Scoped(3) {
			step(o)
		}
		torch.Scope(func() { // what is loaded is kept, too
			saved := o.StateDict()
			for name, value := range saved.State[0] {
				saved.State[0][name] = value.(*torch.Tensor).Clone()
			}
			require.NoError(t, o.LoadStateDict(saved))
		})
		step(o)
		p.SetGrad(nil)
	}
}

// Steps leave nothing behind but the state.
func TestMemoryIsFlat(t *testing.T) {
	for _, a := range arguments {
		if a.name == "LBFGS" { // its history grows
			continue
		}
		for _, args := range a.args {
			python := fmt.Sprintf("%s(params, %s)", a.name, args)
			params := newParams()
			o := twin(params, python)
			train(o, params, 0, 15)
			for _, p := range params {
				p.SetGrad(torch.OnesLike(p))
			}
			o.Step()
			torch.CollectGarbage()
			before := torch.MemoryStats()
			for range 5 {
				o.Step()
			}
			after := torch.MemoryStats()
			assert.Equal(t, before.Handles, after.Handles, python)
			assert.Equal(t, before.Bytes, after.Bytes, python)
		}
	}
}

// What CUDA graphs capture computes the same as Python does, on the CPU, too.
func TestCapturable(t *testing.T) {
	defer optim.AllowCapturableCPU()()
	for _, python := range []string{
		"Adam(params, lr=0.01, capturable=True, foreach=False)",
		"Adam(params, lr=0.01, amsgrad=True, capturable=True, foreach=True)",
		"Adam(params, lr=torch.tensor([0.01]), capturable=True)",
		"Adam(params, lr=torch.tensor([0.01]), capturable=True, foreach=True)",
		"Adam(params, lr=torch.tensor(0.01), betas=(torch.tensor(0.8), torch.tensor(0.99)), capturable=True)",
		"Adam(params, betas=(torch.tensor([0.8]), torch.tensor([0.99])), amsgrad=True, capturable=True, foreach=True)",
		"Adadelta(params, capturable=True)",
		"Adadelta(params, lr=torch.tensor(1.0), capturable=True, foreach=True)",
		"Adamax(params, lr=0.01, capturable=True)",
		"Adamax(params, lr=torch.tensor([0.01]), capturable=True, foreach=True)",
		"NAdam(params, lr=0.01, weight_decay=0.1, capturable=True)",
		"NAdam(params, lr=torch.tensor([0.01]), capturable=True)",
		"NAdam(params, lr=0.01, weight_decay=0.1, capturable=True, foreach=True)",
		"NAdam(params, lr=torch.tensor(0.01), capturable=True, foreach=True)",
		"RAdam(params, lr=0.01, weight_decay=0.1, capturable=True)",
		"RAdam(params, lr=torch.tensor([0.01]), capturable=True)",
		"RAdam(params, lr=0.01, weight_decay=0.1, capturable=True, foreach=True)",
		"RAdam(params, lr=torch.tensor(0.01), capturable=True, foreach=True)",
		"ASGD(params, lr=0.1, lambd=0.01, t0=15, capturable=True)",
		"ASGD(params, lr=torch.tensor([0.1]), capturable=True)",
		"ASGD(params, lr=0.1, lambd=0.01, t0=15, capturable=True, foreach=True)",
		"ASGD(params, lr=torch.tensor(0.1), capturable=True, foreach=True)",
		"RMSprop(params, centered=True, capturable=True)",
		"RMSprop(params, lr=torch.tensor(0.01), momentum=0.5, capturable=True, foreach=True)",
		"RMSprop(params, lr=torch.tensor(0.01), capturable=True, foreach=True)",
		"Rprop(params, capturable=True)",
		"Rprop(params, capturable=True, foreach=True)",
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.Run(t, problem+fmt.Sprintf(`
	from torch.optim import optimizer as base
	import sys
	text = %q
	module = sys.modules["torch.optim." + text.split("(")[0].lower()]
	devices = module._get_capturable_supported_devices
	module._get_capturable_supported_devices = lambda supports_xla=True: ["cpu", "cuda"]
	opt = make(text)
	train(opt, 0, 20)
	opt = go_on(opt, text)
	train(opt, 20, 50)
	module._get_capturable_supported_devices = devices
	out["params"], out["state"] = params, state_of(opt)
`, python))
			params := newParams()
			o := twin(params, python)
			train(o, params, 0, 20)
			o, params = goOn(t, o, params, python)
			train(o, params, 20, 50)
			py.EqualTensors("params", params)
			py.EqualTensors("state", stateOf(o, params))
		})
	}
}

func benchmarkStep(b *testing.B, newOptimizer func([]*torch.Tensor) optim.Optimizer) {
	var params []*torch.Tensor
	for _, shape := range [][]int64{{2, 2}, {2}, {1, 2}, {1}} {
		p := torch.Ones(shape, torch.RequiresGrad(true))
		p.SetGrad(torch.OnesLike(p))
		params = append(params, p)
	}
	o := newOptimizer(params)
	b.ReportAllocs()
	for b.Loop() {
		o.Step()
	}
}

func BenchmarkSGDStep(b *testing.B) {
	benchmarkStep(b, func(p []*torch.Tensor) optim.Optimizer { return optim.NewSGD(p, optim.LR(1e-9)) })
}

func BenchmarkAdamStep(b *testing.B) {
	benchmarkStep(b, func(p []*torch.Tensor) optim.Optimizer { return optim.NewAdam(p, optim.LR(1e-9)) })
}

func BenchmarkAdamFusedStep(b *testing.B) {
	benchmarkStep(b, func(p []*torch.Tensor) optim.Optimizer { return optim.NewAdam(p, optim.LR(1e-9), optim.Fused(true)) })
}

// BenchmarkAddOnly is what four of the operators cost that a step of SGD calls.
func BenchmarkAddOnly(b *testing.B) {
	p, g := torch.Ones([]int64{2, 2}), torch.Ones([]int64{2, 2})
	b.ReportAllocs()
	for b.Loop() {
		for range 4 {
			p.Add_(g, torch.Alpha(1e-9))
		}
	}
}

// Parameters of lazy layers that no input has given a shape yet have no gradient: steps
// leave them alone.
func TestUninitializedParameters(t *testing.T) {
	for _, opts := range [][]optim.SGDOption{{optim.LR(0.5)}, {optim.LR(0.5), optim.Momentum(0.9)}} {
		p := onHost()
		s := optim.NewSGD([]*torch.Tensor{nn.NewLazyLinear(2).Weight, p}, opts...)
		p.Sum().Backward()
		s.Step()
		s.ZeroGrad()
		assert.Equal(t, []float32{0.5, 0.5}, torch.Data[float32](p))
	}
}
