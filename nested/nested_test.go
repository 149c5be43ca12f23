package nested_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nested"
	nn "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// operands are the same on both sides.
type operands struct{ a, b, c, d, x, w *torch.Tensor }

func (o operands) cd() []*torch.Tensor { return []*torch.Tensor{o.c, o.d} }
func (o operands) ab() []*torch.Tensor { return []*torch.Tensor{o.a, o.b} }

const makeOperands = `
from torch.nested import *
torch.manual_seed(1)
a, b = torch.arange(3.), torch.arange(5)
c, d = torch.randn(2, 3), torch.randn(4, 3)
x, w = torch.randn(2, 3, 4), torch.randn(5, 3)
for t in c, d, x: t.requires_grad_()
`

func newOperands() (o operands) {
	torch.ManualSeed(1)
	o.a, o.b = torch.Arange(3.0), torch.Arange(5)
	o.c, o.d = torch.Randn([]int64{2, 3}).RequiresGrad_(), torch.Randn([]int64{4, 3}).RequiresGrad_()
	o.x, o.w = torch.Randn([]int64{2, 3, 4}).RequiresGrad_(), torch.Randn([]int64{5, 3})
	return o
}

type testCase struct {
	python string
	run    func(o operands) *torch.Tensor
}

var cases = []testCase{
	{"nested_tensor([a, b])", func(o operands) *torch.Tensor { return nested.NestedTensor(o.ab()) }},
	{"nested_tensor([[1, 2], [3, 4, 5]])", func(operands) *torch.Tensor { return nested.NestedTensor([][]int{{1, 2}, {3, 4, 5}}) }},
	{"nested_tensor([[[1., 2], [3, 4]], [[5, 6]]])", func(operands) *torch.Tensor {
		return nested.NestedTensor([][][]float32{{{1, 2}, {3, 4}}, {{5, 6}}})
	}},
	{"nested_tensor([a, [7., 8.]])", func(o operands) *torch.Tensor { return nested.NestedTensor([]any{o.a, []float32{7, 8}}) }},
	{"nested_tensor([1, 2])", func(operands) *torch.Tensor { return nested.NestedTensor([]int{1, 2}) }},
	{"nested_tensor([])", func(operands) *torch.Tensor { return nested.NestedTensor([]*torch.Tensor{}) }},
	{"nested_tensor([c, d], dtype=torch.float64, device='cpu')", func(o operands) *torch.Tensor {
		return nested.NestedTensor(o.cd(), torch.Float64, torch.CPU)
	}},
	{"nested_tensor([c, d], requires_grad=True)", func(o operands) *torch.Tensor {
		return nested.NestedTensor(o.cd(), torch.RequiresGrad(true))
	}},
	{"as_nested_tensor([c, d])", func(o operands) *torch.Tensor { return nested.AsNestedTensor(o.cd()) }},
	{"as_nested_tensor([a, b], dtype=torch.int32)", func(o operands) *torch.Tensor { return nested.AsNestedTensor(o.ab(), torch.Int32) }},
	{"as_nested_tensor(x)", func(o operands) *torch.Tensor { return nested.AsNestedTensor(o.x) }},
	{"as_nested_tensor(x.transpose(1, 2), dtype=torch.float64)", func(o operands) *torch.Tensor {
		return nested.AsNestedTensor(o.x.Transpose(1, 2), torch.Float64)
	}},
	{"as_nested_tensor(nested_tensor([a, b]), layout=torch.strided, dtype=torch.float64)", func(o operands) *torch.Tensor {
		return nested.AsNestedTensor(nested.NestedTensor(o.ab()), torch.Float64)
	}},
	{"narrow(x.detach(), 0, 1, 1)", func(o operands) *torch.Tensor { return nested.Narrow(o.x.Detach(), 0, 1, 1) }},
	{"as_nested_tensor([c, d]) * 2 + 1", func(o operands) *torch.Tensor { return nested.AsNestedTensor(o.cd()).Mul(2).Add(1) }},
	{"as_nested_tensor([c, d]) * as_nested_tensor([c, d])", func(o operands) *torch.Tensor {
		return nested.AsNestedTensor(o.cd()).Mul(nested.AsNestedTensor(o.cd()))
	}},
	{"as_nested_tensor([c, d]).transpose(1, 2)", func(o operands) *torch.Tensor { return nested.AsNestedTensor(o.cd()).Transpose(1, 2) }},
	{"as_nested_tensor([c, d]).relu()", func(o operands) *torch.Tensor { return nested.AsNestedTensor(o.cd()).Relu() }},
	{"torch.softmax(as_nested_tensor([c, d]), -1)", func(o operands) *torch.Tensor { return torch.Softmax(nested.AsNestedTensor(o.cd()), -1) }},
	{"F.linear(as_nested_tensor([c, d]), w)", func(o operands) *torch.Tensor { return nn.Linear(nested.AsNestedTensor(o.cd()), o.w, nil) }},
	{"as_nested_tensor([c, d]) @ as_nested_tensor([w.t(), w.t()])", func(o operands) *torch.Tensor {
		return nested.AsNestedTensor(o.cd()).Matmul(nested.AsNestedTensor([]*torch.Tensor{o.w.T(), o.w.T()}))
	}},
	{"to_padded_tensor(as_nested_tensor([c, d]), 0.5)", func(o operands) *torch.Tensor {
		return nested.ToPaddedTensor(nested.AsNestedTensor(o.cd()), 0.5)
	}},
	{"to_padded_tensor(as_nested_tensor([c, d]), 0, (2, 5, 4))", func(o operands) *torch.Tensor {
		return nested.ToPaddedTensor(nested.AsNestedTensor(o.cd()), 0, torch.OutputSize(2, 5, 4))
	}},
	{"as_nested_tensor([c, d]).unbind()[1]", func(o operands) *torch.Tensor { return nested.AsNestedTensor(o.cd()).Unbind()[1] }},
	{"as_nested_tensor([c, d])[0]", func(o operands) *torch.Tensor { return nested.AsNestedTensor(o.cd()).Index(0) }},
}

