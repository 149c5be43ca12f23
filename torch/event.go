package torch

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entryNewEvent    = csrc.Entry("new_event(DeviceType type, bool timing) -> int")
	releaseEvent     = csrc.Entry("release_event(int event) -> ()")
	eventDevice      = csrc.Entry("event_device(int event) -> Device")
	eventRecord      = csrc.Entry("event_record(int event, Stream s) -> ()")
	eventBlock       = csrc.Entry("event_block(int event, Stream s) -> ()")
	eventQuery       = csrc.Entry("event_query(int event) -> bool")
	eventSynchronize = csrc.Entry("event_synchronize(int event) -> ()")
	eventElapsedTime = csrc.Entry("event_elapsed_time(int event, int end) -> float")
	eventNative      = csrc.Entry("event_native(int event) -> int")
	currentStream    = csrc.Entry("current_stream(Device device) -> Stream")
)

// An Event is a mark in the work of a stream, Python's torch.Event: it tells
// when the work before it is done, has other streams wait for that, and measures
// the time between two marks. It may be used from several goroutines. The garbage
// collector frees it, or Close.
type Event struct {
	lock    sync.RWMutex // recording changes what the handle stands for
	handle  uint64
	flag    int  // Python's event_flag: 1 with timing
	special bool // made by package cuda
	cleanup runtime.Cleanup
}

// AnyEvent is an *Event, or a type that embeds one, such as *cuda.Event.
type AnyEvent interface{ AsEvent() *Event }

// AsEvent returns e.
func (e *Event) AsEvent() *Event { return e }

// A NewEventOption is an option of [NewEvent]: a [Device], [EnableTiming].
type NewEventOption interface{ applyNewEvent(*eventArguments) }

type eventArguments struct {
	device Device
	timing bool
}

func (d Device) applyNewEvent(a *eventArguments) { a.device = d }

type enableTimingOption bool

func (o enableTimingOption) applyNewEvent(a *eventArguments) { a.timing = bool(o) }

// EnableTiming has an event take the time, for [Event.ElapsedTime]. Its default
// is false.
func EnableTiming(on bool) NewEventOption { return enableTimingOption(on) }

// NewEvent returns an event for streams of this type of device: Python's
// torch.Event. Without a device it is the accelerator, or the CPU, which has no
// events, where there is none. It belongs to the device of the stream that first
// records it.
func NewEvent(opts ...NewEventOption) *Event {
	var a eventArguments
	for _, o := range opts {
		o.applyNewEvent(&a)
	}
	device := a.device.orAccelerator()
	device.word("device")
	var f frame
	f.Put(uint64(device.kind - 1))
	f.PutBool(a.timing)
	f.call(entryNewEvent)
	e := adoptEvent(f.Take())
	if a.timing {
		e.flag = 1
	}
	return e
}

// deadEvents are released when the next one is made.
var deadEvents = graveyard{release: releaseEvent}

func adoptEvent(handle uint64) *Event {
	deadEvents.welcome()
	e := &Event{handle: handle}
	e.cleanup = runtime.AddCleanup(e, deadEvents.add, handle)
	return e
}

// Close frees the event now. It is safe to call twice.
func (e *Event) Close() {
	e.given().lock.Lock()
	defer e.lock.Unlock()
	if e.handle != 0 {
		e.cleanup.Stop()
		deadEvents.add(e.handle)
		deadEvents.empty()
		e.handle = 0
	}
}

// given returns the event, which must not be nil.
func (e *Event) given() *Event {
	if e == nil {
		refuseArgument("argument 'event' must be torch.Event, not None")
	}
	return e
}

// eventOf returns the event in e.
func eventOf(e AnyEvent) *Event {
	if e == nil {
		return (*Event)(nil).given()
	}
	return e.AsEvent().given()
}

// put adds the event, which the caller has locked, to a call's arguments.
func (e *Event) put(f *frame) {
	if e.handle == 0 {
		refuse(runtimeErrorKind, "argument 'event' was freed by Close, or not made by torch.NewEvent")
	}
	f.Put(e.handle)
}

func (e *Event) ask(fn *csrc.Function) frame {
	var f frame
	e.given().lock.RLock()
	defer e.lock.RUnlock()
	e.put(&f)
	f.call(fn)
	return f
}

// streamOr is the stream given or, without one, the current one of the event's type
// of device.
func (e *Event) streamOr(s []AnyStream) Stream {
	if len(s) > 0 {
		return streamOf(s[0])
	}
	var f frame
	f.putDevice(Device{e.Device().kind, -1}, "device")
	f.call(currentStream)
	return f.takeStream()
}

// Record marks what is in the stream now: this one or, without one, the current
// one. A further call moves the mark.
func (e *Event) Record(s ...AnyStream) {
	stream := e.given().streamOr(s)
	var f frame
	e.lock.Lock()
	defer e.lock.Unlock()
	e.put(&f)
	f.putStream(stream)
	f.call(eventRecord)
}

// Wait has what is put into a stream from now on wait until the work before the
// mark is done: this stream or, without one, the current one. It returns at once,
// and does nothing if the event was never recorded.
func (e *Event) Wait(s ...AnyStream) {
	stream := e.given().streamOr(s)
	var f frame
	e.lock.RLock()
	defer e.lock.RUnlock()
	e.put(&f)
	f.putStream(stream)
	f.call(eventBlock)
}

// Query reports whether the work before the mark is done; true, if the event was
// never recorded.
func (e *Event) Query() bool {
	f := e.ask(eventQuery)
	return f.TakeBool()
}

// Synchronize waits until the work before the mark is done.
func (e *Event) Synchronize() { e.ask(eventSynchronize) }

// ElapsedTime returns the milliseconds from e to end. Both must have been made
// with [EnableTiming], recorded, and reached.
func (e *Event) ElapsedTime(end AnyEvent) float64 {
	other := eventOf(end)
	if e.given().special != other.special {
		kind := map[bool]string{true: "torch.cuda.Event", false: "torch.Event"}[e.special]
		refuse(runtimeErrorKind, "expected other to be a %s object", kind)
	}
	var f frame
	e.lock.RLock()
	defer e.lock.RUnlock()
	e.put(&f)
	if other != e {
		other.lock.RLock()
		defer other.lock.RUnlock()
	}
	other.put(&f)
	f.call(eventElapsedTime)
	return f.TakeFloat()
}

// Device returns the device that the event belongs to, without an index until it
// is recorded.
func (e *Event) Device() Device {
	f := e.ask(eventDevice)
	return f.takeDevice()
}

// EventId returns the device's own handle of the event, such as a cudaEvent_t, or
// 0 until it is recorded.
func (e *Event) EventId() uintptr {
	f := e.ask(eventNative)
	return uintptr(f.Take())
}

// String returns what Python prints.
func (e *Event) String() string {
	d := e.Device()
	return fmt.Sprintf("torch.Event device_type=%s, device_index=%d, event_flag=%d, event_id=%d", d.kind, d.index, e.flag,
		e.EventId())
}
