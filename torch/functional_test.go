package torch_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// leaves are the operands that can require gradients.
func (o operands) leaves() []*torch.Tensor {
	return []*torch.Tensor{o.x, o.y, o.m, o.v, o.p, o.c, o.img, o.w}
}

const differentiate = `
leaves = [x, y, m, v, p, c, img, w]
for t in leaves:
	t.requires_grad_()
def record(n, result):
	results = [result] if torch.is_tensor(result) else list(result)
	out[f"{n} results"] = results
	out[f"{n} names"] = [t.grad_fn.name() if t.grad_fn else "" for t in results]
	graded = [torch.view_as_real(t) if t.is_complex() else t for t in results if t.requires_grad]
	if graded:
		sum((t * t).sum() for t in graded).backward()
	out[f"{n} grads"] = [t.grad for t in leaves]
`

// sameWithGradients checks that each call has the same results, names of grad_fn
// and gradients as in Python.
func sameWithGradients(t *testing.T, calls []call) {
	t.Helper()
	var code strings.Builder
	for n, c := range calls {
		fmt.Fprintf(&code, "%s%srecord(%d, %s)\n", makeOperands, differentiate, n, c.python)
	}
	py := parity.Run(t, code.String())
	for n, c := range calls {
		t.Run(c.python, func(t *testing.T) {
			py, o := py.For(t), newOperands()
			for _, leaf := range o.leaves() {
				leaf.RequiresGrad_()
			}
			result := c.run(o)
			results, ok := result.([]*torch.Tensor)
			if !ok {
				results = []*torch.Tensor{result.(*torch.Tensor)}
			}
			py.EqualTensors(fmt.Sprint(n, " results"), results)
			var names []string
			for _, r := range results {
				names = append(names, r.GradFn().Name())
			}
			assert.Equal(t, py.Strings(fmt.Sprint(n, " names")), names)
			if loss := sumOfSquares(results); loss != nil {
				loss.Backward()
			}
			var grads []*torch.Tensor
			for _, leaf := range o.leaves() {
				grads = append(grads, leaf.Grad())
			}
			py.EqualTensors(fmt.Sprint(n, " grads"), grads)
		})
	}
}

func sumOfSquares(results []*torch.Tensor) *torch.Tensor {
	var loss *torch.Tensor
	for _, r := range results {
		if !r.RequiresGrad() {
			continue
		}
		if r.IsComplex() {
			r = torch.ViewAsReal(r)
		}
		if part := r.Mul(r).Sum(); loss == nil {
			loss = part.Add(0) // Python's sum() begins with 0 + part
		} else {
			loss = loss.Add(part)
		}
	}
	return loss
}

