package amp_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// optimizers makes those that differ in what a scaler leaves to them.
var optimizers = map[string]func(params []*torch.Tensor) optim.Optimizer{
	"SGD(params, lr=0.1)": func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewSGD(p, optim.LR(0.1))
	},
	"SGD(params, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1, fused=True)": func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewSGD(p, optim.LR(0.1), optim.Momentum(0.9), optim.Nesterov(true), optim.WeightDecay(0.1), optim.Fused(true))
	},
	"SGD(params, lr=torch.tensor(0.1), maximize=True, fused=True)": func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewSGD(p, optim.LR(torch.NewTensor(float32(0.1))), optim.Maximize(true), optim.Fused(true))
	},
	"Adam(params, lr=0.1)": func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewAdam(p, optim.LR(0.1))
	},
	"Adam(params, lr=0.1, foreach=True)": func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewAdam(p, optim.LR(0.1), optim.Foreach(true))
	},
	"Adam(params, lr=0.1, amsgrad=True, fused=True)": func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewAdam(p, optim.LR(0.1), optim.Amsgrad(true), optim.Fused(true))
	},
	"AdamW(params, lr=0.1, fused=True)": func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewAdamW(p, optim.LR(0.1), optim.Fused(true))
	},
	"Adagrad(params, lr=0.1, weight_decay=0.1, fused=True)": func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewAdagrad(p, optim.LR(0.1), optim.WeightDecay(0.1), optim.Fused(true))
	},
	"RMSprop(params, lr=0.1)": func(p []*torch.Tensor) optim.Optimizer {
		return optim.NewRMSprop(p, optim.LR(0.1))
	},
}

// A scaler and an optimizer go through growth, infinities, NaN, clipping and a
// checkpoint as in Python.
const scalerProblem = `
torch.manual_seed(0)
params = [torch.randn(3, 4, device=device, requires_grad=True), torch.randn(5, device=device, requires_grad=True)]
unused = torch.zeros(2, device=device, requires_grad=True)
params.append(unused)
def make(): return eval("optim." + text)
opt = make()
scaler = torch.amp.GradScaler(device, init_scale=2.0**10, growth_interval=3, backoff_factor=0.25)
scales, trackers, tensors = [], [], []
for step in range(12):
    opt.zero_grad()
    loss = (params[0].sin().sum() * params[1].exp().sum()) * 1e-2
    scaler.scale(loss).backward()
    if step == 4: params[0].grad[1, 2] = float("inf")
    if step == 5: params[1].grad[0] = float("nan")
    if step % 3 == 1:
        scaler.unscale_(opt)
        torch.nn.utils.clip_grad_norm_(params, 0.5)
    scaler.step(opt)
    scaler.update()
    if step == 7:
        saved = scaler.state_dict(), opt.state_dict()
        scaler = torch.amp.GradScaler(device, init_scale=3.0)
        opt = make()
        scaler.load_state_dict(saved[0])
        opt.load_state_dict(saved[1])
    if step == 9: scaler.update(512.0)
    scales.append(scaler.get_scale())
    trackers.append(scaler._get_growth_tracker())
    tensors += [p.detach().clone() for p in params]
for p in params:
    tensors += [opt.state[p][k] for k in sorted(opt.state[p]) if isinstance(opt.state[p][k], torch.Tensor)]
out["scales"], out["trackers"], out["tensors"] = scales, trackers, tensors
`

