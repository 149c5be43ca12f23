package torch_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// Both sides see what the other writes.
func TestFrombuffer(t *testing.T) {
	numbers := []float32{1, 2, 3, 4}
	x := torch.Frombuffer(numbers)
	x.Mul_(2)
	assert.Equal(t, []float32{2, 4, 6, 8}, numbers)
	numbers[0] = -1
	assert.Equal(t, "tensor([-1.,  4.,  6.,  8.])", x.String())
	assert.False(t, x.UntypedStorage().Resizable())

	py := parity.Run(t, `
		b = bytearray(range(16))
		out["bytes"] = torch.frombuffer(b, dtype=torch.uint8)
		out["ints"] = torch.frombuffer(b, dtype=torch.int32, count=2, offset=4)
		out["odd"] = torch.frombuffer(b, dtype=torch.int16, offset=3, count=3)
		x = torch.frombuffer(b, dtype=torch.float64, requires_grad=True)
		out["floats"], out["grad"] = x, x.requires_grad
	`)
	bytes := make([]byte, 16)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	py.EqualTensor("bytes", torch.Frombuffer(bytes))
	py.EqualTensor("ints", torch.Frombuffer(bytes, torch.Int32, torch.Count(2), torch.Offset(4)))
	py.EqualTensor("odd", torch.Frombuffer(bytes, torch.Int16, torch.Offset(3), torch.Count(3)))
	floats := torch.Frombuffer(bytes, torch.Float64, torch.RequiresGrad(true))
	py.EqualTensor("floats", floats)
	assert.True(t, floats.RequiresGrad())
	sameRefusals(t, []misuse{
		{"empty", "torch.frombuffer(bytearray(), dtype=torch.uint8)", func() { torch.Frombuffer([]byte{}) }},
		{"no elements", "torch.frombuffer(bytearray(4), dtype=torch.uint8, count=0)", func() {
			torch.Frombuffer(make([]byte, 4), torch.Count(0))
		}},
		{"offset", "torch.frombuffer(bytearray(4), dtype=torch.uint8, offset=4)", func() {
			torch.Frombuffer(make([]byte, 4), torch.Offset(4))
		}},
		{"multiple", "torch.frombuffer(bytearray(6), dtype=torch.int32)", func() { torch.Frombuffer(make([]byte, 6), torch.Int32) }},
		{"count", "torch.frombuffer(bytearray(6), dtype=torch.int16, count=4)", func() {
			torch.Frombuffer(make([]byte, 6), torch.Int16, torch.Count(4))
		}},
		{"integers with a gradient", "torch.frombuffer(bytearray(6), dtype=torch.uint8, requires_grad=True)", func() {
			torch.Frombuffer(make([]byte, 6), torch.RequiresGrad(true))
		}},
	})
}

// A slice lives as long as a tensor uses it, and is let go afterwards.
func TestFrombufferKeepsTheSlice(t *testing.T) {
	gone := make(chan bool, 1)
	view := func() *torch.Tensor {
		slice := make([]int64, 1<<10)
		for i := range slice {
			slice[i] = int64(i)
		}
		runtime.AddCleanup(&slice[0], func(int) { gone <- true }, 0)
		x := torch.Frombuffer(slice)
		defer x.Close()
		return x.Index(torch.Slice(1000, nil))
	}()
	for range 3 {
		runtime.GC()
	}
	select {
	case <-gone:
		t.Fatal("the slice was collected while a view used it")
	default:
	}
	assert.Equal(t, int64(1000), torch.ItemOf[int64](view.Index(0)))
	view.Close()
	torch.CollectGarbage()
	assert.Eventually(t, func() bool {
		runtime.GC()
		return len(gone) == 1
	}, waitForCleanups, waitForCleanups/100)
}

// Slices are let go at the end of a scope, and of a graph that held them.
func TestFrombufferInScope(t *testing.T) {
	for range 3 {
		torch.Scope(func() {
			x := torch.Frombuffer(make([]float64, 100), torch.RequiresGrad(true))
			x.Mul(x).Sum().Backward()
			assert.Zero(t, torch.Data[float64](x.Grad())[99])
		})
	}
}

