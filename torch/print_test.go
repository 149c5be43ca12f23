package torch_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// A printCase is a tensor given by its bytes, and the settings to print it by.
// Python and Go make the tensor out of the same bytes.
type printCase struct {
	DType   string
	Shape   []int64
	Data    string
	Grad    bool
	Options printSettings

	dtype torch.DType
	bytes []byte
}

// printSettings are keywords of set_printoptions; nil ones are not given.
type printSettings struct {
	Precision *int     `json:"precision,omitempty"`
	Threshold *float64 `json:"threshold,omitempty"`
	Edgeitems *int     `json:"edgeitems,omitempty"`
	Linewidth *int     `json:"linewidth,omitempty"`
	Profile   *string  `json:"profile,omitempty"`
	SciMode   *bool    `json:"sci_mode,omitempty"`
}

func (s printSettings) options() (opts []torch.PrintOption) {
	if s.Precision != nil {
		opts = append(opts, torch.Precision(*s.Precision))
	}
	if s.Threshold != nil {
		opts = append(opts, torch.WithThreshold(*s.Threshold))
	}
	if s.Edgeitems != nil {
		opts = append(opts, torch.Edgeitems(*s.Edgeitems))
	}
	if s.Linewidth != nil {
		opts = append(opts, torch.Linewidth(*s.Linewidth))
	}
	if s.Profile != nil {
		opts = append(opts, torch.Profile(*s.Profile))
	}
	if s.SciMode != nil {
		opts = append(opts, torch.SciMode(*s.SciMode))
	}
	return opts
}

func (c printCase) String() string {
	options, _ := json.Marshal(c.Options)
	return fmt.Sprintf("%s%v %s grad=%v %.200s", c.DType, c.Shape, options, c.Grad, c.Data)
}

func (c printCase) tensor() *torch.Tensor {
	t := torch.NewTensor(c.bytes).ViewDtype(c.dtype).Reshape(c.Shape...)
	if c.Grad {
		t.RequiresGrad_()
	}
	return t
}

// text is what Go prints.
func (c printCase) text() (text string) {
	torch.Scope(func() {
		t := c.tensor()
		torch.Printoptions(func() { text = t.String() }, c.Options.options()...)
	})
	return text
}

// printedByPython returns what Python prints, all in one snippet.
func printedByPython(t testing.TB, cases []printCase) []string {
	t.Helper()
	for i := range cases {
		c := &cases[i]
		c.Shape = append([]int64{}, c.Shape...) // null is no list
		c.DType = strings.TrimPrefix(c.dtype.String(), "torch.")
		c.Data = base64.StdEncoding.EncodeToString(c.bytes)
	}
	data, err := json.Marshal(cases)
	require.NoError(t, err)
	return parity.Run(t, `
		import base64, json
		texts = []
		for c in json.loads('`+string(data)+`'):
			data = list(base64.b64decode(c["Data"]))
			x = torch.tensor(data, dtype=torch.uint8).view(getattr(torch, c["DType"])).reshape(c["Shape"])
			with torch._tensor_str.printoptions(**c["Options"]):
				texts.append(str(x.requires_grad_(c["Grad"])))
		out["texts"] = texts
	`).Strings("texts")
}

// comparePrints fails unless Go prints all cases as Python does.
func comparePrints(t testing.TB, cases []printCase) {
	t.Helper()
	for i, want := range printedByPython(t, cases) {
		if got := cases[i].text(); got != want {
			t.Errorf("%s\nPython:\n%s\nGo:\n%s", cases[i], want, got)
		}
	}
	t.Logf("%d tensors compared", len(cases))
}

var (
	printFloats = []torch.DType{
		torch.Float16, torch.BFloat16, torch.Float32, torch.Float64, torch.Float8E5m2, torch.Float8E4m3fn,
		torch.Float8E5m2fnuz, torch.Float8E4m3fnuz, torch.Float8E8m0fnu,
	}
	printComplex  = []torch.DType{torch.Complex32, torch.Bcomplex32, torch.Complex64, torch.Complex128}
	printIntegers = []torch.DType{
		torch.Uint8, torch.Int8, torch.Int16, torch.Int32, torch.Int64, torch.Uint16, torch.Uint32, torch.Uint64,
	}
	// Float4E2m1fnX2 has no text in Python without dimensions.
	printDTypes = append(append(append([]torch.DType{torch.Bool}, printIntegers...), printFloats...), printComplex...)
)

