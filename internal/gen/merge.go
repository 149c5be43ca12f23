package main

import (
	"fmt"
	"slices"
	"strings"
)

// A Function is a Go function, or a method, with the overloads that it chooses
// from.
type Function struct {
	Name       string // in Go
	Binding    *Binding
	Override   *Override
	Parameters []*Parameter
	Options    []*Option
	Cases      []*Case // in Python's order
	Interface  string  // of its options, if it has any
	Forward    *Function
	// DefaultDevice: without the option device it follows torch.SetDefaultDevice.
	DefaultDevice bool
}

// Method reports whether it is a method of Tensor.
func (f *Function) Method() bool { return f.Binding.Method }

// A Parameter is a positional argument.
type Parameter struct {
	Go     string // its name in Go
	Python string
	Type   string   // in Go
	Kinds  []string // its schema type in each case
}

// union reports whether its type is decided at run time.
func (p *Parameter) union() bool {
	return slices.ContainsFunc(p.Kinds, func(k string) bool { return k != p.Kinds[0] }) && p.Type != "*Tensor"
}

// An Option is an argument that has a default in Python, or that only some
// overloads have.
type Option struct {
	Python string
	Uses   []*OptionUse // by case; nil where the overload has no such argument
}

// An OptionUse is an option as one overload takes it.
type OptionUse struct {
	Type     string // in the schema
	Default  string
	Required bool
}

// A Case is one overload of a Function.
type Case struct {
	*Overload
	names []string // of the positional arguments
}

// merge makes the Go functions of one Python name: one for each type of result
// (rule 10) and for each overload that the overrides set apart.
func merge(b *Binding, override *Override) ([]*Function, error) {
	groups, order := map[string][]*Overload{}, []string{}
	for _, o := range b.Overloads {
		if override.Drop[o.Struct] != "" {
			continue
		}
		key := o.returnTypes()
		if name := override.Separate[o.Struct]; name != "" {
			key = "=" + name
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], o)
	}
	main := mainGroup(groups, order)
	var functions []*Function
	for _, key := range order {
		name := goPublicName(b, override)
		switch {
		case strings.HasPrefix(key, "="):
			name = key[1:]
		case key != main:
			name += suffix(groups[key], groups[main])
		}
		f := &Function{Name: name, Binding: b, Override: override}
		if err := f.add(groups[key]); err != nil {
			return nil, fmt.Errorf("%s: %w", b.Key(), err)
		}
		functions = append(functions, f)
	}
	return functions, nil
}

// goPublicName spells the name of a function: add_ is Add_.
func goPublicName(b *Binding, override *Override) string {
	if override.Rename != "" {
		return override.Rename
	}
	return camel(b.Name)
}

// mainGroup is the one with the fewest required arguments.
func mainGroup(groups map[string][]*Overload, order []string) string {
	main, fewest := "", 1000
	for _, key := range order {
		if n := base(groups[key]).required(); !strings.HasPrefix(key, "=") && n < fewest {
			main, fewest = key, n
		}
	}
	return main
}

// base is the overload with the fewest required arguments.
func base(overloads []*Overload) *Overload {
	return slices.MinFunc(overloads, func(a, b *Overload) int { return a.required() - b.required() })
}

// suffix names a group after what its result depends on: the first argument
// that it needs and the main group does not, or List.
func suffix(group, main []*Overload) string {
	b, m := base(group), base(main)
	if b.required() > m.required() {
		return camel(b.Arguments[m.required()].Name)
	}
	return "List"
}

// add merges overloads into f (rules 7 and 8).
func (f *Function) add(overloads []*Overload) error {
	b := base(overloads)
	k := b.required()
	for k < len(b.Arguments) && slices.Contains(f.Override.Positional, b.Arguments[k].Name) {
		k++
	}
	for _, a := range b.Arguments[:k] {
		f.Parameters = append(f.Parameters, &Parameter{Go: f.parameterName(a.Name), Python: a.Name})
	}
	for i, o := range overloads {
		if err := f.addCase(i, len(overloads), o, k); err != nil {
			return err
		}
	}
	for _, p := range f.Parameters {
		if err := p.decideType(f.Cases); err != nil {
			return fmt.Errorf("%w in %s", err, f.Name)
		}
	}
	return nil
}

