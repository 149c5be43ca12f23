package backends

import (
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
)

var (
	fp32Precision    = csrc.Entry("fp32_precision(str backend, str op) -> str")
	setFp32Precision = csrc.Entry("set_fp32_precision(str backend, str op, str precision) -> ()")
)

// An Operation is a kind of operation of a backend, such as cudnn.Conv, whose
// precision can be chosen. Its text is the backend's name in libtorch and the
// operation's: "cuda.conv".
type Operation string

// Fp32Precision returns how exactly the operation computes with float32. Python's
// torch.backends.cudnn.conv.fp32_precision and the like.
func (o Operation) Fp32Precision() string {
	var f entry.Frame
	o.put(&f)
	f.Call(fp32Precision)
	return f.TakeString()
}

// SetFp32Precision says how exactly the operation computes with float32: "ieee",
// "tf32", "bf16", or "none" for what the backend, or [SetFp32Precision], says.
// What an operation cannot do panics with PyTorch's words.
func (o Operation) SetFp32Precision(precision string) {
	var f entry.Frame
	o.put(&f)
	f.PutString(precision)
	f.Call(setFp32Precision)
}

func (o Operation) put(f *entry.Frame) {
	backend, op, _ := strings.Cut(string(o), ".")
	f.PutString(backend)
	f.PutString(op)
}

// every is all operations of all backends.
const every Operation = "generic.all"

// GetFp32Precision returns how exactly all backends compute with float32, where
// they have no setting of their own: "none" at first. Python's
// torch.backends.fp32_precision.
func GetFp32Precision() string { return every.Fp32Precision() }

// SetFp32Precision sets what [GetFp32Precision] returns: "ieee", "tf32", "bf16" or
// "none".
func SetFp32Precision(precision string) { every.SetFp32Precision(precision) }

// A Flag is an option of [Flags]: [Fp32Precision].
type Flag interface{ precision() string }

// Flags runs fn with settings, and then sets back those that were. Without options
// it sets Python's defaults: [Fp32Precision] "none". Python's torch.backends.flags.
// The settings are those of the process: other goroutines see them, too.
func Flags(fn func(), opts ...Flag) {
	precision := "none"
	for _, o := range opts {
		precision = o.precision()
	}
	defer SetFp32Precision(GetFp32Precision())
	SetFp32Precision(precision)
	fn()
}