// printValues are sets of numbers that differ in the notation they ask for.
var printValues = map[string][]float64{
	"decimals":       {0.5, -1.25, 3.14159265, 100.0625, -0.0078125, 7},
	"integers":       {1, -2, 30, 400, -5, 0},
	"large integers": {1e8, 1, -5, 123456, 99999999, 2},
	"beyond 1e8":     {100000001, 1, -5, 123456, 99999999, 300000000},
	"ratio 1000":     {1000, 1, 500.5, 2.25, -1000, 0},
	"above it":       {1000.5, 1, 500.5, 2.25, -1000, 0},
	"from 1e-4":      {1e-4, 0.05, 0.02, -0.09, 0.0999, 0},
	"below 1e-4":     {0.99e-4, 0.05, 0.02, -0.09, 0.0999, 0},
	"magnitudes":     {1e-30, 1e30, -1e10, 1e-10, 1, -0.1},
	"tiny":           {1e-30, -2e-30, 3.5e-30, 9.99999e-31, 1e-29, 0},
	"subnormal":      {5e-324, 1e-310, -2e-320, 1e-40, 1e-45, 6e-8},
	"huge":           {1e30, -2e30, 3.5e30, 9.99999e29, 1e31, 1.7e308},
	"not finite":     {math.NaN(), math.Inf(1), math.Inf(-1), 1.5, -2.25, 0},
	"integers, inf":  {math.NaN(), math.Inf(1), math.Inf(-1), 1, -2, 30000},
	"only inf":       {math.Inf(1), math.Inf(-1), math.NaN(), 0, math.Inf(1), math.NaN()},
	"nan":            {math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()},
	"zeros":          {0, 0, 0, 0, 0, 0},
	"negative zeros": {math.Copysign(0, -1), 0, 1, math.Copysign(0, -1), 2, 0},
	"halves":         {0.5, 1.5, 2.5, -0.5, 0.00005, 0.99995},
	"one digit":      {1, 2, 3, 4, 5, 6},
}

func bytesOf(values []float64, dtype torch.DType) []byte {
	defer torch.SetWarningHandler(torch.SetWarningHandler(nil)) // Complex32 is experimental
	if dtype.IsComplex() {
		numbers := make([]complex128, len(values))
		for i, v := range values {
			numbers[i] = complex(v, values[(i*5+1)%len(values)])
		}
		return parity.Bytes(torch.FromSlice(numbers).To(dtype))
	}
	return parity.Bytes(torch.FromSlice(values).To(dtype))
}

// randomBytes are any elements at all, NaNs with payloads among them.
func randomBytes(r *rand.Rand, dtype torch.DType, n int64) []byte {
	bytes := make([]byte, n*int64(dtype.Itemsize()))
	for i := range bytes {
		bytes[i] = byte(r.Uint32())
		if dtype == torch.Bool {
			bytes[i] &= 1
		}
	}
	return bytes
}

func numelOf(shape []int64) int64 {
	n := int64(1)
	for _, s := range shape {
		n *= s
	}
	return n
}

func TestPrintValues(t *testing.T) {
	var cases []printCase
	for _, dtype := range append(printFloats, printComplex...) {
		for _, values := range printValues {
			for _, shape := range [][]int64{{6}, {2, 3}} {
				cases = append(cases, printCase{dtype: dtype, Shape: shape, bytes: bytesOf(values, dtype)})
			}
			for i := range values {
				cases = append(cases, printCase{dtype: dtype, bytes: bytesOf(values[i:i+1], dtype)})
			}
		}
	}
	comparePrints(t, cases)
}

func TestPrintShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	shapes := [][]int64{
		{}, {0}, {1}, {7}, {50}, {1001}, {3000}, {0, 3}, {3, 0}, {2, 0, 4}, {1, 1}, {3, 5}, {40, 2}, {2, 501}, {501, 2},
		{7, 7, 7}, {8, 9, 15}, {2, 3, 4}, {1, 2, 3, 4}, {6, 7, 8, 9}, {2, 1, 3, 1, 2}, {3, 8, 2, 7, 7},
	}
	var cases []printCase
	for _, dtype := range printDTypes {
		for _, shape := range shapes {
			bytes := randomBytes(r, dtype, numelOf(shape))
			grad := (dtype.IsFloatingPoint() || dtype.IsComplex()) && r.IntN(2) == 0
			cases = append(cases, printCase{dtype: dtype, Shape: shape, bytes: bytes, Grad: grad})
		}
	}
	for _, shape := range shapes[1:] {
		bytes := randomBytes(r, torch.Float4E2m1fnX2, numelOf(shape))
		cases = append(cases, printCase{dtype: torch.Float4E2m1fnX2, Shape: shape, bytes: bytes})
	}
	comparePrints(t, cases)
}

