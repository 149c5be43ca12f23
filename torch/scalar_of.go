package torch

import "math"

// Python's conversions of a tensor with one element to a number. [Tensor.Item]
// and [ItemOf] are the ones that lose nothing.

// IntOf returns the element of a tensor that has one, without what is behind the
// point: Python's int(t).
func IntOf(t *Tensor) int64 {
	s := onlyElement(t)
	switch s.tag {
	case scalarFloat:
		return truncated(s.float())
	case scalarComplex:
		if s.imag == 0 {
			return truncated(s.float())
		}
	case scalarInt, scalarBool:
		return int64(s.bits)
	}
	overflow("int64_t")
	panic("unreachable")
}

func truncated(v float64) int64 {
	switch {
	case math.IsNaN(v):
		refuse(valueErrorKind, "cannot convert float NaN to integer")
	case math.IsInf(v, 0):
		panic(NewError("OverflowError", "cannot convert float infinity to integer"))
	case v >= 1<<63 || v < -1<<63:
		overflow("int64_t")
	}
	return int64(v)
}

// FloatOf returns the element of a tensor that has one, Python's float(t). A
// complex number must have no imaginary part.
func FloatOf(t *Tensor) float64 {
	s := onlyElement(t)
	if s.tag == scalarComplex && s.imag != 0 {
		overflow("double")
	}
	return s.float()
}

// ComplexOf returns the element of a tensor that has one, Python's complex(t).
func ComplexOf(t *Tensor) complex128 {
	s := onlyElement(t)
	if s.tag == scalarComplex {
		return s.value().(complex128)
	}
	return complex(s.float(), 0)
}

// BoolOf reports whether the element of a tensor that has one is not zero,
// Python's bool(t) and "if t:".
func BoolOf(t *Tensor) bool {
	switch n := t.Numel(); {
	case n == 0:
		refuse(runtimeErrorKind, "Boolean value of Tensor with no values is ambiguous")
	case n > 1:
		refuse(runtimeErrorKind, "Boolean value of Tensor with more than one value is ambiguous")
	}
	s := onlyElement(t)
	if s.tag == scalarUnsigned {
		overflow("int64_t")
	}
	return s.float() != 0 || s.imag != 0
}

func onlyElement(t *Tensor) scalar {
	if t.Numel() != 1 {
		refuse(valueErrorKind, "only one element tensors can be converted to Python scalars")
	}
	if t.IsMeta() {
		refuse(runtimeErrorKind, "Tensor.item() cannot be called on meta tensors")
	}
	return opItem(t)
}

func overflow(kind string) {
	refuse(runtimeErrorKind, "value cannot be converted to type %s without overflow", kind)
}
