// Package setting reads and writes libtorch's settings of torch.backends. They
// hold for the whole process.
package setting

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	isOn  = csrc.Entry("backend_switch(str name) -> bool")
	setOn = csrc.Entry("set_backend_switch(str name, bool on) -> ()")
	has   = csrc.Entry("backend_has(str name) -> bool")
)

// On reports whether a setting is on. Its name is Python's, below
// torch.backends: "cudnn.enabled".
func On(name string) bool { return askBool(isOn, name) }

// Set turns a setting on or off.
func Set(name string, on bool) {
	var f entry.Frame
	f.PutString(name)
	f.PutBool(on)
	f.Call(setOn)
}

// Has reports whether libtorch has a feature: "mkl".
func Has(name string) bool { return askBool(has, name) }

func askBool(fn *csrc.Function, name string) bool {
	var f entry.Frame
	f.PutString(name)
	f.Call(fn)
	return f.TakeBool()
}

// SetInts calls a function that takes integers and returns nothing.
func SetInts(fn *csrc.Function, arguments ...int64) {
	var f entry.Frame
	for _, a := range arguments {
		f.PutInt(a)
	}
	f.Call(fn)
}

// Verbose runs fn while a library prints what it does; level 0 is not at all.
func Verbose(set *csrc.Function, name string, level int, fn func()) {
	if level == 0 {
		fn()
		return
	}
	defer setLevel(set, 0)
	if !setLevel(set, level) {
		panic(torch.NewError("AssertionError",
			"Failed to set %s into verbose mode. Please consider to disable this verbose scope.", name))
	}
	fn()
}

func setLevel(set *csrc.Function, level int) bool {
	var f entry.Frame
	f.PutInt(int64(level))
	f.Call(set)
	return f.TakeBool()
}
