package parametrize_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/parametrize"
	"github.com/wangkuiyi/gotorch/torch"
)

// Symmetric has no right inverse.
type Symmetric struct {
	nn.Module
	calls int
}

func (s *Symmetric) Forward(x *torch.Tensor) *torch.Tensor {
	s.calls++
	return x.Triu().Add(x.Triu(torch.WithDiagonal(1)).T())
}

// Scaled has a parameter of its own.
type Scaled struct {
	nn.Module
	scale *torch.Tensor
}

func (s *Scaled) Forward(x *torch.Tensor) *torch.Tensor      { return x.Mul(s.scale) }
func (s *Scaled) RightInverse(x *torch.Tensor) *torch.Tensor { return x.Div(s.scale) }

// Parts makes a tensor of two, and Other changes what it should not.
type Parts struct{ nn.Module }

func (p *Parts) Forward(parts ...*torch.Tensor) *torch.Tensor { return parts[0].Add(parts[1]) }
func (p *Parts) RightInverse(x *torch.Tensor) []*torch.Tensor {
	return []*torch.Tensor{x.Mul(0.25), x.Mul(0.75)}
}

type Other struct {
	nn.Module
	change func(*torch.Tensor) *torch.Tensor
}

func (o *Other) Forward(x *torch.Tensor) *torch.Tensor { return o.change(x) }

func newSymmetric() *Symmetric {
	s := &Symmetric{}
	s.Init(s)
	return s
}

func newScaled() *Scaled {
	s := &Scaled{}
	s.Init(s)
	s.scale = nn.NewParameter(torch.Full([]int64{}, 2.0))
	return s
}

func newParts() *Parts {
	p := &Parts{}
	p.Init(p)
	return p
}

func newOther(change func(*torch.Tensor) *torch.Tensor) *Other {
	o := &Other{change: change}
	o.Init(o)
	return o
}

const setup = `
	import torch.nn.utils.parametrize as P
	class Symmetric(nn.Module):
		def forward(self, x): return x.triu() + x.triu(1).T
	class Scaled(nn.Module):
		def __init__(self): super().__init__(); self.scale = nn.Parameter(torch.full((), 2.))
		def forward(self, x): return x * self.scale
		def right_inverse(self, x): return x / self.scale
	class Parts(nn.Module):
		def forward(self, a, b): return a + b
		def right_inverse(self, x): return x * 0.25, x * 0.75
	class Other(nn.Module):
		def __init__(self, change): super().__init__(); self.change = change
		def forward(self, x): return self.change(x)
	def state(m): log(m, list(m.state_dict()), *m.state_dict().values())
	torch.manual_seed(1)
	x = torch.ones(3)
`

func logState(log func(...any), m nn.AnyModule) {
	state := m.StateDict()
	log(m, state.Keys())
	for _, t := range state.All() {
		log(t)
	}
}

func TestParametrizationsCompose(t *testing.T) {
	parity.Compare(t, setup+`
	m = nn.Linear(3, 3)
	P.register_parametrization(m, "weight", Scaled()); state(m); log(m(x))
	P.register_parametrization(m, "weight", Symmetric()); P.register_parametrization(m, "bias", Parts(), unsafe=True); state(m)
	m(x).pow(2).sum().backward(); log(m.weight, m.bias, *(p.grad for p in m.parameters()))
	log(P.is_parametrized(m), P.is_parametrized(m, "weight"), P.is_parametrized(m, "foo"))
	m.bias = torch.ones(3); log(m(x), m.parametrizations.bias.original1)
	n = P.transfer_parametrizations_and_params(m, nn.Linear(3, 3)); state(n); log(n(x))
	P.remove_parametrizations(m, "bias"); state(m); log(m(x))
	P.remove_parametrizations(m, "weight", leave_parametrized=False); state(m); log(m(x), P.is_parametrized(m))
	b = nn.BatchNorm1d(2); P.register_parametrization(b, "running_mean", Scaled()); state(b)
	P.remove_parametrizations(b, "running_mean"); state(b)
	`, func(log func(...any)) {
		torch.ManualSeed(1)
		x := torch.Ones([]int64{3})
		m := parametrize.RegisterParametrization(nn.NewLinear(3, 3), "weight", newScaled())
		logState(log, m)
		log(m.Forward(x))
		parametrize.RegisterParametrization(m, "weight", newSymmetric())
		parametrize.RegisterMultiParametrization(m, "bias", newParts(), parametrize.Unsafe(true))
		logState(log, m)
		m.Forward(x).Pow(2).Sum().Backward()
		log(m.Weight, m.Bias)
		for _, p := range m.Parameters() {
			log(p.Grad())
		}
		log(parametrize.IsParametrized(m), parametrize.IsParametrized(m, "weight"), parametrize.IsParametrized(m, "foo"))
		parametrize.Set(m, "bias", torch.Ones([]int64{3}))
		log(m.Forward(x), parametrize.List(m, "bias").Originals()[1])
		n := parametrize.TransferParametrizationsAndParams(m, nn.NewLinear(3, 3))
		logState(log, n)
		log(n.Forward(x))
		parametrize.RemoveParametrizations(m, "bias")
		logState(log, m)
		log(m.Forward(x))
		parametrize.RemoveParametrizations(m, "weight", parametrize.LeaveParametrized(false))
		logState(log, m)
		log(m.Forward(x), parametrize.IsParametrized(m))
		b := parametrize.RegisterParametrization(nn.NewBatchNorm1d(2), "running_mean", newScaled())
		logState(log, b)
		parametrize.RemoveParametrizations(b, "running_mean")
		logState(log, b)
	})
}

