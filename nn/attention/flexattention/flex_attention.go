/*
Package flexattention computes attention whose scores a function of the program changes, or
masks: Python's torch.nn.attention.flex_attention.

	causal := func(b, h, q, kv *torch.Tensor) *torch.Tensor { return q.Ge(kv) }
	mask := flexattention.CreateBlockMask(causal, 0, 0, 1024, 1024)
	y := flexattention.FlexAttention(q, k, v, mask)

	alibi := flexattention.ScoreMod(func(score, b, h, q, kv *torch.Tensor) *torch.Tensor {
		return score.Add(kv.Sub(q).Mul(flexattention.At(slopes, h)))
	})
	y = flexattention.FlexAttention(q, k, v, alibi)

The functions get tensors without dimensions, and are called once, for all scores together,
by functorch.Vmap: they can be made of operators, and take elements of other tensors by [At].

This is what Python computes without torch.compile: by products of whole matrices. With it,
Python makes a kernel that leaves out blocks that are masked; here a [BlockMask] saves nothing.
*/
package flexattention

import (
	"math"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/nn/attention/internal/sdpa"
	"github.com/wangkuiyi/gotorch/torch"
)

// A ScoreMod changes the score that a query gives to a key. b, h, qIdx and kvIdx are the
// numbers of the batch, the head, the query and the key.
type ScoreMod func(score, b, h, qIdx, kvIdx *torch.Tensor) *torch.Tensor

// A MaskMod says whether a query sees a key.
type MaskMod func(b, h, qIdx, kvIdx *torch.Tensor) *torch.Tensor

// An Option is an option of [FlexAttention]: a [ScoreMod], a [*BlockMask], [Scale],
// [EnableGqa], [Captured].
type Option interface{ set(*arguments) }

type arguments struct {
	scoreMod ScoreMod
	mask     *BlockMask
	scale    *float64
	gqa      bool
	captured []*torch.Tensor
}

// Scale is by what scores are multiplied. Its default is 1/sqrt(E), for queries of size E.
type Scale float64

// EnableGqa lets several heads of queries share one of keys and values. Its default is false.
type EnableGqa bool

type captured []*torch.Tensor

// Captured lists the tensors which a [ScoreMod] refers to and that require gradients. Python
// finds them in the function's closure.
func Captured(tensors ...*torch.Tensor) Option { return captured(tensors) }

func (m ScoreMod) set(a *arguments)   { a.scoreMod = m }
func (m *BlockMask) set(a *arguments) { a.mask = m }
func (s Scale) set(a *arguments)      { v := float64(s); a.scale = &v }
func (e EnableGqa) set(a *arguments)  { a.gqa = bool(e) }
func (c captured) set(a *arguments)   { a.captured = c }

// An AuxRequest says what [FlexAttentionAux] returns besides the attention.
type AuxRequest struct {
	Lse       bool // the logarithms of the sums of the scores' exponentials
	MaxScores bool // the greatest scores
}

// An AuxOutput is what was asked for by an [AuxRequest], of shape (B, Hq, L); nil is what was
// not.
type AuxOutput struct{ Lse, MaxScores *torch.Tensor }

// FlexAttention returns softmax(mod(query key' * scale)) value, where key' is the transpose
// of key and mod a [ScoreMod] or the mask of a [BlockMask]. query is (B, Hq, L, E), key
// (B, Hkv, S, E), value (B, Hkv, S, Ev), and the result (B, Hq, L, Ev). Python's
// flex_attention, without kernel_options, which are for the kernels of torch.compile.
//
// As in Python, there are gradients on GPUs only.
func FlexAttention(query, key, value *torch.Tensor, opts ...Option) *torch.Tensor {
	out, _ := FlexAttentionAux(query, key, value, AuxRequest{}, opts...)
	return out
}

