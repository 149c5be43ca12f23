package functorch_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestVmap(t *testing.T) {
	scale := func(x T, by float64) T { return x.Mul(by) }
	checkTwins(t, []twin{
		{"vmap(torch.dot)(x, y)", func(o operands) any { return functorch.Vmap(torch.Dot)(o.x, o.y) }},
		{"vmap(torch.dot, in_dims=1)(x, y)", func(o operands) any {
			return functorch.Vmap(torch.Dot, functorch.InDims(1))(o.x, o.y)
		}},
		{"vmap(torch.dot, in_dims=(-2, None))(x, v)", func(o operands) any {
			return functorch.Vmap(torch.Dot, functorch.InDims(-2, nil))(o.x, o.v)
		}},
		{"vmap(lambda x: x.sum(0), in_dims=0)(x)", func(o operands) any {
			return functorch.Vmap(torch.Sum)(o.x, torch.Dim(0)) // options go to the operator
		}},
		{"vmap(torch.sin, out_dims=1)(x)", func(o operands) any { return functorch.Vmap(T.Sin, functorch.OutDims(1))(o.x) }},
		{"vmap(torch.sin, out_dims=-1)(x)", func(o operands) any { return functorch.Vmap(T.Sin, functorch.OutDims(-1))(o.x) }},
		{"vmap(lambda x: torch.ones(2, 5), out_dims=-2)(x)", func(o operands) any {
			return functorch.Vmap(func(T) T { return torch.Ones([]int64{2, 5}) }, functorch.OutDims(-2))(o.x)
		}},
		{"vmap(lambda x: (x.sin(), x.sum()), out_dims=(1, 0))(x)", func(o operands) any {
			return pairOf(functorch.Vmap(func(x T) (T, T) { return x.Sin(), x.Sum() }, functorch.OutDims(1, 0))(o.x))
		}},
		{"vmap(lambda x: (x.sin(), 3), out_dims=(0, None))(x)[0]", func(o operands) any {
			y, n := functorch.Vmap(func(x T) (T, int) { return x.Sin(), 3 }, functorch.OutDims(0, nil))(o.x)
			assert.Equal(t, 3, n)
			return y
		}},
		{"vmap(lambda x, by: x * by, in_dims=(0, None))(x, 0.5)", func(o operands) any {
			return functorch.Vmap(scale, functorch.InDims(0, nil))(o.x, 0.5)
		}},
		{"vmap(lambda p, x: p['w'] @ x + p['b'], in_dims=({'w': 0, 'b': None}, 1))({'w': m, 'b': v}, m)", func(o operands) any {
			f := func(p map[string]T, x T) T { return p["w"].Matmul(x).Add(p["b"]) }
			dims := functorch.InDims(map[string]any{"w": 0, "b": nil}, 1)
			return functorch.Vmap(f, dims)(map[string]T{"w": o.m, "b": o.v}, o.m)
		}},
		{"vmap(lambda l: l[0] * l[1], in_dims=([0, None],))([x, v])", func(o operands) any {
			f := func(l []T) T { return l[0].Mul(l[1]) }
			return functorch.Vmap(f, functorch.InDims([]any{0, nil}))([]T{o.x, o.v})
		}},
		{"vmap(lambda x: {'a': x * 2, 'b': x.sum()})(x)", func(o operands) any {
			r := functorch.Vmap(func(x T) map[string]T { return map[string]T{"a": x.Mul(2), "b": x.Sum()} })(o.x)
			return several(r["a"], r["b"])
		}},
		{"vmap(lambda *l: l[0] * l[1])(x, y)", func(o operands) any {
			return functorch.Vmap(func(l ...T) T { return l[0].Mul(l[1]) })(o.x, o.y)
		}},
		{"vmap(vmap(torch.mul), in_dims=(1, 1), out_dims=1)(x, y)", func(o operands) any {
			mul := func(a, b T) T { return a.Mul(b) }
			return functorch.Vmap(functorch.Vmap(mul), functorch.InDims(1), functorch.OutDims(1))(o.x, o.y)
		}},
		{"vmap(lambda x: vmap(lambda y: x)(y))(v)", func(o operands) any {
			return functorch.Vmap(func(x T) T { return functorch.Vmap(func(T) T { return x })(o.y) })(o.v)
		}},
		{"vmap(torch.sin, chunk_size=2)(x)", func(o operands) any { return functorch.Vmap(T.Sin, functorch.ChunkSize(2))(o.x) }},
		{"vmap(lambda x, y: (x * y, x.sum()), in_dims=(1, 1), out_dims=(1, 0), chunk_size=3)(x, y)", func(o operands) any {
			f := func(x, y T) (T, T) { return x.Mul(y), x.Sum() }
			return pairOf(functorch.Vmap(f, functorch.InDims(1), functorch.OutDims(1, 0), functorch.ChunkSize(3))(o.x, o.y))
		}},
		{"vmap(grad(cube))(x)", func(o operands) any { return functorch.Vmap(functorch.Grad(cube))(o.x) }},
		{"vmap(grad(lambda x: vmap(torch.sin)(x).sum()))(x)", func(o operands) any {
			return functorch.Vmap(functorch.Grad(func(x T) T { return functorch.Vmap(T.Sin)(x).Sum() }))(o.x)
		}},
		{"grad(lambda x: vmap(cube)(x).sum())(x)", func(o operands) any {
			return functorch.Grad(func(x T) T { return functorch.Vmap(cube)(x).Sum() })(o.x)
		}},
		{"vmap(hessian(cube))(x)", func(o operands) any { return functorch.Vmap(functorch.Hessian(cube))(o.x) }},
		{"vmap(grad(loss), in_dims=(None, 0, 0))(m, x, y)", func(o operands) any {
			perSample := func(w, x, y T) T { return functorch.Grad(func(w T) T { return loss(w, x, y) })(w) }
			return functorch.Vmap(perSample, functorch.InDims(nil, 0, 0))(o.m, o.x, o.y)
		}},
		{"vmap(lambda x: jvp(torch.sin, (x,), (v,))[1])(x)", func(o operands) any {
			return functorch.Vmap(func(x T) T {
				_, d := functorch.Jvp(T.Sin, x, o.v)
				return d
			})(o.x)
		}},
		{"vmap(lambda x, i: x[i])(x, torch.tensor([0, 3, 1]))", func(o operands) any {
			return functorch.Vmap(func(x, i T) T { return torch.IndexSelect(x, 0, i.Unsqueeze(0)).Squeeze() })(
				o.x, torch.NewTensor([]int64{0, 3, 1}))
		}},
	})
}

