package torch

// Nonzero returns the indices of the elements that are not zero, one in each
// row, Python's torch.nonzero. Option: [Out].
func Nonzero(input *Tensor, opts ...NonzeroOption) *Tensor {
	for _, o := range opts {
		if o, ok := o.(OutArg); ok {
			out := outputs(o, 1)[0]
			opNonzeroOut(input, out)
			return out
		}
	}
	return opNonzero(input)
}

// Nonzero is [Nonzero] of t.
func (t *Tensor) Nonzero() *Tensor { return opNonzero(t) }

// NonzeroTuple returns the indices of the elements that are not zero, a tensor
// for each dimension, Python's torch.nonzero(input, as_tuple=True).
func NonzeroTuple(input *Tensor) []*Tensor { return opNonzeroNumpy(input) }

// NonzeroTuple is [NonzeroTuple] of t.
func (t *Tensor) NonzeroTuple() []*Tensor { return opNonzeroNumpy(t) }
