package nn_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// Net has members of all kinds; python is the same in Python.
type Net struct {
	nn.Module
	Stem      *nn.Conv2d `torch:"stem"`
	body      *nn.Sequential
	blocks    *nn.ModuleList[*nn.Linear]
	Head      nn.Layer
	again     *nn.Linear // the same as Head
	scale     *torch.Tensor
	Step      *torch.Tensor // a buffer
	cache     *torch.Tensor // a buffer that is not saved
	InProj2D  *torch.Tensor
	None      *nn.Linear    // stays nil
	plain     *torch.Tensor // neither
	unlisted  []*nn.Linear
	hidden    *nn.Linear `torch:"-"`
	Criterion any
}

const pythonNet = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 2, 3)
        self.body = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU(), nn.Dropout(0.1)))
        self.blocks = nn.ModuleList([nn.Linear(3, 3) for i in range(3)])
        self.head = nn.Linear(3, 1)
        self.again = self.head
        self.scale = nn.Parameter(torch.full((2,), 0.5))
        self.in_proj2d = nn.Parameter(torch.ones(1), requires_grad=False)
        self.register_buffer("step", torch.tensor(7))
        self.register_buffer("cache", torch.zeros(2), persistent=False)
        self.none = None
        self.plain = torch.zeros(1)
        self.unlisted = [nn.Linear(1, 1)]
        self.criterion = nn.MSELoss()
        self.register_parameter("late", nn.Parameter(torch.zeros(1)))
        self.register_buffer("offset", torch.ones(1))
        self.add_module("extra", nn.Tanh())
    def extra_repr(self):
        return "first line\nsecond line"
torch.manual_seed(0)
m = Net()
`

func NewNet() *Net {
	m := &Net{}
	m.Init(m)
	m.Stem = nn.NewConv2d(1, 2, 3)
	m.body = nn.NewSequential(nn.NewLinear(2, 3), nn.NewSequential(nn.NewReLU(), nn.NewDropout(nn.P(0.1))))
	m.blocks = nn.NewModuleList(nn.NewLinear(3, 3), nn.NewLinear(3, 3), nn.NewLinear(3, 3))
	head := nn.NewLinear(3, 1)
	m.Head, m.again = head, head
	m.scale = nn.NewParameter(torch.Full([]int64{2}, 0.5))
	m.InProj2D = nn.NewParameter(torch.Ones([]int64{1}), false)
	m.RegisterBuffer("step", torch.NewTensor(7))
	m.RegisterBuffer("cache", torch.Zeros([]int64{2}), nn.Persistent(false))
	m.plain = torch.Zeros([]int64{1})
	m.unlisted = []*nn.Linear{nn.NewLinear(1, 1)}
	m.hidden = m.unlisted[0]
	m.Criterion = nn.NewMSELoss()
	m.RegisterParameter("late", nn.NewParameter(torch.Zeros([]int64{1})))
	m.RegisterBuffer("offset", torch.Ones([]int64{1}))
	m.AddModule("extra", nn.NewTanh())
	return m
}

func (m *Net) ExtraRepr() string { return "first line\nsecond line" }

// names collects what an iterator yields.
func names[V any](seq func(func(string, V) bool)) []string {
	list := []string{}
	for name := range seq {
		list = append(list, name)
	}
	return list
}

func TestMembersAreThoseOfPython(t *testing.T) {
	py := parity.Run(t, pythonNet+`
