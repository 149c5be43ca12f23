package cuda

import (
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/setting"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	linalgBackend      = csrc.Entry("linalg_backend() -> int")
	setLinalgBackend   = csrc.Entry("set_linalg_backend(int backend) -> ()")
	blasBackend        = csrc.Entry("blas_backend() -> int")
	blasDefaultBackend = csrc.Entry("blas_default_backend() -> int")
	setBlasBackend     = csrc.Entry("set_blas_backend(int backend) -> ()")

	cublasWorkspaceSize      = csrc.Entry("cuda::cublas_workspace_size() -> int")
	setCublasWorkspaceSize   = csrc.Entry("cuda::set_cublas_workspace_size(int n) -> ()")
	cublasltWorkspaceSize    = csrc.Entry("cuda::cublaslt_workspace_size() -> int")
	setCublasltWorkspaceSize = csrc.Entry("cuda::set_cublaslt_workspace_size(int n) -> ()")
)

// The names of libraries, by libtorch's numbers.
var (
	linalgLibraries = []string{"default", "cusolver", "magma"}
	blasLibraries   = []string{"default", "cublas", "cublaslt", "ck"}
)

// blasAliases are the libraries' names on AMD's GPUs, in Python's order among the
// others.
var blasAliases = map[string]string{"hipblas": "cublas", "hipblaslt": "cublaslt"}

const blasChoices = "default, cublas, hipblas, cublaslt, hipblaslt, ck"

// PreferredLinalgLibrary returns the library that linear algebra on GPUs uses where
// it can: "cusolver", "magma", or "default" for libtorch's own choice. Given a name
// it first sets that; an unknown one panics with PyTorch's words.
func PreferredLinalgLibrary(backend ...string) string {
	if len(backend) > 0 {
		number := slices.Index(linalgLibraries, backend[0])
		if number < 0 {
			refuse("Unknown input value. Choose from: %s.", strings.Join(linalgLibraries, ", "))
		}
		setting.SetInts(setLinalgBackend, int64(number))
	}
	return linalgLibraries[entry.Int(linalgBackend)]
}

// PreferredBlasLibrary returns the library that products of matrices on GPUs use
// where they can: "cublas", "cublaslt", or "ck" on AMD's GPUs. Given a name, which
// may be "default" for libtorch's own choice, it first sets that; an unknown one
// panics with PyTorch's words.
func PreferredBlasLibrary(backend ...string) string {
	if len(backend) > 0 {
		number := blasNumber(backend[0])
		if number < 0 {
			refuse("Unknown input value. Choose from: %s.", blasChoices)
		}
		setting.SetInts(setBlasBackend, int64(number))
	}
	return blasLibraries[entry.Int(blasBackend)]
}

func blasNumber(name string) int {
	if alias, ok := blasAliases[name]; ok {
		name = alias
	}
	return slices.Index(blasLibraries, name)
}

// CublasWorkspaceSize returns the size of cuBLAS's working memory in bytes. Given
// a size, which takes precedence over the environment's CUBLAS_WORKSPACE_CONFIG, it
// first sets that. It needs a GPU.
func CublasWorkspaceSize(size ...int64) int64 {
	return workspaceSize(cublasWorkspaceSize, setCublasWorkspaceSize, size)
}

// CublasltWorkspaceSize is [CublasWorkspaceSize] for cuBLASLt and
// CUBLASLT_WORKSPACE_SIZE.
func CublasltWorkspaceSize(size ...int64) int64 {
	return workspaceSize(cublasltWorkspaceSize, setCublasltWorkspaceSize, size)
}

func workspaceSize(get, set *csrc.Function, size []int64) int64 {
	entry.Torch.RequireCUDA()
	if len(size) > 0 {
		setting.SetInts(set, size[0])
	}
	return entry.Int(get)
}

// BlasWorkspaceSize is [CublasWorkspaceSize] or [CublasltWorkspaceSize], for the
// library named, as [PreferredBlasLibrary] takes it; "" is the preferred one.
func BlasWorkspaceSize(backend string, size ...int64) int64 {
	number := blasNumber(backend)
	switch {
	case backend == "":
		number = int(entry.Int(blasBackend))
	case number < 0:
		refuse("Unknown backend string. Choose from: %s.", blasChoices)
	}
	if blasLibraries[number] == "default" {
		number = int(entry.Int(blasDefaultBackend))
	}
	switch blasLibraries[number] {
	case "ck":
		refuse("CK backend does not use a workspace.")
	case "cublaslt":
		return CublasltWorkspaceSize(size...)
	}
	return CublasWorkspaceSize(size...)
}

func refuse(format string, args ...any) { panic(torch.NewError("RuntimeError", format, args...)) }
