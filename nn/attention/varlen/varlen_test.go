package varlen_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/backends/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn/attention"
	"github.com/wangkuiyi/gotorch/nn/attention/varlen"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// What is refused, is refused in Python's words. Processors have no such kernel.
func TestMisuse(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	parity.Compare(t, `
	from torch.nn.attention import sdpa_kernel, SDPBackend as B
	from torch.nn.attention.varlen import *
	q, k, cu = torch.ones(6, 4, 8, device="cpu"), torch.ones(6, 3, 8, device="cpu"), torch.tensor([0, 2, 6], dtype=torch.int32, device="cpu")
	def beginning(f):
		try: f()
		except Exception as e: log(type(e).__name__ + ": " + str(e)[:120])
	with sdpa_kernel(B.FLASH_ATTENTION):
		fail(lambda: varlen_attn(q, k, k, cu, cu, 4, 4))
		fail(lambda: varlen_attn(q, k, k, cu, cu, 4, 4, enable_gqa=True))
		for scale in (-1.0, 0.0, float("nan")): fail(lambda: varlen_attn(q, q, q, cu, cu, 4, 4, scale=scale))
		beginning(lambda: varlen_attn(q, q[None], q[None], cu, cu, 4, 4, block_table=cu))
		beginning(lambda: varlen_attn(q, q, q, cu, cu, 4, 4))
		beginning(lambda: varlen_attn(q, q, q, cu, None, 4, 4, window_size=(3, 0), scale=0.5, seqused_k=cu, num_splits=1))
		beginning(lambda: varlen_attn_out(q, q, q, q, cu, cu, 4, 4))
	with sdpa_kernel(B.MATH): fail(lambda: varlen_attn(q, q, q, cu, cu, 4, 4))
	`, func(log func(...any)) {
		q, k := torch.Ones([]int64{6, 4, 8}), torch.Ones([]int64{6, 3, 8})
		cu := torch.NewTensor([]int32{0, 2, 6})
		beginning := func(fn func()) {
			err := torch.Try(fn).(*torch.Error)
			log(err.Kind + ": " + err.Message[:120])
		}
		attention.SdpaKernel(attention.FlashAttention, func() {
			log(func() { varlen.VarlenAttn(q, k, k, cu, cu, 4, 4) })
			log(func() { varlen.VarlenAttn(q, k, k, cu, cu, 4, 4, varlen.EnableGqa(true)) })
			for _, scale := range []float64{-1, 0, math.NaN()} {
				log(func() { varlen.VarlenAttn(q, q, q, cu, cu, 4, 4, varlen.Scale(scale)) })
			}
			beginning(func() { varlen.VarlenAttn(q, q.Unsqueeze(0), q.Unsqueeze(0), cu, cu, 4, 4, varlen.BlockTable(cu)) })
			beginning(func() { varlen.VarlenAttn(q, q, q, cu, cu, 4, 4) })
			beginning(func() {
				varlen.VarlenAttn(q, q, q, cu, nil, 4, 4, varlen.WindowSize{3, 0}, varlen.Scale(0.5), varlen.SequsedK(cu), varlen.NumSplits(1))
			})
			beginning(func() { varlen.VarlenAttnOut(q, q, q, q, cu, cu, 4, 4) })
		})
		attention.SdpaKernel(attention.Math, func() { log(func() { varlen.VarlenAttn(q, q, q, cu, cu, 4, 4) }) })
		for _, misuse := range []func(){
			func() { varlen.VarlenAttn(nil, q, q, cu, cu, 4, 4) }, func() { varlen.VarlenAttn(q, q, q, nil, nil, 4, 4) },
			func() { varlen.VarlenAttnOut(nil, q, q, q, cu, cu, 4, 4) },
		} {
			assert.Error(t, torch.Try(misuse))
		}
	})
}

// On a GPU that has the kernel, sequences attend to themselves only, and gradients agree.
func TestOnGPU(t *testing.T) {
	testkit.NeedDevices(t, 1)
	d := torch.CUDA(0)
	if cuda.CanUseFlashAttention(params(d)) && torch.Try(func() { attend(d) }) == nil {
		q, y := attend(d)
		alone, _ := attend(d, 2)
		assert.Equal(t, alone.Shape(), y.Narrow(0, 0, 2).Shape())
		assert.NotNil(t, q.Grad())
		return
	}
	attention.SdpaKernel(attention.FlashAttention, func() {
		assert.ErrorContains(t, torch.Try(func() { attend(d) }), "Could not run 'aten::_flash_attention_forward'")
	})
}

func params(d torch.Device) cuda.SDPAParams {
	q := torch.Ones([]int64{1, 2, 6, 8}, torch.Float16, d)
	return cuda.SDPAParams{Query: q, Key: q, Value: q}
}

// attend attends within the first 2 of 6 positions, and the others, and goes backward.
func attend(d torch.Device, first ...int64) (q, y *torch.Tensor) {
	n := int64(6)
	ends := []int32{0, 2, 6}
	if len(first) > 0 {
		n, ends = first[0], []int32{0, 2}
	}
	q = torch.Ones([]int64{n, 2, 8}, torch.Float16, d).RequiresGrad_(true)
	cu := torch.NewTensor(ends).To(d)
	y = varlen.VarlenAttn(q, q, q, cu, cu, 4, 4)
	y.Sum().Backward()
	return q, y
}
