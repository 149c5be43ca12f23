// Package autograd mirrors Python's torch.autograd beyond what package torch
// has: functions whose gradient is written in Go, [Function]; graphs and hooks
// of torch.autograd.graph, such as [SavedTensorsHooks]; anomaly mode,
// [DetectAnomaly]; forward mode, with [DualLevel]; and the functions of
// torch.autograd.functional, such as [Jacobian] and [Hessian].
package autograd
