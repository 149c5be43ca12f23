package nested_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nested"
	"github.com/wangkuiyi/gotorch/torch"
)

var jaggedCases = []struct {
	python string
	run    func(o operands) *nested.Jagged
}{
	{"nested_tensor([c, d], layout=torch.jagged)", func(o operands) *nested.Jagged { return nested.NestedTensorJagged(o.cd()) }},
	{"nested_tensor([c, d], layout=torch.jagged, requires_grad=True, dtype=torch.float64)", func(o operands) *nested.Jagged {
		return nested.NestedTensorJagged(o.cd(), torch.RequiresGrad(true), torch.Float64)
	}},
	{"nested_tensor([[1, 2], [3, 4, 5]], layout=torch.jagged)", func(operands) *nested.Jagged {
		return nested.NestedTensorJagged([][]int{{1, 2}, {3, 4, 5}})
	}},
	{"as_nested_tensor([c, d], layout=torch.jagged)", func(o operands) *nested.Jagged { return nested.AsNestedTensorJagged(o.cd()) }},
	{"as_nested_tensor([c.t(), d.t()], layout=torch.jagged)", func(o operands) *nested.Jagged {
		return nested.AsNestedTensorJagged([]*torch.Tensor{o.c.T(), o.d.T()})
	}},
	{"as_nested_tensor([c, c], layout=torch.jagged)", func(o operands) *nested.Jagged {
		return nested.AsNestedTensorJagged([]*torch.Tensor{o.c, o.c})
	}},
	{"as_nested_tensor(x, layout=torch.jagged)", func(o operands) *nested.Jagged { return nested.AsNestedTensorJagged(o.x) }},
	{"nested_tensor_from_jagged(d, torch.tensor([0, 1, 4]))", func(o operands) *nested.Jagged {
		return nested.NestedTensorFromJagged(o.d, torch.Offsets(torch.NewTensor([]int{0, 1, 4})))
	}},
	{"nested_tensor_from_jagged(d, lengths=torch.tensor([1, 3]))", func(o operands) *nested.Jagged {
		return nested.NestedTensorFromJagged(o.d, torch.Lengths(torch.NewTensor([]int{1, 3})))
	}},
	{"nested_tensor_from_jagged(d, torch.tensor([0, 2, 4]), torch.tensor([1, 2]))", func(o operands) *nested.Jagged {
		return nested.NestedTensorFromJagged(o.d, torch.Offsets(torch.NewTensor([]int{0, 2, 4})), torch.Lengths(torch.NewTensor([]int{1, 2})))
	}},
	{"nested_tensor_from_jagged(d, torch.tensor([0, 1, 3]), jagged_dim=2, max_seqlen=4)", func(o operands) *nested.Jagged {
		return nested.NestedTensorFromJagged(o.d, torch.Offsets(torch.NewTensor([]int{0, 1, 3})), nested.JaggedDim(2), nested.MaxSeqlen(4))
	}},
	{"narrow(x, 1, torch.tensor([0, 1]), 2, layout=torch.jagged)", func(o operands) *nested.Jagged {
		return nested.NarrowJagged(o.x, torch.NewTensor([]int{0, 1}), 2)
	}},
	{"narrow(x, 1, 0, torch.tensor([3, 2]), layout=torch.jagged)", func(o operands) *nested.Jagged {
		return nested.NarrowJagged(o.x, 0, torch.NewTensor([]int{3, 2}))
	}},
	{"masked_select(x, x > 0)", func(o operands) *nested.Jagged { return nested.MaskedSelect(o.x, o.x.Gt(0)) }},
	{"torch.relu(as_nested_tensor([c, d], layout=torch.jagged))", func(o operands) *nested.Jagged {
		return nested.AsNestedTensorJagged(o.cd()).Map(func(v *torch.Tensor) *torch.Tensor { return torch.Relu(v) })
	}},
}

// Python numbers the ragged dimensions, and prints the address of grad_fn.
var (
	number  = regexp.MustCompile(`j\d+`)
	address = regexp.MustCompile(` object at \w+`)
)

