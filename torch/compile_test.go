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
		err := check(c.call)
		if c.message == "" {
			assert.NoError(t, err, c.call)
			continue
		}
		if assert.Error(t, err, c.call) {
			assert.Contains(t, err.Error(), c.message, c.call)
		}
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
