package torch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// A sparseCase is an expression in both languages, of the operands of
// newSparseOperands. Its text and its dense form must be the same.
type sparseCase struct {
	python string
	run    func(o sparseOperands) *torch.Tensor
}

type sparseOperands struct {
	x, m, v *torch.Tensor // dense: (3, 4), (4, 3), (4)
	s, r, u *torch.Tensor // x as COO and CSR, and an uncoalesced one of that shape
	i, w    *torch.Tensor // indices and values of u
}

const makeSparseOperands = `
torch.manual_seed(1)
x = torch.randn(3, 4) * (torch.rand(3, 4) > 0.5)
m, v = torch.randn(4, 3), torch.randn(4)
s, r = x.to_sparse(), x.to_sparse_csr()
i, w = torch.tensor([[0, 2, 0, 1], [1, 3, 1, 0]]), torch.randn(4)
u = torch.sparse_coo_tensor(i, w, (3, 4))
`

func newSparseOperands() (o sparseOperands) {
	torch.ManualSeed(1)
	o.x = torch.Randn([]int64{3, 4}).Mul(torch.Rand([]int64{3, 4}).Gt(0.5))
	o.m, o.v = torch.Randn([]int64{4, 3}), torch.Randn([]int64{4})
	o.s, o.r = o.x.ToSparse(), o.x.ToSparseCsr()
	o.i, o.w = torch.NewTensor([][]int{{0, 2, 0, 1}, {1, 3, 1, 0}}), torch.Randn([]int64{4})
	o.u = torch.SparseCooTensor(o.i, o.w, torch.WithSize(3, 4))
	return o
}

