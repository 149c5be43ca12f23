package stateless_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/stateless"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleFunctionalCall() {
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {})) // it is deprecated
	layer := nn.NewLinear(2, 1)
	state := map[string]*torch.Tensor{"weight": torch.Ones([]int64{1, 2}), "bias": torch.Zeros([]int64{1})}
	fmt.Println(stateless.FunctionalCall(layer, state, torch.NewTensor([]float32{3, 4})))
	// Output: tensor([7.])
}
