package functional_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) {
	torch.SetNumThreads(1)
	testkit.Main(m)
}

type list = []*torch.Tensor

// Both sides make the same parameters, gradients and states.
const python = `
import torch.optim.functional as O
def params(*last): return [torch.arange(12).div(4.).sin().reshape(3, 4), torch.arange(4).div(3.).cos().reshape(last)]
def grads(step, *last): return [torch.arange(12).add(step).cos().reshape(3, 4), torch.arange(4).sub(step).sin().reshape(last)]
def state(p, value): return [torch.full_like(t, value) for t in p]
`

func params(last ...int64) list {
	return list{torch.Arange(12).Div(4.0).Sin().Reshape(3, 4), torch.Arange(4).Div(3.0).Cos().Reshape(last...)}
}

func grads(step int, last ...int64) list {
	return list{torch.Arange(12).Add(step).Cos().Reshape(3, 4), torch.Arange(4).Sub(step).Sin().Reshape(last...)}
}

func state(p list, value float64) list {
	s := make(list, len(p))
	for i, t := range p {
		s[i] = torch.FullLike(t, value)
	}
	return s
}

func numbers(value float64) list {
	return list{torch.NewTensor(float32(value)), torch.NewTensor(float32(value))}
}

// functionCases are calls of every function with the states that it keeps.
var functionCases = []struct {
	python string
	last   []int64           // shape of the second parameter
	states func(list) []list // of parameters, and Python's:
	made   string
	golang func(p, g list, s []list)
}{
	{"O.adadelta(p, g, *s, lr=0.5, rho=0.8, eps=1e-6, weight_decay=0.1, maximize=True)", []int64{4},
		func(p list) []list { return []list{state(p, 0), state(p, 0), numbers(0)} },
		"[state(p, 0), state(p, 0), numbers(0)]",
		func(p, g list, s []list) {
			functional.Adadelta(p, g, s[0], s[1], s[2], optim.LR(0.5), optim.Rho(0.8), optim.WeightDecay(0.1), optim.Maximize(true))
		}},
	{"O.adafactor(p, g, *s, d=1.0, lr=0.1, beta2_decay=-0.8, weight_decay=0.1, eps1=1e-30, eps2=1e-3, maximize=False)", []int64{4},
		func(list) []list {
			return []list{{torch.Zeros([]int64{3, 1}), nil}, {torch.Zeros([]int64{1, 4}), nil}, {nil, torch.Zeros([]int64{4})}, numbers(0)}
		},
		"[[torch.zeros(3, 1), None], [torch.zeros(1, 4), None], [None, torch.zeros(4)], numbers(0)]",
		func(p, g list, s []list) {
			functional.Adafactor(p, g, s[0], s[1], s[2], s[3], optim.LR(0.1), optim.WeightDecay(0.1), optim.Epsilons(1e-30, 1e-3))
		}},
	{"O.adagrad(p, g, *s, lr=0.1, weight_decay=0., lr_decay=0.1, eps=1e-10, maximize=False)", []int64{4},
		func(p list) []list { return []list{state(p, 1), numbers(0)} }, "[state(p, 1), numbers(0)]",
		func(p, g list, s []list) { functional.Adagrad(p, g, s[0], s[1], optim.LR(0.1), optim.LRDecay(0.1)) }},
	{"O.adagrad(p, g, *s, fused=True, lr=0.1, weight_decay=0., lr_decay=0., eps=1e-10, maximize=False)", []int64{4},
		func(p list) []list { return []list{state(p, 1), numbers(0)} }, "[state(p, 1), numbers(0)]",
		func(p, g list, s []list) { functional.Adagrad(p, g, s[0], s[1], optim.LR(0.1), optim.Fused(true)) }},
	{"O.adam(p, g, *s, amsgrad=True, beta1=0.8, beta2=0.9, lr=0.1, weight_decay=0.1, eps=1e-8, maximize=False)", []int64{4},
		func(p list) []list { return []list{state(p, 0), state(p, 0), state(p, 0), numbers(4)} },
		"[state(p, 0), state(p, 0), state(p, 0), numbers(4)]",
		func(p, g list, s []list) {
			functional.Adam(p, g, s[0], s[1], s[2], s[3], optim.LR(0.1), optim.Betas(0.8, 0.9), optim.WeightDecay(0.1), optim.Amsgrad(true))
		}},
	{"O.adam(p, g, *s, foreach=True, decoupled_weight_decay=True, amsgrad=False, beta1=0.8, beta2=0.9, lr=0.1, weight_decay=0.1, eps=1e-8, maximize=True)",
		[]int64{4},
		func(p list) []list { return []list{state(p, 0), state(p, 0), nil, numbers(0)} },
		"[state(p, 0), state(p, 0), [], numbers(0)]",
		func(p, g list, s []list) {
			functional.Adam(p, g, s[0], s[1], s[2], s[3], optim.LR(0.1), optim.Betas(0.8, 0.9), optim.WeightDecay(0.1), optim.Foreach(true),
				optim.Maximize(true), optim.DecoupledWeightDecay(true))
		}},
	{"O.adamax(p, g, *s, eps=1e-8, beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0.)", []int64{4},
		func(p list) []list { return []list{state(p, 0), state(p, 0), numbers(0)} }, "[state(p, 0), state(p, 0), numbers(0)]",
		func(p, g list, s []list) { functional.Adamax(p, g, s[0], s[1], s[2], optim.LR(0.1)) }},
	{"O.adamw(p, g, *s, fused=True, amsgrad=False, beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0.01, eps=1e-8, maximize=False)", []int64{4},
		func(p list) []list { return []list{state(p, 0), state(p, 0), nil, numbers(0)} },
		"[state(p, 0), state(p, 0), [], numbers(0)]",
		func(p, g list, s []list) {
			functional.Adamw(p, g, s[0], s[1], s[2], s[3], optim.LR(0.1), optim.Fused(true))
		}},
	{"O.asgd(p, g, *s, lambd=1e-4, lr=0.1, t0=2., alpha=0.75, weight_decay=0.1)", []int64{4},
		func(p list) []list { return []list{state(p, 0), numbers(1), numbers(0.1), numbers(0)} },
		"[state(p, 0), numbers(1), numbers(0.1), numbers(0)]",
		func(p, g list, s []list) {
			functional.Asgd(p, g, s[0], s[1], s[2], s[3], optim.LR(0.1), optim.T0(2.0), optim.WeightDecay(0.1))
		}},
	{"O.muon(p, g, *s, lr=0.1, weight_decay=0.1, momentum=0.95, nesterov=True, ns_coefficients=(3.4445, -4.775, 2.0315), ns_steps=5, " +
		"eps=1e-7, adjust_lr_fn=None, has_complex=False)", []int64{2, 2},
		func(p list) []list { return []list{state(p, 0)} }, "[state(p, 0)]",
		func(p, g list, s []list) { functional.Muon(p, g, s[0], optim.LR(0.1)) }},
	{"O.nadam(p, g, *s, beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0., momentum_decay=4e-3, eps=1e-8)", []int64{4},
		func(p list) []list { return []list{state(p, 0), state(p, 0), numbers(1), numbers(0)} },
		"[state(p, 0), state(p, 0), numbers(1), numbers(0)]",
		func(p, g list, s []list) { functional.Nadam(p, g, s[0], s[1], s[2], s[3], optim.LR(0.1)) }},
	{"O.radam(p, g, *s, beta1=0.9, beta2=0.5, lr=0.1, weight_decay=0.1, eps=1e-8)", []int64{4},
		func(p list) []list { return []list{state(p, 0), state(p, 0), numbers(0)} }, "[state(p, 0), state(p, 0), numbers(0)]",
		func(p, g list, s []list) {
			functional.Radam(p, g, s[0], s[1], s[2], optim.LR(0.1), optim.Betas(0.9, 0.5), optim.WeightDecay(0.1))
		}},
	{"O.rmsprop(p, g, *s, lr=0.1, alpha=0.9, eps=1e-8, weight_decay=0., momentum=0.5, centered=True)", []int64{4},
		func(p list) []list { return []list{state(p, 0), state(p, 0), state(p, 0), numbers(0)} },
		"[state(p, 0), state(p, 0), state(p, 0), numbers(0)]",
		func(p, g list, s []list) {
			functional.Rmsprop(p, g, s[0], s[1], s[2], s[3], optim.LR(0.1), optim.Alpha(0.9), optim.Momentum(0.5), optim.Centered(true))
		}},
	{"O.rprop(p, g, *s, step_size_min=1e-6, step_size_max=50, etaminus=0.5, etaplus=1.2)", []int64{4},
		func(p list) []list { return []list{state(p, 0), state(p, 0.1), numbers(0)} }, "[state(p, 0), state(p, 0.1), numbers(0)]",
		func(p, g list, s []list) { functional.Rprop(p, g, s[0], s[1], s[2]) }},
	{"O.sgd(p, g, *s, weight_decay=0.1, momentum=0.9, lr=0.1, dampening=0., nesterov=True, maximize=False)", []int64{4},
		func(list) []list { return []list{{nil, nil}} }, "[[None, None]]",
		func(p, g list, s []list) {
			functional.Sgd(p, g, s[0], optim.LR(0.1), optim.Momentum(0.9), optim.WeightDecay(0.1), optim.Nesterov(true))
		}},
	{"O.sgd(p, g, *s, weight_decay=0., momentum=0., lr=torch.tensor(0.1), dampening=0., nesterov=False, maximize=False)", []int64{4},
		func(list) []list { return []list{nil} }, "[[]]",
		func(p, g list, s []list) { functional.Sgd(p, g, s[0], optim.LR(torch.NewTensor(float32(0.1)))) }},
}

