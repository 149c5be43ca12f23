package torch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

const makeQuantized = `
torch.manual_seed(1)
x = torch.randn(3, 4)
q = torch.quantize_per_tensor(x, 0.1, 10, torch.quint8)
s, z = torch.tensor([0.1, 0.2, 0.05], dtype=torch.float64), torch.tensor([1, 0, -3])
p = torch.quantize_per_channel(x, s, z, 0, torch.qint8)
`

func newQuantized() (x, q, p *torch.Tensor) {
	torch.ManualSeed(1)
	x = torch.Randn([]int64{3, 4})
	scales, zeros := torch.NewTensor([]float64{0.1, 0.2, 0.05}), torch.NewTensor([]int{1, 0, -3})
	return x, torch.QuantizePerTensor(x, 0.1, 10, torch.Quint8), torch.QuantizePerChannel(x, scales, zeros, 0, torch.Qint8)
}

// The text of quantized tensors has all: integers, scheme, scale and zero point.
func TestQuantizedTensors(t *testing.T) {
	cases := []struct {
		python string
		run    func(x, q, p *torch.Tensor) any
	}{
		{"q", func(x, q, p *torch.Tensor) any { return q }},
		{"p", func(x, q, p *torch.Tensor) any { return p }},
		{"torch.quantize_per_tensor(x, 0.5, -3, torch.qint32)", func(x, q, p *torch.Tensor) any {
			return torch.QuantizePerTensor(x, 0.5, -3, torch.Qint32)
		}},
		{"torch.quantize_per_tensor(x, torch.tensor(0.2), torch.tensor(2), torch.qint8)", func(x, q, p *torch.Tensor) any {
			return torch.QuantizePerTensor(x, torch.NewTensor(float32(0.2)), torch.NewTensor(2), torch.Qint8)
		}},
		{"torch.quantize_per_tensor([x, x[0]], torch.tensor([0.2, 0.1]), torch.tensor([2, 1]), torch.qint8)[1]",
			func(x, q, p *torch.Tensor) any {
				return torch.QuantizePerTensorList([]*torch.Tensor{x, x.Index(0)}, torch.NewTensor([]float32{0.2, 0.1}),
					torch.NewTensor([]int{2, 1}), torch.Qint8)[1]
			}},
		{"torch.quantize_per_tensor_dynamic(x, torch.quint8, False)", func(x, q, p *torch.Tensor) any {
			return torch.QuantizePerTensorDynamic(x, torch.Quint8, false)
		}},
		{"torch.quantize_per_channel(x, torch.tensor([0.1, 0.2, 0.3, 0.4]), torch.zeros(4), 1, torch.quint8)",
			func(x, q, p *torch.Tensor) any {
				return torch.QuantizePerChannel(x, torch.NewTensor([]float32{0.1, 0.2, 0.3, 0.4}), torch.Zeros([]int64{4}), 1, torch.Quint8)
			}},
		{"torch.dequantize(q)", func(x, q, p *torch.Tensor) any { return torch.Dequantize(q) }},
		{"p.dequantize()", func(x, q, p *torch.Tensor) any { return p.Dequantize() }},
		{"torch.dequantize([q, p])[1]", func(x, q, p *torch.Tensor) any { return torch.DequantizeList([]*torch.Tensor{q, p})[1] }},
		{"q.int_repr()", func(x, q, p *torch.Tensor) any { return q.IntRepr() }},
		{"torch.int_repr(p)", func(x, q, p *torch.Tensor) any { return torch.IntRepr(p) }},
		{"q.q_scale()", func(x, q, p *torch.Tensor) any { return torch.FormatFloat(q.QScale()) }},
		{"q.q_zero_point()", func(x, q, p *torch.Tensor) any { return q.QZeroPoint() }},
		{"p.q_per_channel_scales()", func(x, q, p *torch.Tensor) any { return p.QPerChannelScales() }},
		{"torch.q_per_channel_zero_points(p)", func(x, q, p *torch.Tensor) any { return torch.QPerChannelZeroPoints(p) }},
		{"p.q_per_channel_axis()", func(x, q, p *torch.Tensor) any { return p.QPerChannelAxis() }},
		{"q.qscheme()", func(x, q, p *torch.Tensor) any { return q.Qscheme() }},
		{"p.qscheme()", func(x, q, p *torch.Tensor) any { return p.Qscheme() }},
		{"q.dtype", func(x, q, p *torch.Tensor) any { return q.DType() }},
		{"q.relu()", func(x, q, p *torch.Tensor) any { return q.Relu() }},
		{"q[1:, 2]", func(x, q, p *torch.Tensor) any { return q.Index(torch.Slice(1, nil), 2) }},
		{"q.view(2, 6).t()", func(x, q, p *torch.Tensor) any { return q.View(2, 6).T() }},
		{"q.clone().fill_(1.)", func(x, q, p *torch.Tensor) any { return q.Clone().Fill_(1.0) }},
		{"torch.cat([q, q])", func(x, q, p *torch.Tensor) any { return torch.Cat([]*torch.Tensor{q, q}) }},
		{"q.sort(descending=True)[0]", func(x, q, p *torch.Tensor) any {
			values, _ := q.Sort(torch.Descending(true))
			return values
		}},
		{"q.max()", func(x, q, p *torch.Tensor) any { return q.Max() }},
		{"q.mean(1)", func(x, q, p *torch.Tensor) any { return q.Mean(torch.Dim(1)) }},
		{"q.equal(q)", func(x, q, p *torch.Tensor) any { return map[bool]string{true: "True"}[q.Equal(q)] }},
		{"torch.fake_quantize_per_tensor_affine(x, 0.1, 3, 0, 255)", func(x, q, p *torch.Tensor) any {
			return torch.FakeQuantizePerTensorAffine(x, 0.1, 3, 0, 255)
		}},
		{"torch.empty_quantized([2], q).shape[0]", func(x, q, p *torch.Tensor) any {
			return torch.EmptyQuantized([]int64{2}, q).Size(0)
		}},
	}
	var code strings.Builder
	code.WriteString(makeQuantized)
	for _, c := range cases {
		fmt.Fprintf(&code, "out[%q] = str(%s)\n", c.python, c.python)
	}
	code.WriteString("out['float'] = q.dequantize(); out['int'] = p.int_repr()\n")
	py := parity.Run(t, code.String())
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {})) // that quantized tensors are deprecated
	x, q, p := newQuantized()
	for _, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			assert.Equal(t, py.For(t).Text(c.python), fmt.Sprint(c.run(x, q, p)))
		})
	}
	py.EqualTensor("float", q.Dequantize())
	py.EqualTensor("int", p.IntRepr())
	assert.True(t, q.IsQuantized())
	assert.Equal(t, "torch.QScheme(9)", torch.QScheme(9).String())
}

