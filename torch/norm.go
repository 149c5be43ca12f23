package torch

// Norm returns a norm of input's elements, Python's torch.norm. The option [P]
// says which: a number for the p-norm of the elements, "fro" (the default) for
// the Frobenius norm, "nuc" for the nuclear norm of matrices. Without [Dim] all
// elements count; "nuc" needs two dimensions.
//
// Options: [P], [Dim], [Keepdim], a [DType] to convert to first, [Out].
// PyTorch recommends linalg.Norm, linalg.VectorNorm and linalg.MatrixNorm.
func Norm(input *Tensor, opts ...NormOption) *Tensor {
	n := normArguments{p: "fro"}
	for _, o := range opts {
		switch o := o.(type) {
		case PArg:
			n.p = o.value
		case DimArg:
			n.dim, n.hasDim = o, true
		case KeepdimArg:
			n.keepdim = bool(o)
		case DType:
			n.dtype = o
		case OutArg:
			n.out = outputs(o, 1)[0]
		}
	}
	if input.Layout() == Strided {
		return n.strided(input)
	}
	return n.sparse(input)
}

// Norm is [Norm] of t.
func (t *Tensor) Norm(opts ...NormOption) *Tensor { return Norm(t, opts...) }

type normArguments struct {
	p       any // a number, "fro", "nuc", or nil for Python's None
	dim     []int64
	hasDim  bool
	keepdim bool
	dtype   DType
	out     *Tensor
}

// strided computes the norm of a dense tensor, over the operators of
// torch.linalg.
func (n *normArguments) strided(input *Tensor) *Tensor {
	kind, named := n.p.(string)
	switch {
	case named && kind == "fro" && len(n.dim) <= 2:
		return n.vector(input, intScalar(2))
	case named:
		return n.matrix(input, kind)
	case n.p == nil:
		return n.vector(input, floatScalar(2))
	}
	return n.vector(input, toScalar(n.p, "p"))
}

func (n *normArguments) vector(input *Tensor, p scalar) *Tensor {
	if n.out == nil {
		return opLinalgVectorNorm(input, p, n.dim, n.keepdim, n.dtype)
	}
	opLinalgVectorNormOut(input, p, n.dim, n.keepdim, n.dtype, n.out)
	return n.out
}

func (n *normArguments) matrix(input *Tensor, kind string) *Tensor {
	dim := n.dims(input)
	if n.out == nil {
		return opLinalgMatrixNormStrOrd(input, kind, dim, n.keepdim, n.dtype)
	}
	opLinalgMatrixNormStrOrdOut(input, kind, dim, n.keepdim, n.dtype, n.out)
	return n.out
}

// dims are the dimensions that were given, or all.
func (n *normArguments) dims(input *Tensor) []int64 {
	if n.hasDim {
		return n.dim
	}
	dim := make([]int64, input.Dim())
	for i := range dim {
		dim[i] = int64(i)
	}
	return dim
}

// sparse computes the norm of a tensor of another layout, over older operators.
func (n *normArguments) sparse(input *Tensor) *Tensor {
	switch n.p {
	case "fro":
		return n.frobenius(input)
	case "nuc":
		return n.nuclear(input)
	}
	if kind, named := n.p.(string); named {
		refuse(runtimeErrorKind, "only valid string values are 'fro' and 'nuc', found %s", kind)
	}
	p, dim := optionalScalar(n.p, "p"), n.dims(input)
	switch {
	case n.out == nil && n.dtype == 0:
		return opNormScalarOptDim(input, p, dim, n.keepdim)
	case n.out == nil:
		return opNormScalarOptDimDtype(input, p, dim, n.keepdim, n.dtype)
	case n.dtype == 0:
		opNormOut(input, p, dim, n.keepdim, n.out)
	default:
		opNormDtypeOut(input, p, dim, n.keepdim, n.dtype, n.out)
	}
	return n.out
}

func (n *normArguments) frobenius(input *Tensor) *Tensor {
	if n.dtype != 0 {
		refuse(valueErrorKind, "dtype argument is not supported in frobenius norm")
	}
	if n.out != nil {
		opFrobeniusNormOut(input, n.dims(input), n.keepdim, n.out)
		return n.out
	}
	return opFrobeniusNormDim(input, n.dim, n.keepdim)
}

func (n *normArguments) nuclear(input *Tensor) *Tensor {
	if n.dtype != 0 {
		refuse(valueErrorKind, "dtype argument is not supported in nuclear norm")
	}
	switch {
	case n.hasDim && n.out == nil:
		return opNuclearNormDim(input, n.dim, n.keepdim)
	case n.hasDim:
		opNuclearNormDimOut(input, n.dim, n.keepdim, n.out)
	case n.out == nil:
		return opNuclearNorm(input, n.keepdim)
	default:
		opNuclearNormOut(input, n.keepdim, n.out)
	}
	return n.out
}
