package torch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// Calls by name give what PyTorch's own give, for arguments and results of every
// kind.
func TestCall(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(1)
		x = torch.randn(3, 4)
		aten = torch.ops.aten
		out["keyword"] = aten.sum.dim_IntList(x, [1], dtype=torch.float64)
		out["defaults"] = aten.add.Tensor(x, x)
		out["alpha"] = aten.add.Tensor(x, x, alpha=2)
		out["none"] = aten.clamp(x, None, 0.5)
		out["lists"] = list(aten.split.sizes(x, [1, 3], 1))
		out["tensors"] = aten.cat([x, x], 1)
		out["optional tensors"] = aten.index.Tensor(x, [None, torch.tensor([2, 0])])
		out["several"] = list(aten.topk(x, 2))
		out["one for a list"] = aten.avg_pool2d(x[None], 2)
		out["factory"] = aten.full([2], 7, dtype=torch.int16, device=torch.device("cpu"), layout=torch.strided)
		out["complex"] = aten.mul.Scalar(x, 1 + 2j)
		out["string"] = aten.gelu(x, approximate="tanh")
		out["format"] = aten.contiguous(x, memory_format=torch.contiguous_format)
		out["floats"] = aten.upsample_nearest2d.vec(x[None, None], None, [2, 2])
		out["generator"] = aten.rand.generator([3], generator=torch.Generator().manual_seed(5))
	`)
	torch.ManualSeed(1)
	x := torch.Randn([]int64{3, 4})
	image := x.Unsqueeze(0)
	equal := func(key, name string, arguments ...any) {
		t.Helper()
		results := torch.Call(name, arguments...)
		assert.Len(t, results, 1)
		py.EqualTensor(key, results[0].(*torch.Tensor))
	}
	equal("keyword", "aten::sum.dim_IntList", x, []int64{1}, torch.Keywords{"dtype": torch.Float64})
	equal("defaults", "aten::add.Tensor", x, x)
	equal("alpha", "aten::add.Tensor", x, x, torch.Keywords{"alpha": 2})
	equal("none", "aten::clamp", x, nil, 0.5)
	py.EqualTensors("lists", torch.Call("aten::split.sizes", x, []int{1, 3}, 1)[0].([]*torch.Tensor))
	equal("tensors", "aten::cat", []*torch.Tensor{x, x}, 1)
	equal("optional tensors", "aten::index.Tensor", x, []*torch.Tensor{nil, torch.NewTensor([]int64{2, 0})})
	several := torch.Call("aten::topk", x, 2)
	py.EqualTensors("several", []*torch.Tensor{several[0].(*torch.Tensor), several[1].(*torch.Tensor)})
	equal("one for a list", "aten::avg_pool2d", image, 2)
	equal("factory", "aten::full", []int64{2}, 7,
		torch.Keywords{"dtype": torch.Int16, "device": torch.CPU, "layout": torch.Strided})
	equal("complex", "aten::mul.Scalar", x, 1+2i)
	equal("string", "aten::gelu", x, torch.Keywords{"approximate": "tanh"})
	equal("format", "aten::contiguous", x, torch.Keywords{"memory_format": torch.ContiguousFormat})
	equal("floats", "aten::upsample_nearest2d.vec", image.Unsqueeze(0), nil, []float64{2, 2})
	equal("generator", "aten::rand.generator", []int64{3}, torch.Keywords{"generator": torch.NewGenerator().ManualSeed(5)})
}

func TestCallResults(t *testing.T) {
	x := torch.NewTensor([]float32{1.5})
	one := func(name string, arguments ...any) any { return torch.Call(name, arguments...)[0] }
	assert.Equal(t, int64(1), one("aten::size.int", x, 0))
	assert.Equal(t, 1.5, one("aten::item", x))
	assert.Equal(t, 2+1i, one("aten::item", torch.NewTensor(2+1i)))
	assert.Equal(t, true, one("aten::is_floating_point", x))
	assert.Equal(t, torch.Float64, one("aten::promote_types", torch.Float32, torch.Float64))
	assert.Empty(t, torch.Call("aten::_assert_async", torch.NewTensor(true)))
}

// An operator that writes to its argument returns it, not another tensor.
func TestCallInPlace(t *testing.T) {
	x := torch.NewTensor([]float32{1, 2})
	assert.Same(t, x, torch.Call("aten::add_.Scalar", x, 1)[0])
	assert.Equal(t, []float32{2, 3}, torch.Data[float32](x))
}

func TestCallGradient(t *testing.T) {
	x := torch.NewTensor([]float32{1, 2}, torch.RequiresGrad(true))
	torch.Call("aten::prod", x)[0].(*torch.Tensor).Backward()
	assert.Equal(t, []float32{2, 1}, torch.Data[float32](x.Grad()))
}

// Mistakes are reported in PyTorch's words. Python adds the value to the one
// about a type.
func TestCallErrors(t *testing.T) {
	py := parity.Run(t, `
		def message(f, *args, **kwargs):
		    try:
		        f(*args, **kwargs)
		    except Exception as e:
		        return str(e)
		x = torch.ones(1)
		out["unknown"] = message(torch._C._dispatch_find_schema_or_throw, "torchvision::nsm", "")
		out["overload"] = message(torch._C._dispatch_find_schema_or_throw, "aten::add", "Tenser")
		out["type"] = message(torch.ops.aten.add.Tensor, x, "two").split("\nValue")[0]
		out["missing"] = message(torch.ops.aten.add.Tensor, x)
		out["many"] = message(torch.ops.aten.relu.default, x, x)
		out["keyword"] = message(torch.ops.aten.add.Tensor, x, x, beta=2)
		out["shape"] = message(torch.ops.aten.mm.default, x, x)
	`)
	x := torch.Ones([]int64{1})
	for key, fn := range map[string]func(){
		"unknown":  func() { torch.Call("torchvision::nsm") },
		"overload": func() { torch.Call("aten::add.Tenser", x, x) },
		"type":     func() { torch.Call("aten::add.Tensor", x, "two") },
		"missing":  func() { torch.Call("aten::add.Tensor", x) },
		"many":     func() { torch.Call("aten::relu", x, x) },
		"keyword":  func() { torch.Call("aten::add.Tensor", x, x, torch.Keywords{"beta": 2}) },
		"shape":    func() { torch.Call("aten::mm", x, x) },
	} {
		var e *torch.Error
		if assert.ErrorAs(t, torch.Try(fn), &e, key) {
			message, _, _ := strings.Cut(e.Message, "\nDeclaration")
			want, _, _ := strings.Cut(py.Text(key), "\nDeclaration")
			assert.Equal(t, want, message)
			assert.Equal(t, "RuntimeError", e.Kind)
			assert.Equal(t, "torch.Call", e.Op)
		}
	}
	assert.ErrorContains(t, torch.Try(func() { torch.Call("relu", x) }), "must be of the form namespace::op")
	assert.ErrorContains(t, torch.Try(func() { torch.Call("aten::relu", make(chan int)) }), "chan int cannot be an argument")
	x.Close()
	assert.ErrorContains(t, torch.Try(func() { torch.Call("aten::relu", x) }), "was freed by Close")
}

func TestOperatorSchemas(t *testing.T) {
	assert.Equal(t, []string{"aten::relu(Tensor self) -> Tensor", "aten::relu.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)"},
		torch.OperatorSchemas("aten::relu")[:2])
	assert.Empty(t, torch.OperatorSchemas("nobody::"))
}

func TestLoadLibraryErrors(t *testing.T) {
	err := torch.LoadLibrary("/nonexistent/lib.so")
	assert.ErrorIs(t, err, &torch.Error{Kind: "OSError"})
	assert.ErrorContains(t, err, "Could not load this library: /nonexistent/lib.so")
	assert.ErrorContains(t, err, "no such file")
	text := filepath.Join(t.TempDir(), "text.so")
	assert.NoError(t, os.WriteFile(text, []byte("no library"), 0o600))
	assert.ErrorContains(t, torch.LoadLibrary(text), "no shared library")
	assert.ErrorContains(t, torch.LoadLibrary("libnonexistent.so"), "cannot open shared object file")
}

// What the way by name costs beside a generated function.
func BenchmarkCall(b *testing.B) {
	x := torch.Ones([]int64{2})
	b.Run("generated", func(b *testing.B) {
		for range torch.Scoped(b.N) {
			x.Relu()
		}
	})
	b.Run("by name", func(b *testing.B) {
		for range torch.Scoped(b.N) {
			torch.Call("aten::relu", x)
		}
	})
}
