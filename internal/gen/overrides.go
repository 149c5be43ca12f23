package main

import (
	"bytes"
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
)

// Overrides says, by Python name, where the Go API is not what the rules make
// of the bindings. Keys are names in module torch, or have their module in
// front: Tensor.view, nn.linear. One without a module holds for the method of
// the same name, too, unless that has an entry of its own.
type Overrides struct {
	Functions map[string]*Override
	// Options gives a keyword the Go type of its value, where the rules would
	// find another: a type that is an option by itself, or a constructor's.
	Options map[string]string
	// Reserved are names of functions and types to come, which options must not
	// take.
	Reserved []string
	// Hand lists functions that are written by hand and the keywords that they
	// take as options, so that these are the same types as elsewhere.
	Hand map[string][]string
	// DefaultDevice lists functions that follow torch.SetDefaultDevice.
	DefaultDevice []string `yaml:"default_device"`

	functional *Functional
}

// An Override is what is special about one Python name.
type Override struct {
	Hand       string            // by hand: where, or how
	Skip       string            // not in Go: why
	Rename     string            // the Go name
	Separate   map[string]string // overloads that become Go functions of their own, by struct
	Drop       map[string]string // overloads that are not in Go: why, by struct
	Parameters map[string]string // Go names of positional arguments
	Positional []string          // arguments that are positional in Go although they have a default
	Hidden     []string          // arguments that Go has not: they keep their default
	Variadic   bool              // the last argument, a list, is written without braces
}

func readOverrides(file string) (*Overrides, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var o Overrides
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&o); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &o, nil
}

var noOverride = &Override{}

// of returns what holds for a binding.
func (o *Overrides) of(b *Binding) *Override {
	for _, key := range []string{b.Key(), b.Name} {
		if key == b.Name && b.Module != "torch" && b.Module != "Tensor" {
			continue
		}
		if override := o.Functions[key]; override != nil {
			return override
		}
	}
	return noOverride
}

// check reports entries for names that Python does not show.
func (o *Overrides) check(bindings []*Binding) error {
	known := map[string]bool{}
	for _, b := range bindings {
		known[b.Key()] = true
		if b.Method {
			known[b.Name] = true
		}
	}
	for _, key := range append(sortedKeys(o.Functions), o.DefaultDevice...) {
		if !known[key] {
			return fmt.Errorf("overrides: Python shows no %s", key)
		}
	}
	return nil
}
