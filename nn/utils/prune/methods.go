package prune

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// identity prunes nothing.
type identity struct{}

// NewIdentity returns a method that prunes nothing, Python's class Identity.
func NewIdentity() BasePruningMethod { return identity{} }

func (identity) PruningType() string                             { return "unstructured" }
func (identity) ComputeMask(_, mask *torch.Tensor) *torch.Tensor { return mask }

// unstructured prunes the elements with the smallest scores.
type unstructured struct {
	amount amount
	scores func(t *torch.Tensor) *torch.Tensor
	// largest says that those with the largest scores go.
	largest bool
}

// NewRandomUnstructured returns a method that prunes elements at random, Python's
// class RandomUnstructured.
func NewRandomUnstructured[A Amount](amount A) BasePruningMethod {
	return &unstructured{newAmount(amount), func(t *torch.Tensor) *torch.Tensor { return torch.RandLike(t) }, true}
}

// NewL1Unstructured returns a method that prunes the elements of the smallest
// absolute value, Python's class L1Unstructured.
func NewL1Unstructured[A Amount](amount A) BasePruningMethod {
	return &unstructured{newAmount(amount), (*torch.Tensor).Abs, false}
}

func (u *unstructured) PruningType() string { return "unstructured" }

func (u *unstructured) ComputeMask(t, defaultMask *torch.Tensor) *torch.Tensor {
	size := t.Numel()
	n := u.amount.of(size)
	checkAmount(n, size)
	mask := defaultMask.Clone(torch.ContiguousFormat)
	if n != 0 {
		_, indices := torch.Topk(u.scores(t).View(-1), n, torch.Largest(u.largest))
		mask.View(-1).IndexPut_(0, indices)
	}
	return mask
}

// channels is what the structured methods have in common.
type channels struct {
	amount amount
	dim    int64
}

func (c *channels) PruningType() string { return "structured" }
func (c *channels) Dim() int64          { return c.dim }

// size returns the number of channels and how many of them to prune.
func (c *channels) size(t *torch.Tensor) (size, n int64) {
	shape := t.Shape()
	if len(shape) <= 1 {
		raise("ValueError", "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape %s with %d dims",
			pytext.Size(shape), len(shape))
	}
	if c.dim >= int64(len(shape)) {
		raise("IndexError", "Invalid index %d for tensor of size %s", c.dim, pytext.Size(shape))
	}
	size = t.Size(c.dim)
	n = c.amount.of(size)
	return size, n
}

// mask keeps the channels that are selected.
func (c *channels) mask(t, selected, defaultMask *torch.Tensor) *torch.Tensor {
	dim := c.dim
	if dim < 0 {
		dim += t.Dim()
	}
	mask := torch.ZerosLike(t)
	mask.IndexPut_(1, along(t.Dim(), dim, selected)...)
	return mask.Mul_(defaultMask.To(mask.DType()))
}

// randomStructured prunes channels at random.
type randomStructured struct{ channels }

// NewRandomStructured returns a method that prunes channels along a dimension at
// random, Python's class RandomStructured.
func NewRandomStructured[A Amount](amount A, dim int64) StructuredMethod {
	return &randomStructured{channels{newAmount(amount), dim}}
}

func (r *randomStructured) ComputeMask(t, defaultMask *torch.Tensor) *torch.Tensor {
	size, n := r.size(t)
	checkAmount(n, size)
	if n == 0 {
		return defaultMask
	}
	scores := torch.Rand([]int64{size})
	threshold, _ := torch.Kthvalue(scores, n)
	return r.mask(t, scores.Gt(threshold), defaultMask)
}

// A NormOrder is the order of a norm: a number, math.Inf(1) and math.Inf(-1) among
// them, or "fro" or "nuc" for matrices.
type NormOrder interface{ int | float64 | string }

// lnStructured prunes the channels of the smallest norm.
type lnStructured struct {
	channels
	norm func(t *torch.Tensor, dims []int64) *torch.Tensor
}

// NewLnStructured returns a method that prunes the channels along a dimension
// that have the smallest norms of order n, Python's class LnStructured.
func NewLnStructured[A Amount, N NormOrder](amount A, n N, dim int64) StructuredMethod {
	return &lnStructured{channels{newAmount(amount), dim}, normOf(n)}
}

// normOf returns the norm of order n over some dimensions.
func normOf[N NormOrder](n N) func(t *torch.Tensor, dims []int64) *torch.Tensor {
	return func(t *torch.Tensor, dims []int64) *torch.Tensor {
		isMatrix := len(dims) == 2
		switch name := any(n); {
		case name == "nuc" || name == "fro" && isMatrix:
			if !isMatrix {
				dims = []int64{-2, -1}
			}
			return torch.LinalgMatrixNorm(t, torch.Ord(n), torch.Dim(dims...))
		case name == "fro":
			return torch.LinalgVectorNorm(t, torch.Dim(dims...))
		}
		if _, isName := any(n).(string); isName {
			raise("TypeError", "linalg_vector_norm(): argument 'ord' must be Number, not str")
		}
		return torch.LinalgVectorNorm(t, torch.Ord(n), torch.Dim(dims...))
	}
}

func (l *lnStructured) ComputeMask(t, defaultMask *torch.Tensor) *torch.Tensor {
	size, n := l.size(t)
	checkAmount(n, size)
	dim := l.dim
	if dim < 0 {
		dim += t.Dim()
	}
	_, kept := torch.Topk(l.norm(t, otherDims(t.Dim(), dim)), size-n, torch.Largest(true))
	if n == 0 {
		return defaultMask
	}
	return l.mask(t, kept, defaultMask)
}

// customFromMask prunes where a mask is 0.
type customFromMask struct{ mask *torch.Tensor }

// NewCustomFromMask returns a method that prunes where mask is 0, Python's class
// CustomFromMask.
func NewCustomFromMask(mask *torch.Tensor) BasePruningMethod { return &customFromMask{mask} }

func (c *customFromMask) PruningType() string { return "global" }

func (c *customFromMask) ComputeMask(_, defaultMask *torch.Tensor) *torch.Tensor {
	if !slices.Equal(defaultMask.Shape(), c.mask.Shape()) {
		raise("AssertionError", "default_mask shape %s must match self.mask shape %s",
			pytext.Size(defaultMask.Shape()), pytext.Size(c.mask.Shape()))
	}
	return defaultMask.Mul(c.mask.To(defaultMask.DType()))
}
