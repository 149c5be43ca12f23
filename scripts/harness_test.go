package scripts_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The tests run the scripts in a copy of the project that has next to no C++
// sources, with a libtorch of two empty libraries, as a folder, a zip or a wheel.

const (
	version = "2.15.0"
	// What libgotorch_cuda.so of the copy is compiled from, and with.
	cudaSource = "#include <cuda_runtime_api.h>\nextern \"C\" __attribute__((visibility(\"default\"))) int cuda() { return CUDART_VERSION; }\n"
	cudaHeader = "#define CUDART_VERSION  13020\n"
	header     = "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 15\n#define TORCH_VERSION_PATCH 0\n"
)

// Made once, by TestMain.
var (
	fakeLibraries map[string][]byte // by file name
	realPython    string            // not a shim that depends on HOME
	realCXX       string
)

func TestMain(m *testing.M) {
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, "scripts_test:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func prepare() error {
	python, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		return fmt.Errorf("python3: %w", err)
	}
	realPython = strings.TrimSpace(string(python))
	if realCXX, err = exec.LookPath("g++"); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "gotorch-scripts-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fakeLibraries = map[string][]byte{}
	for _, library := range []struct {
		name    string
		options []string
	}{
		{"libtorch_cpu.so", nil},
		{"libc10.so", nil},
		{"libcudart.so.13", nil},
		{"libtorch_cuda.so", nil},
		{"libc10_cuda.so", []string{"-Wl,--no-as-needed", "-L" + dir, "-l:libcudart.so.13", "-Wl,-rpath,$ORIGIN/../../nvidia/cu13/lib"}},
	} {
		if err := compileFake(dir, library.name, library.options); err != nil {
			return err
		}
	}
	return nil
}

// compileFake makes an empty library.
func compileFake(dir, name string, options []string) error {
	file := filepath.Join(dir, name)
	arguments := append([]string{"-shared", "-x", "c++", "/dev/null", "-x", "none", "-o", file, "-Wl,-soname," + name}, options...)
	if out, err := exec.Command(realCXX, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	content, err := os.ReadFile(file)
	fakeLibraries[name] = content
	return err
}

// tree is a copy of the project and a place to install into.
type tree struct {
	t      *testing.T
	root   string // of the copy
	prefix string
	path   string
	env    []string
}

func newTree(t *testing.T) *tree {
	t.Helper()
	t.Parallel()
	dir := t.TempDir()
	tr := &tree{t: t, root: filepath.Join(dir, "project"), prefix: filepath.Join(dir, "prefix"), path: os.Getenv("PATH")}
	for _, pattern := range []string{"*.sh", "*.py", "*.lock"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			tr.write(filepath.Join("scripts", file), tr.read(file))
		}
	}
	tr.write("csrc/gotorch.h", "int one();\n")
	tr.write("csrc/src/lib.h", "#include \"../gotorch.h\"\n")
	tr.write("csrc/src/stamp.h", "#define GOTORCH_STAMP \"c0ffee\"\n")
	tr.write("csrc/src/lib.cpp", "#include \"lib.h\"\n#include \"stamp.h\"\n"+
		"extern \"C\" __attribute__((visibility(\"default\"))) const char* stamp() { return one() ? GOTORCH_STAMP : \"\"; }\n")
	tr.write("csrc/src/ops_0.cpp", "#include \"lib.h\"\nint one() { return 1; }\n")
	tr.write("csrc/src/ops_1.cpp", "int two() { return 2; }\n")
	tr.write("csrc/cuda/cuda.cpp", cudaSource)
	tr.env = []string{
		"HOME=" + dir, "PYTHON=" + realPython, "TMPDIR=" + dir, "LC_ALL=C",
		"PIP_CONFIG_FILE=/dev/null", "PIP_NO_INDEX=1", "PIP_FIND_LINKS=" + filepath.Join(dir, "index"), "PIP_RETRIES=0",
	}
	return tr
}

// write creates a file of the copy. It can be run, as it is in a checkout.
func (tr *tree) write(name, content string) {
	tr.t.Helper()
	writeFile(tr.t, filepath.Join(tr.root, name), content, 0o755)
}

func writeFile(t *testing.T, file, content string, mode os.FileMode) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(content), mode))
}

