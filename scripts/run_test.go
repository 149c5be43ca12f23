package scripts_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// newProgram makes a tree with Go code in it, whose libgotorch.so is installed.
func newProgram(t *testing.T) *tree {
	t.Helper()
	tr := newTree(t)
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	require.NoError(t, err)
	tr.setenv("GOCACHE", strings.TrimSpace(string(out)))
	tr.setenv("GOTORCH_HOME", tr.prefix)
	tr.write("go.mod", "module example\n\ngo 1.26\n")
	tr.write("examples/simple_model/main.go", `package main

import ("fmt"; "os")

func main() { fmt.Println("hello", os.Args[1:]) }
`)
	tr.mustInstall("--from", tr.folder())
	return tr
}

func (tr *tree) run(script string, args ...string) (stdout, stderr string, err error) {
	c := tr.command(script, args...)
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	err = c.Run()
	return o.String(), e.String(), err
}

func TestExample(t *testing.T) {
	tr := newProgram(t)
	stdout, stderr, err := tr.run("example.sh")
	require.NoError(t, err, stderr)
	require.Equal(t, "hello []\n", stdout)
	require.Contains(t, stderr, "up to date")
	stdout, _, err = tr.run("example.sh", "simple_model", "-x", "y z")
	require.NoError(t, err)
	require.Equal(t, "hello [-x y z]\n", stdout)

	_, stderr, err = tr.run("example.sh", "none")
	require.Error(t, err)
	require.Contains(t, stderr, "there is no example none; there are: simple_model")
}

// All that is missing is named at once.
func TestExampleMissingTools(t *testing.T) {
	tr := newProgram(t)
	tr.tool("go", "echo go1.21.3")
	tr.tool("g++", "echo 9.4.0")
	tr.setenv("PYTHON", tr.bareImports())
	stdout, stderr, err := tr.run("example.sh")
	require.Error(t, err)
	require.Empty(t, stdout)
	for _, part := range []string{"go is version 1.21.3, 1.26 or newer is needed", "g++ is version 9.4.0", "pip is missing"} {
		require.Contains(t, stderr, part)
	}
	require.Equal(t, 3, strings.Count(stderr, "\n"), stderr)

	tr.pathWithout("go", "gcc")
	_, stderr, err = tr.run("example.sh")
	require.Error(t, err)
	require.Contains(t, stderr, "go is missing")
}

func TestTest(t *testing.T) {
	tr := newProgram(t)
	tr.write("good/good_test.go", `package good

import ("fmt"; "testing")

func TestGood(t *testing.T)   { fmt.Println("chatter"); t.Log("chatter") }
func TestParity(t *testing.T) { t.Skip("SKIPPED PARITY: python3 has no torch") }
func TestOther(t *testing.T)  { t.Skip("for another reason") }
`)
	stdout, stderr, err := tr.run("test.sh")
	require.NoError(t, err, stdout+stderr)
	require.Regexp(t, `(?m)^ok  \texample/good\t`, stdout)
	require.Contains(t, stdout, "skipped 1 comparisons with Python")
	require.Contains(t, stdout, "  example/good: TestParity\n")
	require.NotContains(t, stdout, "chatter")
	require.NotContains(t, stdout, "TestOther")
	stdout, _, err = tr.run("test.sh", "-v", "-run", "Good", "./good")
	require.NoError(t, err)
	require.Contains(t, stdout, "chatter")
	require.NotContains(t, stdout, "example/examples/simple_model")
}

func TestFailingTest(t *testing.T) {
	tr := newProgram(t)
	tr.write("bad/bad_test.go", `package bad

import "testing"

func TestBad(t *testing.T)   { t.Error("this went wrong") }
func TestFine(t *testing.T)  { t.Log("chatter") }
func TestPanic(t *testing.T) { panic("boom") }
`)
	tr.write("broken/broken_test.go", "package broken\n\nvar x int = \"\"\n")
	stdout, _, err := tr.run("test.sh")
	require.Error(t, err)
	for _, part := range []string{"this went wrong", "--- FAIL: TestBad", "boom", "FAIL\texample/bad\t", "cannot use \"\"", "\nFAIL\texample/broken [build failed]\n"} {
		require.Contains(t, stdout, part)
	}
	require.NotContains(t, stdout, "chatter")
	require.True(t, strings.HasSuffix(stdout, "\nFAIL\n"), stdout)
}
