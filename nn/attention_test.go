package nn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/backends/mha"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nested"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A modeCase is a module and a call of it on tensors that python and golang make
// alike, to be run in training mode, in evaluation mode, and without gradients.
type modeCase struct {
	python string // makes m
	inputs string // x, y and masks, for both
	call   string // of m
	golang func() (m nn.AnyModule, call func() tensors)
}

func checkModes(t *testing.T, cases []modeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.python+" "+c.call, func(t *testing.T) {
			py := parity.Run(t, fmt.Sprintf(`
				torch.manual_seed(1)
				m = %s
				out["text"], out["keys"] = repr(m), list(m.state_dict())
				out["initial"] = [p.clone() for p in m.parameters()]
				%s
				def call():
					torch.manual_seed(2)
					y = %s
					return [r for r in (y if isinstance(y, tuple) else (y,)) if r is not None]
				out["train"] = y0 = call()
				sum((r * r).sum() for r in y0).backward()
				out["grads"] = [p.grad for p in m.parameters()]
				m.eval()
				out["eval"] = call()
				with torch.no_grad(): out["fast"] = call()
			`, c.python, c.inputs, c.call))
			warnings := recordWarnings(t)
			torch.ManualSeed(1)
			m, call := c.golang()
			assert.Equal(t, py.Text("text"), m.String())
			assert.Equal(t, py.Strings("keys"), m.StateDict().Keys())
			py.EqualTensors("initial", m.Parameters())
			seeded := func() tensors {
				torch.ManualSeed(2)
				return call()
			}
			results := seeded()
			py.EqualTensors("train", results)
			loss := torch.Zeros(nil)
			for _, r := range results {
				loss = loss.Add(r.Mul(r).Sum())
			}
			loss.Backward()
			py.EqualTensors("grads", gradients(m.Parameters()))
			m.Eval()
			py.EqualTensors("eval", seeded())
			// A default device, being a mode, keeps Python from the fast path.
			mha.SetFastpathEnabled(torch.GetDefaultDevice() == torch.CPU)
			defer mha.SetFastpathEnabled(true)
			torch.NoGrad(func() { py.EqualTensors("fast", seeded()) })
			assert.ElementsMatch(t, lasting(messages(py.Warnings)), lasting(*warnings))
		})
	}
}

