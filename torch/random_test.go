package torch_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestManualSeed(t *testing.T) {
	py := parity.Run(t, `
		for seed in (0, 42, -1, -5, 2**63 - 1, -2**63):
			torch.manual_seed(seed)
			out[f"seed {seed}"] = str(torch.initial_seed())
			out[f"rand {seed}"] = torch.rand(5)
			out[f"randn {seed}"] = torch.randn(17)
			out[f"perm {seed}"] = torch.randperm(10)
			out[f"int {seed}"] = torch.randint(-5, 5, (7,))
	`)
	for name, seed := range map[string]int64{"0": 0, "42": 42, "-1": -1, "-5": -5, "9223372036854775807": math.MaxInt64,
		"-9223372036854775808": math.MinInt64} {
		g := torch.ManualSeed(seed)
		assert.Equal(t, uint64(seed), torch.InitialSeed())
		assert.Equal(t, uint64(seed), g.InitialSeed())
		py.EqualTensor("rand "+name, torch.Rand([]int64{5}))
		py.EqualTensor("randn "+name, torch.Randn([]int64{17}))
		py.EqualTensor("perm "+name, torch.Randperm(10))
		py.EqualTensor("int "+name, torch.Randint(-5, 5, []int64{7}))
	}
}

func TestGenerator(t *testing.T) {
	py := parity.Run(t, `
		g = torch.Generator(torch.get_default_device())
		out["first"] = str(g.initial_seed())
		g.manual_seed(7)
		out["a"] = torch.randn(3, generator=g)
		state = g.get_state()
		out["b"] = torch.rand(3, generator=g)
		g.set_state(state)
		out["c"] = torch.rand(3, generator=g)
		out["perm"] = torch.randperm(6, generator=g)
		out["uniform"] = torch.empty(4).uniform_(-1, 1, generator=g)
		out["normal"] = torch.empty(4).normal_(3, 0.1, generator=g)
		out["state"] = g.get_state()
	`)
	before := torch.GetRngState()
	device := torch.GetDefaultDevice()
	g := torch.NewGenerator(device)
	assert.Equal(t, uint64(67280421310721), g.InitialSeed(), "as Python's %s", py.Text("first"))
	assert.Equal(t, g, g.ManualSeed(7))
	assert.Equal(t, device, g.Device())
	py.EqualTensor("a", torch.Randn([]int64{3}, g))
	state := g.GetState()
	py.EqualTensor("b", torch.Rand([]int64{3}, g))
	g.SetState(state)
	py.EqualTensor("c", torch.Rand([]int64{3}, g))
	py.EqualTensor("perm", torch.Randperm(6, g))
	py.EqualTensor("uniform", torch.Empty([]int64{4}).Uniform_(-1, 1, g))
	py.EqualTensor("normal", torch.Empty([]int64{4}).Normal_(3, 0.1, g))
	py.EqualTensor("state", g.GetState())
	assert.Equal(t, torch.Data[uint8](before), torch.Data[uint8](torch.GetRngState()), "the default generator is another")
}

func TestRngState(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	torch.ManualSeed(3)
	state := torch.GetRngState()
	a := torch.Data[float32](torch.Rand([]int64{3}))
	torch.SetRngState(state)
	assert.Equal(t, a, torch.Data[float32](torch.Rand([]int64{3})))
	assert.NotEqual(t, a, torch.Data[float32](torch.Rand([]int64{3})))
}

func TestSeedFromEntropy(t *testing.T) {
	g := torch.NewGenerator()
	a := g.Seed()
	assert.Equal(t, a, g.InitialSeed())
	assert.NotEqual(t, a, g.Seed())
}

func TestGeneratorMisuse(t *testing.T) {
	g := torch.NewGenerator()
	sameRefusals(t, []misuse{
		{"state's size", "torch.Generator().set_state(torch.zeros(3, dtype=torch.uint8))", func() { g.SetState(torch.Zeros([]int64{3}, torch.Uint8)) }},
		{"state's content", "torch.set_rng_state(torch.zeros(5056, dtype=torch.uint8))", func() { torch.SetRngState(torch.Zeros([]int64{5056}, torch.Uint8)) }},
		{"state's dtype", "torch.Generator().set_state(torch.zeros(3))", func() { g.SetState(torch.Zeros([]int64{3})) }},
		{"meta", "torch.Generator('meta')", func() { torch.NewGenerator(torch.Meta) }},
		{"mps", "torch.Generator('mps')", func() { torch.NewGenerator(torch.NewDevice("mps")) }},
		{"std", "torch.empty(2).normal_(0, -1)", func() { torch.Empty([]int64{2}).Normal_(0, -1) }},
		{"probability", "torch.empty(2).bernoulli_(1.5)", func() { torch.Empty([]int64{2}).Bernoulli_(1.5) }},
	})
	var none *torch.Generator
	for _, run := range []func(){
		func() { none.Seed() }, func() { none.ManualSeed(1) }, func() { none.GetState() }, func() { none.Device() },
		func() { new(torch.Generator).InitialSeed() }, func() { g.SetState(nil) },
	} {
		assert.Equal(t, "TypeError", refusal(t, run).Kind)
	}
	assert.NotPanics(t, func() { torch.Rand([]int64{1}, none) }, "nil is the default generator")
	assert.Equal(t, "TypeError", refusal(t, func() { torch.Rand([]int64{1}, new(torch.Generator)) }).Kind)
}
