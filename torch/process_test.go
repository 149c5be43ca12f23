package torch_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/fft"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestDefaultDevice(t *testing.T) {
	testkit.UseDevice(t, torch.Device{})
	assert.Equal(t, torch.CPU, torch.GetDefaultDevice())
	torch.SetDefaultDevice(torch.Meta)
	assert.Equal(t, torch.Meta, torch.GetDefaultDevice())
	x := torch.FromSlice([]float32{1, 2})
	assert.Equal(t, torch.CPU, x.Device())
	assert.Equal(t, "tensor([1., 2.])", x.String())
	py := parity.Run(t, `
		x = torch.ones(2)
		torch.set_default_device("meta")
		for n, make in enumerate([
			lambda: torch.zeros(2), lambda: torch.empty(2), lambda: torch.arange(3), lambda: torch.arange(1, 3), lambda: torch.eye(2),
			lambda: torch.full((2,), 1.0), lambda: torch.linspace(0, 1, 3), lambda: torch.randn(2), lambda: torch.randint(0, 3, (2,)),
			lambda: torch.hann_window(4), lambda: torch.scalar_tensor(1),
			lambda: torch.fft.fftfreq(3), lambda: torch.tensor([1]), lambda: torch.range(1, 2), lambda: torch.empty_strided((2,), (1,)),
			lambda: torch.zeros(2, device="cpu"), lambda: torch.zeros_like(x), lambda: x.new_zeros(2), lambda: torch.complex(x, x),
			lambda: torch.normal(x, x), lambda: x + 1, lambda: torch.cartesian_prod(x, x), lambda: nn.Linear(2, 2).weight,
		]):
			out[str(n)] = str(make().device)
		torch.set_default_device(None)
	`)
	for n, made := range []*torch.Tensor{
		torch.Zeros([]int64{2}), torch.Empty([]int64{2}), torch.Arange(3), torch.ArangeFrom(1, 3), torch.Eye(2),
		torch.Full([]int64{2}, 1.0), torch.Linspace(0, 1, 3), torch.Randn([]int64{2}), torch.Randint(0, 3, []int64{2}),
		torch.HannWindow(4), torch.ScalarTensor(1),
		fft.Fftfreq(3), torch.NewTensor([]int{1}), torch.Range(1, 2), torch.EmptyStrided([]int64{2}, []int64{1}),
		torch.Zeros([]int64{2}, torch.CPU), torch.ZerosLike(x), x.NewZeros([]int64{2}), torch.Complex(x, x),
		torch.Normal(x, x), x.Add(1), torch.CartesianProd(x, x),
	} {
		assert.Equal(t, py.Text(fmt.Sprint(n)), made.Device().String(), n)
	}
	// What Python computes for the meta device in Python alone, libtorch refuses.
	assert.ErrorContains(t, torch.Try(func() { torch.Randperm(3) }), "Meta")
	assert.ErrorContains(t, torch.Try(func() { torch.TrilIndices(2, 2) }), "Meta")
}

func TestDeterminism(t *testing.T) {
	defer torch.UseDeterministicAlgorithms(false)
	torch.UseDeterministicAlgorithms(true)
	assert.True(t, torch.AreDeterministicAlgorithmsEnabled())
	assert.False(t, torch.IsDeterministicAlgorithmsWarnOnlyEnabled())
	assert.Equal(t, 2, torch.GetDeterministicDebugMode())
	index, one := torch.NewTensor([]int{0}), torch.Ones([]int64{1})
	put := func() { torch.Zeros([]int64{2}).Put_(index, one) }
	sameRefusals(t, []misuse{
		{"nondeterministic", `
			torch.use_deterministic_algorithms(True)
			try:
				torch.zeros(2).put_(torch.tensor([0]), torch.ones(1))
			finally:
				torch.use_deterministic_algorithms(False)`, put},
		{"mode", "torch.set_deterministic_debug_mode(3)", func() { torch.SetDeterministicDebugMode(3) }},
		{"name of mode", "torch.set_deterministic_debug_mode('on')", func() { torch.SetDeterministicDebugMode("on") }},
	})
	assert.True(t, torch.Empty([]int64{1}).Isnan().Item() != 0, "memory that is not set is filled with NaN")
	torch.UseDeterministicAlgorithms(true, torch.WarnOnly(true))
	assert.Equal(t, 1, torch.GetDeterministicDebugMode())
	py := parity.Run(t, `
		torch.use_deterministic_algorithms(True, warn_only=True)
		torch.zeros(2).put_(torch.tensor([0]), torch.ones(1))
		torch.use_deterministic_algorithms(False)
	`)
	var got []string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { got = append(got, w.Message) }))
	put()
	if assert.Len(t, got, 1) {
		assert.Contains(t, py.Warnings[0].Message, got[0]) // where Python appends a line of C++
	}
	for mode, want := range map[any]int{0: 0, "warn": 1, 1: 1, "error": 2, int64(2): 2, "default": 0} {
		torch.SetDeterministicDebugMode(mode)
		assert.Equal(t, want, torch.GetDeterministicDebugMode())
	}
	assert.Error(t, torch.Try(func() { torch.SetDeterministicDebugMode(1.5) }))
}

