package torch

import (
	"fmt"
	"math"
	"strings"
)

// FloatInfo describes a floating-point dtype, Python's torch.finfo.
type FloatInfo struct {
	Bits           int     // that a number takes
	Eps            float64 // the least number that 1 + Eps is not 1
	Max, Min       float64 // the largest and the smallest number
	SmallestNormal float64 // the smallest positive number with all its digits
	Tiny           float64 // SmallestNormal
	Resolution     float64 // how close decimal numbers can be to be told apart
	DType          DType
}

// floats describes dtypes by their limits.
var floats = map[DType]struct{ eps, max, min, tiny, resolution float64 }{
	Float64:        {0x1p-52, math.MaxFloat64, -math.MaxFloat64, 0x1p-1022, 1e-15},
	Float32:        {0x1p-23, math.MaxFloat32, -math.MaxFloat32, 0x1p-126, 1e-6},
	Float16:        {0x1p-10, 65504, -65504, 0x1p-14, 1e-3},
	BFloat16:       {0x1p-7, 0x1.fep127, -0x1.fep127, 0x1p-126, 1e-2},
	Float8E4m3fn:   {0x1p-3, 448, -448, 0x1p-6, 1},
	Float8E4m3fnuz: {0x1p-3, 240, -240, 0x1p-7, 1},
	Float8E5m2:     {0x1p-2, 57344, -57344, 0x1p-14, 1},
	Float8E5m2fnuz: {0x1p-2, 57344, -57344, 0x1p-15, 1},
	Float8E8m0fnu:  {1, 0x1p127, 0x1p-127, 0x1p-127, 1},
}

// realDtypes maps complex dtypes to those of their parts.
var realDtypes = map[DType]DType{Complex32: Float16, Complex64: Float32, Complex128: Float64, Bcomplex32: BFloat16}

// Finfo describes a floating-point dtype, or the one of a complex dtype's parts;
// without a dtype, the default one. Python's torch.finfo.
func Finfo(dtype ...DType) FloatInfo {
	d := GetDefaultDtype()
	if len(dtype) > 0 {
		d = orElse(realDtypes[dtype[0]], dtype[0])
	}
	if !d.IsFloatingPoint() {
		refuseArgument("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'")
	}
	f, ok := floats[d]
	if !ok {
		refuse(notImplementedErrorKind, `"epsilon" not implemented for '%s'`, d.scalarTypeName())
	}
	return FloatInfo{
		Bits: 8 * d.Itemsize(), Eps: f.eps, Max: f.max, Min: f.min, SmallestNormal: f.tiny, Tiny: f.tiny, Resolution: f.resolution, DType: d,
	}
}

// String returns what Python prints.
func (f FloatInfo) String() string {
	return fmt.Sprintf("finfo(resolution=%.6g, min=%.6g, max=%.6g, eps=%.6g, smallest_normal=%.6g, tiny=%.6g, dtype=%s)",
		f.Resolution, f.Min, f.Max, f.Eps, f.SmallestNormal, f.Tiny, shortName(f.DType))
}

// IntInfo describes an integer dtype, Python's torch.iinfo.
type IntInfo struct {
	Bits  int    // that a number takes
	Min   int64  // the smallest number
	Max   uint64 // the largest number
	DType DType
}

// Iinfo describes an integer dtype, Python's torch.iinfo.
func Iinfo(dtype DType) IntInfo {
	bits := 8 * dtype.Itemsize()
	switch dtype {
	case Uint8, Uint16, Uint32, Uint64:
		return IntInfo{Bits: bits, Max: math.MaxUint64 >> (64 - bits), DType: dtype}
	case Int8, Int16, Int32, Int64:
		return IntInfo{Bits: bits, Min: math.MinInt64 >> (64 - bits), Max: math.MaxInt64 >> (64 - bits), DType: dtype}
	case Bool:
		refuseArgument("torch.bool is not supported by torch.iinfo")
	case Qint8, Quint8, Qint32, Quint4x2, Quint2x4:
		refuse(notImplementedErrorKind, `"dtype" not implemented for '%s'`, dtype.scalarTypeName())
	}
	refuseArgument("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
	panic("unreachable")
}

// String returns what Python prints.
func (i IntInfo) String() string {
	return fmt.Sprintf("iinfo(min=%.6g, max=%.6g, dtype=%s)", float64(i.Min), float64(i.Max), shortName(i.DType))
}

func shortName(d DType) string { return strings.TrimPrefix(d.String(), "torch.") }
