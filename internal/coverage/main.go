// Command coverage writes docs/coverage.md: which of PyTorch's public names
// exist in Go, by the rules of how names are spelled. Run it from the project's
// root:
//
//	go run ./internal/coverage
//
// With -python PYTHON it first writes modules-2.15.json anew, from the modules of that
// Python's PyTorch.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// pytorch lists the public names of PyTorch 2.15, by module and kind, but for the modules of
// which modules-2.15.json does.
//
//go:embed pytorch-2.15.json
var pytorch []byte

func main() {
	log.SetFlags(0)
	log.SetPrefix("coverage: ")
	python := flag.String("python", "", "a Python with PyTorch 2.15, to write modules-2.15.json")
	flag.Parse()
	if *python != "" {
		found, err := askPython(*python)
		if err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile("internal/coverage/modules-2.15.json", found, 0o666); err != nil {
			log.Fatal(err)
		}
		modules = found
	}
	report, err := report(".")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("docs/coverage.md", report, 0o666); err != nil {
		log.Fatal(err)
	}
}

// A section is one group of Python's names.
type section struct {
	title    string
	names    []string
	pkg      string // the Go package
	receiver string // the Go type whose methods they are, or ""
}

// optimFunctional are the names of torch.optim.functional.
var optimFunctional = strings.Fields(
	"adadelta adafactor adagrad adam adamax adamw asgd muon nadam radam rmsprop rprop sgd sparse_adam")

func sections() ([]section, error) {
	var names struct {
		Torch struct {
			Functions []string `json:"functions_documented_core"`
		}
		Tensor struct {
			Methods    []string
			Attributes []string
		}
		Linalg  []string `json:"torch.linalg"`
		FFT     []string `json:"torch.fft"`
		Special []string `json:"torch.special"`
		Sparse  []string `json:"torch.sparse"`
		Nested  []string `json:"torch.nested"`
		Masked  []string `json:"torch.masked"`
		Windows []string `json:"torch.signal.windows"`
		NN      []string `json:"nn.functional"`
		Modules struct {
			Classes []string `json:"all_module_classes"`
		} `json:"nn"`
		Func     []string `json:"torch.func"`
		Autograd struct {
			ForwardAD  []string `json:"forward_ad"`
			Functional []string `json:"functional"`
		} `json:"autograd"`
		Optim struct {
			Names     []string `json:"functional"`
			Methods   []string `json:"Optimizer_methods"`
			Scheduler []string `json:"lr_scheduler"`
			SWA       []string `json:"swa_utils"`
		}
	}
	if err := json.Unmarshal(pytorch, &names); err != nil {
		return nil, err
	}
	ofAutograd, err := autogradSections()
	if err != nil {
		return nil, err
	}
	ofNN, err := nnSections()
	if err != nil {
		return nil, err
	}
	ofAutocast, err := autocastSections()
	if err != nil {
		return nil, err
	}
	ofModules, err := moduleSections()
	if err != nil {
		return nil, err
	}
	return slices.Concat([]section{
		{"torch", names.Torch.Functions, "torch", ""},
		{"torch.Tensor, methods", names.Tensor.Methods, "torch", "Tensor"},
		{"torch.Tensor, attributes", names.Tensor.Attributes, "torch", "Tensor"},
		{"torch.linalg", names.Linalg, "linalg", ""},
		{"torch.fft", names.FFT, "fft", ""},
		{"torch.special", names.Special, "special", ""},
		{"torch.sparse", names.Sparse, "sparse", ""},
		{"torch.nested", names.Nested, "nested", ""},
		{"torch.masked", names.Masked, "masked", ""},
		{"torch.signal.windows", names.Windows, "signal/windows", ""},
		{"torch.nn", names.Modules.Classes, "nn", ""},
		{"torch.nn.functional", names.NN, "nn/functional", ""},
		{"torch.func", names.Func, "functorch", ""},
		{"torch.autograd.forward_ad", names.Autograd.ForwardAD, "autograd", ""},
		{"torch.autograd.functional", names.Autograd.Functional, "autograd", ""},
		{"torch.optim", names.Optim.Names, "optim", ""},
		{"torch.optim.Optimizer, methods", names.Optim.Methods, "optim", "Base"},
		{"torch.optim.lr_scheduler", names.Optim.Scheduler, "optim/lrscheduler", ""},
		{"torch.optim.swa_utils", names.Optim.SWA, "optim/swa", ""},
		{"torch.optim.functional", optimFunctional, "optim/functional", ""},
	}, ofNN, ofAutograd, ofAutocast, ofModules), nil
}

