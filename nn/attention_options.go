package nn

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// AddBiasKv adds a key and a value that are learned. Its default is false.
type AddBiasKv bool

// AddZeroAttn adds a key and a value of zeros. Its default is false.
type AddZeroAttn bool

// Kdim is the size of keys. Its default is that of queries.
type Kdim int64

// Vdim is the size of values. Its default is that of queries.
type Vdim int64

// A MultiheadAttentionOption is an option of [NewMultiheadAttention]:
// [WithDropout], [Bias], [AddBiasKv], [AddZeroAttn], [Kdim], [Vdim], [BatchFirst],
// a [torch.DType], a [torch.Device].
type MultiheadAttentionOption interface{ MultiheadAttentionOption(option.Marker) }

// MultiheadAttentionOption makes WithDropout an option of [NewMultiheadAttention].
func (WithDropout) MultiheadAttentionOption(option.Marker) {}

// MultiheadAttentionOption makes Bias an option of [NewMultiheadAttention].
func (Bias) MultiheadAttentionOption(option.Marker) {}

// MultiheadAttentionOption makes AddBiasKv an option of [NewMultiheadAttention].
func (AddBiasKv) MultiheadAttentionOption(option.Marker) {}

// MultiheadAttentionOption makes AddZeroAttn an option of [NewMultiheadAttention].
func (AddZeroAttn) MultiheadAttentionOption(option.Marker) {}

// MultiheadAttentionOption makes Kdim an option of [NewMultiheadAttention].
func (Kdim) MultiheadAttentionOption(option.Marker) {}

// MultiheadAttentionOption makes Vdim an option of [NewMultiheadAttention].
func (Vdim) MultiheadAttentionOption(option.Marker) {}

// MultiheadAttentionOption makes BatchFirst an option of [NewMultiheadAttention].
func (BatchFirst) MultiheadAttentionOption(option.Marker) {}

// An AttentionOption is an option of [MultiheadAttention.Forward]:
// [KeyPaddingMask], [AttnMask], [NeedWeights], [AverageAttnWeights], [IsCausal].
type AttentionOption interface{ attend(*attention) }

// attention is what the options of [MultiheadAttention.Forward] say.
type attention struct {
	keyPaddingMask, attnMask *torch.Tensor
	noWeights, perHead       bool
	isCausal                 bool
}

func newAttention(opts []AttentionOption) (a attention) {
	for _, o := range opts {
		o.attend(&a)
	}
	return a
}

// tensorOption is what options with a tensor have in common.
type tensorOption struct{ tensor *torch.Tensor }

// Tensor returns the tensor, for hooks that see the option.
func (o tensorOption) Tensor() *torch.Tensor { return o.tensor }

// A KeyPaddingMaskOption is the option that [KeyPaddingMask] returns.
type KeyPaddingMaskOption struct{ tensorOption }

// KeyPaddingMask says which keys are padding, of shape (N, S) or (S): bools that
// are true where a key does not count, or numbers to add to its weights. nil, the
// default, is none.
func KeyPaddingMask(mask *torch.Tensor) KeyPaddingMaskOption {
	return KeyPaddingMaskOption{tensorOption{mask}}
}

// An AttnMaskOption is the option that [AttnMask] returns.
type AttnMaskOption struct{ tensorOption }

// AttnMask says which keys a query may not attend to, of shape (L, S) or
// (N*NumHeads, L, S): bools that are true where it may not, or numbers to add to
// the weights. nil, the default, is none.
func AttnMask(mask *torch.Tensor) AttnMaskOption { return AttnMaskOption{tensorOption{mask}} }

// NeedWeights has attention return its weights. Its default is true; without
// them it is faster.
type NeedWeights bool

// AverageAttnWeights averages the weights over the heads. Its default is true.
type AverageAttnWeights bool

// IsCausal promises that the mask is the causal one, as
// [GenerateSquareSubsequentMask] makes it, so that a faster kernel may do without
// it. Its default is false; [TransformerEncoder] looks at the mask.
type IsCausal bool

func (o KeyPaddingMaskOption) attend(a *attention) { a.keyPaddingMask = o.tensor }
func (o AttnMaskOption) attend(a *attention)       { a.attnMask = o.tensor }
func (o NeedWeights) attend(a *attention)          { a.noWeights = !bool(o) }
func (o AverageAttnWeights) attend(a *attention)   { a.perHead = !bool(o) }
func (o IsCausal) attend(a *attention)             { a.isCausal = bool(o) }