func TestNorm(t *testing.T) {
	sameWithGradients(t, []call{
		{"torch.norm(x)", func(o operands) any { return torch.Norm(o.x) }},
		{"x.norm()", func(o operands) any { return o.x.Norm() }},
		{"x.norm(1)", func(o operands) any { return o.x.Norm(torch.P(1)) }},
		{"x.norm(p=3.5, dim=1)", func(o operands) any { return o.x.Norm(torch.P(3.5), torch.Dim(1)) }},
		{"x.norm(0, 1)", func(o operands) any { return o.x.Norm(torch.P(0), torch.Dim(1)) }},
		{"x.norm(float('inf'), (0, 1), True)", func(o operands) any {
			return o.x.Norm(torch.P(math.Inf(1)), torch.Dim(0, 1), torch.Keepdim(true))
		}},
		{"x.norm(-float('inf'), 0)", func(o operands) any { return o.x.Norm(torch.P(math.Inf(-1)), torch.Dim(0)) }},
		{"torch.norm(x, 'fro', dim=(0, 1), keepdim=True)", func(o operands) any {
			return torch.Norm(o.x, torch.P("fro"), torch.Dim(0, 1), torch.Keepdim(true))
		}},
		{"torch.norm(x, 'nuc')", func(o operands) any { return torch.Norm(o.x, torch.P("nuc")) }},
		{"torch.norm(img, 'nuc', dim=(2, 3))", func(o operands) any { return torch.Norm(o.img, torch.P("nuc"), torch.Dim(2, 3)) }},
		{"torch.norm(x, dtype=torch.float64)", func(o operands) any { return torch.Norm(o.x, torch.Float64) }},
		{"torch.norm(c, dim=1)", func(o operands) any { return torch.Norm(o.c, torch.Dim(1)) }},
		{"torch.norm(v.detach(), 2, out=torch.empty(()))", func(o operands) any {
			return torch.Norm(o.v.Detach(), torch.P(2), torch.Out(torch.Empty(nil)))
		}},
		{"torch.norm(x.detach().to_sparse())", func(o operands) any { return torch.Norm(o.x.Detach().ToSparse()) }},
		{"torch.norm(x.detach().to_sparse(), 2)", func(o operands) any { return torch.Norm(o.x.Detach().ToSparse(), torch.P(2)) }},
	})
	sameRefusals(t, []misuse{
		{"unknown name", "torch.norm(torch.ones(2, 2), 'max')", func() { torch.Norm(torch.Ones([]int64{2, 2}), torch.P("max")) }},
		{"unknown name, sparse", "torch.norm(torch.ones(2, 2).to_sparse(), 'max')", func() {
			torch.Norm(torch.Ones([]int64{2, 2}).ToSparse(), torch.P("max"))
		}},
		{"integers", "torch.norm(torch.ones(2, dtype=torch.int64))", func() { torch.Norm(torch.Ones([]int64{2}, torch.Int64)) }},
		{"three dimensions", "torch.norm(torch.ones(2, 2, 2), 'fro', (0, 1, 2))", func() {
			torch.Norm(torch.Ones([]int64{2, 2, 2}), torch.P("fro"), torch.Dim(0, 1, 2))
		}},
		{"sparse dtype", "torch.norm(torch.ones(2, 2).to_sparse(), dtype=torch.float64)", func() {
			torch.Norm(torch.Ones([]int64{2, 2}).ToSparse(), torch.Float64)
		}},
	})
}

func TestSpectral(t *testing.T) {
	window := func() *torch.Tensor { return torch.HannWindow(6) }
	sameWithGradients(t, []call{
		{"torch.stft(img.flatten(), 16, window=torch.hann_window(16), return_complex=True)", func(o operands) any {
			return torch.Stft(o.img.Flatten(), 16, torch.Window(torch.HannWindow(16)), torch.ReturnComplex(true))
		}},
		{"img[0].flatten(1).stft(8, 3, 6, torch.hann_window(6), True, 'constant', True, False, return_complex=True)", func(o operands) any {
			return o.img.Index(0).Flatten(torch.StartDim(1)).Stft(8, torch.HopLength(3), torch.WinLength(6), torch.Window(window()),
				torch.Center(true), torch.PadMode("constant"), torch.Normalized(true), torch.Onesided(false), torch.ReturnComplex(true))
		}},
		{"torch.stft(c.flatten(), 8, center=False, window=torch.ones(8))", func(o operands) any {
			return torch.Stft(o.c.Flatten(), 8, torch.Center(false), torch.Window(torch.Ones([]int64{8})))
		}},
		{"torch.stft(x.flatten(), 8, 2, 6, torch.hann_window(6), center=False, return_complex=True, align_to_window=True)", func(o operands) any {
			return torch.Stft(o.x.Flatten(), 8, torch.HopLength(2), torch.WinLength(6), torch.Window(window()), torch.Center(false),
				torch.ReturnComplex(true), torch.AlignToWindow(true))
		}},
		{"torch.istft(torch.complex(img[0, 0, :5], img[0, 1, :5]), 8, window=torch.hann_window(8))", func(o operands) any {
			a, b := o.img.Index(0, 0, torch.Slice(nil, 5)), o.img.Index(0, 1, torch.Slice(nil, 5))
			return torch.Istft(torch.Complex(a, b), 8, torch.Window(torch.HannWindow(8)))
		}},
		{"torch.complex(img[0, 0], img[0, 1]).istft(6, 2, 6, torch.hann_window(6), True, True, False, 8, True)", func(o operands) any {
			spectrum := torch.Complex(o.img.Index(0, 0), o.img.Index(0, 1))
			return spectrum.Istft(6, torch.HopLength(2), torch.WinLength(6), torch.Window(window()), torch.Center(true),
				torch.Normalized(true), torch.Onesided(false), torch.Length(8), torch.ReturnComplex(true))
		}},
	})
	sameRefusals(t, []misuse{
		{"return_complex is missing", "torch.stft(torch.ones(20), 4)", func() { torch.Stft(torch.Ones([]int64{20}), 4) }},
		{"align_to_window", "torch.stft(torch.ones(20), 4, align_to_window=True)", func() {
			torch.Stft(torch.Ones([]int64{20}), 4, torch.AlignToWindow(true))
		}},
		{"padding", "torch.stft(torch.ones(3), 8, return_complex=True)", func() {
			torch.Stft(torch.Ones([]int64{3}), 8, torch.ReturnComplex(true))
		}},
		{"real input", "torch.istft(torch.ones(3, 4), 4)", func() { torch.Istft(torch.Ones([]int64{3, 4}), 4) }},
	})
}

