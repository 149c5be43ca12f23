package nn_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A layerCase is one layer in Python and in Go.
type layerCase struct {
	python string
	golang func() nn.Layer
	shape  []int64 // of the input
}

var layerCases = slices.Concat(coreCases, activationCases, normCases, convCases, poolingCases, paddingCases, otherCases, rareCases)

var coreCases = []layerCase{
	{"nn.Identity()", func() nn.Layer { return nn.NewIdentity() }, []int64{2, 3}},
	{"nn.Linear(4, 3)", func() nn.Layer { return nn.NewLinear(4, 3) }, []int64{2, 4}},
	{"nn.Linear(4, 3)", func() nn.Layer { return nn.NewLinear(4, 3) }, []int64{4}},
	{"nn.Linear(4, 3)", func() nn.Layer { return nn.NewLinear(4, 3) }, []int64{2, 5, 4}},
	{"nn.Linear(100, 1)", func() nn.Layer { return nn.NewLinear(100, 1) }, []int64{7, 100}},
	{"nn.Linear(4, 3, bias=False)", func() nn.Layer { return nn.NewLinear(4, 3, nn.Bias(false)) }, []int64{2, 4}},
	{"nn.Linear(4, 3, dtype=torch.float64, device=torch.get_default_device()).float()", func() nn.Layer {
		l := nn.NewLinear(4, 3, torch.Float64, torch.GetDefaultDevice())
		l.Float()
		return l
	}, []int64{2, 4}},
	{"nn.ReLU()", func() nn.Layer { return nn.NewReLU() }, []int64{2, 3}},
	{"nn.Sequential(nn.Identity(), nn.Linear(3, 3), nn.ReLU(inplace=True))", func() nn.Layer {
		return nn.NewSequential(nn.NewIdentity(), nn.NewLinear(3, 3), nn.NewReLU(nn.Inplace(true)))
	}, []int64{2, 3}},
	{"nn.Sigmoid()", func() nn.Layer { return nn.NewSigmoid() }, []int64{2, 3}},
	{"nn.Tanh()", func() nn.Layer { return nn.NewTanh() }, []int64{2, 3}},
	{"nn.Softmax(dim=1)", func() nn.Layer { return nn.NewSoftmax(nn.Dim(1)) }, []int64{2, 3}},
	{"nn.Softmax(-1)", func() nn.Layer { return nn.NewSoftmax(nn.Dim(-1)) }, []int64{2, 3, 4}},
	{"nn.Softmax()", func() nn.Layer { return nn.NewSoftmax() }, []int64{2, 3, 4}},
	{"nn.LogSoftmax(dim=0)", func() nn.Layer { return nn.NewLogSoftmax(nn.Dim(0)) }, []int64{2, 3}},
	{"nn.LogSoftmax()", func() nn.Layer { return nn.NewLogSoftmax() }, []int64{2, 3}},
	{"nn.Flatten()", func() nn.Layer { return nn.NewFlatten() }, []int64{2, 3, 4}},
	{"nn.Flatten(0, 1)", func() nn.Layer { return nn.NewFlatten(nn.StartDim(0), nn.EndDim(1)) }, []int64{2, 3, 4}},
	{"nn.Dropout()", func() nn.Layer { return nn.NewDropout() }, []int64{20, 30}},
	{"nn.Dropout(0.25)", func() nn.Layer { return nn.NewDropout(nn.P(0.25)) }, []int64{20, 30}},
	{"nn.Dropout(1.0)", func() nn.Layer { return nn.NewDropout(nn.P(1)) }, []int64{2, 3}},
	{"nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.1, inplace=True))", func() nn.Layer {
		return nn.NewSequential(nn.NewLinear(3, 8), nn.NewDropout(nn.P(0.1), nn.Inplace(true)))
	}, []int64{5, 3}},
	{"nn.Dropout2d()", func() nn.Layer { return nn.NewDropout2d() }, []int64{3, 8, 2, 2}},
	{"nn.Dropout2d(0.3)", func() nn.Layer { return nn.NewDropout2d(nn.P(0.3)) }, []int64{3, 8, 4}},
	{"nn.Dropout2d(0.3)", func() nn.Layer { return nn.NewDropout2d(nn.P(0.3)) }, []int64{3, 8}},
	{"nn.Sequential(nn.Conv2d(1, 8, 3), nn.Dropout2d(0.3, inplace=True))", func() nn.Layer {
		return nn.NewSequential(nn.NewConv2d(1, 8, 3), nn.NewDropout2d(nn.P(0.3), nn.Inplace(true)))
	}, []int64{2, 1, 5, 5}},
	{"nn.Conv2d(3, 4, 3)", func() nn.Layer { return nn.NewConv2d(3, 4, 3) }, []int64{2, 3, 8, 9}},
	{"nn.Conv2d(3, 4, 3)", func() nn.Layer { return nn.NewConv2d(3, 4, int64(3)) }, []int64{3, 8, 9}},
	{"nn.Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(4, 2), dilation=(3, 1))", func() nn.Layer {
		return nn.NewConv2d(4, 6, [2]int{3, 5}, nn.Stride(2, 1), nn.Padding(4, 2), nn.Dilation(3, 1))
	}, []int64{2, 4, 9, 11}},
	{"nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2, bias=False)", func() nn.Layer {
		return nn.NewConv2d(4, 6, 3, nn.Stride(2), nn.Padding(1), nn.Groups(2), nn.Bias(false))
	}, []int64{2, 4, 9, 11}},
	{"nn.Conv2d(4, 4, 3, padding='same', groups=4)", func() nn.Layer {
		return nn.NewConv2d(4, 4, 3, nn.Padding("same"), nn.Groups(4))
	}, []int64{2, 4, 9, 11}},
	{"nn.Conv2d(4, 4, (2, 3), padding='same', dilation=3)", func() nn.Layer {
		return nn.NewConv2d(4, 4, [2]int64{2, 3}, nn.Padding("same"), nn.Dilation(3))
	}, []int64{2, 4, 9, 11}},
	{"nn.Conv2d(4, 4, 3, padding='valid')", func() nn.Layer { return nn.NewConv2d(4, 4, 3, nn.Padding("valid")) },
		[]int64{2, 4, 9, 11}},
	{"nn.Conv2d(4, 4, 3, padding=(1, 2), padding_mode='reflect')", func() nn.Layer {
		return nn.NewConv2d(4, 4, 3, nn.Padding(1, 2), nn.PaddingMode("reflect"))
	}, []int64{2, 4, 6, 7}},
	{"nn.Conv2d(4, 4, 3, padding=2, padding_mode='replicate')", func() nn.Layer {
		return nn.NewConv2d(4, 4, 3, nn.Padding(2), nn.PaddingMode("replicate"))
	}, []int64{2, 4, 6, 7}},
	{"nn.Conv2d(4, 4, (3, 4), padding='same', padding_mode='circular')", func() nn.Layer {
		return nn.NewConv2d(4, 4, [2]int{3, 4}, nn.Padding("same"), nn.PaddingMode("circular"))
	}, []int64{2, 4, 6, 7}},
	{"nn.Conv2d(4, 4, 3, padding='valid', padding_mode='circular')", func() nn.Layer {
		return nn.NewConv2d(4, 4, 3, nn.Padding("valid"), nn.PaddingMode("circular"))
	}, []int64{2, 4, 6, 7}},
	{"nn.MaxPool2d(2)", func() nn.Layer { return nn.NewMaxPool2d(2) }, []int64{2, 3, 6, 7}},
	{"nn.MaxPool2d((2, 3), stride=(2, 1), padding=(0, 1))", func() nn.Layer {
		return nn.NewMaxPool2d([2]int{2, 3}, nn.Stride(2, 1), nn.Padding(0, 1))
	}, []int64{3, 6, 7}},
	{"nn.MaxPool2d(3, 2, 1, dilation=2, ceil_mode=True)", func() nn.Layer {
		return nn.NewMaxPool2d(3, nn.Stride(2), nn.Padding(1), nn.Dilation(2), nn.CeilMode(true))
	}, []int64{2, 3, 8, 9}},
	{"nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten(), nn.Linear(36, 10), nn.LogSoftmax(dim=1))",
		func() nn.Layer {
			return nn.NewSequential(nn.NewConv2d(1, 4, 3), nn.NewReLU(), nn.NewMaxPool2d(2), nn.NewDropout(nn.P(0.25)),
				nn.NewFlatten(), nn.NewLinear(36, 10), nn.NewLogSoftmax(nn.Dim(1)))
		}, []int64{5, 1, 8, 8}},
}

