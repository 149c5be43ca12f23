package autograd_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// of makes a function of several tensors of one of the first.
func of(fn func(x *torch.Tensor) *torch.Tensor) autograd.Func {
	return func(in ...*torch.Tensor) []*torch.Tensor { return list(fn(in[0])) }
}

func TestGradcheck(t *testing.T) {
	x := torch.NewTensor([][]float64{{0.5, 1}, {-2, 3}}, torch.RequiresGrad(true))
	y := torch.NewTensor([]float64{2, 0.7}, torch.RequiresGrad(true))
	z := torch.NewTensor([]complex128{1 + 2i, 0.5 - 1i}, torch.RequiresGrad(true))
	matmul := func(in ...*torch.Tensor) []*torch.Tensor {
		return list(in[0].Matmul(in[1]).Sin(), in[0].Mul(in[1]).Sum(), in[0].Detach())
	}
	assert.NoError(t, autograd.Gradcheck(matmul, list(x, y)))
	assert.NoError(t, autograd.Gradgradcheck(matmul, list(x, y)))
	assert.NoError(t, autograd.Gradgradcheck(of((*torch.Tensor).Sigmoid), list(x), autograd.GenNonContigGradOutputs(true)))
	assert.NoError(t, autograd.Gradcheck(of((*torch.Tensor).Exp), list(z)))
	assert.NoError(t, autograd.Gradgradcheck(of((*torch.Tensor).Sin), list(z)))
	assert.NoError(t, autograd.Gradcheck(func(in ...*torch.Tensor) []*torch.Tensor {
		return list(torch.Abs(in[0]).Mul(in[1]))
	}, list(z, y)))
	assert.NoError(t, autograd.Gradcheck(func(in ...*torch.Tensor) []*torch.Tensor {
		return list(autograd.Apply1(&MyMul{2}, in[0], in[1]))
	}, list(x, y)))
	assert.NoError(t, autograd.Gradgradcheck(func(in ...*torch.Tensor) []*torch.Tensor {
		return list(autograd.Apply1(&MyMul{2}, in[0], in[1]))
	}, list(x, y.Detach())))
}

// wrong doubles, and pretends something else.
func wrong(backward func(g *torch.Tensor) *torch.Tensor) autograd.Func {
	return of(func(x *torch.Tensor) *torch.Tensor {
		return autograd.Apply1(&fn{
			func(_ *autograd.FunctionCtx, in []*torch.Tensor) []*torch.Tensor { return list(in[0].Mul(2)) },
			func(_ *autograd.FunctionCtx, g []*torch.Tensor) []*torch.Tensor { return list(backward(g[0])) },
		}, x)
	})
}

func TestGradcheckFailures(t *testing.T) {
	const setup = `
from torch.autograd import gradcheck
class Wrong(torch.autograd.Function):
	@staticmethod
	def forward(ctx, x): return x * 2
	@staticmethod
	def backward(ctx, g): return backward(g)
x = torch.tensor([0.5, 1.], dtype=torch.float64, requires_grad=True)
z = torch.tensor([0.5, 1.], dtype=torch.complex128, requires_grad=True)
n = [0.]
def drift():
	n[0] += 1.
	return n[0]
`
	x := leaf(0.5, 1)
	z := torch.NewTensor([]complex128{0.5, 1}, torch.RequiresGrad(true))
	n := 0.
	constant := torch.NewTensor([]float64{1, 1})
	for _, c := range []struct {
		name, python string
		fn           autograd.Func
		input        *torch.Tensor
		opts         []autograd.GradcheckOption
	}{
		{"wrong", "backward = lambda g: g * 3\ngradcheck(Wrong.apply, x)",
			wrong(func(g *torch.Tensor) *torch.Tensor { return g.Mul(3) }), x, nil},
		{"complex", "backward = lambda g: g * 2j\ngradcheck(Wrong.apply, z)",
			wrong(func(g *torch.Tensor) *torch.Tensor { return g.Mul(2i) }), z, nil},
		{"not repeatable", "backward = lambda g: g * drift()\ngradcheck(Wrong.apply, x)",
			wrong(func(g *torch.Tensor) *torch.Tensor {
				n++
				return g.Mul(n)
			}), x, nil},
		{"not scaled", "backward = lambda g: torch.ones_like(g)\ngradcheck(Wrong.apply, x, atol=10, rtol=10)",
			wrong(func(*torch.Tensor) *torch.Tensor { return constant }), x, []autograd.GradcheckOption{autograd.Atol(10), autograd.Rtol(10)}},
		{"no gradient", "gradcheck(lambda x: x.detach() * 2, x)", of(func(x *torch.Tensor) *torch.Tensor { return x.Detach().Mul(2) }), x, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			py := parity.RunError(t, setup+c.python)
			var e *torch.Error
			require.True(t, errors.As(autograd.Gradcheck(c.fn, list(c.input), c.opts...), &e))
			assert.Equal(t, py.Error.Type, e.Kind)
			assert.Equal(t, py.Error.Message, e.Message)
		})
	}
}

func TestGradcheckMisuse(t *testing.T) {
	const setup = "from torch.autograd import gradcheck\nx = torch.tensor([0.5, 1.], dtype=torch.float64, requires_grad=True)\n"
	x := leaf(0.5, 1)
	sameRefusals(t, []refusal{
		{"no input", setup + "gradcheck(torch.exp, x.detach())", func() {
			assert.NoError(t, autograd.Gradcheck(of((*torch.Tensor).Exp), list(x.Detach())))
		}},
		{"stride 0", setup + "gradcheck(torch.exp, x.expand(3, 2))", func() {
			assert.NoError(t, autograd.Gradcheck(of((*torch.Tensor).Exp), list(x.Expand(3, 2))))
		}},
		{"shape", setup + "gradcheck(lambda x: x if x[0] == 0.5 else x[:int(x[0] > 0.5)], x)", func() {
			assert.NoError(t, autograd.Gradcheck(of(func(x *torch.Tensor) *torch.Tensor {
				switch first := torch.Data[float64](x)[0]; {
				case first == 0.5:
					return x
				case first > 0.5:
					return x.Narrow(0, 0, 1)
				default:
					return x.Narrow(0, 0, 0)
				}
			}), list(x)))
		}},
	})
	var warning string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { warning = w.Message }))
	single := torch.NewTensor([]float32{0.5}, torch.RequiresGrad(true))
	assert.Error(t, autograd.Gradcheck(of((*torch.Tensor).Exp), list(single)))
	assert.Equal(t, "Input #0 requires gradient and is not a double precision floating point or complex. This check will likely "+
		"fail if all the inputs are not of double precision floating point or complex. ", warning)
}
