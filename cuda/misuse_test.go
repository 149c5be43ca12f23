package cuda_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/cuda/nvtx"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A misuse is what Python and Go refuse with the same words.
type misuse struct {
	python string
	run    func()
}

var misuses = []misuse{
	{"torch.cuda.synchronize(5)", func() { cuda.Synchronize(torch.CUDA(5)) }},
	{"torch.cuda.synchronize('cpu')", func() { cuda.Synchronize(torch.CPU) }},
	{"torch.cuda.device(7).__enter__()", func() { cuda.WithDevice(torch.CUDA(7), func() {}) }},
	{"torch.cuda.device('cpu')", func() { cuda.WithDevice(torch.CPU, func() {}) }},
	{"torch.cuda.Stream(7)", func() { cuda.NewStream(torch.CUDA(7)) }},
	{"torch.cuda.Stream('cpu')", func() { cuda.NewStream(torch.CPU) }},
	{"torch.Stream('cuda:7')", func() { torch.NewStream(torch.CUDA(7)) }},
	{"with torch.cuda.stream(torch.Stream('cpu')): pass", func() { cuda.WithStream(torch.NewStream(torch.CPU), func() {}) }},
	{"torch.Stream('mps')", func() { torch.NewStream(torch.NewDevice("mps")) }},
	{"torch.Event('mps')", func() { torch.NewEvent(torch.NewDevice("mps")) }},
	{"torch.Event('cpu').record()", func() { torch.NewEvent(torch.CPU).Record() }},
	{"torch.Stream('cpu').native_handle", func() { torch.NewStream(torch.CPU).NativeHandle() }},
	{"torch.cuda.current_stream(7)", func() { cuda.CurrentStream(torch.CUDA(7)) }},
	{"torch.cuda.default_stream(7)", func() { cuda.DefaultStream(torch.CUDA(7)) }},
	{"torch.cuda.get_device_properties(7)", func() { cuda.GetDeviceProperties(torch.CUDA(7)) }},
	{"torch.cuda.get_device_name('cpu')", func() { cuda.GetDeviceName(torch.CPU) }},
	{"torch.cuda.get_device_capability(7)", func() { cuda.GetDeviceCapability(torch.CUDA(7)) }},
	{"torch.cuda.can_device_access_peer(7, 0)", func() { cuda.CanDeviceAccessPeer(torch.CUDA(7), torch.CUDA(0)) }},
	{"torch.cuda.can_device_access_peer(0, 7)", func() { cuda.CanDeviceAccessPeer(torch.CUDA(0), torch.CUDA(7)) }},
	{"torch.cuda.memory_stats(7)", func() { cuda.MemoryStats(torch.CUDA(7)) }},
	{"torch.cuda.memory_allocated(7)", func() { cuda.MemoryAllocated(torch.CUDA(7)) }},
	{"torch.cuda.memory_summary('cpu')", func() { cuda.MemorySummary(torch.CPU) }},
	{"torch.cuda.mem_get_info(7)", func() { cuda.MemGetInfo(torch.CUDA(7)) }},
	{"torch.cuda.reset_peak_memory_stats(7)", func() { cuda.ResetPeakMemoryStats(torch.CUDA(7)) }},
	{"torch.cuda.reset_accumulated_memory_stats('cpu')", func() { cuda.ResetAccumulatedMemoryStats(torch.CPU) }},
	{"torch.cuda.set_per_process_memory_fraction(1.5)", func() { cuda.SetPerProcessMemoryFraction(1.5) }},
	{"torch.cuda.set_per_process_memory_fraction(-0.5)", func() { cuda.SetPerProcessMemoryFraction(-0.5) }},
	{"torch.cuda.set_per_process_memory_fraction(2.0)", func() { cuda.SetPerProcessMemoryFraction(2) }},
	{"torch.cuda.set_per_process_memory_fraction(-1e-7)", func() { cuda.SetPerProcessMemoryFraction(-1e-7) }},
	{"torch.cuda.set_per_process_memory_fraction(float('inf'))", func() { cuda.SetPerProcessMemoryFraction(math.Inf(1)) }},
	{"torch.cuda.set_per_process_memory_fraction(float('nan'))", func() { cuda.SetPerProcessMemoryFraction(math.NaN()) }},
	{"torch.cuda.caching_allocator_alloc(-1)", func() { cuda.CachingAllocatorAlloc(-1) }},
	{"torch.cuda.caching_allocator_alloc(8, device=7)", func() { cuda.CachingAllocatorAlloc(8, cuda.CurrentStream(torch.CUDA(7))) }},
	{"torch.cuda.caching_allocator_alloc(8, device='cpu')", func() { cuda.CachingAllocatorAlloc(8, torch.NewStream(torch.CPU)) }},
	{"torch.cuda.memory.CUDAPluggableAllocator('libnothing.so', 'malloc', 'free')", func() { must(cuda.NewPluggableAllocator("libnothing.so", "malloc", "free")) }},
	{"torch.cuda.memory.CUDAPluggableAllocator('libc.so.6', 'no_alloc', 'free')", func() { must(cuda.NewPluggableAllocator("libc.so.6", "no_alloc", "free")) }},
	{"torch.cuda.memory.CUDAPluggableAllocator('libc.so.6', 'malloc', 'no_free')", func() { must(cuda.NewPluggableAllocator("libc.so.6", "malloc", "no_free")) }},
	{"torch.cuda.CUDAGraph().debug_dump('graph.dot')", func() { cuda.NewCUDAGraph().DebugDump("graph.dot") }},
	{"torch.cuda.set_per_process_memory_fraction(0.5, 7)", func() { cuda.SetPerProcessMemoryFraction(0.5, torch.CUDA(7)) }},
	{"torch.cuda.get_rng_state(7)", func() { cuda.GetRngState(torch.CUDA(7)) }},
	{"torch.cuda.set_rng_state(torch.zeros(3, dtype=torch.uint8))", func() { cuda.SetRngState(torch.Zeros([]int64{3}, torch.Uint8)) }},
	{"torch.cuda.set_rng_state(torch.zeros(16))", func() { cuda.SetRngState(torch.Zeros([]int64{16})) }},
	{"torch.cuda.set_sync_debug_mode('foo')", func() { cuda.SetSyncDebugMode("foo") }},
	{"torch.cuda.set_sync_debug_mode(3)", func() { cuda.SetSyncDebugMode(3) }},
	{"torch.cuda.set_sync_debug_mode(-1)", func() { cuda.SetSyncDebugMode(-1) }},
	{"torch.cuda.Event(enable_timing=True).elapsed_time(torch.cuda.Event(enable_timing=True))",
		func() { cuda.NewEvent(cuda.EnableTiming(true)).ElapsedTime(cuda.NewEvent(cuda.EnableTiming(true))) }},
	{"torch.cuda.Event().elapsed_time(torch.cuda.Event())", func() { cuda.NewEvent().ElapsedTime(cuda.NewEvent()) }},
	{"torch.Event().elapsed_time(torch.Event())", func() { torch.NewEvent().ElapsedTime(torch.NewEvent()) }},
	{"torch.cuda.Event().elapsed_time(torch.Event())", func() { cuda.NewEvent().ElapsedTime(torch.NewEvent()) }},
	{"torch.Event().elapsed_time(torch.cuda.Event())", func() { torch.NewEvent().ElapsedTime(cuda.NewEvent()) }},
	{"torch.cuda.Event(interprocess=True, enable_timing=True).record()",
		func() { cuda.NewEvent(cuda.Interprocess(true), cuda.EnableTiming(true)).Record() }},
	{"torch.cuda.Event.from_ipc_handle(torch.device('cuda:0'), b'x' * 64)",
		func() { cuda.EventFromIpcHandle(torch.CUDA(0), bytes.Repeat([]byte("x"), 64)) }},
	{"torch.cuda.Event.from_ipc_handle(torch.device('cuda:0'), b'x')",
		func() { cuda.EventFromIpcHandle(torch.CUDA(0), []byte("x")) }},
	{"torch.cuda.memory._record_memory_history('some')", func() { cuda.RecordMemoryHistory(cuda.HistoryEnabled("some")) }},
	{"torch.cuda.memory._record_memory_history(context='some')",
		func() { cuda.RecordMemoryHistory(cuda.HistoryContext("some")) }},
	{"torch.cuda.memory._record_memory_history(skip_actions=['some'])",
		func() { cuda.RecordMemoryHistory(cuda.SkipActions("some")) }},
	{"torch.cuda.memory._annotate_tensor(torch.ones(2), 'x')", func() { cuda.AnnotateTensor(torch.Ones([]int64{2}), "x") }},
	{"torch.Event('cuda').record(torch.Stream('cpu'))", func() { torch.NewEvent(torch.CUDA()).Record(torch.NewStream(torch.CPU)) }},
	{"torch.Stream('cpu').wait_stream(torch.Stream('cuda'))",
		func() { torch.NewStream(torch.CPU).WaitStream(torch.NewStream(torch.CUDA())) }},
	{"torch.Stream('cpu').record_event()", func() { torch.NewStream(torch.CPU).RecordEvent() }},
	{"with torch.Stream(5, 7, 1): pass", func() { torch.StreamOf(5, torch.CUDA(7)).With(func() {}) }},
}

