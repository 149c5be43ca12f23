package main

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Keyword is a name that options have in Python, and with it the Go type of
// the option (rule 5).
type Keyword struct {
	Python      string // or several names, that are one in Go
	Class       string // the Go type of its value: see classes
	Type        string // the Go type of the option
	Constructor string // the function that makes one, or "" if the value itself is the option (rule 6)
	Kinds       []string
	Interfaces  []string // of the functions that take it
}

// valueOptions are the keywords whose values have a type of their own.
var valueOptions = map[string]string{
	"dtype": "DType", "device": "Device", "layout": "Layout", "memory_format": "MemoryFormat", "generator": "*Generator",
}

// keywords finds the keywords of all functions, sorted by name.
func keywords(functions []*Function, overrides *Overrides, taken map[string]bool) []*Keyword {
	kinds := map[string]map[string]bool{}
	interfaces := map[string]map[string]bool{}
	canonical := map[string]string{} // by Go name: n and N are one option
	add := func(python, kind, iface string) {
		if first, known := canonical[camel(python)]; known {
			python = first
		}
		canonical[camel(python)] = python
		if kinds[python] == nil {
			kinds[python], interfaces[python] = map[string]bool{}, map[string]bool{}
		}
		if kind != "" {
			kinds[python][strings.TrimSuffix(plain(kind), "?")] = true
		}
		if iface != "" {
			interfaces[python][iface] = true
		}
	}
	for _, f := range functions {
		for _, o := range f.Options {
			for _, u := range o.Uses {
				if u != nil {
					add(o.Python, u.Type, f.Interface)
				}
			}
		}
	}
	for name, options := range overrides.Hand {
		for _, option := range options {
			python, kind, _ := strings.Cut(option, " ")
			add(python, kind, handInterface(name))
		}
	}
	overrides.functional.kinds(add)
	var result []*Keyword
	for _, python := range slices.Sorted(maps.Keys(kinds)) {
		k := &Keyword{
			Python: python, Kinds: slices.Sorted(maps.Keys(kinds[python])), Interfaces: slices.Sorted(maps.Keys(interfaces[python])),
		}
		k.decide(overrides.Options[python], taken)
		result = append(result, k)
	}
	return result
}

func (k *Keyword) decide(override string, taken map[string]bool) {
	value := cmp.Or(override, valueOptions[k.Python])
	if value != "" {
		k.Class, k.Type = value, value
		return
	}
	k.Class = class(k.Kinds)
	name := camel(k.Python)
	k.Type = name + "Arg"
	k.Constructor = name
	if taken[name] {
		k.Constructor = "With" + name
	}
}

// class is the Go type of the values of a keyword that has these schema types.
func class(kinds []string) string {
	if len(kinds) == 1 {
		switch kinds[0] {
		case "bool", "float":
			return strings.Replace(kinds[0], "float", "float64", 1)
		case "int":
			return "int64"
		case "str":
			return "string"
		case "ScalarType":
			return "DType"
		case "Layout", "Device", "MemoryFormat":
			return kinds[0]
		case "int[]":
			return "[]int64"
		case "float[]":
			return "[]float64"
		case "Tensor":
			return "*Tensor"
		case "Tensor[]", "out":
			return "[]*Tensor"
		}
	}
	if slices.Equal(kinds, []string{"int", "int[]"}) {
		return "[]int64"
	}
	return "any"
}

// pointer reports whether the class is one whose nil means "not given".
func nilIsNone(class string) bool { return class == "any" || strings.HasPrefix(class, "*") }

// boxed reports whether the option's type is a struct around the value: methods
// cannot have a receiver of a pointer or an interface type.
func boxed(class string) bool { return class == "any" || class == "*Tensor" }

// value is the expression for the value of the option o.
func (k *Keyword) value() string {
	switch {
	case k.Constructor == "":
		return "o"
	case boxed(k.Class):
		return "o.value"
	}
	return k.Class + "(o)"
}

// writeType writes the option's type, its constructor and its marker methods.
func (k *Keyword) writeType(b *strings.Builder, texts *Texts, owners map[string]string) error {
	if k.Constructor != "" {
		what := k.Class
		if boxed(k.Class) {
			what = "struct{ value " + k.Class + " }"
		}
		fmt.Fprintf(b, "// %s is the option that [%s] makes.\ntype %s %s\n\n", k.Type, k.Constructor, k.Type, what)
		text, err := texts.option(k)
		if err != nil {
			return err
		}
		b.WriteString(comment(k.Constructor+" "+text, k.note(owners)))
		k.writeConstructor(b)
	}
	for _, iface := range k.Interfaces {
		fmt.Fprintf(b, "func (%s) %s() {}\n", k.Type, marker(iface))
	}
	b.WriteString("\n")
	return nil
}

func (k *Keyword) writeConstructor(b *strings.Builder) {
	switch {
	case k.Python == "out":
		fmt.Fprintf(b, "func Out(tensors ...*Tensor) OutArg { return tensors }\n\n")
	case strings.HasPrefix(k.Class, "[]"):
		fmt.Fprintf(b, "func %s(values ...%s) %s { return values }\n\n", k.Constructor, k.Class[2:], k.Type)
	case k.Class == "any" && slices.Contains(k.Kinds, "int[]"):
		fmt.Fprintf(b, "func %s[T %s](values ...T) %s { return %s{valueOrInts(values, %q)} }\n\n",
			k.Constructor, constraint(k.Kinds), k.Type, k.Type, k.Python)
	case k.Class == "any":
		fmt.Fprintf(b, "func %s[T %s](value T) %s { return %s{value} }\n\n", k.Constructor, constraint(k.Kinds), k.Type, k.Type)
	case boxed(k.Class):
		fmt.Fprintf(b, "func %s(value %s) %s { return %s{value} }\n\n", k.Constructor, k.Class, k.Type, k.Type)
	case k.Class == "bool":
		fmt.Fprintf(b, "func %s(on bool) %s { return %s(on) }\n\n", k.Constructor, k.Type, k.Type)
	default:
		fmt.Fprintf(b, "func %s(value %s) %s { return %s(value) }\n\n", k.Constructor, k.Class, k.Type, k.Type)
	}
}

