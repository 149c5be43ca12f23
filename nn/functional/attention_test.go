package functional_test

import (
	"testing"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// The operands of attention in both languages: queries of 3 places, keys of 5,
// batches of 2, an embedding of 4 with 2 heads.
const attentionOperands = `
q = vol[:1, 0, :3, :2, :].reshape(3, 2, 3)[..., :1].repeat(1, 1, 4) * v;
k = img[0, :, :5, :2].permute(1, 2, 0) * 1;
u = img[1, :, :5, :2].permute(1, 2, 0) * 1;
w = kernel[:4, 0, :, :].reshape(12, 3).repeat(1, 2)[:, :4] * 1;
b = seq[0].reshape(-1)[:12] * 1;
o = kernel[:4, 1].reshape(9, 4)[:4] * 1;
bk = x[:1].reshape(1, 1, 4) * 1;
bv = y[:1].reshape(1, 1, 4) * 1;
m = torch.ones(3, 5, dtype=torch.bool).triu(1);
kp = torch.tensor([[False, False, False, True, True], [False, False, False, False, True]]);
`

type attentionSet struct{ q, k, u, w, b, o, bk, bv, m, kp *torch.Tensor }

func attentionOf(o *operands) attentionSet {
	places := func(i int64) *torch.Tensor {
		return o.img.Select(0, i).Narrow(1, 0, 5).Narrow(2, 0, 2).Permute(1, 2, 0).Mul(1)
	}
	return attentionSet{
		q: o.vol.Narrow(0, 0, 1).Select(1, 0).Narrow(1, 0, 3).Narrow(2, 0, 2).Reshape(3, 2, 3).Narrow(2, 0, 1).Repeat(1, 1, 4).Mul(o.v),
		k: places(0), u: places(1),
		w:  o.kernel.Narrow(0, 0, 4).Select(1, 0).Reshape(12, 3).Repeat(1, 2).Narrow(1, 0, 4).Mul(1),
		b:  o.seq.Select(0, 0).Reshape(-1).Narrow(0, 0, 12).Mul(1),
		o:  o.kernel.Narrow(0, 0, 4).Select(1, 1).Reshape(9, 4).Narrow(0, 0, 4).Mul(1),
		bk: o.x.Narrow(0, 0, 1).Reshape(1, 1, 4).Mul(1), bv: o.y.Narrow(0, 0, 1).Reshape(1, 1, 4).Mul(1),
		m:  torch.Ones([]int64{3, 5}, torch.Bool).Triu(torch.WithDiagonal(1)),
		kp: torch.NewTensor([][]bool{{false, false, false, true, true}, {false, false, false, false, true}}),
	}
}

// attentionRow is a call of multi_head_attention_forward; its options need the
// operands.
func attentionRow(python string, call func(a attentionSet) (output, weights *torch.Tensor)) row {
	return row{attentionOperands + "F.multi_head_attention_forward(" + python + ")", func(o *operands) any {
		return pairOf(call(attentionOf(o)))
	}}
}

type mhaOption = F.MultiHeadAttentionForwardOption

func TestMultiHeadAttention(t *testing.T) {
	type options struct {
		python string
		golang func(a attentionSet) []mhaOption
	}
	var rows []row
	for _, extra := range []options{
		{"", func(attentionSet) []mhaOption { return nil }},
		{", need_weights=False", func(attentionSet) []mhaOption { return []mhaOption{F.NeedWeights(false)} }},
		{", average_attn_weights=False", func(attentionSet) []mhaOption { return []mhaOption{F.AverageAttnWeights(false)} }},
		{", training=False", func(attentionSet) []mhaOption { return []mhaOption{F.Training(false)} }},
	} {
		for _, mask := range []options{
			{"", func(attentionSet) []mhaOption { return nil }},
			{", attn_mask=m", func(a attentionSet) []mhaOption { return []mhaOption{F.AttnMask(a.m)} }},
			{", attn_mask=m.float()", func(a attentionSet) []mhaOption { return []mhaOption{F.AttnMask(a.m.To(torch.Float32))} }},
			{", attn_mask=m.repeat(4, 1, 1)", func(a attentionSet) []mhaOption { return []mhaOption{F.AttnMask(a.m.Repeat(4, 1, 1))} }},
			{", key_padding_mask=kp", func(a attentionSet) []mhaOption { return []mhaOption{F.KeyPaddingMask(a.kp)} }},
			{", attn_mask=m.float(), key_padding_mask=kp", func(a attentionSet) []mhaOption {
				return []mhaOption{F.AttnMask(a.m.To(torch.Float32)), F.KeyPaddingMask(a.kp)}
			}},
			{", attn_mask=m, is_causal=True", func(a attentionSet) []mhaOption { return []mhaOption{F.AttnMask(a.m), F.IsCausal(true)} }},
			{", is_causal=True", func(a attentionSet) []mhaOption { return []mhaOption{F.IsCausal(true)} }},
			{", attn_mask=m, key_padding_mask=kp, is_causal=True", func(a attentionSet) []mhaOption {
				return []mhaOption{F.AttnMask(a.m), F.KeyPaddingMask(a.kp), F.IsCausal(true)}
			}},
			{", attn_mask=m.T", func(a attentionSet) []mhaOption { return []mhaOption{F.AttnMask(a.m.T())} }},
			{", attn_mask=m.long()", func(a attentionSet) []mhaOption { return []mhaOption{F.AttnMask(a.m.To(torch.Int64))} }},
			{", key_padding_mask=kp.T", func(a attentionSet) []mhaOption { return []mhaOption{F.KeyPaddingMask(a.kp.T())} }},
			{", key_padding_mask=kp[0]", func(a attentionSet) []mhaOption { return []mhaOption{F.KeyPaddingMask(a.kp.Select(0, 0))} }},
		} {
			all := func(a attentionSet) []mhaOption { return append(extra.golang(a), mask.golang(a)...) }
			rows = append(rows,
				attentionRow("q, k, u, 4, 2, w, b, None, None, False, 0.0, o, None"+extra.python+mask.python,
					func(a attentionSet) (*torch.Tensor, *torch.Tensor) {
						return F.MultiHeadAttentionForward(a.q, a.k, a.u, 4, 2, a.w, a.b, nil, nil, false, 0, a.o, nil, all(a)...)
					}),
				attentionRow("q, k, k, 4, 2, w, None, bk, bv, True, 0.5, o, bk.reshape(-1) * 0 + 1"+extra.python+mask.python,
					func(a attentionSet) (*torch.Tensor, *torch.Tensor) {
						return F.MultiHeadAttentionForward(a.q, a.k, a.k, 4, 2, a.w, nil, a.bk, a.bv, true, 0.5, a.o, a.bk.Reshape(-1).Mul(0).Add(1), all(a)...)
					}))
		}
	}
	runRows(t, rows)
}

func TestMultiHeadAttentionForms(t *testing.T) {
	runRows(t, []row{
		attentionRow("q, q, q, 4, 2, w, b, None, None, False, 0.0, o, None", func(a attentionSet) (*torch.Tensor, *torch.Tensor) {
			return F.MultiHeadAttentionForward(a.q, a.q, a.q, 4, 2, a.w, a.b, nil, nil, false, 0, a.o, nil)
		}),
		attentionRow("q[:, 0], k[:, 0], k[:, 0], 4, 2, w, b, None, None, False, 0.0, o, None, attn_mask=m, key_padding_mask=kp[0]",
			func(a attentionSet) (*torch.Tensor, *torch.Tensor) {
				k := a.k.Select(1, 0)
				return F.MultiHeadAttentionForward(a.q.Select(1, 0), k, k, 4, 2, a.w, a.b, nil, nil, false, 0, a.o, nil, F.AttnMask(a.m),
					F.KeyPaddingMask(a.kp.Select(0, 0)))
			}),
		attentionRow("q, k, u, 4, 2, None, b, None, None, False, 0.0, o, None, use_separate_proj_weight=True, q_proj_weight=w[:4], k_proj_weight=w[4:8], v_proj_weight=w[8:]",
			func(a attentionSet) (*torch.Tensor, *torch.Tensor) {
				return F.MultiHeadAttentionForward(a.q, a.k, a.u, 4, 2, nil, a.b, nil, nil, false, 0, a.o, nil, F.UseSeparateProjWeight(true),
					F.QProjWeight(a.w.Narrow(0, 0, 4)), F.KProjWeight(a.w.Narrow(0, 4, 4)), F.VProjWeight(a.w.Narrow(0, 8, 4)))
			}),
		attentionRow("q, k, u, 4, 2, w, b, None, None, False, 0.0, o, None, static_k=u.reshape(4, 5, 2), static_v=k.reshape(4, 5, 2)",
			func(a attentionSet) (*torch.Tensor, *torch.Tensor) {
				return F.MultiHeadAttentionForward(a.q, a.k, a.u, 4, 2, a.w, a.b, nil, nil, false, 0, a.o, nil,
					F.StaticK(a.u.Reshape(4, 5, 2)), F.StaticV(a.k.Reshape(4, 5, 2)))
			}),
	})
}

func TestMultiHeadAttentionRefusals(t *testing.T) {
	type call = func(a attentionSet) (*torch.Tensor, *torch.Tensor)
	with := func(opts ...mhaOption) call {
		return func(a attentionSet) (*torch.Tensor, *torch.Tensor) {
			return F.MultiHeadAttentionForward(a.q, a.k, a.u, 4, 2, nil, a.b, nil, nil, false, 0, a.o, nil, opts...)
		}
	}
	biases := func(k, v bool, opts ...mhaOption) call {
		return func(a attentionSet) (*torch.Tensor, *torch.Tensor) {
			if !k {
				a.bk = nil
			}
			if !v {
				a.bv = nil
			}
			return F.MultiHeadAttentionForward(a.q, a.k, a.u, 4, 2, a.w, a.b, a.bk, a.bv, false, 0, a.o, nil, opts...)
		}
	}
	dims := func(q, k func(a attentionSet) *torch.Tensor, embed, heads int64) call {
		return func(a attentionSet) (*torch.Tensor, *torch.Tensor) {
			return F.MultiHeadAttentionForward(q(a), k(a), a.u, embed, heads, a.w, a.b, nil, nil, false, 0, a.o, nil)
		}
	}
	q := func(a attentionSet) *torch.Tensor { return a.q }
	k := func(a attentionSet) *torch.Tensor { return a.k }
	first := func(a attentionSet) *torch.Tensor { return a.q.Select(0, 0) }
	vector := func(a attentionSet) *torch.Tensor { return a.b }
	short := func(a attentionSet) *torch.Tensor { return a.k.Narrow(0, 0, 3) }
	const rest = ", None, b, None, None, False, 0.0, o, None"
	const whole = ", w, b, None, None, False, 0.0, o, None"
	square, one := torch.Ones([]int64{4, 4}), torch.Ones([]int64{1, 5, 2})
	runRows(t, []row{
		attentionRow("q[0], k, u, 4, 2"+whole, dims(first, k, 4, 2)),
		attentionRow("b, k, u, 4, 2"+whole, dims(vector, k, 4, 2)),
		attentionRow("q, k[:3], u, 4, 2"+whole, dims(q, short, 4, 2)),
		attentionRow("q, k, u, 5, 2"+whole, dims(q, k, 5, 2)),
		attentionRow("q, k, u, 4, 3"+whole, dims(q, k, 4, 3)),
		attentionRow("q, k, u, 4, 0"+whole, dims(q, k, 4, 0)),
		attentionRow("q, k, u, 4, 2"+rest, with()),
		attentionRow("q, k, u, 4, 2"+rest+", use_separate_proj_weight=True", with(F.UseSeparateProjWeight(true))),
		attentionRow("q, k, u, 4, 2"+rest+", use_separate_proj_weight=True, q_proj_weight=torch.ones(4, 4)",
			with(F.UseSeparateProjWeight(true), F.QProjWeight(square))),
		attentionRow("q, k, u, 4, 2"+rest+", use_separate_proj_weight=True, q_proj_weight=torch.ones(4, 4), k_proj_weight=torch.ones(4, 4), v_proj_weight=torch.ones(1, 5, 2)",
			with(F.UseSeparateProjWeight(true), F.QProjWeight(square), F.KProjWeight(square), F.VProjWeight(one))),
		attentionRow("q, k, u, 4, 2, w, b, bk, None, False, 0.0, o, None", biases(true, false)),
		attentionRow("q, k, u, 4, 2, w, b, None, bv, False, 0.0, o, None", biases(false, true)),
		attentionRow("q, k, u, 4, 2, w, b, bk, bv, False, 0.0, o, None, static_k=torch.ones(1, 5, 2)", biases(true, true, F.StaticK(one))),
		attentionRow("q, k, u, 4, 2, w, b, bk, bv, False, 0.0, o, None, static_v=torch.ones(1, 5, 2)", biases(true, true, F.StaticV(one))),
		attentionRow("q, k, u, 4, 2, w, b, None, None, False, 0.0, o, None, static_k=torch.ones(1, 5, 2)", biases(false, false, F.StaticK(one))),
		attentionRow("q, k, u, 4, 2, w, b, None, None, False, 0.0, o, None, static_v=torch.ones(4, 5, 3)",
			biases(false, false, F.StaticV(torch.Ones([]int64{4, 5, 3})))),
	})
}

func TestScaledDotProductAttention(t *testing.T) {
	heads := func(x *torch.Tensor) *torch.Tensor { return x.Reshape(2, 4, 5, 6) }
	mask := func() *torch.Tensor { return torch.Ones([]int64{5, 5}, torch.Bool).Tril() }
	dropout, causal := []opt{{"dropout_p=0.5", F.DropoutP(0.5)}}, []opt{{"is_causal=True", F.IsCausal(true)}}
	scale, gqa := []opt{{"scale=0.25", F.Scale(0.25)}}, []opt{{"enable_gqa=True", F.EnableGqa(true)}}
	runRows(t, join(
		cross("h = img.reshape(2, 4, 5, 6); F.scaled_dot_product_attention(h, h * 2, h + 1%s)",
			func(o *operands, opts ...F.ScaledDotProductAttentionOption) any {
				h := heads(o.img)
				return F.ScaledDotProductAttention(h, h.Mul(2), h.Add(1), opts...)
			}, dropout, causal, scale,
			[]opt{{"attn_mask=torch.ones(5, 5, dtype=torch.bool).tril()", F.AttnMask(mask())}, {"attn_mask=torch.ones(5, 5)", F.AttnMask(torch.Ones([]int64{5, 5}))}}),
		cross("h = img.reshape(2, 4, 5, 6); F.scaled_dot_product_attention(h, h[:, :2], h[:, 2:]%s)",
			func(o *operands, opts ...F.ScaledDotProductAttentionOption) any {
				h := heads(o.img)
				return F.ScaledDotProductAttention(h, h.Narrow(1, 0, 2), h.Narrow(1, 2, 2), opts...)
			}, gqa, causal),
	))
}
