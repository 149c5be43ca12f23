package torch

import (
	"reflect"
	"runtime"
	"unsafe"
)

// A Number is a Go type whose values can be a tensor's elements.
type Number interface {
	~bool | ~uint8 | ~int8 | ~int16 | ~int32 | ~int64 | ~int | ~uint16 | ~uint32 | ~uint64 | ~uint |
		~float32 | ~float64 | ~complex64 | ~complex128
}

// NewTensor makes a tensor of a number, an array, or slices or arrays nested to
// any depth, Python's torch.tensor. The Go type of the numbers decides the
// dtype: int is Int64, float32 is Float32; a [DType] among the options converts
// to another. The data is copied.
//
//	torch.NewTensor([][]float32{{1, 2}, {3, 4}})
//	torch.NewTensor([]int{1, 2, 3}, torch.Float32, torch.CUDA(0))
//
// Options: [DType], [Device], [RequiresGrad], [PinMemory]. Slices whose lengths
// differ, and types that are no numbers, panic.
func NewTensor(data any, opts ...CreationOption) *Tensor { return newTensor(data, newCreation(opts)) }

func newTensor(data any, c *creation) *Tensor {
	if t, ok := data.(*Tensor); ok && t != nil {
		return copyConstruct(t, c)
	}
	v := reflect.ValueOf(data)
	for v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Array {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		refuse(runtimeErrorKind, "Could not infer dtype of NoneType")
	}
	shape, dtype := inspect(v)
	if len(shape) <= 1 {
		return fromBytes(memoryOf(v), dtype, shape, c)
	}
	bytes := make([]byte, 0, numberOfElements(shape)*int64(dtype.Itemsize()))
	return fromBytes(appendElements(bytes, v, shape, 0), dtype, shape, c)
}

// FromSlice makes a tensor of this shape out of a flat slice, in row-major
// order; without a shape it has one dimension. The data is copied, once, and stays
// on the CPU whatever the default device, as with Python's torch.from_numpy.
func FromSlice[T Number](data []T, shape ...int64) *Tensor {
	if len(shape) == 0 {
		shape = []int64{int64(len(data))}
	}
	for _, n := range shape {
		if n < 0 {
			refuse(runtimeErrorKind, "Trying to create tensor with negative dimension %d: %s", n, intsText(shape))
		}
	}
	if numberOfElements(shape) != int64(len(data)) {
		refuse(runtimeErrorKind, "shape '%s' is invalid for input of size %d", intsText(shape), len(data))
	}
	return fromBytes(asBytes(data), dtypeOf[T](), shape, &creation{})
}

// Data copies the elements of t into a new slice, in row-major order. T must be
// the Go type of t's dtype: float32 for Float32, int64 or int for Int64. Convert
// others first, as in torch.Data[float32](t.To(torch.Float32)).
func Data[T Number](t *Tensor) []T {
	checkElementType[T](t)
	n := t.Numel()
	if n <= 1<<20 {
		return copyOut[T](t, n)
	}
	// Before Go makes a slice of that size, libtorch must show that there are as
	// many elements: tensors can be larger than memory.
	var data []T
	Scope(func() { data = copyOut[T](opContiguous(t.onCPU(), ContiguousFormat), n) })
	return data
}

func copyOut[T Number](t *Tensor, n int64) []T {
	data := make([]T, n)
	var f frame
	f.putTensor(t, "self")
	f.copyOut(asBytes(data))
	runtime.KeepAlive(t)
	return data
}

// onCPU returns t, or a dense copy in the CPU's memory.
func (t *Tensor) onCPU() *Tensor {
	t = opDetach(t)
	if t.Device() != CPU {
		t = opToDevice(t, CPU, t.DType(), false, false, 0)
	}
	if t.Layout() != Strided {
		t = opToDense(t, 0, optional[bool]{})
	}
	return t
}