func testScaler(t *testing.T, device string) {
	t.Helper()
	for text, optimizer := range optimizers {
		t.Run(text, func(t *testing.T) {
			py := parity.Run(t, fmt.Sprintf("device = %q\ntext = %q\n", device, text)+scalerProblem)
			torch.ManualSeed(0)
			on := torch.NewDevice(device)
			params := []*torch.Tensor{
				torch.Randn([]int64{3, 4}, on, torch.RequiresGrad(true)), torch.Randn([]int64{5}, on, torch.RequiresGrad(true)),
				torch.Zeros([]int64{2}, on, torch.RequiresGrad(true)),
			}
			opt := optimizer(params)
			scaler := amp.NewGradScaler(device, amp.InitScale(1<<10), amp.GrowthInterval(3), amp.BackoffFactor(0.25))
			var scales, trackers []float64
			var tensors []*torch.Tensor
			for step := range 12 {
				torch.Scope(func() {
					opt.ZeroGrad()
					loss := params[0].Sin().Sum().Mul(params[1].Exp().Sum()).Mul(1e-2)
					scaler.Scale(loss).Backward()
					switch step {
					case 4:
						params[0].Grad().IndexPut_(math.Inf(1), 1, 2)
					case 5:
						params[1].Grad().IndexPut_(math.NaN(), 0)
					}
					if step%3 == 1 {
						scaler.Unscale_(opt)
						utils.ClipGradNorm_(params, 0.5)
					}
					scaler.Step(opt)
					scaler.Update()
				})
				if step == 7 {
					saved, savedState := scaler.StateDict(), opt.StateDict()
					scaler = amp.NewGradScaler(device, amp.InitScale(3))
					opt = optimizer(params)
					require.NoError(t, scaler.LoadStateDict(saved))
					require.NoError(t, opt.LoadStateDict(savedState))
				}
				if step == 9 {
					scaler.Update(amp.NewScale(512.0))
				}
				scales = append(scales, scaler.GetScale())
				trackers = append(trackers, float64(scaler.StateDict()["_growth_tracker"].(int64)))
				for _, p := range params {
					tensors = append(tensors, p.Detach().Clone())
				}
			}
			for _, p := range params {
				tensors = append(tensors, stateOf(opt, p)...)
			}
			assert.Equal(t, py.Numbers("scales"), scales)
			assert.Equal(t, py.Numbers("trackers"), trackers)
			py.EqualTensors("tensors", tensors)
		})
	}
}

// stateOf returns the tensors of a parameter's state, by name.
func stateOf(o optim.Optimizer, p *torch.Tensor) (tensors []*torch.Tensor) {
	state := o.State(p)
	for _, name := range []string{
		"exp_avg", "exp_avg_sq", "max_exp_avg_sq", "momentum_buffer", "square_avg", "step", "sum",
	} {
		if value, ok := state[name].(*torch.Tensor); ok {
			tensors = append(tensors, value)
		}
	}
	return tensors
}

func TestGradScaler(t *testing.T) {
	testScaler(t, "cpu")
}

func TestGradScalerOnCUDA(t *testing.T) {
	parity.NeedDevices(t, 1)
	testScaler(t, "cuda")
}

// A skipped first step leaves a fused SGD with momentum as if it had not been;
// Python leaves what memory held in the buffer.
func TestSkippedFirstStep(t *testing.T) {
	x := torch.Ones([]int64{64}, torch.RequiresGrad(true))
	opt := optim.NewSGD([]*torch.Tensor{x}, optim.LR(1.0), optim.Momentum(0.5), optim.Fused(true))
	scaler := amp.NewGradScaler("cpu", amp.InitScale(1))
	for _, factor := range []float64{math.Inf(1), 2, 2} {
		opt.ZeroGrad()
		scaler.Scale(x.Sum().Mul(factor)).Backward()
		scaler.Step(opt)
		scaler.Update(amp.NewScale(1.0))
	}
	assert.Equal(t, 1-2-3.0, x.Index(0).Item())
	assert.Nil(t, opt.GradScale())
	assert.Nil(t, opt.FoundInf())
}

// What the user multiplies gradients by comes on top.
func TestOwnGradScale(t *testing.T) {
	py := parity.Run(t, `
	x = torch.tensor([1.0, 2.0], requires_grad=True)
	opt = optim.SGD([x], lr=1.0, fused=True)
	scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
	results = []
	for unscale in [False, True]:
	    opt.grad_scale = torch.tensor(4.0)
	    opt.zero_grad()
	    scaler.scale(x.square().sum() * 4).backward()
	    if unscale: scaler.unscale_(opt)
	    scaler.step(opt)
	    scaler.update()
	    results.append(x.detach().clone())
	out["results"] = results
	`)
	x := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	opt := optim.NewSGD([]*torch.Tensor{x}, optim.LR(1.0), optim.Fused(true))
	scaler := amp.NewGradScaler("cpu", amp.InitScale(8))
	var results []*torch.Tensor
	for _, unscale := range []bool{false, true} {
		opt.SetGradScale(torch.NewTensor(float32(4)))
		opt.ZeroGrad()
		scaler.Scale(x.Square().Sum().Mul(4)).Backward()
		if unscale {
			scaler.Unscale_(opt)
		}
		scaler.Step(opt)
		scaler.Update()
		results = append(results, x.Detach().Clone())
	}
	py.EqualTensors("results", results)
}

