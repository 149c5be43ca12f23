package torch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/fft"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/linalg"
	"github.com/wangkuiyi/gotorch/special"
	"github.com/wangkuiyi/gotorch/torch"
)

// operands are the same tensors on both sides; each case gets new ones, as some
// write to them.
type operands struct {
	x, y, m, v, p, c, i, b, img, w *torch.Tensor
}

const makeOperands = `
torch.manual_seed(1)
x, y, m, v = torch.randn(3, 4), torch.randn(3, 4), torch.randn(4, 4), torch.randn(4)
p = torch.rand(3, 4)
c = torch.randn(3, 4, dtype=torch.complex64)
i = torch.randint(0, 3, (3, 4))
b = p > 0.5
img, w = torch.randn(2, 3, 6, 6), torch.randn(4, 3, 3, 3)
`

func newOperands() operands {
	torch.ManualSeed(1)
	var o operands
	o.x, o.y = torch.Randn([]int64{3, 4}), torch.Randn([]int64{3, 4})
	o.m, o.v = torch.Randn([]int64{4, 4}), torch.Randn([]int64{4})
	o.p = torch.Rand([]int64{3, 4})
	o.c = torch.Randn([]int64{3, 4}, torch.Complex64)
	o.i = torch.Randint(0, 3, []int64{3, 4})
	o.b = o.p.Gt(0.5)
	o.img, o.w = torch.Randn([]int64{2, 3, 6, 6}), torch.Randn([]int64{4, 3, 3, 3})
	return o
}

// A call is one expression in both languages. Go's may be a tensor, several, or
// a value.
type call struct {
	python string
	run    func(o operands) any
}

func several(tensors ...*torch.Tensor) any { return tensors }

func pairOf(a, b *torch.Tensor) any { return several(a, b) }

func TestGeneratedFunctions(t *testing.T) {
	calls := slicesConcat(arithmeticCalls, reductionCalls, shapeCalls, creationCalls, networkCalls, moduleCalls)
	assert.GreaterOrEqual(t, len(calls), 150)
	var code strings.Builder
	for n, c := range calls {
		statement, expression := "", c.python
		if first, last, found := strings.Cut(c.python, ";"); found { // the last one is the result
			statement, expression = first, strings.TrimSpace(last)
		}
		code.WriteString(parity.Case(n, fmt.Sprintf("%s%s\nout['%d'] = %s\n", makeOperands, statement, n, expression)))
	}
	py := parity.Run(t, code.String())
	for n, c := range calls {
		t.Run(c.python, func(t *testing.T) { compare(t, py.Case(t, n), fmt.Sprint(n), c.run(newOperands())) })
	}
}

func compare(t *testing.T, py *parity.Result, key string, got any) {
	t.Helper()
	py = py.For(t)
	switch got := got.(type) {
	case *torch.Tensor:
		py.EqualTensor(key, got)
	case []*torch.Tensor:
		py.EqualTensors(key, got)
	case string:
		assert.Equal(t, py.Text(key), got)
	case bool:
		assert.Equal(t, py.Value(key).Value, got)
	default:
		assert.Equal(t, py.Number(key), got)
	}
}

func slicesConcat(lists ...[]call) (all []call) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