func TestJaggedIsThatOfPython(t *testing.T) {
	var code strings.Builder
	for n, c := range jaggedCases {
		fmt.Fprintf(&code, "%s\ny = %s\nout['text %d'] = str(y)\nparts = y.unbind()\n", makeOperands, c.python, n)
		fmt.Fprintf(&code, "out['members %d'] = [y.values(), y.offsets(), y.lengths()]\nout['parts %d'] = list(parts)\n", n, n)
		fmt.Fprintf(&code, "out['dims %d'] = [y.dim(), y._ragged_idx]\n", n)
		fmt.Fprintf(&code, "out['padded %d'] = y.to_padded_tensor(0.5) if y.lengths() is None else None\n", n)
		fmt.Fprintf(&code, "if parts[0].requires_grad: sum((p * p).sum() for p in parts).backward()\n")
		fmt.Fprintf(&code, "out['grads %d'] = [c.grad, d.grad, x.grad, y.grad.values() if y.is_leaf and y.requires_grad else None]\n", n)
	}
	py := parity.Run(t, code.String())
	for n, c := range jaggedCases {
		t.Run(c.python, func(t *testing.T) {
			py := py.For(t)
			o := newOperands()
			y := c.run(o)
			want := address.ReplaceAllString(number.ReplaceAllString(py.Text(fmt.Sprint("text ", n)), "j"), "")
			// Map does not have the operator's grad_fn.
			want = strings.ReplaceAll(want, "ReluBackward0", "NestedViewFromJaggedBackward0")
			assert.Equal(t, want, y.String())
			py.EqualTensors(fmt.Sprint("members ", n), []*torch.Tensor{y.Values(), y.Offsets(), y.Lengths()})
			parts := y.Unbind()
			py.EqualTensors(fmt.Sprint("parts ", n), parts)
			dims := py.Numbers(fmt.Sprint("dims ", n))
			assert.EqualValues(t, dims[0], y.Dim())
			assert.EqualValues(t, -1, y.Shape()[int(dims[1])])
			var padded *torch.Tensor
			if y.Lengths() == nil {
				padded = y.ToPaddedTensor(0.5)
			}
			py.EqualTensor(fmt.Sprint("padded ", n), padded)
			if parts[0].RequiresGrad() {
				sumOfSquares(parts).Backward()
			}
			var own *torch.Tensor
			if strings.Contains(y.String(), "requires_grad") {
				own = y.Grad().Values()
			}
			py.EqualTensors(fmt.Sprint("grads ", n), []*torch.Tensor{o.c.Grad(), o.d.Grad(), o.x.Grad(), own})
		})
	}
}

func TestJaggedToPaddedOfSize(t *testing.T) {
	py := parity.Run(t, makeOperands+"out['y'] = nested_tensor([c, d], layout=torch.jagged).to_padded_tensor(0.5, (2, 6, 3))")
	py.EqualTensor("y", nested.NestedTensorJagged(newOperands().cd()).ToPaddedTensor(0.5, torch.OutputSize(2, 6, 3)))
}

func TestMapKeepsTheRaggedDimension(t *testing.T) {
	y := nested.NestedTensorJagged(newOperands().cd())
	assert.Error(t, torch.Try(func() { y.Map(func(v *torch.Tensor) *torch.Tensor { return v.Sum(torch.Dim(0), torch.Keepdim(true)) }) }))
	assert.Equal(t, []int64{2, -1, 5}, y.Map(func(v *torch.Tensor) *torch.Tensor { return v.Matmul(torch.Ones([]int64{3, 5})) }).Shape())
	assert.Nil(t, y.Grad())
}

func ExampleNestedTensorFromJagged() {
	values := torch.Arange(6.0).View(6, 1)
	nt := nested.NestedTensorFromJagged(values, torch.Offsets(torch.NewTensor([]int{0, 2, 6})))
	fmt.Println(nt)
	for _, t := range nt.Unbind() {
		fmt.Println(t.T())
	}
	// Output:
	// NestedTensor(size=(2, j, 1), offsets=tensor([0, 2, 6]), contiguous=True)
	// tensor([[0., 1.]])
	// tensor([[2., 3., 4., 5.]])
}
