package prune_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/prune"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleL1Unstructured() {
	m := nn.NewLinear(4, 1, nn.Bias(false))
	torch.NoGrad(func() { m.Weight.Copy_(torch.NewTensor([][]float32{{0.1, -3, 0.2, 4}})) })
	prune.L1Unstructured(m, "weight", 0.5)
	fmt.Println(m.StateDict().Keys())
	prune.Remove(m, "weight")
	fmt.Println(m.StateDict().Keys(), torch.Data[float32](m.Weight))
	// Output:
	// [weight_orig weight_mask]
	// [weight] [0 -3 0 4]
}

func ExampleGlobalUnstructured() {
	first, second := nn.NewLinear(10, 4), nn.NewLinear(4, 1)
	prune.GlobalUnstructured([]prune.Parameter{{Module: first, Name: "weight"}, {Module: second, Name: "weight"}},
		prune.NewL1Unstructured(10), nil)
	fmt.Println(first.Weight.Eq(0).Sum().Item() + second.Weight.Eq(0).Sum().Item())
	// Output: 10
}
