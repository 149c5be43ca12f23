package optim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// Training in scopes gives what training without them does: what an optimizer
// remembers outlives them.
func TestTrainingInScopes(t *testing.T) {
	for name := range makers {
		if name == "SparseAdam" { // see TestSparseGradients
			continue
		}
		python := name + "(params)"
		plain, scoped := newParams(), newParams()
		train(twin(plain, python), plain, 0, 14)
		var o optim.Optimizer
		torch.Scope(func() { o = twin(scoped, python) })
		for i := range torch.Scoped(7) {
			train(o, scoped, i, i+1)
		}
		torch.Scope(func() {
			state := o.StateDict()
			assert.NoError(t, o.LoadStateDict(state))
		})
		for i := range torch.Scoped(7) {
			train(o, scoped, 7+i, 8+i)
		}
		for i := range plain {
			assert.Equal(t, parity.Bytes(plain[i]), parity.Bytes(scoped[i]), name)
		}
	}
}

// A parameter that comes twice is updated twice, as if there were no other way.
func TestSharedParameterTogether(t *testing.T) {
	py := parity.Run(t, `
	p, q = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
	opt = optim.Adam([p, q, p, q, q], lr=0.1)
	for _ in range(3):
	    p.grad, q.grad = torch.full((2,), 0.5), torch.full((3,), 0.25)
	    opt.step()
	out["params"], out["steps"] = [p, q], [opt.state[p]["step"], opt.state[q]["step"]]
`)
	before := torch.SetWarningHandler(func(torch.Warning) {})
	defer torch.SetWarningHandler(before)
	p, q := torch.Ones([]int64{2}, torch.RequiresGrad(true)), torch.Ones([]int64{3}, torch.RequiresGrad(true))
	o := optim.NewAdam([]*torch.Tensor{p, q, p, q, q}, optim.LR(0.1))
	for range 3 {
		p.SetGrad(torch.Full([]int64{2}, 0.5))
		q.SetGrad(torch.Full([]int64{3}, 0.25))
		o.Step()
	}
	py.EqualTensors("params", []*torch.Tensor{p, q})
	py.EqualTensors("steps", []*torch.Tensor{o.State(p)["step"].(*torch.Tensor), o.State(q)["step"].(*torch.Tensor)})
}
