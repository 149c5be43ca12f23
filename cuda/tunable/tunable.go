/*
Package tunable is about TunableOp, by which libtorch tries which of several kernels computes
a product of matrices fastest, and remembers that in a file: Python's torch.cuda.tunable.

	tunable.Enable(true)
	tunable.SetFilename("tuned.csv")
	for range 10 { step() } // the first step tries kernels

On NVIDIA's GPUs these are the kernels that cuBLASLt proposes. The settings hold for the whole
process, and environment variables such as PYTORCH_TUNABLEOP_ENABLED go before them. The file
is written when the program exits, and as results come.
*/
package tunable

import (
	"runtime"
	"strconv"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	getSetting    = csrc.Entry("cuda::tunable_get(str name) -> int")
	setSetting    = csrc.Entry("cuda::tunable_set(str name, int value) -> ()")
	setFilename   = csrc.Entry("cuda::tunable_set_filename(str name, bool insert_device) -> ()")
	filename      = csrc.Entry("cuda::tunable_filename() -> str")
	readFile      = csrc.Entry("cuda::tunable_read_file(str name) -> bool")
	setTolerances = csrc.Entry("cuda::tunable_set_numerical_check(bool enable, float atol, float rtol) -> ()")
	results       = csrc.Entry("cuda::tunable_results() -> str")
	validators    = csrc.Entry("cuda::tunable_validators() -> str")
	pushMask      = csrc.Entry("cuda::tunable_push_mask(bool m, bool n, bool k, bool batch) -> int")
	popMask       = csrc.Entry("cuda::tunable_pop_mask(int mask) -> ()")
)

// Enable is the switch for all of TunableOp. It is off by default.
func Enable(on bool) { set("enabled", toInt(on)) }

// IsEnabled reports whether TunableOp is on.
func IsEnabled() bool { return get("enabled") != 0 }

// TuningEnable says whether kernels are tried where no result is known yet; otherwise
// only results that are known are used. It is on by default.
func TuningEnable(on bool) { set("tuning", toInt(on)) }

// TuningIsEnabled reports what [TuningEnable] has set.
func TuningIsEnabled() bool { return get("tuning") != 0 }

// RecordUntunedEnable says whether products without a result are written to a file. It is
// off by default.
func RecordUntunedEnable(on bool) { set("record_untuned", toInt(on)) }

// RecordUntunedIsEnabled reports what [RecordUntunedEnable] has set.
func RecordUntunedIsEnabled() bool { return get("record_untuned") != 0 }

// WildcardFallbackEnable says whether results for sizes that were left open by
// [DynamicDimsMask] are used for sizes without one of their own. It is off by default.
func WildcardFallbackEnable(on bool) { set("wildcard_fallback", toInt(on)) }

// WildcardFallbackIsEnabled reports what [WildcardFallbackEnable] has set.
func WildcardFallbackIsEnabled() bool { return get("wildcard_fallback") != 0 }

// SetMaxTuningDuration sets for how many milliseconds a kernel is tried: 30 by default. A
// kernel runs at least once.
func SetMaxTuningDuration(milliseconds int) { set("max_tuning_duration", milliseconds) }

// GetMaxTuningDuration returns what [SetMaxTuningDuration] has set.
func GetMaxTuningDuration() int { return get("max_tuning_duration") }

// SetMaxTuningIterations sets how many times a kernel is tried: 100 by default.
func SetMaxTuningIterations(n int) { set("max_tuning_iterations", n) }

// GetMaxTuningIterations returns what [SetMaxTuningIterations] has set.
func GetMaxTuningIterations() int { return get("max_tuning_iterations") }

// SetCublasltRequestedAlgoCount sets how many kernels of cuBLASLt's are tried, at least
// 1: 8 by default.
func SetCublasltRequestedAlgoCount(n int) { set("cublaslt_requested_algo_count", n) }

// GetCublasltRequestedAlgoCount returns what [SetCublasltRequestedAlgoCount] has set.
func GetCublasltRequestedAlgoCount() int { return get("cublaslt_requested_algo_count") }

// SetRotatingBufferSize sets how many megabytes of copies of the operands take turns while
// a kernel is tried, so that they do not stay in the cache. 0 means none; less, the size of
// the GPU's cache, which is the default.
func SetRotatingBufferSize(megabytes int) { set("rotating_buffer_size", megabytes) }

// GetRotatingBufferSize returns the size of the copies in kilobytes.
func GetRotatingBufferSize() int { return get("rotating_buffer_size") }

// A Tolerance is an option of [SetNumericalCheckTolerances]: [Atol], [Rtol].
type Tolerance interface{ set(atol, rtol *float64) }

