package scripts_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWheel(t *testing.T) {
	tr := newTree(t)
	tr.wheels()
	log := tr.compiler("")
	out := tr.mustInstall()
	require.Contains(t, out, "libtorch 2.15.0 (cpu): "+tr.prefix)
	require.Contains(t, out, "[3/3] csrc/src/ops_1.cpp")
	tr.requireLoads()

	installed := filepath.Join(tr.prefix, "libtorch-2.15.0-cpu")
	for _, name := range []string{
		"torch/lib/libtorch_cpu.so", "torch/include/torch/headeronly/version.h",
		"nvidia/cu13/lib/libcudart.so.13", "torch-2.15.0.dist-info/licenses/LICENSE",
	} {
		require.FileExists(t, filepath.Join(installed, name))
	}
	for _, name := range []string{"torch/nn", "torch/lib/libtorch_python.so", "torch/lib/libtorch_cuda.so", "nvidia/cu13/include"} {
		require.NoFileExists(t, filepath.Join(installed, name))
		require.NoDirExists(t, filepath.Join(installed, name))
	}
	require.NoDirExists(t, filepath.Join(tr.prefix, "downloads"))

	// Again: nothing is called, neither pip nor the compiler.
	require.NoError(t, os.RemoveAll(tr.index()))
	calls, started := tr.read(log), time.Now()
	require.Contains(t, tr.mustInstall(), "up to date: libtorch 2.15.0 (cpu)")
	require.Less(t, time.Since(started), 3*time.Second) // 0.1 s where nothing else runs
	require.Equal(t, calls, tr.read(log))

	// The whole can be moved.
	moved := tr.prefix + " moved"
	require.NoError(t, os.Rename(tr.prefix, moved))
	tr.prefix = moved
	tr.requireLoads()
}

func TestWheelCUDA(t *testing.T) {
	tr := newTree(t)
	tr.wheels()
	require.Contains(t, tr.mustInstall("--cuda"), "libtorch 2.15.0 (cuda)")
	for _, name := range []string{
		"libtorch-2.15.0-cuda/torch/lib/libtorch_cuda.so", "libtorch-2.15.0-cuda/nvidia/cu13/lib/libcublas.so.13",
		"cuda-headers-2.15.0/nvidia/cu13/include/crt/host_defines.h",
	} {
		require.FileExists(t, filepath.Join(tr.prefix, name))
	}
	require.NoFileExists(t, filepath.Join(tr.prefix, "libtorch-2.15.0-cuda/nvidia/cu13/lib/libcusolverMg.so.12"))
	tr.requireLoadsCUDA()

	// --update keeps the choice, so that scripts/test.sh does not undo it.
	require.Contains(t, tr.mustInstall("--update"), "up to date: libtorch 2.15.0 (cuda)")
	require.NoError(t, os.Remove(tr.cudaLibrary()))
	require.NotContains(t, tr.mustInstall("--update"), "up to date")
	tr.requireLoadsCUDA()

	// A library for another libtorch would only be refused.
	require.Contains(t, tr.mustInstall("--cpu"), "libtorch 2.15.0 (cpu)")
	require.NoFileExists(t, tr.cudaLibrary())
	require.Contains(t, tr.mustInstall("--update"), "up to date: libtorch 2.15.0 (cpu)")
}

// Images get libtorch in one step and build in the next.
func TestFetch(t *testing.T) {
	tr := newTree(t)
	tr.wheels()
	log := tr.compiler("")
	out, err := tr.install("--cuda", "--fetch")
	require.NoError(t, err, out)
	require.Contains(t, out, "libtorch 2.15.0 (cuda): "+tr.prefix)
	require.NoFileExists(t, tr.library())
	require.Empty(t, tr.read(log))
	out, err = tr.install("--cuda", "--fetch")
	require.NoError(t, err, out)
	require.NotContains(t, out, "downloading")

	require.NoError(t, os.RemoveAll(tr.index()))
	tr.mustInstall("--cuda")
	tr.requireLoadsCUDA()
}

