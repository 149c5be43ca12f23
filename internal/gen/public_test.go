package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// overload makes one from a description such as "dim int; keepdim bool = False".
func overload(name, arguments string, returns ...string) *Overload {
	o := &Overload{Struct: name, operator: &Operator{}}
	for part := range strings.SplitSeq(arguments, "; ") {
		if part == "" {
			continue
		}
		declared, def, hasDefault := strings.Cut(part, " = ")
		declared, keywordOnly := strings.CutPrefix(declared, "*")
		argument, kind, _ := strings.Cut(declared, " ")
		a := BoundArgument{Name: argument, Type: kind, KeywordOnly: keywordOnly}
		if hasDefault {
			a.Default = &def
		}
		o.Arguments = append(o.Arguments, a)
	}
	for _, r := range returns {
		o.Returns = append(o.Returns, BoundReturn{Type: r})
	}
	return o
}

func binding(name string, overloads ...*Overload) *Binding {
	return &Binding{Module: "torch", Name: name, Overloads: overloads}
}

// describe shows what merge made: Max(input *Tensor) [other].
func describe(functions []*Function) (list []string) {
	for _, f := range functions {
		var options []string
		for _, o := range f.Options {
			options = append(options, o.Python)
		}
		list = append(list, f.Name+"("+f.parameterList("")+") ["+strings.Join(options, " ")+"]")
	}
	return list
}

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		binding  *Binding
		override *Override
		want     []string
	}{
		{
			binding("sum", overload("sum", "self Tensor; *dtype ScalarType? = None", "Tensor"),
				overload("sum_dim", "self Tensor; dim int[1]?; keepdim bool = False; *dtype ScalarType? = None", "Tensor")),
			noOverride, []string{"Sum(input *Tensor) [dtype dim keepdim]"},
		},
		{ // results that differ
			binding("max", overload("max", "self Tensor", "Tensor"), overload("max_other", "self Tensor; other Tensor", "Tensor"),
				overload("max_dim", "self Tensor; dim int; keepdim bool = False", "Tensor", "Tensor")),
			noOverride, []string{"Max(input *Tensor) [other]", "MaxDim(input *Tensor, dim int64) [keepdim]"},
		},
		{
			binding("atleast_1d", overload("atleast_1d", "self Tensor", "Tensor"), overload("atleast_1d_s", "tensors Tensor[]", "Tensor[]")),
			noOverride, []string{"Atleast1d(input *Tensor) []", "Atleast1dList(tensors []*Tensor) []"},
		},
		{ // operands of several types
			binding("pow", overload("a", "self Tensor; exponent Tensor", "Tensor"), overload("b", "self Tensor; exponent Scalar", "Tensor"),
				overload("c", "self Scalar; exponent Tensor", "Tensor")),
			noOverride, []string{"Pow(input any, exponent any) []"},
		},
		{
			binding("squeeze", overload("a", "self Tensor; dim int", "Tensor"), overload("b", "self Tensor; dim int[]", "Tensor")),
			noOverride, []string{"Squeeze(input *Tensor, dim ...int64) []"},
		},
		{
			binding("arange", overload("arange", "end Scalar", "Tensor"), overload("arange_start", "start Scalar; end Scalar", "Tensor")),
			&Override{Separate: map[string]string{"arange_start": "ArangeFrom"}},
			[]string{"Arange(end any) []", "ArangeFrom(start any, end any) []"},
		},
		{
			binding("normal_", overload("normal_", "self Tensor; mean float = 0; std float = 1", "Tensor")),
			&Override{Positional: []string{"mean", "std"}}, []string{"Normal_(input *Tensor, mean float64, std float64) []"},
		},
	} {
		functions, err := merge(c.binding, c.override)
		require.NoError(t, err)
		assert.Equal(t, c.want, describe(functions))
	}
}

func TestMergeRefuses(t *testing.T) {
	for _, b := range []*Binding{
		binding("arange", overload("a", "end Scalar", "Tensor"), overload("b", "start Scalar; end Scalar", "Tensor")),
		binding("view", overload("a", "self Tensor; dtype ScalarType", "Tensor"), overload("b", "self Tensor; size int[]", "Tensor")),
	} {
		_, err := merge(b, noOverride)
		assert.Error(t, err, b.Name)
	}
}

