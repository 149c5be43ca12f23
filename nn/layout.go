package nn

import (
	"reflect"
	"strings"
	"sync"
	"unicode"
	"unsafe"

	"github.com/wangkuiyi/gotorch/torch"
)

// A layout says where in a struct that embeds [Module] the members of the
// module are. There is one for each type.
type layout struct {
	name    string // of the type
	library bool   // it is one of this package
	members []member
	byKey   map[string]*member
}

// A member is a field that may hold a parameter, a buffer or a module.
type member struct {
	key    string
	kind   memberKind
	offset uintptr
	typ    reflect.Type
}

type memberKind uint8

const (
	attribute     memberKind = iota // something else
	tensorMember                    // *torch.Tensor
	pointerMember                   // a pointer to a module
	valueMember                     // a module that lies in the struct
	dynamicMember                   // an interface, which may hold a module
)

var (
	tensorType = reflect.TypeFor[*torch.Tensor]()
	moduleType = reflect.TypeFor[AnyModule]()
	baseType   = reflect.TypeFor[Module]()
	layouts    sync.Map // reflect.Type -> *layout
)

// layoutOf returns the layout of a struct type whose [Module] lies at offset.
func layoutOf(t reflect.Type, offset uintptr) *layout {
	if l, ok := layouts.Load(t); ok {
		return l.(*layout)
	}
	name, _, _ := strings.Cut(t.Name(), "[") // without type arguments
	l := &layout{name: name, library: t.PkgPath() == baseType.PkgPath(), byKey: map[string]*member{}}
	l.collect(t, 0, offset)
	for i := range l.members {
		l.byKey[l.members[i].key] = &l.members[i]
	}
	actual, _ := layouts.LoadOrStore(t, l)
	return actual.(*layout)
}

// collect appends the members of a struct that lies at start. Those of an
// embedded struct count as its own, unless that is a module of its own.
func (l *layout) collect(t reflect.Type, start, module uintptr) {
	if t == baseType {
		return // a Module on its own has only members that are registered
	}
	for i := range t.NumField() {
		f := t.Field(i)
		offset := start + f.Offset
		tag := f.Tag.Get("torch")
		if tag == "-" || f.Type == baseType || f.Name == "_" {
			continue
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct && tag == "" && isPartOf(f.Type, offset, module) {
			l.collect(f.Type, offset, module)
			continue
		}
		key := tag
		if key == "" {
			key = keyOf(f.Name)
		}
		l.members = append(l.members, member{key, kindOf(f.Type), offset, f.Type})
	}
}

// isPartOf reports whether an embedded struct is a part of the module around
// it, rather than a child with a Module of its own.
func isPartOf(t reflect.Type, offset, module uintptr) bool {
	own := reflect.PointerTo(t).Implements(moduleType)
	return !own || offset <= module && module < offset+t.Size()
}

func kindOf(t reflect.Type) memberKind {
	switch {
	case t == tensorType:
		return tensorMember
	case t.Kind() == reflect.Interface:
		return dynamicMember
	case t.Kind() == reflect.Pointer && t.Implements(moduleType):
		return pointerMember
	case t.Kind() == reflect.Struct && reflect.PointerTo(t).Implements(moduleType):
		return valueMember
	}
	return attribute
}

// keyOf returns the key that stands for a field in names and state
// dictionaries. An unexported name is the key. An exported one is turned into
// snake case: an underscore goes before each upper-case letter that follows a
// lower-case one, or that begins a word after something else, as in
// InProjWeight, in_proj_weight; FC1, fc1; Conv2Weight, conv2_weight.
func keyOf(field string) string {
	if !unicode.IsUpper([]rune(field)[0]) {
		return field
	}
	var b strings.Builder
	runes := []rune(field)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) &&
			(unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && runes[i-1] != '_') {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// tensor returns the place of a tensorMember in the struct at base.
func (f *member) tensor(base unsafe.Pointer) **torch.Tensor {
	return (**torch.Tensor)(unsafe.Add(base, f.offset))
}

// module returns the module that the member holds, or nil.
func (f *member) module(base unsafe.Pointer) AnyModule {
	address := unsafe.Add(base, f.offset)
	switch f.kind {
	case pointerMember:
		pointer := *(*unsafe.Pointer)(address)
		if pointer == nil {
			return nil
		}
		return reflect.NewAt(f.typ.Elem(), pointer).Interface().(AnyModule)
	case valueMember:
		return reflect.NewAt(f.typ, address).Interface().(AnyModule)
	case dynamicMember:
		m, ok := reflect.NewAt(f.typ, address).Elem().Interface().(AnyModule)
		if ok && !isNil(m) {
			return m
		}
	}
	return nil
}

// set stores a module in the member, and reports whether it can hold it.
func (f *member) set(base unsafe.Pointer, m AnyModule) bool {
	if f.kind != pointerMember && f.kind != dynamicMember {
		return false
	}
	field := reflect.NewAt(f.typ, unsafe.Add(base, f.offset)).Elem()
	if isNil(m) {
		field.SetZero()
		return true
	}
	v := reflect.ValueOf(m)
	if !v.Type().AssignableTo(f.typ) {
		return false
	}
	field.Set(v)
	return true
}

// isNil reports whether m is no module: nil, or a nil pointer of some type.
func isNil(m AnyModule) bool {
	if m == nil {
		return true
	}
	v := reflect.ValueOf(m)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
