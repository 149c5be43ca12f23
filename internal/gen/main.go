// Command gen writes the code that is derived from PyTorch's list of
// operators:
//
//	csrc/src/ops_*.cpp     the table of all ATen operators
//	torch/ops_*_gen.go     a typed Go function for each of them
//	torch/api_*_gen.go     the exported functions, methods and options, by
//	                       Python's names; overrides.yaml has the exceptions,
//	                       docs/*.yaml what each of them does
//	linalg, fft, special,
//	sparse, nested         the same under the names in these modules
//	nn/functional          the same, and the options of functions by hand, as
//	                       functional.yaml says
//	internal/conformance   a table of the exported functions, for tests
//	csrc/src/stamp.h and
//	csrc/stamp_gen.go      the hash of csrc/src and csrc/cuda, by which both sides know each other
//
// Run it from the project's root, with a Python that has PyTorch:
//
//	go run ./internal/gen -python python3
//
// With -stamp it renews only the stamp, which takes no Python: do that after
// each change in csrc/src or csrc/cuda.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	python := flag.String("python", "python3", "a Python interpreter that has PyTorch")
	stampOnly := flag.Bool("stamp", false, "renew only the stamp")
	flag.Parse()
	if err := run(*python, *stampOnly); err != nil {
		log.Fatal(err)
	}
}

func run(python string, stampOnly bool) error {
	if _, err := os.Stat("csrc/src"); err != nil {
		return fmt.Errorf("run me from the project's root: %w", err)
	}
	if !stampOnly {
		operators, err := readOperators(python)
		if err != nil {
			return err
		}
		if err := removeOld("csrc/src/ops_*.cpp", "torch/ops_*_gen.go", "torch/api_*_gen.go"); err != nil {
			return err
		}
		if err := writeTable(operators); err != nil {
			return err
		}
		if err := writeGo(operators); err != nil {
			return err
		}
		if err := writePublic(python, operators); err != nil {
			return err
		}
		if err := writeExports(); err != nil {
			return err
		}
	}
	return writeStamp()
}

// An Operator is one overload, as torchgen describes it.
type Operator struct {
	Struct    string // the struct in at::_ops: add__Tensor
	Root      string // its header: add
	Schema    string // add_.Tensor(Tensor(a!) self, ...) -> Tensor(a!)
	Arguments []Argument
	Returns   []Return
	Draws     bool // random numbers

	Index int `json:"-"` // its place in the table
}

// An Argument of an operator.
type Argument struct{ Name, Type string }

// A Return is one result of an operator.
type Return struct {
	Type     string
	Argument bool // it is one of the arguments, written to
}

func readOperators(python string) ([]*Operator, error) {
	cmd := exec.Command(python, "internal/gen/schemas.py")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd, err)
	}
	var operators []*Operator
	if err := json.Unmarshal(out, &operators); err != nil {
		return nil, fmt.Errorf("%s: %w", cmd, err)
	}
	for i, op := range operators {
		op.Index = i
	}
	return operators, nil
}

func removeOld(patterns ...string) error {
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return nil
}
