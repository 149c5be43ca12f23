package cuda

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/setting"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	plans        = csrc.Entry("fft_plans(int device) -> int")
	mostPlans    = csrc.Entry("fft_most_plans(int device) -> int")
	setMostPlans = csrc.Entry("set_fft_most_plans(int device, int n) -> ()")
	clearPlans   = csrc.Entry("clear_fft_plans(int device) -> ()")
)

// A CuFFTPlanCache keeps cuFFT's plans of a GPU for the shapes that were
// transformed last.
type CuFFTPlanCache struct{ device int64 }

// CufftPlanCache returns the plans of a device; without one, of the current
// device. Python's torch.backends.cuda.cufft_plan_cache. A device that is no GPU is a
// ValueError, an index out of range a RuntimeError.
func CufftPlanCache(device ...torch.Device) CuFFTPlanCache {
	if len(device) > 0 && device[0] != (torch.Device{}) && device[0].Type() != torch.CUDA().Type() {
		panic(torch.NewError("ValueError", "Expected a cuda device, but got: %s", device[0]))
	}
	if len(device) == 0 || device[0].Index() < 0 {
		return CuFFTPlanCache{int64(cuda.CurrentDevice())}
	}
	index, count := device[0].Index(), cuda.DeviceCount()
	if index >= count {
		refuse("cufft_plan_cache: expected 0 <= device index < %d, but got device with index %d", count, index)
	}
	return CuFFTPlanCache{int64(index)}
}

// Size returns how many plans are kept.
func (c CuFFTPlanCache) Size() int { return c.ask(plans) }

// MaxSize returns how many plans are kept at most: 4,096 at first.
func (c CuFFTPlanCache) MaxSize() int { return c.ask(mostPlans) }

// SetMaxSize sets how many plans are kept at most.
func (c CuFFTPlanCache) SetMaxSize(n int) { setting.SetInts(setMostPlans, c.device, int64(n)) }

// Clear forgets all plans.
func (c CuFFTPlanCache) Clear() { setting.SetInts(clearPlans, c.device) }

func (c CuFFTPlanCache) ask(fn *csrc.Function) int {
	var f entry.Frame
	f.PutInt(c.device)
	f.Call(fn)
	return int(f.TakeInt())
}
