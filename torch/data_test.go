package torch_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

type (
	myFloat  float32
	myInts   []int16
	myMatrix [][2]float64
)

// The Go type decides dtype and shape.
func TestNewTensor(t *testing.T) {
	py := parity.Run(t, `
		def t(data, dtype): return torch.tensor(data, dtype=dtype)
		out["bool"] = t([True, False], torch.bool)
		out["uint8"] = t([1, 255], torch.uint8)
		out["int8"] = t([-128, 127], torch.int8)
		out["int16"] = t([-32768, 32767], torch.int16)
		out["uint16"] = t([0, 65535], torch.uint16)
		out["int32"] = t([-2**31, 2**31-1], torch.int32)
		out["uint32"] = t([0, 2**32-1], torch.uint32)
		out["int64"] = t([-2**63, 2**63-1], torch.int64)
		out["uint64"] = t([0, 2**64-1], torch.uint64)
		out["float32"] = t([0.1, float("inf")], torch.float32)
		out["float64"] = t([0.1, -0.0], torch.float64)
		out["complex64"] = t([1+2j, -0.1j], torch.complex64)
		out["complex128"] = t([1+2j, -0.1j], torch.complex128)
		out["scalar"] = t(3, torch.int64)
		out["matrix"] = t([[1, 2], [3, 4], [5, 6]], torch.float32)
		out["cube"] = t([[[1], [2]], [[3], [4]]], torch.int64)
		out["float64 matrix"] = t([[1, 2], [3, 4]], torch.float64)
		out["int16 list"] = t([1, 2], torch.int16)
		out["empty"] = torch.tensor([])
		out["empty columns"] = torch.tensor([[], []])
		out["half"] = t([0.1, 70000, 1e-8], torch.float16)
		out["bfloat16"] = t([0.1, 1e38], torch.bfloat16)
	`)
	array, numbers := [3][2]float32{{1, 2}, {3, 4}, {5, 6}}, [2]int{3, 4}
	for key, got := range map[string][]*torch.Tensor{
		"bool":       {torch.NewTensor([]bool{true, false}), torch.NewTensor([2]bool{true, false})},
		"uint8":      {torch.NewTensor([]uint8{1, 255}), toDefault(torch.FromSlice([]byte{1, 255}))},
		"int8":       {torch.NewTensor([]int8{-128, 127})},
		"int16":      {torch.NewTensor([]int16{-32768, 32767})},
		"uint16":     {torch.NewTensor([]uint16{0, 65535})},
		"int32":      {torch.NewTensor([]int32{math.MinInt32, math.MaxInt32})},
		"uint32":     {torch.NewTensor([]uint32{0, math.MaxUint32})},
		"int64":      {torch.NewTensor([]int64{math.MinInt64, math.MaxInt64}), torch.NewTensor([]int{math.MinInt, math.MaxInt})},
		"uint64":     {torch.NewTensor([]uint64{0, math.MaxUint64}), torch.NewTensor([]uint{0, math.MaxUint})},
		"float32":    {torch.NewTensor([]float32{0.1, float32(math.Inf(1))}), torch.NewTensor([]myFloat{0.1, myFloat(math.Inf(1))})},
		"float64":    {torch.NewTensor([]float64{0.1, math.Copysign(0, -1)})},
		"complex64":  {torch.NewTensor([]complex64{1 + 2i, complex(float32(math.Copysign(0, -1)), -0.1)})},
		"complex128": {torch.NewTensor([]complex128{1 + 2i, complex(math.Copysign(0, -1), -0.1)})},
		"scalar":     {torch.NewTensor(3), torch.NewTensor(int64(3)), torch.NewTensor(3.0, torch.Int64)},
		"matrix": {
			torch.NewTensor([][]float32{{1, 2}, {3, 4}, {5, 6}}), torch.NewTensor(array), torch.NewTensor(&array),
			torch.NewTensor(array[:]), torch.NewTensor([][]int{{1, 2}, {3, 4}, {5, 6}}, torch.Float32),
			torch.NewTensor([3][]float32{{1, 2}, {3, 4}, {5, 6}}),
			toDefault(torch.FromSlice([]float32{1, 2, 3, 4, 5, 6}, 3, 2)),
		},
		"cube":           {torch.NewTensor([][][]int{{{1}, {2}}, {{3}, {4}}}), torch.NewTensor([2][2][1]int{{{1}, {2}}, {{3}, {4}}})},
		"float64 matrix": {torch.NewTensor(myMatrix{{1, 2}, {3, 4}}), torch.NewTensor([][]float64{{1, 2}, {3, 4}})},
		"int16 list":     {torch.NewTensor(myInts{1, 2})},
		"empty":          {torch.NewTensor([]float32{}), torch.NewTensor([]float32(nil)), torch.NewTensor([][]float32{}), toDefault(torch.FromSlice([]float32{}))},
		"empty columns":  {torch.NewTensor([][]float32{{}, {}}), torch.NewTensor([2][0]float32{}), toDefault(torch.FromSlice([]float32(nil), 2, 0))},
		"half":           {torch.NewTensor([]float32{0.1, 70000, 1e-8}, torch.Float16)},
		"bfloat16":       {torch.NewTensor([]float32{0.1, 1e38}, torch.BFloat16)},
	} {
		for i, x := range got {
			t.Run(fmt.Sprintf("%s %d", key, i), func(t *testing.T) { py.EqualTensor(key, x) })
		}
	}
	assert.Equal(t, []int{3, 4}, torch.Data[int](torch.NewTensor(&numbers)))
}