var sparseConstructions = []sparseCase{
	{"torch.sparse_coo_tensor([[0, 1], [2, 0]], [3, 4])", func(sparseOperands) *torch.Tensor {
		return torch.SparseCooTensor([][]int{{0, 1}, {2, 0}}, []int{3, 4})
	}},
	{"torch.sparse_coo_tensor([[0, 1], [2, 0]], [3., 4.], (2, 4), requires_grad=True)", func(sparseOperands) *torch.Tensor {
		return torch.SparseCooTensor([][]int{{0, 1}, {2, 0}}, []float32{3, 4}, torch.WithSize(2, 4), torch.RequiresGrad(true))
	}},
	{"torch.sparse_coo_tensor(i, [[1, 2], [3, 4], [5, 6], [7, 8]], dtype=torch.float64, device='cpu')",
		func(o sparseOperands) *torch.Tensor {
			values := [][]int{{1, 2}, {3, 4}, {5, 6}, {7, 8}}
			return torch.SparseCooTensor(o.i, values, torch.Float64, torch.CPU)
		}},
	{"torch.sparse_coo_tensor(i.int(), w.requires_grad_(), (5, 5))", func(o sparseOperands) *torch.Tensor {
		return torch.SparseCooTensor(o.i.Int(), o.w.RequiresGrad_(), torch.WithSize(5, 5))
	}},
	{"torch.sparse_coo_tensor([[0, 1]], [1., 2.], (3,), is_coalesced=True)", func(sparseOperands) *torch.Tensor {
		return torch.SparseCooTensor([][]int{{0, 1}}, []float32{1, 2}, torch.WithSize(3), torch.IsCoalesced(true))
	}},
	{"torch.sparse_coo_tensor([[0, 1]], [1., 2.], is_coalesced=True)", func(sparseOperands) *torch.Tensor {
		return torch.SparseCooTensor([][]int{{0, 1}}, []float32{1, 2}, torch.IsCoalesced(true))
	}},
	{"torch.sparse_coo_tensor((2, 3))", func(sparseOperands) *torch.Tensor {
		return torch.SparseCooTensor(nil, nil, torch.WithSize(2, 3))
	}},
	{"torch.sparse_coo_tensor((2, 3), dtype=torch.int32, check_invariants=True)", func(sparseOperands) *torch.Tensor {
		return torch.SparseCooTensor(nil, nil, torch.WithSize(2, 3), torch.Int32, torch.CheckInvariants(true))
	}},
	{"torch.sparse_coo_tensor(torch.empty(0, 1), [5.], ())", func(sparseOperands) *torch.Tensor {
		return torch.SparseCooTensor(torch.Empty([]int64{0, 1}), []float32{5}, torch.WithSize())
	}},
	{"torch.sparse_csr_tensor([0, 2, 3], [0, 2, 1], [1., 2., 3.])", func(sparseOperands) *torch.Tensor {
		return torch.SparseCsrTensor([]int{0, 2, 3}, []int{0, 2, 1}, []float32{1, 2, 3})
	}},
	{"torch.sparse_csr_tensor(torch.tensor([0, 2, 3], dtype=torch.int32), torch.tensor([0, 2, 1], dtype=torch.int32), " +
		"[1., 2., 3.], (2, 5), dtype=torch.float64, layout=torch.sparse_csr, check_invariants=True, requires_grad=True)",
		func(sparseOperands) *torch.Tensor {
			return torch.SparseCsrTensor([]int32{0, 2, 3}, []int32{0, 2, 1}, []float32{1, 2, 3}, torch.WithSize(2, 5), torch.Float64,
				torch.SparseCsr, torch.CheckInvariants(true), torch.RequiresGrad(true))
		}},
	{"torch.sparse_csc_tensor([0, 2, 3], [0, 2, 1], [1, 2, 3])", func(sparseOperands) *torch.Tensor {
		return torch.SparseCscTensor([]int{0, 2, 3}, []int{0, 2, 1}, []int{1, 2, 3})
	}},
	{"torch.sparse_bsr_tensor([0, 1, 2], [0, 1], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]])", func(sparseOperands) *torch.Tensor {
		return torch.SparseBsrTensor([]int{0, 1, 2}, []int{0, 1}, [][][]int{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}})
	}},
	{"torch.sparse_bsc_tensor([0, 1, 2], [0, 1], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], (6, 4))", func(sparseOperands) *torch.Tensor {
		return torch.SparseBscTensor([]int{0, 1, 2}, []int{0, 1}, [][][]int{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}, torch.WithSize(6, 4))
	}},
	{"torch.sparse_compressed_tensor([0, 2, 3], [0, 2, 1], w[:3].requires_grad_(), layout=torch.sparse_csc)",
		func(o sparseOperands) *torch.Tensor {
			values := o.w.Narrow(0, 0, 3).RequiresGrad_()
			return torch.SparseCompressedTensor([]int{0, 2, 3}, []int{0, 2, 1}, values, torch.SparseCsc)
		}},
	{"torch.sparse_csr_tensor([[0, 1, 2], [0, 0, 2]], [[0, 1], [0, 1]], [[1., 2.], [3., 4.]], (2, 2, 3))",
		func(sparseOperands) *torch.Tensor {
			return torch.SparseCsrTensor([][]int{{0, 1, 2}, {0, 0, 2}}, [][]int{{0, 1}, {0, 1}}, [][]float32{{1, 2}, {3, 4}},
				torch.WithSize(2, 2, 3))
		}},
}

