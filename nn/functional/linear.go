package functional

import "github.com/wangkuiyi/gotorch/torch"

// Linear returns input @ weight.T + bias; bias may be nil. Input of shape
// (*, in), weight of (out, in) or (in), bias of (out) or (). Python's F.linear.
func Linear(input, weight, bias *torch.Tensor) *torch.Tensor {
	return torch.Linear(input, weight, torch.Bias(bias))
}
