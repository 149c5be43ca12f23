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
	{"nn.LazyConv1d(6, 3, stride=2, groups=3, bias=False)", func() nn.Layer {
		return nn.NewLazyConv1d(6, 3, nn.Stride(2), nn.Groups(3), nn.Bias(false))
	}, []int64{3, 9}},
	{"nn.LazyConv2d(4, (3, 2), groups=2, bias=False)", func() nn.Layer {
		return nn.NewLazyConv2d(4, [2]int{3, 2}, nn.Groups(2), nn.Bias(false))
	}, []int64{2, 6, 7, 7}},
	{"nn.LazyConv2d(3, 2, padding=1, padding_mode='reflect')", func() nn.Layer {
		return nn.NewLazyConv2d(3, 2, nn.Padding(1), nn.PaddingMode("reflect"))
	}, []int64{3, 5, 6}},
	{"nn.LazyConv3d(4, 3, stride=2)", func() nn.Layer { return nn.NewLazyConv3d(4, 3, nn.Stride(2)) }, []int64{3, 7, 7, 7}},
	{"nn.LazyConv3d(2, (1, 2, 3), padding='valid', dilation=2, bias=False)", func() nn.Layer {
		return nn.NewLazyConv3d(2, [3]int{1, 2, 3}, nn.Padding("valid"), nn.Dilation(2), nn.Bias(false))
	}, []int64{2, 2, 4, 5, 6}},
	{"nn.LazyConvTranspose1d(4, 3, output_padding=1, stride=2)", func() nn.Layer {
		return nn.NewLazyConvTranspose1d(4, 3, nn.OutputPadding(1), nn.Stride(2))
	}, []int64{3, 9}},
	{"nn.LazyConvTranspose1d(2, 4, groups=2, padding=1, bias=False)", func() nn.Layer {
		return nn.NewLazyConvTranspose1d(2, 4, nn.Groups(2), nn.Padding(1), nn.Bias(false))
	}, []int64{3, 4, 5}},
	{"nn.LazyConvTranspose2d(4, 3, groups=2)", func() nn.Layer { return nn.NewLazyConvTranspose2d(4, 3, nn.Groups(2)) }, []int64{2, 6, 5, 5}},
	{"nn.LazyConvTranspose2d(4, (2, 3), stride=2, dilation=2, bias=False)", func() nn.Layer {
		return nn.NewLazyConvTranspose2d(4, [2]int{2, 3}, nn.Stride(2), nn.Dilation(2), nn.Bias(false))
	}, []int64{3, 4, 5}},
	{"nn.LazyConvTranspose3d(4, 2)", func() nn.Layer { return nn.NewLazyConvTranspose3d(4, 2) }, []int64{2, 3, 3, 3, 3}},
	{"nn.LazyConvTranspose3d(2, 3, stride=2, padding=1, output_padding=1, bias=False)", func() nn.Layer {
		return nn.NewLazyConvTranspose3d(2, 3, nn.Stride(2), nn.Padding(1), nn.OutputPadding(1), nn.Bias(false))
	}, []int64{3, 2, 3, 2}},
	{"nn.LazyBatchNorm1d()", func() nn.Layer { return nn.NewLazyBatchNorm1d() }, []int64{4, 5}},
	{"nn.LazyBatchNorm1d(momentum=0.3, track_running_stats=False)", func() nn.Layer {
		return nn.NewLazyBatchNorm1d(nn.Momentum(0.3), nn.TrackRunningStats(false))
	}, []int64{4, 5, 2}},
	{"nn.LazyBatchNorm2d()", func() nn.Layer { return nn.NewLazyBatchNorm2d() }, []int64{4, 5, 2, 2}},
	{"nn.LazyBatchNorm2d(eps=0.1, bias=False)", func() nn.Layer { return nn.NewLazyBatchNorm2d(nn.Eps(0.1), nn.Bias(false)) }, []int64{4, 5, 2, 2}},
	{"nn.LazyBatchNorm3d(eps=0.1, momentum=0.3)", func() nn.Layer { return nn.NewLazyBatchNorm3d(nn.Eps(0.1), nn.Momentum(0.3)) },
		[]int64{4, 5, 2, 2, 2}},
	{"nn.LazyBatchNorm3d(affine=False, momentum=None)", func() nn.Layer {
		return nn.NewLazyBatchNorm3d(nn.Affine(false), nn.CumulativeAverage(true))
	}, []int64{4, 5, 2, 2, 2}},
	{"nn.LazyInstanceNorm1d()", func() nn.Layer { return nn.NewLazyInstanceNorm1d() }, []int64{4, 5, 6}},
	{"nn.LazyInstanceNorm1d(affine=True, track_running_stats=True)", func() nn.Layer {
		return nn.NewLazyInstanceNorm1d(nn.Affine(true), nn.TrackRunningStats(true))
	}, []int64{4, 5, 6}},
	{"nn.LazyInstanceNorm2d(eps=0.1, affine=True)", func() nn.Layer { return nn.NewLazyInstanceNorm2d(nn.Eps(0.1), nn.Affine(true)) },
		[]int64{4, 5, 6, 2}},
	{"nn.LazyInstanceNorm2d(track_running_stats=False)", func() nn.Layer {
		return nn.NewLazyInstanceNorm2d(nn.TrackRunningStats(false))
	}, []int64{4, 5, 6, 2}},
	{"nn.LazyInstanceNorm3d(track_running_stats=True, momentum=0.3)", func() nn.Layer {
		return nn.NewLazyInstanceNorm3d(nn.TrackRunningStats(true), nn.Momentum(0.3))
	}, []int64{4, 5, 3, 2, 2}},
	{"nn.LazyInstanceNorm3d(affine=False)", func() nn.Layer { return nn.NewLazyInstanceNorm3d(nn.Affine(false)) }, []int64{4, 5, 6, 2, 2}},
}