// toDefault moves what FromSlice makes, always on the CPU.
func toDefault(t *torch.Tensor) *torch.Tensor { return t.To(torch.GetDefaultDevice()) }

func TestNewTensorMisuse(t *testing.T) {
	var nilArray *[2]int
	sameRefusals(t, []misuse{
		{"None", "torch.tensor(None)", func() { torch.NewTensor(nil) }},
		{"nil tensor", "torch.tensor(None)", func() { torch.NewTensor((*torch.Tensor)(nil)) }},
		{"nil array", "torch.tensor(None)", func() { torch.NewTensor(nilArray) }},
		{"ragged", "torch.tensor([[1, 2], [3]])", func() { torch.NewTensor([][]int{{1, 2}, {3}}) }},
		{"ragged deep", "torch.tensor([[[1, 2]], [[3]]])", func() { torch.NewTensor([][][]int{{{1, 2}}, {{3}}}) }},
		{"ragged middle", "torch.tensor([[[1], [2]], [[3]]])", func() { torch.NewTensor([][][]int{{{1}, {2}}, {{3}}}) }},
		{"uint8 overflow", "torch.tensor([300], dtype=torch.uint8)", func() { torch.NewTensor([]int{300}, torch.Uint8) }},
		{"int32 overflow", "torch.tensor(1e20, dtype=torch.int32)", func() { torch.NewTensor(1e20, torch.Int32) }},
		{"NaN", "torch.tensor(float('nan'), dtype=torch.int64)", func() { torch.NewTensor(math.NaN(), torch.Int64) }},
		{"complex to float", "torch.tensor([1j], dtype=torch.float16)", func() { torch.NewTensor([]complex64{1i}, torch.Float16) }},
		{"complex to int", "torch.tensor([1j], dtype=torch.int16)", func() { torch.NewTensor([]complex64{1i}, torch.Int16) }},
		{"integers with gradients", "torch.tensor([1], requires_grad=True)", func() { torch.NewTensor([]int{1}, torch.RequiresGrad(true)) }},
		{"shape", "torch.ones(2).reshape(3)", func() { torch.FromSlice([]float32{1, 2}, 3) }},
		{"negative size", "torch.zeros(2, -3)", func() { torch.Zeros([]int64{2, -3}) }},
		{"too many elements", "torch.zeros(1 << 40, 1 << 40)", func() { torch.Zeros([]int64{1 << 40, 1 << 40}) }},
		{"more than 2^63", "torch.zeros(1 << 62)", func() { torch.Zeros([]int64{1 << 62}) }},
		{"more than there is memory", "torch.zeros(1 << 45, device='cpu')", func() { torch.Zeros([]int64{1 << 45}, torch.CPU) }},
	})
	type pair struct{ A, B int }
	for _, data := range []any{"text", pair{1, 2}, []string{"a"}, [][]string{}, map[string]int{}, []any{1}, func() {}, uintptr(1), []*int{nil}} {
		e := refusal(t, func() { torch.NewTensor(data) })
		assert.Equal(t, "RuntimeError", e.Kind)
		assert.Contains(t, e.Message, "Could not infer dtype of ")
	}
	for _, shape := range [][]int64{{-1}, {-1, -2}, {math.MinInt64}, {1 << 40, 1 << 40}, {1 << 32, 1 << 32}, {math.MaxInt64, 2}, {3}, {0}} {
		e := refusal(t, func() { torch.FromSlice([]float32{1, 2}, shape...) })
		assert.Equal(t, "RuntimeError", e.Kind)
		assert.Equal(t, "torch.FromSlice", e.Op)
	}
}