// renamed are names that are spelled otherwise in Go, or are functions there.
var renamed = map[string]string{
	"torch.masked.masked_tensor": "NewMaskedTensor",
	"torch.tensor":               "NewTensor", "torch.from_numpy": "FromSlice", "Tensor.dtype": "DType", "Tensor.ndim": "Dim",
	"Tensor.ndimension": "Dim", "Tensor.nelement": "Numel", "Tensor.itemsize": "ElementSize", "Tensor.type": "DType",
	"Tensor.numpy": "torch.Data", "Tensor.tolist": "torch.Data", "torch.vmap": "functorch.Vmap",
	"torch.optim.lr_scheduler": "lrscheduler.LRScheduler", "torch.optim.swa_utils": "swa.AveragedModel",
	"torch.optim.functional": "functional.Sgd",
	"Base.add_param_group":   "optim.SGD",
}

const (
	goTypes   = "Go's types say so"
	noBackend = "a backend that PyTorch's wheels do not have"
	callback  = "calls a Python function for each element"
	removed   = "removed from PyTorch, where it only raises"
	typed     = "deprecated for untyped_storage: a Storage has bytes"
	processes = "for Python's processes; goroutines share memory as it is"
	semi      = "a Python subclass over kernels of CUDA devices"
	hookType  = "the type of a hook is func(Optimizer)"
	closure   = "modes are closures: DualLevel"
)

// leftOut gives the reasons why a name is not meant to exist in Go.
var leftOut = map[string]string{
	"torch.is_tensor": goTypes, "torch.is_storage": goTypes, "torch.typename": goTypes, "torch.compile": "compiles Python",
	"torch.nn.Container": "deprecated for Sequential, ModuleList and ModuleDict", "torch.nn.NLLLoss2d": "deprecated for NLLLoss",
	"torch.nn.DataParallel":                   "threads over the devices of one process, for which PyTorch recommends DistributedDataParallel",
	"torch.set_default_tensor_type":           "deprecated for set_default_dtype",
	"torch.sparse.SparseSemiStructuredTensor": semi, "torch.sparse.SparseSemiStructuredTensorCUSPARSELT": semi,
	"torch.sparse.SparseSemiStructuredTensorCUTLASS": semi, "torch.masked.is_masked_tensor": goTypes,
	"torch.sparse.to_sparse_semi_structured":     semi,
	"torch.autograd.forward_ad.enter_dual_level": closure, "torch.autograd.forward_ad.exit_dual_level": closure,
	"torch.autograd.forward_ad.UnpackedDualTensor": "UnpackDual has two results",
	"Base.OptimizerPreHook":                        hookType, "Base.OptimizerPostHook": hookType, "Base.profile_hook_step": "wraps Python's step",
	"torch.cond":                  "control flow for compiled graphs; Go has if",
	"torch.fork":                  "runs TorchScript; Go has go",
	"torch.wait":                  "for torch.fork",
	"torch.get_device_module":     "returns a Python module",
	"torch.thread_safe_generator": "the generator of a worker thread of Python's DataLoader",
	"Tensor.storage":              typed, "Tensor.storage_type": typed, "Tensor.is_shared": processes, "Tensor.share_memory_": processes,
	"Tensor.is_vulkan": noBackend, "Tensor.is_ipu": noBackend, "Tensor.is_xla": noBackend, "Tensor.is_maia": noBackend,
	"Tensor.is_mtia": noBackend, "Tensor.is_mkldnn": "a backend's", "Tensor.to_mkldnn": "a backend's", "Tensor.ipu": noBackend,
	"Tensor.mtia": noBackend, "Tensor.as_subclass": "Python's subclasses", "Tensor.map_": callback, "Tensor.map2_": callback,
	"Tensor.apply_": callback, "Tensor.reinforce": removed, "Tensor.cholesky": removed, "Tensor.eig": removed,
	"Tensor.lstsq": removed, "Tensor.qr": removed, "Tensor.solve": removed, "Tensor.symeig": removed, "Tensor.volatile": removed,
}

