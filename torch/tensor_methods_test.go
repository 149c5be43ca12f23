package torch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// waitForCleanups is how long the collector may take to run a cleanup.
const waitForCleanups = 10 * time.Second

func TestTensorMethods(t *testing.T) {
	sameWithGradients(t, []call{
		{"x.new_tensor([[1, 2], [3, 4]])", func(o operands) any { return o.x.NewTensor([][]int{{1, 2}, {3, 4}}) }},
		{"x.new_tensor(3, dtype=torch.int16)", func(o operands) any { return o.x.NewTensor(3, torch.Int16) }},
		{"x.new_tensor([1.], requires_grad=True)", func(o operands) any { return o.x.NewTensor([]float32{1}, torch.RequiresGrad(true)) }},
		{"x.new(2, 3).zero_()", func(o operands) any { return o.x.New(2, 3).Zero_() }},
		{"i.new()", func(o operands) any { return o.i.New() }},
		{"x.detach().resize(2, 6)", func(o operands) any { return o.x.Detach().Resize(2, 6) }},
		{"x.detach().t().resize_as(v.new(6, 2))", func(o operands) any { return o.x.Detach().T().ResizeAs(o.v.New(6, 2)) }},
		{"x.data", func(o operands) any { return o.x.Data() }},
		{"x.detach().clone().module_load(y)", func(o operands) any { return o.x.Detach().Clone().ModuleLoad(o.y) }},
		{"x.module_load(y, assign=True)", func(o operands) any { return o.x.ModuleLoad(o.y, torch.Assign(true)) }},
		{"list(x)", func(o operands) any { return rowsOf(o.x) }},
		{"list(iter(img[0, 0, :2]))", func(o operands) any { return rowsOf(o.img.Index(0, 0, torch.Slice(nil, 2))) }},
		{"torch.tensor([2.]).set_(v.detach())", func(o operands) any { return torch.NewTensor([]float32{2}).Set_(o.v.Detach()) }},
	})
	two := torch.Ones([]int64{2, 2})
	sameRefusals(t, []misuse{
		{"resize", "torch.ones(2, 2).resize(3)", func() { two.Resize(3) }},
		{"len", "len(torch.tensor(1))", func() { torch.NewTensor(1).Len() }},
		{"iter", "list(torch.tensor(1))", func() { torch.NewTensor(1).Rows() }},
	})
	assert.ErrorContains(t, torch.Try(func() { two.Cpu().RecordStream(torch.StreamOf(0, torch.CPU)) }),
		"Could not run 'aten::record_stream' with arguments from the 'CPU' backend.") // and a list of what else was loaded
	assert.ErrorContains(t, torch.Try(func() { two.Contains("a") }), "Tensor.__contains__ only supports Tensor or scalar, but you passed in a ")
}

func rowsOf(x *torch.Tensor) (rows []*torch.Tensor) {
	for _, row := range x.Rows() {
		rows = append(rows, row)
	}
	return rows
}

func TestRowsStop(t *testing.T) {
	seen := 0
	for i := range torch.Arange(5).Rows() {
		seen++
		if i == 2 {
			break
		}
	}
	assert.Equal(t, 3, seen)
}

func TestContains(t *testing.T) {
	x := torch.NewTensor([][]int{{1, 2}, {3, 4}})
	assert.True(t, x.Contains(3))
	assert.True(t, x.Contains(3.0))
	assert.False(t, x.Contains(3.5))
	assert.True(t, x.Contains(torch.NewTensor([]int{9, 4})))
	assert.EqualValues(t, 2, x.Len())
}

// t.data shares the memory, and writes to it are not counted.
func TestData(t *testing.T) {
	x := torch.NewTensor([]float32{1, 1}, torch.RequiresGrad(true))
	before := x.Version()
	x.Data().Mul_(3)
	assert.Equal(t, []float32{3, 3}, torch.Data[float32](x))
	assert.Equal(t, before, x.Version())
	assert.Equal(t, "", x.Name())
	assert.Equal(t, x.DataPtr(), x.ConstDataPtr())
	assert.ErrorContains(t, torch.Try(func() { x.Xpu(0) }), "XPU")
}

