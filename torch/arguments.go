package torch

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
)

// The generated functions in api_*_gen.go use what is here to choose among
// overloads and to convert what they were given. Nothing keeps a value, so that
// options and operands stay on the caller's stack.

// Of what types a value may be, for a parameter or an option of type any.

func isTensor(v any) bool { _, ok := v.(*Tensor); return ok }

func isOperand(v any) bool { return isTensor(v) || isNumber(v) }

func isNumber(v any) bool {
	switch v.(type) {
	case int, float64, float32, int64, bool, complex128:
		return true
	}
	return kindOf(v) != reflect.Invalid && kindOf(v) <= reflect.Complex128 && kindOf(v) != reflect.Uintptr
}

func isInteger(v any) bool {
	switch v.(type) {
	case int, int64:
		return true
	}
	k := kindOf(v)
	return k >= reflect.Int && k <= reflect.Uint64
}

func isBool(v any) bool { return kindOf(v) == reflect.Bool }
func isText(v any) bool { return kindOf(v) == reflect.String }

// isInts reports whether v is a list of integers, or one that stands for such a
// list.
func isInts(v any) bool { return isIntList(v) || v != nil && isInteger(v) }

func isIntList(v any) bool {
	switch v.(type) {
	case []int64, []int:
		return true
	}
	return false
}

func isTensors(v any) bool { _, ok := v.([]*Tensor); return ok }

func isNumbers(v any) bool {
	t := reflect.TypeOf(v)
	return t != nil && t.Kind() == reflect.Slice && (t.Elem() == reflect.TypeFor[any]() ||
		t.Elem().Kind() >= reflect.Bool && t.Elem().Kind() <= reflect.Complex128)
}

func kindOf(v any) reflect.Kind {
	if v == nil {
		return reflect.Invalid
	}
	return reflect.TypeOf(v).Kind()
}

// Conversions. A wrong type panics as Python's TypeError. nil is None where a
// type is optional.

func wrongType(name, wanted string, v any) {
	refuseArgument("argument '%s' must be %s, not %s", name, wanted, typeName(v))
}

func toTensor(v any, name string) *Tensor {
	if v == nil {
		return nil
	}
	t, ok := v.(*Tensor)
	if !ok {
		wrongType(name, "Tensor", v)
	}
	return t
}

func toTensors(v any, name string) []*Tensor {
	t, ok := v.([]*Tensor)
	if !ok {
		wrongType(name, "tuple of Tensors", v)
	}
	return t
}

func optionalScalar(v any, name string) optional[scalar] {
	if v == nil {
		return optional[scalar]{}
	}
	return some(toScalar(v, name))
}

func toInt(v any, name string) int64 {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	}
	if s, ok := numberToScalar(v); ok && s.tag == scalarInt {
		return int64(s.bits)
	}
	wrongType(name, "int", v)
	panic("unreachable")
}

func toFloat(v any, name string) float64 {
	s, ok := numberToScalar(v)
	if !ok || s.tag == scalarComplex {
		wrongType(name, "float", v)
	}
	return s.float()
}

func optionalFloat(v any, name string) optional[float64] {
	if v == nil {
		return optional[float64]{}
	}
	return some(toFloat(v, name))
}

func toBool(v any, name string) bool {
	if !isBool(v) {
		wrongType(name, "bool", v)
	}
	return reflect.ValueOf(v).Bool()
}

func optionalBool(v any, name string) optional[bool] {
	if v == nil {
		return optional[bool]{}
	}
	return some(toBool(v, name))
}

func toText(v any, name string) string {
	if s, ok := v.(string); ok {
		return s
	}
	if !isText(v) {
		wrongType(name, "str", v)
	}
	return reflect.ValueOf(v).String()
}

func toInts(v any, name string) []int64 {
	switch v := v.(type) {
	case nil:
		return nil
	case []int64:
		return v
	case []int:
		list := make([]int64, len(v))
		for i, x := range v {
			list[i] = int64(x)
		}
		return list
	}
	if !isInteger(v) {
		wrongType(name, "tuple of ints", v)
	}
	return []int64{toInt(v, name)}
}

// toScalars converts a slice of numbers of any type.
func toScalars(v any, name string) []scalar {
	if !isNumbers(v) {
		wrongType(name, "tuple of Scalars", v)
	}
	r := reflect.ValueOf(v)
	list := make([]scalar, r.Len())
	for i := range list {
		list[i] = toScalar(r.Index(i).Interface(), name)
	}
	return list
}

// oneInt is the integer of a list that must have one.
func oneInt(v []int64, name string) int64 {
	if len(v) != 1 {
		refuseArgument("argument '%s' must be int, not tuple of %d ints", name, len(v))
	}
	return v[0]
}

// spread repeats a single integer where PyTorch wants n, as Python does for
// stride=2 of a two-dimensional convolution.
func spread(v []int64, n int) []int64 {
	if len(v) != 1 {
		return v
	}
	return repeated(v[0], n)
}

func repeated(v int64, n int) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = v
	}
	return list
}

// outputs checks the number of tensors in the option out.
func outputs(out []*Tensor, n int) []*Tensor {
	if len(out) != n {
		refuseOutputs(len(out), n)
	}
	return out
}

//go:noinline
func refuseOutputs(got, want int) {
	refuseArgument("argument 'out' must be %d Tensors, not %d", want, got)
}

// checkOut refuses options that contradict the tensor in out.
func checkOut(out *Tensor, dtype DType, layout Layout, device Device) {
	if dtype != 0 && dtype != out.DType() {
		refuse(runtimeErrorKind, "dtype %s does not match dtype of out parameter (%s)", dtype, out.DType())
	}
	if layout != 0 && layout != out.Layout() {
		refuse(runtimeErrorKind, "layout %s does not match layout of out parameter (%s)", layout, out.Layout())
	}
	if device.kind != 0 && device.kind != out.Device().kind {
		refuse(runtimeErrorKind, "device type %s does not match device type of out parameter (%s)", device.kind, out.Device().kind)
	}
}

// withRequiresGrad gives a new tensor what its operator cannot.
func withRequiresGrad(t *Tensor, on optional[bool]) *Tensor {
	if !on.value {
		return t
	}
	if dtype := t.DType(); !dtype.IsFloatingPoint() && !dtype.IsComplex() {
		refuse(runtimeErrorKind, "Only Tensors of floating point and complex dtype can require gradients")
	}
	return t.outOfSlab().RequiresGrad_()
}

// given names the types of options, for a message.
//
//go:noinline
func given[O any](opts []O) []string {
	var names []string
	for _, o := range opts {
		names = append(names, strings.TrimSuffix(typeName(o), "Arg"))
	}
	return names
}

// mismatch is the error for a call that fits none of a function's signatures,
// in Python's words.
//
//go:noinline
func mismatch(function string, options []string, signatures string, arguments ...any) *Error {
	var got []string
	for _, a := range arguments {
		got = append(got, typeName(a))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s() received an invalid combination of arguments - got (%s), but expected one of:", function,
		strings.Join(append(got, options...), ", "))
	for s := range strings.SplitSeq(signatures, "\n") {
		b.WriteString("\n * " + s)
	}
	return newError(csrc.TypeError, "%s", b.String())
}

// missing is the error for a call without an option that it needs.
//
//go:noinline
func missing(function, option string) *Error {
	return newError(csrc.TypeError, "%s() needs the option %s", function, option)
}

func newError(kind csrc.Kind, format string, args ...any) *Error {
	return NewError(kind.String(), format, args...)
}
