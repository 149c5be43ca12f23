// Package scalar has Python's arithmetic of floats and tensors of no dimensions,
// which learning rates may be.
package scalar

import (
	"reflect"
	"slices"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// A Number is a float or a tensor of no dimensions, such as a learning rate may
// be. Its arithmetic is Python's: floats in double precision, and tensors by
// operators, in their dtype.
type Number struct {
	Value  float64
	Tensor *torch.Tensor // nil: Value
}

// Of returns a float as a number.
func Of(value float64) Number { return Number{Value: value} }

// From returns a float64, an int64 or a tensor of one element as a number. Other values
// panic.
func From(value any) Number {
	switch v := value.(type) {
	case *torch.Tensor:
		if v.Dim() != 0 {
			v = v.Squeeze() // operators over lists ask for no dimensions
		}
		return Number{Tensor: v}
	case int64:
		return Of(float64(v))
	case float64:
		return Of(v)
	}
	panic(torch.NewError("TypeError", "must be a number, not %T", value))
}

// Float returns the number as a float.
func (n Number) Float() float64 {
	if n.Tensor != nil {
		return n.Tensor.Item()
	}
	return n.Value
}

// Any returns the number as an operand of an operator.
func (n Number) Any() any {
	if n.Tensor != nil {
		return n.Tensor
	}
	return n.Value
}

// Conversions to float64 forbid fusing two operations into one.

// Neg returns -n.
func (n Number) Neg() Number {
	if n.Tensor != nil {
		return Number{Tensor: n.Tensor.Neg()}
	}
	return Of(-n.Value)
}

// Add returns n + m.
func (n Number) Add(m Number) Number {
	switch {
	case n.Tensor != nil:
		return Number{Tensor: n.Tensor.Add(m.Any())}
	case m.Tensor != nil:
		return Number{Tensor: m.Tensor.Add(n.Value)}
	}
	return Of(float64(n.Value + m.Value))
}

// Sub returns n - m.
func (n Number) Sub(m Number) Number {
	switch {
	case n.Tensor != nil:
		return Number{Tensor: n.Tensor.Sub(m.Any())}
	case m.Tensor != nil:
		return Number{Tensor: torch.Rsub(m.Tensor, n.Value)}
	}
	return Of(float64(n.Value - m.Value))
}

// Mul returns n * m.
func (n Number) Mul(m Number) Number {
	switch {
	case n.Tensor != nil:
		return Number{Tensor: n.Tensor.Mul(m.Any())}
	case m.Tensor != nil:
		return Number{Tensor: m.Tensor.Mul(n.Value)}
	}
	return Of(float64(n.Value * m.Value))
}

// Div returns n / m.
func (n Number) Div(m Number) Number {
	switch {
	case n.Tensor != nil:
		return Number{Tensor: n.Tensor.Div(m.Any())}
	case m.Tensor != nil:
		return Number{Tensor: m.Tensor.Reciprocal().Mul(n.Value)}
	}
	return Of(n.Value / m.Value)
}

// Pow returns n ** exponent.
func (n Number) Pow(exponent float64) Number {
	if n.Tensor != nil {
		return Number{Tensor: n.Tensor.Pow(exponent)}
	}
	return Of(csrc.Pow(n.Value, exponent))
}

// Sqrt returns the square root.
func (n Number) Sqrt() Number {
	if n.Tensor != nil {
		return Number{Tensor: n.Tensor.Sqrt()}
	}
	return n.Pow(0.5)
}

// Abs returns abs(n).
func (n Number) Abs() Number {
	if n.Tensor != nil {
		return Number{Tensor: n.Tensor.Abs()}
	}
	return Of(max(n.Value, -n.Value))
}

// Less is Python's n < m. A float is compared with a tensor in the tensor's
// dtype.
func (n Number) Less(m Number) bool {
	switch {
	case n.Tensor != nil:
		return torch.BoolOf(n.Tensor.Lt(m.Any()))
	case m.Tensor != nil:
		return torch.BoolOf(m.Tensor.Gt(n.Value))
	}
	return n.Value < m.Value
}

// LessEqual is Python's n <= m.
func (n Number) LessEqual(m Number) bool {
	switch {
	case n.Tensor != nil:
		return torch.BoolOf(n.Tensor.Le(m.Any()))
	case m.Tensor != nil:
		return torch.BoolOf(m.Tensor.Ge(n.Value))
	}
	return n.Value <= m.Value
}

// Min is Python's min: the first of them that is not above the other.
func Min(a, b Number) Number {
	if b.Less(a) {
		return b
	}
	return a
}

// Max is Python's max.
func Max(a, b Number) Number {
	if a.Less(b) {
		return b
	}
	return a
}

// IsNil reports whether a value, such as an optimizer, is nil or a pointer that is.
func IsNil(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// NoGroups is the error of an optimizer that is nil and is asked for its groups.
func NoGroups() error {
	return torch.NewError("AttributeError", "'NoneType' object has no attribute 'param_groups'")
}

// CheckZip refuses lists of different lengths, the first of which Python's
// zip(strict=True) goes through.
func CheckZip(first, second int) {
	if first != second {
		shorter := "shorter"
		if second > first {
			shorter = "longer"
		}
		panic(torch.NewError("ValueError", "zip() argument 2 is %s than argument 1", shorter))
	}
}

// PerGroup returns a number for each group of parameters: rate is one for all, an
// int or a float64, or one for each. Python's _format_param.
func PerGroup(name string, groups int, rate any) []float64 {
	switch r := rate.(type) {
	case []float64:
		if len(r) != groups {
			panic(torch.NewError("ValueError", "%s must have the same length as optimizer.param_groups. %s has %d values, "+
				"param_groups has %d.", name, name, len(r), groups))
		}
		return slices.Clone(r)
	case int:
		return slices.Repeat([]float64{float64(r)}, groups)
	}
	return slices.Repeat([]float64{rate.(float64)}, groups)
}