// FlexAttentionAux is [FlexAttention] with further results. Python's flex_attention with
// return_aux.
func FlexAttentionAux(query, key, value *torch.Tensor, request AuxRequest, opts ...Option) (out *torch.Tensor, aux AuxOutput) {
	a := argumentsOf(opts)
	a.check(query, key, value)
	if request.MaxScores && (isOnCPU(query) || isOnCPU(key) || isOnCPU(value)) {
		panic(torch.NewError("NotImplementedError", "Returning max scores is not supported on CPU."))
	}
	scale := 1 / math.Sqrt(float64(query.Size(-1)))
	if a.scale != nil {
		scale = *a.scale
	}
	results := a.compute(query, key, value, scale)
	if request.Lse {
		aux.Lse = results[1].Mul(math.Ln2)
	}
	if request.MaxScores {
		aux.MaxScores = results[2].Mul(math.Ln2)
	}
	return results[0], aux
}

func argumentsOf(opts []Option) *arguments {
	a := new(arguments)
	for _, o := range opts {
		if o != nil {
			o.set(a)
		}
	}
	return a
}

// compute casts as autocast says, which then is off.
func (a *arguments) compute(query, key, value *torch.Tensor, scale float64) (results []*torch.Tensor) {
	device := query.Device().Type().String()
	run := func() {
		a.checkGradients(query, key, value)
		f := &attention{scoreMod: a.scoreMod, maskMod: a.mask.MaskMod, scale: scale}
		results = autograd.Apply(f, append([]*torch.Tensor{query, key, value}, a.captured...)...)
	}
	if !torch.IsAutocastEnabled(device) {
		run()
		return results
	}
	dtype := torch.GetAutocastDtype(device)
	cast := func(t *torch.Tensor) *torch.Tensor {
		if !t.IsFloatingPoint() || t.DType() == torch.Float64 {
			return t
		}
		return t.To(dtype)
	}
	query, key, value = cast(query), cast(key), cast(value)
	amp.Autocast(device, run, amp.Enabled(false))
	return results
}

// check refuses what Python's flex_attention refuses.
func (a *arguments) check(query, key, value *torch.Tensor) {
	for _, t := range a.captured {
		if t == nil {
			panic(torch.NewError("TypeError", "flexattention.Captured takes Tensors, not nil"))
		}
	}
	if a.mask != nil {
		a.mask.given()
	}
	checkKinds(query, key, value)
	a.checkHeads(query, key)
	a.checkBatch(query, key)
	if a.scoreMod == nil {
		a.scoreMod = identity
	}
	if a.mask == nil {
		a.mask = emptyBlockMask(query.Device())
	}
	a.mask.checkUse(query.Size(-2), key.Size(-2))
	if on := a.mask.KvNumBlocks.Device(); on != query.Device() {
		panic(torch.NewError("RuntimeError", "Expect q/k/v and block_mask to be on the same device but got %s and %s.", query.Device(), on))
	}
}

func checkKinds(query, key, value *torch.Tensor) {
	for _, t := range []*torch.Tensor{query, key, value} {
		if t != nil && t.IsNested() {
			panic(torch.NewError("NotImplementedError", "flex_attention does not support NestedTensor inputs, including "+
				"torch.compile(flex_attention) with jagged NestedTensor inputs. Convert inputs to dense tensors before calling flex_attention."))
		}
	}
	sdpa.Check(query, key, value, true)
	if e, other := query.Size(-1), key.Size(-1); e != other {
		panic(torch.NewError("ValueError", "Expect query and key/value to have the same embedding dimension but got E=%d and E=%d.", e, other))
	}
	device := query.Device().Type().String()
	requiresGrad := query.RequiresGrad() || key.RequiresGrad() || value.RequiresGrad()
	switch device {
	case "cpu", "mps":
		if requiresGrad {
			name := map[string]string{"cpu": "CPU", "mps": "MPS"}[device]
			panic(torch.NewError("NotImplementedError", "FlexAttention does not support backward on %s. "+
				"Please set the input requires_grad to False or use another device.", name))
		}
	case "cuda", "xpu", "hpu":
	default:
		panic(torch.NewError("ValueError", "FlexAttention is only supported on CUDA, CPU, HPU, or MPS devices. "+
			"Found input tensors on %s device.", device))
	}
	if query.Dim() != 4 || key.Dim() != 4 || value.Dim() != 4 {
		panic(torch.NewError("NotImplementedError", "NYI: query, key, and value must be 4D tensors"))
	}
}

