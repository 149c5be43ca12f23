package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// A Binding is a name that Python shows, with the overloads behind it in the
// order in which Python tries them.
type Binding struct {
	Module    string // torch, nn, linalg, ..., or Tensor
	Name      string
	Method    bool
	Overloads []*Overload
}

// Key is the name in the overrides file: sum, Tensor.sum, linalg.linalg_svd.
func (b *Binding) Key() string {
	if b.Module == "torch" {
		return b.Name
	}
	return b.Module + "." + b.Name
}

// Display is the name as a Python program writes it.
func (b *Binding) Display() string {
	switch b.Module {
	case "torch":
		return "torch." + b.Name
	case "nn":
		return "torch._C._nn." + b.Name
	case "Tensor":
		return "Tensor." + b.Name
	}
	return "torch." + b.Module + "." + strings.TrimPrefix(b.Name, b.Module+"_")
}

// InPlace reports whether the function writes to its first argument.
func (b *Binding) InPlace() bool { return strings.HasSuffix(b.Name, "_") }

// An Overload is one signature of a Binding.
type Overload struct {
	Struct    string // the operator that it calls
	Out       string // the one that it calls with out=, or ""
	Arguments []BoundArgument
	Returns   []BoundReturn
	Factory   bool // it has requires_grad=, which the operator does not know

	operator, outOperator *Operator
}

// A BoundArgument is an argument as Python's signature has it.
type BoundArgument struct {
	Name, Type  string
	Default     *string
	KeywordOnly bool
}

// A BoundReturn is a result, with its name in Python's named tuple.
type BoundReturn struct{ Name, Type string }

// required counts the positional arguments without a default.
func (o *Overload) required() int {
	n := 0
	for n < len(o.Arguments) && o.Arguments[n].Default == nil && !o.Arguments[n].KeywordOnly {
		n++
	}
	return n
}

// returnTypes identifies what the overload returns.
func (o *Overload) returnTypes() string {
	var types []string
	for _, r := range o.Returns {
		types = append(types, r.Type)
	}
	return strings.Join(types, ", ")
}

func (o *Overload) argument(name string) *BoundArgument {
	for i := range o.Arguments {
		if o.Arguments[i].Name == name {
			return &o.Arguments[i]
		}
	}
	return nil
}

// backends begin the names of functions that exist for one library or device
// only; PyTorch's documentation has none of them.
var backends = regexp.MustCompile(`^(cudnn|miopen|mkldnn|fbgemm|quantized|thnn|sym)_|^to_mkldnn$`)

// readBindings lists what Python shows, without the names of backends.
func readBindings(python string, operators []*Operator) ([]*Binding, error) {
	cmd := exec.Command(python, "internal/gen/bindings.py")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd, err)
	}
	var all, kept []*Binding
	if err := json.Unmarshal(out, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", cmd, err)
	}
	byStruct := map[string]*Operator{}
	for _, op := range operators {
		byStruct[op.Struct] = op
	}
	for _, b := range all {
		if backends.MatchString(b.Name) {
			continue
		}
		for _, o := range b.Overloads {
			o.operator, o.outOperator = byStruct[o.Struct], byStruct[o.Out]
			if o.operator == nil {
				return nil, fmt.Errorf("%s: no operator %s", b.Name, o.Struct)
			}
		}
		kept = append(kept, b)
	}
	return kept, nil
}
