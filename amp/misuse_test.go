package amp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestGradScalerMisuse(t *testing.T) {
	const setup = `
x = torch.tensor([1.0, 2.0], requires_grad=True)
def fresh(**kwargs):
    return torch.amp.GradScaler("cpu", **kwargs), optim.SGD([x], lr=0.1)
def ready():
    s, o = fresh()
    o.zero_grad()
    s.scale(x.sum()).backward()
    return s, o
s, o = ready()
f, p = fresh()
`
	x := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	fresh := func() (*amp.GradScaler, optim.Optimizer) {
		return amp.NewGradScaler("cpu"), optim.NewSGD([]*torch.Tensor{x}, optim.LR(0.1))
	}
	// with calls fn with a scaler that has scaled a loss, and an optimizer with
	// gradients.
	with := func(fn func(s *amp.GradScaler, o optim.Optimizer)) func() {
		return func() {
			s, o := fresh()
			o.ZeroGrad()
			s.Scale(x.Sum()).Backward()
			fn(s, o)
		}
	}
	without := func(fn func(s *amp.GradScaler, o optim.Optimizer)) func() {
		return func() {
			s, o := fresh()
			fn(s, o)
		}
	}
	sameRefusals(t, setup, []misuse{
		{"growth factor", "fresh(growth_factor=1.0)", func() { amp.NewGradScaler("cpu", amp.GrowthFactor(1)) }},
		{"backoff factor", "fresh(backoff_factor=1.0)", func() { amp.NewGradScaler("cpu", amp.BackoffFactor(1)) }},
		{"scale nothing", "f.scale(None)", without(func(s *amp.GradScaler, _ optim.Optimizer) { s.Scale(nil) })},
		{"unscale_ before scale", "f.unscale_(p)", without(func(s *amp.GradScaler, o optim.Optimizer) { s.Unscale_(o) })},
		{"step before scale", "f.step(p)", without(func(s *amp.GradScaler, o optim.Optimizer) { s.Step(o) })},
		{"update before scale", "f.update()", without(func(s *amp.GradScaler, _ optim.Optimizer) { s.Update() })},
		{"unscale_ twice", "s.unscale_(o); s.unscale_(o)", with(func(s *amp.GradScaler, o optim.Optimizer) {
			s.Unscale_(o)
			s.Unscale_(o)
		})},
		{"unscale_ after step", "s.step(o); s.unscale_(o)", with(func(s *amp.GradScaler, o optim.Optimizer) {
			s.Step(o)
			s.Unscale_(o)
		})},
		{"step twice", "s.step(o); s.step(o)", with(func(s *amp.GradScaler, o optim.Optimizer) {
			s.Step(o)
			s.Step(o)
		})},
		{"update before step", "s.update()", with(func(s *amp.GradScaler, _ optim.Optimizer) { s.Update() })},
		{"no gradients", "o.zero_grad(); s.step(o)", with(func(s *amp.GradScaler, o optim.Optimizer) {
			o.ZeroGrad()
			s.Step(o)
		})},
		{"closure", "s.step(o, closure=lambda: None)", with(func(s *amp.GradScaler, o optim.Optimizer) {
			s.StepClosure(o, func() *torch.Tensor { return nil })
		})},
		{"float16", "y = x.detach().half().requires_grad_(); y.grad = y.detach(); s.unscale_(optim.SGD([y], lr=0.1))",
			with(func(s *amp.GradScaler, _ optim.Optimizer) {
				y := x.Detach().Half().RequiresGrad_()
				y.SetGrad(y.Detach())
				s.Unscale_(optim.NewSGD([]*torch.Tensor{y}, optim.LR(0.1)))
			})},
		{"scale of several elements", "s.update(torch.ones(2))", with(func(s *amp.GradScaler, _ optim.Optimizer) {
			s.Update(amp.NewScale(torch.Ones([]int64{2})))
		})},
		{"scale that requires a gradient", "s.update(torch.ones(1, requires_grad=True))",
			with(func(s *amp.GradScaler, _ optim.Optimizer) {
				s.Update(amp.NewScale(torch.Ones([]int64{1}, torch.RequiresGrad(true))))
			})},
		{"scale on another device", "s.update(torch.ones(1, device='meta'))", with(func(s *amp.GradScaler, _ optim.Optimizer) {
			s.Update(amp.NewScale(torch.Ones([]int64{1}, torch.Meta)))
		})},
		{"empty state", "s.load_state_dict({})", func() {
			s, _ := fresh()
			if err := s.LoadStateDict(map[string]any{}); err != nil {
				panic(err)
			}
		}},
		{"state without a key", "s.load_state_dict({'scale': 1.0, 'growth_factor': 2.0, 'backoff_factor': 0.5, 'growth_interval': 1})",
			func() {
				s, _ := fresh()
				if err := s.LoadStateDict(map[string]any{
					"scale": 1.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 1,
				}); err != nil {
					panic(err)
				}
			}},
	})
	torch.ClearGrads([]*torch.Tensor{x})
}

