package sparse_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/sparse"
	"github.com/wangkuiyi/gotorch/torch"
)

var gradcheckInputs = []struct {
	python string
	input  func(x *torch.Tensor) *torch.Tensor
}{
	{"x", func(x *torch.Tensor) *torch.Tensor { return x }},
	{"x.to_sparse()", func(x *torch.Tensor) *torch.Tensor { return x.ToSparse() }},
	{"x.to_sparse(1)", func(x *torch.Tensor) *torch.Tensor { return x.ToSparse(torch.SparseDim(1)) }},
	{"x.to_sparse_csr()", func(x *torch.Tensor) *torch.Tensor { return x.ToSparseCsr() }},
	{"x.to_sparse_csc()", func(x *torch.Tensor) *torch.Tensor { return x.ToSparseCsc() }},
	{"x.to_sparse_bsr((2, 1))", func(x *torch.Tensor) *torch.Tensor { return x.ToSparseBsr([]int64{2, 1}) }},
	{"x.to_sparse_bsc((1, 3))", func(x *torch.Tensor) *torch.Tensor { return x.ToSparseBsc([]int64{1, 3}) }},
}

// The gradcheck below sees what Python's would: values and dense outputs.
func TestGradcheckSeesStridedTensors(t *testing.T) {
	var code strings.Builder
	code.WriteString("x = torch.tensor([[0., 1., 2.], [3., 0., 0.]], dtype=torch.float64)\n" +
		"seen = lambda f, args: [a for a in args if isinstance(a, torch.Tensor)] + [f(*args)]\n")
	each := func(do func(key, python string, masked bool, input func(x *torch.Tensor) *torch.Tensor)) {
		for _, c := range gradcheckInputs {
			for masked, python := range map[bool]string{true: "True", false: "False"} {
				do(c.python+" "+python, c.python, masked, c.input)
			}
		}
	}
	each(func(key, python string, masked bool, _ func(x *torch.Tensor) *torch.Tensor) {
		fmt.Fprintf(&code, "out[%q] = torch.sparse.as_sparse_gradcheck(seen)(lambda t: t * 2, (%s.requires_grad_(),), masked=%s)\n",
			key, python, map[bool]string{true: "True", false: "False"}[masked])
	})
	py := parity.Run(t, code.String())
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {}))
	each(func(key, _ string, masked bool, input func(x *torch.Tensor) *torch.Tensor) {
		x := input(torch.NewTensor([][]float64{{0, 1, 2}, {3, 0, 0}})).RequiresGrad_()
		sparse.AsSparseGradcheck(func(f func([]*torch.Tensor) []*torch.Tensor, args []*torch.Tensor) bool {
			assert.True(t, args[0].RequiresGrad(), key)
			py.EqualTensors(key, append(args, f(args)...))
			return true
		}, masked)(func(in []*torch.Tensor) []*torch.Tensor { return []*torch.Tensor{in[0].Mul(2)} }, []*torch.Tensor{x})
	})
}

// differences is a small gradcheck: of the sum of the first output's elements,
// each with another weight. The bound is that of a central difference.
func differences(f func([]*torch.Tensor) []*torch.Tensor, inputs []*torch.Tensor) bool {
	sum := func() *torch.Tensor {
		y := f(inputs)[0]
		return y.Mul(torch.Arange(y.Numel(), y.DType()).Add(1).View(y.Shape()...)).Sum()
	}
	sum().Backward()
	const step = 1e-6
	for _, x := range inputs {
		values, gradient := x.Detach().View(-1), torch.Data[float64](x.Grad())
		for k := range gradient {
			at := func(by float64) float64 {
				values.Index(k).Add_(by)
				defer values.Index(k).Sub_(by)
				return sum().Item()
			}
			if math.Abs((at(step)-at(-step))/(2*step)-gradient[k]) > 1e-6 {
				return false
			}
		}
	}
	return true
}

func TestGradcheckOfSparseFunctions(t *testing.T) {
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {}))
	check := func(masked bool, f func(s *torch.Tensor) *torch.Tensor) bool {
		x := torch.NewTensor([][]float64{{0, 1}, {2, 3}}).ToSparse().RequiresGrad_()
		return sparse.AsSparseGradcheck(differences, masked)(func(in []*torch.Tensor) []*torch.Tensor {
			return []*torch.Tensor{f(in[0])}
		}, []*torch.Tensor{x})
	}
	m := torch.NewTensor([][]float64{{1, -1}, {0.5, 2}})
	for _, masked := range []bool{false, true} {
		assert.True(t, check(masked, func(s *torch.Tensor) *torch.Tensor { return s.ToSparseCsr() }))
		assert.True(t, check(masked, func(s *torch.Tensor) *torch.Tensor { return s.Mul(s) }))
		assert.True(t, check(masked, func(s *torch.Tensor) *torch.Tensor { return sparse.Mm(s, m) }))
		// A gradient that is wrong is found.
		assert.False(t, check(masked, func(s *torch.Tensor) *torch.Tensor { return s.Mul(s.Detach()) }))
	}
}
