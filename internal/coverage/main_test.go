package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
)

func TestReportIsCurrent(t *testing.T) {
	want, err := report("../..")
	require.NoError(t, err)
	got, err := os.ReadFile("../../docs/coverage.md")
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "run: go run ./internal/coverage")
}

// An exception for a name that PyTorch does not have excuses nothing.
func TestExceptionsAreUsed(t *testing.T) {
	list, err := sections()
	require.NoError(t, err)
	known := map[string]bool{}
	for _, s := range list {
		for _, name := range s.names {
			known[s.prefix()+name] = true
		}
	}
	for name := range renamed {
		assert.True(t, known[name], name)
	}
	for name := range leftOut {
		assert.True(t, known[name], name)
	}
}

// A name that is said to have another one in Go has it: in the section's package, or in
// that which it names.
func TestRenamedExist(t *testing.T) {
	declared := declaredAnywhere(t)
	for name, other := range renamed {
		if strings.Contains(other, ".") {
			assert.True(t, declared[other], "%s: there is no %s", name, other)
		}
	}
}

// declaredAnywhere are the names of all packages, each after the name of its package.
func declaredAnywhere(t *testing.T) map[string]bool {
	all := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if base := d.Name(); path != "../.." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "internal") {
			return fs.SkipDir
		}
		names, err := declaredIn(path, "")
		for name := range names {
			all[filepath.Base(path)+"."+name] = true
		}
		return err
	})
	require.NoError(t, err)
	return all
}

// Each module, and each class of which members are listed, has a section or a reason.
func TestModules(t *testing.T) {
	names, err := listed()
	require.NoError(t, err)
	list, err := moduleSections()
	require.NoError(t, err)
	sections := map[string]bool{}
	for _, s := range list {
		sections[strings.TrimSuffix(s.title, ", methods")] = true
	}
	for module := range names {
		reason, left := leftOutModules[module]
		assert.True(t, sections[module] != left || len(names[module]) == 0, module)
		assert.True(t, !left || reason != "", module)
	}
	for module := range leftOutModules {
		assert.Contains(t, names, module)
	}
	for _, root := range roots {
		assert.Contains(t, names, root)
	}
	for class := range classes {
		assert.Contains(t, names, class)
	}
}

// Nothing is missing of these modules: what is not in Go has a reason.
func TestModulesAreComplete(t *testing.T) {
	list, err := moduleSections()
	require.NoError(t, err)
	for _, s := range list {
		declared, err := s.declared("../..")
		require.NoError(t, err)
		_, _, absent := s.compare(declared)
		assert.Empty(t, absent, s.title)
	}
}

// The lists are what Python says.
func TestListsAreCurrent(t *testing.T) {
	py := parity.Run(t, fmt.Sprintf(`
		import contextlib, io, sys
		before, sys.argv = sys.argv, %s
		with contextlib.redirect_stdout(io.StringIO()) as found: exec(compile(%q, "names.py", "exec"), {})
		sys.argv = before
		out["names"] = [found.getvalue()]
	`, pythonList(append([]string{"names.py"}, arguments()...)), namesScript))
	assert.Equal(t, string(modules), py.Strings("names")[0], "run: go run ./internal/coverage -python PYTHON")
}

func pythonList(texts []string) string { return "['" + strings.Join(texts, "', '") + "']" }

func TestCompare(t *testing.T) {
	s := section{title: "torch", names: []string{"index_select", "add_", "compile", "nothing"}, pkg: "torch"}
	present, out, absent := s.compare(map[string]bool{"IndexSelect": true, "Add_": true})
	assert.Equal(t, 2, present)
	assert.Len(t, out, 1)
	assert.True(t, slices.Equal(absent, []string{"`nothing`"}))
}