func TestQuantizedErrors(t *testing.T) {
	x, q, p := newQuantized()
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {}))
	for python, run := range map[string]func(){
		"torch.quantize_per_tensor(x, 0.1, 10, torch.int8)":        func() { torch.QuantizePerTensor(x, 0.1, 10, torch.Int8) },
		"torch.quantize_per_tensor(x, 0.1, 1000, torch.quint8)":    func() { torch.QuantizePerTensor(x, 0.1, 1000, torch.Quint8) },
		"torch.quantize_per_tensor(x.int(), 0.1, 0, torch.quint8)": func() { torch.QuantizePerTensor(x.Int(), 0.1, 0, torch.Quint8) },
		"torch.quantize_per_channel(x, s, z, 1, torch.qint8)": func() {
			torch.QuantizePerChannel(x, torch.NewTensor([]float64{0.1, 0.2, 0.05}), torch.NewTensor([]int{1, 0, -3}), 1, torch.Qint8)
		},
		"p.q_scale()":              func() { p.QScale() },
		"q.q_per_channel_scales()": func() { q.QPerChannelScales() },
		"q.q_per_channel_axis()":   func() { q.QPerChannelAxis() },
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, makeQuantized+python)
			assert.ErrorIs(t, torch.Try(run), &torch.Error{Kind: py.Error.Type, Message: py.Error.Message})
		})
	}
	for python, run := range map[string]func(){ // messages that list what registers the operator
		"x.q_scale()": func() { x.QScale() }, "x.qscheme()": func() { x.Qscheme() }, "x.int_repr()": func() { x.IntRepr() },
		"q + q": func() { q.Add(q) },
	} {
		py := parity.RunError(t, makeQuantized+python)
		want, _, _ := strings.Cut(py.Error.Message, "is only available for these backends")
		err := torch.Try(run)
		assert.ErrorIs(t, err, &torch.Error{Kind: py.Error.Type}, python)
		assert.ErrorContains(t, err, want, python)
	}
}

func ExampleQuantizePerTensor() {
	torch.SetWarningHandler(func(torch.Warning) {}) // PyTorch says that quantized tensors will go
	defer torch.SetWarningHandler(nil)
	q := torch.QuantizePerTensor(torch.NewTensor([]float32{-1, 0, 1, 2}), 0.1, 10, torch.Quint8)
	fmt.Println(q)
	fmt.Println(q.IntRepr())
	// Output:
	// tensor([-1.,  0.,  1.,  2.], size=(4,), dtype=torch.quint8,
	//        quantization_scheme=torch.per_tensor_affine, scale=0.1, zero_point=10)
	// tensor([ 0, 10, 20, 30], dtype=torch.uint8)
}
