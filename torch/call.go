package torch

import (
	"reflect"
	"runtime"
	"strings"
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entryFindOperator    = csrc.Entry("find_operator(str name, str overload) -> int")
	entryCallOperator    = csrc.RepeatableEntry("call_operator(int handle, Arguments arguments) -> int[]")
	entryOperatorSchemas = csrc.Entry("operator_schemas(str prefix) -> str")
)

// Keywords are the arguments that [Call] passes by name. They come last:
//
//	torch.Call("aten::sum.dim_IntList", x, []int64{1}, torch.Keywords{"dtype": torch.Float64})
type Keywords map[string]any

// Call calls an operator by its name, Python's torch.ops.namespace.op.overload.
// It is for operators that are not part of PyTorch, such as torchvision's, once
// [LoadLibrary] has opened the library that has them:
//
//	keep := torch.Call("torchvision::nms", boxes, scores, 0.5)[0].(*torch.Tensor)
//
// An argument is a *[Tensor], a number, a bool, a string, nil for None, a
// [DType], [Layout], [MemoryFormat], [Device] or *[Generator], or a slice of any
// of these. Those that are left out have the defaults of the operator's schema,
// which [OperatorSchemas] tells.
//
// The results are, by their types in the schema, *[Tensor] (nil for None),
// int64, float64, bool, complex128, string, [DType], [Device], or, for lists and
// tuples, []*[Tensor], []int64, []float64, []bool, []string, or else []any.
//
// An operator that does not exist, and arguments that do not fit its schema,
// panic with PyTorch's messages, as a RuntimeError.
func Call(name string, arguments ...any) []any {
	operator := findOperator(name)
	var keywords Keywords
	if n := len(arguments); n > 0 {
		if k, ok := arguments[n-1].(Keywords); ok {
			keywords, arguments = k, arguments[:n-1]
		}
	}
	var f frame
	f.PutInt(operator)
	f.Put(uint64(len(arguments)))
	for _, a := range arguments {
		f.putValue(a)
	}
	f.Put(uint64(len(keywords)))
	for k, v := range keywords {
		f.PutString(k)
		f.putValue(v)
	}
	f.call(entryCallOperator)
	words := valueReader{words: f.TakeInts(), scope: f.Scope(), arguments: arguments}
	results := words.all()
	runtime.KeepAlive(arguments)
	runtime.KeepAlive(keywords)
	return results
}

