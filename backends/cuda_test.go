package backends_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/backends"
	"github.com/wangkuiyi/gotorch/backends/cuda"
	"github.com/wangkuiyi/gotorch/backends/cudnn"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestPlanCache(t *testing.T) {
	parity.NeedDevices(t, 1)
	cache := cuda.CufftPlanCache()
	assert.Equal(t, cache, cuda.CufftPlanCache(torch.CUDA(0)))
	before := cache.MaxSize()
	assert.Equal(t, 4096, before)
	cache.SetMaxSize(7)
	defer cache.SetMaxSize(before)
	assert.Equal(t, 7, cache.MaxSize())
	for i := 1; i < torch.CudaDeviceCount(); i++ {
		assert.Equal(t, before, cuda.CufftPlanCache(torch.CUDA(i)).MaxSize(), "another device's")
	}
	cache.Clear()
	assert.Zero(t, cache.Size())
	for _, device := range []string{"cuda:9", "cpu", "mps:0"} {
		py := parity.RunError(t, fmt.Sprintf("torch.backends.cuda.cufft_plan_cache[%q]", device))
		e := torch.Try(func() { cuda.CufftPlanCache(torch.NewDevice(device)) }).(*torch.Error)
		assert.Equal(t, *py.Error, parity.Exception{Type: e.Kind, Message: e.Message, Trace: py.Error.Trace})
	}
	assert.ErrorContains(t, torch.Try(func() { cache.SetMaxSize(-1) }), "must be non-negative")
}

func TestWorkspaceSize(t *testing.T) {
	testkit.NeedDevices(t, 1)
	before, beforeLt := cuda.CublasWorkspaceSize(), cuda.CublasltWorkspaceSize()
	assert.Equal(t, int64(1<<20), cuda.CublasWorkspaceSize(1<<20))
	assert.Equal(t, int64(1<<20), cuda.BlasWorkspaceSize(""))
	assert.Equal(t, int64(2<<20), cuda.BlasWorkspaceSize("cublaslt", 2<<20))
	assert.Equal(t, int64(2<<20), cuda.CublasltWorkspaceSize())
	e := torch.Try(func() { cuda.CublasWorkspaceSize(-1) }).(*torch.Error)
	assert.Equal(t, "cublas workspace size must be non-negative, got -1", e.Message)
	e = torch.Try(func() { cuda.CublasltWorkspaceSize(-1) }).(*torch.Error)
	assert.Equal(t, "cublaslt workspace size must be non-negative, got -1", e.Message)
	assert.Equal(t, before, cuda.CublasWorkspaceSize(before))
	assert.Equal(t, beforeLt, cuda.CublasltWorkspaceSize(beforeLt))
}

func TestCudnnVersion(t *testing.T) {
	testkit.NeedDevices(t, 1)
	assert.True(t, cudnn.IsAvailable())
	assert.True(t, cuda.IsBuilt())
	assert.Positive(t, cudnn.Version())
	x := torch.Ones([]int64{2}, torch.CUDA())
	cudnn.Flags(func() {
		assert.True(t, cudnn.IsAcceptable(x))
		assert.False(t, cudnn.IsAcceptable(x.To(torch.Int32)))
	}, backends.Enabled(true))
	cudnn.Flags(func() { assert.False(t, cudnn.IsAcceptable(x)) })
}

// Python prints what is in the way of a kernel, so that only the answers can be
// compared with it.
func TestCanUse(t *testing.T) {
	py := parity.RunOnDevices(t, 1, `
		from torch.backends import cuda
		answers = out["answers"] = []
		switches = cuda.enable_flash_sdp, cuda.enable_mem_efficient_sdp, cuda.enable_cudnn_sdp
		before = cuda.flash_sdp_enabled(), cuda.mem_efficient_sdp_enabled(), cuda.cudnn_sdp_enabled()
		for on in True, False:
			for switch in switches:
				switch(on)
			half = lambda *sizes: torch.ones(sizes, device="cuda").half()
			for q, k, mask, dropout, causal, gqa in (
				(torch.ones(1, 2, 4, 8), torch.ones(1, 2, 4, 8), None, 0, False, False),
				(torch.ones(1, 2, 4, 8, device="cuda"), torch.ones(1, 2, 4, 8, device="cuda"), None, 0, True, False),
				(half(1, 2, 4, 8), half(1, 2, 4, 8), None, 0.5, False, False),
				(half(1, 4, 4, 6), half(1, 2, 4, 6), None, 0, False, True),
				(half(1, 2, 4, 8), half(1, 2, 5, 8), torch.ones(4, 5, device="cuda").bool(), 0, False, False),
			):
				p = cuda.SDPAParams(q, k, k, mask, dropout, causal, gqa)
				for can in cuda.can_use_flash_attention, cuda.can_use_efficient_attention, cuda.can_use_cudnn_attention:
					answers.append(str(can(p)))
		for switch, on in zip(switches, before):
			switch(on)
	`)
	defer cuda.EnableFlashSdp(cuda.FlashSdpEnabled())
	defer cuda.EnableMemEfficientSdp(cuda.MemEfficientSdpEnabled())
	defer cuda.EnableCudnnSdp(cuda.CudnnSdpEnabled())
	half := func(sizes ...int64) *torch.Tensor { return torch.Ones(sizes, torch.CUDA(), torch.Float16) }
	cpu, single := torch.Ones([]int64{1, 2, 4, 8}), torch.Ones([]int64{1, 2, 4, 8}, torch.CUDA())
	q, longer, wide, narrow := half(1, 2, 4, 8), half(1, 2, 5, 8), half(1, 4, 4, 6), half(1, 2, 4, 6)
	var answers []string
	for _, on := range []bool{true, false} {
		cuda.EnableFlashSdp(on)
		cuda.EnableMemEfficientSdp(on)
		cuda.EnableCudnnSdp(on)
		for _, p := range []cuda.SDPAParams{
			{Query: cpu, Key: cpu, Value: cpu},
			{Query: single, Key: single, Value: single, IsCausal: true},
			{Query: q, Key: q, Value: q, Dropout: 0.5},
			{Query: wide, Key: narrow, Value: narrow, EnableGqa: true},
			{Query: q, Key: longer, Value: longer, AttnMask: torch.Ones([]int64{4, 5}, torch.Bool, torch.CUDA())},
		} {
			for _, can := range []func(cuda.SDPAParams, ...bool) bool{
				cuda.CanUseFlashAttention, cuda.CanUseEfficientAttention, cuda.CanUseCudnnAttention,
			} {
				answers = append(answers, inPython(func() any { return can(p) }))
				if !can(p) {
					assert.Regexp(t, "^False .+", inPython(func() any { return can(p, true) }), "the reason")
				}
			}
		}
	}
	assert.Equal(t, py.Strings("answers"), answers)
	assert.Contains(t, answers, "True")
	e := torch.Try(func() { cuda.CanUseFlashAttention(cuda.SDPAParams{Query: q, Key: q}) }).(*torch.Error)
	assert.Equal(t, "argument 'value' must be Tensor, not None", e.Message)
}
