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

func inf(sign int) float64 { return math.Inf(sign) }

const makeSparse = `
torch.manual_seed(2)
x = torch.randn(4, 5) * (torch.rand(4, 5) > 0.5)
m = torch.rand(4, 5) > 0.3
s, h, r = x.to_sparse(), x.to_sparse(1), x.to_sparse_csr()
i = (x * 5).short()
`

func newSparse() (x, m, i *torch.Tensor) {
	torch.ManualSeed(2)
	x = torch.Randn([]int64{4, 5}).Mul(torch.Rand([]int64{4, 5}).Gt(0.5))
	return x, torch.Rand([]int64{4, 5}).Gt(0.3), x.Mul(5).Short()
}

type sparseCase struct {
	python string
	run    func(x, m, i *torch.Tensor) *torch.Tensor
}

func sparseCases() (cases []sparseCase) {
	add := func(python string, run func(x, m, i *torch.Tensor) *torch.Tensor) {
		cases = append(cases, sparseCase{python, run})
	}
	for _, name := range []string{"sum", "prod", "amax", "amin", "mean"} {
		f := reductions[name]
		for _, dim := range []int64{0, 1} {
			add(fmt.Sprintf("torch.masked.%s(r, dim=%d, mask=m, keepdim=True)", name, dim), func(x, m, _ *torch.Tensor) *torch.Tensor {
				return f(x.ToSparseCsr(), torch.Dim(dim), masked.Mask(m), torch.Keepdim(true))
			})
			if name == "mean" {
				continue
			}
			add(fmt.Sprintf("torch.masked.%s(s, dim=%d, mask=m)", name, dim), func(x, m, _ *torch.Tensor) *torch.Tensor {
				return f(x.ToSparse(), torch.Dim(dim), masked.Mask(m))
			})
			add(fmt.Sprintf("torch.masked.%s(s, dim=%d, mask=m.to_sparse(), keepdim=True)", name, dim),
				func(x, m, _ *torch.Tensor) *torch.Tensor {
					return f(x.ToSparse(), torch.Dim(dim), masked.Mask(m.ToSparse()), torch.Keepdim(true))
				})
		}
		add(fmt.Sprintf("torch.masked.%s(r, dim=(0, 1), mask=m[0], keepdim=True)", name), func(x, m, _ *torch.Tensor) *torch.Tensor {
			return f(x.ToSparseCsr(), torch.Dim(0, 1), masked.Mask(m.Index(0)), torch.Keepdim(true))
		})
		if name == "mean" {
			continue
		}
		add(fmt.Sprintf("torch.masked.%s(s, mask=m)", name), func(x, m, _ *torch.Tensor) *torch.Tensor {
			return f(x.ToSparse(), masked.Mask(m))
		})
		add(fmt.Sprintf("torch.masked.%s(s.half(), dim=0, mask=m[:1])", name), func(x, m, _ *torch.Tensor) *torch.Tensor {
			return f(x.ToSparse().Half(), torch.Dim(0), masked.Mask(m.Narrow(0, 0, 1)))
		})
		add(fmt.Sprintf("torch.masked.%s(i.to_sparse(), dim=1, mask=m)", name), func(_, m, i *torch.Tensor) *torch.Tensor {
			return f(i.ToSparse(), torch.Dim(1), masked.Mask(m))
		})
		add(fmt.Sprintf("torch.masked.%s(h, dim=0, mask=m)", name), func(x, m, _ *torch.Tensor) *torch.Tensor {
			return f(x.ToSparse(torch.SparseDim(1)), torch.Dim(0), masked.Mask(m))
		})
	}
	add("torch.masked.sum(h, dim=1, mask=m)", func(x, m, _ *torch.Tensor) *torch.Tensor {
		return masked.Sum(x.ToSparse(torch.SparseDim(1)), torch.Dim(1), masked.Mask(m))
	})
	add("torch.masked.sum(s, dim=1)", func(x, _, _ *torch.Tensor) *torch.Tensor { return masked.Sum(x.ToSparse(), torch.Dim(1)) })
	add("torch.masked.sum(i.to_sparse_csr(), dim=1, keepdim=True)", func(_, _, i *torch.Tensor) *torch.Tensor {
		return masked.Sum(i.ToSparseCsr(), torch.Dim(1), torch.Keepdim(true))
	})
	add("torch.masked.amax(s, mask=torch.zeros(4, 5))", func(x, _, _ *torch.Tensor) *torch.Tensor {
		return masked.Amax(x.ToSparse(), masked.Mask(torch.Zeros([]int64{4, 5})))
	})
	return cases
}

func TestSparseInputs(t *testing.T) {
	cases := sparseCases()
	var code strings.Builder
	for n, c := range cases {
		fmt.Fprintf(&code, "%s\nz = %s\nout['text %d'] = str(z)\nout['%d'] = z.to_dense()\n", makeSparse, c.python, n, n)
	}
	py := parity.Run(t, code.String())
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {})) // libtorch's, which come once in a process
	for n, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			z := c.run(newSparse())
			assert.Equal(t, py.For(t).Text(fmt.Sprint("text ", n)), z.String())
			py.For(t).EqualTensor(fmt.Sprint(n), z.ToDense())
		})
	}
}

