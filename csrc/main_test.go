package csrc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Loading happens once in a process. So what concerns it runs in children: this
// test binary, started anew with childVariable set to one of these.
const childVariable = "GOTORCH_CSRC_TEST_CHILD"

var children = map[string]func() error{
	"load":   func() error { _, err := Load(); return err },
	"frames": fakeFrames,
	"skew":   fakeSkew,
}

func TestMain(m *testing.M) {
	if child := children[os.Getenv(childVariable)]; child != nil {
		if err := child(); err != nil {
			fmt.Print(err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// runChild runs one of the children with the library in this folder and
// returns the error that it printed, "" if there was none.
func runChild(t *testing.T, name, home string) string {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childVariable+"="+name, "GOTORCH_HOME="+home, "XDG_DATA_HOME="+home)
	out, err := cmd.Output()
	if err == nil {
		return ""
	}
	require.Equal(t, 3, cmd.ProcessState.ExitCode(), "the child died: %v\n%s", err, out)
	return string(out)
}

// buildFake compiles testdata/fake.c into a libgotorch.so in a new folder,
// which it returns.
func buildFake(t *testing.T, flags ...string) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("gcc, which makes the library of this test, is not installed")
	}
	dir := t.TempDir()
	args := append([]string{"-shared", "-fPIC", "-Wall", "-Werror", "-Isrc", "-o", filepath.Join(dir, libraryName),
		"testdata/fake.c"}, flags...)
	out, err := exec.Command("gcc", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

func stampFlag(stamp string) string { return fmt.Sprintf("-DGOTORCH_STAMP=%q", stamp) }
