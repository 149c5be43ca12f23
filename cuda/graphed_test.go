package cuda_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

func newModel() *nn.Sequential {
	m := nn.NewSequential(nn.NewLinear(4, 8), nn.NewDropout(nn.P(0.2)), nn.NewTanh(), nn.NewLinear(8, 1))
	m.Cuda()
	return m
}

// A training loop with a graphed model and loss gives Python's bits, which a loop
// without graphs gives, too. In evaluation the model is the one that it was.
func TestMakeGraphedCallables(t *testing.T) {
	d := device(t)
	py := parity.RunOnDevices(t, 1, `
		import gc
		torch.manual_seed(0)
		model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2), nn.Tanh(), nn.Linear(8, 1)).cuda()
		criterion = nn.MSELoss()
		opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
		data = torch.randn(6, 16, 4, device="cuda")
		x, y, target = torch.randn(16, 4, device="cuda"), torch.randn(16, 1, device="cuda", requires_grad=True), torch.randn(16, 1, device="cuda")
		graphed, loss_fn = torch.cuda.make_graphed_callables((model, criterion), ((x,), (y, target)))
		torch.cuda.manual_seed(1)
		losses = out["losses"] = []
		for batch in data:
			opt.zero_grad()
			loss = loss_fn(graphed(batch), batch.sum(1, keepdim=True))
			loss.backward()
			opt.step()
			losses.append(loss.item())
		out["name"] = loss.grad_fn.name()
		model.eval()
		out["eval"] = model(data[0]).detach().cpu()
		del model, graphed, loss_fn, criterion, opt, loss, x, y, target, data, batch
		gc.collect()
	`)
	torch.ManualSeed(0)
	model := newModel()
	criterion := nn.NewMSELoss()
	opt := optim.NewSGD(model.Parameters(), optim.LR(0.1), optim.Momentum(0.9))
	data := torch.Randn([]int64{6, 16, 4}, d)
	x, y, target := torch.Randn([]int64{16, 4}, d), torch.Randn([]int64{16, 1}, d).RequiresGrad_(), torch.Randn([]int64{16, 1}, d)
	forward, lossOf := model.Forward, func(y, target *torch.Tensor) *torch.Tensor { return criterion.Forward(y, target) }
	cuda.MakeGraphedCallables([]cuda.Callable{
		{Func: &forward, Module: model, SampleArgs: []any{x}},
		{Func: &lossOf, SampleArgs: []any{y, target}},
	})
	cuda.ManualSeed(1)
	var losses []float64
	var loss *torch.Tensor
	for _, batch := range data.Rows() {
		opt.ZeroGrad()
		loss = lossOf(forward(batch), batch.Sum(torch.Dim(1), torch.Keepdim(true)))
		loss.Backward()
		opt.Step()
		losses = append(losses, loss.Item())
	}
	assert.Equal(t, py.Numbers("losses"), losses)
	assert.Equal(t, py.Text("name"), loss.GradFn().Name())
	model.Eval()
	py.EqualTensor("eval", forward(data.Index(0)).Detach().Cpu())
}

// Without a graph a step computes the same.
func TestGraphedAsPlain(t *testing.T) {
	d := device(t)
	step := func(graph bool) (grads [][]float32) {
		torch.ManualSeed(0)
		model := nn.NewLinear(3, 2)
		model.Cuda()
		forward := func(x *torch.Tensor, more ...*torch.Tensor) (*torch.Tensor, []*torch.Tensor) {
			y := model.Forward(x).Mul(more[0])
			return y.Sum(), []*torch.Tensor{y, more[1].Detach().Mul(2)}
		}
		x := torch.Randn([]int64{5, 3}, d).RequiresGrad_()
		scale, other := torch.Randn([]int64{5, 2}, d).RequiresGrad_(), torch.Randn([]int64{2}, d)
		if graph {
			sample := func(t *torch.Tensor) *torch.Tensor { return torch.RandnLike(t).RequiresGrad_(t.RequiresGrad()) }
			cuda.MakeGraphedCallables([]cuda.Callable{
				{Func: &forward, Module: model, SampleArgs: []any{sample(x), sample(scale), sample(other)}},
			}, cuda.NumWarmupIters(2), cuda.Pool(cuda.GraphPoolHandle()), cuda.CaptureErrorMode("thread_local"))
		}
		for range 2 {
			sum, others := forward(x, scale, other)
			require.Len(t, others, 2)
			assert.False(t, others[1].RequiresGrad())
			grads = append(grads, floats(others[1]))
			sum.Add(others[0].Pow(2).Sum()).Backward()
		}
		for _, p := range []*torch.Tensor{x, scale, model.Weight, model.Bias} {
			grads = append(grads, floats(p.Grad()))
		}
		return grads
	}
	assert.Equal(t, step(false), step(true))
}

// A graphed layer takes the layer's place in a container, with its parameters and name.
func TestMakeGraphedModule(t *testing.T) {
	d := device(t)
	torch.ManualSeed(0)
	layer, head := nn.NewLinear(4, 4), nn.NewLinear(4, 1)
	layer.Cuda()
	head.Cuda()
	x := torch.Randn([]int64{2, 4}, d)
	want := floats(head.Forward(layer.Forward(x)))
	graphed := cuda.MakeGraphedModule(layer, torch.Randn([]int64{2, 4}, d))
	model := nn.NewSequential(graphed, head)
	assert.Equal(t, want, floats(model.Forward(x)))
	assert.Len(t, model.Parameters(), 4)
	assert.Equal(t, nn.NewSequential(layer, head).String(), model.String())
	model.Forward(x).Sum().Backward()
	assert.NotNil(t, layer.Weight.Grad())
	before := floats(layer.Weight)
	optim.NewSGD(model.Parameters(), optim.LR(1)).Step()
	assert.NotEqual(t, before, floats(layer.Weight))
	assert.NotEqual(t, want, floats(model.Forward(x)), "the graph reads the new weights")
	model.Eval()
	plain := floats(head.Forward(layer.Forward(x)))
	assert.Equal(t, plain, floats(model.Forward(x)))
}

