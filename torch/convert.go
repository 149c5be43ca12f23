package torch

import (
	"unsafe"
)

// checkConversion refuses numbers that the dtype which NewTensor is asked for
// cannot hold, as torch.tensor does. data holds elements of dtype from.
func checkConversion(data []byte, from, to DType) {
	r, integer := integerRanges[to]
	switch {
	case from.IsComplex() && integer:
		refuseArgument("'complex' object cannot be interpreted as an integer")
	case from.IsComplex() && to.IsFloatingPoint():
		refuseArgument("must be real number, not complex")
	case !integer:
		return
	}
	fits := true
	switch from {
	case Float32:
		fits = floatsFit[float32](data, r)
	case Float64:
		fits = floatsFit[float64](data, r)
	case Int8:
		fits = intsFit[int8](data, r)
	case Int16:
		fits = intsFit[int16](data, r)
	case Int32:
		fits = intsFit[int32](data, r)
	case Int64:
		fits = intsFit[int64](data, r)
	case Uint8:
		fits = uintsFit[uint8](data, r)
	case Uint16:
		fits = uintsFit[uint16](data, r)
	case Uint32:
		fits = uintsFit[uint32](data, r)
	case Uint64:
		fits = uintsFit[uint64](data, r)
	}
	if !fits {
		refuse(runtimeErrorKind, "value cannot be converted to type %s without overflow", dtypes[to-1].name)
	}
}

// integerRange is what an integer dtype can hold. Negative integers wrap around
// in unsigned dtypes, down to the negative of the largest.
type integerRange struct {
	low  float64 // of floats
	most uint64  // of positive and negative integers
}

var integerRanges = map[DType]integerRange{
	Uint8: {0, 1<<8 - 1}, Uint16: {0, 1<<16 - 1}, Uint32: {0, 1<<32 - 1}, Uint64: {0, 1<<64 - 1},
	Int8: {-1 << 7, 1<<7 - 1}, Int16: {-1 << 15, 1<<15 - 1}, Int32: {-1 << 31, 1<<31 - 1}, Int64: {-1 << 63, 1<<63 - 1},
}

// view returns the elements that lie in data.
func view[T Number](data []byte) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(data))), len(data)/int(unsafe.Sizeof(zero)))
}

// A float fits if its integer part does; NaN does not.
func floatsFit[T float32 | float64](data []byte, r integerRange) bool {
	beyond := 2 * (float64(r.most/2) + 1)
	for _, v := range view[T](data) {
		if f := float64(v); !(f >= r.low && f < beyond) {
			return false
		}
	}
	return true
}

func intsFit[T int8 | int16 | int32 | int64](data []byte, r integerRange) bool {
	least := r.most // how far below zero
	if r.low < 0 {
		least++
	}
	for _, v := range view[T](data) {
		if v >= 0 && uint64(v) > r.most || v < 0 && -uint64(v) > least {
			return false
		}
	}
	return true
}

func uintsFit[T uint8 | uint16 | uint32 | uint64](data []byte, r integerRange) bool {
	for _, v := range view[T](data) {
		if uint64(v) > r.most {
			return false
		}
	}
	return true
}
