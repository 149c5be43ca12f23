package optim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// expectError fails the test unless Go panics with what Python raises.
func expectError(t *testing.T, py *parity.Result, golang func()) {
	t.Helper()
	var e *torch.Error
	require.ErrorAs(t, torch.Try(golang), &e)
	assert.Equal(t, py.Error.Type, e.Kind)
	assert.Equal(t, py.Error.Message, e.Message)
}

// Numbers out of their range are refused by the constructor.
func TestConstructorErrors(t *testing.T) {
	for _, python := range []string{
		"Adadelta(params, lr=nan)", "Adadelta(params, eps=-0.1)", "Adadelta(params, weight_decay=-0.1)",
		"Adafactor(params, lr=-0.1)", "Adafactor(params, lr=nan)", "Adafactor(params, beta2_decay=0.5)",
		"Adafactor(params, eps=(-1.0, 0.1))", "Adafactor(params, eps=(None, -0.1))", "Adafactor(params, d=0.5)",
		"Adafactor(params, weight_decay=-0.1)",
		"Adagrad(params, lr=-1)", "Adagrad(params, lr_decay=-0.1)", "Adagrad(params, weight_decay=-0.1)",
		"Adagrad(params, initial_accumulator_value=-0.1)", "Adagrad(params, eps=-0.1)",
		"Adagrad(params, fused=True, differentiable=True)", "Adagrad(params, fused=True, foreach=True)",
		"Adamax(params, lr=-1)", "Adamax(params, lr=nan)", "Adamax(params, eps=-0.1)", "Adamax(params, betas=(1.0, 0.9))",
		"Adamax(params, betas=(0.5, 1.5))", "Adamax(params, weight_decay=-1)",
		"Adam(params, betas=(torch.tensor(1.5), torch.tensor(0.9)))", "Adam(params, betas=(torch.tensor(0.5), torch.tensor([-0.25])))",
		"AdamW(params, betas=(torch.tensor(0.9), torch.tensor(0.9)), foreach=True)",
		"AdamW(params, lr=-0.5)", "AdamW(params, fused=True, foreach=True)",
		"ASGD(params, lr=-0.1)", "ASGD(params, lambd=-0.1)", "ASGD(params, alpha=-0.1)", "ASGD(params, weight_decay=-0.1)",
		"LBFGS(params, lr=-1)", "LBFGS(params, lr=nan)",
		"Muon(params, lr=-0.1)", "Muon(params, momentum=-0.1)", "Muon(params, weight_decay=-0.1)",
		`Muon(params, adjust_lr_fn="x")`,
		"NAdam(params, lr=-1)", "NAdam(params, eps=-0.1)", "NAdam(params, betas=(-0.1, 0.9))", "NAdam(params, weight_decay=-0.1)",
		"NAdam(params, momentum_decay=-0.1)",
		"RAdam(params, lr=-1)", "RAdam(params, eps=nan)", "RAdam(params, betas=(0.5, 1.0))", "RAdam(params, weight_decay=-0.1)",
		"RMSprop(params, lr=-1)", "RMSprop(params, eps=-0.1)", "RMSprop(params, momentum=-0.1)", "RMSprop(params, alpha=-0.1)",
		"RMSprop(params, weight_decay=-0.1)",
		"Rprop(params, lr=-0.1)", "Rprop(params, etas=(1.5, 2.0))", "Rprop(params, etas=(0.5, 0.9))",
		"SparseAdam(params, lr=0.0)", "SparseAdam(params, eps=0.0)", "SparseAdam(params, betas=(0.5, 1.0))",
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, `
	from math import nan
	params = [torch.ones(2, 2, requires_grad=True)]
	optim.`+python)
			expectError(t, py, func() { twin([]*torch.Tensor{torch.Ones([]int64{2, 2}, torch.RequiresGrad(true))}, python) })
		})
	}
}

