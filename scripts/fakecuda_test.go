package scripts_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// newSimulation makes a tree with sources of simulated CUDA libraries, one function
// each, and a torch with CUDA.
func newSimulation(t *testing.T) (tr *tree, torch string) {
	t.Helper()
	tr = newTree(t)
	tr.wheels()
	tr.write("internal/fakecuda/stubs.py", tr.read("../internal/fakecuda/stubs.py"))
	tr.write("internal/fakecuda/runtime/runtime.cpp", "#include <cuda_runtime_api.h>\n"+
		"extern \"C\" __attribute__((visibility(\"default\"))) int cudaRuntimeGetVersion() { return CUDART_VERSION; }\n")
	tr.write("internal/fakecuda/driver/driver.cpp", "int driver;\n")
	tr.write("internal/fakecuda/nccl/nccl.cpp", "int nccl;\n")
	tr.write("internal/fakecuda/math/math.cpp", "int math;\n")
	tr.write("internal/fakecuda/math/math.h", "")
	tr.setenv("FAKECUDA_HOME", tr.prefix)
	return tr, tr.cudaFolder()
}

// The simulated libraries are built once, over links to the torch, and GoTorch over them.
func TestFakeCUDA(t *testing.T) {
	tr, torch := newSimulation(t)
	log := tr.compiler("")
	stdout, stderr, err := tr.run("fakecuda.sh", "--from", torch)
	require.NoError(t, err, stderr)
	require.Contains(t, stdout, "export GOTORCH_HOME="+tr.prefix+" GOTORCH_DEVICE=cuda\n")
	require.Contains(t, stdout, "export PYTHONPATH="+filepath.Join(tr.prefix, "site")+"\n")
	libraries := filepath.Join(tr.prefix, "site/nvidia/cu13/lib")
	for _, name := range []string{"libcudart.so.13", "libcuda.so.1", "libnccl.so.2", "libcudamath.so"} {
		require.FileExists(t, filepath.Join(libraries, name))
	}
	target, err := filepath.EvalSymlinks(filepath.Join(tr.prefix, "site/torch/lib/libtorch_cuda.so"))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(torch, "lib/libtorch_cuda.so"), target)
	tr.requireLoadsCUDA()

	writeFile(t, log, "", 0o644)
	_, stderr, err = tr.run("fakecuda.sh", "--from", torch)
	require.NoError(t, err)
	require.Contains(t, stderr, "nothing to do")
	require.Empty(t, tr.read(log))

	tr.write("internal/fakecuda/driver/driver.cpp", "int other;\n")
	_, _, err = tr.run("fakecuda.sh", "--from", torch)
	require.NoError(t, err)
	require.Contains(t, tr.read(log), "/driver.cpp\n")
	require.NotContains(t, tr.read(log), "/runtime.cpp\n", "it did not change")
}

// A build that fails leaves the one before.
func TestFakeCUDAFailing(t *testing.T) {
	tr, torch := newSimulation(t)
	_, stderr, err := tr.run("fakecuda.sh", "--from", torch)
	require.NoError(t, err, stderr)
	key := tr.read(filepath.Join(tr.prefix, "site/.key"))
	tr.write("internal/fakecuda/math/math.cpp", "int math\n")
	_, stderr, err = tr.run("fakecuda.sh", "--from", torch)
	require.Error(t, err)
	require.Contains(t, stderr, "fakecuda.sh: error: compiling failed")
	require.Equal(t, key, tr.read(filepath.Join(tr.prefix, "site/.key")))
	tr.requireLoadsCUDA()
}

func TestFakeCUDARefuses(t *testing.T) {
	tr, torch := newSimulation(t)
	for says, args := range map[string][]string{
		"is a PyTorch without CUDA":  {"--from", tr.folder()},
		"is not a libtorch":          {"--from", filepath.Dir(tr.root)},
		"unknown option --cuda":      {"--cuda"},
		"--jobs needs a number":      {"--from", torch, "--jobs", "many"},
		"--prefix needs a value":     {"--prefix"},
		"leave it out of PYTHONPATH": {"--from", torch, "--prefix", filepath.Dir(torch)},
	} {
		_, stderr, err := tr.run("fakecuda.sh", args...)
		require.Error(t, err, args)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		require.Contains(t, lines[len(lines)-1], says, stderr)
	}
}
