// Package sdpa has the checks that the packages below nn/attention share.
package sdpa

import "github.com/wangkuiyi/gotorch/torch"

// Check refuses what no attention can be computed of. With mixed, keys and values may be
// of another dtype than queries. Python's _validate_sdpa_input.
func Check(query, key, value *torch.Tensor, mixed bool) {
	for _, t := range []*torch.Tensor{query, key, value} {
		if t == nil {
			panic(torch.NewError("TypeError", "query, key and value must be Tensors, not nil"))
		}
	}
	if !mixed && (query.DType() != key.DType() || query.DType() != value.DType()) {
		panic(torch.NewError("ValueError", "Expected query, key, and value to have the same dtype, "+
			"but got query.dtype: %s, key.dtype: %s, and value.dtype: %s instead.", query.DType(), key.DType(), value.DType()))
	}
	if query.Device() != key.Device() || query.Device() != value.Device() {
		panic(torch.NewError("ValueError", "Expected query, key, and value to have the same device type, "+
			"but got query.device: %s, key.device: %s, and value.device: %s instead.", query.Device(), key.Device(), value.Device()))
	}
	if query.Dim() < 2 || key.Dim() < 2 || value.Dim() < 2 {
		panic(torch.NewError("ValueError", "Expected query, key, and value to all be  at least 2 dimensional, "+
			"but got query.dim: %d, key.dim: %d and value.dim: %d instead.", query.Dim(), key.Dim(), value.Dim()))
	}
}
