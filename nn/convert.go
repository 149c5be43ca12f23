package nn

import (
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// To converts the parameters and buffers of the module and of all modules
// below to another dtype, device or memory format, in place: parameters stay
// the same tensors, so that an optimizer goes on with them. (Only the meta
// device makes new ones.) Python's to.
//
// A dtype must be a floating-point or complex one, and only tensors of such
// dtypes are converted to it. A memory format applies to tensors of four or
// five dimensions. Other options panic.
func (m *Module) To(opts ...torch.ToOption) {
	var dtype torch.DType
	var device torch.Device
	var format torch.MemoryFormat
	var nonBlocking torch.NonBlockingArg
	for _, o := range opts {
		switch o := o.(type) {
		case torch.DType:
			dtype = o
		case torch.Device:
			device = o
		case torch.MemoryFormat:
			format = o
		case torch.NonBlockingArg:
			nonBlocking = o
		default:
			raise("TypeError", "nn.Module.to takes a torch.DType, a torch.Device, a torch.MemoryFormat and torch.NonBlocking, not a %T", o)
		}
	}
	checkModuleDtype(dtype)
	m.convert(func(t *torch.Tensor) *torch.Tensor {
		of := []torch.ToOption{nonBlocking}
		if dtype != 0 && (t.IsFloatingPoint() || t.IsComplex()) {
			of = append(of, dtype)
		}
		if device != (torch.Device{}) {
			of = append(of, device)
		}
		if format != 0 {
			if dim := t.Dim(); dim == 4 || dim == 5 {
				of = append(of, format)
			}
		}
		return moved(t, of)
	})
}

func checkModuleDtype(dtype torch.DType) {
	if dtype != 0 && !dtype.IsFloatingPoint() && !dtype.IsComplex() {
		raise("TypeError", "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=%s", dtype)
	}
	if dtype.IsComplex() {
		torch.Warn("Complex modules are a new feature under active development whose design may change, and some modules " +
			"might not work as expected when using complex tensors as parameters or buffers. Please file an issue at " +
			"https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as expected.")
	}
}

// moved is t.To, with advice if t has no data.
func moved(t *torch.Tensor, opts []torch.ToOption) (result *torch.Tensor) {
	err := torch.Try(func() { result = t.To(opts...) })
	if err == nil {
		return result
	}
	const base = "Cannot copy out of meta tensor; no data!"
	if suffix, ok := strings.CutPrefix(err.(*torch.Error).Message, base); ok {
		raise("NotImplementedError", "%s Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving "+
			"module from meta to a different device.%s", base, suffix)
	}
	panic(err)
}

// Float converts all floating-point parameters and buffers to Float32, Python's
// float.
func (m *Module) Float() {
	m.convertFloating(func(t *torch.Tensor) *torch.Tensor { return t.Float() })
}

// Double converts all floating-point parameters and buffers to Float64,
// Python's double.
func (m *Module) Double() {
	m.convertFloating(func(t *torch.Tensor) *torch.Tensor { return t.Double() })
}

// Half converts all floating-point parameters and buffers to Float16, Python's
// half.
func (m *Module) Half() {
	m.convertFloating(func(t *torch.Tensor) *torch.Tensor { return t.Half() })
}

// Bfloat16 converts all floating-point parameters and buffers to BFloat16,
// Python's bfloat16.
func (m *Module) Bfloat16() {
	m.convertFloating(func(t *torch.Tensor) *torch.Tensor { return t.Bfloat16() })
}

func (m *Module) convertFloating(convert func(*torch.Tensor) *torch.Tensor) {
	m.convert(func(t *torch.Tensor) *torch.Tensor {
		if t.IsFloatingPoint() {
			return convert(t)
		}
		return t
	})
}

// Type converts all parameters and buffers to a dtype, whatever theirs is.
// Python's type.
func (m *Module) Type(dtype torch.DType) {
	m.convert(func(t *torch.Tensor) *torch.Tensor { return t.To(dtype) })
}

// Cpu moves all parameters and buffers to the CPU, Python's cpu.
func (m *Module) Cpu() { m.To(torch.CPU) }

// Cuda moves all parameters and buffers to a CUDA device, the current one
// unless its index is given. Python's cuda.
func (m *Module) Cuda(index ...int) { m.To(torch.CUDA(index...)) }

// Xpu moves all parameters and buffers to an Intel GPU, the current one unless
// its index is given. Python's xpu.
func (m *Module) Xpu(index ...int) {
	m.convert(func(t *torch.Tensor) *torch.Tensor { return t.Xpu(index...) })
}

// ToEmpty moves all parameters and buffers to a device without their values.
// Python's to_empty.
func (m *Module) ToEmpty(device torch.Device, recurse ...Recurse) {
	fn := func(t *torch.Tensor) *torch.Tensor { return torch.EmptyLike(t, device) }
	if l := newListing(recurse); l.own {
		m.convertOwn(fn)
	} else {
		m.convert(fn)
	}
}

// convert replaces the data of all parameters, their gradients and all buffers
// by what fn returns, which may be its argument. Python's _apply.
func (m *Module) convert(fn func(*torch.Tensor) *torch.Tensor) {
	for _, child := range m.Children() {
		child.AsModule().convert(fn)
	}
	m.convertOwn(fn)
}

func (m *Module) convertOwn(fn func(*torch.Tensor) *torch.Tensor) {
	torch.NoGrad(func() {
		m.eachParameter(func(key string, p *torch.Tensor) bool {
			m.convertParameter(key, p, fn)
			return true
		})
		m.eachBuffer(func(key string, t *torch.Tensor) bool {
			m.replaceBuffer(key, t, fn(t))
			return true
		})
	})
}

// replaceBuffer puts a tensor in the place of a buffer, which plays the same
// role from then on.
func (m *Module) replaceBuffer(key string, t, by *torch.Tensor) {
	if marked, persistent := t.IsBuffer(); marked {
		torch.MarkBuffer(by, persistent)
	}
	torch.MarkUninitialized(by, t.IsUninitialized())
	if i := m.bufferIndex(key); i >= 0 {
		m.setBuffer(i, by)
	} else {
		*m.layout.byKey[key].tensor(m.base) = by
	}
}

// convertParameter converts a parameter and its gradient in place or, where the
// new data is of another kind, as from the meta device, puts a new parameter
// into its place.
func (m *Module) convertParameter(key string, p *torch.Tensor, fn func(*torch.Tensor) *torch.Tensor) {
	converted, grad := fn(p), p.Grad()
	if !setData(p, converted) {
		p = torch.MarkUninitialized(NewParameter(converted, p.RequiresGrad()), p.IsUninitialized())
		m.RegisterParameter(key, p)
	}
	if grad == nil {
		return
	}
	if converted := fn(grad); !setData(grad, converted) {
		p.SetGrad(converted.RequiresGrad_(grad.RequiresGrad()))
	}
	grad.Close()
}

// setData gives t the data of converted, which it closes, and reports whether
// that could be done.
func setData(t, converted *torch.Tensor) bool {
	if converted == t {
		return true
	}
	if !torch.HasCompatibleShallowCopyType(t, converted) {
		return false
	}
	t.SetData(converted)
	converted.Close()
	return true
}
