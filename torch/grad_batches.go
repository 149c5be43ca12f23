package torch

// checkBatches refuses, as torch/autograd/__init__.py and torch/_vmap_internals.py
// do, batches of gradients that do not fit the outputs. It returns them with those
// that were not given.
func checkBatches(outputs, gradients []*Tensor) []*Tensor {
	if gradients == nil {
		gradients = make([]*Tensor, len(outputs))
	}
	if len(gradients) != len(outputs) {
		refuse(runtimeErrorKind, "got %d tensors and %d gradients", len(outputs), len(gradients))
	}
	batches := make([]*Tensor, len(outputs))
	for i, t := range outputs {
		if batches[i] = gradients[i]; gradients[i] != nil {
			checkBatch(i, t, gradients[i])
		} else if t.RequiresGrad() {
			batches[i] = implicitGradient(t)
		}
	}
	checkMapped(batches)
	return batches
}

func checkBatch(i int, output, batch *Tensor) {
	first := batch.Index(0)
	if shape := first.Shape(); !equalInts(output.Shape(), shape) {
		if len(shape) > 0 {
			shape = shape[1:]
		}
		refuse(runtimeErrorKind, "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch "+
			"dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a "+
			"mismatch was detected: grad_output[%d] has a shape of %s and output[%d] has a shape of %s. If you only want some "+
			"tensors in `grad_output` to be considered batched, consider using vmap.", i, sizeText(shape), i, sizeText(output.Shape()))
	}
	checkComplexGradient(i, output, batch)
}

// implicitGradient is the gradient of an output for which none is given.
func implicitGradient(output *Tensor) *Tensor {
	if output.Numel() != 1 {
		refuse(runtimeErrorKind, "grad can be implicitly created only for scalar outputs")
	}
	if dtype := output.DType(); !dtype.IsFloatingPoint() {
		refuse(runtimeErrorKind, "grad can be implicitly created only for real scalar outputs but got %s", dtype)
	}
	return OnesLike(output, PreserveFormat)
}

func checkMapped(batches []*Tensor) {
	const prefix = "vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0 for "
	var sizes []int64
	differ := false
	for _, t := range batches {
		switch {
		case t == nil:
			refuse(valueErrorKind, prefix+"an input but the input is of type <class 'NoneType'>. We cannot vmap over non-Tensor "+
				"arguments, please use None as the respective in_dim")
		case t.Dim() == 0:
			refuse(valueErrorKind, prefix+"some input, but that input is a Tensor of dimensionality 0 so expected in_dim to "+
				"satisfy 0 <= in_dim < 0.")
		}
		sizes = append(sizes, t.Size(0))
		differ = differ || t.Size(0) != sizes[0]
	}
	if differ {
		refuse(valueErrorKind, "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes %s for the "+
			"mapped dimension", intsText(sizes))
	}
}