// What fits into an integer dtype is what Python lets through.
func TestConversion(t *testing.T) {
	values := []float64{0, 255, 255.9, 256, -0.5, -1, -128, -128.9, -129, 127.5, 128, 32767, 32768, -32769, 65535, 65536,
		1 << 31, -1 << 31, 1<<31 - 1, 1<<32 - 1, 1 << 32, 1 << 62, 1 << 63, -1 << 63, -1 << 64, math.Inf(1), math.NaN()}
	for _, dtype := range []torch.DType{torch.Uint8, torch.Int8, torch.Int16, torch.Uint16, torch.Int32, torch.Uint32, torch.Int64, torch.Bool} {
		py := parity.Run(t, fmt.Sprintf(`
			def attempt(v):
			    try: return str(torch.tensor(v, dtype=%s).item())
			    except Exception as e: return str(e)
			floats = [float(v) for v in %s]
			out["floats"] = [attempt(v) for v in floats]
			ints = [int(v) for v in floats if abs(v) < 2**63]
			out["ints"] = [attempt(v) for v in ints]
			out["negated"] = [attempt(-v) for v in ints]
		`, dtype, pythonFloats(values)))
		attempt := func(v any) (s string) {
			if err := torch.Try(func() {
				switch x := torch.NewTensor(v, dtype); dtype {
				case torch.Bool:
					s = map[bool]string{true: "True", false: "False"}[torch.ItemOf[bool](x)]
				default:
					s = fmt.Sprint(torch.ItemOf[int64](x))
				}
			}); err != nil {
				return err.(*torch.Error).Message
			}
			return s
		}
		var floats, ints, negated []string
		for _, v := range values {
			floats = append(floats, attempt(v))
			if math.Abs(v) < 1<<63 {
				ints = append(ints, attempt(int64(v)))
				negated = append(negated, attempt(-int64(v)))
			}
		}
		assert.Equal(t, py.Strings("floats"), floats, dtype)
		assert.Equal(t, py.Strings("ints"), ints, dtype)
		assert.Equal(t, py.Strings("negated"), negated, dtype)
	}
	assert.Equal(t, "value cannot be converted to type int64 without overflow",
		refusal(t, func() { torch.NewTensor(uint64(1<<63), torch.Int64) }).Message)
	assert.Equal(t, "value cannot be converted to type uint8 without overflow",
		refusal(t, func() { torch.NewTensor([]float32{1, -1}, torch.Uint8) }).Message)
	assert.Equal(t, []uint8{200}, torch.Data[uint8](torch.NewTensor([]uint16{200}, torch.Uint8)))
}

func pythonFloats(values []float64) string {
	s := "["
	for _, v := range values {
		switch {
		case math.IsNaN(v):
			s += "'nan',"
		case math.IsInf(v, 1):
			s += "'inf',"
		default:
			s += fmt.Sprintf("%v,", v)
		}
	}
	return s + "]"
}

func TestCopyConstruct(t *testing.T) {
	py := parity.Run(t, `
		x = torch.tensor([1., 2.], requires_grad=True)
		y = torch.tensor(x)
		out["y"], out["grad"], out["fn"] = y, y.requires_grad, y.grad_fn is None
		out["int"] = torch.tensor(x, dtype=torch.int32)
	`)
	var warned []torch.Warning
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { warned = append(warned, w) }))
	x := leaf(1, 2)
	y := torch.NewTensor(x)
	require.Len(t, warned, 1)
	assert.Equal(t, py.Warnings[0].Message, warned[0].Message)
	assert.Equal(t, py.Warnings[0].Category, warned[0].Category)
	py.EqualTensor("y", y)
	assert.False(t, y.RequiresGrad())
	py.EqualTensor("int", torch.NewTensor(x, torch.Int32))
	assert.False(t, y.Is(x))
	assert.NotEqual(t, x.DataPtr(), y.DataPtr())
}

