/*
Package cuda chooses how libtorch computes on NVIDIA's GPUs: Python's
torch.backends.cuda. What is done with GPUs is in the package cuda beside torch.

	cuda.Matmul.SetAllowTf32(true)            // torch.backends.cuda.matmul.allow_tf32 = True
	cuda.PreferredLinalgLibrary("cusolver")
	cuda.EnableFlashSdp(false)

All settings are those of the process, and can be read and written without a GPU.
*/
package cuda

import (
	"errors"

	"github.com/wangkuiyi/gotorch/csrc"
)

// IsBuilt reports whether libtorch was built with CUDA, be there a GPU or not.
func IsBuilt() bool { return !errors.Is(csrc.CUDA(), csrc.ErrCPUOnly) }
