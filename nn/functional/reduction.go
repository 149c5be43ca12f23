package functional

import "github.com/wangkuiyi/gotorch/torch"

// Reduction says what a loss does with the losses of its elements: "mean", the
// default, "sum" or "none".
type Reduction string

// SizeAverage is an old form of [Reduction], as [Reduce] is: true for "mean" and
// false for "sum". Python's size_average=, with its warning.
type SizeAverage bool

// Reduce is an old form of [Reduction]: false for "none". Python's reduce=, with
// its warning.
type Reduce bool

// enum returns ATen's number for the reduction.
func (r Reduction) enum() torch.Reduction {
	switch r {
	case "none":
		return torch.ReductionNone
	case "mean":
		return torch.ReductionMean
	case "elementwise_mean":
		torch.Warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.")
		return torch.ReductionMean
	case "sum":
		return torch.ReductionSum
	}
	raise("ValueError", "%s is not a valid value for reduction", string(r))
	panic("unreachable")
}

// or returns what the old options mean, if there are any.
func (r Reduction) or(sizeAverage, reduce optional[bool]) Reduction {
	if !sizeAverage.given && !reduce.given {
		return r
	}
	average, all := !sizeAverage.given || sizeAverage.value, !reduce.given || reduce.value
	switch {
	case average && all:
		r = "mean"
	case all:
		r = "sum"
	default:
		r = "none"
	}
	torch.Warn("size_average and reduce args will be deprecated, please use reduction='%s' instead.", string(r))
	return r
}

// of reduces the losses of the elements.
func (r Reduction) of(loss *torch.Tensor, refuse func()) *torch.Tensor {
	switch r {
	case "none":
		return loss
	case "sum":
		return loss.Sum()
	case "mean":
		return loss.Mean()
	}
	refuse()
	panic("unreachable")
}

func (r Reduction) refuse() { raise("ValueError", "%s is not valid", string(r)) }

func (r Reduction) refuseMode() {
	raise("ValueError", "Invalid reduction mode: %s. Expected one of 'none', 'mean', 'sum'.", string(r))
}
