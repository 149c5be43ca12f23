package torch

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

// A Tensor is a multi-dimensional array of numbers, Python's torch.Tensor. A
// nil *Tensor is Python's None: functions with optional tensors take it.
//
// A Tensor needs no freeing: what nothing refers to is collected, before it
// takes too much memory. [Scope] and [Tensor.Close] free earlier.
//
// Methods panic with an [*Error] if shapes, dtypes or devices do not fit; [Try]
// turns that into an error. A tensor may be used by several goroutines at
// once, as PyTorch's may by several threads, so long as none writes to it.
type Tensor struct {
	handle uint64 // the address of libtorch's TensorImpl, with csrc.Side; 0 if there is none
	charge charge // what it counts for (account.go)

	// Who frees it: a scope, a slab, or its own cleanup.
	scope   *scope
	slab    *slabRecord
	cleanup runtime.Cleanup
	slot    int32 // in the slab

	state     tensorState
	parameter bool       // of a module
	role      tensorRole // in a module
}

// tensorState says why a Tensor has no handle.
type tensorState uint8

const (
	blank tensorState = iota
	closed
	outOfScope
	uninitialized // the handle is in the slab's record
)

// Functions of libgotorch that are no operators of ATen.
var (
	entrySizes          = csrc.Entry("sizes(Tensor self) -> int[]")
	entryStrides        = csrc.Entry("strides(Tensor self) -> int[]")
	entryDim            = csrc.Entry("dim(Tensor self) -> int")
	entryDifferentSizes = csrc.Entry("different_sizes(Tensor a, Tensor b) -> int[]")
	entryNumel          = csrc.Entry("numel(Tensor self) -> int")
	entrySize           = csrc.Entry("size(Tensor self, int dim) -> int")
	entryStorageOffset  = csrc.Entry("storage_offset(Tensor self) -> int")
	entryElementSize    = csrc.Entry("element_size(Tensor self) -> int")
	entryDtype          = csrc.Entry("dtype(Tensor self) -> ScalarType")
	entryDevice         = csrc.Entry("device(Tensor self) -> Device")
	entryLayout         = csrc.Entry("layout(Tensor self) -> Layout")
	entryVersion        = csrc.Entry("version(Tensor self) -> int")
	entryIsContiguous   = csrc.Entry("is_contiguous(Tensor self, MemoryFormat format) -> bool")
	entryDataPtr        = csrc.Entry("data_ptr(Tensor self) -> int")
	entryIsConj         = csrc.Entry("is_conj(Tensor self) -> bool")
	entryIsNeg          = csrc.Entry("is_neg(Tensor self) -> bool")
	entryIsQuantized    = csrc.Entry("is_quantized(Tensor self) -> bool")
	entryIsNested       = csrc.Entry("is_nested(Tensor self) -> bool")
	entryIsSame         = csrc.Entry("is_same(Tensor self, Tensor other) -> bool")
	entrySetData        = csrc.Entry("set_data(Tensor self, Tensor data) -> ()")
)

// ask calls a function whose one argument is t, and leaves its result in f.
func (t *Tensor) ask(f *frame, fn *csrc.Function) {
	of := t
	if t == nil || t.handle == 0 {
		of = usable(t, "self")
	}
	f.Put(of.handle &^ csrc.Side) // to be asked is no use of its memory
	f.call(fn)
	runtime.KeepAlive(t)
}

// Shape returns the size of each dimension, Python's t.shape.
func (t *Tensor) Shape() []int64 {
	var f frame
	t.ask(&f, entrySizes)
	return f.TakeInts()
}

// Size returns the size of one dimension; negative ones count from the last.
// Python's t.size(dim).
func (t *Tensor) Size(dim int64) int64 {
	var f frame
	f.putTensor(t, "self")
	f.PutInt(dim)
	f.call(entrySize)
	runtime.KeepAlive(t)
	return f.TakeInt()
}

// Stride returns, for each dimension, how many elements lie between one and
// the next, Python's t.stride().
func (t *Tensor) Stride() []int64 {
	var f frame
	t.ask(&f, entryStrides)
	return f.TakeInts()
}

// StorageOffset returns the index of the first element in the storage.
func (t *Tensor) StorageOffset() int64 {
	var f frame
	t.ask(&f, entryStorageOffset)
	return f.TakeInt()
}

