package torch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

const makeComplex = `
torch.manual_seed(1)
x, y = torch.randn(3, 2), torch.rand(3, 2)
z, w = torch.randn(3, 2, dtype=torch.complex64), torch.randn(2, 3, dtype=torch.complex64)
for t in x, y, z, w: t.requires_grad_()
`

type complexOperands struct{ x, y, z, w *torch.Tensor }

func newComplex() complexOperands {
	torch.ManualSeed(1)
	size := []int64{3, 2}
	return complexOperands{
		torch.Randn(size).RequiresGrad_(), torch.Rand(size).RequiresGrad_(),
		torch.Randn(size, torch.Complex64).RequiresGrad_(), torch.Randn([]int64{2, 3}, torch.Complex64).RequiresGrad_(),
	}
}

// The text (with grad_fn and how conjugates print), the bits and the gradients
// must be the same.
func TestComplexTensors(t *testing.T) {
	cases := []struct {
		python string
		run    func(o complexOperands) *torch.Tensor
	}{
		{"torch.complex(x, y)", func(o complexOperands) *torch.Tensor { return torch.Complex(o.x, o.y) }},
		{"torch.polar(y, x)", func(o complexOperands) *torch.Tensor { return torch.Polar(o.y, o.x) }},
		{"torch.view_as_real(z)", func(o complexOperands) *torch.Tensor { return torch.ViewAsReal(o.z) }},
		{"torch.view_as_complex(x)", func(o complexOperands) *torch.Tensor { return torch.ViewAsComplex(o.x) }},
		{"z.conj()", func(o complexOperands) *torch.Tensor { return o.z.Conj() }},
		{"torch.conj(x)", func(o complexOperands) *torch.Tensor { return torch.Conj(o.x) }},
		{"z.conj().resolve_conj()", func(o complexOperands) *torch.Tensor { return o.z.Conj().ResolveConj() }},
		{"z.conj().conj()", func(o complexOperands) *torch.Tensor { return o.z.Conj().Conj() }},
		{"torch.conj_physical(z)", func(o complexOperands) *torch.Tensor { return torch.ConjPhysical(o.z) }},
		{"torch.view_as_real(z.conj().resolve_conj())", func(o complexOperands) *torch.Tensor {
			return torch.ViewAsReal(o.z.Conj().ResolveConj())
		}},
		{"z.conj().imag", func(o complexOperands) *torch.Tensor { return o.z.Conj().Imag() }},
		{"z.conj().imag.resolve_neg()", func(o complexOperands) *torch.Tensor { return o.z.Conj().Imag().ResolveNeg() }},
		{"z.real", func(o complexOperands) *torch.Tensor { return o.z.Real() }},
		{"torch.imag(z)", func(o complexOperands) *torch.Tensor { return torch.Imag(o.z) }},
		{"z.abs()", func(o complexOperands) *torch.Tensor { return o.z.Abs() }},
		{"z.angle()", func(o complexOperands) *torch.Tensor { return o.z.Angle() }},
		{"z.sgn()", func(o complexOperands) *torch.Tensor { return o.z.Sgn() }},
		{"z * (1 + 2j)", func(o complexOperands) *torch.Tensor { return o.z.Mul(1 + 2i) }},
		{"z * x", func(o complexOperands) *torch.Tensor { return o.z.Mul(o.x) }},
		{"z @ w.conj()", func(o complexOperands) *torch.Tensor { return o.z.Matmul(o.w.Conj()) }},
		{"z.H @ z", func(o complexOperands) *torch.Tensor { return o.z.H().Matmul(o.z) }},
		{"z.adjoint()", func(o complexOperands) *torch.Tensor { return o.z.Adjoint() }},
		{"torch.vdot(z[0], z[1])", func(o complexOperands) *torch.Tensor { return torch.Vdot(o.z.Index(0), o.z.Index(1)) }},
		{"z.exp()", func(o complexOperands) *torch.Tensor { return o.z.Exp() }},
		{"z.sum(0)", func(o complexOperands) *torch.Tensor { return o.z.Sum(torch.Dim(0)) }},
		{"z.to(torch.complex128)", func(o complexOperands) *torch.Tensor { return o.z.To(torch.Complex128) }},
		{"torch.tensor([1 + 2j, 3]) * z", func(o complexOperands) *torch.Tensor {
			return torch.NewTensor([]complex64{1 + 2i, 3}).Mul(o.z)
		}},
	}
	var code strings.Builder
	for n, c := range cases {
		fmt.Fprintf(&code, "%s\nr = %s\nout['text %d'] = str(r); out['%d'] = r\n", makeComplex, c.python, n, n)
		fmt.Fprintf(&code, "out['is %d'] = [str(v) for v in (r.is_conj(), r.is_neg(), r.is_complex())]\n", n)
		fmt.Fprintf(&code, "(r * r.conj()).sum().abs().backward(); out['grads %d'] = [t.grad for t in (x, y, z, w)]\n", n)
	}
	py := parity.Run(t, code.String())
	for n, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			py := py.For(t)
			o := newComplex()
			r := c.run(o)
			assert.Equal(t, py.Text(fmt.Sprint("text ", n)), r.String())
			py.EqualTensor(fmt.Sprint(n), r.Detach().ResolveConj().ResolveNeg())
			is := fmt.Sprint(r.IsConj(), r.IsNeg(), r.IsComplex())
			assert.Equal(t, strings.ToLower(strings.Join(py.Strings(fmt.Sprint("is ", n)), " ")), is)
			r.Mul(r.Conj()).Sum().Abs().Backward()
			py.EqualTensors(fmt.Sprint("grads ", n), []*torch.Tensor{o.x.Grad(), o.y.Grad(), o.z.Grad(), o.w.Grad()})
		})
	}
}

func TestComplexErrors(t *testing.T) {
	o := newComplex()
	for python, run := range map[string]func(){
		"torch.complex(x, y.double())":    func() { torch.Complex(o.x, o.y.Double()) },
		"torch.complex(x.int(), y.int())": func() { torch.Complex(o.x.Int(), o.y.Int()) },
		"torch.polar(x, y.double())":      func() { torch.Polar(o.x, o.y.Double()) },
		"torch.view_as_real(x)":           func() { torch.ViewAsReal(o.x) },
		"torch.view_as_real(z.conj())":    func() { torch.ViewAsReal(o.z.Conj()) },
		"torch.view_as_complex(x.t())":    func() { torch.ViewAsComplex(o.x.T()) },
		"torch.view_as_complex(w.abs())":  func() { torch.ViewAsComplex(o.w.Abs()) },
		"x.imag":                          func() { o.x.Imag() },
		"z.max()":                         func() { o.z.Max() },
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, makeComplex+python)
			err := torch.Try(run)
			want, _, _ := strings.Cut(py.Error.Message, "is only available for these backends")
			assert.ErrorIs(t, err, &torch.Error{Kind: py.Error.Type})
			assert.ErrorContains(t, err, want)
		})
	}
}

func ExampleViewAsReal() {
	z := torch.Complex(torch.NewTensor([]float32{1, 2}), torch.NewTensor([]float32{3, -4}))
	fmt.Println(z)
	fmt.Println(torch.ViewAsReal(z.Conj().ResolveConj()))
	// Output:
	// tensor([1.+3.j, 2.-4.j])
	// tensor([[ 1., -3.],
	//         [ 2.,  4.]])
}
