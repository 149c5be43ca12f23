// Package quantized chooses the library that computes with quantized tensors:
// Python's torch.backends.quantized.
package quantized

import (
	"slices"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/setting"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	engine    = csrc.Entry("quantized_engine() -> int")
	setEngine = csrc.Entry("set_quantized_engine(int engine) -> ()")
	engines   = csrc.Entry("quantized_engines() -> int[]")
)

// names are those of libtorch's engines, by its numbers.
var names = []string{"none", "fbgemm", "qnnpack", "onednn", "x86"}

// Engine returns the engine in use: "x86", "fbgemm", "qnnpack", "onednn" or "none".
func Engine() string { return names[entry.Int(engine)] }

// SetEngine sets the engine in use, one of [SupportedEngines]. Others panic with
// PyTorch's words.
func SetEngine(name string) {
	if name == "" {
		name = "none"
	}
	number := slices.Index(names, name)
	if number < 0 {
		panic(torch.NewError("RuntimeError", "%s is not a valid value for quantized engine", name))
	}
	setting.SetInts(setEngine, int64(number))
}

// SupportedEngines returns the engines that this libtorch has.
func SupportedEngines() []string {
	var f entry.Frame
	f.Call(engines)
	var supported []string
	for _, number := range f.TakeInts() {
		supported = append(supported, names[number])
	}
	return supported
}
