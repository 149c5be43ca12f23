package torch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// A number in a tensor's place promotes types as a number does, and the
// operation has the name that Python prints.
func TestNumbersAsOperands(t *testing.T) {
	py := parity.Run(t, `
		x = torch.tensor([1., -2., 3.], requires_grad=True)
		i = torch.tensor([1, -2, 3])
		c = torch.tensor([1+2j, 3-1j])
		results = [x + 2, x * 0.5, x + True, x / 3, i + 2, i * 0.5, i / 2, i - 2, c * 2, c + 1j, x * 1e300,
			torch.floor_divide(x, 2), torch.multiply(x, 2), torch.true_divide(i, 2), torch.add(x, 2, alpha=3)]
		out["results"] = results
		out["names"] = [r.grad_fn.name() if r.grad_fn else "" for r in results]
		results[0].sum().backward()
		out["grad"] = x.grad
	`)
	x := torch.NewTensor([]float32{1, -2, 3}, torch.RequiresGrad(true))
	i := torch.NewTensor([]int64{1, -2, 3})
	c := torch.NewTensor([]complex64{1 + 2i, 3 - 1i})
	results := []*torch.Tensor{
		x.Add(2), x.Mul(0.5), x.Add(true), x.Div(3), i.Add(2), i.Mul(0.5), i.Div(2), i.Sub(2), c.Mul(2), c.Add(1i), x.Mul(1e300),
		torch.FloorDivide(x, 2), torch.Multiply(x, 2), torch.TrueDivide(i, 2), torch.Add(x, 2, torch.Alpha(3)),
	}
	py.EqualTensors("results", results)
	var names []string
	for _, r := range results {
		names = append(names, r.GradFn().Name())
	}
	assert.Equal(t, py.Strings("names"), names)
	results[0].Sum().Backward()
	py.EqualTensor("grad", x.Grad())
}

func TestOperandsThatAreNone(t *testing.T) {
	x := torch.Ones([]int64{2})
	for _, operand := range []any{nil, (*torch.Tensor)(nil), "2", []int{2}, struct{}{}} {
		err := torch.Try(func() { x.Mul(operand) })
		assert.ErrorIs(t, err, &torch.Error{Kind: "TypeError"}, "%T", operand)
		assert.ErrorContains(t, err, "argument 'other' must be Tensor, not ")
	}
}
