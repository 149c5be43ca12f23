package masked_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/masked"
	"github.com/wangkuiyi/gotorch/torch"
)

const makeMasked = `
from torch.masked import *
torch.manual_seed(3)
x, i = torch.randn(3, 4) * 3, torch.randint(-9, 9, (3, 4))
m = torch.rand(3, 4) > 0.4
m[2] = False
a = masked_tensor(x, m, requires_grad=True)
b = masked_tensor(x.abs() + 1, m)
n = masked_tensor(i, m)
w = torch.randn(3, 4)
`

type maskedOperands struct {
	x, i, m, w *torch.Tensor
	a, b, n    *masked.MaskedTensor
}

func newMasked() (o maskedOperands) {
	torch.ManualSeed(3)
	o.x, o.i = torch.Randn([]int64{3, 4}).Mul(3), torch.Randint(-9, 9, []int64{3, 4})
	o.m = torch.Rand([]int64{3, 4}).Gt(0.4)
	o.m.Index(2).Fill_(false)
	o.a = masked.NewMaskedTensor(o.x, o.m, torch.RequiresGrad(true))
	o.b = masked.NewMaskedTensor(o.x.Abs().Add(1), o.m)
	o.n = masked.NewMaskedTensor(o.i, o.m)
	o.w = torch.Randn([]int64{3, 4})
	return o
}

// quiet drops the warnings that masked tensors and sparse ones give once.
func quiet() (restore func()) {
	before := torch.SetWarningHandler(func(torch.Warning) {})
	return func() { torch.SetWarningHandler(before) }
}

