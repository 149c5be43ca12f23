package torch

// Short forms of [Tensor.To], as Python has them. Each returns t itself if t is
// that already. Those that convert to a dtype take a memory format, too.

// Float converts t to [Float32], Python's t.float().
func (t *Tensor) Float(memoryFormat ...MemoryFormat) *Tensor {
	return t.converted(Float32, memoryFormat)
}

// Double converts t to [Float64], Python's t.double().
func (t *Tensor) Double(memoryFormat ...MemoryFormat) *Tensor {
	return t.converted(Float64, memoryFormat)
}

// Half converts t to [Float16], Python's t.half().
func (t *Tensor) Half(memoryFormat ...MemoryFormat) *Tensor {
	return t.converted(Float16, memoryFormat)
}

// Bfloat16 converts t to [BFloat16], Python's t.bfloat16().
func (t *Tensor) Bfloat16(memoryFormat ...MemoryFormat) *Tensor {
	return t.converted(BFloat16, memoryFormat)
}

// Byte converts t to [Uint8], Python's t.byte().
func (t *Tensor) Byte(memoryFormat ...MemoryFormat) *Tensor { return t.converted(Uint8, memoryFormat) }

// Char converts t to [Int8], Python's t.char().
func (t *Tensor) Char(memoryFormat ...MemoryFormat) *Tensor { return t.converted(Int8, memoryFormat) }

// Short converts t to [Int16], Python's t.short().
func (t *Tensor) Short(memoryFormat ...MemoryFormat) *Tensor { return t.converted(Int16, memoryFormat) }

// Int converts t to [Int32], Python's t.int().
func (t *Tensor) Int(memoryFormat ...MemoryFormat) *Tensor { return t.converted(Int32, memoryFormat) }

// Long converts t to [Int64], Python's t.long().
func (t *Tensor) Long(memoryFormat ...MemoryFormat) *Tensor { return t.converted(Int64, memoryFormat) }

// Bool converts t to [Bool], Python's t.bool().
func (t *Tensor) Bool(memoryFormat ...MemoryFormat) *Tensor { return t.converted(Bool, memoryFormat) }

// Cfloat converts t to [Complex64], Python's t.cfloat().
func (t *Tensor) Cfloat(memoryFormat ...MemoryFormat) *Tensor {
	return t.converted(Complex64, memoryFormat)
}

// Cdouble converts t to [Complex128], Python's t.cdouble().
func (t *Tensor) Cdouble(memoryFormat ...MemoryFormat) *Tensor {
	return t.converted(Complex128, memoryFormat)
}

func (t *Tensor) converted(dtype DType, format []MemoryFormat) *Tensor {
	if len(format) > 0 {
		return t.To(dtype, format[0])
	}
	return t.To(dtype)
}

// Cpu copies t to the CPU's memory, Python's t.cpu().
func (t *Tensor) Cpu() *Tensor { return t.To(CPU) }

// Cuda copies t to the CUDA device with this index; without one, to the current
// CUDA device. Python's t.cuda().
func (t *Tensor) Cuda(index ...int) *Tensor { return t.To(CUDA(index...)) }

// GetDevice returns the index of the CUDA device that t is on, and -1 for the
// CPU, Python's t.get_device().
func (t *Tensor) GetDevice() int { return t.Device().Index() }

// Numel returns the number of elements of input, Python's torch.numel.
func Numel(input *Tensor) int64 { return input.Numel() }

// Ndimension is [Tensor.Dim], Python's t.ndimension().
func (t *Tensor) Ndimension() int64 { return t.Dim() }

// Nelement is [Tensor.Numel], Python's t.nelement().
func (t *Tensor) Nelement() int64 { return t.Numel() }
