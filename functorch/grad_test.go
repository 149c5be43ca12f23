package functorch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

type T = *torch.Tensor

// A twin is an expression in both languages, of a tensor or several.
type twin struct {
	python string
	run    func(o operands) any
}

type operands struct{ x, y, m, v, s T }

const setup = `
from torch.func import *
torch.manual_seed(3)
x, y, m, v, s = torch.randn(3, 4), torch.randn(3, 4), torch.randn(4, 4), torch.randn(4), torch.randn(())
def cube(x): return (x ** 3).sum()
def mix(x, y): return (x.sin() * y.exp()).sum()
def pair(x): return x.sin(), (x * x).sum()
def loss(w, x, y): return ((w @ x - y) ** 2).mean()
def flat(t):
    return [t] if isinstance(t, torch.Tensor) else [u for e in (t.values() if isinstance(t, dict) else t) for u in flat(e)]
`

func newOperands() operands {
	torch.ManualSeed(3)
	normal := func(shape ...int64) T { return torch.Randn(shape) }
	return operands{normal(3, 4), normal(3, 4), normal(4, 4), normal(4), normal()}
}

func cube(x T) T       { return x.Pow(3).Sum() }
func mix(a []T) T      { return a[0].Sin().Mul(a[1].Exp()).Sum() }
func pair(x T) []T     { return []T{x.Sin(), x.Mul(x).Sum()} }
func loss(w, x, y T) T { return w.Matmul(x).Sub(y).Pow(2).Mean() }

// checkTwins runs the Python expressions at once, and each Go one.
func checkTwins(t *testing.T, twins []twin) {
	var code strings.Builder
	code.WriteString(setup)
	for n, c := range twins {
		fmt.Fprintf(&code, "out[%q] = flat(%s)\n", fmt.Sprint(n), c.python)
	}
	py := parity.Run(t, code.String())
	for n, c := range twins {
		t.Run(c.python, func(t *testing.T) {
			var got []T
			switch r := c.run(newOperands()).(type) {
			case T:
				got = []T{r}
			case []T:
				got = r
			case [][]T:
				for _, row := range r {
					got = append(got, row...)
				}
			}
			py.For(t).EqualTensors(fmt.Sprint(n), got)
		})
	}
}

// several collects the results of a function.
func several(tensors ...T) any { return tensors }

func pairOf(a, b T) any { return several(a, b) }

func TestGrad(t *testing.T) {
	checkTwins(t, []twin{
		{"grad(cube)(x)", func(o operands) any { return functorch.Grad(cube)(o.x) }},
		{"grad(lambda x: grad(cube)(x).sum())(x)", func(o operands) any {
			return functorch.Grad(func(x T) T { return functorch.Grad(cube)(x).Sum() })(o.x)
		}},
		{"grad(grad(grad(torch.sin)))(s)", func(o operands) any {
			return functorch.Grad(functorch.Grad(functorch.Grad(T.Sin)))(o.s)
		}},
		{"grad(mix, argnums=(0, 1))(x, y)", func(o operands) any { return functorch.Grad(mix)([]T{o.x, o.y}) }},
		{"grad(mix, argnums=-1)(x, y)", func(o operands) any { return functorch.Grad(mix, functorch.Argnums(-1))([]T{o.x, o.y}) }},
		{"grad(mix, argnums=(1, 0))(x, y)", func(o operands) any { return functorch.Grad(mix, functorch.Argnums(1, 0))([]T{o.x, o.y}) }},
		{"grad_and_value(cube)(x)", func(o operands) any { return pairOf(functorch.GradAndValue(cube)(o.x)) }},
		{"grad(lambda p: (p['a'] * p['b']).sum())({'a': x, 'b': y})", func(o operands) any {
			grads := functorch.Grad(func(p map[string]T) T { return p["a"].Mul(p["b"]).Sum() })(map[string]T{"a": o.x, "b": o.y})
			return several(grads["a"], grads["b"])
		}},
		{"grad(lambda x: (cube(x), x * 2), has_aux=True)(x)", func(o operands) any {
			return pairOf(functorch.GradAux(func(x T) (T, T) { return cube(x), x.Mul(2) })(o.x))
		}},
		{"grad_and_value(lambda x: (cube(x), x * 2), has_aux=True)(x)", func(o operands) any {
			grads, value, aux := functorch.GradAndValueAux(func(x T) (T, T) { return cube(x), x.Mul(2) })(o.x)
			return several(grads, value, aux)
		}},
		{"grad(lambda x: torch.ones(3).sum())(x)", func(o operands) any {
			return functorch.Grad(func(T) T { return torch.Ones([]int64{3}).Sum() })(o.x)
		}},
		{"grad(lambda x, y: (x * 2).sum(), argnums=(0, 1))(x, y)", func(o operands) any {
			return functorch.Grad(func(a []T) T { return a[0].Mul(2).Sum() })([]T{o.x, o.y})
		}},
	})
}