names = lambda it: [name for name, _ in it]
out["text"] = repr(m)
out["parameters"] = names(m.named_parameters())
out["parameters_all"] = names(m.named_parameters(prefix="p", remove_duplicate=False))
out["parameters_own"] = names(m.named_parameters(recurse=False))
out["buffers"] = names(m.named_buffers())
out["modules"] = names(m.named_modules())
out["modules_all"] = names(m.named_modules(prefix="p", remove_duplicate=False))
out["children"] = names(m.named_children())
out["keys"] = list(m.state_dict().keys())
out["versions"] = [f"{k}={v['version']}" for k, v in m.state_dict()._metadata.items()]
out["values"] = list(m.parameters())
out["types"] = [type(c).__name__ for c in m.modules()]
`)
	torch.ManualSeed(0)
	m := NewNet()
	assert.Equal(t, py.Text("text"), m.String())
	assert.Equal(t, py.Text("text"), fmt.Sprint(m))
	assert.Equal(t, py.Strings("parameters"), names(m.NamedParameters()))
	assert.Equal(t, py.Strings("parameters_all"), names(m.NamedParameters(nn.Prefix("p"), nn.RemoveDuplicate(false))))
	assert.Equal(t, py.Strings("parameters_own"), names(m.NamedParameters(nn.Recurse(false))))
	assert.Len(t, m.Parameters(nn.Recurse(false)), len(py.Strings("parameters_own")))
	assert.Equal(t, py.Strings("buffers"), names(m.NamedBuffers()))
	assert.Len(t, m.Buffers(nn.Recurse(false)), 3)
	assert.Equal(t, py.Strings("modules"), names(m.NamedModules()))
	assert.Equal(t, py.Strings("modules_all"), names(m.NamedModules(nn.Prefix("p"), nn.RemoveDuplicate(false))))
	assert.Equal(t, py.Strings("children"), names(m.NamedChildren()))
	assert.Equal(t, py.Strings("keys"), m.StateDict().Keys())
	var versions []string
	for name, version := range m.StateDict().Versions() {
		versions = append(versions, fmt.Sprintf("%s=%d", name, version))
	}
	assert.Equal(t, py.Strings("versions"), versions)
	assert.Len(t, m.Modules(), len(py.Strings("types")))
	assert.Len(t, m.Children(), len(py.Strings("children")))
	// Except for the list that Python does not look into either, the seed gives
	// all weights.
	py.EqualTensors("values", m.Parameters())
}

func TestIteratorsStop(t *testing.T) {
	m := NewNet()
	for name := range m.NamedModules() {
		if name == "body.1" {
			break
		}
	}
	for range m.NamedParameters() {
		break
	}
	for range m.NamedBuffers() {
		break
	}
	for range m.NamedChildren() {
		break
	}
	for range m.StateDict().All() {
		break
	}
}

// Deriving from a module is embedding its struct.
type Derived struct {
	Base
	mixin
	out *nn.Linear
}

type Base struct {
	nn.Module
	in *nn.Linear
}

type mixin struct{ Middle *nn.Linear }

func TestEmbeddedStructsArePartsOfTheModule(t *testing.T) {
	m := &Derived{}
	m.Init(m)
	m.in, m.Middle, m.out = nn.NewLinear(1, 1), nn.NewLinear(1, 1), nn.NewLinear(1, 1)
	assert.Equal(t, []string{"in", "middle", "out"}, names(m.NamedChildren()))
	assert.Equal(t, "Derived(\n  (in): Linear(in_features=1, out_features=1, bias=True)\n"+
		"  (middle): Linear(in_features=1, out_features=1, bias=True)\n"+
		"  (out): Linear(in_features=1, out_features=1, bias=True)\n)", m.String())
}

// MyLinear derives from a layer of the library.
type MyLinear struct {
	nn.Linear
	calls int
}

func NewMyLinear() *MyLinear {
	m := &MyLinear{Linear: *nn.NewLinear(2, 2)}
	m.Init(m)
	return m
}

func (m *MyLinear) Forward(x *torch.Tensor) *torch.Tensor {
	m.calls++
	return m.Linear.Forward(x)
}

func TestDerivingFromALayer(t *testing.T) {
	m := NewMyLinear()
	assert.Equal(t, "MyLinear(in_features=2, out_features=2, bias=True)", m.String())
	assert.Equal(t, []string{"weight", "bias"}, m.StateDict().Keys())
	hooks := 0
	m.RegisterForwardHook(func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor {
		hooks++
		return nil
	})
	nn.NewSequential(m).Forward(torch.Ones([]int64{1, 2}))
	assert.Equal(t, 1, m.calls)
	assert.Equal(t, 1, hooks)
}

// Frozen has its own Train, as modules that stay in evaluation mode do.
type Frozen struct{ nn.Module }

func (m *Frozen) Train(...bool) { m.Module.Train(false) }

func TestTrainAndEval(t *testing.T) {
	frozen := &Frozen{}
	frozen.Init(frozen)
	m := NewNet()
	m.AddModule("frozen", frozen)
	modes := func() (list []bool) {
		for _, c := range m.Modules() {
			list = append(list, c.Training())
		}
		return list
	}
	assert.NotContains(t, modes(), false)
	m.Eval()
	assert.NotContains(t, modes(), true)
	m.Train()
	assert.True(t, m.Training())
	assert.False(t, frozen.Training())
	assert.Equal(t, 1, count(modes(), false))
}

func count[T comparable](list []T, value T) (n int) {
	for _, v := range list {
		if v == value {
			n++
		}
	}
	return n
}

func TestGettingMembers(t *testing.T) {
	m := NewNet()
	assert.Same(t, m, m.GetSubmodule(""))
	assert.Same(t, m.body.At(1), m.GetSubmodule("body.1"))
	assert.Same(t, m.scale, m.GetParameter("scale"))
	assert.Same(t, m.body.At(0).(*nn.Linear).Bias, m.GetParameter("body.0.bias"))
	assert.Same(t, m.Step, m.GetBuffer("step"))
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"m.get_submodule('nothing')", func() { m.GetSubmodule("nothing") }},
		{"m.get_submodule('body.7')", func() { m.GetSubmodule("body.7") }},
		{"m.get_submodule('plain')", func() { m.GetSubmodule("plain") }},
		{"m.get_submodule('scale.x')", func() { m.GetSubmodule("scale.x") }},
		{"m.get_parameter('body.0.nothing')", func() { m.GetParameter("body.0.nothing") }},
		{"m.get_parameter('step')", func() { m.GetParameter("step") }},
		{"m.get_buffer('scale')", func() { m.GetBuffer("scale") }},
		{"m.register_parameter('a.b', None)", func() { m.RegisterParameter("a.b", nil) }},
		{"m.register_parameter('', None)", func() { m.RegisterParameter("", nil) }},
		{"m.register_parameter('stem', None)", func() { m.RegisterParameter("stem", nil) }},
		{"m.register_parameter('step', None)", func() { m.RegisterParameter("step", nil) }},
		{"m.register_parameter('offset', None)", func() { m.RegisterParameter("offset", nil) }},
		{"m.register_parameter('p', torch.zeros(1))", func() { m.RegisterParameter("p", torch.Zeros([]int64{1})) }},
		{"m.register_buffer('a.b', None)", func() { m.RegisterBuffer("a.b", nil) }},
		{"m.register_buffer('', None)", func() { m.RegisterBuffer("", nil) }},
		{"m.register_buffer('scale', None)", func() { m.RegisterBuffer("scale", nil) }},
		{"m.register_buffer('body', None)", func() { m.RegisterBuffer("body", nil) }},
		{"m.register_buffer('late', None)", func() { m.RegisterBuffer("late", nil) }},
		{"m.add_module('a.b', nn.ReLU())", func() { m.AddModule("a.b", nn.NewReLU()) }},
		{"m.add_module('', nn.ReLU())", func() { m.AddModule("", nn.NewReLU()) }},
		{"m.add_module('scale', nn.ReLU())", func() { m.AddModule("scale", nn.NewReLU()) }},
		{"m.add_module('late', nn.ReLU())", func() { m.AddModule("late", nn.NewReLU()) }},
		{"m.to(torch.int64)", func() { m.To(torch.Int64) }},
	} {
		t.Run(c.python, func(t *testing.T) {
			py := parity.RunError(t, pythonNet+c.python)
			err, ok := torch.Try(c.golang).(*torch.Error)
			require.True(t, ok, "Python raises %s", py.Error.Message)
			message := py.Error.Message
			if err.Kind == "KeyError" {
				message = strings.ReplaceAll(message[1:len(message)-1], `\'`, "'") // str(KeyError) is its repr
			}
			assert.Equal(t, py.Error.Type, err.Kind)
			assert.Equal(t, message, err.Message)
		})
	}
	err := torch.Try(func() { m.RegisterParameter("p", torch.MarkParameter(m.scale.Mul(2))) })
	assert.Contains(t, err.Error(), "Cannot assign non-leaf Tensor to parameter 'p'.")
}