// stepErrors are optimizers whose step is refused, by the kind of the gradient.
var stepErrors = map[string][]string{
	"dense": {
		"Adadelta(params, differentiable=True, foreach=True)", "Adagrad(params, differentiable=True, foreach=True)",
		"Adamax(params, differentiable=True, foreach=True)", "ASGD(params, differentiable=True, foreach=True)",
		"NAdam(params, differentiable=True, foreach=True)", "RAdam(params, differentiable=True, foreach=True)",
		"RMSprop(params, differentiable=True, foreach=True)", "Rprop(params, differentiable=True, foreach=True)",
		"SparseAdam(params)", "Muon(params, ns_steps=100)", `LBFGS(params, line_search_fn="x")`,
	},
	"cpu": {
		"Adam(params, capturable=True)", "Adam(params, capturable=True, foreach=True)", "AdamW(params, capturable=True, foreach=True)",
		"Adadelta(params, capturable=True)", "Adadelta(params, capturable=True, foreach=True)",
		"Adamax(params, capturable=True)", "Adamax(params, capturable=True, foreach=True)", "ASGD(params, capturable=True)",
		"ASGD(params, capturable=True, foreach=True)", "NAdam(params, capturable=True)",
		"NAdam(params, capturable=True, foreach=True)", "RAdam(params, capturable=True)",
		"RMSprop(params, capturable=True)", "RMSprop(params, capturable=True, foreach=True)", "Rprop(params, capturable=True)",
		"Rprop(params, capturable=True, foreach=True)",
	},
	"sparse": {
		"Adadelta(params)", "Adafactor(params)", "Adam(params)", "Adamax(params)", "AdamW(params)", "ASGD(params)", "Muon(params)",
		"NAdam(params)", "RAdam(params)", "RMSprop(params)", "Rprop(params)", "Adagrad(params, weight_decay=0.1)",
		"Adagrad(params, fused=True)", "SGD(params, fused=True)",
	},
	"complex": {"Adafactor(params)", "Muon(params)", "Adagrad(params, fused=True)"},
}

func TestStepErrors(t *testing.T) {
	for kind, list := range stepErrors {
		for _, python := range list {
			t.Run(kind+" "+python, func(t *testing.T) {
				py := parity.RunError(t, fmt.Sprintf(`
	dtype = torch.complex64 if %[1]q == "complex" else torch.float32
	device = "cpu" if %[1]q == "cpu" else torch.get_default_device()
	params = [torch.ones(2, 2, dtype=dtype, device=device, requires_grad=True)]
	opt = optim.%[2]s
	params[0].grad = torch.ones_like(params[0])
	if %[1]q == "sparse":
	    params[0].grad = params[0].grad.to_sparse()
	opt.step(lambda: params[0].sum())
`, kind, python))
				dtype, device := torch.Float32, torch.GetDefaultDevice()
				switch kind {
				case "complex":
					dtype = torch.Complex64
				case "cpu":
					device = torch.CPU
				}
				param := torch.Ones([]int64{2, 2}, dtype, device, torch.RequiresGrad(true))
				o := twin([]*torch.Tensor{param}, python)
				grad := torch.OnesLike(param)
				if kind == "sparse" {
					grad = grad.ToSparse()
				}
				param.SetGrad(grad)
				expectError(t, py, func() { o.StepClosure(func() *torch.Tensor { return param.Sum() }) })
			})
		}
	}
}

func TestLBFGSErrors(t *testing.T) {
	py := parity.RunError(t, "optim.LBFGS([torch.ones(2, requires_grad=True)]).step()")
	expectError(t, py, optim.NewLBFGS([]*torch.Tensor{leaf()}).Step)
	py = parity.RunError(t, `
	p = lambda: [torch.ones(2, requires_grad=True)]
	optim.LBFGS([{"params": p()}, {"params": p()}])
`)
	groups := func() []optim.LBFGSGroup {
		return []optim.LBFGSGroup{{Params: []*torch.Tensor{leaf()}}, {Params: []*torch.Tensor{leaf()}}}
	}
	expectError(t, py, func() { optim.NewLBFGS(groups()) })
	py = parity.RunError(t, `
	p = lambda: [torch.ones(2, requires_grad=True)]
	opt = optim.LBFGS(p())
	opt.add_param_group({"params": p()})
	opt.step(lambda: 1)
`)
	expectError(t, py, func() {
		o := optim.NewLBFGS([]*torch.Tensor{leaf()})
		o.AddParamGroup(groups()[0])
		o.StepClosure(func() *torch.Tensor { return nil })
	})
}

