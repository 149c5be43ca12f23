package prune_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/prune"
	"github.com/wangkuiyi/gotorch/torch"
)

const setup = `
	from torch.nn.utils import prune
	def state(m): log(list(m.state_dict()), *m.state_dict().values())
	torch.manual_seed(1)
`

func logState(log func(...any), m nn.AnyModule) {
	state := m.StateDict()
	log(state.Keys())
	for _, t := range state.All() {
		log(t)
	}
}

// Every method prunes what Python's does, alone and after another.
func TestMethods(t *testing.T) {
	scores := func() *torch.Tensor { return torch.Arange(30.0).Reshape(5, 6).Sin() }
	mask := func() *torch.Tensor { return torch.Arange(30).Reshape(5, 6).Remainder(3) }
	for _, c := range []struct {
		python string
		golang func(m *nn.Linear)
	}{
		{"prune.identity(m, 'weight')", func(m *nn.Linear) { prune.Identity(m, "weight") }},
		{"prune.random_unstructured(m, 'weight', 7)", func(m *nn.Linear) { prune.RandomUnstructured(m, "weight", 7) }},
		{"prune.random_unstructured(m, 'weight', 0.25)", func(m *nn.Linear) { prune.RandomUnstructured(m, "weight", 0.25) }},
		{"prune.l1_unstructured(m, 'weight', 0.3)", func(m *nn.Linear) { prune.L1Unstructured(m, "weight", 0.3) }},
		{"prune.l1_unstructured(m, 'weight', 0)", func(m *nn.Linear) { prune.L1Unstructured(m, "weight", 0) }},
		{"prune.l1_unstructured(m, 'weight', 0.3, torch.arange(30.).reshape(5, 6).sin())", func(m *nn.Linear) {
			prune.L1Unstructured(m, "weight", 0.3, prune.ImportanceScores(scores()))
		}},
		{"prune.random_structured(m, 'weight', 2, 0)", func(m *nn.Linear) { prune.RandomStructured(m, "weight", 2, 0) }},
		{"prune.random_structured(m, 'weight', 0.5, -1)", func(m *nn.Linear) { prune.RandomStructured(m, "weight", 0.5, -1) }},
		{"prune.ln_structured(m, 'weight', 2, 1, 1)", func(m *nn.Linear) { prune.LnStructured(m, "weight", 2, 1, 1) }},
		{"prune.ln_structured(m, 'weight', 0.4, float('-inf'), -1)", func(m *nn.Linear) {
			prune.LnStructured(m, "weight", 0.4, math.Inf(-1), -1)
		}},
		{"prune.ln_structured(m, 'weight', 1, 'fro', 0)", func(m *nn.Linear) { prune.LnStructured(m, "weight", 1, "fro", 0) }},
		{"prune.custom_from_mask(m, 'weight', torch.arange(30).reshape(5, 6) % 3)", func(m *nn.Linear) {
			prune.CustomFromMask(m, "weight", mask())
		}},
	} {
		t.Run(c.python, func(t *testing.T) {
			parity.Compare(t, setup+`
	for first in (None, prune.l1_unstructured, prune.ln_structured):
		m = nn.Linear(6, 5)
		if first is prune.l1_unstructured: first(m, "weight", 4)
		if first is prune.ln_structured: first(m, "weight", 1, 2., 0)
		`+c.python+`
		x = torch.randn(3, 6)
		state(m); log(m, m.weight, prune.is_pruned(m))
		y = m(x); y.pow(2).sum().backward(); log(y, m.weight_orig.grad)
		with torch.no_grad(): m.weight_orig.add_(1)
		log(m(x)); prune.remove(m, "weight"); state(m); log(prune.is_pruned(m), m(x))
	`, func(log func(...any)) {
				torch.ManualSeed(1)
				for first := range 3 {
					m := nn.NewLinear(6, 5)
					switch first {
					case 1:
						prune.L1Unstructured(m, "weight", 4)
					case 2:
						prune.LnStructured(m, "weight", 1, 2.0, 0)
					}
					c.golang(m)
					x := torch.Randn([]int64{3, 6})
					logState(log, m)
					log(m, m.Weight, prune.IsPruned(m))
					y := m.Forward(x)
					y.Pow(2).Sum().Backward()
					orig, _ := m.GetTensor("weight_orig")
					log(y, orig.Grad())
					torch.NoGrad(func() { orig.Add_(1) })
					log(m.Forward(x))
					prune.Remove(m, "weight")
					logState(log, m)
					log(prune.IsPruned(m), m.Forward(x))
				}
			})
		})
	}
}

