package utils

import (
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// SkipInit makes a module on a device without setting its parameters and
// buffers, where that is slow and not needed: construct makes it on the device
// that it is given, which is torch.Meta. Python's torch.nn.utils.skip_init.
//
//	m := utils.SkipInit(torch.CPU, func(d torch.Device) *nn.Linear { return nn.NewLinear(5, 1, d) })
func SkipInit[M nn.AnyModule](device torch.Device, construct func(device torch.Device) M) M {
	m := construct(torch.Meta)
	m.AsModule().ToEmpty(device)
	return m
}

// ConvertConv2dWeightMemoryFormat gives the weights of all two-dimensional
// convolutions in a module a memory format, in place, and returns the module.
// Python's torch.nn.utils.convert_conv2d_weight_memory_format.
func ConvertConv2dWeightMemoryFormat[M nn.AnyModule](module M, format torch.MemoryFormat) M {
	convertConvolutions(module, 2, format)
	return module
}

// ConvertConv3dWeightMemoryFormat gives the weights of all three-dimensional
// convolutions in a module a memory format, in place, and returns the module.
// Python's torch.nn.utils.convert_conv3d_weight_memory_format.
func ConvertConv3dWeightMemoryFormat[M nn.AnyModule](module M, format torch.MemoryFormat) M {
	convertConvolutions(module, 3, format)
	return module
}

func convertConvolutions(module nn.AnyModule, dims int, format torch.MemoryFormat) {
	if conv, ok := module.(Conv); ok && len(conv.AsConv().KernelSize) == dims {
		weight := conv.AsConv().Weight
		data := weight.Detach().Clone(format)
		weight.SetData(data.Resize_(data.Shape(), format))
	}
	for _, child := range module.Children() {
		convertConvolutions(child, dims, format)
	}
}
