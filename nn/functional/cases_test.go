package functional_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// operands are the same tensors on both sides. Each case gets new ones.
type operands struct {
	x, y, p, v, seq, img, vol, kernel *torch.Tensor // want gradients
	i, b, c, sign                     *torch.Tensor
}

const pythonOperands = `
def operands():
    torch.manual_seed(0)
    x, y, p, v = torch.randn(3, 4), torch.randn(3, 4), torch.rand(3, 4), torch.rand(4)
    seq, img, vol = torch.randn(2, 4, 7), torch.randn(2, 4, 6, 5), torch.randn(2, 4, 4, 5, 3)
    kernel = torch.randn(6, 2, 3, 3)
    names = {"x": x, "y": y, "p": p, "v": v, "seq": seq, "img": img, "vol": vol, "kernel": kernel}
    for t in names.values():
        t.requires_grad_()
    i = torch.randint(0, 4, (3, 4))
    names.update(i=i, b=i > 1, c=torch.tensor([0, 3, 1]), sign=torch.tensor([1., -1., 1.]))
    return names
`

func newOperands() *operands {
	torch.ManualSeed(0)
	o := &operands{x: torch.Randn([]int64{3, 4}), y: torch.Randn([]int64{3, 4}), p: torch.Rand([]int64{3, 4}),
		v: torch.Rand([]int64{4}), seq: torch.Randn([]int64{2, 4, 7}), img: torch.Randn([]int64{2, 4, 6, 5}),
		vol: torch.Randn([]int64{2, 4, 4, 5, 3}), kernel: torch.Randn([]int64{6, 2, 3, 3})}
	for _, t := range o.leaves() {
		t.RequiresGrad_()
	}
	o.i = torch.Randint(0, 4, []int64{3, 4})
	o.b, o.c, o.sign = o.i.Gt(1), torch.NewTensor([]int64{0, 3, 1}), torch.NewTensor([]float32{1, -1, 1})
	return o
}

func (o *operands) leaves() []*torch.Tensor {
	return []*torch.Tensor{o.x, o.y, o.p, o.v, o.seq, o.img, o.vol, o.kernel}
}

// A row is one call in Python and in Go. Statements may come before it, with
// semicolons. The result is a tensor or several.
type row struct {
	python string
	golang func(o *operands) any
}

func several(tensors ...*torch.Tensor) any { return tensors }

func pairOf(a, b *torch.Tensor) any { return several(a, b) }

// An opt is a keyword argument in Python and the option in Go.
type opt struct {
	python string
	option any
}

// cross makes a row for each combination of options, one or none of each list.
// The options take the place of %s in the Python text.
func cross[O any](python string, golang func(o *operands, opts ...O) any, lists ...[]opt) (rows []row) {
	chosen := [][]opt{nil}
	for _, list := range lists {
		for _, before := range chosen {
			for _, o := range list {
				chosen = append(chosen, append(before[:len(before):len(before)], o))
			}
		}
	}
	for _, options := range chosen {
		text, values := "", []O(nil)
		for _, o := range options {
			text += ", " + o.python
			values = append(values, o.option.(O))
		}
		rows = append(rows, row{fmt.Sprintf(python, text), func(o *operands) any { return golang(o, values...) }})
	}
	return rows
}

const pythonCases = `
import json, warnings
def weights(y):
    return (torch.arange(y.numel()) % 7 - 3).div(4).reshape(y.shape).to(y.dtype)
def run_case(n, code):
    names = operands()
    out[f"{n} error"] = []
    leaves = [t for t in names.values() if t.requires_grad]
    names.update(F=F, torch=torch)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            *statements, expression = [part.strip() for part in code.split(";")]
            torch.manual_seed(1)
            for s in statements:
                exec(s, names)
            y = eval(expression, names)
            ys = [y] if isinstance(y, torch.Tensor) else list(y)
            out[f"{n} fn"] = [t.grad_fn.name() if t is not None and t.grad_fn is not None else "" for t in ys]
            back = [t for t in ys if t is not None and t.requires_grad and t.grad_fn is not None]
            torch.autograd.backward(back, [weights(t) for t in back])
            out[f"{n} out"] = ys
            out[f"{n} grad"] = [t.grad for t in leaves]
        except Exception as e:
            out[f"{n} error"] = [type(e).__name__, str(e)]
    out[f"{n} warnings"] = [str(w.message) for w in caught]
for n, code in enumerate(json.loads(cases)):
    run_case(n, code)
`

// runRows compares the rows' results, gradients, warnings and errors.
func runRows(t *testing.T, rows []row) {
	t.Helper()
	var list []string
	for _, r := range rows {
		list = append(list, strconv.Quote(r.python))
	}
	py := parity.Run(t, pythonOperands+"\ncases = r'''["+strings.Join(list, ", ")+"]'''\n"+pythonCases)
	for n, r := range rows {
		t.Run(r.python, func(t *testing.T) { runRow(py.For(t), n, t, r) })
	}
}

func runRow(py *parity.Result, n int, t *testing.T, r row) {
	key := func(what string) string { return fmt.Sprint(n, " ", what) }
	var warnings []string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { warnings = append(warnings, w.Message) }))
	o := newOperands()
	var results []*torch.Tensor
	err := torch.Try(func() {
		torch.ManualSeed(1)
		results = resultsOf(r.golang(o))
		backward(results)
	})
	if want := py.Strings(key("error")); len(want) > 0 {
		if e, ok := err.(*torch.Error); assert.True(t, ok, "Python raised %s", want) {
			assert.Equal(t, want[0], e.Kind)
			if e.Kind != "TypeError" { // whose text is of Python's argument parser
				assert.Equal(t, withoutBackends(want[1]), withoutBackends(e.Message))
			}
		}
		return
	}
	if !assert.NoError(t, err) {
		return
	}
	var functions []string
	for _, y := range results {
		functions = append(functions, gradFn(y))
	}
	assert.Equal(t, py.Strings(key("fn")), functions)
	py.EqualTensors(key("out"), results)
	var grads []*torch.Tensor
	for _, leaf := range o.leaves() {
		grads = append(grads, leaf.Grad())
	}
	py.EqualTensors(key("grad"), grads)
	assert.Equal(t, py.Strings(key("warnings")), warnings)
}

// withoutBackends cuts off where a message goes on with all kernels that are
// registered, Python's own among them.
func withoutBackends(message string) string {
	before, _, _ := strings.Cut(message, " This could be because")
	return before
}

func resultsOf(y any) []*torch.Tensor {
	if list, ok := y.([]*torch.Tensor); ok {
		return list
	}
	return []*torch.Tensor{y.(*torch.Tensor)}
}

func gradFn(y *torch.Tensor) string {
	if y == nil || y.GradFn() == nil {
		return ""
	}
	return y.GradFn().Name()
}

// backward computes the gradients for some weights of the results.
func backward(results []*torch.Tensor) {
	var roots, weights []*torch.Tensor
	for _, y := range results {
		if gradFn(y) != "" {
			w := torch.Arange(y.Numel()).Remainder(7).Sub(3).Div(4).Reshape(y.Shape()...).To(y.DType())
			roots, weights = append(roots, y), append(weights, w)
		}
	}
	if roots != nil {
		torch.Backward(roots, torch.WithGradient(weights...))
	}
}
