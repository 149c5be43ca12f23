package optim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// scaled is an optimizer of this package.
type scaled interface {
	optim.Optimizer
	StepSupportsAmpScaling() bool
	GradScale() *torch.Tensor
	SetGradScale(*torch.Tensor)
	FoundInf() *torch.Tensor
	SetFoundInf(*torch.Tensor)
}

// Fused steps divide by grad_scale and do nothing where found_inf is 1, as in
// Python; only the count of steps that were taken matters.
func TestScaledSteps(t *testing.T) {
	for _, python := range []string{
		"SGD(params, lr=0.01, weight_decay=0.1, fused=True)",
		"Adam(params, lr=0.01, amsgrad=True, maximize=True, fused=True)",
		"AdamW(params, lr=torch.tensor([0.01]), fused=True)",
		"Adagrad(params, lr=0.01, weight_decay=0.1, fused=True)",
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.Run(t, problem+`
	params = params[:3]
	opt = make("`+python+`")
	opt.grad_scale = torch.tensor(4.0)
	for step in range(6):
	    opt.found_inf = torch.tensor(1.0 if step in (0, 3) else 0.0)
	    train(opt, step, step + 1)
	out["params"], out["state"] = params, state_of(opt)
	out["supports"] = opt._step_supports_amp_scaling
	`)
			params := newParams()[:3]
			o := twin(params, python).(scaled)
			o.SetGradScale(torch.NewTensor(float32(4)))
			for step := range 6 {
				found := float32(0)
				if step == 0 || step == 3 {
					found = 1
				}
				o.SetFoundInf(torch.NewTensor(found))
				train(o, params, step, step+1)
			}
			py.EqualTensors("params", params)
			py.EqualTensors("state", stateOf(o, params))
			assert.Equal(t, py.Value("supports").Value, o.StepSupportsAmpScaling())
			assert.Equal(t, 4.0, o.GradScale().Item())
			assert.Equal(t, 0.0, o.FoundInf().Item())
		})
	}
}

// Other steps refuse scaled gradients; optimizers without a fused form do not
// look, but for Adafactor.
func TestScaledStepsRefused(t *testing.T) {
	for _, python := range []string{
		"SGD(params)", "SGD(params, foreach=True)", "Adam(params)", "Adam(params, foreach=True)", "Adagrad(params)",
		"Adagrad(params, foreach=True)", "Adafactor(params)", "Adafactor(params, foreach=True)",
	} {
		for _, attribute := range []string{"grad_scale", "found_inf"} {
			py := parity.RunError(t, problem+`
	params = params[:3]
	opt = make("`+python+`")
	opt.`+attribute+` = torch.tensor(0.0)
	train(opt, 0, 1)
	`)
			params := newParams()[:3]
			o := twin(params, python).(scaled)
			assert.False(t, o.StepSupportsAmpScaling())
			if attribute == "grad_scale" {
				o.SetGradScale(torch.NewTensor(float32(0)))
			} else {
				o.SetFoundInf(torch.NewTensor(float32(0)))
			}
			expectError(t, py, func() { train(o, params, 0, 1) })
		}
	}
}
