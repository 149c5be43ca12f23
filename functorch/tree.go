package functorch

import (
	"maps"
	"slices"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// layers is functorch's stack of layers.
var layers = torch.Transforms(option.Marker{})

// A Tree is what transformed functions take and return: a tensor, a list, or
// named tensors. Python's pytrees are more general.
type Tree interface {
	*torch.Tensor | []*torch.Tensor | map[string]*torch.Tensor
}

// none stands for what a function without auxiliary results returns besides.
type none = []*torch.Tensor

// leavesOf returns a tree's tensors: a map's in the order of the names.
func leavesOf[X Tree](x X) []*torch.Tensor {
	switch x := any(x).(type) {
	case *torch.Tensor:
		return []*torch.Tensor{x}
	case []*torch.Tensor:
		return x
	case map[string]*torch.Tensor:
		leaves := make([]*torch.Tensor, 0, len(x))
		for _, name := range slices.Sorted(maps.Keys(x)) {
			leaves = append(leaves, x[name])
		}
		return leaves
	}
	panic("unreachable")
}

// likeTree returns a tree of the structure of x with other tensors. A list may
// change its length.
func likeTree[X Tree](x X, leaves []*torch.Tensor) X {
	var like any
	switch x := any(x).(type) {
	case *torch.Tensor:
		like = leaves[0]
	case []*torch.Tensor:
		like = leaves
	case map[string]*torch.Tensor:
		named := make(map[string]*torch.Tensor, len(x))
		for i, name := range slices.Sorted(maps.Keys(x)) {
			named[name] = leaves[i]
		}
		like = named
	}
	return like.(X)
}

// mapTree applies fn to the tensors of a tree that are not nil.
func mapTree[X Tree](x X, fn func(*torch.Tensor) *torch.Tensor) X {
	return likeTree(x, each(leavesOf(x), fn))
}

func each(tensors []*torch.Tensor, fn func(*torch.Tensor) *torch.Tensor) []*torch.Tensor {
	results := make([]*torch.Tensor, len(tensors))
	for i, t := range tensors {
		if t != nil {
			results[i] = fn(t)
		}
	}
	return results
}

// wrapped wraps the tensors for a layer that differentiates.
func wrapped[X Tree](x X, level int64) X {
	return mapTree(x, func(t *torch.Tensor) *torch.Tensor { return layers.WrapForGrad(t, level) })
}

// unwrapped takes the wrappers of the layer off.
func unwrapped[X Tree](x X, level int64) X {
	return mapTree(x, func(t *torch.Tensor) *torch.Tensor { return layers.UnwrapForGrad(t, level) })
}

// specOf describes the structure of a tree; a list stands for a tuple.
func specOf[X Tree](x X) *spec {
	switch x := any(x).(type) {
	case *torch.Tensor:
		return leafSpec
	case []*torch.Tensor:
		return tupleSpec(slices.Repeat([]*spec{leafSpec}, len(x))...)
	case map[string]*torch.Tensor:
		names := slices.Sorted(maps.Keys(x))
		return &spec{kind: dictNode, keys: names, children: slices.Repeat([]*spec{leafSpec}, len(x))}
	}
	panic("unreachable")
}

// argumentsSpec describes the structure of a function's arguments: a list is
// all of them, and any other tree is one.
func argumentsSpec[X Tree](x X) *spec {
	if s := specOf(x); s.kind == tupleNode {
		return s
	} else {
		return tupleSpec(s)
	}
}
