package masked_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/masked"
	"github.com/wangkuiyi/gotorch/torch"
)

// operands are the same on both sides.
type operands struct{ x, y, i, c, m, row, n *torch.Tensor }

const makeOperands = `
torch.manual_seed(1)
x, y = torch.randn(3, 4, 2), torch.randn(3, 4, 2)
i = torch.randint(-9, 9, (3, 4, 2), dtype=torch.int16)
c = torch.randn(3, 4, 2, dtype=torch.complex64)
m = torch.rand(3, 4, 2) > 0.4
row, n = torch.tensor([[1], [0], [1], [1]]), torch.zeros(3, 4, 2, dtype=torch.bool)
for t in x, y, c: t.requires_grad_()
`

func newOperands() (o operands) {
	torch.ManualSeed(1)
	size := []int64{3, 4, 2}
	o.x, o.y = torch.Randn(size).RequiresGrad_(), torch.Randn(size).RequiresGrad_()
	o.i = torch.Randint(-9, 9, size, torch.Int16)
	o.c = torch.Randn(size, torch.Complex64).RequiresGrad_()
	o.m = torch.Rand(size).Gt(0.4)
	o.row, o.n = torch.NewTensor([][]int{{1}, {0}, {1}, {1}}), torch.Zeros(size, torch.Bool)
	return o
}

type reduction = func(*torch.Tensor, ...masked.ReductionOption) *torch.Tensor

// A testCase is an expression in both languages.
type testCase struct {
	python string
	run    func(o operands) *torch.Tensor
}

// reductions are tried with the same arguments.
var reductions = map[string]reduction{
	"sum": masked.Sum, "prod": masked.Prod, "amax": masked.Amax, "amin": masked.Amin, "mean": masked.Mean,
	"logsumexp": masked.Logsumexp, "argmax": masked.Argmax, "argmin": masked.Argmin, "median": masked.Median,
	"norm": func(x *torch.Tensor, opts ...masked.ReductionOption) *torch.Tensor {
		return masked.Norm(x, as[masked.NormOption](opts)...)
	},
	"var": func(x *torch.Tensor, opts ...masked.ReductionOption) *torch.Tensor {
		return masked.Var(x, as[masked.VarOption](opts)...)
	},
	"std": func(x *torch.Tensor, opts ...masked.ReductionOption) *torch.Tensor {
		return masked.Std(x, as[masked.VarOption](opts)...)
	},
}

// as makes options of one function of those of another.
func as[O any](opts []masked.ReductionOption) []O {
	list := make([]O, len(opts))
	for i, o := range opts {
		list[i] = any(o).(O)
	}
	return list
}

func reductionCases() (cases []testCase) {
	for name, f := range reductions {
		add := func(arguments string, run func(o operands) *torch.Tensor) {
			cases = append(cases, testCase{"torch.masked." + name + "(" + arguments + ")", run})
		}
		add("x, mask=m", func(o operands) *torch.Tensor { return f(o.x, masked.Mask(o.m)) })
		add("x", func(o operands) *torch.Tensor { return f(o.x) })
		add("x, dim=1, mask=m, keepdim=True", func(o operands) *torch.Tensor {
			return f(o.x, torch.Dim(1), masked.Mask(o.m), torch.Keepdim(true))
		})
		add("x, dim=-1, mask=row", func(o operands) *torch.Tensor { return f(o.x, torch.Dim(-1), masked.Mask(o.row)) })
		if name == "argmax" || name == "argmin" || name == "median" {
			add("i, dim=0, mask=~n", func(o operands) *torch.Tensor { return f(o.i, torch.Dim(0), masked.Mask(o.n.LogicalNot())) })
			continue
		}
		add("x, dim=(2, 0), mask=m", func(o operands) *torch.Tensor { return f(o.x, torch.Dim(2, 0), masked.Mask(o.m)) })
		add("x, dim=(), mask=n", func(o operands) *torch.Tensor { return f(o.x, torch.Dim(), masked.Mask(o.n)) })
		if name != "mean" && name != "norm" && name != "logsumexp" {
			add("i, dim=0, mask=m", func(o operands) *torch.Tensor { return f(o.i, torch.Dim(0), masked.Mask(o.m)) })
		}
		if name != "norm" && name != "logsumexp" { // of floating-point numbers only
			add("i, dim=0, mask=m, dtype=torch.float64", func(o operands) *torch.Tensor {
				return f(o.i, torch.Dim(0), masked.Mask(o.m), torch.Float64)
			})
		}
		if name != "amax" && name != "amin" {
			add("c, dim=0, mask=m", func(o operands) *torch.Tensor { return f(o.c, torch.Dim(0), masked.Mask(o.m)) })
		}
		add("x.sum(), mask=m.any()", func(o operands) *torch.Tensor { return f(o.x.Sum(), masked.Mask(o.m.Any())) })
	}
	return cases
}

