package torch

// A Reduction is what a loss does with the losses of its elements. It is an
// option of the functions that take reduction=, whose default is
// [ReductionMean]:
//
//	torch.MseLoss(x, y, torch.ReductionSum)
type Reduction int64

// The reductions, in ATen's numbering.
const (
	ReductionNone Reduction = iota // each element's loss
	ReductionMean                  // their mean
	ReductionSum                   // their sum
)
