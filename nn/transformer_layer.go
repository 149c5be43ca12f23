package nn

import (
	"slices"

	"github.com/wangkuiyi/gotorch/backends/mha"
	"github.com/wangkuiyi/gotorch/torch"
)

// A nonlinearity is the function between the linear layers of a transformer's
// layer.
type nonlinearity struct {
	function func(*torch.Tensor) *torch.Tensor
	layer    Layer // instead of function
	kind     kernelKind
}

// A kernelKind says which function the fast kernel has to compute.
type kernelKind uint8

const (
	noKernel kernelKind = iota
	reluKernel
	geluKernel
)

var (
	reluFunction = nonlinearity{function: torch.Relu, kind: reluKernel}
	geluFunction = nonlinearity{function: func(x *torch.Tensor) *torch.Tensor { return torch.Gelu(x) }, kind: geluKernel}
)

// transformerArguments are those of a transformer's layer.
type transformerArguments struct {
	dModel, nhead, dimFeedforward int64
	dropout, eps                  float64
	nonlinearity                  nonlinearity
	batchFirst, normFirst         bool
	bias                          Bias
	f                             factory
}

func newTransformerArguments(dModel, nhead int64) transformerArguments {
	return transformerArguments{dModel: dModel, nhead: nhead, dimFeedforward: 2048, dropout: 0.1, eps: 1e-5, nonlinearity: reluFunction, bias: true}
}

func (a *transformerArguments) read(o any) {
	switch o := o.(type) {
	case DimFeedforward:
		a.dimFeedforward = int64(o)
	case WithDropout:
		a.dropout = float64(o)
	case ActivationOption:
		a.nonlinearity = o.nonlinearity
	case LayerNormEps:
		a.eps = float64(o)
	case BatchFirst:
		a.batchFirst = bool(o)
	case NormFirst:
		a.normFirst = bool(o)
	case Bias:
		a.bias = o
	case torch.DType:
		a.f.dtype = o
	case torch.Device:
		a.f.device = o
	}
}

func (a *transformerArguments) attention() *MultiheadAttention {
	return NewMultiheadAttention(a.dModel, a.nhead, WithDropout(a.dropout), a.bias, BatchFirst(a.batchFirst), a.f.dtype, a.f.device)
}

func (a *transformerArguments) linear(in, out int64) *Linear {
	return NewLinear(in, out, a.bias, a.f.dtype, a.f.device)
}

func (a *transformerArguments) norm() *LayerNorm {
	return NewLayerNorm(a.dModel, Eps(a.eps), a.bias, a.f.dtype, a.f.device)
}

// TransformerEncoderLayer is self-attention and two linear layers, with norms and
// dropout, Python's nn.TransformerEncoderLayer.
//
// Where no gradients are wanted, in evaluation mode with [BatchFirst], it runs in
// one kernel; see package backends/mha.
//
// Input of shape (S, N, E), (N, S, E) with [BatchFirst], or (S, E) gives output
// of that shape. Another E panics with an AssertionError.
type TransformerEncoderLayer struct {
	Module
	SelfAttn           *MultiheadAttention
	Linear1            *Linear
	Dropout            *Dropout
	Linear2            *Linear
	NormFirst          bool
	Norm1, Norm2       *LayerNorm
	Dropout1, Dropout2 *Dropout
	Activation         Layer // nil if it is a function
	nonlinearity       nonlinearity
}

// NewTransformerEncoderLayer returns a new [TransformerEncoderLayer] for dModel
// features, in nhead heads. The defaults are [DimFeedforward] 2048,
// [WithDropout] 0.1, [LayerNormEps] 1e-5, [BatchFirst] false, [NormFirst] false
// and [Bias] true.
func NewTransformerEncoderLayer(dModel, nhead int64, opts ...TransformerLayerOption) *TransformerEncoderLayer {
	a := newTransformerArguments(dModel, nhead)
	for _, o := range opts {
		a.read(o)
	}
	return a.encoderLayer()
}

func (a *transformerArguments) encoderLayer() *TransformerEncoderLayer {
	l := &TransformerEncoderLayer{NormFirst: a.normFirst, Activation: a.nonlinearity.layer, nonlinearity: a.nonlinearity}
	l.Init(l)
	l.SelfAttn = a.attention()
	l.Linear1 = a.linear(a.dModel, a.dimFeedforward)
	l.Dropout = NewDropout(P(a.dropout))
	l.Linear2 = a.linear(a.dimFeedforward, a.dModel)
	l.Norm1, l.Norm2 = a.norm(), a.norm()
	l.Dropout1, l.Dropout2 = NewDropout(P(a.dropout)), NewDropout(P(a.dropout))
	return l
}