var arithmeticCalls = []call{
	{"torch.add(x, y)", func(o operands) any { return torch.Add(o.x, o.y) }},
	{"torch.add(x, y, alpha=2)", func(o operands) any { return torch.Add(o.x, o.y, torch.Alpha(2)) }},
	{"torch.add(i, 1.5)", func(o operands) any { return torch.Add(o.i, 1.5) }},
	{"i.add(2, alpha=3)", func(o operands) any { return o.i.Add(2, torch.Alpha(3)) }},
	{"x.add_(y, alpha=0.5)", func(o operands) any { return o.x.Add_(o.y, torch.Alpha(0.5)) }},
	{"i.add(True)", func(o operands) any { return o.i.Add(true) }},
	{"torch.add(x, y, out=p); p", func(o operands) any { torch.Add(o.x, o.y, torch.Out(o.p)); return o.p }},
	{"x.sub(2)", func(o operands) any { return o.x.Sub(2) }},
	{"x.mul(1 + 2j)", func(o operands) any { return o.x.Mul(1 + 2i) }},
	{"i.div(2)", func(o operands) any { return o.i.Div(2) }},
	{"x.div(y, rounding_mode='floor')", func(o operands) any { return o.x.Div(o.y, torch.RoundingMode("floor")) }},
	{"i.div_(2, rounding_mode='trunc')", func(o operands) any { return o.i.Div_(2, torch.RoundingMode("trunc")) }},
	{"torch.true_divide(i, 2)", func(o operands) any { return torch.TrueDivide(o.i, 2) }},
	{"torch.rsub(x, 2)", func(o operands) any { return torch.Rsub(o.x, 2) }},
	{"torch.pow(2, x)", func(o operands) any { return torch.Pow(2, o.x) }},
	{"torch.pow(x, 2)", func(o operands) any { return torch.Pow(o.x, 2) }},
	{"p.pow(y)", func(o operands) any { return o.p.Pow(o.y) }},
	{"torch.float_power(x, 3)", func(o operands) any { return torch.FloatPower(o.x, 3) }},
	{"torch.remainder(i, 2)", func(o operands) any { return torch.Remainder(o.i, 2) }},
	{"torch.remainder(7, i + 1)", func(o operands) any { return torch.Remainder(7, o.i.Add(1)) }},
	{"torch.fmod(x, 0.3)", func(o operands) any { return torch.Fmod(o.x, 0.3) }},
	{"torch.bitwise_and(i, 1)", func(o operands) any { return torch.BitwiseAnd(o.i, 1) }},
	{"torch.bitwise_left_shift(1, i)", func(o operands) any { return torch.BitwiseLeftShift(1, o.i) }},
	{"torch.logical_or(b, i)", func(o operands) any { return torch.LogicalOr(o.b, o.i) }},
	{"torch.clamp(x, min=-0.5, max=0.5)", func(o operands) any { return torch.Clamp(o.x, torch.WithMin(-0.5), torch.WithMax(0.5)) }},
	{"x.clamp(max=y)", func(o operands) any { return o.x.Clamp(torch.WithMax(o.y)) }},
	{"x.clamp_(0)", func(o operands) any { return o.x.Clamp_(torch.WithMin(0)) }},
	{"torch.clip(x, 0, 1)", func(o operands) any { return torch.Clip(o.x, torch.WithMin(0), torch.WithMax(1)) }},
	{"torch.clamp_min(x, y)", func(o operands) any { return torch.ClampMin(o.x, o.y) }},
	{"torch.lerp(x, y, 0.25)", func(o operands) any { return torch.Lerp(o.x, o.y, 0.25) }},
	{"torch.lerp(x, y, p)", func(o operands) any { return torch.Lerp(o.x, o.y, o.p) }},
	{"torch.addcmul(x, y, p, value=0.1)", func(o operands) any { return torch.Addcmul(o.x, o.y, o.p, torch.Value(0.1)) }},
	{"x.addcdiv_(y, p, value=2)", func(o operands) any { return o.x.Addcdiv_(o.y, o.p, torch.Value(2)) }},
	{"torch.addmm(v, m, m, beta=2, alpha=0.5)", func(o operands) any { return torch.Addmm(o.v, o.m, o.m, torch.Beta(2), torch.Alpha(0.5)) }},
	{"torch.baddbmm(m[None], m[None], m[None], alpha=2)", func(o operands) any {
		m := o.m.Unsqueeze(0)
		return torch.Baddbmm(m, m, m, torch.Alpha(2))
	}},
	{"torch.heaviside(x, y)", func(o operands) any { return torch.Heaviside(o.x, o.y) }},
	{"torch.copysign(x, -1)", func(o operands) any { return torch.Copysign(o.x, -1) }},
	{"torch.nan_to_num(x / 0, nan=1.0, posinf=2.0)", func(o operands) any {
		return torch.NanToNum(o.x.Div(0), torch.Nan(1), torch.Posinf(2))
	}},
	{"torch.round(x, decimals=1)", func(o operands) any { return torch.Round(o.x, torch.Decimals(1)) }},
	{"torch.isclose(x, y, rtol=1.0)", func(o operands) any { return torch.Isclose(o.x, o.y, torch.Rtol(1)) }},
	{"torch.allclose(x, y, atol=100.)", func(o operands) any { return torch.Allclose(o.x, o.y, torch.Atol(100)) }},
	{"torch.isin(i, torch.tensor([1, 2]), invert=True)", func(o operands) any {
		return torch.Isin(o.i, torch.NewTensor([]int{1, 2}), torch.Invert(true))
	}},
	{"torch.isin(i, 1)", func(o operands) any { return torch.Isin(o.i, 1) }},
	{"torch.eq(i, 1.0)", func(o operands) any { return torch.Eq(o.i, 1.0) }},
	{"x.lt_(y)", func(o operands) any { return o.x.Lt_(o.y) }},
	{"torch.where(b, x, y)", func(o operands) any { return torch.Where(o.b, o.x, o.y) }},
	{"torch.where(b, x, 0)", func(o operands) any { return torch.Where(o.b, o.x, 0) }},
	{"torch.where(b, 1, 0.5)", func(o operands) any { return torch.Where(o.b, 1, 0.5) }},
	{"x.where(b, 2)", func(o operands) any { return o.x.Where(o.b, 2) }},
	{"torch.where(b)", func(o operands) any { return torch.WhereIndices(o.b) }},
	{"torch.relu_(x)", func(o operands) any { return torch.Relu_(o.x) }},
	{"torch.logit(p, eps=0.1)", func(o operands) any { return torch.Logit(o.p, torch.Eps(0.1)) }},
	{"torch.angle(c)", func(o operands) any { return torch.Angle(o.c) }},
	{"c.real", func(o operands) any { return o.c.Real() }},
	{"c.imag", func(o operands) any { return o.c.Imag() }},
	{"c.H", func(o operands) any { return o.c.H() }},
	{"c.mT", func(o operands) any { return o.c.MT() }},
	{"x.fill_(3)", func(o operands) any { return o.x.Fill_(3) }},
	{"x.masked_fill(b, -1)", func(o operands) any { return o.x.MaskedFill(o.b, -1) }},
	{"x.masked_fill_(b, torch.tensor(7.))", func(o operands) any { return o.x.MaskedFill_(o.b, torch.NewTensor(float32(7))) }},
}

