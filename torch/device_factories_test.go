package torch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/fft"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nested"
	"github.com/wangkuiyi/gotorch/signal/windows"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	ofTwo  = []int64{2, 2}
	sample = func() *torch.Tensor { return torch.Ones(ofTwo) }
)

// factories make tensors on a device, each with the same numbers on any. With the zero
// Device, None, it is the default one, or that of the tensor asked.
var factories = map[string]func(d torch.Device) *torch.Tensor{
	"NewTensor":  func(d torch.Device) *torch.Tensor { return torch.NewTensor([]float32{1, 2}, d) },
	"x.New":      func(d torch.Device) *torch.Tensor { return sample().NewTensor([]float32{1, 2}, d) },
	"AsTensor":   func(d torch.Device) *torch.Tensor { return torch.AsTensor([]float32{1, 2}, d) },
	"Asarray":    func(d torch.Device) *torch.Tensor { return torch.Asarray([]float32{1, 2}, d) },
	"Zeros":      func(d torch.Device) *torch.Tensor { return torch.Zeros(ofTwo, d) },
	"Ones":       func(d torch.Device) *torch.Tensor { return torch.Ones(ofTwo, d) },
	"Full":       func(d torch.Device) *torch.Tensor { return torch.Full(ofTwo, 3, d) },
	"Scalar":     func(d torch.Device) *torch.Tensor { return torch.ScalarTensor(3, d) },
	"Empty":      func(d torch.Device) *torch.Tensor { return torch.Empty(ofTwo, d).Zero_() },
	"Permuted":   func(d torch.Device) *torch.Tensor { return torch.EmptyPermuted(ofTwo, []int64{1, 0}, d).Zero_() },
	"Strided":    func(d torch.Device) *torch.Tensor { return torch.EmptyStrided(ofTwo, []int64{1, 2}, d).Zero_() },
	"Arange":     func(d torch.Device) *torch.Tensor { return torch.Arange(5, d) },
	"ArangeFrom": func(d torch.Device) *torch.Tensor { return torch.ArangeFrom(2, 5, d) },
	"Range":      func(d torch.Device) *torch.Tensor { return torch.Range(2, 5, d) },
	"Linspace":   func(d torch.Device) *torch.Tensor { return torch.Linspace(0, 1, 5, d) },
	"Logspace":   func(d torch.Device) *torch.Tensor { return torch.Logspace(0, 1, 5, d) },
	"Eye":        func(d torch.Device) *torch.Tensor { return torch.Eye(3, d) },
	"Tril":       func(d torch.Device) *torch.Tensor { return torch.TrilIndices(3, 3, d) },
	"Triu":       func(d torch.Device) *torch.Tensor { return torch.TriuIndices(3, 3, d) },
	"ZerosLike":  func(d torch.Device) *torch.Tensor { return torch.ZerosLike(sample(), d) },
	"OnesLike":   func(d torch.Device) *torch.Tensor { return torch.OnesLike(sample(), d) },
	"FullLike":   func(d torch.Device) *torch.Tensor { return torch.FullLike(sample(), 2, d) },
	"EmptyLike":  func(d torch.Device) *torch.Tensor { return torch.EmptyLike(sample(), d).Zero_() },
	"NewEmpty":   func(d torch.Device) *torch.Tensor { return sample().NewEmpty(ofTwo, d).Zero_() },
	"NewStrided": func(d torch.Device) *torch.Tensor { return sample().NewEmptyStrided(ofTwo, ofTwo, d).Zero_() },
	"NewFull":    func(d torch.Device) *torch.Tensor { return sample().NewFull(ofTwo, 3, d) },
	"NewOnes":    func(d torch.Device) *torch.Tensor { return sample().NewOnes(ofTwo, d) },
	"NewZeros":   func(d torch.Device) *torch.Tensor { return sample().NewZeros(ofTwo, d) },
	"Hann":       func(d torch.Device) *torch.Tensor { return torch.HannWindow(5, d) },
	"Hamming":    func(d torch.Device) *torch.Tensor { return torch.HammingWindow(5, d) },
	"Blackman":   func(d torch.Device) *torch.Tensor { return torch.BlackmanWindow(5, d) },
	"Bartlett":   func(d torch.Device) *torch.Tensor { return torch.BartlettWindow(5, d) },
	"windows":    func(d torch.Device) *torch.Tensor { return windows.Hann(5, d) },
	"Fftfreq":    func(d torch.Device) *torch.Tensor { return fft.Fftfreq(5, d) },
	"Rfftfreq":   func(d torch.Device) *torch.Tensor { return fft.Rfftfreq(5, d) },
}

// KaiserWindow is not among them: its kernel is compiled by NVRTC, which the simulated GPU
// lacks.

