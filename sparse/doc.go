// Package sparse has functions of sparse tensors, Python's torch.sparse. The
// tensors themselves are made by [torch.SparseCooTensor], [torch.SparseCsrTensor]
// and [torch.Tensor.ToSparse].
package sparse
