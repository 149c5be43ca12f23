package cuda_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestCurrentDevice(t *testing.T) {
	testkit.NeedDevices(t, 2)
	assert.NoError(t, cuda.Init())
	assert.True(t, cuda.IsAvailable())
	assert.True(t, cuda.IsInitialized())
	assert.Equal(t, 0, cuda.CurrentDevice())
	cuda.WithDevice(torch.CUDA(1), func() {
		assert.Equal(t, 1, cuda.CurrentDevice())
		assert.Equal(t, torch.CUDA(1), torch.Ones([]int64{2}, torch.CUDA()).Device())
		assert.Equal(t, torch.CUDA(1), cuda.NewStream().Device())
		cuda.WithDevice(torch.CUDA(), func() { assert.Equal(t, 1, cuda.CurrentDevice()) })
		cuda.WithDevice(torch.Device{}, func() { assert.Equal(t, 1, cuda.CurrentDevice()) })
		cuda.WithDevice(torch.CUDA(0), func() { assert.Equal(t, 0, cuda.CurrentDevice()) })
		assert.Equal(t, 1, cuda.CurrentDevice())
	})
	assert.Equal(t, 0, cuda.CurrentDevice())
	x := torch.Ones([]int64{2}, torch.CUDA(1))
	cuda.WithDeviceOf(x, func() { assert.Equal(t, 1, cuda.CurrentDevice()) })
	cuda.WithDeviceOf(x.Cpu(), func() { assert.Equal(t, 0, cuda.CurrentDevice()) })
	cuda.Synchronize()
	cuda.Synchronize(torch.CUDA(1))
}

func TestCurrentStream(t *testing.T) {
	testkit.NeedDevices(t, 2)
	s, other := cuda.NewStream(), cuda.NewStream(torch.CUDA(1))
	assert.NotEqual(t, s, cuda.NewStream())
	assert.Equal(t, cuda.DefaultStream(), cuda.CurrentStream())
	cuda.WithStream(s, func() {
		assert.Equal(t, s, cuda.CurrentStream())
		assert.Equal(t, cuda.DefaultStream(torch.CUDA(1)), cuda.CurrentStream(torch.CUDA(1)))
		cuda.WithStream(other, func() {
			assert.Equal(t, 1, cuda.CurrentDevice())
			assert.Equal(t, other, cuda.CurrentStream())
			assert.Equal(t, s, cuda.CurrentStream(torch.CUDA(0)))
			cuda.WithStream(nil, func() { assert.Equal(t, other, cuda.CurrentStream()) })
		})
		assert.Equal(t, 0, cuda.CurrentDevice())
		assert.Equal(t, cuda.DefaultStream(torch.CUDA(1)), cuda.CurrentStream(torch.CUDA(1)))
		other.Stream.With(func() { assert.Equal(t, other, cuda.CurrentStream()) })
	})
	assertDefaults(t)
}

func assertDefaults(t *testing.T) {
	t.Helper()
	assert.Equal(t, 0, cuda.CurrentDevice())
	for i := range cuda.DeviceCount() {
		assert.Equal(t, cuda.DefaultStream(torch.CUDA(i)), cuda.CurrentStream(torch.CUDA(i)))
	}
}

// The current device and stream end with their function, however that ends.
func TestModesEnd(t *testing.T) {
	testkit.NeedDevices(t, 1)
	modes := map[string]func(func()){
		"WithDevice": func(fn func()) { cuda.WithDevice(last(), fn) },
		"WithStream": func(fn func()) { cuda.WithStream(cuda.NewStream(last()), fn) },
		"State.Run": func(fn func()) {
			var state torch.State
			cuda.WithStream(cuda.NewStream(last()), func() { state = torch.CaptureState() })
			state.Run(fn)
		},
	}
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			assert.PanicsWithValue(t, "stop", func() { mode(func() { panic("stop") }) })
			assertDefaults(t)
			done := make(chan bool)
			go func() {
				defer close(done)
				defer assertDefaults(t)
				mode(runtime.Goexit)
			}()
			<-done
		})
	}
}

