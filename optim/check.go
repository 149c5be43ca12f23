package optim

import "github.com/wangkuiyi/gotorch/torch"

// Messages of errors that several optimizers share.
const (
	invalidLR          = "Invalid learning rate: %s"
	invalidEps         = "Invalid epsilon value: %s"
	invalidWeightDecay = "Invalid weight_decay value: %s"
)

// refuse raises Python's ValueError about an option if it is not valid.
func refuse(defaults *values, name, message string, valid bool) {
	if !valid {
		panic(torch.NewError("ValueError", message, repr(defaults.byName[name])))
	}
}

// checkNotNegative refuses negative numbers and NaN.
func checkNotNegative(defaults *values, name, message string) {
	refuse(defaults, name, message, 0 <= defaults.float(name))
}

// checkBetas refuses what is not in [0, 1).
func checkBetas(defaults *values) {
	beta1, beta2 := defaults.pair("betas")
	for i, beta := range []float64{beta1, beta2} {
		if !(0 <= beta && beta < 1) {
			panic(torch.NewError("ValueError", "Invalid beta parameter at index %d: %s", i, repr(beta)))
		}
	}
}

// checkTensorLR refuses a learning rate that is a tensor of several elements.
func checkTensorLR(defaults *values) {
	if lr, ok := defaults.byName["lr"].(*torch.Tensor); ok && lr.Numel() != 1 {
		panic(torch.NewError("ValueError", "Tensor lr must be 1-element"))
	}
}
