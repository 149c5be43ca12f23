package optim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// Steps on the CPU are gone on with on a device, which takes other operators, all
// parameters at once, and moves the state.
func TestStepsOnDevice(t *testing.T) {
	parity.NeedDevices(t, 1)
	forEachTwin(t, func(t *testing.T, python string) {
		py := parity.Run(t, problem+fmt.Sprintf(`
	text = %q
	opt = make(text)
	train(opt, 0, 12)
	saved = opt.state_dict()
	params = [p.detach().cuda().requires_grad_() for p in params]
	try:
	    opt = make(text)
	    opt.load_state_dict(saved)
	    train(opt, 12, 20)
	    out["params"], out["state"], out["error"] = params, state_of(opt), ""
	    out["places"] = [t.device.type for t in state_of(opt)]
	except Exception as e:
	    out["error"] = str(e)
`, python))
		params := newParams()
		o := twin(params, python)
		train(o, params, 0, 12)
		saved := o.StateDict()
		for i, p := range params {
			params[i] = p.Detach().Cuda().RequiresGrad_()
		}
		err := torch.Try(func() {
			o = twin(params, python)
			require.NoError(t, o.LoadStateDict(saved))
			train(o, params, 12, 20)
		})
		if want := py.Text("error"); strings.Contains(want, "got lr is on cpu") {
			require.NoError(t, err) // in Go, a learning rate of one element need not be a tensor without dimensions
			return
		} else if want != "" {
			require.Error(t, err)
			assert.Equal(t, want, err.(*torch.Error).Message)
			return
		}
		require.NoError(t, err)
		py.EqualTensors("params", params)
		state := stateOf(o, params)
		py.EqualTensors("state", state)
		for i, place := range py.Strings("places") {
			assert.Equal(t, place, state[i].Device().Type().String())
		}
	})
}

// The count of steps stays on the CPU where the default device is another.
func TestStepsWithDefaultDevice(t *testing.T) {
	testkit.NeedDevices(t, 1)
	testkit.UseDevice(t, torch.CUDA(0))
	p := torch.Ones([]int64{2}, torch.CPU, torch.RequiresGrad(true))
	o := optim.NewAdam([]*torch.Tensor{p}, optim.Foreach(true))
	p.SetGrad(torch.Ones([]int64{2}, torch.CPU))
	o.Step()
	step := o.State(p)["step"].(*torch.Tensor)
	assert.Equal(t, torch.CPU, step.Device())
	assert.Equal(t, 1.0, step.Item())
}
