package optim

import (
	"slices"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// A number is a float or a tensor of no dimensions, such as a learning rate may
// be. Its arithmetic is Python's: floats in double precision, and tensors by
// operators, in their dtype.
type number struct {
	value  float64
	tensor *torch.Tensor // nil: value
}

func num(value float64) number { return number{value: value} }

// numberOf returns a value of a group as a number.
func numberOf(value any) number {
	switch v := value.(type) {
	case *torch.Tensor:
		if v.Dim() != 0 {
			v = v.Squeeze() // operators over lists ask for no dimensions
		}
		return number{tensor: v}
	case int64:
		return num(float64(v))
	}
	return num(value.(float64))
}

// lr returns the learning rate.
func (v *values) lr() number { return numberOf(v.byName["lr"]) }

// float returns the number as a float.
func (n number) float() float64 {
	if n.tensor != nil {
		return n.tensor.Item()
	}
	return n.value
}

// any returns the number as an operand of an operator.
func (n number) any() any {
	if n.tensor != nil {
		return n.tensor
	}
	return n.value
}

// operands returns numbers as the operand of an operator over lists: tensors if
// they all are.
func operands(numbers []number) any {
	if !slices.ContainsFunc(numbers, func(n number) bool { return n.tensor == nil }) {
		tensors := make(list, len(numbers))
		for i, n := range numbers {
			tensors[i] = n.tensor
		}
		return tensors
	}
	floats := make([]float64, len(numbers))
	for i, n := range numbers {
		floats[i] = n.float()
	}
	return floats
}

// The conversions to float64 forbid fusing two operations into one.

func (n number) neg() number {
	if n.tensor != nil {
		return number{tensor: n.tensor.Neg()}
	}
	return num(-n.value)
}

func (n number) add(m number) number {
	switch {
	case n.tensor != nil:
		return number{tensor: n.tensor.Add(m.any())}
	case m.tensor != nil:
		return number{tensor: m.tensor.Add(n.value)}
	}
	return num(float64(n.value + m.value))
}

func (n number) sub(m number) number {
	switch {
	case n.tensor != nil:
		return number{tensor: n.tensor.Sub(m.any())}
	case m.tensor != nil:
		return number{tensor: torch.Rsub(m.tensor, n.value)}
	}
	return num(float64(n.value - m.value))
}

func (n number) mul(m number) number {
	switch {
	case n.tensor != nil:
		return number{tensor: n.tensor.Mul(m.any())}
	case m.tensor != nil:
		return number{tensor: m.tensor.Mul(n.value)}
	}
	return num(float64(n.value * m.value))
}

func (n number) div(m number) number {
	switch {
	case n.tensor != nil:
		return number{tensor: n.tensor.Div(m.any())}
	case m.tensor != nil:
		return number{tensor: m.tensor.Reciprocal().Mul(n.value)}
	}
	return num(n.value / m.value)
}

func (n number) pow(exponent float64) number {
	if n.tensor != nil {
		return number{tensor: n.tensor.Pow(exponent)}
	}
	return num(csrc.Pow(n.value, exponent))
}

func (n number) sqrt() number {
	if n.tensor != nil {
		return number{tensor: n.tensor.Sqrt()}
	}
	return n.pow(0.5)
}

func (n number) abs() number {
	if n.tensor != nil {
		return number{tensor: n.tensor.Abs()}
	}
	return num(max(n.value, -n.value))
}

// less is Python's n < m. A float is compared with a tensor in the tensor's
// dtype.
func (n number) less(m number) bool {
	switch {
	case n.tensor != nil:
		return n.tensor.Lt(m.any()).Item() != 0
	case m.tensor != nil:
		return m.tensor.Gt(n.value).Item() != 0
	}
	return n.value < m.value
}

// lessEqual is Python's n <= m.
func (n number) lessEqual(m number) bool {
	switch {
	case n.tensor != nil:
		return n.tensor.Le(m.any()).Item() != 0
	case m.tensor != nil:
		return m.tensor.Ge(n.value).Item() != 0
	}
	return n.value <= m.value
}

// minNumber is Python's min: the first of them that is not above the other.
func minNumber(a, b number) number {
	if b.less(a) {
		return b
	}
	return a
}

// maxNumber is Python's max.
func maxNumber(a, b number) number {
	if a.less(b) {
		return b
	}
	return a
}

// decay returns 1 - lr*weightDecay.
func decay(lr number, weightDecay float64) number {
	return num(1).sub(lr.mul(num(weightDecay)))
}
