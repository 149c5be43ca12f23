package optim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// All hooks run in Python's order, and do what Python's can.
func TestAllHooks(t *testing.T) {
	py := parity.Run(t, `
	from torch.optim.optimizer import register_optimizer_step_pre_hook, register_optimizer_step_post_hook
	calls = []
	note = lambda name: lambda *args: calls.append(name)
	p = torch.ones(2, requires_grad=True)
	opt = optim.SGD([p], lr=0.5)
	handles = [register_optimizer_step_pre_hook(note("global pre")), register_optimizer_step_post_hook(note("global post"))]
	opt.register_step_pre_hook(note("pre"))
	opt.register_step_post_hook(note("post"))
	opt.register_state_dict_pre_hook(note("state pre"))
	opt.register_state_dict_pre_hook(note("state pre first"), prepend=True)
	def post(opt, state):
	    calls.append("state post")
	    state["param_groups"][0]["lr"] = 7.0
	opt.register_state_dict_post_hook(post)
	opt.register_state_dict_post_hook(note("state post first"), prepend=True)
	def load(opt, state):
	    calls.append("load pre")
	    return {"state": state["state"], "param_groups": [dict(state["param_groups"][0], momentum=0.25)]}
	opt.register_load_state_dict_pre_hook(load)
	opt.register_load_state_dict_pre_hook(note("load pre first"), prepend=True)
	opt.register_load_state_dict_post_hook(note("load post"))
	handle = opt.register_load_state_dict_post_hook(note("load post first"), prepend=True)
	opt.step(lambda: calls.append("closure"))
	opt.load_state_dict(opt.state_dict())
	for h in handles + [handle]:
	    h.remove()
	opt.step()
	opt.load_state_dict(opt.state_dict())
	out["calls"], out["text"] = calls, str(opt)
`)
	var calls []string
	note := func(name string) func(optim.Optimizer) {
		return func(optim.Optimizer) { calls = append(calls, name) }
	}
	notePre := func(name string) optim.StepPreHook {
		return func(optim.Optimizer, func() *torch.Tensor) func() *torch.Tensor {
			calls = append(calls, name)
			return nil
		}
	}
	noteState := func(name string) func(optim.Optimizer, *optim.StateDict) {
		return func(optim.Optimizer, *optim.StateDict) { calls = append(calls, name) }
	}
	o := optim.NewSGD([]*torch.Tensor{leaf()}, optim.LR(0.5))
	handles := []*optim.Hook{
		optim.RegisterOptimizerStepPreHook(notePre("global pre")), optim.RegisterOptimizerStepPostHook(note("global post")),
	}
	o.RegisterStepPreHook(notePre("pre"))
	o.RegisterStepPostHook(note("post"))
	o.RegisterStateDictPreHook(note("state pre"))
	o.RegisterStateDictPreHook(note("state pre first"), optim.Prepend(true))
	o.RegisterStateDictPostHook(func(_ optim.Optimizer, state *optim.StateDict) {
		calls = append(calls, "state post")
		state.ParamGroups[0]["lr"] = 7.0
	})
	o.RegisterStateDictPostHook(noteState("state post first"), optim.Prepend(true))
	o.RegisterLoadStateDictPreHook(func(_ optim.Optimizer, state *optim.StateDict) {
		calls = append(calls, "load pre")
		state.ParamGroups[0]["momentum"] = 0.25
	})
	o.RegisterLoadStateDictPreHook(noteState("load pre first"), optim.Prepend(true))
	o.RegisterLoadStateDictPostHook(note("load post"))
	handles = append(handles, o.RegisterLoadStateDictPostHook(note("load post first"), optim.Prepend(true)))
	o.StepClosure(func() *torch.Tensor { calls = append(calls, "closure"); return nil })
	require.NoError(t, o.LoadStateDict(o.StateDict()))
	for _, h := range handles {
		h.Remove()
		h.Remove()
	}
	o.Step()
	require.NoError(t, o.LoadStateDict(o.StateDict()))
	assert.Equal(t, py.Strings("calls"), calls)
	assert.Equal(t, py.Text("text"), o.String())
}

