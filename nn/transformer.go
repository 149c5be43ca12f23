package nn

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/backends/mha"
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// TransformerEncoder is a stack of layers, Python's nn.TransformerEncoder.
//
// Input of shape (S, N, E), (N, S, E) with [BatchFirst], or (S, E) gives output
// of that shape. Another E panics with an AssertionError.
type TransformerEncoder struct {
	Module
	Layers             *ModuleList[*TransformerEncoderLayer]
	NumLayers          int64
	Norm               Layer // after the last layer, or nil
	EnableNestedTensor bool
	MaskCheck          bool
	useNestedTensor    bool
}

// NewTransformerEncoder returns a new [TransformerEncoder] of numLayers copies
// of a layer, which all start with its parameters. The defaults are
// [EnableNestedTensor] true and [MaskCheck] true.
func NewTransformerEncoder(encoderLayer *TransformerEncoderLayer, numLayers int64, opts ...TransformerEncoderOption) *TransformerEncoder {
	refuseNil(encoderLayer)
	l := &TransformerEncoder{NumLayers: numLayers, EnableNestedTensor: true, MaskCheck: true}
	for _, o := range opts {
		switch o := o.(type) {
		case StackNormOption:
			l.Norm = o.layer
		case EnableNestedTensor:
			l.EnableNestedTensor = bool(o)
		case MaskCheck:
			l.MaskCheck = bool(o)
		}
	}
	l.Init(l)
	l.Layers = copies(encoderLayer, numLayers)
	l.useNestedTensor = l.EnableNestedTensor
	if why := encoderLayer.whyNotNested(); why != "" && l.EnableNestedTensor {
		torch.Warn("enable_nested_tensor is True, but self.use_nested_tensor is False because %s", why)
		l.useNestedTensor = false
	}
	return l
}

// copies returns n copies of a module, Python's _get_clones.
func copies[M AnyModule](module M, n int64) *ModuleList[M] {
	list := NewModuleList[M]()
	for range n {
		list.Append(DeepCopy(module))
	}
	return list
}

// whyNotNested returns the reason why copies of l do not take nested tensors, or
// "".
func (l *TransformerEncoderLayer) whyNotNested() string {
	switch {
	case l.NormFirst:
		return "encoder_layer.norm_first was True"
	case !l.SelfAttn.BatchFirst:
		return "encoder_layer.self_attn.batch_first was not True(use batch_first for better inference performance)"
	case !l.SelfAttn.sameSizes():
		return "encoder_layer.self_attn._qkv_same_embed_dim was not True"
	case l.SelfAttn.InProjBias == nil:
		return "encoder_layer.self_attn was passed bias=False"
	case l.nonlinearity.kind == noKernel:
		return "encoder_layer.activation_relu_or_gelu was not True"
	case l.Norm1.Eps != l.Norm2.Eps:
		return "encoder_layer.norm1.eps was not equal to encoder_layer.norm2.eps"
	case l.SelfAttn.NumHeads%2 == 1:
		return "encoder_layer.self_attn.num_heads is odd"
	}
	return ""
}

// Forward passes src, of shape (S, N, E), (N, S, E) with [BatchFirst], or (S, E),
// through the layers.
func (l *TransformerEncoder) Forward(src *torch.Tensor, opts ...TransformerEncoderForwardOption) *torch.Tensor {
	if l.hooked() {
		return runWithOptions(&l.Module, func(in []*torch.Tensor, opts []TransformerEncoderForwardOption) []*torch.Tensor {
			return []*torch.Tensor{l.forward(in[0], newPassage(opts))}
		}, opts, src)[0]
	}
	return l.forward(src, newPassage(opts))
}

func (l *TransformerEncoder) forward(src *torch.Tensor, p passage) *torch.Tensor {
	padding := canonicalMask(p.srcKeyPaddingMask, "src_key_padding_mask", p.srcMask, "mask", src)
	mask := canonicalMask(p.srcMask, "mask", nil, "", src)
	first := l.Layers.At(0)
	output, nested := src, l.takesNested(first, src, mask, padding)
	if nested {
		output = operators().NestedTensorFromMask(src, padding.LogicalNot())
		padding = nil
	}
	causal := isCausalMask(mask, p.srcIsCausal, src, first.SelfAttn.BatchFirst)
	for _, layer := range l.Layers.All() {
		output = layer.Forward(output, SrcMask(mask), IsCausal(causal), SrcKeyPaddingMask(padding))
	}
	if nested {
		output = output.ToPaddedTensor(0, torch.OutputSize(src.Shape()...))
	}
	if l.Norm != nil {
		output = Call(l.Norm, output)
	}
	return output
}

