package torch

import (
	"fmt"
	"reflect"

	"github.com/wangkuiyi/gotorch/csrc"
)

// A DType is the type of a tensor's elements, Python's torch.dtype. The zero
// DType stands for None: "not given".
//
// A DType is also an option of the functions that take dtype=:
//
//	torch.Zeros([]int64{2, 3}, torch.Float64)
type DType uint8

// The dtypes, with PyTorch's names. Their numbers are libtorch's plus one.
const (
	Uint8          DType = 1 + iota // torch.uint8
	Int8                            // torch.int8
	Int16                           // torch.int16
	Int32                           // torch.int32
	Int64                           // torch.int64, torch.long
	Float16                         // torch.float16, torch.half
	Float32                         // torch.float32, torch.float
	Float64                         // torch.float64, torch.double
	Complex32                       // torch.complex32, torch.chalf
	Complex64                       // torch.complex64, torch.cfloat
	Complex128                      // torch.complex128, torch.cdouble
	Bool                            // torch.bool
	Qint8                           // torch.qint8
	Quint8                          // torch.quint8
	Qint32                          // torch.qint32
	BFloat16                        // torch.bfloat16
	Quint4x2                        // torch.quint4x2
	Quint2x4                        // torch.quint2x4
	Bits1x8                         // torch.bits1x8
	Bits2x4                         // torch.bits2x4
	Bits4x2                         // torch.bits4x2
	Bits8                           // torch.bits8
	Bits16                          // torch.bits16
	Float8E5m2                      // torch.float8_e5m2
	Float8E4m3fn                    // torch.float8_e4m3fn
	Float8E5m2fnuz                  // torch.float8_e5m2fnuz
	Float8E4m3fnuz                  // torch.float8_e4m3fnuz
	Uint16                          // torch.uint16
	Uint32                          // torch.uint32
	Uint64                          // torch.uint64
	Uint1                           // torch.uint1
	Uint2                           // torch.uint2
	Uint3                           // torch.uint3
	Uint4                           // torch.uint4
	Uint5                           // torch.uint5
	Uint6                           // torch.uint6
	Uint7                           // torch.uint7
	Int1                            // torch.int1
	Int2                            // torch.int2
	Int3                            // torch.int3
	Int4                            // torch.int4
	Int5                            // torch.int5
	Int6                            // torch.int6
	Int7                            // torch.int7
	Float8E8m0fnu                   // torch.float8_e8m0fnu
	Float4E2m1fnX2                  // torch.float4_e2m1fn_x2
	Bcomplex32                      // torch.bcomplex32
)

// The names that PyTorch has twice.
const (
	Float   = Float32
	Double  = Float64
	Half    = Float16
	Long    = Int64
	Int     = Int32
	Short   = Int16
	Cfloat  = Complex64
	Cdouble = Complex128
)

// dtypes holds, in the order of the constants, each dtype's Python name and
// the size of an element in bytes.
var dtypes = [...]struct {
	name string
	size int
}{
	{"uint8", 1}, {"int8", 1}, {"int16", 2}, {"int32", 4}, {"int64", 8}, {"float16", 2}, {"float32", 4}, {"float64", 8},
	{"complex32", 4}, {"complex64", 8}, {"complex128", 16}, {"bool", 1}, {"qint8", 1}, {"quint8", 1}, {"qint32", 4},
	{"bfloat16", 2}, {"quint4x2", 1}, {"quint2x4", 1}, {"bits1x8", 1}, {"bits2x4", 1}, {"bits4x2", 1}, {"bits8", 1},
	{"bits16", 2}, {"float8_e5m2", 1}, {"float8_e4m3fn", 1}, {"float8_e5m2fnuz", 1}, {"float8_e4m3fnuz", 1},
	{"uint16", 2}, {"uint32", 4}, {"uint64", 8}, {"uint1", 1}, {"uint2", 1}, {"uint3", 1}, {"uint4", 1}, {"uint5", 1},
	{"uint6", 1}, {"uint7", 1}, {"int1", 1}, {"int2", 1}, {"int3", 1}, {"int4", 1}, {"int5", 1}, {"int6", 1},
	{"int7", 1}, {"float8_e8m0fnu", 1}, {"float4_e2m1fn_x2", 1}, {"bcomplex32", 4},
}

