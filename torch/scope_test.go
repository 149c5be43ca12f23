package torch_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/torch"
)

// made counts the tensors that are alive after fn and were not before.
func made(fn func()) int64 {
	torch.CollectGarbage()
	before := torch.MemoryStats().Handles
	fn()
	return torch.MemoryStats().Handles - before
}

func requireFreed(t *testing.T, x *torch.Tensor) {
	t.Helper()
	err := torch.Try(func() { x.Add(1) })
	require.ErrorIs(t, err, &torch.Error{Kind: "RuntimeError"})
	require.ErrorContains(t, err, "was freed when the torch.Scope that it was made in ended")
}

func TestScopeFreesWhatItMade(t *testing.T) {
	var inside *torch.Tensor
	assert.Zero(t, made(func() {
		torch.Scope(func() {
			for range 100 {
				inside = torch.Ones([]int64{2}).Add(1)
			}
		})
	}))
	requireFreed(t, inside)
}

func TestKeep(t *testing.T) {
	var kept, inner *torch.Tensor
	torch.Scope(func() {
		kept = torch.Keep(torch.Ones([]int64{2}))
		torch.Scope(func() { inner = torch.Keep(torch.Ones([]int64{3})) })
	})
	assert.Equal(t, 2.0, kept.Sum().Item())
	assert.Equal(t, 3.0, inner.Sum().Item())
	assert.Nil(t, torch.Keep(nil))
	outside := torch.Ones([]int64{4})
	assert.Same(t, outside, torch.Keep(outside))
	assert.Equal(t, int64(-3), made(func() {
		kept.Close()
		inner.Close()
		outside.Close()
	}))
}

func TestScopeValue(t *testing.T) {
	type pair struct {
		A *torch.Tensor
		B []map[string]*torch.Tensor
	}
	var temporary *torch.Tensor
	p := torch.ScopeValue(func() pair {
		temporary = torch.Ones([]int64{2})
		return pair{temporary.Add(1), []map[string]*torch.Tensor{{"b": temporary.Add(2)}}}
	})
	requireFreed(t, temporary)
	assert.Equal(t, 4.0, p.A.Sum().Item())
	assert.Equal(t, 6.0, p.B[0]["b"].Sum().Item())
	assert.Nil(t, torch.ScopeValue(func() *torch.Tensor { return nil }))
}

// A value that leaves an inner scope belongs to the outer one.
func TestScopeValueNested(t *testing.T) {
	var x *torch.Tensor
	torch.Scope(func() {
		x = torch.ScopeValue(func() *torch.Tensor { return torch.Ones([]int64{2}) })
		assert.Equal(t, 2.0, x.Sum().Item())
	})
	requireFreed(t, x)
}

func TestScopedStopsEarly(t *testing.T) {
	var last *torch.Tensor
	turns := 0
	assert.Zero(t, made(func() {
		for i := range torch.Scoped(10) {
			last = torch.Ones([]int64{2})
			turns++
			if i == 3 {
				break
			}
		}
	}))
	assert.Equal(t, 4, turns)
	requireFreed(t, last)
}

func TestScopesEndOnPanicAndGoexit(t *testing.T) {
	assert.Zero(t, made(func() {
		assert.PanicsWithValue(t, "stop", func() {
			torch.Scope(func() {
				torch.Ones([]int64{2})
				panic("stop")
			})
		})
		var wait sync.WaitGroup
		wait.Go(func() {
			torch.Scope(func() {
				torch.Ones([]int64{2})
				runtime.Goexit()
			})
		})
		wait.Wait()
	}))
	x := torch.Ones([]int64{2}) // not in a scope that was left open
	assert.Equal(t, 2.0, x.Sum().Item())
}

// Goroutines that a scope's function starts are not in the scope.
func TestGoroutinesAreNotInTheScope(t *testing.T) {
	var x *torch.Tensor
	torch.Scope(func() {
		var wait sync.WaitGroup
		wait.Go(func() { x = torch.Ones([]int64{2}) })
		wait.Wait()
	})
	assert.Equal(t, 2.0, x.Sum().Item())
}

func TestClose(t *testing.T) {
	x := torch.Ones([]int64{1000}) // too large for a slab
	small := torch.Ones([]int64{2})
	assert.Equal(t, int64(-2), made(func() {
		for range 2 {
			x.Close()
			small.Close()
		}
	}))
	for _, y := range []*torch.Tensor{x, small} {
		assert.ErrorContains(t, torch.Try(func() { y.Add(1) }), "was freed by Close")
	}
	(*torch.Tensor)(nil).Close()
	torch.Scope(func() { torch.Ones([]int64{2}).Close() })
}

func TestNoGradScope(t *testing.T) {
	before := torch.MemoryStats().Handles
	x := pair().RequiresGrad_()
	var inner *torch.Tensor
	assert.PanicsWithValue(t, "step", func() {
		torch.NoGradScope(func() {
			inner = x.Mul(2)
			assert.False(t, inner.RequiresGrad())
			panic("step")
		})
	})
	assert.True(t, torch.IsGradEnabled(), "also after a panic")
	assert.ErrorContains(t, torch.Try(func() { inner.Add(1) }), "freed when the torch.Scope")
	torch.NoGrad(func() {
		torch.NoGradScope(func() {})
		assert.False(t, torch.IsGradEnabled())
	})
	x.Close()
	assert.Equal(t, before, torch.MemoryStats().Handles)
}
