// Package optim has the optimizers of PyTorch's torch.optim. They are written
// after PyTorch's Python code: same arguments and defaults, same order of
// operations, same digits.
//
//	optimizer := optim.NewSGD(model.Parameters(), optim.LR(0.01), optim.Momentum(0.9))
//	for range epochs {
//		optimizer.ZeroGrad()
//		loss := criterion.Forward(model.Forward(x), y)
//		loss.Backward()
//		optimizer.Step()
//	}
//
// Every keyword argument of Python is an [Option], which the compiler accepts
// for the optimizers that have it and for no others.
//
// Learning rate schedulers are in package lrscheduler.
package optim