// misusesOfTwo are those of several devices.
var misusesOfTwo = []misuse{
	{"e = torch.cuda.Event(); e.record(torch.cuda.Stream(0)); e.record(torch.cuda.Stream(1))", func() {
		e := cuda.NewStream().RecordEvent()
		e.Record(cuda.NewStream(torch.CUDA(1)))
	}},
	{"e = torch.Event(); e.record(torch.cuda.Stream(0)); e.record(torch.cuda.Stream(1))", func() {
		e := torch.NewStream().RecordEvent()
		e.Record(cuda.NewStream(torch.CUDA(1)))
	}},
}

func must(_ any, err error) {
	if err != nil {
		panic(err)
	}
}

func TestMisuse(t *testing.T) { testMisuse(t, 1, misuses) }

func TestMisuseOfTwo(t *testing.T) { testMisuse(t, 2, misusesOfTwo) }

func testMisuse(t *testing.T, devices int, misuses []misuse) {
	t.Helper()
	code := "import contextlib\ntorch.cuda.init()\nout['errors'] = []\n"
	for _, m := range misuses {
		code += fmt.Sprintf("try:\n    exec(%q)\n    out['errors'] += ['', '']\nexcept Exception as e:\n"+
			"    out['errors'] += [type(e).__name__, str(e)]\n", m.python)
	}
	py := parity.RunOnDevices(t, devices, code)
	errors := py.Strings("errors")
	for i, m := range misuses {
		err := torch.Try(m.run)
		if !assert.Error(t, err, m.python) {
			continue
		}
		e := err.(*torch.Error)
		if errors[2*i] == "" {
			t.Errorf("Python takes %s", m.python)
		}
		assert.Equal(t, errors[2*i], e.Kind, m.python)
		assert.Equal(t, errors[2*i+1], e.Message, m.python)
		assertDefaults(t)
	}
}