var sparseConversions = []sparseCase{
	{"s", func(o sparseOperands) *torch.Tensor { return o.s }},
	{"r", func(o sparseOperands) *torch.Tensor { return o.r }},
	{"u", func(o sparseOperands) *torch.Tensor { return o.u }},
	{"u.coalesce()", func(o sparseOperands) *torch.Tensor { return o.u.Coalesce() }},
	{"x.to_sparse(1)", func(o sparseOperands) *torch.Tensor { return o.x.ToSparse(torch.SparseDim(1)) }},
	{"x.to_sparse(layout=torch.sparse_csc)", func(o sparseOperands) *torch.Tensor { return o.x.ToSparse(torch.SparseCsc) }},
	{"x.to_sparse(layout=torch.sparse_bsr, blocksize=(3, 2))", func(o sparseOperands) *torch.Tensor {
		return o.x.ToSparse(torch.SparseBsr, torch.Blocksize(3, 2))
	}},
	{"torch.ones(2, 2, 3).to_sparse(layout=torch.sparse_csr, dense_dim=1)", func(o sparseOperands) *torch.Tensor {
		return torch.Ones([]int64{2, 2, 3}).ToSparse(torch.SparseCsr, torch.DenseDim(1))
	}},
	{"x.to_sparse_coo()", func(o sparseOperands) *torch.Tensor { return o.x.ToSparseCoo() }},
	{"x.to_sparse_csr()", func(o sparseOperands) *torch.Tensor { return o.x.ToSparseCsr() }},
	{"x.to_sparse_csc()", func(o sparseOperands) *torch.Tensor { return o.x.ToSparseCsc() }},
	{"x.to_sparse_bsr((3, 2))", func(o sparseOperands) *torch.Tensor { return o.x.ToSparseBsr([]int64{3, 2}) }},
	{"x.to_sparse_bsc((1, 4))", func(o sparseOperands) *torch.Tensor { return o.x.ToSparseBsc([]int64{1, 4}) }},
	{"s.to_sparse_csr()", func(o sparseOperands) *torch.Tensor { return o.s.ToSparseCsr() }},
	{"r.to_sparse_coo()", func(o sparseOperands) *torch.Tensor { return o.r.ToSparseCoo() }},
	{"r.to_sparse_csc()", func(o sparseOperands) *torch.Tensor { return o.r.ToSparseCsc() }},
	{"u.indices() if u.is_coalesced() else u.coalesce().indices()", func(o sparseOperands) *torch.Tensor {
		return o.u.Coalesce().Indices()
	}},
	{"s.values()", func(o sparseOperands) *torch.Tensor { return o.s.Values() }},
	{"r.crow_indices()", func(o sparseOperands) *torch.Tensor { return o.r.CrowIndices() }},
	{"r.col_indices()", func(o sparseOperands) *torch.Tensor { return o.r.ColIndices() }},
	{"x.to_sparse_csc().ccol_indices()", func(o sparseOperands) *torch.Tensor { return o.x.ToSparseCsc().CcolIndices() }},
	{"x.to_sparse_csc().row_indices()", func(o sparseOperands) *torch.Tensor { return o.x.ToSparseCsc().RowIndices() }},
	{"s.to(torch.float64)", func(o sparseOperands) *torch.Tensor { return o.s.To(torch.Float64) }},
	{"r.double()", func(o sparseOperands) *torch.Tensor { return o.r.Double() }},
	{"s.clone().sparse_resize_((5, 6), 2, 0)", func(o sparseOperands) *torch.Tensor {
		return o.s.Clone().SparseResize_([]int64{5, 6}, 2, 0)
	}},
	{"m.t().sparse_mask(s)", func(o sparseOperands) *torch.Tensor { return o.m.T().SparseMask(o.s) }},
	{"torch.sparse_coo_tensor(i.to('meta'), w.to('meta'), (3, 4))", func(o sparseOperands) *torch.Tensor {
		return torch.SparseCooTensor(o.i.To(torch.Meta), o.w.To(torch.Meta), torch.WithSize(3, 4))
	}},
}