// A pointOf is a struct that Vmap takes apart.
type pointOf struct {
	X, Y T
	name string
}

func TestVmapOverStructs(t *testing.T) {
	o := newOperands()
	swap := func(p pointOf) pointOf { return pointOf{p.Y.Mul(2), p.X, p.name + "!"} }
	r := functorch.Vmap(swap)(pointOf{o.x, o.y, "p"})
	assert.True(t, torch.Equal(r.X, o.y.Mul(2)) && torch.Equal(r.Y, o.x))
	assert.Equal(t, "p!", r.name)
	a := functorch.Vmap(func(p [2]T) T { return p[0].Add(p[1]) })([2]T{o.x, o.y})
	assert.True(t, torch.Equal(a, o.x.Add(o.y)))
}

func TestVmapRandomness(t *testing.T) {
	py := parity.Run(t, setup+`
f = lambda x: x + torch.randn(4)
for mode in ["same", "different"]:
    torch.manual_seed(1); out[mode] = vmap(f, randomness=mode)(x)
    torch.manual_seed(1); out[mode + " chunks"] = vmap(f, randomness=mode, chunk_size=2)(x)
    torch.manual_seed(1); out[mode + " dropout"] = vmap(lambda x: torch.nn.functional.dropout(x, 0.5), randomness=mode)(x)
    torch.manual_seed(1); out[mode + " like"] = vmap(torch.randn_like, randomness=mode)(x)
    torch.manual_seed(1); out[mode + " nested"] = vmap(vmap(lambda x: x + torch.rand(()), randomness=mode), randomness="different")(x)
    torch.manual_seed(1); out[mode + " jacfwd"] = jacfwd(lambda x: x * torch.rand(4), randomness=mode)(v)
`)
	o := newOperands()
	for _, mode := range []functorch.Randomness{"same", "different"} {
		check := func(name string, run func() T) {
			torch.ManualSeed(1)
			py.EqualTensor(strings.TrimSpace(string(mode)+" "+name), run())
		}
		f := func(x T) T { return x.Add(torch.Randn([]int64{4})) }
		check("", func() T { return functorch.Vmap(f, mode)(o.x) })
		check("chunks", func() T { return functorch.Vmap(f, mode, functorch.ChunkSize(2))(o.x) })
		check("dropout", func() T { return functorch.Vmap(func(x T) T { return torch.Dropout(x, 0.5, true) }, mode)(o.x) })
		check("like", func() T { return functorch.Vmap(func(x T) T { return torch.RandnLike(x) }, mode)(o.x) })
		check("nested", func() T {
			inner := functorch.Vmap(func(x T) T { return x.Add(torch.Rand([]int64{})) }, mode)
			return functorch.Vmap(inner, functorch.Randomness("different"))(o.x)
		})
		check("jacfwd", func() T { return functorch.Jacfwd(func(x T) T { return x.Mul(torch.Rand([]int64{4})) }, mode)(o.v) })
	}
}

