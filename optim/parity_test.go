package optim_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// A twin is an optimizer in Python, as the arguments that follow the
// parameters, and in Go.
type twin struct {
	python string // "SGD(params, lr=0.1)"
	golang func(params []*torch.Tensor) optim.Optimizer
}

func sgd(python string, opts ...optim.SGDOption) twin {
	return twin{"SGD(params, " + python + ")", func(p []*torch.Tensor) optim.Optimizer { return optim.NewSGD(p, opts...) }}
}

func adam(python string, opts ...optim.AdamOption) twin {
	return twin{"Adam(params, " + python + ")", func(p []*torch.Tensor) optim.Optimizer { return optim.NewAdam(p, opts...) }}
}

func adamW(python string, opts ...optim.AdamWOption) twin {
	return twin{"AdamW(params, " + python + ")", func(p []*torch.Tensor) optim.Optimizer { return optim.NewAdamW(p, opts...) }}
}

func adadelta(python string, opts ...optim.AdadeltaOption) twin {
	return twin{"Adadelta(params, " + python + ")", func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewAdadelta(p, opts...)
	}}
}

// tensorLR is made anew in each test, since a test may leave no tensor behind.
func sgdTensorLR(python string, lr float32, opts ...optim.SGDOption) twin {
	return twin{"SGD(params, " + python + ")", func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewSGD(p, append(opts, optim.LR(torch.NewTensor(lr)))...)
	}}
}

func adamTensorLR(python string, lr float32, opts ...optim.AdamOption) twin {
	return twin{"Adam(params, " + python + ")", func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewAdam(p, append(opts, optim.LR(torch.NewTensor([]float32{lr})))...)
	}}
}

// twins has every argument that changes arithmetic, alone and with others.
var twins = []twin{
	sgd("lr=0.01", optim.LR(0.01)),
	sgd("lr=0.01, weight_decay=0.1", optim.LR(0.01), optim.WeightDecay(0.1)),
	sgd("lr=0.01, momentum=0.9", optim.LR(0.01), optim.Momentum(0.9)),
	sgd("lr=0.01, momentum=0.9, dampening=0.3", optim.LR(0.01), optim.Momentum(0.9), optim.Dampening(0.3)),
	sgd("lr=0.01, momentum=0.9, nesterov=True", optim.LR(0.01), optim.Momentum(0.9), optim.Nesterov(true)),
	sgd("lr=0.0001, maximize=True", optim.LR(0.0001), optim.Maximize(true)),
	sgd("lr=0.0001, maximize=True, momentum=0.5, weight_decay=0.01, nesterov=True", optim.LR(0.0001), optim.Maximize(true),
		optim.Momentum(0.5), optim.WeightDecay(0.01), optim.Nesterov(true)),
	sgd("lr=0.01, momentum=0.9, foreach=False", optim.LR(0.01), optim.Momentum(0.9), optim.Foreach(false)),
	sgd("lr=0.01, foreach=True", optim.LR(0.01), optim.Foreach(true)),
	sgd("lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1, foreach=True", optim.LR(0.01), optim.Momentum(0.9),
		optim.Nesterov(true), optim.WeightDecay(0.1), optim.Foreach(true)),
	sgd("lr=0.01, momentum=0.9, dampening=0.1, maximize=True, foreach=True", optim.LR(0.01), optim.Momentum(0.9),
		optim.Dampening(0.1), optim.Maximize(true), optim.Foreach(true)),
	sgd("lr=0.01, fused=True", optim.LR(0.01), optim.Fused(true)),
	sgd("lr=0.01, weight_decay=0.1, maximize=True, fused=True", optim.LR(0.01), optim.WeightDecay(0.1), optim.Maximize(true),
		optim.Fused(true)),
	sgdTensorLR("lr=torch.tensor(0.01)", 0.01),
	sgdTensorLR("lr=torch.tensor(0.01), fused=True", 0.01, optim.Fused(true)),

	adam("lr=0.01", optim.LR(0.01)),
	adam("betas=(0.8, 0.99), eps=1e-3", optim.Betas(0.8, 0.99), optim.Eps(1e-3)),
	adam("lr=0.01, weight_decay=0.1", optim.LR(0.01), optim.WeightDecay(0.1)),
	adam("lr=0.01, weight_decay=0.1, decoupled_weight_decay=True", optim.LR(0.01), optim.WeightDecay(0.1),
		optim.DecoupledWeightDecay(true)),
	adam("lr=0.01, amsgrad=True", optim.LR(0.01), optim.Amsgrad(true)),
	adam("lr=0.01, maximize=True, weight_decay=0.1", optim.LR(0.01), optim.Maximize(true), optim.WeightDecay(0.1)),
	adam("lr=0.01, weight_decay=0.1, foreach=True", optim.LR(0.01), optim.WeightDecay(0.1), optim.Foreach(true)),
	adam("lr=0.01, amsgrad=True, maximize=True, weight_decay=0.1, foreach=True", optim.LR(0.01), optim.Amsgrad(true),
		optim.Maximize(true), optim.WeightDecay(0.1), optim.Foreach(true)),
	adam("lr=0.01, fused=True", optim.LR(0.01), optim.Fused(true)),
	adam("lr=0.01, amsgrad=True, weight_decay=0.1, maximize=True, fused=True", optim.LR(0.01), optim.Amsgrad(true),
		optim.WeightDecay(0.1), optim.Maximize(true), optim.Fused(true)),
	adamTensorLR("lr=torch.tensor([0.01])", 0.01),
	adamTensorLR("lr=torch.tensor([0.01]), weight_decay=0.1, decoupled_weight_decay=True", 0.01, optim.WeightDecay(0.1),
		optim.DecoupledWeightDecay(true)),
	adamTensorLR("lr=torch.tensor([0.01]), fused=True", 0.01, optim.Fused(true)),
	adamW("lr=0.01", optim.LR(0.01)),
	adamW("lr=0.01, weight_decay=0.3, amsgrad=True", optim.LR(0.01), optim.WeightDecay(0.3), optim.Amsgrad(true)),
	adamW("lr=0.01, foreach=True", optim.LR(0.01), optim.Foreach(true)),
	adamW("lr=0.01, fused=True", optim.LR(0.01), optim.Fused(true)),

	adadelta("lr=0.5", optim.LR(0.5)),
	adadelta("rho=0.8, eps=1e-4", optim.Rho(0.8), optim.Eps(1e-4)),
	adadelta("weight_decay=0.1", optim.WeightDecay(0.1)),
	adadelta("maximize=True", optim.Maximize(true)),
	adadelta("foreach=True", optim.Foreach(true)),
	adadelta("foreach=True, maximize=True, weight_decay=0.1", optim.Foreach(true), optim.Maximize(true), optim.WeightDecay(0.1)),
}

