package parametrizations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/nn/utils/parametrizations"
	"github.com/wangkuiyi/gotorch/nn/utils/parametrize"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

type layerCase struct {
	python string
	golang func() nn.Layer
	shape  string
	size   []int64
}

var layerCases = []layerCase{
	{"weight_norm(nn.Linear(3, 2))", func() nn.Layer { return parametrizations.WeightNorm(nn.NewLinear(3, 2)) }, "4, 3", []int64{4, 3}},
	{"weight_norm(nn.Conv2d(2, 3, 3), dim=None)", func() nn.Layer {
		return parametrizations.WeightNorm(nn.NewConv2d(2, 3, 3), parametrizations.Dim(-1))
	}, "2, 2, 4, 4", []int64{2, 2, 4, 4}},
	{"spectral_norm(nn.Linear(3, 2))", func() nn.Layer { return parametrizations.SpectralNorm(nn.NewLinear(3, 2)) }, "4, 3", []int64{4, 3}},
	{"spectral_norm(nn.ConvTranspose2d(2, 3, 3), n_power_iterations=2, eps=0.1)", func() nn.Layer {
		return parametrizations.SpectralNorm(nn.NewConvTranspose2d(2, 3, 3), parametrizations.NPowerIterations(2), parametrizations.Eps(0.1))
	}, "2, 2, 4, 4", []int64{2, 2, 4, 4}},
	{"spectral_norm(nn.Linear(3, 2), 'bias')", func() nn.Layer {
		return parametrizations.SpectralNorm(nn.NewLinear(3, 2), parametrizations.Name("bias"))
	}, "4, 3", []int64{4, 3}},
	{"orthogonal(nn.Linear(3, 3))", func() nn.Layer { return parametrizations.Orthogonal(nn.NewLinear(3, 3)) }, "4, 3", []int64{4, 3}},
	{"orthogonal(nn.Linear(3, 2))", func() nn.Layer { return parametrizations.Orthogonal(nn.NewLinear(3, 2)) }, "4, 3", []int64{4, 3}},
	{"orthogonal(nn.Linear(3, 5), orthogonal_map='cayley')", func() nn.Layer {
		return parametrizations.Orthogonal(nn.NewLinear(3, 5), parametrizations.OrthogonalMap("cayley"))
	}, "4, 3", []int64{4, 3}},
	{"orthogonal(nn.Linear(3, 5), orthogonal_map='matrix_exp', use_trivialization=False)", func() nn.Layer {
		return parametrizations.Orthogonal(nn.NewLinear(3, 5), parametrizations.OrthogonalMap("matrix_exp"), parametrizations.UseTrivialization(false))
	}, "4, 3", []int64{4, 3}},
	{"orthogonal(nn.Linear(5, 3), use_trivialization=False)", func() nn.Layer {
		return parametrizations.Orthogonal(nn.NewLinear(5, 3), parametrizations.UseTrivialization(false))
	}, "4, 5", []int64{4, 5}},
}

// Parametrized layers train, print and are saved as in Python.
func TestLayersAreThoseOfPython(t *testing.T) {
	for _, c := range layerCases {
		t.Run(c.python, func(t *testing.T) {
			parity.Compare(t, `
	from torch.nn.utils.parametrizations import *
	torch.manual_seed(1)
	make = lambda: `+c.python+`
	m = make()
	log(m, list(m.state_dict()), *m.state_dict().values())
	opt = optim.SGD(m.parameters(), lr=0.1)
	for _ in range(2):
		y = m(torch.randn(`+c.shape+`)); y.pow(2).sum().backward(); log(y, *(p.grad for p in m.parameters())); opt.step(); opt.zero_grad()
	m.eval(); x = torch.ones(`+c.shape+`); log(m(x), *m.state_dict().values())
	n = make().eval(); n.load_state_dict(m.state_dict()); log(n(x))
	name = next(iter(m.parametrizations))
	nn.utils.parametrize.remove_parametrizations(m, name); log(m, list(m.state_dict()), *m.state_dict().values(), m(x))
	`, func(log func(...any)) {
				torch.ManualSeed(1)
				m := c.golang()
				logState := func() {
					for _, v := range m.StateDict().All() {
						log(v)
					}
				}
				log(m, m.StateDict().Keys())
				logState()
				opt := optim.NewSGD(m.Parameters(), optim.LR(0.1))
				for range 2 {
					y := m.Forward(torch.Randn(c.size))
					y.Pow(2).Sum().Backward()
					log(y)
					for _, p := range m.Parameters() {
						log(p.Grad())
					}
					opt.Step()
					opt.ZeroGrad()
				}
				m.Eval()
				x := torch.Ones(c.size)
				log(m.Forward(x))
				logState()
				n := c.golang()
				n.Eval()
				_, err := n.AsModule().LoadStateDict(m.StateDict())
				require.NoError(t, err)
				log(n.Forward(x))
				name := "weight"
				if parametrize.IsParametrized(m, "bias") {
					name = "bias"
				}
				parametrize.RemoveParametrizations(m, name)
				log(m, m.StateDict().Keys())
				logState()
				log(m.Forward(x))
			})
		})
	}
}