// A function, graph, module or optimizer that is nil is a TypeError, and no crash.
func TestNilArguments(t *testing.T) {
	testkit.NeedDevices(t, 1)
	g, pool, x := cuda.NewCUDAGraph(), cuda.NewMemPool(), torch.Ones([]int64{2}, torch.CUDA())
	var none *cuda.CUDAGraph
	for name, fn := range map[string]func(){
		"Capture":                       func() { cuda.Capture(g, nil) },
		"WithDevice":                    func() { cuda.WithDevice(torch.CUDA(0), nil) },
		"WithDevice without one":        func() { cuda.WithDevice(torch.Device{}, nil) },
		"WithDeviceOf":                  func() { cuda.WithDeviceOf(x, nil) },
		"WithStream":                    func() { cuda.WithStream(cuda.NewStream(), nil) },
		"Stream.With":                   func() { cuda.NewStream().With(nil) },
		"State.Run":                     func() { torch.CaptureState().Run(nil) },
		"UseMemPool":                    func() { cuda.UseMemPool(pool, nil) },
		"WithMemoryMetadata":            func() { cuda.WithMemoryMetadata("text", nil) },
		"WithCachingAllocatorDisabled":  func() { cuda.WithCachingAllocatorDisabled(nil) },
		"accelerator.WithDevice":        func() { accelerator.WithDevice(torch.CUDA(0), nil) },
		"accelerator.WithDeviceIndex":   func() { accelerator.WithDeviceIndex(0, nil) },
		"accelerator.WithStream":        func() { accelerator.WithStream(cuda.NewStream(), nil) },
		"nvtx.Range":                    func() { nvtx.Range("text", nil) },
		"RegisterCaptureStartHook":      func() { g.RegisterCaptureStartHook(nil) },
		"RegisterGraphReplayStartHook":  func() { cuda.RegisterGraphReplayStartHook(nil) },
		"RegisterDestroyCallback":       func() { g.RegisterDestroyCallback(nil) },
		"a graph's hook":                func() { none.RegisterReplayEndHook(func(*cuda.CUDAGraph) {}) },
		"a graph's callback":            func() { none.RegisterDestroyCallback(func() {}) },
		"RetainObject":                  func() { none.RetainObject(x) },
		"MakeGraphedModule":             func() { cuda.MakeGraphedModule(nil, x) },
		"MakeGraphedModule of no input": func() { cuda.MakeGraphedModule(nn.NewLinear(2, 2, torch.CUDA()), nil) },
	} {
		assert.Equal(t, "TypeError", refusal(t, fn).Kind, name)
	}
	assert.NotNil(t, cuda.CurrentStream().RecordEvent(nil), "a new event, as in Python")
	cuda.CachingAllocatorDelete(cuda.CachingAllocatorAlloc(8, nil))
	g.Reset()
	assertDefaults(t)
}
