package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// writePublic writes the exported API: a Go function and a method for each name
// that Python shows, the options that they take, and the packages that show
// them under shorter names.
func writePublic(python string, operators []*Operator) error {
	bindings, err := readBindings(python, operators)
	if err != nil {
		return err
	}
	overrides, err := readOverrides("internal/gen/overrides.yaml")
	if err != nil {
		return err
	}
	if overrides.functional, err = readFunctional("internal/gen/functional.yaml"); err != nil {
		return err
	}
	if err := overrides.check(bindings); err != nil {
		return err
	}
	functions, err := mergeAll(bindings, overrides)
	if err != nil {
		return err
	}
	if err := checkUses(bindings, functions, overrides); err != nil {
		return err
	}
	findForwards(functions)
	if err := assignInterfaces(functions); err != nil {
		return err
	}
	taken, err := declaredNames("torch")
	if err != nil {
		return err
	}
	if err := claimNames(functions, taken); err != nil {
		return err
	}
	reserve(bindings, overrides, taken)
	words := keywords(functions, overrides, taken)
	texts, err := readTexts("internal/gen/docs")
	if err != nil {
		return err
	}
	texts.learn(words, taken)
	if err := writeFunctions(functions, texts); err != nil {
		return err
	}
	if err := writeOptions(words, functions, overrides, texts); err != nil {
		return err
	}
	if err := writeForwarding(functions, texts); err != nil {
		return err
	}
	if err := writeFunctional(overrides.functional, functions, texts); err != nil {
		return err
	}
	return texts.checkUsed()
}

// mergeAll makes the Go functions of all names. Their names must differ.
func mergeAll(bindings []*Binding, overrides *Overrides) ([]*Function, error) {
	var functions []*Function
	var failures []error
	seen := map[string]*Function{}
	for _, b := range bindings {
		override := overrides.of(b)
		if override.Hand != "" || override.Skip != "" {
			continue
		}
		merged, err := merge(b, override)
		if err != nil {
			failures = append(failures, err)
		}
		for _, f := range merged {
			f.DefaultDevice = slices.Contains(overrides.DefaultDevice, b.Key())
			key := fmt.Sprint(f.Method(), f.Name)
			if other := seen[key]; other != nil {
				failures = append(failures, fmt.Errorf("%s and %s are both %s", b.Key(), other.Binding.Key(), f.Name))
			}
			seen[key] = f
		}
		functions = append(functions, merged...)
	}
	return functions, errors.Join(failures...)
}

// checkUses makes sure that each overload belongs to one Go function.
func checkUses(bindings []*Binding, functions []*Function, overrides *Overrides) error {
	uses := map[string]int{}
	for _, f := range functions {
		for _, c := range f.Cases {
			uses[f.Binding.Key()+" "+c.Struct]++
		}
	}
	for _, b := range bindings {
		override := overrides.of(b)
		for _, o := range b.Overloads {
			want := 1
			if override.Hand != "" || override.Skip != "" || override.Drop[o.Struct] != "" {
				want = 0
			}
			if n := uses[b.Key()+" "+o.Struct]; n != want {
				return fmt.Errorf("%s: %d Go functions use the overload %s, not %d", b.Key(), n, o.Struct, want)
			}
		}
	}
	return nil
}

// findForwards has a method call the function of the same name where that
// chooses from the same overloads.
func findForwards(functions []*Function) {
	byName := map[string]*Function{}
	for _, f := range functions {
		if !f.Method() {
			byName[f.Name] = f
		}
	}
	for _, m := range functions {
		if f := byName[m.Name]; m.Method() && f != nil && m.canForward(f) {
			m.Forward = f
		}
	}
}

func (f *Function) canForward(to *Function) bool {
	if len(to.Parameters) != len(f.Parameters)+1 {
		return false
	}
	for _, p := range to.Parameters {
		own := f.parameter(p.Python)
		if p.Python == "self" {
			continue
		}
		if own == nil || own.Type != p.Type && p.Type != "any" {
			return false
		}
	}
	for _, c := range f.Cases {
		if !slices.ContainsFunc(to.Cases, func(d *Case) bool { return d.Struct == c.Struct }) {
			return false
		}
	}
	for _, o := range f.Options {
		if !slices.ContainsFunc(to.Options, func(p *Option) bool { return o.Python == p.Python }) {
			return false
		}
	}
	extra := len(to.Options) - len(f.Options)
	return extra == 0 || extra == 1 && slices.ContainsFunc(to.Options, func(o *Option) bool { return o.Python == "out" })
}