func TestPrintoptions(t *testing.T) {
	settings := []printSettings{
		{}, {Precision: new(0)}, {Precision: new(1)}, {Precision: new(8)}, {Precision: new(20)}, {Threshold: new(5.0)},
		{Threshold: new(0.0)}, {Threshold: new(-1.0)}, {Threshold: new(5.5), Edgeitems: new(1)}, {Edgeitems: new(0)},
		{Edgeitems: new(0), Threshold: new(3.0)}, {Edgeitems: new(2), Threshold: new(3.0)}, {Linewidth: new(0)},
		{Linewidth: new(-5)}, {Linewidth: new(20)}, {Linewidth: new(40), Precision: new(2)}, {Linewidth: new(200)},
		{Profile: new("default")}, {Profile: new("short")}, {Profile: new("full")}, {SciMode: new(true)}, {SciMode: new(false)},
		{SciMode: new(true), Precision: new(0)}, {SciMode: new(false), Precision: new(10)},
		{Profile: new("short"), Edgeitems: new(1), Threshold: new(4.0)}, {Profile: new("full"), Precision: new(2)},
		{Profile: new("short"), SciMode: new(true), Linewidth: new(33)},
	}
	shapes := [][]int64{{}, {6}, {2, 3}, {0, 2}, {8, 9}, {3, 7, 8}, {1100}, {12, 100}}
	dtypes := []torch.DType{torch.Float32, torch.Float64, torch.BFloat16, torch.Int64, torch.Bool, torch.Complex64}
	r := rand.New(rand.NewPCG(3, 4))
	sets := [][]float64{printValues["decimals"], printValues["integers"], printValues["magnitudes"], printValues["not finite"]}
	var cases []printCase
	for _, s := range settings {
		for _, shape := range shapes {
			for _, dtype := range dtypes {
				set := sets[r.IntN(len(sets))]
				values := make([]float64, numelOf(shape))
				for i := range values {
					values[i] = set[r.IntN(len(set))]
				}
				cases = append(cases, printCase{dtype: dtype, Shape: shape, bytes: bytesOf(values, dtype), Options: s})
			}
		}
	}
	comparePrints(t, cases)
}