// Fifty steps of each function give Python's digits, of parameters and states.
func TestFunctionsAreThoseOfPython(t *testing.T) {
	for _, c := range functionCases {
		t.Run(c.python, func(t *testing.T) {
			last := ""
			for _, n := range c.last {
				last += fmt.Sprint(n, ", ")
			}
			py := parity.Run(t, fmt.Sprintf(`%s
def numbers(value): return [torch.tensor(float(value)), torch.tensor(float(value))]
p = params(%[2]s)
s = %[3]s
for step in range(50):
    g = grads(step, %[2]s)
    %[4]s
out["p"], out["s"] = p, [t for l in s for t in l if t is not None]
`, python, last, c.made, c.python))
			p := params(c.last...)
			s := c.states(p)
			for i := range 50 {
				c.golang(p, grads(i, c.last...), s)
			}
			py.EqualTensors("p", p)
			var all list
			for _, l := range s {
				for _, tensor := range l {
					if tensor != nil {
						all = append(all, tensor)
					}
				}
			}
			py.EqualTensors("s", all)
		})
	}
}

func TestSparseAdam(t *testing.T) {
	py := parity.Run(t, python+`
p, s = params(4), [state(params(4), 0), state(params(4), 0)]
for step in range(50):
    g = [t.clone().index_fill_(0, torch.tensor([1]), 0).to_sparse() for t in grads(step, 4)]
    O.sparse_adam(p, g, *s, [step + 1] * 2, eps=1e-8, beta1=0.9, beta2=0.999, lr=0.1, maximize=False)
out["p"] = p + s[0] + s[1]
`)
	p := params(4)
	avgs, sqs := state(p, 0), state(p, 0)
	for i := range 50 {
		g := grads(i, 4)
		for j, grad := range g {
			g[j] = grad.IndexFill_(0, torch.NewTensor([]int64{1}), 0).ToSparse()
		}
		functional.SparseAdam(p, g, avgs, sqs, []int64{int64(i + 1), int64(i + 1)}, optim.LR(0.1))
	}
	py.EqualTensors("p", append(append(p, avgs...), sqs...))
}