var reductionCalls = []call{
	{"x.sum()", func(o operands) any { return o.x.Sum() }},
	{"x.sum(dim=(0, 1), keepdim=True)", func(o operands) any { return o.x.Sum(torch.Dim(0, 1), torch.Keepdim(true)) }},
	{"i.sum(1, dtype=torch.float64)", func(o operands) any { return o.i.Sum(torch.Dim(1), torch.Float64) }},
	{"torch.sum(x, 0, out=v); v", func(o operands) any { return torch.Sum(o.x, torch.Dim(0), torch.Out(o.v)) }},
	{"x.mean(1)", func(o operands) any { return o.x.Mean(torch.Dim(1)) }},
	{"i.mean(dtype=torch.float32)", func(o operands) any { return o.i.Mean(torch.Float32) }},
	{"x.prod(0, keepdim=True)", func(o operands) any { return o.x.Prod(torch.Dim(0), torch.Keepdim(true)) }},
	{"x.std(0, correction=0)", func(o operands) any { return o.x.Std(torch.Dim(0), torch.Correction(0)) }},
	{"x.std()", func(o operands) any { return o.x.Std() }},
	{"x.var(unbiased=False)", func(o operands) any { return o.x.Var(torch.Unbiased(false)) }},
	{"torch.var_mean(x, 1)", func(o operands) any { return pairOf(torch.VarMean(o.x, torch.Dim(1))) }},
	{"x.all()", func(o operands) any { return o.x.All() }},
	{"b.all(0)", func(o operands) any { return o.b.All(torch.Dim(0)) }},
	{"b.any((0, 1), keepdim=True)", func(o operands) any { return o.b.Any(torch.Dim(0, 1), torch.Keepdim(true)) }},
	{"x.max()", func(o operands) any { return o.x.Max() }},
	{"x.max(1)", func(o operands) any { return pairOf(o.x.MaxDim(1)) }},
	{"x.min(0, keepdim=True)", func(o operands) any { return pairOf(torch.MinDim(o.x, 0, torch.Keepdim(true))) }},
	{"torch.max(x, y)", func(o operands) any { return torch.Max(o.x, torch.Other(o.y)) }},
	{"x.median(1)", func(o operands) any { return pairOf(o.x.MedianDim(1)) }},
	{"x.nanmedian()", func(o operands) any { return o.x.Nanmedian() }},
	{"i.mode(0)", func(o operands) any { return pairOf(o.i.Mode(torch.Dim(0))) }},
	{"x.amax((0, 1))", func(o operands) any { return o.x.Amax(torch.Dim(0, 1)) }},
	{"x.aminmax(dim=1)", func(o operands) any { return pairOf(o.x.Aminmax(torch.Dim(1))) }},
	{"x.argmax()", func(o operands) any { return o.x.Argmax() }},
	{"x.argmax(1, keepdim=True)", func(o operands) any { return o.x.Argmax(torch.Dim(1), torch.Keepdim(true)) }},
	{"x.logsumexp(1)", func(o operands) any { return o.x.Logsumexp([]int64{1}) }},
	{"x.cumsum(1, dtype=torch.float64)", func(o operands) any { return o.x.Cumsum(1, torch.Float64) }},
	{"x.cummax(0)", func(o operands) any { return pairOf(o.x.Cummax(0)) }},
	{"x.quantile(0.3)", func(o operands) any { return o.x.Quantile(0.3) }},
	{"x.quantile(0.3, dim=1, interpolation='nearest')", func(o operands) any {
		return o.x.Quantile(0.3, torch.Dim(1), torch.Interpolation("nearest"))
	}},
	{"x.count_nonzero(0)", func(o operands) any { return o.x.CountNonzero(torch.Dim(0)) }},
	{"x.sort(descending=True, stable=True)", func(o operands) any {
		return pairOf(o.x.Sort(torch.Descending(true), torch.Stable(true)))
	}},
	{"x.sort(0)", func(o operands) any { return pairOf(torch.Sort(o.x, torch.Dim(0))) }},
	{"x.argsort(1, descending=True)", func(o operands) any { return o.x.Argsort(torch.Dim(1), torch.Descending(true)) }},
	{"x.topk(2, largest=False)", func(o operands) any { return pairOf(o.x.Topk(2, torch.Largest(false))) }},
	{"x.kthvalue(2, 0)", func(o operands) any { return pairOf(o.x.Kthvalue(2, torch.Dim(0))) }},
	{"torch.histc(x, bins=5, min=-1, max=1)", func(o operands) any {
		return torch.Histc(o.x, torch.Bins(5), torch.WithMin(-1), torch.WithMax(1))
	}},
	{"torch.bincount(i[0], minlength=5)", func(o operands) any { return torch.Bincount(o.i.Select(0, 0), torch.Minlength(5)) }},
	{"torch.histogram(v.cpu(), 4)", func(o operands) any { return pairOf(torch.Histogram(o.v.Cpu(), torch.Bins(4))) }},
	{"torch.renorm(x, 2, 0, 1.5)", func(o operands) any { return torch.Renorm(o.x, 2, 0, 1.5) }},
	{"torch.trapezoid(x, dx=0.5)", func(o operands) any { return torch.Trapezoid(o.x, torch.Dx(0.5)) }},
	{"torch.diff(x, n=2, dim=0)", func(o operands) any { return torch.Diff(o.x, torch.N(2), torch.Dim(0)) }},
	{"torch.gradient(v)", func(o operands) any { return torch.Gradient(o.v) }},
	{"torch.gradient(x, spacing=2.0, dim=1)", func(o operands) any { return torch.Gradient(o.x, torch.Spacing(2.0), torch.Dim(1)) }},
	{"torch.gradient(x, dim=(0, 1), edge_order=1)", func(o operands) any {
		return torch.Gradient(o.x, torch.Dim(0, 1), torch.EdgeOrder(1))
	}},
	{"torch.equal(x, x)", func(o operands) any { return torch.Equal(o.x, o.x) }},
}

