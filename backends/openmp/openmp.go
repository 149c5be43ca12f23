// Package openmp tells whether libtorch's kernels for processors run on several
// threads by OpenMP: Python's torch.backends.openmp.
package openmp

import "github.com/wangkuiyi/gotorch/internal/setting"

// IsAvailable reports whether libtorch was built with OpenMP.
func IsAvailable() bool { return setting.Has("openmp") }
