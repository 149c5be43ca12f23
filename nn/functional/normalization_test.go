package functional_test

import (
	"testing"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestNormalizations(t *testing.T) {
	eps := []opt{{"eps=0.1", F.Eps(0.1)}, {"eps=-1.0", F.Eps(-1)}}
	training := []opt{{"training=True", F.Training(true)}}
	momentum := []opt{{"momentum=0.5", F.Momentum(0.5)}}
	runRows(t, join(
		cross("m = torch.zeros(4); s = torch.ones(4); [F.batch_norm(img, m, s, v, p[0]%s), m, s]",
			func(o *operands, opts ...F.BatchNormOption) any {
				m, s := torch.Zeros([]int64{4}), torch.Ones([]int64{4})
				y := F.BatchNorm(o.img, m, s, append(opts, F.Weight(o.v), F.Bias(o.p.Select(0, 0)))...)
				return several(y, m, s)
			}, training, momentum, eps),
		cross("m = torch.zeros(4); s = torch.ones(4); [F.instance_norm(img, m, s, v, p[0]%s), m, s]",
			func(o *operands, opts ...F.InstanceNormOption) any {
				m, s := torch.Zeros([]int64{4}), torch.Ones([]int64{4})
				y := F.InstanceNorm(o.img, append(opts, F.RunningMean(m), F.RunningVar(s), F.Weight(o.v), F.Bias(o.p.Select(0, 0)))...)
				return several(y, m, s)
			}, []opt{{"use_input_stats=False", F.UseInputStats(false)}}, momentum, eps[:1]),
		cross("F.layer_norm(x, (4,), v, y[0]%s)", func(o *operands, opts ...F.LayerNormOption) any {
			return F.LayerNorm(o.x, []int64{4}, append(opts, F.Weight(o.v), F.Bias(o.y.Select(0, 0)))...)
		}, eps),
		cross("F.group_norm(img, 2, v, y[0]%s)", func(o *operands, opts ...F.LayerNormOption) any {
			return F.GroupNorm(o.img, 2, append(opts, F.Weight(o.v), F.Bias(o.y.Select(0, 0)))...)
		}, eps),
		cross("F.rms_norm(x, (4,)%s)", func(o *operands, opts ...F.RmsNormOption) any { return F.RmsNorm(o.x, []int64{4}, opts...) }, eps),
		cross("F.local_response_norm(seq, 3%s)", func(o *operands, opts ...F.LocalResponseNormOption) any {
			return F.LocalResponseNorm(o.seq, 3, opts...)
		}, []opt{{"alpha=0.5", F.Alpha(0.5)}}, []opt{{"beta=0.5", F.Beta(0.5)}}, []opt{{"k=2.0", F.K(2)}}),
		cross("F.normalize(x%s)", func(o *operands, opts ...F.NormalizeOption) any { return F.Normalize(o.x, opts...) },
			[]opt{{"p=1.0", F.P(1)}, {"p=3.5", F.P(3.5)}}, []opt{{"dim=0", F.Dim(0)}}, []opt{{"eps=2.0", F.Eps(2)}}),
		normalizationRows,
	))
}

var normalizationRows = []row{
	{"F.batch_norm(x, None, None, training=True)", func(o *operands) any { return F.BatchNorm(o.x, nil, nil, F.Training(true)) }},
	{"F.batch_norm(x[:1], None, None, training=True)", func(o *operands) any {
		return F.BatchNorm(o.x.Narrow(0, 0, 1), nil, nil, F.Training(true))
	}},
	{"F.batch_norm(x, None, None)", func(o *operands) any { return F.BatchNorm(o.x, nil, nil) }},
	{"F.batch_norm(x, None, None, training=True, eps=0.0)", func(o *operands) any {
		return F.BatchNorm(o.x, nil, nil, F.Training(true), F.Eps(0))
	}},
	{"F.instance_norm(img)", func(o *operands) any { return F.InstanceNorm(o.img) }},
	{"F.instance_norm(x)", func(o *operands) any { return F.InstanceNorm(o.x) }},
	{"F.layer_norm(img, (6, 5))", func(o *operands) any { return F.LayerNorm(o.img, []int64{6, 5}) }},
	{"F.layer_norm(x, (3,))", func(o *operands) any { return F.LayerNorm(o.x, []int64{3}) }},
	{"F.rms_norm(x, (4,), v)", func(o *operands) any { return F.RmsNorm(o.x, []int64{4}, F.Weight(o.v)) }},
	{"F.group_norm(v, 2)", func(o *operands) any { return F.GroupNorm(o.v, 2) }},
	{"F.group_norm(x, 4)", func(o *operands) any { return F.GroupNorm(o.x, 4) }},
	{"F.group_norm(x[:1], 4)", func(o *operands) any { return F.GroupNorm(o.x.Narrow(0, 0, 1), 4) }},
	{"F.group_norm(x, 3)", func(o *operands) any { return F.GroupNorm(o.x, 3) }},
	{"F.group_norm(x, 0)", func(o *operands) any { return F.GroupNorm(o.x, 0) }},
	{"F.local_response_norm(x, 3)", func(o *operands) any { return F.LocalResponseNorm(o.x, 3) }},
	{"F.local_response_norm(img, 2)", func(o *operands) any { return F.LocalResponseNorm(o.img, 2) }},
	{"F.local_response_norm(vol, 2)", func(o *operands) any { return F.LocalResponseNorm(o.vol, 2) }},
	{"r = torch.empty(3, 4); [F.normalize(i.float(), out=r), r]", func(o *operands) any {
		r := torch.Empty([]int64{3, 4})
		return several(F.Normalize(o.i.To(torch.Float32), F.Out(r)), r)
	}},
	{"F.normalize(v)", func(o *operands) any { return F.Normalize(o.v) }},
}

func TestDropouts(t *testing.T) {
	p := []opt{{"p=0.2", F.P(0.2)}, {"p=1.0", F.P(1)}, {"p=2.0", F.P(2)}}
	training := []opt{{"training=False", F.Training(false)}, {"training=True", F.Training(true)}}
	var rows []row
	for _, c := range []struct {
		python string
		f      func(*torch.Tensor, ...F.DropoutOption) *torch.Tensor
		input  func(o *operands) *torch.Tensor
	}{
		{"F.dropout(img * 1%s)", F.Dropout, func(o *operands) *torch.Tensor { return o.img.Mul(1) }},
		{"F.dropout1d(seq * 1%s)", F.Dropout1d, func(o *operands) *torch.Tensor { return o.seq.Mul(1) }},
		{"F.dropout1d(x * 1%s)", F.Dropout1d, func(o *operands) *torch.Tensor { return o.x.Mul(1) }},
		{"F.dropout1d(img * 1%s)", F.Dropout1d, func(o *operands) *torch.Tensor { return o.img.Mul(1) }},
		{"F.dropout2d(img * 1%s)", F.Dropout2d, func(o *operands) *torch.Tensor { return o.img.Mul(1) }},
		{"F.dropout2d(seq * 1%s)", F.Dropout2d, func(o *operands) *torch.Tensor { return o.seq.Mul(1) }},
		{"F.dropout2d(x * 1%s)", F.Dropout2d, func(o *operands) *torch.Tensor { return o.x.Mul(1) }},
		{"F.dropout3d(vol * 1%s)", F.Dropout3d, func(o *operands) *torch.Tensor { return o.vol.Mul(1) }},
		{"F.dropout3d(img * 1%s)", F.Dropout3d, func(o *operands) *torch.Tensor { return o.img.Mul(1) }},
		{"F.dropout3d(x * 1%s)", F.Dropout3d, func(o *operands) *torch.Tensor { return o.x.Mul(1) }},
	} {
		rows = append(rows, cross(c.python, func(o *operands, opts ...F.DropoutOption) any { return c.f(c.input(o), opts...) },
			p, training, inplace[:1])...)
	}
	rows = append(rows, cross("F.alpha_dropout(x * 1%s)",
		func(o *operands, opts ...F.AlphaDropoutOption) any { return F.AlphaDropout(o.x.Mul(1), opts...) }, p, training, inplace[:1])...)
	rows = append(rows, cross("F.feature_alpha_dropout(img * 1%s)",
		func(o *operands, opts ...F.AlphaDropoutOption) any {
			return F.FeatureAlphaDropout(o.img.Mul(1), opts...)
		}, p, training, inplace[:1])...)
	runRows(t, rows)
}