var shapeCalls = []call{
	{"x.view(2, -1)", func(o operands) any { return o.x.View(2, -1) }},
	{"x.view(torch.int32)", func(o operands) any { return o.x.ViewDtype(torch.Int32) }},
	{"x.reshape(6, 2)", func(o operands) any { return o.x.Reshape(6, 2) }},
	{"img.permute(0, 2, 3, 1)", func(o operands) any { return o.img.Permute(0, 2, 3, 1) }},
	{"x.t()", func(o operands) any { return o.x.T() }},
	{"img.flatten(1)", func(o operands) any { return o.img.Flatten(torch.StartDim(1)) }},
	{"x.unflatten(1, (2, 2))", func(o operands) any { return o.x.Unflatten(1, 2, 2) }},
	{"x[None].squeeze()", func(o operands) any { return o.x.Unsqueeze(0).Squeeze() }},
	{"x[None].squeeze(0)", func(o operands) any { return o.x.Unsqueeze(0).Squeeze(torch.Dim(0)) }},
	{"x[None, None].squeeze((0, 1))", func(o operands) any { return o.x.Unsqueeze(0).Unsqueeze(0).Squeeze(torch.Dim(0, 1)) }},
	{"v.expand(3, 4)", func(o operands) any { return o.v.Expand(3, 4) }},
	{"v.repeat(2, 2)", func(o operands) any { return o.v.Repeat(2, 2) }},
	{"torch.repeat_interleave(x, 2, dim=0)", func(o operands) any { return torch.RepeatInterleave(o.x, 2, torch.Dim(0)) }},
	{"v.repeat_interleave(torch.tensor([1, 2, 0, 1]))", func(o operands) any {
		return o.v.RepeatInterleave(torch.NewTensor([]int{1, 2, 0, 1}))
	}},
	{"torch.cat([x, y], dim=1)", func(o operands) any { return torch.Cat([]*torch.Tensor{o.x, o.y}, torch.Dim(1)) }},
	{"torch.stack([x, y], 1)", func(o operands) any { return torch.Stack([]*torch.Tensor{o.x, o.y}, torch.Dim(1)) }},
	{"torch.split(x, 2)", func(o operands) any { return torch.Split(o.x, 2) }},
	{"x.split([1, 3], dim=1)", func(o operands) any { return o.x.Split([]int64{1, 3}, torch.Dim(1)) }},
	{"x.chunk(2, 1)", func(o operands) any { return o.x.Chunk(2, torch.Dim(1)) }},
	{"torch.tensor_split(v, 3)", func(o operands) any { return torch.TensorSplit(o.v, 3) }},
	{"torch.tensor_split(v, [1, 3])", func(o operands) any { return torch.TensorSplit(o.v, []int64{1, 3}) }},
	{"torch.tensor_split(x, torch.tensor(2, device='cpu'), dim=1)", func(o operands) any {
		return torch.TensorSplit(o.x, torch.NewTensor(2, torch.CPU), torch.Dim(1))
	}},
	{"x.hsplit(2)", func(o operands) any { return o.x.Hsplit(2) }},
	{"x.unbind(1)", func(o operands) any { return o.x.Unbind(torch.Dim(1)) }},
	{"torch.flip(x, (0, 1))", func(o operands) any { return torch.Flip(o.x, 0, 1) }},
	{"torch.roll(x, (1, 2), (0, 1))", func(o operands) any { return torch.Roll(o.x, []int64{1, 2}, torch.Dims(0, 1)) }},
	{"torch.rot90(x, 3)", func(o operands) any { return torch.Rot90(o.x, torch.K(3)) }},
	{"x.tril(-1)", func(o operands) any { return o.x.Tril(torch.WithDiagonal(-1)) }},
	{"x.diagonal(1)", func(o operands) any { return o.x.Diagonal(torch.Offset(1)) }},
	{"torch.diag_embed(v, 1)", func(o operands) any { return torch.DiagEmbed(o.v, torch.Offset(1)) }},
	{"x.gather(1, i[:, :2])", func(o operands) any { return o.x.Gather(1, o.i.Narrow(1, 0, 2)) }},
	{"x.scatter(1, i, 9)", func(o operands) any { return o.x.Scatter(1, o.i, 9) }},
	{"x.scatter_(0, i, y, reduce='add')", func(o operands) any { return o.x.Scatter_(0, o.i, o.y, torch.Reduce("add")) }},
	{"x.scatter_add_(0, i, y)", func(o operands) any { return o.x.ScatterAdd_(0, o.i, o.y) }},
	{"x.index_select(1, i[0])", func(o operands) any { return o.x.IndexSelect(1, o.i.Select(0, 0)) }},
	{"x.index_fill_(1, i[0], 5)", func(o operands) any { return o.x.IndexFill_(1, o.i.Select(0, 0), 5) }},
	{"x.index_add(0, i[:, 0], y, alpha=2)", func(o operands) any { return o.x.IndexAdd(0, o.i.Select(1, 0), o.y, torch.Alpha(2)) }},
	{"x.take(i)", func(o operands) any { return o.x.Take(o.i) }},
	{"torch.broadcast_tensors(x, v)", func(o operands) any { return torch.BroadcastTensors(o.x, o.v) }},
	{"torch.meshgrid(v, v, indexing='xy')", func(o operands) any {
		return torch.Meshgrid([]*torch.Tensor{o.v, o.v}, torch.Indexing("xy"))
	}},
	{"torch.atleast_2d(v)", func(o operands) any { return torch.Atleast2d(o.v) }},
	{"torch.atleast_2d([v, x])", func(o operands) any { return torch.Atleast2dList([]*torch.Tensor{o.v, o.x}) }},
	{"torch.block_diag(x, m)", func(o operands) any { return torch.BlockDiag(o.x, o.m) }},
	{"torch.cartesian_prod(v, v)", func(o operands) any { return torch.CartesianProd(o.v, o.v) }},
	{"x.as_strided((2, 2), (1, 2), 1)", func(o operands) any {
		return o.x.AsStrided([]int64{2, 2}, []int64{1, 2}, torch.StorageOffset(1))
	}},
	{"x.movedim(0, 1)", func(o operands) any { return o.x.Movedim(0, 1) }},
	{"img.movedim((0, 1), (1, 0))", func(o operands) any { return o.img.Movedim([]int64{0, 1}, []int64{1, 0}) }},
	{"torch.nonzero(b)", func(o operands) any { return torch.Nonzero(o.b) }},
	{"x.to(torch.float16)", func(o operands) any { return o.x.To(torch.Float16) }},
	{"img.contiguous(memory_format=torch.channels_last)", func(o operands) any { return o.img.Contiguous(torch.ChannelsLast) }},
	{"img.clone(memory_format=torch.channels_last)", func(o operands) any { return o.img.Clone(torch.ChannelsLast) }},
	{"torch.searchsorted(v.sort()[0], x, right=True)", func(o operands) any {
		sorted, _ := o.v.Sort()
		return torch.Searchsorted(sorted, o.x, torch.Right(true))
	}},
	{"torch.bucketize(0.5, v.sort()[0])", func(o operands) any {
		sorted, _ := o.v.Sort()
		return torch.Bucketize(0.5, sorted)
	}},
	{"x.resolve_conj()", func(o operands) any { return o.x.ResolveConj() }},
}

