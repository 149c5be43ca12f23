package torch_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The compiler refuses an option that a function does not take.
func TestOptionsAreChecked(t *testing.T) {
	check := typeChecker(t)
	for _, c := range []struct{ call, message string }{
		{"x.Sum(torch.Dim(1), torch.Keepdim(true))", ""},
		{"x.Sum(torch.Float64)", ""},
		{"torch.Zeros([]int64{2}, torch.Float64, torch.CPU, torch.RequiresGrad(true))", ""},
		{"linalg.Svd(x, torch.FullMatrices(false))", ""},
		{"torch.MseLoss(x, x, torch.ReductionSum)", ""},
		{"x.Sum(torch.Alpha(2))", "AlphaArg does not implement"},
		{"x.Add(x, torch.Dim(1))", "DimArg does not implement"},
		{"x.Add_(x, torch.Out(x))", "OutArg does not implement"},
		{"torch.Zeros([]int64{2}, torch.PreserveFormat)", "MemoryFormat does not implement"},
		{"linalg.Svd(x, torch.Upper(true))", "UpperArg does not implement"},
		{"x.Sum(1)", "int does not implement"},
	} {
		checked(t, check, c.call, c.message)
	}
}

// It refuses a value that an option does not take, where that is one of several
// types, and takes all that Python does.
func TestValuesOfOptionsAreChecked(t *testing.T) {
	check := typeChecker(t)
	const none, wrong = "", "does not satisfy"
	for value, message := range map[string]string{
		"Padding(1)": none, "Padding(1, 2)": none, "Padding(int64(1))": none, "Padding([]int{1, 2})": none, "Padding([]int64{1, 2})": none,
		`Padding("same")`: none, "Padding(0.5)": wrong, "Padding(x)": wrong, "Padding()": "cannot infer T", "Padding(true)": wrong,
		`Padding(1, "same")`: "mismatched types",
		"Ord(1)":             none, "Ord(0.5)": none, `Ord("fro")`: none, "Ord(x)": wrong, "Ord([]int{1})": wrong,
		"P(2)": none, `P("nuc")`: none, "P(x)": wrong, "P(nil)": "cannot infer T",
		"Spacing(0.5)": none, "Spacing([]float64{1, 2})": none, "Spacing([]int{1})": none, "Spacing([]*torch.Tensor{x})": none,
		"Spacing(x)": wrong, `Spacing("1")`: wrong,
		"Bins(10)": none, "Bins(x)": none, "Bins(0.5)": wrong,
		"WithMin(x)": none, "WithMin(-1)": none, "WithMin(0.5)": none, `WithMin("0")`: wrong,
		"Atol(1e-3)": none, "Atol(x)": none, "Atol([]float64{1})": wrong,
		`WithMode("reflect")`: none, "WithMode(0)": none, "WithMode(0.5)": wrong,
		"Upper(true)": none, "Upper(0.3)": none, "Upper(x)": wrong,
		"Alpha(2)": none, "Alpha(float32(2))": none, "Alpha(2i)": none, "Alpha(x)": wrong, `Alpha("2")`: wrong,
	} {
		checked(t, check, "_ = torch."+value, message)
	}
}

// checked expects a message of the compiler, or none.
func checked(t *testing.T, check func(string) error, call, message string) {
	t.Helper()
	err := check(call)
	if message == "" {
		assert.NoError(t, err, call)
		return
	}
	if assert.Error(t, err, call) {
		assert.Contains(t, err.Error(), message, call)
	}
}

// typeChecker returns a function that checks the types of an expression.
func typeChecker(t *testing.T) func(call string) error {
	const module = "github.com/wangkuiyi/gotorch/"
	list, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", module+"torch", module+"linalg").Output()
	require.NoError(t, err)
	exports := map[string]string{}
	for line := range strings.Lines(string(list)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		exports[path] = file
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	return func(call string) error {
		source := "package p\nimport (\"" + module + "torch\"; \"" + module + "linalg\")\n" +
			"var _ = linalg.Svd\nfunc f(x *torch.Tensor) { " + call + " }\n"
		file, err := parser.ParseFile(fset, "p.go", source, 0)
		require.NoError(t, err)
		_, err = (&types.Config{Importer: imports}).Check("p", fset, []*ast.File{file}, nil)
		return err
	}
}
