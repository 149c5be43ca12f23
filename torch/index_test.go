package torch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// indexing are the same indices in both languages, of a tensor x of shape
// (3, 4, 5) with a mask m of that shape, a row mask r of shape (3), a mask p of
// shape (3, 4) and lists i and j of indices of shape (2).
var indexing = []struct {
	python string
	index  func(m, r, p, i, j *torch.Tensor) []any
}{
	{"0", func(m, r, p, i, j *torch.Tensor) []any { return []any{0} }},
	{"-1", func(m, r, p, i, j *torch.Tensor) []any { return []any{int64(-1)} }},
	{"1, 2, 3", func(m, r, p, i, j *torch.Tensor) []any { return []any{1, 2, 3} }},
	{"1:", func(m, r, p, i, j *torch.Tensor) []any { return []any{torch.Slice(1, nil)} }},
	{":2, 1:-1", func(m, r, p, i, j *torch.Tensor) []any { return []any{torch.Slice(nil, 2), torch.Slice(1, -1)} }},
	{":, ::2", func(m, r, p, i, j *torch.Tensor) []any { return []any{torch.Slice(nil, nil), torch.Slice(nil, nil, 2)} }},
	{"5:9", func(m, r, p, i, j *torch.Tensor) []any { return []any{torch.Slice(5, 9)} }},
	{"None", func(m, r, p, i, j *torch.Tensor) []any { return []any{torch.None} }},
	{"..., None, 0", func(m, r, p, i, j *torch.Tensor) []any { return []any{torch.Ellipsis, torch.None, 0} }},
	{"0, ..., 1:3", func(m, r, p, i, j *torch.Tensor) []any { return []any{0, torch.Ellipsis, torch.Slice(1, 3)} }},
	{"...", func(m, r, p, i, j *torch.Tensor) []any { return []any{torch.Ellipsis} }},
	{"i", func(m, r, p, i, j *torch.Tensor) []any { return []any{i} }},
	{"[2, 0]", func(m, r, p, i, j *torch.Tensor) []any { return []any{[]int{2, 0}} }},
	{"i, j", func(m, r, p, i, j *torch.Tensor) []any { return []any{i, j} }},
	{"i, :, j", func(m, r, p, i, j *torch.Tensor) []any { return []any{i, torch.Slice(nil, nil), j} }},
	{":, i, 1:, None", func(m, r, p, i, j *torch.Tensor) []any {
		return []any{torch.Slice(nil, nil), i, torch.Slice(1, nil), torch.None}
	}},
	{"i, ..., j", func(m, r, p, i, j *torch.Tensor) []any { return []any{i, torch.Ellipsis, j} }},
	{"i[:, None], j", func(m, r, p, i, j *torch.Tensor) []any { return []any{i.Index(torch.Slice(nil, nil), torch.None), j} }},
	{"1, :, j", func(m, r, p, i, j *torch.Tensor) []any { return []any{1, torch.Slice(nil, nil), j} }},
	{"m", func(m, r, p, i, j *torch.Tensor) []any { return []any{m} }},
	{"r", func(m, r, p, i, j *torch.Tensor) []any { return []any{r} }},
	{"[True, False, True]", func(m, r, p, i, j *torch.Tensor) []any { return []any{[]bool{true, false, true}} }},
	{"p", func(m, r, p, i, j *torch.Tensor) []any { return []any{p} }},
	{"p, 1:3", func(m, r, p, i, j *torch.Tensor) []any { return []any{p, torch.Slice(1, 3)} }},
	{"p, -1", func(m, r, p, i, j *torch.Tensor) []any { return []any{p, -1} }},
	{"r, 1:, 0", func(m, r, p, i, j *torch.Tensor) []any { return []any{r, torch.Slice(1, nil), 0} }},
	{":, :, None, j", func(m, r, p, i, j *torch.Tensor) []any {
		return []any{torch.Slice(nil, nil), torch.Slice(nil, nil), torch.None, j}
	}},
	{"True", func(m, r, p, i, j *torch.Tensor) []any { return []any{true} }},
	{"False", func(m, r, p, i, j *torch.Tensor) []any { return []any{false} }},
	{"True, 1, ..., j", func(m, r, p, i, j *torch.Tensor) []any { return []any{true, 1, torch.Ellipsis, j} }},
	{"i[0]", func(m, r, p, i, j *torch.Tensor) []any { return []any{i.Index(0)} }},
	{"r[0], 1", func(m, r, p, i, j *torch.Tensor) []any { return []any{r.Index(0), 1} }},
}

const indexed = `
x = torch.arange(60.).view(3, 4, 5)
m, r, p = x % 3 == 0, torch.tensor([True, False, True]), x[:, :, 0] % 2 == 0
i, j = torch.tensor([2, 0]), torch.tensor([1, 3])
`