// What cannot be graphed is refused with Python's words, and nothing is left.
func TestGraphedErrors(t *testing.T) {
	d := device(t)
	py := parity.RunOnDevices(t, 1, `
		import gc
		x = torch.ones(2, 2, device="cuda", requires_grad=True)
		def hooked():
			m = nn.Linear(2, 2).cuda(); m.register_forward_hook(lambda *a: None)
			return m
		def trainable_buffer():
			m = nn.BatchNorm1d(2).cuda(); m.running_mean.requires_grad_()
			return m
		errors = out["errors"] = []
		for callable, args in (
			(hooked(), (x,)), (trainable_buffer(), (x,)), (nn.Linear(2, 2).cuda(), (1,)), (lambda a, b: a * 2, (x, x.clone().detach().requires_grad_())),
			(lambda a: a.sum().item() and a, (x,)),
		):
			try:
				torch.cuda.make_graphed_callables(callable, args)
			except Exception as e:
				while e.__context__ is not None:
					e = e.__context__
				errors.append(f"{type(e).__name__}: {e}")
		y = torch.cuda.make_graphed_callables(lambda a: a * 2, (x,))(x)
		try:
			g, = torch.autograd.grad(y.sum(), x, create_graph=True)
			g.sum().backward()
		except Exception as e:
			errors.append(f"{type(e).__name__}: {e}")
		del x, y, callable, args, hooked, trainable_buffer
		gc.collect()
	`)
	x := torch.Ones([]int64{2, 2}, d).RequiresGrad_()
	hooked := nn.NewLinear(2, 2)
	hooked.Cuda()
	hooked.RegisterForwardHook(func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor { return nil })
	buffered := nn.NewBatchNorm1d(2)
	buffered.Cuda()
	buffered.RunningMean.RequiresGrad_()
	layer := nn.NewLinear(2, 2)
	layer.Cuda()
	graph := func(module nn.AnyModule, fn any, args ...any) func() {
		return func() { cuda.MakeGraphedCallables([]cuda.Callable{{Func: fn, Module: module, SampleArgs: args}}) }
	}
	of := func(l nn.Layer) any { f := l.Forward; return &f }
	twice := func(a, b *torch.Tensor) *torch.Tensor { return a.Mul(2) }
	waits := func(a *torch.Tensor) *torch.Tensor { a.Sum().Item(); return a }
	var errors []string
	note := func(fn func()) {
		e := refusal(t, fn)
		errors = append(errors, e.Kind+": "+e.Message)
	}
	for _, fn := range []func(){
		graph(hooked, of(hooked), x), graph(buffered, of(buffered), x), graph(layer, of(layer), 1),
		graph(nil, &twice, x, x.Clone().Detach().RequiresGrad_()), graph(nil, &waits, x),
	} {
		note(fn)
	}
	once := func(a *torch.Tensor) *torch.Tensor { return a.Mul(2) }
	graph(nil, &once, x)()
	note(func() {
		g := torch.Grad([]*torch.Tensor{once(x).Sum()}, []*torch.Tensor{x}, torch.CreateGraph(true))
		g[0].Sum().Backward()
	})
	assert.Equal(t, py.Strings("errors"), errors)
	cuda.MakeGraphedCallables([]cuda.Callable{{Func: &twice, SampleArgs: []any{x, x.Clone().Detach().RequiresGrad_()}}},
		cuda.AllowUnusedInput(true))

	number := func(float64) float64 { return 0 }
	for _, fn := range []func(){
		graph(nil, once, x), graph(nil, nil, x), graph(nil, (*func())(nil), x), graph(nil, new(func()), x), graph(nil, &number, 1.0),
		graph(nil, &once), graph(nil, &once, x, x), func() { once(nil) },
	} {
		assert.Equal(t, "TypeError", refusal(t, fn).Kind)
	}
	sum := func(all ...*torch.Tensor) *torch.Tensor { return all[0].Add(all[1]) }
	graph(nil, &sum, x, x)()
	assert.Equal(t, []float32{2, 2, 2, 2}, floats(sum(x, x)))
	assert.Equal(t, "a graphed callable was captured with 2 tensors, and called with 1", refusal(t, func() { sum(x) }).Message)
	assert.ErrorContains(t, torch.Try(func() { once(torch.Ones([]int64{3}, d)) }), "must match")
}

// Autocast must not keep casts of parameters, which would be of no use in a replay.
func TestGraphedAutocast(t *testing.T) {
	d := device(t)
	layer := nn.NewLinear(4, 4)
	layer.Cuda()
	x := torch.Randn([]int64{2, 4}, d)
	forward := layer.Forward
	callables := []cuda.Callable{{Func: &forward, Module: layer, SampleArgs: []any{x}}}
	amp.Autocast("cuda", func() {
		assert.Equal(t, "make_graphed_callables does not support the autocast caching. Please set `cache_enabled=False`.",
			refusal(t, func() { cuda.MakeGraphedCallables(callables) }).Message)
	})
	amp.Autocast("cuda", func() {
		want := layer.Forward(x).Detach()
		cuda.MakeGraphedCallables(callables)
		got := forward(x)
		assert.Equal(t, torch.Float16, got.DType())
		assert.True(t, torch.Equal(want, got))
	}, torch.Float16, amp.CacheEnabled(false))
}
