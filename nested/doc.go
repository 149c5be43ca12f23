// Package nested has nested tensors, batches of tensors of different sizes,
// Python's torch.nested.
//
// Those of the strided layout are tensors of libtorch: [NestedTensor] and
// [AsNestedTensor] return a [torch.Tensor] that many operators take. Those of the
// jagged layout are a Python subclass of Tensor; here they are a type of their
// own, [Jagged], without PyTorch's operators on them: [Jagged.Map] applies those
// that work element by element, or along other dimensions than the ragged one.
package nested