var maskedCases = []struct {
	python string
	run    func(o maskedOperands) *masked.MaskedTensor
}{
	{"a", func(o maskedOperands) *masked.MaskedTensor { return o.a }},
	{"n", func(o maskedOperands) *masked.MaskedTensor { return o.n }},
	{"masked_tensor(i > 0, m)", func(o maskedOperands) *masked.MaskedTensor { return masked.NewMaskedTensor(o.i.Gt(0), o.m) }},
	{"masked_tensor(x[0, 0], m[0, 0])", func(o maskedOperands) *masked.MaskedTensor {
		return masked.NewMaskedTensor(o.x.Index(0, 0), o.m.Index(0, 0))
	}},
	{"masked_tensor(x[0, 0].half(), ~m[0, 0])", func(o maskedOperands) *masked.MaskedTensor {
		return masked.NewMaskedTensor(o.x.Index(0, 0).Half(), o.m.Index(0, 0).LogicalNot())
	}},
	{"masked_tensor(torch.tensor([[[1., float('inf')], [float('nan'), -1e9]]]), torch.ones(1, 2, 2) > 0)",
		func(o maskedOperands) *masked.MaskedTensor {
			data := torch.NewTensor([][][]float32{{{1, float32(inf(1))}, {float32(math.NaN()), -1e9}}})
			return masked.NewMaskedTensor(data, torch.Ones([]int64{1, 2, 2}).Gt(0))
		}},
	{"a.exp()", func(o maskedOperands) *masked.MaskedTensor {
		return o.a.Unary(func(t *torch.Tensor) *torch.Tensor { return t.Exp() })
	}},
	{"a + b", func(o maskedOperands) *masked.MaskedTensor { return o.a.Add(o.b) }},
	{"a - 2", func(o maskedOperands) *masked.MaskedTensor { return o.a.Sub(2) }},
	{"a * w", func(o maskedOperands) *masked.MaskedTensor { return o.a.Mul(o.w) }},
	{"a / b", func(o maskedOperands) *masked.MaskedTensor { return o.a.Div(o.b) }},
	{"torch.remainder(n, 4)", func(o maskedOperands) *masked.MaskedTensor {
		return o.n.Binary(func(t *torch.Tensor, other any) *torch.Tensor { return t.Remainder(other) }, 4)
	}},
	{"b > 2", func(o maskedOperands) *masked.MaskedTensor {
		return o.b.Binary(func(t *torch.Tensor, other any) *torch.Tensor { return t.Gt(other) }, 2)
	}},
	{"a.t()", func(o maskedOperands) *masked.MaskedTensor { return o.a.Rearrange((*torch.Tensor).T) }},
	{"a[1]", func(o maskedOperands) *masked.MaskedTensor {
		return o.a.Rearrange(func(t *torch.Tensor) *torch.Tensor { return t.Index(1) })
	}},
	{"torch.softmax(a, 1)", func(o maskedOperands) *masked.MaskedTensor { return o.a.Softmax(1) }},
	{"torch.where(w > 0, a, b)", func(o maskedOperands) *masked.MaskedTensor { return masked.Where(o.w.Gt(0), o.a, o.b) }},
	{"b.to_sparse()", func(o maskedOperands) *masked.MaskedTensor { return o.b.ToSparse() }},
	{"b.to_sparse_csr()", func(o maskedOperands) *masked.MaskedTensor { return o.b.ToSparseCsr() }},
	{"b.to_sparse().to_dense()", func(o maskedOperands) *masked.MaskedTensor { return o.b.ToSparse().ToDense() }},
	{"b.to_sparse().sqrt()", func(o maskedOperands) *masked.MaskedTensor {
		return o.b.ToSparse().Unary(func(t *torch.Tensor) *torch.Tensor { return t.Sqrt() })
	}},
	{"b.to_sparse() * b.to_sparse()", func(o maskedOperands) *masked.MaskedTensor { return o.b.ToSparse().Mul(o.b.ToSparse()) }},
	{"b.to_sparse_csr() + b.to_sparse_csr()", func(o maskedOperands) *masked.MaskedTensor { return o.b.ToSparseCsr().Add(o.b.ToSparseCsr()) }},
	{"b.to_sparse().sum()", func(o maskedOperands) *masked.MaskedTensor { return o.b.ToSparse().Sum() }},
	{"masked_tensor(x.to_sparse(), m.to_sparse())", func(o maskedOperands) *masked.MaskedTensor {
		return masked.NewMaskedTensor(o.x.ToSparse(), o.m.ToSparse())
	}},
	{"a.sum()", func(o maskedOperands) *masked.MaskedTensor { return o.a.Sum() }},
	{"a.sum(1)", func(o maskedOperands) *masked.MaskedTensor { return o.a.Sum(torch.Dim(1)) }},
	{"torch.mean(a, 0, keepdim=True)", func(o maskedOperands) *masked.MaskedTensor {
		return o.a.Mean(torch.Dim(0), torch.Keepdim(true))
	}},
	{"a.prod(1)", func(o maskedOperands) *masked.MaskedTensor { return o.a.Prod(torch.Dim(1)) }},
	{"a.amax(1)", func(o maskedOperands) *masked.MaskedTensor { return o.a.Amax(torch.Dim(1)) }},
	{"n.amin((0, 1))", func(o maskedOperands) *masked.MaskedTensor { return o.n.Amin(torch.Dim(0, 1)) }},
	{"b.argmax(1)", func(o maskedOperands) *masked.MaskedTensor { return o.b.Argmax(torch.Dim(1)) }},
	{"b.argmin(0)", func(o maskedOperands) *masked.MaskedTensor { return o.b.Argmin(torch.Dim(0)) }},
	{"masked_tensor(norm(b, mask=m), m.any())", func(o maskedOperands) *masked.MaskedTensor { return o.b.Norm() }},
	{"b.var()", func(o maskedOperands) *masked.MaskedTensor { return o.b.Var() }},
	{"b.std()", func(o maskedOperands) *masked.MaskedTensor { return o.b.Std() }},
	{"masked_tensor(i > 0, m).all(1)", func(o maskedOperands) *masked.MaskedTensor {
		return masked.NewMaskedTensor(o.i.Gt(0), o.m).All(torch.Dim(1))
	}},
	{"masked_tensor(i > 0, m).all()", func(o maskedOperands) *masked.MaskedTensor { return masked.NewMaskedTensor(o.i.Gt(0), o.m).All() }},
}