// Kinds of tensors that bytes cannot describe: each is made by an expression
// in Python and its twin in Go.
func TestPrintKinds(t *testing.T) {
	op := torch.PrintOperators
	matrix := func(opts ...torch.CreationOption) *torch.Tensor {
		return torch.NewTensor([][]float32{{0, 1.5, 0}, {2, 0, -3}}, opts...)
	}
	square := func() *torch.Tensor {
		return torch.NewTensor([][]float64{{1, 2, 0, 0}, {3, 4, 0, 0}, {0, 0, 5, 6}, {0, 0, 7, 8}})
	}
	leaf := func() *torch.Tensor { return torch.NewTensor([]float32{1, 2, 3}, torch.RequiresGrad(true)) }
	two := func() *torch.Tensor { return torch.NewTensor(float32(2)) }
	number := func() *torch.Tensor { return torch.NewTensor([]complex64{1 + 2i, -3.5i}) }
	empty := func(opts ...torch.EmptyOption) *torch.Tensor { return torch.Empty([]int64{2, 3}, opts...) }
	leaves := func(n int64) *torch.Tensor { return torch.Ones([]int64{n}, torch.RequiresGrad(true)) }
	defer torch.SetWarningHandler(torch.SetWarningHandler(nil)) // many kinds are beta, or deprecated
	for python, tensor := range map[string]func() *torch.Tensor{
		// Histories.
		"leaf()":                          leaf,
		"leaf() * two()":                  func() *torch.Tensor { return leaf().Mul(two()) },
		"leaf().sum()":                    func() *torch.Tensor { return leaf().Sum() },
		"leaf()[:2]":                      func() *torch.Tensor { return leaf().Narrow(0, 0, 2) },
		"leaf().detach()":                 func() *torch.Tensor { return leaf().Detach() },
		"torch.relu(leaf()).reshape(1,3)": func() *torch.Tensor { return torch.Relu(leaf()).Reshape(1, 3) },
		"leaf().clone().add_(two())":      func() *torch.Tensor { return leaf().Clone().Add_(two()) },
		"written(leaf())": func() *torch.Tensor {
			x := leaf().Clone()
			x.Narrow(0, 0, 1).Mul_(leaf().Narrow(0, 0, 1))
			return x
		},
		"invalid()": func() (x *torch.Tensor) {
			base := leaf().Clone()
			torch.NoGrad(func() { x = base.View(-1).Mul_(2) })
			return x
		},
		"torch.ones(30, requires_grad=True)":                  func() *torch.Tensor { return leaves(30) },
		"torch.ones(30, requires_grad=True).double() * two()": func() *torch.Tensor { return leaves(30).To(torch.Float64).Mul(two()) },
		"torch.ones(2000, requires_grad=True) / two()":        func() *torch.Tensor { return leaves(2000).Div(two()) },
		"nn.Parameter(torch.ones(2))":                         func() *torch.Tensor { return torch.MarkParameter(leaves(2)) },
		"nn.Parameter(torch.ones(2), requires_grad=False)":    func() *torch.Tensor { return torch.MarkParameter(torch.Ones([]int64{2})) },
		"nn.Parameter(torch.ones(2, 2, device='meta'))": func() *torch.Tensor {
			return torch.MarkParameter(torch.Ones([]int64{2, 2}, torch.Meta, torch.RequiresGrad(true)))
		},

		// Views.
		"number().conj()":                            func() *torch.Tensor { return number().Conj() },
		"number().conj().imag":                       func() *torch.Tensor { return number().Conj().Imag() },
		"number().imag":                              func() *torch.Tensor { return number().Imag() },
		"torch._neg_view(matrix())":                  func() *torch.Tensor { return op.NegView(matrix()) },
		"torch._neg_view(number().conj())":           func() *torch.Tensor { return op.NegView(number().Conj()) },
		"number().conj().expand(600, 2)":             func() *torch.Tensor { return number().Conj().Expand(600, 2) },
		"number().cdouble().conj().expand(600, 2)":   func() *torch.Tensor { return number().To(torch.Complex128).Conj().Expand(600, 2) },
		"torch._neg_view(matrix().double())":         func() *torch.Tensor { return op.NegView(matrix().To(torch.Float64)) },
		"matrix().t()":                               func() *torch.Tensor { return matrix().T() },
		"matrix().expand(3, 2, 3)":                   func() *torch.Tensor { return matrix().Expand(3, 2, 3) },
		"torch._efficientzerotensor((2, 3))":         func() *torch.Tensor { return op.ZeroTensor(2, 3) },
		"torch._efficientzerotensor((60, 30))":       func() *torch.Tensor { return op.ZeroTensor(60, 30) },
		"torch.view_as_complex(torch.ones(2, 2, 2))": func() *torch.Tensor { return op.ViewAsComplex(torch.Ones([]int64{2, 2, 2})) },

		// Without elements, or without data.
		"torch.empty(2, 3, device='meta')":                     func() *torch.Tensor { return empty(torch.Meta) },
		"torch.empty(2, 3, device='meta', dtype=torch.int64)":  func() *torch.Tensor { return empty(torch.Meta, torch.Int64) },
		"torch.empty(2, 3, device='meta', requires_grad=True)": func() *torch.Tensor { return empty(torch.Meta, torch.RequiresGrad(true)) },
		"torch.empty((), device='meta')":                       func() *torch.Tensor { return torch.Empty(nil, torch.Meta) },
		"torch.empty(0, dtype=torch.int64)":                    func() *torch.Tensor { return torch.Empty([]int64{0}, torch.Int64) },
		"torch.empty(0, 2, dtype=torch.bool)":                  func() *torch.Tensor { return torch.Empty([]int64{0, 2}, torch.Bool) },
		"torch.empty(0, 2, requires_grad=True)":                func() *torch.Tensor { return torch.Empty([]int64{0, 2}, torch.RequiresGrad(true)) },
		"torch.sparse_coo_tensor(meta(1, 0).long(), meta(0), (3,), device='meta')": func() *torch.Tensor {
			return op.SparseCoo(torch.Empty([]int64{1, 0}, torch.Meta, torch.Int64), torch.Empty([]int64{0}, torch.Meta), 3)
		},
		"matrix().to_sparse_csr().to('meta')":                   func() *torch.Tensor { return op.ToSparseCsr(matrix()).To(torch.Meta) },
		"op.to_sparse(torch.zeros(2, 3), 2)":                    func() *torch.Tensor { return op.ToSparse(torch.Zeros([]int64{2, 3}), 2) },
		"torch.zeros(2, 3).to_sparse_csr()":                     func() *torch.Tensor { return op.ToSparseCsr(torch.Zeros([]int64{2, 3})) },
		"op.to_sparse(torch.zeros(0, 3, dtype=torch.int32), 1)": func() *torch.Tensor { return op.ToSparse(torch.Zeros([]int64{0, 3}, torch.Int32), 1) },

		// Sparse.
		"op.to_sparse(matrix(), 2)":                 func() *torch.Tensor { return op.ToSparse(matrix(), 2) },
		"op.to_sparse(matrix(), 1)":                 func() *torch.Tensor { return op.ToSparse(matrix(), 1) },
		"op.to_sparse(matrix().half(), 2)":          func() *torch.Tensor { return op.ToSparse(matrix().To(torch.Float16), 2) },
		"op.to_sparse(number(), 1)":                 func() *torch.Tensor { return op.ToSparse(number(), 1) },
		"op.to_sparse(torch.ones(40, 50), 2)":       func() *torch.Tensor { return op.ToSparse(torch.Ones([]int64{40, 50}), 2) },
		"op.to_sparse(leaf(), 1)":                   func() *torch.Tensor { return op.ToSparse(leaf(), 1) },
		"op.to_sparse(matrix().bool(), 2)":          func() *torch.Tensor { return op.ToSparse(matrix().To(torch.Bool), 2) },
		"matrix().to_sparse_csr()":                  func() *torch.Tensor { return op.ToSparseCsr(matrix()) },
		"matrix().to_sparse_csc()":                  func() *torch.Tensor { return op.ToSparseCsc(matrix()) },
		"square().to_sparse_bsr((2, 2))":            func() *torch.Tensor { return op.ToSparseBsr(square(), 2, 2) },
		"square().to_sparse_bsc((2, 2))":            func() *torch.Tensor { return op.ToSparseBsc(square(), 2, 2) },
		"torch.ones(40, 50).to_sparse_csr()":        func() *torch.Tensor { return op.ToSparseCsr(torch.Ones([]int64{40, 50})) },
		"matrix().to_sparse_csr().int()":            func() *torch.Tensor { return op.ToSparseCsr(matrix().To(torch.Int32)) },
		"matrix().requires_grad_().to_sparse_csr()": func() *torch.Tensor { return op.ToSparseCsr(matrix(torch.RequiresGrad(true))) },
		"torch.sparse_coo_tensor([[0, 0]], [1., 2.], (3,))": func() *torch.Tensor {
			return op.SparseCoo(torch.NewTensor([][]int64{{0, 0}}), torch.NewTensor([]float32{1, 2}), 3)
		},

		// Other layouts and quantized.
		"matrix().cpu().to_mkldnn()":         func() *torch.Tensor { return op.ToMkldnn(matrix(torch.CPU)) },
		"torch.ones(1200).cpu().to_mkldnn()": func() *torch.Tensor { return op.ToMkldnn(torch.Ones([]int64{1200}, torch.CPU)) },
		"quantize(matrix(), 'qint8')":        func() *torch.Tensor { return op.QuantizePerTensor(matrix(), 0.1, 10, torch.Qint8) },
		"quantize(matrix(), 'quint8')":       func() *torch.Tensor { return op.QuantizePerTensor(matrix(), 0.1, 10, torch.Quint8) },
		"quantize(matrix(), 'qint32')":       func() *torch.Tensor { return op.QuantizePerTensor(matrix(), 0.1, 10, torch.Qint32) },
		"quantize(matrix(), 'qint8', 1e-5)":  func() *torch.Tensor { return op.QuantizePerTensor(matrix(), 1e-5, 10, torch.Qint8) },
		"quantize(torch.ones(9, 200), 'qint8', 2.)": func() *torch.Tensor {
			return op.QuantizePerTensor(torch.Ones([]int64{9, 200}), 2, 10, torch.Qint8)
		},
		"torch.quantize_per_channel(matrix(), torch.tensor([.1, .2]), torch.tensor([0, 10]), 0, torch.qint8)": func() *torch.Tensor {
			return op.QuantizePerChannel(matrix(), torch.NewTensor([]float32{0.1, 0.2}), torch.NewTensor([]int{0, 10}), 0, torch.Qint8)
		},
		"torch.quantize_per_channel(matrix(), torch.tensor([.1, .2]), torch.tensor([0., 10.]), 0, torch.quint8)": func() *torch.Tensor {
			return op.QuantizePerChannel(matrix(), torch.NewTensor([]float32{0.1, 0.2}), torch.NewTensor([]float32{0, 10}), 0, torch.Quint8)
		},

		// Nested.
		"nested(matrix(), torch.ones(1, 3))":          func() *torch.Tensor { return op.Nested(matrix(), torch.Ones([]int64{1, 3})) },
		"nested(matrix().double(), square())":         func() *torch.Tensor { return op.Nested(matrix().To(torch.Float64), square()) },
		"nested(matrix()).requires_grad_()":           func() *torch.Tensor { return op.Nested(matrix()).RequiresGrad_() },
		"nested(matrix(), matrix()).requires_grad_()": func() *torch.Tensor { return op.Nested(matrix(), matrix()).RequiresGrad_() },
		"nested()": func() *torch.Tensor { return op.Nested() },
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.Run(t, `
				op = type("op", (), {"to_sparse": lambda x, n: x.to_sparse(n)})
				matrix = lambda: torch.tensor([[0, 1.5, 0], [2, 0, -3]])
				square = lambda: torch.tensor([[1, 2, 0, 0], [3, 4, 0, 0], [0, 0, 5, 6], [0, 0, 7, 8]], dtype=torch.float64)
				leaf = lambda: torch.tensor([1., 2., 3.], requires_grad=True)
				two = lambda: torch.tensor(2.)
				number = lambda: torch.tensor([1 + 2j, complex(0, -3.5)])
				meta = lambda *size: torch.empty(size, device="meta")
				nested = lambda *components: torch._nested_tensor_from_tensor_list(list(components))
				quantize = lambda x, dtype, scale=0.1: torch.quantize_per_tensor(x, scale, 10, getattr(torch, dtype))
				def written(x):
					y = x.clone()
					y[:1] *= x[:1]
					return y
				def invalid():
					base = leaf().clone()
					with torch.no_grad():
						x = base.view(-1)
						x.mul_(2)
					return x
				x = `+python+`
				out["text"] = str(x)
				with torch._tensor_str.printoptions(edgeitems=0, linewidth=50):
					out["narrow"] = str(x)
				with torch._tensor_str.printoptions(profile="short", threshold=3):
					out["short"] = str(x)
				torch.set_default_dtype(torch.float64)
				out["double"] = str(x)
			`)
			x := tensor()
			defer x.Close()
			assert.Equal(t, py.Text("text"), x.String())
			torch.Printoptions(func() { assert.Equal(t, py.Text("narrow"), x.String()) }, torch.Edgeitems(0), torch.Linewidth(50))
			torch.Printoptions(func() { assert.Equal(t, py.Text("short"), x.String()) }, torch.Profile("short"), torch.WithThreshold(3))
			torch.SetDefaultDtype(torch.Float64)
			defer torch.SetDefaultDtype(torch.Float32)
			assert.Equal(t, py.Text("double"), x.String())
		})
	}
}

