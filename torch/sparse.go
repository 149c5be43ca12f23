package torch

import (
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
)

// SparseCooTensor makes a sparse tensor out of the coordinates of its elements,
// Python's torch.sparse_coo_tensor. Coordinates may come up several times: the
// element is then the sum of their values.
//
// indices has the shape (sparse_dim, nnz), and values the shape (nnz) or, for
// elements that are tensors, (nnz, ...). Each is a *Tensor, of which nothing is
// copied unless the dtype or the device changes, or Go data as [NewTensor] takes
// it. Without [WithSize] the tensor is as large as its coordinates need. If both
// are nil the tensor has no elements but zeros, and needs a size.
//
//	torch.SparseCooTensor([][]int{{0, 1}, {2, 0}}, []float32{3, 4}, torch.WithSize(2, 4))
//
// Options: [WithSize], a [DType] and a [Device], to which the values are
// converted, [RequiresGrad], [PinMemory], [IsCoalesced], which promises that the
// coordinates are sorted and unique, and [CheckInvariants], which has the
// coordinates checked, and without which libtorch gives a warning, once.
// Gradients flow into values.
func SparseCooTensor(indices, values any, opts ...SparseCooTensorOption) *Tensor {
	c := new(sparseCreation)
	for _, o := range opts {
		c.read(o)
	}
	if indices == nil && values == nil {
		if !c.sized {
			panic(missing("sparse_coo_tensor", "torch.WithSize"))
		}
		return c.make(func() *Tensor {
			return opSparseCooTensorSize(c.size, orElse(c.dtype, GetDefaultDtype()), SparseCoo, c.device, c.pinMemory)
		})
	}
	return c.make(func() *Tensor {
		v := c.tensor(values, Device{}, c.dtype)
		i := c.tensor(indices, v.Device(), Int64)
		if !c.sized {
			return opSparseCooTensorIndices(i, v, v.DType(), SparseCoo, v.Device(), c.pinMemory, c.isCoalesced)
		}
		return opSparseCooTensorIndicesSize(i, v, c.size, v.DType(), SparseCoo, v.Device(), c.pinMemory, c.isCoalesced)
	})
}

// SparseCompressedTensor makes a sparse tensor in one of the compressed layouts,
// Python's torch.sparse_compressed_tensor. The option [Layout] is required:
// [SparseCsr], [SparseCsc], [SparseBsr] or [SparseBsc].
//
// Where a row (a column in SparseCsc and SparseBsc) begins and ends among the
// elements is in compressedIndices, of shape (..., rows + 1), and the columns are
// in plainIndices, of shape (..., nnz). values has the shape (..., nnz), and two
// dimensions of the block's size more in the layouts of blocks. Each is a
// *Tensor or Go data. Dimensions in front are a batch's.
//
// Options: a [Layout], [WithSize], a [DType] and a [Device], [RequiresGrad],
// [PinMemory], [CheckInvariants].
func SparseCompressedTensor(compressedIndices, plainIndices, values any, opts ...SparseCompressedTensorOption) *Tensor {
	return sparseCompressed("sparse_compressed_tensor", 0, compressedIndices, plainIndices, values, opts)
}

// SparseCsrTensor makes a sparse tensor of compressed rows, Python's
// torch.sparse_csr_tensor. The arguments and options are those of
// [SparseCompressedTensor]:
//
//	torch.SparseCsrTensor([]int{0, 2, 3}, []int{0, 2, 1}, []float32{1, 2, 3}, torch.WithSize(2, 3))
func SparseCsrTensor(crowIndices, colIndices, values any, opts ...SparseCompressedTensorOption) *Tensor {
	return sparseCompressed("sparse_csr_tensor", SparseCsr, crowIndices, colIndices, values, opts)
}

// SparseCscTensor makes a sparse tensor of compressed columns, Python's
// torch.sparse_csc_tensor. The arguments and options are those of
// [SparseCompressedTensor].
func SparseCscTensor(ccolIndices, rowIndices, values any, opts ...SparseCompressedTensorOption) *Tensor {
	return sparseCompressed("sparse_csc_tensor", SparseCsc, ccolIndices, rowIndices, values, opts)
}

// SparseBsrTensor makes a sparse tensor of compressed rows of blocks, Python's
// torch.sparse_bsr_tensor. The arguments and options are those of
// [SparseCompressedTensor].
func SparseBsrTensor(crowIndices, colIndices, values any, opts ...SparseCompressedTensorOption) *Tensor {
	return sparseCompressed("sparse_bsr_tensor", SparseBsr, crowIndices, colIndices, values, opts)
}

// SparseBscTensor makes a sparse tensor of compressed columns of blocks,
// Python's torch.sparse_bsc_tensor. The arguments and options are those of
// [SparseCompressedTensor].
func SparseBscTensor(ccolIndices, rowIndices, values any, opts ...SparseCompressedTensorOption) *Tensor {
	return sparseCompressed("sparse_bsc_tensor", SparseBsc, ccolIndices, rowIndices, values, opts)
}

