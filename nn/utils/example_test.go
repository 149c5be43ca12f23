package utils_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleFuseConvBnEval() {
	conv, bn := nn.NewConv2d(3, 8, 3), nn.NewBatchNorm2d(8)
	conv.Eval()
	bn.Eval()
	fused := utils.FuseConvBnEval(conv, bn)
	x := torch.Randn([]int64{1, 3, 8, 8})
	fmt.Println(torch.Allclose(fused.Forward(x), bn.Forward(conv.Forward(x)), torch.Atol(1e-6)))
	// Output: true
}

func ExampleSkipInit() {
	m := utils.SkipInit(torch.CPU, func(d torch.Device) *nn.Linear { return nn.NewLinear(6, 1, d) })
	fmt.Println(m.Weight.Shape(), m.Weight.Device())
	// Output: [1 6] cpu
}
