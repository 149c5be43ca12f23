package conformance

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/wangkuiyi/gotorch/torch"
)

// An argument of a call, with the name that Python's signature gives it.
type argument struct {
	name       string
	value      Value
	positional bool
	given      bool // or else it is a default
}

// named lists the arguments of a call under one of its bindings.
func (c *Call) named(b Binding) []argument {
	var list []argument
	for i, name := range b.Names {
		if rest, ok := strings.CutPrefix(name, "*"); ok {
			list = append(list, c.spread(rest, c.Args[i:])...)
			break
		}
		list = append(list, argument{name, c.Args[i], true, true})
	}
	for _, name := range sortedKeys(c.Kwargs) {
		list = append(list, argument{name, c.Kwargs[name], false, true})
	}
	for _, name := range sortedKeys(b.Defaults) {
		list = append(list, argument{name, b.Defaults[name], false, false})
	}
	return list
}

// spread are the arguments that a parameter with a star takes: one list, which
// Python lets stand for them, or several. What is called args has no name in Go.
func (c *Call) spread(name string, values []Value) []argument {
	if len(values) == 1 {
		if list, ok := values[0].V.([]Value); ok {
			values = list
		}
	}
	if name != "args" && len(values) == 1 {
		return []argument{{name, values[0], true, true}}
	}
	if name != "args" {
		return []argument{{name, Value{values}, true, true}}
	}
	var list []argument
	for _, v := range c.Args[len(c.Args)-len(values):] {
		list = append(list, argument{"", v, true, true})
	}
	return list
}

func sortedKeys(m map[string]Value) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// A binder turns arguments into those of a Go function.
type binder struct {
	*tensors
	export     *Export
	kind       reflect.Type
	names      []string // of the Go parameters, as Python spells them
	values     []reflect.Value
	options    reflect.Type // their interface, or nil
	extra      []reflect.Value
	nones      bool // None is given where it is an option's value, not left out
	variadic   int  // the index of a variadic parameter that is no option; -1
	spread     []reflect.Value
	spreadDone bool
}

// bind returns the arguments for a call of e.
func bind(e *Export, ts *tensors, arguments []argument, nones bool) ([]reflect.Value, error) {
	b := &binder{tensors: ts, export: e, nones: nones, kind: reflect.TypeOf(e.Function), variadic: -1}
	for name := range strings.FieldsSeq(e.Parameters) {
		b.names = append(b.names, snake(name))
	}
	if n := len(b.names); b.kind.IsVariadic() {
		element := b.kind.In(n - 1).Elem()
		if element.Kind() == reflect.Interface && element.NumMethod() > 0 {
			b.options = element
			b.names = b.names[:n-1]
		} else {
			b.variadic = n - 1
		}
	}
	b.values = make([]reflect.Value, len(b.names))
	var rest []argument
	for _, a := range arguments {
		done, err := b.byName(a)
		if err != nil {
			return nil, err
		}
		if !done {
			rest = append(rest, a)
		}
	}
	for _, a := range rest {
		if err := b.byPlace(a); err != nil {
			return nil, err
		}
	}
	return b.all()
}

// byName gives an argument to the parameter or the option of its name.
func (b *binder) byName(a argument) (done bool, err error) {
	i := slices.Index(b.names, a.name)
	if i < 0 && (a.name == "self" || a.name == "input") {
		if i = slices.IndexFunc(b.names, func(n string) bool { return n == "self" || n == "input" }); i != 0 {
			i = -1
		}
	}
	if i >= 0 && !b.filled(i) {
		return true, b.set(i, a.value)
	}
	if b.options == nil || !a.given || a.value.V == nil && !b.nones {
		return false, nil
	}
	return b.option(a) == nil, nil
}

// byPlace gives a positional argument to the next parameter that has none.
func (b *binder) byPlace(a argument) error {
	if !a.given {
		return nil
	}
	if a.positional {
		for i := range b.values {
			if !b.filled(i) {
				return b.set(i, a.value)
			}
		}
	}
	if a.value.V == nil || a.value.V == false && !a.positional || strings.HasPrefix(a.name, "_") {
		return nil // Python's way of not giving it; or one that is its own
	}
	return fmt.Errorf("%s takes no %s", b.export.Name, a.name)
}

func (b *binder) filled(i int) bool {
	if i == b.variadic {
		return b.spreadDone
	}
	return b.values[i].IsValid()
}

func (b *binder) set(i int, v Value) error {
	if i == b.variadic {
		b.spreadDone = true
		element := b.kind.In(i).Elem()
		list, ok := v.V.([]Value)
		if !ok {
			list = []Value{v}
		}
		for _, e := range list {
			value, err := b.convert(e.V, element)
			if err != nil {
				return err
			}
			b.spread = append(b.spread, value)
		}
		return nil
	}
	value, err := b.convert(v.V, b.kind.In(i))
	b.values[i] = value
	return err
}

