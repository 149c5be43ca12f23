/*
Package attention chooses the kernels that functional.ScaledDotProductAttention, and
with it nn.MultiheadAttention, computes with: Python's torch.nn.attention.

	attention.SdpaKernel(attention.FlashAttention, func() {
		y = functional.ScaledDotProductAttention(q, k, v)
	})
*/
package attention

import (
	"fmt"
	"slices"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/setting"
)

// An SDPBackend is a way to compute scaled dot product attention. Python's
// torch.nn.attention.SDPBackend.
type SDPBackend int

// The ways to compute. Processors have FlashAttention and Math.
const (
	Error              SDPBackend = iota - 1 // none can
	Math                                     // by products of matrices, which always can
	FlashAttention                           // block by block, without the matrix of weights
	EfficientAttention                       // with little memory
	CudnnAttention                           // by cuDNN
	Overrideable                             // by a kernel that another library brings
)

// String returns the backend's name as Python prints it.
func (b SDPBackend) String() string {
	names := [...]string{
		"ERROR", "MATH", "FLASH_ATTENTION", "EFFICIENT_ATTENTION", "CUDNN_ATTENTION", "OVERRIDEABLE",
	}
	if b < Error || int(b+1) >= len(names) {
		return fmt.Sprintf("SDPBackend(%d)", int(b))
	}
	return "SDPBackend." + names[b+1]
}

// WarnForUnfusedKernels has the masks of package bias warn of what keeps fused kernels from
// computing with them. Python's torch.nn.attention.WARN_FOR_UNFUSED_KERNELS. It should be
// set before other goroutines compute.
var WarnForUnfusedKernels = false

// switches are the settings that allow each backend.
var switches = map[SDPBackend]string{
	Math: "cuda.math_sdp", FlashAttention: "cuda.flash_sdp", EfficientAttention: "cuda.mem_efficient_sdp",
	CudnnAttention: "cuda.cudnn_sdp", Overrideable: "cuda.overrideable_sdp",
}

// A SdpaKernelOption is an option of [SdpaKernel]: [SetPriority].
type SdpaKernelOption interface{ ordered() bool }

// SetPriority has [SdpaKernel] try the backends in their order. Otherwise the order
// is libtorch's.
type SetPriority bool

func (p SetPriority) ordered() bool { return bool(p) }

// SdpaKernel runs fn while scaled dot product attention may be computed only by one
// backend, or by several. Where none of them can, it panics with PyTorch's words.
// Afterwards what was allowed before is allowed again, also if fn panics. Python's
// torch.nn.attention.sdpa_kernel. The choice is the process's, as in Python: other
// goroutines see it, too.
func SdpaKernel[B SDPBackend | []SDPBackend](backends B, fn func(), opts ...SdpaKernelOption) {
	var chosen []SDPBackend
	switch b := any(backends).(type) {
	case SDPBackend:
		chosen = []SDPBackend{b}
	case []SDPBackend:
		chosen = b
	}
	inOrder := false
	for _, o := range opts {
		inOrder = o.ordered()
	}
	defer allow(chosen)()
	if inOrder {
		defer setOrder(order())
		setOrder(withFirst(chosen, order()))
	}
	fn()
}

// allow allows these backends alone, and returns what allows those of before.
func allow(backends []SDPBackend) (restore func()) {
	before := map[string]bool{}
	for b, name := range switches {
		before[name] = setting.On(name)
		setting.Set(name, slices.Contains(backends, b))
	}
	return func() {
		for name, on := range before {
			setting.Set(name, on)
		}
	}
}

var (
	priorityOrder    = csrc.Entry("sdp_priority_order() -> int[]")
	setPriorityOrder = csrc.Entry("set_sdp_priority_order(int[] order) -> ()")
)

// order returns the backends' numbers in the order in which they are tried.
func order() []int64 {
	var f entry.Frame
	f.Call(priorityOrder)
	return f.TakeInts()
}

func setOrder(numbers []int64) {
	var f entry.Frame
	f.PutInts(numbers)
	f.Call(setPriorityOrder)
}

// withFirst returns the chosen backends, each once, and then the others in their
// order.
func withFirst(chosen []SDPBackend, others []int64) []int64 {
	var first []int64
	for _, b := range chosen {
		if !slices.Contains(first, int64(b)) {
			first = append(first, int64(b))
		}
	}
	isFirst := func(number int64) bool { return slices.Contains(first, number) }
	return append(first, slices.DeleteFunc(others, isFirst)...)
}