var sparseArithmetic = []sparseCase{
	{"s + s", func(o sparseOperands) *torch.Tensor { return o.s.Add(o.s) }},
	{"s + u", func(o sparseOperands) *torch.Tensor { return o.s.Add(o.u) }},
	{"x + u", func(o sparseOperands) *torch.Tensor { return o.x.Add(o.u) }},
	{"s - u", func(o sparseOperands) *torch.Tensor { return o.s.Sub(o.u) }},
	{"s * 2", func(o sparseOperands) *torch.Tensor { return o.s.Mul(2) }},
	{"s * u", func(o sparseOperands) *torch.Tensor { return o.s.Mul(o.u) }},
	{"s * x", func(o sparseOperands) *torch.Tensor { return o.s.Mul(o.x) }},
	{"s / 3", func(o sparseOperands) *torch.Tensor { return o.s.Div(3) }},
	{"-s", func(o sparseOperands) *torch.Tensor { return o.s.Neg() }},
	{"s.t()", func(o sparseOperands) *torch.Tensor { return o.s.T() }},
	{"s.transpose(0, 1) @ s", func(o sparseOperands) *torch.Tensor { return o.s.Transpose(0, 1).Matmul(o.s) }},
	{"s @ m", func(o sparseOperands) *torch.Tensor { return o.s.Matmul(o.m) }},
	{"r @ m", func(o sparseOperands) *torch.Tensor { return o.r.Matmul(o.m) }},
	{"s @ v", func(o sparseOperands) *torch.Tensor { return o.s.Matmul(o.v) }},
	{"r @ v", func(o sparseOperands) *torch.Tensor { return o.r.Matmul(o.v) }},
	{"torch.mm(s, m)", func(o sparseOperands) *torch.Tensor { return torch.Mm(o.s, o.m) }},
	{"torch.hspmm(s, m)", func(o sparseOperands) *torch.Tensor { return torch.Hspmm(o.s, o.m) }},
	{"torch.sspaddmm(u, s, x.t() @ x)", func(o sparseOperands) *torch.Tensor { return torch.Sspaddmm(o.u, o.s, o.x.T().Matmul(o.x)) }},
	{"torch.smm(s, m)", func(o sparseOperands) *torch.Tensor { return torch.Smm(o.s, o.m) }},
	{"torch.cat([s, u])", func(o sparseOperands) *torch.Tensor { return torch.Cat([]*torch.Tensor{o.s, o.u}) }},
	{"torch.stack([s, u], 1)", func(o sparseOperands) *torch.Tensor { return torch.Stack([]*torch.Tensor{o.s, o.u}, torch.Dim(1)) }},
	{"s.index_select(0, torch.tensor([2, 0]))", func(o sparseOperands) *torch.Tensor {
		return o.s.IndexSelect(0, torch.NewTensor([]int{2, 0}))
	}},
	{"s[1]", func(o sparseOperands) *torch.Tensor { return o.s.Index(1) }},
	{"s.sum()", func(o sparseOperands) *torch.Tensor { return o.s.Sum() }},
	{"s.sin()", func(o sparseOperands) *torch.Tensor { return o.s.Sin() }},
	{"r.abs()", func(o sparseOperands) *torch.Tensor { return o.r.Abs() }},
	{"s.relu_()", func(o sparseOperands) *torch.Tensor { return o.s.Relu_() }},
	{"torch.zeros_like(s)", func(o sparseOperands) *torch.Tensor { return torch.ZerosLike(o.s) }},
	{"s.unsqueeze(1)", func(o sparseOperands) *torch.Tensor { return o.s.Unsqueeze(1) }},
	{"x.clone().add_(u, alpha=2)", func(o sparseOperands) *torch.Tensor { return o.x.Clone().Add_(o.u, torch.Alpha(2)) }},
}

func TestSparseTensors(t *testing.T) {
	var code strings.Builder
	code.WriteString("import warnings\n")
	cases := append(append(append([]sparseCase{}, sparseConstructions...), sparseConversions...), sparseArithmetic...)
	for n, c := range cases {
		fmt.Fprintf(&code, "%s\ny = %s\nout['text %d'] = str(y)\n", makeSparseOperands, c.python, n)
		fmt.Fprintf(&code, "out['dense %d'] = torch.ones(1) if y.is_meta else y.detach().to_dense()\n", n)
		fmt.Fprintf(&code, "out['layout %d'] = [str(y.layout), y.sparse_dim(), y.dense_dim()]\n", n)
	}
	py := parity.Run(t, code.String())
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {})) // libtorch's, which come once in a process
	for n, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			py := py.For(t)
			y := c.run(newSparseOperands())
			assert.Equal(t, py.Text(fmt.Sprint("text ", n)), y.String())
			assert.Equal(t, py.Strings(fmt.Sprint("layout ", n)),
				[]string{y.Layout().String(), fmt.Sprint(y.SparseDim()), fmt.Sprint(y.DenseDim())})
			if !y.IsMeta() {
				py.EqualTensor(fmt.Sprint("dense ", n), y.Detach().ToDense())
			}
		})
	}
}

