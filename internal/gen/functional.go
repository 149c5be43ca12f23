package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Functional describes package nn/functional, whose options are those of package
// torch. Options that only its functions take are types of torch, too, but for
// those whose keyword means something else there.
//
// For the functions that are written by hand the generator writes the interface
// of their options and a function that reads them. The marker methods are
// exported, with a parameter of an internal type, so that types of torch can
// have them, but no others.
type Functional struct {
	Forward []string            // functions of torch, by Python name
	Rename  map[string]string   // their Go names, where these differ
	Own     map[string]string   // keywords with types of their own
	Options map[string][]string // of functions by hand

	families []*family
}

// A family is some functions by hand that share their options.
type family struct {
	name      string // of the interface, without Option
	functions []string
	options   []*handOption
}

// A handOption is an option of functions by hand: "p float = 0.5", or "max_norm
// optional float".
type handOption struct {
	python, kind, def string
	own               string   // its type in package functional, if it is not one of torch's
	keyword           *Keyword // otherwise
}

func readFunctional(file string) (*Functional, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var f Functional
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for _, key := range sortedKeys(f.Options) {
		f.families = append(f.families, f.family(key))
	}
	return &f, nil
}

// schemaKinds writes what brackets would make hard to read in YAML.
var schemaKinds = strings.NewReplacer("ints", "int[]", "floats", "float[]", "dtype", "ScalarType")

func (f *Functional) family(key string) *family {
	name, functions, shared := strings.Cut(key, " = ")
	if !shared {
		functions = name
	}
	result := &family{name: name, functions: strings.Fields(functions)}
	for _, text := range f.Options[key] {
		declared, def, _ := strings.Cut(text, " = ")
		python, kind, _ := strings.Cut(declared, " ")
		if value, optional := strings.CutPrefix(kind, "optional "); optional {
			kind = value + "?"
		}
		result.options = append(result.options, &handOption{
			python: python, kind: schemaKinds.Replace(kind), def: def, own: f.Own[python],
		})
	}
	return result
}

// kinds calls add for the keywords that are torch's, with their schema types.
func (f *Functional) kinds(add func(python, kind, iface string)) {
	for _, family := range f.families {
		for _, o := range family.options {
			if o.own == "" {
				add(o.python, o.kind, "")
			}
		}
	}
}

