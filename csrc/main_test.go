package csrc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Loading happens once in a process. So what concerns it runs in children: this
// test binary, started anew with childVariable set.
const childVariable = "GOTORCH_CSRC_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "load" {
		os.Exit(m.Run())
	}
	if _, err := Load(); err != nil {
		fmt.Print(err)
	}
}

// child starts this test binary anew, with the library in this folder.
func child(t *testing.T, task, home string, args ...string) string {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), childVariable+"="+task, "GOTORCH_HOME="+home, "XDG_DATA_HOME="+home)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// loadFrom returns why the library in this folder cannot be used, or "".
func loadFrom(t *testing.T, home string) string {
	t.Helper()
	return child(t, "load", home)
}

// inChild runs the rest of a test in a process of its own, which uses the
// library in the folder that home returns.
func inChild(t *testing.T, home func(*testing.T) string, rest func(*testing.T)) {
	t.Helper()
	if os.Getenv(childVariable) != "" {
		rest(t)
		return
	}
	out := child(t, "test", home(t), "-test.v", "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$")
	require.Contains(t, out, "--- PASS: "+t.Name()+" ")
}

// fakeHome is the folder of a library that fits.
func fakeHome(t *testing.T) string { return buildFake(t, stampFlag(Stamp)) }

// buildFake compiles testdata/fake.c into a libgotorch.so in a new folder,
// which it returns.
func buildFake(t *testing.T, flags ...string) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("gcc, which makes the library of this test, is not installed")
	}
	dir := t.TempDir()
	compileFake(t, filepath.Join(dir, libraryName), "testdata/fake.c", flags...)
	return dir
}

func compileFake(t *testing.T, library, source string, flags ...string) {
	t.Helper()
	args := append([]string{"-shared", "-fPIC", "-Wall", "-Werror", "-o", library, source}, flags...)
	out, err := exec.Command("gcc", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func stampFlag(stamp string) string { return fmt.Sprintf("-DGOTORCH_STAMP=%q", stamp) }
