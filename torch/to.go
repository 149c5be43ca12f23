package torch

// To converts t to another dtype, device or memory format, Python's t.to. It
// returns t itself if t is that already, unless [Copy] asks for a copy.
//
// Options: a [DType], a [Device], another tensor for its dtype and device, a
// [MemoryFormat], [NonBlocking], [Copy].
func (t *Tensor) To(opts ...ToOption) *Tensor {
	var dtype DType
	var device Device
	var format MemoryFormat
	var nonBlocking, copies bool
	for _, o := range opts {
		switch o := o.(type) {
		case DType:
			dtype = o
		case Device:
			device = o
		case *Tensor:
			dtype, device = o.DType(), o.Device()
		case MemoryFormat:
			format = o
		case NonBlockingArg:
			nonBlocking = bool(o)
		case CopyArg:
			copies = bool(o)
		}
	}
	if !copies && format == 0 && (dtype == 0 || dtype == t.DType()) && (device.kind == 0 || device == t.Device()) {
		return t
	}
	converted := opToDtypeLayout(t, dtype, 0, device, optional[bool]{}, nonBlocking, copies, format)
	if sameHandle(converted.handle, t.handle) { // t was on the current device, which only libtorch knows
		converted.Close()
		return t
	}
	return converted
}

// A tensor is an option of [Tensor.To].
func (t *Tensor) toOption() {}

// Contiguous returns t, or a copy, with its elements in row-major order, or in
// that of the format given, Python's t.contiguous.
func (t *Tensor) Contiguous(format ...MemoryFormat) *Tensor {
	f := ContiguousFormat
	if len(format) > 0 {
		f = format[0]
	}
	return opContiguous(t, f)
}

// Copy_ copies src's elements into t, broadcast and converted, and returns t,
// Python's t.copy_. With [NonBlocking] a copy between devices need not be
// finished when it returns.
func (t *Tensor) Copy_(src *Tensor, opts ...CopyInplaceOption) *Tensor {
	nonBlocking := false
	for _, o := range opts {
		if o, ok := o.(NonBlockingArg); ok {
			nonBlocking = bool(o)
		}
	}
	opCopy_(t, src, nonBlocking)
	return t
}
