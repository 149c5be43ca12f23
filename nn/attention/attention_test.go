package attention_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/backends/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn/attention"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// Each kernel of the processor's gives Python's bits, and the two differ.
func TestKernelsOfCPU(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	py := parity.Run(t, `
		from torch.nn.attention import sdpa_kernel, SDPBackend as B
		torch.manual_seed(0)
		q, k, v = torch.randn(3, 1, 2, 40, 16)
		attend = lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)
		for name, backends in ("math", B.MATH), ("flash", [B.FLASH_ATTENTION]), ("both", [B.MATH, B.FLASH_ATTENTION]):
			with sdpa_kernel(backends):
				out[name] = attend()
	`)
	torch.ManualSeed(0)
	qkv := torch.Randn([]int64{3, 1, 2, 40, 16})
	q, k, v := qkv.Index(0), qkv.Index(1), qkv.Index(2)
	attend := func() *torch.Tensor {
		return functional.ScaledDotProductAttention(q, k, v, functional.IsCausal(true))
	}
	before := attend()
	attention.SdpaKernel(attention.Math, func() { py.EqualTensor("math", attend()) })
	attention.SdpaKernel([]attention.SDPBackend{attention.FlashAttention}, func() { py.EqualTensor("flash", attend()) })
	attention.SdpaKernel([]attention.SDPBackend{attention.Math, attention.FlashAttention}, func() { py.EqualTensor("both", attend()) })
	assert.True(t, torch.Equal(before, attend()))
}

func switches() string {
	return fmt.Sprint(cuda.FlashSdpEnabled(), cuda.MemEfficientSdpEnabled(), cuda.MathSdpEnabled(), cuda.CudnnSdpEnabled())
}

// Nested choices, and those of a function that panics, end with their functions.
func TestNesting(t *testing.T) {
	before := switches()
	attention.SdpaKernel(attention.Math, func() {
		assert.Equal(t, "false false true false", switches())
		assert.Panics(t, func() {
			attention.SdpaKernel([]attention.SDPBackend{attention.CudnnAttention, attention.EfficientAttention}, func() {
				assert.Equal(t, "false true false true", switches())
				panic("!")
			}, attention.SetPriority(true))
		})
		assert.Equal(t, "false false true false", switches())
	})
	assert.Equal(t, before, switches())
}

// Where no kernel may compute, the error is Python's.
func TestNone(t *testing.T) {
	py := parity.RunError(t, `
		from torch.nn.attention import sdpa_kernel, SDPBackend as B
		q = torch.ones(1, 2, 4, 8)
		with sdpa_kernel([B.CUDNN_ATTENTION]):
			F.scaled_dot_product_attention(q, q, q)
	`)
	q := torch.Ones([]int64{1, 2, 4, 8})
	err := torch.Try(func() {
		attention.SdpaKernel(attention.CudnnAttention, func() { functional.ScaledDotProductAttention(q, q, q) })
	})
	if assert.Error(t, err) {
		assert.Equal(t, py.Error.Message, err.(*torch.Error).Message)
	}
	assert.NoError(t, torch.Try(func() { functional.ScaledDotProductAttention(q, q, q) }))
}

func TestNames(t *testing.T) {
	py := parity.Run(t, `
		B = torch.nn.attention.SDPBackend
		out["names"] = [str(b) for b in (B.ERROR, B.MATH, B.FLASH_ATTENTION, B.EFFICIENT_ATTENTION, B.CUDNN_ATTENTION, B.OVERRIDEABLE)]
		out["numbers"] = [int(b) for b in (B.ERROR, B.MATH, B.FLASH_ATTENTION, B.EFFICIENT_ATTENTION, B.CUDNN_ATTENTION, B.OVERRIDEABLE)]
	`)
	var names []string
	var numbers []float64
	for b := attention.Error; b <= attention.Overrideable; b++ {
		names, numbers = append(names, b.String()), append(numbers, float64(b))
	}
	assert.Equal(t, py.Strings("names"), names)
	assert.Equal(t, py.Numbers("numbers"), numbers)
	assert.Equal(t, "SDPBackend(9)", attention.SDPBackend(9).String())
}
