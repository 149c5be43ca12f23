package cuda

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/setting"
	"github.com/wangkuiyi/gotorch/torch"
)

// FlashSdpEnabled reports whether scaled_dot_product_attention may use flash
// attention, which it may at first. Package nn/attention chooses kernels for the
// time of a function.
func FlashSdpEnabled() bool { return setting.On("cuda.flash_sdp") }

// EnableFlashSdp says whether scaled_dot_product_attention may use flash attention.
func EnableFlashSdp(enabled bool) { setting.Set("cuda.flash_sdp", enabled) }

// MemEfficientSdpEnabled reports whether scaled_dot_product_attention may use the
// kernel that saves memory, which it may at first.
func MemEfficientSdpEnabled() bool { return setting.On("cuda.mem_efficient_sdp") }

// EnableMemEfficientSdp says whether scaled_dot_product_attention may use the kernel
// that saves memory.
func EnableMemEfficientSdp(enabled bool) { setting.Set("cuda.mem_efficient_sdp", enabled) }

// MathSdpEnabled reports whether scaled_dot_product_attention may compute with
// products of matrices, which it may at first.
func MathSdpEnabled() bool { return setting.On("cuda.math_sdp") }

// EnableMathSdp says whether scaled_dot_product_attention may compute with products
// of matrices.
func EnableMathSdp(enabled bool) { setting.Set("cuda.math_sdp", enabled) }

// CudnnSdpEnabled reports whether scaled_dot_product_attention may use cuDNN, which
// it may at first.
func CudnnSdpEnabled() bool { return setting.On("cuda.cudnn_sdp") }

// EnableCudnnSdp says whether scaled_dot_product_attention may use cuDNN.
func EnableCudnnSdp(enabled bool) { setting.Set("cuda.cudnn_sdp", enabled) }

// Fp16Bf16ReductionMathSdpAllowed reports whether scaled_dot_product_attention,
// where it computes with products of matrices, may add up float16 and bfloat16
// without float32 in between. At first it may not.
func Fp16Bf16ReductionMathSdpAllowed() bool { return setting.On("cuda.fp16_bf16_reduction_math_sdp") }

// AllowFp16Bf16ReductionMathSdp sets what [Fp16Bf16ReductionMathSdpAllowed] returns.
func AllowFp16Bf16ReductionMathSdp(enabled bool) {
	setting.Set("cuda.fp16_bf16_reduction_math_sdp", enabled)
}

// SDPAParams are the arguments of a scaled_dot_product_attention.
type SDPAParams struct {
	Query, Key, Value *torch.Tensor
	AttnMask          *torch.Tensor // nil: none
	Dropout           float64
	IsCausal          bool
	EnableGqa         bool
}

const ofAttention = "(Tensor query, Tensor key, Tensor value, Tensor? mask, float dropout, bool causal, " +
	"bool gqa, bool debug) -> bool"

var (
	flashAttentionAvailable = csrc.Entry("cuda::is_flash_attention_available() -> bool")
	canUseFlash             = csrc.Entry("cuda::can_use_flash_attention" + ofAttention)
	canUseEfficient         = csrc.Entry("cuda::can_use_mem_efficient_attention" + ofAttention)
	canUseCudnn             = csrc.Entry("cuda::can_use_cudnn_attention" + ofAttention)
)

// IsFlashAttentionAvailable reports whether libtorch has flash attention for GPUs.
// Where CUDA is not open, for want of a driver say, it is false.
func IsFlashAttentionAvailable() bool {
	if csrc.CUDA() != nil {
		return false
	}
	var f entry.Frame
	f.Call(flashAttentionAvailable)
	return f.TakeBool()
}

// CanUseFlashAttention reports whether flash attention can compute this attention
// on a GPU. With debug, it warns of what is in the way. Without CUDA it is false.
func CanUseFlashAttention(params SDPAParams, debug ...bool) bool {
	return params.ask(canUseFlash, debug)
}

// CanUseEfficientAttention reports whether the kernel that saves memory can compute
// this attention on a GPU. With debug, it warns of what is in the way. Without CUDA
// it is false.
func CanUseEfficientAttention(params SDPAParams, debug ...bool) bool {
	return params.ask(canUseEfficient, debug)
}

// CanUseCudnnAttention reports whether cuDNN can compute this attention. With debug,
// it warns of what is in the way. Without CUDA it is false.
func CanUseCudnnAttention(params SDPAParams, debug ...bool) bool {
	return params.ask(canUseCudnn, debug)
}

func (p SDPAParams) ask(fn *csrc.Function, debug []bool) bool {
	if csrc.CUDA() != nil {
		return false
	}
	var f entry.Frame
	p.Query.PutInto(&f, "query")
	p.Key.PutInto(&f, "key")
	p.Value.PutInto(&f, "value")
	if p.AttnMask == nil {
		f.Put(0)
	} else {
		p.AttnMask.PutInto(&f, "attn_mask")
	}
	f.PutFloat(p.Dropout)
	f.PutBool(p.IsCausal)
	f.PutBool(p.EnableGqa)
	f.PutBool(len(debug) > 0 && debug[0])
	f.Call(fn)
	runtime.KeepAlive(p)
	return f.TakeBool()
}
