package nn_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// Deleted parameters come back at the end, as in Python's dictionary.
func TestMembersComeAndGo(t *testing.T) {
	py := parity.Run(t, `
		m = nn.Linear(2, 1)
		keys = out["keys"] = []
		w = m.weight
		del m.weight; keys.append(list(m.state_dict()))
		m.register_parameter("weight_orig", w); m.weight = w * 2; keys.append(list(m.state_dict()))
		out["error"] = ""
		del m.weight_orig; del m.weight; m.weight = w; keys.append(list(m.state_dict()))
		m.b = nn.Buffer(torch.ones(1)); m.c = nn.Buffer(torch.ones(1), persistent=False); keys.append(list(m.state_dict()))
		m.b = torch.zeros(1); keys.append([n for n, _ in m.named_buffers()])
		del m.b; keys.append([n for n, _ in m.named_buffers()])
		m.set_submodule("act", nn.ReLU()); m.set_submodule("act", nn.Tanh(), strict=True)
		out["text"] = repr(m)
		errors = out["errors"] = []
		def fail(f):
			try: f()
			except Exception as e: errors.append(type(e).__name__ + ": " + str(e))
		def assign(): m.weight = torch.ones(1, 2)
		fail(assign)
		fail(lambda: m.__delattr__("foo"))
		fail(lambda: m.set_submodule("", nn.ReLU()))
		fail(lambda: m.set_submodule("foo", nn.ReLU(), strict=True))
		fail(lambda: m.set_submodule("weight", nn.ReLU()))
	`)
	m := nn.NewLinear(2, 1)
	var keys [][]string
	note := func() { keys = append(keys, m.StateDict().Keys()) }
	w := m.Weight
	m.DeleteMember("weight")
	assert.Nil(t, m.Weight)
	note()
	m.RegisterParameter("weight_orig", w)
	m.SetTensor("weight", w.Mul(2))
	assert.False(t, m.Weight.IsParameter())
	note()
	m.DeleteMember("weight_orig")
	m.DeleteMember("weight")
	m.SetTensor("weight", w)
	assert.Same(t, w, m.Weight)
	note()
	m.SetTensor("b", nn.NewBuffer(torch.Ones([]int64{1})))
	m.SetTensor("c", nn.NewBuffer(torch.Ones([]int64{1}), nn.Persistent(false)))
	note()
	zero := torch.Zeros([]int64{1})
	m.SetTensor("b", zero)
	b, ok := m.GetTensor("b")
	assert.True(t, ok && b == zero)
	keys = append(keys, names(m.NamedBuffers()))
	m.DeleteMember("b")
	keys = append(keys, names(m.NamedBuffers()))
	for i, list := range py.Value("keys").List {
		var want []string
		for _, v := range list.List {
			want = append(want, v.Value.(string))
		}
		assert.Equal(t, want, keys[i], i)
	}
	m.SetSubmodule("act", nn.NewReLU())
	m.SetSubmodule("act", nn.NewTanh(), nn.Strict(true))
	assert.Equal(t, py.Text("text"), m.String())
	for i, fn := range []func(){
		func() { m.SetTensor("weight", torch.Ones([]int64{1, 2})) },
		func() { m.DeleteMember("foo") },
		func() { m.SetSubmodule("", nn.NewReLU()) },
		func() { m.SetSubmodule("foo", nn.NewReLU(), nn.Strict(true)) },
		func() { m.SetSubmodule("weight", nn.NewReLU()) },
	} {
		var e *torch.Error
		require.ErrorAs(t, torch.Try(fn), &e)
		assert.Equal(t, py.Strings("errors")[i], e.Kind+": "+e.Message)
	}
	m.DeleteMember("act")
	assert.Empty(t, m.Children())
}

type buffered struct {
	nn.Module
	fc   *nn.Linear
	mean *torch.Tensor
	temp *torch.Tensor
}