// What goes in comes out, whatever the type and the shape.
func TestDataRoundTrip(t *testing.T) {
	t.Run("float32", rapid.MakeCheck(roundTrip(rapid.Float32())))
	t.Run("float64", rapid.MakeCheck(roundTrip(rapid.Float64())))
	t.Run("int64", rapid.MakeCheck(roundTrip(rapid.Int64())))
	t.Run("int", rapid.MakeCheck(roundTrip(rapid.Int())))
	t.Run("uint8", rapid.MakeCheck(roundTrip(rapid.Uint8())))
	t.Run("uint64", rapid.MakeCheck(roundTrip(rapid.Uint64())))
	t.Run("bool", rapid.MakeCheck(roundTrip(rapid.Bool())))
}

func roundTrip[T torch.Number](element *rapid.Generator[T]) func(*rapid.T) {
	return func(t *rapid.T) {
		shape := rapid.SliceOfN(rapid.Int64Range(0, 5), 1, 4).Draw(t, "shape")
		n := 1
		for _, s := range shape {
			n *= int(s)
		}
		want := rapid.SliceOfN(element, n, n).Draw(t, "data")
		x := torch.FromSlice(want, shape...)
		if got := torch.Data[T](x); n > 0 && !assert.ObjectsAreEqual(want, got) {
			t.Fatalf("%v came back as %v", want, got)
		}
		if got := x.Shape(); !assert.ObjectsAreEqual(shape, got) {
			t.Fatalf("shape %v came back as %v", shape, got)
		}
		if len(shape) > 1 { // also from memory in another order
			y := x.Transpose(0, 1).Contiguous().Transpose(0, 1)
			if got := torch.Data[T](y); n > 0 && !assert.ObjectsAreEqual(want, got) {
				t.Fatalf("%v came back from %v as %v", want, y.Stride(), got)
			}
		}
	}
}

func TestDataOfOtherTensors(t *testing.T) {
	x := torch.NewTensor([][]float32{{1, 2}, {3, 4}})
	assert.Equal(t, []float32{1, 3, 2, 4}, torch.Data[float32](x.T()))
	assert.Equal(t, []float32{2, 4}, torch.Data[float32](x.Select(1, 1)))
	assert.Equal(t, []float32{1, 1, 1}, torch.Data[float32](torch.Ones([]int64{1}).Expand(3)))
	assert.Equal(t, []float32{1, 2}, torch.Data[float32](leaf(1, 2)))
	z := torch.NewTensor([]complex64{1 + 2i})
	assert.Equal(t, []complex64{1 - 2i}, torch.Data[complex64](z.Conj()))
	assert.Equal(t, []float32{-2}, torch.Data[float32](z.Conj().Imag()))

	big := torch.Arange(1<<20+1, torch.Float32)
	assert.Equal(t, float32(1<<20), torch.Data[float32](big)[1<<20])
	assert.Len(t, torch.Data[float32](torch.Ones([]int64{1}).Expand(1<<20+1)), 1<<20+1)
}

func TestDataMisuse(t *testing.T) {
	x := torch.NewTensor([]float32{1, 2})
	e := refusal(t, func() { torch.Data[float64](x) })
	assert.Equal(t, "TypeError", e.Kind)
	assert.Equal(t, "a tensor of dtype torch.float32 cannot be read as float64; convert it with To(torch.Float64) first", e.Message)
	for _, run := range []func(){
		func() { torch.Data[uint8](x) },
		func() { torch.Data[complex64](x) },
		func() { torch.Data[float32](x.To(torch.BFloat16)) },
		func() { torch.Data[float32](x.To(torch.Float64)) },
	} {
		assert.Equal(t, "torch.Data", refusal(t, run).Op)
	}
	sameRefusals(t, []misuse{
		{"meta", "torch.ones(2, device='meta').tolist()", func() { torch.Data[float32](torch.Ones([]int64{2}, torch.Meta)) }},
		{"huge meta", "torch.ones(1 << 40, device='meta').cpu()", func() { torch.Data[float32](torch.Ones([]int64{1 << 40}, torch.Meta)) }},
		{"expanded beyond memory", "torch.ones(1).expand(1 << 45).cpu().contiguous()", func() { torch.Data[float32](torch.Ones([]int64{1}).Expand(1 << 45)) }},
	})
}

