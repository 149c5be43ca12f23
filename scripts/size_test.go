package scripts_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/wangkuiyi/gotorch/csrc"
)

// The install that tests run with leaves at most 650 MB on the disk, if it is of the
// wheels for CPU: what libtorch, libgotorch.so and its objects take.
func TestInstallSize(t *testing.T) {
	path, err := csrc.Load()
	require.NoError(t, err)
	lib := filepath.Dir(path)
	content, err := os.ReadFile(filepath.Join(lib, "libgotorch.json"))
	require.NoError(t, err)
	var install struct {
		Flavor, From string
		Path         string `json:"libtorch_path"`
	}
	require.NoError(t, json.Unmarshal(content, &install))
	if install.Flavor != "cpu" || install.From != "wheel" {
		t.Skipf("needs an install of the wheels for CPU; this is %s from a %s", install.Flavor, install.From)
	}
	var size int64
	for _, folder := range []string{lib, filepath.Join(lib, "../build"), filepath.Join(lib, install.Path, "..")} {
		size += diskUsage(t, folder)
	}
	require.Greater(t, size, int64(300<<20), "libtorch was not found")
	require.LessOrEqual(t, size, int64(650<<20))
	t.Logf("%d MB", size>>20)
}

// diskUsage is what du prints, in bytes.
func diskUsage(t *testing.T, folder string) (size int64) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += 512 * info.Sys().(*syscall.Stat_t).Blocks
		}
		return err
	}))
	return size
}
