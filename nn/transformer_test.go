package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nested"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestTransformerLayersAreThoseOfPython(t *testing.T) {
	type ctor = []nn.TransformerLayerOption
	type encoding = []nn.TransformerEncoderLayerForwardOption
	type decoding = []nn.TransformerDecoderForwardOption
	encoder := func(opts ctor, pass func() encoding) func() (nn.AnyModule, func() tensors) {
		return func() (nn.AnyModule, func() tensors) {
			m := nn.NewTransformerEncoderLayer(8, 2, append(opts, nn.DimFeedforward(12))...)
			return m, func() tensors { return tensors{m.Forward(sines(3, 4, 8), pass()...)} }
		}
	}
	decoder := func(opts ctor, pass func() decoding) func() (nn.AnyModule, func() tensors) {
		return func() (nn.AnyModule, func() tensors) {
			m := nn.NewTransformerDecoderLayer(8, 2, append(opts, nn.DimFeedforward(12))...)
			return m, func() tensors { return tensors{m.Forward(sines(3, 4, 8), sines(3, 4, 8).Mul(2), pass()...)} }
		}
	}
	none := func() encoding { return nil }
	first := nn.BatchFirst(true)
	checkModes(t, []modeCase{
		{"nn.TransformerEncoderLayer(8, 2, 12, batch_first=True)", pythonSines, "m(x)", encoder(ctor{first}, none)},
		{"nn.TransformerEncoderLayer(8, 2, 12, activation='gelu', batch_first=True, norm_first=True)", pythonSines, "m(x)",
			encoder(ctor{first, nn.Activation("gelu"), nn.NormFirst(true)}, none)},
		{"nn.TransformerEncoderLayer(8, 2, 12, 0.5, nn.GELU(), 1e-3, True)", pythonSines, "m(x, src_key_padding_mask=pad)",
			encoder(ctor{nn.WithDropout(0.5), nn.ActivationLayer(nn.NewGELU()), nn.LayerNormEps(1e-3), first}, func() encoding {
				return encoding{nn.SrcKeyPaddingMask(pad())}
			})},
		{"nn.TransformerEncoderLayer(8, 2, 12, activation=nn.ReLU(), batch_first=True)", pythonSines,
			"m(x, src_mask=mask, src_key_padding_mask=pad, is_causal=True)",
			encoder(ctor{nn.ActivationLayer(nn.NewReLU()), first}, func() encoding {
				return encoding{nn.SrcMask(mask()), nn.SrcKeyPaddingMask(pad()), nn.IsCausal(true)}
			})},
		{"nn.TransformerEncoderLayer(8, 2, 12, activation=torch.tanh, bias=False, dtype=torch.float32)", pythonSines, "m(x, src_mask=numbers[0, :3, :3])",
			encoder(ctor{nn.ActivationFunc((*torch.Tensor).Tanh), nn.Bias(false), torch.Float32}, func() encoding {
				return encoding{nn.SrcMask(numbers().Index(0, torch.Slice(nil, 3), torch.Slice(nil, 3)))}
			})},
		{"nn.TransformerDecoderLayer(8, 2, 12)", pythonSines, "m(x, x * 2)", decoder(nil, func() decoding { return nil })},
		{"nn.TransformerDecoderLayer(8, 2, 12, norm_first=True, batch_first=True, activation=nn.Tanh())", pythonSines,
			"m(x, x * 2, tgt_mask=mask, memory_mask=mask, tgt_key_padding_mask=pad, memory_key_padding_mask=pad)",
			decoder(ctor{nn.NormFirst(true), first, nn.ActivationLayer(nn.NewTanh())}, func() decoding {
				return decoding{nn.TgtMask(mask()), nn.MemoryMask(mask()), nn.TgtKeyPaddingMask(pad()), nn.MemoryKeyPaddingMask(pad())}
			})},
		{"nn.TransformerDecoderLayer(8, 2, 12, batch_first=True)", pythonSines,
			"m(x, x * 2, tgt_mask=mask, memory_mask=mask, tgt_is_causal=True, memory_is_causal=True)",
			decoder(ctor{first}, func() decoding {
				return decoding{nn.TgtMask(mask()), nn.MemoryMask(mask()), nn.TgtIsCausal(true), nn.MemoryIsCausal(true)}
			})},
	})
}

