// Package masked has reductions and normalizations of tensors that leave out
// elements, Python's torch.masked:
//
//	masked.Sum(x, torch.Dim(1), masked.Mask(m))
//
// Where the mask is false (or 0) an element does not count. The mask need not
// have the input's shape, but its shape must be one that can be broadcast to it.
// A reduction of elements that are all masked out, and the elements of a
// normalization that are masked out, have no defined value. Gradients flow to
// elements that count.
//
// Sparse inputs, in COO and CSR layout, work where PyTorch has them: for [Sum],
// [Prod], [Amax] and [Amin], and in CSR layout [Mean]. There the elements that
// are not specified are masked out by a sparse mask that does not specify them.
package masked