func TestFormatFloat(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	values := []float64{0, math.Copysign(0, -1), 1, -1, 1e15, 1e16, 123456789012345680, 9999999999999998, 0.0001, 0.00001,
		0.1, 1. / 3, 1e22, 1e23, 5e-324, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(), -2.5e-7, 100, 1e100}
	for range 2000 {
		values = append(values, math.Float64frombits(r.Uint64()), r.NormFloat64(), float64(r.Int64N(1e18)))
	}
	py := parity.Run(t, `
		import base64, struct
		data = base64.b64decode("`+base64.StdEncoding.EncodeToString(parity.Bytes(torch.FromSlice(values)))+`")
		out["texts"] = [repr(v) for (v,) in struct.iter_unpack("d", data)]
	`)
	for i, want := range py.Strings("texts") {
		assert.Equal(t, want, torch.FormatFloat(values[i]))
	}
}

func TestPrintVerbs(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	loss := torch.NewTensor(float32(0.25), torch.RequiresGrad(true))
	for format, want := range map[string]string{
		"%v": "tensor(0.2500, requires_grad=True)", "%s": "tensor(0.2500, requires_grad=True)", "%.4f": "0.2500",
		"%+v": "tensor(0.2500, requires_grad=True)", "%#v": "tensor(0.2500, requires_grad=True)", "%8.2e|": "2.50e-01|",
		"%g": "0.25", "%-7.1f|": "0.2    |", "%q": `"tensor(0.2500, requires_grad=True)"`, "%d": "%!d(float64=0.25)",
		"%40v": "      tensor(0.2500, requires_grad=True)",
	} {
		assert.Equal(t, want, fmt.Sprintf(format, loss), format)
	}
	assert.Equal(t, "7 7.00 0007", fmt.Sprintf("%[1]d %.2[1]f %04[1]d", torch.NewTensor(7)))
	assert.Equal(t, "true", fmt.Sprintf("%t", torch.NewTensor(true)))
	assert.Equal(t, "(1.0+2.0i)", fmt.Sprintf("%.1f", torch.NewTensor(1+2i)))
	assert.Equal(t, "%!f(*torch.Tensor=tensor([1., 2.]))", fmt.Sprintf("%.3f", torch.NewTensor([]float32{1, 2})))
	assert.Equal(t, "%!d(*torch.Tensor=None)", fmt.Sprintf("%d", (*torch.Tensor)(nil)))
}

