// Package entry lets the packages over package torch call libgotorch's own
// functions, as package torch does: with its errors, warnings and checks.
package entry

import "github.com/wangkuiyi/gotorch/csrc"

// Torch is what package torch lends.
var Torch struct {
	// Heed prints a report's warnings, and panics with its error.
	Heed func(*csrc.Report)
	// RequireCUDA panics if CUDA cannot be used.
	RequireCUDA func()
	// CUDAReady reports whether CUDA has been used.
	CUDAReady func() bool
	// RefuseArgument panics with a TypeError.
	RefuseArgument func(format string, args ...any)
}

// RequireFunc refuses a nil function, which is not given. Called, it would be a
// runtime.Error, and no *torch.Error.
func RequireFunc(name string, given bool) {
	if !given {
		Torch.RefuseArgument("argument '%s' must be a function, not None", name)
	}
}

// A Frame carries one call.
type Frame struct{ csrc.Frame }

// Call runs fn. It panics with a *torch.Error if fn fails.
func (f *Frame) Call(fn *csrc.Function) {
	if report := f.Frame.Call(fn); report != nil {
		Torch.Heed(report)
	}
}

// Int calls a function without arguments that returns an integer.
func Int(fn *csrc.Function) int64 {
	var f Frame
	f.Call(fn)
	return f.TakeInt()
}
