package optim_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// arguments has, for each optimizer, every argument that changes arithmetic,
// alone and with others.
var arguments = []struct {
	name string
	args []string
}{
	{"SGD", []string{
		"lr=0.01",
		"lr=0.01, weight_decay=0.1",
		"lr=0.01, momentum=0.9",
		"lr=0.01, momentum=0.9, dampening=0.3",
		"lr=0.01, momentum=0.9, nesterov=True",
		"lr=0.0001, maximize=True, momentum=0.5, weight_decay=0.01, nesterov=True",
		"lr=0.01, momentum=0.9, foreach=False",
		"lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1, foreach=True",
		"lr=0.01, momentum=0.9, dampening=0.1, maximize=True, foreach=True",
		"lr=0.01, fused=True",
		"lr=0.01, weight_decay=0.1, maximize=True, fused=True",
		"lr=torch.tensor(0.01)",
		"lr=torch.tensor(0.01), fused=True",
	}},
	{"Adam", []string{
		"lr=0.01",
		"betas=(0.8, 0.99), eps=1e-3",
		"lr=0.01, weight_decay=0.1, decoupled_weight_decay=True",
		"lr=0.01, amsgrad=True",
		"lr=0.01, maximize=True, weight_decay=0.1",
		"lr=0.01, weight_decay=0.1, foreach=True",
		"lr=0.01, amsgrad=True, maximize=True, weight_decay=0.1, foreach=True",
		"lr=0.01, amsgrad=True, weight_decay=0.1, maximize=True, fused=True",
		"lr=0.01, betas=(0.8, 0.99), eps=1e-3, foreach=True",
		"lr=0.01, betas=(0.8, 0.99), eps=1e-3, fused=True",
		"lr=0.01, weight_decay=0.1, decoupled_weight_decay=True, fused=True",
		"lr=torch.tensor([0.01])",
		"lr=torch.tensor([0.01]), weight_decay=0.1, decoupled_weight_decay=True",
		"lr=torch.tensor([0.01]), fused=True",
		"lr=0.01, betas=(torch.tensor(0.8), torch.tensor(0.99)), foreach=False",
		"lr=torch.tensor(0.01), betas=(torch.tensor([0.8]), torch.tensor([0.99])), amsgrad=True, maximize=True, foreach=False",
		"betas=(torch.tensor(0.8), torch.tensor(0.99)), fused=True",
	}},
	{"AdamW", []string{
		"lr=0.01, weight_decay=0.3, amsgrad=True",
		"lr=0.01, foreach=True",
		"lr=0.01, fused=True",
		"betas=(0.8, 0.99), eps=1e-3, weight_decay=0.3, amsgrad=True, maximize=True, foreach=True",
		"betas=(0.8, 0.99), eps=1e-3, weight_decay=0.3, amsgrad=True, maximize=True, fused=True",
	}},
	{"Adadelta", []string{
		"lr=0.5",
		"rho=0.8, eps=1e-4, weight_decay=0.1, maximize=True",
		"foreach=True",
		"foreach=True, maximize=True, weight_decay=0.1",
		"lr=0.5, rho=0.8, eps=1e-4, foreach=True",
	}},
	{"Adamax", []string{
		"lr=0.01",
		"betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1, maximize=True",
		"lr=torch.tensor([0.01]), weight_decay=0.1",
		"lr=0.01, foreach=True",
		"lr=0.01, weight_decay=0.1, maximize=True, foreach=True",
		"lr=torch.tensor(0.01), foreach=True",
		"betas=(0.8, 0.99), eps=1e-3, foreach=True",
	}},
	{"NAdam", []string{
		"lr=0.01",
		"betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1, maximize=True",
		"lr=0.01, momentum_decay=0.1, weight_decay=0.1, decoupled_weight_decay=True",
		"lr=torch.tensor([0.01]), weight_decay=0.1, decoupled_weight_decay=True",
		"lr=0.01, foreach=True",
		"betas=(0.8, 0.99), eps=1e-3, momentum_decay=0.1, foreach=True",
		"lr=0.01, weight_decay=0.1, maximize=True, foreach=True",
		"lr=torch.tensor(0.01), weight_decay=0.1, decoupled_weight_decay=True, foreach=True",
	}},
	{"RAdam", []string{
		"lr=0.01",
		"betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1, maximize=True",
		"betas=(0.8, 0.5)",
		"lr=torch.tensor([0.01]), weight_decay=0.1, decoupled_weight_decay=True",
		"lr=0.01, foreach=True",
		"betas=(0.8, 0.99), eps=1e-3, foreach=True",
		"betas=(0.8, 0.5), foreach=True",
		"lr=0.01, weight_decay=0.1, maximize=True, foreach=True",
		"lr=torch.tensor(0.01), weight_decay=0.1, decoupled_weight_decay=True, foreach=True",
	}},
	{"Adagrad", []string{
		"lr=0.1",
		"lr=0.1, lr_decay=0.1, eps=1e-3, initial_accumulator_value=0.5, weight_decay=0.1, maximize=True",
		"lr=torch.tensor([0.1]), lr_decay=0.1",
		"lr=0.1, foreach=True",
		"lr=0.1, lr_decay=0.1, weight_decay=0.1, maximize=True, foreach=True",
		"lr=torch.tensor(0.1), lr_decay=0.1, foreach=True",
		"lr=0.1, lr_decay=0.1, fused=True",
		"lr=torch.tensor(0.1), weight_decay=0.1, maximize=True, fused=True",
		"lr=0.1, eps=1e-3, initial_accumulator_value=0.5, foreach=True",
		"lr=0.1, eps=1e-3, initial_accumulator_value=0.5, fused=True",
	}},
	{"Adafactor", []string{
		"lr=0.1, eps=(1e-6, 0.001)",
		"lr=0.1",
		"lr=0.1, beta2_decay=-0.5, eps=(1e-4, 0.01), d=1.5, weight_decay=0.1, maximize=True",
		"lr=torch.tensor([0.1]), weight_decay=0.1",
		"lr=torch.tensor([0.4]), d=2",
		"lr=0.1, eps=(1e-6, 0.001), foreach=True",
		"lr=0.1, foreach=True",
		"lr=0.1, beta2_decay=-0.5, eps=(1e-4, 0.01), d=1.5, weight_decay=0.1, maximize=True, foreach=True",
		"lr=torch.tensor(0.1), weight_decay=0.1, foreach=True",
	}},
	{"ASGD", []string{
		"lr=0.1",
		"lr=0.1, lambd=0.01, alpha=0.5, t0=15, weight_decay=0.1",
		"lr=0.001, maximize=True, weight_decay=0.1",
		"lr=torch.tensor([0.1]), lambd=0.01",
		"lr=0.1, t0=15, foreach=True",
		"lr=0.001, lambd=0.01, weight_decay=0.1, maximize=True, foreach=True",
		"lr=0.1, alpha=0.5, t0=15, foreach=True",
		"lr=torch.tensor(0.1), lambd=0.01, foreach=True",
	}},
	{"RMSprop", []string{
		"lr=0.01",
		"alpha=0.9, eps=1e-3, weight_decay=0.1, maximize=True",
		"momentum=0.9",
		"momentum=0.5, centered=True, weight_decay=0.1",
		"centered=True",
		"lr=torch.tensor([0.01]), centered=True, momentum=0.5",
		"foreach=True",
		"momentum=0.5, weight_decay=0.1, maximize=True, foreach=True",
		"centered=True, foreach=True",
		"lr=0.01, alpha=0.9, eps=1e-3, foreach=True",
		"lr=torch.tensor(0.01), momentum=0.5, centered=True, weight_decay=0.1, foreach=True",
	}},
	{"Rprop", []string{
		"lr=0.01",
		"lr=0.1, etas=(0.3, 1.5), step_sizes=(1e-3, 0.5), maximize=True",
		"lr=torch.tensor([0.01])",
		"foreach=True",
		"lr=0.1, etas=(0.3, 1.5), step_sizes=(1e-3, 0.5), maximize=True, foreach=True",
	}},
	{"Muon", []string{
		"lr=0.01",
		"lr=0.01, momentum=0.5, nesterov=False, weight_decay=0.3",
		"ns_coefficients=(3.0, -4.0, 2.0), eps=1e-3, ns_steps=3",
		`lr=torch.tensor([0.01]), adjust_lr_fn="match_rms_adamw"`,
		`adjust_lr_fn="spectral_unclamped"`,
		`adjust_lr_fn="original"`,
	}},
	{"LBFGS", []string{
		"max_iter=4",
		"lr=0.5, max_iter=4, max_eval=3, history_size=3, tolerance_change=0, maximize=False",
		`lr=0.5, max_iter=6, line_search_fn="strong_wolfe"`,
		`max_iter=3, maximize=True, history_size=2, line_search_fn="strong_wolfe"`,
		"lr=torch.tensor([0.5]), max_iter=3",
		"tolerance_grad=0.1, max_iter=5",
	}},
}

