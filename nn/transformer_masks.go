package nn

import "github.com/wangkuiyi/gotorch/torch"

// passage is what the options of a transformer's forward passes say.
type passage struct {
	srcMask, tgtMask, memoryMask                               *torch.Tensor
	srcKeyPaddingMask, tgtKeyPaddingMask, memoryKeyPaddingMask *torch.Tensor
	srcIsCausal, tgtIsCausal                                   *bool // nil: look at the mask
	memoryIsCausal                                             bool
}

func newPassage[O interface{ set(*passage) }](opts []O) (p passage) {
	for _, o := range opts {
		o.set(&p)
	}
	return p
}

// A TransformerEncoderLayerForwardOption is an option of
// [TransformerEncoderLayer.Forward]: [SrcMask], [SrcKeyPaddingMask], [IsCausal].
type TransformerEncoderLayerForwardOption interface {
	set(*passage)
	encoderLayer()
}

// A TransformerEncoderForwardOption is an option of [TransformerEncoder.Forward]:
// [Mask], [SrcKeyPaddingMask], [IsCausal]. Without IsCausal it looks at the mask.
type TransformerEncoderForwardOption interface {
	set(*passage)
	encoder()
}

// A TransformerDecoderForwardOption is an option of [TransformerDecoder.Forward]
// and [TransformerDecoderLayer.Forward]: [TgtMask], [MemoryMask],
// [TgtKeyPaddingMask], [MemoryKeyPaddingMask], [TgtIsCausal], [MemoryIsCausal].
type TransformerDecoderForwardOption interface {
	set(*passage)
	decoder()
}

// A TransformerForwardOption is an option of [Transformer.Forward]: [SrcMask],
// [TgtMask], [MemoryMask], [SrcKeyPaddingMask], [TgtKeyPaddingMask],
// [MemoryKeyPaddingMask], [SrcIsCausal], [TgtIsCausal], [MemoryIsCausal].
type TransformerForwardOption interface {
	set(*passage)
	transformer()
}

// A MaskOption is the option that [Mask] returns.
type MaskOption struct{ tensorOption }

// Mask is the [AttnMask] of src with itself.
func Mask(mask *torch.Tensor) MaskOption { return MaskOption{tensorOption{mask}} }

func (o MaskOption) set(p *passage) { p.srcMask = o.tensor }
func (MaskOption) encoder()         {}

// A SrcMaskOption is the option that [SrcMask] returns.
type SrcMaskOption struct{ tensorOption }

// SrcMask is the [AttnMask] of src with itself.
func SrcMask(mask *torch.Tensor) SrcMaskOption { return SrcMaskOption{tensorOption{mask}} }

func (o SrcMaskOption) set(p *passage) { p.srcMask = o.tensor }
func (SrcMaskOption) encoderLayer()    {}
func (SrcMaskOption) transformer()     {}

// A TgtMaskOption is the option that [TgtMask] returns.
type TgtMaskOption struct{ tensorOption }

// TgtMask is the [AttnMask] of tgt with itself.
func TgtMask(mask *torch.Tensor) TgtMaskOption { return TgtMaskOption{tensorOption{mask}} }

func (o TgtMaskOption) set(p *passage) { p.tgtMask = o.tensor }
func (TgtMaskOption) decoder()         {}
func (TgtMaskOption) transformer()     {}

// A MemoryMaskOption is the option that [MemoryMask] returns.
type MemoryMaskOption struct{ tensorOption }

// MemoryMask is the [AttnMask] of tgt with the encoder's output.
func MemoryMask(mask *torch.Tensor) MemoryMaskOption { return MemoryMaskOption{tensorOption{mask}} }

func (o MemoryMaskOption) set(p *passage) { p.memoryMask = o.tensor }
func (MemoryMaskOption) decoder()         {}
func (MemoryMaskOption) transformer()     {}

// A SrcKeyPaddingMaskOption is the option that [SrcKeyPaddingMask] returns.
type SrcKeyPaddingMaskOption struct{ tensorOption }

// SrcKeyPaddingMask is the [KeyPaddingMask] of src.
func SrcKeyPaddingMask(mask *torch.Tensor) SrcKeyPaddingMaskOption {
	return SrcKeyPaddingMaskOption{tensorOption{mask}}
}

func (o SrcKeyPaddingMaskOption) set(p *passage) { p.srcKeyPaddingMask = o.tensor }
func (SrcKeyPaddingMaskOption) encoderLayer()    {}
func (SrcKeyPaddingMaskOption) encoder()         {}
func (SrcKeyPaddingMaskOption) transformer()     {}

// A TgtKeyPaddingMaskOption is the option that [TgtKeyPaddingMask] returns.
type TgtKeyPaddingMaskOption struct{ tensorOption }

// TgtKeyPaddingMask is the [KeyPaddingMask] of tgt.
func TgtKeyPaddingMask(mask *torch.Tensor) TgtKeyPaddingMaskOption {
	return TgtKeyPaddingMaskOption{tensorOption{mask}}
}

func (o TgtKeyPaddingMaskOption) set(p *passage) { p.tgtKeyPaddingMask = o.tensor }
func (TgtKeyPaddingMaskOption) decoder()         {}
func (TgtKeyPaddingMaskOption) transformer()     {}

// A MemoryKeyPaddingMaskOption is the option that [MemoryKeyPaddingMask] returns.
type MemoryKeyPaddingMaskOption struct{ tensorOption }

// MemoryKeyPaddingMask is the [KeyPaddingMask] of the encoder's output.
func MemoryKeyPaddingMask(mask *torch.Tensor) MemoryKeyPaddingMaskOption {
	return MemoryKeyPaddingMaskOption{tensorOption{mask}}
}

func (o MemoryKeyPaddingMaskOption) set(p *passage) { p.memoryKeyPaddingMask = o.tensor }
func (MemoryKeyPaddingMaskOption) decoder()         {}
func (MemoryKeyPaddingMaskOption) transformer()     {}

// SrcIsCausal is the [IsCausal] of [SrcMask]. By default the encoder looks at the mask.
type SrcIsCausal bool

func (o SrcIsCausal) set(p *passage) { p.srcIsCausal = (*bool)(&o) }
func (SrcIsCausal) transformer()     {}

// TgtIsCausal is the [IsCausal] of [TgtMask]. By default a decoder looks at the mask.
type TgtIsCausal bool

func (o TgtIsCausal) set(p *passage) { p.tgtIsCausal = (*bool)(&o) }
func (TgtIsCausal) decoder()         {}
func (TgtIsCausal) transformer()     {}

// MemoryIsCausal is the [IsCausal] of [MemoryMask]. Its default is false.
type MemoryIsCausal bool

func (o MemoryIsCausal) set(p *passage) { p.memoryIsCausal = bool(o) }
func (MemoryIsCausal) decoder()         {}
func (MemoryIsCausal) transformer()     {}

func (o IsCausal) set(p *passage) { p.srcIsCausal = (*bool)(&o) }
func (IsCausal) encoderLayer()    {}
func (IsCausal) encoder()         {}
