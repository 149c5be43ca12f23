package attention

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
)

func TestPriority(t *testing.T) {
	py := parity.Run(t, `
		from torch.nn.attention import sdpa_kernel, SDPBackend as B
		order = torch._C._get_sdp_priority_order
		out["before"] = order()
		everything = [B.FLASH_ATTENTION, B.EFFICIENT_ATTENTION, B.MATH, B.CUDNN_ATTENTION, B.OVERRIDEABLE]
		with sdpa_kernel(everything): # Python forgets the place of those that are off
			with sdpa_kernel([B.CUDNN_ATTENTION, B.MATH, B.CUDNN_ATTENTION], set_priority=True):
				out["inside"] = order()
				with sdpa_kernel([B.EFFICIENT_ATTENTION]):
					out["kept"] = order()
				with sdpa_kernel([B.EFFICIENT_ATTENTION], set_priority=True):
					out["nested"] = order()
			out["after"] = order()
	`)
	same := func(key string) {
		t.Helper()
		var got []float64
		for _, number := range order() {
			got = append(got, float64(number))
		}
		assert.Equal(t, py.Numbers(key), got, key)
	}
	same("before")
	SdpaKernel([]SDPBackend{CudnnAttention, Math, CudnnAttention}, func() {
		same("inside")
		SdpaKernel(EfficientAttention, func() { same("kept") })
		SdpaKernel(EfficientAttention, func() { same("nested") }, SetPriority(true))
		same("inside")
	}, SetPriority(true))
	same("after")
}