// The text, the tensors and the gradients must be the same.
func TestStridedIsThatOfPython(t *testing.T) {
	var code strings.Builder
	for n, c := range cases {
		code.WriteString(parity.Case(n, fmt.Sprintf(`%s
y = %s
out["text %[3]d"] = str(y)
parts = y.unbind() if y.is_nested else [y]
out["parts %[3]d"] = list(parts)
if parts and parts[0].requires_grad: sum((p * p).sum() for p in parts).backward()
out["grads %[3]d"] = [c.grad, d.grad, x.grad]
`, makeOperands, c.python, n)))
	}
	py := parity.Run(t, code.String())
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {})) // libtorch's, which comes once in a process
	for n, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			py := py.Case(t, n)
			o := newOperands()
			y := c.run(o)
			assert.Equal(t, py.Text(fmt.Sprint("text ", n)), y.String())
			parts := []*torch.Tensor{y}
			if y.IsNested() {
				parts = y.Unbind()
			}
			py.EqualTensors(fmt.Sprint("parts ", n), parts)
			if len(parts) > 0 && parts[0].RequiresGrad() {
				sumOfSquares(parts).Backward()
			}
			py.EqualTensors(fmt.Sprint("grads ", n), []*torch.Tensor{o.c.Grad(), o.d.Grad(), o.x.Grad()})
		})
	}
}

// sumOfSquares is as Python's sum, which begins with 0.
func sumOfSquares(tensors []*torch.Tensor) *torch.Tensor {
	total := tensors[0].Mul(tensors[0]).Sum().Add(0)
	for _, t := range tensors[1:] {
		total = total.Add(t.Mul(t).Sum())
	}
	return total
}

func TestAttributes(t *testing.T) {
	o := newOperands()
	nt := nested.NestedTensor(o.cd())
	assert.True(t, nt.IsNested())
	assert.EqualValues(t, 3, nt.Dim())
	assert.EqualValues(t, 18, nt.Numel())
	assert.EqualValues(t, 2, nt.Size(0))
	assert.EqualValues(t, 3, nt.Size(2))
	assert.True(t, nt.IsContiguous())
	assert.Equal(t, torch.Strided, nt.Layout())
}