// problem is parameters of several shapes and dtypes and a loss of them: the
// fourth never has a gradient, the fifth from the step late on.
const problem = `
	torch.manual_seed(0)
	params = [torch.randn(3, 4), torch.randn(4, 5), torch.randn(5), torch.randn(2), torch.randn(7, dtype=torch.float64)]
	params = [p.requires_grad_() for p in params]
	def loss_of(params, step, late=10):
	    loss = ((params[0] @ params[1]) * params[2]).square().sum() * 0.01
	    if step >= late:
	        loss = loss + params[4].sin().sum()
	    return loss
	def train(opt, first, last):
	    for step in range(first, last):
	        opt.zero_grad()
	        loss_of(params, step).backward()
	        opt.step()
	def state_of(opt):
	    return [v for p in params for k, v in sorted(opt.state.get(p, {}).items())]
`

func newParams() []*torch.Tensor {
	torch.ManualSeed(0)
	params := []*torch.Tensor{
		torch.Randn([]int64{3, 4}), torch.Randn([]int64{4, 5}), torch.Randn([]int64{5}), torch.Randn([]int64{2}),
		torch.Randn([]int64{7}, torch.Float64),
	}
	for _, p := range params {
		p.RequiresGrad_()
	}
	return params
}

func lossOf(params []*torch.Tensor, step int) *torch.Tensor {
	loss := params[0].Mm(params[1]).Mul(params[2]).Square().Sum().Mul(0.01)
	if step >= 10 {
		loss = loss.Add(params[4].Sin().Sum())
	}
	return loss
}

func train(o optim.Optimizer, params []*torch.Tensor, first, last int) {
	for step := first; step < last; step++ {
		o.ZeroGrad()
		lossOf(params, step).Backward()
		o.Step()
	}
}

func stateOf(o optim.Optimizer, params []*torch.Tensor) (state []*torch.Tensor) {
	for _, p := range params {
		kept := o.State(p)
		for _, name := range slices.Sorted(maps.Keys(kept)) {
			state = append(state, kept[name].(*torch.Tensor))
		}
	}
	return state
}