func TestStateOfDevices(t *testing.T) {
	testkit.NeedDevices(t, 2)
	s := [2]cuda.Stream{cuda.NewStream(torch.CUDA(0)), cuda.NewStream(torch.CUDA(1))}
	inGoroutine := func(fn func()) {
		done := make(chan bool)
		go func() { defer close(done); fn() }()
		<-done
	}
	cuda.WithStream(s[0], func() {
		cuda.WithStream(s[1], func() {
			inGoroutine(func() { assertDefaults(t) })
			state := torch.CaptureState()
			inGoroutine(func() {
				state.Run(func() {
					assert.Equal(t, 1, cuda.CurrentDevice())
					assert.Equal(t, s[0], cuda.CurrentStream(torch.CUDA(0)))
					assert.Equal(t, s[1], cuda.CurrentStream(torch.CUDA(1)))
				})
				assertDefaults(t)
			})
		})
	})
}

// The backward of an operator runs in the stream of its forward.
func TestBackwardStream(t *testing.T) {
	testkit.NeedDevices(t, 1)
	s := cuda.NewStream()
	x := torch.Ones([]int64{2}, torch.CUDA(), torch.RequiresGrad(true))
	var seen cuda.Stream
	var y *torch.Tensor
	cuda.WithStream(s, func() {
		double := x.Mul(2)
		double.RegisterHook(func(grad *torch.Tensor) *torch.Tensor {
			seen = cuda.CurrentStream()
			return nil
		})
		y = double.Sum()
	})
	y.Backward()
	assert.Equal(t, s, seen)
	assertDefaults(t)
	assert.Equal(t, []float32{2, 2}, torch.Data[float32](x.Grad()))
}

func TestStreams(t *testing.T) {
	py := parity.RunOnDevices(t, 1, `
		d = torch.cuda.device_count() - 1
		s = torch.cuda.Stream(priority=-1)
		out["range"] = s.priority_range()
		out["priorities"] = [torch.cuda.Stream(priority=p).priority for p in (0, -1, -2, -100, 5)]
		out["default"] = repr(torch.cuda.default_stream(d))
		out["plain"] = repr(torch.Stream(f"cuda:{d}"))
		out["external"] = repr(torch.cuda.ExternalStream(0x1234, device=d))
		out["id"] = torch.cuda.ExternalStream(0x1234, device=d).stream_id
	`)
	least, greatest := cuda.PriorityRange()
	assert.Equal(t, py.Numbers("range"), []float64{float64(least), float64(greatest)})
	var priorities []float64
	for _, p := range []int{0, -1, -2, -100, 5} {
		priorities = append(priorities, float64(cuda.NewStream(torch.Priority(p)).Priority()))
	}
	assert.Equal(t, py.Numbers("priorities"), priorities)
	assert.Equal(t, py.Text("default"), cuda.DefaultStream(last()).String())
	external := cuda.ExternalStream(0x1234, last())
	assert.Equal(t, py.Text("external"), external.String())
	assert.Equal(t, py.Number("id"), float64(external.StreamId()))

	s := cuda.NewStream()
	assert.True(t, s.Query())
	s.Synchronize()
	assert.False(t, s.IsCapturing())
	assert.Equal(t, s.CudaStream(), s.NativeHandle())
	assert.NotZero(t, s.CudaStream())
	assert.Equal(t, s.Stream, torch.StreamOf(s.StreamId(), torch.CUDA(0)))
	assert.Equal(t, "torch.Stream device_type=cuda, device_index=1, stream_id=7", torch.StreamOf(7, torch.CUDA(1)).String())
	s.WaitStream(cuda.NewStream(last()))
	x := torch.Ones([]int64{2}, torch.CUDA())
	x.RecordStream(s)
	x.RecordStream(s.Stream)
}

func TestEvents(t *testing.T) {
	testkit.NeedDevices(t, 1)
	s, other := cuda.NewStream(), cuda.NewStream(last())
	begin, end := cuda.NewEvent(cuda.EnableTiming(true)), cuda.NewEvent(cuda.EnableTiming(true), cuda.Blocking(true))
	assert.Equal(t, "<torch.cuda.Event uninitialized>", begin.String())
	assert.Equal(t, torch.CUDA(), begin.Device())
	assert.True(t, begin.Query())
	begin.Record(s)
	assert.Regexp(t, `^<torch.cuda.Event 0x[0-9a-f]+>$`, begin.String())
	assert.Equal(t, torch.CUDA(0), begin.Device())
	end.Record()
	end.Synchronize()
	assert.True(t, end.Query())
	assert.GreaterOrEqual(t, begin.ElapsedTime(end), 0.0)
	assert.Zero(t, end.ElapsedTime(end))
	other.WaitEvent(begin)
	begin.Wait(other.Stream)
	begin.Wait()
	assert.Same(t, begin, s.RecordEvent(begin))
	assert.Equal(t, last(), other.RecordEvent().Device())
	begin.Close()
	begin.Close()
	assert.Equal(t, "argument 'event' was freed by Close, or not made by torch.NewEvent",
		refusal(t, func() { begin.Record() }).Message)
}

