package cuda

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	driverVersion      = csrc.Entry("cuda::driver_version() -> int")
	maxWorkqueues      = csrc.Entry("cuda::max_workqueue_concurrency(int device) -> int")
	newGreenContext    = csrc.Entry("cuda::new_green_context(int device, int? sms, str part, int? scope, int? limit) -> int")
	deleteGreenContext = csrc.Entry("cuda::delete_green_context(int context) -> ()")
	greenResource      = csrc.Entry("cuda::green_context_resource(int context) -> str")
	newGreenStream     = csrc.Entry("cuda::new_green_stream(int context) -> int")
	deleteGreenStream  = csrc.Entry("cuda::delete_green_stream(int stream) -> ()")
	pushGreenContext   = csrc.Entry("cuda::push_green_context(int context) -> ()")
	popGreenContext    = csrc.Entry("cuda::pop_green_context(int context) -> ()")
)

// greenStreams is how many streams a green context has.
const greenStreams = 32

// A GreenContext is a part of a GPU's multiprocessors (SMs), with streams of its own:
// Python's torch.cuda.GreenContext. What is done in its streams leaves the other SMs
// alone.
//
//	g := cuda.NewGreenContext(cuda.NumSms(16))
//	s := g.Stream()
//	s.WaitStream(cuda.CurrentStream())
//	cuda.WithStream(s, func() { y = model.Forward(x) })
//
// Its streams wait for others, and others for them, only where they are told to, by
// [torch.Stream.WaitStream] or events. A context that has given out a stream stays until it is
// closed, as nothing tells when that is used for the last time; another one goes with the
// garbage. It needs a driver for CUDA 12.8 or newer, and one for 13.1 or newer where workqueues
// are configured.
type GreenContext struct {
	handle  uint64
	device  int
	streams *greenPool
	entered bool
	// part keeps what the context's SMs were taken from.
	part *SMPartition
}

// greenPool are the streams that a context gives out in turn.
type greenPool struct {
	handles []uint64
	next    int
	closed  bool
}

// A GreenContextOption is an option of [NewGreenContext]: [NumSms], an [*SMPartition],
// [WorkqueueScope], [WorkqueueConcurrencyLimit] and [DeviceId].
type GreenContextOption interface{ setGreen(*greenArguments) }

type greenArguments struct {
	sms, scope, limit, device *int64
	part                      *SMPartition
}

// NumSms is how many SMs a [GreenContext] has. The driver may round it up.
type NumSms int

// WorkqueueScope says with whom a [GreenContext] shares the queues in which a GPU takes
// work: "device_ctx", with all contexts, or "balanced", with no other balanced green
// context if possible.
type WorkqueueScope string

// WorkqueueConcurrencyLimit is how many streams of a [GreenContext] should make progress
// at a time. It needs a [WorkqueueScope].
type WorkqueueConcurrencyLimit int

// DeviceId is the index of a [GreenContext]'s device. By default it is that of the
// current one.
type DeviceId int

func (n NumSms) setGreen(a *greenArguments)                    { a.sms = number(int(n)) }
func (n WorkqueueConcurrencyLimit) setGreen(a *greenArguments) { a.limit = number(int(n)) }
func (n DeviceId) setGreen(a *greenArguments)                  { a.device = number(int(n)) }
func (p *SMPartition) setGreen(a *greenArguments)              { a.part = p.given() }

func (s WorkqueueScope) setGreen(a *greenArguments) {
	switch s {
	case "device_ctx":
		a.scope = number(0)
	case "balanced":
		a.scope = number(1)
	default:
		panic(torch.NewError("ValueError", "workqueue_scope must be 'device_ctx' or 'balanced', got '%s'", string(s)))
	}
}

func number(n int) *int64 {
	v := int64(n)
	return &v
}

// NewGreenContext returns a green context of [NumSms], of an [*SMPartition], or of all
// SMs, where only a [WorkqueueScope] is given. Python's torch.cuda.GreenContext and its
// create. Without any of them, with contradictory ones, and with more SMs than there are
// it panics with PyTorch's words.
func NewGreenContext(opts ...GreenContextOption) *GreenContext {
	start()
	needDriver(12080, "Green Context requires CUDA driver and cuda.bindings 12.8+")
	var a greenArguments
	for _, o := range opts {
		if o != nil {
			o.setGreen(&a)
		}
	}
	device := a.check()
	var f entry.Frame
	f.PutInt(int64(device))
	putOptional(&f, a.sms)
	f.PutString(a.part.bytes())
	putOptional(&f, a.scope)
	putOptional(&f, a.limit)
	f.Call(newGreenContext)
	runtime.KeepAlive(a.part)
	g := &GreenContext{handle: f.Take(), device: device, streams: new(greenPool), part: a.part}
	runtime.AddCleanup(g, destroyGreen, deadGreen{g.handle, g.streams})
	return g
}

