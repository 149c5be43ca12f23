package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestStateDictSharesData(t *testing.T) {
	m := nn.NewLinear(2, 1)
	state := m.StateDict(nn.Prefix("p."))
	assert.Equal(t, []string{"p.weight", "p.bias"}, state.Keys())
	assert.False(t, state.Get("p.bias").RequiresGrad())
	state.Get("p.bias").Fill_(5)
	assert.Equal(t, 5.0, m.Bias.Item())
	assert.Same(t, m.Bias, m.StateDict(nn.KeepVars(true)).Get("bias"))
}

func TestStateDictIsAnOrderedMap(t *testing.T) {
	var d nn.StateDict
	a, b := torch.Ones(nil), torch.Zeros(nil)
	d.Set("b", b)
	d.Set("a", a)
	d.Set("b", a)
	assert.Equal(t, []string{"b", "a"}, d.Keys())
	assert.Same(t, a, d.Get("b"))
	assert.Nil(t, d.Get("c"))
	d.Delete("b")
	d.Delete("c")
	assert.Equal(t, []string{"a"}, d.Keys())
	assert.Equal(t, 1, d.Len())
	_, ok := d.Version("")
	assert.False(t, ok)
	d.SetVersion("bn", 1)
	d.SetVersion("bn", 2)
	version, ok := d.Version("bn")
	assert.True(t, ok)
	assert.Equal(t, 2, version)
	assert.Equal(t, []string{"bn"}, names(d.Versions()))
	for range d.Versions() {
		break
	}
}

func TestLoadStateDict(t *testing.T) {
	from, to := NewNet(), NewNet()
	weight := to.Stem.Weight
	keys, err := to.LoadStateDict(from.StateDict())
	require.NoError(t, err)
	assert.Equal(t, "<All keys matched successfully>", keys.String())
	assert.Same(t, weight, to.Stem.Weight)
	assert.True(t, torch.Equal(from.Stem.Weight, to.Stem.Weight))
	from.StateDict().Get("stem.weight").Fill_(0)
	assert.False(t, torch.Equal(from.Stem.Weight, to.Stem.Weight), "values are copied")
}

// What is wrong with a dictionary is said in Python's words.
func TestLoadStateDictErrors(t *testing.T) {
	for _, c := range []struct {
		name, python string
		golang       func(*Net, *nn.StateDict)
	}{
		{"nothing", "", func(*Net, *nn.StateDict) {}},
		{"missing", "del s['stem.weight'], s['body.0.bias']", func(_ *Net, s *nn.StateDict) {
			s.Delete("stem.weight")
			s.Delete("body.0.bias")
		}},
		{"unexpected", "s['x'] = s['a.b'] = s['stem.x'] = s['body.0.x.y'] = torch.zeros(1)", func(_ *Net, s *nn.StateDict) {
			for _, key := range []string{"x", "a.b", "stem.x", "body.0.x.y"} {
				s.Set(key, torch.Zeros([]int64{1}))
			}
		}},
		{"not persistent", "s['cache'] = torch.zeros(2)", func(_ *Net, s *nn.StateDict) { s.Set("cache", torch.Zeros([]int64{2})) }},
		{"shapes", "s['stem.weight'] = torch.zeros(1, 2); s['scale'] = torch.zeros(()); del s['late']", func(_ *Net, s *nn.StateDict) {
			s.Set("stem.weight", torch.Zeros([]int64{1, 2}))
			s.Set("scale", torch.Zeros(nil))
			s.Delete("late")
		}},
		{"none", "s['stem.weight'] = None", func(_ *Net, s *nn.StateDict) { s.Set("stem.weight", nil) }},
		{"old scalar", "s['step'] = torch.tensor([3])", func(_ *Net, s *nn.StateDict) { s.Set("step", torch.NewTensor([]int{3})) }},
		{"cannot copy", "m.scale = nn.Parameter(torch.zeros(1).expand(2))", func(m *Net, s *nn.StateDict) {
			m.scale = nn.NewParameter(torch.Zeros([]int64{1}).Expand(2))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			py := parity.Run(t, pythonNet+`
s = m.state_dict()
`+c.python+`
out["error"] = ""
try:
    m.load_state_dict(s)
except RuntimeError as e:
    out["error"] = str(e)
try:
    out["keys"] = str(m.load_state_dict(s, strict=False))
except RuntimeError as e:
    out["keys"] = str(e)
out["step"] = m.step
`)
			m := NewNet()
			s := m.StateDict()
			c.golang(m, s)
			_, err := m.LoadStateDict(s)
			assert.Equal(t, py.Text("error"), messageOf(err))
			keys, err := m.LoadStateDict(s, nn.Strict(false))
			if err != nil {
				assert.Equal(t, py.Text("keys"), messageOf(err))
			} else {
				assert.Equal(t, py.Text("keys"), keys.String())
			}
			py.EqualTensor("step", m.Step)
		})
	}
	assert.Error(t, torch.Try(func() { _, _ = NewNet().LoadStateDict(nil) }))
}

func messageOf(err error) string {
	if err == nil {
		return ""
	}
	return err.(*torch.Error).Message
}

func TestLoadStateDictAssign(t *testing.T) {
	m, frozen := NewNet(), NewNet()
	frozen.RequiresGrad_(false)
	m.InProj2D.RequiresGrad_(true)
	state := frozen.StateDict(nn.KeepVars(true))
	step := torch.NewTensor(8)
	state.Set("step", step)
	state.Set("late", torch.Full([]int64{1}, 3.0))
	_, err := m.LoadStateDict(state, nn.Assign(true))
	require.NoError(t, err)
	assert.Same(t, step, m.Step)
	assert.Same(t, frozen.InProj2D, m.InProj2D)
	assert.True(t, m.InProj2D.RequiresGrad())
	assert.Equal(t, 3.0, m.GetParameter("late").Item())
	assert.True(t, m.GetParameter("late").IsParameter())
}

func TestStateDictHooks(t *testing.T) {
	m := nn.NewSequential(nn.NewLinear(1, 1))
	var log []string
	note := func(format string, args ...any) { log = append(log, fmt.Sprintf(format, args...)) }
	inner := m.At(0).AsModule()
	handles := []*nn.RemovableHandle{
		inner.RegisterStateDictPreHook(func(_ nn.AnyModule, prefix string, keepVars bool) { note("pre %s %v", prefix, keepVars) }),
		inner.RegisterStateDictPostHook(func(_ nn.AnyModule, s *nn.StateDict, prefix string) {
			note("post %s %d", prefix, s.Len())
			s.Set("added", torch.Zeros(nil))
		}),
		m.RegisterLoadStateDictPreHook(func(_ nn.AnyModule, s *nn.StateDict, prefix string, r *nn.LoadReport) {
			note("load %q", prefix)
			s.Delete("added")
		}),
		m.RegisterLoadStateDictPostHook(func(_ nn.AnyModule, keys *nn.IncompatibleKeys) {
			note("loaded %v", keys.MissingKeys)
			keys.MissingKeys = nil
		}),
	}
	state := m.StateDict()
	assert.Equal(t, []string{"0.weight", "0.bias", "added"}, state.Keys())
	state.Delete("0.bias")
	keys, err := m.LoadStateDict(state)
	require.NoError(t, err)
	assert.Equal(t, "<All keys matched successfully>", keys.String())
	assert.True(t, state.Has("added"), "the hook got a copy")
	assert.Equal(t, []string{"pre 0. false", "post 0. 2", `load ""`, "loaded [0.bias]"}, log)
	for _, h := range handles {
		h.Remove()
	}
	m.StateDict()
	assert.Len(t, log, 4)
}
