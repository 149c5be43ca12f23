// Package prune sets parts of a module's parameters to zero, Python's
// torch.nn.utils.prune.
//
//	prune.L1Unstructured(layer, "weight", 0.3)               // 30 % of the elements
//	prune.LnStructured(layer, "weight", 2, 2.0, 0)           // and two rows
//	prune.Remove(layer, "weight")                            // keeps the zeros
//
// A parameter that is pruned becomes weight_orig, with a buffer weight_mask; a
// forward pre-hook stores the product in the field before each Forward. As for all
// hooks, the Forward of a module that is not of package nn must begin with
// nn.Enter, or be called by nn.Call or a container.
//
// A method of pruning is a [BasePruningMethod]. In Python the classes have the
// names of the functions, such as L1Unstructured and l1_unstructured; here
// functions such as [NewL1Unstructured] return the methods.
package prune

import "github.com/wangkuiyi/gotorch/torch"

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }
