package torch

// ViewAsReal returns a complex tensor as a real one with one more dimension, of
// size 2: the real and the imaginary part. It shares t's memory. Python's
// torch.view_as_real.
func ViewAsReal(input *Tensor) *Tensor { return opViewAsReal(input) }

// ViewAsComplex is the reverse of [ViewAsReal], Python's torch.view_as_complex.
func ViewAsComplex(input *Tensor) *Tensor { return opViewAsComplex(input) }