func TestPrintWhatIsNoTensor(t *testing.T) {
	var none *torch.Tensor
	assert.Equal(t, "None", fmt.Sprint(none))
	x := torch.Ones([]int64{2})
	x.Close()
	assert.Equal(t, "tensor(<freed by Close>)", fmt.Sprint(x))
	torch.Scope(func() { x = torch.Ones([]int64{2}) })
	assert.Equal(t, "tensor(<freed when its torch.Scope ended>)", fmt.Sprint(x))
	assert.Equal(t, "tensor(<empty torch.Tensor{}>)", fmt.Sprint(&torch.Tensor{}))
	bits := torch.NewTensor([]uint8{1, 2}).ViewDtype(torch.Bits8) // Python raises
	assert.Equal(t, `tensor(<"copy_" not implemented for 'Bits8'>)`, fmt.Sprint(bits))
}

func TestPrintInsidePanic(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	x := torch.Ones([]int64{2})
	defer func() {
		assert.NotNil(t, recover())
		assert.Equal(t, "tensor(<freed by Close>) tensor([2.])", fmt.Sprint(x, torch.Full([]int64{1}, 2.0)))
	}()
	torch.NoGrad(func() {
		torch.Scope(func() {
			x.Close()
			x.Add(1)
		})
	})
}

