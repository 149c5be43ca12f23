package functional

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// MultiHeadAttentionForward computes multi-head attention: it projects query,
// key and value, of shape (L, N, E), (S, N, E) and (S, N, E) or without N, splits
// them into heads, lets these attend, and projects what they found. It returns
// that, in the shape of query, and the attention weights, averaged over the
// heads: (N, L, S), or nil with [NeedWeights] false. Python's
// F.multi_head_attention_forward.
//
// The tensors inProjWeight, of shape (3*E, E), inProjBias, biasK, biasV and
// outProjBias may be nil. AddZeroAttn adds a key and a value of zeros.
func MultiHeadAttentionForward(query, key, value *torch.Tensor, embedDimToCheck, numHeads int64,
	inProjWeight, inProjBias, biasK, biasV *torch.Tensor, addZeroAttn bool, dropoutP float64,
	outProjWeight, outProjBias *torch.Tensor, opts ...MultiHeadAttentionForwardOption) (output, weights *torch.Tensor) {
	m := multiHead{
		multiHeadAttentionForwardArguments: readMultiHeadAttentionForward(opts), query: query, key: key, value: value, heads: numHeads,
		inWeight: inProjWeight, inBias: inProjBias, biasK: biasK, biasV: biasV, zeros: addZeroAttn, dropout: dropoutP,
		outWeight: outProjWeight, outBias: outProjBias,
	}
	results := torch.ScopeValue(func() [2]*torch.Tensor {
		m.checkShapes()
		m.addBatch()
		m.prepareMasks()
		m.checkEmbedding(embedDimToCheck)
		m.project()
		m.checkMask()
		m.addBiases()
		m.splitHeads()
		m.mergeMasks()
		output, weights := m.attend()
		return [2]*torch.Tensor{output, weights}
	})
	return results[0], results[1]
}

// multiHead is one call of [MultiHeadAttentionForward]. Its methods are the
// steps, which change its fields.
type multiHead struct {
	multiHeadAttentionForwardArguments
	query, key, value                        *torch.Tensor
	inWeight, inBias, biasK, biasV           *torch.Tensor
	outWeight, outBias                       *torch.Tensor
	zeros, batched                           bool
	dropout                                  float64
	q, k, v                                  *torch.Tensor // projected
	heads, target, source, batch, embed, dim int64
}

func refuseAssertion(format string, args ...any) { raise("AssertionError", format, args...) }

// checkShapes checks the numbers of dimensions.
func (m *multiHead) checkShapes() {
	dim := m.query.Dim()
	if dim != 2 && dim != 3 {
		refuseAssertion("query should be unbatched 2D or batched 3D tensor but received %d-D query tensor", dim)
	}
	m.batched = dim == 3
	word := "unbatched (2-D)"
	if m.batched {
		word = "batched (3-D)"
	}
	if m.key.Dim() != dim || m.value.Dim() != dim {
		refuseAssertion("For %s `query`, expected `key` and `value` to be %d-D but found %d-D and %d-D tensors respectively", word, dim,
			m.key.Dim(), m.value.Dim())
	}
	if p := m.keyPaddingMask; p != nil && p.Dim() != dim-1 {
		refuseAssertion("For %s `query`, expected `key_padding_mask` to be `None` or %d-D but found %d-D tensor instead", word, dim-1, p.Dim())
	}
	if a := m.attnMask; a != nil {
		if a.Dim() != 2 && a.Dim() != 3 {
			refuseAssertion("For %s `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found %d-D tensor instead", word, a.Dim())
		}
		expected := []int64{m.heads, m.query.Size(0), m.key.Size(0)}
		if !m.batched && a.Dim() == 3 && !slices.Equal(a.Shape(), expected) {
			refuseAssertion("Expected `attn_mask` shape to be %s but got %s", pytext.Tuple(expected), pytext.Size(a.Shape()))
		}
	}
}

// addBatch makes a batch of one if there is none.
func (m *multiHead) addBatch() {
	if m.batched {
		return
	}
	m.query, m.key, m.value = m.query.Unsqueeze(1), m.key.Unsqueeze(1), m.value.Unsqueeze(1)
	if m.keyPaddingMask != nil {
		m.keyPaddingMask = m.keyPaddingMask.Unsqueeze(0)
	}
}

