package flexattention_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	flex "github.com/wangkuiyi/gotorch/nn/attention/flexattention"
	"github.com/wangkuiyi/gotorch/torch"
)

// prelude is what the snippets have in common. Python's own warning says that it does not
// compile.
const prelude = `
	import warnings
	warnings.simplefilter("ignore")
	from torch.nn.attention.flex_attention import *
	def inputs(d, *shapes):
		torch.manual_seed(0)
		return [torch.randn(s, device="cpu").to(d).requires_grad_(d != "cpu") for s in shapes]
`

func inputs(d torch.Device, shapes ...[]int64) []*torch.Tensor {
	torch.ManualSeed(0)
	var all []*torch.Tensor
	for _, s := range shapes {
		all = append(all, torch.Randn(s, torch.CPU).To(d).RequiresGrad_(d != torch.CPU))
	}
	return all
}

func causal(b, h, q, kv *torch.Tensor) *torch.Tensor   { return q.Ge(kv.Sub(4)) }
func document(b, h, q, kv *torch.Tensor) *torch.Tensor { return q.FloorDivide(3).Eq(kv.FloorDivide(3)) }

func alibi(score, b, h, q, kv *torch.Tensor) *torch.Tensor {
	return score.Add(kv.Sub(q).Mul(h.Add(1)).Mul(0.1))
}

func softcap(score, b, h, q, kv *torch.Tensor) *torch.Tensor { return score.Div(2).Tanh().Mul(2) }

const pythonMods = `
	def causal(b, h, q, kv): return q >= kv - 4
	def document(b, h, q, kv): return q // 3 == kv // 3
	def alibi(score, b, h, q, kv): return score + (kv - q) * (h + 1) * 0.1
	def softcap(score, b, h, q, kv): return torch.tanh(score / 2) * 2
`

// Results on the CPU are Python's, to the bit.
func TestOnCPU(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	parity.Compare(t, prelude+pythonMods+`
	q, k, v = inputs("cpu", (2, 4, 8, 16), (2, 4, 12, 16), (2, 4, 12, 10))
	mask = create_block_mask(causal, 2, 4, 8, 12, "cpu", BLOCK_SIZE=4)
	log(flex_attention(q, k, v), flex_attention(q, k, v, alibi), flex_attention(q, k, v, softcap, mask, scale=0.3))
	y, aux = flex_attention(q, k, v, alibi, mask, return_aux=AuxRequest(lse=True))
	log(y, aux.lse, aux.max_scores)
	log(flex_attention(q, k[:, :2], v[:, :2], alibi, enable_gqa=True))
	log(flex_attention(q, k[:1], v[:1], None, mask))
	x = q.transpose(1, 2).contiguous().transpose(1, 2)
	y = flex_attention(x, k, v)
	log(y, y.stride())
	log(flex_attention(q.double(), k.double(), v.double(), softcap), flex_attention(q.bfloat16(), k.bfloat16(), v.bfloat16(), alibi))
	nothing = create_block_mask(lambda b, h, q, kv: q < 0, 1, 1, 8, 12, "cpu")
	y, aux = flex_attention(q, k, v, None, nothing, return_aux=AuxRequest(lse=True))
	log(y, aux.lse)
	table = torch.randn(4, 8, device="cpu")
	log(flex_attention(q, k, v, lambda s, b, h, i, j: s + table[h, i]))
	with torch.autocast("cpu"): log(flex_attention(q, k, v, alibi))
	`, func(log func(...any)) {
		all := inputs(torch.CPU, []int64{2, 4, 8, 16}, []int64{2, 4, 12, 16}, []int64{2, 4, 12, 10})
		q, k, v := all[0], all[1], all[2]
		mask := flex.CreateBlockMask(causal, 2, 4, 8, 12, flex.Device(torch.CPU), flex.BlockSize{4, 4})
		log(flex.FlexAttention(q, k, v), flex.FlexAttention(q, k, v, flex.ScoreMod(alibi)),
			flex.FlexAttention(q, k, v, flex.ScoreMod(softcap), mask, flex.Scale(0.3)))
		y, aux := flex.FlexAttentionAux(q, k, v, flex.AuxRequest{Lse: true}, flex.ScoreMod(alibi), mask)
		assert.Nil(t, aux.MaxScores)
		log(y, aux.Lse, "None")
		log(flex.FlexAttention(q, k.Narrow(1, 0, 2), v.Narrow(1, 0, 2), flex.ScoreMod(alibi), flex.EnableGqa(true)))
		log(flex.FlexAttention(q, k.Narrow(0, 0, 1), v.Narrow(0, 0, 1), mask))
		y = flex.FlexAttention(q.Transpose(1, 2).Contiguous().Transpose(1, 2), k, v)
		s := y.Stride()
		log(y, tupleText(s))
		log(flex.FlexAttention(q.Double(), k.Double(), v.Double(), flex.ScoreMod(softcap)),
			flex.FlexAttention(q.Bfloat16(), k.Bfloat16(), v.Bfloat16(), flex.ScoreMod(alibi)))
		nothing := flex.CreateBlockMask(func(b, h, q, kv *torch.Tensor) *torch.Tensor { return q.Lt(0) }, 1, 1, 8, 12, flex.Device(torch.CPU))
		y, aux = flex.FlexAttentionAux(q, k, v, flex.AuxRequest{Lse: true}, nothing)
		log(y, aux.Lse)
		table := torch.Randn([]int64{4, 8})
		log(flex.FlexAttention(q, k, v, flex.ScoreMod(func(s, b, h, i, j *torch.Tensor) *torch.Tensor { return s.Add(flex.At(table, h, i)) })))
		amp.Autocast("cpu", func() { log(flex.FlexAttention(q, k, v, flex.ScoreMod(alibi))) })
	})
}