func TestBorrow(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	x := torch.Arange(6, torch.Float32).View(2, 3)
	torch.Borrow(x, func(elements []float32) {
		assert.Equal(t, []float32{0, 1, 2, 3, 4, 5}, elements)
		elements[4] = 40
	})
	assert.Equal(t, 40.0, x.Index(1, 1).Item())
	torch.Borrow(x.Index(1), func(row []float32) { assert.Equal(t, []float32{3, 40, 5}, row) })
	torch.Borrow(torch.Empty([]int64{0}), func(none []float32) { assert.Empty(t, none) })
	called := func([]float32) { t.Error("called") }
	for name, refused := range map[string]*torch.Tensor{
		"not contiguous": x.T(), "requires grad": torch.Ones([]int64{2}, torch.RequiresGrad(true)), "meta": torch.Zeros([]int64{2}, torch.Meta),
		"layout": torch.Eye(2).ToSparse(), "read as float32": torch.Ones([]int64{2}, torch.Int64),
	} {
		assert.ErrorContains(t, torch.Try(func() { torch.Borrow(refused, called) }), name)
	}
	conjugate := torch.Ones([]int64{2}, torch.Complex64).Conj()
	assert.ErrorContains(t, torch.Try(func() { torch.Borrow(conjugate, func([]complex64) {}) }), "conjugate")
}

func TestAsTensor(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	x := torch.Ones([]int64{2})
	assert.Same(t, x, torch.AsTensor(x))
	assert.Equal(t, torch.Float64, torch.AsTensor(x, torch.Float64).DType())
	assert.Equal(t, "tensor([1., 2.])", torch.AsTensor([]int{1, 2}, torch.Float32).String())

	assert.Same(t, x, torch.Asarray(x))
	assert.False(t, torch.Asarray(x, torch.Copy(true)).Is(x))
	grad := torch.Ones([]int64{2}, torch.RequiresGrad(true))
	assert.False(t, torch.Asarray(grad).RequiresGrad())
	assert.Same(t, grad, torch.Asarray(grad, torch.RequiresGrad(true)))
	numbers := []int32{1, 2}
	torch.Asarray(numbers).Add_(1)
	assert.Equal(t, []int32{1, 2}, numbers)
	torch.Asarray(numbers, torch.Copy(false)).Add_(1)
	assert.Equal(t, []int32{2, 3}, numbers)
	sameRefusals(t, []misuse{
		{"sequence", "torch.asarray([[1], [2]], copy=False)", func() { torch.Asarray([][]int{{1}, {2}}, torch.Copy(false)) }},
		{"dtype", "torch.asarray(torch.ones(2), dtype=torch.float64, copy=False)", func() {
			torch.Asarray(x, torch.Float64, torch.Copy(false))
		}},
		{"device", "torch.asarray(torch.ones(2), device='meta', copy=False)", func() { torch.Asarray(x, torch.Meta, torch.Copy(false)) }},
	})
}

func TestDlpack(t *testing.T) {
	x := torch.Arange(6).View(2, 3)
	y := torch.FromDlpack(torch.ToDlpack(x.T()))
	assert.Equal(t, x.DataPtr(), y.DataPtr())
	assert.Equal(t, []int64{3, 2}, y.Shape())
	x.Close()
	assert.Equal(t, []int64{0, 3, 1, 4, 2, 5}, torch.Data[int64](y))
	assert.Error(t, torch.Try(func() { torch.FromDlpack(nil) }))
	assert.Error(t, torch.Try(func() { torch.ToDlpack(torch.Eye(2).ToSparse()) }))
}

