package csrc

/*
#include "library.h"
*/
import "C"

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// InstallCommand is what a user runs to get a libgotorch.so that fits.
const InstallCommand = `bash "$(go list -m -f '{{.Dir}}' github.com/wangkuiyi/gotorch)/scripts/install_libtorch.sh"`

const libraryName = "libgotorch.so"

var loading struct {
	once   sync.Once
	path   string
	report *Report // nil: it is loaded
	noCUDA error   // why libgotorch_cuda.so is not; nil: it is
}

// load opens libgotorch.so, once. It returns nil, or why it cannot be used.
func load() *Report {
	loading.once.Do(func() { loadWith(false) })
	return loading.report
}

// loadWith opens libgotorch.so and, if that can be of use or is asked for,
// libgotorch_cuda.so.
func loadWith(cuda bool) {
	tuneMalloc()
	path, err := open(SearchPath(), cuda)
	loading.path = path
	if err != nil {
		loading.report = &Report{Kind: LoadError, Error: err.Error()}
	}
}

// Load opens libgotorch.so, which the first call would otherwise do, and
// returns its path.
func Load() (path string, err error) {
	if report := load(); report != nil {
		return loading.path, errors.New(report.Error)
	}
	return loading.path, nil
}

// SearchPath returns the files that [Load] tries, in order. The first that
// exists is used.
func SearchPath() []string {
	var dirs []string
	if home := os.Getenv("GOTORCH_HOME"); home != "" {
		dirs = append(dirs, home, filepath.Join(home, "lib"))
	}
	if exe, err := os.Executable(); err == nil {
		dir := filepath.Dir(exe)
		dirs = append(dirs, dir, filepath.Join(dir, "lib"))
	}
	if data := dataDir(); data != "" {
		dirs = append(dirs, filepath.Join(data, "gotorch", "lib"))
	}
	dirs = append(dirs, "/usr/local/lib/gotorch", "/usr/local/lib/gotorch/lib")
	files := make([]string, len(dirs))
	for i, dir := range dirs {
		files[i] = filepath.Join(dir, libraryName)
	}
	return files
}

// dataDir is where the user's programs keep data, the installer's default.
func dataDir() string {
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return dir
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "share")
	}
	return ""
}

func open(files []string, cuda bool) (path string, err error) {
	for _, path := range files {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if loading.noCUDA, err = openCUDA(filepath.Dir(path), cuda); err != nil {
			return path, err
		}
		if err := openFile(path); err != nil {
			return path, fmt.Errorf("cannot use %s: %w\nInstall it anew with: %s", path, err, InstallCommand)
		}
		return path, nil
	}
	return "", fmt.Errorf("%s is not installed. Looked for:\n  %s\nInstall it with: %s",
		libraryName, strings.Join(files, "\n  "), InstallCommand)
}

// openFile opens one file and checks that it is the library that this Go code
// was made with.
func openFile(path string) error {
	if err := checkWhole(path); err != nil {
		return err
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if problem := C.gt_open(name); problem != nil {
		defer C.free(unsafe.Pointer(problem))
		return errors.New(C.GoString(problem))
	}
	if err := checkStamp(C.GoString(C.gt_lib.stamp)); err != nil {
		return err
	}
	if built, running := TorchVersion(), C.GoString(C.gt_running_version()); running != built {
		return fmt.Errorf("it was built for libtorch %s, but libtorch %s was found", built, running)
	}
	if p := C.gt_lib.allocated; p != nil {
		allocated = (*int64)(unsafe.Pointer(p))
	}
	if p := C.gt_lib.dropped; p != nil {
		dropped = (*int64)(unsafe.Pointer(p))
	}
	if C.gt_cuda != nil && C.gt_cuda.grown != nil {
		grown = (*uint64)(unsafe.Pointer(C.gt_cuda.grown))
	}
	C.gt_accept_callbacks()
	return nil
}

// checkStamp compares the sources of a library with those of this Go code.
func checkStamp(got string) error {
	if got != Stamp {
		return fmt.Errorf("it was built from other sources (%.12s) than this program's GoTorch (%.12s)", got, Stamp)
	}
	return nil
}

// allocated is where libgotorch counts, once it is loaded.
var allocated = new(int64)

// Allocated returns the number of bytes that libtorch's CPU allocator has given
// out, whether Go's tensors hold them or only graphs do.
func Allocated() int64 { return atomic.LoadInt64(allocated) }

// grown is where libgotorch_cuda.so notes devices, once it is loaded.
var grown = new(uint64)

// Grown reports whether the allocator of the CUDA device with this index has asked
// CUDA for more memory since [TakeGrown] last said so.
func Grown(device int) bool { return atomic.LoadUint64(grown)&(1<<(device&63)) != 0 }

// TakeGrown returns what [Grown] does, and starts anew.
func TakeGrown(device int) bool {
	bit := uint64(1) << (device & 63)
	return atomic.AndUint64(grown, ^bit)&bit != 0
}

// checkWhole refuses a file that is no shared library or was cut off. The
// dynamic linker would map such a file, and the process would die of SIGBUS.
func checkWhole(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is no regular file")
	}
	f, err := elf.Open(path)
	switch {
	case err != nil && isELF(path):
		return fmt.Errorf("it is truncated: %w", err) // the table of sections lies at the end
	case err != nil:
		return errors.New("it is no shared library")
	}
	defer f.Close()
	for _, p := range f.Progs {
		if end := p.Off + p.Filesz; end > uint64(info.Size()) {
			return fmt.Errorf("it is truncated: it has %d bytes of at least %d", info.Size(), end)
		}
	}
	return nil
}

// isELF reports whether a file has at least the header of a shared library.
func isELF(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	header := make([]byte, 64)
	_, err = io.ReadFull(f, header)
	return err == nil && string(header[:4]) == elf.ELFMAG
}

// TorchVersion returns the version of libtorch that the library was built for,
// such as "2.15.0", or "" if there is no library.
func TorchVersion() string {
	if C.gt_lib == nil {
		return ""
	}
	return C.GoString(C.gt_lib.torch_version)
}