// String returns the name that Python prints: "torch.float32".
func (d DType) String() string {
	if d == 0 || int(d) > len(dtypes) {
		return fmt.Sprintf("torch.DType(%d)", uint8(d))
	}
	return "torch." + dtypes[d-1].name
}

// Itemsize returns the size of an element in bytes, Python's dtype.itemsize.
func (d DType) Itemsize() int {
	if d == 0 || int(d) > len(dtypes) {
		return 0
	}
	return dtypes[d-1].size
}

// IsFloatingPoint reports whether the elements are real numbers in binary
// floating point, Python's dtype.is_floating_point.
func (d DType) IsFloatingPoint() bool {
	switch d {
	case Float16, Float32, Float64, BFloat16, Float8E5m2, Float8E4m3fn, Float8E5m2fnuz, Float8E4m3fnuz,
		Float8E8m0fnu, Float4E2m1fnX2:
		return true
	}
	return false
}

// IsComplex reports whether the elements are complex numbers, Python's
// dtype.is_complex.
func (d DType) IsComplex() bool {
	return d == Complex32 || d == Complex64 || d == Complex128 || d == Bcomplex32
}

// complexOf are the dtypes of complex numbers with these parts.
var complexOf = map[DType]DType{Float16: Complex32, Float32: Complex64, Float64: Complex128, BFloat16: Bcomplex32}

// ToReal returns the dtype of the parts of complex numbers of this dtype, and
// others as they are: Python's dtype.to_real.
func (d DType) ToReal() DType {
	for part, whole := range complexOf {
		if d == whole {
			return part
		}
	}
	return d
}

// ToComplex returns the dtype of complex numbers whose parts have this dtype, and
// that of complex numbers as it is: Python's dtype.to_complex. There is none for
// other than floating-point numbers.
func (d DType) ToComplex() DType {
	whole, ok := complexOf[d]
	switch {
	case ok:
		return whole
	case !d.IsComplex():
		refuse(runtimeErrorKind, "Unknown Complex ScalarType for %s", d.scalarTypeName())
	}
	return d
}

// IsSigned reports whether the elements can be negative, Python's
// dtype.is_signed.
func (d DType) IsSigned() bool {
	switch d {
	case Uint8, Uint16, Uint32, Uint64, Bool, Quint8, Quint4x2, Quint2x4:
		return false
	}
	return true
}

// dtypeOfKind maps the kinds of Go's numbers to the dtypes of the same
// representation. A Go int is 64 bits wide wherever libtorch runs.
var dtypeOfKind = map[reflect.Kind]DType{
	reflect.Bool: Bool, reflect.Uint8: Uint8, reflect.Int8: Int8, reflect.Int16: Int16, reflect.Int32: Int32,
	reflect.Int64: Int64, reflect.Int: Int64, reflect.Uint16: Uint16, reflect.Uint32: Uint32, reflect.Uint64: Uint64,
	reflect.Uint: Uint64, reflect.Float32: Float32, reflect.Float64: Float64, reflect.Complex64: Complex64,
	reflect.Complex128: Complex128,
}

var (
	getDefaultDtype = csrc.Entry("default_dtype() -> ScalarType")
	setDefaultDtype = csrc.Entry("set_default_dtype(ScalarType dtype) -> ()")
)

// GetDefaultDtype returns the dtype of floating-point tensors that are made
// without one, Python's torch.get_default_dtype.
func GetDefaultDtype() DType {
	var f frame
	f.call(getDefaultDtype)
	return f.takeDType()
}

// SetDefaultDtype sets the dtype of floating-point tensors that are made
// without one, for the whole process. It starts as Float32. Python's
// torch.set_default_dtype. A dtype that is not floating-point panics.
func SetDefaultDtype(d DType) {
	if !d.IsFloatingPoint() {
		refuse(typeErrorKind, "only floating-point types are supported as the default type")
	}
	var f frame
	f.putDType(d, "d")
	f.call(setDefaultDtype)
}
