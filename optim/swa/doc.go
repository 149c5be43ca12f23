// Package swa averages the weights of a model over its training, stochastic
// weight averaging and exponential moving averages: Python's
// torch.optim.swa_utils.
//
//	averaged := swa.NewAveragedModel(model)
//	scheduler := swa.NewSWALR(optimizer, 0.05)
//	for epoch := range epochs {
//		train()
//		if epoch > swaStart {
//			averaged.UpdateParameters(model)
//			scheduler.Step()
//		}
//	}
//	swa.UpdateBn(batches, averaged)
package swa