func TestEinsum(t *testing.T) {
	lists := [][]int64{{0, 1}, {1, 0}}
	sameWithGradients(t, []call{
		{"torch.einsum('ij,kj->ik', x, y)", func(o operands) any { return torch.Einsum("ij,kj->ik", o.x, o.y) }},
		{"torch.einsum('ij,ij', x, y)", func(o operands) any { return torch.Einsum("ij,ij", o.x, o.y) }},
		{"torch.einsum('ii', m)", func(o operands) any { return torch.Einsum("ii", o.m) }},
		{"torch.einsum('ii->i', m)", func(o operands) any { return torch.Einsum("ii->i", o.m) }},
		{"torch.einsum('...ab, ab -> ...b', img, img[0, 0])", func(o operands) any {
			return torch.Einsum("...ab, ab -> ...b", o.img, o.img.Index(0, 0))
		}},
		{"torch.einsum('ij,jk,kl,ml->im', x, m, m, y)", func(o operands) any {
			return torch.Einsum("ij,jk,kl,ml->im", o.x, o.m, o.m, o.y)
		}},
		{"torch.einsum(x, [0, 1], m, [1, 30], [30, 0])", func(o operands) any {
			return torch.EinsumSublists(o.x, []int{0, 1}, o.m, []int{1, 30}, []int{30, 0})
		}},
		{"torch.einsum(img, [..., 0, 1], [..., 1])", func(o operands) any {
			return torch.EinsumSublists(o.img, []any{torch.Ellipsis, 0, 1}, []any{torch.Ellipsis, 1})
		}},
		{"torch.einsum(x, [0, 1], y, [0, 1])", func(o operands) any {
			return torch.EinsumSublists(o.x, []int{0, 1}, o.y, []int64{0, 1})
		}},
		{"torch.tensordot(x, m, 1)", func(o operands) any { return torch.Tensordot(o.x, o.m, 1) }},
		{"torch.tensordot(x, y)", func(o operands) any { return torch.Tensordot(o.x, o.y, 2) }},
		{"torch.tensordot(m, m, ([0, 1], [1, 0]))", func(o operands) any { return torch.Tensordot(o.m, o.m, lists) }},
		{"torch.tensordot(m, m, torch.tensor([[0, 1], [1, 0]]))", func(o operands) any {
			return torch.Tensordot(o.m, o.m, torch.NewTensor(lists))
		}},
		{"torch.tensordot(x, m, torch.tensor(1))", func(o operands) any { return torch.Tensordot(o.x, o.m, torch.NewTensor(1)) }},
		{"torch.tensordot(v.detach(), v.detach(), 1, out=torch.empty(()))", func(o operands) any {
			return torch.Tensordot(o.v.Detach(), o.v.Detach(), 1, torch.Out(torch.Empty(nil)))
		}},
	})
	two := torch.Ones([]int64{2, 2})
	sameRefusals(t, []misuse{
		{"no operand", "torch.einsum('ij')", func() { torch.Einsum("ij") }},
		{"too few operands", "torch.einsum('ij,jk', torch.ones(2, 2))", func() { torch.Einsum("ij,jk", two) }},
		{"bad subscript", "torch.einsum('i1', torch.ones(2, 2))", func() { torch.Einsum("i1", two) }},
		{"subscript 52", "torch.einsum(torch.ones(2, 2), [0, 52])", func() { torch.EinsumSublists(two, []int{0, 52}) }},
		{"sizes", "torch.einsum('ij,jk', torch.ones(2, 2), torch.ones(3, 2))", func() {
			torch.Einsum("ij,jk", two, torch.Ones([]int64{3, 2}))
		}},
		{"negative dims", "torch.tensordot(torch.ones(2, 2), torch.ones(2, 2), -1)", func() { torch.Tensordot(two, two, -1) }},
		{"too many dims", "torch.tensordot(torch.ones(2, 2), torch.ones(2, 2), 3)", func() { torch.Tensordot(two, two, 3) }},
		{"dims that is no number", "torch.tensordot(torch.ones(2, 2), torch.ones(2, 2), 1.5)", func() { torch.Tensordot(two, two, 1.5) }},
		{"dims tensor", "torch.tensordot(torch.ones(2, 2), torch.ones(2, 2), torch.tensor(-2))", func() {
			torch.Tensordot(two, two, torch.NewTensor(-2))
		}},
		{"unequal lists", "torch.tensordot(torch.ones(2, 2), torch.ones(2, 2), ([0], [1, 0]))", func() {
			torch.Tensordot(two, two, [][]int64{{0}, {1, 0}})
		}},
	})
}

