package torch

import (
	"sync/atomic"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Settings of the whole process.

var (
	entryDeterministic       = csrc.Entry("deterministic_algorithms() -> bool")
	entryDeterministicWarns  = csrc.Entry("deterministic_warn_only() -> bool")
	entrySetDeterministic    = csrc.Entry("set_deterministic_algorithms(bool mode, bool warn_only) -> ()")
	entryMatmulPrecision     = csrc.Entry("float32_matmul_precision() -> int")
	entrySetMatmulPrecision  = csrc.Entry("set_float32_matmul_precision(str precision) -> ()")
	entrySetFlushDenormal    = csrc.Entry("set_flush_denormal(bool on) -> bool")
	entryIsWarnAlwaysEnabled = csrc.Entry("warn_always() -> bool")
	entrySetWarnAlways       = csrc.Entry("set_warn_always(bool on) -> ()")
)

// defaultDevice is the device that SetDefaultDevice has set, packed into a word;
// 0 if there is none.
var defaultDevice atomic.Uint32

// SetDefaultDevice sets the device of tensors that are made without one, for
// the whole process: by [Zeros], [Randn], [NewTensor] and the like, and so by
// modules. The zero Device ends that. Python's torch.set_default_device.
func SetDefaultDevice(d Device) {
	defaultDevice.Store(uint32(d.kind)<<16 | uint32(uint16(d.index)))
}

// GetDefaultDevice returns the device of tensors that are made without one,
// Python's torch.get_default_device.
func GetDefaultDevice() Device {
	d := Device{}.orDefault()
	switch {
	case d.kind == 0:
		return CPU
	case d.index >= 0:
		return d
	}
	t := Empty([]int64{0}) // which has the current device's index
	defer t.Close()
	return t.Device()
}

// orDefault is the default device, if one is set, for None.
func (d Device) orDefault() Device {
	if d.kind != 0 {
		return d
	}
	word := defaultDevice.Load()
	return Device{kind: DeviceType(word >> 16), index: int16(word)}
}

// UseDeterministicAlgorithms has operators use deterministic algorithms only,
// and panic where there are none, or with [WarnOnly] just warn. Python's
// torch.use_deterministic_algorithms.
func UseDeterministicAlgorithms(mode bool, opts ...UseDeterministicAlgorithmsOption) {
	warnOnly := false
	for _, o := range opts {
		if o, ok := o.(WarnOnlyArg); ok {
			warnOnly = bool(o)
		}
	}
	var f frame
	f.PutBool(mode)
	f.PutBool(warnOnly)
	f.call(entrySetDeterministic)
}

// AreDeterministicAlgorithmsEnabled reports what [UseDeterministicAlgorithms]
// has set.
func AreDeterministicAlgorithmsEnabled() bool { return askProcess(entryDeterministic) }

// IsDeterministicAlgorithmsWarnOnlyEnabled reports whether operators without a
// deterministic algorithm just warn.
func IsDeterministicAlgorithmsWarnOnlyEnabled() bool { return askProcess(entryDeterministicWarns) }

// SetDeterministicDebugMode is [UseDeterministicAlgorithms] with a mode of 0 or
// "default" (off), 1 or "warn", or 2 or "error". Python's
// torch.set_deterministic_debug_mode.
func SetDeterministicDebugMode(mode any) {
	name, named := mode.(string)
	if !named && !isInteger(mode) {
		refuse(typeErrorKind, "debug_mode must be str or int, but got %s", typeName(mode))
	}
	switch {
	case named && name == "default", !named && toInt(mode, "debug_mode") == 0:
		UseDeterministicAlgorithms(false)
	case named && name == "warn", !named && toInt(mode, "debug_mode") == 1:
		UseDeterministicAlgorithms(true, WarnOnly(true))
	case named && name == "error", !named && toInt(mode, "debug_mode") == 2:
		UseDeterministicAlgorithms(true)
	case named:
		refuse(runtimeErrorKind, "invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got %s", name)
	default:
		refuse(runtimeErrorKind, "invalid value of debug_mode, expected 0, 1, or 2, but got %v", mode)
	}
}

// GetDeterministicDebugMode returns 0, 1 or 2, as [SetDeterministicDebugMode]
// takes them.
func GetDeterministicDebugMode() int {
	switch {
	case !AreDeterministicAlgorithmsEnabled():
		return 0
	case IsDeterministicAlgorithmsWarnOnlyEnabled():
		return 1
	}
	return 2
}

// SetFloat32MatmulPrecision sets how exactly matrices of float32 are multiplied:
// "highest" (at first), "high" or "medium". Python's
// torch.set_float32_matmul_precision.
func SetFloat32MatmulPrecision(precision string) {
	var f frame
	f.PutString(precision)
	f.call(entrySetMatmulPrecision)
}

// GetFloat32MatmulPrecision returns what [SetFloat32MatmulPrecision] has set.
func GetFloat32MatmulPrecision() string {
	var f frame
	f.call(entryMatmulPrecision)
	return [...]string{"highest", "high", "medium"}[f.Take()]
}

// SetFlushDenormal has libtorch's operators on the CPU treat denormal numbers
// as zero, and reports whether the processor can do that. Go's own arithmetic
// goes on to know them. Python's torch.set_flush_denormal, which is for the
// calling thread; this is for all goroutines.
func SetFlushDenormal(on bool) bool {
	var f frame
	f.PutBool(on)
	f.call(entrySetFlushDenormal)
	return f.TakeBool()
}

// SetWarnAlways has libtorch issue warnings each time that it otherwise issues
// once in a process. Python's torch.set_warn_always.
func SetWarnAlways(on bool) {
	var f frame
	f.PutBool(on)
	f.call(entrySetWarnAlways)
}

// IsWarnAlwaysEnabled reports what [SetWarnAlways] has set.
func IsWarnAlwaysEnabled() bool { return askProcess(entryIsWarnAlwaysEnabled) }

func askProcess(fn *csrc.Function) bool {
	var f frame
	f.call(fn)
	return f.TakeBool()
}