// What prints, the elements that count, and their gradients must be the same.
func TestMaskedTensors(t *testing.T) {
	defer quiet()()
	var code strings.Builder
	for n, c := range maskedCases {
		code.WriteString(parity.Case(n, fmt.Sprintf(`%s
y = %s
out["text %[3]d"] = str(y)
d = y.to_dense()
out["data %[3]d"] = d.get_data().detach().masked_fill(~d.get_mask(), 0)
out["mask %[3]d"] = d.get_mask()
if y.requires_grad: (y if y.dim() == 0 else y.sum()).backward()
out["grad %[3]d"] = None if a.grad is None else a.grad.to_tensor(0)
out["grad text %[3]d"] = str(a.grad)
`, makeMasked, c.python, n)))
	}
	py := parity.Run(t, code.String())
	for n, c := range maskedCases {
		t.Run(c.python, func(t *testing.T) {
			py := py.Case(t, n)
			o := newMasked()
			y := c.run(o)
			assert.Equal(t, py.Text(fmt.Sprint("text ", n)), y.String())
			d := y.ToDense()
			py.EqualTensor(fmt.Sprint("data ", n), d.GetData().Detach().MaskedFill(d.GetMask().LogicalNot(), 0))
			py.EqualTensor(fmt.Sprint("mask ", n), d.GetMask())
			if y.GetData().RequiresGrad() {
				if y.GetData().Dim() > 0 {
					y = y.Sum()
				}
				y.Backward()
			}
			gradient, text := (*torch.Tensor)(nil), "None"
			if g := o.a.Grad(); g != nil {
				gradient, text = g.ToTensor(0), g.String()
			}
			py.EqualTensor(fmt.Sprint("grad ", n), gradient)
			if c.python != "a[1]" && c.python != "torch.where(w > 0, a, b)" { // whose gradients have other masks in Python
				assert.Equal(t, py.Text(fmt.Sprint("grad text ", n)), text)
			}
		})
	}
}

func TestAsMaskedTensorKeepsTheHistory(t *testing.T) {
	defer quiet()()
	py := parity.Run(t, makeMasked+"x.requires_grad_(); as_masked_tensor(x * 2, m).sum().backward(); out['grad'] = x.grad.to_tensor(0)")
	o := newMasked()
	masked.AsMaskedTensor(o.x.RequiresGrad_().Mul(2), o.m).Sum().Backward()
	py.EqualTensor("grad", o.x.Grad())
}

func TestMaskedTensorErrors(t *testing.T) {
	defer quiet()()
	o := newMasked()
	for python, run := range map[string]func(){
		"masked_tensor(x, m.to_sparse())":                     func() { masked.NewMaskedTensor(o.x, o.m.ToSparse()) },
		"masked_tensor(x, m.int())":                           func() { masked.NewMaskedTensor(o.x, o.m.Int()) },
		"masked_tensor(x.cfloat(), m)":                        func() { masked.NewMaskedTensor(o.x.Cfloat(), o.m) },
		"masked_tensor(x, m[0])":                              func() { masked.NewMaskedTensor(o.x, o.m.Index(0)) },
		"masked_tensor(x, m[:1])":                             func() { masked.NewMaskedTensor(o.x, o.m.Narrow(0, 0, 1)) },
		"masked_tensor(x.to_sparse_csc(), m.to_sparse_csc())": func() { masked.NewMaskedTensor(o.x.ToSparseCsc(), o.m.ToSparseCsc()) },
		"a + masked_tensor(x, ~m)":                            func() { o.a.Add(masked.NewMaskedTensor(o.x, o.m.LogicalNot())) },
		"masked_tensor(x[0], m[0]).to_sparse_csr()":           func() { masked.NewMaskedTensor(o.x.Index(0), o.m.Index(0)).ToSparseCsr() },
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, makeMasked+python)
			assert.ErrorIs(t, torch.Try(run), &torch.Error{Kind: py.Error.Type, Message: py.Error.Message})
		})
	}
	assert.Error(t, torch.Try(func() { o.b.ToSparse().Sum(torch.Dim(0)) }))
}

func ExampleMaskedTensor() {
	defer quiet()() // PyTorch says that masked tensors may change
	x := torch.NewTensor([]float32{1, 2, 3})
	m := masked.NewMaskedTensor(x, torch.NewTensor([]bool{true, false, true}), torch.RequiresGrad(true))
	y := m.Mul(m).Sum()
	y.Backward()
	fmt.Println(y)
	fmt.Println(m.Grad())
	// Output:
	// MaskedTensor( 10.0000, True)
	// MaskedTensor(
	//   [  2.0000,       --,   6.0000]
	// )
}