func TestStorage(t *testing.T) {
	testkit.UseDevice(t, torch.CPU)
	py := parity.Run(t, `
		x = torch.arange(6.).view(2, 3)
		s = x[1].untyped_storage()
		out["about"] = [s.nbytes(), s.resizable(), str(s.device), list(s)]
		y = torch.empty(0).set_(s, 1, (2, 2), (3, 1))
		out["set"] = y.clone()
		out["whole"] = torch.empty(0, dtype=torch.int16).set_(s).clone()
		out["tensor"] = torch.empty(0).set_(x.t()).clone()
		out["none"] = list(torch.ones(2).set_().shape)
		s.resize_(40)
		out["resized"] = [s.nbytes(), x.untyped_storage().nbytes()]
		s.fill_(0)
		out["filled"] = x
	`)
	x := torch.Arange(6, torch.Float32).View(2, 3)
	s := x.Index(1).UntypedStorage()
	about := py.Value("about").List
	assert.EqualValues(t, about[0].Value, s.Nbytes())
	assert.Equal(t, about[1].Value, s.Resizable())
	assert.Equal(t, about[2].Value, s.Device().String())
	for i, b := range s.Bytes() {
		assert.EqualValues(t, about[3].List[i].Value, b)
	}
	assert.Equal(t, x.DataPtr(), s.DataPtr())
	assert.Equal(t, s.Bytes(), s.Clone().Bytes())
	py.EqualTensor("set", torch.Empty([]int64{0}).Set_(s, torch.StorageOffset(1), torch.WithSize(2, 2), torch.Stride(3, 1)))
	py.EqualTensor("whole", torch.Empty([]int64{0}, torch.Int16).Set_(s))
	py.EqualTensor("tensor", torch.Empty([]int64{0}).Set_(x.T()))
	assert.Equal(t, []int64{0}, torch.Ones([]int64{2}).Set_(nil).Shape())
	s.Resize_(40)
	assert.Equal(t, py.Numbers("resized"), []float64{float64(s.Nbytes()), float64(x.UntypedStorage().Nbytes())})
	s.Fill_(0)
	py.EqualTensor("filled", x)
	assert.Equal(t, "torch.UntypedStorage(device=cpu) of size 40", s.String())
	other := torch.Full([]int64{10}, 1, torch.Int32).UntypedStorage()
	assert.Equal(t, other.Bytes(), s.Copy_(other).Bytes())
	sameRefusals(t, []misuse{
		{"dtype", "torch.ones(2).set_(torch.ones(2, dtype=torch.int32))", func() {
			torch.Ones([]int64{2}).Set_(torch.Ones([]int64{2}, torch.Int32))
		}},
		{"contiguous", "torch.ones(2).set_(torch.ones(4, 4)[:, 1], 0, (2,), (1,))", func() {
			torch.Ones([]int64{2}).Set_(torch.Ones([]int64{4, 4}).Select(1, 1), torch.WithSize(2), torch.Stride(1))
		}},
		{"resize", "torch.frombuffer(bytearray(4), dtype=torch.uint8).untyped_storage().resize_(8)", func() {
			torch.Frombuffer(make([]byte, 4)).UntypedStorage().Resize_(8)
		}},
	})
	assert.Error(t, torch.Try(func() { torch.Ones([]int64{2}).Set_(5) }))
	assert.Error(t, torch.Try(func() { s.Resize_(-1) }))
}

func TestDeepcopy(t *testing.T) {
	py := parity.Run(t, `
		import copy
		x = torch.arange(6.).view(2, 3).t().requires_grad_()
		(x * x).sum().backward()
		y = copy.deepcopy(x)
		out["y"], out["grad"], out["stride"] = y, y.grad, list(y.stride())
		z = copy.deepcopy(torch.arange(10.)[4:6])
		out["part"] = [z.storage_offset(), z.untyped_storage().nbytes()]
		out["conj"] = copy.deepcopy(torch.ones(2, dtype=torch.complex64).mul(1j).conj())
		p = nn.Parameter(torch.ones(2)); (p * 2).sum().backward()
		out["parameter"] = [copy.deepcopy(p).grad is None, copy.deepcopy(p).requires_grad]
	`)
	x := torch.Arange(6, torch.Float32).View(2, 3).T().RequiresGrad_()
	x.Mul(x).Sum().Backward()
	y := x.Deepcopy()
	py.EqualTensor("y", y)
	py.EqualTensor("grad", y.Grad())
	assert.Equal(t, py.Numbers("stride"), []float64{float64(y.Stride()[0]), float64(y.Stride()[1])})
	assert.True(t, y.RequiresGrad())
	assert.NotEqual(t, x.DataPtr(), y.DataPtr())
	part := torch.Arange(10, torch.Float32).Index(torch.Slice(4, 6)).Deepcopy()
	assert.Equal(t, py.Numbers("part"), []float64{float64(part.StorageOffset()), float64(part.UntypedStorage().Nbytes())})
	py.EqualTensor("conj", torch.Ones([]int64{2}, torch.Complex64).Mul(1i).Conj().Deepcopy())
	p := torch.MarkParameter(torch.Ones([]int64{2}, torch.RequiresGrad(true)))
	p.Mul(2).Sum().Backward()
	copied := p.Deepcopy()
	assert.True(t, copied.IsParameter() && copied.RequiresGrad() && copied.Grad() == nil)
	require.Equal(t, []torch.Layout{torch.SparseCoo}, []torch.Layout{torch.Eye(2).ToSparse().Deepcopy().Layout()})
	sameRefusals(t, []misuse{
		{"no leaf", "import copy; copy.deepcopy(torch.ones(2, requires_grad=True) * 2)", func() { x.Mul(2).Deepcopy() }},
	})
}

func ExampleFrombuffer() {
	samples := []float32{1, 2, 3}
	x := torch.Frombuffer(samples) // no copy
	x.Mul_(10)
	fmt.Println(samples)
	// Output: [10 20 30]
}

func ExampleBorrow() {
	x := torch.Arange(4, torch.Float32)
	torch.Borrow(x, func(elements []float32) {
		for i := range elements {
			elements[i] *= elements[i]
		}
	})
	fmt.Println(x)
	// Output: tensor([0., 1., 4., 9.])
}