func TestErrors(t *testing.T) {
	o := newOperands()
	nt := nested.NestedTensor(o.cd())
	for python, run := range map[string]func(){
		"nested_tensor(5)":                       func() { nested.NestedTensor(5) },
		"nested_tensor(a)":                       func() { nested.NestedTensor(o.a) },
		"nested_tensor([a, c])":                  func() { nested.NestedTensor([]*torch.Tensor{o.a, o.c}) },
		"nested_tensor([nested_tensor([c, d])])": func() { nested.NestedTensor([]*torch.Tensor{nt}) },
		"nested_tensor([a.to_sparse()])":         func() { nested.NestedTensor([]*torch.Tensor{o.a.ToSparse()}) },
		"nested_tensor([[1, 2]], requires_grad=True)": func() {
			nested.NestedTensor([][]int{{1, 2}}, torch.RequiresGrad(true))
		},
		"as_nested_tensor(3)":                                    func() { nested.AsNestedTensor(3) },
		"as_nested_tensor(a)":                                    func() { nested.AsNestedTensor(o.a) },
		"as_nested_tensor(3, layout=torch.jagged)":               func() { nested.AsNestedTensorJagged(3) },
		"as_nested_tensor(a, layout=torch.jagged)":               func() { nested.AsNestedTensorJagged(o.a) },
		"narrow(x, 1, 0, 1)":                                     func() { nested.Narrow(o.x, 1, 0, 1) },
		"to_padded_tensor(nested_tensor([c, d]), 1., (2, 2, 2))": func() { nested.ToPaddedTensor(nt, 1, torch.OutputSize(2, 2, 2)) },
		"nested_tensor([c, d]).size(1)":                          func() { nt.Size(1) },
		"nested_tensor([c, d]).shape":                            func() { nt.Shape() },
		"nested_tensor([c, d]) @ w.t()":                          func() { nt.Matmul(o.w.T()) },
		"nested_tensor([], layout=torch.jagged)":                 func() { nested.NestedTensorJagged([]*torch.Tensor{}) },
		"nested_tensor([a, b], layout=torch.jagged)":             func() { nested.NestedTensorJagged(o.ab()) },
		"nested_tensor([a, c], layout=torch.jagged)":             func() { nested.NestedTensorJagged([]*torch.Tensor{o.a, o.c}) },
		"nested_tensor([a.sum()], layout=torch.jagged)":          func() { nested.NestedTensorJagged([]*torch.Tensor{o.a.Sum()}) },
		"nested_tensor([c, d.t()], layout=torch.jagged)":         func() { nested.NestedTensorJagged([]*torch.Tensor{o.c, o.d.T()}) },
		"nested_tensor_from_jagged(c)":                           func() { nested.NestedTensorFromJagged(o.c) },
		"nested_tensor_from_jagged(c, b, jagged_dim=0)":          func() { nested.NestedTensorFromJagged(o.c, torch.Offsets(o.b), nested.JaggedDim(0)) },
		"nested_tensor_from_jagged(c, c)":                        func() { nested.NestedTensorFromJagged(o.c, torch.Offsets(o.c)) },
		"nested_tensor_from_jagged(c, b, b)":                     func() { nested.NestedTensorFromJagged(o.c, torch.Offsets(o.b), torch.Lengths(o.b)) },
		"nested_tensor_from_jagged(c, b.to('meta'))":             func() { nested.NestedTensorFromJagged(o.c, torch.Offsets(o.b.To(torch.Meta))) },
		"narrow(x, 1, b, 1, layout=torch.jagged)":                func() { nested.NarrowJagged(o.x, o.b, 1) },
		"narrow(x, 1, 'a', 1, layout=torch.jagged)":              func() { nested.NarrowJagged(o.x, "a", 1) },
		"narrow(a, 1, 0, 1, layout=torch.jagged)":                func() { nested.NarrowJagged(o.a, 0, 1) },
		"masked_select(x, (x > 0).to_sparse())":                  func() { nested.MaskedSelect(o.x, o.x.Gt(0).ToSparse()) },
		"masked_select(x.to_sparse(), x > 0)":                    func() { nested.MaskedSelect(o.x.ToSparse(), o.x.Gt(0)) },
		"narrow(x, 1, torch.tensor([0, 1]), 2, layout=torch.jagged).to_padded_tensor(0.)": func() {
			nested.NarrowJagged(o.x, torch.NewTensor([]int{0, 1}), 2).ToPaddedTensor(0)
		},
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, makeOperands+python)
			assert.ErrorIs(t, torch.Try(run), &torch.Error{Kind: py.Error.Type, Message: py.Error.Message})
		})
	}
}

func ExampleNestedTensor() {
	torch.SetWarningHandler(func(torch.Warning) {}) // PyTorch says that nested tensors may change
	defer torch.SetWarningHandler(nil)
	nt := nested.NestedTensor([][]float32{{1, 2, 3}, {4}})
	fmt.Println(nt.Mul(10))
	fmt.Println(nested.ToPaddedTensor(nt, 0))
	// Output:
	// nested_tensor([
	//   tensor([10., 20., 30.]),
	//   tensor([40.])
	// ])
	// tensor([[1., 2., 3.],
	//         [4., 0., 0.]])
}
