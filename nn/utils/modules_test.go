package utils_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestFusion(t *testing.T) {
	parity.Compare(t, `
		from torch.nn.utils import *
		torch.manual_seed(1)
		def trained(bn, *shape):
			bn(torch.randn(shape)); bn.eval(); return bn
		conv, bn = nn.Conv2d(3, 4, 3, bias=False).eval(), trained(nn.BatchNorm2d(4), 5, 4, 2, 2)
		x = torch.randn(2, 3, 5, 5)
		fused = fuse_conv_bn_eval(conv, bn); log(fused, *fused.parameters(), fused(x))
		deconv = nn.ConvTranspose2d(3, 4, 3).eval()
		fused = fuse_conv_bn_eval(deconv, bn, transpose=True); log(fused, *fused.parameters(), fused(x))
		linear, bn1 = nn.Linear(3, 4).eval(), trained(nn.BatchNorm1d(4), 5, 4)
		fused = fuse_linear_bn_eval(linear, bn1); log(fused, *fused.parameters(), fused(torch.randn(2, 3)))
		log(*fuse_conv_bn_weights(conv.weight, None, bn.running_mean, bn.running_var, 0.1, None, None))
		log(*fuse_linear_bn_weights(linear.weight, None, bn.running_mean, bn.running_var, 0.1, bn.weight, bn.bias))
		fail(lambda: fuse_conv_bn_eval(conv.train(), bn))
		fail(lambda: fuse_linear_bn_eval(linear, nn.BatchNorm1d(3).eval()))
		fail(lambda: fuse_linear_bn_eval(linear, nn.BatchNorm1d(4, track_running_stats=False).eval()))
	`, func(log func(...any)) {
		torch.ManualSeed(1)
		logModule := func(m nn.Layer, x *torch.Tensor) {
			log(m)
			for _, p := range m.Parameters() {
				log(p)
			}
			log(m.Forward(x))
		}
		trained := func(bn nn.Layer, shape ...int64) {
			bn.Forward(torch.Randn(shape))
			bn.Eval()
		}
		conv, bn := nn.NewConv2d(3, 4, 3, nn.Bias(false)), nn.NewBatchNorm2d(4)
		conv.Eval()
		trained(bn, 5, 4, 2, 2)
		x := torch.Randn([]int64{2, 3, 5, 5})
		logModule(utils.FuseConvBnEval(conv, bn), x)
		deconv := nn.NewConvTranspose2d(3, 4, 3)
		deconv.Eval()
		logModule(utils.FuseConvBnEval(deconv, bn, utils.Transpose(true)), x)
		linear, bn1 := nn.NewLinear(3, 4), nn.NewBatchNorm1d(4)
		linear.Eval()
		trained(bn1, 5, 4)
		logModule(utils.FuseLinearBnEval(linear, bn1), torch.Randn([]int64{2, 3}))
		w, b := utils.FuseConvBnWeights(conv.Weight, nil, bn.RunningMean, bn.RunningVar, 0.1, nil, nil)
		log(w, b)
		w, b = utils.FuseLinearBnWeights(linear.Weight, nil, bn.RunningMean, bn.RunningVar, 0.1, bn.Weight, bn.Bias)
		log(w, b)
		conv.Train()
		evaluating := func(bn *nn.BatchNorm1d) *nn.BatchNorm1d {
			bn.Eval()
			return bn
		}
		log(func() { utils.FuseConvBnEval(conv, bn) },
			func() { utils.FuseLinearBnEval(linear, evaluating(nn.NewBatchNorm1d(3))) },
			func() { utils.FuseLinearBnEval(linear, evaluating(nn.NewBatchNorm1d(4, nn.TrackRunningStats(false)))) })
	})
}

func TestSkipInitDrawsNothing(t *testing.T) {
	torch.ManualSeed(1)
	before := torch.Randn([]int64{1}).Item()
	torch.ManualSeed(1)
	m := utils.SkipInit(torch.CPU, func(d torch.Device) *nn.Linear { return nn.NewLinear(5, 1, d) })
	assert.Equal(t, before, torch.Randn([]int64{1}).Item())
	assert.Equal(t, torch.CPU, m.Weight.Device())
	assert.Equal(t, []int64{1, 5}, m.Weight.Shape())
}

func TestConvertWeightMemoryFormat(t *testing.T) {
	m := nn.NewModuleList[nn.AnyModule](nn.NewConv2d(2, 3, 3), nn.NewConvTranspose2d(2, 3, 3), nn.NewConv3d(2, 3, 3), nn.NewLinear(2, 2))
	weights := m.Parameters()
	parity.Compare(t, `
		m = nn.ModuleList([nn.Conv2d(2, 3, 3), nn.ConvTranspose2d(2, 3, 3), nn.Conv3d(2, 3, 3), nn.Linear(2, 2)])
		nn.utils.convert_conv2d_weight_memory_format(m, torch.channels_last)
		log(*(p.stride() for p in m.parameters()))
		nn.utils.convert_conv3d_weight_memory_format(m, torch.channels_last_3d)
		log(*(list(p.stride()) for p in m.parameters()))
	`, func(log func(...any)) {
		utils.ConvertConv2dWeightMemoryFormat(m, torch.ChannelsLast)
		for _, p := range weights {
			log(tuple(p.Stride()))
		}
		utils.ConvertConv3dWeightMemoryFormat(m, torch.ChannelsLast3d)
		for _, p := range weights {
			text := tuple(p.Stride())
			if len(p.Shape()) == 1 {
				text = "(1)"
			}
			log("[" + text[1:len(text)-1] + "]")
		}
	})
}