// A buffer that NewBuffer made needs no registration.
func TestFieldsHoldBuffers(t *testing.T) {
	m := &buffered{}
	m.Init(m)
	m.fc = nn.NewLinear(1, 1)
	m.mean = nn.NewBuffer(torch.Ones([]int64{2}))
	m.temp = nn.NewBuffer(torch.Ones([]int64{2}), nn.Persistent(false))
	assert.Equal(t, []string{"mean", "temp"}, names(m.NamedBuffers()))
	assert.Equal(t, []string{"mean", "fc.weight", "fc.bias"}, m.StateDict().Keys())
	m.Double()
	assert.Equal(t, []string{"mean", "fc.weight", "fc.bias"}, m.StateDict().Keys())
	assert.Equal(t, torch.Float64, m.mean.DType())
	_, err := m.LoadStateDict(m.StateDict())
	require.NoError(t, err)
	m.DeleteMember("fc")
	assert.Nil(t, m.fc)
}

type counter struct {
	nn.Module
	steps int
}

func (m *counter) GetExtraState() any      { return m.steps }
func (m *counter) SetExtraState(state any) { m.steps = state.(int) }

func TestExtraState(t *testing.T) {
	py := parity.Run(t, `
		class Counter(nn.Module):
			def __init__(self, steps):
				super().__init__(); self.steps = steps; self.p = nn.Parameter(torch.ones(1))
			def get_extra_state(self): return self.steps
			def set_extra_state(self, state): self.steps = state
		m = nn.Sequential(Counter(3), nn.Linear(1, 1))
		state = m.state_dict()
		out["keys"] = list(state)
		n = nn.Sequential(Counter(0), nn.Linear(1, 1)); n.load_state_dict(state)
		out["steps"] = n[0].steps
		del state["0._extra_state"]; state["1._extra_state"] = 5
		try: n.load_state_dict(state)
		except RuntimeError as e: out["error"] = str(e)
	`)
	newCounter := func(steps int) *counter {
		m := &counter{steps: steps}
		m.Init(m)
		m.RegisterParameter("p", nn.NewParameter(torch.Ones([]int64{1})))
		return m
	}
	model := func(steps int) *nn.ModuleList[nn.AnyModule] {
		return nn.NewModuleList[nn.AnyModule](newCounter(steps), nn.NewLinear(1, 1))
	}
	state := model(3).StateDict()
	assert.Equal(t, py.Strings("keys"), state.Keys())
	other := model(0)
	_, err := other.LoadStateDict(state)
	require.NoError(t, err)
	assert.EqualValues(t, py.Number("steps"), other.At(0).(*counter).steps)
	value, ok := state.Extra("0._extra_state")
	assert.True(t, ok)
	assert.Equal(t, 3, value)
	state.Delete("0._extra_state")
	state.SetExtra("1._extra_state", 5)
	_, err = other.LoadStateDict(state)
	var e *torch.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, strings.Replace(py.Text("error"), "Sequential", "ModuleList", 1), e.Message)
}

func TestRegistrationHooks(t *testing.T) {
	var log []string
	note := func(_ nn.AnyModule, name string, x *torch.Tensor) *torch.Tensor {
		log = append(log, name)
		return nil
	}
	half := func(_ nn.AnyModule, name string, x *torch.Tensor) *torch.Tensor {
		if x == nil {
			return nil
		}
		return x.Mul(0.5)
	}
	handles := []*nn.RemovableHandle{
		nn.RegisterModuleBufferRegistrationHook(note),
		nn.RegisterModuleBufferRegistrationHook(half),
		nn.RegisterModuleParameterRegistrationHook(note),
		nn.RegisterModuleModuleRegistrationHook(func(_ nn.AnyModule, name string, child nn.AnyModule) nn.AnyModule {
			log = append(log, name)
			return nn.NewIdentity()
		}),
	}
	m := nn.NewSequential(nn.NewReLU())
	m.RegisterBuffer("b", torch.Ones([]int64{1}))
	m.RegisterParameter("p", nn.NewParameter(torch.Ones([]int64{1})))
	assert.Equal(t, []string{"0", "b", "p"}, log)
	assert.Equal(t, 0.5, m.GetBuffer("b").Item())
	assert.Equal(t, "Sequential(\n  (0): Identity()\n)", m.String())
	for _, h := range handles {
		h.Remove()
	}
	nn.NewBatchNorm1d(2)
	assert.Len(t, log, 3)
}
