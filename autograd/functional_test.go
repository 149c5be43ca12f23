package autograd_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

type T = *torch.Tensor

type operands struct{ x, y, v, w, s T }

const setup = `
import torch
from torch.autograd.functional import *
torch.manual_seed(5)
x, y, v, s = torch.randn(2, 3), torch.randn(2, 3), torch.randn(2, 3), torch.randn(())
w = torch.randn(2, 3, requires_grad=True)
def cube(x): return (x ** 3).sum()
def mix(x, y): return (x.sin() * y.exp()).sum()
def two(x): return x.sin(), (x * x).sum(1)
def mul(x, y): return x * y
def scale(x): return x * w
def flat(t):
    if t is None: return []
    return [t] if isinstance(t, torch.Tensor) else [u for e in t for u in flat(e)]
`

func newOperands() operands {
	torch.ManualSeed(5)
	normal := func(shape ...int64) T { return torch.Randn(shape) }
	o := operands{x: normal(2, 3), y: normal(2, 3), v: normal(2, 3), s: normal()}
	o.w = normal(2, 3).RequiresGrad_()
	return o
}

func cube(x T) T   { return x.Pow(3).Sum() }
func mix(a []T) T  { return a[0].Sin().Mul(a[1].Exp()).Sum() }
func two(x T) []T  { return []T{x.Sin(), x.Mul(x).Sum(torch.Dim(1))} }
func mul(a []T) T  { return a[0].Mul(a[1]) }
func linear(x T) T { return x.Mul(2).Sum() }

// flat collects tensors, and lists of them.
func flat(parts ...any) (list []T) {
	for _, p := range parts {
		switch p := p.(type) {
		case T:
			list = append(list, p)
		case []T:
			list = append(list, p...)
		case [][]T:
			for _, row := range p {
				list = append(list, row...)
			}
		}
	}
	return list
}

func flat2[A, B any](a A, b B) []T { return flat(a, b) }

const (
	create  = autograd.CreateGraph(true)
	strict  = autograd.Strict(true)
	atOnce  = autograd.Vectorize(true)
	forward = autograd.Strategy("forward-mode")
	outer   = autograd.OuterJacobianStrategy("forward-mode")
)

