package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestSequentialIsAsInPython(t *testing.T) {
	py := parity.Run(t, `
		from collections import OrderedDict
		m = nn.Sequential(nn.Linear(1, 2), nn.ReLU())
		m.append(nn.Linear(2, 3)); m.insert(1, nn.Tanh()); m.insert(-1, nn.Sigmoid()); m.extend([nn.Identity(), nn.ReLU()])
		out["built"] = repr(m)
		m[1] = nn.Softmax(dim=0); m.pop(0); m.pop(-1)
		out["changed"] = repr(m)
		out["slice"] = repr(m[1:3])
		out["last"] = repr(m[-1])
		out["length"] = len(m)
		n = nn.Sequential(OrderedDict([("conv1", nn.Conv2d(1, 20, 5)), ("relu1", nn.ReLU())]))
		out["named"] = repr(n)
		out["keys"] = list(n.state_dict().keys())
		out["empty"] = repr(nn.Sequential())
	`)
	m := nn.NewSequential(nn.NewLinear(1, 2), nn.NewReLU())
	m.Append(nn.NewLinear(2, 3)).Insert(1, nn.NewTanh()).Insert(-1, nn.NewSigmoid()).Extend(nn.NewIdentity(), nn.NewReLU())
	assert.Equal(t, py.Text("built"), m.String())
	m.Set(1, nn.NewSoftmax(nn.Dim(0)))
	assert.IsType(t, &nn.Linear{}, m.Pop(0))
	m.Pop(-1)
	assert.Equal(t, py.Text("changed"), m.String())
	assert.Equal(t, py.Text("slice"), m.Slice(1, 3).String())
	assert.Equal(t, py.Text("last"), m.At(-1).String())
	assert.Equal(t, int(py.Number("length")), m.Len())
	n := nn.NewNamedSequential(nn.Named("conv1", nn.NewConv2d(1, 20, 5)), nn.Named("relu1", nn.NewReLU()))
	assert.Equal(t, py.Text("named"), n.String())
	assert.Equal(t, py.Strings("keys"), n.StateDict().Keys())
	assert.Equal(t, py.Text("empty"), nn.NewSequential().String())
	x := torch.Ones([]int64{1})
	assert.Same(t, x, nn.NewSequential().Forward(x))
	for i, layer := range m.All() {
		assert.Same(t, m.At(i), layer)
		break
	}
}

func TestContainersRefuseWhatPythonRefuses(t *testing.T) {
	assertRaises(t, parity.RunError(t, "nn.Sequential()[0]"), func() { nn.NewSequential().At(0) })
	assertRaises(t, parity.RunError(t, "nn.Sequential(nn.ReLU())[-2]"), func() { nn.NewSequential(nn.NewReLU()).At(-2) })
	assertRaises(t, parity.RunError(t, "nn.ModuleList()[3]"), func() { nn.NewModuleList[nn.AnyModule]().At(3) })
	assertRaises(t, parity.RunError(t, "nn.Sequential().insert(1, nn.ReLU())"), func() { nn.NewSequential().Insert(1, nn.NewReLU()) })
	assertRaises(t, parity.RunError(t, "nn.Sequential(nn.ModuleList([nn.ReLU()]))(torch.ones(1))"), func() {
		s := nn.NewSequential()
		s.AddModule("0", nn.NewModuleList(nn.NewReLU()))
		s.Forward(torch.Ones([]int64{1}))
	})
	assert.Error(t, torch.Try(func() { nn.NewModuleList[nn.AnyModule]().Insert(1, nn.NewReLU()) }))
}

func TestModuleListIsAsInPython(t *testing.T) {
	py := parity.Run(t, `
		block = lambda: nn.Sequential(nn.Linear(1, 1), nn.ReLU())
		m = nn.ModuleList([nn.ReLU(), block(), block(), block(), nn.ReLU()])
		out["text"] = repr(nn.Sequential(m))
		m.insert(0, nn.Tanh()); m.append(nn.Tanh()); m.pop(1); m[0] = nn.Sigmoid()
		out["changed"] = repr(m)
		out["slice"] = repr(m[1:3])
		out["keys"] = list(m.state_dict().keys())
		out["empty"] = repr(nn.ModuleList())
	`)
	block := func() nn.Layer { return nn.NewSequential(nn.NewLinear(1, 1), nn.NewReLU()) }
	m := nn.NewModuleList[nn.Layer](nn.NewReLU(), block(), block(), block(), nn.NewReLU())
	parent := nn.NewSequential()
	parent.AddModule("0", m)
	assert.Equal(t, py.Text("text"), parent.String())
	m.Insert(0, nn.NewTanh())
	m.Append(nn.NewTanh())
	m.Pop(1)
	m.Set(0, nn.NewSigmoid())
	assert.Equal(t, py.Text("changed"), m.String())
	assert.Equal(t, py.Text("slice"), m.Slice(1, 3).String())
	assert.Equal(t, py.Strings("keys"), m.StateDict().Keys())
	assert.Equal(t, py.Text("empty"), nn.NewModuleList[*nn.Linear]().String())
	n := 0
	for i, layer := range m.All() {
		assert.Same(t, m.At(i), layer)
		if n++; n == 3 {
			break
		}
	}
	assert.Equal(t, 6, m.Len())
}