// Results and gradients on a GPU are Python's, to the bit.
func TestOnGPU(t *testing.T) {
	testkit.NeedDevices(t, 2)
	parity.Compare(t, prelude+pythonMods+`
	d = "cuda:1"
	mask = create_block_mask(causal, 2, 4, 8, 12, d, BLOCK_SIZE=4)
	for mod in (None, alibi, softcap):
		for block in (None, mask):
			for heads in (4, 2):
				q, k, v = inputs(d, (2, 4, 8, 16), (2, heads, 12, 16), (2, heads, 12, 10))
				y, aux = flex_attention(q, k, v, mod, block, enable_gqa=True, return_aux=AuxRequest(lse=True, max_scores=True))
				(y.square().sum() + aux.lse.sum() * 0.1).backward()
				log(y, aux.lse, aux.max_scores, q.grad, k.grad, v.grad, aux.max_scores.requires_grad)
	q, k, v = inputs(d, (2, 4, 8, 16), (1, 4, 12, 16), (1, 4, 12, 10))
	flex_attention(q, k, v, softcap, mask).sum().backward()
	log(q.grad, k.grad, v.grad)
	q, k, v = inputs(d, (1, 2, 8, 16), (1, 2, 12, 16), (1, 2, 12, 10))
	table = torch.arange(16., device=d).view(2, 8).requires_grad_()
	flex_attention(q, k, v, lambda s, b, h, i, j: s + s * table[h, i]).sum().backward()
	log(q.grad, k.grad, v.grad, table.grad.round(decimals=4)) # the sum is in another order
	`, func(log func(...any)) {
		d := torch.CUDA(1)
		mask := flex.CreateBlockMask(causal, 2, 4, 8, 12, flex.Device(d), flex.BlockSize{4, 4})
		for _, mod := range []flex.ScoreMod{nil, alibi, softcap} {
			for _, block := range []*flex.BlockMask{nil, mask} {
				for _, heads := range []int64{4, 2} {
					all := inputs(d, []int64{2, 4, 8, 16}, []int64{2, heads, 12, 16}, []int64{2, heads, 12, 10})
					q, k, v := all[0], all[1], all[2]
					y, aux := flex.FlexAttentionAux(q, k, v, flex.AuxRequest{Lse: true, MaxScores: true}, mod, block, flex.EnableGqa(true))
					y.Square().Sum().Add(aux.Lse.Sum().Mul(0.1)).Backward()
					log(y, aux.Lse, aux.MaxScores, q.Grad(), k.Grad(), v.Grad(), aux.MaxScores.RequiresGrad())
				}
			}
		}
		all := inputs(d, []int64{2, 4, 8, 16}, []int64{1, 4, 12, 16}, []int64{1, 4, 12, 10})
		flex.FlexAttention(all[0], all[1], all[2], flex.ScoreMod(softcap), mask).Sum().Backward()
		log(all[0].Grad(), all[1].Grad(), all[2].Grad())
		all = inputs(d, []int64{1, 2, 8, 16}, []int64{1, 2, 12, 16}, []int64{1, 2, 12, 10})
		table := torch.Arange(16., d).View(2, 8).RequiresGrad_(true)
		mod := flex.ScoreMod(func(s, b, h, i, j *torch.Tensor) *torch.Tensor { return s.Add(s.Mul(flex.At(table, h, i))) })
		assert.ErrorContains(t, torch.Try(func() { flex.FlexAttention(all[0], all[1], all[2], mod) }), "flexattention.Captured")
		flex.FlexAttention(all[0], all[1], all[2], mod, flex.Captured(table)).Sum().Backward()
		log(all[0].Grad(), all[1].Grad(), all[2].Grad(), table.Grad().Round(torch.Decimals(4)))
	})
}

