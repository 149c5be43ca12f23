package nn

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// NewParameter makes a parameter that shares the data of a tensor, Python's
// torch.nn.Parameter. It requires gradients unless NewParameter(data, false)
// says that it does not, and survives [torch.Scope]. Only tensors of
// floating-point or complex dtype can require gradients.
func NewParameter(data *torch.Tensor, requiresGrad ...bool) *torch.Tensor {
	on := len(requiresGrad) == 0 || requiresGrad[0]
	if on && data != nil {
		checkDifferentiable(data.DType())
	}
	p := data.Detach()
	p.RequiresGrad_(on)
	return torch.MarkParameter(p)
}

func checkDifferentiable(dtype torch.DType) {
	if !dtype.IsFloatingPoint() && !dtype.IsComplex() {
		raise("RuntimeError", "Only Tensors of floating point and complex dtype can require gradients")
	}
}

// A factory is what the options device= and dtype= say of a module's tensors.
type factory struct {
	dtype  torch.DType
	device torch.Device
}

// parameter makes a parameter whose elements are not set yet.
func (f factory) parameter(size ...int64) *torch.Tensor {
	if f.dtype != 0 {
		checkDifferentiable(f.dtype)
	}
	return torch.MarkParameter(torch.Empty(size, f.dtype, f.device, torch.RequiresGrad(true)))
}

// typename is Python's torch.typename of a tensor: torch.FloatTensor.
func typename(t *torch.Tensor) string {
	names := map[torch.DType]string{
		torch.Float32: "Float", torch.Float64: "Double", torch.Float16: "Half", torch.BFloat16: "BFloat16",
		torch.Uint8: "Byte", torch.Int8: "Char", torch.Int16: "Short", torch.Int32: "Int", torch.Int64: "Long",
		torch.Bool: "Bool", torch.Complex64: "ComplexFloat", torch.Complex128: "ComplexDouble",
	}
	prefix := "torch."
	if t.IsCuda() {
		prefix += "cuda."
	}
	if name, ok := names[t.DType()]; ok {
		return prefix + name + "Tensor"
	}
	return "torch.Tensor"
}
