package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nested"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// inAutocast runs fn in autocast for a type of device, which need not be there.
func inAutocast(deviceType string, fn func()) {
	torch.AutocastState{
		Device: torch.NewDevice(deviceType).Type(), Enabled: true, DType: torch.BFloat16, CacheEnabled: true,
	}.Run(fn)
}

// In autocast for CUDA, and only in that, attention keeps off its fast paths, which
// make padding zero. That for the CPU has them fail, in Python, too.
func TestFastPathsInAutocast(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	for _, device := range []string{"cpu", "cuda"} {
		py := parity.Run(t, `
			device = "`+device+`"
			torch.manual_seed(0)
			m = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2).eval()
			x = torch.sin(torch.arange(2 * 3 * 8)).view(2, 3, 8)
			pad = torch.tensor([[False, False, True], [False, False, False]])
			def attempt(f):
			    before = torch.get_autocast_dtype(device)
			    torch.set_autocast_enabled(device, True)
			    torch.set_autocast_dtype(device, torch.bfloat16)
			    try: return f()
			    except Exception as e: return str(e)
			    finally:
			        torch.clear_autocast_cache()
			        torch.set_autocast_enabled(device, False)
			        torch.set_autocast_dtype(device, before)
			with torch.no_grad():
			    out["y"] = attempt(lambda: m(x, src_key_padding_mask=pad))
			    out["layer"] = attempt(lambda: m.layers[0](x))
			    out["attention"] = attempt(lambda: m.layers[0].self_attn(x, x, x)[0])
		`)
		torch.ManualSeed(0)
		m := nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(8, 2, nn.DimFeedforward(12), nn.BatchFirst(true)), 2)
		m.Eval()
		layer := m.Layers.At(0)
		x := torch.Arange(2*3*8).Sin().View(2, 3, 8)
		pad := torch.NewTensor([][]bool{{false, false, true}, {false, false, false}})
		for name, forward := range map[string]func() *torch.Tensor{
			"y":     func() *torch.Tensor { return m.Forward(x, nn.SrcKeyPaddingMask(pad)) },
			"layer": func() *torch.Tensor { return layer.Forward(x) },
			"attention": func() *torch.Tensor {
				y, _ := layer.SelfAttn.Forward(x, x, x)
				return y
			},
		} {
			var y *torch.Tensor
			err := torch.Try(func() { torch.NoGrad(func() { inAutocast(device, func() { y = forward() }) }) })
			if want, failed := py.Value(name).Value.(string); failed {
				var e *torch.Error
				require.ErrorAs(t, err, &e, name)
				assert.Equal(t, want, e.Message, name)
			} else {
				require.NoError(t, err, name)
				py.EqualTensor(name, y)
			}
		}
	}
	x := nested.NestedTensor([]*torch.Tensor{torch.Ones([]int64{2, 8}), torch.Ones([]int64{3, 8})})
	m := nn.NewMultiheadAttention(8, 2, nn.BatchFirst(true))
	m.Eval()
	torch.NoGrad(func() {
		m.Forward(x, x, x)
		err := torch.Try(func() { inAutocast("cuda", func() { m.Forward(x, x, x) }) })
		assert.ErrorContains(t, err, "The fast path was not hit because autocast is enabled")
	})
}

// Recurrent layers pass on input of another dtype in autocast. In that for another
// device kernels refuse it.
func TestRecurrentLayersInAutocast(t *testing.T) {
	testkit.UseDevice(t, torch.Device{})
	py := parity.Run(t, `
		torch.manual_seed(0)
		m = nn.LSTM(3, 4)
		x = torch.sin(torch.arange(2 * 1 * 3)).view(2, 1, 3).bfloat16()
		with torch.autocast("cpu"): out["y"] = m(x)[0]
		try:
		    with torch.autocast("xpu"): m(x)
		except Exception as e: out["error"] = str(e)
	`)
	torch.ManualSeed(0)
	m := nn.NewLSTM(3, 4)
	x := torch.Arange(2*1*3).Sin().View(2, 1, 3).Bfloat16()
	inAutocast("cpu", func() {
		y, _, _ := m.Forward(x)
		py.EqualTensor("y", y)
	})
	var e *torch.Error
	require.ErrorAs(t, torch.Try(func() { inAutocast("xpu", func() { m.Forward(x) }) }), &e)
	assert.Equal(t, py.Text("error"), e.Message)
	assert.ErrorContains(t, torch.Try(func() { m.Forward(x) }), "does not match weight dtype")
}