func (f *Function) parameter(python string) *Parameter {
	for _, p := range f.Parameters {
		if p.Python == python {
			return p
		}
	}
	return nil
}

// reserve adds the names that options must leave to functions by hand, written
// already or not.
func reserve(bindings []*Binding, overrides *Overrides, taken map[string]bool) {
	for _, name := range overrides.Reserved {
		taken[name] = true
	}
	for _, b := range bindings {
		if !b.Method && overrides.of(b).Hand != "" {
			taken[camel(b.Name)] = true
		}
	}
}

// claimNames adds the names of the functions to those that are taken.
func claimNames(functions []*Function, taken map[string]bool) error {
	var failures []error
	for _, f := range functions {
		if taken[f.link()] {
			failures = append(failures, fmt.Errorf("%s: %s is written by hand; say so in the overrides", f.Binding.Key(), f.link()))
		}
		taken[f.link()] = true
	}
	return errors.Join(failures...)
}

// declaredNames lists what the hand-written files of a package declare; methods
// as Type.Method.
func declaredNames(dir string) (map[string]bool, error) {
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_gen.go") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range parsed.Decls {
			addDeclared(names, d)
		}
	}
	return names, nil
}

func addDeclared(names map[string]bool, declaration ast.Decl) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			receiver := d.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			name = fmt.Sprint(receiver, ".", name)
		}
		names[name] = true
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names[s.Name.Name] = true
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names[n.Name] = true
				}
			}
		}
	}
}

// writeFunctions writes the functions and methods, in files by first letter.
func writeFunctions(functions []*Function, texts *Texts) error {
	sorted := slices.Clone(functions)
	slices.SortStableFunc(sorted, func(a, b *Function) int { return strings.Compare(a.sortKey(), b.sortKey()) })
	shards := map[string]*bytes.Buffer{}
	interfaces := map[string]bool{}
	var failures []error
	for _, f := range sorted {
		file := "torch/api_" + f.shard() + "_gen.go"
		if shards[file] == nil {
			shards[file] = bytes.NewBufferString(goHeader + "package torch\n\n")
		}
		r := &renderer{Buffer: shards[file], function: f, texts: texts}
		if f.Interface != "" && !interfaces[f.Interface] {
			interfaces[f.Interface] = true
			r.writeInterface()
		}
		if err := r.writeFunction(); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", f.Binding.Key(), err))
		}
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	for file, b := range shards {
		if err := writeFormatted(file, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// sortKey orders a function before its method and its in-place form.
func (f *Function) sortKey() string {
	name := strings.ToLower(f.Name)
	if plainForm, inPlace := strings.CutSuffix(name, "_"); inPlace {
		name = plainForm + "\x01"
	}
	if f.Method() {
		name += "\x00"
	}
	return name
}

func (f *Function) shard() string {
	name := strings.ToLower(f.Name)
	for _, family := range []string{"fft", "linalg", "special"} {
		if strings.HasPrefix(name, family) {
			return family
		}
	}
	return name[:1]
}

// writeOptions writes the types of the options, and the interfaces of functions
// that are written by hand.
func writeOptions(words []*Keyword, functions []*Function, overrides *Overrides, texts *Texts) error {
	var b strings.Builder
	b.WriteString(goHeader + "package torch\n\n")
	owners := map[string]string{} // the function of an interface
	for _, f := range functions {
		if f.Interface != "" && owners[f.Interface] == "" {
			owners[f.Interface] = f.link()
		}
	}
	for _, name := range sortedKeys(overrides.Hand) {
		iface := handInterface(name)
		owners[iface] = name
		text := fmt.Sprintf("%s %s is an option of [%s]: %s.", article(iface), iface, name, optionList(handKeywords(words, iface)))
		fmt.Fprintf(&b, "%stype %s interface{ %s() }\n\n", comment(text), iface, marker(iface))
	}
	var failures []error
	for _, k := range words {
		if err := k.writeType(&b, texts, owners); err != nil {
			failures = append(failures, err)
		}
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	return writeFormatted("torch/api_options_gen.go", []byte(b.String()))
}

func handKeywords(words []*Keyword, iface string) []*Keyword {
	var list []*Keyword
	for _, k := range words {
		if slices.Contains(k.Interfaces, iface) {
			list = append(list, k)
		}
	}
	return list
}
