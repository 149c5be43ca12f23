package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// Hooks see the options of Forward, and may replace them.
func TestHooksWithOptions(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(0)
		m = nn.MultiheadAttention(4, 2)
		x, mask = torch.randn(3, 2, 4), torch.tensor([[0., 1, 2], [3, 4, 5], [6, 7, 8]])
		seen = out["seen"] = []
		def pre(module, args, kwargs):
			seen.append("pre %d %d" % (len(args), len(kwargs)))
			return args, {"attn_mask": kwargs["attn_mask"] * 2}
		def post(module, args, kwargs, outputs):
			seen.append("post %d %d %s" % (len(args), len(kwargs), kwargs["attn_mask"].sum().item()))
			return outputs[0] * 2, outputs[1]
		handles = [m.register_forward_pre_hook(pre, with_kwargs=True), m.register_forward_hook(post, with_kwargs=True)]
		out["replaced"] = m(x, x, x, attn_mask=mask, need_weights=False)
		for h in handles: h.remove()
		m.register_forward_pre_hook(lambda module, args, kwargs: (args, {}), with_kwargs=True)
		out["without"] = m(x, x, x, attn_mask=mask)
		l = nn.TransformerEncoderLayer(4, 2, 8, dropout=0)
		l.register_forward_pre_hook(lambda module, args, kwargs: (args, {"src_mask": mask}), with_kwargs=True)
		out["layer"] = l(x)
	`)
	torch.ManualSeed(0)
	m := nn.NewMultiheadAttention(4, 2)
	x, mask := torch.Randn([]int64{3, 2, 4}), torch.NewTensor([][]float32{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}})
	maskIn := func(options []any) *torch.Tensor {
		for _, o := range options {
			if o, ok := o.(nn.AttnMaskOption); ok {
				return o.Tensor()
			}
		}
		return nil
	}
	var seen []string
	handles := []*nn.RemovableHandle{
		m.RegisterForwardPreHookWithOptions(func(_ nn.AnyModule, in []*torch.Tensor, options []any) ([]*torch.Tensor, []any) {
			seen = append(seen, fmt.Sprintf("pre %d %d", len(in), len(options)))
			return nil, []any{nn.AttnMask(maskIn(options).Mul(2))}
		}),
		m.RegisterForwardHookWithOptions(func(_ nn.AnyModule, in []*torch.Tensor, options []any, out []*torch.Tensor) []*torch.Tensor {
			seen = append(seen, fmt.Sprintf("post %d %d %.1f", len(in), len(options), maskIn(options).Sum().Item()))
			return []*torch.Tensor{out[0].Mul(2), out[1]}
		}),
	}
	check := func(key string, opts ...nn.AttentionOption) {
		output, weights := m.Forward(x, x, x, opts...)
		py.For(t).EqualTensors(key, []*torch.Tensor{output, weights})
	}
	check("replaced", nn.AttnMask(mask), nn.NeedWeights(false))
	assert.Equal(t, py.Strings("seen"), seen)
	for _, h := range handles {
		h.Remove()
	}
	m.RegisterForwardPreHookWithOptions(func(nn.AnyModule, []*torch.Tensor, []any) ([]*torch.Tensor, []any) { return nil, []any{} })
	check("without", nn.AttnMask(mask))

	l := nn.NewTransformerEncoderLayer(4, 2, nn.DimFeedforward(8), nn.WithDropout(0))
	l.RegisterForwardPreHookWithOptions(func(nn.AnyModule, []*torch.Tensor, []any) ([]*torch.Tensor, []any) {
		return nil, []any{nn.SrcMask(mask)}
	})
	py.EqualTensor("layer", l.Forward(x))
	l.RegisterForwardPreHookWithOptions(func(nn.AnyModule, []*torch.Tensor, []any) ([]*torch.Tensor, []any) {
		return nil, []any{nn.Bias(true)}
	})
	assert.ErrorContains(t, torch.Try(func() { l.Forward(x) }), "forward() got an unexpected keyword argument 'nn.Bias'")
}

// powers is a module of the user's whose Forward has options.
type powers struct{ nn.Module }

type exponent float64

func (m *powers) Forward(x *torch.Tensor, opts ...exponent) (y *torch.Tensor) {
	defer nn.EnterWithOptions(m, &opts, &x).Leave(&y)
	for _, o := range opts {
		x = x.Pow(float64(o))
	}
	return x
}

func TestEnterWithOptions(t *testing.T) {
	m := &powers{}
	m.Init(m)
	x := torch.NewTensor(3.0)
	assert.Equal(t, 9.0, m.Forward(x, 2).Item())
	m.RegisterForwardPreHookWithOptions(func(_ nn.AnyModule, _ []*torch.Tensor, options []any) ([]*torch.Tensor, []any) {
		return nil, append(options, exponent(2))
	})
	assert.Equal(t, 81.0, m.Forward(x, 2).Item())
	m.RegisterForwardPreHook(func(_ nn.AnyModule, in []*torch.Tensor) []*torch.Tensor { return []*torch.Tensor{in[0].Sub(1)} })
	assert.Equal(t, 16.0, m.Forward(x, 2).Item())
}
