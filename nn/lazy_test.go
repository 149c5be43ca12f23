package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

var lazyCases = []layerCase{
	{"nn.LazyLinear(3)", func() nn.Layer { return nn.NewLazyLinear(3) }, []int64{2, 5}},
	{"nn.LazyLinear(3, bias=False, dtype=torch.float64).float()", func() nn.Layer {
		l := nn.NewLazyLinear(3, nn.Bias(false), torch.Float64)
		l.Float()
		return l
	}, []int64{5}},
	{"nn.LazyConv1d(4, 3, padding='same', padding_mode='circular')", func() nn.Layer {
		return nn.NewLazyConv1d(4, 3, nn.Padding("same"), nn.PaddingMode("circular"))
	}, []int64{2, 3, 9}},
	{"nn.LazyConv2d(4, (3, 2), groups=2, bias=False)", func() nn.Layer {
		return nn.NewLazyConv2d(4, [2]int{3, 2}, nn.Groups(2), nn.Bias(false))
	}, []int64{2, 6, 7, 7}},
	{"nn.LazyConv3d(4, 3, stride=2)", func() nn.Layer { return nn.NewLazyConv3d(4, 3, nn.Stride(2)) }, []int64{3, 7, 7, 7}},
	{"nn.LazyConvTranspose1d(4, 3, output_padding=1, stride=2)", func() nn.Layer {
		return nn.NewLazyConvTranspose1d(4, 3, nn.OutputPadding(1), nn.Stride(2))
	}, []int64{3, 9}},
	{"nn.LazyConvTranspose2d(4, 3, groups=2)", func() nn.Layer { return nn.NewLazyConvTranspose2d(4, 3, nn.Groups(2)) }, []int64{2, 6, 5, 5}},
	{"nn.LazyConvTranspose3d(4, 2)", func() nn.Layer { return nn.NewLazyConvTranspose3d(4, 2) }, []int64{2, 3, 3, 3, 3}},
	{"nn.LazyBatchNorm1d()", func() nn.Layer { return nn.NewLazyBatchNorm1d() }, []int64{4, 5}},
	{"nn.LazyBatchNorm2d(eps=0.1, bias=False)", func() nn.Layer { return nn.NewLazyBatchNorm2d(nn.Eps(0.1), nn.Bias(false)) }, []int64{4, 5, 2, 2}},
	{"nn.LazyBatchNorm3d(affine=False, momentum=None)", func() nn.Layer {
		return nn.NewLazyBatchNorm3d(nn.Affine(false), nn.CumulativeAverage(true))
	}, []int64{4, 5, 2, 2, 2}},
	{"nn.LazyInstanceNorm1d()", func() nn.Layer { return nn.NewLazyInstanceNorm1d() }, []int64{4, 5, 6}},
	{"nn.LazyInstanceNorm2d(track_running_stats=False)", func() nn.Layer {
		return nn.NewLazyInstanceNorm2d(nn.TrackRunningStats(false))
	}, []int64{4, 5, 6, 2}},
	{"nn.LazyInstanceNorm3d(affine=False)", func() nn.Layer { return nn.NewLazyInstanceNorm3d(nn.Affine(false)) }, []int64{4, 5, 6, 2, 2}},
}

func TestLazyLayersAreThoseOfPython(t *testing.T) {
	for _, c := range lazyCases {
		t.Run(c.python, func(t *testing.T) {
			py := parity.Run(t, fmt.Sprintf(`
				torch.manual_seed(1)
				m = %[1]s
				x = torch.randn(%[2]s)
				out["x"] = x
				out["before"] = repr(m)
				out["state before"] = str(dict(m.state_dict()))
				opt = optim.SGD(list(m.parameters()) or [torch.ones(1)], lr=0.1)
				y = m(x)
				out["y"], out["after"], out["parameters"] = y, repr(m), [p.clone() for p in m.parameters()]
				if y.requires_grad: (y * y).sum().backward()
				opt.step()
				out["keys"], out["state"] = list(m.state_dict()), list(m.state_dict().values())
				n = %[1]s
				n.load_state_dict(m.state_dict())
				out["loaded"] = repr(n)
				try: out["loaded y"], out["error"] = n(x), ""
				except ValueError as e: out["loaded y"], out["error"] = None, str(e)
				out["loaded after"] = repr(n)
			`, c.python, shapeText(c.shape)))
			torch.ManualSeed(1)
			m := c.golang()
			x := torch.Randn(c.shape)
			py.EqualTensor("x", x)
			assert.Equal(t, py.Text("before"), m.String())
			assert.Equal(t, py.Text("state before"), stateText(m.StateDict()))
			parameters := m.Parameters()
			if len(parameters) == 0 {
				parameters = []*torch.Tensor{torch.Ones([]int64{1})}
			}
			opt := optim.NewSGD(parameters, optim.LR(0.1))
			y := m.Forward(x)
			py.EqualTensor("y", y)
			assert.Equal(t, py.Text("after"), m.String())
			py.EqualTensors("parameters", m.Parameters())
			if y.RequiresGrad() {
				y.Mul(y).Sum().Backward()
			}
			opt.Step()
			assert.Equal(t, py.Strings("keys"), m.StateDict().Keys())
			py.EqualTensors("state", stateTensors(m.StateDict()))
			n := c.golang()
			_, err := n.AsModule().LoadStateDict(m.StateDict())
			require.NoError(t, err)
			assert.Equal(t, py.Text("loaded"), n.String())
			y = nil
			message := ""
			if err := torch.Try(func() { y = n.Forward(x) }); err != nil {
				message = err.(*torch.Error).Message // PyTorch does not set num_features here
			}
			py.EqualTensor("loaded y", y)
			assert.Equal(t, py.Text("error"), message)
			assert.Equal(t, py.Text("loaded after"), n.String())
		})
	}
}