func TestUnique(t *testing.T) {
	three := func(a, b, c *torch.Tensor) any { return several(a, b, c) }
	sameWithGradients(t, []call{
		{"torch.unique(i)", func(o operands) any { return torch.Unique(o.i) }},
		{"i.unique(sorted=False)", func(o operands) any { return o.i.Unique(torch.Sorted(false)) }},
		{"torch.unique(i, return_inverse=True)", func(o operands) any { return pairOf(torch.UniqueInverse(o.i)) }},
		{"i.unique(return_counts=True, dim=1)", func(o operands) any { return pairOf(o.i.UniqueCounts(torch.Dim(1))) }},
		{"i.unique(return_inverse=True, dim=0)", func(o operands) any { return pairOf(o.i.UniqueInverse(torch.Dim(0))) }},
		{"torch.unique(p.detach().round(), True, True, True)", func(o operands) any {
			return three(torch.UniqueInverseCounts(o.p.Detach().Round()))
		}},
		{"b.unique(return_inverse=True, return_counts=True, dim=0)", func(o operands) any {
			return three(o.b.UniqueInverseCounts(torch.Dim(0)))
		}},
		{"torch.unique_consecutive(i)", func(o operands) any { return torch.UniqueConsecutive(o.i) }},
		{"i.unique_consecutive(dim=0)", func(o operands) any { return o.i.UniqueConsecutive(torch.Dim(0)) }},
		{"i.unique_consecutive(return_inverse=True)", func(o operands) any { return pairOf(o.i.UniqueConsecutiveInverse()) }},
		{"i.unique_consecutive(return_counts=True)", func(o operands) any { return pairOf(o.i.UniqueConsecutiveCounts()) }},
		{"i.unique_consecutive(return_inverse=True, return_counts=True, dim=1)", func(o operands) any {
			return three(o.i.UniqueConsecutiveInverseCounts(torch.Dim(1)))
		}},
	})
	sameRefusals(t, []misuse{
		{"dim", "torch.unique(torch.ones(2), dim=1)", func() { torch.Unique(torch.Ones([]int64{2}), torch.Dim(1)) }},
		{"zero", "torch.unique(torch.ones(2, 0, 0), dim=1)", func() { torch.Unique(torch.Ones([]int64{2, 0, 0}), torch.Dim(1)) }},
	})
}

