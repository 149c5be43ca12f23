package functorch_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func ExampleGrad() {
	square := func(x *torch.Tensor) *torch.Tensor { return x.Mul(x).Sum() }
	fmt.Println(functorch.Grad(square)(torch.NewTensor([]float32{1, 2, 3})))
	// Output: tensor([2., 4., 6.])
}

func ExampleVmap() {
	x := torch.NewTensor([][]float32{{1, 2}, {3, 4}})
	fmt.Println(functorch.Vmap(torch.Dot)(x, x))
	// Output: tensor([ 5., 25.])
}

// Gradients for each sample, which no single backward pass gives.
func ExampleVmap_gradients() {
	weights := torch.NewTensor([]float32{1, -1})
	examples := torch.NewTensor([][]float32{{1, 0}, {0, 1}, {2, 2}})
	targets := torch.NewTensor([]float32{0, 0, 1})
	gradient := func(w, x, t *torch.Tensor) *torch.Tensor {
		return functorch.Grad(func(w *torch.Tensor) *torch.Tensor { return torch.Dot(w, x).Sub(t).Pow(2) })(w)
	}
	fmt.Println(functorch.Vmap(gradient, functorch.InDims(nil, 0, 0))(weights, examples, targets))
	// Output:
	// tensor([[ 2.,  0.],
	//         [-0., -2.],
	//         [-4., -4.]])
}

func ExampleVjp() {
	x := torch.NewTensor([]float32{1, 2})
	y, vjp := functorch.Vjp(func(x *torch.Tensor) *torch.Tensor { return x.Pow(2) }, x)
	fmt.Println(y, vjp(torch.NewTensor([]float32{1, 10})))
	// Output: tensor([1., 4.]) tensor([ 2., 40.])
}

func ExampleJvp() {
	product := func(a []*torch.Tensor) *torch.Tensor { return a[0].Mul(a[1]) }
	one, two := torch.NewTensor(float32(1)), torch.NewTensor(float32(2))
	fmt.Println(functorch.Jvp(product, []*torch.Tensor{one, two}, []*torch.Tensor{one, one}))
	// Output: tensor(2.) tensor(3.)
}

func ExampleHessian() {
	f := func(x *torch.Tensor) *torch.Tensor { return x.Pow(3).Sum() }
	fmt.Println(functorch.Hessian(f)(torch.NewTensor([]float32{1, 2})))
	// Output:
	// tensor([[ 6.,  0.],
	//         [ 0., 12.]])
}

func ExampleFunctionalCall() {
	layer := nn.NewLinear(2, 1)
	params := map[string]*torch.Tensor{
		"weight": torch.NewTensor([][]float32{{1, 2}}),
		"bias":   torch.NewTensor([]float32{3}),
	}
	fmt.Println(functorch.FunctionalCall(layer, params, torch.Ones([]int64{1, 2})))
	// Output: tensor([[6.]])
}

func ExampleStackModuleState() {
	models := []*nn.Linear{nn.NewLinear(2, 1), nn.NewLinear(2, 1), nn.NewLinear(2, 1)}
	params, _ := functorch.StackModuleState(models)
	x := torch.Ones([]int64{5, 2})
	outputs := functorch.Vmap(func(p map[string]*torch.Tensor) *torch.Tensor {
		return functorch.FunctionalCall(models[0], p, x)
	})(params)
	fmt.Println(params["weight"].Shape(), outputs.Shape())
	// Output: [3 1 2] [3 5 1]
}

func ExampleRearrange() {
	x := torch.Arange(8).Reshape(2, 4)
	fmt.Println(functorch.Rearrange(x, "row (pair i) -> pair (row i)", functorch.AxesLengths{"i": 2}))
	// Output:
	// tensor([[0, 1, 4, 5],
	//         [2, 3, 6, 7]])
}