// Large tensors are summarised in each of their parts, and dtypes, devices and
// empty parts are named, as Python does.
func TestSparsePrinting(t *testing.T) {
	arange := func(n int64) *torch.Tensor { return torch.Arange(n, torch.Float32) }
	cases := []struct {
		python string
		run    func() *torch.Tensor
	}{
		{"torch.arange(2000.).to_sparse()", func() *torch.Tensor { return arange(2000).ToSparse() }},
		{"torch.arange(4000.).view(2, 2000).to_sparse_csr()", func() *torch.Tensor { return arange(4000).View(2, 2000).ToSparseCsr() }},
		{"torch.arange(2000.).view(40, 50).to_sparse_bsr((4, 5))", func() *torch.Tensor {
			return arange(2000).View(40, 50).ToSparseBsr([]int64{4, 5})
		}},
		{"(torch.arange(24.) + 1).view(2, 3, 4).to_sparse_csc()", func() *torch.Tensor { return arange(24).Add(1).View(2, 3, 4).ToSparseCsc() }},
		{"torch.arange(24.).view(2, 3, 4).to_sparse(2).requires_grad_()", func() *torch.Tensor {
			return arange(24).View(2, 3, 4).ToSparse(torch.SparseDim(2)).RequiresGrad_()
		}},
		{"torch.zeros(2, 3).to_sparse()", func() *torch.Tensor { return torch.Zeros([]int64{2, 3}).ToSparse() }},
		{"torch.zeros(2, 3).to_sparse_csr()", func() *torch.Tensor { return torch.Zeros([]int64{2, 3}).ToSparseCsr() }},
		{"torch.arange(3).to_sparse()", func() *torch.Tensor { return torch.Arange(3).ToSparse() }},
		{"torch.arange(3, dtype=torch.uint8).to_sparse()", func() *torch.Tensor { return torch.Arange(3, torch.Uint8).ToSparse() }},
		{"torch.eye(2, dtype=torch.complex128).to_sparse()", func() *torch.Tensor { return torch.Eye(2, torch.Complex128).ToSparse() }},
		{"(torch.eye(2) > 0).to_sparse_csr()", func() *torch.Tensor { return torch.Eye(2).Gt(0).ToSparseCsr() }},
		{"torch.eye(2).double().requires_grad_().to_sparse() * 2", func() *torch.Tensor {
			return torch.Eye(2).Double().RequiresGrad_().ToSparse().Mul(2)
		}},
		{"torch.tensor(5.).to_sparse()", func() *torch.Tensor { return torch.NewTensor(float32(5)).ToSparse() }},
		{"torch.sparse_csr_tensor(torch.tensor([0, 1], device='meta'), torch.tensor([0], device='meta'), " +
			"torch.tensor([1.], device='meta'), (1, 2))", func() *torch.Tensor {
			crow, col := torch.NewTensor([]int{0, 1}, torch.Meta), torch.NewTensor([]int{0}, torch.Meta)
			return torch.SparseCsrTensor(crow, col, torch.NewTensor([]float32{1}, torch.Meta), torch.WithSize(1, 2))
		}},
		{"torch.empty(2, 0, 3, device='meta', requires_grad=True)", func() *torch.Tensor {
			return torch.Empty([]int64{2, 0, 3}, torch.Meta, torch.RequiresGrad(true))
		}},
		{"torch.ones(3, device='meta').int() + 1", func() *torch.Tensor { return torch.Ones([]int64{3}, torch.Meta).Int().Add(1) }},
	}
	var code strings.Builder
	for n, c := range cases {
		fmt.Fprintf(&code, "out['%d'] = str(%s)\n", n, c.python)
	}
	py := parity.Run(t, code.String())
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {}))
	for n, c := range cases {
		assert.Equal(t, py.Text(fmt.Sprint(n)), c.run().String(), c.python)
	}
}

