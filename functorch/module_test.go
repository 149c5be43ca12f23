package functorch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

type model struct {
	nn.Module
	fc1, fc2 *nn.Linear
	scale    T
}

func newModel() *model {
	m := &model{}
	m.Init(m)
	m.fc1, m.fc2 = nn.NewLinear(4, 3), nn.NewLinear(3, 2)
	m.scale = torch.Full([]int64{2}, 0.5)
	m.RegisterBuffer("scale", m.scale)
	return m
}

func (m *model) Forward(x T) T { return m.fc2.Forward(m.fc1.Forward(x).Relu()).Mul(m.scale) }

const pythonModel = setup + `
from torch import nn
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(4, 3), nn.Linear(3, 2)
        self.register_buffer("scale", torch.full((2,), 0.5))
    def forward(self, x): return self.fc2(self.fc1(x).relu()) * self.scale
def message(f):
    try: f()
    except Exception as e: return type(e).__name__ + ": " + str(e)
`

func TestPerSampleGradientsOfModel(t *testing.T) {
	py := parity.Run(t, pythonModel+`
model = Model()
params, buffers = dict(model.named_parameters()), dict(model.named_buffers())
target = torch.randint(0, 2, (3,))
def loss(p, b, x, t):
    y = functional_call(model, (p, b), (x.unsqueeze(0),))
    return nn.functional.cross_entropy(y, t.unsqueeze(0))
out["whole"] = list(grad(loss)(params, buffers, x[0], target[0]).values())
out["samples"] = list(vmap(grad(loss), in_dims=(None, None, 0, 0))(params, buffers, x, target).values())
out["fn"] = str(list(grad(loss)(params, buffers, x[0], target[0]).values())[1])
`)
	o := newOperands()
	m := newModel()
	params, buffers := functorch.State(m.NamedParameters()), functorch.State(m.NamedBuffers())
	target := torch.Randint(0, 2, []int64{3})
	gradient := func(p, b map[string]T, x, t T) map[string]T {
		return functorch.Grad(func(p map[string]T) T {
			y := functorch.FunctionalCall(m, functorch.Merge(p, b), x.Unsqueeze(0))
			return torch.CrossEntropyLoss(y, t.Unsqueeze(0))
		})(p)
	}
	inOrder := func(named map[string]T) (list []T) {
		for name := range m.NamedParameters() {
			list = append(list, named[name])
		}
		return list
	}
	whole := gradient(params, buffers, o.x.Select(0, 0), target.Select(0, 0))
	py.EqualTensors("whole", inOrder(whole))
	assert.Equal(t, py.Text("fn"), whole["fc1.bias"].String())
	perSample := functorch.Vmap(gradient, functorch.InDims(nil, nil, 0, 0))
	py.EqualTensors("samples", inOrder(perSample(params, buffers, o.x, target)))
	assert.Same(t, params["fc1.weight"], m.fc1.Parameters()[0], "the model has its own parameters again")
}

func TestEnsemble(t *testing.T) {
	py := parity.Run(t, pythonModel+`
models = [Model() for _ in range(3)]
params, buffers = stack_module_state(models)
out["params"] = list(params.values()); out["buffers"] = list(buffers.values())
out["text"] = str(params["fc2.bias"])
call = lambda p, b, x: functional_call(models[0], (p, b), x)
out["same"] = vmap(call, in_dims=(0, 0, None))(params, buffers, x)
out["each"] = vmap(call)(params, buffers, x.unsqueeze(1))
y = vmap(call, in_dims=(0, 0, None))(params, buffers, x).sum(); y.backward()
out["grad"] = params["fc1.weight"].grad
`)
	o := newOperands()
	models := []*model{newModel(), newModel(), newModel()}
	params, buffers := functorch.StackModuleState(models)
	var list []T
	for name := range models[0].NamedParameters() {
		list = append(list, params[name])
	}
	py.EqualTensors("params", list)
	py.EqualTensors("buffers", []T{buffers["scale"]})
	assert.Equal(t, py.Text("text"), params["fc2.bias"].String())
	call := func(p, b map[string]T, x T) T { return functorch.FunctionalCall(models[0], functorch.Merge(p, b), x) }
	same := functorch.Vmap(call, functorch.InDims(0, 0, nil))(params, buffers, o.x)
	py.EqualTensor("same", same)
	py.EqualTensor("each", functorch.Vmap(call)(params, buffers, o.x.Unsqueeze(1)))
	same.Sum().Backward()
	py.EqualTensor("grad", params["fc1.weight"].Grad())
}

// counting adds 1 to its buffer at each call.
type counting struct {
	nn.Module
	n T
}

