package checkpoint_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
	"github.com/wangkuiyi/gotorch/utils/checkpoint"
)

// The second computation runs in the autocast of the first, although backward is
// outside of it.
func TestCheckpointInAutocast(t *testing.T) {
	for _, reentrant := range []bool{false, true} {
		py := parity.Run(t, fmt.Sprintf(`
			from torch.utils.checkpoint import checkpoint
			torch.manual_seed(0)
			m = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4))
			x = torch.randn(3, 4, requires_grad=True)
			states = []
			def f(x):
			    states.append(f"{str(torch.is_autocast_enabled('cpu')).lower()} {torch.get_autocast_dtype('cpu')}")
			    return m(x)
			with torch.autocast("cpu", dtype=torch.float16):
			    y = checkpoint(f, x, use_reentrant=%s)
			y.sin().sum().backward()
			out["states"], out["y"], out["x"] = states, y, x.grad
			out["params"] = [p.grad for p in m.parameters()]
		`, map[bool]string{true: "True", false: "False"}[reentrant]))
		torch.ManualSeed(0)
		m := nn.NewSequential(nn.NewLinear(4, 8), nn.NewGELU(), nn.NewLinear(8, 4))
		x := torch.Randn([]int64{3, 4}, torch.RequiresGrad(true))
		var states []string
		f := one(func(x *torch.Tensor) *torch.Tensor {
			states = append(states, fmt.Sprint(torch.IsAutocastEnabled("cpu"), " ", torch.GetAutocastDtype("cpu")))
			return m.Forward(x)
		})
		var y *torch.Tensor
		amp.Autocast("cpu", func() {
			y = checkpoint.Checkpoint(f, list(x), checkpoint.UseReentrant(reentrant))[0]
		}, torch.Float16)
		y.Sin().Sum().Backward()
		assert.Equal(t, py.Strings("states"), states)
		py.EqualTensor("y", y)
		py.EqualTensor("x", x.Grad())
		var grads []*torch.Tensor
		for _, p := range m.Parameters() {
			grads = append(grads, p.Grad())
		}
		py.EqualTensors("params", grads)
	}
}
