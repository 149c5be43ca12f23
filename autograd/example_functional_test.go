package autograd_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleDualLevel() {
	x, v := torch.NewTensor([]float32{1, 2}), torch.NewTensor([]float32{1, 1})
	autograd.DualLevel(func() {
		dual := autograd.MakeDual(x, v)
		fmt.Println(dual)
		fmt.Println(autograd.UnpackDual(dual.Pow(2)))
	})
	// Output:
	// tensor([1., 2.], tangent=tensor([1., 1.]))
	// tensor([1., 4.]) tensor([2., 4.])
}

func ExampleJacobian() {
	square := func(x *torch.Tensor) *torch.Tensor { return x.Pow(2) }
	fmt.Println(autograd.Jacobian(square, torch.NewTensor([]float32{1, 2})))
	// Output:
	// tensor([[2., 0.],
	//         [0., 4.]])
}

func ExampleHvp() {
	cube := func(x *torch.Tensor) *torch.Tensor { return x.Pow(3).Sum() }
	x, v := torch.NewTensor([]float32{1, 2}), torch.NewTensor([]float32{1, 0})
	fmt.Println(autograd.Hvp(cube, x, v))
	// Output: tensor(9.) tensor([6., 0.])
}
