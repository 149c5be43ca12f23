// Package lrscheduler changes the learning rates of optimizers as training
// goes on, Python's torch.optim.lr_scheduler.
//
//	scheduler := lrscheduler.NewStepLR(optimizer, 1, lrscheduler.Gamma(0.7))
//	for range epochs {
//		train()
//		scheduler.Step()
//	}
//
// The constructors set the learning rates of the first epoch, so that a checkpoint of the
// optimizer is loaded after its schedulers are made:
//
//	scheduler := lrscheduler.NewStepLR(optimizer, 1)
//	err := errors.Join(optimizer.LoadStateDict(saved), scheduler.LoadStateDict(state))
//
// Most schedulers know the groups of parameters that there were when they were made: as in
// Python, the Step of [LambdaLR], [MultiplicativeLR], [CyclicLR], [OneCycleLR] and
// [CosineAnnealingWarmRestarts], that of [CosineAnnealingLR] where it goes up again, and StepTo
// of the others panic if one was added since. Constructors panic, too, if the optimizer is
// nil.
package lrscheduler