// prepareMasks turns masks of bools into numbers to add.
func (m *multiHead) prepareMasks() {
	m.target, m.batch, m.embed, m.source = m.query.Size(0), m.query.Size(1), m.query.Size(2), m.key.Size(0)
	if p, a := m.keyPaddingMask, m.attnMask; p != nil {
		checkMaskType(p, "key_padding_mask")
		if a != nil && a.DType() != p.DType() {
			torch.Warn("Support for mismatched key_padding_mask and attn_mask is deprecated. Use same type for both instead.")
		}
		m.keyPaddingMask = additive(p, m.query.DType())
	}
	if m.isCausal && m.attnMask == nil {
		raise("RuntimeError", "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "+
			"`generate_square_subsequent_mask` to create this mask.")
	}
	switch {
	case m.isCausal && m.keyPaddingMask == nil && !m.needWeights:
		m.attnMask = nil
		return
	case m.attnMask != nil:
		checkMaskType(m.attnMask, "attn_mask")
		m.attnMask = additive(m.attnMask, m.query.DType())
	}
	if m.keyPaddingMask != nil {
		m.isCausal = false
	}
}

func checkMaskType(mask *torch.Tensor, name string) {
	if mask.DType() != torch.Bool && !mask.IsFloatingPoint() {
		refuseAssertion("only bool and floating types of %s are supported", name)
	}
}

func additive(mask *torch.Tensor, dtype torch.DType) *torch.Tensor {
	if mask.IsFloatingPoint() {
		return mask
	}
	return torch.ZerosLike(mask, dtype).MaskedFill_(mask, math.Inf(-1))
}

func (m *multiHead) checkEmbedding(want int64) {
	if m.embed != want {
		refuseAssertion("was expecting embedding dimension of %d, but got %d", want, m.embed)
	}
	if m.heads == 0 {
		raise("ZeroDivisionError", "integer division or modulo by zero")
	}
	m.dim = m.embed / m.heads
	if m.dim*m.heads != m.embed {
		refuseAssertion("embed_dim %d not divisible by num_heads %d", m.embed, m.heads)
	}
	key, value := m.key.Shape(), m.value.Shape()
	switch {
	case m.useSeparateProjWeight && !slices.Equal(key[:2], value[:2]):
		refuseAssertion("key's sequence and batch dims %s do not match value's %s", pytext.Size(key[:2]), pytext.Size(value[:2]))
	case !m.useSeparateProjWeight && !slices.Equal(key, value):
		refuseAssertion("key shape %s does not match value shape %s", pytext.Size(key), pytext.Size(value))
	}
}

func (m *multiHead) project() {
	if m.useSeparateProjWeight {
		m.projectSeparately()
		return
	}
	if m.inWeight == nil {
		refuseAssertion("use_separate_proj_weight is False but in_proj_weight is None")
	}
	e := m.query.Size(-1)
	switch {
	case m.key == m.value && m.query == m.key:
		parts := packed(m.query, m.inWeight, m.inBias, 3, e)
		m.q, m.k, m.v = parts.Select(0, 0), parts.Select(0, 1), parts.Select(0, 2)
	case m.key == m.value:
		weights, biases := m.inWeight.Split([]int64{e, 2 * e}), []*torch.Tensor{nil, nil}
		if m.inBias != nil {
			biases = m.inBias.Split([]int64{e, 2 * e})
		}
		m.q = Linear(m.query, weights[0], torch.Bias(biases[0]))
		parts := packed(m.key, weights[1], biases[1], 2, e)
		m.k, m.v = parts.Select(0, 0), parts.Select(0, 1)
	default:
		weights := m.inWeight.Chunk(3)
		m.projectEach(weights[0], weights[1], weights[2])
	}
}

// packed projects x n times at once.
func packed(x, weight, bias *torch.Tensor, n, size int64) *torch.Tensor {
	y := Linear(x, weight, torch.Bias(bias))
	return y.Unflatten(-1, n, size).Unsqueeze(0).Transpose(0, -2).Squeeze(torch.Dim(-2)).Contiguous()
}

