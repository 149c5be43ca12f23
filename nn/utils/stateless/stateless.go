// Package stateless calls modules with other parameters than their own, Python's
// torch.nn.utils.stateless.
package stateless

import (
	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// FunctionalCall is [functorch.FunctionalCall], in favor of which it is
// deprecated. Python's torch.nn.utils.stateless.functional_call. For modules whose
// Forward has other parameters there is [functorch.WithState].
func FunctionalCall(layer nn.Layer, parametersAndBuffers map[string]*torch.Tensor, input *torch.Tensor,
	opts ...functorch.FunctionalCallOption) *torch.Tensor {
	torch.WarnAs("FutureWarning", "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a "+
		"future version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.")
	return functorch.FunctionalCall(layer, parametersAndBuffers, input, opts...)
}