// takesNested reports whether src should become a nested tensor for the layers.
func (l *TransformerEncoder) takesNested(first *TransformerEncoderLayer, src, mask, padding *torch.Tensor) bool {
	if !mha.GetFastpathEnabled() || !l.useNestedTensor || first.Training() || src.Dim() != 3 || padding == nil {
		return false
	}
	if l.MaskCheck && !operators().NestedTensorFromMaskLeftAligned(src, padding.LogicalNot()) {
		return false
	}
	return !src.IsNested() && mask == nil && !torch.IsAutocastEnabled("cuda") && first.whyNotTensors(src) == ""
}

// isCausalMask returns hint or, if that is nil, whether mask is the causal one.
func isCausalMask(mask *torch.Tensor, hint *bool, x *torch.Tensor, batchFirst bool) bool {
	if hint != nil || mask == nil {
		return isTrue(hint)
	}
	size := mask.Size(-2)
	if !x.IsNested() {
		size = lengthOf(x, batchFirst)
	}
	causal := GenerateSquareSubsequentMask(size, mask.DType(), mask.Device())
	return slices.Equal(mask.Shape(), causal.Shape()) && torch.ItemOf[bool](mask.Eq(causal).All())
}

// lengthOf is the length of a sequence.
func lengthOf(x *torch.Tensor, batchFirst bool) int64 {
	if x.Dim() != 2 && batchFirst {
		return x.Size(1)
	}
	return x.Size(0)
}

// TransformerDecoder is a stack of layers, Python's nn.TransformerDecoder.
//
// Tgt of shape (T, N, E) and memory of shape (S, N, E), with N first if
// [BatchFirst], give output of the shape of tgt. Another E panics with an
// AssertionError.
type TransformerDecoder struct {
	Module
	Layers    *ModuleList[*TransformerDecoderLayer]
	NumLayers int64
	Norm      Layer // after the last layer, or nil
}

// NewTransformerDecoder returns a new [TransformerDecoder] of numLayers copies of a
// layer, which all start with its parameters.
func NewTransformerDecoder(decoderLayer *TransformerDecoderLayer, numLayers int64, opts ...TransformerDecoderOption) *TransformerDecoder {
	refuseNil(decoderLayer)
	l := &TransformerDecoder{NumLayers: numLayers}
	for _, o := range opts {
		l.Norm = o.(StackNormOption).layer
	}
	l.Init(l)
	l.Layers = copies(decoderLayer, numLayers)
	return l
}

// Forward passes tgt, of shape (T, N, E), (N, T, E) with [BatchFirst], or (T, E),
// and memory, the encoder's output, through the layers.
func (l *TransformerDecoder) Forward(tgt, memory *torch.Tensor, opts ...TransformerDecoderForwardOption) *torch.Tensor {
	if l.hooked() {
		return runWithOptions(&l.Module, func(in []*torch.Tensor, opts []TransformerDecoderForwardOption) []*torch.Tensor {
			return []*torch.Tensor{l.forward(in[0], in[1], newPassage(opts))}
		}, opts, tgt, memory)[0]
	}
	return l.forward(tgt, memory, newPassage(opts))
}

func (l *TransformerDecoder) forward(tgt, memory *torch.Tensor, p passage) *torch.Tensor {
	causal := isCausalMask(p.tgtMask, p.tgtIsCausal, tgt, l.Layers.At(0).SelfAttn.BatchFirst)
	for _, layer := range l.Layers.All() {
		tgt = layer.Forward(tgt, memory, TgtMask(p.tgtMask), MemoryMask(p.memoryMask), TgtKeyPaddingMask(p.tgtKeyPaddingMask),
			MemoryKeyPaddingMask(p.memoryKeyPaddingMask), TgtIsCausal(causal), MemoryIsCausal(p.memoryIsCausal))
	}
	if l.Norm != nil {
		tgt = Call(l.Norm, tgt)
	}
	return tgt
}

// An EncoderModule can be a [Transformer]'s encoder.
type EncoderModule interface {
	AnyModule
	Forward(src *torch.Tensor, opts ...TransformerEncoderForwardOption) *torch.Tensor
}

// A DecoderModule can be a [Transformer]'s decoder.
type DecoderModule interface {
	AnyModule
	Forward(tgt, memory *torch.Tensor, opts ...TransformerDecoderForwardOption) *torch.Tensor
}

// Transformer is the model of "Attention Is All You Need", an encoder and a
// decoder: Python's nn.Transformer. Its matrices start with [ninit.XavierUniform_].
//
// Src of shape (S, N, E) and tgt of shape (T, N, E), with N first if
// [BatchFirst], give output of the shape of tgt. Other sizes panic with a
// RuntimeError.
type Transformer struct {
	Module
	Encoder       EncoderModule
	Decoder       DecoderModule
	DModel, Nhead int64
	BatchFirst    bool
}