func TestFolderCUDA(t *testing.T) {
	tr := newTree(t)
	tr.wheels()
	require.Contains(t, tr.mustInstall("--from", tr.cudaFolder()), "libtorch 2.15.0 (cuda)")
	tr.requireLoadsCUDA()

	// The headers of a toolkit take the place of the wheels'.
	toolkit := t.TempDir()
	tr.setenv("CUDA_HOME", toolkit)
	tr.refuses([]string{"--from", tr.cudaFolder()}, toolkit+"/include has no cuda_runtime_api.h", "set CUDA_HOME")
	writeFile(t, filepath.Join(toolkit, "include/crt/host_defines.h"), "", 0o644)
	writeFile(t, filepath.Join(toolkit, "include/cuda_runtime_api.h"), "#define CUDART_VERSION  12080\n", 0o644)
	tr.refuses([]string{"--from", tr.cudaFolder()}, "this libtorch uses CUDA 13", "are of CUDA 12")
	writeFile(t, filepath.Join(toolkit, "include/cuda_runtime_api.h"), cudaHeader, 0o644)
	tr.mustInstall("--from", tr.cudaFolder())
	tr.requireLoadsCUDA()

	folder := tr.cudaFolder()
	require.NoError(t, os.Remove(filepath.Join(folder, "../nvidia/cu13/lib/libcudart.so.13")))
	tr.refuses([]string{"--from", folder}, "not complete", "libcudart")
	tr.requireLoadsCUDA()
}

func TestInterruptedDownload(t *testing.T) {
	tr := newTree(t)
	tr.wheels()
	runtime, err := filepath.Glob(filepath.Join(tr.index(), "nvidia_cuda_runtime*"))
	require.NoError(t, err)
	require.NoError(t, os.Rename(runtime[0], runtime[0]+".away"))
	tr.refuses(nil, "pip cannot find nvidia-cuda-runtime==13.2.86")
	require.NoFileExists(t, tr.library())

	// The torch wheel, gone from the index, is not asked for again.
	require.NoError(t, os.Rename(runtime[0]+".away", runtime[0]))
	torch, err := filepath.Glob(filepath.Join(tr.index(), "torch*"))
	require.NoError(t, err)
	require.NoError(t, os.Remove(torch[0]))
	require.NotContains(t, tr.mustInstall(), "downloading torch ")
	tr.requireLoads()
}

func TestWrongHash(t *testing.T) {
	tr := newTree(t)
	tr.wheels()
	lock := tr.read(filepath.Join(tr.root, "scripts/libtorch.lock"))
	tr.write("scripts/libtorch.lock", regexp.MustCompile(`sha256:\w{64}`).ReplaceAllString(lock, "sha256:"+strings.Repeat("0", 64)))
	tr.refuses(nil, "the hash of torch==2.15.0 is not the one pinned in libtorch.lock")
	require.NoDirExists(t, filepath.Join(tr.prefix, "libtorch-2.15.0-cpu"))
}

func TestNoNetwork(t *testing.T) {
	tr := newTree(t)
	tr.setenv("PIP_NO_INDEX", "")
	tr.setenv("PIP_FIND_LINKS", "")
	tr.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
	tr.refuses(nil, "pip cannot find torch==2.15.0: no network, or its package index")
	tr.setenv("PIP_RETRIES", "1") // then pip says what the trouble is
	tr.refuses(nil, "no network: pip cannot reach its package index", "run this again")
}

func TestFolder(t *testing.T) {
	tr := newTree(t)
	log, folder := tr.compiler(""), tr.folder()
	require.Contains(t, tr.mustInstall("--from", folder), folder)
	tr.requireLoads()
	require.Contains(t, tr.read(filepath.Join(tr.prefix, "lib/libgotorch.json")), `"stamp": "c0ffee"`)
	require.Equal(t, 4, strings.Count(tr.read(log), "\n"))

	// Only what depends on an edited file is compiled again.
	for _, step := range []struct{ file, rebuilt string }{
		{"csrc/src/ops_1.cpp", "csrc/src/ops_1.cpp\nlink\n"},
		{"csrc/src/stamp.h", "csrc/src/lib.cpp\nlink\n"},
	} {
		calls := tr.read(log)
		tr.write(step.file, tr.read(filepath.Join(tr.root, step.file))+"// edited\n")
		tr.mustInstall("--update")
		require.Equal(t, step.rebuilt, strings.TrimPrefix(tr.read(log), calls), step.file)
	}

	// A library that is not the one that was built is built again.
	require.NoError(t, os.Truncate(tr.library(), 100))
	require.NotContains(t, tr.mustInstall("--update"), "up to date")
	tr.requireLoads()
}