func (f *Function) parameterName(python string) string {
	if name := f.Override.Parameters[python]; name != "" {
		return name
	}
	if python == "self" {
		return "input"
	}
	return localName(python)
}

func (f *Function) addCase(i, n int, o *Overload, k int) error {
	if len(o.Arguments) < k {
		return fmt.Errorf("%s has fewer than %d arguments", o.Struct, k)
	}
	c := &Case{Overload: o}
	for j, a := range o.Arguments[:k] {
		if a.KeywordOnly {
			return fmt.Errorf("%s of %s is keyword-only", a.Name, o.Struct)
		}
		f.Parameters[j].Kinds = append(f.Parameters[j].Kinds, plain(a.Type))
		c.names = append(c.names, a.Name)
	}
	for _, a := range o.Arguments[k:] {
		if slices.Contains(f.Override.Hidden, a.Name) {
			continue
		}
		if j := slices.IndexFunc(f.Parameters, func(p *Parameter) bool { return p.Python == a.Name }); j >= 0 {
			return fmt.Errorf("the option %s of %s is a positional argument elsewhere", a.Name, o.Struct)
		}
		use := &OptionUse{Type: a.Type, Required: a.Default == nil}
		if a.Default != nil {
			use.Default = *a.Default
		}
		f.option(a.Name, n).Uses[i] = use
	}
	if o.outOperator != nil && !f.Method() {
		f.option("out", n).Uses[i] = &OptionUse{Type: "out", Default: "None"}
	}
	f.Cases = append(f.Cases, c)
	return nil
}

func (f *Function) option(name string, cases int) *Option {
	for _, o := range f.Options {
		if o.Python == name {
			return o
		}
	}
	o := &Option{Python: name, Uses: make([]*OptionUse, cases)}
	f.Options = append(f.Options, o)
	return o
}

// parameterTypes maps the schema types of positional arguments to Go.
var parameterTypes = map[string]string{
	"Operand": "any", "Tensor": "*Tensor", "Tensor?": "*Tensor", "Tensor[]": "[]*Tensor", "Tensor?[]": "[]*Tensor", "Scalar": "any",
	"Scalar?": "any", "Scalar[]": "[]any", "int": "int64", "int?": "any", "int[]": "[]int64", "int[]?": "[]int64",
	"float": "float64", "float?": "any", "float[]": "[]float64", "float[]?": "[]float64", "bool": "bool", "bool?": "any",
	"str": "string", "str?": "any", "ScalarType": "DType", "ScalarType?": "DType", "Device": "Device",
	"Generator?": "*Generator", "MemoryFormat": "MemoryFormat",
}

// unions are the types that a parameter of type any can stand for.
var unions = []string{"Operand", "Tensor", "Tensor[]", "Scalar", "int", "float", "bool", "int[]", "str"}

// decideType finds the parameter's Go type: that of all cases, a list for a
// dimension or several, or any (rule 7).
func (p *Parameter) decideType(cases []*Case) error {
	kinds := slices.Compact(slices.Sorted(slices.Values(p.Kinds)))
	if len(kinds) == 1 || slices.Equal(kinds, []string{"int[]", "int[]?"}) || slices.Equal(kinds, []string{"Tensor", "Tensor?"}) {
		p.Type = parameterTypes[kinds[0]]
		if p.Type == "" {
			return fmt.Errorf("no Go type for a parameter of type %s", kinds[0])
		}
		return nil
	}
	if p.Python == "dim" || p.Python == "dims" || p.Python == "size" {
		p.Type = "[]int64"
		return nil
	}
	for _, k := range kinds {
		if !slices.Contains(unions, k) {
			return fmt.Errorf("argument %s cannot be one of %s", p.Python, strings.Join(kinds, ", "))
		}
	}
	p.Type = "any"
	return nil
}

// variadic reports whether the last parameter is a list of integers that
// nothing follows, so that it can be written without braces (rule 4). It must
// not follow another list: foo(kernel []int64, stride ...int64) reads badly.
func (f *Function) variadic() bool {
	n := len(f.Parameters)
	if len(f.Options) > 0 || n == 0 {
		return false
	}
	lists := 0
	for _, p := range f.Parameters {
		if strings.HasPrefix(p.Type, "[]") {
			lists++
		}
	}
	last := f.Parameters[n-1].Type
	return lists == 1 && (last == "[]int64" || f.Override.Variadic && last == "[]*Tensor")
}