// lasting leaves out repeated warnings, which Go gives once for a place, and that of
// nested tensors, which libtorch gives once in a process.
func lasting(messages []string) (list []string) {
	for _, m := range messages {
		if !strings.HasPrefix(m, "The PyTorch API of nested tensors is in prototype stage") && !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// some are the results that are not nil.
func some(results ...*torch.Tensor) (list tensors) {
	for _, r := range results {
		if r != nil {
			list = append(list, r)
		}
	}
	return list
}

func sines(shape ...int64) *torch.Tensor {
	n := int64(1)
	for _, s := range shape {
		n *= s
	}
	return torch.Arange(float64(n)).Sin().View(shape...)
}

const pythonSines = `
				sines = lambda *shape: torch.arange(float(torch.Size(shape).numel())).sin().view(*shape)
				x, k, v = sines(3, 4, 8), sines(3, 4, 8) * 2, sines(3, 4, 8) * 3
				pad = torch.tensor([[False, False, False, True], [False, False, True, True], [False] * 4])
				mask = torch.ones(4, 4).triu(1) == 1
				numbers = sines(6, 4, 4)
`

var (
	pad = func() *torch.Tensor {
		return torch.NewTensor([][]bool{{false, false, false, true}, {false, false, true, true}, {false, false, false, false}})
	}
	mask    = func() *torch.Tensor { return torch.Ones([]int64{4, 4}).Triu(torch.WithDiagonal(1)).Eq(1) }
	numbers = func() *torch.Tensor { return sines(6, 4, 4) }
)

func TestMultiheadAttentionIsThatOfPython(t *testing.T) {
	type ctor = []nn.MultiheadAttentionOption
	type pass = func() []nn.AttentionOption
	self := func(heads int64, opts ctor, pass pass) func() (nn.AnyModule, func() tensors) {
		return func() (nn.AnyModule, func() tensors) {
			m := nn.NewMultiheadAttention(8, heads, opts...)
			return m, func() tensors {
				x := sines(3, 4, 8)
				var opts []nn.AttentionOption
				if pass != nil {
					opts = pass()
				}
				return some(m.Forward(x, x, x, opts...))
			}
		}
	}
	first := ctor{nn.BatchFirst(true)}
	options := func(opts ...nn.AttentionOption) []nn.AttentionOption { return opts }
	const bf = "nn.MultiheadAttention(8, 2, batch_first=True)"
	checkModes(t, []modeCase{
		{bf, pythonSines, "m(x, x, x)", self(2, first, nil)},
		{bf, pythonSines, "m(x, x, x, need_weights=False)", self(2, first, func() []nn.AttentionOption { return options(nn.NeedWeights(false)) })},
		{bf, pythonSines, "m(x, x, x, average_attn_weights=False, key_padding_mask=pad)", self(2, first, func() []nn.AttentionOption {
			return options(nn.AverageAttnWeights(false), nn.KeyPaddingMask(pad()))
		})},
		{bf, pythonSines, "m(x, x, x, attn_mask=mask, key_padding_mask=pad)", self(2, first, func() []nn.AttentionOption {
			return options(nn.AttnMask(mask()), nn.KeyPaddingMask(pad()))
		})},
		{bf, pythonSines, "m(x, x, x, attn_mask=numbers, key_padding_mask=pad)", self(2, first, func() []nn.AttentionOption {
			return options(nn.AttnMask(numbers()), nn.KeyPaddingMask(pad()))
		})},
		{bf, pythonSines, "m(x, x, x, attn_mask=mask, is_causal=True, need_weights=False)", self(2, first, func() []nn.AttentionOption {
			return options(nn.AttnMask(mask()), nn.IsCausal(true), nn.NeedWeights(false))
		})},
		{"nn.MultiheadAttention(8, 1, dropout=0.5, batch_first=True)", pythonSines, "m(x, x, x)",
			self(1, ctor{nn.WithDropout(0.5), nn.BatchFirst(true)}, nil)},
		{"nn.MultiheadAttention(8, 4, bias=False, dtype=torch.float32, device=torch.get_default_device())", pythonSines, "m(x, x, x, need_weights=False)",
			self(4, ctor{nn.Bias(false), torch.Float32, torch.GetDefaultDevice()}, func() []nn.AttentionOption { return options(nn.NeedWeights(false)) })},
		{"nn.MultiheadAttention(8, 2, bias=False, batch_first=True)", pythonSines, "m(x, x, x)",
			self(2, ctor{nn.Bias(false), nn.BatchFirst(true)}, nil)},
		{"nn.MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True)", pythonSines, "m(x, x, x)",
			self(2, ctor{nn.AddBiasKv(true), nn.AddZeroAttn(true)}, nil)},
		{"nn.MultiheadAttention(8, 2, kdim=6, vdim=5)", "a, b, c = torch.ones(4, 3, 8), torch.ones(7, 3, 6), torch.ones(7, 3, 5)", "m(a, b, c)",
			func() (nn.AnyModule, func() tensors) {
				m := nn.NewMultiheadAttention(8, 2, nn.Kdim(6), nn.Vdim(5))
				return m, func() tensors {
					return some(m.Forward(torch.Ones([]int64{4, 3, 8}), torch.Ones([]int64{7, 3, 6}), torch.Ones([]int64{7, 3, 5})))
				}
			}},
		{bf, pythonSines, "m(x, k, k)", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMultiheadAttention(8, 2, nn.BatchFirst(true))
			return m, func() tensors {
				k := sines(3, 4, 8).Mul(2)
				return some(m.Forward(sines(3, 4, 8), k, k))
			}
		}},
		{bf, pythonSines, "m(x[0], k[0], v[0])", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMultiheadAttention(8, 2, nn.BatchFirst(true))
			return m, func() tensors {
				x := sines(3, 4, 8).Select(0, 0)
				return some(m.Forward(x, x.Mul(2), x.Mul(3)))
			}
		}},
		{bf, pythonSines, "m(x, k, v)", func() (nn.AnyModule, func() tensors) {
			m := nn.NewMultiheadAttention(8, 2, nn.BatchFirst(true))
			return m, func() tensors {
				x := sines(3, 4, 8)
				return some(m.Forward(x, x.Mul(2), x.Mul(3)))
			}
		}},
	})
}

