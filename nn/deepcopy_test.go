package nn_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// everything is a module with fields of all kinds.
type everything struct {
	nn.Module
	layers  *nn.Sequential
	inside  nn.Linear // lies in the struct
	shared  *nn.Linear
	again   nn.Layer // the same as shared
	tied    *torch.Tensor
	mean    *torch.Tensor // a buffer
	plain   *torch.Tensor
	missing *torch.Tensor
	names   []string
	sizes   map[string][]int
	pair    [2]*nn.ReLU
	fn      func() int
	lock    sync.Mutex
	any     any
	parent  *everything `torch:"-"`
	secret  struct{ depth int }
}

func newEverything() *everything {
	m := &everything{}
	m.Init(m)
	m.inside = *nn.NewLinear(1, 1)
	m.inside.Init(&m.inside)
	m.layers = nn.NewSequential(nn.NewLinear(2, 2), nn.NewReLU(), nn.NewBatchNorm1d(2))
	m.shared = nn.NewLinear(2, 3)
	m.again = m.shared
	m.tied = m.shared.Weight
	m.RegisterBuffer("mean", torch.Ones([]int64{2}))
	m.RegisterBuffer("extra", torch.Zeros([]int64{1}), false)
	m.plain = torch.Full([]int64{2}, 3.0, torch.RequiresGrad(true))
	m.names, m.sizes, m.pair = []string{"a"}, map[string][]int{"b": {1, 2}}, [2]*nn.ReLU{nn.NewReLU(), nil}
	m.fn, m.any, m.parent = func() int { return 7 }, []any{m.plain, 1}, m
	m.secret.depth = 4
	return m
}

func TestDeepCopy(t *testing.T) {
	m := newEverything()
	m.Eval()
	calls := 0
	m.shared.RegisterForwardHook(func(nn.AnyModule, []*torch.Tensor, []*torch.Tensor) []*torch.Tensor { calls++; return nil })
	m.shared.Forward(torch.Ones([]int64{1, 2})).Sum().Backward()
	m.plain.Sum().Backward()
	m.lock.Lock()
	var c *everything
	torch.Scope(func() { c = nn.DeepCopy(m) })
	assert.Equal(t, m.String(), c.String())
	want, got := m.StateDict(), c.StateDict()
	require.Equal(t, want.Keys(), got.Keys())
	for key, value := range want.All() {
		assert.Equal(t, parity.Bytes(value), parity.Bytes(got.Get(key)), key)
		assert.NotEqual(t, value.DataPtr(), got.Get(key).DataPtr(), key)
	}
	assert.False(t, c.Training())
	assert.Same(t, c.shared, c.again)
	assert.Same(t, c.shared.Weight, c.tied)
	assert.NotSame(t, m.shared, c.shared)
	assert.True(t, c.tied.IsParameter() && c.tied.RequiresGrad())
	assert.Nil(t, c.tied.Grad(), "as in Python, gradients of parameters are not copied")
	assert.Equal(t, []float32{1, 1}, torch.Data[float32](c.plain.Grad()), "and those of other tensors are")
	assert.Nil(t, c.missing)
	assert.Equal(t, []any{c.plain, 1}, c.any)
	assert.Same(t, c.plain, c.any.([]any)[0])
	assert.Same(t, c, c.parent)
	assert.Equal(t, m.sizes, c.sizes)
	c.sizes["b"][0], c.names[0] = 9, "c"
	assert.Equal(t, 1, m.sizes["b"][0])
	assert.Equal(t, "a", m.names[0])
	assert.Equal(t, 7, c.fn())
	assert.Equal(t, 4, c.secret.depth)
	assert.NotSame(t, m.pair[0], c.pair[0])
	assert.True(t, c.lock.TryLock(), "a lock is not copied")
	assert.False(t, m.lock.TryLock())

	before := calls
	c.shared.Forward(torch.Ones([]int64{1, 2}))
	assert.Equal(t, before+1, calls, "hooks are shared")
	c.inside.Weight.Detach().Fill_(5)
	assert.Equal(t, 5.0, c.StateDict().Get("inside.weight").Item(), "the copy finds its own fields")
	c.Train()
	assert.False(t, m.Training())
	c.RegisterBuffer("mean", torch.Zeros([]int64{1}))
	assert.Equal(t, []int64{2}, m.mean.Shape())
}

// A module in an interface is copied as what it is.
func TestDeepCopyOfInterface(t *testing.T) {
	var m nn.AnyModule = nn.NewBatchNorm1d(3)
	c := nn.DeepCopy(m)
	assert.IsType(t, &nn.BatchNorm1d{}, c)
	assert.Equal(t, c, nn.AnyModule(c.AsModule().Modules()[0].(*nn.BatchNorm1d)))
	assert.Nil(t, nn.DeepCopy[nn.AnyModule](nil))
}

func TestDeepCopyOfNonLeaf(t *testing.T) {
	py := parity.RunError(t, `
		import copy
		m = nn.Linear(1, 1)
		m.other = m.weight * 2
		copy.deepcopy(m)
	`)
	m := newEverything()
	m.plain = m.tied.Mul(2)
	var e *torch.Error
	require.True(t, errors.As(torch.Try(func() { nn.DeepCopy(m) }), &e))
	assert.Equal(t, py.Error.Type, e.Kind)
	assert.Equal(t, py.Error.Message, e.Message)
}
