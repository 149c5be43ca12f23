package torch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

var whole = torch.Slice(nil, nil)

// places are indices of a tensor of shape (3, 4).
var places = []struct {
	python  string
	indices func() []any
}{
	{"torch.tensor([True, False, True])", func() []any { return []any{torch.NewTensor([]bool{true, false, true})} }},
	{"torch.tensor([1, 0, 1], dtype=torch.uint8)", func() []any { return []any{torch.NewTensor([]uint8{1, 0, 1})} }},
	{"torch.tensor([0, 2])", func() []any { return []any{torch.NewTensor([]int{0, 2})} }},
	{"torch.tensor([0, 2], dtype=torch.int32)", func() []any { return []any{torch.NewTensor([]int32{0, 2})} }},
	{"torch.tensor([0, 2], dtype=torch.int8)", func() []any { return []any{torch.NewTensor([]int8{0, 2})} }},
	{"slice(None), torch.tensor([[0, 2]])", func() []any { return []any{whole, torch.NewTensor([][]int{{0, 2}})} }},
	{"torch.tensor([0, 2]), torch.tensor([0, 2])", func() []any {
		return []any{torch.NewTensor([]int{0, 2}), torch.NewTensor([]int{0, 2})}
	}},
	{"[0, 2]", func() []any { return []any{[]int{0, 2}} }},
	{"[True, False, True]", func() []any { return []any{[]bool{true, false, true}} }},
	{"True", func() []any { return []any{true} }},
	{"False", func() []any { return []any{false} }},
	{"(True, 0)", func() []any { return []any{true, 0} }},
	{"None", func() []any { return []any{torch.None} }},
	{"0", func() []any { return []any{0} }},
	{"...", func() []any { return []any{torch.Ellipsis} }},
	{"slice(1, 2)", func() []any { return []any{torch.Slice(1, 2)} }},
	{"torch.tensor(1)", func() []any { return []any{torch.NewTensor(1)} }},
	{"slice(None), torch.tensor(1)", func() []any { return []any{whole, torch.NewTensor(1)} }},
	{"torch.tensor(1), 0", func() []any { return []any{torch.NewTensor(1), 0} }},
	{"torch.tensor(1, dtype=torch.int32)", func() []any { return []any{torch.NewTensor(int32(1))} }},
	{"torch.tensor(True)", func() []any { return []any{torch.NewTensor(true)} }},
	{"torch.tensor(1, dtype=torch.uint8)", func() []any { return []any{torch.NewTensor(uint8(1))} }},
	{"0, torch.tensor([0, 2])", func() []any { return []any{0, torch.NewTensor([]int{0, 2})} }},
	{"torch.ones(3, 4, dtype=torch.bool)", func() []any { return []any{torch.Ones([]int64{3, 4}, torch.Bool)} }},
	{"torch.ones(3, 4, dtype=torch.uint8)", func() []any { return []any{torch.Ones([]int64{3, 4}, torch.Uint8)} }},
	{"torch.ones(3, 3, dtype=torch.bool)", func() []any { return []any{torch.Ones([]int64{3, 3}, torch.Bool)} }},
	{"torch.tensor([True, False, True]), torch.tensor([0, 2])", func() []any {
		return []any{torch.NewTensor([]bool{true, false, true}), torch.NewTensor([]int{0, 2})}
	}},
	{"torch.tensor([True, False, True]), 0", func() []any { return []any{torch.NewTensor([]bool{true, false, true}), 0} }},
	{"None, torch.tensor([True, False, True])", func() []any {
		return []any{torch.None, torch.NewTensor([]bool{true, false, true})}
	}},
	{"torch.tensor([7])", func() []any { return []any{torch.NewTensor([]int{7})} }},
}

// assigned are values to assign.
var assigned = []struct {
	python string
	value  func() any
}{
	{"7", func() any { return 7 }},
	{"1.5", func() any { return 1.5 }},
	{"True", func() any { return true }},
	{"1j", func() any { return 1i }},
	{"torch.tensor(7.)", func() any { return torch.NewTensor(float32(7)) }},
	{"torch.tensor([7., 8., 9., 10.])", func() any { return torch.NewTensor([]float32{7, 8, 9, 10}) }},
	{"torch.ones(1, 1, 1)", func() any { return torch.Ones([]int64{1, 1, 1}) }},
}

