package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Texts say what functions and options do. They are in docs/*.yaml: those of
// the options in options.yaml, by keyword, and those of the functions in the
// other files, by Python name. add is the text of the function, the method, and
// of add_, whose documentation refers to them; Tensor.add and add_ are keys for
// texts of their own. A Go function that is only one part of Python's has its
// text under its Go name: MaxDim.
//
// A text continues a sentence that begins with the Go name. {dim} is the
// parameter, or the option, that Python calls dim, {input} what a method is
// called on, and [Add] a link.
type Texts struct {
	functions, options map[string]string
	used               map[string]bool
	known              map[string]bool // what a link can refer to
	keywords           map[string]*Keyword
}

func readTexts(dir string) (*Texts, error) {
	files, err := filepath.Glob(dir + "/*.yaml")
	if err != nil {
		return nil, err
	}
	t := &Texts{functions: map[string]string{}, options: map[string]string{}, used: map[string]bool{}}
	for _, file := range files {
		list := t.functions
		if filepath.Base(file) == "options.yaml" {
			list = t.options
		}
		if err := addTexts(list, file); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func addTexts(list map[string]string, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var own map[string]string
	if err := yaml.NewDecoder(bytes.NewReader(content)).Decode(&own); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for key, text := range own {
		if list[key] != "" {
			return fmt.Errorf("%s: %s has a text elsewhere", file, key)
		}
		list[key] = strings.TrimSpace(text)
	}
	return nil
}

// learn takes the options and all names of package torch, for references.
func (t *Texts) learn(words []*Keyword, known map[string]bool) {
	t.known, t.keywords = maps.Clone(known), map[string]*Keyword{}
	for _, k := range words {
		t.keywords[camel(k.Python)] = k
		t.known[k.Constructor] = true
	}
}

// checkUsed reports texts that belong to nothing.
func (t *Texts) checkUsed() error {
	var failures []error
	for _, key := range sortedKeys(t.functions) {
		if !t.used[key] {
			failures = append(failures, fmt.Errorf("docs: %s is no generated function; remove its text", key))
		}
	}
	for _, key := range sortedKeys(t.options) {
		if !t.used[optionKey(key)] {
			failures = append(failures, fmt.Errorf("docs: %s is no option; remove its text", key))
		}
	}
	return errors.Join(failures...)
}

// optionKey tells the use of an option's text from that of a function's.
func optionKey(python string) string { return "option " + python }

// textKeys are where the text of a function may be.
func (f *Function) textKeys() []string {
	if f.Name != goPublicName(f.Binding, f.Override) {
		return []string{f.link(), f.Name}
	}
	return []string{f.Binding.Key(), f.Binding.Name}
}

// of returns what f does, as the predicate of a sentence that begins with its
// name.
func (t *Texts) of(f *Function) (string, error) {
	for _, key := range f.textKeys() {
		if text := t.functions[key]; text != "" {
			t.used[key] = true
			return t.resolve(text, f)
		}
	}
	if plainForm := t.plainForm(f); plainForm != "" {
		const sentence = "is the in-place form of [%s]: it writes the result to %[2]s, whose size and dtype stay, and returns %[2]s."
		return fmt.Sprintf(sentence, plainForm, f.self()), nil
	}
	return "", fmt.Errorf("docs: %s has no text", f.textKeys()[0])
}

// plainForm is the function that an in-place one is a form of, or "".
func (t *Texts) plainForm(f *Function) string {
	name, inPlace := strings.CutSuffix(f.Name, "_")
	if !inPlace {
		return ""
	}
	candidates := []string{name, "Tensor." + name}
	if f.Method() {
		slices.Reverse(candidates)
	}
	for _, c := range candidates {
		if t.known[c] {
			return c
		}
	}
	return ""
}

// option returns what an option does, as a predicate, too.
func (t *Texts) option(k *Keyword) (string, error) {
	text := t.options[k.Python]
	if text == "" {
		return "", fmt.Errorf("docs: the option %s has no text", k.Python)
	}
	t.used[optionKey(k.Python)] = true
	return t.resolve(text, nil)
}

var reference = regexp.MustCompile(`\{(\w*)\}|\[([A-Z][\w.]*)\]`)

// resolve puts Go names for what is in braces and checks what is in brackets.
func (t *Texts) resolve(text string, f *Function) (string, error) {
	var failures []error
	text = reference.ReplaceAllStringFunc(text, func(found string) string {
		name := found[1 : len(found)-1]
		if found[0] == '[' {
			if !t.known[name] {
				failures = append(failures, fmt.Errorf("docs: nothing is %s in %q", found, text))
			}
			return found
		}
		resolved := t.name(name, f)
		if resolved == "" {
			failures = append(failures, fmt.Errorf("docs: %s is no argument in %q", name, text))
		}
		return resolved
	})
	return text, errors.Join(failures...)
}

// name is the Go name of an argument: of a parameter, or a link to the option.
func (t *Texts) name(python string, f *Function) string {
	if f == nil {
		return ""
	}
	if p := f.parameter(python); p != nil {
		return p.Go
	}
	if python == "input" || python == "self" {
		return f.self()
	}
	for _, o := range f.Options {
		if o.Python == python {
			k := t.keywords[camel(python)]
			if k.Constructor != "" {
				return "[" + k.Constructor + "]"
			}
			return "[" + strings.TrimPrefix(k.Type, "*") + "]"
		}
	}
	return ""
}

// comment writes paragraphs as a comment. What begins with a tab stays as it is.
func comment(paragraphs ...string) string {
	var b strings.Builder
	for i, p := range paragraphs {
		if i > 0 {
			b.WriteString("//\n")
		}
		if strings.HasPrefix(p, "\t") {
			b.WriteString("//" + strings.ReplaceAll(p, "\n", "\n//") + "\n")
		} else {
			b.WriteString("// " + wrap(p, 3) + "\n")
		}
	}
	return b.String()
}