// Forward returns src, of shape (S, N, E), (N, S, E) with [BatchFirst], or (S, E),
// after attention and the linear layers.
func (l *TransformerEncoderLayer) Forward(src *torch.Tensor, opts ...TransformerEncoderLayerForwardOption) *torch.Tensor {
	if l.hooked() {
		return runWithOptions(&l.Module, func(in []*torch.Tensor, opts []TransformerEncoderLayerForwardOption) []*torch.Tensor {
			return []*torch.Tensor{l.forward(in[0], newPassage(opts))}
		}, opts, src)[0]
	}
	return l.forward(src, newPassage(opts))
}

func (l *TransformerEncoderLayer) forward(src *torch.Tensor, p passage) *torch.Tensor {
	padding := canonicalMask(p.srcKeyPaddingMask, "src_key_padding_mask", p.srcMask, "src_mask", src)
	mask := canonicalMask(p.srcMask, "src_mask", nil, "", src)
	if l.isFast(src, padding, mask) {
		merged, kind := l.SelfAttn.MergeMasks(mask, padding, src)
		return operators().TransformerEncoderLayerFwd(src, l.weights(), merged, kind)
	}
	attend := func(x *torch.Tensor) *torch.Tensor {
		return l.Dropout1.Forward(attendTo(l.SelfAttn, x, x, mask, padding, isTrue(p.srcIsCausal)))
	}
	if l.NormFirst {
		x := src.Add(attend(l.Norm1.Forward(src)))
		return x.Add(l.feedForward(l.Norm2.Forward(x)))
	}
	x := l.Norm1.Forward(src.Add(attend(src)))
	return l.Norm2.Forward(x.Add(l.feedForward(x)))
}

// isFast reports whether the layer can run in one kernel.
func (l *TransformerEncoderLayer) isFast(src, padding, mask *torch.Tensor) bool {
	a := l.SelfAttn
	return mha.GetFastpathEnabled() && src.Dim() == 3 && !l.Training() && a.BatchFirst && a.InProjBias != nil && a.sameSizes() &&
		l.nonlinearity.kind != noKernel && l.Norm1.Eps == l.Norm2.Eps && !(src.IsNested() && (padding != nil || mask != nil)) &&
		a.NumHeads%2 == 0 && !slices.ContainsFunc(l.Modules(), hasForwardHooks) && !torch.IsAutocastEnabled("cuda") &&
		l.whyNotTensors(src) == ""
}

func hasForwardHooks(m AnyModule) bool {
	h := m.AsModule().hooks
	return h != nil && len(h.forward)+len(h.forwardPre) > 0
}

func (l *TransformerEncoderLayer) whyNotTensors(src *torch.Tensor) string {
	w := l.weights()
	return whyNotTensors("cpu, cuda, xpu or privateuseone", src, w.QkvWeight, w.QkvBias, w.ProjWeight, w.ProjBias, w.NormWeight1,
		w.NormBias1, w.NormWeight2, w.NormBias2, w.FfnWeight1, w.FfnBias1, w.FfnWeight2, w.FfnBias2)
}

// weights are those that the kernel takes.
func (l *TransformerEncoderLayer) weights() torch.EncoderLayer {
	w := l.SelfAttn.weights()
	w.UseGelu, w.NormFirst, w.Eps = l.nonlinearity.kind == geluKernel, l.NormFirst, l.Norm1.Eps
	w.NormWeight1, w.NormBias1, w.NormWeight2, w.NormBias2 = l.Norm1.Weight, l.Norm1.Bias, l.Norm2.Weight, l.Norm2.Bias
	w.FfnWeight1, w.FfnBias1, w.FfnWeight2, w.FfnBias2 = l.Linear1.Weight, l.Linear1.Bias, l.Linear2.Weight, l.Linear2.Bias
	return w
}

func (l *TransformerEncoderLayer) feedForward(x *torch.Tensor) *torch.Tensor {
	return l.Dropout2.Forward(feedForward(x, l.Linear1, l.Activation, l.nonlinearity, l.Dropout, l.Linear2))
}

func isTrue(b *bool) bool { return b != nil && *b }

// attendTo is attention without weights.
func attendTo(a *MultiheadAttention, x, memory, mask, padding *torch.Tensor, isCausal bool) *torch.Tensor {
	output, _ := a.Forward(x, memory, memory, AttnMask(mask), KeyPaddingMask(padding), NeedWeights(false), IsCausal(isCausal))
	return output
}

// feedForward is the two linear layers. The activation may be nil, for the
// function in n.
func feedForward(x *torch.Tensor, linear1 *Linear, activation Layer, n nonlinearity, dropout *Dropout, linear2 *Linear) *torch.Tensor {
	x = linear1.Forward(x)
	if activation != nil {
		x = Call(activation, x)
	} else {
		x = n.function(x)
	}
	return linear2.Forward(dropout.Forward(x))
}

