package torch

// Short forms of [Tensor.To], as Python has them. Each returns t itself if t is
// that already.

// Float converts t to [Float32], Python's t.float().
func (t *Tensor) Float() *Tensor { return t.To(Float32) }

// Double converts t to [Float64], Python's t.double().
func (t *Tensor) Double() *Tensor { return t.To(Float64) }

// Half converts t to [Float16], Python's t.half().
func (t *Tensor) Half() *Tensor { return t.To(Float16) }

// Bfloat16 converts t to [BFloat16], Python's t.bfloat16().
func (t *Tensor) Bfloat16() *Tensor { return t.To(BFloat16) }

// Byte converts t to [Uint8], Python's t.byte().
func (t *Tensor) Byte() *Tensor { return t.To(Uint8) }

// Char converts t to [Int8], Python's t.char().
func (t *Tensor) Char() *Tensor { return t.To(Int8) }

// Short converts t to [Int16], Python's t.short().
func (t *Tensor) Short() *Tensor { return t.To(Int16) }

// Int converts t to [Int32], Python's t.int().
func (t *Tensor) Int() *Tensor { return t.To(Int32) }

// Long converts t to [Int64], Python's t.long().
func (t *Tensor) Long() *Tensor { return t.To(Int64) }

// Bool converts t to [Bool], Python's t.bool().
func (t *Tensor) Bool() *Tensor { return t.To(Bool) }

// Cfloat converts t to [Complex64], Python's t.cfloat().
func (t *Tensor) Cfloat() *Tensor { return t.To(Complex64) }

// Cdouble converts t to [Complex128], Python's t.cdouble().
func (t *Tensor) Cdouble() *Tensor { return t.To(Complex128) }

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