func TestGlobalUnstructured(t *testing.T) {
	parity.Compare(t, setup+`
	m = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
	prune.random_unstructured(m[0], "weight", 2)
	prune.global_unstructured([(m[0], "weight"), (m[2], "weight"), (m[2], "bias")], prune.L1Unstructured, amount=0.4)
	state(m); log(m(torch.randn(2, 4)))
	prune.global_unstructured([(m[0], "weight"), (m[2], "weight")], prune.L1Unstructured,
		{(m[2], "weight"): torch.arange(6.).view(2, 3)}, amount=3)
	state(m)
	log(prune.L1Unstructured(2).prune(torch.arange(6.), importance_scores=torch.arange(6.).cos()))
	log(prune.RandomStructured(1, 0).prune(torch.ones(3, 2), torch.tensor([[1., 0], [1, 1], [1, 1]])))
	log(prune.LnStructured(1, 'nuc', 1).prune(torch.randn(3, 2, 4)))
	log(prune.LnStructured(1, 'fro', 1).prune(torch.randn(3, 2, 4)))
	`, func(log func(...any)) {
		torch.ManualSeed(1)
		first, second := nn.NewLinear(4, 3), nn.NewLinear(3, 2)
		m := nn.NewSequential(first, nn.NewReLU(), second)
		prune.RandomUnstructured(first, "weight", 2)
		prune.GlobalUnstructured([]prune.Parameter{{first, "weight"}, {second, "weight"}, {second, "bias"}}, prune.NewL1Unstructured(0.4), nil)
		logState(log, m)
		log(m.Forward(torch.Randn([]int64{2, 4})))
		prune.GlobalUnstructured([]prune.Parameter{{first, "weight"}, {second, "weight"}}, prune.NewL1Unstructured(3),
			map[prune.Parameter]*torch.Tensor{{second, "weight"}: torch.Arange(6.0).View(2, 3)})
		logState(log, m)
		log(prune.Prune(prune.NewL1Unstructured(2), torch.Arange(6.0), nil, prune.ImportanceScores(torch.Arange(6.0).Cos())))
		log(prune.Prune(prune.NewRandomStructured(1, 0), torch.Ones([]int64{3, 2}), torch.NewTensor([][]float32{{1, 0}, {1, 1}, {1, 1}})))
		log(prune.Prune(prune.NewLnStructured(1, "nuc", 1), torch.Randn([]int64{3, 2, 4}), nil))
		log(prune.Prune(prune.NewLnStructured(1, "fro", 1), torch.Randn([]int64{3, 2, 4}), nil))
	})
}

func TestErrors(t *testing.T) {
	parity.Compare(t, setup+`
	m = nn.Linear(2, 3)
	fail(lambda: prune.l1_unstructured(m, "weight", 1.5))
	fail(lambda: prune.l1_unstructured(m, "weight", -1))
	fail(lambda: prune.l1_unstructured(m, "weight", 7))
	fail(lambda: prune.l1_unstructured(m, "foo", 1))
	fail(lambda: prune.ln_structured(m, "bias", 1, 2, 0))
	fail(lambda: prune.ln_structured(m, "weight", 1, 2, 2))
	fail(lambda: prune.random_structured(m, "weight", 4, 0))
	fail(lambda: prune.custom_from_mask(m, "weight", torch.ones(2)))
	fail(lambda: prune.remove(m, "weight"))
	fail(lambda: prune.l1_unstructured(m, "weight", 1, torch.ones(2)))
	state(m)
	`, func(log func(...any)) {
		torch.ManualSeed(1)
		m := nn.NewLinear(2, 3)
		log(func() { prune.L1Unstructured(m, "weight", 1.5) },
			func() { prune.L1Unstructured(m, "weight", -1) },
			func() { prune.L1Unstructured(m, "weight", 7) },
			func() { prune.L1Unstructured(m, "foo", 1) },
			func() { prune.LnStructured(m, "bias", 1, 2, 0) },
			func() { prune.LnStructured(m, "weight", 1, 2, 2) },
			func() { prune.RandomStructured(m, "weight", 4, 0) },
			func() { prune.CustomFromMask(m, "weight", torch.Ones([]int64{2})) },
			func() { prune.Remove(m, "weight") },
			func() { prune.L1Unstructured(m, "weight", 1, prune.ImportanceScores(torch.Ones([]int64{2}))) })
		logState(log, m)
	})
}

// A recurrent layer computes with the pruned weight, too, and its state dictionary
// can be loaded.
func TestRecurrentLayer(t *testing.T) {
	parity.Compare(t, setup+`
	m = prune.l1_unstructured(nn.LSTM(3, 2), "weight_hh_l0", 0.5)
	log(m(torch.randn(4, 3))[0])
	n = prune.identity(nn.LSTM(3, 2), "weight_hh_l0"); n.load_state_dict(m.state_dict())
	log(n(torch.ones(4, 3))[0]); state(n)
	`, func(log func(...any)) {
		torch.ManualSeed(1)
		m := prune.L1Unstructured(nn.NewLSTM(3, 2), "weight_hh_l0", 0.5)
		y, _, _ := m.Forward(torch.Randn([]int64{4, 3}))
		log(y)
		n := prune.Identity(nn.NewLSTM(3, 2), "weight_hh_l0")
		_, err := n.LoadStateDict(m.StateDict())
		require.NoError(t, err)
		y, _, _ = n.Forward(torch.Ones([]int64{4, 3}))
		log(y)
		logState(log, n)
	})
}

func TestContainer(t *testing.T) {
	c := prune.NewPruningContainer(prune.NewIdentity())
	c.AddPruningMethod(prune.NewRandomStructured(1, 0))
	assert.Equal(t, 2, c.Len())
	assert.Equal(t, "structured", c.PruningType())
	for i, method := range c.All() {
		assert.Equal(t, c.At(i), method)
	}
}
