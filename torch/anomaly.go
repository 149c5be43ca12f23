package torch

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entrySetAnomaly       = csrc.Entry("set_anomaly(bool enabled, bool check_nan, int stack) -> ()")
	entryAnomalyEnabled   = csrc.Entry("anomaly_enabled() -> bool")
	entryAnomalyChecksNan = csrc.Entry("anomaly_checks_nan() -> bool")
)

// anomaly is the state of anomaly mode, which libtorch has once for all
// threads.
var anomaly struct {
	sync.Mutex
	stack uint64 // number of the function that returns the stack, or 0
}

// WithDetectAnomaly runs fn in anomaly mode. Package autograd calls it
// DetectAnomaly.
func WithDetectAnomaly(checkNan bool, fn func()) {
	Warn("Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.")
	stack := csrc.RegisterDirect(callback(func(f *frame) {
		text := programStack()
		f.Reply()
		f.PutString(text)
	}))
	defer csrc.Unregister(stack)
	defer swapAnomaly(true, checkNan, stack)()
	csrc.WithCallbacks(fn)
}

// swapAnomaly changes the mode, and returns what changes it back.
func swapAnomaly(enabled, checkNan bool, stack uint64) (restore func()) {
	anomaly.Lock()
	defer anomaly.Unlock()
	ask := func(fn *csrc.Function) bool {
		var f frame
		f.call(fn)
		return f.TakeBool()
	}
	before := [2]bool{ask(entryAnomalyEnabled), ask(entryAnomalyChecksNan)}
	stackBefore := anomaly.stack
	var f frame
	f.PutBool(enabled)
	f.PutBool(checkNan)
	f.Put(stack)
	f.call(entrySetAnomaly)
	anomaly.stack = stack
	return func() { swapAnomaly(before[0], before[1], stackBefore) }
}

// IsAnomalyEnabled reports whether anomaly mode is on, Python's
// torch.is_anomaly_enabled.
func IsAnomalyEnabled() bool {
	var f frame
	f.call(entryAnomalyEnabled)
	return f.TakeBool()
}

// IsAnomalyCheckNanEnabled reports whether anomaly mode, if it is on, looks for
// NaN. Python's torch.is_anomaly_check_nan_enabled.
func IsAnomalyCheckNanEnabled() bool {
	var f frame
	f.call(entryAnomalyChecksNan)
	return f.TakeBool()
}

// programStack describes the goroutine's stack as Go does, innermost first,
// from the function of this library that the program called.
func programStack() string {
	var pcs [128]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	var b strings.Builder
	for {
		f, more := frames.Next()
		if !isLibrary(f) && f.Function != "" {
			fmt.Fprintf(&b, "%s\n\t%s:%d\n", f.Function, f.File, f.Line)
		}
		if !more {
			return b.String()
		}
	}
}