func TestFunctionsRefuse(t *testing.T) {
	p := params(4)
	for _, c := range []struct {
		want string
		call func()
	}{
		{"2 parameters need as many gradients, not 1", func() { functional.Sgd(p, grads(0, 4)[:1], nil) }},
		{"a parameter is there twice", func() { functional.Sgd(list{p[0], p[0]}, grads(0, 4), nil) }},
		{"2 parameters need as many states sum, not 3", func() { functional.Adagrad(p, grads(0, 4), make(list, 3), numbers(0)) }},
		{"'step'", func() { functional.Adagrad(p, grads(0, 4), state(p, 0), nil) }},
		{"Adam does not support sparse gradients, please consider SparseAdam instead", func() {
			g := grads(0, 4)
			functional.Adam(p, list{g[0].ToSparse(), g[1]}, state(p, 0), state(p, 0), nil, numbers(0))
		}},
		{"a leaf Variable that requires grad is being used in an in-place operation.", func() {
			functional.Sgd(list{p[0].Clone().RequiresGrad_()}, grads(0, 4)[:1], nil)
		}},
	} {
		assert.ErrorContains(t, torch.Try(c.call), c.want)
	}
}

func Example() {
	params := []*torch.Tensor{torch.Ones([]int64{2})}
	grads := []*torch.Tensor{torch.NewTensor([]float32{1, -1})}
	buffers := make([]*torch.Tensor, 1)
	for range 2 {
		functional.Sgd(params, grads, buffers, optim.LR(0.1), optim.Momentum(0.5))
	}
	fmt.Println(params[0], buffers[0])
	// Output: tensor([0.7500, 1.2500]) tensor([ 1.5000, -1.5000])
}
