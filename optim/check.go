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
	for i, beta := range defaults.betas() {
		if !num(0).LessEqual(beta) || !beta.Less(num(1)) {
			panic(torch.NewError("ValueError", "Invalid beta parameter at index %d: %s", i, repr(defaults.element("betas", i))))
		}
	}
}

// checkTensorBetas refuses tensors as betas where they cannot be, after
// checkBetas, and takes their dimensions off.
func checkTensorBetas(defaults *values) {
	betas := defaults.betas()
	if _, tensors := defaults.byName["betas"].([2]any); tensors {
		defaults.set("betas", [2]any{betas[0].Any(), betas[1].Any()})
	}
	for i, beta := range betas {
		if beta.Tensor != nil && defaults.flag("foreach") && !defaults.flag("capturable") {
			panic(torch.NewError("ValueError", "betas[%d] as a Tensor is not supported for capturable=False and foreach=True", i))
		}
	}
}

// checkTensorLR refuses a learning rate that is a tensor of several elements.
func checkTensorLR(defaults *values) {
	if lr, ok := defaults.byName["lr"].(*torch.Tensor); ok && lr.Numel() != 1 {
		panic(torch.NewError("ValueError", "Tensor lr must be 1-element"))
	}
}
