package torch_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestNewDevice(t *testing.T) {
	names := []string{"cpu", "cpu:0", "cpu:1", "cuda", "cuda:0", "cuda:10", "cuda:127", "mps", "meta", "meta:1", "xla:3",
		"privateuseone:0", "opengl", "hpu:3", "mkldnn", "ipu", "xpu:1", "opencl", "ideep", "hip", "ve", "fpga", "maia", "lazy",
		"vulkan", "mtia", "metal",
		// None of these is a device.
		"", " ", ":", ":1", "cuda:", "cuda:a", "cuda:01", "cuda:-1", "cuda:+1", "cuda: 1", "cuda:1 ", "cuda:1:2", "cuda1",
		"cuda ", "cuda:0a", "CPU", "foo", "foo:1", "foo:a", "f1", "f-g", "f_g", "cuda:999999999999", "cuda:99999999999999999999999",
		"cuda:00", "für"}
	code := "names = ["
	for _, name := range names {
		code += pythonString(name) + ","
	}
	py := parity.Run(t, code+`]
def attempt(name):
    try:
        d = torch.device(name)
        return f"{d} {d.type} {-1 if d.index is None else d.index}"
    except Exception as e: return f"{type(e).__name__}: {e}"
out["devices"] = [attempt(name) for name in names]
`)
	want := py.Strings("devices")
	for i, name := range names {
		got := ""
		if err := torch.Try(func() {
			d := torch.NewDevice(name)
			got = fmt.Sprintf("%s %s %d", d, d.Type(), d.Index())
		}); err != nil {
			e := err.(*torch.Error)
			got = e.Kind + ": " + e.Message
		}
		assert.Equal(t, want[i], got, "%q", name)
	}
}

// pythonString quotes a string for Python.
func pythonString(s string) string {
	quoted := ""
	for _, r := range s {
		quoted += fmt.Sprintf(`\U%08x`, r)
	}
	return `"` + quoted + `"`
}

// libtorch keeps a device's index in one byte: Python lets 128 through, and
// has another device then.
func TestDeviceIndexBeyondAByte(t *testing.T) {
	e := refusal(t, func() { torch.NewDevice("cuda:128") })
	assert.Equal(t, "Could not parse device index '128' in device string 'cuda:128'", e.Message)
	for _, index := range []int{-1, 128, math.MaxInt, math.MinInt} {
		assert.Equal(t, "torch.CUDA", refusal(t, func() { torch.CUDA(index) }).Op)
	}
}

func TestDevice(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	assert.Equal(t, torch.NewDevice("cuda:1"), torch.CUDA(1))
	assert.Equal(t, torch.NewDevice("cuda"), torch.CUDA())
	assert.Equal(t, torch.NewDevice("cpu"), torch.CPU)
	assert.Equal(t, torch.NewDevice("meta"), torch.Meta)
	assert.Equal(t, "None", torch.Device{}.String())

	x := torch.Ones([]int64{2, 3}, torch.Meta)
	assert.Equal(t, torch.Meta, x.Device())
	assert.Equal(t, []int64{2, 3}, x.Shape())
	assert.Equal(t, torch.CPU, torch.Ones(nil).Device())
	assert.Equal(t, torch.Meta, torch.NewTensor([]float32{1}, torch.Meta).Device())
	assert.False(t, x.IsCuda())
}

func TestDeviceMisuse(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	onMeta := torch.Ones([]int64{2}, torch.Meta)
	assert.Equal(t, "Expected all tensors to be on the same device, but found at least two devices, meta and cpu!",
		refusal(t, func() { torch.Ones([]int64{2}).Add(onMeta) }).Message)
	for _, name := range []string{"mps", "vulkan", "xla", "ipu:3", "privateuseone", "mkldnn", "opengl"} {
		assert.Error(t, torch.Try(func() { torch.Ones([]int64{1}, torch.NewDevice(name)) }), name)
	}
}