func (a *arguments) checkHeads(query, key *torch.Tensor) {
	ofQueries, ofKeys := query.Size(1), key.Size(1)
	switch {
	case !a.gqa && ofQueries != ofKeys:
		panic(torch.NewError("ValueError", "Expect query and key/value to have the same number of heads but got Hq=%d and Hkv=%d. "+
			"Try setting enable_gqa=True for GQA.", ofQueries, ofKeys))
	case a.gqa && (ofKeys == 0 || ofQueries%ofKeys != 0):
		panic(torch.NewError("ValueError", "Expect number of query heads to be a multiple of kv heads for GQA but got Hq=%d and Hkv=%d.",
			ofQueries, ofKeys))
	}
}

func (a *arguments) checkBatch(query, key *torch.Tensor) {
	ofQueries, ofKeys := query.Size(0), key.Size(0)
	switch {
	case ofQueries == ofKeys:
	case a.mask == nil:
		panic(torch.NewError("ValueError", "Expect query and key/value to have the same batch size, or non-none block_mask, "+
			"but got block_mask=None, Bq=%d, and Bkv=%d.", ofQueries, ofKeys))
	case a.mask.KvNumBlocks.Size(0) != ofQueries:
		panic(torch.NewError("ValueError", "Expect query and key/value to have the same batch size, or block_mask and query to have "+
			"the same batch size, but got Bq=%d, Bkv=%d, B_block_mask=%d.", ofQueries, ofKeys, a.mask.KvNumBlocks.Size(0)))
	case ofQueries <= 1 || ofKeys != 1:
		panic(torch.NewError("RuntimeError", "Bq and Bkv must broadcast. Got Bq=%d and Bkv=%d", ofQueries, ofKeys))
	}
}

// checkGradients refuses functions whose gradients could not be computed, by trying them on
// one score.
func (a *arguments) checkGradients(query, key, value *torch.Tensor) {
	if !torch.IsGradEnabled() {
		return
	}
	example := func(requiresGrad bool) *torch.Tensor {
		number := query.NewZeros([]int64{}, torch.Int32)
		return a.scoreMod(query.NewZeros([]int64{}).RequiresGrad_(requiresGrad), number, number, number, number)
	}
	if len(a.captured) == 0 && example(false).RequiresGrad() {
		panic(torch.NewError("RuntimeError", "score_mod refers to tensors that require gradients: list them with flexattention.Captured"))
	}
	needed := query.RequiresGrad() || key.RequiresGrad() || value.RequiresGrad()
	for _, t := range a.captured {
		needed = needed || t.RequiresGrad()
	}
	if !needed {
		return
	}
	if a.mask.QIndices == nil {
		panic(torch.NewError("RuntimeError", "BlockMask q_indices is None. Backward pass requires q_indices to be computed. "+
			"Please create the BlockMask with compute_q_blocks=True"))
	}
	if !example(true).RequiresGrad() {
		panic(torch.NewError("RuntimeError", "flex_attention backward requires the output of score_mod to depend on score. "+
			"Got a score_mod whose output does not require gradients with respect to score."))
	}
}

func isOnCPU(t *torch.Tensor) bool { return t.Device().Type() == torch.CPU.Type() }

func identity(score, _, _, _, _ *torch.Tensor) *torch.Tensor { return score }

// vmapped returns the function of all scores, and numbers from 0 of batches, heads, queries
// and keys.
func (m ScoreMod) vmapped() ScoreMod {
	for _, dims := range eachDimension {
		m = functorch.Vmap(m, functorch.InDims(append([]any{0}, dims...)...))
	}
	return m
}

func (m MaskMod) vmapped() MaskMod {
	for _, dims := range eachDimension {
		m = functorch.Vmap(m, functorch.InDims(dims...))
	}
	return m
}

// eachDimension maps one number after the other, from the last.
var eachDimension = [][]any{{nil, nil, nil, 0}, {nil, nil, 0, nil}, {nil, 0, nil, nil}, {0, nil, nil, nil}}

// At returns an element of a tensor, or a part of it, in a [ScoreMod] or a [MaskMod]: At(t, h,
// qIdx) is what t[h, q_idx] is in Python's.
func At(t *torch.Tensor, index ...*torch.Tensor) *torch.Tensor {
	return torch.Call("aten::index.Tensor", t, index)[0].(*torch.Tensor)
}
