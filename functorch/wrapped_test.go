package functorch_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// What functions see inside transforms, as text.
func TestPrintingWrappedTensors(t *testing.T) {
	py := parity.Run(t, setup+`
def show(x):
    print(x); print(x * 2)
    return x.sum()
grad(show)(x)
vmap(show)(x)
vmap(show, in_dims=1)(x)
vmap(grad(show))(x)
grad(lambda x: vmap(show)(x).sum())(x)
jvp(show, (x,), (y,))
functionalize(show)(x)
vmap(lambda a: show(x))(x)
grad(lambda x: (print(x.detach(), x.long(), x > 0), x.sum())[1])(x)
`)
	var printed strings.Builder
	show := func(x T) T {
		fmt.Fprintln(&printed, x)
		fmt.Fprintln(&printed, x.Mul(2))
		return x.Sum()
	}
	o := newOperands()
	functorch.Grad(show)(o.x)
	functorch.Vmap(show)(o.x)
	functorch.Vmap(show, functorch.InDims(1))(o.x)
	functorch.Vmap(functorch.Grad(show))(o.x)
	functorch.Grad(func(x T) T { return functorch.Vmap(show)(x).Sum() })(o.x)
	functorch.Jvp(show, o.x, o.y)
	functorch.Functionalize(show)(o.x)
	functorch.Vmap(func(T) T { return show(o.x) })(o.x)
	functorch.Grad(func(x T) T {
		fmt.Fprintln(&printed, x.Detach(), x.Long(), x.Gt(0))
		return x.Sum()
	})(o.x)
	assert.Equal(t, py.Stdout, printed.String())
}

func TestEscapedTensors(t *testing.T) {
	py := parity.Run(t, setup+`
kept = []
def keep(x):
    kept.append(x * 2)
    return x.sum()
grad(keep)(x); vmap(keep)(x)
print(kept[0]); print(kept[0] + 1); print(kept[1])
try: kept[1] + 1
except RuntimeError as e: out["error"] = str(e)
`)
	var kept []T
	keep := func(x T) T {
		kept = append(kept, x.Mul(2))
		return x.Sum()
	}
	x := newOperands().x
	functorch.Grad(keep)(x)
	functorch.Vmap(keep)(x)
	assert.Equal(t, py.Stdout, fmt.Sprintln(kept[0])+fmt.Sprintln(kept[0].Add(1))+fmt.Sprintln(kept[1]))
	var e *torch.Error
	require.ErrorAs(t, torch.Try(func() { kept[1].Add(1) }), &e)
	assert.Equal(t, py.Text("error"), e.Message)
}

func TestDebugUnwrap(t *testing.T) {
	x := newOperands().x
	assert.Same(t, x, functorch.DebugUnwrap(x))
	functorch.Vmap(functorch.Grad(func(row T) T {
		assert.True(t, functorch.DebugUnwrap(row).Is(x))
		once := functorch.DebugUnwrap(row, functorch.Recurse(false))
		assert.True(t, strings.HasPrefix(once.String(), "BatchedTensor(lvl=1"), once)
		return row.Sum()
	}))(x)
}

// Layers end when a function panics or ends its goroutine.
func TestLayersEndWithTheirFunction(t *testing.T) {
	o := newOperands()
	zeros := torch.Zeros([]int64{2}).String()
	outside := func() {
		assert.Equal(t, zeros, torch.Zeros([]int64{2}).String())
		assert.False(t, strings.Contains(o.x.Mul(2).String(), "Wrapper"))
		assert.True(t, torch.Equal(functorch.Grad(cube)(o.x), o.x.Pow(2).Mul(3)))
	}
	fail := func(T) T { panic("stop") }
	for _, run := range []func(){
		func() { functorch.Grad(fail)(o.x) },
		func() { functorch.Vmap(fail)(o.x) },
		func() { functorch.Jvp(fail, o.x, o.y) },
		func() { functorch.Functionalize(fail)(o.x) },
		func() { functorch.Vmap(functorch.Hessian(fail))(o.x) },
	} {
		assert.PanicsWithValue(t, "stop", run)
		outside()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer outside() // on the same goroutine, after the layers
		functorch.Vmap(functorch.Grad(func(T) T { runtime.Goexit(); return nil }))(o.x)
	}()
	<-done
	outside()
}

// Goroutines do not see each other's layers.
func TestTransformsInGoroutines(t *testing.T) {
	o := newOperands()
	perSample := functorch.Vmap(functorch.Grad(cube))
	wantGrad, wantHessian := perSample(o.x), functorch.Vmap(functorch.Hessian(cube))(o.x)
	_, wantTangent := functorch.Jvp(T.Sin, o.x, o.y)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				switch i % 4 {
				case 0:
					assert.True(t, torch.Equal(wantGrad, perSample(o.x)))
				case 1:
					assert.True(t, torch.Equal(wantHessian, functorch.Vmap(functorch.Hessian(cube))(o.x)))
				case 2:
					_, d := functorch.Jvp(func(x T) T { runtime.Gosched(); return x.Sin() }, o.x, o.y)
					assert.True(t, torch.Equal(wantTangent, d))
				default:
					torch.Scope(func() {
						assert.False(t, strings.Contains(o.x.Mul(2).String(), "Tensor(lvl"))
						functorch.Functionalize(func(x T) T { return x.Add(1).Mul_(2) })(o.x)
					})
				}
			}
		})
	}
	wg.Wait()
}

func TestFunctionalize(t *testing.T) {
	py := parity.Run(t, setup+`
def inside(x):
    b = x + 1
    b.view(-1).add_(1)
    return b
def outside(x):
    x.view(-1).mul_(2)
    return x.sum(), x[0]
for remove in ["mutations", "mutations_and_views"]:
    out[remove] = functionalize(inside, remove=remove)(x)
    z = x.clone()
    out[remove + " results"] = list(functionalize(outside, remove=remove)(z))
    out[remove + " written"] = z
out["grad"] = grad(lambda x: functionalize(inside)(x).sin().sum())(x)
out["vmap"] = vmap(functionalize(inside))(x)
out["reversed"] = functionalize(vmap(inside))(x)
`)
	inside := func(x T) T {
		b := x.Add(1)
		b.View(-1).Add_(1)
		return b
	}
	outside := func(x T) (T, T) {
		x.View(-1).Mul_(2)
		return x.Sum(), x.Select(0, 0)
	}
	x := newOperands().x
	for _, remove := range []functorch.Remove{"mutations", "mutations_and_views"} {
		py.EqualTensor(string(remove), functorch.Functionalize(inside, remove)(x))
		z := x.Clone()
		sum, row := functorch.Functionalize(outside, remove)(z)
		py.EqualTensors(string(remove)+" results", []T{sum, row})
		py.EqualTensor(string(remove)+" written", z)
	}
	py.EqualTensor("grad", functorch.Grad(func(x T) T { return functorch.Functionalize(inside)(x).Sin().Sum() })(x))
	py.EqualTensor("vmap", functorch.Vmap(functorch.Functionalize(inside))(x))
	py.EqualTensor("reversed", functorch.Functionalize(functorch.Vmap(inside))(x))
}
