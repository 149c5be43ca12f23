package optim_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// A maker makes an optimizer of parameters, or of groups of them, and of Python's
// keyword arguments.
type maker struct {
	ofParams func(params []*torch.Tensor, args string) optim.Optimizer
	ofGroups func(groups []groupText, args string) optim.Optimizer
}

// A groupText is a group of parameters with Python's keyword arguments.
type groupText struct {
	params []*torch.Tensor
	args   string
}

func makerOf[O optim.Option, T optim.Optimizer](
	ofParams func([]*torch.Tensor, ...O) T, ofGroups func([]optim.Group[O], ...O) T,
) maker {
	return maker{
		func(params []*torch.Tensor, args string) optim.Optimizer { return ofParams(params, parse[O](args)...) },
		func(texts []groupText, args string) optim.Optimizer {
			var groups []optim.Group[O]
			for _, g := range texts {
				groups = append(groups, optim.Group[O]{Params: g.params, Options: parse[O](g.args)})
			}
			return ofGroups(groups, parse[O](args)...)
		},
	}
}

type list = []*torch.Tensor

var makers = map[string]maker{
	"Adadelta":   makerOf(optim.NewAdadelta[list], optim.NewAdadelta[[]optim.AdadeltaGroup]),
	"Adafactor":  makerOf(optim.NewAdafactor[list], optim.NewAdafactor[[]optim.AdafactorGroup]),
	"Adagrad":    makerOf(optim.NewAdagrad[list], optim.NewAdagrad[[]optim.AdagradGroup]),
	"Adam":       makerOf(optim.NewAdam[list], optim.NewAdam[[]optim.AdamGroup]),
	"Adamax":     makerOf(optim.NewAdamax[list], optim.NewAdamax[[]optim.AdamaxGroup]),
	"AdamW":      makerOf(optim.NewAdamW[list], optim.NewAdamW[[]optim.AdamWGroup]),
	"ASGD":       makerOf(optim.NewASGD[list], optim.NewASGD[[]optim.ASGDGroup]),
	"LBFGS":      makerOf(optim.NewLBFGS[list], optim.NewLBFGS[[]optim.LBFGSGroup]),
	"Muon":       makerOf(optim.NewMuon[list], optim.NewMuon[[]optim.MuonGroup]),
	"NAdam":      makerOf(optim.NewNAdam[list], optim.NewNAdam[[]optim.NAdamGroup]),
	"RAdam":      makerOf(optim.NewRAdam[list], optim.NewRAdam[[]optim.RAdamGroup]),
	"RMSprop":    makerOf(optim.NewRMSprop[list], optim.NewRMSprop[[]optim.RMSpropGroup]),
	"Rprop":      makerOf(optim.NewRprop[list], optim.NewRprop[[]optim.RpropGroup]),
	"SGD":        makerOf(optim.NewSGD[list], optim.NewSGD[[]optim.SGDGroup]),
	"SparseAdam": makerOf(optim.NewSparseAdam[list], optim.NewSparseAdam[[]optim.SparseAdamGroup]),
}

// twin makes an optimizer as Python's text does: "SGD(params, lr=0.1)".
func twin(params []*torch.Tensor, python string) optim.Optimizer {
	name, args, _ := strings.Cut(strings.TrimSuffix(python, ")"), "(")
	_, args, _ = strings.Cut(args, ",")
	params = slices.DeleteFunc(slices.Clone(params), func(p *torch.Tensor) bool {
		return name == "Muon" && p.Dim() != 2 || name == "LBFGS" && p.DType() == torch.Float64
	})
	return makers[name].ofParams(params, args)
}

// parse turns Python's keyword arguments into options.
func parse[O optim.Option](args string) (opts []O) {
	for len(strings.TrimSpace(args)) > 0 {
		name, rest, _ := strings.Cut(args, "=")
		end := valueEnd(rest)
		value := strings.TrimSpace(rest[:end])
		opts = append(opts, any(optionOf(strings.TrimSpace(name), value)).(O))
		args = strings.TrimPrefix(rest[end:], ",")
	}
	return opts
}

// valueEnd finds the comma after a value.
func valueEnd(text string) int {
	depth := 0
	for i, c := range text {
		switch {
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth == 0:
			return i
		}
	}
	return len(text)
}