func TestDtypes(t *testing.T) {
	py := parity.Run(t, `
		names = "uint8 int8 int16 int32 int64 float16 float32 float64 complex32 complex64 complex128 bool qint8 quint8 qint32 bfloat16 quint4x2 quint2x4 bits1x8 bits2x4 bits4x2 bits8 bits16 float8_e5m2 float8_e4m3fn float8_e5m2fnuz float8_e4m3fnuz uint16 uint32 uint64 uint1 uint2 uint3 uint4 uint5 uint6 uint7 int1 int2 int3 int4 int5 int6 int7 float8_e8m0fnu float4_e2m1fn_x2 bcomplex32"
		dtypes = [getattr(torch, name) for name in names.split()]
		out["dtypes"] = [f"{d} {d.itemsize} {d.is_floating_point} {d.is_complex}" for d in dtypes]
		out["signed"] = [f"{d} {d.is_signed}" for d in dtypes[:12] + dtypes[15:16] + dtypes[23:30]]
	`)
	bit := map[bool]string{true: "True", false: "False"}
	var got []string
	for d := torch.Uint8; d <= torch.Bcomplex32; d++ {
		got = append(got, fmt.Sprintf("%s %d %s %s", d, d.Itemsize(), bit[d.IsFloatingPoint()], bit[d.IsComplex()]))
	}
	assert.Equal(t, py.Strings("dtypes"), got)
	got = nil
	for d := torch.Uint8; d <= torch.Uint64; d++ {
		if d <= torch.Bool || d == torch.BFloat16 || d >= torch.Float8E5m2 {
			got = append(got, fmt.Sprintf("%s %s", d, bit[d.IsSigned()]))
		}
	}
	assert.Equal(t, py.Strings("signed"), got)
	assert.Equal(t, "torch.DType(0)", torch.DType(0).String())
	assert.Equal(t, "torch.DType(200)", torch.DType(200).String())
	assert.Zero(t, torch.DType(200).Itemsize())
}

func TestDefaultDtype(t *testing.T) {
	assert.Equal(t, torch.Float32, torch.GetDefaultDtype())
	defer torch.SetDefaultDtype(torch.Float32)
	for _, d := range []torch.DType{torch.Float64, torch.Float16, torch.BFloat16} {
		torch.SetDefaultDtype(d)
		assert.Equal(t, d, torch.GetDefaultDtype())
		assert.Equal(t, d, torch.Zeros([]int64{1}).DType())
		assert.Equal(t, d, torch.Arange(1.5).DType())
		assert.Equal(t, torch.Int64, torch.Arange(2).DType())
		assert.Equal(t, torch.Float32, torch.NewTensor([]float32{1}).DType(), "a Go type decides by itself")
	}
	sameRefusals(t, []misuse{
		{"integer", "torch.set_default_dtype(torch.int32)", func() { torch.SetDefaultDtype(torch.Int32) }},
		{"complex", "torch.set_default_dtype(torch.complex64)", func() { torch.SetDefaultDtype(torch.Complex64) }},
	})
	assert.Equal(t, "TypeError", refusal(t, func() { torch.SetDefaultDtype(0) }).Kind)
}

func TestLayouts(t *testing.T) {
	assert.Equal(t, "torch.strided", torch.Ones([]int64{2}).Layout().String())
	assert.Equal(t, "torch._mkldnn", torch.Mkldnn.String())
	assert.Equal(t, "torch.jagged", torch.Jagged.String())
	assert.Equal(t, "torch.Layout(0)", torch.Layout(0).String())
	assert.Equal(t, "torch.Layout(99)", torch.Layout(99).String())
	assert.Equal(t, "torch.contiguous_format", torch.ContiguousFormat.String())
	assert.Equal(t, "torch.channels_last_3d", torch.ChannelsLast3d.String())
	assert.Equal(t, "torch.MemoryFormat(77)", torch.MemoryFormat(77).String())
	x := torch.Empty([]int64{1, 2, 3, 4}, torch.ChannelsLast)
	assert.Equal(t, []int64{24, 1, 8, 2}, x.Stride())
	assert.False(t, x.IsContiguous())
}