// tool puts a shell script before everything else in PATH.
func (tr *tree) tool(name, script string) {
	tr.t.Helper()
	dir := tr.t.TempDir()
	writeFile(tr.t, filepath.Join(dir, name), "#!/bin/bash\n"+script, 0o755)
	tr.path = dir + ":" + tr.path
}

// compiler replaces g++ by a script, run after a line that logs the call.
// Without a script it is just g++. It returns the log's name.
func (tr *tree) compiler(script string) string {
	tr.t.Helper()
	log := filepath.Join(tr.t.TempDir(), "log")
	writeFile(tr.t, log, "", 0o644)
	tr.tool("g++", `
case $* in *-dump*|*--version*) exec `+realCXX+` "$@";; esac
while (($#)); do
  case $1 in -c) source=$2;; -o) output=$2;; esac
  arguments+=("$1"); shift
done
set -- "${arguments[@]}"
echo "${source:-link}" >>`+log+"\n"+script+"\nexec "+realCXX+` "$@"`+"\n")
	return log
}

// pathWithout makes PATH one folder, with all of the system's tools but these.
func (tr *tree) pathWithout(names ...string) {
	tr.t.Helper()
	dir := tr.t.TempDir()
	for _, bin := range []string{"/usr/bin", "/bin"} {
		entries, err := os.ReadDir(bin)
		require.NoError(tr.t, err)
		for _, e := range entries {
			if !slices.Contains(names, e.Name()) {
				_ = os.Symlink(filepath.Join(bin, e.Name()), filepath.Join(dir, e.Name()))
			}
		}
	}
	tr.path = dir
}

func (tr *tree) setenv(name, value string) { tr.env = append(tr.env, name+"="+value) }

// command prepares a script of the copy.
func (tr *tree) command(script string, args ...string) *exec.Cmd {
	c := exec.Command("/bin/bash", append([]string{filepath.Join(tr.root, "scripts", script)}, args...)...)
	c.Env = append([]string{"PATH=" + tr.path}, tr.env...)
	c.Dir = tr.root
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c
}

func (tr *tree) install(args ...string) (output string, err error) {
	c := tr.command("install_libtorch.sh", append([]string{"--prefix", tr.prefix}, args...)...)
	out, err := c.CombinedOutput()
	return string(out), err
}

func (tr *tree) mustInstall(args ...string) string {
	tr.t.Helper()
	out, err := tr.install(args...)
	require.NoError(tr.t, err, out)
	require.FileExists(tr.t, tr.library())
	return out
}

// refuses requires that an install fails and that its last line says all of this.
func (tr *tree) refuses(args []string, says ...string) {
	tr.t.Helper()
	out, err := tr.install(args...)
	require.Error(tr.t, err, out)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, part := range append([]string{"install_libtorch.sh: error: "}, says...) {
		require.Contains(tr.t, lines[len(lines)-1], part, out)
	}
}

func (tr *tree) library() string     { return filepath.Join(tr.prefix, "lib", "libgotorch.so") }
func (tr *tree) cudaLibrary() string { return filepath.Join(tr.prefix, "lib", "libgotorch_cuda.so") }

func (tr *tree) read(file string) string {
	tr.t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(tr.t, err)
	return string(content)
}

// requireLoads requires that the installed library is whole.
func (tr *tree) requireLoads() {
	tr.t.Helper()
	out, err := exec.Command(realPython, "-c", "import ctypes, sys; l = ctypes.CDLL(sys.argv[1]); "+
		"l.stamp.restype = ctypes.c_char_p; print(l.stamp().decode())", tr.library()).CombinedOutput()
	require.NoError(tr.t, err, string(out))
	require.Equal(tr.t, "c0ffee\n", string(out))
}

// requireLoadsCUDA requires that both libraries are whole.
func (tr *tree) requireLoadsCUDA() {
	tr.t.Helper()
	tr.requireLoads()
	out, err := exec.Command(realPython, "-c", "import ctypes, sys; print(ctypes.CDLL(sys.argv[1]).cuda())", tr.cudaLibrary()).CombinedOutput()
	require.NoError(tr.t, err, string(out))
	require.Equal(tr.t, "13020\n", string(out))
}

// torchFiles are those of a torch folder, or of a libtorch.
func torchFiles() map[string][]byte {
	files := map[string][]byte{"include/torch/headeronly/version.h": []byte(header)}
	for _, name := range []string{"libtorch_cpu.so", "libc10.so"} {
		files["lib/"+name] = fakeLibraries[name]
	}
	return files
}

