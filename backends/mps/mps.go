// Package mps tells about Apple's GPUs: Python's torch.backends.mps.
package mps

import "github.com/wangkuiyi/gotorch/internal/setting"

// IsBuilt reports whether libtorch was built for Apple's GPUs.
func IsBuilt() bool { return setting.Has("mps") }

// IsAvailable reports whether libtorch can use a GPU of Apple's. Programs ask it to
// choose a device; see also package accelerator.
func IsAvailable() bool { return setting.Has("mps") }