func newIndexed() (x, m, r, p, i, j *torch.Tensor) {
	x = torch.Arange(60, torch.Float32).View(3, 4, 5)
	m, r = x.Remainder(3).Eq(0), torch.NewTensor([]bool{true, false, true})
	p = x.Select(2, 0).Remainder(2).Eq(0)
	return x, m, r, p, torch.NewTensor([]int{2, 0}), torch.NewTensor([]int{1, 3})
}

func TestIndex(t *testing.T) {
	var code strings.Builder
	for n, c := range indexing {
		fmt.Fprintf(&code, "%sx.requires_grad_(); y = x[%s]; out['read %d'] = y\n", indexed, c.python, n)
		fmt.Fprintf(&code, "out['name %[1]d'] = y.grad_fn.name(); (y * y).sum().backward(); out['grad %[1]d'] = x.grad\n", n)
		fmt.Fprintf(&code, "%sx[%s] = -1; out['number %d'] = x\n", indexed, c.python, n)
		fmt.Fprintf(&code, "%sx[%s] = y.detach() * 100; out['write %d'] = x\n", indexed, c.python, n)
		fmt.Fprintf(&code, "%sx[%s] = torch.full((1, 1, 1), 7.); out['broadcast %d'] = x\n", indexed, c.python, n)
	}
	py := parity.Run(t, code.String())
	for n, c := range indexing {
		t.Run(c.python, func(t *testing.T) {
			py := py.For(t)
			x, m, r, p, i, j := newIndexed()
			x.RequiresGrad_()
			y := x.Index(c.index(m, r, p, i, j)...)
			py.EqualTensor(fmt.Sprint("read ", n), y)
			assert.Equal(t, py.Text(fmt.Sprint("name ", n)), y.GradFn().Name())
			y.Mul(y).Sum().Backward()
			py.EqualTensor(fmt.Sprint("grad ", n), x.Grad())
			for name, value := range map[string]any{
				"number": -1, "write": y.Detach().Mul(100), "broadcast": torch.Full([]int64{1, 1, 1}, 7.0),
			} {
				x, m, r, p, i, j := newIndexed()
				assert.Same(t, x, x.IndexPut_(value, c.index(m, r, p, i, j)...))
				py.EqualTensor(fmt.Sprint(name, " ", n), x)
			}
		})
	}
}

// Views share memory with the tensor, as in Python.
func TestIndexMakesViews(t *testing.T) {
	x := torch.Zeros([]int64{3, 2})
	x.Index(1, torch.Slice(1, nil)).Fill_(5)
	x.Index(torch.Ellipsis).Index(0).Add_(1)
	assert.Equal(t, []float32{1, 1, 0, 5, 0, 0}, torch.Data[float32](x))
}

func TestIndexErrors(t *testing.T) {
	x := torch.Zeros([]int64{3, 4})
	for python, index := range map[string][]any{
		"x[3]":                           {3},
		"x[0, -5]":                       {0, -5},
		"x[0, 0, 0]":                     {0, 0, 0},
		"x[::-1]":                        {torch.Slice(nil, nil, -1)},
		"x[::0]":                         {torch.Slice(nil, nil, 0)},
		"x[torch.tensor([7])]":           {torch.NewTensor([]int{7})},
		"x[torch.tensor([0.5])]":         {torch.NewTensor([]float32{0.5})},
		"x[torch.tensor([True, False])]": {torch.NewTensor([]bool{true, false})},
		"x['a':]":                        {},
		"torch.tensor(1.)[0]":            {0},
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, "x = torch.zeros(3, 4)\n"+python)
			err := torch.Try(func() {
				switch python {
				case "x['a':]":
					torch.Slice("a", nil)
				case "torch.tensor(1.)[0]":
					torch.Ones(nil).Index(index...)
				default:
					x.Index(index...)
				}
			})
			assert.ErrorIs(t, err, &torch.Error{Kind: py.Error.Type})
			assert.ErrorContains(t, err, py.Error.Message)
		})
	}
	for _, index := range []any{"a", 1.5, struct{}{}, []string{"a"}} {
		assert.Error(t, torch.Try(func() { x.Index(index) }), index)
	}
}

func ExampleTensor_Index() {
	x := torch.Arange(12).View(3, 4)
	fmt.Println(x.Index(torch.Slice(1, nil), 2))
	fmt.Println(x.Index(x.Gt(8)))
	fmt.Println(x.Index(torch.Ellipsis, torch.None, -1).Shape())
	x.IndexPut_(0, 0, torch.Slice(1, nil))
	fmt.Println(x.Index(0))
	// Output:
	// tensor([ 6, 10])
	// tensor([ 9, 10, 11])
	// [3 1]
	// tensor([0, 0, 0, 0])
}