// random make tensors of random numbers.
var random = map[string]func(d torch.Device) *torch.Tensor{
	"Rand":            func(d torch.Device) *torch.Tensor { return torch.Rand(ofTwo, d) },
	"Randn":           func(d torch.Device) *torch.Tensor { return torch.Randn(ofTwo, d) },
	"Randint":         func(d torch.Device) *torch.Tensor { return torch.Randint(0, 9, ofTwo, d) },
	"Randperm":        func(d torch.Device) *torch.Tensor { return torch.Randperm(9, d) },
	"Normal":          func(d torch.Device) *torch.Tensor { return torch.Normal(0.0, 1.0, torch.WithSize(ofTwo...), d) },
	"RandLike":        func(d torch.Device) *torch.Tensor { return torch.RandLike(sample(), d) },
	"RandnLike":       func(d torch.Device) *torch.Tensor { return torch.RandnLike(sample(), d) },
	"RandintLike":     func(d torch.Device) *torch.Tensor { return torch.RandintLike(sample(), 0, 9, d) },
	"RandintLikeHigh": func(d torch.Device) *torch.Tensor { return torch.RandintLikeHigh(sample(), 9, d) },
}

// deaf do not follow the default device, as in Python.
var deaf = map[string]bool{"Range": true, "Normal": true}

func TestFactories(t *testing.T) {
	testkit.NeedDevices(t, 2)
	for name, make := range factories {
		want, got := make(torch.CPU), make(torch.CUDA(1))
		assert.Equal(t, torch.CUDA(1), got.Device(), name)
		assert.Equal(t, want.DType(), got.DType(), name)
		assert.True(t, torch.Equal(want, got.Cpu()), name)
		assert.Equal(t, torch.CUDA(0), make(torch.CUDA()).Device(), name)
		assert.Equal(t, torch.CPU, make(torch.Device{}).Device(), name)
	}
	for name, make := range random {
		assert.Equal(t, torch.CUDA(1), make(torch.CUDA(1)).Device(), name)
		assert.Equal(t, torch.CPU, make(torch.Device{}).Device(), name)
	}
	torch.SetDefaultDevice(torch.CUDA(1))
	defer torch.SetDefaultDevice(torch.Device{})
	for name, make := range factories {
		assert.Equal(t, deaf[name], make(torch.Device{}).Device() == torch.CPU, name)
		assert.Equal(t, torch.CPU, make(torch.CPU).Device(), name)
	}
	for name, make := range random {
		assert.Equal(t, deaf[name], make(torch.Device{}).Device() == torch.CPU, name)
	}
	assert.Equal(t, torch.CPU, torch.FromSlice([]float32{1, 2}).Device())
}

func TestSparseAndNestedFactories(t *testing.T) {
	testkit.NeedDevices(t, 2)
	d := torch.CUDA(1)
	coo := torch.SparseCooTensor([][]int64{{0, 1}}, []float32{1, 2}, d, torch.CheckInvariants(false))
	assert.Equal(t, d, coo.Device())
	csr := torch.SparseCompressedTensor([]int64{0, 1, 2}, []int64{0, 1}, []float32{1, 2}, torch.SparseCsr, d)
	assert.Equal(t, d, csr.Device())
	list := nested.NestedTensor([][]float32{{1, 2}, {3}}, d)
	assert.Equal(t, d, list.Device())
}

// Copies between memory of the host, pinned or not, and devices; and between devices.
func TestCopies(t *testing.T) {
	testkit.NeedDevices(t, 2)
	x := torch.Arange(1000, torch.Float32)
	pinned := x.PinMemory()
	assert.True(t, pinned.IsPinned())
	assert.True(t, pinned.Is(pinned.PinMemory()))
	for _, from := range []*torch.Tensor{x, pinned, x.Cuda(), x.To(torch.CUDA(1))} {
		for _, async := range []bool{false, true} {
			for _, to := range []torch.Device{torch.CPU, torch.CUDA(0), torch.CUDA(1)} {
				y := from.To(to, torch.NonBlocking(async))
				assert.Equal(t, to, y.Device())
				into := torch.Empty([]int64{1000}, to)
				into.Copy_(from, torch.NonBlocking(async))
				for i := range 2 {
					waitFor(torch.CUDA(i))
				}
				assert.True(t, torch.Equal(x, y.Cpu()))
				assert.True(t, torch.Equal(x, into.Cpu()))
				half := from.To(to, torch.Float16, torch.NonBlocking(async), torch.Copy(true))
				assert.Equal(t, torch.Float16, half.DType())
				assert.Equal(t, to, half.Device())
			}
		}
	}
	assert.Same(t, x, x.Cpu())
	assert.NotSame(t, x, x.To(torch.CPU, torch.Copy(true)))
	on1 := x.Cuda(1)
	assert.Equal(t, torch.CUDA(1), on1.Device())
	assert.Same(t, on1, on1.To(on1))
	like := x.To(on1.Half())
	assert.Equal(t, torch.CUDA(1), like.Device())
	assert.Equal(t, torch.Float16, like.DType())
	assert.Same(t, on1, on1.Cuda(1))
	assert.Error(t, torch.Try(func() { x.To((*torch.Tensor)(nil)) }))
}

// waitFor waits for a device.
func waitFor(d torch.Device) {
	e := torch.NewEvent(d)
	e.Record(torch.StreamOf(0, d))
	e.Synchronize()
	e.Close()
}
