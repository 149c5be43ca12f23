package sparse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/sparse"
	"github.com/wangkuiyi/gotorch/torch"
)

// operands are the same on both sides. Gradients of x, m and d are compared.
type operands struct{ x, m, d, s, r *torch.Tensor }

const makeOperands = `
torch.manual_seed(1)
x = torch.randn(3, 4) * (torch.rand(3, 4) > 0.4)
m, d = torch.randn(4, 3), torch.randn(3, 3)
for t in x, m, d: t.requires_grad_()
s, r = x.to_sparse(), x.to_sparse_csr()
`

func newOperands() (o operands) {
	torch.ManualSeed(1)
	o.x = torch.Randn([]int64{3, 4}).Mul(torch.Rand([]int64{3, 4}).Gt(0.4)).RequiresGrad_()
	o.m, o.d = torch.Randn([]int64{4, 3}).RequiresGrad_(), torch.Randn([]int64{3, 3}).RequiresGrad_()
	o.s, o.r = o.x.ToSparse(), o.x.ToSparseCsr()
	return o
}

var cases = []struct {
	python string
	run    func(o operands) *torch.Tensor
}{
	{"torch.sparse.mm(s, m)", func(o operands) *torch.Tensor { return sparse.Mm(o.s, o.m) }},
	{"torch.sparse.mm(r, m)", func(o operands) *torch.Tensor { return sparse.Mm(o.r, o.m) }},
	{"torch.sparse.mm(r, m, 'mean')", func(o operands) *torch.Tensor { return sparse.Mm(o.r, o.m, torch.Reduce("mean")) }},
	{"torch.sparse.mm(r, m, 'amax')", func(o operands) *torch.Tensor { return sparse.Mm(o.r, o.m, torch.Reduce("amax")) }},
	{"torch.sparse.mm(s.detach(), s.detach().t())", func(o operands) *torch.Tensor {
		return sparse.Mm(o.s.Detach(), o.s.Detach().T())
	}},
	{"torch.sparse.addmm(d, s, m)", func(o operands) *torch.Tensor { return sparse.Addmm(o.d, o.s, o.m) }},
	{"torch.sparse.addmm(d, s, m, beta=0.5, alpha=2)", func(o operands) *torch.Tensor {
		return sparse.Addmm(o.d, o.s, o.m, torch.Beta(0.5), torch.Alpha(2))
	}},
	{"torch.sparse.sum(s)", func(o operands) *torch.Tensor { return sparse.Sum(o.s) }},
	{"torch.sparse.sum(s, 0)", func(o operands) *torch.Tensor { return sparse.Sum(o.s, torch.Dim(0)) }},
	{"torch.sparse.sum(s, dim=[0, 1])", func(o operands) *torch.Tensor { return sparse.Sum(o.s, torch.Dim(0, 1)) }},
	{"torch.sparse.sum(s.detach(), dtype=torch.float64)", func(o operands) *torch.Tensor {
		return sparse.Sum(o.s.Detach(), torch.Float64)
	}},
	{"torch.sparse.sum(s.detach(), 1, dtype=torch.float64)", func(o operands) *torch.Tensor {
		return sparse.Sum(o.s.Detach(), torch.Dim(1), torch.Float64)
	}},
	{"torch.sparse.softmax(s, 1)", func(o operands) *torch.Tensor { return sparse.Softmax(o.s, 1) }},
	{"torch.sparse.softmax(s, 0, dtype=torch.float64)", func(o operands) *torch.Tensor {
		return sparse.Softmax(o.s, 0, torch.Float64)
	}},
	{"torch.sparse.log_softmax(s, 1)", func(o operands) *torch.Tensor { return sparse.LogSoftmax(o.s, 1) }},
	{"torch.sparse.sampled_addmm(r, d, m.t(), beta=0.5, alpha=2)", func(o operands) *torch.Tensor {
		return sparse.SampledAddmm(o.r, o.d, o.m.T(), torch.Beta(0.5), torch.Alpha(2))
	}},
	{"torch.sparse.spdiags(d.detach(), torch.tensor([0, -1, 2]), (3, 3))", func(o operands) *torch.Tensor {
		return sparse.Spdiags(o.d.Detach(), torch.NewTensor([]int{0, -1, 2}), []int64{3, 3})
	}},
	{"torch.sparse.spdiags(d.detach(), torch.tensor([0, -1, 2]), (5, 3), layout=torch.sparse_csr)", func(o operands) *torch.Tensor {
		return sparse.Spdiags(o.d.Detach(), torch.NewTensor([]int{0, -1, 2}), []int64{5, 3}, torch.SparseCsr)
	}},
}

func TestFunctionsAreThoseOfPython(t *testing.T) {
	var code strings.Builder
	for n, c := range cases {
		fmt.Fprintf(&code, "%s\ny = %s\nout['text %d'] = str(y)\ny = y.to_dense()\nout['y %d'] = y\n", makeOperands, c.python, n, n)
		fmt.Fprintf(&code, "if y.requires_grad: (y * y).sum().backward()\nout['grads %d'] = [x.grad, m.grad, d.grad]\n", n)
	}
	py := parity.Run(t, code.String())
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {})) // libtorch's, which come once in a process
	for n, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			py := py.For(t)
			o := newOperands()
			y := c.run(o)
			assert.Equal(t, py.Text(fmt.Sprint("text ", n)), y.String())
			y = y.ToDense()
			py.EqualTensor(fmt.Sprint("y ", n), y)
			if y.RequiresGrad() {
				y.Mul(y).Sum().Backward()
			}
			py.EqualTensors(fmt.Sprint("grads ", n), []*torch.Tensor{o.x.Grad(), o.m.Grad(), o.d.Grad()})
		})
	}
}