// check refuses arguments that contradict each other, and returns the device.
func (a *greenArguments) check() (device int) {
	if a.scope != nil {
		needWorkqueues()
	}
	switch {
	case a.sms != nil && a.part != nil:
		panic(torch.NewError("ValueError", "num_sms and sm_partition are mutually exclusive"))
	case a.sms == nil && a.part == nil && a.scope == nil:
		panic(torch.NewError("RuntimeError", "At least one of num_sms, sm_partition, or workqueue_scope must be specified"))
	case a.limit != nil && a.scope == nil:
		panic(torch.NewError("RuntimeError", "workqueue_concurrency_limit requires workqueue_scope to be set"))
	case a.part != nil && a.device != nil && int(*a.device) != a.part.device:
		panic(torch.NewError("ValueError", "device_id must match the SM partition's device"))
	case a.part != nil:
		return a.part.device
	case a.device != nil:
		return int(*a.device)
	}
	return CurrentDevice()
}

func putOptional(f *entry.Frame, n *int64) {
	f.PutBool(n != nil)
	if n != nil {
		f.PutInt(*n)
	}
}

// needDriver refuses a driver that is older than for this version of CUDA.
func needDriver(version int, message string) {
	if int(entry.Int(driverVersion)) < version {
		panic(torch.NewError("RuntimeError", "%s", message))
	}
}

func needWorkqueues() {
	needDriver(13010, "Workqueue configuration requires CUDA driver and cuda.bindings 13.1+")
}

// MaxWorkqueueConcurrency returns how many streams of a device make progress at a time,
// if nothing else is said. Python's GreenContext.max_workqueue_concurrency.
func MaxWorkqueueConcurrency(device ...torch.Device) int {
	start()
	needWorkqueues()
	var f entry.Frame
	f.PutInt(int64(index(device)))
	f.Call(maxWorkqueues)
	return int(f.TakeInt())
}

// deadGreen is what is left of a context that nothing refers to.
type deadGreen struct {
	handle  uint64
	streams *greenPool
}

// destroyGreen runs on the collector's goroutine.
func destroyGreen(dead deadGreen) {
	if len(dead.streams.handles) == 0 && !dead.streams.closed {
		dead.destroy()
	}
}

func (dead deadGreen) destroy() {
	csrc.RunLater(func() {
		for _, stream := range dead.streams.handles {
			destroy(deleteGreenStream, stream)
		}
		destroy(deleteGreenContext, dead.handle)
	})
}

// Close gives up the context and its streams, which must not be used any more. It may be called
// several times.
func (g *GreenContext) Close() {
	if g == nil || g.handle == 0 {
		return
	}
	g.streams.closed = true
	deadGreen{g.handle, g.streams}.destroy()
	g.handle = 0
}

// call calls fn, whose only argument is the context.
func (g *GreenContext) call(fn *csrc.Function) *entry.Frame {
	if g == nil || g.handle == 0 {
		panic(torch.NewError("TypeError", "a *cuda.GreenContext that is nil, empty or closed is no context; make one with cuda.NewGreenContext"))
	}
	f := new(entry.Frame)
	f.Put(g.handle)
	f.Call(fn)
	runtime.KeepAlive(g)
	return f
}

// DeviceId returns the index of the context's device.
func (g *GreenContext) DeviceId() int {
	g.SmPartition()
	return g.device
}

// SmPartition returns the SMs that the context really has. Unlike the parts that
// [SMPartition.Split] returns, they can be split. They keep the context alive.
func (g *GreenContext) SmPartition() *SMPartition {
	return &SMPartition{resource: g.call(greenResource).TakeString(), device: g.device, owner: g}
}

// SmCount returns how many SMs the context really has.
func (g *GreenContext) SmCount() int { return g.SmPartition().SmCount() }

// Stream returns a stream of the context. After 32 of them it returns the first one
// again, and so on. It must not be called by two goroutines at the same time.
func (g *GreenContext) Stream() Stream {
	g.SmPartition() // refuses nil
	p := g.streams
	if len(p.handles) < greenStreams {
		p.handles = append(p.handles, g.call(newGreenStream).Take())
	}
	handle := p.handles[p.next%greenStreams]
	p.next++
	return ExternalStream(uintptr(handle), torch.CUDA(g.device))
}

// With runs fn while the context is the current one, in its default stream, which waits
// for what the current stream has to do before, and for which that stream waits
// afterwards. Python's set_context and pop_context, which are deprecated there for
// [GreenContext.Stream]: only that keeps the SMs when libtorch switches devices.
func (g *GreenContext) With(fn func()) {
	g.SmPartition() // refuses nil
	if fn == nil {
		panic(torch.NewError("TypeError", "fn must be a function, not nil"))
	}
	if g.entered {
		panic(torch.NewError("RuntimeError", "set_context called twice before pop_context"))
	}
	g.entered = true
	defer func() { g.entered = false }()
	runtime.LockOSThread() // the driver keeps the context for each thread
	defer runtime.UnlockOSThread()
	parent := CurrentStream()
	ready := parent.RecordEvent()
	g.call(pushGreenContext)
	defer g.call(popGreenContext)
	green := DefaultStream(torch.CUDA(g.device))
	green.WaitEvent(ready)
	defer parent.WaitStream(green)
	WithStream(green, fn)
}
