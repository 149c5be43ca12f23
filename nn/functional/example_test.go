package functional_test

import (
	"fmt"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleRelu() {
	x := torch.NewTensor([]float32{-1, 0, 2})
	fmt.Println(F.Relu(x))
	// Output: tensor([0., 0., 2.])
}

func ExampleSoftmax() {
	x := torch.NewTensor([]float32{0, 0, 0, 0})
	fmt.Println(F.Softmax(x, 0))
	// Output: tensor([0.2500, 0.2500, 0.2500, 0.2500])
}

func ExampleConv2d() {
	images, kernel := torch.Ones([]int64{1, 1, 3, 3}), torch.Ones([]int64{1, 1, 2, 2})
	fmt.Println(F.Conv2d(images, kernel, F.Stride(2), F.Padding(1)))
	// Output:
	// tensor([[[[1., 2.],
	//           [2., 4.]]]])
}

func ExampleMaxPool2dWithIndices() {
	x := torch.Arange(16.0).Reshape(1, 4, 4)
	output, indices := F.MaxPool2dWithIndices(x, 2)
	fmt.Println(output)
	fmt.Println(F.MaxUnpool2d(output, indices, 2))
	// Output:
	// tensor([[[ 5.,  7.],
	//          [13., 15.]]])
	// tensor([[[ 0.,  0.,  0.,  0.],
	//          [ 0.,  5.,  0.,  7.],
	//          [ 0.,  0.,  0.,  0.],
	//          [ 0., 13.,  0., 15.]]])
}

func ExampleCrossEntropy() {
	logits := torch.NewTensor([][]float32{{2, 0, 0}, {0, 2, 0}})
	target := torch.NewTensor([]int64{0, 2})
	fmt.Println(F.CrossEntropy(logits, target))
	fmt.Println(F.CrossEntropy(logits, target, F.Reduction("none"), F.LabelSmoothing(0.1)))
	// Output:
	// tensor(1.2395)
	// tensor([0.3729, 2.1729])
}

func ExampleDropout() {
	torch.ManualSeed(0)
	x := torch.Ones([]int64{6})
	fmt.Println(F.Dropout(x, F.P(0.5)))
	fmt.Println(F.Dropout(x, F.P(0.5), F.Training(false)))
	// Output:
	// tensor([0., 0., 2., 0., 0., 0.])
	// tensor([1., 1., 1., 1., 1., 1.])
}

func ExampleInterpolate() {
	x := torch.NewTensor([][][]float32{{{0, 2}}})
	fmt.Println(F.Interpolate(x, F.ScaleFactor(2)))
	fmt.Println(F.Interpolate(x, F.Size(3), F.Mode("linear"), F.AlignCorners(true)))
	// Output:
	// tensor([[[0., 0., 2., 2.]]])
	// tensor([[[0., 1., 2.]]])
}

func ExamplePad() {
	x := torch.Arange(3.0)
	fmt.Println(F.Pad(x, []int64{1, 2}, F.Value(9)))
	fmt.Println(F.Pad(x.Reshape(1, 3), []int64{1, 2}, F.Mode("reflect")))
	// Output:
	// tensor([9., 0., 1., 2., 9., 9.])
	// tensor([[1., 0., 1., 2., 1., 0.]])
}

func ExampleLayerNorm() {
	x := torch.NewTensor([][]float32{{1, 2, 3}, {10, 20, 30}})
	fmt.Println(F.LayerNorm(x, []int64{3}))
	// Output:
	// tensor([[-1.2247,  0.0000,  1.2247],
	//         [-1.2247,  0.0000,  1.2247]])
}

func ExampleEmbeddingBag() {
	table := torch.NewTensor([][]float32{{1, 1}, {2, 2}, {3, 3}})
	words := torch.NewTensor([]int64{0, 1, 2})
	fmt.Println(F.EmbeddingBag(words, table, F.Offsets(torch.NewTensor([]int64{0, 1})), F.Mode("sum")))
	// Output:
	// tensor([[1., 1.],
	//         [5., 5.]])
}

func ExampleScaledDotProductAttention() {
	query, key := torch.Zeros([]int64{1, 2, 4}), torch.Zeros([]int64{1, 2, 4})
	value := torch.NewTensor([][][]float32{{{1}, {3}}})
	fmt.Println(F.ScaledDotProductAttention(query, key, value, F.IsCausal(true)))
	// Output:
	// tensor([[[1.],
	//          [2.]]])
}

func ExampleMseLoss() {
	x, target := torch.NewTensor([]float32{1, 2, 4}), torch.NewTensor([]float32{1, 1, 1})
	fmt.Printf("%.4f\n", F.MseLoss(x, target))
	fmt.Println(F.MseLoss(x, target, F.Reduction("none")))
	// Output:
	// 3.3333
	// tensor([0., 1., 9.])
}

func ExampleOneHot() {
	fmt.Println(F.OneHot(torch.NewTensor([]int64{0, 2, 1})))
	// Output:
	// tensor([[1, 0, 0],
	//         [0, 0, 1],
	//         [0, 1, 0]])
}

func ExampleBatchNorm() {
	x := torch.NewTensor([][]float32{{1, 10}, {3, 30}}) // N, C
	mean, variance := torch.Zeros([]int64{2}), torch.Ones([]int64{2})
	fmt.Println(F.BatchNorm(x, mean, variance, F.Training(true)))
	fmt.Println(mean) // moved by a tenth
	// Output:
	// tensor([[-1.0000, -1.0000],
	//         [ 1.0000,  1.0000]])
	// tensor([0.2000, 2.0000])
}

// An image is turned upside down.
func ExampleGridSample() {
	image := torch.NewTensor([][][][]float32{{{{1, 2}, {3, 4}}}}) // N, C, H, W
	turn := torch.NewTensor([][][]float32{{{-1, 0, 0}, {0, -1, 0}}})
	grid := F.AffineGrid(turn, image.Shape(), F.AlignCorners(false))
	fmt.Println(F.GridSample(image, grid, F.AlignCorners(false)))
	// Output:
	// tensor([[[[4., 3.],
	//           [2., 1.]]]])
}

func ExampleCtcLoss() {
	logits := torch.Zeros([]int64{5, 1, 3})       // T, N, C: every class is as likely
	targets := torch.NewTensor([][]int64{{1, 2}}) // N, S
	fmt.Printf("%.4f\n", F.CtcLossLengths(logits.LogSoftmax(2), targets, []int64{5}, []int64{2}))
	// Output: 0.9689
}