func optionOf(name, text string) optim.Option {
	switch name {
	case "lr":
		return lrOf(text)
	case "betas":
		tensors := strings.Contains(text, "torch.tensor")
		v := floatsOf(strings.NewReplacer("torch.tensor", "", "[", "", "]", "").Replace(text))
		switch {
		case tensors && strings.Contains(text, "["):
			return optim.TensorBetas(torch.NewTensor([]float32{float32(v[0])}), torch.NewTensor([]float32{float32(v[1])}))
		case tensors:
			return optim.TensorBetas(torch.NewTensor(float32(v[0])), torch.NewTensor(float32(v[1])))
		}
		return optim.Betas(v[0], v[1])
	case "etas":
		v := floatsOf(text)
		return optim.Etas(v[0], v[1])
	case "step_sizes":
		v := floatsOf(text)
		return optim.StepSizes(v[0], v[1])
	case "ns_coefficients":
		v := floatsOf(text)
		return optim.NsCoefficients(v[0], v[1], v[2])
	case "adjust_lr_fn":
		return optim.AdjustLrFn(strings.Trim(text, `"`))
	case "line_search_fn":
		return optim.LineSearchFn(strings.Trim(text, `"`))
	}
	if text == "True" || text == "False" {
		return flags[name](text == "True")
	}
	if strings.HasPrefix(text, "(") { // Adafactor's eps
		v := floatsOf(strings.Replace(text, "None", "-1", 1))
		if v[0] < 0 && strings.Contains(text, "None") {
			return optim.Epsilons(nil, v[1])
		}
		return optim.Epsilons(v[0], v[1])
	}
	if n, err := strconv.Atoi(text); err == nil {
		return integers[name](n)
	}
	return floats[name](floatsOf(text)[0])
}

func lrOf(text string) optim.Option {
	text, isTensor := strings.CutPrefix(strings.TrimSuffix(text, ")"), "torch.tensor(")
	v := floatsOf(strings.Trim(text, "[]"))[0]
	switch {
	case isTensor && strings.HasPrefix(text, "["):
		return optim.LR(torch.NewTensor([]float32{float32(v)}))
	case isTensor:
		return optim.LR(torch.NewTensor(float32(v)))
	case !strings.ContainsAny(text, ".ne"):
		return optim.LR(int(v))
	}
	return optim.LR(v)
}

func floatsOf(text string) (floats []float64) {
	for part := range strings.SplitSeq(strings.Trim(text, "()"), ",") {
		v, err := strconv.ParseFloat(strings.Trim(strings.TrimSpace(part), "()"), 64)
		if err != nil {
			panic(err)
		}
		floats = append(floats, v)
	}
	return floats
}

var flags = map[string]func(bool) optim.Option{
	"amsgrad":                func(v bool) optim.Option { return optim.Amsgrad(v) },
	"capturable":             func(v bool) optim.Option { return optim.Capturable(v) },
	"centered":               func(v bool) optim.Option { return optim.Centered(v) },
	"decoupled_weight_decay": func(v bool) optim.Option { return optim.DecoupledWeightDecay(v) },
	"differentiable":         func(v bool) optim.Option { return optim.Differentiable(v) },
	"foreach":                func(v bool) optim.Option { return optim.Foreach(v) },
	"fused":                  func(v bool) optim.Option { return optim.Fused(v) },
	"maximize":               func(v bool) optim.Option { return optim.Maximize(v) },
	"nesterov":               func(v bool) optim.Option { return optim.Nesterov(v) },
}

var integers = map[string]func(int) optim.Option{
	"d":                func(v int) optim.Option { return optim.D(v) },
	"eps":              func(v int) optim.Option { return optim.Eps(v) },
	"history_size":     func(v int) optim.Option { return optim.HistorySize(v) },
	"max_eval":         func(v int) optim.Option { return optim.MaxEval(v) },
	"max_iter":         func(v int) optim.Option { return optim.MaxIter(v) },
	"momentum":         func(v int) optim.Option { return optim.Momentum(v) },
	"ns_steps":         func(v int) optim.Option { return optim.NsSteps(v) },
	"t0":               func(v int) optim.Option { return optim.T0(v) },
	"tolerance_change": func(v int) optim.Option { return optim.ToleranceChange(v) },
	"weight_decay":     func(v int) optim.Option { return optim.WeightDecay(v) },
}