var creationCalls = []call{
	{"torch.zeros(2, 3, dtype=torch.int32)", func(o operands) any { return torch.Zeros([]int64{2, 3}, torch.Int32) }},
	{"torch.zeros(3, 4, out=x)", func(o operands) any { return torch.Zeros([]int64{3, 4}, torch.Out(o.x)) }},
	{"torch.full((2, 2), 7)", func(o operands) any { return torch.Full([]int64{2, 2}, 7) }},
	{"torch.full_like(x, 7, dtype=torch.int64)", func(o operands) any { return torch.FullLike(o.x, 7, torch.Int64) }},
	{"torch.arange(5)", func(o operands) any { return torch.Arange(5) }},
	{"torch.arange(1, 2, 0.25)", func(o operands) any { return torch.ArangeFrom(1, 2, torch.Step(0.25)) }},
	{"torch.arange(1, 4, dtype=torch.float64)", func(o operands) any { return torch.ArangeFrom(1, 4, torch.Float64) }},
	{"torch.linspace(0, 1, 5)", func(o operands) any { return torch.Linspace(0, 1, 5) }},
	{"torch.linspace(torch.tensor(0.), 1, 5)", func(o operands) any { return torch.Linspace(torch.NewTensor(float32(0)), 1, 5) }},
	{"torch.logspace(0, 2, 5, base=2.0)", func(o operands) any { return torch.Logspace(0, 2, 5, torch.Base(2.0)) }},
	{"torch.eye(3)", func(o operands) any { return torch.Eye(3) }},
	{"torch.eye(3, 4)", func(o operands) any { return torch.Eye(3, torch.M(4)) }},
	{"torch.tril_indices(3, 4, offset=1)", func(o operands) any { return torch.TrilIndices(3, 4, torch.Offset(1)) }},
	{"torch.hann_window(8, periodic=False)", func(o operands) any { return torch.HannWindow(8, torch.Periodic(false)) }},
	{"torch.kaiser_window(8, True, 6.0)", func(o operands) any { return torch.KaiserWindow(8, torch.Periodic(true), torch.Beta(6)) }},
	{"torch.rand(3)", func(o operands) any { return torch.Rand([]int64{3}) }},
	{"torch.rand(3, device='cpu', generator=torch.Generator().manual_seed(3))", func(o operands) any {
		return torch.Rand([]int64{3}, torch.CPU, torch.NewGenerator().ManualSeed(3))
	}},
	{"torch.randperm(6)", func(o operands) any { return torch.Randperm(6) }},
	{"torch.randint(2, 9, (4,), dtype=torch.int32)", func(o operands) any { return torch.Randint(2, 9, []int64{4}, torch.Int32) }},
	{"torch.randint_like(x, 5, 9)", func(o operands) any { return torch.RandintLike(o.x, 5, 9) }},
	{"torch.normal(0.0, 2.0, (3,))", func(o operands) any { return torch.Normal(0.0, 2.0, torch.WithSize(3)) }},
	{"torch.normal(x, p)", func(o operands) any { return torch.Normal(o.x, o.p) }},
	{"torch.normal(1.5, p)", func(o operands) any { return torch.Normal(1.5, o.p) }},
	{"torch.bernoulli(p)", func(o operands) any { return torch.Bernoulli(o.p) }},
	{"x.bernoulli_(0.3)", func(o operands) any { return o.x.Bernoulli_(0.3) }},
	{"x.bernoulli_(p)", func(o operands) any { return o.x.Bernoulli_(o.p) }},
	{"x.uniform_(-1, 1)", func(o operands) any { return o.x.Uniform_(-1, 1) }},
	{"x.random_(3, 9)", func(o operands) any { return o.x.Random_(torch.From(3), torch.To(9)) }},
	{"x.exponential_(lambd=2.0)", func(o operands) any { return o.x.Exponential_(torch.Lambd(2)) }},
	{"torch.multinomial(p, 3, True)", func(o operands) any { return torch.Multinomial(o.p, 3, torch.Replacement(true)) }},
	{"torch.poisson(p)", func(o operands) any { return torch.Poisson(o.p) }},
	{"x.new_zeros((2,), dtype=torch.int16)", func(o operands) any { return o.x.NewZeros([]int64{2}, torch.Int16) }},
	{"x.new_full((2,), 3)", func(o operands) any { return o.x.NewFull([]int64{2}, 3) }},
	{"torch.complex(x, y)", func(o operands) any { return torch.Complex(o.x, o.y) }},
	{"torch.polar(p, y)", func(o operands) any { return torch.Polar(o.p, o.y) }},
	{"torch.scalar_tensor(3)", func(o operands) any { return torch.ScalarTensor(3) }},
	{"torch.vander(v, N=3)", func(o operands) any { return torch.Vander(o.v, torch.N(3)) }},
}

