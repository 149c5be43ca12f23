package torch

// Nonzero returns the indices of the elements that are not zero, one in each
// row, Python's torch.nonzero.
func Nonzero(input *Tensor) *Tensor { return opNonzero(input) }

// Nonzero is [Nonzero] of t.
func (t *Tensor) Nonzero() *Tensor { return opNonzero(t) }

// NonzeroTuple returns the indices of the elements that are not zero, a tensor
// for each dimension, Python's torch.nonzero(input, as_tuple=True).
func NonzeroTuple(input *Tensor) []*Tensor { return opNonzeroNumpy(input) }

// NonzeroTuple is [NonzeroTuple] of t.
func (t *Tensor) NonzeroTuple() []*Tensor { return opNonzeroNumpy(t) }