// Item returns the element of a tensor that has one, as a float64. Complex
// numbers need [ItemOf].
func (t *Tensor) Item() float64 {
	s := opItem(t)
	if s.tag == scalarComplex && s.imag != 0 {
		refuse(runtimeErrorKind, "value cannot be converted to type double without overflow")
	}
	return s.float()
}

// ItemOf returns the element of a tensor that has one, as a T. A value that T
// cannot hold panics.
func ItemOf[T Number](t *Tensor) T {
	item := reflect.ValueOf(opItem(t).value())
	var result T
	v := reflect.ValueOf(&result).Elem()
	fits := false
	switch kind := v.Kind(); {
	case kind == reflect.Bool && item.Kind() == reflect.Bool:
		fits = true
	case v.CanComplex():
		if !item.CanComplex() {
			item = reflect.ValueOf(complex(convert[float64](item), 0))
		}
		fits = true
	case v.CanFloat():
		fits = item.CanFloat() || item.CanInt() || item.CanUint() || item.Kind() == reflect.Bool
	case v.CanInt():
		fits = item.CanInt() && !v.OverflowInt(item.Int()) || item.Kind() == reflect.Bool
	case v.CanUint():
		fits = item.CanUint() && !v.OverflowUint(item.Uint()) ||
			item.CanInt() && item.Int() >= 0 && !v.OverflowUint(uint64(item.Int())) || item.Kind() == reflect.Bool
	}
	if !fits {
		refuse(runtimeErrorKind, "value %v of dtype %s cannot be converted to type %T without loss", item, t.DType(), result)
	}
	return convert[T](item)
}

// convert is v.Convert, for bools too.
func convert[T Number](v reflect.Value) T {
	to := reflect.TypeFor[T]()
	if v.Kind() == reflect.Bool && to.Kind() != reflect.Bool {
		n := 0
		if v.Bool() {
			n = 1
		}
		v = reflect.ValueOf(n)
	}
	return v.Convert(to).Interface().(T)
}

// A CreationOption is an option of the functions that make tensors: a [DType],
// a [Device], a [Layout], a [MemoryFormat], a *[Generator], [RequiresGrad] or
// [PinMemory].
type CreationOption interface{ applyCreation(*creation) }

type creation struct {
	dtype        DType
	device       Device
	layout       Layout
	format       MemoryFormat
	generator    *Generator
	requiresGrad bool
	pinMemory    optional[bool]
}

func (d DType) applyCreation(c *creation)           { c.dtype = d }
func (d Device) applyCreation(c *creation)          { c.device = d }
func (l Layout) applyCreation(c *creation)          { c.layout = l }
func (m MemoryFormat) applyCreation(c *creation)    { c.format = m }
func (g *Generator) applyCreation(c *creation)      { c.generator = g }
func (o RequiresGradArg) applyCreation(c *creation) { c.requiresGrad = bool(o) }
func (o PinMemoryArg) applyCreation(c *creation)    { c.pinMemory = some(bool(o)) }

func newCreation(opts []CreationOption) *creation {
	c := new(creation)
	for _, o := range opts {
		o.applyCreation(c)
	}
	c.device = c.device.orDefault()
	return c
}

// finish gives a new tensor the properties that its operator did not.
func (c *creation) finish(t *Tensor) *Tensor {
	return withRequiresGrad(t, some(c.requiresGrad))
}

// copyConstruct copies a tensor, with the warning that Python gives.
func copyConstruct(t *Tensor, c *creation) *Tensor {
	Warn("To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or " +
		"sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).")
	plain := opDetach(t)
	return c.finish(plain.replace(opToDevice(plain, orElse(c.device, t.Device()), orElse(c.dtype, t.DType()), false, true, 0)))
}

