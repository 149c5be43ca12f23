package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// A bend is x³ by default, with wrong gradients if so asked.
type bend struct {
	autograd.GenerateVmapRule
	backward, forward float64
	undefined         bool // Jvp makes something of a tangent that is not there
	looks             bool // Backward looks at a value
}

func (bend) Forward(_ *autograd.FunctionCtx, in ...*torch.Tensor) []*torch.Tensor {
	return list(in[0].Pow(3).Mul(in[1]))
}

func (b bend) SetupContext(ctx *autograd.FunctionCtx, in, _ []*torch.Tensor) {
	ctx.SetMaterializeGrads(!b.undefined)
	ctx.SaveForBackward(in...)
	ctx.SaveForForward(in...)
}

func (b bend) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	x, y, g := ctx.SavedTensors()[0], ctx.SavedTensors()[1], grads[0]
	if b.looks && g.Sum().Item() == 0 {
		return list(g, g)
	}
	return list(g.Mul(x.Pow(2).Mul(3)).Mul(y).Mul(b.backward).Conj(), g.Mul(x.Pow(3)).Conj())
}

func (b bend) Jvp(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	x, y, gx, gy := ctx.SavedTensors()[0], ctx.SavedTensors()[1], grads[0], grads[1]
	if gx == nil {
		gx = torch.OnesLike(x)
	}
	if gy == nil {
		gy = torch.ZerosLike(y)
	}
	return list(gx.Mul(x.Pow(2).Mul(3)).Mul(y).Mul(b.forward).Add(gy.Mul(x.Pow(3))))
}

func bent(backward, forward float64) autograd.Func {
	return func(in ...*torch.Tensor) []*torch.Tensor {
		return autograd.Apply(bend{backward: backward, forward: forward}, in...)
	}
}

const bends = `
from torch.autograd import gradcheck, gradgradcheck
def bent(b=1., f=1., undefined=False, looks=False):
	class Bend(torch.autograd.Function):
		generate_vmap_rule = True
		@staticmethod
		def forward(x, y): return x ** 3 * y
		@staticmethod
		def setup_context(ctx, inputs, output):
			ctx.set_materialize_grads(not undefined)
			ctx.save_for_backward(*inputs)
			ctx.save_for_forward(*inputs)
		@staticmethod
		def backward(ctx, g):
			x, y = ctx.saved_tensors
			if looks and g.sum().item() == 0: return g, g
			return (g * (x ** 2 * 3) * y * b).conj(), (g * x ** 3).conj()
		@staticmethod
		def jvp(ctx, gx, gy):
			x, y = ctx.saved_tensors
			gx = torch.ones_like(x) if gx is None else gx
			gy = torch.zeros_like(y) if gy is None else gy
			return gx * (x ** 2 * 3) * y * f + gy * x ** 3
	return Bend.apply
torch.manual_seed(0)
x = torch.tensor([0.5, 1., -1.5], dtype=torch.float64, requires_grad=True)
y = torch.tensor([2., 0.5, 1.], dtype=torch.float64, requires_grad=True)
z = torch.tensor([1 + 2j, 0.5 - 1j], requires_grad=True, dtype=torch.complex128)
w = torch.tensor([0.5, 2.], dtype=torch.float64, requires_grad=True)
mixed = lambda x, y: (x @ y, (x * y).sin(), x.detach())
`

// checks of Python's and the same in Go, which come to the same.
func sameChecks(t *testing.T, cases []check) {
	t.Helper()
	x, y := leaf(0.5, 1, -1.5), leaf(2, 0.5, 1)
	z, w := torch.NewTensor([]complex128{1 + 2i, 0.5 - 1i}, torch.RequiresGrad(true)), leaf(0.5, 2)
	for _, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			parity.Compare(t, bends+"fail(lambda: "+c.python+")", func(log func(values ...any)) {
				torch.ManualSeed(0)
				log(func() {
					if err := c.run(x, y, z, w); err != nil {
						panic(err)
					}
				})
			})
		})
	}
}

type check struct {
	python string
	run    func(x, y, z, w *torch.Tensor) error
}

func mixed(in ...*torch.Tensor) []*torch.Tensor {
	return list(in[0].Matmul(in[1]), in[0].Mul(in[1]).Sin(), in[0].Detach())
}

func product(in ...*torch.Tensor) []*torch.Tensor { return list(in[0].Mul(in[1])) }

const (
	fast        = autograd.FastMode(true)
	withForward = autograd.CheckForwardAD(true)
	noBackward  = autograd.CheckBackwardAD(false)
)

