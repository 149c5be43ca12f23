package torch

// An operand is a tensor, or a number in a tensor's place: where Python's
// bindings take a number for a tensor (add, sub, mul, div and their kin), so do
// the operators' functions here. The number takes part in type promotion as a
// number, and the operation is recorded as that of two tensors.
type operand struct {
	tensor *Tensor
	number scalar
}

// toOperand converts a *Tensor or a number.
func toOperand(v any, name string) operand {
	if t, ok := v.(*Tensor); ok {
		if t == nil {
			refuseTensor(t, name)
		}
		return operand{tensor: t}
	}
	number, ok := numberToScalar(v)
	if !ok {
		refuseArgument("argument '%s' must be Tensor, not %s", name, typeName(v))
	}
	return operand{number: number}
}

// putOperand puts a tensor's handle or, marked by the lowest bit, a number.
func (f *frame) putOperand(o operand, name string) {
	if o.tensor != nil {
		f.putTensor(o.tensor, name)
		return
	}
	f.Put(uint64(o.number.tag)<<1 | 1)
	f.Put(o.number.bits)
	if o.number.tag == scalarComplex {
		f.Put(o.number.imag)
	}
}