// NewTransformer returns a new [Transformer]. The defaults are [DModel] 512,
// [Nhead] 8, [NumEncoderLayers] 6, [NumDecoderLayers] 6 and [WithDropout] 0.1.
func NewTransformer(opts ...TransformerOption) *Transformer {
	l, a := &Transformer{}, newTransformerArguments(512, 8)
	encoderLayers, decoderLayers := NumEncoderLayers(6), NumDecoderLayers(6)
	for _, o := range opts {
		switch o := o.(type) {
		case DModel:
			a.dModel = int64(o)
		case Nhead:
			a.nhead = int64(o)
		case NumEncoderLayers:
			encoderLayers = o
		case NumDecoderLayers:
			decoderLayers = o
		case CustomEncoderOption:
			l.Encoder = o.module
		case CustomDecoderOption:
			l.Decoder = o.module
		default:
			a.read(o)
		}
	}
	l.DModel, l.Nhead, l.BatchFirst = a.dModel, a.nhead, a.batchFirst
	l.Init(l)
	if l.Encoder == nil {
		layer := a.encoderLayer()
		l.Encoder = NewTransformerEncoder(layer, int64(encoderLayers), WithNorm(a.norm()))
	}
	if l.Decoder == nil {
		layer := a.decoderLayer()
		l.Decoder = NewTransformerDecoder(layer, int64(decoderLayers), WithNorm(a.norm()))
	}
	l.ResetParameters()
	return l
}

// ResetParameters draws all matrices anew.
func (l *Transformer) ResetParameters() {
	for _, p := range l.Parameters() {
		if p.Dim() > 1 {
			ninit.XavierUniform_(p)
		}
	}
}

// Forward passes src, of shape (S, N, E), through the encoder, and tgt, of shape
// (T, N, E), with what that returns through the decoder: (N, S, E) and (N, T, E)
// with [BatchFirst], or without N. The result has the shape of tgt.
func (l *Transformer) Forward(src, tgt *torch.Tensor, opts ...TransformerForwardOption) *torch.Tensor {
	if l.hooked() {
		return runWithOptions(&l.Module, func(in []*torch.Tensor, opts []TransformerForwardOption) []*torch.Tensor {
			return []*torch.Tensor{l.forward(in[0], in[1], newPassage(opts))}
		}, opts, src, tgt)[0]
	}
	return l.forward(src, tgt, newPassage(opts))
}

func (l *Transformer) forward(src, tgt *torch.Tensor, p passage) *torch.Tensor {
	batch := int64(1)
	if l.BatchFirst {
		batch = 0
	}
	if src.Size(batch) != tgt.Size(batch) && src.Dim() == 3 {
		raise("RuntimeError", "the batch number of src and tgt must be equal")
	}
	if src.Size(-1) != l.DModel || tgt.Size(-1) != l.DModel {
		raise("RuntimeError", "the feature number of src and tgt must be equal to d_model")
	}
	encoding := []TransformerEncoderForwardOption{Mask(p.srcMask), SrcKeyPaddingMask(p.srcKeyPaddingMask)}
	if p.srcIsCausal != nil {
		encoding = append(encoding, IsCausal(*p.srcIsCausal))
	}
	decoding := []TransformerDecoderForwardOption{TgtMask(p.tgtMask), MemoryMask(p.memoryMask), TgtKeyPaddingMask(p.tgtKeyPaddingMask),
		MemoryKeyPaddingMask(p.memoryKeyPaddingMask), MemoryIsCausal(p.memoryIsCausal)}
	if p.tgtIsCausal != nil {
		decoding = append(decoding, TgtIsCausal(*p.tgtIsCausal))
	}
	return l.Decoder.Forward(tgt, l.Encoder.Forward(src, encoding...), decoding...)
}

// A SubsequentMaskOption is an option of [GenerateSquareSubsequentMask]: a
// [torch.DType], a [torch.Device].
type SubsequentMaskOption interface{ SubsequentMaskOption(option.Marker) }

// GenerateSquareSubsequentMask returns the causal mask for a sequence, of shape
// (size, size): -Inf above the diagonal, so that nothing attends to what comes
// later, and 0 elsewhere. Python's nn.Transformer.generate_square_subsequent_mask.
func GenerateSquareSubsequentMask(size int64, opts ...SubsequentMaskOption) *torch.Tensor {
	var f factory
	for _, o := range opts {
		switch o := o.(type) {
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
	return torch.Triu(torch.Full([]int64{size, size}, math.Inf(-1), f.dtype, f.device), torch.WithDiagonal(1))
}