func report(root string) ([]byte, error) {
	list, err := sections()
	if err != nil {
		return nil, err
	}
	var b, missing bytes.Buffer
	b.WriteString("<!-- Written by go run ./internal/coverage. -->\n\n# PyTorch 2.15's names in Go\n\n")
	b.WriteString("Names that the generator or a hand-written function provides. The rules of spelling are in RATIONALE.md:\n" +
		"`torch.index_select` is `torch.IndexSelect`, `Tensor.add_` is `Tensor.Add_`.\n\n")
	b.WriteString("| module | names | in Go | left out | missing |\n|---|---|---|---|---|\n")
	for _, s := range list {
		declared, err := s.declared(root)
		if err != nil {
			return nil, err
		}
		present, out, absent := s.compare(declared)
		fmt.Fprintf(&b, "| %s | %d | %d (%.0f %%) | %d | %d |\n", s.title, len(s.names), present,
			100*float64(present)/float64(max(present+len(absent), 1)), len(out), len(absent))
		writeMissing(&missing, s.title, out, absent)
	}
	b.Write(missing.Bytes())
	b.WriteString("\n## Whole modules\n\nLeft out:\n")
	for _, module := range slices.Sorted(maps.Keys(leftOutModules)) {
		fmt.Fprintf(&b, "- `%s`: %s\n", module, leftOutModules[module])
	}
	return b.Bytes(), nil
}

// declared are the names that the section's package has, or its type.
func (s section) declared(root string) (map[string]bool, error) {
	names, err := declaredIn(filepath.Join(root, s.pkg), s.receiver)
	if err != nil {
		return nil, err
	}
	if base, ok := embedded[s.pkg+"."+s.receiver]; ok {
		inherited, err := base.declared(root)
		if err != nil {
			return nil, err
		}
		maps.Copy(names, inherited)
	}
	return names, nil
}

// prefix is what stands before the section's names in renamed and leftOut.
func (s section) prefix() string {
	if s.receiver != "" {
		return s.receiver + "."
	}
	return s.title + "."
}

// compare counts the names that are declared, and lists the others.
func (s section) compare(declared map[string]bool) (present int, out, absent []string) {
	prefix := s.prefix()
	for _, name := range s.names {
		goName := camel(name)
		if other, ok := renamed[prefix+name]; ok {
			goName = other
		}
		reason, left := leftOut[prefix+name]
		switch {
		case declared[goName] || strings.Contains(goName, "."): // in another package
			present++
		case left:
			out = append(out, "`"+name+"` ("+reason+")")
		default:
			absent = append(absent, "`"+name+"`")
		}
	}
	return present, out, absent
}

func writeMissing(b *bytes.Buffer, title string, out, absent []string) {
	if len(out)+len(absent) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n", title)
	if len(out) > 0 {
		fmt.Fprintf(b, "\nLeft out: %s.\n", strings.Join(out, ", "))
	}
	if len(absent) > 0 {
		fmt.Fprintf(b, "\nMissing: %s.\n", strings.Join(absent, ", "))
	}
}

// camel spells a Python name in Go.
func camel(name string) string {
	core := strings.Trim(name, "_")
	var b strings.Builder
	for part := range strings.SplitSeq(core, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	if strings.HasSuffix(name, "_") {
		b.WriteByte('_')
	}
	return b.String()
}

// declaredIn lists the functions, types, variables and constants of a package, or the
// methods and fields of one of its types.
func declaredIn(dir, receiver string) (map[string]bool, error) {
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, file := range slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") }) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range parsed.Decls {
			addDeclared(names, d, receiver)
		}
	}
	return names, nil
}

func addDeclared(names map[string]bool, declaration ast.Decl, receiver string) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		// A function that makes an option is not the function of that name.
		if receiverOf(d) == receiver && !makesOption(d) {
			names[d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if receiver != "" {
				addFields(names, s, receiver)
				continue
			}
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

// addFields adds the fields of a type, if it is the receiver.
func addFields(names map[string]bool, s ast.Spec, receiver string) {
	t, ok := s.(*ast.TypeSpec)
	if !ok || t.Name.Name != receiver {
		return
	}
	if fields, ok := t.Type.(*ast.StructType); ok {
		for _, f := range fields.Fields.List {
			for _, n := range f.Names {
				names[n.Name] = true
			}
		}
	}
}

func receiverOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return fmt.Sprint(t)
}

func makesOption(f *ast.FuncDecl) bool {
	if f.Recv != nil || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	result := f.Type.Results.List[0].Type
	if qualified, ok := result.(*ast.SelectorExpr); ok {
		result = qualified.Sel
	}
	name, ok := result.(*ast.Ident)
	return ok && (strings.HasSuffix(name.Name, "Arg") || strings.HasSuffix(name.Name, "Option"))
}
