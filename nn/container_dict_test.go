package nn_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A holder has a container of each kind.
type holder struct {
	nn.Module
	choices *nn.ModuleDict[nn.Layer]
	list    *nn.ParameterList
	named   *nn.ParameterDict
}

func TestDictionariesPrintAndSaveAsInPython(t *testing.T) {
	py := parity.Run(t, `
		class holder(nn.Module):
			def __init__(self):
				super().__init__()
				self.choices = nn.ModuleDict({"pool": nn.MaxPool2d(3), "conv": nn.Conv2d(1, 2, 3)})
				self.list = nn.ParameterList([torch.ones(2, 3), nn.Parameter(torch.ones(2), requires_grad=False)])
				self.named = nn.ParameterDict()
				self.named["right"], self.named["left"] = torch.ones(2, dtype=torch.float64), torch.tensor(1.)
		m = holder()
		out["text"], out["keys"] = repr(m), list(m.state_dict())
		out["texts"] = [repr(nn.ModuleDict()), repr(nn.ParameterList()), repr(nn.ParameterDict()), repr(nn.ParameterList([torch.ones(1)])),
			repr(nn.ParameterDict().fromkeys(["a"]))]
	`)
	m := &holder{}
	m.Init(m)
	m.choices = nn.NewModuleDict[nn.Layer]().Set("pool", nn.NewMaxPool2d(3)).Set("conv", nn.NewConv2d(1, 2, 3))
	m.list = nn.NewParameterList(torch.Ones([]int64{2, 3}), nn.NewParameter(torch.Ones([]int64{2}), false))
	m.named = nn.NewParameterDict().Set("right", torch.Ones([]int64{2}, torch.Float64)).Set("left", torch.Ones(nil))
	assert.Equal(t, py.Text("text"), m.String())
	assert.Equal(t, py.Strings("keys"), m.StateDict().Keys())
	assert.Equal(t, py.Strings("texts"), []string{nn.NewModuleDict[nn.Layer]().String(), nn.NewParameterList().String(),
		nn.NewParameterDict().String(), nn.NewParameterList(torch.Ones([]int64{1})).String(),
		nn.NewParameterDict().Fromkeys([]string{"a"}, nil).String()})
}

func TestModuleDict(t *testing.T) {
	relu, tanh := nn.NewReLU(), nn.NewTanh()
	d := nn.NewModuleDict[nn.Layer]().Set("a", relu).Set("b", tanh).Set("a", tanh)
	assert.Equal(t, []string{"a", "b"}, d.Keys())
	assert.Equal(t, []nn.Layer{tanh, tanh}, d.Values())
	d.Update(nn.NewModuleDict[nn.Layer]().Set("c", relu).Set("b", relu))
	assert.Equal(t, map[string]nn.Layer{"a": tanh, "b": relu, "c": relu}, maps.Collect(d.All()))
	assert.Same(t, tanh, d.Pop("a"))
	d.Delete("b")
	assert.True(t, d.Has("c"))
	assert.Equal(t, 1, d.Len())
	assert.Same(t, relu, d.At("c"))
	d.Clear()
	assert.False(t, d.Has("c"))
}

func TestParameterList(t *testing.T) {
	p := nn.NewParameter(torch.Ones([]int64{1}))
	l := nn.NewParameterList(p).Append(torch.Zeros([]int64{2})).Extend(p)
	assert.Same(t, p, l.At(-1))
	assert.True(t, l.At(1).IsParameter())
	l.Set(-1, torch.Ones([]int64{3}))
	assert.Equal(t, []int64{3}, l.At(2).Shape())
	assert.Equal(t, 2, l.Slice(1, 3).Len())
	assert.Len(t, slices.Collect(maps.Values(maps.Collect(l.All()))), 3)
	assert.Len(t, l.Parameters(), 3)
}

func TestParameterDict(t *testing.T) {
	p, q := nn.NewParameter(torch.Ones([]int64{1})), nn.NewParameter(torch.Ones([]int64{2}))
	d := nn.NewParameterDict().Set("a", p).Set("b", p)
	c := d.Copy().Update(nn.NewParameterDict().Set("b", q).Set("c", q))
	assert.Equal(t, []string{"a", "b", "c"}, c.Keys())
	assert.Equal(t, tensors{p, q, q}, c.Values())
	assert.Same(t, p, d.At("b"))
	assert.Same(t, q, d.Setdefault("new", q))
	assert.Same(t, p, d.Setdefault("a", q))
	assert.Nil(t, d.Get("none"))
	assert.Same(t, q, d.Get("none", q))
	key, value := d.Popitem()
	assert.Equal(t, "new", key)
	assert.Same(t, q, value)
	assert.Same(t, p, d.Pop("a"))
	assert.Len(t, maps.Collect(d.All()), 1)
	d.Clear()
	assert.False(t, d.Has("b"))
}

func TestDictionariesRefuseWhatPythonRefuses(t *testing.T) {
	one := func() *torch.Tensor { return torch.Ones([]int64{1}) }
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"nn.ParameterList([torch.ones(1)])[3]", func() { nn.NewParameterList(one()).At(3) }},
		{"nn.ParameterList([torch.ones(1, dtype=torch.int64)])", func() { nn.NewParameterList(torch.Ones([]int64{1}, torch.Int64)) }},
		{"nn.ParameterDict()['b']", func() { nn.NewParameterDict().At("b") }},
		{"nn.ParameterDict().pop('b')", func() { nn.NewParameterDict().Pop("b") }},
		{"nn.ParameterDict().__delitem__('b')", func() { nn.NewParameterDict().Delete("b") }},
		{"nn.ModuleDict()['b']", func() { nn.NewModuleDict[nn.Layer]().At("b") }},
		{"nn.ModuleDict().pop('b')", func() { nn.NewModuleDict[nn.Layer]().Pop("b") }},
	} {
		t.Run(c.python, func(t *testing.T) { assertRaises(t, parity.RunError(t, c.python), c.golang) })
	}
	assert.ErrorContains(t, torch.Try(func() { nn.NewParameterDict().Popitem() }), "popitem(): dictionary is empty")
	assert.ErrorContains(t, torch.Try(func() { nn.NewParameterDict().Set("a.b", one()) }), `parameter name can't contain "."`)
	assert.ErrorContains(t, torch.Try(func() { nn.NewModuleDict[nn.Layer]().Set("", nn.NewReLU()) }), `module name can't be empty string ""`)
}
