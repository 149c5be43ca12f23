package main

import (
	_ "embed"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// modules lists the public names of PyTorch 2.15 by module, and the members of some
// classes. names.py writes it:
//
//	go run ./internal/coverage -python PYTHON
//
//go:embed modules-2.15.json
var modules []byte

//go:embed names.py
var namesScript string

// roots are the modules of which, and of all below which, names are listed.
var roots = []string{"torch.accelerator", "torch.amp", "torch.backends", "torch.cuda", "torch.nn.attention"}

// classes are those whose members are listed, with their types in Go.
var classes = map[string]string{
	"torch.amp.GradScaler": "GradScaler", "torch.cuda.CUDAGraph": "CUDAGraph", "torch.cuda.Event": "Event",
	"torch.cuda.GreenContext": "GreenContext", "torch.cuda.MemPool": "MemPool", "torch.cuda.Stream": "Stream",
	"torch.cuda.green_contexts.SMPartition": "SMPartition", "torch.nn.attention.flex_attention.BlockMask": "BlockMask",
}

// embedded are types whose methods those of another type are, too.
var embedded = map[string]section{
	"cuda.Stream": {pkg: "torch", receiver: "Stream"}, "cuda.Event": {pkg: "torch", receiver: "Event"},
}

// packages are the Go packages of modules whose path is not theirs.
var packages = map[string]string{
	"torch.accelerator.graphs": "accelerator", "torch.accelerator.memory": "accelerator", "torch.accelerator.random": "accelerator",
	"torch.amp.autocast_mode": "amp", "torch.amp.grad_scaler": "amp",
	"torch.cuda.amp": "amp", "torch.cuda.amp.autocast_mode": "amp", "torch.cuda.amp.common": "amp", "torch.cuda.amp.grad_scaler": "amp",
	"torch.cuda.graphs": "cuda", "torch.cuda.green_contexts": "cuda", "torch.cuda.memory": "cuda", "torch.cuda.random": "cuda",
	"torch.cuda.streams": "cuda", "torch.backends.cudnn.rnn": "backends/cudnn",
	"torch.nn.attention.flex_attention": "nn/attention/flexattention",
}

// leftOutModules gives the reasons why a module has nothing in Go.
var leftOutModules = map[string]string{
	"torch.backends.cusparselt":       "for semi-structured sparse tensors, which are left out",
	"torch.backends.miopen":           "for AMD's GPUs",
	"torch.backends.opt_einsum":       "for a Python package that chooses in which order einsum multiplies",
	"torch.backends.python_native":    "for kernels that are written in Python",
	"torch.backends.xeon":             "has only run_cpu",
	"torch.backends.xeon.run_cpu":     "starts Python programs",
	"torch.cuda.gds":                  "storages that cuFile reads and writes: a prototype for Linux, which needs NVIDIA's cuFile and its driver",
	"torch.cuda.graph_annotations":    "names for the kernels of graphs in the traces of Python's profiler",
	"torch.cuda.jiterator":            "compiles CUDA code that is given as a string; a custom operator in a library of its own is called by torch.Call",
	"torch.cuda.sparse":               "legacy types of tensors, deprecated for dtype and device",
	"torch.nn.attention.experimental": "holds only private modules",
}

// listed returns the names of modules-2.15.json.
func listed() (names map[string][]string, err error) {
	err = json.Unmarshal(modules, &names)
	return names, err
}

// moduleSections are those of all modules below the roots but what leftOutModules has, and of
// the classes.
func moduleSections() ([]section, error) {
	names, err := listed()
	if err != nil {
		return nil, err
	}
	var list []section
	for _, module := range slices.Sorted(maps.Keys(names)) {
		if _, left := leftOutModules[module]; left {
			continue
		}
		if receiver, isClass := classes[module]; isClass {
			parent := module[:strings.LastIndexByte(module, '.')]
			list = append(list, section{module + ", methods", names[module], packageOf(parent), receiver})
			continue
		}
		if len(names[module]) == 0 {
			continue // all are those of modules below
		}
		list = append(list, section{module, names[module], packageOf(module), ""})
	}
	return list, nil
}

func packageOf(module string) string {
	if pkg, ok := packages[module]; ok {
		return pkg
	}
	return strings.ReplaceAll(strings.TrimPrefix(module, "torch."), ".", "/")
}

// arguments are those of names.py.
func arguments() []string {
	return slices.Concat(roots, []string{"--class"}, slices.Sorted(maps.Keys(classes)))
}

// askPython returns what modules-2.15.json should be.
func askPython(python string) ([]byte, error) {
	command := exec.Command(python, append([]string{"-c", namesScript}, arguments()...)...)
	command.Stderr = os.Stderr
	return command.Output()
}
