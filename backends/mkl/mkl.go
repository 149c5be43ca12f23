/*
Package mkl tells about MKL, Intel's library of mathematics, which libtorch computes
matrix products and more with: Python's torch.backends.mkl.
*/
package mkl

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/setting"
)

// IsAvailable reports whether libtorch was built with MKL.
func IsAvailable() bool { return setting.Has("mkl") }

// Whether [Verbose] has MKL print.
const (
	VerboseOff = 0
	VerboseOn  = 1
)

var setVerbose = csrc.Entry("set_mkl_verbose(int level) -> bool")

// Verbose runs fn while MKL prints to standard output each of its calls, with
// sizes and time. Python's torch.backends.mkl.verbose.
func Verbose(enable int, fn func()) { setting.Verbose(setVerbose, "MKL", enable, fn) }