// cudaFolder writes a libtorch with CUDA beside CUDA's runtime, as pip does.
func (tr *tree) cudaFolder() string {
	tr.t.Helper()
	dir := tr.folder()
	for _, name := range []string{"libtorch_cuda.so", "libc10_cuda.so"} {
		writeFile(tr.t, filepath.Join(dir, "lib", name), string(fakeLibraries[name]), 0o644)
	}
	writeFile(tr.t, filepath.Join(dir, "../nvidia/cu13/lib/libcudart.so.13"), string(fakeLibraries["libcudart.so.13"]), 0o644)
	return dir
}

// folder writes a libtorch and returns where.
func (tr *tree) folder() string {
	tr.t.Helper()
	dir := filepath.Join(tr.t.TempDir(), "torch")
	for name, content := range torchFiles() {
		writeFile(tr.t, filepath.Join(dir, name), string(content), 0o644)
	}
	return dir
}

func zipped(t *testing.T, prefix string, files map[string][]byte) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for name, content := range files {
		f, err := w.Create(prefix + name)
		require.NoError(t, err)
		_, err = f.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return buffer.Bytes()
}

func (tr *tree) index() string { return filepath.Join(filepath.Dir(tr.root), "index") }

// wheel puts a wheel where pip looks and returns its line for the lock file.
func (tr *tree) wheel(name, version, tag string, files map[string][]byte) string {
	tr.t.Helper()
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	info := fmt.Sprintf("%s-%s.dist-info/", strings.ReplaceAll(name, "-", "_"), version)
	files[info+"METADATA"] = fmt.Appendf(nil, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n", name, version)
	files[info+"WHEEL"] = fmt.Appendf(nil, "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: %s_%s\n", tag, machine)
	files[info+"licenses/LICENSE"] = []byte("free\n")
	content := zipped(tr.t, "", files)
	file := fmt.Sprintf("%s-%s-%s_%s.whl", strings.ReplaceAll(name, "-", "_"), version, tag, machine)
	writeFile(tr.t, filepath.Join(tr.index(), file), string(content), 0o644)
	return fmt.Sprintf("%s==%s --hash=sha256:%s\n", name, version, sum(content))
}

func sum(content []byte) string {
	s := sha256.Sum256(content)
	return hex.EncodeToString(s[:])
}

// wheels makes the wheels and the lock file of a whole release.
func (tr *tree) wheels() {
	tr.t.Helper()
	torch := map[string][]byte{
		"torch/version.py": nil, "torch/nn/linear.py": nil,
		"torch/lib/libtorch_python.so": nil, "torch/lib/libtorch_cuda.so": fakeLibraries["libtorch_cuda.so"],
		"torch/lib/libc10_cuda.so": fakeLibraries["libc10_cuda.so"],
	}
	for name, content := range torchFiles() {
		torch["torch/"+name] = content
	}
	cudart := map[string][]byte{
		"nvidia/cu13/lib/libcudart.so.13":        fakeLibraries["libcudart.so.13"],
		"nvidia/cu13/include/cuda_runtime_api.h": []byte(cudaHeader),
	}
	crt := map[string][]byte{"nvidia/cu13/include/crt/host_defines.h": nil}
	cublas := map[string][]byte{"nvidia/cu13/lib/libcublas.so.13": nil, "nvidia/cu13/lib/libcusolverMg.so.12": nil}
	runtime := tr.wheel("nvidia-cuda-runtime", "13.2.86", "py3-none-manylinux_2_25", cudart)
	tr.write("scripts/libtorch.lock", "# comment\n\n# ["+version+" cpu]\n"+
		tr.wheel("torch", version, "cp312-cp312-manylinux_2_28", torch)+runtime+
		"\n# ["+version+" cuda]\n"+
		tr.wheel("nvidia-cublas", "13.4", "py3-none-manylinux2014", cublas)+
		"\n# ["+version+" headers]\n"+
		tr.wheel("nvidia-cuda-crt", "13.2.86", "py3-none-manylinux2014", crt)+runtime)
}

// waitFor waits until there is a file of that name.
func waitFor(t *testing.T, file string) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := os.Stat(file)
		return err == nil
	}, 20*time.Second, 10*time.Millisecond, "%s does not appear", file)
}