// fromBytes makes a tensor of elements in their memory representation.
func fromBytes(data []byte, dtype DType, shape []int64, c *creation) *Tensor {
	convert := c.dtype != 0 && c.dtype != dtype
	if convert {
		checkConversion(data, dtype, c.dtype)
	}
	var f frame
	f.putDType(dtype, "dtype")
	f.PutInts(shape)
	f.copyIn(data)
	t := f.takeTensor()
	if convert || (c.device.kind != 0 && c.device.kind != cpuType) {
		t = t.replace(opToDevice(t, orElse(c.device, CPU), orElse(c.dtype, dtype), false, false, 0))
	}
	if c.pinMemory.value {
		t = t.replace(opPinMemory(t, Device{}))
	}
	return c.finish(t)
}

// replace closes t, which nobody has seen yet, and returns what takes its
// place.
func (t *Tensor) replace(by *Tensor) *Tensor {
	t.Close()
	return by
}

// orElse returns v, or other if v is zero: "not given".
func orElse[T comparable](v, other T) T {
	if v == *new(T) {
		return other
	}
	return v
}

// inspect returns the shape and the dtype of nested slices or arrays.
func inspect(v reflect.Value) (shape []int64, dtype DType) {
	t := v.Type()
	for {
		switch t.Kind() {
		case reflect.Slice, reflect.Array:
			n := 0
			if v.IsValid() {
				n = v.Len()
			}
			shape = append(shape, int64(n))
			t = t.Elem()
			if n > 0 {
				v = v.Index(0)
			} else {
				v = reflect.Value{}
				if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
					return shape, elementDType(t) // as torch.tensor([]) has no second dimension
				}
			}
		default:
			return shape, elementDType(t)
		}
	}
}

func elementDType(t reflect.Type) DType {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	dtype, ok := dtypeOfKind[t.Kind()]
	if !ok {
		refuse(runtimeErrorKind, "Could not infer dtype of %s: a tensor's elements are bools, integers, floats or complex numbers", t)
	}
	return dtype
}

// appendElements appends the elements of v, whose shape from dim on must be as
// given.
func appendElements(bytes []byte, v reflect.Value, shape []int64, dim int) []byte {
	if dim == len(shape) {
		return append(bytes, memoryOf(v)...)
	}
	if int64(v.Len()) != shape[dim] {
		refuse(valueErrorKind, "expected sequence of length %d at dim %d (got %d)", shape[dim], dim, v.Len())
	}
	if dim == len(shape)-1 || v.Kind() == reflect.Array && isArrayOfNumbers(v.Type()) {
		return append(bytes, memoryOf(v)...)
	}
	for i := range v.Len() {
		bytes = appendElements(bytes, v.Index(i), shape, dim+1)
	}
	return bytes
}

func isArrayOfNumbers(t reflect.Type) bool {
	for t.Kind() == reflect.Array {
		t = t.Elem()
	}
	return t.Kind() != reflect.Slice
}

// memoryOf returns the bytes of a number, or of an array or slice of numbers.
func memoryOf(v reflect.Value) []byte {
	if v.Kind() == reflect.Slice {
		return unsafe.Slice((*byte)(v.UnsafePointer()), uintptr(v.Len())*v.Type().Elem().Size())
	}
	addressable := reflect.New(v.Type())
	addressable.Elem().Set(v)
	return unsafe.Slice((*byte)(addressable.UnsafePointer()), v.Type().Size())
}

func asBytes[T Number](data []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(zero)))
}

func dtypeOf[T Number]() DType { return dtypeOfKind[reflect.TypeFor[T]().Kind()] }

func checkElementType[T Number](t *Tensor) {
	if want, have := dtypeOf[T](), t.DType(); want != have {
		refuse(typeErrorKind, "a tensor of dtype %s cannot be read as %s; convert it with To(%s) first",
			have, reflect.TypeFor[T](), want.goName())
	}
}

// numberOfElements multiplies the sizes; a product beyond what memory can hold
// panics as PyTorch does.
func numberOfElements(shape []int64) int64 {
	n := int64(1)
	for _, s := range shape {
		if s != 0 && n > (1<<62)/s {
			refuse(runtimeErrorKind, "Storage size calculation overflowed with sizes=%s", intsText(shape))
		}
		n *= s
	}
	return n
}