// Hooks before a step replace the closure, those of all optimizers first, for LBFGS, too.
func TestStepPreHooksReplaceTheClosure(t *testing.T) {
	for _, python := range []string{"SGD(params, lr=0.1)", "LBFGS(params, lr=0.5, max_iter=3)"} {
		py := parity.Run(t, problem+fmt.Sprintf(`
	from torch.optim.optimizer import register_optimizer_step_pre_hook
	opt = make(%q)
	def scaled(factor, offset):
	    def hook(opt, args, kwargs):
	        closure = args[1]
	        def replaced():
	            loss = closure() * factor + offset
	            for p in params:
	                if p.grad is not None:
	                    p.grad.mul_(factor)
	            return loss
	        return (args[0], replaced), kwargs
	    return hook
	handle = register_optimizer_step_pre_hook(scaled(0.5, 1))
	opt.register_step_pre_hook(lambda opt, args, kwargs: None)
	opt.register_step_pre_hook(scaled(0.25, 2))
	def closure():
	    opt.zero_grad()
	    loss = loss_of(params, 0)
	    loss.backward()
	    return loss
	out["losses"] = [opt.step(closure) for _ in range(3)]
	handle.remove()
	out["params"] = params
`, python))
		params := newParams()
		o := twin(params, python)
		scaled := func(factor, offset float64) optim.StepPreHook {
			return func(_ optim.Optimizer, closure func() *torch.Tensor) func() *torch.Tensor {
				return func() *torch.Tensor {
					loss := closure().Mul(factor).Add(offset)
					for _, p := range params {
						if p.Grad() != nil {
							p.Grad().Mul_(factor)
						}
					}
					return loss
				}
			}
		}
		handle := optim.RegisterOptimizerStepPreHook(scaled(0.5, 1))
		defer handle.Remove()
		o.RegisterStepPreHook(func(optim.Optimizer, func() *torch.Tensor) func() *torch.Tensor { return nil })
		o.RegisterStepPreHook(scaled(0.25, 2))
		var losses list
		for range 3 {
			losses = append(losses, o.StepClosure(func() *torch.Tensor {
				o.ZeroGrad()
				loss := lossOf(params, 0)
				loss.Backward()
				return loss
			}))
		}
		handle.Remove()
		py.EqualTensors("losses", losses)
		py.EqualTensors("params", params)
	}
}

// A step on other parameters and state leaves the optimizer's own alone, even if
// it panics.
func TestSwapIn(t *testing.T) {
	py := parity.Run(t, `
	p, q = torch.ones(2, requires_grad=True), torch.full((2,), 3., requires_grad=True)
	opt = optim.Adam([("a", p)], lr=0.1)
	p.grad, q.grad = torch.ones(2), torch.full((2,), 2.)
	opt.step()
	state = {"state": {0: {k: v.clone() for k, v in opt.state_dict()["state"][0].items()}},
	         "param_groups": [dict(opt.state_dict()["param_groups"][0], lr=0.5)]}
	with optim.swap_in_optimizer_params_and_state(opt, {"q": q}, state):
	    opt.step()
	    out["inside"] = str(opt)
	opt.step()
	out["tensors"] = [p, q] + [state["state"][0][k] for k in sorted(state["state"][0])] + [opt.state[p][k] for k in sorted(opt.state[p])]
	out["outside"] = str(opt)
`)
	p, q := torch.Ones([]int64{2}, torch.RequiresGrad(true)), torch.Full([]int64{2}, 3.0, torch.RequiresGrad(true))
	o := optim.NewAdam([]optim.AdamGroup{{Params: []*torch.Tensor{p}, Names: []string{"a"}}}, optim.LR(0.1))
	p.SetGrad(torch.Ones([]int64{2}))
	q.SetGrad(torch.Full([]int64{2}, 2.0))
	o.Step()
	state := o.StateDict()
	state.ParamGroups[0]["lr"] = 0.5
	for name, value := range state.State[0] {
		state.State[0][name] = value.(*torch.Tensor).Clone()
	}
	assert.Panics(t, func() {
		optim.SwapInOptimizerParamsAndState(o, []*torch.Tensor{q}, state, func() { panic("the step fails") })
	})
	optim.SwapInOptimizerParamsAndState(o, []*torch.Tensor{q}, state, func() {
		o.Step()
		assert.Equal(t, py.Text("inside"), o.String())
	})
	o.Step()
	tensors := []*torch.Tensor{p, q}
	for _, kept := range []map[string]any{state.State[0], o.State(p)} {
		for _, name := range []string{"exp_avg", "exp_avg_sq", "step"} {
			tensors = append(tensors, kept[name].(*torch.Tensor))
		}
	}
	py.EqualTensors("tensors", tensors)
	assert.Equal(t, py.Text("outside"), o.String())
}