// Whatever the elements, each layout keeps them, and elements with the same
// coordinates add up.
func TestSparseLayoutsKeepElements(t *testing.T) {
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {}))
	layouts := []torch.Layout{torch.SparseCoo, torch.SparseCsr, torch.SparseCsc, torch.SparseBsr, torch.SparseBsc}
	rapid.Check(t, func(r *rapid.T) {
		rows, cols := rapid.IntRange(1, 4).Draw(r, "rows")*2, rapid.IntRange(1, 4).Draw(r, "columns")*3
		n := rapid.IntRange(0, 20).Draw(r, "elements")
		want := make([]int64, rows*cols)
		indices, values := [][]int{make([]int, n), make([]int, n)}, make([]int64, n)
		for k := range n {
			i, j := rapid.IntRange(0, rows-1).Draw(r, "row"), rapid.IntRange(0, cols-1).Draw(r, "column")
			indices[0][k], indices[1][k], values[k] = i, j, rapid.Int64Range(-5, 5).Draw(r, "value")
			want[i*cols+j] += values[k]
		}
		index := torch.NewTensor(indices)
		s := torch.SparseCooTensor(index, values, torch.WithSize(int64(rows), int64(cols)), torch.CheckInvariants(true))
		assert.Equal(r, want, torch.Data[int64](s.ToDense()))
		assert.Equal(r, want, torch.Data[int64](s.Coalesce()))
		from := rapid.SampledFrom(layouts).Draw(r, "layout")
		opts := []torch.ToSparseOption{from}
		if from == torch.SparseBsr || from == torch.SparseBsc {
			opts = append(opts, torch.Blocksize(2, 3))
		}
		other := s.ToDense().ToSparse(opts...)
		assert.Equal(r, from, other.Layout())
		assert.Equal(r, want, torch.Data[int64](other))
	})
}

// Gradients flow into sparse tensors, into the values that they are made of, and
// through conversions.
func TestSparseGradients(t *testing.T) {
	cases := []struct {
		python string
		run    func(o sparseOperands) *torch.Tensor
	}{
		{"torch.sparse_coo_tensor(i, w, (3, 4)).to_dense()", func(o sparseOperands) *torch.Tensor {
			return torch.SparseCooTensor(o.i, o.w, torch.WithSize(3, 4)).ToDense()
		}},
		{"torch.sparse_coo_tensor(i, w, (3, 4)) @ m", func(o sparseOperands) *torch.Tensor {
			return torch.SparseCooTensor(o.i, o.w, torch.WithSize(3, 4)).Matmul(o.m)
		}},
		{"torch.sparse_csr_tensor([0, 2, 3, 4], [0, 1, 2, 3], w, (3, 4)) @ m", func(o sparseOperands) *torch.Tensor {
			return torch.SparseCsrTensor([]int{0, 2, 3, 4}, []int{0, 1, 2, 3}, o.w, torch.WithSize(3, 4)).Matmul(o.m)
		}},
		{"torch.sparse_coo_tensor(i, w, (3, 4)).coalesce().values()", func(o sparseOperands) *torch.Tensor {
			return torch.SparseCooTensor(o.i, o.w, torch.WithSize(3, 4)).Coalesce().Values()
		}},
		{"(w.view(2, 2).to_sparse() * 3).to_dense()", func(o sparseOperands) *torch.Tensor {
			return o.w.View(2, 2).ToSparse().Mul(3).ToDense()
		}},
		{"w.view(2, 2).to_sparse_csr().to_dense()", func(o sparseOperands) *torch.Tensor {
			return o.w.View(2, 2).ToSparseCsr().ToDense()
		}},
		{"w.view(2, 2).to_sparse(layout=torch.sparse_bsr, blocksize=(1, 2)).to_dense(masked_grad=False)",
			func(o sparseOperands) *torch.Tensor {
				return o.w.View(2, 2).ToSparse(torch.SparseBsr, torch.Blocksize(1, 2)).ToDense(torch.MaskedGrad(false))
			}},
	}
	var code strings.Builder
	for n, c := range cases {
		fmt.Fprintf(&code, "%s\nw.requires_grad_(); y = %s; out['y %d'] = y\n", makeSparseOperands, c.python, n)
		fmt.Fprintf(&code, "out['name %[1]d'] = y.grad_fn.name(); (y * y).sum().backward(); out['grad %[1]d'] = w.grad\n", n)
	}
	code.WriteString(makeSparseOperands + "s.requires_grad_(); y = s @ m; (y * y).sum().backward(); out['s.grad'] = str(s.grad)\n")
	code.WriteString(makeSparseOperands + "m.requires_grad_(); y = r @ m; (y * y).sum().backward(); out['m.grad'] = m.grad\n")
	py := parity.Run(t, code.String())
	for n, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			py := py.For(t)
			o := newSparseOperands()
			y := c.run(sparseOperands{i: o.i, w: o.w.RequiresGrad_(), m: o.m})
			py.EqualTensor(fmt.Sprint("y ", n), y)
			assert.Equal(t, py.Text(fmt.Sprint("name ", n)), y.GradFn().Name())
			y.Mul(y).Sum().Backward()
			py.EqualTensor(fmt.Sprint("grad ", n), o.w.Grad())
		})
	}
	o := newSparseOperands()
	y := o.s.RequiresGrad_().Matmul(o.m)
	y.Mul(y).Sum().Backward()
	assert.Equal(t, py.Text("s.grad"), o.s.Grad().String())
	y = o.r.Matmul(o.m.RequiresGrad_())
	y.Mul(y).Sum().Backward()
	py.EqualTensor("m.grad", o.m.Grad())
}

