package optim

import (
	"slices"

	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
)

// A number is a float or a tensor of no dimensions, such as a learning rate may
// be, with Python's arithmetic.
type number = scalar.Number

func num(value float64) number { return scalar.Of(value) }

// lr returns the learning rate.
func (v *values) lr() number {
	if lr := v.byName["lr"]; isNumber(lr) {
		return scalar.From(lr)
	}
	panic(v.unusable("lr", "a number"))
}

// betas returns the coefficients of running averages.
func (v *values) betas() [2]number {
	switch b := v.byName["betas"].(type) {
	case [2]float64:
		return [2]number{num(b[0]), num(b[1])}
	case [2]any:
		return [2]number{scalar.From(b[0]), scalar.From(b[1])}
	}
	panic(v.unusable("betas", "two numbers"))
}

// element returns an element of a pair as it was given.
func (v *values) element(name string, i int) any {
	if pair, ok := v.byName[name].([2]float64); ok {
		return pair[i]
	}
	return v.byName[name].([2]any)[i]
}

// operands returns numbers as the operand of an operator over lists: tensors if
// they all are.
func operands(numbers []number) any {
	if !slices.ContainsFunc(numbers, func(n number) bool { return n.Tensor == nil }) {
		tensors := make(list, len(numbers))
		for i, n := range numbers {
			tensors[i] = n.Tensor
		}
		return tensors
	}
	floats := make([]float64, len(numbers))
	for i, n := range numbers {
		floats[i] = n.Float()
	}
	return floats
}

// decay returns 1 - lr*weightDecay.
func decay(lr number, weightDecay float64) number {
	return num(1).Sub(lr.Mul(num(weightDecay)))
}
