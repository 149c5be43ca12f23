package nn

import "github.com/wangkuiyi/gotorch/torch"

// mapTensors applies fn to each tensor.
func mapTensors(list []*torch.Tensor, fn func(*torch.Tensor) *torch.Tensor) []*torch.Tensor {
	mapped := make([]*torch.Tensor, len(list))
	for i, t := range list {
		mapped[i] = fn(t)
	}
	return mapped
}

func closeAll(list []*torch.Tensor) {
	for _, t := range list {
		t.Close()
	}
}
