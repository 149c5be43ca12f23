package torch_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// For every dtype, what Python says of it or why it does not.
func TestFinfo(t *testing.T) {
	py := parity.Run(t, `
		for name in dir(torch):
			d = getattr(torch, name)
			if not isinstance(d, torch.dtype):
				continue
			try:
				f = torch.finfo(d)
				f.eps
				out[f"f {d}"] = " ".join([str(f), str(f.bits)] + [x.hex() for x in (f.eps, f.max, f.min, f.tiny, f.smallest_normal, f.resolution)])
			except Exception as e:
				out[f"f {d}"] = type(e).__name__ + ": " + str(e)
			try:
				i = torch.iinfo(d)
				out[f"i {d}"] = f"{i} {i.bits} {i.min} {i.max}"
			except Exception as e:
				out[f"i {d}"] = type(e).__name__ + ": " + str(e)
		out["default"] = str(torch.finfo())
	`)
	for d := torch.Uint8; d <= torch.Bcomplex32; d++ {
		assert.Equal(t, py.Text(fmt.Sprint("f ", d)), orRefusal(func() string {
			f := torch.Finfo(d)
			text := fmt.Sprint(f, " ", f.Bits)
			for _, v := range []float64{f.Eps, f.Max, f.Min, f.Tiny, f.SmallestNormal, f.Resolution} {
				text += " " + pythonHex(v)
			}
			return text
		}))
		assert.Equal(t, py.Text(fmt.Sprint("i ", d)), orRefusal(func() string {
			i := torch.Iinfo(d)
			return fmt.Sprint(i, " ", i.Bits, " ", i.Min, " ", i.Max)
		}))
	}
	assert.Equal(t, py.Text("default"), torch.Finfo().String())
}

// pythonHex spells a number as Python's float.hex.
func pythonHex(v float64) string {
	text := fmt.Sprintf("%.13x", v)
	mantissa, exponent, _ := strings.Cut(text, "p")
	sign, digits := exponent[:1], strings.TrimLeft(exponent[1:], "0")
	if digits == "" {
		digits = "0"
	}
	return mantissa + "p" + sign + digits
}

// python spells bools as Python does.
var python = map[bool]string{true: "True", false: "False"}

func orRefusal(fn func() string) (result string) {
	if err := torch.Try(func() { result = fn() }); err != nil {
		e := err.(*torch.Error)
		return e.Kind + ": " + e.Message
	}
	return result
}

func TestScalarOf(t *testing.T) {
	py := parity.Run(t, `
		for n, x in enumerate([torch.ones(2), torch.ones(0), torch.tensor(1.7), torch.tensor(-1.7), torch.tensor(float("nan")),
				torch.tensor(-float("inf")), torch.tensor(1 + 2j), torch.tensor(2 + 0j), torch.tensor(0j), torch.tensor(True), torch.tensor(3),
				torch.tensor([[5]]), torch.tensor(2**63 + 5, dtype=torch.uint64), torch.tensor(2.).to_sparse(),
				torch.ones((), device="meta"), torch.tensor(0.)]):
			for f in (int, float, bool, complex):
				try:
					y = f(x)
					out[f"{n} {f.__name__}"] = repr((y.real, y.imag) if f is complex else y)
				except Exception as e:
					out[f"{n} {f.__name__}"] = type(e).__name__ + ": " + str(e)
	`)
	for n, x := range []*torch.Tensor{
		torch.Ones([]int64{2}), torch.Ones([]int64{0}), torch.NewTensor(float32(1.7)), torch.NewTensor(float32(-1.7)),
		torch.NewTensor(math.NaN()), torch.NewTensor(math.Inf(-1)), torch.NewTensor(1 + 2i), torch.NewTensor(2 + 0i), torch.NewTensor(0i),
		torch.NewTensor(true), torch.NewTensor(3), torch.NewTensor([][]int{{5}}), torch.NewTensor(uint64(1<<63 + 5)),
		torch.NewTensor(float32(2)).ToSparse(), torch.Ones(nil, torch.Meta), torch.NewTensor(float32(0)),
	} {
		check := func(name string, fn func() string) {
			assert.Equal(t, py.Text(fmt.Sprint(n, " ", name)), orRefusal(fn), n)
		}
		check("int", func() string { return fmt.Sprint(torch.IntOf(x)) })
		check("float", func() string { return pythonFloat(torch.FloatOf(x)) })
		check("bool", func() string { return python[torch.BoolOf(x)] })
		check("complex", func() string {
			c := torch.ComplexOf(x)
			return "(" + pythonFloat(real(c)) + ", " + pythonFloat(imag(c)) + ")"
		})
	}
	assert.ErrorContains(t, torch.Try(func() { torch.IntOf(torch.NewTensor(1e30)) }), "without overflow")
}

// pythonFloat spells a number as Python's repr does, for those of this test.
func pythonFloat(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, -1):
		return "-inf"
	case v == math.Trunc(v) && math.Abs(v) < 1e16:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprint(v)
}

func TestPromotion(t *testing.T) {
	py := parity.Run(t, `
		dtypes = [torch.bool, torch.uint8, torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.complex64]
		for a in dtypes:
			for b in dtypes:
				out[f"{a} {b}"] = f"{torch.promote_types(a, b)} {torch.can_cast(a, b)} {torch.result_type(torch.ones(1, dtype=a), torch.ones((), dtype=b))}"
			out[f"{a}"] = f"{torch.result_type(torch.ones(1, dtype=a), 1.5)} {torch.result_type(2, torch.ones(1, dtype=a))} {a.is_floating_point}"
		out["numbers"] = str(torch.result_type(1, 2.5))
	`)
	dtypes := []torch.DType{torch.Bool, torch.Uint8, torch.Int64, torch.Float16, torch.BFloat16, torch.Float32, torch.Complex64}
	for _, a := range dtypes {
		x := torch.Ones([]int64{1}, a)
		for _, b := range dtypes {
			assert.Equal(t, py.Text(fmt.Sprint(a, " ", b)),
				fmt.Sprint(torch.PromoteTypes(a, b), " ", python[torch.CanCast(a, b)], " ", torch.ResultType(x, torch.Ones(nil, b))))
		}
		assert.Equal(t, py.Text(fmt.Sprint(a)),
			fmt.Sprint(torch.ResultType(x, 1.5), " ", torch.ResultType(2, x), " ", python[torch.IsFloatingPoint(x)]))
	}
	assert.Equal(t, py.Text("numbers"), torch.ResultType(1, 2.5).String())
}

func ExampleFinfo() {
	fmt.Println(torch.Finfo(torch.Float16))
	fmt.Println(torch.Finfo(torch.Float32).Eps)
	fmt.Println(torch.Iinfo(torch.Int8))
	// Output:
	// finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)
	// 1.1920928955078125e-07
	// iinfo(min=-128, max=127, dtype=int8)
}