// Printing leaves nothing behind: no tensor, no gradient mode, no history.
func TestPrintHasNoEffects(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	x := torch.Ones([]int64{30, 80}, torch.RequiresGrad(true)).Mul(2)
	version, handles := x.Version(), torch.MemoryStats().Handles
	torch.NoGrad(func() { _ = x.String(); assert.False(t, torch.IsGradEnabled()) })
	_ = x.String()
	assert.True(t, torch.IsGradEnabled())
	assert.LessOrEqual(t, torch.MemoryStats().Handles, handles)
	assert.Equal(t, version, x.Version())
	x.Sum().Backward() // the graph is intact
	torch.InferenceMode(func() { assert.Equal(t, "tensor([1., 1.])", torch.Ones([]int64{2}).String()) })
}

// A tensor of 10^12 elements prints at once, as only its corners are fetched.
func TestPrintHugeExpanded(t *testing.T) {
	x := torch.NewTensor(1.5).Expand(10000, 10000, 10000)
	assert.Contains(t, x.String(), "[1.5000, 1.5000, 1.5000,  ..., 1.5000, 1.5000, 1.5000]")
}

func TestGetPrintoptions(t *testing.T) {
	defer torch.SetPrintoptions(torch.Profile("default"))
	torch.SetPrintoptions(torch.SciMode(true), torch.Precision(2))
	saved := torch.GetPrintoptions()
	assert.Equal(t, torch.PrintOptions{Precision: 2, Threshold: 1000, Edgeitems: 3, Linewidth: 80, SciMode: new(true)}, saved)
	torch.SetPrintoptions(torch.Linewidth(60)) // and SciMode goes back to automatic, as in Python
	assert.Equal(t, torch.PrintOptions{Precision: 2, Threshold: 1000, Edgeitems: 3, Linewidth: 60}, torch.GetPrintoptions())
	*saved.SciMode = false
	torch.SetPrintoptions(saved, torch.Precision(3))
	want := saved
	want.Precision = 3
	assert.Equal(t, want, torch.GetPrintoptions())

	before := torch.GetPrintoptions()
	assert.Panics(t, func() { torch.Printoptions(func() { panic("stop") }, torch.Profile("short")) })
	assert.Equal(t, before, torch.GetPrintoptions())
}

func TestPrintoptionsMisuse(t *testing.T) {
	before := torch.GetPrintoptions()
	for want, opt := range map[string]func() torch.PrintOption{
		"precision must be from 0 to 10000, but got -1":                        func() torch.PrintOption { return torch.Precision(-1) },
		"precision must be from 0 to 10000, but got 10001":                     func() torch.PrintOption { return torch.Precision(10001) },
		"edgeitems must not be negative, but got -2":                           func() torch.PrintOption { return torch.Edgeitems(-2) },
		"profile must be one of 'default', 'short' and 'full', but got 'long'": func() torch.PrintOption { return torch.Profile("long") },
	} {
		err := torch.Try(func() { torch.SetPrintoptions(opt()) })
		assert.ErrorIs(t, err, &torch.Error{Kind: "ValueError", Message: want})
	}
	assert.Equal(t, before, torch.GetPrintoptions())
}

func TestPrintConcurrently(t *testing.T) {
	x := torch.Arange(2000)
	want := x.String()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				assert.Equal(t, want, x.String())
				torch.SetPrintoptions(torch.Precision(4))
			}
		})
	}
	group.Wait()
}