func TestErrors(t *testing.T) {
	x := torch.Eye(2)
	m := torch.Ones([]int64{2, 2}, torch.Bool)
	csr := func() *torch.Tensor { return x.ToSparseCsr() }
	one, three := torch.Dim(1), torch.Ones([]int64{1, 2, 2})
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {}))
	for python, run := range map[string]func(){
		"sum(x, 2)":          func() { masked.Sum(x, torch.Dim(2)) },
		"sum(x, (0, 0))":     func() { masked.Sum(x, torch.Dim(0, 0)) },
		"softmax(x, -3)":     func() { masked.Softmax(x, -3) },
		"sum(x, mask=three)": func() { masked.Sum(x, masked.Mask(three)) },
		"sum(x, mask=three[0, 0, :1].expand(3))": func() {
			masked.Sum(x, masked.Mask(torch.Ones([]int64{3})))
		},
		"sum(x.to_sparse_csc())":                   func() { masked.Sum(x.ToSparseCsc()) },
		"sum(x.to_sparse_csc(), mask=m)":           func() { masked.Sum(x.ToSparseCsc(), masked.Mask(m)) },
		"sum(x, mask=m[:1].to_sparse_csc())":       func() { masked.Sum(x, masked.Mask(m.Narrow(0, 0, 1).ToSparseCsc())) },
		"mean(x.int())":                            func() { masked.Mean(x.Int()) },
		"mean(x, dtype=torch.int64)":               func() { masked.Mean(x, torch.Int64) },
		"mean(x.to_sparse())":                      func() { masked.Mean(x.ToSparse()) },
		"mean(x.to_sparse_csr(), 1, keepdim=True)": func() { masked.Mean(csr(), one, torch.Keepdim(true)) },
		"amax(x.to_sparse_csr(), 1, mask=m)":       func() { masked.Amax(csr(), one, masked.Mask(m)) },
		"prod(x.to_sparse())":                      func() { masked.Prod(x.ToSparse()) },
		"prod(x.to_sparse_csr())":                  func() { masked.Prod(csr()) },
		"amax(x.to_sparse())":                      func() { masked.Amax(x.ToSparse()) },
		"amin(x.to_sparse())":                      func() { masked.Amin(x.ToSparse()) },
		"amin(x.to_sparse_csr())":                  func() { masked.Amin(csr()) },
		"amax(x.bool(), mask=m)":                   func() { masked.Amax(x.Bool(), masked.Mask(m)) },
		"amin(x.cfloat(), mask=m)":                 func() { masked.Amin(x.Cfloat(), masked.Mask(m)) },
		"argmax(x.to_sparse())":                    func() { masked.Argmax(x.ToSparse()) },
		"median(x.to_sparse())":                    func() { masked.Median(x.ToSparse()) },
		"median(x.int(), mask=~m)":                 func() { masked.Median(x.Int(), masked.Mask(m.LogicalNot())) },
		"logsumexp(x.to_sparse())":                 func() { masked.Logsumexp(x.ToSparse()) },
		"logaddexp(x.to_sparse(), x)":              func() { masked.Logaddexp(x.ToSparse(), x) },
		"norm(x.to_sparse())":                      func() { masked.Norm(x.ToSparse()) },
		"var(x.to_sparse())":                       func() { masked.Var(x.ToSparse()) },
		"std(x, 0, True, correction=1)":            func() { masked.Std(x, torch.Dim(0), torch.Unbiased(true), torch.Correction(1)) },
		"softmax(x.to_sparse(), 0)":                func() { masked.Softmax(x.ToSparse(), 0) },
		"log_softmax(x.to_sparse(), 0)":            func() { masked.LogSoftmax(x.ToSparse(), 0) },
		"softmin(x.to_sparse(), 0)":                func() { masked.Softmin(x.ToSparse(), 0) },
		"cumsum(x.to_sparse(), 0)":                 func() { masked.Cumsum(x.ToSparse(), 0) },
		"cumprod(x.to_sparse(), 0)":                func() { masked.Cumprod(x.ToSparse(), 0) },
		"normalize(x.to_sparse(), 2., 0)":          func() { masked.Normalize(x.ToSparse(), 2, 0) },
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, "x, m, three = torch.eye(2), torch.ones(2, 2, dtype=torch.bool), torch.ones(1, 2, 2)\ntorch.masked."+python)
			assert.ErrorIs(t, torch.Try(run), &torch.Error{Kind: py.Error.Type, Message: py.Error.Message})
		})
	}
	assert.Error(t, torch.Try(func() { masked.Median(x, torch.Dim(0, 1)) }))
	assert.Error(t, torch.Try(func() { // Python returns NotImplemented
		masked.Amax(x.ToSparse(torch.SparseDim(1)), one, masked.Mask(m))
	}))
}

func ExampleMean() {
	x := torch.NewTensor([][]float32{{-3, -2, -1}, {0, 1, 2}})
	m := torch.NewTensor([][]bool{{true, false, true}, {false, false, false}})
	fmt.Println(masked.Mean(x, torch.Dim(1), masked.Mask(m)))
	// Output: tensor([-2., nan])
}

func ExampleSoftmax() {
	x := torch.NewTensor([]float32{1, 2, 3})
	fmt.Println(masked.Softmax(x, 0, masked.Mask(torch.NewTensor([]bool{true, true, false}))))
	// Output: tensor([0.2689, 0.7311, 0.0000])
}
