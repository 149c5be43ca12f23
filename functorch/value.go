package functorch

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// This file takes apart values of any type that contain tensors, for the
// transforms of functions of any type: slices, arrays, maps, structs with
// exported fields, and interfaces that hold such. Everything else is a leaf.

var tensorType = reflect.TypeFor[*torch.Tensor]()

// isContainer reports whether values of a type are taken apart.
func isContainer(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			return false
		}
		fallthrough
	case reflect.Slice, reflect.Array:
		return t.Elem() == tensorType || t.Elem().Kind() == reflect.Interface || isContainer(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if f.IsExported() && (f.Type == tensorType || isContainer(f.Type)) {
				return true
			}
		}
	}
	return false
}

// visit rebuilds a value from what leaf returns for its leaves, and describes
// its structure.
func visit(v reflect.Value, leaf func(reflect.Value) reflect.Value) (reflect.Value, *spec) {
	if v.Kind() == reflect.Interface && !v.IsNil() && isContainer(v.Elem().Type()) {
		return visit(v.Elem(), leaf)
	}
	if !isContainer(v.Type()) {
		return leaf(v), leafSpec
	}
	s := &spec{kind: listNode}
	result := reflect.New(v.Type()).Elem()
	child := func(v reflect.Value) reflect.Value {
		v, c := visit(v, leaf)
		s.children = append(s.children, c)
		return v
	}
	switch v.Kind() {
	case reflect.Slice:
		result = reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			result.Index(i).Set(child(v.Index(i)))
		}
	case reflect.Map:
		s.kind = dictNode
		result = reflect.MakeMap(v.Type())
		for _, key := range slices.SortedFunc(slices.Values(v.MapKeys()), compareKeys) {
			s.keys = append(s.keys, key.String())
			result.SetMapIndex(key, child(v.MapIndex(key)))
		}
	default:
		s.kind = tupleNode
		result.Set(v)
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				result.Field(i).Set(child(v.Field(i)))
			}
		}
	}
	return result, s
}

func compareKeys(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }

// A leaf is a tensor or any other value.
type leaf struct {
	tensor *torch.Tensor // nil if it is something else
	value  reflect.Value
}

func leafOf(v reflect.Value) leaf {
	l := leaf{value: v}
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.IsValid() && v.Type() == tensorType {
		l.tensor = v.Interface().(*torch.Tensor)
	}
	return l
}

// with returns the leaf with another tensor.
func (l leaf) with(t *torch.Tensor) leaf { return leaf{t, reflect.ValueOf(t)} }

// typeText is the text of Python's type(value).
func (l leaf) typeText() string {
	v := l.value
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() || v.Type() == tensorType && v.IsNil() {
		return "<class 'NoneType'>"
	}
	name := v.Type().String()
	switch {
	case v.Kind() == reflect.String:
		name = "str"
	case v.CanInt():
		name = "int"
	case v.CanFloat():
		name = "float"
	}
	return "<class '" + name + "'>"
}

// flatten returns the leaves and the structure of values.
func flatten(values []reflect.Value) (leaves []leaf, specs []*spec) {
	for _, v := range values {
		_, s := visit(v, func(v reflect.Value) reflect.Value {
			leaves = append(leaves, leafOf(v))
			return v
		})
		specs = append(specs, s)
	}
	return leaves, specs
}

// rebuild returns values of the structure of others, with other leaves.
func rebuild(values []reflect.Value, leaves []leaf) []reflect.Value {
	rebuilt := make([]reflect.Value, len(values))
	for i, v := range values {
		rebuilt[i], _ = visit(v, func(reflect.Value) reflect.Value {
			l := leaves[0]
			leaves = leaves[1:]
			return l.value
		})
	}
	return rebuilt
}
