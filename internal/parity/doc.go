// Package parity compares Go with Python: a test runs a snippet of Python under
// the same PyTorch, does the same in Go, and compares bits or text.
//
//	py := parity.Run(t, `
//	    torch.manual_seed(0)
//	    out["y"] = torch.randn(3)
//	`)
//	torch.ManualSeed(0)
//	py.EqualTensor("y", torch.Randn([]int64{3}))
//
// Where Go's default device is a CUDA device, as testkit makes it for a device under
// test, it is Python's, too.
//
// One Python process serves all tests of a package, since importing PyTorch
// takes seconds. It is $GOTORCH_PYTHON, or else python3. Where that has no
// PyTorch of the right version the test is skipped, or fails if
// GOTORCH_REQUIRE_PARITY is 1, as in CI.
package parity