// TransformerDecoderLayer is self-attention, attention to the encoder's output and
// two linear layers, with norms and dropout, Python's nn.TransformerDecoderLayer.
//
// Tgt of shape (T, N, E) and memory of shape (S, N, E), with N first if
// [BatchFirst], give output of the shape of tgt. Another E panics with an
// AssertionError.
//
// As in PyTorch 2.15, a deep copy does not call an activation that is a layer, but
// relu, and [NewTransformerDecoder] and [NewTransformer] make such copies; setting
// Activation again has it called. A function ([ActivationFunc]) is copied as it is.
type TransformerDecoderLayer struct {
	Module
	SelfAttn, MultiheadAttn      *MultiheadAttention
	Linear1                      *Linear
	Dropout                      *Dropout
	Linear2                      *Linear
	NormFirst                    bool
	Norm1, Norm2, Norm3          *LayerNorm
	Dropout1, Dropout2, Dropout3 *Dropout
	Activation                   Layer // nil if it is a function
	nonlinearity                 nonlinearity
	shadowed                     Layer `torch:"-"` // the Activation that a deep copy does not call
}

// NewTransformerDecoderLayer returns a new [TransformerDecoderLayer] for dModel
// features, in nhead heads. The defaults are [DimFeedforward] 2048,
// [WithDropout] 0.1, [LayerNormEps] 1e-5, [BatchFirst] false, [NormFirst] false
// and [Bias] true.
func NewTransformerDecoderLayer(dModel, nhead int64, opts ...TransformerLayerOption) *TransformerDecoderLayer {
	a := newTransformerArguments(dModel, nhead)
	for _, o := range opts {
		a.read(o)
	}
	return a.decoderLayer()
}

func (a *transformerArguments) decoderLayer() *TransformerDecoderLayer {
	l := &TransformerDecoderLayer{NormFirst: a.normFirst, Activation: a.nonlinearity.layer, nonlinearity: a.nonlinearity}
	l.Init(l)
	l.SelfAttn, l.MultiheadAttn = a.attention(), a.attention()
	l.Linear1 = a.linear(a.dModel, a.dimFeedforward)
	l.Dropout = NewDropout(P(a.dropout))
	l.Linear2 = a.linear(a.dimFeedforward, a.dModel)
	l.Norm1, l.Norm2, l.Norm3 = a.norm(), a.norm(), a.norm()
	l.Dropout1, l.Dropout2, l.Dropout3 = NewDropout(P(a.dropout)), NewDropout(P(a.dropout)), NewDropout(P(a.dropout))
	return l
}

// Forward returns tgt, of shape (T, N, E), (N, T, E) with [BatchFirst], or (T, E),
// after attention to itself and to memory, the encoder's output, and the linear
// layers.
func (l *TransformerDecoderLayer) Forward(tgt, memory *torch.Tensor, opts ...TransformerDecoderForwardOption) *torch.Tensor {
	if l.hooked() {
		return runWithOptions(&l.Module, func(in []*torch.Tensor, opts []TransformerDecoderForwardOption) []*torch.Tensor {
			return []*torch.Tensor{l.forward(in[0], in[1], newPassage(opts))}
		}, opts, tgt, memory)[0]
	}
	return l.forward(tgt, memory, newPassage(opts))
}

func (l *TransformerDecoderLayer) forward(tgt, memory *torch.Tensor, p passage) *torch.Tensor {
	attend := func(x *torch.Tensor) *torch.Tensor {
		return l.Dropout1.Forward(attendTo(l.SelfAttn, x, x, p.tgtMask, p.tgtKeyPaddingMask, isTrue(p.tgtIsCausal)))
	}
	attendMemory := func(x *torch.Tensor) *torch.Tensor {
		return l.Dropout2.Forward(attendTo(l.MultiheadAttn, x, memory, p.memoryMask, p.memoryKeyPaddingMask, p.memoryIsCausal))
	}
	if l.NormFirst {
		x := tgt.Add(attend(l.Norm1.Forward(tgt)))
		x = x.Add(attendMemory(l.Norm2.Forward(x)))
		return x.Add(l.feedForward(l.Norm3.Forward(x)))
	}
	x := l.Norm1.Forward(tgt.Add(attend(tgt)))
	x = l.Norm2.Forward(x.Add(attendMemory(x)))
	return l.Norm3.Forward(x.Add(l.feedForward(x)))
}

func (l *TransformerDecoderLayer) feedForward(x *torch.Tensor) *torch.Tensor {
	activation := l.Activation
	if activation == l.shadowed {
		activation = nil
	}
	return l.Dropout3.Forward(feedForward(x, l.Linear1, activation, l.nonlinearity, l.Dropout, l.Linear2))
}

// copied does what Python's __setstate__ does, which looks for the activation where
// layers are not: it sets an attribute, relu, that hides the layer.
func (l *TransformerDecoderLayer) copied() {
	if l.Activation != nil {
		l.shadowed, l.nonlinearity = l.Activation, reluFunction
	}
}