// constraint is the union of the Go types that an option of type any takes.
func constraint(kinds []string) string {
	types := map[string]string{
		"Scalar": "Number", "float": "Number", "bool": "~bool", "int": "Integer", "str": "~string", "Tensor": "*Tensor",
		"Tensor[]": "[]*Tensor", "Scalar[]": "Numbers", "float[]": "Numbers", "int[]": "Integer | []int | []int64",
	}
	var list []string
	for _, k := range kinds {
		list = append(list, types[k])
	}
	if slices.Contains(list, "Number") { // which has integers and bools
		list = slices.DeleteFunc(list, func(t string) bool { return t == "Integer" || t == "~bool" })
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " | ")
}

// note says what the value may be, and which functions take the option.
func (k *Keyword) note(owners map[string]string) string {
	text := "It is Python's " + k.Python + "="
	switch {
	case k.Python == "out":
	case k.Class == "any" && slices.Contains(k.Kinds, "int[]"):
		others := slices.DeleteFunc(slices.Clone(k.Kinds), func(kind string) bool { return strings.HasPrefix(kind, "int") })
		text += ", one integer or several, or " + typeNames(others)
	case k.Class == "any":
		text += ", " + typeNames(k.Kinds)
	case k.Class == "[]int64":
		text += ", one integer or several"
	}
	if len(k.Interfaces) == 0 {
		return text + ", an option of functions in package nn/functional."
	}
	var functions []string
	for _, iface := range k.Interfaces {
		functions = append(functions, "["+owners[iface]+"]")
	}
	slices.Sort(functions)
	if n := len(functions); n > 6 {
		functions = append(functions[:5], fmt.Sprintf("%d others", n-5))
	}
	return text + ", an option of " + enumerate(functions) + "."
}

// enumerate joins words as in a sentence: a, b and c.
func enumerate(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func marker(iface string) string { return strings.ToLower(iface[:1]) + iface[1:] }

// assignInterfaces names the interface of each function's options. The method
// shares the function's, the in-place form, too, if it takes the same options.
func assignInterfaces(functions []*Function) error {
	sets := map[string]string{}
	byName := map[string]*Function{}
	for _, f := range functions {
		if len(f.Options) == 0 || f.Forward != nil {
			continue
		}
		f.Interface = interfaceName(f.Name)
		if plainForm := byName[strings.TrimSuffix(f.Name, "_")]; plainForm != nil && f.Binding.InPlace() && plainForm.optionSet() == f.optionSet() {
			f.Interface = plainForm.Interface
		}
		if set, known := sets[f.Interface]; known && set != f.optionSet() {
			f.Interface = "Tensor" + f.Interface
		}
		sets[f.Interface] = f.optionSet()
		if byName[f.Name] == nil {
			byName[f.Name] = f
		}
	}
	for _, f := range functions {
		if f.Forward != nil && len(f.Options) > 0 {
			f.Interface = f.Forward.Interface
		}
	}
	return nil
}

// handInterface names the interface of a function of the overrides, such as
// Tensor.To.
func handInterface(name string) string { return interfaceName(strings.TrimPrefix(name, "Tensor.")) }

func interfaceName(function string) string {
	if name, inPlace := strings.CutSuffix(function, "_"); inPlace {
		return name + "InplaceOption"
	}
	return function + "Option"
}

func (f *Function) optionSet() string {
	var names []string
	for _, o := range f.Options {
		names = append(names, o.Python)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

var typeLabels = map[string]string{
	"Operand": "Tensor or Number", "Tensor": "Tensor", "Tensor[]": "tuple of Tensors", "Tensor?[]": "tuple of Tensors", "Scalar": "Number",
	"Scalar[]": "tuple of Scalars", "int": "int", "int[]": "tuple of ints", "float": "float", "float[]": "tuple of floats",
	"bool": "bool", "str": "str", "ScalarType": "torch.dtype", "Layout": "torch.layout", "Device": "torch.device",
	"MemoryFormat": "torch.memory_format", "Generator": "torch.Generator", "Storage": "Storage", "Stream": "Stream",
}

// typeLabel is the name of a type in Python's messages.
func typeLabel(kind string) string { return typeLabels[strings.TrimSuffix(plain(kind), "?")] }

// typeNames lists what a value of type any may be.
func typeNames(kinds []string) string {
	names := map[string]string{
		"Operand": "a *Tensor", "Tensor": "a *Tensor", "Tensor[]": "a []*Tensor", "Scalar": "a number", "Scalar[]": "a slice of numbers", "int": "an integer",
		"int[]": "an integer or a []int64", "float": "a number", "float[]": "a []float64", "bool": "a bool", "str": "a string",
	}
	var list []string
	for _, k := range kinds {
		list = append(list, names[strings.TrimSuffix(k, "?")])
		if k == "Operand" {
			list = append(list, names["Scalar"])
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " or ")
}

var spaces = regexp.MustCompile(`\s+`)

// wrap breaks the text of a comment into lines; the first begins at column.
func wrap(text string, column int) string {
	var b strings.Builder
	for i, word := range spaces.Split(strings.TrimSpace(text), -1) {
		if i > 0 || column > 0 {
			if column+len(word) > 78 {
				b.WriteString("\n// ")
				column = 3
			} else if column > 3 {
				b.WriteString(" ")
				column++
			}
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