func TestFloat32MatmulPrecision(t *testing.T) {
	defer torch.SetFloat32MatmulPrecision("highest")
	assert.Equal(t, "highest", torch.GetFloat32MatmulPrecision())
	for _, precision := range []string{"high", "medium", "highest"} {
		torch.SetFloat32MatmulPrecision(precision)
		assert.Equal(t, precision, torch.GetFloat32MatmulPrecision())
	}
	py := parity.Run(t, "torch.set_float32_matmul_precision('most'); out['after'] = torch.get_float32_matmul_precision()")
	var got []string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { got = append(got, w.Message) }))
	torch.SetFloat32MatmulPrecision("most")
	assert.Equal(t, py.Text("after"), torch.GetFloat32MatmulPrecision())
	if assert.Len(t, got, len(py.Warnings)) && len(got) > 0 {
		assert.Contains(t, py.Warnings[0].Message, got[0]) // where Python appends a line of C++
	}
}

// Flushing holds for libtorch on any thread, and not for Go.
func TestFlushDenormal(t *testing.T) {
	tiny := 1e-320
	x := torch.NewTensor([]float64{tiny})
	halved := func() float64 {
		result := make(chan float64)
		go func() { result <- x.Mul(0.5).Item() }()
		return <-result
	}
	assert.Equal(t, tiny/2, halved())
	if !torch.SetFlushDenormal(true) {
		t.Skip("this processor cannot flush denormals")
	}
	assert.Zero(t, halved())
	assert.NotZero(t, tiny/2)
	assert.True(t, torch.SetFlushDenormal(false))
	assert.Equal(t, tiny/2, halved())
	assert.Equal(t, tiny/2, x.Mul(0.5).Item())
}

func TestWarnAlways(t *testing.T) {
	defer torch.SetWarnAlways(torch.IsWarnAlwaysEnabled())
	torch.SetWarnAlways(true)
	assert.True(t, torch.IsWarnAlwaysEnabled())
	count := 0
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) { count++ }))
	for range 2 { // which warns once otherwise, and not at all if another test came first
		torch.ChainMatmul([]*torch.Tensor{torch.Eye(2), torch.Eye(2)})
		torch.SetWarningHandler(func(torch.Warning) { count++ })
	}
	assert.Equal(t, 2, count)
}

func TestForkRng(t *testing.T) {
	torch.ManualSeed(5)
	before := torch.GetRngState()
	torch.ForkRng(func() { torch.Rand([]int64{3}) })
	torch.ForkRng(func() { torch.ManualSeed(7) }, torch.CPU)
	assert.Panics(t, func() {
		torch.ForkRng(func() {
			torch.Rand([]int64{3})
			panic("out")
		})
	})
	assert.True(t, before.Equal(torch.GetRngState()))
	py := parity.Run(t, `
		torch.manual_seed(5)
		with torch.random.fork_rng():
			out["inside"] = torch.rand(2)
		out["after"] = torch.rand(2)
	`)
	torch.ManualSeed(5) // other devices than the CPU have still the 7
	torch.ForkRng(func() { py.EqualTensor("inside", torch.Rand([]int64{2})) })
	py.EqualTensor("after", torch.Rand([]int64{2}))
}

func TestSeed(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	seed := torch.Seed()
	assert.Equal(t, seed, torch.InitialSeed())
	assert.NotEqual(t, seed, torch.Seed())
	first := torch.DefaultGenerator().CloneState()
	assert.True(t, torch.Rand([]int64{2}).Equal(torch.Rand([]int64{2}, first)))
}

func ExampleForkRng() {
	torch.ManualSeed(0)
	torch.ForkRng(func() {
		torch.ManualSeed(1)
		fmt.Println(torch.Rand([]int64{2}))
	})
	fmt.Println(torch.Rand([]int64{2})) // as if nothing had been drawn
	// Output:
	// tensor([0.7576, 0.2793])
	// tensor([0.4963, 0.7682])
}

func ExampleSetDefaultDevice() {
	torch.SetDefaultDevice(torch.Meta)
	defer torch.SetDefaultDevice(torch.Device{})
	fmt.Println(torch.Zeros([]int64{2, 3}).Device())
	// Output: meta
}