func TestToSparseCoo(t *testing.T) {
	sameWithGradients(t, []call{
		{"x.to_sparse_coo().to_dense()", func(o operands) any { return o.x.ToSparseCoo().ToDense() }},
	})
}

func TestSparseErrors(t *testing.T) {
	x := torch.Eye(2)
	for python, run := range map[string]func(){
		"torch.sparse_coo_tensor([[0, -1]], [1, 2.])": func() { torch.SparseCooTensor([][]int{{0, -1}}, []float32{1, 2}) },
		"torch.sparse_coo_tensor([[0, 1]], [1, 2], requires_grad=True)": func() {
			torch.SparseCooTensor([][]int{{0, 1}}, []int{1, 2}, torch.RequiresGrad(true))
		},
		"torch.sparse_coo_tensor([[0, 3]], [1, 2.], (2,), check_invariants=True)": func() {
			torch.SparseCooTensor([][]int{{0, 3}}, []float32{1, 2}, torch.WithSize(2), torch.CheckInvariants(true))
		},
		"torch.sparse_coo_tensor([0, 3], [1, 2.])": func() { torch.SparseCooTensor([]int{0, 3}, []float32{1, 2}) },
		"torch.sparse_coo_tensor([[0, 1]], torch.ones(2).to_sparse())": func() {
			torch.SparseCooTensor([][]int{{0, 1}}, torch.Ones([]int64{2}).ToSparse())
		},
		"torch.sparse_coo_tensor([[0, 1]], [1., 2., 3.], (2,))": func() {
			torch.SparseCooTensor([][]int{{0, 1}}, []float32{1, 2, 3}, torch.WithSize(2))
		},
		"torch.sparse_csr_tensor([0, 1, 3], [0, 1], [1, 2], check_invariants=True)": func() {
			torch.SparseCsrTensor([]int{0, 1, 3}, []int{0, 1}, []int{1, 2}, torch.CheckInvariants(true))
		},
		"torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1., 2.], layout=torch.sparse_csc)": func() {
			torch.SparseCsrTensor([]int{0, 1, 2}, []int{0, 1}, []float32{1, 2}, torch.SparseCsc)
		},
		"torch.sparse_bsc_tensor([0, 1, 2], [0, 1], [1., 2.], layout=torch.strided)": func() {
			torch.SparseBscTensor([]int{0, 1, 2}, []int{0, 1}, []float32{1, 2}, torch.Strided)
		},
		"torch.sparse_compressed_tensor([0, 1, 2], [0, 1], [1., 2.])": func() {
			torch.SparseCompressedTensor([]int{0, 1, 2}, []int{0, 1}, []float32{1, 2})
		},
		"torch.sparse_bsr_tensor([0, 1, 3], [0, 1], [1, 2])": func() {
			torch.SparseBsrTensor([]int{0, 1, 3}, []int{0, 1}, []int{1, 2})
		},
		"torch.sparse_csc_tensor(torch.tensor([0, 1, 2], dtype=torch.int32), [0, 1], [1, 2], check_invariants=True)": func() {
			torch.SparseCscTensor([]int32{0, 1, 2}, []int{0, 1}, []int{1, 2}, torch.CheckInvariants(true))
		},
		"torch.eye(2).to_sparse(3)":                                         func() { x.ToSparse(torch.SparseDim(3)) },
		"torch.eye(2).to_sparse(layout=torch.sparse_csr, blocksize=(1, 1))": func() { x.ToSparse(torch.SparseCsr, torch.Blocksize(1, 1)) },
		"torch.eye(2).to_sparse_bsr((3, 1))":                                func() { x.ToSparseBsr([]int64{3, 1}) },
		"torch.eye(2).crow_indices()":                                       func() { x.CrowIndices() },
		"torch.eye(2).to_sparse_csr().indices()":                            func() { x.ToSparseCsr().Indices() },
		"torch.sparse_coo_tensor([[0, 0]], [1, 2.]).indices()": func() {
			torch.SparseCooTensor([][]int{{0, 0}}, []float32{1, 2}).Indices()
		},
		"torch.eye(2).is_coalesced()":                     func() { x.IsCoalesced() },
		"torch.eye(2).to_sparse() + 1":                    func() { x.ToSparse().Add(1) },
		"torch.eye(2).to_sparse().to_dense(torch.double)": func() { x.ToSparse().ToDense(torch.Float64) },
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, python)
			assert.ErrorIs(t, torch.Try(run), &torch.Error{Kind: py.Error.Type, Message: py.Error.Message})
		})
	}
	assert.Error(t, torch.Try(func() { torch.SparseCooTensor(nil, nil) }))
}

