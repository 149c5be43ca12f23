package functional_test

import (
	"testing"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestEmbedding(t *testing.T) {
	padding := []opt{{"padding_idx=1", F.PaddingIdx(1)}, {"padding_idx=-1", F.PaddingIdx(-1)}}
	freq := []opt{{"scale_grad_by_freq=True", F.ScaleGradByFreq(true)}}
	runRows(t, append(
		cross("w = img[0, :, :, 0] * 1; [F.embedding(i, w%s), w]", func(o *operands, opts ...F.EmbeddingOption) any {
			w := o.img.Select(0, 0).Select(2, 0).Mul(1)
			return several(F.Embedding(o.i, w, opts...), w)
		}, padding, []opt{{"max_norm=0.5", F.MaxNorm(0.5)}}, []opt{{"norm_type=1.0", F.NormType(1)}}, freq),
		row{"F.embedding(i, p, padding_idx=4)", func(o *operands) any { return F.Embedding(o.i, o.p, F.PaddingIdx(4)) }},
		row{"F.embedding(i, p, padding_idx=-5)", func(o *operands) any { return F.Embedding(o.i, o.p, F.PaddingIdx(-5)) }},
		row{"F.embedding(i, p)", func(o *operands) any { return F.Embedding(o.i, o.p) }},
		row{"F.embedding(p, x)", func(o *operands) any { return F.Embedding(o.p, o.x) }},
		row{"F.embedding(c % 3, x, sparse=True).coalesce()", func(o *operands) any {
			return F.Embedding(o.c.Remainder(3), o.x, F.Sparse(true)).Coalesce()
		}},
	))
}

func TestEmbeddingBag(t *testing.T) {
	modes := []opt{{"mode='sum'", F.Mode("sum")}, {"mode='max'", F.Mode("max")}, {"mode='mean'", F.Mode("mean")}, {"mode='x'", F.Mode("x")}}
	table := func(o *operands) *torch.Tensor { return o.img.Select(0, 0).Select(2, 0).Mul(1) } // of 4 rows
	bag := func(input func(o *operands) *torch.Tensor, more ...F.EmbeddingBagOption) func(*operands, ...F.EmbeddingBagOption) any {
		return func(o *operands, opts ...F.EmbeddingBagOption) any {
			return F.EmbeddingBag(input(o), table(o), append(opts, more...)...)
		}
	}
	ofI := func(o *operands) *torch.Tensor { return o.i }
	ofC := func(o *operands) *torch.Tensor { return o.c }
	const w = "img[0, :, :, 0] * 1"
	runRows(t, join(
		cross("F.embedding_bag(i, "+w+"%s)", bag(ofI), modes, []opt{{"max_norm=0.5", F.MaxNorm(0.5)}},
			[]opt{{"scale_grad_by_freq=True", F.ScaleGradByFreq(true)}}, []opt{{"padding_idx=1", F.PaddingIdx(1)}}),
		cross("F.embedding_bag(c, "+w+", torch.tensor([0, 2, 3])%s)", bag(ofC, F.Offsets(torch.NewTensor([]int64{0, 2, 3}))), modes,
			[]opt{{"include_last_offset=True", F.IncludeLastOffset(true)}}, []opt{{"padding_idx=-1", F.PaddingIdx(-1)}}),
		cross("F.embedding_bag(i, "+w+", per_sample_weights=p%s)", func(o *operands, opts ...F.EmbeddingBagOption) any {
			return F.EmbeddingBag(o.i, table(o), append(opts, F.PerSampleWeights(o.p))...)
		}, modes, []opt{{"padding_idx=1", F.PaddingIdx(1)}}),
		cross("F.embedding_bag(i, "+w+", per_sample_weights=v%s)", func(o *operands, opts ...F.EmbeddingBagOption) any {
			return F.EmbeddingBag(o.i, table(o), append(opts, F.PerSampleWeights(o.v))...)
		}),
		[]row{
			{"F.embedding_bag(c, x)", func(o *operands) any { return F.EmbeddingBag(o.c, o.x) }},
			{"F.embedding_bag(c, v)", func(o *operands) any { return F.EmbeddingBag(o.c, o.v) }},
			{"F.embedding_bag(i, x, c)", func(o *operands) any { return F.EmbeddingBag(o.i, o.x, F.Offsets(o.c)) }},
			{"F.embedding_bag(c, x, i)", func(o *operands) any { return F.EmbeddingBag(o.c, o.x, F.Offsets(o.i)) }},
			{"F.embedding_bag(c[0], x)", func(o *operands) any { return F.EmbeddingBag(o.c.Select(0, 0), o.x) }},
			{"F.embedding_bag(i, x, mode='max', sparse=True)", func(o *operands) any {
				return F.EmbeddingBag(o.i, o.x, F.Mode("max"), F.Sparse(true))
			}},
			{"F.embedding_bag(img[0, :, :, 0], i)", func(o *operands) any { return F.EmbeddingBag(o.img.Select(0, 0).Select(2, 0), o.i) }},
		},
	))
}
