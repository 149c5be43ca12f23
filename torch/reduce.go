package torch

// A ReduceOption is an option of the reductions: [Dim], [Keepdim], a [DType].
type ReduceOption interface{ applyReduce(*reduction) }

type reduction struct {
	dims    []int64
	keepdim bool
	dtype   DType
}

type (
	dimOption     []int64
	keepdimOption bool
)

func (o dimOption) applyReduce(r *reduction)     { r.dims = o }
func (o keepdimOption) applyReduce(r *reduction) { r.keepdim = bool(o) }
func (d DType) applyReduce(r *reduction)         { r.dtype = d }

// Dim is the dimension, or the dimensions, that a function works on, Python's
// dim=.
func Dim(dims ...int64) ReduceOption { return dimOption(append([]int64{}, dims...)) }

// Keepdim keeps the reduced dimensions, with size 1, Python's keepdim=.
func Keepdim(on bool) ReduceOption { return keepdimOption(on) }

func newReduction(opts []ReduceOption) (r reduction) {
	for _, o := range opts {
		o.applyReduce(&r)
	}
	return r
}

// Sum returns the sum of all elements, or of those along [Dim], Python's
// torch.sum.
func Sum(input *Tensor, opts ...ReduceOption) *Tensor {
	r := newReduction(opts)
	if r.dims == nil {
		return opSum(input, r.dtype)
	}
	return opSumDimIntList(input, r.dims, r.keepdim, r.dtype)
}

// Sum is [Sum] of t.
func (t *Tensor) Sum(opts ...ReduceOption) *Tensor { return Sum(t, opts...) }

// Mean returns the mean of all elements, or of those along [Dim], Python's
// torch.mean.
func Mean(input *Tensor, opts ...ReduceOption) *Tensor {
	r := newReduction(opts)
	if r.dims == nil {
		return opMean(input, r.dtype)
	}
	return opMeanDim(input, r.dims, r.keepdim, r.dtype)
}

// Mean is [Mean] of t.
func (t *Tensor) Mean(opts ...ReduceOption) *Tensor { return Mean(t, opts...) }

// Max returns the largest element, Python's torch.max(input).
func Max(input *Tensor) *Tensor { return opMax(input) }

// Max is [Max] of t.
func (t *Tensor) Max() *Tensor { return opMax(t) }

// Min returns the smallest element, Python's torch.min(input).
func Min(input *Tensor) *Tensor { return opMin(input) }

// Min is [Min] of t.
func (t *Tensor) Min() *Tensor { return opMin(t) }

// MaxDim returns the largest elements along dim and where they are, Python's
// torch.max(input, dim).
func MaxDim(input *Tensor, dim int64, opts ...ReduceOption) (values, indices *Tensor) {
	return opMaxDim(input, dim, newReduction(opts).keepdim)
}

// Argmax returns the index of the largest element, or of those along [Dim],
// Python's torch.argmax.
func Argmax(input *Tensor, opts ...ReduceOption) *Tensor {
	r := newReduction(opts)
	dim := optional[int64]{}
	if len(r.dims) > 0 {
		dim = some(r.dims[0])
	}
	return opArgmax(input, dim, r.keepdim)
}

// Argmax is [Argmax] of t.
func (t *Tensor) Argmax(opts ...ReduceOption) *Tensor { return Argmax(t, opts...) }

// All reports whether all elements are nonzero, as a tensor, Python's
// torch.all(input).
func All(input *Tensor) *Tensor { return opAll(input) }

// Any reports whether any element is nonzero, as a tensor, Python's
// torch.any(input).
func Any(input *Tensor) *Tensor { return opAny(input) }