var networkCalls = []call{
	{"torch.softmax(x, 1, dtype=torch.float64)", func(o operands) any { return torch.Softmax(o.x, 1, torch.Float64) }},
	{"x.log_softmax(0)", func(o operands) any { return o.x.LogSoftmax(0) }},
	{"F.linear(x, m, v)", func(o operands) any { return torch.Linear(o.x, o.m, torch.Bias(o.v)) }},
	{"torch.conv2d(img, w, v, stride=2, padding=1)", func(o operands) any {
		return torch.Conv2d(o.img, o.w, torch.Bias(o.v), torch.Stride(2), torch.Padding(1))
	}},
	{"torch.conv2d(img, w, padding='same')", func(o operands) any { return torch.Conv2d(o.img, o.w, torch.Padding("same")) }},
	{"torch.conv2d(img, w, padding=(1, 2), dilation=(1, 2))", func(o operands) any {
		return torch.Conv2d(o.img, o.w, torch.Padding([]int{1, 2}), torch.Dilation(1, 2))
	}},
	{"torch.max_pool2d(img, 2)", func(o operands) any { return torch.MaxPool2d(o.img, []int64{2}) }},
	{"F.avg_pool2d(img, 3, stride=1, padding=1, count_include_pad=False)", func(o operands) any {
		return torch.AvgPool2d(o.img, []int64{3}, torch.Stride(1), torch.Padding(1), torch.CountIncludePad(false))
	}},
	{"F.adaptive_avg_pool2d(img, 2)", func(o operands) any { return torch.AdaptiveAvgPool2d(o.img, []int64{2}) }},
	{"F.gelu(x, approximate='tanh')", func(o operands) any { return torch.Gelu(o.x, torch.Approximate("tanh")) }},
	{"F.softplus(x, beta=2, threshold=3)", func(o operands) any { return torch.Softplus(o.x, torch.Beta(2), torch.WithThreshold(3)) }},
	{"F.elu(x, alpha=0.5)", func(o operands) any { return torch.Elu(o.x, torch.Alpha(0.5)) }},
	{"F.leaky_relu(x, 0.2)", func(o operands) any { return torch.LeakyRelu(o.x, torch.NegativeSlope(0.2)) }},
	{"F.hardtanh(x, -0.5, 0.5)", func(o operands) any { return torch.Hardtanh(o.x, torch.MinVal(-0.5), torch.MaxVal(0.5)) }},
	{"torch.celu(x, alpha=2.0)", func(o operands) any { return torch.Celu(o.x, torch.Alpha(2.0)) }},
	{"F.mse_loss(x, y, reduction='sum')", func(o operands) any { return torch.MseLoss(o.x, o.y, torch.ReductionSum) }},
	{"F.huber_loss(x, y, delta=0.5)", func(o operands) any { return torch.HuberLoss(o.x, o.y, torch.Delta(0.5)) }},
	{"F.smooth_l1_loss(x, y, reduction='none', beta=0.5)", func(o operands) any {
		return torch.SmoothL1Loss(o.x, o.y, torch.ReductionNone, torch.Beta(0.5))
	}},
	{"F.cross_entropy(x, i[:, 0], label_smoothing=0.1)", func(o operands) any {
		return torch.CrossEntropyLoss(o.x, o.i.Select(1, 0), torch.LabelSmoothing(0.1))
	}},
	{"F.nll_loss(x, i[:, 0], weight=v)", func(o operands) any { return torch.NllLoss(o.x, o.i.Select(1, 0), torch.Weight(o.v)) }},
	{"F.binary_cross_entropy_with_logits(x, p, pos_weight=v)", func(o operands) any {
		return torch.BinaryCrossEntropyWithLogits(o.x, o.p, torch.PosWeight(o.v))
	}},
	{"F.layer_norm(x, (4,), weight=v, eps=1e-3)", func(o operands) any {
		return torch.LayerNorm(o.x, []int64{4}, torch.Weight(o.v), torch.Eps(1e-3))
	}},
	{"F.group_norm(img, 3)", func(o operands) any { return torch.GroupNorm(o.img, 3) }},
	{"F.pad(x, (1, 2), value=3.0)", func(o operands) any { return torch.Pad(o.x, []int64{1, 2}, torch.Value(3.0)) }},
	{"F.pad(img, (1, 1, 0, 0), mode='circular')", func(o operands) any { return torch.Pad(o.img, []int64{1, 1, 0, 0}, torch.WithMode("circular")) }},
	{"F.embedding(i, m)", func(o operands) any { return torch.Embedding(o.m, o.i) }},
	{"F.one_hot(i, 5)", func(o operands) any { return torch.OneHot(o.i, torch.NumClasses(5)) }},
	{"F.interpolate(img, size=(3, 3), mode='bilinear', align_corners=True)", func(o operands) any {
		return torch.UpsampleBilinear2d(o.img, []int64{3, 3}, true)
	}},
	{"F.interpolate(img, scale_factor=2, mode='nearest')", func(o operands) any {
		return torch.UpsampleNearest2d(o.img, nil, torch.ScaleFactors(2, 2))
	}},
	{"F.scaled_dot_product_attention(img, img, img, is_causal=True)", func(o operands) any {
		return torch.ScaledDotProductAttention(o.img, o.img, o.img, torch.IsCausal(true))
	}},
	{"torch.dropout(x, 0.5, True)", func(o operands) any { return torch.Dropout(o.x, 0.5, true) }},
	{"F.pixel_shuffle(img.repeat(1, 4, 1, 1), 2)", func(o operands) any { return torch.PixelShuffle(o.img.Repeat(1, 4, 1, 1), 2) }},
	{"torch.cosine_similarity(x, y, dim=0)", func(o operands) any { return torch.CosineSimilarity(o.x, o.y, torch.Dim(0)) }},
	{"F.unfold(img, 3, padding=1)", func(o operands) any {
		return torch.Im2col(o.img, []int64{3, 3}, []int64{1, 1}, []int64{1, 1}, []int64{1, 1})
	}},
}

