package flexattention_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	flex "github.com/wangkuiyi/gotorch/nn/attention/flexattention"
	"github.com/wangkuiyi/gotorch/torch"
)

func tupleText(numbers []int64) string {
	return "(" + strings.ReplaceAll(strings.Trim(fmt.Sprint(numbers), "[]"), " ", ", ") + ")"
}

// pythonFloat writes a number as Python does.
func pythonFloat(v float64) string {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

func ones(shape ...int64) *torch.Tensor { return torch.Ones(shape, torch.CPU) }

// misuses are what Python and Go refuse with the same words.
var misuses = []struct {
	python string
	run    func()
}{
	{"flex_attention(x, x.double(), x[0, 0, 0])", func() { flex.FlexAttention(x(), x().Double(), ones(4)) }},
	{"flex_attention(x, x[..., :2], x)", func() { flex.FlexAttention(x(), ones(2, 4, 6, 2), x()) }},
	{"flex_attention(x.clone().requires_grad_(), x, x)", func() { flex.FlexAttention(x().RequiresGrad_(true), x(), x()) }},
	{"flex_attention(x.to('meta'), x.to('meta'), x.to('meta'))",
		func() {
			m := x().To(torch.NewDevice("meta"))
			flex.FlexAttention(m, m, m)
		}},
	{"flex_attention(x[0], x[0], x[0])", func() { flex.FlexAttention(ones(4, 6, 4), ones(4, 6, 4), ones(4, 6, 4)) }},
	{"flex_attention(x, x[:, :2], x[:, :2])", func() { flex.FlexAttention(x(), ones(2, 2, 6, 4), ones(2, 2, 6, 4)) }},
	{"flex_attention(x, x[:, :3], x[:, :3], enable_gqa=True)",
		func() { flex.FlexAttention(x(), ones(2, 3, 6, 4), ones(2, 3, 6, 4), flex.EnableGqa(true)) }},
	{"flex_attention(x, x[:1], x[:1])", func() { flex.FlexAttention(x(), ones(1, 4, 6, 4), ones(1, 4, 6, 4)) }},
	{"flex_attention(x, x[:1], x[:1], block_mask=mask(6, 6))",
		func() { flex.FlexAttention(x(), ones(1, 4, 6, 4), ones(1, 4, 6, 4), mask(6, 6)) }},
	{"flex_attention(x, x, x, block_mask=mask(5, 6))", func() { flex.FlexAttention(x(), x(), x(), mask(5, 6)) }},
	{"flex_attention(x, x, x, block_mask=mask(6, 9))", func() { flex.FlexAttention(x(), x(), x(), mask(6, 9)) }},
	{"flex_attention(x, x, x, return_aux=AuxRequest(max_scores=True))",
		func() { flex.FlexAttentionAux(x(), x(), x(), flex.AuxRequest{MaxScores: true}) }},
	{"create_block_mask(lambda b, h, q, kv: q + kv, 1, 1, 4, 4, 'cpu')",
		func() {
			flex.CreateBlockMask(func(b, h, q, kv *torch.Tensor) *torch.Tensor { return q.Add(kv) }, 1, 1, 4, 4, flex.Device(torch.CPU))
		}},
	{"BlockMask.from_kv_blocks(torch.ones(3), torch.ones(3))", func() { flex.BlockMaskFromKvBlocks(ones(3), ones(3), nil, nil) }},
	{"BlockMask.from_kv_blocks(torch.ones(3, 3), torch.ones(3, 3), torch.ones(3))",
		func() { flex.BlockMaskFromKvBlocks(ones(3, 3), ones(3, 3), ones(3), nil) }},
}

func x() *torch.Tensor { return ones(2, 4, 6, 4) }

func mask(queries, keys int64) *flex.BlockMask {
	return flex.CreateBlockMask(causal, 1, 1, queries, keys, flex.Device(torch.CPU))
}

func TestMisuse(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	code := prelude + pythonMods + "\tx = torch.ones(2, 4, 6, 4, device='cpu')\n" +
		"\tdef mask(q, kv): return create_block_mask(causal, 1, 1, q, kv, 'cpu')\n"
	for _, m := range misuses {
		code += fmt.Sprintf("\tfail(lambda: %s)\n", m.python)
	}
	parity.Compare(t, code, func(log func(...any)) {
		for _, m := range misuses {
			log(m.run)
		}
	})
	for _, misuse := range []func(){
		func() { flex.FlexAttention(nil, x(), x()) }, func() { flex.FlexAttention(x(), nil, x()) },
		func() { flex.FlexAttention(x(), x(), x(), &flex.BlockMask{}) }, func() { flex.CreateBlockMask(nil, 1, 1, 4, 4) },
		func() { flex.CreateMask(flex.ScoreMod(nil), 1, 1, 4, 4) }, func() { flex.AndMasks(nil) }, func() { flex.OrMasks(causal, nil) },
		func() { flex.BlockMaskFromKvBlocks(nil, nil, nil, nil) }, func() { flex.FlexAttention(x(), x(), x(), flex.Captured(nil)) },
		func() { (*flex.BlockMask)(nil).Shape() }, func() { (&flex.BlockMask{}).Sparsity() }, func() { (&flex.BlockMask{}).ToDense() },
		func() { (&flex.BlockMask{}).To(torch.CPU) }, func() { (&flex.BlockMask{}).Index(0) }, func() { (&flex.BlockMask{}).Adjust(1, 1) },
		func() {
			flex.FlexAttention(x(), x(), x(), flex.ScoreMod(func(s, b, h, i, j *torch.Tensor) *torch.Tensor { return nil }))
		},
		func() {
			flex.CreateBlockMask(func(b, h, q, kv *torch.Tensor) *torch.Tensor { return nil }, 1, 1, 4, 4, flex.Device(torch.CPU))
		},
		func() { flex.CreateBlockMask(causal, 1, 1, 4, 4, flex.BlockSize{0, 4}) },
	} {
		assert.Error(t, torch.Try(misuse))
	}
}

// What needs gradients is refused before anything is computed, in the words of which Python's
// compiler makes longer ones.
func TestGradientMisuse(t *testing.T) {
	testkit.NeedDevices(t, 1)
	q := inputs(torch.CUDA(0), []int64{1, 2, 4, 4})[0]
	m := flex.CreateBlockMask(flex.NoopMask, 1, 1, 4, 4, flex.Device(torch.CUDA(0)))
	m = flex.BlockMaskFromKvBlocks(m.KvNumBlocks, m.KvIndices, nil, nil, flex.SeqLengths{4, 4}, flex.ComputeQBlocks(false))
	assert.ErrorContains(t, torch.Try(func() { flex.FlexAttention(q, q, q, m) }),
		"BlockMask q_indices is None. Backward pass requires q_indices to be computed. "+
			"Please create the BlockMask with compute_q_blocks=True")
	constant := flex.ScoreMod(func(s, b, h, i, j *torch.Tensor) *torch.Tensor { return i.Add(j).Float() })
	assert.ErrorContains(t, torch.Try(func() { flex.FlexAttention(q, q, q, constant) }),
		"flex_attention backward requires the output of score_mod to depend on score.")
	torch.NoGrad(func() { flex.FlexAttention(q, q, q, constant) })
	y := flex.FlexAttention(q, q.Half(), q)
	assert.ErrorContains(t, torch.Try(func() { y.Sum().Backward() }), "Backward pass with mixed query, key, and value dtype")
}