// Each overload belongs to one function, or the overrides say why not.
func TestCheckUses(t *testing.T) {
	b := binding("f", overload("f", "self Tensor", "Tensor"), overload("f_out", "self Tensor; other Tensor", "Tensor"))
	functions, err := merge(b, noOverride)
	require.NoError(t, err)
	with := func(override *Override) *Overrides { return &Overrides{Functions: map[string]*Override{"f": override}} }
	all := []*Binding{b}
	assert.NoError(t, checkUses(all, functions, with(nil)))
	assert.ErrorContains(t, checkUses(all, nil, with(nil)), "0 Go functions use the overload f")
	assert.ErrorContains(t, checkUses(all, append(functions, functions...), with(nil)), "2 Go functions")
	assert.NoError(t, checkUses(all, nil, with(&Override{Hand: "f.go"})))
	assert.Error(t, checkUses(all, functions, with(&Override{Hand: "f.go"})))
	assert.Error(t, (&Overrides{Functions: map[string]*Override{"g": {}}}).check(all))
}

func TestNames(t *testing.T) {
	for python, want := range map[string]string{
		"add": "Add", "add_": "Add_", "index_select": "IndexSelect", "conv2d": "Conv2d", "isnan": "Isnan",
	} {
		assert.Equal(t, want, camel(python))
	}
	for python, want := range map[string]string{"range": "range_", "split_size": "splitSize", "var": "var_", "real": "real_"} {
		assert.Equal(t, want, localName(python))
	}
}

func TestDefaults(t *testing.T) {
	for _, c := range []struct{ kind, value, want string }{
		{"int", "-1", "int64(-1)"}, {"bool", "True", "true"}, {"bool", "False", ""}, {"Scalar", "1", "intScalar(1)"},
		{"Scalar", "0.5", "floatScalar(0.5)"}, {"int[2]", "0", "[]int64{0, 0}"}, {"int[]?", "None", ""}, {"str", `"valid"`, `"valid"`},
		{"int[]", "[-2,-1]", "[]int64{-2, -1}"}, {"str?", "'fro'", `some("fro")`}, {"int", "Mean", "int64(1)"}, {"ScalarType?", "long", "Int64"},
	} {
		got, err := defaultValue(c.kind, c.value)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, c.kind+" "+c.value)
	}
}

// linkByHand links the files of a package that are not generated.
func linkByHand(t *testing.T, root, dir string) {
	require.NoError(t, os.MkdirAll(dir, 0o777))
	files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		if !strings.HasSuffix(file, "_gen.go") {
			require.NoError(t, os.Symlink(file, filepath.Join(dir, filepath.Base(file))))
		}
	}
}

// A second run, in another folder, writes the files that are there.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	python := os.Getenv("GOTORCH_PYTHON")
	if python == "" {
		python = "python3"
	}
	if exec.Command(python, "-c", "import torch").Run() != nil {
		if os.Getenv("GOTORCH_REQUIRE_PARITY") == "1" {
			t.Fatalf("%s has no PyTorch", python)
		}
		t.Skipf("SKIPPED PARITY: %s has no PyTorch", python)
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, os.Symlink(root+"/internal", "internal"))
	for _, dir := range []string{"torch", "nn/functional"} {
		linkByHand(t, root, dir)
	}
	operators, err := readOperators(python)
	require.NoError(t, err)
	require.NoError(t, writeGo(operators))
	require.NoError(t, writePublic(python, operators))
	for _, pattern := range []string{"torch/*_gen.go", "linalg/*_gen.go", "fft/*_gen.go", "special/*_gen.go",
		"nn/functional/*_gen.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		committed, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		require.Equal(t, len(committed), len(files), pattern)
		for _, file := range files {
			want, err := os.ReadFile(filepath.Join(root, file))
			require.NoError(t, err)
			got, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.True(t, string(want) == string(got), "%s is not what the generator writes", file)
			assert.Less(t, strings.Count(string(got), "\n"), 6000, file)
		}
	}
}

func TestConstraints(t *testing.T) {
	for want, kinds := range map[string][]string{
		"Number": {"Scalar", "int"}, "*Tensor | Number": {"Scalar", "Tensor", "float"}, "Number | ~string": {"Scalar", "str"},
		"Integer | []int | []int64 | ~string": {"int[]", "str"}, "Integer | ~string": {"int", "str"},
		"Number | Numbers | []*Tensor": {"Scalar", "Scalar[]", "Tensor[]"},
	} {
		assert.Equal(t, want, constraint(kinds))
	}
}