func TestFunctional(t *testing.T) {
	three := func(a, b, c *torch.Tensor) any { return several(a, b, c) }
	spd := func(o operands) *torch.Tensor { return o.m.Matmul(o.m.T()).Add(torch.Eye(4)) }
	sameWithGradients(t, []call{
		{"torch.cdist(x, y)", func(o operands) any { return torch.Cdist(o.x, o.y) }},
		{"torch.cdist(x, y, p=1)", func(o operands) any { return torch.Cdist(o.x, o.y, torch.P(1)) }},
		{"torch.cdist(x, y, 2, 'use_mm_for_euclid_dist')", func(o operands) any {
			return torch.Cdist(o.x, o.y, torch.P(2), torch.ComputeMode("use_mm_for_euclid_dist"))
		}},
		{"torch.cdist(img, img, float('inf'), 'donot_use_mm_for_euclid_dist')", func(o operands) any {
			return torch.Cdist(o.img, o.img, torch.P(math.Inf(1)), torch.ComputeMode("donot_use_mm_for_euclid_dist"))
		}},
		{"torch.unravel_index(i, (2, 3))", func(o operands) any { return torch.UnravelIndex(o.i, 2, 3) }},
		{"torch.unravel_index(i.int(), 7)", func(o operands) any { return torch.UnravelIndex(o.i.Int(), 7) }},
		{"torch.lu(m @ m.T + torch.eye(4))", func(o operands) any { return pairOf(torch.Lu(spd(o))) }},
		{"torch.lu(m, get_infos=True)", func(o operands) any { return three(torch.LuInfos(o.m)) }},
		{"torch.zeros(2, 2).lu(get_infos=True)", func(o operands) any { return three(torch.Zeros([]int64{2, 2}).LuInfos()) }},
		{"torch.lu_unpack(*m.lu())", func(o operands) any {
			lu, pivots := o.m.Lu()
			return three(torch.LuUnpack(lu, pivots))
		}},
		{"torch.lu(m.detach(), out=(torch.empty(0), torch.empty(0, dtype=torch.int32)))", func(o operands) any {
			return pairOf(torch.Lu(o.m.Detach(), torch.Out(torch.Empty([]int64{0}), torch.Empty([]int64{0}, torch.Int32))))
		}},
		{"torch.chain_matmul(x, m, m)", func(o operands) any { return torch.ChainMatmul([]*torch.Tensor{o.x, o.m, o.m}) }},
		{"torch.cartesian_prod(v, v)", func(o operands) any { return torch.CartesianProd(o.v, o.v) }},
		{"torch.block_diag(x, m, v)", func(o operands) any { return torch.BlockDiag(o.x, o.m, o.v) }},
		{"torch.meshgrid(v, v)", func(o operands) any { return torch.Meshgrid([]*torch.Tensor{o.v, o.v}) }},
		{"torch.broadcast_tensors(x, v)", func(o operands) any { return torch.BroadcastTensors(o.x, o.v) }},
		{"torch.broadcast_to(v, (3, 4))", func(o operands) any { return torch.BroadcastTo(o.v, 3, 4) }},
		{"torch.split(x, [1, 2])", func(o operands) any { return torch.Split(o.x, []int64{1, 2}) }},
		{"torch.split(x, 3, 1)", func(o operands) any { return torch.Split(o.x, 3, torch.Dim(1)) }},
		{"torch.tensor_split(x, [1, 3], dim=1)", func(o operands) any { return torch.TensorSplit(o.x, []int64{1, 3}, torch.Dim(1)) }},
		{"torch.hsplit(x, [1])", func(o operands) any { return torch.Hsplit(o.x, []int64{1}) }},
		{"torch.vsplit(x, 3)", func(o operands) any { return torch.Vsplit(o.x, 3) }},
		{"torch.dsplit(img, 2)", func(o operands) any { return torch.Dsplit(o.img, 2) }},
		{"torch.atleast_1d(v.sum())", func(o operands) any { return torch.Atleast1d(o.v.Sum()) }},
		{"torch.atleast_3d(x, v)", func(o operands) any { return torch.Atleast3dList([]*torch.Tensor{o.x, o.v}) }},
		{"torch.range(1, 4)", func(o operands) any { return torch.Range(1, 4) }},
		{"torch.range(1, 4, 0.5, dtype=torch.float64)", func(o operands) any { return torch.Range(1, 4, torch.Step(0.5), torch.Float64) }},
		{"torch.range(0, 2, requires_grad=True)", func(o operands) any { return torch.Range(0, 2, torch.RequiresGrad(true)) }},
		{"torch.range(0, 3, out=v.detach())", func(o operands) any { return torch.Range(0, 3, torch.Out(o.v.Detach())) }},
	})
	two := torch.Ones([]int64{2, 2})
	sameRefusals(t, []misuse{
		{"compute_mode", "torch.cdist(torch.ones(2, 2), torch.ones(2, 2), compute_mode='fast')", func() {
			torch.Cdist(two, two, torch.ComputeMode("fast"))
		}},
		{"columns", "torch.cdist(torch.ones(2, 2), torch.ones(2, 3))", func() { torch.Cdist(two, torch.Ones([]int64{2, 3})) }},
		{"float indices", "torch.unravel_index(torch.ones(2), (2,))", func() { torch.UnravelIndex(torch.Ones([]int64{2}), 2) }},
		{"negative shape", "torch.unravel_index(torch.tensor([1]), (2, -1))", func() { torch.UnravelIndex(torch.NewTensor([]int{1}), 2, -1) }},
		{"zero shape", "torch.unravel_index(torch.tensor([1]), (0,))", func() { torch.UnravelIndex(torch.NewTensor([]int{1}), 0) }},
		{"lu out", "torch.lu(torch.ones(2, 2), out=(torch.empty(0),))", func() { torch.Lu(two, torch.Out(torch.Empty([]int64{0}))) }},
		{"range without end", "torch.range(3, 1)", func() { torch.Range(3, 1) }},
		{"range step", "torch.range(1, 3, 0)", func() { torch.Range(1, 3, torch.Step(0)) }},
	})
}

