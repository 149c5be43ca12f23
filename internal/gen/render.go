package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A renderer writes one function.
type renderer struct {
	*bytes.Buffer
	function *Function
	texts    *Texts
	locals   []*local
}

// A local is the variable that an option is read into.
type local struct {
	option  *Option
	keyword *Keyword
	name    string
	// uniform: all overloads want the same type and default, so that the
	// variable holds what the operator takes; otherwise it holds the value as it
	// was given.
	uniform bool
	goType  string
	def     string
	flag    string // the variable that says whether it was given, or "" if none is needed
}

func (r *renderer) printf(format string, args ...any) { fmt.Fprintf(r, format, args...) }

func (r *renderer) writeInterface() {
	f := r.function
	text := fmt.Sprintf("%s %s is an option of [%s]: %s.", article(f.Interface), f.Interface, f.link(), optionList(r.texts.words(f)))
	r.printf("%stype %s interface{ %s() }\n\n", comment(text), f.Interface, marker(f.Interface))
}

// writeFunction writes the documentation, the signature and the body.
func (r *renderer) writeFunction() error {
	f := r.function
	doc, err := r.texts.document(f, f.Name)
	if err != nil {
		return err
	}
	r.WriteString(doc)
	receiver := ""
	if f.Method() {
		receiver = "(t *Tensor) "
	}
	r.printf("func %s%s(%s) %s {\n", receiver, f.Name, f.parameterList(""), f.resultList(""))
	if f.Forward != nil {
		r.writeForwardBody()
	} else if err := r.writeBody(); err != nil {
		return err
	}
	r.printf("}\n\n")
	return nil
}

// parameterList declares the parameters; prefix qualifies this package's types.
func (f *Function) parameterList(prefix string) string {
	var list []string
	for i, p := range f.Parameters {
		goType := qualify(p.Type, prefix)
		if i == len(f.Parameters)-1 && f.variadic() {
			goType = "..." + strings.TrimPrefix(goType, "[]")
		}
		list = append(list, p.Go+" "+goType)
	}
	if f.Interface != "" {
		list = append(list, "opts ..."+prefix+f.Interface)
	}
	return strings.Join(list, ", ")
}

func qualify(goType, prefix string) string {
	for _, name := range []string{"Tensor", "DType", "Device", "Generator", "MemoryFormat"} {
		if strings.TrimLeft(goType, "[]*") == name {
			return strings.Replace(goType, name, prefix+name, 1)
		}
	}
	return goType
}

// results are the Go types of what the function returns.
func (f *Function) results() []string {
	if f.Binding.InPlace() {
		return []string{"*Tensor"}
	}
	var list []string
	for _, r := range f.Cases[0].Returns {
		goType := resultTypes[plain(r.Type)][0]
		if goType == "scalar" {
			goType = "any"
		}
		list = append(list, goType)
	}
	return list
}

