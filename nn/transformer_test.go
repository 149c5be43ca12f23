package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nested"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestTransformerEncoderLayersAreThoseOfPython(t *testing.T) {
	type options = []nn.TransformerEncoderLayerForwardOption
	layer := func(opts ...nn.TransformerLayerOption) func() nn.AnyModule {
		return func() nn.AnyModule {
			return nn.NewTransformerEncoderLayer(8, 2, append(opts, nn.DimFeedforward(12))...)
		}
	}
	call := func(python string, opts func() options) moduleCall {
		return callOf("m("+python+")", func(m *nn.TransformerEncoderLayer, x tensors) tensors {
			return tensors{m.Forward(x[0], opts()...)}
		})
	}
	plain := call("x", func() options { return nil })
	on, first := queriesKeysValues, nn.BatchFirst(true)
	checkModules(t, []moduleCase{
		{"nn.TransformerEncoderLayer(8, 2, 12, batch_first=True)", layer(first), on, plain},
		{"nn.TransformerEncoderLayer(8, 2, 12, activation='gelu', batch_first=True, norm_first=True)",
			layer(first, nn.Activation("gelu"), nn.NormFirst(true)), on, plain},
		{"nn.TransformerEncoderLayer(8, 2, 12, 0.5, nn.GELU(), 1e-3, True)",
			layer(nn.WithDropout(0.5), nn.ActivationLayer(nn.NewGELU()), nn.LayerNormEps(1e-3), first), on,
			call("x, src_key_padding_mask=pad", func() options { return options{nn.SrcKeyPaddingMask(pad())} })},
		{"nn.TransformerEncoderLayer(8, 2, 12, activation=nn.ReLU(), batch_first=True)",
			layer(nn.ActivationLayer(nn.NewReLU()), first), on,
			call("x, src_mask=mask, src_key_padding_mask=pad, is_causal=True", func() options {
				return options{nn.SrcMask(mask()), nn.SrcKeyPaddingMask(pad()), nn.IsCausal(true)}
			})},
		{"nn.TransformerEncoderLayer(8, 2, 12, activation=torch.tanh, bias=False, dtype=torch.float32)",
			layer(nn.ActivationFunc((*torch.Tensor).Tanh), nn.Bias(false), torch.Float32), on,
			call("x, src_mask=numbers[0, :3, :3]", func() options {
				return options{nn.SrcMask(numbers().Index(0, torch.Slice(nil, 3), torch.Slice(nil, 3)))}
			})},
	})
}

func TestTransformerDecodersAreThoseOfPython(t *testing.T) {
	type options = []nn.TransformerDecoderForwardOption
	newLayer := func(opts ...nn.TransformerLayerOption) *nn.TransformerDecoderLayer {
		return nn.NewTransformerDecoderLayer(8, 2, append(opts, nn.DimFeedforward(12))...)
	}
	layer := func(opts ...nn.TransformerLayerOption) func() nn.AnyModule {
		return func() nn.AnyModule { return newLayer(opts...) }
	}
	type decoder interface {
		nn.AnyModule
		Forward(tgt, memory *torch.Tensor, opts ...nn.TransformerDecoderForwardOption) *torch.Tensor
	}
	call := func(python string, opts func() options) moduleCall {
		return callOf("m(x, k"+python+")", func(m decoder, x tensors) tensors { return tensors{m.Forward(x[0], x[1], opts()...)} })
	}
	plain := call("", func() options { return nil })
	masked := call(", tgt_mask=mask, memory_mask=mask, tgt_key_padding_mask=pad, memory_key_padding_mask=pad", func() options {
		return options{nn.TgtMask(mask()), nn.MemoryMask(mask()), nn.TgtKeyPaddingMask(pad()), nn.MemoryKeyPaddingMask(pad())}
	})
	causal := call(", tgt_mask=mask, memory_mask=mask, tgt_is_causal=True, memory_is_causal=True", func() options {
		return options{nn.TgtMask(mask()), nn.MemoryMask(mask()), nn.TgtIsCausal(true), nn.MemoryIsCausal(true)}
	})
	on, first := queriesKeysValues, nn.BatchFirst(true)
	checkModules(t, []moduleCase{
		{"nn.TransformerDecoderLayer(8, 2, 12)", layer(), on, plain},
		{"nn.TransformerDecoderLayer(8, 2, 12, norm_first=True, batch_first=True, activation=nn.Tanh())",
			layer(nn.NormFirst(true), first, nn.ActivationLayer(nn.NewTanh())), on, masked},
		{"nn.TransformerDecoderLayer(8, 2, 12, batch_first=True)", layer(first), on, causal},
		{"nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 12), 2)",
			func() nn.AnyModule { return nn.NewTransformerDecoder(newLayer(), 2) }, on, plain},
		{"nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 12, batch_first=True), 2, nn.LayerNorm(8))", func() nn.AnyModule {
			return nn.NewTransformerDecoder(newLayer(first), 2, nn.WithNorm(nn.NewLayerNorm(8)))
		}, on, masked},
		{"nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 12, norm_first=True, batch_first=True), 1)", func() nn.AnyModule {
			return nn.NewTransformerDecoder(newLayer(nn.NormFirst(true), first), 1)
		}, on, causal},
		{"nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 12, activation=nn.Tanh()), 1)", func() nn.AnyModule {
			return nn.NewTransformerDecoder(newLayer(nn.ActivationLayer(nn.NewTanh())), 1)
		}, on, plain},
	})
}