func TestTransformersAreThoseOfPython(t *testing.T) {
	type encoding = []nn.TransformerEncoderForwardOption
	encoder := func(layer func() *nn.TransformerEncoderLayer, pass func() encoding, opts ...nn.TransformerEncoderOption) func() (nn.AnyModule, func() tensors) {
		return func() (nn.AnyModule, func() tensors) {
			m := nn.NewTransformerEncoder(layer(), 2, opts...)
			return m, func() tensors { return tensors{m.Forward(sines(3, 4, 8), pass()...)} }
		}
	}
	layer := func(opts ...nn.TransformerLayerOption) func() *nn.TransformerEncoderLayer {
		return func() *nn.TransformerEncoderLayer {
			return nn.NewTransformerEncoderLayer(8, 2, append(opts, nn.DimFeedforward(12))...)
		}
	}
	first := nn.BatchFirst(true)
	none := func() encoding { return nil }
	padded := func() encoding { return encoding{nn.SrcKeyPaddingMask(pad())} }
	small := func(opts ...nn.TransformerOption) *nn.Transformer {
		return nn.NewTransformer(append(opts, nn.DModel(8), nn.Nhead(2), nn.NumEncoderLayers(2), nn.NumDecoderLayers(1), nn.DimFeedforward(12))...)
	}
	checkModes(t, []modeCase{
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12), 2)", pythonSines, "m(x)", encoder(layer(), none)},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, bias=False, batch_first=True), 2)", pythonSines, "m(x)",
			encoder(layer(first, nn.Bias(false)), none)},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, norm_first=True, batch_first=True), 2)", pythonSines, "m(x)",
			encoder(layer(first, nn.NormFirst(true)), none)},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 1, 12, batch_first=True), 2)", pythonSines, "m(x)",
			encoder(func() *nn.TransformerEncoderLayer {
				return nn.NewTransformerEncoderLayer(8, 1, nn.DimFeedforward(12), first)
			}, none)},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, activation=torch.tanh, batch_first=True), 2)", pythonSines, "m(x)",
			encoder(layer(first, nn.ActivationFunc((*torch.Tensor).Tanh)), none)},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2, nn.LayerNorm(8))", pythonSines,
			"m(x, src_key_padding_mask=pad)", encoder(layer(first), padded, nn.WithNorm(nn.NewLayerNorm(8)))},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2, None, False)", pythonSines,
			"m(x, src_key_padding_mask=pad)", encoder(layer(first), padded, nn.EnableNestedTensor(false))},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2, mask_check=False)", pythonSines,
			"m(x, src_key_padding_mask=pad)", encoder(layer(first), padded, nn.MaskCheck(false))},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2)", pythonSines,
			"m(x, src_key_padding_mask=pad.flip(1))", encoder(layer(first), func() encoding {
				return encoding{nn.SrcKeyPaddingMask(pad().Flip(1))}
			})},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2)", pythonSines,
			"m(x, nn.Transformer.generate_square_subsequent_mask(4), pad)", encoder(layer(first), func() encoding {
				return encoding{nn.Mask(nn.GenerateSquareSubsequentMask(4)), nn.SrcKeyPaddingMask(pad())}
			})},
		{"nn.Transformer(8, 2, 2, 1, 12)", pythonSines, "m(x, k)", func() (nn.AnyModule, func() tensors) {
			m := small()
			return m, func() tensors { return tensors{m.Forward(sines(3, 4, 8), sines(3, 4, 8).Mul(2))} }
		}},
		{"nn.Transformer(8, 2, 2, 1, 12, activation='gelu', batch_first=True, layer_norm_eps=1e-4)", pythonSines,
			"m(x, k, mask, mask, mask, pad, pad, pad, True, False, True)", func() (nn.AnyModule, func() tensors) {
				m := small(nn.Activation("gelu"), first, nn.LayerNormEps(1e-4))
				return m, func() tensors {
					return tensors{m.Forward(sines(3, 4, 8), sines(3, 4, 8).Mul(2), nn.SrcMask(mask()), nn.TgtMask(mask()), nn.MemoryMask(mask()),
						nn.SrcKeyPaddingMask(pad()), nn.TgtKeyPaddingMask(pad()), nn.MemoryKeyPaddingMask(pad()), nn.SrcIsCausal(true),
						nn.TgtIsCausal(false), nn.MemoryIsCausal(true))}
				}
			}},
		{"nn.Transformer(8, 2, custom_encoder=nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 4), 1), " +
			"custom_decoder=nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 4), 2), norm_first=True, dropout=0.0, bias=False)", pythonSines,
			"m(x[0], k[0], tgt_mask=nn.Transformer.generate_square_subsequent_mask(4))", func() (nn.AnyModule, func() tensors) {
				encoder := nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(8, 2, nn.DimFeedforward(4)), 1)
				decoder := nn.NewTransformerDecoder(nn.NewTransformerDecoderLayer(8, 2, nn.DimFeedforward(4)), 2)
				m := nn.NewTransformer(nn.DModel(8), nn.Nhead(2), nn.CustomEncoder(encoder), nn.CustomDecoder(decoder), nn.NormFirst(true),
					nn.WithDropout(0), nn.Bias(false))
				return m, func() tensors {
					x := sines(3, 4, 8).Select(0, 0)
					return tensors{m.Forward(x, x.Mul(2), nn.TgtMask(nn.GenerateSquareSubsequentMask(4)))}
				}
			}},
	})
}

