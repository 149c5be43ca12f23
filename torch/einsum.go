package torch

import (
	"reflect"
	"strings"
)

// Einsum sums products of the operands' elements over the dimensions that the
// equation names, in Einstein's convention: Python's torch.einsum.
//
//	torch.Einsum("ij,jk->ik", a, b)   // a matrix product
//	torch.Einsum("...ii->...i", a)    // the diagonals of a batch of matrices
//
// Operands are contracted from left to right, as Python does without the
// package opt_einsum.
func Einsum(equation string, operands ...*Tensor) *Tensor {
	if len(operands) == 0 {
		refuse(valueErrorKind, "einsum(): must specify the equation string and at least one operand, "+
			"or at least one operand and its subscripts list")
	}
	return opEinsum(equation, operands, nil)
}

// EinsumSublists is [Einsum] with lists of subscripts in place of the equation:
// after each operand comes the list for its dimensions, and at the end, if it is
// given, that for the result's. A list is an []int, or an []any in which
// [Ellipsis] may stand, too; subscripts are from 0 to 51.
//
//	torch.EinsumSublists(a, []int{0, 1}, b, []int{1, 2}, []int{0, 2})
func EinsumSublists(arguments ...any) *Tensor {
	if len(arguments) < 2 {
		return Einsum("")
	}
	var operands []*Tensor
	var lists []string
	pairs := len(arguments) / 2
	for i := range pairs {
		operands = append(operands, toTensor(arguments[2*i], "operands"))
		lists = append(lists, subscripts(arguments[2*i+1]))
	}
	equation := strings.Join(lists, ",")
	if len(arguments)%2 == 1 {
		equation += "->" + subscripts(arguments[2*pairs])
	}
	return Einsum(equation, operands...)
}

// subscripts spells a list of subscripts as in an equation.
func subscripts(list any) string {
	v := reflect.ValueOf(list)
	if kindOf(list) != reflect.Slice {
		wrongType("subscripts", "list", list)
	}
	var b strings.Builder
	for i := range v.Len() {
		item := v.Index(i).Interface()
		if item == Ellipsis {
			b.WriteString("...")
			continue
		}
		switch n := toInt(item, "subscripts"); {
		case n >= 0 && n < 26:
			b.WriteByte(byte('A' + n))
		case n >= 26 && n < 52:
			b.WriteByte(byte('a' + n - 26))
		default:
			refuse(valueErrorKind, "einsum(): subscript in subscript list is not within the valid range [0, 52)")
		}
	}
	return b.String()
}

// Tensordot sums products of a's and b's elements over some dimensions of both,
// Python's torch.tensordot. dims is the number of dimensions, a's last and b's
// first, or a [][]int64 with a list of a's and one of b's, or a tensor with
// either. Option: [Out].
func Tensordot(a, b *Tensor, dims any, opts ...TensordotOption) *Tensor {
	dimsA, dimsB := contracted(a, b, dims)
	for _, o := range opts {
		if o, ok := o.(OutArg); ok {
			out := outputs(o, 1)[0]
			opTensordotOut(a, b, dimsA, dimsB, out)
			return out
		}
	}
	return opTensordot(a, b, dimsA, dimsB)
}

// contracted returns the dimensions of a and of b that dims means.
func contracted(a, b *Tensor, dims any) (dimsA, dimsB []int64) {
	switch d := dims.(type) {
	case [][]int64:
		if len(d) == 2 {
			return d[0], d[1]
		}
		refuse(valueErrorKind, "dims must have 2 lists, not %d", len(d))
	case *Tensor:
		if d.Numel() > 1 {
			if n := d.Size(0); n != 2 {
				refuse(valueErrorKind, "dims tensor must have size 2 in first dimension, got %d", n)
			}
			return Data[int64](opSelectInt(d, 0, 0).To(Int64)), Data[int64](opSelectInt(d, 0, 1).To(Int64))
		}
		n := int64(d.Item())
		if n < 0 {
			refuse(runtimeErrorKind, "tensordot expects dims >= 0, but got dims=%d", n)
		}
		return lastAndFirst(n)
	}
	if !isInteger(dims) {
		refuse(runtimeErrorKind, "tensordot expects dims to be int or tuple[list[int], list[int]] or "+
			"list[list[int]] containing two lists, but got dims=%v", dims)
	}
	n := toInt(dims, "dims")
	if n < 0 {
		refuse(runtimeErrorKind, "tensordot expects dims >= 0, but got dims=%d", n)
	}
	if n > min(a.Dim(), b.Dim()) {
		refuse(runtimeErrorKind, "tensordot expects dims < ndim_a or ndim_b, but got dims=%d", n)
	}
	return lastAndFirst(n)
}

// lastAndFirst lists the last n dimensions and the first n.
func lastAndFirst(n int64) (last, first []int64) {
	for i := range n {
		last = append(last, i-n)
		first = append(first, i)
	}
	return last, first
}
