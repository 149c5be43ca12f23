package torch_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// needingCUDA are things that cannot be done without a CUDA device, in Python and in Go.
var needingCUDA = []misuse{
	{"cuda", "torch.ones(2).cuda()", func() { torch.Ones([]int64{2}).Cuda() }},
	{"to", "torch.ones(2).to('cuda:1')", func() { torch.Ones([]int64{2}).To(torch.CUDA(1)) }},
	{"factory", "torch.zeros(2, device='cuda')", func() { torch.Zeros([]int64{2}, torch.CUDA()) }},
	{"data", "torch.tensor([1.0], device='cuda:7')", func() { torch.NewTensor([]float32{1}, torch.CUDA(7)) }},
	{"module", "torch.nn.Linear(2, 2).cuda()", func() { nn.NewLinear(2, 2).Cuda() }},
	{"module on", "torch.nn.Linear(2, 2, device='cuda')", func() { nn.NewLinear(2, 2, torch.CUDA()) }},
}

var needingPinnedMemory = []misuse{
	{"pin", "torch.ones(2).pin_memory()", func() { torch.Ones([]int64{2}).PinMemory() }},
	{"pinned factory", "torch.zeros(2, pin_memory=True)", func() { torch.Zeros([]int64{2}, torch.PinMemory(true)) }},
	{"pinned data", "torch.tensor([1.0], pin_memory=True)", func() { torch.NewTensor([]float32{1}, torch.PinMemory(true)) }},
}

// An install with CUDA on a machine without a driver says what Python says there.
func TestWithoutDriver(t *testing.T) {
	if err := csrc.CUDA(); !errors.Is(err, csrc.ErrNoDriver) && (err != nil || torch.CudaDeviceCount() > 0) {
		t.Skip(testkit.SkippedDriverless+"needs an install with CUDA and no driver; this is not: ", err)
	}
	py := parity.Run(t, `out["cuda"] = torch.version.cuda or ""; out["count"] = torch.cuda.device_count()`)
	if py.Text("cuda") == "" || py.Number("count") > 0 {
		parity.Skip(t, "needs a Python torch with CUDA and no driver")
	}
	sameRefusals(t, needingCUDA)
	sameRefusals(t, needingPinnedMemory)
	assert.False(t, torch.Ones([]int64{2}).IsPinned())
}

func TestCPUOnly(t *testing.T) {
	if err := csrc.CUDA(); !errors.Is(err, csrc.ErrCPUOnly) {
		t.Skip("needs a CPU-only install")
	}
	for _, m := range needingCUDA {
		e := refusal(t, m.run)
		assert.Equal(t, "AssertionError", e.Kind, m.name)
		assert.Equal(t, "Torch not compiled with CUDA enabled: "+csrc.ErrCPUOnly.Error(), e.Message, m.name)
	}
	for _, m := range needingPinnedMemory {
		assert.Regexp(t, "^Cannot access accelerator device when none is available|"+
			"^pin_memory=True requires a CUDA or other accelerator backend", refusal(t, m.run).Message)
	}
}

// Data goes to a device and comes back, by each of the ways there are.
func TestDataOnDevices(t *testing.T) {
	testkit.NeedDevices(t, 1)
	x := torch.NewTensor([][]float32{{1, 2}, {3, 4}}, torch.CUDA())
	assert.Equal(t, torch.CUDA(0), x.Device())
	assert.True(t, x.IsCuda())
	assert.Equal(t, 0, x.GetDevice())
	assert.Equal(t, []float32{1, 2, 3, 4}, torch.Data[float32](x))
	assert.Equal(t, []float32{1, 3, 2, 4}, torch.Data[float32](x.T()))
	assert.Equal(t, "tensor([[1., 2.],\n        [3., 4.]], device='cuda:0')", x.String())
	assert.Equal(t, 10.0, x.Sum().Item())
	assert.Same(t, x, x.Cuda())
	assert.Same(t, x, x.To(torch.CUDA(0), torch.Float32))
	assert.Equal(t, torch.CPU, x.Cpu().Device())
	assert.Equal(t, []float32{3, 4}, torch.Data[float32](x.Index(1)))
	assert.Equal(t, []float32{3, 4, 1, 2}, torch.Data[float32](x.Index(torch.NewTensor([]int{1, 0}))), "an index of the CPU")
	assert.Equal(t, []float32{2, 3, 4}, torch.Data[float32](x.Index(x.Gt(1))))
	x.IndexPut_(7, 0, 1)
	assert.Equal(t, []float32{1, 7, 3, 4}, torch.Data[float32](x))
	pinned := torch.NewTensor([]float32{5, 6}, torch.PinMemory(true))
	assert.True(t, pinned.IsPinned())
	assert.False(t, torch.Ones([]int64{2}).IsPinned())
	moved := pinned.To(torch.CUDA(), torch.NonBlocking(true))
	assert.Equal(t, []float32{5, 6}, torch.Data[float32](moved))
	assert.Equal(t, []float32{5, 6}, torch.Data[float32](torch.Ones([]int64{2}).PinMemory().Copy_(moved)))
	assert.Error(t, torch.Try(func() { torch.Borrow(x, func([]float32) {}) }))
	m := nn.NewLinear(2, 1)
	m.Cuda()
	assert.Equal(t, torch.CUDA(0), m.Weight.Device())
	m.Forward(x).Sum().Backward()
	assert.Equal(t, torch.CUDA(0), m.Weight.Grad().Device())
}

func TestRandomOnDevices(t *testing.T) {
	testkit.NeedDevices(t, 2)
	for i := range 2 {
		d := torch.CUDA(i)
		torch.ManualSeed(3)
		a := torch.Data[float32](torch.Rand([]int64{4}, d))
		assert.Equal(t, uint64(3), torch.DefaultGenerator(d).InitialSeed())
		g := torch.NewGenerator(d).ManualSeed(3)
		assert.Equal(t, d, g.Device())
		assert.Equal(t, a, torch.Data[float32](torch.Rand([]int64{4}, d, g)))
		state := g.GetState()
		b := torch.Data[float32](torch.Rand([]int64{4}, d, g))
		g.SetState(state)
		assert.Equal(t, b, torch.Data[float32](torch.Rand([]int64{4}, d, g)))
	}
}

func TestMixedDevices(t *testing.T) {
	testkit.NeedDevices(t, 2)
	a, b, c := torch.Ones([]int64{2, 2}, torch.CUDA(0)), torch.Ones([]int64{2, 2}, torch.CUDA(1)), torch.Ones([]int64{2, 2})
	for want, fn := range map[string]func(){
		"Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cuda:1!":                                                                func() { a.Add(b) },
		"Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!":                                                                   func() { a.Add(c) },
		"Expected all tensors to be on the same device, but got mat2 is on cpu, different from other tensors on cuda:0 (when checking argument in method wrapper_CUDA_mm)": func() { a.Mm(c) },
	} {
		assert.Equal(t, want, refusal(t, fn).Message)
	}
	e := refusal(t, func() { a.To(torch.CUDA(5)) })
	assert.Equal(t, "AcceleratorError", e.Kind)
	assert.Contains(t, e.Message, "CUDA error: invalid device ordinal")
	assert.Equal(t, []float32{1, 1, 1, 1}, torch.Data[float32](a.To(torch.CUDA(1)).Mul(b)))
}