func TestRegisteringAgainReplaces(t *testing.T) {
	m := NewNet()
	m.RegisterBuffer("offset", torch.Zeros([]int64{1}))
	m.RegisterBuffer("step", torch.NewTensor(9), nn.Persistent(false))
	m.RegisterParameter("late", nn.NewParameter(torch.Ones([]int64{1})))
	m.AddModule("extra", nn.NewSigmoid())
	m.AddModule("stem", nn.NewConv2d(1, 1, 1))
	m.AddModule("head", nil)
	m.RegisterModule("more", nn.NewReLU())
	m.RegisterParameter("scale", nil)
	assert.Equal(t, 9.0, m.Step.Item())
	assert.False(t, m.StateDict().Has("step"))
	assert.False(t, m.StateDict().Has("scale"))
	assert.Equal(t, 1.0, m.GetParameter("late").Item())
	assert.IsType(t, &nn.Sigmoid{}, m.GetSubmodule("extra"))
	assert.Equal(t, int64(1), m.Stem.OutChannels)
	assert.Nil(t, m.Head)
	assert.Contains(t, names(m.NamedChildren()), "more")
	assert.Equal(t, 1, count(names(m.NamedBuffers()), "offset"))
}

func TestUseBeforeInit(t *testing.T) {
	var m Net
	x := torch.Ones([]int64{1})
	for want, fn := range map[string]func(){
		"cannot assign parameters before Module.__init__() call; in Go, m.Init(m)": func() { m.Parameters() },
		"cannot assign buffer before Module.__init__() call; in Go, m.Init(m)":     func() { m.RegisterBuffer("b", x) },
		"cannot assign parameter before Module.__init__() call; in Go, m.Init(m)":  func() { m.RegisterParameter("b", x) },
		"cannot assign module before Module.__init__() call; in Go, m.Init(m)":     func() { m.AddModule("b", nn.NewReLU()) },
	} {
		err, ok := torch.Try(fn).(*torch.Error)
		require.True(t, ok)
		assert.Equal(t, want, err.Message)
		assert.Equal(t, "AttributeError", err.Kind)
	}
	// A member that was not initialized is found out through its parent.
	parent := NewNet()
	parent.Head = &nn.Linear{}
	assert.Error(t, torch.Try(func() { parent.StateDict() }))
	assert.Error(t, torch.Try(func() { _ = parent.String() }))
	// A layer that needs nothing but its zero value works without.
	assert.Equal(t, 1.0, (&nn.ReLU{}).Forward(x).Item())

	other := NewNet()
	assert.Error(t, torch.Try(func() { m.Init(other) }))
	assert.Error(t, torch.Try(func() { m.Init(nil) }))
	copied := *nn.NewLinear(1, 1) // vet cannot know
	assert.ErrorContains(t, torch.Try(func() { copied.Parameters() }), "Linear was copied after Init")
}