func TestRangeWarns(t *testing.T) {
	py := parity.Run(t, "torch.range(0, 1)")
	var got []string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { got = append(got, w.Message) }))
	torch.Range(0, 1)
	assert.Equal(t, []string{py.Warnings[0].Message}, got)
}

func TestBroadcastShapes(t *testing.T) {
	py := parity.Run(t, `
		out["none"] = torch.broadcast_shapes()
		out["some"] = torch.broadcast_shapes((2,), (3, 1), (1, 1, 1))
		out["zero"] = torch.broadcast_shapes((2, 1), (0,))
	`)
	want := func(key string) []int64 {
		list := []int64{}
		for _, n := range py.Numbers(key) {
			list = append(list, int64(n))
		}
		return list
	}
	assert.Equal(t, want("none"), append([]int64{}, torch.BroadcastShapes()...))
	assert.Equal(t, want("some"), torch.BroadcastShapes([]int64{2}, []int64{3, 1}, []int64{1, 1, 1}))
	assert.Equal(t, want("zero"), torch.BroadcastShapes([]int64{2, 1}, []int64{0}))
	sameRefusals(t, []misuse{
		{"mismatch", "torch.broadcast_shapes((2, 3), (4, 1), (3, 5))", func() {
			torch.BroadcastShapes([]int64{2, 3}, []int64{4, 1}, []int64{3, 5})
		}},
		{"negative", "torch.broadcast_shapes((2, 1), (-4,))", func() { torch.BroadcastShapes([]int64{2, 1}, []int64{-4}) }},
	})
}
