// Package lrscheduler changes the learning rates of optimizers as training
// goes on, Python's torch.optim.lr_scheduler.
//
//	scheduler := lrscheduler.NewStepLR(optimizer, 1, lrscheduler.Gamma(0.7))
//	for range epochs {
//		train()
//		scheduler.Step()
//	}
package lrscheduler