// A refusal is a statement that raises in both languages.
type refusal struct {
	python string
	run    func(o operands)
}

func add(x, y T) T { return x.Add(y) }

func checkRefusals(t *testing.T, refusals []refusal) {
	var code strings.Builder
	code.WriteString(setup + "def add(x, y): return x + y\n")
	for n, c := range refusals {
		fmt.Fprintf(&code, "try: %s; out['%d'] = 'nothing'\nexcept Exception as e: out['%[2]d'] = type(e).__name__ + ': ' + str(e)\n", c.python, n)
	}
	py := parity.Run(t, code.String())
	for n, c := range refusals {
		t.Run(c.python, func(t *testing.T) {
			err := torch.Try(func() { c.run(newOperands()) })
			var e *torch.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, py.Text(fmt.Sprint(n)), e.Kind+": "+e.Message)
		})
	}
}

func TestVmapErrors(t *testing.T) {
	id := func(x T) T { return x }
	checkRefusals(t, []refusal{
		{"vmap(add, in_dims=(0, 1, 0))(x, x)", func(o operands) { functorch.Vmap(add, functorch.InDims(0, 1, 0))(o.x, o.x) }},
		{"vmap(add, in_dims=(None, None))(x, x)", func(o operands) { functorch.Vmap(add, functorch.InDims(nil, nil))(o.x, o.x) }},
		{"vmap(add, in_dims=None)(x, x)", func(o operands) { functorch.Vmap(add, functorch.InDims(nil))(o.x, o.x) }},
		{"vmap(add, in_dims='a')(x, x)", func(o operands) {
			functorch.Vmap(add, functorch.InDims("a"))(o.x, o.x)
		}},
		{"vmap(add, in_dims=('a', 0))(x, x)", func(o operands) { functorch.Vmap(add, functorch.InDims("a", 0))(o.x, o.x) }},
		{"vmap(add)(x, x[0:1])", func(o operands) { functorch.Vmap(add)(o.x, o.x.Index(torch.Slice(0, 1))) }},
		{"vmap(add, in_dims=3)(x, x)", func(o operands) { functorch.Vmap(add, functorch.InDims(3))(o.x, o.x) }},
		{"vmap(lambda x, n: x * n)(x, 2)", func(o operands) { functorch.Vmap(func(x T, n int) T { return x.Mul(n) })(o.x, 2) }},
		{"vmap(lambda x, n: x)(x, None)", func(o operands) { functorch.Vmap(func(x, n T) T { return x })(o.x, nil) }},
		{"vmap(lambda: x)()", func(o operands) { functorch.Vmap(func() T { return o.x })() }},
		{"vmap(add, out_dims=(0, 1))(x, x)", func(o operands) { functorch.Vmap(add, functorch.OutDims(0, 1))(o.x, o.x) }},
		{"vmap(add, out_dims='a')(x, x)", func(o operands) { functorch.Vmap(add, functorch.OutDims("a"))(o.x, o.x) }},
		{"vmap(lambda x: (x, x), out_dims=(0, 1, 2))(x)", func(o operands) {
			functorch.Vmap(func(x T) (T, T) { return x, x }, functorch.OutDims(0, 1, 2))(o.x)
		}},
		{"vmap(lambda x: x, out_dims=None)(x)", func(o operands) { functorch.Vmap(id, functorch.OutDims(nil))(o.x) }},
		{"vmap(lambda x: x, out_dims=5)(x)", func(o operands) { functorch.Vmap(id, functorch.OutDims(5))(o.x) }},
		{"vmap(lambda x: torch.ones(2), out_dims=5)(x)", func(o operands) {
			functorch.Vmap(func(T) T { return torch.Ones([]int64{2}) }, functorch.OutDims(5))(o.x)
		}},
		{"vmap(lambda x: 3)(x)", func(o operands) { functorch.Vmap(func(T) int { return 3 })(o.x) }},
		{"vmap(lambda x: None)(x)", func(o operands) { functorch.Vmap(func(T) {})(o.x) }},
		{"vmap(lambda l: l[0], in_dims=([0, 1, 2],))([x, x])", func(o operands) {
			functorch.Vmap(func(l []T) T { return l[0] }, functorch.InDims([]any{0, 1, 2}))([]T{o.x, o.x})
		}},
		{"vmap(lambda p: p['a'], in_dims=({'b': 0},))({'a': x})", func(o operands) {
			functorch.Vmap(func(p map[string]T) T { return p["a"] }, functorch.InDims(map[string]any{"b": 0}))(map[string]T{"a": o.x})
		}},
		{"vmap(lambda x: x, randomness='x')", func(operands) { functorch.Vmap(id, functorch.Randomness("x")) }},
		{"vmap(lambda x: x, chunk_size=0)", func(operands) { functorch.Vmap(id, functorch.ChunkSize(0)) }},
		{"vmap(lambda x: torch.rand(2))(x)", func(o operands) { functorch.Vmap(func(T) T { return torch.Rand([]int64{2}) })(o.x) }},
		{"vmap(lambda x: x.sum().item())(x)", func(o operands) { functorch.Vmap(func(x T) float64 { return x.Sum().Item() })(o.x) }},
		{"vmap(lambda x: x.nonzero())(x)", func(o operands) { functorch.Vmap(func(x T) T { return torch.Nonzero(x) })(o.x) }},
		{"vmap(lambda x: torch.zeros(4).add_(x))(x)", func(o operands) {
			functorch.Vmap(func(x T) T { return torch.Zeros([]int64{4}).Add_(x) })(o.x)
		}},
		{"vmap(lambda x: x.requires_grad_())(x)", func(o operands) { functorch.Vmap(func(x T) T { return x.RequiresGrad_() })(o.x) }},
	})
}

