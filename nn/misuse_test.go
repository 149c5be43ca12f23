package nn_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/parametrize"
	"github.com/wangkuiyi/gotorch/nn/utils/prune"
	"github.com/wangkuiyi/gotorch/nn/utils/rnn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A misuse is something that goes wrong, in Python and in Go.
type misuse struct {
	python string
	golang func()
}

// errorsOf returns the errors that Python raises: "KeyError: ...", or "".
func errorsOf(t *testing.T, setup string, cases []misuse) []string {
	var code strings.Builder
	code.WriteString("errors = out['errors'] = []\nfrom torch.nn.utils import rnn, prune, parametrize\n" + setup)
	for _, c := range cases {
		fmt.Fprintf(&code, "try:\n\t%s\n\terrors.append('')\n", c.python)
		code.WriteString("except Exception as e: errors.append(type(e).__name__ + ': ' + str(e.args[0]))\n")
	}
	return parity.Run(t, code.String()).Strings("errors")
}

func checkMisuses(t *testing.T, setup string, cases []misuse) {
	t.Helper()
	want := errorsOf(t, setup, cases)
	for i, c := range cases {
		got := ""
		if err := torch.Try(c.golang); err != nil {
			got = err.(*torch.Error).Kind + ": " + err.(*torch.Error).Message
		}
		assert.Equal(t, want[i], got, c.python)
	}
}

// What is wrong with arguments panics as in Python.
func TestMisusesAreThoseOfPython(t *testing.T) {
	ones := func(shape ...int64) *torch.Tensor { return torch.Ones(shape) }
	hook := func(nn.AnyModule, []*torch.Tensor) []*torch.Tensor { return nil }
	checkMisuses(t, "", []misuse{
		{"nn.Hardtanh(1., -1.)", func() { nn.NewHardtanh(nn.MinVal(1), nn.MaxVal(-1)) }},
		{"nn.Hardtanh(1., 1.)", func() { nn.NewHardtanh(nn.MinVal(1), nn.MaxVal(1)) }},
		{"nn.Hardtanh(float('nan'), 1.)", func() { nn.NewHardtanh(nn.MinVal(math.NaN()), nn.MaxVal(1)) }},
		{"nn.AvgPool2d(2, divisor_override=0)(torch.ones(1, 4, 4))", func() {
			nn.NewAvgPool2d(2, nn.DivisorOverride(0)).Forward(ones(1, 4, 4))
		}},
		{"nn.AvgPool3d(2, divisor_override=0)(torch.ones(1, 4, 4, 4))", func() {
			nn.NewAvgPool3d(2, nn.DivisorOverride(0)).Forward(ones(1, 4, 4, 4))
		}},
		{"nn.ModuleDict({'training': nn.ReLU()})", func() { nn.NewModuleDict[nn.Layer]().Set("training", nn.NewReLU()) }},
		{"nn.ParameterDict({'training': torch.ones(1)})", func() { nn.NewParameterDict().Set("training", ones(1)) }},
		{"nn.ParameterDict({'forward': torch.ones(1)})", func() { nn.NewParameterDict().Set("forward", ones(1)) }},
		{"prune.ln_structured(nn.Linear(2, 2), 'weight', 1, 'x', 0)", func() {
			prune.LnStructured(nn.NewLinear(2, 2), "weight", 1, "x", 0)
		}},
		{"prune.PruningContainer()[0]", func() { prune.NewPruningContainer().At(0) }},
		{"prune.PruningContainer().PRUNING_TYPE", func() { prune.NewPruningContainer().PruningType() }},
		{"prune.PruningContainer().compute_mask(torch.ones(2), torch.ones(2))", func() {
			prune.NewPruningContainer().ComputeMask(ones(2), ones(2))
		}},
		{"rnn.unpad_sequence(torch.ones(3, 2), torch.tensor([1]))", func() { rnn.UnpadSequence(ones(3, 2), torch.NewTensor([]int64{1})) }},
		{"rnn.unpad_sequence(torch.ones(3, 2), torch.tensor([1, 2, 3]))", func() {
			rnn.UnpadSequence(ones(3, 2), torch.NewTensor([]int64{1, 2, 3}))
		}},
		{"rnn.pad_packed_sequence(None)", func() { rnn.PadPackedSequence(nil) }},
		{"rnn.unpack_sequence(None)", func() { rnn.UnpackSequence(nil) }},
		{"nn.LSTM(1, 1)(None)", func() { nn.NewLSTM(1, 1).ForwardPacked(nil) }},
		{"nn.GRU(1, 1)(None)", func() { nn.NewGRU(1, 1).ForwardPacked(nil) }},
		{"nn.Sequential(nn.ReLU(), None)(torch.ones(1))", func() { nn.NewSequential(nn.NewReLU(), nil).Forward(ones(1)) }},
		{"nn.Sequential(nn.ReLU()).insert(0, None)", func() { nn.NewSequential(nn.NewReLU()).Insert(0, nil) }},
		{"parametrize.register_parametrization(nn.Linear(1, 1), 'weight', None)", func() {
			parametrize.RegisterParametrization(nn.NewLinear(1, 1), "weight", nil)
		}},
		{"m = nn.ReLU(); m.register_forward_hook(None); m(torch.ones(1))", func() { nn.NewReLU().RegisterForwardHook(nil) }},
		{"m = nn.ReLU(); m.register_forward_pre_hook(None); m(torch.ones(1))", func() {
			handle := nn.NewReLU().RegisterForwardPreHook(hook)
			handle.Remove()
			nn.NewReLU().RegisterForwardPreHook(nil)
		}},
		{"nn.TransformerEncoderLayer(2, 1, activation=None)(torch.ones(1, 2))", func() { nn.ActivationFunc(nil) }},
		{"nn.TransformerEncoderLayer(2, 1, activation=None)(torch.ones(1, 2))", func() { nn.ActivationLayer(nil) }},
	})
	assert.ErrorIs(t, torch.Try(func() { nn.NewTransformerEncoder(nil, 2) }), &torch.Error{Kind: "TypeError"})
	assert.ErrorIs(t, torch.Try(func() { nn.NewTransformerDecoder(nil, 2) }), &torch.Error{Kind: "TypeError"})
}