func TestSparseAttributes(t *testing.T) {
	o := newSparseOperands()
	assert.False(t, o.u.IsCoalesced())
	assert.True(t, o.s.IsCoalesced())
	assert.True(t, torch.SparseCooTensor(o.i, o.w, torch.IsCoalesced(true)).IsCoalesced())
	assert.True(t, o.s.IsSparse())
	assert.True(t, o.r.IsSparseCsr())
	assert.EqualValues(t, 4, o.u.Nnz())
	assert.EqualValues(t, 3, o.u.Coalesce().Nnz())
	assert.Equal(t, []float32{0, 0, 2}, torch.Data[float32](torch.SparseCooTensor([][]int{{2}}, []float32{2})))
}

func ExampleSparseCooTensor() {
	s := torch.SparseCooTensor([][]int{{0, 1, 1}, {2, 0, 2}}, []float32{3, 4, 5}, torch.WithSize(2, 4), torch.CheckInvariants(true))
	fmt.Println(s)
	fmt.Println(s.ToDense())
	// Output:
	// tensor(indices=tensor([[0, 1, 1],
	//                        [2, 0, 2]]),
	//        values=tensor([3., 4., 5.]),
	//        size=(2, 4), nnz=3, layout=torch.sparse_coo)
	// tensor([[0., 0., 3., 0.],
	//         [4., 0., 5., 0.]])
}

func ExampleSparseCsrTensor() {
	s := torch.SparseCsrTensor([]int{0, 2, 3}, []int{0, 2, 1}, []float32{1, 2, 3}, torch.CheckInvariants(true))
	fmt.Println(s.Matmul(torch.Ones([]int64{3, 1})))
	// Output:
	// tensor([[3.],
	//         [3.]])
}
