package torch

// The types that options take where Python takes several. Those that a function
// takes by position are any: a method cannot have type parameters.

// An Integer is a Go type for what Python calls int.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Numbers are Go types for a list of numbers.
type Numbers interface {
	[]int | []int64 | []float32 | []float64 | []complex64 | []complex128
}

// valueOrInts is what an option holds that takes one value, or several integers.
func valueOrInts[T any](values []T, name string) any {
	if len(values) == 1 {
		return values[0]
	}
	ints := make([]int64, len(values))
	for i, v := range values {
		ints[i] = toInt(v, name)
	}
	return ints
}