func tuple(v []int64) string {
	text := "("
	for i, n := range v {
		if i > 0 {
			text += ", "
		}
		text += strconv.FormatInt(n, 10)
	}
	if len(v) == 1 {
		text += ","
	}
	return text + ")"
}

// steps trains a module that was normalized, and logs what becomes of it.
const steps = `
	import warnings; warnings.simplefilter("ignore")
	from torch.nn.utils import *
	torch.manual_seed(1)
	def steps(m, *shape):
		log(m, list(m.state_dict()), *m.state_dict().values())
		opt = optim.SGD(m.parameters(), lr=0.1)
		for _ in range(2):
			y = m(torch.randn(shape)); y.pow(2).sum().backward(); log(y, m.weight); opt.step(); opt.zero_grad()
		m.eval(); log(m(torch.ones(shape)))
		log(*m.state_dict().values())
`

func runSteps(log func(...any), m nn.Layer, shape ...int64) {
	state := func() {
		for _, x := range m.StateDict().All() {
			log(x)
		}
	}
	log(m, m.StateDict().Keys())
	state()
	opt := optim.NewSGD(m.Parameters(), optim.LR(0.1))
	for range 2 {
		y := m.Forward(torch.Randn(shape))
		y.Pow(2).Sum().Backward()
		weight, _ := m.AsModule().GetTensor("weight")
		log(y, weight)
		opt.Step()
		opt.ZeroGrad()
	}
	m.Eval()
	log(m.Forward(torch.Ones(shape)))
	state()
}

func TestWeightNorm(t *testing.T) {
	parity.Compare(t, steps+`
	m = weight_norm(nn.Linear(3, 2)); steps(m, 4, 3)
	n = weight_norm(nn.Linear(3, 2)); log(n.load_state_dict(m.state_dict()), n(torch.ones(3)))
	remove_weight_norm(m); log(list(m.state_dict()), *m.parameters())
	steps(weight_norm(nn.Conv2d(2, 3, 3), dim=None), 2, 2, 4, 4)
	fail(lambda: remove_weight_norm(m))
	fail(lambda: weight_norm(weight_norm(nn.Linear(2, 1))))
	fail(lambda: weight_norm(nn.LazyLinear(1)))
	fail(lambda: weight_norm(m, "foo"))
	`, func(log func(...any)) {
		torch.ManualSeed(1)
		m := utils.WeightNorm(nn.NewLinear(3, 2))
		runSteps(log, m, 4, 3)
		n := utils.WeightNorm(nn.NewLinear(3, 2))
		keys, err := n.LoadStateDict(m.StateDict())
		require.NoError(t, err)
		log(keys, n.Forward(torch.Ones([]int64{3})))
		utils.RemoveWeightNorm(m)
		log(m.StateDict().Keys(), m.Parameters()[0], m.Parameters()[1])
		runSteps(log, utils.WeightNorm(nn.NewConv2d(2, 3, 3), utils.Dim(-1)), 2, 2, 4, 4)
		log(func() { utils.RemoveWeightNorm(m) },
			func() { utils.WeightNorm(utils.WeightNorm(nn.NewLinear(2, 1))) },
			func() { utils.WeightNorm(nn.NewLazyLinear(1)) },
			func() { utils.WeightNorm(m, utils.Name("foo")) })
	})
}

func TestSpectralNorm(t *testing.T) {
	parity.Compare(t, steps+`
	m = spectral_norm(nn.Linear(3, 2)); steps(m, 4, 3)
	n = spectral_norm(nn.Linear(3, 2)).eval(); log(n.load_state_dict(m.state_dict()), n(torch.ones(3)))
	state = dict(m.state_dict()); state["weight"] = m.weight; del state["weight_v"]
	log(n.load_state_dict(state), n.weight_v)
	remove_spectral_norm(m); log(list(m.state_dict()), *m.parameters())
	steps(spectral_norm(nn.ConvTranspose2d(2, 3, 3), n_power_iterations=2, eps=0.1), 2, 2, 4, 4)
	fail(lambda: remove_spectral_norm(m))
	fail(lambda: spectral_norm(spectral_norm(nn.Linear(2, 1))))
	fail(lambda: spectral_norm(nn.LazyLinear(1)))
	fail(lambda: spectral_norm(nn.Linear(1, 1, bias=False), "bias"))
	fail(lambda: spectral_norm(m, n_power_iterations=0))
	`, func(log func(...any)) {
		torch.ManualSeed(1)
		m := utils.SpectralNorm(nn.NewLinear(3, 2))
		runSteps(log, m, 4, 3)
		n := utils.SpectralNorm(nn.NewLinear(3, 2))
		n.Eval()
		keys, err := n.LoadStateDict(m.StateDict())
		require.NoError(t, err)
		log(keys, n.Forward(torch.Ones([]int64{3})))
		state := m.StateDict()
		state.Set("weight", m.Weight)
		state.Delete("weight_v")
		keys, err = n.LoadStateDict(state)
		require.NoError(t, err)
		log(keys, n.GetBuffer("weight_v"))
		utils.RemoveSpectralNorm(m)
		log(m.StateDict().Keys(), m.Parameters()[0], m.Parameters()[1])
		runSteps(log, utils.SpectralNorm(nn.NewConvTranspose2d(2, 3, 3), utils.NPowerIterations(2), utils.Eps(0.1)), 2, 2, 4, 4)
		log(func() { utils.RemoveSpectralNorm(m) },
			func() { utils.SpectralNorm(utils.SpectralNorm(nn.NewLinear(2, 1))) },
			func() { utils.SpectralNorm(nn.NewLazyLinear(1)) },
			func() { utils.SpectralNorm(nn.NewLinear(1, 1, nn.Bias(false)), utils.Name("bias")) },
			func() { utils.SpectralNorm(m, utils.NPowerIterations(0)) })
	})
}
