package nn_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleMultiheadAttention() {
	attention := nn.NewMultiheadAttention(8, 2, nn.BatchFirst(true))
	x := torch.Randn([]int64{3, 5, 8}) // three sequences of five vectors
	output, weights := attention.Forward(x, x, x)
	fmt.Println(output.Shape(), weights.Shape())
	fmt.Println(attention)
	// Output:
	// [3 5 8] [3 5 5]
	// MultiheadAttention(
	//   (out_proj): NonDynamicallyQuantizableLinear(in_features=8, out_features=8, bias=True)
	// )
}

func ExampleTransformer() {
	model := nn.NewTransformer(nn.DModel(16), nn.Nhead(2), nn.NumEncoderLayers(2), nn.NumDecoderLayers(2),
		nn.DimFeedforward(32), nn.BatchFirst(true))
	src, tgt := torch.Randn([]int64{4, 10, 16}), torch.Randn([]int64{4, 7, 16})
	output := model.Forward(src, tgt, nn.TgtMask(nn.GenerateSquareSubsequentMask(7)))
	fmt.Println(output.Shape())
	// Output: [4 7 16]
}

func ExampleModuleDict() {
	choices := nn.NewModuleDict[nn.Layer]().
		Set("relu", nn.NewReLU()).
		Set("tanh", nn.NewTanh())
	fmt.Println(choices.At("relu").Forward(torch.NewTensor([]float32{-1, 1})))
	fmt.Println(choices)
	// Output:
	// tensor([0., 1.])
	// ModuleDict(
	//   (relu): ReLU()
	//   (tanh): Tanh()
	// )
}

func ExampleParameterDict() {
	params := nn.NewParameterDict().
		Set("left", torch.Ones([]int64{5, 10})).
		Set("right", torch.Ones([]int64{5, 10}))
	fmt.Println(params.At("left").RequiresGrad())
	fmt.Println(params)
	// Output:
	// true
	// ParameterDict(
	//     (left): Parameter containing: [torch.FloatTensor of size 5x10]
	//     (right): Parameter containing: [torch.FloatTensor of size 5x10]
	// )
}