// option adds the option that a keyword argument is in Go.
func (b *binder) option(a argument) error {
	switch name, _ := a.value.V.(string); {
	case name != "" && a.name == "device":
		a.value.V = Device(name)
	case name != "" && a.name == "reduction":
		a.value.V = Reduction(name)
	}
	if _, ok := a.value.V.(*Array); ok && a.name == "other" && reflect.TypeFor[*torch.Tensor]().Implements(b.options) {
		b.extra = append(b.extra, reflect.ValueOf(b.plain(a.value.V)))
		return nil
	}
	if v, err := b.convertOption(a.value.V); err == nil {
		b.extra = append(b.extra, v)
		return nil
	}
	name := camel(a.name)
	pkg, _, _ := strings.Cut(b.export.Name, ".")
	for _, exact := range []bool{true, false} {
		for _, full := range []string{pkg + "." + name, pkg + ".With" + name, "torch." + name, "torch.With" + name} {
			for _, c := range constructors()[full] {
				if !c.result.Implements(b.options) || exact && !c.takes(reflect.TypeOf(b.plain(a.value.V))) {
					continue
				}
				if v, err := c.make(b.tensors, a.value); err == nil {
					b.extra = append(b.extra, v)
					return nil
				}
			}
		}
	}
	return fmt.Errorf("%s has no option %s", b.export.Name, a.name)
}

// convertOption is for values that are options themselves: dtypes and the like.
func (b *binder) convertOption(v any) (reflect.Value, error) {
	switch v.(type) {
	case DType, Device, Layout, MemoryFormat, Generator, Reduction:
		value := reflect.ValueOf(b.plain(v))
		if value.Type().Implements(b.options) {
			return value, nil
		}
	}
	return reflect.Value{}, errUnsupported
}

func (b *binder) all() ([]reflect.Value, error) {
	var all []reflect.Value
	for i, v := range b.values {
		if i == b.variadic {
			continue
		}
		if !v.IsValid() {
			return nil, fmt.Errorf("%s needs the argument %s", b.export.Name, b.names[i])
		}
		all = append(all, v)
	}
	all = append(all, b.spread...)
	return append(all, b.extra...), nil
}

// A constructor makes options: a function, or a type whose values are options.
type constructor struct {
	function reflect.Value
	result   reflect.Type
}

// constructors lists them by name; a name can have several, for values of
// different types.
var constructors = sync.OnceValue(func() map[string][]constructor {
	m := map[string][]constructor{}
	for _, e := range exports {
		f := reflect.ValueOf(e.Function)
		if t := f.Type(); t.NumOut() == 1 && t.NumIn() == 1 {
			name, _, _ := strings.Cut(e.Name, "[")
			m[name] = append(m[name], constructor{f, t.Out(0)})
		}
	}
	for name, t := range types {
		m[name] = append(m[name], constructor{result: t})
	}
	return m
})

// takes reports whether the constructor is for values of exactly this type.
func (c constructor) takes(t reflect.Type) bool {
	if !c.function.IsValid() {
		return t == c.result
	}
	in := c.function.Type().In(0)
	return t == in || c.function.Type().IsVariadic() && t == in.Elem()
}

// make makes an option; constructors panic if a value is not for them.
func (c constructor) make(ts *tensors, v Value) (option reflect.Value, err error) {
	if refusal := torch.Try(func() { option, err = c.call(ts, v) }); refusal != nil {
		return option, refusal
	}
	return option, err
}

func (c constructor) call(ts *tensors, v Value) (reflect.Value, error) {
	if !c.function.IsValid() {
		return ts.convert(v.V, c.result)
	}
	in := c.function.Type().In(0)
	if !c.function.Type().IsVariadic() {
		value, err := ts.convert(v.V, in)
		if err != nil {
			return reflect.Value{}, err
		}
		return c.function.Call([]reflect.Value{value})[0], nil
	}
	list, ok := v.V.([]Value)
	if !ok && v.V != nil || reflect.TypeOf(ts.plain(v.V)) == in.Elem() {
		list = []Value{v}
	}
	slice := reflect.MakeSlice(in, 0, len(list))
	for _, e := range list {
		value, err := ts.convert(e.V, in.Elem())
		if err != nil {
			return reflect.Value{}, err
		}
		slice = reflect.Append(slice, value)
	}
	if v.V == nil {
		slice = reflect.Zero(in)
	}
	return c.function.CallSlice([]reflect.Value{slice})[0], nil
}