// The dtype of the parameters that libtorch puts first decides Adafactor's
// epsilon, which matters to small gradients.
func TestAdafactorEpsilon(t *testing.T) {
	for _, foreach := range []string{"False", "True"} {
		python := "Adafactor(params, foreach=" + foreach + ")"
		py := parity.Run(t, problem+`
	params = [torch.ones(2, requires_grad=True), torch.ones(2, 2, dtype=torch.float64, requires_grad=True)]
	for p in params:
	    p.grad = torch.full_like(p, 1e-9)
	opt = make("`+python+`")
	opt.step()
	out["params"] = params
`)
		params := []*torch.Tensor{
			torch.Ones([]int64{2}, torch.RequiresGrad(true)), torch.Ones([]int64{2, 2}, torch.Float64, torch.RequiresGrad(true)),
		}
		for _, p := range params {
			p.SetGrad(torch.FullLike(p, 1e-9))
		}
		twin(params, python).Step()
		py.EqualTensors("params", params)
	}
}

// A fused step with momentum wants all gradients from the first step on.
func TestFusedMomentum(t *testing.T) {
	for _, args := range []string{
		"lr=0.01, momentum=0.9", "lr=0.01, momentum=0.9, dampening=0.1, weight_decay=0.1",
		"lr=0.01, momentum=0.9, nesterov=True", "lr=0.0001, momentum=0.5, nesterov=True, maximize=True, weight_decay=0.01",
		"lr=torch.tensor(0.01), momentum=0.9, dampening=0.1",
	} {
		python := "SGD(params[:3], " + args + ", fused=True)"
		t.Run(python, func(t *testing.T) {
			py := parity.Run(t, problem+fmt.Sprintf(`
	text = %q
	opt = make(text)
	train(opt, 0, 20)
	opt = go_on(opt, text)
	train(opt, 20, 50)
	out["params"], out["state"] = params[:3], state_of(opt)
`, python))
			newTwin := func(params list) optim.Optimizer { return twin(params[:3], python) }
			params := newParams()
			o := newTwin(params)
			train(o, params, 0, 20)
			o, params = goOnWith(t, o, params, newTwin)
			train(o, params, 20, 50)
			py.EqualTensors("params", params[:3])
			py.EqualTensors("state", stateOf(o, params[:3]))
		})
	}
}

// Old checkpoints have numbers where tensors are today.
func TestLoadNumbers(t *testing.T) {
	for _, python := range []string{"NAdam(params)", "ASGD(params)", "RMSprop(params)"} {
		py := parity.Run(t, problem+`
	opt = make("`+python+`")
	train(opt, 0, 3)
	state = opt.state_dict()
	for kept in state["state"].values():
	    for name in ["step", "mu_product", "eta", "mu"]:
	        if name in kept:
	            kept[name] = kept[name].item()
	for g in state["param_groups"]:
	    for name in ["foreach", "maximize", "capturable", "differentiable"]:
	        del g[name]
	opt = make("`+python+`")
	opt.load_state_dict(state)
	train(opt, 3, 6)
	out["params"], out["state"] = params, state_of(opt)
`)
		params := newParams()
		o := twin(params, python)
		train(o, params, 0, 3)
		state := o.StateDict()
		for _, kept := range state.State {
			for _, name := range []string{"step", "mu_product", "eta", "mu"} {
				if value, ok := kept[name].(*torch.Tensor); ok {
					kept[name] = value.Item()
				}
			}
		}
		for _, g := range state.ParamGroups {
			for _, name := range []string{"foreach", "maximize", "capturable", "differentiable"} {
				delete(g, name)
			}
		}
		o = twin(params, python)
		require.NoError(t, o.LoadStateDict(state))
		train(o, params, 3, 6)
		py.EqualTensors("params", params)
		py.EqualTensors("state", stateOf(o, params))
	}
}