func TestLayersAreThoseOfPython(t *testing.T) {
	var cases []moduleCase
	for _, c := range layerCases {
		cases = append(cases, moduleCase{python: c.python, golang: func() nn.AnyModule { return c.golang() }, on: given(normal(c.shape...))})
	}
	checkModules(t, cases)
}

func TestMaxPool2dReturnsIndices(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(1)
		m = nn.MaxPool2d(2, stride=1, return_indices=True)
		out["y"], out["indices"] = m(torch.randn(2, 3, 4, 5))
		out["text"] = repr(m)
	`)
	torch.ManualSeed(1)
	m := nn.NewMaxPool2d(2, nn.Stride(1), nn.ReturnIndices(true))
	x := torch.Randn([]int64{2, 3, 4, 5})
	y, indices := m.ForwardWithIndices(x)
	py.EqualTensor("y", y)
	py.EqualTensor("indices", indices)
	py.EqualTensor("y", m.Forward(x))
	assert.Equal(t, py.Text("text"), m.String())
	assert.True(t, m.ReturnIndices)
}

// Constructors and Forward refuse what Python refuses, in its words.
func TestLayersRefuseWhatPythonRefuses(t *testing.T) {
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"nn.Dropout(1.5)", func() { nn.NewDropout(nn.P(1.5)) }},
		{"nn.Dropout2d(-1e-05)", func() { nn.NewDropout2d(nn.P(-1e-05)) }},
		{"nn.Conv2d(3, 4, 3, groups=0)", func() { nn.NewConv2d(3, 4, 3, nn.Groups(0)) }},
		{"nn.Conv2d(3, 4, 3, groups=2)", func() { nn.NewConv2d(3, 4, 3, nn.Groups(2)) }},
		{"nn.Conv2d(4, 3, 3, groups=2)", func() { nn.NewConv2d(4, 3, 3, nn.Groups(2)) }},
		{"nn.Conv2d(3, 4, 3, 2, padding='same')", func() { nn.NewConv2d(3, 4, 3, nn.Stride(2), nn.Padding("same")) }},
		{"nn.Linear(-1, 2)", func() { nn.NewLinear(-1, 2) }},
		{"nn.Linear(2, 3, dtype=torch.int64)", func() { nn.NewLinear(2, 3, torch.Int64) }},
		{"nn.Linear(2, 3)(torch.zeros(2, 4))", func() { nn.NewLinear(2, 3).Forward(torch.Zeros([]int64{2, 4})) }},
		{"nn.Linear(2, 3)(torch.zeros(2, dtype=torch.float64))", func() {
			nn.NewLinear(2, 3).Forward(torch.Zeros([]int64{2}, torch.Float64))
		}},
		{"nn.Conv2d(3, 4, 3)(torch.zeros(1, 2, 8, 8))", func() { nn.NewConv2d(3, 4, 3).Forward(torch.Zeros([]int64{1, 2, 8, 8})) }},
		{"nn.Conv2d(3, 4, 3)(torch.zeros(1, 3, 2, 2))", func() { nn.NewConv2d(3, 4, 3).Forward(torch.Zeros([]int64{1, 3, 2, 2})) }},
		{"nn.Conv2d(3, 4, 3, stride=(1, 2, 3))(torch.zeros(1, 3, 8, 8))", func() {
			nn.NewConv2d(3, 4, 3, nn.Stride(1, 2, 3)).Forward(torch.Zeros([]int64{1, 3, 8, 8}))
		}},
		{"nn.Conv2d(3, 4, 3, padding=4, padding_mode='reflect')(torch.zeros(1, 3, 2, 2))", func() {
			nn.NewConv2d(3, 4, 3, nn.Padding(4), nn.PaddingMode("reflect")).Forward(torch.Zeros([]int64{1, 3, 2, 2}))
		}},
		{"nn.MaxPool2d(2)(torch.zeros(4))", func() { nn.NewMaxPool2d(2).Forward(torch.Zeros([]int64{4})) }},
		{"nn.MaxPool2d(2, padding=2)(torch.zeros(1, 4, 4))", func() {
			nn.NewMaxPool2d(2, nn.Padding(2)).Forward(torch.Zeros([]int64{1, 4, 4}))
		}},
		{"nn.Softmax(dim=3)(torch.zeros(2, 2))", func() { nn.NewSoftmax(nn.Dim(3)).Forward(torch.Zeros([]int64{2, 2})) }},
		{"nn.Flatten(3)(torch.zeros(2, 2))", func() { nn.NewFlatten(nn.StartDim(3)).Forward(torch.Zeros([]int64{2, 2})) }},
		{"nn.MSELoss(reduction='all')(torch.zeros(2), torch.zeros(2))", func() {
			nn.NewMSELoss(nn.Reduction("all")).Forward(torch.Zeros([]int64{2}), torch.Zeros([]int64{2}))
		}},
		{"nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.tensor([0, 3]))", func() {
			nn.NewCrossEntropyLoss().Forward(torch.Zeros([]int64{2, 3}), torch.NewTensor([]int64{0, 3}))
		}},
		{"nn.CrossEntropyLoss(label_smoothing=2.0)(torch.zeros(2, 3), torch.tensor([0, 1]))", func() {
			nn.NewCrossEntropyLoss(nn.LabelSmoothing(2)).Forward(torch.Zeros([]int64{2, 3}), torch.NewTensor([]int64{0, 1}))
		}},
		{"nn.NLLLoss()(torch.zeros(2, 3), torch.zeros(3, dtype=torch.int64))", func() {
			nn.NewNLLLoss().Forward(torch.Zeros([]int64{2, 3}), torch.Zeros([]int64{3}, torch.Int64))
		}},
		{"nn.Parameter(torch.zeros(2, dtype=torch.int64))", func() { nn.NewParameter(torch.Zeros([]int64{2}, torch.Int64)) }},
		{"nn.MSELoss()(torch.zeros(2), torch.zeros(3))", func() {
			nn.NewMSELoss().Forward(torch.Zeros([]int64{2}), torch.Zeros([]int64{3}))
		}},
	} {
		t.Run(c.python, func(t *testing.T) {
			recordWarnings(t)
			assertRaises(t, parity.RunError(t, c.python), c.golang)
		})
	}
}

// assertRaises checks that fn panics as Python raised.
func assertRaises(t *testing.T, py *parity.Result, fn func()) {
	t.Helper()
	err, ok := torch.Try(fn).(*torch.Error)
	if !ok {
		t.Errorf("Go accepts what Python refuses with %s: %s", py.Error.Type, py.Error.Message)
		return
	}
	assert.Equal(t, py.Error.Type, err.Kind)
	assert.Equal(t, py.Error.Message, err.Message)
}

// The sets in these messages come in any order in Python.
func TestConvRefusesUnknownPadding(t *testing.T) {
	err := torch.Try(func() { nn.NewConv2d(1, 1, 1, nn.Padding("full")) })
	assert.Equal(t, "Invalid padding string 'full', should be one of {'same', 'valid'}", err.(*torch.Error).Message)
	err = torch.Try(func() { nn.NewConv2d(1, 1, 1, nn.PaddingMode("wrap")) })
	assert.Equal(t, "padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode='wrap'",
		err.(*torch.Error).Message)
	err = torch.Try(func() { nn.NewMaxPool2d(2, nn.Padding("same")) })
	assert.Equal(t, "TypeError", err.(*torch.Error).Kind)
}