// An error leaves a scaler that goes on.
func TestGradScalerAfterMisuse(t *testing.T) {
	x := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	s, o := amp.NewGradScaler("cpu"), optim.NewSGD([]*torch.Tensor{x}, optim.LR(0.5))
	s.Scale(x.Sum()).Backward()
	s.Unscale_(o)
	require.Error(t, torch.Try(func() { s.Unscale_(o) }))
	require.Error(t, s.LoadStateDict(map[string]any{"scale": "much"}))
	s.Step(o)
	s.Update()
	assert.Equal(t, []float32{0.5, 1.5}, torch.Data[float32](x))
	assert.Equal(t, 65536.0, s.GetScale())
}

// A scaler that is switched off leaves everything alone.
func TestDisabledGradScaler(t *testing.T) {
	x := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	o := optim.NewSGD([]*torch.Tensor{x}, optim.LR(0.5))
	s := amp.NewGradScaler("cpu", amp.Enabled(false), amp.GrowthFactor(0.5))
	loss := x.Sum()
	assert.Same(t, loss, s.Scale(loss))
	assert.Same(t, loss, s.StepClosure(o, func() *torch.Tensor { return loss }))
	loss.Backward()
	s.Unscale_(o)
	s.Unscale_(o)
	s.Step(o)
	s.Step(o)
	s.Update()
	assert.Equal(t, []float32{0, 1}, torch.Data[float32](x))
	assert.Equal(t, 1.0, s.GetScale())
	assert.False(t, s.IsEnabled())
	assert.Empty(t, s.StateDict())
	assert.NoError(t, s.LoadStateDict(nil))
}

func TestGradScalerWithoutCUDA(t *testing.T) {
	if torch.CudaDeviceCount() > 0 {
		t.Skip(testkit.SkippedDriverless + "needs a machine without CUDA devices")
	}
	py := parity.Run(t, `out["count"] = torch.cuda.device_count(); out["enabled"] = torch.amp.GradScaler("cuda").is_enabled()`)
	var s *amp.GradScaler
	warnings := collectWarnings(func() { s = amp.NewGradScaler("cuda") })
	assert.False(t, s.IsEnabled())
	if py.Number("count") == 0 {
		require.Len(t, py.Warnings, 1)
		assert.Equal(t, []string{py.Warnings[0].Message}, warnings)
	}
}

func TestGradScalerState(t *testing.T) {
	s := amp.NewGradScaler("cpu")
	assert.Equal(t, map[string]any{
		"scale": 65536.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": int64(2000), "_growth_tracker": int64(0),
	}, s.StateDict())
	s.SetGrowthFactor(3)
	s.SetBackoffFactor(0.25)
	s.SetGrowthInterval(7)
	assert.Equal(t, 3.0, s.GetGrowthFactor())
	assert.Equal(t, 0.25, s.GetBackoffFactor())
	assert.Equal(t, int64(7), s.GetGrowthInterval())
	assert.True(t, s.IsEnabled())

	// The state may come before or after the first Scale.
	saved := s.StateDict()
	saved["scale"], saved["_growth_tracker"] = float32(8), 5
	other := amp.NewGradScaler("cpu")
	for range 2 {
		require.NoError(t, other.LoadStateDict(saved))
		assert.Equal(t, 8.0, other.GetScale())
		assert.Equal(t, int64(5), other.StateDict()["_growth_tracker"])
		assert.Equal(t, int64(7), other.GetGrowthInterval())
		assert.Equal(t, 16.0, other.Scale(torch.NewTensor(float32(2))).Item())
	}
	assert.ErrorContains(t, other.LoadStateDict(map[string]any{
		"scale": nil, "growth_factor": 2, "backoff_factor": 0.5, "growth_interval": 1, "_growth_tracker": 0,
	}), "scale must be a number")
}

// A function or an optimizer that is nil is a TypeError, and no crash.
func TestNilArguments(t *testing.T) {
	scaler := amp.NewGradScaler("cpu")
	scaler.Scale(torch.Ones(nil))
	off := amp.NewGradScaler("cpu", amp.Enabled(false))
	off.Unscale_(nil) // which does nothing, in Python, too
	for name, fn := range map[string]func(){
		"Autocast":    func() { amp.Autocast("cpu", nil) },
		"Unscale_":    func() { scaler.Unscale_(nil) },
		"Step":        func() { scaler.Step(nil) },
		"Step, off":   func() { off.Step(nil) },
		"StepClosure": func() { off.StepClosure(nil, func() *torch.Tensor { return nil }) },
	} {
		var e *torch.Error
		require.ErrorAs(t, torch.Try(fn), &e, name)
		assert.Equal(t, "TypeError", e.Kind, name)
	}
}
