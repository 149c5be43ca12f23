package autograd_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestForwardMode(t *testing.T) {
	py := parity.Run(t, setup+`
import torch.autograd.forward_ad as fwAD
with fwAD.dual_level():
    d = fwAD.make_dual(x, v)
    out["sin"] = list(fwAD.unpack_dual(d.sin()))
    out["none"] = fwAD.unpack_dual(x).tangent is None
    print(d); print(d.sin().sum()); print(fwAD.make_dual(w, v)); print(x)
    print(fwAD.make_dual(x.double(), v.double())[0, 0])
    print(fwAD.make_dual(torch.tensor(1 + 2j), torch.tensor(0.5 - 1j)))
    print(fwAD.make_dual(torch.tensor(1 + 2j), torch.tensor(2j)))
    g = torch.autograd.grad(fwAD.make_dual(w, v).sin().sum(), w)[0]
    out["mixed"] = list(fwAD.unpack_dual(g))
print(d)
out["after"] = fwAD.unpack_dual(d).tangent is None
`)
	o := newOperands()
	var d T
	var printed string
	show := func(t T) { printed += fmt.Sprintln(t) }
	autograd.DualLevel(func() {
		d = autograd.MakeDual(o.x, o.v)
		py.EqualTensors("sin", flat2(autograd.UnpackDual(d.Sin())))
		_, tangent := autograd.UnpackDual(o.x)
		assert.Nil(t, tangent)
		show(d)
		show(d.Sin().Sum())
		show(autograd.MakeDual(o.w, o.v))
		show(o.x)
		show(autograd.MakeDual(o.x.Double(), o.v.Double()).Index(0, 0))
		show(autograd.MakeDual(torch.NewTensor(complex64(1+2i)), torch.NewTensor(complex64(0.5-1i))))
		show(autograd.MakeDual(torch.NewTensor(complex64(1+2i)), torch.NewTensor(complex64(2i))))
		g := torch.Grad([]T{autograd.MakeDual(o.w, o.v).Sin().Sum()}, []T{o.w})[0]
		py.EqualTensors("mixed", flat2(autograd.UnpackDual(g)))
	})
	show(d)
	assert.Equal(t, py.Stdout, printed)
	primal, tangent := autograd.UnpackDual(d)
	assert.Same(t, d, primal)
	assert.Nil(t, tangent)
}

func TestForwardModeErrors(t *testing.T) {
	o := newOperands()
	message := func(fn func()) string {
		var e *torch.Error
		require.ErrorAs(t, torch.Try(fn), &e)
		return e.Kind + ": " + e.Message
	}
	py := parity.Run(t, setup+`
import torch.autograd.forward_ad as fwAD
def message(f):
    try: f()
    except Exception as e: return type(e).__name__ + ": " + str(e)
out["outside"] = message(lambda: fwAD.make_dual(x, v))
with fwAD.dual_level():
    out["nested"] = message(fwAD.enter_dual_level)
    out["primal"] = message(lambda: fwAD.make_dual(torch.arange(3), x))
    out["tangent"] = message(lambda: fwAD.make_dual(x, torch.arange(3)))
    out["size"] = message(lambda: fwAD.make_dual(x, v[0]))
    out["jvp"] = message(lambda: torch.func.jvp(torch.sin, (x,), (v,)))
`)
	assert.Equal(t, py.Text("outside"), message(func() { autograd.MakeDual(o.x, o.v) }))
	autograd.DualLevel(func() {
		assert.Equal(t, py.Text("nested"), message(func() { autograd.DualLevel(func() {}) }))
		assert.Equal(t, py.Text("primal"), message(func() { autograd.MakeDual(torch.Arange(3), o.x) }))
		assert.Equal(t, py.Text("tangent"), message(func() { autograd.MakeDual(o.x, torch.Arange(3)) }))
		assert.Equal(t, py.Text("size"), message(func() { autograd.MakeDual(o.x, o.v.Select(0, 0)) }))
		done := make(chan bool)
		go func() { // another goroutine is not in the level
			defer close(done)
			assert.Equal(t, py.Text("outside"), message(func() { autograd.MakeDual(o.x, o.v) }))
		}()
		<-done
	})
}

// Levels end with their function, and goroutines take turns.
func TestDualLevelsEnd(t *testing.T) {
	o := newOperands()
	assert.Panics(t, func() { autograd.DualLevel(func() { panic("stop") }) })
	done := make(chan bool)
	go func() {
		defer close(done)
		autograd.DualLevel(runtime.Goexit)
	}()
	<-done
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for range 20 {
				by := float64(i + 1)
				autograd.DualLevel(func() {
					_, tangent := autograd.UnpackDual(autograd.MakeDual(o.x, o.v).Mul(by))
					runtime.Gosched()
					assert.True(t, torch.Equal(o.v.Mul(by), tangent))
				})
			}
		})
	}
	wg.Wait()
}