func TestFiftySteps(t *testing.T) {
	for _, twin := range twins {
		t.Run(twin.python, func(t *testing.T) {
			py := parity.Run(t, problem+fmt.Sprintf(`
	opt = optim.%s
	train(opt, 0, 50)
	out["params"], out["state"] = params, state_of(opt)
	out["text"] = str(opt)
	out["groups"] = [sorted(g) for g in opt.state_dict()["param_groups"]]
	out["keys"] = [str(sorted(opt.state_dict()["state"].get(i, {}))) for i in range(5)]
`, twin.python))
			params := newParams()
			o := twin.golang(params)
			train(o, params, 0, 50)
			py.EqualTensors("params", params)
			py.EqualTensors("state", stateOf(o, params))
			assert.Equal(t, py.Text("text"), o.String())
			checkLayout(t, py, o)
		})
	}
}

// checkLayout compares the keys of the state dictionaries.
func checkLayout(t *testing.T, py *parity.Result, o optim.Optimizer) {
	t.Helper()
	dict := o.StateDict()
	for i, group := range dict.ParamGroups {
		var names []string
		for _, v := range py.Value("groups").List[i].List {
			names = append(names, v.Value.(string))
		}
		assert.Equal(t, names, slices.Sorted(maps.Keys(group)))
	}
	for i, keys := range py.Strings("keys") {
		names := slices.Sorted(maps.Keys(dict.State[i]))
		if len(names) == 0 {
			assert.Equal(t, "[]", keys)
			continue
		}
		assert.Equal(t, keys, "['"+strings.Join(names, "', '")+"']")
	}
}

// Training goes on after saving and loading as if nothing had happened.
func TestSaveLoadGoOn(t *testing.T) {
	for _, twin := range twins {
		t.Run(twin.python, func(t *testing.T) {
			py := parity.Run(t, problem+fmt.Sprintf(`
	opt = optim.%s
	train(opt, 0, 20)
	params = [p.detach().clone().requires_grad_() for p in params]
	saved = opt.state_dict()
	opt = optim.%s
	opt.load_state_dict(saved)
	train(opt, 20, 30)
	out["params"], out["state"] = params, state_of(opt)
`, twin.python, twin.python))
			params := newParams()
			o := twin.golang(params)
			train(o, params, 0, 20)
			for i, p := range params {
				params[i] = p.Detach().Clone().RequiresGrad_()
			}
			saved := o.StateDict()
			o = twin.golang(params)
			require.NoError(t, o.LoadStateDict(saved))
			train(o, params, 20, 30)
			py.EqualTensors("params", params)
			py.EqualTensors("state", stateOf(o, params))
		})
	}
}

func TestGroups(t *testing.T) {
	py := parity.Run(t, problem+`
	opt = optim.SGD([{"params": params[:2], "momentum": 0.9, "nesterov": True}, {"params": params[2:3], "lr": 0.2}], lr=0.01)
	opt.add_param_group({"params": params[3:], "weight_decay": 0.5, "foreach": True})
	train(opt, 0, 15)
	opt.param_groups[1]["lr"] = 0.002
	opt.param_groups[0]["momentum"] = 0.5
	train(opt, 15, 30)
	out["params"], out["state"] = params, state_of(opt)
	out["text"] = str(opt)
	out["places"] = [str(g["params"]) for g in opt.state_dict()["param_groups"]]
`)
	params := newParams()
	o := optim.NewSGD([]optim.SGDGroup{
		{Params: params[:2], Options: []optim.SGDOption{optim.Momentum(0.9), optim.Nesterov(true)}},
		{Params: params[2:3], Options: []optim.SGDOption{optim.LR(0.2)}},
	}, optim.LR(0.01))
	o.AddParamGroup(optim.SGDGroup{Params: params[3:], Options: []optim.SGDOption{optim.WeightDecay(0.5), optim.Foreach(true)}})
	train(o, params, 0, 15)
	o.ParamGroups()[1].SetLR(0.002)
	o.ParamGroups()[0].Set(optim.Momentum(0.5))
	train(o, params, 15, 30)
	py.EqualTensors("params", params)
	py.EqualTensors("state", stateOf(o, params))
	assert.Equal(t, py.Text("text"), o.String())
	for i, want := range py.Strings("places") {
		got := strings.ReplaceAll(fmt.Sprint(o.StateDict().ParamGroups[i]["params"]), " ", ", ")
		assert.Equal(t, want, got)
	}
}

func TestNamedParameters(t *testing.T) {
	py := parity.Run(t, problem+`
	opt = optim.Adam([("weight", params[0]), ("bias", params[1])])
	out["text"] = str(opt)
	out["names"] = opt.state_dict()["param_groups"][0]["param_names"]
`)
	params := newParams()
	o := optim.NewAdam([]optim.AdamGroup{{Params: params[:2], Names: []string{"weight", "bias"}}})
	assert.Equal(t, py.Text("text"), o.String())
	assert.Equal(t, py.Strings("names"), o.StateDict().ParamGroups[0]["param_names"])
}