func TestNoLibtorchInFolder(t *testing.T) {
	tr := newTree(t)
	tr.refuses([]string{"--from", tr.root}, tr.root+" is not a libtorch")
	folder := tr.folder()
	tr.refuses([]string{"--from", folder, "--cuda"}, "is a libtorch without CUDA")
	tr.refuses([]string{"--from", folder, "--version", "2.14.0"}, "is libtorch 2.15.0, not 2.14.0")
	file := filepath.Join(folder, "include/torch/headeronly/version.h")
	writeFile(t, file, strings.Replace(header, "15", "4", 1), 0o644)
	tr.refuses([]string{"--from", folder}, "is libtorch 2.4.0, 2.12 or newer is needed")
	require.NoError(t, os.Remove(file))
	tr.refuses([]string{"--from", folder}, "cannot tell the version")
}

func TestIncompleteLibtorch(t *testing.T) {
	tr := newTree(t)
	folder := tr.folder()
	c10 := filepath.Join(folder, "lib/libc10.so")
	tr.write("c10.cpp", "int one_of_c10() { return 1; }\n")
	out, err := exec.Command(realCXX, "-shared", "-fPIC", tr.root+"/c10.cpp", "-o", c10, "-Wl,-soname,libc10.so.9").CombinedOutput()
	require.NoError(t, err, string(out))
	tr.write("csrc/src/ops_1.cpp", "int one_of_c10();\nint two() { return one_of_c10(); }\n")
	tr.refuses([]string{"--from", folder}, "not complete", "libc10.so.9")
	require.NoFileExists(t, tr.library())
}

func TestPython(t *testing.T) {
	tr := newTree(t)
	folder := tr.folder()
	// It would stop whoever imported it.
	writeFile(t, filepath.Join(folder, "__init__.py"), "raise SystemExit('imported')\n", 0o644)
	tr.setenv("PYTHONPATH", filepath.Dir(folder))
	require.Contains(t, tr.mustInstall("--from", "python"), folder)
	tr.requireLoads()
}

func TestPythonWithoutTorch(t *testing.T) {
	tr := newTree(t)
	tr.setenv("PYTHON", tr.bareImports())
	tr.refuses([]string{"--from", "python"}, "has no torch", "-m pip install torch==2.15.0")
}

// bareImports returns a Python that has the standard library only.
func (tr *tree) bareImports() string {
	tr.t.Helper()
	file := filepath.Join(tr.t.TempDir(), "python3")
	writeFile(tr.t, file, "#!/bin/sh\nexec "+realPython+" -I -S \"$@\"\n", 0o755)
	return file
}

func TestZip(t *testing.T) {
	tr := newTree(t)
	content := zipped(t, "libtorch/", torchFiles())
	file := filepath.Join(t.TempDir(), "libtorch-shared-with-deps.zip")
	writeFile(t, file, string(content), 0o644)
	tr.refuses([]string{"--from", "zip"}, "needs GOTORCH_LIBTORCH_ZIP")
	tr.refuses([]string{"--from", "/no/such.zip"}, "there is no file /no/such.zip")

	tr.mustInstall("--from", file)
	tr.requireLoads()
	tr.setenv("GOTORCH_LIBTORCH_ZIP", file)
	require.Contains(t, tr.mustInstall("--from", "zip"), "up to date")
	require.NoError(t, os.Remove(file))
	require.Contains(t, tr.mustInstall("--update"), "up to date")

	writeFile(t, file, "no zip", 0o644)
	tr.refuses([]string{"--from", file}, "is not a zip file")
	tr.requireLoads()
}

func TestZipFromAddress(t *testing.T) {
	tr := newTree(t)
	content := zipped(t, "libtorch/", torchFiles())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }))
	defer server.Close()
	from := func(hash string) []string {
		tr.setenv("GOTORCH_LIBTORCH_ZIP", server.URL+"/libtorch.zip"+hash)
		return []string{"--from", "zip"}
	}
	tr.refuses(from(""), "must end in #sha256=HEX")
	tr.refuses(from("#sha256="+strings.Repeat("0", 64)), "the hash of", "is "+sum(content))
	tr.mustInstall(from("#sha256=" + sum(content))...)
	tr.requireLoads()
}

