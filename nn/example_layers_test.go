package nn_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleConv2d() {
	conv := nn.NewConv2d(3, 16, 3, nn.Stride(2), nn.Padding(1))
	images := torch.Randn([]int64{8, 3, 32, 32}) // N, C, H, W
	fmt.Println(conv.Forward(images).Shape())
	fmt.Println(conv)
	// Output:
	// [8 16 16 16]
	// Conv2d(3, 16, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
}

func ExampleMaxPool2d() {
	pool := nn.NewMaxPool2d(2)
	image := torch.NewTensor([][][]float32{{{1, 2, 5, 6}, {3, 4, 7, 8}}})
	fmt.Println(pool.Forward(image))
	// Output: tensor([[[4., 8.]]])
}

func ExampleLSTM() {
	lstm := nn.NewLSTM(10, 20, nn.NumLayers(2), nn.BatchFirst(true))
	sequences := torch.Randn([]int64{4, 7, 10}) // N, L, InputSize
	output, hidden, cell := lstm.Forward(sequences)
	fmt.Println(output.Shape(), hidden.Shape(), cell.Shape())

	output, _, _ = lstm.Forward(sequences, hidden, cell) // goes on from there
	fmt.Println(output.Shape())
	// Output:
	// [4 7 20] [2 4 20] [2 4 20]
	// [4 7 20]
}

func ExampleGRU() {
	gru := nn.NewGRU(10, 20, nn.Bidirectional(true))
	output, hidden := gru.Forward(torch.Randn([]int64{7, 4, 10})) // L, N, InputSize
	fmt.Println(output.Shape(), hidden.Shape())
	// Output: [7 4 40] [2 4 20]
}

func ExampleBatchNorm2d() {
	norm := nn.NewBatchNorm2d(3)
	images := torch.Full([]int64{8, 3, 4, 4}, 10.0)
	norm.Forward(images) // in training, the batch's mean moves the running mean by a tenth
	fmt.Println(norm.RunningMean)
	norm.Eval()
	fmt.Printf("%.3f\n", norm.Forward(images).Mean())
	// Output:
	// tensor([1., 1., 1.])
	// 9.487
}

func ExampleEmbedding() {
	words := nn.NewEmbedding(1000, 16, nn.PaddingIdx(0))
	sentences := torch.NewTensor([][]int64{{4, 2, 7}, {9, 1, 0}})
	vectors := words.Forward(sentences)
	fmt.Println(vectors.Shape(), vectors.Index(1, 2).Abs().Sum().Item())
	// Output: [2 3 16] 0
}

func ExampleCrossEntropyLoss() {
	criterion := nn.NewCrossEntropyLoss()
	logits := torch.NewTensor([][]float32{{2, 0, 0}, {0, 0, 3}}, torch.RequiresGrad(true))
	loss := criterion.Forward(logits, torch.NewTensor([]int64{0, 2}))
	loss.Backward()
	fmt.Printf("%.4f %v\n", loss, logits.Grad().Shape())
	// Output: 0.1672 [2 3]
}

func ExampleModuleList() {
	layers := nn.NewModuleList[*nn.Linear]()
	for range 3 {
		layers.Append(nn.NewLinear(4, 4))
	}
	x := torch.Ones([]int64{2, 4})
	for _, layer := range layers.All() {
		x = torch.Relu(layer.Forward(x))
	}
	fmt.Println(x.Shape(), len(layers.Parameters()))
	fmt.Println(layers)
	// Output:
	// [2 4] 6
	// ModuleList(
	//   (0-2): 3 x Linear(in_features=4, out_features=4, bias=True)
	// )
}

func ExampleDeepCopy() {
	model := nn.NewLinear(2, 1)
	best := nn.DeepCopy(model)
	torch.NoGrad(func() { model.Weight.Add_(1) })
	fmt.Println(torch.Equal(model.Weight, best.Weight), torch.Equal(model.Bias, best.Bias))
	// Output: false true
}

func ExampleModule_RegisterFullBackwardHook() {
	layer := nn.NewReLU()
	layer.RegisterFullBackwardHook(func(_ nn.AnyModule, gradInputs, gradOutputs []*torch.Tensor) []*torch.Tensor {
		fmt.Println(gradOutputs[0], "->", gradInputs[0])
		return nil
	})
	x := torch.NewTensor([]float32{-1, 2}, torch.RequiresGrad(true))
	layer.Forward(x).Mul(3).Sum().Backward()
	// Output: tensor([3., 3.]) -> tensor([0., 3.])
}

func ExampleModule_RegisterForwardPreHookWithOptions() {
	attention := nn.NewMultiheadAttention(4, 2)
	attention.RegisterForwardPreHookWithOptions(func(_ nn.AnyModule, inputs []*torch.Tensor, options []any) ([]*torch.Tensor, []any) {
		for _, o := range options {
			if mask, ok := o.(nn.AttnMaskOption); ok {
				fmt.Println("masked:", mask.Tensor().Sum().Item())
			}
		}
		return nil, nil
	})
	x := torch.Ones([]int64{3, 1, 4})
	attention.Forward(x, x, x, nn.AttnMask(torch.Ones([]int64{3, 3}, torch.Bool).Triu(torch.WithDiagonal(1))))
	// Output: masked: 3
}
