package torch

import (
	"errors"
	"iter"
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Methods that PyTorch writes in torch/_tensor.py or binds by hand.

var (
	entryVariableData = csrc.Entry("variable_data(Tensor self) -> Tensor")
	entryVariableName = csrc.Entry("variable_name(Tensor self) -> str")
	entryGradDtype    = csrc.Entry("grad_dtype(Tensor self) -> int")
	entrySetGradDtype = csrc.Entry("set_grad_dtype(Tensor self, ScalarType? dtype) -> ()")
)

// NewTensor makes a tensor of data as [NewTensor] does, with t's dtype and on t's
// device unless the options say others: Python's t.new_tensor.
func (t *Tensor) NewTensor(data any, opts ...CreationOption) *Tensor {
	var c creation
	for _, o := range opts {
		o.applyCreation(&c)
	}
	if c.dtype == 0 {
		c.dtype = t.DType()
	}
	if c.device.kind == 0 {
		c.device = t.Device()
	}
	return newTensor(data, &c)
}

// Rdiv returns other / t, element by element, where other is a *Tensor or a number:
// what Python's 1 / t calls, t.__rtruediv__. Its digits are those of other times
// 1 / t.
func (t *Tensor) Rdiv(other any) *Tensor { return t.Reciprocal().Mul(other) }

// New returns a tensor of this size, with t's dtype and on t's device, whose
// elements are not set: Python's legacy t.new. Use [Tensor.NewEmpty].
func (t *Tensor) New(size ...int64) *Tensor {
	if len(size) == 0 {
		size = []int64{0}
	}
	return opEmptyMemoryFormat(size, t.DType(), t.Layout(), t.Device(), optional[bool]{}, 0)
}

// Resize returns t with another shape and as many elements, Python's deprecated
// t.resize. Use [Tensor.Reshape].
func (t *Tensor) Resize(size ...int64) *Tensor {
	Warn("non-inplace resize is deprecated")
	return t.resized(size)
}

// ResizeAs is [Tensor.Resize] to the shape of other, Python's deprecated
// t.resize_as.
func (t *Tensor) ResizeAs(other *Tensor) *Tensor {
	Warn("non-inplace resize_as is deprecated")
	return t.resized(other.Shape())
}

func (t *Tensor) resized(size []int64) *Tensor {
	if n := numberOfElements(size); n != t.Numel() {
		refuse(runtimeErrorKind, "requested resize to %s (%d elements in total), but the given tensor has a size of %s (%d elements). "+
			"autograd's resize can only change the shape of a given tensor, while preserving the number of elements. ",
			crossText(size), n, crossText(t.Shape()), t.Numel())
	}
	return opView(opContiguous(t, ContiguousFormat), size)
}

// Data returns a tensor that shares t's memory, but not its graph, nor the count
// of writes that autograd checks: Python's t.data. Use [Tensor.Detach].
func (t *Tensor) Data() *Tensor {
	var f frame
	t.ask(&f, entryVariableData)
	return f.takeTensor()
}

// Name returns the name that libtorch has for t, mostly "": Python's t.name.
func (t *Tensor) Name() string {
	var f frame
	t.ask(&f, entryVariableName)
	return f.TakeString()
}

// GradDtype returns the dtype that t's gradient must have, or the zero DType if it
// may have any: Python's t.grad_dtype.
func (t *Tensor) GradDtype() DType {
	var f frame
	t.ask(&f, entryGradDtype)
	return DType(f.TakeInt() + 1)
}

// SetGradDtype sets the dtype that the gradient of a leaf must have; the zero
// DType allows any.
func (t *Tensor) SetGradDtype(d DType) {
	if !t.IsLeaf() {
		refuse(runtimeErrorKind, "grad_dtype can only be set on leaf tensors.")
	}
	if grad := t.Grad(); grad != nil && d != 0 && grad.DType() != d {
		refuse(runtimeErrorKind, "Cannot set grad_dtype to '%s' because there is already a gradient with dtype '%s'. Please clear the "+
			"gradient (.grad = None) before changing grad_dtype, or ensure the new grad_dtype matches the existing gradient's dtype.",
			d.scalarTypeName(), grad.DType().cppTypeName())
	}
	var f frame
	f.putTensor(t, "self")
	f.putOptionalDType(d)
	f.call(entrySetGradDtype)
	runtime.KeepAlive(t)
}

// ConstDataPtr is [Tensor.DataPtr], for reading only: Python's
// t.const_data_ptr().
func (t *Tensor) ConstDataPtr() uintptr { return t.DataPtr() }

// Xpu copies t to the Intel GPU with this index; without one, to the current one.
// Python's t.xpu().
func (t *Tensor) Xpu(index ...int) (copied *Tensor) {
	d := Device{xpuType, -1}
	if len(index) > 0 {
		d = Device{xpuType, CUDA(index[0]).index}
	}
	err := Try(func() { copied = t.To(d) })
	switch {
	case errors.Is(err, &Error{Message: "PyTorch is not linked with support for xpu devices"}):
		panic(NewError("AssertionError", "Torch not compiled with XPU enabled"))
	case err != nil:
		panic(err)
	}
	return copied
}

// ModuleLoad returns what a module's parameter becomes when a state_dict with
// other is loaded: t after a copy of other into it or, with [Assign], other.
// Python's t.module_load.
func (t *Tensor) ModuleLoad(other *Tensor, opts ...ModuleLoadOption) *Tensor {
	for _, o := range opts {
		if o, ok := o.(AssignArg); ok && bool(o) {
			return opDetach(other)
		}
	}
	opCopy_(t, other, false)
	return opDetach(t)
}

// Len returns the size of the first dimension, Python's len(t).
func (t *Tensor) Len() int64 {
	if t.Dim() == 0 {
		refuse(typeErrorKind, "len() of a 0-d tensor")
	}
	return t.Size(0)
}

// Contains reports whether some element equals a number or a tensor that is
// broadcast to t: Python's "element in t".
func (t *Tensor) Contains(element any) bool {
	if !isOperand(element) {
		refuse(runtimeErrorKind, "Tensor.__contains__ only supports Tensor or scalar, but you passed in a %s.", typeName(element))
	}
	return ScopeValue(func() bool { return opItem(opAny(t.Eq(element))).bits != 0 })
}

// Rows iterates over the first dimension, Python's "for row in t": it yields each
// index with a view of what is there, which has one dimension less.
//
//	for i, row := range x.Rows() { ... }
func (t *Tensor) Rows() iter.Seq2[int, *Tensor] {
	if t.Dim() == 0 {
		refuse(typeErrorKind, "iteration over a 0-d tensor")
	}
	return func(yield func(int, *Tensor) bool) {
		for i, row := range opUnbindInt(t, 0) {
			if !yield(i, row) {
				return
			}
		}
	}
}
