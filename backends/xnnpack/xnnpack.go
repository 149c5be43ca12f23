// Package xnnpack tells about XNNPACK, a library of kernels for mobile processors:
// Python's torch.backends.xnnpack.
package xnnpack

import "github.com/wangkuiyi/gotorch/internal/setting"

// Enabled reports whether libtorch was built with XNNPACK.
func Enabled() bool { return setting.Has("xnnpack") }
