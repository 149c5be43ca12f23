package optim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// kinds are optimizers that take steps on a matrix.
var kinds = []string{
	"SGD(params, lr=0.1, momentum=0.9)", "Adam(params, lr=0.1, amsgrad=True)", "AdamW(params)", "Adadelta(params)", "Adamax(params)",
	"NAdam(params, weight_decay=0.1, decoupled_weight_decay=True)", "RAdam(params, weight_decay=0.1)", "Adagrad(params)",
	"Adafactor(params)", "ASGD(params)", "RMSprop(params, momentum=0.5, centered=True)", "Rprop(params)", "Muon(params)",
	"LBFGS(params, max_iter=3)",
}

// An optimizer loads the state of one of any other kind, or refuses it, and its next step
// raises what it lacks, or goes on. Which of the options and states that are missing the
// step names is a matter of the order in which it reads them.
func TestLoadOfAnotherKind(t *testing.T) {
	py := parity.Run(t, fmt.Sprintf(`
	def make(text):
	    params = [torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)]
	    return params[0], eval("optim." + text, {"optim": optim, "params": params})
	def step(opt, p):
	    def closure():
	        opt.zero_grad()
	        loss = p.square().sum()
	        loss.backward()
	        return loss
	    opt.step(closure)
	out["texts"], out["outcomes"], out["params"] = texts, outcomes, params = [], [], []
	for one in %[1]s:
	    for other in %[1]s:
	        p, before = make(one)
	        step(before, p)
	        step(before, p)
	        p, opt = make(other)
	        outcome = ""
	        try:
	            opt.load_state_dict(before.state_dict())
	            texts.append(str(opt))
	            outcome = "the step fails"
	            step(opt, p)
	            outcome = "the step works"
	        except Exception as e:
	            outcome = outcome or type(e).__name__ + ": " + str(e)
	        outcomes.append(outcome)
	        params.append(p)
`, `["`+strings.Join(kinds, `", "`)+`"]`))
	outcomes := py.Strings("outcomes")
	var got []string
	var params list
	for i, one := range kinds {
		for j, other := range kinds {
			before, p := newMatrix(one)
			stepSquare(before, p)
			stepSquare(before, p)
			o, p := newMatrix(other)
			outcome := ""
			if err, ok := o.LoadStateDict(before.StateDict()).(*torch.Error); ok {
				outcome = err.Kind + ": " + err.Message
			} else {
				got = append(got, o.String())
				outcome = "the step works"
				if torch.Try(func() { stepSquare(o, p) }) != nil {
					outcome = "the step fails"
				}
			}
			assert.Equal(t, outcomes[i*len(kinds)+j], outcome, "%s loads %s", other, one)
			params = append(params, p)
		}
	}
	assert.Equal(t, py.Strings("texts"), got)
	py.EqualTensors("params", params)
}

func newMatrix(python string) (optim.Optimizer, *torch.Tensor) {
	p := torch.NewTensor([][]float32{{1, 2}, {3, 4}}, torch.RequiresGrad(true))
	return twin(list{p}, python), p
}

// stepSquare takes a step that makes the sum of squares less.
func stepSquare(o optim.Optimizer, p *torch.Tensor) {
	o.StepClosure(func() *torch.Tensor {
		o.ZeroGrad()
		loss := p.Square().Sum()
		loss.Backward()
		return loss
	})
}

// Options of types that they cannot have are loaded, as in Python, and a step refuses
// them.
func TestLoadOfWrongTypes(t *testing.T) {
	for _, python := range kinds {
		names := []string{"lr", "betas", "eps", "rho", "momentum", "ns_coefficients", "etas", "max_iter"}
		for _, name := range names {
			o, p := newMatrix(python)
			if _, ok := o.Defaults()[name]; !ok {
				continue
			}
			state := o.StateDict()
			state.ParamGroups[0][name] = "x"
			assert.NoError(t, o.LoadStateDict(state))
			var e *torch.Error
			if assert.ErrorAs(t, torch.Try(func() { stepSquare(o, p) }), &e, "%s %s", python, name) {
				assert.Equal(t, "TypeError", e.Kind, "%s %s", python, name)
			}
		}
	}
}
