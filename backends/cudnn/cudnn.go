/*
Package cudnn chooses how libtorch uses cuDNN, NVIDIA's library of neural network
kernels: Python's torch.backends.cudnn.

	cudnn.SetBenchmark(true)
	cudnn.Flags(func() { model.Forward(x) }, backends.Enabled(true), backends.Deterministic(true))
*/
package cudnn

import (
	"github.com/wangkuiyi/gotorch/backends"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/setting"
	"github.com/wangkuiyi/gotorch/torch"
)

// The operations whose precision can be chosen.
const (
	Conv backends.Operation = "cuda.conv"
	RNN  backends.Operation = "cuda.rnn"

	every backends.Operation = "cuda.all"
)

var (
	version            = csrc.Entry("cudnn_version() -> int")
	benchmarkLimit     = csrc.Entry("cudnn_benchmark_limit() -> int")
	setBenchmarkLimit  = csrc.Entry("set_cudnn_benchmark_limit(int n) -> ()")
	depthwiseKernel    = csrc.Entry("cudnn_depthwise_kernel() -> str")
	setDepthwiseKernel = csrc.Entry("set_cudnn_depthwise_kernel(str name) -> ()")
)

// IsAvailable reports whether libtorch has cuDNN: where CUDA is open. (Python says
// so on machines without a driver, too.)
func IsAvailable() bool { return setting.Has("cudnn") }

// Version returns the version of cuDNN, such as 92600 for 9.26.0; 0 if it is not
// available.
func Version() int {
	if !IsAvailable() {
		return 0
	}
	return int(entry.Int(version))
}

// IsAcceptable reports whether cuDNN may compute with t: it is enabled and
// available, and t is a tensor of float16, float32 or float64 on a GPU.
func IsAcceptable(t *torch.Tensor) bool {
	switch t.DType() {
	case torch.Float16, torch.Float32, torch.Float64:
		return Enabled() && t.IsCuda() && IsAvailable()
	}
	return false
}

// Enabled reports whether cuDNN may be used at all; it may at first.
func Enabled() bool { return setting.On("cudnn.enabled") }

// SetEnabled says whether cuDNN may be used.
func SetEnabled(on bool) { setting.Set("cudnn.enabled", on) }

// Benchmark reports whether cuDNN tries its algorithms for each new shape of a
// convolution, and keeps the fastest. At first it does not.
func Benchmark() bool { return setting.On("cudnn.benchmark") }

// SetBenchmark says whether cuDNN tries its algorithms. That pays where shapes
// stay the same.
func SetBenchmark(on bool) { setting.Set("cudnn.benchmark", on) }

// BenchmarkLimit returns how many algorithms cuDNN tries at most: 10 at first; 0 is
// all.
func BenchmarkLimit() int { return int(entry.Int(benchmarkLimit)) }

// SetBenchmarkLimit sets how many algorithms cuDNN tries at most; 0 is all.
func SetBenchmarkLimit(n int) { setting.SetInts(setBenchmarkLimit, int64(n)) }

// Deterministic reports whether cuDNN uses only algorithms whose results do not
// vary. At first it uses others, too.
func Deterministic() bool { return setting.On("cudnn.deterministic") }

// SetDeterministic says whether cuDNN uses only algorithms whose results do not
// vary.
func SetDeterministic(on bool) { setting.Set("cudnn.deterministic", on) }

// AllowTf32 reports whether cuDNN may compute float32 with TensorFloat-32, which it
// may at first. It panics, as in Python, where convolutions and recurrent layers
// were set apart by [Conv] and [RNN].
func AllowTf32() bool { return setting.On("cudnn.allow_tf32") }

// SetAllowTf32 says whether cuDNN may compute float32 with TensorFloat-32.
func SetAllowTf32(on bool) { setting.Set("cudnn.allow_tf32", on) }

// Fp32Precision returns how exactly CUDA's operations compute with float32, where
// they have no setting of their own.
func Fp32Precision() string { return every.Fp32Precision() }

// SetFp32Precision sets what [Fp32Precision] returns: "ieee", "tf32" or "none".
func SetFp32Precision(precision string) { every.SetFp32Precision(precision) }

// DepthwiseKernel returns what computes depthwise convolutions: "auto" at first,
// "cudnn" or "native".
func DepthwiseKernel() string {
	var f entry.Frame
	f.Call(depthwiseKernel)
	return f.TakeString()
}

// SetDepthwiseKernel sets what [DepthwiseKernel] returns.
func SetDepthwiseKernel(name string) {
	var f entry.Frame
	f.PutString(name)
	f.Call(setDepthwiseKernel)
}

// A Flag is an option of [Flags]: [backends.Enabled], [backends.Benchmark],
// [backends.BenchmarkLimit], [backends.Deterministic], [backends.AllowTf32],
// [backends.Fp32Precision], [backends.DepthwiseKernel].
type Flag interface{ CudnnFlag(option.Marker) }

// Flags runs fn with settings, and then sets back those that were, also if fn
// panics. What is not given has Python's defaults: Enabled(false),
// Benchmark(false), BenchmarkLimit(10), Deterministic(false), AllowTf32(true),
// Fp32Precision("none"), DepthwiseKernel("auto"). Python's
// torch.backends.cudnn.flags. The settings are those of the process: other
// goroutines see them, too.
func Flags(fn func(), opts ...Flag) {
	wanted := settings{benchmarkLimit: 10, allowTf32: true, precision: "none", depthwise: "auto"}
	for _, o := range opts {
		wanted.apply(o)
	}
	before := settings{
		Enabled(), Benchmark(), BenchmarkLimit(), Deterministic(), AllowTf32(), Fp32Precision(), DepthwiseKernel(),
	}
	defer before.set()
	wanted.set()
	fn()
}

type settings struct {
	enabled, benchmark bool
	benchmarkLimit     int
	deterministic      bool
	allowTf32          bool
	precision          string
	depthwise          string
}

func (s *settings) apply(o Flag) {
	switch o := o.(type) {
	case backends.Enabled:
		s.enabled = bool(o)
	case backends.Benchmark:
		s.benchmark = bool(o)
	case backends.BenchmarkLimit:
		s.benchmarkLimit = int(o)
	case backends.Deterministic:
		s.deterministic = bool(o)
	case backends.AllowTf32:
		s.allowTf32 = bool(o)
	case backends.Fp32Precision:
		s.precision = string(o)
	case backends.DepthwiseKernel:
		s.depthwise = string(o)
	}
}

func (s *settings) set() {
	SetEnabled(s.enabled)
	SetBenchmark(s.benchmark)
	SetBenchmarkLimit(s.benchmarkLimit)
	SetDeterministic(s.deterministic)
	SetAllowTf32(s.allowTf32)
	SetFp32Precision(s.precision)
	SetDepthwiseKernel(s.depthwise)
}
