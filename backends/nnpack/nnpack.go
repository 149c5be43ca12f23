// Package nnpack chooses whether libtorch uses NNPACK, a library of convolutions for
// processors: Python's torch.backends.nnpack.
package nnpack

import (
	"github.com/wangkuiyi/gotorch/backends"
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/setting"
)

// IsAvailable reports whether libtorch was built with NNPACK and the processor can
// run it.
func IsAvailable() bool { return setting.Has("nnpack") }

// SetFlags says whether NNPACK may be used, and returns whether it might before.
func SetFlags(enabled bool) (before bool) {
	before = setting.On("nnpack.enabled")
	setting.Set("nnpack.enabled", enabled)
	return before
}

// A Flag is an option of [Flags]: [backends.Enabled].
type Flag interface{ NnpackFlag(option.Marker) }

// Flags runs fn with NNPACK enabled or, by default, not, and then sets back what
// was. Python's torch.backends.nnpack.flags.
func Flags(fn func(), opts ...Flag) {
	enabled := false
	for _, o := range opts {
		if o, ok := o.(backends.Enabled); ok {
			enabled = bool(o)
		}
	}
	defer SetFlags(SetFlags(enabled))
	fn()
}
