package nn_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMaxUnpoolIsThatOfPython(t *testing.T) {
	type unpool interface {
		nn.AnyModule
		ForwardOutputSize(input, indices *torch.Tensor, size ...int64) *torch.Tensor
	}
	type pool = func(*torch.Tensor) (output, indices *torch.Tensor)
	inverse := func(python string, pool pool, size ...int64) moduleCall {
		return callOf(python, func(m unpool, x tensors) tensors {
			output, indices := pool(x[0])
			return tensors{m.ForwardOutputSize(output, indices, size...)}
		})
	}
	pool1, pool2, pool3 := nn.NewMaxPool1d(2), nn.NewMaxPool2d([2]int{2, 3}, nn.Stride(2)), nn.NewMaxPool3d(2)
	padded1, padded2, padded3 := nn.NewMaxPool1d(3, nn.Padding(1)), nn.NewMaxPool2d(3, nn.Padding(1)), nn.NewMaxPool3d(3, nn.Padding(1))
	checkModules(t, []moduleCase{
		{"nn.MaxUnpool1d(2)", func() nn.AnyModule { return nn.NewMaxUnpool1d(2) }, given(normal(2, 3, 6)),
			inverse("m(*nn.MaxPool1d(2, return_indices=True)(x0))", pool1.ForwardWithIndices)},
		{"nn.MaxUnpool1d(2)", func() nn.AnyModule { return nn.NewMaxUnpool1d(2) }, given(normal(2, 3, 7)),
			inverse("m(*nn.MaxPool1d(2, return_indices=True)(x0), output_size=[7])", pool1.ForwardWithIndices, 7)},
		{"nn.MaxUnpool1d(3, padding=1)", func() nn.AnyModule { return nn.NewMaxUnpool1d(3, nn.Padding(1)) }, given(normal(3, 7)),
			inverse("m(*nn.MaxPool1d(3, padding=1, return_indices=True)(x0))", padded1.ForwardWithIndices)},
		{"nn.MaxUnpool2d((2, 3), stride=2)", func() nn.AnyModule { return nn.NewMaxUnpool2d([2]int{2, 3}, nn.Stride(2)) },
			given(normal(3, 6, 7)), inverse("m(*nn.MaxPool2d((2, 3), 2, return_indices=True)(x0))", pool2.ForwardWithIndices)},
		{"nn.MaxUnpool2d(3, padding=1)", func() nn.AnyModule { return nn.NewMaxUnpool2d(3, nn.Padding(1)) }, given(normal(2, 3, 6, 8)),
			inverse("m(*nn.MaxPool2d(3, padding=1, return_indices=True)(x0), output_size=[6, 8])", padded2.ForwardWithIndices, 6, 8)},
		{"nn.MaxUnpool3d(2)", func() nn.AnyModule { return nn.NewMaxUnpool3d(2) }, given(normal(1, 2, 4, 6, 2)),
			inverse("m(*nn.MaxPool3d(2, return_indices=True)(x0))", pool3.ForwardWithIndices)},
		{"nn.MaxUnpool3d(3, padding=1)", func() nn.AnyModule { return nn.NewMaxUnpool3d(3, nn.Padding(1)) }, given(normal(2, 5, 6, 7)),
			inverse("m(*nn.MaxPool3d(3, padding=1, return_indices=True)(x0), output_size=[5, 6, 7])", padded3.ForwardWithIndices, 5, 6, 7)},
	})
}