func TestErrors(t *testing.T) {
	x := torch.Eye(2)
	for python, run := range map[string]func(){
		"torch.sparse.sum(torch.eye(2))":                              func() { sparse.Sum(x) },
		"torch.sparse.sum(torch.eye(2).to_sparse(), 5)":               func() { sparse.Sum(x.ToSparse(), torch.Dim(5)) },
		"torch.sparse.mm(torch.eye(2).to_sparse(), torch.ones(3, 1))": func() { sparse.Mm(x.ToSparse(), torch.Ones([]int64{3, 1})) },
		"torch.sparse.mm(torch.eye(2).to_sparse_csr(), torch.ones(2, 1), 'nothing')": func() {
			sparse.Mm(x.ToSparseCsr(), torch.Ones([]int64{2, 1}), torch.Reduce("nothing"))
		},
		"torch.sparse.softmax(torch.eye(2), 0)":                                func() { sparse.Softmax(x, 0) },
		"torch.sparse.sampled_addmm(torch.eye(2), torch.eye(2), torch.eye(2))": func() { sparse.SampledAddmm(x, x, x) },
		"torch.sparse.spdiags(torch.eye(2), torch.tensor([0, 0]), (2, 2))": func() {
			sparse.Spdiags(x, torch.NewTensor([]int{0, 0}), []int64{2, 2})
		},
		"torch.sparse.spsolve(torch.eye(2).to_sparse_csr(), torch.ones(2))": func() { sparse.Spsolve(x.ToSparseCsr(), torch.Ones([]int64{2})) },
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, python)
			err := torch.Try(run)
			assert.ErrorIs(t, err, &torch.Error{Kind: py.Error.Type})
			// The rest of some messages lists what registers the operator.
			want, _, _ := strings.Cut(py.Error.Message, "is only available for these backends")
			assert.ErrorContains(t, err, want)
		})
	}
}

func TestInvariants(t *testing.T) {
	wrong := func() {
		torch.SparseCooTensor([][]int{{0, 7}}, []float32{1, 2}, torch.WithSize(2))
	}
	py := parity.RunError(t, `
		with torch.sparse.check_sparse_tensor_invariants():
			torch.sparse_coo_tensor([[0, 7]], [1., 2.], (2,))
	`)
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {}))
	assert.False(t, sparse.ChecksSparseTensorInvariants())
	sparse.CheckSparseTensorInvariants(func() {
		assert.True(t, sparse.ChecksSparseTensorInvariants())
		assert.ErrorIs(t, torch.Try(wrong), &torch.Error{Kind: py.Error.Type, Message: py.Error.Message})
		// An option counts for its call only.
		torch.SparseCooTensor([][]int{{0, 7}}, []float32{1, 2}, torch.WithSize(2), torch.CheckInvariants(false))
		assert.True(t, sparse.ChecksSparseTensorInvariants())
		sparse.CheckSparseTensorInvariants(func() { assert.NoError(t, torch.Try(wrong)) }, false)
		assert.True(t, sparse.ChecksSparseTensorInvariants())
	})
	assert.False(t, sparse.ChecksSparseTensorInvariants())
	assert.NoError(t, torch.Try(wrong))
	// The setting comes back after a panic, too.
	assert.Error(t, torch.Try(func() { sparse.CheckSparseTensorInvariants(wrong) }))
	assert.False(t, sparse.ChecksSparseTensorInvariants())
	sparse.SetCheckSparseTensorInvariants(true)
	assert.Error(t, torch.Try(wrong))
	sparse.SetCheckSparseTensorInvariants(false)
	assert.NoError(t, torch.Try(wrong))
}

func ExampleMm() {
	a := torch.NewTensor([][]float32{{1, 0, 2}, {0, 3, 0}}).ToSparse().RequiresGrad_()
	b := torch.NewTensor([][]float32{{0, 1}, {2, 0}, {0, 0}}).RequiresGrad_()
	y := sparse.Mm(a, b)
	fmt.Println(y)
	y.Sum().Backward()
	fmt.Println(a.Grad())
	// Output:
	// tensor([[0., 1.],
	//         [6., 0.]], grad_fn=<SparseAddmmBackward0>)
	// tensor(indices=tensor([[0, 0, 1],
	//                        [0, 2, 1]]),
	//        values=tensor([1., 0., 2.]),
	//        size=(2, 3), nnz=3, layout=torch.sparse_coo)
}

func ExampleSpdiags() {
	diagonals := torch.Arange(9).Reshape(3, 3)
	fmt.Println(sparse.Spdiags(diagonals, torch.NewTensor([]int{0, -1, -2}), []int64{3, 3}).ToDense())
	// Output:
	// tensor([[0, 0, 0],
	//         [3, 1, 0],
	//         [6, 4, 2]])
}

func ExampleCheckSparseTensorInvariants() {
	sparse.CheckSparseTensorInvariants(func() {
		err := torch.Try(func() { torch.SparseCsrTensor([]int{0, 1, 3}, []int{0, 1}, []int{1, 2}) })
		fmt.Println(err)
	})
	// Output: torch.SparseCsrTensor: `crow_indices[..., -1] == nnz` is not satisfied.
}
