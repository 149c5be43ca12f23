package sparse

import "github.com/wangkuiyi/gotorch/torch"

// A Gradcheck compares the gradients of fn at inputs with differences of its
// outputs, and reports whether they agree, as Python's torch.autograd.gradcheck
// does. It knows dense tensors only.
type Gradcheck func(fn func(inputs []*torch.Tensor) []*torch.Tensor, inputs []*torch.Tensor) bool

// AsSparseGradcheck makes of a gradcheck one for functions of sparse tensors,
// Python's torch.sparse.as_sparse_gradcheck. The gradcheck that it is made of
// sees the values of the sparse inputs that require gradients, and the outputs as
// dense tensors.
//
// With masked, only elements that the inputs specify are varied. Without it, all
// are, also those that are 0.
func AsSparseGradcheck(gradcheck Gradcheck, masked bool) Gradcheck {
	return func(fn func([]*torch.Tensor) []*torch.Tensor, inputs []*torch.Tensor) bool {
		strided := make([]*torch.Tensor, len(inputs))
		restore := make([]func(values *torch.Tensor) *torch.Tensor, len(inputs))
		for i, t := range inputs {
			strided[i], restore[i] = t, func(t *torch.Tensor) *torch.Tensor { return t }
			if differentiable(t) {
				strided[i], restore[i] = separate(t, masked)
			}
		}
		wrapped := func(values []*torch.Tensor) []*torch.Tensor {
			restored := make([]*torch.Tensor, len(values))
			for i, v := range values {
				restored[i] = restore[i](v)
			}
			outputs := make([]*torch.Tensor, 0, len(values))
			for _, o := range fn(restored) {
				if differentiable(o) {
					o = o.ToDense(torch.MaskedGrad(masked))
				}
				outputs = append(outputs, o)
			}
			return outputs
		}
		return gradcheck(wrapped, strided)
	}
}

// differentiable reports whether t is a sparse tensor that takes part in
// gradients.
func differentiable(t *torch.Tensor) bool {
	switch t.Layout() {
	case torch.SparseCoo, torch.SparseCsr, torch.SparseCsc, torch.SparseBsr, torch.SparseBsc:
		return t.RequiresGrad()
	}
	return false
}

// separate returns the values of a sparse tensor, and what makes a sparse tensor
// of values again.
func separate(t *torch.Tensor, masked bool) (values *torch.Tensor, restore func(values *torch.Tensor) *torch.Tensor) {
	layout, size := t.Layout(), torch.WithSize(t.Shape()...)
	t = t.Detach()
	if !masked {
		t = specified(t)
	}
	if layout == torch.SparseCoo {
		operators := operators()
		indices, coalesced := operators.Indices(t), torch.IsCoalesced(t.IsCoalesced())
		return operators.Values(t).RequiresGrad_(), func(values *torch.Tensor) *torch.Tensor {
			return torch.SparseCooTensor(indices, values, size, coalesced)
		}
	}
	compressed, plain := compressedIndices(t)
	return t.Values().RequiresGrad_(), func(values *torch.Tensor) *torch.Tensor {
		return torch.SparseCompressedTensor(compressed, plain, values, size, layout)
	}
}

func compressedIndices(t *torch.Tensor) (compressed, plain *torch.Tensor) {
	switch t.Layout() {
	case torch.SparseCsr, torch.SparseBsr:
		return t.CrowIndices(), t.ColIndices()
	}
	return t.CcolIndices(), t.RowIndices()
}

// specified returns t with all elements specified, zeros, too.
func specified(t *torch.Tensor) *torch.Tensor {
	dense := t.DenseDim()
	options := []torch.ToSparseOption{t.Layout(), torch.DenseDim(dense)}
	switch t.Layout() {
	case torch.SparseBsr, torch.SparseBsc:
		batch := t.Dim() - dense - t.SparseDim()
		options = append(options, torch.Blocksize(t.Values().Shape()[batch+1:batch+3]...))
	}
	every := torch.Ones(t.Shape(), torch.Bool, t.Device()).ToSparse(options...)
	return t.ToDense().SparseMask(every)
}