// TestFunctional compares bits, and how the results came about.
func TestFunctional(t *testing.T) {
	twins := []struct {
		python string
		run    func(o operands) []T
	}{
		{"vjp(torch.sin, x, v)", func(o operands) []T { return flat2(autograd.Vjp(T.Sin, o.x, o.v)) }},
		{"vjp(cube, x)", func(o operands) []T { return flat2(autograd.Vjp(cube, o.x, nil)) }},
		{"vjp(two, x, (v, v[:, 0]))", func(o operands) []T {
			return flat2(autograd.Vjp(two, o.x, []T{o.v, o.v.Select(1, 0)}))
		}},
		{"vjp(mul, (x, y), v, create_graph=True)", func(o operands) []T { return flat2(autograd.Vjp(mul, []T{o.x, o.y}, o.v, create)) }},
		{"vjp(mul, (w, y), v, create_graph=True, strict=True)", func(o operands) []T {
			return flat2(autograd.Vjp(mul, []T{o.w, o.y}, o.v, create, autograd.Strict(true)))
		}},
		{"vjp(lambda x, y: x * 2, (x, y), v)", func(o operands) []T {
			return flat2(autograd.Vjp(func(a []T) T { return a[0].Mul(2) }, []T{o.x, o.y}, o.v))
		}},
		{"jvp(torch.sin, x, v)", func(o operands) []T { return flat2(autograd.Jvp(T.Sin, o.x, o.v)) }},
		{"jvp(torch.sin, s)", func(o operands) []T { return flat2(autograd.Jvp(T.Sin, o.s, nil)) }},
		{"jvp(two, w, v, create_graph=True)", func(o operands) []T { return flat2(autograd.Jvp(two, o.w, o.v, create)) }},
		{"jvp(mul, (x, y), (v, y))", func(o operands) []T { return flat2(autograd.Jvp(mul, []T{o.x, o.y}, []T{o.v, o.y})) }},
		{"vhp(cube, x, v)", func(o operands) []T { return flat2(autograd.Vhp(cube, o.x, o.v)) }},
		{"vhp(mix, (x, y), (v, y), create_graph=True)", func(o operands) []T {
			return flat2(autograd.Vhp(mix, []T{o.x, o.y}, []T{o.v, o.y}, create))
		}},
		{"vhp(lambda x: x ** 3, s)", func(o operands) []T {
			return flat2(autograd.Vhp(func(x T) T { return x.Pow(3) }, o.s, nil))
		}},
		{"hvp(cube, x, v)", func(o operands) []T { return flat2(autograd.Hvp(cube, o.x, o.v)) }},
		{"hvp(mix, (x, y), (v, y), create_graph=True, strict=True)", func(o operands) []T {
			return flat2(autograd.Hvp(mix, []T{o.x, o.y}, []T{o.v, o.y}, create, strict))
		}},
		{"hvp(lambda x: (x * 2).sum(), x, v)", func(o operands) []T { return flat2(autograd.Hvp(linear, o.x, o.v)) }},
		{"jacobian(torch.sin, x)", func(o operands) []T { return flat(autograd.Jacobian(T.Sin, o.x)) }},
		{"jacobian(torch.sin, x, create_graph=True)", func(o operands) []T { return flat(autograd.Jacobian(T.Sin, o.x, create)) }},
		{"jacobian(mul, (w, y), create_graph=True)", func(o operands) []T { return flat(autograd.Jacobian(mul, []T{o.w, o.y}, create)) }},
		{"jacobian(two, x)", func(o operands) []T { return flat(autograd.JacobianList(two, o.x)) }},
		{"jacobian(two, x, vectorize=True)", func(o operands) []T { return flat(autograd.JacobianList(two, o.x, atOnce)) }},
		{"jacobian(two, w, vectorize=True, create_graph=True)", func(o operands) []T {
			return flat(autograd.JacobianList(two, o.w, atOnce, create))
		}},
		{"jacobian(lambda x, y: x * 2, (x, y), vectorize=True)", func(o operands) []T {
			return flat(autograd.Jacobian(func(a []T) T { return a[0].Mul(2) }, []T{o.x, o.y}, atOnce))
		}},
		{"jacobian(lambda x, y: x * 2, (x, y))", func(o operands) []T {
			return flat(autograd.Jacobian(func(a []T) T { return a[0].Mul(2) }, []T{o.x, o.y}))
		}},
		{"jacobian(mul, (x, y), vectorize=True, strategy='forward-mode')", func(o operands) []T {
			return flat(autograd.Jacobian(mul, []T{o.x, o.y}, atOnce, forward))
		}},
		{"jacobian(two, x, vectorize=True, strategy='forward-mode')", func(o operands) []T {
			return flat(autograd.JacobianList(two, o.x, atOnce, forward))
		}},
		{"jacobian(lambda x: torch.ones(2), x, vectorize=True, strategy='forward-mode')", func(o operands) []T {
			return flat(autograd.Jacobian(func(T) T { return torch.Ones([]int64{2}) }, o.x, atOnce, forward))
		}},
		{"hessian(cube, x)", func(o operands) []T { return flat(autograd.Hessian(cube, o.x)) }},
		{"hessian(cube, w, create_graph=True)", func(o operands) []T { return flat(autograd.Hessian(cube, o.w, create)) }},
		{"hessian(cube, x, vectorize=True)", func(o operands) []T { return flat(autograd.Hessian(cube, o.x, atOnce)) }},
		{"hessian(cube, x, vectorize=True, outer_jacobian_strategy='forward-mode')", func(o operands) []T {
			return flat(autograd.Hessian(cube, o.x, atOnce, outer))
		}},
		{"hessian(mix, (x, y))", func(o operands) []T { return flat(autograd.HessianList(mix, []T{o.x, o.y})) }},
		{"hessian(mix, (x, y), strict=True)", func(o operands) []T { return flat(autograd.HessianList(mix, []T{o.x, o.y}, strict)) }},
		{"hessian(mix, (x, y), vectorize=True)", func(o operands) []T { return flat(autograd.HessianList(mix, []T{o.x, o.y}, atOnce)) }},
	}
	var code strings.Builder
	code.WriteString(setup)
	for n, c := range twins {
		fmt.Fprintf(&code, "r = flat(%s)\nout['%d'] = r\nout['text %[2]d'] = str(r)\n", c.python, n)
	}
	py := parity.Run(t, code.String())
	for n, c := range twins {
		t.Run(c.python, func(t *testing.T) {
			py := py.For(t)
			got := c.run(newOperands())
			py.EqualTensors(fmt.Sprint(n), got)
			texts := make([]string, len(got))
			for i, g := range got {
				texts[i] = g.String()
			}
			assert.Equal(t, py.Text(fmt.Sprintf("text %d", n)), "["+strings.Join(texts, ", ")+"]")
		})
	}
}

