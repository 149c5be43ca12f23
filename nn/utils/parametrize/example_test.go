package parametrize_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/parametrize"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleRegisterParametrization() {
	m := parametrize.RegisterParametrization(nn.NewLinear(3, 3), "weight", newSymmetric())
	fmt.Println(m)
	m.Forward(torch.Ones([]int64{3}))
	fmt.Println(torch.Equal(m.Weight, m.Weight.T()))
	// Output:
	// ParametrizedLinear(
	//   in_features=3, out_features=3, bias=True
	//   (parametrizations): ModuleDict(
	//     (weight): ParametrizationList(
	//       (0): Symmetric()
	//     )
	//   )
	// )
	// true
}
