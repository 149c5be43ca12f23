// Package parametrize computes a module's parameter from other tensors, Python's
// torch.nn.utils.parametrize:
//
//	type symmetric struct{ nn.Module }
//
//	func (s *symmetric) Forward(x *torch.Tensor) *torch.Tensor {
//		return x.Triu().Add(x.Triu(torch.WithDiagonal(1)).T())
//	}
//
//	parametrize.RegisterParametrization(layer, "weight", newSymmetric())
//
// The original tensors are parameters of a child "parametrizations" from then
// on, with Python's keys: parametrizations.weight.original. In Python reading
// module.weight computes it. A field of Go does not know that it is read, so here
// a forward pre-hook computes the weight before each Forward, and stores it in
// the field. In between the field has the value of the last Forward; [Get]
// computes it anew, and [Set] does what an assignment does in Python. As for all
// hooks, the Forward of a module that is not of package nn must begin with
// nn.Enter, or be called by nn.Call or a container. functorch.FunctionalCall
// replaces originals, but not the computed tensor.
package parametrize

import "github.com/wangkuiyi/gotorch/torch"

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }
