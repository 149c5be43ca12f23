package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/backends/mha"
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

func operators() torch.Operators { return torch.ModuleOperators(option.Marker{}) }

// NonDynamicallyQuantizableLinear is the [Linear] of [MultiheadAttention]'s
// output. Python's torch.nn.modules.linear.NonDynamicallyQuantizableLinear.
type NonDynamicallyQuantizableLinear struct{ Linear }

func newOutProj(size int64, bias Bias, f factory) *NonDynamicallyQuantizableLinear {
	l := &NonDynamicallyQuantizableLinear{Linear{InFeatures: size, OutFeatures: size}}
	l.Init(l)
	l.setUp(bias, f)
	return l
}

// MultiheadAttention lets queries attend to keys, in several heads, and returns
// the values of those that fit: Python's nn.MultiheadAttention. Each head works on
// EmbedDim/NumHeads features.
//
// Where no gradients are wanted, in evaluation mode, attention of a batch to
// itself with [BatchFirst] runs in one kernel; see package backends/mha.
//
// Query has shape (L, N, EmbedDim), key and value (S, N, Kdim) and (S, N,
// Vdim), N coming first with [BatchFirst]; the output has that of query. Other
// sizes panic with an AssertionError.
type MultiheadAttention struct {
	Module
	EmbedDim, NumHeads, Kdim, Vdim        int64
	Dropout                               float64
	BatchFirst, AddZeroAttn               bool
	InProjWeight                          *torch.Tensor // (3*EmbedDim, EmbedDim), or nil
	QProjWeight, KProjWeight, VProjWeight *torch.Tensor // (EmbedDim, size), or nil
	InProjBias                            *torch.Tensor // (3*EmbedDim), or nil
	BiasK, BiasV                          *torch.Tensor // (1, 1, EmbedDim), or nil
	OutProj                               *NonDynamicallyQuantizableLinear
}