var others = []testCase{
	{"torch.masked.norm(x, 3, 1, mask=m)", func(o operands) *torch.Tensor {
		return masked.Norm(o.x, torch.Ord(3), torch.Dim(1), masked.Mask(o.m))
	}},
	{"torch.masked.norm(x, float('-inf'), 1, mask=m, dtype=torch.float64)", func(o operands) *torch.Tensor {
		return masked.Norm(o.x, torch.Ord(inf(-1)), torch.Dim(1), masked.Mask(o.m), torch.Float64)
	}},
	{"torch.masked.norm(x, float('inf'), 1, mask=m)", func(o operands) *torch.Tensor {
		return masked.Norm(o.x, torch.Ord(inf(1)), torch.Dim(1), masked.Mask(o.m))
	}},
	{"torch.masked.var(x, 1, False, mask=m)", func(o operands) *torch.Tensor {
		return masked.Var(o.x, torch.Dim(1), torch.Unbiased(false), masked.Mask(o.m))
	}},
	{"torch.masked.std(x, 1, correction=2, mask=m)", func(o operands) *torch.Tensor {
		return masked.Std(o.x, torch.Dim(1), torch.Correction(2), masked.Mask(o.m))
	}},
	{"torch.masked.var(c, 1, True, mask=m, keepdim=True)", func(o operands) *torch.Tensor {
		return masked.Var(o.c, torch.Dim(1), torch.Unbiased(true), masked.Mask(o.m), torch.Keepdim(true))
	}},
	{"torch.masked.softmax(x, 1, mask=m)", func(o operands) *torch.Tensor { return masked.Softmax(o.x, 1, masked.Mask(o.m)) }},
	{"torch.masked.softmax(x, -1, mask=row, dtype=torch.float64)", func(o operands) *torch.Tensor {
		return masked.Softmax(o.x, -1, masked.Mask(o.row), torch.Float64)
	}},
	{"torch.masked.log_softmax(x, 0, mask=m)", func(o operands) *torch.Tensor { return masked.LogSoftmax(o.x, 0, masked.Mask(o.m)) }},
	{"torch.masked.softmin(x, 0, mask=m)", func(o operands) *torch.Tensor { return masked.Softmin(o.x, 0, masked.Mask(o.m)) }},
	{"torch.masked.cumsum(x, 1, mask=m)", func(o operands) *torch.Tensor { return masked.Cumsum(o.x, 1, masked.Mask(o.m)) }},
	{"torch.masked.cumsum(i, 1, mask=m)", func(o operands) *torch.Tensor { return masked.Cumsum(o.i, 1, masked.Mask(o.m)) }},
	{"torch.masked.cumprod(x, 1, mask=m, dtype=torch.float64)", func(o operands) *torch.Tensor {
		return masked.Cumprod(o.x, 1, masked.Mask(o.m), torch.Float64)
	}},
	{"torch.masked.cumprod(i, 1)", func(o operands) *torch.Tensor { return masked.Cumprod(o.i, 1) }},
	{"torch.masked.normalize(x, 2.0, 1, mask=m)", func(o operands) *torch.Tensor {
		return masked.Normalize(o.x, 2, 1, masked.Mask(o.m))
	}},
	{"torch.masked.normalize(x, 1.0, 0, mask=row, eps=2.0)", func(o operands) *torch.Tensor {
		return masked.Normalize(o.x, 1, 0, masked.Mask(o.row), torch.Eps(2))
	}},
	{"torch.masked.logaddexp(x, y, input_mask=m, other_mask=row)", func(o operands) *torch.Tensor {
		return masked.Logaddexp(o.x, o.y, masked.InputMask(o.m), masked.OtherMask(o.row))
	}},
	{"torch.masked.logaddexp(x, y, dtype=torch.float64)", func(o operands) *torch.Tensor {
		return masked.Logaddexp(o.x, o.y, torch.Float64)
	}},
	{"torch.masked.sum(x, 1, mask=m.to_sparse())", func(o operands) *torch.Tensor {
		return masked.Sum(o.x, torch.Dim(1), masked.Mask(o.m.ToSparse()))
	}},
}

// The result, its grad_fn's name and the gradients must be the same bits.
func TestFunctionsAreThoseOfPython(t *testing.T) {
	cases := append(reductionCases(), others...)
	var code strings.Builder
	for n, c := range cases {
		code.WriteString(parity.Case(n, fmt.Sprintf(`%s
z = %s
out[%q] = z
out[%q] = z.grad_fn.name() if z.grad_fn else ''
if z.requires_grad: z.abs().sum().backward()
out[%q] = [x.grad, y.grad, c.grad]
`, makeOperands, c.python, c.python, "name "+c.python, "grads "+c.python)))
	}
	py := parity.Run(t, code.String())
	for n, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			py := py.Case(t, n)
			o := newOperands()
			z := c.run(o)
			py.EqualTensor(c.python, z)
			assert.Equal(t, py.Text("name "+c.python), z.GradFn().Name())
			if z.RequiresGrad() {
				z.Abs().Sum().Backward()
			}
			py.EqualTensors("grads "+c.python, []*torch.Tensor{o.x.Grad(), o.y.Grad(), o.c.Grad()})
		})
	}
}
