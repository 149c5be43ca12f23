package nn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// randomLayer draws a layer and the shape of an input, which may or may not fit
// each other.
var randomLayer = rapid.Custom(func(t *rapid.T) layerCase {
	if rapid.Bool().Draw(t, "linear") {
		return randomLinear(t)
	}
	return randomConv(t)
})

func randomLinear(t *rapid.T) layerCase {
	small := rapid.Int64Range(0, 20)
	in, out := small.Draw(t, "in"), small.Draw(t, "out")
	bias := rapid.Bool().Draw(t, "bias")
	shape := append(rapid.SliceOfN(rapid.Int64Range(0, 6), 0, 3).Draw(t, "batch"), in)
	if rapid.IntRange(0, 9).Draw(t, "misfit") == 0 {
		shape[len(shape)-1]++
	}
	return layerCase{fmt.Sprintf("nn.Linear(%d, %d, bias=bool(%d))", in, out, number(bias)),
		func() nn.Layer { return nn.NewLinear(in, out, nn.Bias(bias)) }, shape}
}

func randomConv(t *rapid.T) layerCase {
	small := rapid.Int64Range(1, 3)
	pair := func(name string, low, high int) [2]int {
		n := rapid.IntRange(low, high)
		return [2]int{n.Draw(t, name), n.Draw(t, name)}
	}
	groups := small.Draw(t, "groups")
	in, out := groups*small.Draw(t, "in"), groups*small.Draw(t, "out")
	kernel, stride, padding, dilation := pair("kernel", 1, 4), pair("stride", 1, 3), pair("padding", 0, 3), pair("dilation", 1, 2)
	mode := rapid.SampledFrom([]string{"zeros", "reflect", "replicate", "circular"}).Draw(t, "mode")
	shape := append(rapid.SliceOfN(rapid.Int64Range(1, 3), 0, 1).Draw(t, "batch"), in,
		rapid.Int64Range(1, 12).Draw(t, "height"), rapid.Int64Range(1, 12).Draw(t, "width"))
	python := fmt.Sprintf("nn.Conv2d(%d, %d, (%d, %d), (%d, %d), (%d, %d), (%d, %d), %d, padding_mode='%s')", in, out,
		kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1], groups, mode)
	return layerCase{python, func() nn.Layer {
		return nn.NewConv2d(in, out, kernel, nn.Stride(int64(stride[0]), int64(stride[1])), nn.Padding(padding[0], padding[1]),
			nn.Dilation(int64(dilation[0]), int64(dilation[1])), nn.Groups(groups), nn.PaddingMode(mode))
	}, shape}
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Layers of random configurations do what Python's do: compute the same bits,
// or refuse the input with the same words.
func TestRandomLayersAreThoseOfPython(t *testing.T) {
	recordWarnings(t)
	const n = 150
	cases := make([]layerCase, n)
	var code strings.Builder
	code.WriteString(`
import warnings
warnings.simplefilter("ignore")
results, errors, texts = [], [], []
def case(make, shape):
    torch.manual_seed(0)
    m = make()
    x = torch.randn(shape, requires_grad=True)
    texts.append(repr(m))
    try:
        y = m(x)
        y.square().sum().backward()
        results.append([y, x.grad] + [p.grad for p in m.parameters()])
        errors.append("")
    except RuntimeError as e:
        results.append([])
        errors.append(str(e))
`)
	for i := range cases {
		cases[i] = randomLayer.Example(i)
		fmt.Fprintf(&code, "case(lambda: %s, [%s])\n", cases[i].python, commas(cases[i].shape))
	}
	code.WriteString("out.update({str(i): r for i, r in enumerate(results)})\nout['errors'], out['texts'] = errors, texts\n")
	py := parity.Run(t, code.String())
	errors, texts := py.Strings("errors"), py.Strings("texts")
	refused := 0
	for i, c := range cases {
		torch.ManualSeed(0)
		m := c.golang()
		x := torch.Randn(c.shape, torch.RequiresGrad(true))
		assert.Equal(t, texts[i], m.String())
		var results []*torch.Tensor
		err := torch.Try(func() {
			y := m.Forward(x)
			y.Square().Sum().Backward()
			results = append([]*torch.Tensor{y, x.Grad()}, gradients(m.Parameters())...)
		})
		assert.Equal(t, errors[i], messageOf(err), "%s %v", c.python, c.shape)
		py.EqualTensors(fmt.Sprint(i), results)
		if err != nil {
			refused++
		}
	}
	assert.Greater(t, refused, 0)
	assert.Less(t, refused, n/2)
}

// tree builds a random tree of modules twice.
func tree(t *rapid.T, depth int) (a, b nn.AnyModule) {
	switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
	case depth == 0 || kind == 0:
		in, out := rapid.Int64Range(0, 3).Draw(t, "in"), rapid.Int64Range(0, 3).Draw(t, "out")
		return nn.NewLinear(in, out), nn.NewLinear(in, out)
	case kind == 1:
		return nn.NewReLU(), nn.NewReLU()
	case kind == 2:
		x, y := &Base{}, &Base{}
		x.Init(x)
		y.Init(y)
		x.in, y.in = nn.NewLinear(1, 2), nn.NewLinear(1, 2)
		return x, y
	default:
		x, y := nn.NewModuleList[nn.AnyModule](), nn.NewModuleList[nn.AnyModule]()
		for range rapid.IntRange(0, 3).Draw(t, "children") {
			a, b := tree(t, depth-1)
			x.Append(a)
			y.Append(b)
		}
		return x, y
	}
}

// Any module can be loaded with the state of one that is built alike.
func TestRandomTreesTakeEachOthersState(t *testing.T) {
	recordWarnings(t) // of weights without elements
	rapid.Check(t, func(t *rapid.T) {
		a, b := tree(t, 3)
		assert.Equal(t, a.String(), b.String())
		state := a.StateDict()
		assert.Len(t, a.Parameters(), state.Len())
		keys, err := b.AsModule().LoadStateDict(state)
		assert.NoError(t, err)
		assert.Empty(t, keys.MissingKeys)
		for key, v := range b.StateDict().All() {
			assert.True(t, torch.Equal(v, state.Get(key)), key)
			assert.True(t, torch.Equal(v, b.AsModule().GetParameter(key)), key)
		}
	})
}