// printCases draws tensors of any dtype, shape and settings.
func printCases() *rapid.Generator[printCase] {
	return rapid.Custom(func(t *rapid.T) printCase {
		c := printCase{dtype: rapid.SampledFrom(printDTypes).Draw(t, "dtype")}
		for range rapid.IntRange(0, 5).Draw(t, "dim") {
			c.Shape = append(c.Shape, rapid.OneOf(rapid.Int64Range(0, 4), rapid.Int64Range(1, 9)).Draw(t, "size"))
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		if n := numelOf(c.Shape); rapid.Bool().Draw(t, "bits") || c.dtype == torch.Bool {
			c.bytes = randomBytes(r, c.dtype, n)
		} else {
			scale, steps := math.Pow(10, rapid.Float64Range(-9, 9).Draw(t, "exponent")), rapid.SampledFrom([]float64{1, 8, 1e9}).Draw(t, "steps")
			values := make([]float64, n)
			for i := range values {
				values[i] = math.Round(r.NormFloat64()*scale*steps) / steps
			}
			if n > 0 {
				c.bytes = bytesOf(values, c.dtype)
			}
		}
		c.Options = printSettings{
			Precision: rapid.Ptr(rapid.IntRange(0, 12), true).Draw(t, "precision"),
			Threshold: rapid.Ptr(rapid.Float64Range(-1, 2000), true).Draw(t, "threshold"),
			Edgeitems: rapid.Ptr(rapid.IntRange(0, 6), true).Draw(t, "edgeitems"),
			Linewidth: rapid.Ptr(rapid.IntRange(-10, 150), true).Draw(t, "linewidth"),
			Profile:   rapid.Ptr(rapid.SampledFrom([]string{"default", "short", "full"}), true).Draw(t, "profile"),
			SciMode:   rapid.Ptr(rapid.Bool(), true).Draw(t, "sci_mode"),
		}
		return c
	})
}

func TestPrintRandom(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cases := rapid.SliceOfN(printCases(), 5, 20).Draw(rt, "cases")
		for i, want := range printedByPython(t, cases) {
			if got := cases[i].text(); got != want {
				rt.Fatalf("%s\nPython:\n%s\nGo:\n%s", cases[i], want, got)
			}
		}
	})
}

// Not even the dtypes that Python cannot print make String panic.
func TestPrintNeverPanics(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := printCases().Draw(rt, "case")
		c.dtype = torch.DType(rapid.IntRange(int(torch.Uint8), int(torch.Bcomplex32)).Draw(rt, "any dtype"))
		c.bytes = make([]byte, numelOf(c.Shape)*int64(c.dtype.Itemsize()))
		text := c.text()
		if !strings.HasPrefix(text, "tensor(") || !strings.HasSuffix(text, ")") {
			rt.Fatal(text)
		}
	})
}

func BenchmarkTensorString(b *testing.B) {
	x := torch.Randn([]int64{1000, 1000})
	for b.Loop() {
		_ = x.String()
	}
}

func BenchmarkTensorStringFull(b *testing.B) {
	x := torch.Randn([]int64{300, 300})
	torch.Printoptions(func() {
		for b.Loop() {
			_ = x.String()
		}
	}, torch.Profile("full"))
}

func ExampleTensor_String() {
	x := torch.NewTensor([][]float32{{0.5, 1}, {1.5, -2}}, torch.RequiresGrad(true))
	fmt.Println(x)
	fmt.Println(x.Sum())
	fmt.Println(torch.Arange(2000))
	// Output:
	// tensor([[ 0.5000,  1.0000],
	//         [ 1.5000, -2.0000]], requires_grad=True)
	// tensor(1., grad_fn=<SumBackward0>)
	// tensor([   0,    1,    2,  ..., 1997, 1998, 1999])
}

func ExampleTensor_Format() {
	loss := torch.NewTensor(0.123456)
	fmt.Printf("loss: %.4f\n", loss)
	// Output: loss: 0.1235
}

func ExampleSetPrintoptions() {
	torch.SetPrintoptions(torch.Precision(2))
	fmt.Println(torch.NewTensor([]float32{1.12345}))
	torch.SetPrintoptions(torch.Profile("default"))
	fmt.Println(torch.NewTensor([]float32{1.12345}))
	// Output:
	// tensor([1.12])
	// tensor([1.1235])
}

func ExamplePrintoptions() {
	torch.Printoptions(func() {
		fmt.Println(torch.Arange(10))
	}, torch.WithThreshold(5), torch.Edgeitems(2))
	// Output: tensor([0, 1,  ..., 8, 9])
}

func ExampleFormatFloat() {
	fmt.Println(1.0, torch.FormatFloat(1))
	fmt.Println(1e16, torch.FormatFloat(1e16))
	// Output:
	// 1 1.0
	// 1e+16 1e+16
}
