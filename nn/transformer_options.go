package nn

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// DModel is the number of a [Transformer]'s features. Its default is 512.
type DModel int64

// Nhead is the number of a [Transformer]'s heads. Its default is 8.
type Nhead int64

// NumEncoderLayers is how many layers a [Transformer]'s encoder has. Its default
// is 6.
type NumEncoderLayers int64

// NumDecoderLayers is how many layers a [Transformer]'s decoder has. Its default
// is 6.
type NumDecoderLayers int64

// DimFeedforward is the size between the two linear layers of a transformer's
// layer. Its default is 2048.
type DimFeedforward int64

// LayerNormEps is the [Eps] of a transformer's norms. Its default is 1e-5.
type LayerNormEps float64

// NormFirst has a transformer's layer normalize before attention and before its
// linear layers, rather than after. Its default is false.
type NormFirst bool

// An ActivationOption is the option that [Activation], [ActivationFunc] and
// [ActivationLayer] return.
type ActivationOption struct{ nonlinearity nonlinearity }

// Activation is the function between the linear layers of a transformer's layer:
// "relu", the default, or "gelu".
func Activation(name string) ActivationOption {
	switch name {
	case "relu":
		return ActivationOption{reluFunction}
	case "gelu":
		return ActivationOption{geluFunction}
	}
	raise("RuntimeError", "activation should be relu/gelu, not %s", name)
	panic("unreachable")
}

// ActivationFunc is [Activation] with any function, as
// ActivationFunc((*torch.Tensor).Tanh).
func ActivationFunc(fn func(*torch.Tensor) *torch.Tensor) ActivationOption {
	if fn == nil {
		raise("TypeError", "'NoneType' object is not callable")
	}
	return ActivationOption{nonlinearity{function: fn}}
}

// ActivationLayer is [Activation] with a layer, which becomes a module of the
// transformer's layer.
func ActivationLayer(layer Layer) ActivationOption {
	refuseNil(layer)
	n := nonlinearity{layer: layer}
	switch layer.(type) {
	case *ReLU:
		n.kind = reluFunction.kind
	case *GELU:
		n.kind = geluFunction.kind
	}
	return ActivationOption{n}
}

// A CustomEncoderOption is the option that [CustomEncoder] returns.
type CustomEncoderOption struct{ module EncoderModule }

// CustomEncoder is a [Transformer]'s encoder if it is no [TransformerEncoder] of
// its own.
func CustomEncoder(encoder EncoderModule) CustomEncoderOption { return CustomEncoderOption{encoder} }

// A CustomDecoderOption is the option that [CustomDecoder] returns.
type CustomDecoderOption struct{ module DecoderModule }

// CustomDecoder is a [Transformer]'s decoder if it is no [TransformerDecoder] of
// its own.
func CustomDecoder(decoder DecoderModule) CustomDecoderOption { return CustomDecoderOption{decoder} }

// EnableNestedTensor has a [TransformerEncoder] skip padding, in evaluation mode
// and without gradients, by making its input a nested tensor. Its default is true.
type EnableNestedTensor bool

// MaskCheck has a [TransformerEncoder] see whether all padding is at the end before
// it makes its input a nested tensor. Its default is true.
type MaskCheck bool

// A StackNormOption is the option that [WithNorm] returns.
type StackNormOption struct{ layer Layer }

// WithNorm is what comes after the last layer of a [TransformerEncoder] or a
// [TransformerDecoder]. By default nothing does.
func WithNorm(layer Layer) StackNormOption { return StackNormOption{layer} }

// A TransformerLayerOption is an option of [NewTransformerEncoderLayer] and
// [NewTransformerDecoderLayer]: [DimFeedforward], [WithDropout], [Activation] and
// its like, [LayerNormEps], [BatchFirst], [NormFirst], [Bias], a [torch.DType], a
// [torch.Device].
type TransformerLayerOption interface{ TransformerLayerOption(option.Marker) }

// A TransformerOption is an option of [NewTransformer]: [DModel], [Nhead],
// [NumEncoderLayers], [NumDecoderLayers], [CustomEncoder], [CustomDecoder], and
// every TransformerLayerOption. The default of [WithDropout] is 0.1.
type TransformerOption interface{ TransformerOption(option.Marker) }

// A TransformerEncoderOption is an option of [NewTransformerEncoder]: [WithNorm],
// [EnableNestedTensor], [MaskCheck].
type TransformerEncoderOption interface{ transformerEncoder() }

// A TransformerDecoderOption is an option of [NewTransformerDecoder]: [WithNorm].
type TransformerDecoderOption interface{ transformerDecoder() }

func (StackNormOption) transformerEncoder()    {}
func (StackNormOption) transformerDecoder()    {}
func (EnableNestedTensor) transformerEncoder() {}
func (MaskCheck) transformerEncoder()          {}

// TransformerLayerOption makes DimFeedforward an option of a transformer's layers.
func (DimFeedforward) TransformerLayerOption(option.Marker) {}

// TransformerLayerOption makes WithDropout an option of a transformer's layers.
func (WithDropout) TransformerLayerOption(option.Marker) {}

// TransformerLayerOption makes ActivationOption an option of a transformer's layers.
func (ActivationOption) TransformerLayerOption(option.Marker) {}

// TransformerLayerOption makes LayerNormEps an option of a transformer's layers.
func (LayerNormEps) TransformerLayerOption(option.Marker) {}

// TransformerLayerOption makes BatchFirst an option of a transformer's layers.
func (BatchFirst) TransformerLayerOption(option.Marker) {}

// TransformerLayerOption makes NormFirst an option of a transformer's layers.
func (NormFirst) TransformerLayerOption(option.Marker) {}

// TransformerLayerOption makes Bias an option of a transformer's layers.
func (Bias) TransformerLayerOption(option.Marker) {}

// TransformerOption makes DimFeedforward an option of [NewTransformer].
func (DimFeedforward) TransformerOption(option.Marker) {}

// TransformerOption makes WithDropout an option of [NewTransformer].
func (WithDropout) TransformerOption(option.Marker) {}

// TransformerOption makes ActivationOption an option of [NewTransformer].
func (ActivationOption) TransformerOption(option.Marker) {}

// TransformerOption makes LayerNormEps an option of [NewTransformer].
func (LayerNormEps) TransformerOption(option.Marker) {}

// TransformerOption makes BatchFirst an option of [NewTransformer].
func (BatchFirst) TransformerOption(option.Marker) {}

// TransformerOption makes NormFirst an option of [NewTransformer].
func (NormFirst) TransformerOption(option.Marker) {}

// TransformerOption makes Bias an option of [NewTransformer].
func (Bias) TransformerOption(option.Marker) {}

// TransformerOption makes DModel an option of [NewTransformer].
func (DModel) TransformerOption(option.Marker) {}

// TransformerOption makes Nhead an option of [NewTransformer].
func (Nhead) TransformerOption(option.Marker) {}

// TransformerOption makes NumEncoderLayers an option of [NewTransformer].
func (NumEncoderLayers) TransformerOption(option.Marker) {}

// TransformerOption makes NumDecoderLayers an option of [NewTransformer].
func (NumDecoderLayers) TransformerOption(option.Marker) {}

// TransformerOption makes CustomEncoderOption an option of [NewTransformer].
func (CustomEncoderOption) TransformerOption(option.Marker) {}

// TransformerOption makes CustomDecoderOption an option of [NewTransformer].
func (CustomDecoderOption) TransformerOption(option.Marker) {}
