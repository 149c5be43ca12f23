package parametrizations_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/parametrizations"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleOrthogonal() {
	m := parametrizations.Orthogonal(nn.NewLinear(20, 40))
	product := m.Weight.T().Mm(m.Weight)
	fmt.Println(torch.Allclose(product, torch.Eye(20), torch.Atol(1e-5)))
	// Output: true
}