// Masks, what they print and their parts are Python's.
func TestBlockMask(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	parity.Compare(t, prelude+pythonMods+`
	def show(m):
		log(m, m.shape, m.numel(), m.sparsity(), m.to_dense(), m.seq_lengths, m.BLOCK_SIZE)
		for x in (m.kv_num_blocks, m.kv_indices, m.full_kv_num_blocks, m.full_kv_indices, m.q_num_blocks, m.q_indices,
			m.full_q_num_blocks, m.full_q_indices): log("None" if x is None else x)
	for mod in (causal, document, noop_mask, and_masks(causal, document), or_masks(causal, document)):
		log(create_mask(mod, 1, None, 10, 7, "cpu"))
		for full in (True, False):
			show(create_block_mask(mod, 2, None, 10, 7, "cpu", (4, 3), separate_full_blocks=full))
	log(create_mask(alibi, 1, 2, 3, 4, "cpu"), create_mask(lambda s, b, h, i, j: torch.where(i > j, s, -float("inf")), 1, 2, 3, 4, "cpu"))
	m = create_block_mask(causal, 3, 2, 30, 26, "cpu", 4)
	show(m[0]); show(m[-1, 1]); show(m[:, :, 1:3]); show(m[:, :, -1]); show(m[0, :, ::3]); show(m[:, :, torch.tensor([7, 0])])
	show(m._adjust(17, 9)); show(m.to("cpu"))
	log(m.to_string((3, 2), 1), create_block_mask(causal, 1, 1, 300, 300, "cpu", 4))
	fail(lambda: m[0, 0, 0, 0])
	fail(lambda: flex_attention(*inputs("cpu", (1, 2, 30, 4), (1, 2, 26, 4), (1, 2, 26, 4)), block_mask=m[0]))
	fail(lambda: m[0].mask_mod(0, 0, 0, 0))
	`, func(log func(...any)) {
		show := func(m *flex.BlockMask) {
			log(m, tupleText(m.Shape()), m.Numel(), pythonFloat(m.Sparsity()), m.ToDense(), tupleText(m.SeqLengths[:]), tupleText(m.BlockSize[:]))
			for _, x := range []*torch.Tensor{m.KvNumBlocks, m.KvIndices, m.FullKvNumBlocks, m.FullKvIndices,
				m.QNumBlocks, m.QIndices, m.FullQNumBlocks, m.FullQIndices} {
				if x == nil {
					log("None")
				} else {
					log(x)
				}
			}
		}
		cpu := flex.Device(torch.CPU)
		for _, mod := range []flex.MaskMod{causal, document, flex.NoopMask, flex.AndMasks(causal, document), flex.OrMasks(causal, document)} {
			log(flex.CreateMask(mod, 1, 0, 10, 7, torch.CPU))
			for _, full := range []flex.SeparateFullBlocks{true, false} {
				show(flex.CreateBlockMask(mod, 2, 0, 10, 7, cpu, flex.BlockSize{4, 3}, full))
			}
		}
		log(flex.CreateMask(alibi, 1, 2, 3, 4, torch.CPU), flex.CreateMask(func(s, b, h, i, j *torch.Tensor) *torch.Tensor {
			return torch.Where(i.Gt(j), s, math.Inf(-1))
		}, 1, 2, 3, 4, torch.CPU))
		m := flex.CreateBlockMask(causal, 3, 2, 30, 26, cpu, flex.BlockSize{4, 4})
		all := torch.Slice(nil, nil)
		show(m.Index(0))
		show(m.Index(-1, 1))
		show(m.Index(all, all, torch.Slice(1, 3)))
		show(m.Index(all, all, -1))
		show(m.Index(0, all, torch.Slice(nil, nil, 3)))
		show(m.Index(all, all, torch.NewTensor([]int64{7, 0})))
		show(m.Adjust(17, 9))
		show(m.To(torch.CPU))
		log(m.ToString(3, 2, 1), flex.CreateBlockMask(causal, 1, 1, 300, 300, cpu, flex.BlockSize{4, 4}))
		log(func() { m.Index(0, 0, 0, 0) })
		log(func() {
			x := inputs(torch.CPU, []int64{1, 2, 30, 4}, []int64{1, 2, 26, 4}, []int64{1, 2, 26, 4})
			flex.FlexAttention(x[0], x[1], x[2], m.Index(0))
		})
		log(func() { m.Index(0).MaskMod(nil, nil, nil, nil) })
	})
}
