package csrc

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLibraryNowhere(t *testing.T) {
	home := t.TempDir()
	for _, path := range SearchPath()[2:] {
		if _, err := os.Stat(path); err == nil && strings.HasPrefix(path, "/usr/local") {
			t.Skipf("%s exists", path)
		}
	}
	problem := runChild(t, "load", home)
	for _, part := range []string{
		"libgotorch.so is not installed",
		filepath.Join(home, libraryName), filepath.Join(home, "lib", libraryName),
		filepath.Join(home, "gotorch", "lib", libraryName),
		"/usr/local/lib/gotorch/libgotorch.so",
		"Install it with: " + InstallCommand,
	} {
		assert.Contains(t, problem, part)
	}
}

// Files that are no libgotorch.so, or none that fits.
func TestUnfitLibrary(t *testing.T) {
	whole := func(t *testing.T) []byte {
		data, err := os.ReadFile(filepath.Join(buildFake(t, stampFlag(Stamp)), libraryName))
		require.NoError(t, err)
		return data
	}
	for name, c := range map[string]struct {
		data  func(t *testing.T) []byte
		wants string
	}{
		"empty":            {func(*testing.T) []byte { return nil }, "no shared library: "},
		"text":             {func(*testing.T) []byte { return []byte("404: not found") }, "no shared library: bad magic number"},
		"half":             {func(t *testing.T) []byte { b := whole(t); return b[:len(b)/2] }, "truncated"},
		"without its end":  {func(t *testing.T) []byte { b := whole(t); return b[:len(b)-1] }, "truncated"},
		"only its header":  {func(t *testing.T) []byte { return whole(t)[:100] }, "truncated"},
		"half a header":    {func(t *testing.T) []byte { return whole(t)[:40] }, "no shared library: "},
		"a program":        {testBinary, "cannot dynamically load"},
		"another's":        {anotherLibrary, "undefined symbol: gotorch_library"},
		"of other sources": {otherSources, fmt.Sprintf("it was built from other sources (0123456789ab) than this program's GoTorch (%.12s)", Stamp)},
		"of another libtorch": {otherTorch,
			"it was built for libtorch 1.2.3, but libtorch 1.2.4 was found"},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			path := filepath.Join(home, libraryName)
			require.NoError(t, os.WriteFile(path, c.data(t), 0o755))
			problem := runChild(t, "load", home)
			assert.Contains(t, problem, "cannot use "+path+": ")
			assert.Contains(t, problem, c.wants)
			assert.Contains(t, problem, "Install it anew with: "+InstallCommand)
		})
	}
}

func read(t *testing.T, path string) []byte {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func testBinary(t *testing.T) []byte {
	exe, err := os.Executable()
	require.NoError(t, err)
	return read(t, exe)
}

// anotherLibrary is a sound shared library that has nothing to do with us.
func anotherLibrary(t *testing.T) []byte {
	return read(t, filepath.Join(buildFake(t, stampFlag(Stamp), "-Dgotorch_library=something_else"), libraryName))
}

func otherSources(t *testing.T) []byte {
	return read(t, filepath.Join(buildFake(t, stampFlag("0123456789abcdef")), libraryName))
}

func otherTorch(t *testing.T) []byte {
	return read(t, filepath.Join(buildFake(t, stampFlag(Stamp), `-DRUNNING_VERSION="1.2.4"`), libraryName))
}

// A folder, a pipe or a dangling link by the library's name is no reason to
// hang or to crash.
func TestLibraryThatIsNoFile(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(home, libraryName), 0o755))
	assert.Contains(t, runChild(t, "load", home), "no shared library: it is no regular file")

	home = t.TempDir()
	makePipe(t, filepath.Join(home, libraryName))
	assert.Contains(t, runChild(t, "load", home), "no shared library: it is no regular file")
}

func TestFittingLibrary(t *testing.T) {
	assert.Empty(t, runChild(t, "load", buildFake(t, stampFlag(Stamp))))
}

// The first file that exists is used, even if a later one would fit: a user
// who sets GOTORCH_HOME means it.
func TestFirstLibraryCounts(t *testing.T) {
	home := buildFake(t, stampFlag(Stamp))
	require.NoError(t, os.Mkdir(filepath.Join(home, "lib"), 0o755))
	require.NoError(t, os.Rename(filepath.Join(home, libraryName), filepath.Join(home, "lib", libraryName)))
	assert.Empty(t, runChild(t, "load", home))
	require.NoError(t, os.WriteFile(filepath.Join(home, libraryName), []byte("text"), 0o644))
	assert.Contains(t, runChild(t, "load", home), "no shared library")
}

func TestSearchPath(t *testing.T) {
	t.Setenv("GOTORCH_HOME", "/a")
	t.Setenv("XDG_DATA_HOME", "/b")
	exe, err := os.Executable()
	require.NoError(t, err)
	dir := filepath.Dir(exe)
	want := []string{"/a", "/a/lib", dir, dir + "/lib", "/b/gotorch/lib", "/usr/local/lib/gotorch", "/usr/local/lib/gotorch/lib"}
	for i := range want {
		want[i] += "/libgotorch.so"
	}
	assert.Equal(t, want, SearchPath())

	t.Setenv("GOTORCH_HOME", "")
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "/home/user")
	want = append(want[2:4], "/home/user/.local/share/gotorch/lib/libgotorch.so", want[5], want[6])
	assert.Equal(t, want, SearchPath())
}

// fakeSkew calls operators whose schemas are not those of the library.
func fakeSkew() error {
	var problems []string
	for _, fn := range []*Function{
		{Index: 0, Schema: "same(int a, float b, bool c) -> (int, float, bool)"},
		{Index: 1, Schema: "changed(int a, int b=1) -> ()"},
		{Index: 2, Schema: "missing.Tensor(Tensor self) -> Tensor"},
		{Index: 3, Schema: "beyond(Tensor self) -> Tensor"},
		Entry("none() -> ()"),
		Entry("echo_ints(float[] v) -> int[]"),
	} {
		var f Frame
		report := f.Call(fn)
		if report == nil {
			problems = append(problems, "called "+fn.Name())
			continue
		}
		var g Frame
		if again := g.CallWithCallbacks(fn); again == nil || again.Error != report.Error {
			problems = append(problems, "CallWithCallbacks differs")
		}
		problems = append(problems, report.Kind.String()+": "+report.Error)
	}
	return fmt.Errorf("%s", strings.Join(problems, "\n"))
}

func TestSchemaSkew(t *testing.T) {
	problems := strings.Split(runChild(t, "skew", buildFake(t, stampFlag(Stamp))), "\n")
	assert.Equal(t, []string{
		"called same",
		"NotImplementedError: libtorch 1.2.3 has aten::changed(int a) -> (), but this GoTorch was made for libtorch " +
			MadeFor + ", which has aten::changed(int a, int b=1) -> ()",
		"NotImplementedError: libtorch 1.2.3 does not have aten::missing.Tensor(Tensor self) -> Tensor, which libtorch " +
			MadeFor + " has, the version that this GoTorch was made for",
		"NotImplementedError: libtorch 1.2.3 does not have aten::beyond(Tensor self) -> Tensor, which libtorch " +
			MadeFor + " has, the version that this GoTorch was made for",
		"NotImplementedError: libgotorch.so does not have none() -> ()",
		"NotImplementedError: libgotorch.so has echo_ints(int[] v) -> int[], but this program calls echo_ints(float[] v) -> int[]",
	}, problems)
}
