package sparse

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// A SumOption is an option of [Sum].
type SumOption = torch.SparseSumOption

// Sum is [torch.SparseSum], Python's torch.sparse.sum: the sum over dimensions,
// all unless [torch.Dim] names some. It is a sparse tensor while a sparse
// dimension is left.
func Sum(input *torch.Tensor, opts ...SumOption) *torch.Tensor {
	return torch.SparseSum(input, opts...)
}

func operators() torch.Operators { return torch.ModuleOperators(option.Marker{}) }

// CheckSparseTensorInvariants runs fn with checks of the sparse tensors that are
// made in it, also by operators, Python's
//
//	with torch.sparse.check_sparse_tensor_invariants(enable):
//
// false switches the checks off. A tensor that violates the invariants, such as
// by an index beyond its size, can otherwise crash the process. The setting is
// the process's, as in Python: it holds for other goroutines, too, meanwhile.
func CheckSparseTensorInvariants(fn func(), enable ...bool) {
	defer operators().SetCheckedInvariants(operators().CheckedInvariants())
	SetCheckSparseTensorInvariants(len(enable) == 0 || enable[0])
	fn()
}

// SetCheckSparseTensorInvariants switches the checks of sparse tensors on or off
// for the process, Python's check_sparse_tensor_invariants.enable() and
// disable(). They are off at first.
func SetCheckSparseTensorInvariants(enable bool) {
	operators().SetCheckedInvariants(enable, true)
}

// ChecksSparseTensorInvariants reports whether sparse tensors are checked,
// Python's check_sparse_tensor_invariants.is_enabled().
func ChecksSparseTensorInvariants() bool {
	enabled, _ := operators().CheckedInvariants()
	return enabled
}