func TestGradAndModes(t *testing.T) {
	py := parity.Run(t, setup+`
def f(x):
    with torch.no_grad():
        c = x ** 2
    return (x - c).sum()
out["inside"] = grad(f)(x)
with torch.no_grad():
    out["outside"] = grad(cube)(x)
    out["mode"] = str(torch.is_grad_enabled())
with torch.inference_mode():
    out["inference"] = grad(cube)(x)
    out["inference_mode"] = str(torch.is_inference_mode_enabled())
    y, fn = vjp(torch.sin, x)
    out["vjp"] = fn(torch.ones(3, 4))[0]
w = x.clone().requires_grad_()
g = grad(cube)(w)
out["fn"] = str(g)
`)
	x := newOperands().x
	py.EqualTensor("inside", functorch.Grad(func(x T) T {
		var c T
		torch.NoGrad(func() { c = x.Pow(2) })
		return x.Sub(c).Sum()
	})(x))
	torch.NoGrad(func() {
		py.EqualTensor("outside", functorch.Grad(cube)(x))
		assert.Equal(t, py.Text("mode"), "False")
		assert.False(t, torch.IsGradEnabled())
	})
	torch.InferenceMode(func() {
		py.EqualTensor("inference", functorch.Grad(cube)(x))
		assert.Equal(t, py.Text("inference_mode"), "True")
		assert.True(t, torch.IsInferenceModeEnabled())
		y, fn := functorch.Vjp(T.Sin, x)
		py.EqualTensor("vjp", fn(torch.OnesLike(y)))
	})
	assert.Equal(t, py.Text("fn"), functorch.Grad(cube)(x.Clone().RequiresGrad_()).String())
}

func TestProducts(t *testing.T) {
	checkTwins(t, []twin{
		{"vjp(torch.sin, x)[0]", func(o operands) any { y, _ := functorch.Vjp(T.Sin, o.x); return y }},
		{"vjp(torch.sin, x)[1](y)", func(o operands) any { _, fn := functorch.Vjp(T.Sin, o.x); return fn(o.y) }},
		{"vjp(pair, x)[1]((y, s))", func(o operands) any { _, fn := functorch.Vjp(pair, o.x); return fn([]T{o.y, o.s}) }},
		{"vjp(torch.matmul, x, m)[1](y)", func(o operands) any {
			_, fn := functorch.Vjp(func(a []T) T { return a[0].Matmul(a[1]) }, []T{o.x, o.m})
			return fn(o.y)
		}},
		{"(lambda r: [r[0], r[1](y)[0], r[2]])(vjp(lambda x: (x.sin(), x * 2), x, has_aux=True))", func(o operands) any {
			y, fn, aux := functorch.VjpAux(func(x T) (T, T) { return x.Sin(), x.Mul(2) }, o.x)
			return several(y, fn(o.y), aux)
		}},
		{"jvp(torch.sin, (x,), (y,))", func(o operands) any { return pairOf(functorch.Jvp(T.Sin, o.x, o.y)) }},
		{"jvp(pair, (x,), (y,))", func(o operands) any {
			a, b := functorch.Jvp(pair, o.x, o.y)
			return append(a, b...)
		}},
		{"jvp(torch.matmul, (x, m), (y, m))", func(o operands) any {
			return pairOf(functorch.Jvp(func(a []T) T { return a[0].Matmul(a[1]) }, []T{o.x, o.m}, []T{o.y, o.m}))
		}},
		{"jvp(lambda x: (x.sin(), x * 2), (x,), (y,), has_aux=True)", func(o operands) any {
			y, dy, aux := functorch.JvpAux(func(x T) (T, T) { return x.Sin(), x.Mul(2) }, o.x, o.y)
			return several(y, dy, aux)
		}},
		{"jvp(lambda x: jvp(torch.sin, (x,), (y,))[1], (x,), (y,))", func(o operands) any {
			return pairOf(functorch.Jvp(func(x T) T {
				_, d := functorch.Jvp(T.Sin, x, o.y)
				return d
			}, o.x, o.y))
		}},
		{"jvp(grad(cube), (x,), (y,))", func(o operands) any { return pairOf(functorch.Jvp(functorch.Grad(cube), o.x, o.y)) }},
		{"grad(lambda x: jvp(torch.sin, (x,), (y,))[1].sum())(x)", func(o operands) any {
			return functorch.Grad(func(x T) T {
				_, d := functorch.Jvp(T.Sin, x, o.y)
				return d.Sum()
			})(o.x)
		}},
		{"jvp(lambda x: torch.ones(2), (x,), (y,))", func(o operands) any {
			return pairOf(functorch.Jvp(func(T) T { return torch.Ones([]int64{2}) }, o.x, o.y))
		}},
		{"linearize(torch.sin, x)[1](y)", func(o operands) any { _, fn := functorch.Linearize(T.Sin, o.x); return fn(o.y) }},
		{"linearize(pair, x)[1](y)", func(o operands) any { _, fn := functorch.Linearize(pair, o.x); return fn(o.y) }},
		{"linearize(torch.sin, x)[0]", func(o operands) any { y, _ := functorch.Linearize(T.Sin, o.x); return y }},
	})
}