// A closure computes the loss with gradients, even inside no_grad.
func TestClosure(t *testing.T) {
	py := parity.Run(t, problem+`
	opt = optim.Adam(params, lr=0.1)
	def closure():
	    opt.zero_grad()
	    loss = loss_of(params, 20)
	    loss.backward()
	    return loss
	with torch.no_grad():
	    out["losses"] = [opt.step(closure) for _ in range(5)]
	out["params"] = params
`)
	params := newParams()
	o := optim.NewAdam(params, optim.LR(0.1))
	var losses []*torch.Tensor
	torch.NoGrad(func() {
		for range 5 {
			losses = append(losses, o.StepClosure(func() *torch.Tensor {
				o.ZeroGrad()
				loss := lossOf(params, 20)
				loss.Backward()
				return loss
			}))
		}
	})
	py.EqualTensors("losses", losses)
	py.EqualTensors("params", params)
}

// Parameters that are complex are updated as pairs of real numbers.
func TestComplexParameters(t *testing.T) {
	for _, foreach := range []bool{false, true} {
		py := parity.Run(t, fmt.Sprintf(`
	foreach = %s
	torch.manual_seed(0)
	params = [torch.randn(3, dtype=torch.complex64), torch.randn(2)]
	params = [p.requires_grad_() for p in params]
	opts = [optim.SGD(params, lr=0.01, momentum=0.9, foreach=foreach), optim.Adam(params, lr=0.01, amsgrad=True, foreach=foreach),
	    optim.Adadelta(params, foreach=foreach)]
	for opt in opts:
	    for _ in range(10):
	        opt.zero_grad()
	        (params[0].abs().square().sum() + params[1].square().sum()).backward()
	        opt.step()
	out["params"] = params
`, map[bool]string{false: "False", true: "True"}[foreach]))
		torch.ManualSeed(0)
		params := []*torch.Tensor{torch.Randn([]int64{3}, torch.Complex64), torch.Randn([]int64{2})}
		for _, p := range params {
			p.RequiresGrad_()
		}
		for _, o := range []optim.Optimizer{
			optim.NewSGD(params, optim.LR(0.01), optim.Momentum(0.9), optim.Foreach(foreach)),
			optim.NewAdam(params, optim.LR(0.01), optim.Amsgrad(true), optim.Foreach(foreach)),
			optim.NewAdadelta(params, optim.Foreach(foreach)),
		} {
			for range 10 {
				o.ZeroGrad()
				params[0].Abs().Square().Sum().Add(params[1].Square().Sum()).Backward()
				o.Step()
			}
		}
		py.EqualTensors("params", params)
	}
}

// The step itself is differentiated, with respect to what the parameters were
// and, for SGD, to the learning rate.
func TestDifferentiable(t *testing.T) {
	for _, name := range []string{"SGD", "Adam", "Adadelta"} {
		t.Run(name, func(t *testing.T) {
			args := map[string]string{
				"SGD": "lr=lr, momentum=0.9, differentiable=True", "Adam": "lr=0.1, amsgrad=True, differentiable=True",
				"Adadelta": "differentiable=True",
			}[name]
			py := parity.Run(t, fmt.Sprintf(`
	lr = torch.tensor(0.1, requires_grad=True)
	start = torch.tensor([1., -2., 3.], requires_grad=True)
	param = start.clone()
	opt = optim.%s([param], %s)
	param.grad = (2 * start).detach()
	opt.step()
	param.square().sum().backward()
	out["param"], out["start"], out["lr"] = param, start.grad, lr.grad
`, name, args))
			lr := torch.NewTensor(float32(0.1), torch.RequiresGrad(true))
			start := torch.NewTensor([]float32{1, -2, 3}, torch.RequiresGrad(true))
			params := []*torch.Tensor{start.Clone()}
			var o optim.Optimizer
			switch name {
			case "SGD":
				o = optim.NewSGD(params, optim.LR(lr), optim.Momentum(0.9), optim.Differentiable(true))
			case "Adam":
				o = optim.NewAdam(params, optim.LR(0.1), optim.Amsgrad(true), optim.Differentiable(true))
			case "Adadelta":
				o = optim.NewAdadelta(params, optim.Differentiable(true))
			}
			params[0].SetGrad(start.Mul(2).Detach())
			o.Step()
			params[0].Square().Sum().Backward()
			py.EqualTensor("param", params[0])
			py.EqualTensor("start", start.Grad())
			py.EqualTensor("lr", lr.Grad())
		})
	}
}
