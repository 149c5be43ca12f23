package main

import (
	"fmt"
	"strings"
)

// writeDoc writes a function's documentation: the Python function that it is,
// the signatures, and the options.
func (r *renderer) writeDoc() {
	f := r.function
	if f.Forward != nil {
		r.printf("// %s is [%s] with t as %s, Python's %s.\n", f.Name, f.Forward.Name, f.Forward.self(), f.Binding.Display())
		return
	}
	if f.Binding.InPlace() && f.Method() && r.writeInPlaceDoc() {
		return
	}
	r.printf("// %s is Python's %s:\n//\n", f.Name, f.Binding.Display())
	for _, s := range f.signatures() {
		r.printf("//\t%s%s -> %s\n", f.Binding.Name, s, f.pythonResult())
	}
	var notes []string
	for _, p := range f.Parameters {
		if p.Type == "any" {
			notes = append(notes, p.Go+" is "+typeNames(p.Kinds)+".")
		}
		if p.Kinds[0] == "Tensor?" {
			notes = append(notes, p.Go+" may be nil.")
		}
	}
	if f.Binding.InPlace() {
		notes = append(notes, "It writes to its first argument and returns it.")
	}
	if f.Interface != "" {
		var words []*Keyword
		for _, o := range f.Options {
			words = append(words, r.keywords[camel(o.Python)])
		}
		notes = append(notes, "Options: "+optionList(words)+".")
	}
	if len(notes) > 0 {
		r.printf("//\n// %s\n", wrap(strings.Join(notes, " "), 3))
	}
}

// writeInPlaceDoc documents the in-place form of a documented function.
func (r *renderer) writeInPlaceDoc() bool {
	f := r.function
	r.printf("// %s is Python's %s, which writes to t and returns it:\n//\n", f.Name, f.Binding.Display())
	for _, s := range f.signatures() {
		r.printf("//\t%s%s\n", f.Binding.Name, s)
	}
	if f.Interface != "" {
		var words []*Keyword
		for _, o := range f.Options {
			words = append(words, r.keywords[camel(o.Python)])
		}
		r.printf("//\n// %s\n", wrap("Options: "+optionList(words)+".", 3))
	}
	return true
}

// self is the name of the parameter that a method's receiver stands for.
func (f *Function) self() string {
	if p := f.parameter("self"); p != nil {
		return p.Go
	}
	return "its tensor"
}

// link is how documentation refers to the function.
func (f *Function) link() string {
	if f.Method() {
		return "Tensor." + f.Name
	}
	return f.Name
}

// signatures are the overloads as Python's error messages show them.
func (f *Function) signatures() []string {
	var list []string
	for _, c := range f.Cases {
		list = append(list, c.signature(f.Method()))
	}
	return list
}

func (c *Case) signature(method bool) string {
	var parts []string
	star := false
	for _, a := range c.Arguments {
		if a.KeywordOnly && !star {
			parts = append(parts, "*")
			star = true
		}
		name := a.Name
		if name == "self" && !method {
			name = "input"
		}
		text := typeLabel(a.Type) + " " + name
		if a.Default != nil {
			text += " = " + strings.Trim(*a.Default, `"'`)
		}
		parts = append(parts, text)
	}
	if c.outOperator != nil && !method {
		if !star {
			parts = append(parts, "*")
		}
		label := "Tensor"
		if len(c.Returns) > 1 || c.Returns[0].Type == "Tensor[]" {
			label = "tuple of Tensors"
		}
		parts = append(parts, label+" out = None")
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func (f *Function) pythonResult() string {
	var parts []string
	for _, r := range f.Cases[0].Returns {
		label := typeLabel(r.Type)
		if r.Name != "" && len(f.Cases[0].Returns) > 1 {
			label += " " + r.Name
		}
		parts = append(parts, label)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// optionList lists options for documentation.
func optionList(words []*Keyword) string {
	var list []string
	for _, k := range words {
		switch {
		case k.Constructor != "":
			list = append(list, "["+k.Constructor+"]")
		case strings.HasPrefix(k.Type, "*"):
			list = append(list, "a *["+k.Type[1:]+"]")
		default:
			list = append(list, "a ["+k.Type+"]")
		}
	}
	return strings.Join(list, ", ")
}

// display is how a program writes the option.
func (k *Keyword) display() string {
	if k.Constructor != "" {
		return "torch." + k.Constructor
	}
	return "torch." + strings.TrimPrefix(k.Type, "*")
}

func article(name string) string {
	if strings.ContainsAny(name[:1], "AEIO") {
		return "An"
	}
	return "A"
}

// forwardDoc documents a function of package linalg, fft or special.
func forwardDoc(f *Function, name string) string {
	return fmt.Sprintf("// %s is [torch.%s], Python's %s.\n", name, f.Name, f.Binding.Display())
}
