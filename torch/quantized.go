package torch

import "fmt"

// A QScheme is how the integers of a quantized tensor stand for numbers,
// Python's torch.qscheme: with one scale and zero point for the tensor, or with
// one for each slice along a dimension.
type QScheme uint8

// The schemes, in libtorch's order.
const (
	PerTensorAffine              QScheme = iota // torch.per_tensor_affine
	PerChannelAffine                            // torch.per_channel_affine
	PerTensorSymmetric                          // torch.per_tensor_symmetric
	PerChannelSymmetric                         // torch.per_channel_symmetric
	PerChannelAffineFloatQparams                // torch.per_channel_affine_float_qparams
)

var quantizationSchemes = [...]string{
	"torch.per_tensor_affine", "torch.per_channel_affine", "torch.per_tensor_symmetric", "torch.per_channel_symmetric",
	"torch.per_channel_affine_float_qparams",
}

// String returns the scheme's name in Python: "torch.per_tensor_affine".
func (s QScheme) String() string {
	if int(s) >= len(quantizationSchemes) {
		return fmt.Sprintf("torch.QScheme(%d)", uint8(s))
	}
	return quantizationSchemes[s]
}

// Qscheme returns the scheme of a quantized tensor, Python's t.qscheme(). Other
// tensors panic.
func (t *Tensor) Qscheme() QScheme { return QScheme(opQscheme(t)) }