// Sparse gradients are unscaled, and infinities in them found.
func TestSparseGradients(t *testing.T) {
	py := parity.Run(t, `
	torch.manual_seed(0)
	e = nn.Embedding(6, 3, sparse=True)
	opt = optim.SparseAdam(e.parameters(), lr=0.1)
	scaler = torch.amp.GradScaler("cpu", init_scale=64.0)
	results, scales = [], []
	for step in range(3):
	    opt.zero_grad()
	    scaler.scale(e(torch.tensor([1, 3, 1])).sin().sum() * (float("inf") if step == 1 else 1.0)).backward()
	    scaler.unscale_(opt)
	    results.append(e.weight.grad.to_dense())
	    scaler.step(opt)
	    scaler.update()
	    results.append(e.weight.detach().clone())
	    scales.append(scaler.get_scale())
	out["results"], out["scales"] = results, scales
	`)
	torch.ManualSeed(0)
	e := nn.NewEmbedding(6, 3, nn.Sparse(true))
	opt := optim.NewSparseAdam(e.Parameters(), optim.LR(0.1))
	scaler := amp.NewGradScaler("cpu", amp.InitScale(64))
	var results []*torch.Tensor
	var scales []float64
	for step := range 3 {
		opt.ZeroGrad()
		factor := 1.0
		if step == 1 {
			factor = math.Inf(1)
		}
		scaler.Scale(e.Forward(torch.NewTensor([]int64{1, 3, 1})).Sin().Sum().Mul(factor)).Backward()
		scaler.Unscale_(opt)
		results = append(results, e.Weight.Grad().ToDense())
		scaler.Step(opt)
		scaler.Update()
		results = append(results, e.Weight.Detach().Clone())
		scales = append(scales, scaler.GetScale())
	}
	py.EqualTensors("results", results)
	assert.Equal(t, py.Numbers("scales"), scales)
}

// Values of float16 that are finite, and whose sum is not, are found.
func TestSparseFloat16(t *testing.T) {
	py := parity.Run(t, `
	p = torch.zeros(3, dtype=torch.float16, requires_grad=True)
	opt = optim.SGD([p], lr=1.0, fused=True)
	scaler = torch.amp.GradScaler("cpu")
	scaler.scale(torch.ones(1))
	p.grad = torch.sparse_coo_tensor([[1, 1]], torch.tensor([60000.0, 60000.0], dtype=torch.float16), (3,))
	found = scaler._check_inf_per_device(opt)
	out["found"], out["coalesced"] = [v.item() for v in found.values()], p.grad.is_coalesced()
	`)
	p := torch.Zeros([]int64{3}, torch.Float16, torch.RequiresGrad(true))
	opt := optim.NewSGD([]*torch.Tensor{p}, optim.LR(1.0), optim.Fused(true))
	scaler := amp.NewGradScaler("cpu")
	scaler.Scale(torch.Ones([]int64{1}))
	values := torch.NewTensor([]float32{60000, 60000}).Half()
	p.SetGrad(torch.SparseCooTensor([][]int64{{1, 1}}, values, torch.WithSize(3), torch.CheckInvariants(true)))
	assert.ErrorContains(t, torch.Try(func() { scaler.Step(opt) }), "does not support sparse gradients")
	assert.True(t, p.Grad().IsCoalesced())
	scaler.Update() // of what was found before the step
	assert.Equal(t, []float64{1}, py.Numbers("found"))
	assert.Equal(t, 32768.0, scaler.GetScale())
}