func TestUsage(t *testing.T) {
	tr := newTree(t)
	out, err := tr.install("--help")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(out, "Installs libtorch"), out)
	require.Contains(t, out, "--prefix DIR")
	tr.refuses([]string{"--gpu"}, "unknown option --gpu")
	tr.refuses([]string{"--from"}, "--from needs a value")
	tr.refuses([]string{"--jobs", "many"}, "--jobs needs a number, not many")
	tr.refuses([]string{"--version", "9.9"}, "unknown version 9.9: known are 2.15.0")
	writeFile(t, tr.prefix+"/file", "", 0o644)
	tr.refuses([]string{"--prefix", tr.prefix + "/file"}, "cannot write to")
}

func TestMissingTools(t *testing.T) {
	for _, test := range []struct {
		name  string
		setUp func(*tree)
		says  []string
	}{
		{"compiler", func(tr *tree) { tr.pathWithout("g++", "clang++") }, []string{"the C++ compiler g++ is missing", "g++"}},
		{"named compiler", func(tr *tree) { tr.setenv("CXX", "none++") }, []string{"the C++ compiler none++ is missing"}},
		{"old compiler", func(tr *tree) { tr.tool("g++", "echo 9.4.0") }, []string{"g++ is version 9.4.0, 11 or newer is needed", "CXX=g++-12"}},
		{"old clang", func(tr *tree) { tr.tool("g++", "echo 11.0; [[ $1 == -dump* ]] || echo clang") }, []string{"version 11.0, 14 or newer"}},
		{"python", func(tr *tree) { tr.setenv("PYTHON", "python3"); tr.pathWithout("python3") }, []string{"python3 is missing"}},
		{"pip", func(tr *tree) { tr.setenv("PYTHON", tr.bareImports()) }, []string{"-m pip is missing", "python3-pip"}},
		{"flock", func(tr *tree) { tr.pathWithout("flock") }, []string{"flock is missing", "util-linux"}},
		{"Linux", func(tr *tree) { tr.tool("uname", "[[ $1 == -s ]] && echo Darwin || echo arm64") }, []string{"unsupported platform Darwin arm64"}},
		{"glibc", func(tr *tree) { tr.tool("getconf", "echo glibc 2.17") }, []string{"unsupported system with glibc 2.17"}},
		{"space", func(tr *tree) { tr.tool("df", "echo; echo /dev/x 1 1 102400 1% /") }, []string{"not enough disk space", "1300 MB", "100 MB free"}},
		{"home", func(tr *tree) { tr.setenv("HOME", ""); tr.prefix = "" }, []string{"HOME is not set"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			tr := newTree(t)
			test.setUp(tr)
			if tr.prefix != "" {
				tr.refuses(nil, test.says...)
				require.NoFileExists(t, tr.library())
				return
			}
			out, err := tr.command("install_libtorch.sh").CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(out), test.says[0])
		})
	}
}

// A disk that is full in spite of what df said.
func TestFullDisk(t *testing.T) {
	tr := newTree(t)
	tr.compiler("echo 'fatal error: No space left on device' >&2; exit 1")
	tr.refuses([]string{"--from", tr.folder()}, "the disk of", "is full")

	require.NoError(t, os.MkdirAll(tr.prefix, 0o755))
	if err := syscall.Mount("tmpfs", tr.prefix, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("the half with a real disk needs the right to mount a tmpfs: %v", err)
	}
	defer func() { require.NoError(t, syscall.Unmount(tr.prefix, 0)) }()
	files := torchFiles()
	files["share/big"] = make([]byte, 4<<20)
	file := filepath.Join(t.TempDir(), "libtorch.zip")
	writeFile(t, file, string(zipped(t, "libtorch/", files)), 0o644)
	tr.refuses([]string{"--from", file}, "not enough disk space")
	tr.tool("df", "echo; echo /dev/x 1 1 9999999 1% /")
	tr.refuses([]string{"--from", file}, "the disk is full")
	require.NoFileExists(t, tr.library())
}