func (m *counting) Forward(x T) T {
	m.n = m.n.Add(1)
	return x.Add(m.n)
}

func TestFunctionalCallWritesToState(t *testing.T) {
	m := &counting{}
	m.Init(m)
	m.n = torch.Zeros([]int64{})
	m.RegisterBuffer("n", m.n)
	before := m.n
	state := map[string]T{"n": torch.Full([]int64{}, 4)}
	assert.Equal(t, 6.0, functorch.FunctionalCall(m, state, torch.Ones([]int64{})).Item())
	assert.Equal(t, 5.0, state["n"].Item())
	assert.Same(t, before, m.n)
	assert.PanicsWithValue(t, "stop", func() { functorch.WithState(m, state, func() { panic("stop") }) })
	assert.Same(t, before, m.n)
}

func TestModuleErrors(t *testing.T) {
	py := parity.Run(t, pythonModel+`
m = nn.Linear(4, 4)
out["merge"] = message(lambda: functional_call(m, ({"weight": x}, {"weight": x}), x))
out["strict"] = message(lambda: functional_call(m, {"weight": x, "foo": x}, x, strict=True))
out["empty"] = message(lambda: stack_module_state([]))
out["modes"] = message(lambda: stack_module_state([nn.Linear(1, 1), nn.Linear(1, 1).eval()]))
frozen = nn.Linear(1, 1); frozen.bias.requires_grad_(False)
out["grad"] = message(lambda: stack_module_state([nn.Linear(1, 1), frozen]))
out["class"] = message(lambda: stack_module_state([nn.Linear(1, 1), nn.Conv2d(1, 1, 1)]))
with torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x):
    out["hooks"] = message(lambda: grad(cube)(x))
tied = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4)); tied[1].weight = tied[0].weight
out["tied"] = message(lambda: functional_call(tied, {"0.weight": m.weight, "1.weight": m.weight + 1}, x))
out["untied"] = functional_call(tied, {"0.weight": torch.ones(4, 4), "1.weight": torch.zeros(4, 4), "0.bias": v, "1.bias": v}, x, tie_weights=False)
out["tied call"] = functional_call(tied, {"1.weight": torch.ones(4, 4), "0.bias": v, "1.bias": v}, x)
`)
	o := newOperands()
	m := nn.NewLinear(4, 4)
	check := func(key string, fn func()) {
		t.Helper()
		var e *torch.Error
		require.ErrorAs(t, torch.Try(fn), &e)
		assert.Equal(t, py.Text(key), e.Kind+": "+e.Message)
	}
	check("merge", func() { functorch.Merge(map[string]T{"weight": o.x}, map[string]T{"weight": o.x}) })
	check("strict", func() {
		functorch.FunctionalCall(m, map[string]T{"weight": o.x, "foo": o.x}, o.x, functorch.Strict(true))
	})
	check("empty", func() { functorch.StackModuleState([]*nn.Linear{}) })
	evaluating, frozen := nn.NewLinear(1, 1), nn.NewLinear(1, 1)
	evaluating.Eval()
	frozen.Parameters()[1].RequiresGrad_(false)
	check("modes", func() { functorch.StackModuleState([]*nn.Linear{nn.NewLinear(1, 1), evaluating}) })
	check("grad", func() { functorch.StackModuleState([]*nn.Linear{nn.NewLinear(1, 1), frozen}) })
	check("class", func() {
		functorch.StackModuleState([]nn.AnyModule{nn.NewLinear(1, 1), nn.NewConv2d(1, 1, 1)})
	})
	identity := func(x T) any { return x }
	torch.WithSavedTensorsHooks(identity, func(x any) T { return x.(T) }, func() {
		check("hooks", func() { functorch.Grad(cube)(o.x) })
	})
	first, second := nn.NewLinear(4, 4), nn.NewLinear(4, 4)
	tied := nn.NewSequential(first, second)
	second.Weight = first.Weight
	w := m.Parameters()[0]
	check("tied", func() { functorch.FunctionalCall(tied, map[string]T{"0.weight": w, "1.weight": w.Add(1)}, o.x) })
	ones, zeros := torch.Ones([]int64{4, 4}), torch.Zeros([]int64{4, 4})
	state := map[string]T{"0.weight": ones, "1.weight": zeros, "0.bias": o.v, "1.bias": o.v}
	py.EqualTensor("untied", functorch.FunctionalCall(tied, state, o.x, functorch.TieWeights(false)))
	delete(state, "0.weight")
	state["1.weight"] = ones
	py.EqualTensor("tied call", functorch.FunctionalCall(tied, state, o.x))
}