// The activation that a deep copy does not call it calls when it is set again.
func TestActivationOfCopiedDecoderLayer(t *testing.T) {
	m := nn.DeepCopy(nn.NewTransformerDecoderLayer(8, 2, nn.ActivationLayer(nn.NewTanh()), nn.WithDropout(0)))
	x := sines(3, 4, 8)
	before := m.Forward(x, x)
	m.Activation = nn.NewReLU()
	assert.True(t, torch.Equal(before, m.Forward(x, x)))
	m.Activation = nn.NewTanh()
	assert.False(t, torch.Equal(before, m.Forward(x, x)))
}

func TestTransformerEncodersAreThoseOfPython(t *testing.T) {
	type options = []nn.TransformerEncoderForwardOption
	encoder := func(heads int64, of []nn.TransformerLayerOption, opts ...nn.TransformerEncoderOption) func() nn.AnyModule {
		return func() nn.AnyModule {
			return nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(8, heads, append(of, nn.DimFeedforward(12))...), 2, opts...)
		}
	}
	layer := func(opts ...nn.TransformerLayerOption) []nn.TransformerLayerOption { return opts }
	call := func(python string, opts func() options) moduleCall {
		return callOf("m("+python+")", func(m *nn.TransformerEncoder, x tensors) tensors { return tensors{m.Forward(x[0], opts()...)} })
	}
	plain := call("x", func() options { return nil })
	padded := call("x, src_key_padding_mask=pad", func() options { return options{nn.SrcKeyPaddingMask(pad())} })
	on, first := queriesKeysValues, nn.BatchFirst(true)
	const of = "nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12"
	checkModules(t, []moduleCase{
		{of + "), 2)", encoder(2, nil), on, plain},
		{of + ", bias=False, batch_first=True), 2)", encoder(2, layer(first, nn.Bias(false))), on, plain},
		{of + ", norm_first=True, batch_first=True), 2)", encoder(2, layer(first, nn.NormFirst(true))), on, plain},
		{"nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 1, 12, batch_first=True), 2)", encoder(1, layer(first)), on, plain},
		{of + ", activation=torch.tanh, batch_first=True), 2)",
			encoder(2, layer(first, nn.ActivationFunc((*torch.Tensor).Tanh))), on, plain},
		{of + ", batch_first=True), 2, nn.LayerNorm(8))", encoder(2, layer(first), nn.WithNorm(nn.NewLayerNorm(8))), on, padded},
		{of + ", batch_first=True), 2, None, False)", encoder(2, layer(first), nn.EnableNestedTensor(false)), on, padded},
		{of + ", batch_first=True), 2, mask_check=False)", encoder(2, layer(first), nn.MaskCheck(false)), on, padded},
		{of + ", batch_first=True), 2)", encoder(2, layer(first)), on,
			call("x, src_key_padding_mask=pad.flip(1)", func() options { return options{nn.SrcKeyPaddingMask(pad().Flip(1))} })},
		{of + ", batch_first=True), 2)", encoder(2, layer(first)), on,
			call("x, nn.Transformer.generate_square_subsequent_mask(4), pad", func() options {
				return options{nn.Mask(nn.GenerateSquareSubsequentMask(4)), nn.SrcKeyPaddingMask(pad())}
			})},
	})
}

func TestTransformersAreThoseOfPython(t *testing.T) {
	small := func(opts ...nn.TransformerOption) func() nn.AnyModule {
		sizes := []nn.TransformerOption{nn.DModel(8), nn.Nhead(2), nn.NumEncoderLayers(2), nn.NumDecoderLayers(1), nn.DimFeedforward(12)}
		return func() nn.AnyModule { return nn.NewTransformer(append(sizes, opts...)...) }
	}
	custom := func() nn.AnyModule {
		encoder := nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(8, 2, nn.DimFeedforward(4)), 1)
		decoder := nn.NewTransformerDecoder(nn.NewTransformerDecoderLayer(8, 2, nn.DimFeedforward(4)), 2)
		return nn.NewTransformer(nn.DModel(8), nn.Nhead(2), nn.CustomEncoder(encoder), nn.CustomDecoder(decoder), nn.NormFirst(true),
			nn.WithDropout(0), nn.Bias(false))
	}
	checkModules(t, []moduleCase{
		{"nn.Transformer(8, 2, 2, 1, 12)", small(), queriesKeysValues,
			callOf("m(x, k)", func(m *nn.Transformer, x tensors) tensors { return tensors{m.Forward(x[0], x[1])} })},
		{"nn.Transformer(8, 2, 2, 1, 12, activation='gelu', batch_first=True, layer_norm_eps=1e-4)",
			small(nn.Activation("gelu"), nn.BatchFirst(true), nn.LayerNormEps(1e-4)), queriesKeysValues,
			callOf("m(x, k, mask, mask, mask, pad, pad, pad, True, False, True)", func(m *nn.Transformer, x tensors) tensors {
				return tensors{m.Forward(x[0], x[1], nn.SrcMask(mask()), nn.TgtMask(mask()), nn.MemoryMask(mask()),
					nn.SrcKeyPaddingMask(pad()), nn.TgtKeyPaddingMask(pad()), nn.MemoryKeyPaddingMask(pad()), nn.SrcIsCausal(true),
					nn.TgtIsCausal(false), nn.MemoryIsCausal(true))}
			})},
		{"nn.Transformer(8, 2, custom_encoder=nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 4), 1), " +
			"custom_decoder=nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 4), 2), norm_first=True, dropout=0.0, bias=False)",
			custom, queriesKeysValues, callOf("m(x[0], k[0], tgt_mask=nn.Transformer.generate_square_subsequent_mask(4))",
				func(m *nn.Transformer, x tensors) tensors {
					return tensors{m.Forward(x[0].Select(0, 0), x[1].Select(0, 0), nn.TgtMask(nn.GenerateSquareSubsequentMask(4)))}
				})},
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
