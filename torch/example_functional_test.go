package torch_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleEinsum() {
	a := torch.NewTensor([][]float32{{1, 2}, {3, 4}})
	b := torch.NewTensor([][]float32{{0, 1}, {1, 0}})
	fmt.Println(torch.Einsum("ij,jk->ik", a, b))
	fmt.Println(torch.Einsum("ii", a))
	fmt.Println(torch.EinsumSublists(a, []int{0, 1}, []int{1, 0}))
	// Output:
	// tensor([[2., 1.],
	//         [4., 3.]])
	// tensor(5.)
	// tensor([[1., 3.],
	//         [2., 4.]])
}

func ExampleTensordot() {
	a, b := torch.Ones([]int64{2, 3, 4}), torch.Ones([]int64{4, 3, 5})
	fmt.Println(torch.Tensordot(a, b, [][]int64{{1, 2}, {1, 0}}).Shape())
	// Output: [2 5]
}

func ExampleNorm() {
	x := torch.NewTensor([][]float32{{3, 4}, {6, 8}})
	fmt.Println(torch.Norm(x, torch.Dim(1)))
	fmt.Println(x.Norm(torch.P(1)))
	fmt.Println(x.Norm(torch.P("nuc")))
	// Output:
	// tensor([ 5., 10.])
	// tensor(21.)
	// tensor(11.1803)
}

func ExampleUnique() {
	x := torch.NewTensor([]int{3, 1, 3, 2})
	fmt.Println(torch.Unique(x))
	values, inverse, counts := torch.UniqueInverseCounts(x)
	fmt.Println(values, inverse, counts)
	// Output:
	// tensor([1, 2, 3])
	// tensor([1, 2, 3]) tensor([2, 0, 2, 1]) tensor([1, 1, 2])
}

func ExampleStft() {
	signal := torch.Sin(torch.Arange(64, torch.Float32).Mul(0.5))
	window := torch.HannWindow(16)
	spectrum := torch.Stft(signal, 16, torch.Window(window), torch.ReturnComplex(true))
	fmt.Println(spectrum.Shape(), spectrum.DType())
	back := torch.Istft(spectrum, 16, torch.Window(window), torch.Length(64))
	fmt.Println(torch.Allclose(back, signal, torch.Atol(1e-6)))
	// Output:
	// [9 17] torch.complex64
	// true
}

func ExamplePcaLowrank() {
	torch.ManualSeed(0)
	samples := torch.Randn([]int64{100, 2}).Matmul(torch.NewTensor([][]float32{{3, 3}, {0.1, -0.1}}))
	_, _, directions := torch.PcaLowrank(samples, torch.Q(1))
	fmt.Println(directions.Abs())
	// Output:
	// tensor([[0.7124],
	//         [0.7018]])
}
