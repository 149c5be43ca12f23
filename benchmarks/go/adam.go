package main

import (
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// adam200 is a step of Adam over 200 small tensors.
func adam200() func() {
	var params []*torch.Tensor
	for range 200 {
		p := grad(randn(16))
		p.SetGrad(torch.OnesLike(p))
		params = append(params, p)
	}
	return optim.NewAdam(params).Step
}