// Atol is how much a kernel's result may differ from the default one's. Its default is
// 1e-5.
type Atol float64

// Rtol is how much a kernel's result may differ from the default one's, for each unit of
// that. Its default is 1e-5.
type Rtol float64

func (v Atol) set(atol, _ *float64) { *atol = float64(v) }
func (v Rtol) set(_, rtol *float64) { *rtol = float64(v) }

// SetNumericalCheckTolerances says whether a kernel is rejected whose results differ from
// the default one's.
func SetNumericalCheckTolerances(enable bool, opts ...Tolerance) {
	atol, rtol := 1e-5, 1e-5
	for _, o := range opts {
		if o != nil {
			o.set(&atol, &rtol)
		}
	}
	var f entry.Frame
	f.PutBool(enable)
	f.PutFloat(atol)
	f.PutFloat(rtol)
	call(&f, setTolerances)
}

// InsertDeviceOrdinal has [SetFilename] put the current device's index into the name, so
// that processes with a GPU each write to files of their own. Its default is false.
type InsertDeviceOrdinal bool

// SetFilename sets the file from which results are read, at the first product, and to which
// they are written.
func SetFilename(name string, insert ...InsertDeviceOrdinal) {
	var f entry.Frame
	f.PutString(name)
	f.PutBool(len(insert) > 0 && bool(insert[0]))
	call(&f, setFilename)
}

// GetFilename returns the file of the results; "" before one was set or needed.
func GetFilename() string {
	var f entry.Frame
	call(&f, filename)
	return f.TakeString()
}

// ReadFile reads results from a file; without a name, from that of [GetFilename]. It
// reports whether there is one whose lines fit this libtorch: see [GetValidators].
func ReadFile(name ...string) bool {
	path := ""
	if len(name) > 0 {
		path = name[0]
	} else {
		path = GetFilename()
	}
	var f entry.Frame
	f.PutString(path)
	call(&f, readFile)
	return f.TakeBool()
}

// A Result is which kernel was found to be the fastest for a product.
type Result struct {
	Operator   string  // such as "GemmTunableOp_float_NT"
	Parameters string  // such as "nt_25088_4096_64"
	Solution   string  // the kernel
	Time       float64 // in milliseconds
}

// GetResults returns all results that are known, in no order.
func GetResults() []Result {
	var list []Result
	for _, fields := range lines(results) {
		time, _ := strconv.ParseFloat(fields[3], 64)
		list = append(list, Result{fields[0], fields[1], fields[2], time})
	}
	return list
}

// GetValidators returns what a file of results must agree with, by name: versions of
// PyTorch and of CUDA's libraries.
func GetValidators() map[string]string {
	all := map[string]string{}
	for _, fields := range lines(validators) {
		all[fields[0]] = fields[1]
	}
	return all
}

// A Dim is a size of a product of matrices, of M x K by K x N.
type Dim int

// The sizes.
const (
	M     Dim = iota // the rows of the first matrix
	N                // the columns of the second
	K                // the columns of the first
	Batch            // the number of products
)

// DynamicDimsMask runs fn, in which results for products are for any value of these sizes.
// It holds for this goroutine. Python's "with tunable.dynamic_dims_mask(M=True):".
func DynamicDimsMask(fn func(), dims ...Dim) {
	if fn == nil {
		panic(torch.NewError("TypeError", "fn must be a function, not nil"))
	}
	var open [Batch + 1]bool
	for _, d := range dims {
		if d >= M && d <= Batch {
			open[d] = true
		}
	}
	runtime.LockOSThread() // libtorch keeps the mask for each thread
	defer runtime.UnlockOSThread()
	var f entry.Frame
	for _, on := range open {
		f.PutBool(on)
	}
	call(&f, pushMask)
	defer func(mask uint64) {
		var f entry.Frame
		f.Put(mask)
		call(&f, popMask)
	}(f.Take())
	fn()
}

func call(f *entry.Frame, fn *csrc.Function) {
	entry.Torch.RequireCUDA()
	f.Call(fn)
}

func get(name string) int {
	var f entry.Frame
	f.PutString(name)
	call(&f, getSetting)
	return int(f.TakeInt())
}

func set(name string, value int) {
	var f entry.Frame
	f.PutString(name)
	f.PutInt(int64(value))
	call(&f, setSetting)
}

// lines calls a function that returns lines of fields.
func lines(fn *csrc.Function) [][]string {
	var f entry.Frame
	call(&f, fn)
	var list [][]string
	for line := range strings.Lines(f.TakeString()) {
		list = append(list, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return list
}

func toInt(on bool) int {
	if on {
		return 1
	}
	return 0
}
