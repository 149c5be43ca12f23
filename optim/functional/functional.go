// Package functional has the optimizers' steps as functions of parameters,
// gradients and states, PyTorch's torch.optim.functional. They are what package
// optim does in a step, with the same digits.
//
//	torch.NoGrad(func() {
//		functional.Sgd(params, grads, buffers, optim.LR(0.1), optim.Momentum(0.9))
//	})
//
// Lists are as long as the list of parameters, and changed in place. States that
// an optimizer keeps only under some option have an empty list without it.
// The count of steps is a tensor for each parameter, which the functions
// increment.
//
// Options are those of the optimizer, and their defaults, too; in Python most have
// no default here. The functions run in the grad mode that is on, and panic as the
// optimizer's Step does.
package functional

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// An optimizer is one of package optim, with an empty group.
type optimizer interface {
	StepOver(m option.Marker, params, grads []*torch.Tensor, states map[string][]*torch.Tensor, counts []int64)
}

type states = map[string][]*torch.Tensor

func step(o optimizer, params, grads []*torch.Tensor, s states) {
	o.StepOver(option.Marker{}, params, grads, s, nil)
}

// Adadelta is a step of [optim.Adadelta], Python's adadelta.
func Adadelta(params, grads, squareAvgs, accDeltas, stateSteps []*torch.Tensor, opts ...optim.AdadeltaOption) {
	step(optim.NewAdadelta([]optim.AdadeltaGroup{{}}, opts...), params, grads,
		states{"square_avg": squareAvgs, "acc_delta": accDeltas, "step": stateSteps})
}

// Adafactor is a step of [optim.Adafactor], Python's adafactor. Matrices have
// rowVars and colVars, and nil in variances; vectors the reverse.
func Adafactor(params, grads, rowVars, colVars, variances, stateSteps []*torch.Tensor, opts ...optim.AdafactorOption) {
	step(optim.NewAdafactor([]optim.AdafactorGroup{{}}, opts...), params, grads,
		states{"row_var": rowVars, "col_var": colVars, "variance": variances, "step": stateSteps})
}

// Adagrad is a step of [optim.Adagrad], Python's adagrad.
func Adagrad(params, grads, stateSums, stateSteps []*torch.Tensor, opts ...optim.AdagradOption) {
	step(optim.NewAdagrad([]optim.AdagradGroup{{}}, opts...), params, grads, states{"sum": stateSums, "step": stateSteps})
}

// Adam is a step of [optim.Adam], Python's adam. maxExpAvgSqs is for
// [optim.Amsgrad].
func Adam(params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, stateSteps []*torch.Tensor, opts ...optim.AdamOption) {
	step(optim.NewAdam([]optim.AdamGroup{{}}, opts...), params, grads,
		states{"exp_avg": expAvgs, "exp_avg_sq": expAvgSqs, "max_exp_avg_sq": maxExpAvgSqs, "step": stateSteps})
}

// Adamax is a step of [optim.Adamax], Python's adamax.
func Adamax(params, grads, expAvgs, expInfs, stateSteps []*torch.Tensor, opts ...optim.AdamaxOption) {
	step(optim.NewAdamax([]optim.AdamaxGroup{{}}, opts...), params, grads,
		states{"exp_avg": expAvgs, "exp_inf": expInfs, "step": stateSteps})
}

// Adamw is a step of [optim.AdamW], Python's adamw. maxExpAvgSqs is for
// [optim.Amsgrad].
func Adamw(params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, stateSteps []*torch.Tensor, opts ...optim.AdamWOption) {
	step(optim.NewAdamW([]optim.AdamWGroup{{}}, opts...), params, grads,
		states{"exp_avg": expAvgs, "exp_avg_sq": expAvgSqs, "max_exp_avg_sq": maxExpAvgSqs, "step": stateSteps})
}

// Asgd is a step of [optim.ASGD], Python's asgd.
func Asgd(params, grads, axs, mus, etas, stateSteps []*torch.Tensor, opts ...optim.ASGDOption) {
	step(optim.NewASGD([]optim.ASGDGroup{{}}, opts...), params, grads,
		states{"ax": axs, "mu": mus, "eta": etas, "step": stateSteps})
}

// Muon is a step of [optim.Muon], Python's muon. Parameters are matrices.
func Muon(params, grads, momentumBuffers []*torch.Tensor, opts ...optim.MuonOption) {
	step(optim.NewMuon([]optim.MuonGroup{{}}, opts...), params, grads, states{"momentum_buffer": momentumBuffers})
}

// Nadam is a step of [optim.NAdam], Python's nadam.
func Nadam(params, grads, expAvgs, expAvgSqs, muProducts, stateSteps []*torch.Tensor, opts ...optim.NAdamOption) {
	step(optim.NewNAdam([]optim.NAdamGroup{{}}, opts...), params, grads,
		states{"exp_avg": expAvgs, "exp_avg_sq": expAvgSqs, "mu_product": muProducts, "step": stateSteps})
}

// Radam is a step of [optim.RAdam], Python's radam.
func Radam(params, grads, expAvgs, expAvgSqs, stateSteps []*torch.Tensor, opts ...optim.RAdamOption) {
	step(optim.NewRAdam([]optim.RAdamGroup{{}}, opts...), params, grads,
		states{"exp_avg": expAvgs, "exp_avg_sq": expAvgSqs, "step": stateSteps})
}

// Rmsprop is a step of [optim.RMSprop], Python's rmsprop. gradAvgs is for
// [optim.Centered], momentumBuffers for [optim.Momentum].
func Rmsprop(params, grads, squareAvgs, gradAvgs, momentumBuffers, stateSteps []*torch.Tensor, opts ...optim.RMSpropOption) {
	step(optim.NewRMSprop([]optim.RMSpropGroup{{}}, opts...), params, grads,
		states{"square_avg": squareAvgs, "grad_avg": gradAvgs, "momentum_buffer": momentumBuffers, "step": stateSteps})
}

// Rprop is a step of [optim.Rprop], Python's rprop. stepSizes start from the
// learning rate.
func Rprop(params, grads, prevs, stepSizes, stateSteps []*torch.Tensor, opts ...optim.RpropOption) {
	step(optim.NewRprop([]optim.RpropGroup{{}}, opts...), params, grads,
		states{"prev": prevs, "step_size": stepSizes, "step": stateSteps})
}

// Sgd is a step of [optim.SGD], Python's sgd. momentumBuffers is for
// [optim.Momentum]; where it has nil it gets the first buffer.
func Sgd(params, grads, momentumBuffers []*torch.Tensor, opts ...optim.SGDOption) {
	step(optim.NewSGD([]optim.SGDGroup{{}}, opts...), params, grads, states{"momentum_buffer": momentumBuffers})
}

// SparseAdam is a step of [optim.SparseAdam], Python's sparse_adam. stateSteps are
// the numbers of this step, which it does not increment.
func SparseAdam(params, grads, expAvgs, expAvgSqs []*torch.Tensor, stateSteps []int64, opts ...optim.SparseAdamOption) {
	optim.NewSparseAdam([]optim.SparseAdamGroup{{}}, opts...).StepOver(option.Marker{}, params, grads,
		states{"exp_avg": expAvgs, "exp_avg_sq": expAvgSqs}, stateSteps)
}