func TestJacobians(t *testing.T) {
	mul := func(a []T) T { return a[0].Mul(a[1]) }
	checkTwins(t, []twin{
		{"jacrev(torch.sin)(v)", func(o operands) any { return functorch.Jacrev(T.Sin)(o.v) }},
		{"jacfwd(torch.sin)(v)", func(o operands) any { return functorch.Jacfwd(T.Sin)(o.v) }},
		{"jacrev(cube)(x)", func(o operands) any { return functorch.Jacrev(cube)(o.x) }},
		{"jacfwd(cube)(x)", func(o operands) any { return functorch.Jacfwd(cube)(o.x) }},
		{"jacfwd(torch.sin)(s)", func(o operands) any { return functorch.Jacfwd(T.Sin)(o.s) }},
		{"jacrev(torch.mul, argnums=(0, 1))(x, y)", func(o operands) any { return functorch.Jacrev(mul)([]T{o.x, o.y}) }},
		{"jacrev(torch.mul, argnums=1)(x, y)", func(o operands) any { return functorch.Jacrev(mul, functorch.Argnums(1))([]T{o.x, o.y}) }},
		{"jacfwd(torch.mul, argnums=(0, 1))(x, y)", func(o operands) any { return functorch.Jacfwd(mul)([]T{o.x, o.y}) }},
		{"jacfwd(torch.mul, argnums=1)(x, y)", func(o operands) any { return functorch.Jacfwd(mul, functorch.Argnums(1))([]T{o.x, o.y}) }},
		{"jacrev(torch.cumsum)(x, 0)", func(o operands) any { return functorch.Jacrev(func(x T) T { return x.Cumsum(0) })(o.x) }},
		{"jacrev(torch.sin, chunk_size=1)(v)", func(o operands) any { return functorch.Jacrev(T.Sin, functorch.ChunkSize(1))(o.v) }},
		{"jacrev(pair, chunk_size=5)(x)", func(o operands) any { return functorch.JacrevList(pair, functorch.ChunkSize(5))(o.x) }},
		{"jacrev(pair)(x)", func(o operands) any { return functorch.JacrevList(pair)(o.x) }},
		{"jacfwd(pair)(x)", func(o operands) any { return functorch.JacfwdList(pair)(o.x) }},
		{"jacrev(lambda x: (x.sin(), x * 2), has_aux=True)(v)", func(o operands) any {
			return pairOf(functorch.JacrevAux(func(x T) (T, T) { return x.Sin(), x.Mul(2) })(o.v))
		}},
		{"jacfwd(lambda x: (x.sin(), x * 2), has_aux=True)(v)", func(o operands) any {
			return pairOf(functorch.JacfwdAux(func(x T) (T, T) { return x.Sin(), x.Mul(2) })(o.v))
		}},
		{"hessian(cube)(x)", func(o operands) any { return functorch.Hessian(cube)(o.x) }},
		{"jacrev(jacrev(cube))(x)", func(o operands) any { return functorch.Jacrev(functorch.Jacrev(cube))(o.x) }},
		{"jacfwd(jacfwd(cube))(x)", func(o operands) any { return functorch.Jacfwd(functorch.Jacfwd(cube))(o.x) }},
		{"jacrev(jacfwd(cube))(x)", func(o operands) any { return functorch.Jacrev(functorch.Jacfwd(cube))(o.x) }},
		{"hessian(mix, argnums=(0, 1))(x, y)", func(o operands) any { return functorch.HessianList(mix)([]T{o.x, o.y}) }},
		{"hessian(mix, argnums=(1,))(x, y)", func(o operands) any {
			return functorch.HessianList(mix, functorch.Argnums(1))([]T{o.x, o.y})
		}},
	})
}