// Numbers and tensors written to every kind of place: results, gradients, names
// of grad_fn, errors and warnings are Python's.
func TestIndexPut_(t *testing.T) {
	var code strings.Builder
	code.WriteString(`
import warnings
def put(key, dtype, place, value):
	x = torch.arange(12.).view(3, 4).to(dtype)
	grads = dtype.is_floating_point
	y = x.requires_grad_() * 1 if grads else x
	with warnings.catch_warnings(record=True) as caught:
		warnings.simplefilter("always")
		try:
			y[place] = value
		except Exception as e:
			out[key] = type(e).__name__ + ": " + str(e)
			return
	out[key + " warnings"] = [str(w.message) for w in caught]
	out[key] = y
	if grads:
		(y * y).sum().backward()
		out[key + " name"], out[key + " grad"] = y.grad_fn.name(), x.grad
`)
	each := func(visit func(key, python string, dtype torch.DType, place func() []any, value func() any)) {
		for p, place := range places {
			for v, value := range assigned {
				for _, dtype := range []torch.DType{torch.Float32, torch.Int64} {
					python := fmt.Sprintf("%v, (%s), %s", dtype, place.python, value.python)
					visit(fmt.Sprint(p, " ", v, " ", dtype), python, dtype, place.indices, value.value)
				}
			}
		}
	}
	each(func(key, python string, _ torch.DType, _ func() []any, _ func() any) {
		fmt.Fprintf(&code, "put(%q, %s)\n", key, python)
	})
	py := parity.Run(t, code.String())
	defer torch.SetWarningHandler(torch.SetWarningHandler(nil))
	each(func(key, python string, dtype torch.DType, place func() []any, value func() any) {
		t.Run(python, func(t *testing.T) { samePut(t, py.For(t), key, dtype, place, value) })
	})
}

func samePut(t *testing.T, py *parity.Result, key string, dtype torch.DType, place func() []any, value func() any) {
	x := torch.Arange(12, torch.Float32).View(3, 4).To(dtype)
	y := x
	if dtype.IsFloatingPoint() {
		y = x.RequiresGrad_().Mul(1)
	}
	got := []string{}
	before := torch.SetWarningHandler(func(w torch.Warning) { got = append(got, w.Message) })
	err := torch.Try(func() { y.IndexPut_(value(), place()...) })
	torch.SetWarningHandler(before)
	if e, failed := err.(*torch.Error); failed {
		assert.Equal(t, py.Value(key).Value, e.Kind+": "+e.Message)
		return
	}
	py.EqualTensor(key, y)
	want := py.Strings(key + " warnings")
	for i := range want { // Python appends a line of C++
		want[i], _, _ = strings.Cut(want[i], " (Triggered")
	}
	assert.ElementsMatch(t, want, got)
	if dtype.IsFloatingPoint() {
		assert.Equal(t, py.Text(key+" name"), y.GradFn().Name())
		y.Mul(y).Sum().Backward()
		py.EqualTensor(key+" grad", x.Grad())
	}
}

// An index that the assignment overwrites is read before.
func TestIndexPutAtAnElementOfItsOwn(t *testing.T) {
	py := parity.Run(t, `
		x = torch.arange(12).view(3, 4)
		x[x[0, 1]] = 2
		x[x[2, 0] - 6, x[1, 1]] = x[0, 3]
		out["x"] = x
	`)
	x := torch.Arange(12).View(3, 4)
	x.IndexPut_(2, x.Index(0, 1))
	x.IndexPut_(x.Index(0, 3), x.Index(2, 0).Sub(6), x.Index(1, 1))
	py.EqualTensor("x", x)
}

func TestIndexPut(t *testing.T) {
	twice := func() *torch.Tensor { return torch.NewTensor([]int{0, 2, 0}) }
	sameWithGradients(t, []call{
		{"x.index_put((torch.tensor([0, 2, 0]),), y)", func(o operands) any { return o.x.IndexPut(o.y, twice()) }},
		{"x.index_put((torch.tensor([0, 2, 0]),), y, accumulate=True)", func(o operands) any {
			return o.x.IndexPut(o.y, twice(), torch.Accumulate(true))
		}},
		{"(x * 1).index_put_((torch.tensor([0, 2, 0]),), y, accumulate=True)", func(o operands) any {
			return o.x.Mul(1).IndexPut_(o.y, twice(), torch.Accumulate(true))
		}},
		{"torch.index_put(x, (torch.tensor([[0], [2]]), torch.tensor([0, 2, 0])), v[0], True)", func(o operands) any {
			return torch.IndexPut(o.x, []*torch.Tensor{torch.NewTensor([][]int{{0}, {2}}), twice()}, o.v.Index(0), torch.Accumulate(true))
		}},
		{"torch.index_put_(x * 1, (i[0], i[1]), v, accumulate=False)", func(o operands) any {
			return torch.IndexPut_(o.x.Mul(1), []*torch.Tensor{o.i.Index(0), o.i.Index(1)}, o.v)
		}},
		{"x.index_put((torch.tensor([0, 2, 0]),), torch.tensor(3.), True)", func(o operands) any {
			return o.x.IndexPut(3, twice(), torch.Accumulate(true))
		}},
	})
	x := torch.Zeros([]int64{3})
	assert.Equal(t, []float32{1, 2, 2}, torch.Data[float32](x.IndexPut(2, torch.Slice(1, nil)).IndexPut_(1, 0, torch.Accumulate(true))))
	assert.Equal(t, []float32{0, 0, 0}, torch.Data[float32](x))
	sameRefusals(t, []misuse{
		{"sparse", "torch.ones(2).to_sparse()[0] = 1", func() { torch.Ones([]int64{2}).ToSparse().IndexPut_(1, 0) }},
		{"types", "torch.index_put(torch.ones(2), (torch.tensor([0]),), torch.tensor([1]))", func() {
			torch.IndexPut(torch.Ones([]int64{2}), []*torch.Tensor{torch.NewTensor([]int{0})}, torch.NewTensor([]int{1}))
		}},
	})
}
