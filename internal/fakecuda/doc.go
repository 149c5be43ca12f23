// Package fakecuda is for tests on simulated CUDA devices: it tells which device and
// stream each operator went to.
//
//	events := fakecuda.Log(t, func() { x.Add(y) })
//	for _, e := range fakecuda.Operators(events) {
//		fmt.Println(e.Name, e.Device) // aten::add.Tensor 1
//	}
//
// The simulation itself is in the folders runtime, driver and math, and made by
// scripts/fakecuda.sh; README.md says what it is and what it can do.
package fakecuda