func (m *multiHead) projectEach(q, k, v *torch.Tensor) {
	biases := []*torch.Tensor{nil, nil, nil}
	if m.inBias != nil {
		biases = m.inBias.Chunk(3)
	}
	m.q = Linear(m.query, q, torch.Bias(biases[0]))
	m.k = Linear(m.key, k, torch.Bias(biases[1]))
	m.v = Linear(m.value, v, torch.Bias(biases[2]))
}

func (m *multiHead) projectSeparately() {
	for i, w := range []*torch.Tensor{m.qProjWeight, m.kProjWeight, m.vProjWeight} {
		if w == nil {
			refuseAssertion("use_separate_proj_weight is True but %s_proj_weight is None", string("qkv"[i]))
		}
	}
	e := m.query.Size(-1)
	m.checkProjection("query", m.qProjWeight, e, e)
	m.checkProjection("key", m.kProjWeight, e, m.key.Size(-1))
	m.checkProjection("value", m.vProjWeight, e, m.value.Size(-1))
	if m.inBias != nil {
		for i, b := range m.inBias.Chunk(3) {
			if !slices.Equal(b.Shape(), []int64{e}) {
				refuseAssertion("expecting %s bias shape of (%d,), but got %s", []string{"query", "key", "value"}[i], e, pytext.Size(b.Shape()))
			}
		}
	}
	m.projectEach(m.qProjWeight, m.kProjWeight, m.vProjWeight)
}

func (m *multiHead) checkProjection(name string, weight *torch.Tensor, want ...int64) {
	if !slices.Equal(weight.Shape(), want) {
		refuseAssertion("expecting %s weights shape of %s, but got %s", name, pytext.Tuple(want), pytext.Size(weight.Shape()))
	}
}

// checkMask checks attnMask's shape.
func (m *multiHead) checkMask() {
	if m.attnMask == nil {
		return
	}
	dim := m.attnMask.Dim()
	want := []int64{m.target, m.source}
	if dim == 3 {
		want = []int64{m.batch * m.heads, m.target, m.source}
	}
	if !slices.Equal(m.attnMask.Shape(), want) {
		raise("RuntimeError", "The shape of the %dD attn_mask is %s, but should be %s.", dim, pytext.Size(m.attnMask.Shape()),
			pytext.Tuple(want))
	}
	if dim == 2 {
		m.attnMask = m.attnMask.Unsqueeze(0)
	}
}

// addBiases adds biasK and biasV to the keys and values.
func (m *multiHead) addBiases() {
	switch {
	case m.biasK == nil && m.biasV == nil:
		return
	case m.biasV == nil:
		refuseAssertion("bias_k is set but bias_v is None")
	case m.biasK == nil:
		refuseAssertion("bias_v is set but bias_k is None")
	case m.staticK != nil:
		refuseAssertion("bias cannot be added to static key.")
	case m.staticV != nil:
		refuseAssertion("bias cannot be added to static value.")
	}
	m.k = torch.Cat([]*torch.Tensor{m.k, m.biasK.Repeat(1, m.batch, 1)})
	m.v = torch.Cat([]*torch.Tensor{m.v, m.biasV.Repeat(1, m.batch, 1)})
	m.widenMasks()
}

// widenMasks lets the masks pass a key that was added.
func (m *multiHead) widenMasks() {
	if m.attnMask != nil {
		m.attnMask = Pad(m.attnMask, []int64{0, 1})
	}
	if m.keyPaddingMask != nil {
		m.keyPaddingMask = Pad(m.keyPaddingMask, []int64{0, 1})
	}
}

