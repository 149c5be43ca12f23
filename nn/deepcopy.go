package nn

import (
	"reflect"
	"strings"
	"unsafe"

	"github.com/wangkuiyi/gotorch/torch"
)

// DeepCopy returns a copy of a module with all that is in it, Python's
// copy.deepcopy. The copy has parameters and buffers of its own, with the same
// values; what occurs several times in the module, such as shared weights, the
// copy has as often. Gradients of parameters are not copied. Functions, among
// them hooks, channels and generators are shared.
//
// A tensor that is the result of recorded operations panics.
func DeepCopy[M AnyModule](module M) M {
	c := copier{seen: map[reference]reflect.Value{}}
	if !isNil(module) {
		c.copyParametrized(module)
	}
	var copied M
	c.copy(reflect.ValueOf(&copied).Elem(), addressable(reflect.ValueOf(&module).Elem()))
	return copied
}

// copyParametrized copies the tensors in fields that package parametrize computes
// before each Forward: they are results of operations, but the copy has its own
// from its next Forward on.
func (c *copier) copyParametrized(module AnyModule) {
	for _, m := range module.Modules() {
		lists := map[string]AnyModule{}
		m.AsModule().eachChild(func(key string, child AnyModule) bool {
			lists[key] = child
			return true
		})
		list, ok := lists["parametrizations"]
		if !ok {
			continue
		}
		list.AsModule().eachChild(func(key string, _ AnyModule) bool {
			if t, ok := m.AsModule().own(key); ok && !t.IsLeaf() {
				var copied *torch.Tensor
				torch.NoGrad(func() { copied = torch.Keep(t.Detach().Clone()) })
				c.seen[reference{reflect.ValueOf(t).UnsafePointer(), tensorType}] = reflect.ValueOf(copied)
			}
			return true
		})
	}
}

// A copier copies values, and each that a pointer points to once.
type copier struct{ seen map[reference]reflect.Value }

type reference struct {
	pointer unsafe.Pointer
	kind    reflect.Type
}

var (
	layoutType = reflect.TypeFor[*layout]()
	memberType = reflect.TypeFor[*member]()
)

// copy sets to, which can be set, to a copy of from.
func (c *copier) copy(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.Pointer:
		to.Set(c.pointer(from))
	case reflect.Interface:
		if !from.IsNil() {
			to.Set(c.copyOf(from.Elem()))
		}
	case reflect.Slice:
		c.slice(to, from)
	case reflect.Map:
		c.mapping(to, from)
	case reflect.Array:
		for i := range from.Len() {
			c.copy(to.Index(i), from.Index(i))
		}
	case reflect.Struct:
		c.structure(to, from)
	default: // numbers, strings, functions, channels
		to.Set(from)
	}
}

// copyOf returns a copy of a value.
func (c *copier) copyOf(from reflect.Value) reflect.Value {
	to := reflect.New(from.Type()).Elem()
	c.copy(to, addressable(from))
	return to
}

// addressable returns a value of which all fields can be read.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	copied := reflect.New(v.Type()).Elem()
	copied.Set(v)
	return copied
}

// pointer returns a pointer to a copy, which is made once.
func (c *copier) pointer(from reflect.Value) reflect.Value {
	if from.IsNil() || isShared(from.Type()) {
		return from
	}
	key := reference{from.UnsafePointer(), from.Type()}
	if copied, ok := c.seen[key]; ok {
		return copied
	}
	if from.Type() == tensorType {
		copied := reflect.ValueOf(copyTensor(from.Interface().(*torch.Tensor)))
		c.seen[key] = copied
		return copied
	}
	copied := reflect.New(from.Type().Elem())
	c.seen[key] = copied // before its elements, which may point back to it
	c.copy(copied.Elem(), from.Elem())
	return copied
}

// isShared reports whether copies may point to the same: what never changes, and
// what package torch has, such as generators, but for tensors.
func isShared(t reflect.Type) bool {
	if t == layoutType || t == memberType {
		return true
	}
	return t != tensorType && t.Elem().PkgPath() == tensorType.Elem().PkgPath()
}

func (c *copier) slice(to, from reflect.Value) {
	if from.IsNil() {
		return
	}
	to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
	for i := range from.Len() {
		c.copy(to.Index(i), from.Index(i))
	}
}

func (c *copier) mapping(to, from reflect.Value) {
	if from.IsNil() {
		return
	}
	to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
	for entries := from.MapRange(); entries.Next(); {
		to.SetMapIndex(c.copyOf(entries.Key()), c.copyOf(entries.Value()))
	}
}

// structure copies fields, exported or not. Locks of package sync stay as they
// are made.
func (c *copier) structure(to, from reflect.Value) {
	if path := from.Type().PkgPath(); path == "sync" || strings.HasPrefix(path, "sync/") {
		return
	}
	key := reference{from.Addr().UnsafePointer(), reflect.PointerTo(from.Type())}
	if _, ok := c.seen[key]; !ok { // something may point to a struct that lies in another
		c.seen[key] = to.Addr()
	}
	for i := range from.NumField() {
		c.copy(field(to, i), field(from, i))
	}
	if from.Type() == baseType {
		m := (*Module)(to.Addr().UnsafePointer())
		if m.self != nil {
			m.base = reflect.ValueOf(m.self).UnsafePointer()
		}
	}
	if m, ok := to.Addr().Interface().(copiedModule); ok {
		m.copied()
	}
}

// A copiedModule is one of which a copy is not in all things like the original:
// what Python's __setstate__ changes.
type copiedModule interface{ copied() }

// field returns a field that can be read and set even if it is not exported.
func field(v reflect.Value, i int) reflect.Value {
	f := v.Field(i)
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
}

// copyTensor copies a tensor as Python's __deepcopy__ does.
func copyTensor(t *torch.Tensor) (copied *torch.Tensor) {
	if !t.IsLeaf() {
		raise("RuntimeError", "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at "+
			"the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm "+
			"usage, see https://github.com/pytorch/pytorch/pull/103001")
	}
	if t.IsUninitialized() {
		copied = torch.Empty([]int64{0}, t.DType(), t.Device())
		defer torch.MarkUninitialized(copied, true)
	} else {
		torch.NoGrad(func() { copied = torch.Clone(t.Detach(), torch.PreserveFormat) })
	}
	if t.IsParameter() {
		return torch.MarkParameter(copied.RequiresGrad_(t.RequiresGrad()))
	}
	if marked, persistent := t.IsBuffer(); marked {
		torch.MarkBuffer(copied, persistent)
	}
	copied.RequiresGrad_(t.RequiresGrad())
	if grad := t.Grad(); grad != nil {
		copied.SetGrad(copyTensor(grad))
	}
	return torch.Keep(copied)
}
