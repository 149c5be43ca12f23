package functorch

import "github.com/wangkuiyi/gotorch/nn"

// ReplaceAllBatchNormModules_ has all BatchNorm layers in a module forget their
// running statistics and keep none from now on, and returns the module: under
// [Vmap] a layer cannot update statistics that all samples share. It changes the
// module in place. Python's torch.func.replace_all_batch_norm_modules_.
func ReplaceAllBatchNormModules_[M nn.AnyModule](root M) M {
	for _, module := range root.AsModule().NamedModules() {
		switch l := module.(type) {
		case interface{ AsBatchNorm() *nn.NormBase }:
			forgetStatistics(l.AsBatchNorm())
		case *nn.SyncBatchNorm:
			forgetStatistics(&l.NormBase)
		}
	}
	return root
}

func forgetStatistics(l *nn.NormBase) {
	if !l.TrackRunningStats {
		return
	}
	l.RunningMean, l.RunningVar, l.NumBatchesTracked = nil, nil, nil
	l.TrackRunningStats = false
}