// A Module needs no struct around it, as Python's nn.Module().
func TestModuleOnItsOwn(t *testing.T) {
	var m nn.Module
	m.Init(&m)
	m.AddModule("fc", nn.NewLinear(1, 1))
	assert.Equal(t, []string{"fc.weight", "fc.bias"}, m.StateDict().Keys())
	assert.Equal(t, "Module(\n  (fc): Linear(in_features=1, out_features=1, bias=True)\n)", m.String())

	p := struct{ *nn.Module }{&nn.Module{}}
	assert.ErrorContains(t, torch.Try(func() { p.Init(&p) }), "must embed nn.Module itself")
}

func TestApply(t *testing.T) {
	py := parity.Run(t, pythonNet+`
out["order"] = []
m.apply(lambda c: out["order"].append(type(c).__name__))
`)
	var order []string
	NewNet().Apply(func(m nn.AnyModule) {
		name, _, _ := cutTypeName(m)
		order = append(order, name)
	})
	assert.Equal(t, py.Strings("order"), order)
}

// cutTypeName returns what stands before the parenthesis when m is printed.
func cutTypeName(m nn.AnyModule) (string, string, bool) {
	text := m.String()
	for i, r := range text {
		if r == '(' {
			return text[:i], text[i:], true
		}
	}
	return text, "", false
}

func TestRequiresGradAndZeroGrad(t *testing.T) {
	m := nn.NewLinear(2, 1)
	m.RequiresGrad_(false)
	assert.False(t, m.Weight.RequiresGrad())
	m.RequiresGrad_()
	assert.True(t, m.Weight.RequiresGrad())
	x := torch.Ones([]int64{1, 2})
	m.Forward(x).Backward()
	m.ZeroGrad(false)
	assert.Equal(t, []float32{0, 0}, torch.Data[float32](m.Weight.Grad().Flatten()))
	// A gradient with a history of its own is cut off from it.
	recordWarnings(t) // that create_graph makes a cycle
	m.Forward(x).Square().Backward(torch.CreateGraph(true))
	assert.NotNil(t, m.Weight.Grad().GradFn())
	m.ZeroGrad(false)
	assert.Nil(t, m.Weight.Grad().GradFn())
	m.ZeroGrad()
	assert.Nil(t, m.Weight.Grad())
}