func sparseCompressed(name string, layout Layout, compressed, plain, values any, opts []SparseCompressedTensorOption) *Tensor {
	c := &sparseCreation{layout: layout}
	for _, o := range opts {
		c.read(o)
	}
	if layout != 0 && c.layout != layout {
		refuse(runtimeErrorKind, "%s: layout must be %s but got %s", name, layout.inCpp(), c.layout.inCpp())
	}
	return c.make(func() *Tensor {
		v := c.tensor(values, Device{}, c.dtype)
		ci, pi := c.tensor(compressed, v.Device(), 0), c.tensor(plain, v.Device(), 0)
		if !c.sized {
			return opSparseCompressedTensorCompPlainValue(ci, pi, v, v.DType(), c.layout, v.Device(), c.pinMemory)
		}
		return opSparseCompressedTensorCompPlainValueSize(ci, pi, v, c.size, v.DType(), c.layout, v.Device(), c.pinMemory)
	})
}

// A sparseCreation is what the options of these functions say.
type sparseCreation struct {
	size            []int64
	sized           bool
	dtype           DType
	layout          Layout
	device          Device
	requiresGrad    bool
	pinMemory       optional[bool]
	checkInvariants optional[bool]
	isCoalesced     optional[bool]
}

func (c *sparseCreation) read(option any) {
	switch o := option.(type) {
	case SizeArg:
		c.size, c.sized = o, true
	case DType:
		c.dtype = o
	case Layout:
		c.layout = o
	case Device:
		c.device = o
	case RequiresGradArg:
		c.requiresGrad = bool(o)
	case PinMemoryArg:
		c.pinMemory = some(bool(o))
	case CheckInvariantsArg:
		c.checkInvariants = some(bool(o))
	case IsCoalescedArg:
		c.isCoalesced = some(bool(o))
	}
}

// tensor makes a tensor of data, or converts one. device is where data goes that
// is in no tensor yet, unless the options say so; the zero dtype is the data's.
func (c *sparseCreation) tensor(data any, device Device, dtype DType) *Tensor {
	if t, ok := data.(*Tensor); ok {
		return t.To(dtype, c.device)
	}
	return NewTensor(data, dtype, orElse(c.device, device))
}

// make runs a constructor under the checks that the options ask for.
func (c *sparseCreation) make(construct func() *Tensor) *Tensor {
	var t *Tensor
	withInvariants(c.checkInvariants, func() { t = construct() })
	return withRequiresGrad(t, some(c.requiresGrad))
}

var (
	entryCheckInvariants    = csrc.Entry("check_sparse_tensor_invariants(bool warn) -> int")
	entrySetCheckInvariants = csrc.Entry("set_check_sparse_tensor_invariants(bool? checks) -> ()")
)

// invariants is held while a constructor has changed the process's setting.
var invariants sync.Mutex

// withInvariants runs construct with or without checks of sparse tensors. If
// checks is not set it is the process's setting that counts.
func withInvariants(checks optional[bool], construct func()) {
	if now := checkedInvariants(!checks.set); !checks.set || now == checks {
		construct()
		return
	}
	invariants.Lock()
	defer invariants.Unlock()
	defer setCheckedInvariants(checkedInvariants(false))
	setCheckedInvariants(checks)
	construct()
}

// checkedInvariants returns the process's setting, if somebody has set it. If
// not, libtorch may warn.
func checkedInvariants(warn bool) optional[bool] {
	var f frame
	f.PutBool(warn)
	f.call(entryCheckInvariants)
	state := f.TakeInt()
	return optional[bool]{state == 1, state >= 0}
}

func setCheckedInvariants(checks optional[bool]) {
	var f frame
	f.putOptionalBool(checks)
	f.call(entrySetCheckInvariants)
}

// ToSparseCoo converts t to coordinates, Python's t.to_sparse_coo().
func (t *Tensor) ToSparseCoo() *Tensor { return t.ToSparse() }

// Nnz returns the number of elements that a sparse tensor keeps, Python's
// t._nnz().
func (t *Tensor) Nnz() int64 { return op_Nnz(t) }

// SparseSum sums the elements of a sparse tensor, Python's torch.sparse.sum,
// which is sparse.Sum here. Gradients flow to the elements that are kept.
// Options: [Dim], one or several dimensions, and a [DType] for the result.
func SparseSum(input *Tensor, opts ...SparseSumOption) *Tensor {
	var dim []int64
	var dtype DType
	hasDim := false
	for _, o := range opts {
		switch o := o.(type) {
		case DimArg:
			dim, hasDim = o, true
		case DType:
			dtype = o
		}
	}
	switch {
	case hasDim && dtype != 0:
		return op_SparseSumDimDtype(input, dim, dtype)
	case hasDim:
		return op_SparseSumDim(input, dim)
	case dtype != 0:
		return op_SparseSumDtype(input, dtype)
	}
	return op_SparseSum(input)
}