// splitHeads makes the heads a part of the batch.
func (m *multiHead) splitHeads() {
	n := m.batch * m.heads
	m.q = m.q.View(m.target, n, m.dim).Transpose(0, 1)
	m.k = m.headsOf(m.k, m.staticK, "static_k")
	m.v = m.headsOf(m.v, m.staticV, "static_v")
	if m.zeros {
		shape := []int64{n, 1, m.dim}
		m.k = torch.Cat([]*torch.Tensor{m.k, torch.Zeros(shape, m.k.DType(), m.k.Device())}, torch.Dim(1))
		m.v = torch.Cat([]*torch.Tensor{m.v, torch.Zeros(shape, m.v.DType(), m.v.Device())}, torch.Dim(1))
		m.widenMasks()
	}
	m.source = m.k.Size(1)
}

func (m *multiHead) headsOf(projected, static *torch.Tensor, name string) *torch.Tensor {
	n := m.batch * m.heads
	switch {
	case static == nil:
		return projected.View(projected.Size(0), n, m.dim).Transpose(0, 1)
	case static.Size(0) != n:
		refuseAssertion("expecting %s.size(0) of %d, but got %d", name, n, static.Size(0))
	case static.Size(2) != m.dim:
		refuseAssertion("expecting %s.size(2) of %d, but got %d", name, m.dim, static.Size(2))
	}
	return static
}

// mergeMasks adds the mask of keys to that of attention.
func (m *multiHead) mergeMasks() {
	p := m.keyPaddingMask
	if p == nil {
		return
	}
	if p.Size(0) != m.batch {
		refuseAssertion("Expected key_padded_mask.shape[0] to be %d, but got %d", m.batch, p.Size(0))
	}
	if p.Size(1) != m.source {
		refuseAssertion("Expected key_padded_mask.shape[1] to be %d, but got %d", m.source, p.Size(1))
	}
	p = p.View(m.batch, 1, 1, m.source).Expand([]int64{-1, m.heads, -1, -1}...).Reshape(m.batch*m.heads, 1, m.source)
	if m.attnMask == nil {
		m.attnMask = p
	} else {
		m.attnMask = m.attnMask.Add(p)
	}
}

// attend computes the attention, and its weights if they are wanted.
func (m *multiHead) attend() (output, weights *torch.Tensor) {
	if !m.training {
		m.dropout = 0
	}
	if m.needWeights {
		output, weights = m.attendWithWeights()
	} else {
		output = m.attendWithoutWeights()
	}
	output = Linear(output, m.outWeight, torch.Bias(m.outBias))
	output = output.View(m.target, m.batch, output.Size(1))
	if !m.batched {
		output = output.Squeeze(torch.Dim(1))
	}
	return output, weights
}

func (m *multiHead) attendWithWeights() (output, weights *torch.Tensor) {
	scaled, keys := m.q.Mul(math.Sqrt(1/float64(m.q.Size(-1)))), m.k.Transpose(-2, -1)
	if m.attnMask != nil {
		weights = torch.Baddbmm(m.attnMask, scaled, keys)
	} else {
		weights = torch.Bmm(scaled, keys)
	}
	weights = Softmax(weights, -1)
	if m.dropout > 0 {
		weights = Dropout(weights, torch.P(m.dropout))
	}
	output = torch.Bmm(weights, m.v).Transpose(0, 1).Reshape(m.target*m.batch, m.embed)
	weights = weights.View(m.batch, m.heads, m.target, m.source)
	if m.averageAttnWeights {
		weights = weights.Mean(torch.Dim(1))
	}
	if !m.batched {
		weights = weights.Squeeze(torch.Dim(0))
	}
	return output, weights
}

func (m *multiHead) attendWithoutWeights() *torch.Tensor {
	if a := m.attnMask; a != nil && a.Size(0) == 1 && a.Dim() == 3 {
		m.attnMask = a.Unsqueeze(0)
	} else if a != nil {
		m.attnMask = a.View(m.batch, m.heads, -1, m.source)
	}
	q := m.q.View(m.batch, m.heads, m.target, m.dim)
	k := m.k.View(m.batch, m.heads, m.source, m.dim)
	v := m.v.View(m.batch, m.heads, m.source, m.dim)
	output := torch.ScaledDotProductAttention(q, k, v, torch.AttnMask(m.attnMask), torch.DropoutP(m.dropout), torch.IsCausal(m.isCausal))
	return output.Permute(2, 0, 1, 3).Reshape(m.batch*m.target, m.embed)
}