// A member cannot have the name of something that modules have in Python.
func TestReservedNames(t *testing.T) {
	py := parity.Run(t, `out["names"] = [n for n in dir(nn.Module()) if not n.startswith("_")]`)
	for _, name := range py.Strings("names") {
		for _, register := range []func(m *nn.Module){
			func(m *nn.Module) { m.AddModule(name, nn.NewReLU()) },
			func(m *nn.Module) { m.RegisterParameter(name, nn.NewParameter(torch.Ones([]int64{1}))) },
			func(m *nn.Module) { m.RegisterBuffer(name, torch.Ones([]int64{1})) },
		} {
			m := &nn.Module{}
			m.Init(m)
			err := torch.Try(func() { register(m) })
			assert.ErrorIs(t, err, &torch.Error{Kind: "KeyError", Message: "attribute '" + name + "' already exists"}, name)
		}
	}
}

// Slices take what Python's take: bounds from the end, and outside.
func TestSlicesOfContainers(t *testing.T) {
	var code strings.Builder
	code.WriteString(`
S = lambda: nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
L = lambda: nn.ModuleList(S())
P = lambda: nn.ParameterList([torch.ones(i) for i in (1, 2, 3)])
def deleted(c, a, b):
	del c[a:b]
	return str(c)
`)
	bounds := [][2]int{{-2, 3}, {0, 9}, {2, 1}, {-9, -1}, {1, 2}, {9, 9}, {-9, -9}, {0, 0}, {-1, 1}}
	for i, b := range bounds {
		fmt.Fprintf(&code, "a, b = %d, %d\n", b[0], b[1])
		fmt.Fprintf(&code, "out['%d'] = [str(S()[a:b]), str(L()[a:b]), str(P()[a:b]), deleted(S(), a, b), deleted(L(), a, b)]\n", i)
	}
	py := parity.Run(t, code.String())
	sequential := func() *nn.Sequential { return nn.NewSequential(nn.NewReLU(), nn.NewTanh(), nn.NewSigmoid()) }
	list := func() *nn.ModuleList[nn.Layer] {
		return nn.NewModuleList[nn.Layer](nn.NewReLU(), nn.NewTanh(), nn.NewSigmoid())
	}
	for i, b := range bounds {
		parameters := nn.NewParameterList()
		for n := range int64(3) {
			parameters.Append(torch.Ones([]int64{n + 1}))
		}
		s, l := sequential(), list()
		s.Delete(b[0], b[1])
		l.Delete(b[0], b[1])
		assert.Equal(t, py.Strings(fmt.Sprint(i)), []string{sequential().Slice(b[0], b[1]).String(), list().Slice(b[0], b[1]).String(),
			parameters.Slice(b[0], b[1]).String(), s.String(), l.String()}, b)
	}
}

// Nil stands for Python's None in containers.
func TestNilInContainers(t *testing.T) {
	py := parity.Run(t, `
s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
s[1] = None
l = nn.ModuleList([nn.ReLU(), None, None]).append(None)
m = nn.Module()
m.add_module("x", None)
d = nn.ModuleDict({"a": None, "b": nn.ReLU()})
out["printed"] = [str(s), str(l), str(m), str(d)]
s.train(False)
out["modules"] = [str(len(list(x.modules()))) for x in (s, l, m, d)]
out["kept"] = [str(s[1]), str(l[-1]), str(d["a"]), str(list(s)), str(s.pop(1)), str(s)]
`)
	s := nn.NewSequential(nn.NewReLU(), nn.NewTanh(), nn.NewSigmoid())
	s.Set(1, nil)
	l := nn.NewModuleList(nn.NewReLU(), nil, (*nn.ReLU)(nil)).Append(nil)
	m := &nn.Module{}
	m.Init(m)
	m.AddModule("x", nil)
	d := nn.NewModuleDict[nn.Layer]().Set("a", nil).Set("b", nn.NewReLU())
	assert.Equal(t, py.Strings("printed"), []string{s.String(), l.String(), m.String(), d.String()})
	s.Eval()
	var modules []string
	for _, x := range []nn.AnyModule{s, l, m, d} {
		modules = append(modules, fmt.Sprint(len(x.Modules())))
	}
	assert.Equal(t, py.Strings("modules"), modules)
	text := func(m nn.Layer) string {
		if m == nil {
			return "None"
		}
		return m.String()
	}
	var all []string
	for _, layer := range s.All() {
		all = append(all, text(layer))
	}
	assert.Nil(t, l.At(-1))
	kept := []string{text(s.At(1)), "None", text(d.At("a")), "[" + strings.Join(all, ", ") + "]", text(s.Pop(1)), s.String()}
	assert.Equal(t, py.Strings("kept"), kept)
	assert.NotPanics(t, func() { nn.DeepCopy(l) })
}
