/*
Package bias has the masks with which a position attends to earlier ones only, where there
are fewer queries than keys, as in a model that goes on with what it has kept: Python's
torch.nn.attention.bias.

	mask := bias.CausalLowerRight(q.Size(-2), k.Size(-2))
	y := mask.ScaledDotProductAttention(q, k, v)

Kernels that know such masks, of GPUs, need no tensor for them.
*/
package bias

import (
	"fmt"
	"math"

	"github.com/wangkuiyi/gotorch/backends/cuda"
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/nn/attention"
	"github.com/wangkuiyi/gotorch/nn/attention/internal/sdpa"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// A CausalVariant says where the triangle of a mask lies, if that is no square. Python's
// torch.nn.attention.bias.CausalVariant.
type CausalVariant int

// The variants. In a mask of 3 by 4 the first row of UpperLeft is 1 0 0 0, that of
// LowerRight 1 1 0 0.
const (
	UpperLeft  CausalVariant = iota + 1 // the first query sees the first key
	LowerRight                          // the last query sees the last key
)

// String returns the variant's name: "UPPER_LEFT", "LOWER_RIGHT".
func (v CausalVariant) String() string {
	switch v {
	case UpperLeft:
		return "UPPER_LEFT"
	case LowerRight:
		return "LOWER_RIGHT"
	}
	return fmt.Sprintf("CausalVariant(%d)", int(v))
}

// A CausalBias is a mask for attention that is no tensor, but known by its shape: Python's
// torch.nn.attention.bias.CausalBias. There it is given to scaled_dot_product_attention;
// here it has a method of that name.
type CausalBias struct {
	Variant  CausalVariant
	SeqLenQ  int64 // how many queries there are
	SeqLenKv int64 // how many keys and values
}

// NewCausalBias returns a mask. It warns where a query would see no key, so that results
// would be NaN.
func NewCausalBias(variant CausalVariant, seqLenQ, seqLenKv int64) *CausalBias {
	if variant != UpperLeft && variant != LowerRight {
		panic(torch.NewError("AssertionError", "variant must be a CausalVariant, got %s", variant))
	}
	if least := min(seqLenQ, seqLenKv); least < 0 {
		panic(torch.NewError("RuntimeError", "Trying to create tensor with negative dimension %d: [%d, %d, %d]", least, variant, seqLenQ, seqLenKv))
	}
	if seqLenQ > seqLenKv && variant == LowerRight {
		torch.Warn("Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!")
	}
	return &CausalBias{variant, seqLenQ, seqLenKv}
}

// CausalUpperLeft returns the mask in which the first query sees the first key: that of
// IsCausal(true).
func CausalUpperLeft(seqLenQ, seqLenKv int64) *CausalBias {
	return NewCausalBias(UpperLeft, seqLenQ, seqLenKv)
}

// CausalLowerRight returns the mask in which the last query sees the last key.
func CausalLowerRight(seqLenQ, seqLenKv int64) *CausalBias {
	return NewCausalBias(LowerRight, seqLenQ, seqLenKv)
}

// Materialize returns the mask as a tensor of bools, which are true where a query sees a
// key; without a device, on the CPU. Python's _materialize.
func (b *CausalBias) Materialize(device ...torch.Device) *torch.Tensor {
	d := torch.CPU
	if len(device) > 0 {
		d = device[0]
	}
	diagonal := int64(0)
	if b.given().Variant == LowerRight {
		diagonal = b.SeqLenKv - b.SeqLenQ
	}
	ones := torch.Ones([]int64{b.SeqLenQ, b.SeqLenKv}, d, torch.Bool)
	defer ones.Close()
	return torch.Tril(ones, torch.WithDiagonal(diagonal))
}

// String returns what Python prints: the mask as a tensor.
func (b *CausalBias) String() string { return b.Materialize().String() }

func (b *CausalBias) given() *CausalBias {
	switch {
	case b == nil:
		panic(torch.NewError("TypeError", "a nil *bias.CausalBias is no mask"))
	case b.Variant != UpperLeft && b.Variant != LowerRight:
		panic(torch.NewError("ValueError", "CausalBias.variant must be a CausalVariant type, but found: %s", b.Variant))
	}
	return b
}

// ScaledDotProductAttention computes [functional.ScaledDotProductAttention] with the mask.
// Options are those of that function, but for a mask of their own: [functional.DropoutP],
// [functional.Scale], [functional.EnableGqa].
func (b *CausalBias) ScaledDotProductAttention(query, key, value *torch.Tensor,
	opts ...functional.ScaledDotProductAttentionOption) *torch.Tensor {
	a := torch.AttentionArgumentsOf(option.Marker{}, opts)
	if a.IsCausal {
		panic(torch.NewError("ValueError", "CausalBias should not be used with causal=True"))
	}
	own := append(opts[:len(opts):len(opts)], torch.AttnMask(nil))
	if b.given().SeqLenQ == b.SeqLenKv || b.Variant == UpperLeft {
		return functional.ScaledDotProductAttention(query, key, value, append(own, torch.IsCausal(true))...)
	}
	sdpa.Check(query, key, value, false)
	params := cuda.SDPAParams{Query: query, Key: key, Value: value, Dropout: a.Dropout, EnableGqa: a.EnableGqa}
	if cuda.CanUseFlashAttention(params) {
		return byFlash(query, key, value, a)
	}
	if cuda.CanUseEfficientAttention(params) {
		return b.byEfficient(query, key, value, a)
	}
	warnOfKernels(params)
	mask := b.Materialize(query.Device())
	return functional.ScaledDotProductAttention(query, key, value, append(own, torch.AttnMask(mask))...)
}

// byFlash pads the last dimension to a multiple of 8, which flash attention wants. What is
// causal is there the lower right triangle.
func byFlash(query, key, value *torch.Tensor, a torch.AttentionArguments) *torch.Tensor {
	size := query.Size(-1)
	scale := a.Scale
	if scale == nil {
		scale = 1 / math.Sqrt(float64(size))
	}
	if rest := size % 8; rest != 0 {
		pad := func(t *torch.Tensor) *torch.Tensor { return functional.Pad(t, []int64{0, 8 - rest}) }
		query, key, value = pad(query), pad(key), pad(value)
	}
	const causal, debugMask = true, false
	out := torch.Call("aten::_scaled_dot_product_flash_attention", query, key, value, a.Dropout, causal, debugMask, scale)[0].(*torch.Tensor)
	if out.Size(-1) != size {
		out = out.Narrow(-1, 0, size)
	}
	return out
}

func (b *CausalBias) byEfficient(query, key, value *torch.Tensor, a torch.AttentionArguments) *torch.Tensor {
	requiresGrad := query.RequiresGrad() || key.RequiresGrad() || value.RequiresGrad()
	var bias, cuSeqlensQ, cuSeqlensK, maxSeqlenQ, maxSeqlenK any
	out := torch.Call("aten::_efficient_attention_forward", query.Transpose(1, 2), key.Transpose(1, 2), value.Transpose(1, 2),
		bias, cuSeqlensQ, cuSeqlensK, maxSeqlenQ, maxSeqlenK, a.Dropout, int64(b.Variant), requiresGrad, a.Scale)
	return out[0].(*torch.Tensor).Transpose(1, 2)
}

// warnOfKernels says why no fused kernel can compute this.
func warnOfKernels(params cuda.SDPAParams) {
	if !attention.WarnForUnfusedKernels {
		return
	}
	if !cuda.CanUseEfficientAttention(params) {
		torch.Warn("Efficient attention can't be used because:")
		cuda.CanUseEfficientAttention(params, true)
	}
	if !cuda.CanUseFlashAttention(params) {
		torch.Warn("Flash attention can't be used because:")
		cuda.CanUseFlashAttention(params, true)
	}
}