func shapeText(shape []int64) string {
	text := ""
	for _, n := range shape {
		text += fmt.Sprintf("%d, ", n)
	}
	return text
}

func stateText(state *nn.StateDict) string {
	text := ""
	for key, t := range state.All() {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("'%s': %v", key, t)
	}
	return "{" + text + "}"
}

func TestLazyErrorsAreThoseOfPython(t *testing.T) {
	ones := func(shape ...int64) *torch.Tensor { return torch.Ones(shape) }
	load := func(to, from nn.AnyModule) {
		if _, err := to.AsModule().LoadStateDict(from.StateDict()); err != nil {
			panic(err)
		}
	}
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"nn.LazyLinear(3).weight.shape", func() { nn.NewLazyLinear(3).Weight.Shape() }},
		{"nn.LazyConv2d(3, 2)(torch.ones(2, 3))", func() { nn.NewLazyConv2d(3, 2).Forward(ones(2, 3)) }},
		{"nn.LazyConv2d(4, 2, groups=2)(torch.ones(1, 3, 4, 4))", func() { nn.NewLazyConv2d(4, 2, nn.Groups(2)).Forward(ones(1, 3, 4, 4)) }},
		{"nn.LazyConvTranspose1d(3, 2, padding_mode='reflect')", func() { nn.NewLazyConvTranspose1d(3, 2, nn.PaddingMode("reflect")) }},
		{"nn.LazyBatchNorm1d()(torch.ones(2, 3, 4, 5))", func() { nn.NewLazyBatchNorm1d().Forward(ones(2, 3, 4, 5)) }},
		{"nn.Linear(2, 3).load_state_dict(nn.LazyLinear(3).state_dict())", func() { load(nn.NewLinear(2, 3), nn.NewLazyLinear(3)) }},
		{"m = nn.LazyLinear(3); m.load_state_dict(nn.Linear(2, 3).state_dict()); m(torch.ones(1, 4))", func() {
			m := nn.NewLazyLinear(3)
			load(m, nn.NewLinear(2, 3))
			m.Forward(ones(1, 4))
		}},
	} {
		t.Run(c.python, func(t *testing.T) {
			py := parity.RunError(t, c.python)
			var e *torch.Error
			require.ErrorAs(t, torch.Try(c.golang), &e)
			assert.Equal(t, py.Error.Type, e.Kind)
			assert.Equal(t, py.Error.Message, e.Message)
		})
	}
}

func TestUninitializedTensors(t *testing.T) {
	p := nn.NewUninitializedParameter(torch.Float64)
	assert.True(t, nn.IsLazy(p) && p.IsParameter() && p.RequiresGrad())
	assert.Equal(t, "<UninitializedParameter>", p.String())
	nn.Materialize(p, []int64{2, 3}, torch.Float32)
	assert.False(t, nn.IsLazy(p))
	assert.Equal(t, []int64{2, 3}, p.Shape())
	assert.Equal(t, torch.Float32, p.DType())
	assert.Equal(t, "<UninitializedBuffer>", nn.NewUninitializedBuffer().String())
	lazy, other := nn.NewLazyLinear(2), nn.NewLazyLinear(2)
	_, err := other.LoadStateDict(lazy.StateDict())
	require.NoError(t, err)
	copied := nn.DeepCopy(lazy)
	assert.Equal(t, "<UninitializedParameter>", copied.Weight.String())
	copied.Forward(torch.Ones([]int64{3}))
	assert.Equal(t, "Linear(in_features=3, out_features=2, bias=True)", copied.String())
	assert.True(t, lazy.HasUninitializedParams())
	lazy.To(torch.Meta)
	assert.True(t, nn.IsLazy(lazy.Weight))
	lazy.To(torch.Float64)
	assert.True(t, nn.IsLazy(lazy.Weight))
}
