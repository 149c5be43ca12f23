// Package autograd mirrors Python's torch.autograd beyond what package torch
// has: forward mode, with [DualLevel], and the functions of
// torch.autograd.functional, such as [Jacobian] and [Hessian].
package autograd