func TestGradDtype(t *testing.T) {
	x := torch.Ones([]int64{2}, torch.RequiresGrad(true))
	assert.Equal(t, torch.Float32, x.GradDtype())
	x.SetGradDtype(torch.Float64)
	assert.Equal(t, torch.Float64, x.GradDtype())
	x.SetGrad(torch.Ones([]int64{2}, torch.Float64))
	sameRefusals(t, []misuse{
		{"wrong dtype", "x = torch.ones(2, requires_grad=True); x.grad_dtype = torch.float64; x.grad = torch.ones(2)", func() {
			x.SetGrad(torch.Ones([]int64{2}))
		}},
		{"gradient is there", `
			x = torch.ones(2, requires_grad=True); x.grad_dtype = torch.float64
			x.grad = torch.ones(2, dtype=torch.float64); x.grad_dtype = torch.float32`, func() { x.SetGradDtype(torch.Float32) }},
		{"no leaf", "x = torch.ones(2, requires_grad=True) * 2; x.grad_dtype = torch.float64", func() {
			x.Mul(2).SetGradDtype(torch.Float64)
		}},
	})
	x.SetGrad(nil)
	x.SetGradDtype(0)
	assert.Zero(t, x.GradDtype())
	x.SetGrad(torch.Ones([]int64{2}, torch.Float16))
}

func TestDimOrder(t *testing.T) {
	py := parity.Run(t, `
		def order(x, **options):
			try:
				return str(list(x.dim_order(**options)))
			except RuntimeError as e:
				return str(e)
		x, image = torch.empty(2, 3, 4), torch.empty(2, 3, 4, 5)
		for n, y in enumerate([torch.empty(()), torch.empty(3), x, x.permute(2, 0, 1), x.transpose(0, 2), image.to(memory_format=torch.channels_last),
				torch.empty(2, 1, 3), torch.empty(1, 1), torch.empty(2, 3).t().expand(4, 3, 2), torch.empty_strided((2, 3), (1, 1)),
				torch.empty(2, 1, 4, 5), torch.empty_strided((2, 3, 4), (12, 1, 5))]):
			out[f"{n}"] = order(y)
			out[f"{n} checked"] = order(y, ambiguity_check=True)
			out[f"{n} formats"] = order(y, ambiguity_check=[torch.contiguous_format, torch.channels_last])
	`)
	x, image := torch.Empty([]int64{2, 3, 4}), torch.Empty([]int64{2, 3, 4, 5})
	for n, y := range []*torch.Tensor{
		torch.Empty(nil), torch.Empty([]int64{3}), x, x.Permute(2, 0, 1), x.Transpose(0, 2), image.To(torch.ChannelsLast),
		torch.Empty([]int64{2, 1, 3}), torch.Empty([]int64{1, 1}), torch.Empty([]int64{2, 3}).T().Expand(4, 3, 2),
		torch.EmptyStrided([]int64{2, 3}, []int64{1, 1}), torch.Empty([]int64{2, 1, 4, 5}), torch.EmptyStrided([]int64{2, 3, 4}, []int64{12, 1, 5}),
	} {
		order := func(opts ...torch.DimOrderOption) string {
			var list string
			err := torch.Try(func() {
				list = "["
				for i, d := range y.DimOrder(opts...) {
					if i > 0 {
						list += ", "
					}
					list += fmt.Sprint(d)
				}
				list += "]"
			})
			if err != nil {
				return err.(*torch.Error).Message
			}
			return list
		}
		assert.Equal(t, py.Text(fmt.Sprint(n)), order(), n)
		assert.Equal(t, py.Text(fmt.Sprint(n, " checked")), order(torch.AmbiguityCheck(true)), n)
		assert.Equal(t, py.Text(fmt.Sprint(n, " formats")), order(torch.ContiguousFormat, torch.ChannelsLast), n)
	}
	assert.Error(t, torch.Try(func() { torch.Eye(2).ToSparse().DimOrder() }))
}

func TestStream(t *testing.T) {
	s := torch.StreamOf(0, torch.CPU)
	assert.Equal(t, parity.Run(t, "out['s'] = str(torch.Stream('cpu'))").Text("s"), s.String())
	assert.Zero(t, s.StreamId())
	assert.Equal(t, torch.CPU, s.Device())
}

func ExampleTensor_Rows() {
	x := torch.NewTensor([][]int{{1, 2}, {3, 4}})
	for i, row := range x.Rows() {
		fmt.Println(i, row, row.Sum().Item())
	}
	// Output:
	// 0 tensor([1, 2]) 3
	// 1 tensor([3, 4]) 7
}