func TestSettingAndLoading(t *testing.T) {
	parity.Compare(t, `
	import warnings; warnings.simplefilter("ignore")
	from torch.nn.utils.parametrizations import *
	torch.manual_seed(1)
	x = torch.ones(3)
	m = orthogonal(nn.Linear(3, 3)); m.weight = torch.eye(3) * -1; log(m(x), m.weight)
	m = orthogonal(nn.Linear(3, 3, bias=False), orthogonal_map="householder", use_trivialization=False)
	m.weight = torch.linalg.qr(torch.randn(3, 3))[0]; log(m(x))
	old = nn.utils.weight_norm(nn.Linear(3, 2)); m = weight_norm(nn.Linear(3, 2))
	log(m.load_state_dict(old.state_dict()), m(x), old(x))
	c = orthogonal(nn.Linear(3, 3, dtype=torch.complex64)); log(c.weight, c(x.to(torch.complex64)))
	fail(lambda: orthogonal(nn.Linear(3, 2), "bias"))
	fail(lambda: orthogonal(nn.Linear(3, 2), "foo"))
	fail(lambda: orthogonal(nn.Linear(3, 2), orthogonal_map="foo"))
	fail(lambda: orthogonal(nn.Linear(3, 2, dtype=torch.complex64), orthogonal_map="householder"))
	fail(lambda: spectral_norm(nn.Linear(3, 2), dim=2))
	fail(lambda: spectral_norm(nn.Linear(3, 2), n_power_iterations=0))
	def assign():
		m = orthogonal(nn.Linear(3, 3), use_trivialization=False); m.weight = torch.eye(3)
	fail(assign)
	def shape():
		m = orthogonal(nn.Linear(3, 3)); m.weight = torch.eye(2)
	fail(shape)
	`, func(log func(...any)) {
		torch.ManualSeed(1)
		x := torch.Ones([]int64{3})
		m := parametrizations.Orthogonal(nn.NewLinear(3, 3))
		parametrize.Set(m, "weight", torch.Eye(3).Mul(-1))
		log(m.Forward(x), m.Weight)
		m = parametrizations.Orthogonal(nn.NewLinear(3, 3, nn.Bias(false)), parametrizations.OrthogonalMap("householder"),
			parametrizations.UseTrivialization(false))
		q, _ := torch.LinalgQr(torch.Randn([]int64{3, 3}))
		parametrize.Set(m, "weight", q)
		log(m.Forward(x))
		old := utils.WeightNorm(nn.NewLinear(3, 2))
		m = parametrizations.WeightNorm(nn.NewLinear(3, 2))
		keys, err := m.LoadStateDict(old.StateDict())
		require.NoError(t, err)
		log(keys, m.Forward(x), old.Forward(x))
		c := parametrizations.Orthogonal(nn.NewLinear(3, 3, torch.Complex64))
		log(c.Weight, c.Forward(x.To(torch.Complex64)))
		log(func() { parametrizations.Orthogonal(nn.NewLinear(3, 2), parametrizations.Name("bias")) },
			func() { parametrizations.Orthogonal(nn.NewLinear(3, 2), parametrizations.Name("foo")) },
			func() { parametrizations.Orthogonal(nn.NewLinear(3, 2), parametrizations.OrthogonalMap("foo")) },
			func() {
				parametrizations.Orthogonal(nn.NewLinear(3, 2, torch.Complex64), parametrizations.OrthogonalMap("householder"))
			},
			func() { parametrizations.SpectralNorm(nn.NewLinear(3, 2), parametrizations.Dim(2)) },
			func() { parametrizations.SpectralNorm(nn.NewLinear(3, 2), parametrizations.NPowerIterations(0)) },
			func() {
				m := parametrizations.Orthogonal(nn.NewLinear(3, 3), parametrizations.UseTrivialization(false))
				parametrize.Set(m, "weight", torch.Eye(3))
			},
			func() { parametrize.Set(parametrizations.Orthogonal(nn.NewLinear(3, 3)), "weight", torch.Eye(2)) })
	})
}
