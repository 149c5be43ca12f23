/*
Package nccl tells of NCCL, NVIDIA's library that moves tensors between GPUs: Python's
torch.cuda.nccl. Package comm has what moves tensors within one process.
*/
package nccl

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	ncclVersion       = csrc.Entry("cuda::nccl_version() -> (int, int, int)")
	ncclVersionSuffix = csrc.Entry("cuda::nccl_version_suffix() -> str")
)

// A VersionNumber is a version of NCCL.
type VersionNumber struct {
	Major, Minor, Patch int
	Suffix              string // such as "rc1"; mostly empty
}

// String returns the version as NCCL writes it: "2.28.9".
func (v VersionNumber) String() string {
	return fmt.Sprintf("%d.%d.%d%s", v.Major, v.Minor, v.Patch, v.Suffix)
}

// Version returns the version of the NCCL that libtorch uses. Python's
// torch.cuda.nccl.version.
func Version() VersionNumber {
	entry.Torch.RequireCUDA()
	var f, s entry.Frame
	f.Call(ncclVersion)
	v := VersionNumber{Major: int(f.TakeInt()), Minor: int(f.TakeInt()), Patch: int(f.TakeInt())}
	s.Call(ncclVersionSuffix)
	v.Suffix = s.TakeString()
	return v
}

// IsAvailable reports whether NCCL can move these tensors: each is dense, contiguous and on
// a GPU of its own. Python's torch.cuda.nccl.is_available.
func IsAvailable(tensors []*torch.Tensor) bool {
	devices := map[torch.Device]bool{}
	for _, t := range tensors {
		if t == nil || t.Layout() != torch.Strided || !t.IsContiguous() || !t.IsCuda() || devices[t.Device()] {
			return false
		}
		devices[t.Device()] = true
	}
	return true
}
