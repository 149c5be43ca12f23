package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/backends/mha"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nested"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// What attention is called on. The functions and the masks are of pythonCheck.
var queriesKeysValues = operands{"x, k, v", "*((sines(3, 4, 8) * n).requires_grad_() for n in (1, 2, 3))", func() tensors {
	var list tensors
	for n := 1; n <= 3; n++ {
		list = append(list, sines(3, 4, 8).Mul(n).RequiresGrad_())
	}
	return list
}}

// attend calls attention of inputs to themselves with what comes after them in Python.
func attend(python string, opts func() []nn.AttentionOption) moduleCall {
	return callOf("m(x, x, x"+python+")", func(m *nn.MultiheadAttention, x tensors) tensors {
		return some(m.Forward(x[0], x[0], x[0], opts()...))
	})
}

func TestSelfAttentionIsThatOfPython(t *testing.T) {
	type options = []nn.AttentionOption
	attention := func(heads int64, opts ...nn.MultiheadAttentionOption) func() nn.AnyModule {
		return func() nn.AnyModule { return nn.NewMultiheadAttention(8, heads, opts...) }
	}
	plain := attend("", func() options { return nil })
	withoutWeights := attend(", need_weights=False", func() options { return options{nn.NeedWeights(false)} })
	on, first, two := queriesKeysValues, nn.BatchFirst(true), attention(2, nn.BatchFirst(true))
	const python = "nn.MultiheadAttention(8, 2, batch_first=True)"
	checkModules(t, []moduleCase{
		{python, two, on, plain},
		{python, two, on, withoutWeights},
		{python, two, on, attend(", average_attn_weights=False, key_padding_mask=pad", func() options {
			return options{nn.AverageAttnWeights(false), nn.KeyPaddingMask(pad())}
		})},
		{python, two, on, attend(", attn_mask=mask, key_padding_mask=pad", func() options {
			return options{nn.AttnMask(mask()), nn.KeyPaddingMask(pad())}
		})},
		{python, two, on, attend(", attn_mask=numbers, key_padding_mask=pad", func() options {
			return options{nn.AttnMask(numbers()), nn.KeyPaddingMask(pad())}
		})},
		{python, two, on, attend(", attn_mask=mask, is_causal=True, need_weights=False", func() options {
			return options{nn.AttnMask(mask()), nn.IsCausal(true), nn.NeedWeights(false)}
		})},
		{"nn.MultiheadAttention(8, 1, dropout=0.5, batch_first=True)", attention(1, nn.WithDropout(0.5), first), on, plain},
		{"nn.MultiheadAttention(8, 4, bias=False, dtype=torch.float32, device=torch.get_default_device())",
			attention(4, nn.Bias(false), torch.Float32, torch.GetDefaultDevice()), on, withoutWeights},
		{"nn.MultiheadAttention(8, 2, bias=False, batch_first=True)", attention(2, nn.Bias(false), first), on, plain},
		{"nn.MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True)",
			attention(2, nn.AddBiasKv(true), nn.AddZeroAttn(true)), on, plain},
	})
}

func TestAttentionIsThatOfPython(t *testing.T) {
	type attention = *nn.MultiheadAttention
	two := func() nn.AnyModule { return nn.NewMultiheadAttention(8, 2, nn.BatchFirst(true)) }
	const python = "nn.MultiheadAttention(8, 2, batch_first=True)"
	checkModules(t, []moduleCase{
		{"nn.MultiheadAttention(8, 2, kdim=6, vdim=5)", func() nn.AnyModule { return nn.NewMultiheadAttention(8, 2, nn.Kdim(6), nn.Vdim(5)) },
			given(normal(4, 3, 8), normal(7, 3, 6), normal(7, 3, 5)),
			callOf("m(x0, x1, x2)", func(m attention, x tensors) tensors { return some(m.Forward(x[0], x[1], x[2])) })},
		{python, two, queriesKeysValues,
			callOf("m(x, k, k)", func(m attention, x tensors) tensors { return some(m.Forward(x[0], x[1], x[1])) })},
		{python, two, queriesKeysValues,
			callOf("m(x, k, v)", func(m attention, x tensors) tensors { return some(m.Forward(x[0], x[1], x[2])) })},
		{python, two, queriesKeysValues, callOf("m(x[0], k[0], v[0])", func(m attention, x tensors) tensors {
			return some(m.Forward(x[0].Select(0, 0), x[1].Select(0, 0), x[2].Select(0, 0)))
		})},
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