// One update serves several optimizers; what one of them finds counts.
func TestSeveralOptimizers(t *testing.T) {
	py := parity.Run(t, `
	a, b = torch.tensor([2.0], requires_grad=True), torch.tensor([3.0], requires_grad=True)
	opts = [optim.SGD([a], lr=0.1), optim.Adam([b], lr=0.1, fused=True)]
	scaler = torch.amp.GradScaler("cpu", init_scale=16.0, growth_interval=2)
	scales = []
	for step in range(6):
	    for o in opts: o.zero_grad()
	    for i, loss in enumerate(scaler.scale([a.square().sum(), (a * b).sum()])):
	        loss.backward(retain_graph=True)
	    if step == 2: a.grad[0] = float("nan")
	    if step == 4: b.grad[0] = float("nan")
	    for o in opts: scaler.step(o)
	    scaler.update()
	    scales.append(scaler.get_scale())
	out["scales"], out["tensors"] = scales, [a, b, opts[1].state[b]["step"]]
	`)
	a := torch.NewTensor([]float32{2}, torch.RequiresGrad(true))
	b := torch.NewTensor([]float32{3}, torch.RequiresGrad(true))
	opts := []optim.Optimizer{
		optim.NewSGD([]*torch.Tensor{a}, optim.LR(0.1)), optim.NewAdam([]*torch.Tensor{b}, optim.LR(0.1), optim.Fused(true)),
	}
	scaler := amp.NewGradScaler("cpu", amp.InitScale(16), amp.GrowthInterval(2))
	var scales []float64
	for step := range 6 {
		for _, o := range opts {
			o.ZeroGrad()
		}
		for _, loss := range scaler.ScaleAll([]*torch.Tensor{a.Square().Sum(), a.Mul(b).Sum()}) {
			loss.Backward(torch.RetainGraph(true))
		}
		switch step {
		case 2:
			a.Grad().IndexPut_(math.NaN(), 0)
		case 4:
			b.Grad().IndexPut_(math.NaN(), 0)
		}
		for _, o := range opts {
			scaler.Step(o)
		}
		scaler.Update()
		scales = append(scales, scaler.GetScale())
	}
	assert.Equal(t, py.Numbers("scales"), scales)
	py.EqualTensors("tensors", []*torch.Tensor{a, b, opts[1].State(b)["step"].(*torch.Tensor)})
}

// Parameters on two devices have one scale, and what is found on either counts.
func TestGradScalerOnTwoDevices(t *testing.T) {
	for _, fused := range []bool{false, true} {
		py := parity.RunOnDevices(t, 2, fmt.Sprintf(`
		params = [torch.full((3,), i + 1.0, device=f"cuda:{i}", requires_grad=True) for i in range(2)]
		opt = optim.Adam(params, lr=0.1, fused=%s)
		scaler = torch.amp.GradScaler("cuda", init_scale=16.0)
		scales = []
		for step in range(4):
		    opt.zero_grad()
		    for loss in scaler.scale([params[1].square().sum(), params[0].sin().sum()]): loss.backward()
		    if step in (1, 2): params[step - 1].grad[0] = float("inf")
		    scaler.step(opt)
		    scaler.update()
		    scales.append(scaler.get_scale())
		out["params"], out["scales"], out["device"] = params, scales, str(scaler._scale.device)
		out["steps"] = [opt.state[p]["step"] for p in params]
		`, strings.ToUpper(fmt.Sprint(fused)[:1])+fmt.Sprint(fused)[1:]))
		params := []*torch.Tensor{
			torch.Full([]int64{3}, 1.0, torch.CUDA(0), torch.RequiresGrad(true)),
			torch.Full([]int64{3}, 2.0, torch.CUDA(1), torch.RequiresGrad(true)),
		}
		opt := optim.NewAdam(params, optim.LR(0.1), optim.Fused(fused))
		scaler := amp.NewGradScaler("cuda", amp.InitScale(16))
		var scales []float64
		for step := range 4 {
			opt.ZeroGrad()
			for _, loss := range scaler.ScaleAll([]*torch.Tensor{params[1].Square().Sum(), params[0].Sin().Sum()}) {
				loss.Backward()
			}
			if step == 1 || step == 2 {
				params[step-1].Grad().IndexPut_(math.Inf(1), 0)
			}
			scaler.Step(opt)
			scaler.Update()
			scales = append(scales, scaler.GetScale())
		}
		assert.Equal(t, py.Numbers("scales"), scales)
		py.EqualTensors("params", params)
		var steps []*torch.Tensor
		for _, p := range params {
			steps = append(steps, opt.State(p)["step"].(*torch.Tensor))
		}
		py.EqualTensors("steps", steps)
	}
}