func TestGenerateSquareSubsequentMask(t *testing.T) {
	py := parity.Run(t, `
		mask = nn.Transformer.generate_square_subsequent_mask
		out["masks"] = [mask(3), mask(2, dtype=torch.float64, device="cpu"), mask(0)]
	`)
	py.EqualTensors("masks", tensors{nn.GenerateSquareSubsequentMask(3), nn.GenerateSquareSubsequentMask(2, torch.Float64, torch.CPU),
		nn.GenerateSquareSubsequentMask(0)})
}

// A hook on any module in a layer keeps it from the fast path, which would not run
// it.
func TestHooksRunWithoutTheFastPath(t *testing.T) {
	l := nn.NewTransformerEncoderLayer(8, 2, nn.DimFeedforward(12), nn.BatchFirst(true))
	l.Eval()
	calls := 0
	count := func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor {
		calls++
		return nil
	}
	handle := l.Linear1.RegisterForwardHook(count)
	torch.NoGrad(func() {
		l.Forward(sines(3, 4, 8))
		assert.Equal(t, 1, calls)
		handle.Remove()
		l.Forward(sines(3, 4, 8))
	})
	assert.Equal(t, 1, calls)
	l.RegisterForwardHook(count)
	l.Forward(sines(3, 4, 8))
	assert.Equal(t, 2, calls)
}

// The fast paths take nested tensors and return such.
func TestNestedTensorsPassTheFastPath(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(1)
		a, l = nn.MultiheadAttention(8, 2, batch_first=True).eval(), nn.TransformerEncoderLayer(8, 2, 12, batch_first=True).eval()
		e = nn.TransformerEncoder(l, 2).eval()
		x = torch.nested.nested_tensor([torch.ones(2, 8).cumsum(0), torch.ones(3, 8).cumsum(1).sin()])
		torch.set_default_device(None) # a mode, which would keep Python from the fast path
		with torch.no_grad():
			out["y"] = [y.to_padded_tensor(0.) for y in (a(x, x, x, need_weights=False)[0], l(x), e(x))]
	`)
	torch.ManualSeed(1)
	a := nn.NewMultiheadAttention(8, 2, nn.BatchFirst(true))
	l := nn.NewTransformerEncoderLayer(8, 2, nn.DimFeedforward(12), nn.BatchFirst(true))
	e := nn.NewTransformerEncoder(l, 2)
	x := nested.NestedTensor([]*torch.Tensor{torch.Ones([]int64{2, 8}).Cumsum(0), torch.Ones([]int64{3, 8}).Cumsum(1).Sin()})
	var y tensors
	torch.NoGrad(func() {
		a.Eval()
		l.Eval()
		e.Eval()
		found, weights := a.Forward(x, x, x, nn.NeedWeights(false))
		assert.Nil(t, weights)
		for _, r := range some(found, l.Forward(x), e.Forward(x)) {
			assert.True(t, r.IsNested())
			y = append(y, r.ToPaddedTensor(0))
		}
	})
	py.EqualTensors("y", y)
}