func TestFunctionalErrors(t *testing.T) {
	constant := func(T) T { return torch.Ones([]int64{}) }
	first := func(a []T) T { return a[0].Pow(2).Sum() }
	refusals := []struct {
		python string
		run    func(o operands)
	}{
		{"vjp(torch.sin, x)", func(o operands) { autograd.Vjp(T.Sin, o.x, nil) }},
		{"vjp(torch.sin, x, v[0])", func(o operands) { autograd.Vjp(T.Sin, o.x, o.v.Select(0, 0)) }},
		{"vjp(two, x, (v, v))", func(o operands) { autograd.Vjp(two, o.x, []T{o.v, o.v}) }},
		{"vjp(two, x, (v,))", func(o operands) { autograd.Vjp(two, o.x, []T{o.v}) }},
		{"vjp(lambda x: torch.ones(()), x, strict=True)", func(o operands) { autograd.Vjp(constant, o.x, nil, strict) }},
		{"vjp(lambda x, y: (x ** 2).sum(), (x, y), strict=True)", func(o operands) { autograd.Vjp(first, []T{o.x, o.y}, nil, strict) }},
		{"vjp(lambda x: (x * 2).sum(), x, strict=True, create_graph=True)", func(o operands) {
			autograd.Vjp(linear, o.x, nil, strict, create)
		}},
		{"vjp(torch.sin, None, v)", func(o operands) { autograd.Vjp(T.Sin, nil, o.v) }},
		{"vjp(mul, (x, None), v)", func(o operands) { autograd.Vjp(mul, []T{o.x, nil}, o.v) }},
		{"vjp(lambda x: None, x, v)", func(o operands) { autograd.Vjp(func(T) T { return nil }, o.x, o.v) }},
		{"jvp(torch.sin, x)", func(o operands) { autograd.Jvp(T.Sin, o.x, nil) }},
		{"jvp(torch.sin, x, s)", func(o operands) { autograd.Jvp(T.Sin, o.x, o.s) }},
		{"jvp(lambda x: torch.ones(()), x, v, strict=True)", func(o operands) { autograd.Jvp(constant, o.x, o.v, strict) }},
		{"jvp(lambda x, y: (x ** 2).sum(), (x, y), (v, v), strict=True)", func(o operands) {
			autograd.Jvp(first, []T{o.x, o.y}, []T{o.v, o.v}, strict)
		}},
		{"vhp(torch.sin, x, v)", func(o operands) { autograd.Vhp(T.Sin, o.x, o.v) }},
		{"vhp(cube, x)", func(o operands) { autograd.Vhp(cube, o.x, nil) }},
		{"vhp(lambda x: (x * 2).sum(), x, v, strict=True)", func(o operands) { autograd.Vhp(linear, o.x, o.v, strict) }},
		{"vhp(lambda x, y: (x ** 2).sum(), (x, y), (v, v), strict=True)", func(o operands) {
			autograd.Vhp(first, []T{o.x, o.y}, []T{o.v, o.v}, strict)
		}},
		{"hvp(torch.sin, x, v)", func(o operands) { autograd.Hvp(T.Sin, o.x, o.v) }},
		{"hvp(lambda x: (x * 2).sum(), x, v, strict=True)", func(o operands) { autograd.Hvp(linear, o.x, o.v, strict) }},
		{"hvp(cube, x, v[0])", func(o operands) { autograd.Hvp(cube, o.x, o.v.Select(0, 0)) }},
		{"jacobian(torch.sin, x, strategy='x')", func(o operands) { autograd.Jacobian(T.Sin, o.x, autograd.Strategy("x")) }},
		{"jacobian(torch.sin, x, strategy='forward-mode')", func(o operands) { autograd.Jacobian(T.Sin, o.x, forward) }},
		{"jacobian(torch.sin, x, strategy='forward-mode', create_graph=True)", func(o operands) {
			autograd.Jacobian(T.Sin, o.x, forward, create)
		}},
		{"jacobian(torch.sin, x, strategy='forward-mode', strict=True)", func(o operands) {
			autograd.Jacobian(T.Sin, o.x, forward, strict)
		}},
		{"jacobian(torch.sin, x, vectorize=True, strict=True)", func(o operands) { autograd.Jacobian(T.Sin, o.x, atOnce, strict) }},
		{"jacobian(lambda x: torch.ones(()), x, strict=True)", func(o operands) { autograd.Jacobian(constant, o.x, strict) }},
		{"jacobian(lambda x, y: (x ** 2).sum(), (x, y), strict=True)", func(o operands) {
			autograd.Jacobian(first, []T{o.x, o.y}, strict)
		}},
		{"jacobian(lambda x: (x * 2).sum(), x, strict=True, create_graph=True)", func(o operands) {
			autograd.Jacobian(linear, o.x, strict, create)
		}},
		{"hessian(torch.sin, x)", func(o operands) { autograd.Hessian(T.Sin, o.x) }},
		{"hessian(lambda x: (x * 2).sum(), x, strict=True)", func(o operands) { autograd.Hessian(linear, o.x, strict) }},
		{"hessian(lambda x: torch.ones(()), x, strict=True)", func(o operands) { autograd.Hessian(constant, o.x, strict) }},
		{"hessian(cube, x, outer_jacobian_strategy='x')", func(o operands) {
			autograd.Hessian(cube, o.x, autograd.OuterJacobianStrategy("x"))
		}},
		{"hessian(cube, x, outer_jacobian_strategy='forward-mode')", func(o operands) { autograd.Hessian(cube, o.x, outer) }},
	}
	var code strings.Builder
	code.WriteString(setup)
	for n, c := range refusals {
		fmt.Fprintf(&code, "try: %s; out['%d'] = 'nothing'\nexcept Exception as e: out['%[2]d'] = type(e).__name__ + ': ' + str(e)\n", c.python, n)
	}
	py := parity.Run(t, code.String())
	for n, c := range refusals {
		t.Run(c.python, func(t *testing.T) {
			var e *torch.Error
			require.ErrorAs(t, torch.Try(func() { c.run(newOperands()) }), &e)
			assert.Equal(t, py.Text(fmt.Sprint(n)), e.Kind+": "+e.Message)
		})
	}
}

func TestFunctionalInNoGrad(t *testing.T) {
	py := parity.Run(t, setup+`
with torch.no_grad():
    out["vjp"] = flat(vjp(torch.sin, x, v)); out["hvp"] = flat(hvp(cube, x, v)); out["hessian"] = hessian(cube, x)
`)
	o := newOperands()
	torch.NoGrad(func() {
		py.EqualTensors("vjp", flat2(autograd.Vjp(T.Sin, o.x, o.v)))
		py.EqualTensors("hvp", flat2(autograd.Hvp(cube, o.x, o.v)))
		py.EqualTensor("hessian", autograd.Hessian(cube, o.x))
	})
}