// OperatorSchemas returns the schemas of the operators whose names begin with
// prefix, in order:
//
//	torch.OperatorSchemas("torchvision::nms") // torchvision::nms(Tensor dets, ...) -> Tensor
func OperatorSchemas(prefix string) []string {
	var f frame
	f.PutString(prefix)
	f.call(entryOperatorSchemas)
	text := strings.TrimSuffix(f.TakeString(), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// LoadLibrary opens a shared library, which registers operators for [Call],
// Python's torch.ops.load_library. The library stays open; opening it again does
// nothing. A library that cannot be opened is an error; one that throws while it
// registers its operators ends the process, as it ends Python.
//
// Libraries that were built for CUDA, as torchvision's wheel is, need a libtorch
// with CUDA.
func LoadLibrary(path string) error {
	if err := csrc.LoadLibrary(path); err != nil {
		return NewError("OSError", "Could not load this library: %s\n%v", path, err)
	}
	return nil
}

// operatorHandles caches what find_operator returned, by name.
var operatorHandles sync.Map

func findOperator(name string) int64 {
	if handle, ok := operatorHandles.Load(name); ok {
		return handle.(int64)
	}
	namespace, rest, ok := strings.Cut(name, "::")
	if !ok {
		refuse(runtimeErrorKind, "The operator name '%s' must be of the form namespace::op or namespace::op.overload", name)
	}
	op, overload, _ := strings.Cut(rest, ".")
	var f frame
	f.PutString(namespace + "::" + op)
	f.PutString(overload)
	f.call(entryFindOperator)
	handle := f.TakeInt()
	operatorHandles.Store(name, handle)
	return handle
}

// The tags of values; csrc/src/dispatch.cpp says what follows each.
const (
	noneValue = iota
	tensorValue
	scalarValue
	textValue
	deviceValue
	generatorValue
	listValue
	dtypeValue
)

// putValue puts an argument with its type.
func (f *frame) putValue(v any) {
	switch v := v.(type) {
	case nil:
		f.Put(noneValue)
	case *Tensor:
		if v == nil {
			f.Put(noneValue)
			return
		}
		f.Put(tensorValue)
		f.putTensor(v, "arguments")
	case DType:
		f.putNumber(uint64(v))
	case Layout:
		f.putNumber(uint64(v))
	case MemoryFormat:
		f.putNumber(uint64(v))
	case Device:
		f.Put(deviceValue)
		f.putDevice(v, "arguments")
	case *Generator:
		f.Put(generatorValue)
		v.put(f)
	case string:
		f.Put(textValue)
		f.PutString(v)
	default:
		f.putOther(v)
	}
}

// putNumber puts libtorch's number of a dtype, layout or memory format.
func (f *frame) putNumber(v uint64) {
	if v == 0 {
		f.Put(noneValue)
		return
	}
	f.Put(scalarValue)
	f.putScalar(intScalar(int64(v) - 1))
}

// putOther puts numbers, and slices and arrays of values.
func (f *frame) putOther(v any) {
	if s, ok := numberToScalar(v); ok {
		f.Put(scalarValue)
		f.putScalar(s)
		return
	}
	list := reflect.ValueOf(v)
	if kind := list.Kind(); kind != reflect.Slice && kind != reflect.Array {
		refuseArgument("%s cannot be an argument of an operator", typeName(v))
	}
	f.Put(listValue)
	f.Put(uint64(list.Len()))
	for i := range list.Len() {
		f.putValue(list.Index(i).Interface())
	}
}

// A valueReader reads results.
type valueReader struct {
	words     []int64
	scope     uint64
	arguments []any
}

func (r *valueReader) all() []any {
	var values []any
	for len(r.words) > 0 {
		values = append(values, r.value())
	}
	return values
}

func (r *valueReader) word() uint64 {
	w := r.words[0]
	r.words = r.words[1:]
	return uint64(w)
}

func (r *valueReader) value() any {
	switch r.word() {
	case tensorValue:
		return r.tensor()
	case scalarValue:
		s := scalar{tag: scalarTag(r.word()), bits: r.word()}
		if s.tag == scalarComplex {
			s.imag = r.word()
		}
		return s.value()
	case textValue:
		return r.text()
	case dtypeValue:
		return DType(r.word() + 1)
	case deviceValue:
		return deviceOf(r.word())
	case listValue:
		values := make([]any, r.word())
		for i := range values {
			values[i] = r.value()
		}
		return listOf(values)
	}
	return (*Tensor)(nil)
}

// tensor adopts a handle. One of an argument's, which an in-place operator
// returns, is that argument.
func (r *valueReader) tensor() *Tensor {
	handle, about := r.word(), r.word()
	for _, a := range r.arguments {
		if t, ok := a.(*Tensor); ok && t != nil && sameHandle(t.handle, handle) {
			csrc.Release([]uint64{handle})
			return t
		}
	}
	return adopt(handle, description(about), r.scope)
}

func (r *valueReader) text() string {
	n := int(r.word())
	text := make([]byte, 0, n+7)
	for len(text) < n {
		for w, i := r.word(), 0; i < 8; i++ {
			text = append(text, byte(w>>(8*i)))
		}
	}
	return string(text[:n])
}

// listOf gives a list the Go type of its elements, if they have one type.
func listOf(values []any) any {
	if len(values) == 0 {
		return values
	}
	element := reflect.TypeOf(values[0])
	list := reflect.MakeSlice(reflect.SliceOf(element), 0, len(values))
	for _, v := range values {
		if reflect.TypeOf(v) != element {
			return values
		}
		list = reflect.Append(list, reflect.ValueOf(v))
	}
	return list.Interface()
}
