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
	problem := loadFrom(t, home)
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
		data, err := os.ReadFile(filepath.Join(fakeHome(t), libraryName))
		require.NoError(t, err)
		return data
	}
	for name, c := range map[string]struct {
		data  func(t *testing.T) []byte
		wants string
	}{
		"empty":            {func(*testing.T) []byte { return nil }, "it is no shared library"},
		"text":             {func(*testing.T) []byte { return []byte("404: not found") }, "it is no shared library"},
		"half":             {func(t *testing.T) []byte { b := whole(t); return b[:len(b)/2] }, "it is truncated"},
		"without its end":  {func(t *testing.T) []byte { b := whole(t); return b[:len(b)-1] }, "it is truncated"},
		"only its header":  {func(t *testing.T) []byte { return whole(t)[:100] }, "it is truncated"},
		"half a header":    {func(t *testing.T) []byte { return whole(t)[:40] }, "it is no shared library"},
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
			problem := loadFrom(t, home)
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
	assert.Contains(t, loadFrom(t, home), "it is no regular file")

	home = t.TempDir()
	makePipe(t, filepath.Join(home, libraryName))
	assert.Contains(t, loadFrom(t, home), "it is no regular file")
}

func TestFittingLibrary(t *testing.T) {
	assert.Empty(t, loadFrom(t, fakeHome(t)))
}

// The first file that exists is used, even if a later one would fit: a user
// who sets GOTORCH_HOME means it.
func TestFirstLibraryCounts(t *testing.T) {
	home := fakeHome(t)
	require.NoError(t, os.Mkdir(filepath.Join(home, "lib"), 0o755))
	require.NoError(t, os.Rename(filepath.Join(home, libraryName), filepath.Join(home, "lib", libraryName)))
	assert.Empty(t, loadFrom(t, home))
	require.NoError(t, os.WriteFile(filepath.Join(home, libraryName), []byte("text"), 0o644))
	assert.Contains(t, loadFrom(t, home), "it is no shared library")
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

// Operators whose schemas are not those of the library are refused by name.
func TestSchemaSkew(t *testing.T) {
	inChild(t, fakeHome, func(t *testing.T) {
		for _, c := range []struct {
			fn   *Function
			want string
		}{
			{&Function{Index: 0, Schema: "same(int a, float b, bool c) -> (int, float, bool)"}, ""},
			{&Function{Index: 1, Schema: "changed(int a, int b=1) -> ()"},
				"libtorch 1.2.3 has aten::changed(int a) -> (), but this GoTorch was made for libtorch " + MadeFor +
					", which has aten::changed(int a, int b=1) -> ()"},
			{&Function{Index: 2, Schema: "missing.Tensor(Tensor self) -> Tensor"},
				"libtorch 1.2.3 does not have aten::missing.Tensor(Tensor self) -> Tensor, which libtorch " + MadeFor +
					" has, the version that this GoTorch was made for"},
			{&Function{Index: 3, Schema: "beyond() -> ()"},
				"libtorch 1.2.3 does not have aten::beyond() -> (), which libtorch " + MadeFor +
					" has, the version that this GoTorch was made for"},
			{Entry("none() -> ()"), "libgotorch.so does not have none() -> ()"},
			{Entry("echo_ints(float[] v) -> int[]"),
				"libgotorch.so has echo_ints(int[] v) -> int[], but this program calls echo_ints(float[] v) -> int[]"},
		} {
			for name, call := range map[string]func(*Frame, *Function) *Report{
				"Call": (*Frame).Call, "CallWithCallbacks": (*Frame).CallWithCallbacks,
			} {
				t.Run(c.fn.Name()+" "+name, func(t *testing.T) {
					report := call(new(Frame), c.fn)
					if c.want == "" {
						require.Nil(t, report)
						return
					}
					require.NotNil(t, report)
					assert.Equal(t, NotImplementedError, report.Kind)
					assert.Equal(t, c.want, report.Error)
				})
			}
		}
	})
}

// go mod vendor takes nothing from folders without Go code, so what cgo compiles
// includes nothing from there.
func TestVendorable(t *testing.T) {
	files, err := filepath.Glob("*.[ch]")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		for line := range strings.Lines(string(read(t, file))) {
			if name, ok := strings.CutPrefix(line, `#include "`); ok {
				assert.NotContains(t, name, "/", file)
			}
		}
	}
}