func TestErrors(t *testing.T) {
	double := func(x *torch.Tensor) *torch.Tensor { return x.Double() }
	first := func(x *torch.Tensor) *torch.Tensor { return x.Select(0, 0) }
	parity.Compare(t, setup+`
	m = nn.Linear(3, 3)
	fail(lambda: P.register_parametrization(m, "foo", Symmetric()))
	fail(lambda: P.register_parametrization(m, "weight", Other(lambda x: x.double())))
	fail(lambda: P.register_parametrization(m, "weight", Other(lambda x: x[0])))
	fail(lambda: P.remove_parametrizations(m, "weight"))
	P.register_parametrization(m, "weight", Symmetric())
	fail(lambda: P.register_parametrization(m, "weight", Other(lambda x: x.double())))
	fail(lambda: P.register_parametrization(m, "weight", Other(lambda x: x[0])))
	def assign(): m.weight = torch.ones(3, 3)
	fail(assign)
	P.register_parametrization(m, "bias", Parts())
	fail(lambda: P.remove_parametrizations(m, "bias", leave_parametrized=False))
	`, func(log func(...any)) {
		torch.ManualSeed(1)
		m := nn.NewLinear(3, 3)
		log(func() { parametrize.RegisterParametrization(m, "foo", newSymmetric()) },
			func() { parametrize.RegisterParametrization(m, "weight", newOther(double)) },
			func() { parametrize.RegisterParametrization(m, "weight", newOther(first)) },
			func() { parametrize.RemoveParametrizations(m, "weight") })
		parametrize.RegisterParametrization(m, "weight", newSymmetric())
		log(func() { parametrize.RegisterParametrization(m, "weight", newOther(double)) },
			func() { parametrize.RegisterParametrization(m, "weight", newOther(first)) },
			func() { parametrize.Set(m, "weight", torch.Ones([]int64{3, 3})) })
		parametrize.RegisterMultiParametrization(m, "bias", newParts())
		log(func() { parametrize.RemoveParametrizations(m, "bias", parametrize.LeaveParametrized(false)) })
	})
}

func TestCachedComputesOnce(t *testing.T) {
	s := newSymmetric()
	m := parametrize.RegisterParametrization(nn.NewLinear(3, 3), "weight", s)
	before, x := s.calls, torch.Ones([]int64{3})
	parametrize.Cached(func() {
		m.Forward(x)
		m.Forward(x)
	})
	assert.Equal(t, before+1, s.calls)
	m.Forward(x)
	assert.Equal(t, before+2, s.calls)
}

func TestCopiesComputeTheirOwn(t *testing.T) {
	m := parametrize.RegisterParametrization(nn.NewLinear(3, 3), "weight", newSymmetric())
	c := nn.DeepCopy(m)
	x := torch.Ones([]int64{3})
	assert.True(t, torch.Equal(m.Forward(x), c.Forward(x)))
	torch.NoGrad(func() { parametrize.List(c, "weight").Originals()[0].Fill_(0) })
	assert.False(t, torch.Equal(m.Forward(x), c.Forward(x)))
	parametrize.RemoveParametrizations(c, "weight")
	assert.True(t, parametrize.IsParametrized(m) && !parametrize.IsParametrized(c))
	assert.Equal(t, reflect.TypeFor[*nn.Linear](), parametrize.TypeBeforeParametrizations(m))
	zeros := map[string]*torch.Tensor{"parametrizations.weight.original": torch.Zeros([]int64{3, 3})}
	assert.True(t, torch.Equal(m.Bias, functorch.FunctionalCall(m, zeros, x)))
}
