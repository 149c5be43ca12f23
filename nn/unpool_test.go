package nn_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMaxUnpoolIsThatOfPython(t *testing.T) {
	type unpool interface {
		nn.AnyModule
		Forward(input, indices *torch.Tensor) *torch.Tensor
		ForwardOutputSize(input, indices *torch.Tensor, size ...int64) *torch.Tensor
	}
	of := func(m func() unpool, pool func(*torch.Tensor) (output, indices *torch.Tensor), shape, size []int64) func() (nn.AnyModule, func() tensors) {
		return func() (nn.AnyModule, func() tensors) {
			m := m()
			return m, func() tensors {
				output, indices := pool(torch.Randn(shape, torch.RequiresGrad(true)))
				return tensors{m.ForwardOutputSize(output, indices, size...)}
			}
		}
	}
	pool1, pool2, pool3 := nn.NewMaxPool1d(2), nn.NewMaxPool2d([2]int{2, 3}, nn.Stride(2)), nn.NewMaxPool3d(2)
	checkModules(t, []moduleCase{
		{"nn.MaxUnpool1d(2)", "m(*nn.MaxPool1d(2, return_indices=True)(torch.randn(2, 3, 6, requires_grad=True)))",
			of(func() unpool { return nn.NewMaxUnpool1d(2) }, pool1.ForwardWithIndices, []int64{2, 3, 6}, nil)},
		{"nn.MaxUnpool1d(2)", "m(*nn.MaxPool1d(2, return_indices=True)(torch.randn(2, 3, 7, requires_grad=True)), output_size=[7])",
			of(func() unpool { return nn.NewMaxUnpool1d(2) }, pool1.ForwardWithIndices, []int64{2, 3, 7}, []int64{7})},
		{"nn.MaxUnpool2d((2, 3), stride=2)", "m(*nn.MaxPool2d((2, 3), 2, return_indices=True)(torch.randn(3, 6, 7, requires_grad=True)))",
			of(func() unpool { return nn.NewMaxUnpool2d([2]int{2, 3}, nn.Stride(2)) }, pool2.ForwardWithIndices, []int64{3, 6, 7}, nil)},
		{"nn.MaxUnpool3d(2)", "m(*nn.MaxPool3d(2, return_indices=True)(torch.randn(1, 2, 4, 6, 2, requires_grad=True)))",
			of(func() unpool { return nn.NewMaxUnpool3d(2) }, pool3.ForwardWithIndices, []int64{1, 2, 4, 6, 2}, nil)},
	})
}