var moduleCalls = []call{
	{"torch.linalg.svd(m, full_matrices=False)", func(o operands) any {
		u, s, vh := linalg.Svd(o.m, torch.FullMatrices(false))
		return several(u, s, vh)
	}},
	{"torch.linalg.norm(x, ord='fro')", func(o operands) any { return linalg.Norm(o.x, torch.Ord("fro")) }},
	{"torch.linalg.norm(x, 1, dim=0)", func(o operands) any { return linalg.Norm(o.x, torch.Ord(1), torch.Dim(0)) }},
	{"torch.linalg.norm(x)", func(o operands) any { return linalg.Norm(o.x) }},
	{"torch.linalg.matrix_norm(m)", func(o operands) any { return linalg.MatrixNorm(o.m) }},
	{"torch.linalg.matrix_norm(m, ord=2)", func(o operands) any { return linalg.MatrixNorm(o.m, torch.Ord(2)) }},
	{"torch.linalg.vector_norm(x, 3, dim=(0, 1), keepdim=True)", func(o operands) any {
		return linalg.VectorNorm(o.x, torch.Ord(3), torch.Dim(0, 1), torch.Keepdim(true))
	}},
	{"torch.linalg.cond(m, 'fro')", func(o operands) any { return linalg.Cond(o.m, torch.P("fro")) }},
	{"torch.linalg.matrix_rank(m, atol=0.1)", func(o operands) any { return linalg.MatrixRank(o.m, torch.Atol(0.1)) }},
	{"torch.linalg.pinv(x, rtol=1e-3)", func(o operands) any { return linalg.Pinv(o.x, torch.Rtol(1e-3)) }},
	{"torch.linalg.qr(m)", func(o operands) any { return pairOf(linalg.Qr(o.m)) }},
	{"torch.linalg.qr(m, mode='complete')", func(o operands) any { return pairOf(linalg.Qr(o.m, torch.WithMode("complete"))) }},
	{"torch.linalg.solve(m, v)", func(o operands) any { return linalg.Solve(o.m, o.v) }},
	{"torch.linalg.eigh(m, UPLO='U')", func(o operands) any { return pairOf(linalg.Eigh(o.m, torch.UPLO("U"))) }},
	{"torch.linalg.cholesky(m @ m.T + torch.eye(4), upper=True)", func(o operands) any {
		return linalg.Cholesky(o.m.Matmul(o.m.T()).Add(torch.Eye(4)), torch.Upper(true))
	}},
	{"torch.linalg.multi_dot([x, m, m])", func(o operands) any { return linalg.MultiDot([]*torch.Tensor{o.x, o.m, o.m}) }},
	{"torch.linalg.det(m)", func(o operands) any { return linalg.Det(o.m) }},
	{"torch.fft.fft(x)", func(o operands) any { return fft.Fft(o.x) }},
	{"torch.fft.fft(x, n=5, dim=0, norm='ortho')", func(o operands) any {
		return fft.Fft(o.x, torch.N(5), torch.Dim(0), torch.WithNorm("ortho"))
	}},
	{"torch.fft.rfft2(m)", func(o operands) any { return fft.Rfft2(o.m) }},
	{"torch.fft.irfftn(c, s=(3, 4), dim=(0, 1))", func(o operands) any { return fft.Irfftn(o.c, torch.S(3, 4), torch.Dim(0, 1)) }},
	{"torch.fft.fftfreq(5, d=0.5)", func(o operands) any { return fft.Fftfreq(5, torch.D(0.5)) }},
	{"torch.fft.fftshift(x, dim=1)", func(o operands) any { return fft.Fftshift(o.x, torch.Dim(1)) }},
	{"torch.special.xlogy(x, 2)", func(o operands) any { return special.Xlogy(o.x, 2) }},
	{"torch.special.xlogy(2, p)", func(o operands) any { return special.Xlogy(2, o.p) }},
	{"torch.special.zeta(2, p + 1)", func(o operands) any { return special.Zeta(2, o.p.Add(1)) }},
	{"torch.special.polygamma(1, p)", func(o operands) any { return special.Polygamma(1, o.p) }},
	{"torch.special.logit(p, eps=1e-3)", func(o operands) any { return special.Logit(o.p, torch.Eps(1e-3)) }},
	{"torch.special.erfcx(x)", func(o operands) any { return special.Erfcx(o.x) }},
	{"torch.special.expit(x)", func(o operands) any { return special.Expit(o.x) }},
}
