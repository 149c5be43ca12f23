package bias_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/backends/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn/attention"
	"github.com/wangkuiyi/gotorch/nn/attention/bias"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// Masks, results and gradients are Python's, to the bit.
func TestAttention(t *testing.T) {
	parity.Compare(t, `
	from torch.nn.attention.bias import *
	for make in causal_upper_left, causal_lower_right:
		for L, S in (3, 5), (4, 4):
			mask = make(L, S)
			torch.manual_seed(0)
			q, k, v = torch.randn(2, 4, L, 6, requires_grad=True), torch.randn(2, 4, S, 6), torch.randn(2, 2, S, 6)
			log(str(mask), F.scaled_dot_product_attention(q, k, k, mask), F.scaled_dot_product_attention(q, k, k, mask, scale=0.5))
			y = F.scaled_dot_product_attention(q, v, v, mask, enable_gqa=True)
			y.sum().backward()
			log(y, q.grad)
			torch.manual_seed(1)
			log(F.scaled_dot_product_attention(q, k, k, mask, 0.5))
	q, k = torch.ones(1, 2, 3, 4), torch.ones(1, 2, 5, 4)
	mask = causal_lower_right(3, 5)
	fail(lambda: F.scaled_dot_product_attention(q, k, k, mask, is_causal=True))
	fail(lambda: F.scaled_dot_product_attention(q, k.half(), k, mask))
	fail(lambda: F.scaled_dot_product_attention(q, k[0, 0, 0], k, mask))
	fail(lambda: F.scaled_dot_product_attention(q, k, k, causal_lower_right(3, 6)))
	fail(lambda: causal_lower_right(-3, 2))
	`, func(log func(...any)) {
		for _, make := range []func(L, S int64) *bias.CausalBias{bias.CausalUpperLeft, bias.CausalLowerRight} {
			for _, size := range [][2]int64{{3, 5}, {4, 4}} {
				L, S := size[0], size[1]
				mask := make(L, S)
				torch.ManualSeed(0)
				q := torch.Randn([]int64{2, 4, L, 6}, torch.RequiresGrad(true))
				k, v := torch.Randn([]int64{2, 4, S, 6}), torch.Randn([]int64{2, 2, S, 6})
				log(mask, mask.ScaledDotProductAttention(q, k, k), mask.ScaledDotProductAttention(q, k, k, functional.Scale(0.5)))
				y := mask.ScaledDotProductAttention(q, v, v, functional.EnableGqa(true))
				y.Sum().Backward()
				log(y, q.Grad())
				torch.ManualSeed(1)
				log(mask.ScaledDotProductAttention(q, k, k, functional.DropoutP(0.5)))
			}
		}
		q, k := torch.Ones([]int64{1, 2, 3, 4}), torch.Ones([]int64{1, 2, 5, 4})
		mask := bias.CausalLowerRight(3, 5)
		log(func() { mask.ScaledDotProductAttention(q, k, k, functional.IsCausal(true)) })
		log(func() { mask.ScaledDotProductAttention(q, k.Half(), k) })
		log(func() { mask.ScaledDotProductAttention(q, k.Index(0, 0, 0), k) })
		log(func() { bias.CausalLowerRight(3, 6).ScaledDotProductAttention(q, k, k) })
		log(func() { bias.CausalLowerRight(-3, 2) })
	})
}

// On a GPU the fused kernels are asked first. The simulated one has none, and says so
// in Python's words.
func TestFusedKernels(t *testing.T) {
	testkit.NeedDevices(t, 1)
	mask := bias.CausalLowerRight(3, 5)
	for _, size := range []int64{8, 6} {
		q, k := torch.Ones([]int64{1, 2, 3, size}, torch.Float16, torch.CUDA(0)), torch.Ones([]int64{1, 2, 5, size}, torch.Float16, torch.CUDA(0))
		for backend, name := range map[attention.SDPBackend]string{
			attention.FlashAttention: "_scaled_dot_product_flash_attention", attention.EfficientAttention: "_efficient_attention_forward",
		} {
			attention.SdpaKernel(backend, func() {
				err := torch.Try(func() { mask.ScaledDotProductAttention(q, k, k) })
				usable := cuda.CanUseFlashAttention(cuda.SDPAParams{Query: q, Key: k, Value: k}) ||
					cuda.CanUseEfficientAttention(cuda.SDPAParams{Query: q, Key: k, Value: k})
				if err != nil && usable { // otherwise this is a GPU that can
					assert.ErrorContains(t, err, "Could not run 'aten::"+name)
				}
			})
		}
	}
}

func TestMisuse(t *testing.T) {
	x := torch.Ones([]int64{1, 1, 2, 4})
	for _, misuse := range []func(){
		func() { bias.NewCausalBias(0, 2, 3) }, func() { (*bias.CausalBias)(nil).Materialize() },
		func() { (*bias.CausalBias)(nil).ScaledDotProductAttention(x, x, x) }, func() { (&bias.CausalBias{}).Materialize() },
		func() { bias.CausalLowerRight(2, 3).ScaledDotProductAttention(nil, x, x) },
		func() { bias.CausalUpperLeft(2, 3).ScaledDotProductAttention(x, nil, x) },
	} {
		assert.Error(t, torch.Try(misuse))
	}
	assert.Equal(t, "UPPER_LEFT LOWER_RIGHT CausalVariant(7)", fmt.Sprint(bias.UpperLeft, bias.LowerRight, bias.CausalVariant(7)))
}

// The warnings are Python's.
func TestWarnings(t *testing.T) {
	var said []string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { said = append(said, w.Message) }))
	bias.CausalLowerRight(5, 2)
	attention.WarnForUnfusedKernels = true
	defer func() { attention.WarnForUnfusedKernels = false }()
	q, k := torch.Ones([]int64{1, 1, 2, 4}), torch.Ones([]int64{1, 1, 3, 4})
	bias.CausalLowerRight(2, 3).ScaledDotProductAttention(q, k, k)
	assert.Contains(t, said, "Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!")
	assert.Contains(t, said, "Efficient attention can't be used because:")
	assert.Contains(t, said, "Flash attention can't be used because:")
}