// What is installed stays as it is when a later run fails, or is killed.
func TestEarlierInstallSurvives(t *testing.T) {
	tr := newTree(t)
	folder := tr.folder()
	tr.mustInstall("--from", folder)
	good := tr.read(tr.library())
	tr.write("csrc/src/ops_1.cpp", "int three() { return 3 }\n")
	tr.refuses([]string{"--from", folder}, "compiling failed")
	require.Equal(t, good, tr.read(tr.library()))

	tr.write("csrc/src/ops_1.cpp", "int four(); int three() { return four(); }\n")
	tr.refuses([]string{"--from", folder}, "linking libgotorch.so failed")
	require.Equal(t, good, tr.read(tr.library()))

	// Killed while the linker has written half of it.
	tr.write("csrc/src/ops_1.cpp", "int three() { return 3; }\n")
	half := filepath.Join(t.TempDir(), "half")
	tr.compiler(`[[ -n $source ]] || { echo half >"$output"; touch ` + half + `; sleep 60; }`)
	c := tr.command("install_libtorch.sh", "--prefix", tr.prefix, "--from", folder)
	require.NoError(t, c.Start())
	waitFor(t, half)
	require.NoError(t, syscall.Kill(-c.Process.Pid, syscall.SIGKILL))
	_ = c.Wait()
	require.Equal(t, good, tr.read(tr.library()))
	tr.requireLoads()

	tr.compiler("")
	tr.mustInstall("--from", folder)
	tr.requireLoads()
}

func TestResumesCompiling(t *testing.T) {
	tr := newTree(t)
	folder, stuck := tr.folder(), filepath.Join(t.TempDir(), "stuck")
	tr.compiler(`if [[ $source == */ops_1.cpp ]]; then touch ` + stuck + `; sleep 60; fi`)
	c := tr.command("install_libtorch.sh", "--prefix", tr.prefix, "--from", folder, "--jobs", "1")
	require.NoError(t, c.Start())
	waitFor(t, stuck)
	require.NoError(t, syscall.Kill(-c.Process.Pid, syscall.SIGKILL))
	_ = c.Wait()
	require.NoFileExists(t, tr.library())

	log := tr.compiler("")
	require.Contains(t, tr.mustInstall("--from", folder), "compiling 1 of 3 files")
	require.Equal(t, "csrc/src/ops_1.cpp\nlink\n", tr.read(log))
	tr.requireLoads()
}

func TestTwoAtOnce(t *testing.T) {
	tr := newTree(t)
	dir := t.TempDir()
	folder, stuck, release := tr.folder(), filepath.Join(dir, "stuck"), filepath.Join(dir, "release")
	log := tr.compiler(`if [[ $source == */ops_1.cpp ]]; then touch ` + stuck + `; until [[ -e ` + release + ` ]]; do sleep 0.05; done; fi`)
	first := tr.command("install_libtorch.sh", "--prefix", tr.prefix, "--from", folder)
	require.NoError(t, first.Start())
	waitFor(t, stuck)

	said := filepath.Join(dir, "said")
	output, err := os.Create(said)
	require.NoError(t, err)
	defer output.Close()
	second := tr.command("install_libtorch.sh", "--prefix", tr.prefix, "--from", folder)
	second.Stderr = output
	require.NoError(t, second.Start())
	require.Eventually(t, func() bool { return strings.Contains(tr.read(said), "another install into") }, 10*time.Second, 10*time.Millisecond)
	writeFile(t, release, "", 0o644)
	require.NoError(t, first.Wait())
	require.NoError(t, second.Wait())
	require.Equal(t, 4, strings.Count(tr.read(log), "\n"), "the second has nothing left to do")
	tr.requireLoads()
}

// The lock file that users get.
func TestLockFile(t *testing.T) {
	content, err := os.ReadFile("libtorch.lock")
	require.NoError(t, err)
	require.Contains(t, string(content), "\n# ["+version+" cpu]\ntorch=="+version+" ")
	require.Contains(t, string(content), "\n# ["+version+" cuda]\n")
	line := regexp.MustCompile(`^[a-z0-9-]+==[0-9.]+( --hash=sha256:[0-9a-f]{64}){2}$`)
	for l := range strings.Lines(string(content)) {
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			require.Regexp(t, line, l)
		}
	}
}

func TestShellcheck(t *testing.T) {
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("shellcheck is not installed: apt-get install shellcheck")
	}
	scripts, err := filepath.Glob("*.sh")
	require.NoError(t, err)
	out, err := exec.Command("shellcheck", append([]string{"-x"}, scripts...)...).CombinedOutput()
	require.NoError(t, err, string(out))
}