func TestItem(t *testing.T) {
	defer torch.SetWarningHandler(torch.SetWarningHandler(nil)) // complex32 is experimental
	for _, dtype := range []torch.DType{torch.Uint8, torch.Int8, torch.Int16, torch.Int32, torch.Int64, torch.Uint16,
		torch.Uint32, torch.Uint64, torch.Float16, torch.Float32, torch.Float64, torch.BFloat16, torch.Float8E5m2,
		torch.Float8E4m3fn, torch.Float8E5m2fnuz, torch.Float8E4m3fnuz, torch.Complex32, torch.Complex64, torch.Complex128} {
		t.Run(dtype.String(), func(t *testing.T) {
			x := torch.NewTensor(3, torch.Float32).To(dtype)
			assert.Equal(t, 3.0, x.Item())
			assert.Equal(t, complex64(3), torch.ItemOf[complex64](x))
			if dtype.IsComplex() {
				return
			}
			assert.Equal(t, float32(3), torch.ItemOf[float32](x))
			if !dtype.IsFloatingPoint() {
				assert.Equal(t, 3, torch.ItemOf[int](x))
				assert.Equal(t, uint8(3), torch.ItemOf[uint8](x))
			}
		})
	}
	assert.Equal(t, 1.0, torch.NewTensor(true).Item())
	assert.True(t, torch.ItemOf[bool](torch.NewTensor(true)))
	assert.Equal(t, 1, torch.ItemOf[int](torch.NewTensor(true)))
	assert.Equal(t, uint64(math.MaxUint64), torch.ItemOf[uint64](torch.NewTensor(uint64(math.MaxUint64))))
	assert.Equal(t, int64(math.MinInt64), torch.ItemOf[int64](torch.NewTensor(int64(math.MinInt64))))
	assert.Equal(t, 1+2i, torch.ItemOf[complex128](torch.NewTensor(1+2i)))
	assert.True(t, math.IsNaN(torch.NewTensor(math.NaN()).Item()))
	assert.Equal(t, 5.0, torch.NewTensor([][]float32{{5}}).Item())
	assert.Equal(t, 1.5, leaf(1.5).Item())
}

func TestItemMisuse(t *testing.T) {
	sameRefusals(t, []misuse{
		{"two elements", "torch.tensor([1., 2.]).item()", func() { torch.NewTensor([]float32{1, 2}).Item() }},
		{"no element", "torch.tensor([]).item()", func() { torch.NewTensor([]float32{}).Item() }},
		{"complex", "float(torch.tensor(1+2j))", func() { torch.NewTensor(1 + 2i).Item() }},
	})
	// Python has a kernel of its own for this, in other words.
	assert.Equal(t, "NotImplementedError", refusal(t, func() { torch.Ones([]int64{1}, torch.Meta).Item() }).Kind)
	for name, run := range map[string]func(){
		"float as int":       func() { torch.ItemOf[int](torch.NewTensor(1.5)) },
		"300 as uint8":       func() { torch.ItemOf[uint8](torch.NewTensor(300)) },
		"-1 as uint64":       func() { torch.ItemOf[uint64](torch.NewTensor(-1)) },
		"2^64-1 as int64":    func() { torch.ItemOf[int64](torch.NewTensor(uint64(math.MaxUint64))) },
		"int as bool":        func() { torch.ItemOf[bool](torch.NewTensor(1)) },
		"complex as float64": func() { torch.ItemOf[float64](torch.NewTensor(1i)) },
	} {
		t.Run(name, func(t *testing.T) {
			e := refusal(t, run)
			assert.Contains(t, e.Message, "without loss")
			assert.Equal(t, "torch.ItemOf", e.Op)
		})
	}
}