// NewMultiheadAttention returns a new [MultiheadAttention]. Sizes that are not
// positive panic with a ValueError, and an embedDim that does not divide into
// heads with an AssertionError. The defaults are [WithDropout] 0.0, [Bias]
// true, [AddBiasKv] false, [AddZeroAttn] false and [BatchFirst] false.
func NewMultiheadAttention(embedDim, numHeads int64, opts ...MultiheadAttentionOption) *MultiheadAttention {
	l := &MultiheadAttention{EmbedDim: embedDim, NumHeads: numHeads, Kdim: embedDim, Vdim: embedDim}
	bias, biasKv, f := Bias(true), AddBiasKv(false), factory{}
	for _, o := range opts {
		switch o := o.(type) {
		case WithDropout:
			l.Dropout = float64(o)
		case Bias:
			bias = o
		case AddBiasKv:
			biasKv = o
		case AddZeroAttn:
			l.AddZeroAttn = bool(o)
		case Kdim:
			l.Kdim = int64(o)
		case Vdim:
			l.Vdim = int64(o)
		case BatchFirst:
			l.BatchFirst = bool(o)
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
	if embedDim <= 0 || numHeads <= 0 {
		raise("ValueError", "embed_dim and num_heads must be greater than 0, got embed_dim=%d and num_heads=%d instead", embedDim, numHeads)
	}
	if embedDim%numHeads != 0 {
		raise("AssertionError", "embed_dim must be divisible by num_heads")
	}
	l.Init(l)
	l.setUp(bias, biasKv, f)
	return l
}

func (l *MultiheadAttention) setUp(bias Bias, biasKv AddBiasKv, f factory) {
	e := l.EmbedDim
	if l.sameSizes() {
		l.InProjWeight = f.parameter(3*e, e)
	} else {
		l.QProjWeight, l.KProjWeight, l.VProjWeight = f.parameter(e, e), f.parameter(e, l.Kdim), f.parameter(e, l.Vdim)
	}
	if bias {
		l.InProjBias = f.parameter(3 * e)
	}
	l.OutProj = newOutProj(e, bias, f)
	if biasKv {
		l.BiasK, l.BiasV = f.parameter(1, 1, e), f.parameter(1, 1, e)
	}
	l.ResetParameters()
}

// sameSizes reports whether queries, keys and values are of the same size, so
// that their weights are one tensor. Python's _qkv_same_embed_dim.
func (l *MultiheadAttention) sameSizes() bool { return l.Kdim == l.EmbedDim && l.Vdim == l.EmbedDim }

// ResetParameters draws the parameters anew but for the output's weight.
func (l *MultiheadAttention) ResetParameters() {
	for _, w := range []*torch.Tensor{l.InProjWeight, l.QProjWeight, l.KProjWeight, l.VProjWeight} {
		if w != nil {
			ninit.XavierUniform_(w)
		}
	}
	if l.InProjBias != nil {
		ninit.Constant_(l.InProjBias, 0)
		ninit.Constant_(l.OutProj.Bias, 0)
	}
	for _, b := range []*torch.Tensor{l.BiasK, l.BiasV} {
		if b != nil {
			ninit.XavierNormal_(b)
		}
	}
}

// Forward lets query, of shape (L, N, EmbedDim), attend to key and value, (S, N,
// Kdim) and (S, N, Vdim); (N, L, EmbedDim) and so on with [BatchFirst]; or without
// N. It returns what query found, in its shape, and the weights averaged over the
// heads, (N, L, S): those of each head, (N, NumHeads, L, S), with
// [AverageAttnWeights] false, and nil with [NeedWeights] false.
func (l *MultiheadAttention) Forward(query, key, value *torch.Tensor, opts ...AttentionOption) (output, weights *torch.Tensor) {
	if !l.hooked() {
		return l.forward(query, key, value, newAttention(opts))
	}
	outputs := runWithOptions(&l.Module, func(in []*torch.Tensor, opts []AttentionOption) []*torch.Tensor {
		output, weights := l.forward(in[0], in[1], in[2], newAttention(opts))
		return []*torch.Tensor{output, weights}
	}, opts, query, key, value)
	return outputs[0], outputs[1]
}

func (l *MultiheadAttention) forward(query, key, value *torch.Tensor, a attention) (output, weights *torch.Tensor) {
	whyNot := ""
	if isFloat(a.attnMask) || isFloat(a.keyPaddingMask) {
		whyNot = "floating-point masks are not supported for fast path."
	}
	a.keyPaddingMask = canonicalMask(a.keyPaddingMask, "key_padding_mask", a.attnMask, "attn_mask", query)
	a.attnMask = canonicalMask(a.attnMask, "attn_mask", nil, "", query)
	if reason := l.whyNotFast(query, key, value, a); reason != "" {
		whyNot = reason
	}
	if whyNot == "" {
		mask, kind := l.MergeMasks(a.attnMask, a.keyPaddingMask, query)
		if l.InProjBias != nil {
			return operators().NativeMultiHeadAttention(query, l.weights(), mask, kind, !a.noWeights, !a.perHead)
		}
	}
	if query.IsNested() || key.IsNested() || value.IsNested() {
		raise("AssertionError", "MultiheadAttention does not support NestedTensor outside of its fast path. "+
			"The fast path was not hit because %s", whyNot)
	}
	return l.slow(query, key, value, a)
}

// whyNotFast returns the reason why attention cannot run in one kernel, or "".
func (l *MultiheadAttention) whyNotFast(query, key, value *torch.Tensor, a attention) string {
	switch {
	case !mha.GetFastpathEnabled():
		return "torch.backends.mha.get_fastpath_enabled() was not True"
	case query.Dim() != 3:
		return fmt.Sprintf("input not batched; expected query.dim() of 3 but got %d", query.Dim())
	case query != key || key != value:
		return "non-self attention was used (query, key, and value are not the same Tensor)"
	case l.InProjBias != nil && query.DType() != l.InProjBias.DType():
		return fmt.Sprintf("dtypes of query (%s) and self.in_proj_bias (%s) don't match", query.DType(), l.InProjBias.DType())
	case l.InProjWeight == nil:
		return "in_proj_weight was None"
	case query.DType() != l.InProjWeight.DType():
		return fmt.Sprintf("dtypes of query (%s) and self.in_proj_weight (%s) don't match", query.DType(), l.InProjWeight.DType())
	case l.Training():
		return "training is enabled"
	case l.NumHeads%2 != 0:
		return "self.num_heads is not even"
	case !l.BatchFirst:
		return "batch_first was not True"
	case l.BiasK != nil:
		return "self.bias_k was not None"
	case l.BiasV != nil:
		return "self.bias_v was not None"
	case l.AddZeroAttn:
		return "add_zero_attn was enabled"
	case !l.sameSizes():
		return "_qkv_same_embed_dim was not True"
	case query.IsNested() && (a.keyPaddingMask != nil || a.attnMask != nil):
		return "supplying both src_key_padding_mask and src_mask at the same time " +
			"                                 is not supported with NestedTensor input"
	case torch.IsAutocastEnabled("cuda"): // nothing but this, in Python, too
		return "autocast is enabled"
	}
	return whyNotTensors("cpu, cuda or privateuseone", query, l.InProjWeight, l.InProjBias, l.OutProj.Weight, l.OutProj.Bias)
}

// whyNotTensors returns the reason why these, of which some may be nil, are not
// for the fast kernels, or "".
func whyNotTensors(devices string, tensors ...*torch.Tensor) string {
	if slices.ContainsFunc(tensors, func(t *torch.Tensor) bool { return t != nil && !t.IsCpu() && !t.IsCuda() }) {
		return "some Tensor argument's device is neither one of " + devices
	}
	if torch.IsGradEnabled() && slices.ContainsFunc(tensors, func(t *torch.Tensor) bool { return t != nil && t.RequiresGrad() }) {
		return "grad is enabled and at least one of query or the input/output projection weights or biases requires_grad"
	}
	return ""
}

// weights are those that the kernels take.
func (l *MultiheadAttention) weights() torch.EncoderLayer {
	return torch.EncoderLayer{EmbedDim: l.EmbedDim, NumHeads: l.NumHeads, QkvWeight: l.InProjWeight, QkvBias: l.InProjBias,
		ProjWeight: l.OutProj.Weight, ProjBias: l.OutProj.Bias}
}

func (l *MultiheadAttention) slow(query, key, value *torch.Tensor, a attention) (output, weights *torch.Tensor) {
	swap := l.BatchFirst && query.Dim() == 3
	if swap {
		query, key, value = transposeAll(query, key, value)
	}
	output, weights = functional.MultiHeadAttentionForward(query, key, value, l.EmbedDim, l.NumHeads, l.InProjWeight, l.InProjBias,
		l.BiasK, l.BiasV, l.AddZeroAttn, l.Dropout, l.OutProj.Weight, l.OutProj.Bias, functional.Training(l.Training()),
		functional.KeyPaddingMask(a.keyPaddingMask), functional.NeedWeights(!a.noWeights), functional.AttnMask(a.attnMask),
		functional.UseSeparateProjWeight(!l.sameSizes()), functional.QProjWeight(l.QProjWeight), functional.KProjWeight(l.KProjWeight),
		functional.VProjWeight(l.VProjWeight), functional.AverageAttnWeights(!a.perHead), functional.IsCausal(a.isCausal))
	if swap {
		output = output.Transpose(1, 0)
	}
	return output, weights
}

// transposeAll swaps batch and sequence. What is the same tensor stays so.
func transposeAll(query, key, value *torch.Tensor) (q, k, v *torch.Tensor) {
	q = query.Transpose(1, 0)
	switch k, v = q, q; {
	case key != value:
		k, v = key.Transpose(1, 0), value.Transpose(1, 0)
	case query != key:
		k = key.Transpose(1, 0)
		v = k
	}
	return q, k, v
}

// MergeMasks makes one mask of two, of which each may be nil, for query of shape
// (N, L, EmbedDim). It returns the mask and of which kind it is: 1 for
// keyPaddingMask, (N, L), and 2 if there is attnMask, for a mask of shape (N,
// NumHeads, L, L). Without masks it returns nil. Python's merge_masks.
func (l *MultiheadAttention) MergeMasks(attnMask, keyPaddingMask, query *torch.Tensor) (merged *torch.Tensor, kind int64) {
	if attnMask == nil {
		return keyPaddingMask, 1
	}
	batch, length := query.Size(0), query.Size(1)
	if attnMask.Dim() == 3 {
		merged = attnMask.View(batch, -1, length, length)
	} else {
		merged = attnMask.View(1, 1, length, length).Expand(batch, l.NumHeads, -1, -1)
	}
	if keyPaddingMask != nil {
		merged = merged.Add(keyPaddingMask.View(batch, 1, 1, length).Expand(-1, l.NumHeads, -1, -1))
	}
	return merged, 2
}

func isFloat(mask *torch.Tensor) bool { return mask != nil && mask.IsFloatingPoint() }

// canonicalMask turns a mask of bools, or nil, into numbers to add to weights of
// like's dtype. It warns if other's dtype is not the mask's.
func canonicalMask(mask *torch.Tensor, name string, other *torch.Tensor, otherName string, like *torch.Tensor) *torch.Tensor {
	if mask == nil {
		return nil
	}
	if mask.DType() != torch.Bool && !mask.IsFloatingPoint() {
		raise("AssertionError", "only bool and floating types of %s are supported", name)
	}
	if other != nil && other.DType() != mask.DType() {
		torch.Warn("Support for mismatched %s and %s is deprecated. Use same type for both instead.", name, otherName)
	}
	if mask.IsFloatingPoint() {
		return mask
	}
	return torch.ZerosLike(mask, like.DType()).MaskedFill_(mask, math.Inf(-1))
}