func TestConversionsKeepTheParameters(t *testing.T) {
	py := parity.Run(t, pythonNet+`
steps = [("double", lambda: m.double()), ("half", lambda: m.half()), ("bfloat16", lambda: m.bfloat16()),
         ("float", lambda: m.float()), ("complex", lambda: m.to(torch.complex64)), ("type", lambda: m.type(torch.float64)),
         ("last", lambda: m.to("cpu", torch.float32)), ("format", lambda: m.to(memory_format=torch.channels_last))]
for p in m.parameters():
    if p.requires_grad:
        p.grad = torch.ones_like(p)
for name, step in steps:
    step()
    out[name] = [str(v.dtype) for v in m.state_dict().values()]
out["grads"] = [str(p.grad.dtype) for p in m.parameters() if p.grad is not None]
out["stride"] = str(list(m.stem.weight.stride()))
out["values"] = list(m.parameters())
`)
	warnings := recordWarnings(t)
	torch.ManualSeed(0)
	m := NewNet()
	parameters, weight, cache := m.Parameters(), m.Stem.Weight, m.cache
	for _, p := range parameters {
		if p.RequiresGrad() {
			p.SetGrad(torch.OnesLike(p))
		}
	}
	for _, step := range []struct {
		name string
		fn   func()
	}{
		{"double", m.Double}, {"half", m.Half}, {"bfloat16", m.Bfloat16}, {"float", m.Float},
		{"complex", func() { m.To(torch.Complex64) }}, {"type", func() { m.Type(torch.Float64) }},
		{"last", func() { m.To(torch.CPU, torch.Float32) }}, {"format", func() { m.To(torch.ChannelsLast) }},
	} {
		step.fn()
		var dtypes []string
		for _, v := range m.StateDict().All() {
			dtypes = append(dtypes, v.DType().String())
		}
		assert.Equal(t, py.Strings(step.name), dtypes, step.name)
	}
	m.Cpu()
	assert.Equal(t, messages(py.Warnings), *warnings)
	assert.Same(t, weight, m.Stem.Weight)
	assert.NotSame(t, cache, m.cache)
	assert.True(t, weight.RequiresGrad())
	assert.Equal(t, py.Text("stride"), "["+commas(weight.Stride())+"]")
	assert.Equal(t, py.Strings("grads"), slices.Repeat([]string{"torch.float32"}, len(py.Strings("grads"))))
	assert.Equal(t, torch.Float32, weight.Grad().DType())
	py.EqualTensors("values", parameters)
	assert.Error(t, torch.Try(func() { m.To(torch.Copy(true)) }))
}

func TestMetaModules(t *testing.T) {
	py := parity.RunError(t, `nn.Linear(2, 2, device="meta").to("cpu")`)
	m := nn.NewLinear(2, 2, torch.Meta)
	assertRaises(t, py, func() { m.To(torch.CPU) })
	warnings := recordWarnings(t)
	_, err := m.LoadStateDict(nn.NewLinear(2, 2).StateDict())
	assert.NoError(t, err)
	assert.Len(t, *warnings, 2)
	m.ToEmpty(torch.CPU)
	assert.Equal(t, torch.CPU, m.Weight.Device())
	m.ToEmpty(torch.Meta, nn.Recurse(false))
	assert.Equal(t, torch.Meta, m.Weight.Device())
}

// What a module stores survives the scope that it was made in.
func TestModulesSurviveScopes(t *testing.T) {
	var m *Net
	var state *nn.StateDict
	torch.Scope(func() {
		m = NewNet()
		m.Stem.Forward(torch.Ones([]int64{1, 1, 4, 4})).Sum().Backward()
		m.Double()
		state = m.StateDict()
	})
	m.plain = nil // the module does not know of this one
	assert.Equal(t, 7.0, m.Step.Item())
	for _, p := range m.Parameters() {
		assert.Equal(t, torch.Float64, p.DType())
	}
	assert.NotNil(t, m.Stem.Weight.Grad())
	for key, v := range state.All() {
		assert.NotPanics(t, func() { v.Sum() }, key)
	}
}

// Goroutines may make models, and use one that nobody changes, at once.
func TestModulesInManyGoroutines(t *testing.T) {
	m := NewNet()
	want := m.String()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			type Local struct {
				nn.Module
				fc *nn.Linear
			}
			l := &Local{}
			l.Init(l)
			l.fc = nn.NewLinear(1, 1)
			assert.Len(t, l.Parameters(), 2)
			assert.Equal(t, want, m.String())
			assert.Equal(t, []int64{1, 2, 2, 2}, m.Stem.Forward(torch.Ones([]int64{1, 1, 4, 4})).Shape())
		})
	}
	group.Wait()
}
