package prune

import (
	"iter"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// PruningContainer is the methods that pruned a parameter one after the other.
// [Apply] makes it. Python's PruningContainer.
type PruningContainer struct{ methods []BasePruningMethod }

// NewPruningContainer returns a [PruningContainer] of these methods.
func NewPruningContainer(methods ...BasePruningMethod) *PruningContainer {
	return &PruningContainer{slices.Clone(methods)}
}

// AddPruningMethod adds a method, Python's add_pruning_method.
func (c *PruningContainer) AddPruningMethod(method BasePruningMethod) {
	c.methods = append(c.methods, method)
}

// Len returns the number of methods.
func (c *PruningContainer) Len() int { return len(c.methods) }

// At returns a method; negative indices count from the end. An index outside
// panics with an IndexError.
func (c *PruningContainer) At(index int) BasePruningMethod {
	n := len(c.methods)
	if index < -n || index >= n {
		raise("IndexError", "tuple index out of range")
	}
	return c.methods[(index+n)%n]
}

// All yields the methods in order.
func (c *PruningContainer) All() iter.Seq2[int, BasePruningMethod] { return slices.All(c.methods) }

// PruningType is the last method's. Without methods there is none, which panics
// with an AttributeError.
func (c *PruningContainer) PruningType() string {
	if c.Len() == 0 {
		raise("AttributeError", "'PruningContainer' object has no attribute 'PRUNING_TYPE'")
	}
	return c.At(-1).PruningType()
}

// ComputeMask applies the last method to the part of t that the others, which
// made mask, left. Without methods it panics with an IndexError.
func (c *PruningContainer) ComputeMask(t, mask *torch.Tensor) *torch.Tensor {
	method := c.At(-1)
	part := remaining(method, t, mask)
	partial := method.ComputeMask(t.Index(part...), mask.Index(part...))
	combined := mask.To(t.DType())
	if combined == mask {
		combined = mask.Clone()
	}
	return combined.IndexPut_(partial.To(combined.DType()), part...)
}

// remaining returns the index of what a method has to do with.
func remaining(method BasePruningMethod, t, mask *torch.Tensor) []any {
	dims := t.Dim()
	switch kind := method.PruningType(); kind {
	case "unstructured":
		return []any{mask.Eq(1)}
	case "structured":
		structured, ok := method.(StructuredMethod)
		if !ok {
			raise("AttributeError", "Pruning methods of PRUNING_TYPE \"structured\" need to have the attribute `dim` defined.")
		}
		dim := structured.Dim()
		if dim < 0 {
			dim += dims
		}
		if dim < 0 {
			raise("IndexError", "Index is out of bounds for tensor with dimensions %d", dims)
		}
		return along(dims, dim, mask.Sum(torch.Dim(otherDims(dims, dim)...)).Ne(0))
	case "global":
		return along(dims, -1, nil)
	default:
		raise("ValueError", "Unrecognized PRUNING_TYPE %s", kind)
		return nil
	}
}

// along returns an index that selects along one dimension; -1 stands for none.
func along(dims, dim int64, selected *torch.Tensor) []any {
	index := make([]any, dims)
	for i := range index {
		index[i] = torch.Slice(nil, nil)
	}
	if dim >= 0 {
		index[dim] = selected
	}
	return index
}

func otherDims(dims, dim int64) (others []int64) {
	for d := range dims {
		if d != dim {
			others = append(others, d)
		}
	}
	return others
}
