package functional_test

import (
	"testing"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

var inplace = []opt{{"inplace=True", F.Inplace(true)}, {"inplace=False", F.Inplace(false)}}

func TestActivations(t *testing.T) {
	var rows []row
	for _, c := range []struct {
		name string
		f    func(*torch.Tensor, ...F.InplaceOption) *torch.Tensor
	}{
		{"relu", F.Relu}, {"relu6", F.Relu6}, {"selu", F.Selu}, {"silu", F.Silu}, {"mish", F.Mish}, {"hardswish", F.Hardswish},
		{"hardsigmoid", F.Hardsigmoid},
		{"threshold", func(x *torch.Tensor, opts ...F.InplaceOption) *torch.Tensor { return F.Threshold(x, 0.1, 20, opts...) }},
	} {
		arguments := ""
		if c.name == "threshold" {
			arguments = ", 0.1, 20"
		}
		rows = append(rows, cross("F."+c.name+"(x * 3"+arguments+"%s)",
			func(o *operands, opts ...F.InplaceOption) any { return c.f(o.x.Mul(3), opts...) }, inplace)...)
	}
	alpha := []opt{{"alpha=0.5", F.Alpha(0.5)}, {"alpha=2", F.Alpha(2)}}
	rows = append(rows, cross("F.elu(x * 1%s)", func(o *operands, opts ...F.EluOption) any { return F.Elu(o.x.Mul(1), opts...) }, alpha, inplace)...)
	rows = append(rows, cross("F.celu(x * 1%s)", func(o *operands, opts ...F.EluOption) any { return F.Celu(o.x.Mul(1), opts...) }, alpha, inplace)...)
	rows = append(rows, cross("F.leaky_relu(x * 1%s)",
		func(o *operands, opts ...F.LeakyReluOption) any { return F.LeakyRelu(o.x.Mul(1), opts...) },
		[]opt{{"negative_slope=0.2", F.NegativeSlope(0.2)}}, inplace)...)
	rows = append(rows, cross("F.hardtanh(x * 1%s)",
		func(o *operands, opts ...F.HardtanhOption) any { return F.Hardtanh(o.x.Mul(1), opts...) },
		[]opt{{"min_val=-0.5", F.MinVal(-0.5)}}, []opt{{"max_val=0.5", F.MaxVal(0.5)}, {"max_val=-2.0", F.MaxVal(-2)}}, inplace)...)
	rows = append(rows, cross("F.rrelu(x * 1%s)",
		func(o *operands, opts ...F.RreluOption) any { return F.Rrelu(o.x.Mul(1), opts...) },
		[]opt{{"lower=0.1", F.Lower(0.1)}}, []opt{{"upper=0.5", F.Upper(0.5)}}, []opt{{"training=True", F.Training(true)}}, inplace)...)
	rows = append(rows, cross("F.glu(x%s)", func(o *operands, opts ...F.GluOption) any { return F.Glu(o.x, opts...) },
		[]opt{{"dim=1", F.Dim(1)}, {"dim=0", F.Dim(0)}})...)
	rows = append(rows, cross("F.gumbel_softmax(x%s)",
		func(o *operands, opts ...F.GumbelSoftmaxOption) any { return F.GumbelSoftmax(o.x, opts...) },
		[]opt{{"tau=0.5", F.Tau(0.5)}}, []opt{{"hard=True", F.Hard(true)}}, []opt{{"eps=1e-3", F.Eps(1e-3)}}, []opt{{"dim=0", F.Dim(0)}})...)
	rows = append(rows, cross("F.softplus(x%s)", func(o *operands, opts ...F.SoftplusOption) any { return F.Softplus(o.x, opts...) },
		[]opt{{"beta=2", F.Beta(2)}}, []opt{{"threshold=1", F.WithThreshold(1)}})...)
	runRows(t, append(rows, otherActivations...))
}

var otherActivations = []row{
	{"F.tanh(x)", func(o *operands) any { return F.Tanh(o.x) }},
	{"F.sigmoid(x)", func(o *operands) any { return F.Sigmoid(o.x) }},
	{"F.tanhshrink(x)", func(o *operands) any { return F.Tanhshrink(o.x) }},
	{"F.softsign(x)", func(o *operands) any { return F.Softsign(o.x) }},
	{"F.logsigmoid(x)", func(o *operands) any { return F.Logsigmoid(o.x) }},
	{"F.gelu(x)", func(o *operands) any { return F.Gelu(o.x) }},
	{"F.gelu(x, approximate='tanh')", func(o *operands) any { return F.Gelu(o.x, F.Approximate("tanh")) }},
	{"F.gelu(x, approximate='no')", func(o *operands) any { return F.Gelu(o.x, F.Approximate("no")) }},
	{"F.hardshrink(x, lambd=0.2)", func(o *operands) any { return F.Hardshrink(o.x, F.Lambd(0.2)) }},
	{"F.softshrink(x, lambd=0.2)", func(o *operands) any { return F.Softshrink(o.x, F.Lambd(0.2)) }},
	{"F.prelu(x, v)", func(o *operands) any { return F.Prelu(o.x, o.v) }},
	{"F.prelu(x, y)", func(o *operands) any { return F.Prelu(o.x, o.y) }},
	{"F.glu(x[0, 0])", func(o *operands) any { return F.Glu(o.x.Index(0, 0)) }},
	{"F.glu(seq)", func(o *operands) any { return F.Glu(o.seq) }},
	{"F.relu_(x * 1)", func(o *operands) any { return F.Relu_(o.x.Mul(1)) }},
	{"F.elu_(x * 1, alpha=2)", func(o *operands) any { return F.Elu_(o.x.Mul(1), F.Alpha(2)) }},
	{"F.celu_(x * 1, alpha=2)", func(o *operands) any { return F.Celu_(o.x.Mul(1), F.Alpha(2)) }},
	{"F.selu_(x * 1)", func(o *operands) any { return F.Selu_(o.x.Mul(1)) }},
	{"F.hardtanh_(x * 1, -0.5, 0.25)", func(o *operands) any { return F.Hardtanh_(o.x.Mul(1), F.MinVal(-0.5), F.MaxVal(0.25)) }},
	{"F.leaky_relu_(x * 1, 0.2)", func(o *operands) any { return F.LeakyRelu_(o.x.Mul(1), F.NegativeSlope(0.2)) }},
	{"F.rrelu_(x * 1, 0.1, 0.2, True)", func(o *operands) any {
		return F.Rrelu_(o.x.Mul(1), F.Lower(0.1), F.Upper(0.2), F.Training(true))
	}},
	{"F.threshold_(x * 1, 0.5, 1.5)", func(o *operands) any { return F.Threshold_(o.x.Mul(1), 0.5, 1.5) }},
	{"F.relu(x, inplace=True)", func(o *operands) any { return F.Relu(o.x, F.Inplace(true)) }},
	{"F.softmax(x, 0)", func(o *operands) any { return F.Softmax(o.x, 0) }},
	{"F.softmax(x, -1, dtype=torch.float64)", func(o *operands) any { return F.Softmax(o.x, -1, torch.Float64) }},
	{"F.softmax(v)", func(o *operands) any { return F.Softmax(o.v, F.ImplicitDim) }},
	{"F.softmax(seq)", func(o *operands) any { return F.Softmax(o.seq, F.ImplicitDim) }},
	{"F.softmin(x)", func(o *operands) any { return F.Softmin(o.x, F.ImplicitDim) }},
	{"F.softmin(x, 1, dtype=torch.float64)", func(o *operands) any { return F.Softmin(o.x, 1, torch.Float64) }},
	{"F.log_softmax(img)", func(o *operands) any { return F.LogSoftmax(o.img, F.ImplicitDim) }},
	{"F.log_softmax(x, 1, dtype=torch.float64)", func(o *operands) any { return F.LogSoftmax(o.x, 1, torch.Float64) }},
	{"F.log_softmax(x, 2)", func(o *operands) any { return F.LogSoftmax(o.x, 2) }},
}