func (f *Function) resultList(prefix string) string {
	types := f.results()
	var list []string
	names := f.resultNames()
	for i, t := range types {
		t = qualify(t, prefix)
		if names != nil {
			t = names[i] + " " + t
		}
		list = append(list, t)
	}
	if len(list) == 1 && names == nil {
		return list[0]
	}
	if len(list) == 0 {
		return ""
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// resultNames are the fields of Python's named tuple, where it has them and
// they can be names here.
func (f *Function) resultNames() []string {
	returns := f.Cases[0].Returns
	if len(returns) < 2 {
		return nil
	}
	var names []string
	for _, r := range returns {
		if r.Name == "" {
			return nil
		}
		name := localName(r.Name)
		if slices.ContainsFunc(f.Parameters, func(p *Parameter) bool { return p.Go == name }) {
			name += "Result"
		}
		names = append(names, name)
	}
	return names
}

func (r *renderer) writeForwardBody() {
	f, to := r.function, r.function.Forward
	var arguments []string
	for i, p := range to.Parameters {
		switch {
		case p.Python == "self":
			arguments = append(arguments, "t")
		case i == len(to.Parameters)-1 && to.variadic():
			arguments = append(arguments, f.parameter(p.Python).Go+"...")
		default:
			arguments = append(arguments, f.parameter(p.Python).Go)
		}
	}
	if f.Interface != "" {
		arguments = append(arguments, "opts...")
	}
	r.printf("return %s(%s)\n", to.Name, strings.Join(arguments, ", "))
}

func (r *renderer) writeBody() error {
	f := r.function
	if err := r.makeLocals(); err != nil {
		return err
	}
	r.declareLocals()
	if len(f.Cases) == 1 {
		r.requireOptions()
		return r.writeCase(0)
	}
	order, conditions, err := r.order()
	if err != nil {
		return err
	}
	r.printf("switch {\n")
	for _, i := range order {
		if conditions[i] == "" {
			r.printf("default:\n")
		} else {
			r.printf("case %s:\n", conditions[i])
		}
		if err := r.writeCase(i); err != nil {
			return err
		}
	}
	r.printf("}\n")
	if conditions[order[len(order)-1]] != "" {
		r.writeMismatch()
	}
	return nil
}

// order lists the cases as they are tried, with their conditions: in Python's
// order, but for one that takes every call, as all.dims does, which comes last.
func (r *renderer) order() (order []int, conditions []string, err error) {
	last := -1
	for i, c := range r.function.Cases {
		condition := strings.Join(r.conditions(i), " && ")
		conditions = append(conditions, condition)
		switch {
		case condition != "":
			order = append(order, i)
		case last >= 0:
			return nil, nil, fmt.Errorf("%s and %s take the same calls", r.function.Cases[last].Struct, c.Struct)
		default:
			last = i
		}
	}
	if last >= 0 {
		order = append(order, last)
	}
	return order, conditions, nil
}

// makeLocals decides how each option is held.
func (r *renderer) makeLocals() error {
	used := map[string]bool{}
	for _, p := range r.function.Parameters {
		used[p.Go] = true
	}
	for _, o := range r.function.Options {
		l := &local{option: o, keyword: r.texts.keywords[camel(o.Python)], name: localName(o.Python)}
		for used[l.name] {
			l.name += "_"
		}
		if l.keyword == nil {
			return fmt.Errorf("no keyword %s", o.Python)
		}
		if err := l.decide(len(r.function.Cases)); err != nil {
			return err
		}
		r.locals = append(r.locals, l)
	}
	return nil
}

func (l *local) decide(cases int) error {
	types, defaults := map[string]bool{}, map[string]bool{}
	mandatory, everywhere, none := false, true, false
	var use *OptionUse
	for _, u := range l.option.Uses {
		if u == nil {
			everywhere = false
			continue
		}
		use = u
		types[plain(u.Type)] = true
		if u.Required {
			mandatory = true
			none = none || u.Type == "Tensor?" // which nil is a value of
		} else {
			defaults[u.Default] = true
		}
	}
	l.goType = l.keyword.Class
	if l.option.Python == "out" {
		return nil
	}
	l.uniform = len(types) == 1 && len(defaults) <= 1
	if l.uniform {
		native, err := argumentType(use.Type)
		if err != nil {
			return err
		}
		l.goType = native.name
		for _, u := range l.option.Uses {
			if u != nil && !u.Required {
				if l.def, err = defaultValue(u.Type, u.Default); err != nil {
					return err
				}
			}
		}
	}
	needed := mandatory || !everywhere || !l.uniform
	if needed && (none || !(nilIsNone(l.keyword.Class) && nilIsNone(l.goType))) {
		l.flag = "has" + camel(strings.Trim(l.option.Python, "_"))
	}
	return nil
}

// given is the condition that the option was given.
func (l *local) given() string {
	if l.flag != "" {
		return l.flag
	}
	return l.name + " != nil"
}

func (l *local) absent() string {
	if l.flag != "" {
		return "!" + l.flag
	}
	return l.name + " == nil"
}

// declareLocals declares the variables and reads the options into them.
func (r *renderer) declareLocals() {
	if len(r.locals) == 0 {
		return
	}
	for _, l := range r.locals {
		switch {
		case l.def != "":
			r.printf("%s := %s\n", l.name, l.def)
		default:
			r.printf("var %s %s\n", l.name, l.goType)
		}
	}
	for _, l := range r.locals {
		if l.flag != "" {
			r.printf("var %s bool\n", l.flag)
		}
	}
	r.printf("for _, o := range opts {\nswitch o := o.(type) {\n")
	for _, l := range r.locals {
		value := l.keyword.value()
		if l.uniform {
			value, _ = convert(l.keyword.Class, l.firstUse().Type, value, l.option.Python)
		}
		r.printf("case %s:\n%s = %s\n", l.keyword.Type, l.name, value)
		if l.flag != "" {
			r.printf("%s = true\n", l.flag)
		}
	}
	r.printf("}\n}\n")
	for _, l := range r.locals {
		if r.function.DefaultDevice && l.option.Python == "device" {
			r.printf("%[1]s = %[1]s.orDefault()\n", l.name)
		}
	}
}

func (l *local) firstUse() *OptionUse {
	return l.option.Uses[slices.IndexFunc(l.option.Uses, func(u *OptionUse) bool { return u != nil })]
}

// requireOptions refuses a call of a function's one overload without an option
// that it needs.
func (r *renderer) requireOptions() {
	for _, l := range r.locals {
		if l.option.Uses[0].Required {
			r.printf("if %s {\npanic(missing(%q, %q))\n}\n", l.absent(), r.function.Binding.Name, l.keyword.display())
		}
	}
}

// predicates tell, for a value of type any, whether it can be of a schema type.
var predicates = map[string]string{
	"Operand": "isOperand", "Tensor": "isTensor", "Scalar": "isNumber", "int": "isInteger", "float": "isNumber", "bool": "isBool",
	"int[]": "isInts", "Tensor[]": "isTensors", "str": "isText", "Scalar[]": "isNumbers",
}

// conditions says when an overload is the one to call (rule 9): the options
// that it needs are there, those that it does not know are not, and values of
// type any are of its types.
func (r *renderer) conditions(i int) []string {
	var list []string
	for _, p := range r.function.Parameters {
		if !p.union() {
			continue
		}
		switch kind := p.Kinds[i]; {
		case kind == "int[]" && slices.Contains(p.Kinds, "int"):
			list = append(list, "isIntList("+p.Go+")") // a single one is the other overload's
		case p.Type == "any":
			list = append(list, predicates[kind]+"("+p.Go+")")
		case kind == "int":
			list = append(list, "len("+p.Go+") == 1")
		}
	}
	for _, l := range r.locals {
		use := l.option.Uses[i]
		check := ""
		if use != nil && !l.uniform && l.option.Python != "out" {
			check = l.typeCheck(plain(use.Type))
		}
		switch {
		case use == nil:
			list = append(list, l.absent())
		case use.Required && check != "":
			list = append(list, l.given()+" && "+check)
		case use.Required:
			list = append(list, l.given())
		case check != "":
			list = append(list, "("+l.absent()+" || "+check+")")
		}
	}
	return list
}

// typeCheck is the condition that a value as it was given is of a schema type,
// where others of the function's overloads want another.
func (l *local) typeCheck(kind string) string {
	kinds := map[string]bool{}
	for _, u := range l.option.Uses {
		if u != nil {
			kinds[strings.TrimSuffix(plain(u.Type), "?")] = true
		}
	}
	kind = strings.TrimSuffix(kind, "?")
	switch {
	case len(kinds) == 1:
		return ""
	case l.keyword.Class == "[]int64" && kind == "int":
		return "len(" + l.name + ") == 1"
	case l.keyword.Class == "any":
		return predicates[kind] + "(" + l.name + ")"
	}
	return ""
}

// writeCase writes the call of one overload.
func (r *renderer) writeCase(i int) error {
	f, c := r.function, r.function.Cases[i]
	values := map[string]string{}
	if f.Method() {
		values["self"] = "t"
	}
	for j, p := range f.Parameters {
		a := c.argument(c.names[j])
		v, err := convert(p.Type, a.Type, p.Go, a.Name)
		if err != nil {
			return err
		}
		values[a.Name] = v
	}
	for _, name := range f.Override.Hidden {
		if values[name] = "false"; *c.argument(name).Default != "False" {
			return fmt.Errorf("the hidden argument %s is not False by default", name)
		}
	}
	for _, l := range r.locals {
		use := l.option.Uses[i]
		if use == nil || l.option.Python == "out" {
			continue
		}
		v, err := r.localValue(l, use)
		if err != nil {
			return err
		}
		values[l.option.Python] = v
	}
	if err := r.writeOutCall(i, values); err != nil {
		return err
	}
	arguments, err := operatorArguments(c.operator, values)
	if err != nil {
		return err
	}
	return r.writeReturn(c, fmt.Sprintf("%s(%s)", goName(c.operator.Schema), strings.Join(arguments, ", ")), values)
}

// localValue is the expression for an option as this overload takes it.
func (r *renderer) localValue(l *local, use *OptionUse) (string, error) {
	if l.uniform {
		return l.name, nil
	}
	if !use.Required {
		def, err := defaultValue(use.Type, use.Default)
		if err != nil {
			return "", err
		}
		if def != "" {
			return r.orDefault(l, use, def)
		}
		if zeroFits(l.keyword.Class, use.Type) {
			return convert(l.keyword.Class, use.Type, l.name, l.option.Python)
		}
		native, err := argumentType(use.Type)
		if err != nil {
			return "", err
		}
		return r.orDefault(l, use, "*new("+native.name+")")
	}
	return convert(l.keyword.Class, use.Type, l.name, l.option.Python)
}

// zeroFits reports whether a variable of the class converts to the type's
// default when nothing was given.
func zeroFits(class, schemaType string) bool {
	kind := plain(schemaType)
	return class == "any" && strings.HasSuffix(kind, "?") || class == "*Tensor" || class == "[]int64" && kind == "int[]?" ||
		class == "[]*Tensor" || class == "bool" && kind == "bool"
}

// orDefault puts the option, or the default, into a variable of the right type.
func (r *renderer) orDefault(l *local, use *OptionUse, def string) (string, error) {
	value, err := convert(l.keyword.Class, use.Type, l.name, l.option.Python)
	if err != nil {
		return "", err
	}
	name := l.name + "Or"
	r.printf("%s := %s\nif %s {\n%s = %s\n}\n", name, def, l.given(), name, value)
	return name, nil
}

func operatorArguments(op *Operator, values map[string]string) ([]string, error) {
	var list []string
	for _, a := range op.Arguments {
		v, ok := values[a.Name]
		if !ok {
			return nil, fmt.Errorf("%s: nothing for the argument %s", op.Schema, a.Name)
		}
		list = append(list, v)
	}
	return list, nil
}

// writeOutCall writes the call of the variant that takes out=, if there is one.
func (r *renderer) writeOutCall(i int, values map[string]string) error {
	f, c := r.function, r.function.Cases[i]
	if c.outOperator == nil || f.Method() {
		return nil
	}
	values = maps.Clone(values)
	var outs []string
	list := false
	for _, a := range c.outOperator.Arguments {
		if _, known := values[a.Name]; !known {
			values[a.Name] = fmt.Sprintf("into[%d]", len(outs))
			outs = append(outs, values[a.Name])
			list = list || a.Type == "Tensor[]"
		}
	}
	r.printf("if out != nil {\n")
	switch {
	case list:
		values["out"], outs = "out", []string{"out"}
	case len(outs) == len(f.results()):
		r.printf("into := outputs(out, %d)\n", len(outs))
	default:
		return fmt.Errorf("%s: %d outputs", c.outOperator.Schema, len(outs))
	}
	if c.Factory && c.argument("dtype") != nil {
		r.printf("checkOut(into[0], dtype, layout, device)\n")
	}
	arguments, err := operatorArguments(c.outOperator, values)
	if err != nil {
		return err
	}
	r.printf("%s(%s)\n", goName(c.outOperator.Schema), strings.Join(arguments, ", "))
	if c.Factory {
		r.printf("withRequiresGrad(into[0], requiresGrad)\n")
	}
	r.printf("return %s\n}\n", strings.Join(outs, ", "))
	return nil
}

// writeReturn writes the call and what the function returns.
func (r *renderer) writeReturn(c *Case, call string, values map[string]string) error {
	switch {
	case r.function.Binding.InPlace():
		r.printf("%s\nreturn %s\n", call, values["self"])
	case len(c.operator.Returns) == 0:
		r.printf("%s\n", call)
	case c.operator.Returns[0].Argument:
		r.printf("%s\nreturn %s\n", call, values[c.operator.Arguments[0].Name])
	case c.Factory && c.Returns[0].Type == "Tensor":
		r.printf("return withRequiresGrad(%s, requiresGrad)\n", call)
	case len(c.operator.Returns) == 1 && c.operator.Returns[0].Type == "Scalar":
		r.printf("return %s.value()\n", call)
	default:
		r.printf("return %s\n", call)
	}
	return nil
}

// writeMismatch writes the panic for a call that fits no overload.
func (r *renderer) writeMismatch() {
	f := r.function
	var unions []string
	for _, p := range f.Parameters {
		if p.union() && p.Type == "any" {
			unions = append(unions, p.Go)
		}
	}
	options := "nil"
	if f.Interface != "" {
		options = "given(opts)"
	}
	arguments := ""
	if len(unions) > 0 {
		arguments = ", " + strings.Join(unions, ", ")
	}
	r.printf("panic(mismatch(%q, %s, %q%s))\n", f.Binding.Name, options, strings.Join(f.signatures(), "\n"), arguments)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