func TestAttentionRefusesWhatPythonRefuses(t *testing.T) {
	x := func() *torch.Tensor { return torch.Zeros([]int64{2, 3, 4}) }
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"nn.MultiheadAttention(0, 2)", func() { nn.NewMultiheadAttention(0, 2) }},
		{"nn.MultiheadAttention(4, 3)", func() { nn.NewMultiheadAttention(4, 3) }},
		{"x = torch.zeros(2, 3, 4); nn.MultiheadAttention(4, 2)(x, x, x, attn_mask=torch.ones(3, 3, dtype=torch.int64))", func() {
			x := x()
			nn.NewMultiheadAttention(4, 2).Forward(x, x, x, nn.AttnMask(torch.Ones([]int64{3, 3}, torch.Int64)))
		}},
		{"x = torch.zeros(2, 3, 4); nn.MultiheadAttention(4, 2)(x, x, x, is_causal=True)", func() {
			x := x()
			nn.NewMultiheadAttention(4, 2).Forward(x, x, x, nn.IsCausal(true))
		}},
		{"x = torch.nested.nested_tensor([torch.zeros(2, 4)]); nn.MultiheadAttention(4, 2, batch_first=True)(x, x, x)", func() {
			x := nested.NestedTensor([]*torch.Tensor{torch.Zeros([]int64{2, 4})})
			nn.NewMultiheadAttention(4, 2, nn.BatchFirst(true)).Forward(x, x, x)
		}},
		{"nn.TransformerEncoderLayer(4, 2, activation='tanh')", func() { nn.NewTransformerEncoderLayer(4, 2, nn.Activation("tanh")) }},
		{"nn.TransformerEncoderLayer(4, 2, dropout=1.5)", func() { nn.NewTransformerEncoderLayer(4, 2, nn.WithDropout(1.5)) }},
		{"nn.Transformer(4, 2, 1, 1, 4)(torch.zeros(2, 3, 4), torch.zeros(2, 4, 4))", func() {
			newSmall().Forward(x(), torch.Zeros([]int64{2, 4, 4}))
		}},
		{"nn.Transformer(4, 2, 1, 1, 4)(torch.zeros(2, 3, 5), torch.zeros(2, 3, 5))", func() {
			newSmall().Forward(torch.Zeros([]int64{2, 3, 5}), torch.Zeros([]int64{2, 3, 5}))
		}},
	} {
		t.Run(c.python, func(t *testing.T) {
			recordWarnings(t)
			assertRaises(t, parity.RunError(t, c.python), c.golang)
		})
	}
}

func newSmall() *nn.Transformer {
	return nn.NewTransformer(nn.DModel(4), nn.Nhead(2), nn.NumEncoderLayers(1), nn.NumDecoderLayers(1), nn.DimFeedforward(4))
}

// Without the fast path, attention gives the same up to rounding, and in evaluation
// exactly what it gives with gradients.
func TestFastpathCanBeSwitchedOff(t *testing.T) {
	defer mha.SetFastpathEnabled(true)
	m, x := nn.NewMultiheadAttention(8, 2, nn.BatchFirst(true)), sines(3, 4, 8)
	m.Eval()
	want, _ := m.Forward(x, x, x)
	torch.NoGrad(func() {
		mha.SetFastpathEnabled(false)
		assert.False(t, mha.GetFastpathEnabled())
		slow, _ := m.Forward(x, x, x)
		assert.True(t, torch.Equal(want, slow))
		mha.SetFastpathEnabled(true)
		fast, _ := m.Forward(x, x, x)
		assert.True(t, torch.Allclose(want, fast, torch.Atol(1e-6)))
	})
}

func TestHooksOfAttentionSeeQueriesKeysAndWeights(t *testing.T) {
	m, x := nn.NewMultiheadAttention(8, 2), sines(3, 4, 8)
	var inputs, outputs int
	m.RegisterForwardHook(func(_ nn.AnyModule, in, out []*torch.Tensor) []*torch.Tensor {
		inputs, outputs = len(in), len(out)
		return tensors{out[0].Mul(0), out[1]}
	})
	y, weights := m.Forward(x, x, x)
	assert.Equal(t, []int{3, 2}, []int{inputs, outputs})
	assert.Zero(t, y.Abs().Max().Item())
	assert.Equal(t, []int64{4, 3, 3}, weights.Shape())
}

// Backward hooks of attention without weights see the gradients of the three inputs
// and of the output.
func TestBackwardHooksOfAttention(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(1)
		m = nn.TransformerEncoderLayer(8, 2, 12)
		seen = []
		m.self_attn.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
		x = torch.ones(3, 4, 8).cumsum(0).sin().requires_grad_()
		torch.manual_seed(2)
		m(x).square().sum().backward()
		gi, go = seen[0]
		out["grads"] = [p.grad for p in m.parameters()] + [x.grad]
		out["seen"] = list(gi) + [go[0]]
		out["counts"] = str((len(gi), len(go), go[1:]))
	`)
	torch.ManualSeed(1)
	m := nn.NewTransformerEncoderLayer(8, 2, nn.DimFeedforward(12))
	var seen tensors
	counts := ""
	m.SelfAttn.RegisterFullBackwardHook(func(_ nn.AnyModule, in, out []*torch.Tensor) []*torch.Tensor {
		seen = append(slices.Clone(in), out[0])
		counts = fmt.Sprintf("(%d, %d, (None,))", len(in), len(out))
		assert.Nil(t, out[1])
		return nil
	})
	x := torch.Ones([]int64{3, 4, 8}).Cumsum(0).Sin().RequiresGrad_()
	torch.ManualSeed(2)
	m.Forward(x).Square().Sum().Backward()
	py.EqualTensors("grads", append(gradients(m.Parameters()), x.Grad()))
	py.EqualTensors("seen", seen)
	assert.Equal(t, py.Text("counts"), counts)
}