// pythonLazy takes a layer, and a deep copy of it that was made before its first
// input, through a step of training; and loads its state into another one.
const pythonLazy = `
import copy
torch.manual_seed(1)
m = %[1]s
x = torch.randn([%[2]s], requires_grad=True)
out["before"], out["state before"] = repr(m), str(dict(m.state_dict()))
try: copied = [("copy ", copy.deepcopy(m))]
except ValueError: copied = [] # of uninitialized buffers there are no copies in Python
out["copies"] = len(copied)
for key, m in [*copied, ("", m)]:
	opt = optim.SGD(list(m.parameters()) or [torch.ones(1)], lr=0.1)
	torch.manual_seed(2)
	y = m(x)
	out[key + "y"], out[key + "after"], out[key + "parameters"] = y, repr(m), [p.clone() for p in m.parameters()]
	(y * y).sum().backward()
	out[key + "grads"] = [x.grad, *(p.grad for p in m.parameters())]
	opt.step()
	out[key + "keys"], out[key + "state"] = list(m.state_dict()), list(m.state_dict().values())
	out[key + "eval"] = m.eval()(x)
	x.grad = None
n = %[1]s
n.load_state_dict(m.state_dict())
out["loaded"], out["error"], out["loaded y"] = repr(n), "", None
try: out["loaded y"] = n(x)
except ValueError as e: out["error"] = str(e)
out["loaded after"] = repr(n)
`

func TestLazyLayersAreThoseOfPython(t *testing.T) {
	for _, c := range lazyCases {
		t.Run(c.python, func(t *testing.T) {
			py := parity.Run(t, fmt.Sprintf(pythonLazy, c.python, commas(c.shape)))
			recordWarnings(t)
			torch.ManualSeed(1)
			m := c.golang()
			x := torch.Randn(c.shape, torch.RequiresGrad(true))
			assert.Equal(t, py.Text("before"), m.String())
			assert.Equal(t, py.Text("state before"), stateText(m.StateDict()))
			if py.Number("copies") > 0 {
				compareLazy(t, py, "copy ", nn.DeepCopy(m), x)
			}
			compareLazy(t, py, "", m, x)
			compareLoaded(t, py, c.golang(), m, x)
		})
	}
}

func compareLazy(t *testing.T, py *parity.Result, key string, m nn.Layer, x *torch.Tensor) {
	t.Helper()
	parameters := m.Parameters()
	if len(parameters) == 0 {
		parameters = tensors{torch.Ones([]int64{1})}
	}
	opt := optim.NewSGD(parameters, optim.LR(0.1))
	torch.ManualSeed(2)
	y := m.Forward(x)
	py.EqualTensor(key+"y", y)
	assert.Equal(t, py.Text(key+"after"), m.String())
	py.EqualTensors(key+"parameters", m.Parameters())
	backward(tensors{y})
	py.EqualTensors(key+"grads", gradients(append(tensors{x}, m.Parameters()...)))
	opt.Step()
	assert.Equal(t, py.Strings(key+"keys"), m.StateDict().Keys())
	py.EqualTensors(key+"state", stateTensors(m.StateDict()))
	m.Eval()
	py.EqualTensor(key+"eval", m.Forward(x))
	x.SetGrad(nil)
}

// compareLoaded loads the state of m into n, a layer that had no input yet.
func compareLoaded(t *testing.T, py *parity.Result, n, m nn.Layer, x *torch.Tensor) {
	t.Helper()
	_, err := n.AsModule().LoadStateDict(m.StateDict())
	require.NoError(t, err)
	assert.Equal(t, py.Text("loaded"), n.String())
	var y *torch.Tensor
	message := ""
	if err := torch.Try(func() { y = n.Forward(x) }); err != nil {
		message = err.(*torch.Error).Message // PyTorch does not set num_features here
	}
	py.EqualTensor("loaded y", y)
	assert.Equal(t, py.Text("error"), message)
	assert.Equal(t, py.Text("loaded after"), n.String())
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