// What the simulated GPU can show of events between processes: a process opens its own.
// CUDA may refuse that.
func TestIpcHandle(t *testing.T) {
	py := parity.RunOnDevices(t, 1, `
		e = torch.cuda.Event(interprocess=True)
		e.record()
		handle = e.ipc_handle()
		out["size"] = len(handle)
		try:
		    other = torch.cuda.Event.from_ipc_handle(torch.device("cuda:0"), handle)
		    out["done"] = str(other.query()).lower()
		except Exception as e:
		    out["done"] = str(e)
	`)
	e := cuda.NewEvent(cuda.Interprocess(true))
	e.Record()
	handle := e.IpcHandle()
	assert.Len(t, handle, int(py.Number("size")))
	done := ""
	if err := torch.Try(func() {
		done = fmt.Sprint(cuda.EventFromIpcHandle(torch.CUDA(0), handle).Query())
	}); err != nil {
		done = err.(*torch.Error).Message
	}
	assert.Equal(t, py.Text("done"), done)
	assert.Len(t, cuda.NewEvent(cuda.Interprocess(true)).IpcHandle(), 64, "of an event that was not recorded")
}

func TestGenericEvents(t *testing.T) {
	py := parity.RunOnDevices(t, 1, `
		out["fresh"] = repr(torch.Event())
		out["timing"] = repr(torch.Event("cuda", enable_timing=True))
		out["stream"] = [torch.Stream().device.index, torch.Stream("cuda:0").device.index]
	`)
	e := torch.NewEvent()
	assert.Equal(t, py.Text("fresh"), e.String())
	begin := torch.NewEvent(torch.CUDA(), torch.EnableTiming(true))
	assert.Equal(t, py.Text("timing"), begin.String())
	assert.Equal(t, torch.CUDA(0), torch.NewStream().Device())
	s := torch.NewStream(last(), torch.Priority(-1))
	assert.Equal(t, last(), s.Device())
	e.Record(s)
	assert.Equal(t, last(), e.Device())
	assert.NotZero(t, e.EventId())
	cuda.CurrentStream().WaitEvent(e)
	begin.Record()
	end := torch.NewStream().RecordEvent(torch.NewEvent(torch.EnableTiming(true)))
	assert.GreaterOrEqual(t, begin.ElapsedTime(end), 0.0)
	end.Close()
	assert.Error(t, torch.Try(func() { begin.ElapsedTime(end) }))
}

// Events die with what refers to them, on whatever goroutine that is.
func TestManyEvents(t *testing.T) {
	testkit.NeedDevices(t, 1)
	for range 2000 {
		cuda.CurrentStream().RecordEvent()
	}
	runtime.GC()
	cuda.NewEvent().Close()
}

// Nothing crashes for want of a stream or an event.
func TestNil(t *testing.T) {
	var none *torch.Event
	s := torch.StreamOf(0, torch.CPU)
	for name, fn := range map[string]func(){
		"record":        func() { none.Record() },
		"record in":     func() { none.Record(s) },
		"wait":          func() { none.Wait(s) },
		"query":         func() { none.Query() },
		"close":         func() { none.Close() },
		"elapsed":       func() { none.ElapsedTime(none) },
		"elapsed nil":   func() { torch.NewEvent(torch.CPU).ElapsedTime(nil) },
		"text":          func() { _ = none.String() },
		"handle":        func() { new(cuda.Event).IpcHandle() },
		"empty":         func() { new(cuda.Event).Record(s) },
		"wait event":    func() { s.WaitEvent(nil) },
		"wait stream":   func() { s.WaitStream(nil) },
		"record event":  func() { s.RecordEvent(none) },
		"record stream": func() { torch.Ones([]int64{1}).RecordStream(nil) },
		"no stream":     func() { torch.Stream{}.Synchronize() },
		"enter":         func() { torch.Stream{}.With(func() {}) },
	} {
		e := refusal(t, fn)
		assert.Equal(t, "TypeError", e.Kind, name)
		assert.Contains(t, e.Message, "not None", name)
	}
	assert.Contains(t, refusal(t, func() { new(torch.Event).Query() }).Message, "not made by torch.NewEvent")
}
