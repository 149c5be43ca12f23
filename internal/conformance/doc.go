// Package conformance replays what PyTorch's operator database calls.
//
// The database (torch.testing._internal.common_methods_invocations) has sample
// inputs for every operator of PyTorch; PyTorch's own tests are built on it.
// record.py runs the samples in Python and writes each call that they make with
// its arguments, results and gradients. The tests of this package replay the
// calls in Go and compare bits:
//
//   - at the level of ATen, through libgotorch's table of operators;
//   - at that of Python's functions, through the exported functions of this
//     project, which are found by their names (exports_gen.go).
//
// On a CUDA device the calls are those of Python on the same device. On a simulated one
// those of the CPU have the CPU's results, too, but for the reasons in
// device_reasons.go; a log tells the device and stream of all that they do.
//
// docs/conformance.md, which the tests write under GOTORCH_LONG_TESTS=1, says how
// many calls are equal, and why others are not.
package conformance
