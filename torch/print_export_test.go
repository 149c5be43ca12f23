package torch

// PrintOperators are operators that make kinds of tensors to print.
var PrintOperators = struct {
	ToSparse                 func(t *Tensor, sparseDim int64) *Tensor
	ToSparseCsr, ToSparseCsc func(t *Tensor) *Tensor
	ToSparseBsr, ToSparseBsc func(t *Tensor, blocksize ...int64) *Tensor
	SparseCoo                func(indices, values *Tensor, size ...int64) *Tensor
	QuantizePerTensor        func(t *Tensor, scale float64, zeroPoint int64, dtype DType) *Tensor
	QuantizePerChannel       func(t, scales, zeroPoints *Tensor, axis int64, dtype DType) *Tensor
	Nested                   func(components ...*Tensor) *Tensor
	ToMkldnn                 func(t *Tensor) *Tensor
	ZeroTensor               func(size ...int64) *Tensor
	NegView                  func(t *Tensor) *Tensor
	ViewAsComplex            func(t *Tensor) *Tensor
}{
	ToSparse:    opToSparseSparseDim,
	ToSparseCsr: func(t *Tensor) *Tensor { return opToSparseCsr(t, optional[int64]{}) },
	ToSparseCsc: func(t *Tensor) *Tensor { return opToSparseCsc(t, optional[int64]{}) },
	ToSparseBsr: func(t *Tensor, blocksize ...int64) *Tensor { return opToSparseBsr(t, blocksize, optional[int64]{}) },
	ToSparseBsc: func(t *Tensor, blocksize ...int64) *Tensor { return opToSparseBsc(t, blocksize, optional[int64]{}) },
	SparseCoo: func(indices, values *Tensor, size ...int64) *Tensor {
		return opSparseCooTensorIndicesSize(indices, values, size, 0, 0, Device{}, optional[bool]{}, optional[bool]{})
	},
	QuantizePerTensor:  opQuantizePerTensor,
	QuantizePerChannel: opQuantizePerChannel,
	Nested: func(components ...*Tensor) *Tensor {
		return op_NestedTensorFromTensorList(components, 0, 0, Device{}, optional[bool]{})
	},
	ToMkldnn:      func(t *Tensor) *Tensor { return opToMkldnn(t, 0) },
	ZeroTensor:    func(size ...int64) *Tensor { return op_Efficientzerotensor(size, 0, 0, Device{}, optional[bool]{}) },
	NegView:       op_NegView,
	ViewAsComplex: opViewAsComplex,
}