var floats = map[string]func(float64) optim.Option{
	"alpha":                     func(v float64) optim.Option { return optim.Alpha(v) },
	"beta2_decay":               func(v float64) optim.Option { return optim.Beta2Decay(v) },
	"d":                         func(v float64) optim.Option { return optim.D(v) },
	"dampening":                 func(v float64) optim.Option { return optim.Dampening(v) },
	"eps":                       func(v float64) optim.Option { return optim.Eps(v) },
	"initial_accumulator_value": func(v float64) optim.Option { return optim.InitialAccumulatorValue(v) },
	"lambd":                     func(v float64) optim.Option { return optim.Lambd(v) },
	"lr_decay":                  func(v float64) optim.Option { return optim.LRDecay(v) },
	"momentum":                  func(v float64) optim.Option { return optim.Momentum(v) },
	"momentum_decay":            func(v float64) optim.Option { return optim.MomentumDecay(v) },
	"rho":                       func(v float64) optim.Option { return optim.Rho(v) },
	"t0":                        func(v float64) optim.Option { return optim.T0(v) },
	"tolerance_change":          func(v float64) optim.Option { return optim.ToleranceChange(v) },
	"tolerance_grad":            func(v float64) optim.Option { return optim.ToleranceGrad(v) },
	"weight_decay":              func(v float64) optim.Option { return optim.WeightDecay(v) },
}

// problem is parameters of several shapes and dtypes and a loss of them: the
// fourth never has a gradient, the fifth from the step late on.
const problem = `
	torch.set_num_threads(1)
	torch.manual_seed(0)
	params = [torch.randn(3, 4), torch.randn(4, 5), torch.randn(5), torch.randn(2), torch.randn(7, dtype=torch.float64)]
	params = [p.requires_grad_() for p in params]
	def make(text):
	    name = text.split("(")[0]
	    def fits(p):
	        return not (name == "Muon" and p.dim() != 2 or name == "LBFGS" and p.dtype == torch.float64)
	    chosen = [p for p in params if fits(p)]
	    names = {"optim": optim, "torch": torch, "params": chosen, "all": params}
	    return eval("optim." + text, names)
	def loss_of(params, step, late=10):
	    loss = ((params[0] @ params[1]) * params[2]).square().sum() * 0.01
	    if step >= late:
	        loss = loss + params[4].sin().sum()
	    return loss
	def train(opt, first, last):
	    for step in range(first, last):
	        def closure():
	            opt.zero_grad()
	            loss = loss_of(params, step)
	            loss.backward()
	            return loss
	        opt.step(closure)
	def flat(value):
	    if isinstance(value, list):
	        return [t for v in value for t in flat(v)]
	    if value is None:
	        return []
	    return [value if isinstance(value, torch.Tensor) else torch.tensor(float(value), dtype=torch.float64)]
	def state_of(opt):
	    return [t for p in params for k, v in sorted(opt.state.get(p, {}).items()) for t in flat(v)]
	def go_on(opt, text):
	    global params
	    params = [p.detach().clone().requires_grad_() for p in params]
	    saved = opt.state_dict()
	    opt = make(text)
	    opt.load_state_dict(saved)
	    return opt
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
		o.StepClosure(func() *torch.Tensor {
			o.ZeroGrad()
			loss := lossOf(params, step)
			loss.Backward()
			return loss
		})
	}
}

func stateOf(o optim.Optimizer, params []*torch.Tensor) (state []*torch.Tensor) {
	for _, p := range params {
		kept := o.State(p)
		for _, name := range slices.Sorted(maps.Keys(kept)) {
			state = append(state, flat(kept[name])...)
		}
	}
	return state
}

// flat returns tensors, lists of tensors, and numbers as a list of tensors.
func flat(value any) []*torch.Tensor {
	switch v := value.(type) {
	case *torch.Tensor:
		return []*torch.Tensor{v}
	case []*torch.Tensor:
		return slices.DeleteFunc(slices.Clone(v), func(t *torch.Tensor) bool { return t == nil })
	case int64:
		return []*torch.Tensor{torch.NewTensor(float64(v))}
	case float64:
		return []*torch.Tensor{torch.NewTensor(v)}
	}
	panic(fmt.Sprintf("a state of type %T", value))
}

// goOn returns copies of the parameters and an optimizer of them that goes on
// from another's state.
func goOn(t *testing.T, o optim.Optimizer, params list, python string) (optim.Optimizer, list) {
	t.Helper()
	return goOnWith(t, o, params, func(params list) optim.Optimizer { return twin(params, python) })
}

func goOnWith(t *testing.T, o optim.Optimizer, params list, newTwin func(list) optim.Optimizer) (optim.Optimizer, list) {
	t.Helper()
	copies := make([]*torch.Tensor, len(params))
	for i, p := range params {
		copies[i] = p.Detach().Clone().RequiresGrad_()
	}
	saved := o.StateDict()
	o = newTwin(copies)
	if err := o.LoadStateDict(saved); err != nil {
		t.Fatal(err)
	}
	return o, copies
}