// forEachTwin runs a test for each optimizer with each of its arguments.
func forEachTwin(t *testing.T, test func(t *testing.T, python string)) {
	for _, a := range arguments {
		for _, args := range a.args {
			python := fmt.Sprintf("%s(params, %s)", a.name, args)
			t.Run(python, func(t *testing.T) { test(t, python) })
		}
	}
}

// Fifty steps, with saving and loading after twenty.
func TestFiftySteps(t *testing.T) {
	forEachTwin(t, func(t *testing.T, python string) {
		py := parity.Run(t, problem+fmt.Sprintf(`
	text = %q
	opt = make(text)
	train(opt, 0, 20)
	out["before"], out["state before"] = params, [t.clone() for t in state_of(opt)]
	opt = go_on(opt, text)
	train(opt, 20, 50)
	out["params"], out["state"] = params, state_of(opt)
	out["text"] = str(opt)
	out["groups"] = [sorted(g) for g in opt.state_dict()["param_groups"]]
	out["keys"] = [str(sorted(opt.state_dict()["state"].get(i, {}))) for i in range(5)]
`, python))
		params := newParams()
		o := twin(params, python)
		train(o, params, 0, 20)
		py.EqualTensors("before", params)
		py.EqualTensors("state before", stateOf(o, params))
		o, params = goOn(t, o, params, python)
		train(o, params, 20, 50)
		py.EqualTensors("params", params)
		py.EqualTensors("state", stateOf(o, params))
		assert.Equal(t, py.Text("text"), o.String())
		checkLayout(t, py, o)
	})
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

// groupArguments has, for each optimizer, the arguments of a first and of a second
// group, and of all. LBFGS takes one group only.
var groupArguments = map[string][3]string{
	"SGD":       {"momentum=0.9, nesterov=True", "lr=0.02, foreach=True", "lr=0.01, weight_decay=0.1"},
	"Adam":      {"lr=0.1, betas=(0.5, 0.9)", "weight_decay=0.1, amsgrad=True, foreach=True", "lr=0.01"},
	"AdamW":     {"lr=0.1, eps=1e-3", "weight_decay=0.3, maximize=True", "betas=(0.8, 0.99)"},
	"Adadelta":  {"rho=0.8, weight_decay=0.1", "lr=0.5, foreach=True", "eps=1e-4"},
	"Adamax":    {"betas=(0.8, 0.99)", "eps=1e-3, weight_decay=0.1, foreach=True", "lr=0.01"},
	"NAdam":     {"momentum_decay=0.1", "weight_decay=0.1, decoupled_weight_decay=True", "lr=0.01, foreach=True"},
	"RAdam":     {"betas=(0.8, 0.5)", "weight_decay=0.1, foreach=True", "lr=0.01"},
	"Adagrad":   {"lr_decay=0.1", "eps=1e-3, maximize=True, foreach=True", "lr=0.1, initial_accumulator_value=0.5"},
	"Adafactor": {"d=1.5, weight_decay=0.1", "beta2_decay=-0.5, foreach=True", "lr=0.1, eps=(1e-4, 0.01)"},
	"ASGD":      {"lambd=0.01, t0=15", "alpha=0.5, weight_decay=0.1, foreach=True", "lr=0.1"},
	"RMSprop":   {"momentum=0.5, centered=True", "alpha=0.9, weight_decay=0.1", "lr=0.01, foreach=True"},
	"Rprop":     {"etas=(0.3, 1.5)", "step_sizes=(1e-3, 0.5), foreach=True", "lr=0.1"},
	"Muon":      {"momentum=0.5, weight_decay=0.3", "lr=0.1, nesterov=False", "lr=0.01"},
}

// Groups of parameters with options of their own, in fifty steps with saving and
// loading after twenty, between which options change and a group is added.
func TestGroups(t *testing.T) {
	for name, args := range groupArguments {
		t.Run(name, func(t *testing.T) {
			split := 2
			if name == "Muon" { // of matrices only
				split = 1
			}
			last := map[bool]string{true: "2", false: "5"}[name == "Muon"]
			text := fmt.Sprintf("%s([dict(params=all[:%d], %s), dict(params=all[%d:%s], %s)], %s)",
				name, split, args[0], split, last, args[1], args[2])
			py := parity.Run(t, problem+fmt.Sprintf(`
	text = %q
	opt = make(text)
	train(opt, 0, 10)
	opt.param_groups[1]["lr"] = 0.002
	opt.param_groups[0]["weight_decay"] = 0.05
	train(opt, 10, 20)
	opt = go_on(opt, text)
	train(opt, 20, 50)
	out["params"], out["state"] = params, state_of(opt)
	out["text"] = str(opt)
	out["places"] = [str(g["params"]) for g in opt.state_dict()["param_groups"]]
`, text))
			newTwin := func(params list) optim.Optimizer {
				if name == "Muon" {
					params = params[:2]
				}
				return makers[name].ofGroups([]groupText{{params[:split], args[0]}, {params[split:], args[1]}}, args[2])
			}
			params := newParams()
			o := newTwin(params)
			train(o, params, 0, 10)
			o.ParamGroups()[1].SetLR(0.002)
			o.ParamGroups()[0].Put("weight_decay", 0.05)
			train(o, params, 10, 20)
			o, params = goOnWith(t, o, params, newTwin)
			train(o, params, 20, 50)
			py.EqualTensors("params", params)
			py.EqualTensors("state", stateOf(o, params))
			assert.Equal(t, py.Text("text"), o.String())
			checkPlaces(t, py, o)
		})
	}
}

// checkPlaces compares where the parameters of the groups are.
func checkPlaces(t *testing.T, py *parity.Result, o optim.Optimizer) {
	t.Helper()
	for i, want := range py.Strings("places") {
		got := strings.ReplaceAll(fmt.Sprint(o.StateDict().ParamGroups[i]["params"]), " ", ", ")
		assert.Equal(t, want, got)
	}
}

func TestAddParamGroup(t *testing.T) {
	py := parity.Run(t, problem+`
	opt = optim.SGD([{"params": params[:2], "momentum": 0.9, "nesterov": True}, {"params": params[2:3], "lr": 0.2}], lr=0.01)
	opt.add_param_group({"params": params[3:], "weight_decay": 0.5, "foreach": True})
	train(opt, 0, 15)
	opt.param_groups[1]["lr"] = 0.002
	opt.param_groups[0]["momentum"] = 0.5
	train(opt, 15, 50)
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
	train(o, params, 15, 50)
	py.EqualTensors("params", params)
	py.EqualTensors("state", stateOf(o, params))
	assert.Equal(t, py.Text("text"), o.String())
	checkPlaces(t, py, o)
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
	for _, python := range []string{
		"SGD(params, lr=0.01, momentum=0.9, weight_decay=0.1)", "Adam(params, lr=0.01, amsgrad=True)",
		"Adadelta(params, lr=0.1)", "Adamax(params, lr=0.01, weight_decay=0.1)", "NAdam(params, lr=0.01)",
		"RAdam(params, lr=0.01, weight_decay=0.1, maximize=True)", "Adagrad(params, lr=0.01, initial_accumulator_value=0.1)",
		"ASGD(params, lr=0.01, t0=3)", "RMSprop(params, momentum=0.5, centered=True, weight_decay=0.1)", "Rprop(params)",
		"LBFGS(params, max_iter=3)",
	} {
		for _, foreach := range []string{")", ", foreach=True)"} {
			if strings.HasPrefix(python, "LBFGS") && foreach != ")" {
				continue
			}
			python := strings.TrimSuffix(python, ")") + foreach
			t.Run(python, func(t *testing.T) {
				py := parity.Run(t, problem+fmt.Sprintf(`
	torch.manual_seed(0)
	params = [torch.randn(3, dtype=torch.complex64), torch.randn(2)]
	params = [p.requires_grad_() for p in params]
	def loss_of(params, step):
	    return params[0].abs().square().sum() + params[1].square().sum()
	text = %q
	opt = make(text)
	train(opt, 0, 20)
	opt = go_on(opt, text)
	train(opt, 20, 50)
	out["params"], out["state"] = params, state_of(opt)
`, python))
				torch.ManualSeed(0)
				params := list{torch.Randn([]int64{3}, torch.Complex64), torch.Randn([]int64{2})}
				for _, p := range params {
					p.RequiresGrad_()
				}
				o := twin(params, python)
				trainComplex(o, params, 20)
				o, params = goOn(t, o, params, python)
				trainComplex(o, params, 30)
				py.EqualTensors("params", params)
				py.EqualTensors("state", stateOf(o, params))
			})
		}
	}
}

func trainComplex(o optim.Optimizer, params list, steps int) {
	for range steps {
		o.StepClosure(func() *torch.Tensor {
			o.ZeroGrad()
			loss := params[0].Abs().Square().Sum().Add(params[1].Square().Sum())
			loss.Backward()
			return loss
		})
	}
}

// Gradients of embeddings may be sparse.
func TestSparseGradients(t *testing.T) {
	for _, python := range []string{
		"SparseAdam(params, lr=0.1)", "SparseAdam(params, lr=0.1, betas=(0.8, 0.9), eps=1e-3, maximize=True)",
		"SparseAdam(params, lr=torch.tensor([0.1]))",
		"Adagrad(params, lr=0.1, lr_decay=0.1)", "Adagrad(params, lr=0.1, maximize=True, foreach=True)",
		"SGD(params, lr=0.1)", "SGD(params, lr=0.1, foreach=True)", "LBFGS(params, max_iter=3)",
	} {
		t.Run(python, func(t *testing.T) {
			checkSparse(t, python, func(params list) optim.Optimizer { return twin(params, python) })
		})
	}
}

func TestSparseGroups(t *testing.T) {
	first, second := "lr=0.1, betas=(0.8, 0.9)", "eps=1e-3, maximize=True"
	python := fmt.Sprintf("SparseAdam([dict(params=all[:1], %s), dict(params=all[1:], %s)], lr=0.05)", first, second)
	checkSparse(t, python, func(params list) optim.Optimizer {
		return makers["SparseAdam"].ofGroups([]groupText{{params[:1], first}, {params[1:], second}}, "lr=0.05")
	})
}

// checkSparse takes fifty steps with sparse gradients, and saves and loads after twenty.
func checkSparse(t *testing.T, python string, newTwin func(list) optim.Optimizer) {
	t.Helper()
	py := parity.Run(t, problem+fmt.Sprintf(`
	torch.manual_seed(0)
	params = [torch.randn(10, 3).requires_grad_(), torch.randn(6, 2, dtype=torch.float64).requires_grad_()]
	def loss_of(params, step):
	    loss = F.embedding(torch.tensor([step %% 10, 3, 3, 7]), params[0], sparse=True).square().sum()
	    if step > 4:
	        loss = loss + F.embedding(torch.tensor([step %% 6]), params[1], sparse=True).square().sum()
	    return loss
	text = %q
	opt = make(text)
	train(opt, 0, 20)
	opt = go_on(opt, text)
	train(opt, 20, 50)
	out["params"], out["state"] = params, state_of(opt)
`, python))
	torch.ManualSeed(0)
	params := list{torch.Randn([]int64{10, 3}), torch.Randn([]int64{6, 2}, torch.Float64)}
	for _, p := range params {
		p.RequiresGrad_()
	}
	o := newTwin(params)
	trainSparse(o, params, 0, 20)
	o, params = goOnWith(t, o, params, newTwin)
	trainSparse(o, params, 20, 50)
	py.EqualTensors("params", params)
	py.EqualTensors("state", stateOf(o, params))
}

func trainSparse(o optim.Optimizer, params []*torch.Tensor, first, last int) {
	for step := first; step < last; step++ {
		o.StepClosure(func() *torch.Tensor {
			o.ZeroGrad()
			loss := lookUp(params[0], step%10, 3, 3, 7)
			if step > 4 {
				loss = loss.Add(lookUp(params[1], step%6))
			}
			loss.Backward()
			return loss
		})
	}
}

// lookUp returns the sum of squares of an embedding's rows.
func lookUp(weight *torch.Tensor, rows ...int) *torch.Tensor {
	return torch.Embedding(weight, torch.NewTensor(rows), torch.Sparse(true)).Square().Sum()
}

// The step itself is differentiated, with respect to what the parameters were
// and, where Python's arithmetic lets it flow, to the learning rate.
func TestDifferentiable(t *testing.T) {
	for python, steps := range map[string]int{
		"SGD([param], lr=lr, momentum=0.9, foreach=False, differentiable=True)": 1,
		"Adam([param], lr=0.1, amsgrad=True, differentiable=True)":              2,
		"Adadelta([param], differentiable=True)":                                2, "Adamax([param], lr=0.1, differentiable=True)": 1,
		"NAdam([param], lr=lr, differentiable=True)": 1, "RAdam([param], lr=lr, differentiable=True)": 2,
		"RAdam([param], betas=(0.5, 0.9), lr=lr, differentiable=True)": 7, "Adagrad([param], lr=0.1, differentiable=True)": 2,
		"ASGD([param], lr=0.1, differentiable=True)": 2, "RMSprop([param], centered=True, momentum=0.5, differentiable=True)": 2,
		"Rprop([param], differentiable=True)": 2,
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.Run(t, fmt.Sprintf(`
	lr = torch.tensor(0.1, requires_grad=True)
	start = torch.tensor([1., -2., 3.], requires_grad=True)
	param = start.clone()
	opt = optim.%s
	for _ in range(%d):
	    param.grad = (2 * start).detach()
	    opt.step()
	param.square().sum().backward()
	out["param"], out["start"], out["lr"] = param, start.grad, lr.grad
`, python, steps))
			lr := torch.NewTensor(float32(0.1), torch.RequiresGrad(true))
			start := torch.NewTensor([]float32{1, -2, 3}, torch.RequiresGrad(true))
			params := []*torch.Tensor{start.Clone()}
			o := twin(params, strings.Replace(python, "lr=lr, ", "", 1))
			if strings.Contains(python, "lr=lr") {
				o.ParamGroups()[0].Set(optim.LR(lr))
			}
			for range steps {
				params[0].SetGrad(start.Mul(2).Detach())
				o.Step()
			}
			params[0].Square().Sum().Backward()
			py.EqualTensor("param", params[0])
			py.EqualTensor("start", start.Grad())
			py.EqualTensor("lr", lr.Grad())
		})
	}
}
