package prune

import (
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/torch"
)

// Identity prepares a parameter for pruning without pruning it: its mask is 1.
// Python's prune.identity.
func Identity[M nn.AnyModule](module M, name string) M { return Apply(module, name, NewIdentity()) }

// RandomUnstructured prunes elements of a parameter at random. Python's
// prune.random_unstructured.
func RandomUnstructured[M nn.AnyModule, A Amount](module M, name string, amount A) M {
	return Apply(module, name, NewRandomUnstructured(amount))
}

// L1Unstructured prunes the elements of a parameter that have the smallest
// absolute value. Python's prune.l1_unstructured.
func L1Unstructured[M nn.AnyModule, A Amount](module M, name string, amount A, opts ...ImportanceScoresOption) M {
	return Apply(module, name, NewL1Unstructured(amount), opts...)
}

// RandomStructured prunes channels of a parameter along a dimension at random.
// Python's prune.random_structured.
func RandomStructured[M nn.AnyModule, A Amount](module M, name string, amount A, dim int64) M {
	return Apply(module, name, NewRandomStructured(amount, dim))
}

// LnStructured prunes the channels of a parameter along a dimension that have the
// smallest norms of order n. Python's prune.ln_structured.
func LnStructured[M nn.AnyModule, A Amount, N NormOrder](module M, name string, amount A, n N, dim int64,
	opts ...ImportanceScoresOption) M {
	return Apply(module, name, NewLnStructured(amount, n, dim), opts...)
}

// CustomFromMask prunes a parameter where a mask is 0. Python's
// prune.custom_from_mask.
func CustomFromMask[M nn.AnyModule](module M, name string, mask *torch.Tensor) M {
	return Apply(module, name, NewCustomFromMask(mask))
}

// A Parameter is a parameter of a module by its name.
type Parameter struct {
	Module nn.AnyModule
	Name   string
}

func (p Parameter) tensor() *torch.Tensor { return requireTensor(p.Module.AsModule(), p.Name) }

// GlobalUnstructured prunes several parameters by a method as if they were one, so
// that of each as much goes as it has small elements. By scores, which may be nil,
// elements of some parameters are compared by other numbers than their own.
// Python's prune.global_unstructured.
//
//	prune.GlobalUnstructured(parameters, prune.NewL1Unstructured(0.2), nil)
func GlobalUnstructured(parameters []Parameter, method BasePruningMethod, scores map[Parameter]*torch.Tensor) {
	relevant, masks := make([]*torch.Tensor, len(parameters)), make([]*torch.Tensor, len(parameters))
	for i, p := range parameters {
		t := p.tensor()
		if relevant[i] = scores[p]; relevant[i] == nil {
			relevant[i] = t
		}
		mask, ok := p.Module.AsModule().GetTensor(p.Name + "_mask")
		if !ok {
			mask = torch.OnesLike(t)
		}
		masks[i] = mask
	}
	vector, defaultMask := utils.ParametersToVector(relevant), utils.ParametersToVector(masks)
	if kind := method.PruningType(); kind != "unstructured" {
		raise("TypeError", "Only \"unstructured\" PRUNING_TYPE supported for the `pruning_method`. Found method %T of type %s", method, kind)
	}
	mask := NewPruningContainer(method).ComputeMask(vector, defaultMask)
	start := int64(0)
	for _, p := range parameters {
		t := p.tensor()
		n := t.Numel()
		CustomFromMask(p.Module, p.Name, mask.Index(torch.Slice(start, start+n)).ViewAs(t))
		start += n
	}
}
