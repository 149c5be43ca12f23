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

// What runs on a machine with a GPU, of which newGPUProgram has a part.
func TestCUDA(t *testing.T) {
	tr := newGPUProgram(t)
	stdout, stderr, err := tr.run("test.sh", "--cuda")
	require.NoError(t, err, stdout+stderr)
	for _, ran := range []string{
		"ok  \texample/cuda\t", "ok  \texample/sparse\t", "ok  \texample/examples/simple_model\t", "ok  \texample/internal/conformance\t",
		"skipped 1 tests for want of a device", "  example/cuda: TestTwo\n", "benchmarks: gpu/\n",
	} {
		require.Contains(t, stdout, ran)
	}
	require.NotContains(t, stdout, "example/scripts")
	stdout, _, err = tr.run("test.sh", "--cuda", "-run", "TestOne")
	require.NoError(t, err, stdout)
	require.NotContains(t, stdout, "example/internal/conformance")
	stdout, _, err = tr.run("test.sh", "--cuda", "./cpu")
	require.Error(t, err)
	require.Contains(t, stdout, "the CPU's")
	require.NotContains(t, stdout, "benchmarks")

	tr.write("cmd/gotorch/main.go", doctor("FAILED: out of order"))
	_, stderr, err = tr.run("test.sh", "--cuda")
	require.Error(t, err)
	require.Contains(t, stderr, "cuda:0 cannot be used: see above")
}

func newGPUProgram(t *testing.T) *tree {
	t.Helper()
	tr := newProgram(t)
	tr.wheels()
	tr.write("cmd/gotorch/main.go", doctor("passed its tests"))
	tr.write("benchmarks/run.sh", "echo benchmarks: \"$@\"\n")
	tr.write("cuda/cuda_test.go", `package cuda

import ("fmt"; "os"; "testing")

func TestOne(t *testing.T) {
	if device := os.Getenv("GOTORCH_TEST_DEVICE"); os.Getenv("GOTORCH_DEVICE") != "cuda" || device != "cuda:0" {
		t.Error("on", device)
	}
}
func TestTwo(t *testing.T) { t.Skip("SKIPPED DEVICE: needs 2 CUDA devices, and there are 1") }

func Example() { fmt.Println(os.Getenv("GOTORCH_TEST_DEVICE")) // Output:
}
`)
	test := "import \"testing\"\n\nfunc Test(*testing.T) {}\n"
	tr.write("sparse/sparse_test.go", "package sparse\n\n"+test)
	tr.write("examples/simple_model/main_test.go", "package main\n\n"+test)
	for _, name := range []string{"accelerator", "amp"} {
		tr.write(name+"/"+name+"_test.go", "package "+name+"\n\n"+test)
	}
	cpu := "import \"testing\"\n\nfunc TestOnCUDA(*testing.T) {}\nfunc TestOthers(t *testing.T) { t.Error(\"the CPU's\") }\n"
	tr.write("internal/conformance/cases_test.go", "package conformance\n\n"+cpu)
	tr.write("cpu/cpu_test.go", "package cpu\n\n"+cpu)
	return tr
}

// doctor is the source of a gotorch doctor that says this of cuda:0.
func doctor(verdict string) string {
	return "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"cuda:0           Relic, 80.0 GB, " + verdict + "\") }\n"
}

// Marked tests, and packages without tests, are failures where they are required.
func TestRequire(t *testing.T) {
	tr := newProgram(t)
	report := func(events string, args ...string) string {
		c := exec.Command(realPython, append([]string{tr.root + "/scripts/test_report.py"}, args...)...)
		c.Stdin = strings.NewReader(events)
		c.Env = tr.env
		out, err := c.CombinedOutput()
		require.Equal(t, err != nil, strings.HasSuffix(string(out), "\nFAIL\n"), string(out))
		return string(out)
	}
	skipped := `{"Action":"output","Package":"p","Test":"TestTwo","Output":"SKIPPED DEVICE: needs 2"}
{"Action":"skip","Package":"p","Test":"TestTwo"}
{"Action":"pass","Package":"p"}
`
	require.Equal(t, "skipped 1 tests for want of a device\n(some need two: bash scripts/test.sh --fakecuda simulates them):\n  p 1\n", report(skipped))
	require.NotContains(t, report(skipped, "--require", "PARITY"), "FAIL")
	require.Contains(t, report(skipped, "--require", "PARITY", "--require", "DEVICE"), "p has skipped tests marked DEVICE, which must run here\n")
	none := `{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s [no tests to run]\n"}
{"Action":"pass","Package":"p"}
`
	require.NotContains(t, report(none), "FAIL")
	require.Contains(t, report(none, "--each"), "p ran no test\n")
	require.Contains(t, report("", "--require", "DEVICE"), "no tests ran\n")
}
