package accelerator_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// withoutDevices are things that Python and Go do where CUDA has no device: some say
// so, others just have nothing.
var withoutDevices = []struct {
	python string
	run    func() string
}{
	{"torch.accelerator.current_accelerator()", func() string { return accelerator.CurrentAccelerator().String() }},
	{"torch.accelerator.current_accelerator(True)",
		func() string { return accelerator.CurrentAccelerator(accelerator.CheckAvailable(true)).String() }},
	{"int(torch.accelerator.is_available())", func() string { return count(accelerator.IsAvailable()) }},
	{"torch.accelerator.device_count()", func() string { return fmt.Sprint(accelerator.DeviceCount()) }},
	{"torch.accelerator.current_device_index()", func() string { return fmt.Sprint(accelerator.CurrentDeviceIndex()) }},
	{"torch.accelerator.current_stream()", func() string { return accelerator.CurrentStream().String() }},
	{"torch.accelerator.synchronize()", func() string { accelerator.Synchronize(); return "None" }},
	{"torch.accelerator.device_index(0).__enter__()", func() string { accelerator.WithDeviceIndex(0, func() {}); return "None" }},
	{"len(torch.accelerator.memory_stats())", func() string { return fmt.Sprint(len(accelerator.MemoryStats())) }},
	{"torch.accelerator.memory_allocated()", func() string { return fmt.Sprint(accelerator.MemoryAllocated()) }},
	{"torch.accelerator.empty_cache()", func() string { accelerator.EmptyCache(); return "None" }},
	{"torch.accelerator.get_memory_info()", func() string { accelerator.GetMemoryInfo(); return "" }},
	{"int(torch.cuda.is_available())", func() string { return count(cuda.IsAvailable()) }},
	{"torch.cuda.device_count()", func() string { return fmt.Sprint(cuda.DeviceCount()) }},
	{"torch.cuda.current_device()", func() string { return fmt.Sprint(cuda.CurrentDevice()) }},
	{"torch.cuda.get_device_name()", func() string { return cuda.GetDeviceName() }},
	{"int(torch.cuda.is_bf16_supported())", func() string { return count(cuda.IsBf16Supported()) }},
	{"len(torch.cuda.memory_stats())", func() string { return fmt.Sprint(len(cuda.MemoryStats())) }},
	{"torch.cuda.max_memory_reserved()", func() string { return fmt.Sprint(cuda.MaxMemoryReserved()) }},
	{"len(torch.cuda.host_memory_stats())", func() string { return fmt.Sprint(len(cuda.HostMemoryStats())) }},
	{"torch.cuda.memory_snapshot()", func() string { return fmt.Sprint(cuda.MemorySnapshot()) }},
	{"torch.cuda.empty_cache()", func() string { cuda.EmptyCache(); return "None" }},
	{"torch.cuda.mem_get_info()", func() string { cuda.MemGetInfo(); return "" }},
	{"torch.cuda.synchronize()", func() string { cuda.Synchronize(); return "" }},
	{"torch.cuda.device(0).__enter__()", func() string { cuda.WithDevice(torch.CUDA(0), func() {}); return "" }},
	{"torch.cuda.current_stream()", func() string { return cuda.CurrentStream().String() }},
	{"torch.cuda.get_rng_state()", func() string { return cuda.GetRngState().String() }},
	{"torch.cuda.manual_seed(1)", func() string { cuda.ManualSeed(1); return "None" }},
	{"torch.cuda.seed_all()", func() string { cuda.SeedAll(); return "None" }},
	{"torch.cuda.initial_seed()", func() string { return fmt.Sprint(cuda.InitialSeed()) }},
	{"torch.cuda.get_rng_state_all()", func() string { return fmt.Sprint(cuda.GetRngStateAll()) }},
}

func count(b bool) string { return map[bool]string{true: "1", false: "0"}[b] }

// An install with CUDA does on a machine without a driver what Python does there.
func TestWithoutDriver(t *testing.T) {
	if err := csrc.CUDA(); !errors.Is(err, csrc.ErrNoDriver) {
		t.Skip(testkit.SkippedDriverless+"needs an install with CUDA and no driver; this is not: ", err)
	}
	code := "out['cuda'] = torch.version.cuda or ''\nout['count'] = torch.cuda.device_count()\nout['results'] = []\n"
	for _, m := range withoutDevices {
		code += fmt.Sprintf("try: out['results'] += [str(%s), '']\n"+
			"except Exception as e: out['results'] += [type(e).__name__, str(e)]\n", m.python)
	}
	py := parity.Run(t, code)
	if py.Text("cuda") == "" || py.Number("count") > 0 {
		parity.Skip(t, "needs a Python torch with CUDA and no driver")
	}
	results := py.Strings("results")
	for i, m := range withoutDevices {
		result, message := "", ""
		if err := torch.Try(func() { result = m.run() }); err != nil {
			result, message = err.(*torch.Error).Kind, err.(*torch.Error).Message
		}
		assert.Equal(t, results[2*i], result, m.python)
		assert.Equal(t, results[2*i+1], message, m.python)
	}
}

// A CPU-only install has no accelerator, and says so.
func TestCPUOnly(t *testing.T) {
	if err := csrc.CUDA(); !errors.Is(err, csrc.ErrCPUOnly) {
		t.Skip("needs a CPU-only install")
	}
	assert.Equal(t, torch.Device{}, accelerator.CurrentAccelerator())
	assert.False(t, accelerator.IsAvailable())
	assert.Zero(t, cuda.DeviceCount())
	assert.Equal(t, torch.CPU, torch.NewStream().Device())
	for name, fn := range map[string]func(){
		"index":       func() { accelerator.CurrentDeviceIndex() },
		"stream":      func() { accelerator.CurrentStream() },
		"synchronize": func() { accelerator.Synchronize() },
		"memory":      func() { accelerator.MemoryAllocated() },
	} {
		assert.ErrorContains(t, torch.Try(fn), "Cannot access accelerator device when none is available.", name)
	}
	assert.ErrorContains(t, torch.Try(func() { accelerator.WithDevice(torch.CUDA(0), func() {}) }), "Accelerator expected")
	for name, fn := range map[string]func(){
		"device": func() { cuda.WithDevice(torch.CUDA(0), func() {}) },
		"stream": func() { cuda.NewStream() },
		"event":  func() { cuda.NewEvent() },
		"seed":   func() { cuda.InitialSeed() },
	} {
		assert.ErrorContains(t, torch.Try(fn), "Torch not compiled with CUDA enabled", name)
	}
	assert.ErrorContains(t, cuda.Init(), "Torch not compiled with CUDA enabled")
}