// Dim returns the number of dimensions, Python's t.dim() and t.ndim.
func (t *Tensor) Dim() int64 {
	var f frame
	t.ask(&f, entryDim)
	return f.TakeInt()
}

// Numel returns the number of elements.
func (t *Tensor) Numel() int64 {
	var f frame
	t.ask(&f, entryNumel)
	return f.TakeInt()
}

// DifferentSizes returns the shapes of two tensors if they differ, in one call.
func DifferentSizes(a, b *Tensor) (ofA, ofB []int64, differ bool) {
	var f frame
	f.putTensor(a, "input")
	f.putTensor(b, "target")
	f.call(entryDifferentSizes)
	runtime.KeepAlive(a)
	runtime.KeepAlive(b)
	both := f.TakeInts()
	if len(both) == 0 {
		return nil, nil, false
	}
	dim, both := both[0], both[1:]
	return both[:dim], both[dim:], true
}

// ElementSize returns the size of an element in bytes.
func (t *Tensor) ElementSize() int64 {
	var f frame
	t.ask(&f, entryElementSize)
	return f.TakeInt()
}

// DType returns the type of the elements, Python's t.dtype.
func (t *Tensor) DType() DType {
	var f frame
	t.ask(&f, entryDtype)
	return f.takeDType()
}

// Device returns where the tensor is.
func (t *Tensor) Device() Device {
	var f frame
	t.ask(&f, entryDevice)
	return f.takeDevice()
}

// Layout returns how the elements are kept.
func (t *Tensor) Layout() Layout {
	var f frame
	t.ask(&f, entryLayout)
	return Layout(f.Take() + 1)
}

// Version returns how often the tensor was written to in place, Python's
// t._version.
func (t *Tensor) Version() int64 {
	var f frame
	t.ask(&f, entryVersion)
	return f.TakeInt()
}

// DataPtr returns the address of the first element in libtorch's memory, or 0.
// It is valid as long as the tensor is.
func (t *Tensor) DataPtr() uintptr {
	var f frame
	t.ask(&f, entryDataPtr)
	return uintptr(f.Take())
}

// IsContiguous reports whether the elements lie in memory in row-major order.
func (t *Tensor) IsContiguous() bool {
	var f frame
	f.putTensor(t, "self")
	f.putMemoryFormat(ContiguousFormat, "memory_format")
	f.call(entryIsContiguous)
	runtime.KeepAlive(t)
	return f.TakeBool()
}

// IsConj reports whether the conjugate bit is set.
func (t *Tensor) IsConj() bool { return t.askBool(entryIsConj) }

// IsNeg reports whether the negative bit is set.
func (t *Tensor) IsNeg() bool { return t.askBool(entryIsNeg) }

// IsQuantized reports whether the dtype is a quantized one.
func (t *Tensor) IsQuantized() bool { return t.askBool(entryIsQuantized) }

// IsNested reports whether the tensor is a nested one.
func (t *Tensor) IsNested() bool { return t.askBool(entryIsNested) }

// IsFloatingPoint reports whether the dtype is a floating-point one.
func (t *Tensor) IsFloatingPoint() bool { return t.DType().IsFloatingPoint() }

// IsComplex reports whether the dtype is a complex one.
func (t *Tensor) IsComplex() bool { return t.DType().IsComplex() }

// IsSparse reports whether the layout is SparseCoo.
func (t *Tensor) IsSparse() bool { return t.Layout() == SparseCoo }

// IsCuda reports whether the tensor is on a CUDA device.
func (t *Tensor) IsCuda() bool { return t.Device().kind == cudaType }

func (t *Tensor) askBool(fn *csrc.Function) bool {
	var f frame
	t.ask(&f, fn)
	return f.TakeBool()
}

// Is reports whether both are the same tensor of libtorch, as Python's "is"
// does.
func (t *Tensor) Is(other *Tensor) bool {
	if t == nil || other == nil {
		return t == other
	}
	var f frame
	f.putTensor(t, "self")
	f.putTensor(other, "other")
	f.call(entryIsSame)
	runtime.KeepAlive(t)
	runtime.KeepAlive(other)
	return f.TakeBool()
}

// SetData makes t share the data of another tensor, Python's t.data = data.
func (t *Tensor) SetData(data *Tensor) {
	var f frame
	f.putTensor(t, "self")
	f.putTensor(data, "data")
	f.call(entrySetData)
	runtime.KeepAlive(t)
	runtime.KeepAlive(data)
}
