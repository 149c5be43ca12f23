package optim

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// Muon is momentum with orthogonal updates, for the matrices of hidden layers:
// Python's torch.optim.Muon. Other parameters, biases and embeddings, need
// another optimizer. With g the gradient and p the parameter, a step computes
//
//	b = momentum*b + (1-momentum)*g
//	u = orthogonalized b               (Nesterov: of momentum*b + (1-momentum)*g)
//	p = p * (1 - lr*weight_decay) - adjusted lr * u
//
// The Newton-Schulz iteration orthogonalizes, in bfloat16.
//
// Its state is "momentum_buffer", b, for each parameter.
type Muon struct{ Base }

// NewMuon returns an optimizer of matrices, or of groups of them. Options: [LR],
// [WeightDecay] (0.1), [Momentum] (0.95), [Nesterov] (true), [NsCoefficients],
// [Eps] (1e-7), [NsSteps], [AdjustLrFn].
//
// It panics if there are no parameters, if one is no leaf or no matrix, and if a
// number is out of its range.
func NewMuon[P Params[MuonOption]](params P, opts ...MuonOption) *Muon {
	m := &Muon{}
	defaults := withOptions(newValues(
		setting{"lr", 1e-3},
		setting{"weight_decay", 0.1},
		setting{"momentum", 0.95},
		setting{"nesterov", true},
		setting{"ns_coefficients", [3]float64{3.4445, -4.775, 2.0315}},
		setting{"eps", 1e-7},
		setting{"ns_steps", int64(5)},
		setting{"adjust_lr_fn", nil},
	), opts)
	checkMuon(&defaults)
	m.init(m, "Muon", defaults, m.updateGroup)
	addGroups(&m.Base, groupsOf[MuonOption](params))
	for _, g := range m.groups {
		for _, p := range g.Params {
			if p.Dim() != 2 {
				panic(torch.NewError("ValueError", "Muon only supports 2D parameters whereas we found a parameter with size: %s",
					sizeText(p.Shape())))
			}
		}
	}
	return m
}

func checkMuon(defaults *values) {
	checkTensorLR(defaults)
	checkNotNegative(defaults, "lr", "Learning rate should be >= 0 but is: %s")
	checkNotNegative(defaults, "momentum", "momentum should be >= 0 but is: %s")
	checkNotNegative(defaults, "weight_decay", "weight decay should be >= 0 but is: %s")
	name := defaults.text("adjust_lr_fn")
	if !slices.Contains([]string{"", "original", "match_rms_adamw", "spectral_unclamped"}, name) {
		panic(torch.NewError("ValueError", "Adjust learning rate function %s is not supported", name))
	}
}

// AddParamGroup adds a group of parameters, Python's add_param_group.
func (m *Muon) AddParamGroup(group MuonGroup) { addGroup(&m.Base, group) }

func (m *Muon) updateGroup(g *ParamGroup) {
	params, grads := m.gather(g)
	for i, p := range params {
		if p.IsComplex() {
			panic(torch.NewError("RuntimeError", "Muon does not support complex parameters"))
		}
		if grads[i].IsSparse() {
			panic(torch.NewError("RuntimeError", "Muon does not support sparse gradients"))
		}
		state := m.stateOf(p)
		if state["momentum_buffer"] == nil {
			state["momentum_buffer"] = zerosLike(grads[i])
		}
	}
	for i, p := range params {
		m.update(g, p, grads[i], tensorOf(m.state[p], "momentum_buffer"))
	}
}

func (m *Muon) update(g *ParamGroup, param, grad, buffer *torch.Tensor) {
	if grad.Dim() != 2 {
		panic(torch.NewError("ValueError", "Param gradient must be a 2D matrix"))
	}
	lr, momentum := g.lr(), g.float("momentum")
	buffer.Lerp_(grad, 1-momentum)
	update := buffer
	if g.flag("nesterov") {
		update = grad.Lerp(buffer, momentum)
	}
	update = orthogonalized(update, g.triple("ns_coefficients"), g.integer("ns_steps"), g.float("eps"))
	adjusted := lr.Mul(num(adjustedRatio(g.text("adjust_lr_fn"), float64(param.Size(0)), float64(param.Size(1)))))
	param.Mul_(decay(lr, g.float("weight_decay")).Any())
	param.Add_(update, torch.Alpha(adjusted.Neg().Float()))
}

// orthogonalized returns nearly the orthogonal matrix next to a matrix, in
// bfloat16, by the Newton-Schulz iteration.
func orthogonalized(grad *torch.Tensor, coefficients [3]float64, steps int, eps float64) *torch.Tensor {
	if steps >= 100 {
		panic(torch.NewError("ValueError", "Number of steps must be less than 100 for computational efficiency"))
	}
	x := grad.To(torch.BFloat16, torch.Copy(true))
	tall := grad.Size(0) > grad.Size(1)
	if tall {
		x = x.T()
	}
	x.Div_(x.Norm().Clamp(torch.WithMin(eps)))
	for range steps {
		gram := x.Matmul(x.T())
		update := torch.Addmm(gram, gram, gram, torch.Beta(coefficients[1]), torch.Alpha(coefficients[2]))
		x = torch.Addmm(x, update, x, torch.Beta(coefficients[0]))
	}
	if tall {
		x = x.T()
	}
	return x
}

// adjustedRatio is how a learning rate depends on a matrix's shape.
func adjustedRatio(name string, rows, cols float64) float64 {
	switch name {
	case "", "original":
		return math.Sqrt(max(1, rows/cols))
	case "match_rms_adamw":
		return 0.2 * math.Sqrt(max(rows, cols))
	case "spectral_unclamped":
		return math.Sqrt(rows / cols)
	}
	return 1
}
