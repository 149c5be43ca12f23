/*
Package mkldnn chooses how libtorch uses oneDNN, once MKL-DNN, Intel's library of
neural network kernels for processors: Python's torch.backends.mkldnn.
*/
package mkldnn

import (
	"github.com/wangkuiyi/gotorch/backends"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/setting"
)

// The operations whose precision can be chosen.
const (
	Matmul backends.Operation = "mkldnn.matmul"
	Conv   backends.Operation = "mkldnn.conv"
	Rnn    backends.Operation = "mkldnn.rnn"

	every backends.Operation = "mkldnn.all"
)

// IsAvailable reports whether libtorch was built with oneDNN.
func IsAvailable() bool { return setting.Has("mkldnn") }

// IsAclAvailable reports whether oneDNN was built with Arm's Compute Library.
func IsAclAvailable() bool { return setting.Has("mkldnn_acl") }

// Enabled reports whether oneDNN may be used; it may at first.
func Enabled() bool { return setting.On("mkldnn.enabled") }

// SetEnabled says whether oneDNN may be used.
func SetEnabled(on bool) { setting.Set("mkldnn.enabled", on) }

// Deterministic reports whether oneDNN computes only what does not vary, on
// Intel's GPUs.
func Deterministic() bool { return setting.On("mkldnn.deterministic") }

// SetDeterministic says whether oneDNN computes only what does not vary.
func SetDeterministic(on bool) { setting.Set("mkldnn.deterministic", on) }

// AllowTf32 reports whether oneDNN may compute float32 with TensorFloat-32. Only
// Intel's GPUs can; where libtorch was built without them, the answer is false
// (Python's is None).
func AllowTf32() bool { return setting.On("mkldnn.allow_tf32") }

// SetAllowTf32 says whether oneDNN may compute float32 with TensorFloat-32. A
// libtorch without Intel's GPUs only warns.
func SetAllowTf32(on bool) { setting.Set("mkldnn.allow_tf32", on) }

// Fp32Precision returns how exactly oneDNN computes with float32, where its
// operations have no setting of their own.
func Fp32Precision() string { return every.Fp32Precision() }

// SetFp32Precision is [backends.SetFp32Precision]: PyTorch's assignment to
// torch.backends.mkldnn.fp32_precision is to the setting of all backends. For
// oneDNN alone there is [Flags].
func SetFp32Precision(precision string) { backends.SetFp32Precision(precision) }

// A Flag is an option of [Flags]: [backends.Enabled], [backends.Deterministic],
// [backends.AllowTf32], [backends.Fp32Precision].
type Flag interface{ MkldnnFlag(option.Marker) }

// Flags runs fn with settings, and then sets back those that were, also if fn
// panics. What is not given has Python's defaults: Enabled(false),
// Deterministic(false), AllowTf32(true), Fp32Precision("none"). Python's
// torch.backends.mkldnn.flags. The settings are those of the process: other
// goroutines see them, too.
func Flags(fn func(), opts ...Flag) {
	allowTf32 := true
	wanted := settings{allowTf32: &allowTf32, precision: "none"}
	for _, o := range opts {
		wanted.apply(o)
	}
	before := settings{Enabled(), Deterministic(), nil, Fp32Precision()}
	if setting.Has("xpu") {
		allowed := AllowTf32()
		before.allowTf32 = &allowed
	}
	defer before.set()
	wanted.set()
	fn()
}

type settings struct {
	enabled, deterministic bool
	allowTf32              *bool // nil: as it is
	precision              string
}

func (s *settings) apply(o Flag) {
	switch o := o.(type) {
	case backends.Enabled:
		s.enabled = bool(o)
	case backends.Deterministic:
		s.deterministic = bool(o)
	case backends.AllowTf32:
		*s.allowTf32 = bool(o)
	case backends.Fp32Precision:
		s.precision = string(o)
	}
}

func (s *settings) set() {
	SetEnabled(s.enabled)
	SetDeterministic(s.deterministic)
	if s.allowTf32 != nil {
		SetAllowTf32(*s.allowTf32)
	}
	every.SetFp32Precision(s.precision)
}

// How much [Verbose] has oneDNN print.
const (
	VerboseOff        = 0
	VerboseOn         = 1 // each kernel that runs, with shapes and time
	VerboseOnCreation = 2 // and each that is made
)

var setVerbose = csrc.Entry("set_mkldnn_verbose(int level) -> bool")

// Verbose runs fn while oneDNN prints to standard output what it does. Python's
// torch.backends.mkldnn.verbose.
func Verbose(level int, fn func()) { setting.Verbose(setVerbose, "MKLDNN", level, fn) }
