// Package parametrizations has parametrizations of weights, Python's
// torch.nn.utils.parametrizations: orthogonal matrices, matrices of spectral norm
// 1, and weights as norm times direction. Package parametrize says how they work,
// and removes them.
//
//	layer := parametrizations.Orthogonal(nn.NewLinear(20, 40))
package parametrizations

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/torch"
)

// Options of the functions here, and of those in package utils.
type (
	// Name is the name of the module's parameter. Its default is "weight".
	Name = utils.Name
	// Dim is the dimension of the outputs; see [utils.Dim].
	Dim = utils.Dim
	// NPowerIterations is how many steps of the power method each forward pass
	// of the training takes. Its default is 1.
	NPowerIterations = utils.NPowerIterations
	// Eps keeps norms from being zero. Its default is 1e-12.
	Eps = utils.Eps
)

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }

func requireTensor(module nn.AnyModule, name string) *torch.Tensor {
	t, ok := module.AsModule().GetTensor(name)
	if !ok {
		raise("ValueError", "Module '%s' has no parameter or buffer with name '%s'", module, name)
	}
	return t
}

// named makes a parametrization a module that is printed under Python's name.
func named[M nn.AnyModule](m M, name string) M {
	m.AsModule().Init(m)
	m.AsModule().Rename(name, option.Marker{})
	return m
}
