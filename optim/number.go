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
func (v *values) lr() number { return scalar.From(v.byName["lr"]) }

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
