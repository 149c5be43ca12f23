package torch_test

import (
	"errors"
	"fmt"

	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleNewTensor() {
	x := torch.NewTensor([][]float32{{1, 2}, {3, 4}})
	n := torch.NewTensor([]int{1, 2, 3})
	fmt.Println(x)
	fmt.Println(n, n.DType())
	// Output:
	// tensor([[1., 2.],
	//         [3., 4.]])
	// tensor([1, 2, 3]) torch.int64
}

func ExampleFromSlice() {
	x := torch.FromSlice([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	fmt.Println(x.Shape(), torch.Data[float64](x.Sum(torch.Dim(0))))
	// Output: [2 3] [5 7 9]
}

func ExampleTensor_Backward() {
	x := torch.NewTensor([]float32{1, 2, 3}, torch.RequiresGrad(true))
	y := x.Mul(x).Sum()
	y.Backward()
	fmt.Println(y)
	fmt.Println(x.Grad())
	// Output:
	// tensor(14., grad_fn=<SumBackward0>)
	// tensor([2., 4., 6.])
}

func ExampleGrad() {
	x := torch.NewTensor([]float64{2}, torch.RequiresGrad(true))
	y := x.Pow(3)
	first := torch.Grad([]*torch.Tensor{y}, []*torch.Tensor{x}, torch.CreateGraph(true))[0]
	second := torch.Grad([]*torch.Tensor{first}, []*torch.Tensor{x})[0]
	fmt.Println(first.Item(), second.Item())
	// Output: 12 12
}

func ExampleNoGrad() {
	w := torch.Ones([]int64{2}, torch.RequiresGrad(true))
	w.Mul(3).Sum().Backward()
	torch.NoGrad(func() {
		w.Sub_(w.Grad().Mul(0.1))
	})
	fmt.Println(w)
	// Output: tensor([0.7000, 0.7000], requires_grad=True)
}

func ExampleScope() {
	total := torch.Zeros([]int64{2})
	torch.Scope(func() {
		x := torch.Ones([]int64{2}) // freed with the scope
		total.Add_(x.Mul(2))
	})
	fmt.Println(total)
	// Output: tensor([2., 2.])
}

func ExampleScopeValue() {
	mean := torch.ScopeValue(func() *torch.Tensor {
		x := torch.NewTensor([]float32{1, 2, 3}) // freed with the scope
		return x.Mean()
	})
	fmt.Println(mean)
	// Output: tensor(2.)
}

func ExampleScoped() {
	x := torch.Ones([]int64{2})
	for i := range torch.Scoped(3) {
		x.Add_(torch.Full([]int64{2}, i)) // the tensor of each turn is freed after it
	}
	fmt.Println(x)
	// Output: tensor([4., 4.])
}

func ExampleTry() {
	a, b := torch.Ones([]int64{2, 3}), torch.Ones([]int64{2, 3})
	err := torch.Try(func() { a.Mm(b) })
	fmt.Println(err)
	fmt.Println(errors.Is(err, &torch.Error{Kind: "RuntimeError"}))
	// Output:
	// torch.Tensor.Mm: mm: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)
	// true
}

func ExampleManualSeed() {
	torch.ManualSeed(0)
	fmt.Println(torch.Rand([]int64{3})) // as in Python
	// Output: tensor([0.4963, 0.7682, 0.0885])
}

func ExampleSum() {
	x := torch.NewTensor([][]float32{{1, 2}, {3, 4}})
	fmt.Println(torch.Sum(x))
	fmt.Println(x.Sum(torch.Dim(1), torch.Keepdim(true)))
	// Output:
	// tensor(10.)
	// tensor([[3.],
	//         [7.]])
}

func ExampleCall() {
	x := torch.NewTensor([]float32{3, 1, 2})
	results := torch.Call("aten::sort", x, torch.Keywords{"descending": true})
	fmt.Println(results[0], results[1])
	// Output: tensor([3., 2., 1.]) tensor([0, 2, 1])
}
