package main

import (
	"fmt"
	"regexp"
	"strings"
)

// document is a function's documentation, under the name that it has in a
// package: what it does, the Python function that it is, with the signatures,
// and the options.
func (t *Texts) document(f *Function, name string) (string, error) {
	text, err := t.of(f)
	if err != nil {
		return "", err
	}
	paragraphs := strings.Split(name+" "+text, "\n")
	if f.Forward != nil {
		is := fmt.Sprintf("It is [%s] with t as %s, Python's %s.", f.Forward.Name, f.Forward.self(), f.Binding.Display())
		return comment(append(paragraphs, is+t.optionNote(f))...), nil
	}
	paragraphs = append(paragraphs, "It is Python's "+f.Binding.Display()+":", f.signatureLines(name))
	if notes := strings.TrimSpace(f.parameterNotes() + t.optionNote(f)); notes != "" {
		paragraphs = append(paragraphs, notes)
	}
	return comment(paragraphs...), nil
}

// signatureLines lists the overloads as a block of code.
func (f *Function) signatureLines(name string) string {
	python := f.Binding.Name
	if name != f.Name { // in a package of its own
		python = strings.TrimPrefix(python, f.Binding.Module+"_")
	}
	var lines []string
	for _, s := range f.signatures() {
		lines = append(lines, "\t"+python+s+" -> "+f.pythonResult())
	}
	return strings.Join(lines, "\n")
}

// parameterNotes say what the Go types of the parameters do not.
func (f *Function) parameterNotes() string {
	var notes []string
	for _, p := range f.Parameters {
		if p.Type == "any" {
			notes = append(notes, p.Go+" is "+typeNames(p.Kinds)+".")
		}
		if p.Kinds[0] == "Tensor?" {
			notes = append(notes, p.Go+" may be nil.")
		}
	}
	return strings.Join(notes, " ")
}

// optionNote lists the options.
func (t *Texts) optionNote(f *Function) string {
	if len(f.Options) == 0 {
		return ""
	}
	return " Options: " + optionList(t.words(f)) + "."
}

// words are the keywords of a function's options.
func (t *Texts) words(f *Function) []*Keyword {
	var words []*Keyword
	for _, o := range f.Options {
		words = append(words, t.keywords[camel(o.Python)])
	}
	return words
}

// self is the name of what a method is called on: the receiver, or the
// function's parameter that stands for it.
func (f *Function) self() string {
	switch p := f.parameter("self"); {
	case p != nil:
		return p.Go
	case f.Method():
		return "t"
	case len(f.Parameters) > 0:
		return f.Parameters[0].Go
	}
	return ""
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

var docLink = regexp.MustCompile(`\[([A-Z][\w.]*)\]`)

// qualifyLinks makes the links of a documentation in package torch those of a
// package that shows a part of it, under the names in own.
func qualifyLinks(doc string, own map[string]string) string {
	return docLink.ReplaceAllStringFunc(doc, func(link string) string {
		if name := own[link[1:len(link)-1]]; name != "" {
			return "[" + name + "]"
		}
		return "[torch." + link[1:]
	})
}