// learn finds the functions to forward and the options of those by hand.
func (f *Functional) learn(functions []*Function, words map[string]*Keyword) (forwarded []*Function, err error) {
	for _, name := range f.Forward {
		i := slices.IndexFunc(functions, func(g *Function) bool { return !g.Method() && g.Binding.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("functional: no function %s", name)
		}
		forwarded = append(forwarded, functions[i])
	}
	for _, family := range f.families {
		for _, o := range family.options {
			if o.own == "" {
				o.keyword = words[camel(o.python)]
			}
		}
	}
	return forwarded, nil
}

// writeFunctional writes the generated part of package nn/functional, and what
// it needs of package torch.
func writeFunctional(f *Functional, functions []*Function, texts *Texts) error {
	forwarded, err := f.learn(functions, texts.keywords)
	if err != nil {
		return err
	}
	taken, err := declaredNames("nn/functional")
	if err != nil {
		return err
	}
	for _, g := range forwarded {
		taken[g.Name] = true
	}
	if err := f.writeMarkers(texts.keywords); err != nil {
		return err
	}
	if err := f.writeForwards(forwarded, texts, taken); err != nil {
		return err
	}
	return f.writeOptions(forwarded, texts.keywords, taken)
}

// writeMarkers writes the methods by which torch's options are those of
// functions here, and those by which other packages read their values.
func (f *Functional) writeMarkers(words map[string]*Keyword) error {
	var b bytes.Buffer
	b.WriteString(goHeader + "package torch\n\nimport \"github.com/wangkuiyi/gotorch/internal/option\"\n\n")
	for _, name := range sortedKeys(words) {
		k := words[name]
		if k.Constructor != "" && boxed(k.Class) {
			fmt.Fprintf(&b, "// Value returns what [%s] was given.\nfunc (o %s) Value() %s { return o.value }\n\n", k.Constructor, k.Type, k.Class)
		}
		for _, family := range f.families {
			if slices.ContainsFunc(family.options, func(o *handOption) bool { return o.keyword == k }) {
				fmt.Fprintf(&b, "// %s makes [%s] an option of package nn/functional.\nfunc (%s) %[1]s(option.Marker) {}\n\n", family.marker(),
					cmp.Or(k.Constructor, k.Type), k.Type)
			}
		}
		b.WriteString("\n")
	}
	return writeFormatted("torch/api_functional_gen.go", b.Bytes())
}

// writeForwards writes the functions that call their namesakes in torch.
func (f *Functional) writeForwards(forwarded []*Function, texts *Texts, taken map[string]bool) error {
	var b bytes.Buffer
	b.WriteString(goHeader + "package functional\n\nimport \"github.com/wangkuiyi/gotorch/torch\"\n\n")
	names := map[string]string{}
	for _, g := range forwarded {
		names[g.Name] = cmp.Or(f.Rename[g.Binding.Name], g.Name)
		for _, k := range texts.words(g) {
			names[k.Constructor] = k.alias(taken)
		}
	}
	for _, g := range forwarded {
		name := names[g.Name]
		doc, err := texts.document(g, name)
		if err != nil {
			return err
		}
		if own := interfaceName(name); g.Interface != "" {
			fmt.Fprintf(&b, "// %s %s is an option of [%s].\ntype %s = torch.%s\n\n", article(own), own, name, own, g.Interface)
		}
		b.WriteString(strings.Replace(qualifyLinks(doc, names), "It is Python's "+g.Binding.Display(), "It is Python's F."+pythonName(name), 1))
		f.writeForward(&b, g, name)
	}
	return writeFormatted("nn/functional/functional_gen.go", b.Bytes())
}

// writeForward writes one. A size of n dimensions may be one number or n.
func (f *Functional) writeForward(b *bytes.Buffer, g *Function, name string) {
	var parameters, arguments []string
	generic := ""
	for _, p := range g.Parameters {
		goType, argument := qualify(p.Type, "torch."), p.Go
		if n := listSize(g.Cases[0].argument(p.Python).Type); n > 0 {
			generic = fmt.Sprintf("[S Size%d]", n)
			goType, argument = "S", "sizesOf("+p.Go+")"
		}
		parameters = append(parameters, p.Go+" "+goType)
		arguments = append(arguments, argument)
	}
	if g.variadic() {
		arguments[len(arguments)-1] += "..."
	}
	if g.Interface != "" {
		parameters = append(parameters, "opts ..."+interfaceName(name))
		arguments = append(arguments, "opts...")
	}
	fmt.Fprintf(b, "func %s%s(%s) %s {\nreturn torch.%s(%s)\n}\n\n", name, generic, strings.Join(parameters, ", "), g.resultList("torch."),
		g.Name, strings.Join(arguments, ", "))
}

// pythonName spells a Go name as Python does: AvgPool2d is avg_pool2d.
func pythonName(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}

// writeOptions writes the constructors of all options, and for each family of
// functions the interface and the function that reads the options.
func (f *Functional) writeOptions(forwarded []*Function, words map[string]*Keyword, taken map[string]bool) error {
	kinds := map[*Keyword][]string{}
	note := func(k *Keyword, kind string) {
		kinds[k] = append(kinds[k], strings.TrimSuffix(plain(kind), "?"))
	}
	for _, g := range forwarded {
		for _, o := range g.Options {
			for _, u := range o.Uses {
				if u != nil {
					note(words[camel(o.Python)], u.Type)
				}
			}
		}
	}
	for _, family := range f.families {
		for _, o := range family.options {
			if o.own == "" {
				note(o.keyword, o.kind)
			}
		}
	}
	var b strings.Builder
	b.WriteString(goHeader + "package functional\n\nimport (\n\t\"github.com/wangkuiyi/gotorch/internal/option\"\n\t\"github.com/wangkuiyi/gotorch/torch\"\n)\n\n")
	for _, name := range sortedKeys(words) {
		k := words[name]
		if kinds[k] != nil && k.Constructor != "" {
			k.writeAlias(&b, slices.Compact(slices.Sorted(slices.Values(kinds[k]))), taken)
		}
	}
	for _, family := range f.families {
		family.write(&b, taken)
	}
	return writeFormatted("nn/functional/options_gen.go", []byte(b.String()))
}

// alias is the constructor's name in package functional.
func (k *Keyword) alias(taken map[string]bool) string {
	if name := camel(k.Python); !taken[name] {
		return name
	}
	return "With" + camel(k.Python)
}

// writeAlias writes a constructor that calls torch's. Where that takes values of
// several types, this one takes those that functions here want.
func (k *Keyword) writeAlias(b *strings.Builder, kinds []string, taken map[string]bool) {
	name, generic := k.alias(taken), ""
	parameter, argument := "value ", "value"
	goType := k.Class
	if goType == "any" && len(kinds) == 1 {
		goType = class(kinds)
	}
	switch {
	case goType == "any":
		generic = "[T " + qualifiedUnion(constraint(kinds)) + "]"
		goType = "T"
		if slices.Contains(k.Kinds, "int[]") {
			parameter, argument = "values ...", "values..."
		}
	case strings.HasPrefix(goType, "[]"):
		goType, parameter, argument = goType[2:], "values ...", "values..."
	}
	fmt.Fprintf(b, "// %s is [torch.%s], Python's %s=.\nfunc %s%s(%s%s) torch.%s { return torch.%s(%s) }\n\n", name, k.Constructor,
		k.Python, name, generic, parameter, qualify(goType, "torch."), k.Type, k.Constructor, argument)
}

// qualifiedUnion qualifies the names of package torch in a constraint.
func qualifiedUnion(union string) string {
	parts := strings.Split(union, " | ")
	for i, p := range parts {
		if name := strings.TrimLeft(p, "[]*~"); name[0] >= 'A' && name[0] <= 'Z' {
			parts[i] = strings.Replace(p, name, "torch."+name, 1)
		}
	}
	return strings.Join(parts, " | ")
}

// marker is the method of the family's options. Options of functions in other
// packages have other ones.
func (f *family) marker() string { return "Functional" + f.name + "Option" }

// write writes the family's interface, arguments and reader.
func (f *family) write(b *strings.Builder, taken map[string]bool) {
	var links, names []string
	for _, o := range f.options {
		links = append(links, o.link(taken))
	}
	for _, name := range f.functions {
		names = append(names, "["+name+"]")
	}
	text := fmt.Sprintf("%s %sOption is an option of %s: %s.", article(f.name), f.name, strings.Join(names, ", "), strings.Join(links, ", "))
	fmt.Fprintf(b, "// %s\ntype %sOption interface{ %s(option.Marker) }\n\n", wrap(text, 3), f.name, f.marker())
	for _, o := range f.options {
		if o.own != "" {
			fmt.Fprintf(b, "// %s makes %s an option of %s.\nfunc (%[2]s) %[1]s(option.Marker) {}\n\n", f.marker(), o.own, names[0])
		}
	}
	b.WriteString("\n")
	arguments := strings.ToLower(f.name[:1]) + f.name[1:] + "Arguments"
	fmt.Fprintf(b, "type %s struct {\n", arguments)
	for _, o := range f.options {
		fmt.Fprintf(b, "%s %s\n", localName(o.python), o.goType())
	}
	fmt.Fprintf(b, "}\n\nfunc read%s(opts []%sOption) %s {\na := %s{%s}\n", f.name, f.name, arguments, arguments, f.defaults())
	b.WriteString("for _, o := range opts {\nswitch o := o.(type) {\n")
	for _, o := range f.options {
		fmt.Fprintf(b, "case %s:\na.%s = %s\n", o.optionType(), localName(o.python), o.value())
	}
	b.WriteString("}\n}\nreturn a\n}\n\n")
}

// defaults are the fields that are not zero without an option.
func (f *family) defaults() string {
	var list []string
	for _, o := range f.options {
		switch {
		case o.def == "":
			continue
		case o.kind == "Scalar":
			list = append(list, fmt.Sprintf("%s: torch.%s(%s)", localName(o.python), o.keyword.Constructor, o.def))
		case o.kind == "int[]":
			list = append(list, fmt.Sprintf("%s: []int64{%s}", localName(o.python), o.def))
		case o.kind == "ScalarType":
			list = append(list, localName(o.python)+": torch."+o.def)
		default:
			list = append(list, localName(o.python)+": "+o.def)
		}
	}
	return strings.Join(list, ", ")
}

// link is how documentation refers to the option, with its default.
func (o *handOption) link(taken map[string]bool) string {
	text := "[" + strings.TrimPrefix(o.own, "*") + "]"
	switch {
	case o.own != "":
	case o.keyword.Constructor == "":
		text = "a [torch." + o.keyword.Type + "]"
	default:
		text = "[" + o.keyword.alias(taken) + "]"
	}
	if o.def != "" {
		text += " (" + o.def + ")"
	}
	return text
}

func (o *handOption) optionType() string {
	if o.own != "" {
		return o.own
	}
	return "torch." + o.keyword.Type
}

// goType is the type that the functions by hand read the option as.
func (o *handOption) goType() string {
	goType := o.plainType()
	if strings.HasSuffix(o.kind, "?") {
		return "optional[" + goType + "]"
	}
	return goType
}

func (o *handOption) plainType() string {
	kind := strings.TrimSuffix(o.kind, "?")
	switch {
	case kind == "bool":
		return "bool"
	case o.own != "":
		return o.own
	case kind == "Scalar": // to be handed on as it is
		return o.optionType()
	case kind == "":
		return qualify(strings.TrimSuffix(o.keyword.Class, "Arg"), "torch.")
	}
	return qualify(class([]string{kind}), "torch.")
}

// readers convert the values of options that are anything.
var readers = map[string]string{"float": "toFloat", "int": "toInt", "str": "toText", "int[]": "toInts"}

// value is the expression for the option o as goType.
func (o *handOption) value() string {
	kind, optional := strings.CutSuffix(o.kind, "?")
	result := o.plainType() + "(o)"
	if o.own == "" {
		switch class := o.keyword.Class; {
		case kind == "Scalar":
			return "o"
		case class == "any" && readers[kind] != "":
			result = fmt.Sprintf("%s(o.Value(), %q)", readers[kind], o.python)
		case boxed(class):
			result = "o.Value()"
		case class == "[]int64" && kind == "int":
			result = fmt.Sprintf("oneInt(o, %q)", o.python)
		}
	}
	if optional {
		return "some(" + result + ")"
	}
	if result == o.optionType()+"(o)" {
		return "o"
	}
	return result
}
