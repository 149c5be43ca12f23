package torch

import (
	"math"
	"reflect"
)

type scalarTag uint8

const (
	scalarInt scalarTag = iota
	scalarFloat
	scalarBool
	scalarComplex
	scalarUnsigned
)

// A scalar is a number as libtorch's at::Scalar holds it: its kind takes part
// in type promotion.
type scalar struct {
	tag  scalarTag
	bits uint64
	imag uint64 // of a complex number
}

func intScalar(v int64) scalar     { return scalar{tag: scalarInt, bits: uint64(v)} }
func floatScalar(v float64) scalar { return scalar{tag: scalarFloat, bits: math.Float64bits(v)} }
func boolScalar(v bool) scalar {
	if v {
		return scalar{tag: scalarBool, bits: 1}
	}
	return scalar{tag: scalarBool}
}
func complexScalar(v complex128) scalar {
	return scalar{tag: scalarComplex, bits: math.Float64bits(real(v)), imag: math.Float64bits(imag(v))}
}

// toScalar converts a number of any Go type. The usual ones are told apart by
// a type switch; named types, such as time.Duration, by reflection.
func toScalar(v any, name string) scalar {
	if s, ok := numberToScalar(v); ok {
		return s
	}
	refuseArgument("argument '%s' must be a number, not %s", name, typeName(v))
	panic("unreachable")
}

func numberToScalar(v any) (s scalar, ok bool) {
	switch v := v.(type) {
	case int:
		return intScalar(int64(v)), true
	case float64:
		return floatScalar(v), true
	case float32:
		return floatScalar(float64(v)), true
	case int64:
		return intScalar(v), true
	case bool:
		return boolScalar(v), true
	case complex128:
		return complexScalar(v), true
	}
	r := reflect.ValueOf(v)
	switch {
	case !r.IsValid():
		return scalar{}, false
	case r.CanInt():
		return intScalar(r.Int()), true
	case r.CanUint() && r.Uint() > math.MaxInt64:
		return scalar{tag: scalarUnsigned, bits: r.Uint()}, true
	case r.CanUint():
		return intScalar(int64(r.Uint())), true
	case r.CanFloat():
		return floatScalar(r.Float()), true
	case r.CanComplex():
		return complexScalar(r.Complex()), true
	case r.Kind() == reflect.Bool:
		return boolScalar(r.Bool()), true
	}
	return scalar{}, false
}

// float returns the number as Python's float() would.
func (s scalar) float() float64 {
	switch s.tag {
	case scalarInt:
		return float64(int64(s.bits))
	case scalarFloat, scalarComplex:
		return math.Float64frombits(s.bits)
	default:
		return float64(s.bits)
	}
}

// value returns the number as the Go type that fits its kind: int64, float64,
// bool, complex128 or uint64.
func (s scalar) value() any {
	switch s.tag {
	case scalarInt:
		return int64(s.bits)
	case scalarFloat:
		return math.Float64frombits(s.bits)
	case scalarBool:
		return s.bits != 0
	case scalarComplex:
		return complex(math.Float64frombits(s.bits), math.Float64frombits(s.imag))
	default:
		return s.bits
	}
}