// Parameters that an optimizer does not take.
func TestParameterErrors(t *testing.T) {
	py := parity.RunError(t, "optim.Muon([torch.ones(2, 2, requires_grad=True), torch.ones(3, requires_grad=True)])")
	expectError(t, py, func() {
		optim.NewMuon([]*torch.Tensor{torch.Ones([]int64{2, 2}, torch.RequiresGrad(true)), torch.Ones([]int64{3}, torch.RequiresGrad(true))})
	})
	py = parity.RunError(t, `
	sparse = torch.ones(2).to_sparse()
	optim.SparseAdam([{"params": [torch.ones(2), sparse.requires_grad_()]}, {"params": [torch.ones(1).to_sparse()]}])
`)
	expectError(t, py, func() {
		optim.NewSparseAdam([]optim.SparseAdamGroup{
			{Params: []*torch.Tensor{torch.Ones([]int64{2}), torch.Ones([]int64{2}).ToSparse()}},
			{Params: []*torch.Tensor{torch.Ones([]int64{1}).ToSparse()}},
		})
	})
	py = parity.RunError(t, "optim.SparseAdam([torch.ones(2, dtype=torch.complex64)])")
	expectError(t, py, func() { optim.NewSparseAdam([]*torch.Tensor{torch.Ones([]int64{2}, torch.Complex64)}) })
	for name, maker := range makers {
		py := parity.RunError(t, "optim."+name+"([])")
		expectError(t, py, func() { maker.ofParams(nil, "") })
		py = parity.RunError(t, "optim."+name+"([torch.ones(2, 2, requires_grad=True) * 2])")
		expectError(t, py, func() {
			maker.ofParams([]*torch.Tensor{torch.Ones([]int64{2, 2}, torch.RequiresGrad(true)).Mul(2)}, "")
		})
	}
}

// Misuse of SwapInOptimizerParamsAndState.
func TestSwapInErrors(t *testing.T) {
	for python, golang := range map[string]func(o optim.Optimizer, p *torch.Tensor, state optim.StateDict){
		"swap(optim.Adam([q]), {'p': p}, state)": func(_ optim.Optimizer, p *torch.Tensor, state optim.StateDict) {
			swap(optim.NewAdam([]*torch.Tensor{leaf()}), p, state)
		},
		"state['param_groups'] = []\nswap(opt, {'p': p}, state)": func(o optim.Optimizer, p *torch.Tensor, state optim.StateDict) {
			state.ParamGroups = nil
			swap(o, p, state)
		},
		"state['param_groups'][0]['params'] = [0, 1]\nswap(opt, {'p': p}, state)": func(o optim.Optimizer, p *torch.Tensor, state optim.StateDict) {
			state.ParamGroups[0]["params"] = []int{0, 1}
			swap(o, p, state)
		},
		"state['param_groups'][0]['params'] = None\nswap(opt, {'p': p}, state)": func(o optim.Optimizer, p *torch.Tensor, state optim.StateDict) {
			state.ParamGroups[0]["params"] = nil
			swap(o, p, state)
		},
		"swap(opt, {}, state)": func(o optim.Optimizer, _ *torch.Tensor, state optim.StateDict) {
			optim.SwapInOptimizerParamsAndState(o, nil, state, func() {})
		},
		"state['param_groups'][0]['x'] = state['param_groups'][0].pop('lr')\nswap(opt, {'p': p}, state)": func(o optim.Optimizer, p *torch.Tensor, state optim.StateDict) {
			state.ParamGroups[0]["x"] = 1
			delete(state.ParamGroups[0], "lr")
			swap(o, p, state)
		},
		"state['state'][3] = {}\nswap(opt, {'p': p}, state)": func(o optim.Optimizer, p *torch.Tensor, state optim.StateDict) {
			state.State[3] = map[string]any{}
			swap(o, p, state)
		},
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, `
	p, q = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
	opt = optim.Adam([q])
	q.grad = torch.ones(2)
	opt.step()
	state = opt.state_dict()
	def swap(*args):
	    with optim.swap_in_optimizer_params_and_state(*args):
	        pass
	`+strings.ReplaceAll(python, "\n", "\n\t"))
			o := optim.NewAdam([]*torch.Tensor{leaf()})
			step(o)
			expectError(t, py, func() { golang(o, leaf(), o.StateDict()) })
		})
	}
}

func swap(o optim.Optimizer, p *torch.Tensor, state optim.StateDict) {
	optim.SwapInOptimizerParamsAndState(o, []*torch.Tensor{p}, state, func() {})
}
