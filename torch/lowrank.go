package torch

// What PyTorch writes in torch/_lowrank.py and torch/_linalg_utils.py.

// SvdLowrank returns the singular value decomposition of a, or a batch of
// matrices, that is close to one of low rank: Python's torch.svd_lowrank. a
// minus [M] is close to u times the diagonal matrix of s times the conjugate
// transpose of v. It draws random numbers, the same as Python.
//
// Options: [Q] (6), a bit more than the rank; [Niter] (2), the number of
// iterations; [M], the mean to subtract from each row.
func SvdLowrank(a *Tensor, opts ...SvdLowrankOption) (u, s, v *Tensor) {
	q, niter := int64(6), int64(2)
	var m *Tensor
	for _, o := range opts {
		switch o := o.(type) {
		case QArg:
			q = int64(o)
		case NiterArg:
			niter = int64(o)
		case MArg:
			m = toTensor(o.value, "M")
		}
	}
	return svdLowrank(a, q, niter, m)
}

// PcaLowrank returns the principal components of a matrix of samples, or a
// batch of them, that is close to one of low rank: Python's torch.pca_lowrank.
// The columns of v are the principal directions.
//
// Options: [Q] (6, or less for a smaller matrix), [Niter] (2), [Center] (true:
// subtracts the mean of each column).
func PcaLowrank(a *Tensor, opts ...PcaLowrankOption) (u, s, v *Tensor) {
	rows, columns := a.Size(-2), a.Size(-1)
	q, niter, center := min(6, rows, columns), int64(2), true
	for _, o := range opts {
		switch o := o.(type) {
		case QArg:
			q = int64(o)
		case NiterArg:
			niter = int64(o)
		case CenterArg:
			center = bool(o)
		}
	}
	if q < 0 || q > min(rows, columns) {
		refuse(valueErrorKind, "q(=%d) must be non-negative integer and not greater than min(m, n)=%d", q, min(rows, columns))
	}
	if niter < 0 {
		refuse(valueErrorKind, "niter(=%d) must be non-negative integer", niter)
	}
	switch {
	case !center:
		return svdLowrank(a, q, niter, nil)
	case a.IsSparse():
		return svdLowrank(a, q, niter, columnMeans(a))
	}
	return svdLowrank(a.Sub(opMeanDim(a, []int64{-2}, true, 0)), q, niter, nil)
}

// columnMeans is a dense matrix of a sparse matrix's shape, whose columns are
// all the mean of its column.
func columnMeans(a *Tensor) *Tensor {
	if a.Dim() != 2 {
		refuse(valueErrorKind, "pca_lowrank input is expected to be 2-dimensional tensor")
	}
	dtype, device := floatingDtype(a), a.Device()
	rows, columns := a.Size(0), a.Size(1)
	means := op_SparseSumDim(a, []int64{-2}).Div(rows)
	which := opSelectInt(opIndices(means), 0, 0)
	places := Zeros([]int64{2, which.Numel()}, which.DType(), device)
	opCopy_(opSelectInt(places, 0, 0), which, false)
	transposed := opSparseCooTensorIndicesSize(places, opValues(means), []int64{columns, 1}, dtype, 0, device, optional[bool]{}, optional[bool]{})
	return opMT(op_SparseMm(transposed, Ones([]int64{1, rows}, dtype, device)))
}

func svdLowrank(a *Tensor, q, niter int64, m *Tensor) (u, s, v *Tensor) {
	if m != nil {
		m = opBroadcastTo(m, a.Shape())
	}
	wide := a.Size(-2) < a.Size(-1)
	if wide {
		a = opMH(a)
		if m != nil {
			m = opMH(m)
		}
	}
	basis := approximateBasis(a, q, niter, m)
	b := without(opMH(basis), a, m)
	u, s, vh := opLinalgSvd(b, false, optional[string]{})
	v = opMH(vh)
	u = opMatmul(basis, u)
	if wide {
		return v, s, u
	}
	return u, s, v
}

// approximateBasis returns a matrix with q orthonormal columns that span about
// what a-m does.
func approximateBasis(a *Tensor, q, niter int64, m *Tensor) *Tensor {
	dtype := a.DType()
	if !dtype.IsComplex() {
		dtype = floatingDtype(a)
	}
	basis := orthonormal(times(a, m, Randn([]int64{a.Size(-1), q}, dtype, a.Device())))
	for range niter {
		basis = orthonormal(timesAdjoint(a, m, basis))
		basis = orthonormal(times(a, m, basis))
	}
	return basis
}

// times is (a-m) times x.
func times(a, m, x *Tensor) *Tensor {
	product := matmul(a, x)
	if m == nil {
		return product
	}
	return product.Sub(matmul(m, x))
}

// timesAdjoint is the conjugate transpose of (a-m) times x.
func timesAdjoint(a, m, x *Tensor) *Tensor {
	if m != nil {
		m = opMH(m)
	}
	return times(opMH(a), m, x)
}

// without is x times (a-m).
func without(x, a, m *Tensor) *Tensor {
	product := matmul(x, a)
	if m == nil {
		return product
	}
	return product.Sub(matmul(x, m))
}

// orthonormal returns an orthonormal basis of what x's columns span.
func orthonormal(x *Tensor) *Tensor {
	q, _ := opLinalgQr(x, "reduced")
	return q
}

// matmul is a times b, of which a may be sparse, or nil for one that does
// nothing.
func matmul(a, b *Tensor) *Tensor {
	switch {
	case a == nil:
		return b
	case a.IsSparse():
		return op_SparseMm(a, b)
	}
	return opMatmul(a, b)
}

// floatingDtype is a's dtype, or Float32 for one that linear algebra does not
// know.
func floatingDtype(a *Tensor) DType {
	switch dtype := a.DType(); dtype {
	case Float16, Float32, Float64:
		return dtype
	}
	return Float32
}