func TestGradcheckModes(t *testing.T) {
	sameChecks(t, []check{
		{"gradcheck(mixed, (x, y), fast_mode=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(mixed, list(x, y), fast)
		}},
		{"gradcheck(torch.mul, (z, w), fast_mode=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(product, list(z, w), fast)
		}},
		{"gradcheck(torch.abs, z, fast_mode=True, check_forward_ad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(of((*torch.Tensor).Abs), list(z), fast, withForward)
		}},
		{"gradcheck(mixed, (x, y), check_forward_ad=True, check_batched_grad=True, check_batched_forward_grad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(mixed, list(x, y), withForward, autograd.CheckBatchedGrad(true), autograd.CheckBatchedForwardGrad(true))
		}},
		{"gradcheck(torch.mul, (z, w), check_forward_ad=True, check_backward_ad=False)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(product, list(z, w), withForward, noBackward)
		}},
		{"gradgradcheck(mixed, (x, y), fast_mode=True, check_fwd_over_rev=True, check_batched_grad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradgradcheck(mixed, list(x, y), fast, autograd.CheckFwdOverRev(true), autograd.CheckBatchedGrad(true))
		}},
		{"gradgradcheck(torch.mul, (z, w), check_rev_over_rev=False, check_undefined_grad=False, check_fwd_over_rev=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradgradcheck(product, list(z, w), autograd.CheckRevOverRev(false), autograd.CheckUndefinedGrad(false), autograd.CheckFwdOverRev(true))
		}},
		{"gradcheck(bent(), (x, y), check_forward_ad=True, check_batched_grad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(bent(1, 1), list(x, y), withForward)
		}},
	})
}

func TestGradcheckModesFail(t *testing.T) {
	undefined := func(in ...*torch.Tensor) []*torch.Tensor {
		return autograd.Apply(bend{backward: 1, forward: 1, undefined: true}, in...)
	}
	looks := func(in ...*torch.Tensor) []*torch.Tensor {
		return autograd.Apply(bend{backward: 1, forward: 1, looks: true}, in...)
	}
	sameChecks(t, []check{
		{"gradcheck(bent(2.), (x, y), fast_mode=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(bent(2, 1), list(x, y), fast)
		}},
		{"gradcheck(bent(1.00101), (x, y), fast_mode=True, atol=1e-8)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(bent(1.00101, 1), list(x, y), fast, autograd.Atol(1e-8))
		}},
		{"gradcheck(bent(2.), (z, w), fast_mode=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(bent(2, 1), list(z, w), fast)
		}},
		{"gradcheck(bent(1., 2.), (x, y), check_forward_ad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(bent(1, 2), list(x, y), withForward)
		}},
		{"gradcheck(bent(1., 2.), (x, y), check_forward_ad=True, fast_mode=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(bent(1, 2), list(x, y), withForward, fast)
		}},
		{"gradcheck(bent(1., 2.), (z, w), check_forward_ad=True, check_backward_ad=False)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(bent(1, 2), list(z, w), withForward, noBackward)
		}},
		{"gradcheck(bent(undefined=True), (x, y), check_forward_ad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(undefined, list(x, y), withForward)
		}},
		{"gradcheck(bent(looks=True), (x, y), check_batched_grad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(looks, list(x, y), autograd.CheckBatchedGrad(true))
		}},
		{"gradcheck(lambda x: x.detach() * 2, x, fast_mode=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(of(func(x *torch.Tensor) *torch.Tensor { return x.Detach().Mul(2) }), list(x), fast)
		}},
		{"gradcheck(torch.exp, x, check_backward_ad=False)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(of((*torch.Tensor).Exp), list(x), noBackward)
		}},
		{"gradcheck(torch.exp, x, check_backward_ad=False, check_forward_ad=True, check_batched_grad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(of((*torch.Tensor).Exp), list(x), noBackward, withForward, autograd.CheckBatchedGrad(true))
		}},
		{"gradcheck(torch.exp, x, check_batched_forward_grad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradcheck(of((*torch.Tensor).Exp), list(x), autograd.CheckBatchedForwardGrad(true))
		}},
		{"gradgradcheck(torch.exp, x, check_rev_over_rev=False)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradgradcheck(of((*torch.Tensor).Exp), list(x), autograd.CheckRevOverRev(false))
		}},
		{"gradgradcheck(torch.exp, x, check_rev_over_rev=False, check_fwd_over_rev=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradgradcheck(of((*torch.Tensor).Exp), list(x), autograd.CheckRevOverRev(false), autograd.CheckFwdOverRev(true))
		}},
		{"gradgradcheck(torch.exp, x, check_rev_over_rev=False, check_fwd_over_rev=True, check_undefined_grad=False, check_batched_grad=True)", func(x, y, z, w *torch.Tensor) error {
			return autograd.Gradgradcheck(of((*torch.Tensor).Exp), list(x), autograd.CheckRevOverRev(false), autograd.CheckFwdOverRev(true),
				autograd.CheckUndefinedGrad(false), autograd.CheckBatchedGrad(true))
		}},
	})
}

func TestDtypesOfParts(t *testing.T) {
	parity.Compare(t, `
		for d in (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex32, torch.complex64, torch.complex128):
			log(d.to_real(), d.to_complex())
		log(torch.int64.to_real())
		fail(lambda: torch.int64.to_complex())
		fail(lambda: torch.qint8.to_complex())`,
		func(log func(values ...any)) {
			for _, d := range []torch.DType{torch.Float16, torch.BFloat16, torch.Float32, torch.Float64, torch.Complex32, torch.Complex64, torch.Complex128} {
				log(d.ToReal(), d.ToComplex())
			}
			log(torch.Int64.ToReal(), func() { torch.Int64.ToComplex() }, func() { torch.Qint8.ToComplex() })
		})
	assert.Equal(t, torch.BFloat16, torch.Bcomplex32.ToReal())
}
