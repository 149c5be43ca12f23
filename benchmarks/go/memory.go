package main

import "github.com/wangkuiyi/gotorch/torch"

// The loops whose peak memory is measured. They leave all to the garbage
// collector: no scope, no Close.

// smallSteps runs n steps of a model with two weights.
func smallSteps(n int) {
	w, x := grad(randn(2)), randn(2)
	for range n {
		w.SetGrad(nil)
		w.Mul(x).Sum().Backward()
	}
}

// largeTensors makes and drops n tensors of 100 MB.
func largeTensors(n int) {
	for range n {
		torch.Ones([]int64{25_000_000})
	}
}