func TestGradErrors(t *testing.T) {
	id := func(x T) T { return x }
	complexOf := func(x T) T { return x.To(torch.Complex64) }
	checkRefusals(t, []refusal{
		{"grad(lambda x: x)(x)", func(o operands) { functorch.Grad(id)(o.x) }},
		{"grad(lambda x: None)(x)", func(o operands) { functorch.Grad(func(T) T { return nil })(o.x) }},
		{"grad(cube)(None)", func(o operands) { functorch.Grad(cube)(nil) }},
		{"grad(cube, argnums=3)(x)", func(o operands) { functorch.Grad(cube, functorch.Argnums(3))(o.x) }},
		{"grad(mix, argnums=-3)(x, y)", func(o operands) { functorch.Grad(mix, functorch.Argnums(-3))([]T{o.x, o.y}) }},
		{"grad(cube, argnums=())(x)", func(o operands) { functorch.Grad(cube, functorch.Argnums())(o.x) }},
		{"grad(mix, argnums=(0, 0))(x, y)", func(o operands) { functorch.Grad(mix, functorch.Argnums(0, 0))([]T{o.x, o.y}) }},
		{"grad(cube)(torch.arange(3))", func(o operands) { functorch.Grad(cube)(torch.Arange(3)) }},
		{"grad(lambda x: x.requires_grad_().sum())(x)", func(o operands) {
			functorch.Grad(func(x T) T { return x.RequiresGrad_().Sum() })(o.x)
		}},
		{"vjp(lambda x: (x, x), x)[1]((x,))", func(o operands) {
			_, fn := functorch.Vjp(func(x T) []T { return []T{x, x} }, o.x)
			fn([]T{o.x})
		}},
		{"vjp(lambda x: (), x)", func(o operands) { functorch.Vjp(func(x T) []T { return nil }, o.x) }},
		{"vjp(lambda x: x.long(), x)", func(o operands) { functorch.Vjp(func(x T) T { return x.To(torch.Int64) }, o.x) }},
		{"vjp(torch.sin, x)[1](v)", func(o operands) { _, fn := functorch.Vjp(T.Sin, o.x); fn(o.v) }},
		{"jvp(add, (x, x), (x,))", func(o operands) {
			functorch.Jvp(func(a []T) T { return a[0] }, []T{o.x, o.x}, []T{o.x})
		}},
		{"jvp(torch.sin, (x,), (v,))", func(o operands) { functorch.Jvp(T.Sin, o.x, o.v) }},
		{"jvp(torch.sin, (torch.arange(3),), (v,))", func(o operands) { functorch.Jvp(T.Sin, torch.Arange(3), o.v) }},
		{"jvp(lambda x: torch.ones(2), (x,), (x,), strict=True)", func(o operands) {
			functorch.Jvp(func(T) T { return torch.Ones([]int64{2}) }, o.x, o.x, functorch.Strict(true))
		}},
		{"jvp(lambda x: (), (x,), (x,))", func(o operands) { functorch.Jvp(func(T) []T { return nil }, o.x, o.x) }},
		{"jvp(lambda x: None, (x,), (x,))", func(o operands) { functorch.Jvp(func(T) T { return nil }, o.x, o.x) }},
		{"linearize(torch.sin, x)[1](v)", func(o operands) { _, fn := functorch.Linearize(T.Sin, o.x); fn(o.v) }},
		{"linearize(torch.sin, x)[1](x.double())", func(o operands) { _, fn := functorch.Linearize(T.Sin, o.x); fn(o.x.Double()) }},
		{"linearize(add, x, y)[1](x)", func(o operands) {
			_, fn := functorch.Linearize(func(a []T) T { return add(a[0], a[1]) }, []T{o.x, o.y})
			fn([]T{o.x})
		}},
		{"jacrev(cube, chunk_size=0)", func(o operands) { functorch.Jacrev(cube, functorch.ChunkSize(0)) }},
		{"jacrev(cube)(x.to(torch.complex64))", func(o operands) { functorch.Jacrev(cube)(complexOf(o.x)) }},
		{"jacrev(lambda x: x.to(torch.complex64))(x)", func(o operands) { functorch.Jacrev(complexOf)(o.x) }},
		{"jacfwd(lambda x: x.to(torch.complex64))(x)", func(o operands) { functorch.Jacfwd(complexOf)(o.x) }},
		{"functionalize(cube, remove='x')", func(operands) { functorch.Functionalize(cube, functorch.Remove("x")) }},
	})
	err := torch.Try(func() { functorch.Vmap(3) })
	assert.True(t, errors.Is(err, &torch.Error{Kind: "TypeError", Message: "the first argument must be callable"}), err)
}

func TestCallerOfTransform(t *testing.T) {
	err := torch.Try(func() { functorch.Vmap(add)(torch.Ones([]int64{2}), torch.Ones([]int64{3})) })
	var e *torch.Error
	require.ErrorAs(t, err, &e)
	assert.Regexp(t, regexp.MustCompile(`vmap_test\.go:\d+$`), e.Caller)
}

func TestVmapWarnsOfLoops(t *testing.T) {
	py := parity.Run(t, setup+`vmap(lambda x: torch.histc(x, bins=3))(x)`)
	require.Len(t, py.Warnings, 1)
	var got []string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { got = append(got, w.Message) }))
	functorch.Vmap(func(x T) T { return torch.Histc(x, torch.Bins(3)) })(newOperands().x)
	require.Len(t, got, 1)
	text, _, _ := strings.Cut(py.Warnings[0].Message, " (Triggered internally")
	assert.Equal(t, text, got[0])
}
