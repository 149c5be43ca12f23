// Package kleidiai tells about Arm's library of kernels: Python's
// torch.backends.kleidiai.
package kleidiai

import "github.com/wangkuiyi/gotorch/internal/setting"

// IsAvailable reports whether libtorch was built with KleidiAI.
func IsAvailable() bool { return setting.Has("kleidiai") }
